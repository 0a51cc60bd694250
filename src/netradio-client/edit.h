/* SPDX-License-Identifier: ISC */
/*
 * The last step before a decoder: now and then one frame more, or one less,
 * where it is least heard (wire/mpa_alone.h).  Pure.
 *
 * Who wants it says so with edit_want, and how long it has.  A place is taken
 * if it is silent, or as quiet as it gets; the longer it takes, the less is
 * asked of it, and at the end the first one with room will do.  To repeat costs
 * no time; to leave out f, f and the frame after it are held until the third
 * is there.
 */
#ifndef EDIT_H
#define EDIT_H

#include <stddef.h>
#include <stdint.h>

#include "unpack.h"
#include "wire/mpa.h"
#include "wire/mpa_alone.h"

struct edit_frame {
	struct mpa m;
	size_t len;
	unsigned gain;
	enum unpack_kind kind;
	uint8_t bytes[MPA_FRAME_MAX];
};

struct edit {
	unpack_put *put;	/* [c] */
	void *arg;		/* [c] */

	int want;		/* frames: 1 more, -1 one less, 0 */
	int64_t since_ns;	/* wanted since */
	int64_t until_ns;	/* then any place will do */
	unsigned low, high;	/* gains of late, in sixteenths */

	struct mpa_trail trail;	/* of the stream */
	struct mpa_reservoir reservoir;	/* of what was put */
	int has_last;
	struct edit_frame last;	/* of the stream, put or left out */
	unsigned n_held;
	struct edit_frame held[2];	/* to be left out; what follows it */
	uint8_t out[MPA_FRAME_MAX];	/* on its way */

	uint64_t repeated, left_out;
};

void edit_init(struct edit *e, unpack_put *put, void *arg);
/* What comes next has nothing to do with what was; frames held are gone. */
void edit_break(struct edit *e);

/* A frame more (1) or less (-1) is wanted from now on, at a place as good as
 * can be found in so long; or none (0). */
void edit_want(struct edit *e, int want, int64_t patience_ns,
    int64_t now_ns);

/*
 * Another frame of the stream: 0, or -1 if one could not be put.  *moved_ns:
 * play time put in (or, less than 0, left out) beyond it.  What was wanted is
 * then no more.
 */
int edit_frame(struct edit *e, const struct mpa *m, const uint8_t *frame,
    size_t len, enum unpack_kind kind, int64_t now_ns, int64_t *moved_ns);

#endif
