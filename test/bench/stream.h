/* SPDX-License-Identifier: ISC */
/*
 * One RTP stream as a receiver sees it: does it keep time, and is it whole?
 *
 * All is relative to the first packet measured.  The deviation of a packet is
 * its arrival less its media time (RTP timestamp); a straight line through
 * the deviations (least squares) gives the rate, and what lies above their
 * minimum is lateness.  For MPEG audio the timestamps are also compared with
 * the play time of the frames before them, summed from their headers: exact,
 * whatever the mix of files.  Pure: time and bytes are handed in.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stddef.h>
#include <stdint.h>

#define STREAM_WINDOW	1024	/* packets back in which a copy is known */

struct stream {
	uint32_t group;		/* host order */
	uint16_t port;
	unsigned of;		/* which set of streams it belongs to */
	int64_t first_ns;	/* the caller's: heard first; 0: not yet */
	uint8_t type;		/* RTP payload type */
	uint32_t ssrc;
	uint32_t clock_hz;	/* of its timestamps; 0: not known */
	int is_measured;	/* all below is set */

	int64_t origin_ns;	/* arrival of the first packet measured */
	uint32_t last_ts;	/* of the newest packet */
	int64_t ticks;		/* from the first packet to the newest */
	int64_t least_ns;	/* lowest deviation */
	double n, sx, sy, sxx, sxy;	/* x: media s, y: deviation ns */

	int64_t lowest, highest;	/* sequence numbers, extended */
	uint64_t seen[STREAM_WINDOW / 64];	/* bit: seq % STREAM_WINDOW */
	uint64_t packets;	/* distinct ones */
	uint64_t bytes;		/* with IP header */
	uint64_t duplicates;
	uint64_t reordered;	/* came after one with a higher number */
	uint64_t jumps;		/* numbering began anew */
	uint64_t restarts;	/* SSRC changed */

	int has_line;		/* the next three are set */
	uint32_t line_ts;	/* timestamp where the line begins */
	int64_t flicks;		/* play time from there to the last packet */
	int64_t packet_flicks;	/* play time of the last packet itself */
	double off_ticks;	/* worst distance of a timestamp from it */
	uint64_t odd_frames;	/* what should be a frame header is none */
};

void stream_init(struct stream *s, uint32_t group, uint16_t port);

/* Whether it looks like RTP: version 2, and no RTCP. */
int stream_is_rtp(const uint8_t *data, size_t len);

/*
 * Take a packet that arrived at at_ns, of so many bytes with its IP header.
 * 1: *deviation_ns is that of a packet that came for the first time and in
 * order; 0: none (its clock is not known, or it is old); -1: no RTP.
 */
int stream_take(struct stream *s, int64_t at_ns, unsigned ip_len,
    const uint8_t *data, size_t len, int64_t *deviation_ns);

/* How much faster than real time it plays, in parts per million: the slope,
 * 0 with fewer than two packets. */
double stream_rate_ppm(const struct stream *s);

/* Packets of its span that never came. */
uint64_t stream_lost(const struct stream *s);

#endif
