/* SPDX-License-Identifier: ISC */
/* Frames repeated and left out on the way to a decoder: where, and that every
 * other frame finds its own sound. */
#include <stdint.h>

#include "base/clock.h"
#include "edit.h"
#include "made_mpa.h"
#include "tap.h"

#define FRAME_NS	(26 * NS_PER_MS)
#define PATIENCE_NS	(2 * NS_PER_S)

static const uint8_t header[4] = { 0xff, 0xfb, 0x90, 0x40 };
static struct edit e;
static int64_t now;

/* What came out. */
static struct out {
	unsigned n, strange, pauses, refuse;
	unsigned frame[2 * FRAMES];	/* which one of the made ones */
} out;

/* Which one it is: by its side information, which is random. */
static unsigned
which(const uint8_t *frame)
{
	unsigned k;

	for (k = 0; k < FRAMES; k++)
		if (memcmp(frame + 6, made[k].bytes + 6, 30) == 0)
			return k;
	return FRAMES;
}

static int
put(void *arg, const struct mpa *m, const uint8_t *frame, size_t len,
    enum unpack_kind kind)
{
	static const struct made nothing;
	struct made silent = nothing;
	unsigned k;

	(void)arg, (void)m;
	if (out.refuse > 0) {
		out.refuse--;
		return -1;
	}
	if (kind == UNPACK_PAUSE) {
		memcpy(silent.bytes, frame, 4);
		decode(frame, (unsigned)len, &silent);
		out.pauses++;
		return 0;
	}
	if ((k = which(frame)) == FRAMES) {
		out.strange++;
		return 0;
	}
	decode(frame, (unsigned)len, &made[k]);
	out.frame[out.n++] = k;
	return 0;
}

static void
begin(unsigned fill)
{
	random_seed(3);
	make(header, 9, 9, fill);
	edit_init(&e, put, NULL);
	memset(&out, 0, sizeof(out));
	held.n = 0;
	wrong = 0;
	now = NS_PER_S;
}

/* Frame k comes; returns how many frames were moved. */
static int
feed(unsigned k)
{
	int64_t moved;
	struct mpa m;

	mpa_decode(&m, made[k].bytes);
	edit_frame(&e, &m, made[k].bytes, made[k].len, UNPACK_WHOLE, now,
	    &moved);
	now += FRAME_NS;
	return moved > 0 ? 1 : moved < 0 ? -1 : 0;
}

/* How often each frame came out, and in order. */
static void
count(unsigned *once, unsigned *twice, unsigned *never, unsigned *disorder)
{
	unsigned times[FRAMES] = { 0 }, i;

	*once = *twice = *never = *disorder = 0;
	for (i = 0; i < out.n; i++) {
		times[out.frame[i]]++;
		*disorder += i > 0 && out.frame[i] < out.frame[i - 1];
	}
	for (i = 0; i < FRAMES; i++)
		if (times[i] == 0)
			++*never;
		else if (times[i] == 1)
			++*once;
		else
			++*twice;
}

static void
test_moves(int want, unsigned fill)
{
	unsigned k, moves = 0, once, twice, never, disorder;

	begin(fill);
	for (k = 0; k < FRAMES; k++) {
		edit_want(&e, want, PATIENCE_NS, now);
		moves += (unsigned)(feed(k) * want);
	}
	count(&once, &twice, &never, &disorder);
	ok(moves >= FRAMES * FRAME_NS / PATIENCE_NS, "wanted %+d: %u times",
	    want, moves);
	is(want > 0 ? twice : never - e.n_held, moves,
	    "so many frames came twice, or not at all");
	is(once, FRAMES - moves - e.n_held, "all the others once");
	is(disorder + out.strange, 0, "in order");
	is(wrong, 0, "and each found its own sound");
	is(want > 0 ? e.repeated : e.left_out, moves, "and is counted");
}

/* Where: as quiet as it has been of late, if there is time. */
static void
test_place(void)
{
	unsigned k, i, rank;

	begin(90);
	for (k = 0; k < 100; k++)
		feed(k);
	edit_want(&e, 1, PATIENCE_NS, now);
	for (; k < 300 && e.repeated == 0; k++)
		feed(k);
	for (i = rank = 0; i < k; i++)
		rank += made[i].gain < made[k - 2].gain;
	ok(e.repeated == 1 && rank < k * 6 / 10,
	    "at a quiet place: %u of %u frames are quieter", rank, k);
}

static void
test_pause(void)
{
	int64_t moved;
	struct mpa m;
	unsigned k;

	begin(90);
	mpa_decode(&m, made[0].bytes);
	for (k = 0; k < FRAMES; k++) {
		feed(k);
		if (k % 7 == 0)
			edit_frame(&e, &m, made[k].bytes, made[k].len,
			    UNPACK_PAUSE, now, &moved);
	}
	is(out.pauses, FRAMES / 7 + 1, "pauses");
	is(out.n, FRAMES, "and all frames");
	is(wrong, 0, "each with its own sound");
}

static void
test_odd(void)
{
	int64_t moved;
	struct mpa m;
	unsigned k;

	/* Being left out is called off: by another wish, another format. */
	begin(90);
	for (k = 0; k < 200 && e.n_held == 0; k++) {
		edit_want(&e, -1, PATIENCE_NS, now);
		feed(k);
	}
	is(e.n_held, 1, "a frame is held");
	edit_want(&e, 0, 0, now);
	feed(k++);
	feed(k++);
	is(out.n, k, "it is not wanted any more: all come");
	is(wrong, 0, "as they were");
	edit_want(&e, -1, 0, now);
	feed(k++);
	is(e.n_held, 1, "another one is held");
	mpa_decode(&m, made[k].bytes);
	m.rate = 48000;
	edit_frame(&e, &m, made[k].bytes, made[k].len, UNPACK_WHOLE, now,
	    &moved);
	is(out.n, k + 1, "another format comes: nothing is left out");
	edit_break(&e);
	out.refuse = 1;
	mpa_decode(&m, made[0].bytes);
	is(edit_frame(&e, &m, made[0].bytes, made[0].len, UNPACK_WHOLE, now,
	    &moved), -1, "no room");
	is(e.has_last, 0, "then all that was is forgotten");
}

int
main(void)
{
	test_moves(1, 90);
	test_moves(-1, 90);
	test_moves(1, 100);
	test_moves(-1, 100);
	test_place();
	test_pause();
	test_odd();
	return tap_end();
}
