/* SPDX-License-Identifier: ISC */
/*
 * Frames repeated and left out at any places of any stream: what comes out are
 * whole frames of which none reaches back into what the decoder has not got,
 * and play time is kept account of.
 *
 *   byte 0     bit 0-1: a frame more is wanted (1), less (2), none (0, 3);
 *              bit 2: at once; bit 3: a break before it; bit 4: a pause;
 *              bit 5: the decoder refuses a frame
 *   then a frame, whose length its header tells; of what is left if less
 *
 * Answers for: src/netradio-client/edit.c src/wire/mpa_alone.c
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "edit.h"
#include "wire/mpa.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct edit edit;
static struct {
	struct mpa_reservoir reservoir;	/* what the decoder holds */
	int64_t flicks;
	int refuse;
} sink;

static int64_t
flicks_of(const struct mpa *m)
{
	return flick_of_samples(m->samples, m->rate);
}

static int
put(void *arg, const struct mpa *m, const uint8_t *frame, size_t len,
    enum unpack_kind kind)
{
	uint8_t copy[MPA_FRAME_MAX];
	struct mpa again;

	(void)arg, (void)kind;
	assert(len >= MPA_HEADER_SIZE && len <= MPA_FRAME_MAX);
	assert(mpa_decode(&again, frame) == 0);
	assert(again.length == m->length && again.samples == m->samples);
	assert(again.length == 0 || again.length == len);
	if (sink.refuse > 0) {
		sink.refuse--;
		return -1;
	}
	memcpy(copy, frame, len);
	assert(!mpa_reservoir_pass(&sink.reservoir, &again, copy, len));
	sink.flicks += flicks_of(m);
	return 0;
}

static int64_t
held_flicks(void)
{
	int64_t flicks = 0;
	unsigned i;

	assert(edit.n_held <= 2);
	for (i = 0; i < edit.n_held; i++)
		flicks += flicks_of(&edit.held[i].m);
	return flicks;
}

static void
start(struct mpa_reservoir *r)
{
	edit_break(&edit);
	mpa_reservoir_break(r);
	mpa_reservoir_break(&sink.reservoir);
}

/* A frame as unpack gives it out. */
static void
feed(struct mpa_reservoir *r, unsigned flags, const struct mpa *m,
    uint8_t *frame, size_t len, int64_t now)
{
	int64_t moved, before = sink.flicks + held_flicks(), took;
	enum unpack_kind kind = UNPACK_WHOLE;

	if (flags & 16)
		kind = UNPACK_PAUSE;
	else if (mpa_reservoir_pass(r, m, frame, len))
		kind = UNPACK_MUTED;
	assert(mpa_gain(m, frame, len) <= MPA_GAIN_MAX);
	if (edit_frame(&edit, m, frame, len, kind, now, &moved) == -1) {
		start(r);
		return;
	}
	took = sink.flicks + held_flicks() - before - flick_of_ns(moved);
	/* What was moved is told in nanoseconds. */
	took -= kind == UNPACK_PAUSE ? 0 : flicks_of(m);
	assert(took > -FLICK_HZ / 1000000 && took < FLICK_HZ / 1000000);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int wants[] = { 0, 1, -1, 0 };
	uint8_t frame[MPA_FRAME_MAX];
	struct mpa_reservoir r = { 0 };
	int64_t now = NS_PER_S;
	struct mpa m;
	unsigned flags;
	size_t len;

	memset(&sink, 0, sizeof(sink));
	edit_init(&edit, put, NULL);
	while (size > MPA_HEADER_SIZE) {
		flags = *data++;
		size--;
		if (mpa_decode(&m, data) == -1)
			continue;
		len = m.length > 0 ? m.length : size;
		len = len < sizeof(frame) ? len : sizeof(frame);
		memset(frame, 0, len);
		memcpy(frame, data, len < size ? len : size);
		sink.refuse = (flags & 32) != 0;
		if (flags & 8)
			start(&r);
		edit_want(&edit, wants[flags & 3], flags & 4 ? 0 : NS_PER_S,
		    now);
		feed(&r, flags, &m, frame, len, now);
		now += flick_to_ns(flicks_of(&m));
		data += len < size ? len : size;
		size -= len < size ? len : size;
	}
	return 0;
}
