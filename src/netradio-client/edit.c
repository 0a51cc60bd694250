/* SPDX-License-Identifier: ISC */
#include "edit.h"

#include <string.h>

#include "base/clock.h"

#define FINE		16	/* parts of a step of gain */
#define FORGET		1	/* so many of them a frame */

static int64_t
play_ns(const struct mpa *m)
{
	return flick_to_ns(flick_of_samples(m->samples, m->rate));
}

void
edit_init(struct edit *e, unpack_put *put, void *arg)
{
	memset(e, 0, sizeof(*e));
	e->put = put;
	e->arg = arg;
	e->low = MPA_GAIN_MAX * FINE;
}

void
edit_break(struct edit *e)
{
	mpa_trail_break(&e->trail);
	mpa_reservoir_break(&e->reservoir);
	e->has_last = 0;
	e->n_held = 0;
}

void
edit_want(struct edit *e, int want, int64_t patience_ns, int64_t now)
{
	if (want == e->want)
		return;
	e->want = want;
	e->since_ns = now;
	e->until_ns = now + patience_ns;
}

/* How loud it has been of late: both bounds are forgotten slowly. */
static void
follow(struct edit *e, unsigned gain)
{
	gain *= FINE;
	if (e->low < e->high) {
		e->low += FORGET;
		e->high -= FORGET;
	}
	e->low = gain < e->low ? gain : e->low;
	e->high = gain > e->high ? gain : e->high;
}

/* Whether it is quiet enough where these two come together. */
static int
is_good(const struct edit *e, unsigned a, unsigned b, int64_t now)
{
	unsigned gain = (a > b ? a : b) * FINE;
	int64_t most;

	if (gain == 0 || now >= e->until_ns)
		return 1;
	most = e->low + (int64_t)(e->high - e->low) *
	    ((now - e->since_ns) / NS_PER_MS) /
	    ((e->until_ns - e->since_ns) / NS_PER_MS + 1);
	return (int64_t)gain <= most;
}

/* On to the taker: 0; -1: it had no room. */
static int
give(struct edit *e, const struct mpa *m, const uint8_t *frame, size_t len,
    enum unpack_kind kind)
{
	memcpy(e->out, frame, len);
	/* What stands alone holds less than the stream did.  Only a stream
	 * that is at odds with itself comes to reach back further. */
	mpa_reservoir_pass(&e->reservoir, m, e->out, len);
	return e->put(e->arg, m, e->out, len, kind);
}

/* The frame that the trail took last, standing alone: how long; 0: no room. */
static size_t
alone(const struct edit *e, const struct edit_frame *f, unsigned next,
    struct mpa *m, uint8_t *out)
{
	size_t len = mpa_alone(&e->trail, &f->m, f->bytes, f->len, next,
	    out);

	return len >= MPA_HEADER_SIZE && mpa_decode(m, out) == 0 ? len : 0;
}

/* What was put in stands by itself: what follows reaches back so far. */
static int
give_alone(struct edit *e, const struct mpa *m, const uint8_t *frame,
    size_t len, unsigned next, enum unpack_kind kind)
{
	int ret = give(e, m, frame, len, kind);

	if (m->layer == 3 && e->reservoir.avail > next)
		e->reservoir.avail = next;
	return ret;
}

static void
keep(struct edit_frame *f, const struct mpa *m, const uint8_t *frame,
    size_t len, unsigned gain, enum unpack_kind kind)
{
	f->m = *m;
	f->len = len;
	f->gain = gain;
	f->kind = kind;
	memcpy(f->bytes, frame, len);
}

/* Nothing will be left out: let them go. */
static int
give_held(struct edit *e)
{
	unsigned i, n = e->n_held;

	e->n_held = 0;
	for (i = 0; i < n; i++)
		if (give(e, &e->held[i].m, e->held[i].bytes, e->held[i].len,
		    e->held[i].kind) == -1)
			return -1;
	return 0;
}

/* One more: the last frame again, before the one that is about to come. */
static int
repeat(struct edit *e, unsigned next, int64_t *moved)
{
	uint8_t room[MPA_FRAME_MAX];
	struct mpa m;
	size_t len = alone(e, &e->last, next, &m, room);

	if (len == 0)
		return 0;
	if (give_alone(e, &m, room, len, next, e->last.kind) == -1)
		return -1;
	e->repeated++;
	e->want = 0;
	*moved = play_ns(&m);
	return 0;
}

/* One less: of the two held only the second goes out, if it can. */
static int
leave_out(struct edit *e, unsigned next, int64_t *moved)
{
	uint8_t room[MPA_FRAME_MAX];
	struct mpa m;
	size_t len = alone(e, &e->held[1], next, &m, room);

	if (len == 0 || e->want >= 0)
		return give_held(e);
	e->n_held = 0;
	if (give_alone(e, &m, room, len, next, e->held[1].kind) == -1)
		return -1;
	e->left_out++;
	e->want = 0;
	*moved = -play_ns(&e->held[0].m);
	return 0;
}

/* Silence that takes no time of the stream's. */
static int
pause_before(struct edit *e, const uint8_t *header, size_t len,
    int64_t *moved)
{
	uint8_t room[MPA_FRAME_MAX];
	struct mpa m;

	if (give_held(e) == -1)
		return -1;
	len = mpa_pause(&e->trail, header, len, room);
	if (len < MPA_HEADER_SIZE || mpa_decode(&m, room) == -1)
		return -1;
	if (give_alone(e, &m, room, len, (unsigned)e->trail.n,
	    UNPACK_PAUSE) == -1)
		return -1;
	e->has_last = 0;
	*moved = play_ns(&m);
	return 0;
}

/* What is to be done before the frame goes its way: 0; 1: it is held; -1. */
static int
before(struct edit *e, const struct mpa *m, const uint8_t *frame, size_t len,
    unsigned gain, enum unpack_kind kind, int64_t now, int64_t *moved)
{
	unsigned next = mpa_main_data_begin(m, frame, len);
	int is_like = e->has_last && mpa_is_alike(m, &e->last.m);
	int is_fit = is_like && is_good(e, gain, e->last.gain, now);

	if (e->n_held > 0 && !is_like)
		return give_held(e);
	if (e->n_held == 2)
		return leave_out(e, next, moved);
	if (e->n_held == 1 && !is_fit)
		return give_held(e);
	if (e->n_held == 1 || (e->want < 0 && is_fit)) {
		keep(&e->held[e->n_held++], m, frame, len, gain, kind);
		return 1;
	}
	if (e->want > 0 && is_fit)
		return repeat(e, next, moved);
	return 0;
}

int
edit_frame(struct edit *e, const struct mpa *m, const uint8_t *frame,
    size_t len, enum unpack_kind kind, int64_t now, int64_t *moved)
{
	unsigned gain = mpa_gain(m, frame, len);
	int held;

	*moved = 0;
	if (kind == UNPACK_PAUSE)
		return pause_before(e, frame, len, moved);
	follow(e, gain);
	held = before(e, m, frame, len, gain, kind, now, moved);
	if (held == -1) {
		edit_break(e);
		return -1;
	}
	mpa_trail_take(&e->trail, m, frame, len);
	keep(&e->last, m, frame, len, gain, kind);
	e->has_last = 1;
	if (held == 0 && give(e, m, frame, len, kind) == -1) {
		edit_break(e);
		return -1;
	}
	return 0;
}
