/* SPDX-License-Identifier: ISC */
/*
 * Frames that stand alone: how a frame of MPEG audio is repeated or left out
 * without harm to those around it.  Pure.
 *
 * A layer III frame may have its sound (its main data) up to 511 bytes back,
 * in the main data areas of the frames before it, so none can be taken out or
 * put in as it is.  A frame that stands alone has the same sound written anew:
 *
 *	header  side information   own main data   zeros   tail
 *	        main_data_begin 0
 *
 * The tail is what the frame after it reaches back for.  The header names the
 * lowest bit rate at which all that has room.  So
 *
 *	repeat k	after k comes k alone, its tail for k + 1
 *	leave out k	in place of k and k + 1 comes k + 1 alone, its tail
 *			for k + 2
 *
 * and every other frame stays as it is, bit by bit.  Where the sound and the
 * tail need more than the longest frame there is (320 kbit/s, MPEG-2: 160),
 * another place has to do.  Layers I and II have no reservoir: a frame stands
 * alone as it is.  ISO 11172-3 2.4.1.7, 2.4.3.4.
 */
#ifndef WIRE_MPA_ALONE_H
#define WIRE_MPA_ALONE_H

#include <stddef.h>
#include <stdint.h>

struct mpa;

#define MPA_TRAIL_SIZE	8192

/* The main data of the stream so far: its last bytes, in one run. */
struct mpa_trail {
	size_t n;		/* bytes held, the newest at the end */
	uint8_t bytes[MPA_TRAIL_SIZE];
};

/* A gap or splice: nothing before it is to be found any more. */
void mpa_trail_break(struct mpa_trail *t);
/* One more frame of the stream. */
void mpa_trail_take(struct mpa_trail *t, const struct mpa *m,
    const uint8_t *frame, size_t len);

/* A frame louder than any: it says nothing about itself. */
#define MPA_GAIN_MAX	255

/*
 * How loud the frame may be, in steps of 1.5 dB: the highest global_gain of
 * its granules and channels; 0 if it is silent for certain.  Layers I and II
 * say nothing: MPA_GAIN_MAX unless all is zero.
 */
unsigned mpa_gain(const struct mpa *m, const uint8_t *frame, size_t len);

/*
 * Write the frame that the trail has taken last as one that stands alone; next
 * is how far the frame after it reaches back (its mpa_main_data_begin).
 * Returns its length, at most MPA_FRAME_MAX, which is the room that out has;
 * or 0: it has no room, or is of free format, or its own main data is missing.
 */
unsigned mpa_alone(const struct mpa_trail *t, const struct mpa *m,
    const uint8_t *frame, size_t len, unsigned next, uint8_t *out);

/*
 * Write a silent frame like its neighbour (whose header and length are given)
 * that may stand before any frame: its tail is all that one could reach back
 * for.  Returns its length; 0: free format.
 */
unsigned mpa_pause(const struct mpa_trail *t, const uint8_t *header,
    size_t len, uint8_t *out);

#endif
