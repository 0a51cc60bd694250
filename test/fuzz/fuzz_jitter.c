/* SPDX-License-Identifier: ISC */
/*
 * Reception on whatever comes: records of a head (time passed, flags, source,
 * length) and the bytes of a datagram go through the tuner (RTP, sources,
 * jitter buffer, unpack).  Whatever comes, every frame is one and needs nothing
 * that the decoder has not got, silence is made no faster than time goes, and
 * nobody is asked to wake up in the past.
 *
 *   byte 0-1   milliseconds until it comes, big-endian
 *   byte 2     bit 0-1: which source; bit 2: the sink refuses one frame;
 *              bit 3: the sink is started anew; bit 4: the source is trusted;
 *              bit 5: the server has moved there; bit 6: another channel
 *   byte 3-4   length of the datagram; of what is left if that is less
 *
 * Answers for: src/netradio-client/tuner.c src/netradio-client/jitter.c
 * src/netradio-client/unpack.c
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "tuner.h"

#define LEVEL_MAX_NS	(200 * NS_PER_MS)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	int refuse;
	/* What a decoder holds of the bytes that its encoder wrote. */
	struct mpa_reservoir reservoir;
} sink;

/* A decoder that begins is silent where it lacks bytes: no harm in that. */
static void
sink_begin(void)
{
	sink.reservoir.avail = 511;
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
	assert(again.length == 0 || again.length == len);
	assert(again.samples == m->samples && again.rate == m->rate);
	assert((kind != UNPACK_SILENT && kind != UNPACK_PAUSE) ||
	    mpa_main_data_begin(&again, frame, len) == 0);
	if (sink.refuse > 0) {
		sink.refuse--;
		mpa_reservoir_break(&sink.reservoir);
		return -1;
	}
	/* Never one that reaches back into what the decoder has not got. */
	memcpy(copy, frame, len);
	assert(!mpa_reservoir_pass(&sink.reservoir, &again, copy, len));
	if (kind == UNPACK_SILENT)
		mpa_reservoir_break(&sink.reservoir);
	return 0;
}

static void
play(struct tuner *t, int64_t *now, int64_t then)
{
	int64_t wake;
	uint32_t heard;

	for (;;) {
		if (*now >= t->sample_ns)
			tuner_level(t, *now % LEVEL_MAX_NS, *now);
		tuner_play(t, *now, &wake);
		assert(wake > *now);
		assert(tuner_heard(t, &heard) == t->jitter.is_primed);
		if (wake > then)
			break;
		*now = wake;
	}
	*now = then;
}

/* What else happens to a tuner, as the session does it. */
static void
turn(struct tuner *t, unsigned flags, const struct addr *from, int64_t now)
{
	if (flags & 4)
		sink.refuse = 1;
	if (flags & 8) {
		sink_begin();
		tuner_restart(t, now);
	}
	if (flags & 16)
		tuner_trust(t, from);
	if (flags & 32)
		tuner_move(t, from);
	if (flags & 64)
		tuner_reset(t, 10 * NS_PER_MS);
	assert(!(flags & 48) || (flags & 64) ||
	    addr_is_same_host(&t->source, from));
}

/* adapts: to a decoder, that plays at once and has an odd level. */
static void
run(const uint8_t *data, size_t size, int adapts)
{
	static struct tuner t;
	struct addr from;
	struct rd r;
	uint8_t host[4] = { 192, 0, 2, 0 };
	int64_t now = NS_PER_S;
	unsigned flags;
	size_t len;

	sink.refuse = 0;
	sink_begin();
	tuner_init(&t, 150 * NS_PER_MS, 150 * NS_PER_MS, put, NULL);
	if (adapts)
		tuner_adapt(&t);
	rd_init(&r, data, size);
	while (rd_left(&r) > 5) {
		play(&t, &now, now + rd_u16(&r) * NS_PER_MS);
		flags = rd_u8(&r);
		len = rd_u16(&r);
		len = len < rd_left(&r) ? len : rd_left(&r);
		host[3] = (uint8_t)(1 + (flags & 3));
		addr_of_bytes(&from, host, 4, 5004);
		turn(&t, flags, &from, now);
		tuner_take(&t, rd_bytes(&r, len), len, &from, now);
		assert(t.jitter.n <= JITTER_POOL);
	}
	play(&t, &now, now + 2 * NS_PER_S);
	/* Packets may say that they hold many frames; what is made here is
	 * silence, and that cannot be faster than time. */
	assert(t.unpack.counts.silent * 8 * NS_PER_MS <=
	    (uint64_t)(now + 10 * NS_PER_S));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run(data, size, 0);
	run(data, size, 1);
	return 0;
}
