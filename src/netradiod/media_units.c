/* SPDX-License-Identifier: ISC */
/* AAC whose access units a container tells apart: each is a frame. */
#include "framer.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "os/file.h"

#include "stream.h"

#define UNITS_MAX	(INT64_C(1) << 32)	/* more are not believed */

struct units {
	const struct media_facts *facts;
	struct stream *stream;
	struct piece piece;	/* what is left of it */
	uint8_t *big;		/* for units that the window does not hold */
	struct window w;
};

/* 1, or 0: no piece is left.  Units too long to be sent are passed over. */
static int
next_piece(struct stream *s, struct piece *p)
{
	while (s->next(s->state, p))
		if (p->unit > 0 && p->unit <= MEDIA_UNIT_MAX)
			return 1;
	return 0;
}

static void *
units_open(const struct framing *in)
{
	struct units *u;

	if ((u = malloc(sizeof(*u))) == NULL)
		return NULL;
	u->facts = in->facts;
	u->stream = in->stream;
	u->piece.len = 0;
	u->big = NULL;
	window_init(&u->w, in->fd);
	return u;
}

static int
units_first(void *reader)
{
	struct units *u = reader;

	return u->piece.len > 0 || next_piece(u->stream, &u->piece);
}

static int
units_next(void *reader, struct frame *f)
{
	struct units *u = reader;
	size_t got;

	if (!units_first(u))
		return 0;
	f->len = (size_t)u->piece.unit;
	f->samples = u->facts->samples;
	f->rate = u->facts->rate;
	got = window_frame(&u->w, u->piece.off, f->len, &u->big,
	    MEDIA_UNIT_MAX, &f->data);
	if (got < f->len) {		/* an error, or it shrank just now */
		errno = u->w.error;
		u->w.error = 0;
		u->piece.len = 0;
		return errno != 0 ? -1 : 0;
	}
	u->piece.off += u->piece.unit;
	u->piece.len -= u->piece.unit;
	return 1;
}

static void
units_close(void *reader)
{
	struct units *u = reader;

	free(u->big);
	free(u);
}

static int64_t
units_skip(void *reader, int64_t flicks)
{
	struct units *u = reader;
	int64_t one = flick_of_samples(u->facts->samples, u->facts->rate);
	int64_t left, n, done = 0;

	left = one > 0 ? flicks / one : 0;
	for (; left > 0 && units_first(u); left -= n, done += n) {
		n = u->piece.len / u->piece.unit;
		if (n > left)
			n = left;
		u->piece.off += n * u->piece.unit;
		u->piece.len -= n * u->piece.unit;
	}
	return done * one;
}

static int
units_count(const struct framing *in, struct media_sum *sum,
    const _Atomic int *stop)
{
	struct piece p;

	sum->frames = sum->bytes = 0;
	while (sum->frames < UNITS_MAX && next_piece(in->stream, &p)) {
		sum->frames += p.len / p.unit;
		sum->bytes += p.len;
		if (stop != NULL && *stop) {
			errno = EINTR;
			return -1;
		}
	}
	sum->duration = flick_of_samples(sum->frames * in->facts->samples,
	    in->facts->rate);
	return 0;
}

const struct framer framer_units = {
	"no access unit in it", NULL, units_open, units_first,
	units_next, units_close, NULL, NULL, units_skip, units_count
};
