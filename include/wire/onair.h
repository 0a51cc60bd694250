/* SPDX-License-Identifier: ISC */
/*
 * The board: which channel this is, what it plays now and where its stream is.
 * Each part has one writer; whoever wants to know reads, and nobody waits for
 * anybody.  A board lies in the statistics segment (wire/statseg.h), so what
 * stands here is its layout; to change it is to change STATSEG_LAYOUT.
 */
#ifndef WIRE_ONAIR_H
#define WIRE_ONAIR_H

#include <stdint.h>

#include "base/slot.h"
#include "wire/counters.h"

#define ONAIR_TEXT_MAX	256
#define ONAIR_CONFIG_MAX 24
#define ONAIR_NAME_MAX	96	/* longer names are cut here */

/* Changes with a reload.  The roster writes it. */
struct onair_seat {
	uint32_t number;	/* 0: nobody sits here */
	uint32_t is_running;	/* has a thread; else note says why not */
	char name[ONAIR_NAME_MAX];
	char note[ONAIR_NAME_MAX];
};

/* Changes with the track.  The channel's thread writes it, and the next. */
struct onair_now {
	char title[ONAIR_TEXT_MAX];	/* "" when silent */
	char artist[ONAIR_TEXT_MAX];
	char codec[16];
	uint32_t bitrate;	/* bit/s, mean of the track */
	uint32_t rate;		/* Hz */
	uint32_t channels;
	uint32_t ts;		/* RTP timestamp at which the track begins */
	int64_t duration_ms;	/* -1: not known (yet) */
	int32_t silent;		/* nothing is there to play, or paused */
	int32_t started;	/* the rest means something */
	int32_t paused;		/* silent, but the track will go on */
	int32_t held_ms;	/* the position, while paused; or that of the
				 * track that waits */
	int32_t is_second;	/* on P+6; ts is P's clock all the same */
	uint32_t second_ts;	/* the same moment on P+6 */
	uint32_t track;		/* for timeline: hash of its path; 0: none */
	uint32_t waits;		/* that track does not play now: something else
				 * does, which is no track */
};

/* A format of P+6. */
struct onair_format {
	uint32_t type;		/* payload type; 0: there is none */
	uint32_t ssrc;
	uint32_t clock_hz;
	uint32_t begin_ts;	/* where it began the last time */
	uint32_t channels;
	uint32_t config_len;
	char codec[16];
	uint8_t config[ONAIR_CONFIG_MAX];
};

/* What is on P+6, or will be with the next track of that kind; and what will be
 * after that, if it is another.  Changes with the track. */
struct onair_second {
	struct onair_format now, next;
};

/* Changes with every packet. */
struct onair_line {
	uint32_t ssrc;
	uint32_t seq;		/* of the next packet, 16 bits */
	uint32_t ts;		/* P's clock at the moment due_ns */
	uint32_t on_air;	/* packets are flowing */
	int64_t due_ns;		/* CLOCK_MONOTONIC of what comes next */
	int64_t stall_ns;	/* by how much the line moved the last time */
	int64_t stall_at_ns;	/* CLOCK_MONOTONIC of that */
	struct {
		uint32_t base_ssrc;	/* for timeline: lasts */
		uint32_t ssrc;		/* of the present format */
		uint32_t seq;
		uint32_t ts;		/* of the moment due_ns */
		uint32_t clock_hz;
		uint32_t on_air;	/* has sent anything */
		uint64_t packets, octets;	/* of those below */
	} second;		/* P+6 */
	uint64_t late_ns;	/* sum of all packets' lateness */
	uint64_t late[COUNTERS_LATE_BUCKETS];	/* packets by lateness */
	COUNTERS_OF_CHANNEL(COUNTERS_FIELD)
};

/* Who listens, as far as they say so.  The report thread writes it. */
struct onair_audience {
	COUNTERS_OF_AUDIENCE(COUNTERS_FIELD)
};

struct onair {
	_Atomic uint64_t seat[SLOT_WORDS(sizeof(struct onair_seat))];
	_Atomic uint64_t now[SLOT_WORDS(sizeof(struct onair_now))];
	_Atomic uint64_t second[SLOT_WORDS(sizeof(struct onair_second))];
	_Atomic uint64_t line[SLOT_WORDS(sizeof(struct onair_line))];
	_Atomic uint64_t audience[SLOT_WORDS(sizeof(struct onair_audience))];
};

/* Before a new writer: nothing has begun.  Seat and audience stay. */
void onair_init(struct onair *o);
void onair_set_seat(struct onair *o, const struct onair_seat *seat);
void onair_set_now(struct onair *o, const struct onair_now *now);
void onair_set_second(struct onair *o, const struct onair_second *second);
void onair_set_line(struct onair *o, const struct onair_line *line);
void onair_set_audience(struct onair *o, const struct onair_audience *a);
/* Any thread of the daemon. */
void onair_get_seat(const struct onair *o, struct onair_seat *seat);
void onair_get_now(const struct onair *o, struct onair_now *now);
void onair_get_second(const struct onair *o, struct onair_second *second);
void onair_get_line(const struct onair *o, struct onair_line *line);
void onair_get_audience(const struct onair *o, struct onair_audience *a);

/* Position in the track at now_ns (CLOCK_MONOTONIC), from where the stream is.
 * Pure. */
uint32_t onair_position_ms(const struct onair_now *now,
    const struct onair_line *line, int64_t now_ns);

#endif
