/* SPDX-License-Identifier: ISC */
/*
 * The channel's other format, on P+6: packets as they come in, access units of
 * AAC (as ADTS) or samples of PCM in order and in time out.  Pure: time and
 * datagrams are handed in.
 *
 * There are packets only while such a track is on air.  What is silent when
 * something is due and has nothing more in store is over, and a new beginning
 * waits for the whole delay again, as long as P's.
 *
 * Formats follow each other without a gap, each with its SSRC and its clock.
 * The sequence runs on, so the jitter buffer sees one stream of 90 kHz: the
 * first packet of a format has its place behind the last of the one before.
 * Only packets that a description from the list names are taken.
 */
#ifndef SECOND_H
#define SECOND_H

#include <stddef.h>
#include <stdint.h>

#include "jitter.h"
#include "reception.h"
#include "wire/aac.h"
#include "wire/payload_aac.h"
#include "wire/plist.h"

#define SECOND_FORMATS	4	/* descriptions remembered */
#define SECOND_DATA_MAX	(ADTS_HEADER_SIZE + PAYLOAD_AAC_UNIT_MAX)

struct second_format {
	struct plist_second told;	/* port 0: free */
	uint32_t samples;	/* AAC: of an access unit, per channel */
	uint32_t unit_rate;	/* AAC: Hz at which it has that many */
	/* Where its timestamps are on the line. */
	int is_placed;
	uint32_t raw;		/* the last one */
	int64_t run;		/* its own ticks since its place was found */
	int64_t origin;		/* 90 kHz ticks of that place */
};

/* What comes out: data that plays so long.  0, or -1: it could not be taken. */
typedef int second_put(void *arg, const uint8_t *data, size_t len,
    int64_t play_ns);
/* A format begins; NULL: it is over for now. */
typedef void second_turn(void *arg, const struct plist_second *format);

struct second_counts {
	uint64_t packets;	/* that a description names */
	uint64_t bytes;		/* of those, with RTP headers */
	uint64_t unfit;		/* others */
	uint64_t units;		/* put */
	uint64_t silent;	/* made here for missing ones */
	uint64_t damaged;	/* packets that make no sense */
};

struct second {
	second_put *put;	/* [c] */
	second_turn *turn;	/* [c] */
	void *arg;		/* [c] */
	struct jitter jitter;
	struct second_format format[SECOND_FORMATS];
	unsigned newest;	/* of the descriptions */
	int64_t last_ns;	/* arrival of the last packet; 0: none yet */

	/* What came last, by sequence. */
	int has_seq;
	uint16_t seq;
	int latest;		/* its format */
	int64_t end;		/* where it ends, 90 kHz ticks */

	/* What is given out. */
	int on;			/* format; -1: nothing */
	int64_t begins_ns;	/* when it begins; INT64_MAX: not known */
	int64_t anchor_ts;	/* place of the next unit: so much */
	int64_t since;		/* flicks after that, ticks */
	int64_t unit;		/* flicks of the last one */
	int64_t line_less_own;	/* the buffer's place - ours */
	size_t part_len;	/* of a unit in pieces; 0: none */
	size_t pcm_len;		/* bytes of the last packet of PCM */
	uint8_t part[PAYLOAD_AAC_UNIT_MAX];
	uint8_t data[SECOND_DATA_MAX];
	struct second_counts counts;
	struct reception reception;	/* of what came last, for its sender */
};

/* In the caller's storage (large).  Frames are given out lead_ns before they
 * shall be heard, hold_ns after the fastest packets come. */
void second_init(struct second *s, int64_t hold_ns, int64_t lead_ns,
    second_put *put, second_turn *turn, void *arg);
/* Another channel: forget all but the counts. */
void second_reset(struct second *s);

/* The list describes a format. */
void second_describe(struct second *s, const struct plist_second *told);

/* A datagram from the list's server came on P+6. */
void second_take(struct second *s, const uint8_t *data, size_t len,
    int64_t now_ns);
/* Give out what is due; *wake_ns: when to come again. */
void second_play(struct second *s, int64_t now_ns, int64_t *wake_ns);

/* Whether it is what is given out, or will be before until_ns. */
int second_is_on(const struct second *s, int64_t until_ns);
/* The sender's timestamp that is heard now, and its clock; 0 if nothing is. */
int second_heard(const struct second *s, uint32_t *rtp_ts,
    uint32_t *clock_hz);

/* The header of a WAV file without an end, for samples of 16 bits. */
#define SECOND_WAV_HEADER	44
void second_wav_header(const struct plist_second *format,
    uint8_t out[static SECOND_WAV_HEADER]);

#endif
