/* SPDX-License-Identifier: ISC */
/*
 * The sound card's clock against the server's, told by what lies before the
 * decoder.  Pure: time and level are handed in.
 *
 * What is before the decoder and not yet taken (the level), less what has
 * been given to it ahead of time, is its cushion.  A card that is faster than
 * the server eats it up, behind a slower one it grows:
 *
 *	cushion = what it was at first + play time put in - rate x time
 *
 * The rate is the slope of a straight line (least squares) through cushion
 * less play time put in.  A decoder takes whole frames or blocks, so the
 * level goes in steps; it is looked at at moments that have nothing to do with
 * these, and thus on the average it is right.  Where the mean of five seconds
 * is not where those before it let expect (the card ran dry, the machine was
 * held up) one line ends and another begins.  The level alone, low-pass
 * filtered, decides when a frame more or less is wanted: when it is three
 * quarters of a frame off where it settled.
 *
 * What is in the sound card cannot be seen.  If that takes all there is, the
 * level is zero and tells nothing; if it is zero now and then, frames are put
 * in until it is not.  A cushion of more than our lead is what came while the
 * decoder opened its output: it has to go.
 */
#ifndef DRIFT_H
#define DRIFT_H

#include <stdint.h>

/* Sums for a straight line, about their means (Welford). */
struct drift_line {
	double n, x, y, sxx, sxy;
};

#define DRIFT_STEPS	15

struct drift {
	int64_t lead_ns;	/* [c] the cushion is no more than this, and as
				 * much may be put in for it to be seen */

	/* Since the level last began anew. */
	int64_t since_ns;	/* 0: not begun */
	int64_t last_ns;	/* of the last sample */
	double moved;		/* s put in (less what was left out) */
	double level;		/* cushion less moved, filtered, s */
	double zero;		/* share of the time without a level, 0 to 1 */
	int is_settled;
	double target;		/* the cushion as it shall be, s */
	double more;		/* of it, put in to be seen, s */
	int64_t more_ns;	/* when that was last looked at */

	struct drift_line block;	/* the last seconds */
	double block_x;		/* when it began */
	double last_x, last_y;	/* means of the one before; x 0: none */
	unsigned n_steps;	/* from block to block, s in s */
	double step[DRIFT_STEPS];
	struct drift_line run;	/* blocks that go on from each other */
	double runs_sxx, runs_sxy;	/* of runs before: the same slope */
	double span;		/* s in all of them */

	uint32_t random;	/* of the moments */
};

/* lead_ns: how much of the delay is before the decoder. */
void drift_init(struct drift *d, int64_t lead_ns);
/* The level begins anew, at another height. */
void drift_break(struct drift *d);

/* When to look at the level again. */
int64_t drift_next_ns(struct drift *d, int64_t now_ns);
/*
 * The level as it is now, and how far ahead of its time the last frame was
 * given (what was given, less what should have been by now).
 */
void drift_sample(struct drift *d, int64_t level_ns, int64_t ahead_ns,
    int64_t now_ns);
/* So much play time was put in (less than 0: left out) beyond the stream's. */
void drift_moved(struct drift *d, int64_t ns);

/* How many frames more (or, less than 0, less) there should be; frame_ns: what
 * one plays. */
int drift_want(struct drift *d, int64_t frame_ns, int64_t now_ns);

/* How much faster than the server the decoder plays, in parts per million;
 * -1 if that is not known (0 if it is). */
int drift_ppm(const struct drift *d, double *ppm);

#endif
