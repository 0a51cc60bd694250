/* SPDX-License-Identifier: ISC */
/*
 * Announcements of the channels on air (SAP), so that other players list them
 * by themselves.  The list thread sends them, each at its own moment of a
 * period that does not change (VLC expires by the mean of what it heard).
 */
#ifndef ANNOUNCE_H
#define ANNOUNCE_H

#include <stddef.h>
#include <stdint.h>

#include "os/addr.h"

struct config;
struct outlet;
struct outlet_port;
struct roster;

/* What the configuration says. */
enum announce_mode {
	ANNOUNCE_AUTO,		/* up to ANNOUNCE_MAX channels */
	ANNOUNCE_YES,
	ANNOUNCE_NO
};

#define ANNOUNCE_MAX	1024
/* The rate that each group may have, headers included. */
#define ANNOUNCE_BPS	64000
#define ANNOUNCE_PERIOD_S 5	/* the shortest; then 10, 20, 40 ... */

struct announce {
	struct outlet *outlet;	/* [c] */
	struct roster *roster;	/* [c] */
	const struct outlet_port *port;	/* [c] */
	uint64_t server;	/* [c] its id */
	unsigned ttl;		/* [c] */
	struct addr groups[2][2]; /* [c] where it goes, by family */
	unsigned ngroups[2];	/* [c] */

	/* All that follows: the list thread. */
	char name[240];		/* the server's, under which VLC lists them */
	size_t n;		/* channels for which the period was made */
	unsigned period_s;	/* 0: nothing is announced */
	struct session *sessions;	/* by channel number */
	unsigned char *seen;	/* by number: on air in this period */
};

/* In the caller's storage: 0, or -1 with errno (a socket, memory). */
int announce_init(struct announce *a, const struct config *c,
    struct outlet *o, struct roster *r, uint64_t server);
void announce_done(struct announce *a);

/* Plan this second: how many turns of announce_turn it has. */
size_t announce_plan(struct announce *a, enum announce_mode mode,
    const char *name, int64_t second);
/* The i-th turn of the second. */
void announce_turn(struct announce *a, int64_t second, size_t i);
/* Take back some of what was announced: 1; 0: nothing is left. */
int announce_withdraw(struct announce *a);

/*
 * The description of one channel, as it leaves by the first interface that
 * works, into out[SDP_MAX]; its length, or -1: it is off air, or has none that
 * lasts.  Any thread.
 */
int announce_sdp(struct outlet *o, struct roster *r, uint64_t server,
    unsigned ttl, unsigned number, char *out);

/* The period for so many channels whose announcements have so many bytes in
 * all, with headers.  Pure. */
unsigned announce_period_s(size_t n, size_t bytes);

#endif
