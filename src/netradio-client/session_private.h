/* SPDX-License-Identifier: ISC */
/*
 * What the files of the session share: session.c is the loop, session_say.c
 * what is told to the listener, session_watch.c what is looked after as time
 * goes by.
 */
#ifndef SESSION_PRIVATE_H
#define SESSION_PRIVATE_H

#include <stdint.h>

#include "decoders.h"
#include "listing.h"
#include "options.h"
#include "receive.h"
#include "reporter.h"
#include "resolve.h"
#include "second.h"
#include "term.h"
#include "tuner.h"

struct sink;

#define SESSION_PATIENCE_NS	(3 * NS_PER_S)	/* before something is said */
#define SESSION_TICK_NS		(500 * NS_PER_MS)

/* Something is silent and is joined again, ever more seldom. */
struct session_silence {
	int is_said;
	int64_t again_ns;	/* when to leave */
	int64_t step_ns;	/* and then after so long */
	int64_t join_ns;	/* when to join again; 0: nothing was left */
};

/* The other format (session_second.c). */
struct session_second {
	struct second *line;	/* NULL: nothing is listened to */
	int64_t lead_ns;	/* [c] */
	struct receive rx;
	int has_rx;		/* it is open */
	int is_failed;		/* it cannot be, for this channel */
	uint64_t dropped;	/* by the kernel, on channels left */
	struct sink *sink;	/* the decoder of what is on; NULL */
	struct sink *old;	/* one that plays out; NULL */
	int is_hopeless[DECODERS_SOUNDS];	/* there is no decoder */
	int64_t first_ns;	/* something was put; 0: not yet */
};

/* RTCP (session_report.c). */
struct session_report {
	int is_on;
	int fd[RECEIVE_FAMILIES];	/* from which we report; -1: not yet */
	struct reporter reporter;
	struct receive rx[REPORTER_STREAMS];
	int has_rx[REPORTER_STREAMS];	/* it is open */
	int is_over;		/* said that the server has ended */
};

struct session {
	const struct options *o;
	int64_t start_ns;	/* of the process */
	int64_t opened_ns;	/* when there was something to hear with */
	int64_t now_ns;		/* of this turn of the loop */
	int64_t wake_ns;	/* of the next one, at the latest */
	int signal_fd;
	int links_fd;		/* linkwatch; -1: none */

	/* STARTING: a name waits for the list, or nobody has chosen yet. */
	enum { STARTING, TUNED, ENDING } state;
	int code;		/* ENDING: exit code */
	int64_t end_ns;		/* ENDING: since when */
	unsigned channel;	/* tuned to; 0: none */
	unsigned from_channel;	/* where arrow keys start; 0: none */
	int is_confirmed;	/* the channel is in the list, or was heard */
	int64_t tuned_ns;	/* when it was tuned to */
	int is_table_shown;	/* to choose from */

	struct resolve resolve;	/* of --server, while it is wanted */
	int has_no_address;	/* the answer was: there is none */
	struct listing listing;
	struct receive list_rx;
	int64_t refreshed_ns;	/* interfaces, while no list is heard */
	struct session_silence list_silence;

	struct receive media_rx;
	int has_media;		/* it is open */
	uint64_t dropped;	/* by the kernel, on channels left */
	int was_heard;		/* any packet of any channel */
	struct session_silence media_silence;
	char shown[2 * PLIST_TEXT_MAX + 8];	/* what is on, as told */
	int is_unlisted_said;

	struct session_second second;
	struct session_report report;

	struct term term;
	struct tuner *tuner;
	struct sink *sink;	/* NULL: only the list is wanted */
	unsigned sink_opened;	/* as seen last */
	int64_t sound_ns;	/* the first whole frame was put; 0: not yet */
};

/* session.c */
void session_tune(struct session *s, unsigned channel);
void session_end(struct session *s, int code, int drain);

/* session_say.c: a message, whatever is being typed. */
void session_say(struct session *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* "channel 3 (jazz)" into text; returns text. */
#define SESSION_NAME_MAX	(PLIST_TEXT_MAX + 32)
const char *session_channel_name(const struct session *s, unsigned channel,
    char text[static SESSION_NAME_MAX]);
void session_say_nothing_heard(struct session *s);
void session_say_no_such(struct session *s, const char *text, int several);
void session_say_silent(struct session *s);
/* What is on, when it is heard; lowers wake_ns to when to look again. */
void session_say_title(struct session *s);
/* The statistics, if they are wanted. */
void session_say_stats(struct session *s);

/* session_second.c: nothing happens in any of them before init. */
struct pollfd;
void session_second_init(struct session *s, int64_t hold_ns,
    int64_t lead_ns);
/* Another channel. */
void session_second_tune(struct session *s);
/* What the list says of it. */
void session_second_watch(struct session *s);
#define SESSION_SECOND_POLL_MAX	(RECEIVE_SOCKETS + 2 * SINK_POLL_MAX)
unsigned session_second_poll(struct session *s, struct pollfd *pfd);
void session_second_read(struct session *s);
void session_second_play(struct session *s);
/* Let decoders do their part: whether there is one. */
int session_second_serve(struct session *s);
void session_second_finish(struct session *s, int drain);
void session_second_close(struct session *s);

/* session_report.c: nothing happens in any of them before init. */
void session_report_init(struct session *s);
/* Off a channel, with a good-bye; on another one. */
void session_report_leave(struct session *s);
void session_report_tune(struct session *s);
/* The receivers that are open, into rx: how many. */
unsigned session_report_receivers(struct session *s,
    struct receive *rx[static REPORTER_STREAMS]);
#define SESSION_REPORT_POLL_MAX	(REPORTER_STREAMS * RECEIVE_SOCKETS)
unsigned session_report_poll(struct session *s, struct pollfd *pfd);
void session_report_read(struct session *s);
/* Report when it is time. */
void session_report_watch(struct session *s);
void session_report_close(struct session *s);

/* When the last packet came, on either port; 0: none yet. */
static inline int64_t
session_last_ns(const struct session *s)
{
	return s->tuner->last_ns > s->second.line->last_ns ?
	    s->tuner->last_ns : s->second.line->last_ns;
}

/* session_watch.c: what time brings. */
void session_watch(struct session *s);
/* Interfaces have changed: join where there are new ones. */
void session_watch_links(struct session *s);

#endif
