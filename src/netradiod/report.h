/* SPDX-License-Identifier: ISC */
/*
 * The report thread: RTCP out and in.  Every 5 seconds each stream that flows
 * tells on the port above its own what time it is there (sender report), so
 * that players can relate its timestamps to a clock; what listeners report
 * comes to the same port and becomes the channel's audience.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdint.h>

struct config;
struct mailbox;
struct outlet;
struct report;
struct statseg;
struct statseg_daemon;

/* What the configuration says of RTCP groups and of joining. */
enum report_join {
	REPORT_JOIN_AUTO,	/* up to REPORT_JOIN_MAX channels */
	REPORT_JOIN_YES,
	REPORT_JOIN_NO
};

#define REPORT_JOIN_MAX	64

/* segment: where the boards are; it gets the audiences; list: gets LIST_LINK
 * when interfaces change, which can be seen where there is a poll.  All stay
 * the caller's.  server: its id, of which the streams' CNAME is made.  NULL
 * with errno. */
struct report *report_start(const struct config *c, struct outlet *o,
    struct statseg *segment, uint64_t server, struct mailbox *list);
/* New configuration (rtcp, join) from now on.  Any thread. */
void report_configure(struct report *r, const struct config *c);
/* Channels have begun or ended: their sockets follow.  r may be NULL. */
void report_look(struct report *r);
/* Its part of the daemon's statistics; r may be NULL.  Any thread. */
void report_count(const struct report *r, struct statseg_daemon *d);
/*
 * End, when no channel sends any more; with farewell say BYE for all streams
 * that were on air.  0; -1: not by deadline_ns (CLOCK_MONOTONIC), and r must
 * be left alone.  r may be NULL.
 */
int report_stop(struct report *r, int farewell, int64_t deadline_ns);

#endif
