/* SPDX-License-Identifier: ISC */
/*
 * The board: what a channel plays now and where its stream is.  The channel's
 * thread writes, whoever wants to know reads, and nobody waits for anybody.
 */
#ifndef ONAIR_H
#define ONAIR_H

#include <stdint.h>

#include "base/slot.h"
#include "media.h"

/* Changes with the track. */
struct onair_now {
	char title[MEDIA_TEXT_MAX];	/* "" when silent */
	char artist[MEDIA_TEXT_MAX];
	char codec[16];
	uint32_t bitrate;	/* bit/s, mean of the track */
	uint32_t rate;		/* Hz */
	uint32_t channels;
	uint32_t ts;		/* RTP timestamp at which the track begins */
	int64_t duration_ms;	/* -1: not known (yet) */
	int32_t silent;		/* nothing is there to play */
	int32_t started;	/* the rest means something */
};

/* Changes with every packet. */
struct onair_line {
	uint32_t ssrc;
	uint32_t seq;		/* of the next packet, 16 bits */
	uint32_t ts;		/* of the next packet */
	uint32_t on_air;	/* packets are flowing */
	int64_t due_ns;		/* CLOCK_MONOTONIC of the next packet's line */
	uint64_t packets;	/* sent since start */
	uint64_t octets;	/* RTP payload sent since start */
	uint64_t unsent;	/* packets that no interface took */
	uint64_t stalls;	/* times the line had to be moved */
	int64_t stall_ns;	/* by how much, the last time */
	int64_t stall_at_ns;	/* CLOCK_MONOTONIC of that */
	uint64_t muted;		/* frames muted for want of bit reservoir */
	uint64_t tracks;	/* tracks begun */
	uint64_t bad_tracks;	/* tracks that could not be played (on) */
};

struct onair {
	_Atomic uint64_t now[SLOT_WORDS(sizeof(struct onair_now))];
	_Atomic uint64_t line[SLOT_WORDS(sizeof(struct onair_line))];
};

void onair_init(struct onair *o);
/* The channel's thread only. */
void onair_set_now(struct onair *o, const struct onair_now *now);
void onair_set_line(struct onair *o, const struct onair_line *line);
/* Any thread. */
void onair_get_now(const struct onair *o, struct onair_now *now);
void onair_get_line(const struct onair *o, struct onair_line *line);

#endif
