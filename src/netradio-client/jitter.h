/* SPDX-License-Identifier: ISC */
/*
 * The jitter buffer: packets as they come in, packets in order and in time
 * out.  Pure: time is handed in.
 *
 * The line.  Every packet gets a place on one extended line of 90 kHz ticks
 * that only moves forward.  The line is tied to local time by the fastest
 * packet of the last seconds (its transit), so it follows the drift between
 * the two clocks and ignores queues.  A packet is released at
 *
 *	due = place on the line + transit + hold
 *
 * The delay of the listener is hold + lead: frames are released that much
 * (lead) before they shall be heard, so that the sound card has a cushion.
 * The first packet therefore waits for hold + lead, and what is due by then
 * leaves at once.
 *
 * A hole is waited for max(25 ms, 3 x jitter), at most lead, after it was
 * due.  Then time goes on without it: the caller fills in silence, one frame
 * after the other, each when it is due.
 *
 * In a hurry (jitter_hurry) the first packet leaves at once, and what is
 * missing of the delay (short) is made up later: the caller puts silence or
 * frames in, and says how much (jitter_grow).  The lead grows first, then the
 * hold.  Until then a packet that is not there in time costs no time of the
 * stream's: silence is put in, and it is still waited for.
 * And when the caller comes more than a second after a frame was due (it was
 * stopped) the stream begins anew with what comes then.
 *
 * What does not continue the stream (another SSRC, a jump of the sequence or
 * of time) is put aside and believed when three packets in a row agree and the
 * stream itself is quiet.  Where the line does not fit any more it is spliced:
 * the new packet is placed where local time says it belongs.  So a forged
 * packet changes nothing, and a restarted server is back after three.  In a
 * hurry the very first packet is believed at once, but on trial: until two
 * more continue it, three in a row of another stream take its place.
 */
#ifndef JITTER_H
#define JITTER_H

#include <stdint.h>

#include "wire/rtp.h"

#define JITTER_POOL	512	/* packets held at most */
#define JITTER_HISTORY	1024	/* sequence numbers remembered; power of 2 */
#define JITTER_AGREE	3	/* packets in a row that make a stream */
#define JITTER_RIVALS	4	/* would-be streams watched at a time */
#define JITTER_PAYLOAD_MAX (RTP_PACKET_MAX - RTP_HEADER_SIZE)

struct jitter_packet {
	int64_t seq;		/* extended sequence number */
	int64_t ts;		/* place on the line, ticks */
	uint32_t rtp_ts;	/* the sender's timestamp */
	uint16_t len;		/* of data */
	uint8_t marker;
	uint8_t is_first;	/* out: the line begins here */
	uint8_t has_gap;	/* out: what was before it is missing */
	uint8_t data[JITTER_PAYLOAD_MAX];
};

/* A stream that is not believed yet. */
struct jitter_rival {
	uint32_t ssrc;
	unsigned n;		/* packets in a row that agree; 0: free */
	int64_t last_ns;	/* arrival of the last one */
	int64_t transit_ns;	/* of the last one, on its own line */
	struct jitter_packet packet[JITTER_AGREE];	/* the last n */
	int64_t arrival_ns[JITTER_AGREE];
	uint16_t seq[JITTER_AGREE];
};

struct jitter_counts {
	uint64_t lost;		/* packets neither received nor recovered */
	uint64_t duplicated;
	uint64_t reordered;	/* came after a later one, in time */
	uint64_t late;		/* came when their time was over */
	uint64_t overflow;	/* no room (they count as lost, too) */
	uint64_t spliced;	/* times the line was mended */
	uint64_t gaps;		/* times nothing was there to release */
};

struct jitter {
	int64_t hold_ns;	/* [c] from arrival to release */
	int64_t lead_ns;	/* [c] from release to being heard */
	int hurries;		/* [c] begins with less */
	int is_full;		/* the delay is as near as frames can make it */
	int64_t short_ns;	/* what it is short of hold + lead */
	int64_t ready_ns;	/* what the taker had to play at the first */
	int64_t heard_ns;	/* when all that was given is heard */

	/* The line. */
	int has_stream;
	unsigned trial;		/* packets that continued it; 0: enough */
	int is_primed;		/* the first packet has left */
	uint32_t ssrc;
	int64_t highest;	/* extended sequence of the furthest packet */
	uint16_t highest_raw;	/* the same as sent */
	int64_t line_ts;	/* place of the furthest packet */
	uint32_t line_raw;	/* the same as sent */
	int64_t next_seq;	/* to be released next */
	int64_t given_ts;	/* place of the packet released last */
	int64_t missing;	/* counted as lost in front of that one */
	int64_t not_before_ns;	/* nothing leaves before */
	int64_t last_ns;	/* arrival of the last packet */
	int64_t want_ts;	/* what the caller wanted last */
	int64_t step;		/* ticks from packet to packet; 0: not known */

	/* The clock: local time = place + base. */
	int64_t base_ns;	/* in use; follows the smallest transit */
	int64_t min_ns[2];	/* smallest transit: this window, the last */
	int64_t window_ns;	/* when this window began */
	int64_t slewed_ns;	/* when base was last moved */
	int64_t transit_ns;	/* of the last packet */
	int64_t jitter_ns;	/* RFC 3550 A.8 */
	int64_t late_since_ns;	/* all packets were late since; 0: not so */
	int64_t late_min_ns;	/* smallest transit of those */

	/* The present hole. */
	int is_given_up;	/* silence has been told for it */
	int is_dry;		/* nothing was there at all */

	struct jitter_counts counts;
	uint8_t seen[JITTER_HISTORY];	/* by sequence number: enum in .c */
	unsigned n;			/* packets held */
	uint16_t order[JITTER_POOL];	/* pool indices, by sequence */
	uint16_t spare[JITTER_POOL];	/* the other ones */
	struct jitter_packet pool[JITTER_POOL];
	struct jitter_rival rival[JITTER_RIVALS];
};

enum jitter_verdict {
	JITTER_TAKEN,
	JITTER_DUPLICATE,
	JITTER_LATE,
	JITTER_ASIDE,		/* does not continue the stream */
	JITTER_REFUSED		/* too long, or no room */
};

enum jitter_next {
	JITTER_WAIT,		/* nothing until wake_ns */
	JITTER_PACKET,		/* *packet, valid until the next call */
	JITTER_SILENCE,		/* one silent frame is due at want_ts */
	JITTER_PAUSE,		/* one silent frame before want_ts, which is
				 * still waited for; then jitter_grow */
	JITTER_END		/* silent for too long: the stream is over */
};

/* delay = hold + lead, both >= 0. */
void jitter_init(struct jitter *j, int64_t hold_ns, int64_t lead_ns);
/* From now on begin each stream at once. */
void jitter_hurry(struct jitter *j);
/* Forget the stream, keep the counts and the delay. */
void jitter_reset(struct jitter *j);
/* The taker has dropped so much of what it was given last. */
void jitter_dropped(struct jitter *j, int64_t ns);

/* A packet came in at now. */
enum jitter_verdict jitter_push(struct jitter *j, const struct rtp *h,
    const uint8_t *payload, size_t len, int64_t now_ns);

/*
 * What is to be done at now.  want_ts: place of the frame that the caller
 * needs next, frame: its ticks (both without meaning before the first packet,
 * which has is_first and says where the line begins).  Call until it says
 * JITTER_WAIT; *wake_ns is then when to call again (INT64_MAX: after a push).
 */
enum jitter_next jitter_next(struct jitter *j, int64_t want_ts,
    uint32_t frame, int64_t now_ns, const struct jitter_packet **packet,
    int64_t *wake_ns);

/* How the packet just released was used: wholly late or not.  When all are
 * late for half a second the line is moved so that they are not. */
void jitter_used(struct jitter *j, int is_late, int64_t now_ns);

/* What was missing in front of the packet just released was not lost: the
 * sender left those numbers out. */
void jitter_excuse(struct jitter *j);

/* Whether another frame that plays so long would bring the delay nearer to
 * what it shall be.  Once it would not the delay stays as it is. */
int jitter_is_short(struct jitter *j, int64_t frame_ns);
/* So much was put in beyond the stream's time: the delay is longer now. */
void jitter_grow(struct jitter *j, int64_t ns);
/* How far ahead of its time what comes before want_ts has been released. */
int64_t jitter_ahead_ns(const struct jitter *j, int64_t now_ns);
/* From release to being heard, now. */
int64_t jitter_lead_ns(const struct jitter *j);

/* The cushion is gone (the decoder was started anew): build it up again. */
void jitter_prime(struct jitter *j, int64_t now_ns);

#endif
