/* SPDX-License-Identifier: ISC */
/*
 * Packets in order to whole frames for a decoder: takes payloads apart, puts
 * fragments together, drops what is late, makes silent frames for time that
 * has nothing, and keeps the bit reservoir right (wire/mpa.h).  What comes
 * out is one unbroken line of frames.  Pure.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "wire/mpa.h"

enum unpack_kind {
	UNPACK_WHOLE,		/* as it was sent */
	UNPACK_MUTED,		/* it reached back into missing bytes */
	UNPACK_SILENT,		/* made here: it stands in for a missing one */
	UNPACK_PAUSE		/* made here: it takes no time of the stream */
};

/*
 * One frame is ready: m describes it.  Returns 0, or -1 if it could not be
 * taken.
 */
typedef int unpack_put(void *arg, const struct mpa *m, const uint8_t *frame,
    size_t len, enum unpack_kind kind);

struct unpack_counts {
	uint64_t frames;	/* of the stream, given out */
	uint64_t silent;	/* made here, given out */
	uint64_t muted;		/* reached back into missing bytes */
	uint64_t damaged;	/* packets with something that is no frame */
	uint64_t refused;	/* frames that the sink had no room for */
};

struct unpack {
	unpack_put *put;
	void *arg;
	/* The place of the next frame: so much play time after anchor. */
	int64_t anchor_ts;	/* ticks */
	int64_t since;		/* flicks */
	int64_t line_less_rtp;	/* place on the line - sender's timestamp */

	int mutes_first;	/* [c] passes nothing over, see unpack_begin */
	int is_started;		/* a frame has been given out */
	int64_t pause_ns;	/* silence to be given before the next frame */
	int64_t paused_ns;	/* silence given beyond the stream's time */
	unsigned passed_over;	/* frames dropped at the start */
	struct mpa_reservoir reservoir;
	int has_frame;		/* the next two mean something */
	struct mpa m;		/* of the last frame */
	uint8_t header[MPA_HEADER_SIZE];
	unsigned length;	/* of the last frame */

	size_t part_len;	/* of a frame in pieces; 0: none */
	int64_t part_ts;
	uint8_t part[MPA_FRAME_MAX];
	uint8_t frame[MPA_FRAME_MAX];	/* the one being worked on */
	struct unpack_counts counts;
};

void unpack_init(struct unpack *u, unpack_put *put, void *arg);

/*
 * A line of packets begins at ts.  cold: what takes the frames has nothing in
 * it yet; frames are then passed over up to the first that needs nothing from
 * before the line.  Else, or with mutes_first, frames that reach too far back
 * are muted.
 */
void unpack_begin(struct unpack *u, int64_t ts, int cold);
/* What takes the frames was started anew; the line goes on. */
void unpack_restart(struct unpack *u);
/* Something is missing before what comes next. */
void unpack_break(struct unpack *u);

enum unpack_use {
	UNPACK_USED,		/* at least in part */
	UNPACK_LATE,		/* every frame of it was over already */
	UNPACK_NOTHING		/* nothing in it could be used */
};

/* Take the payload (with its RFC 2250 header) of the packet at place ts. */
enum unpack_use unpack_packet(struct unpack *u, int64_t ts, uint32_t rtp_ts,
    const uint8_t *payload, size_t len);
/* One frame's time passes in silence. */
void unpack_silence(struct unpack *u);
/*
 * Silence of at least so long, in whole frames, is given out before the next
 * frame (now: at once, one frame of it at least); the stream waits meanwhile.
 * paused_ns grows by what was given.
 */
void unpack_pause(struct unpack *u, int64_t ns, int now);

/* The place of the next frame, ticks; and how long the last one was. */
int64_t unpack_ts(const struct unpack *u);
uint32_t unpack_frame_ticks(const struct unpack *u);
/* The same place as the sender's timestamp. */
uint32_t unpack_rtp_ts(const struct unpack *u);

#endif
