/* SPDX-License-Identifier: ISC */
/*
 * A channel on air: one thread that takes frames from its program, packs them
 * for the stream of their kind, waits for the bucket and sends.  It prepares a
 * packet before it sleeps, so what the disk takes is hidden by the time that
 * the last packet plays.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <stdint.h>

#include "library.h"
#include "os/addr.h"
#include "rtpstream.h"
#include "timeline.h"
#include "wire/onair.h"

struct channel;
struct mailbox;
struct outlet;
struct tape;
struct voice;

/* The mail by which a channel tells that what it has on P+6, or will have, is
 * something that nobody was told before. */
#define CHANNEL_NEWS	0x100

struct channel_options {
	struct outlet *outlet;
	struct addr group;		/* the channel's, with port P */
	const char *charset;
	int is_root;			/* it is the library's root */
	struct rtpstream_start p, second; /* where its streams begin */
	uint32_t track;			/* first one: program_hash; 0: any */
	uint32_t position_ms;		/* where in it */
	int64_t start_ns;		/* CLOCK_MONOTONIC of that point */
	const _Atomic int64_t *grid_ns;	/* what deadlines are rounded to */
	int may_hurry;			/* the thread may run in real time */
	struct onair *board;		/* where it writes; outlives it */
	struct mailbox *news;		/* gets CHANNEL_NEWS; outlives it */
	struct voice *voice;		/* on all channels, or NULL; outlives
					 * it */
	int has_tapes;			/* somebody may want what it sent */
};

/* Start the thread.  NULL with errno if it cannot be. */
struct channel *channel_start(const struct channel_def *def,
    const struct channel_options *opt);
/* Give it a new list, played from the next track on.  Any thread. */
void channel_replace(struct channel *c, struct playlist *list);
/* The following: any thread; they take effect with the next packet. */
void channel_skip(struct channel *c);
void channel_pause(struct channel *c, int on);
/* Play the track of that path next or now, in place of the one that plays; a
 * pause then ends.  0, or -1 when memory is out. */
int channel_play(struct channel *c, const char *path, int now);
/* Let it write its board anew: the memory below it was replaced. */
void channel_show(struct channel *c);
/* Ask it to end; channel_join waits until CLOCK_MONOTONIC deadline_ns: 0 when
 * it ended; -1 if it is stuck, and c must be left alone. */
void channel_stop(struct channel *c);
int channel_join(struct channel *c, int64_t deadline_ns);
/* After channel_join gave 0. */
void channel_free(struct channel *c);

/* Any thread: a reference to the tape of P, or of P+6 if nothing was ever on P;
 * NULL: there is none. */
struct tape *channel_tape(struct channel *c);

unsigned channel_number(const struct channel *c);
const struct onair *channel_board(const struct channel *c);

#endif
