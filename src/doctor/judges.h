/* SPDX-License-Identifier: ISC */
/*
 * The judges that check.c has in its table: each looks at the facts from one
 * side and says what it found in a sentence.
 */
#ifndef JUDGES_H
#define JUDGES_H

#include "doctor/check.h"
#include "doctor/facts.h"

struct sentence {
	char text[CHECK_TEXT_MAX];
};

/* n is the place of the interface or port; of no meaning for the machine. */
typedef enum check_state judge(const struct facts *f, unsigned n,
    struct sentence *s);

/* Put the sentence and return the state. */
enum check_state judges_say(enum check_state state, struct sentence *s,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* What several of them ask. */
#define JUDGES_LATE_NS	INT64_C(3000000000) /* heads come each second */
#define JUDGES_TEXT_MAX	64

/* "0.4 s" since then, until the end of listening. */
const char *judges_since(const struct facts *f, const struct facts_count *c,
    char text[static JUDGES_TEXT_MAX]);
int judges_is_late(const struct facts *f, const struct facts_count *c);
/* The row of our server on that interface that was heard, else that was seen or
 * sent; NULL. */
const struct facts_server *judges_own(const struct facts *f, unsigned iface);
/* The interface where our list was heard last; -1: nowhere. */
int judges_heard_on(const struct facts *f);
/* A list that comes to this interface and that no program gets; NULL. */
const struct facts_server *judges_lost(const struct facts *f,
    unsigned iface);
/* Whether there is one on any interface. */
int judges_is_lost(const struct facts *f);
/* "attic (10.9.0.1)" */
const char *judges_name(const struct facts_server *s, char *text,
    size_t size);
/* "eth0, lo", those that are listened to. */
void judges_places(const struct facts *f, char *text, size_t size);
/* WRONG where the program was told to use the interface, or if that may be why
 * nothing is heard; else a note. */
enum check_state judges_grave(const struct facts *f, unsigned iface);
/* An interface in the name of a sysctl: eth0.5 is eth0/5 there. */
const char *judges_sysctl(const struct facts_iface *i,
    char text[static IF_NAMESIZE]);
/* How to call us for so many seconds. */
const char *judges_longer(const struct facts *f);

/* judge_iface.c: of each interface. */
judge judge_interface, judge_up, judge_carrier, judge_multicast,
    judge_address, judge_join, judge_rpfilter, judge_firewall, judge_querier,
    judge_return;
/* judge_machine.c */
judge judge_daemon, judge_age, judge_errors, judge_ttl, judge_memberships,
    judge_rcvbuf, judge_port, judge_network, judge_list, judge_server,
    judge_channel;

#endif
