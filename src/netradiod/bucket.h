/* SPDX-License-Identifier: ISC */
/*
 * The token bucket that paces a channel.  A token is a nanosecond of play
 * time: the bucket fills at one second per second of CLOCK_MONOTONIC, a packet
 * costs what its frames last, and may leave as soon as the tokens for all
 * packets before it are there.  So the rate is right for any bit rate and any
 * mix of files, and nothing ever drifts: play time is summed in flicks, which
 * are exact.
 *
 * What could not be sent in time is caught up, but never more than the depth
 * of the bucket, and one packet at a time.  A longer stall moves the line: the
 * time is gone, and whoever numbers the packets is told by how much.
 *
 * Pure: time is handed in.
 */
#ifndef BUCKET_H
#define BUCKET_H

#include <stdint.h>

#define BUCKET_DEPTH_NS		INT64_C(250000000)
#define BUCKET_CATCHUP_NS	INT64_C(2000000) /* least distance if late */
#define BUCKET_STALL_NS		INT64_C(500000000)
#define BUCKET_BEGIN_NS		INT64_C(50000000)
/* The grid for many channels: one timer interrupt wakes a lot of threads. */
#define BUCKET_GRID_NS		INT64_C(1000000)

struct bucket {
	int64_t origin_ns;	/* CLOCK_MONOTONIC when flick 0 was due */
	int64_t spent;		/* flicks taken since */
	int64_t left_ns;	/* when the last packet left */
	int64_t asleep_ns;	/* BOOTTIME - MONOTONIC as last seen */
};

/* The first packet is due at start_ns. */
void bucket_init(struct bucket *b, int64_t start_ns, int64_t asleep_ns);

/* When the next packet is to leave, CLOCK_MONOTONIC: its play time, rounded
 * down to a multiple of grid_ns (0: exactly), or somewhat later if we are
 * behind and catching up. */
int64_t bucket_due(const struct bucket *b, int64_t grid_ns);

/* The play time of the next packet on CLOCK_MONOTONIC, however late we are. */
int64_t bucket_line_ns(const struct bucket *b);

/* Nothing has left yet, and now something can: by how much the line must move,
 * as for bucket_stalled; 0 if it has been waited for no longer than
 * BUCKET_BEGIN_NS. */
int64_t bucket_begin(struct bucket *b, int64_t now_ns);

/*
 * Called when a packet is about to leave.  Returns by how many nanoseconds of
 * real time the line must move (timestamps ahead by that, one sequence number
 * left out) because of a stall of more than BUCKET_STALL_NS or because the
 * machine was suspended; 0 in the normal case.  Tokens beyond the depth are
 * lost here.
 */
int64_t bucket_stalled(struct bucket *b, int64_t now_ns, int64_t asleep_ns);

/* The same line as another's: what moved that one has moved this one. */
void bucket_follow(struct bucket *b, const struct bucket *other);

/* A packet with so many flicks of sound leaves now. */
void bucket_take(struct bucket *b, int64_t now_ns, int64_t flicks);

#endif
