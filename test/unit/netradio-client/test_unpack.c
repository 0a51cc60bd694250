/* SPDX-License-Identifier: ISC */
/* Payloads to frames: fragments, lost time, the reservoir, late ones. */
#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "random.h"
#include "tap.h"
#include "unpack.h"
#include "wire/payload_mpa.h"

#define TICKS	2351		/* of a frame of 1152 samples at 44.1 kHz */
#define LEN	417		/* of a frame of 128 kbit/s, no padding */

static struct unpack u;
static struct {
	unsigned n, silent, refuse;
	unsigned wrong;		/* no whole frame */
	size_t bytes;
	uint8_t data[1 << 20];
	size_t last_len;
} out;

static int
put(void *arg, const struct mpa *m, const uint8_t *frame, size_t len,
    enum unpack_kind kind)
{
	struct mpa h;

	(void)arg, (void)m;
	out.wrong += len > MPA_FRAME_MAX || mpa_decode(&h, frame) == -1 ||
	    (h.length > 0 && h.length != len);
	if (out.refuse > 0) {
		out.refuse--;
		return -1;
	}
	out.n++;
	out.silent += kind == UNPACK_SILENT;
	memcpy(out.data + out.bytes, frame, len);
	out.bytes += len;
	out.last_len = len;
	return 0;
}

static void
begin(int cold)
{
	memset(&out, 0, sizeof(out));
	unpack_init(&u, put, NULL);
	u.is_started = !cold;
	unpack_begin(&u, 0, cold);
}

/* An MPEG-1 layer III frame, stereo, no CRC: number n, reaching back. */
static size_t
make(uint8_t *p, unsigned n, unsigned back)
{
	unsigned i;

	p[0] = 0xff, p[1] = 0xfb, p[2] = 0x90, p[3] = 0x00;
	for (i = 4; i < LEN; i++)
		p[i] = (uint8_t)(n * 7 + i) & 0x7f;
	p[4] = (uint8_t)(back >> 1);
	p[5] = (uint8_t)(back << 7);
	return LEN;
}

/* The frame that was given out as the n-th. */
static const uint8_t *
got(unsigned n)
{
	return out.data + (size_t)n * LEN;
}

/* A packet with frames n to n + count - 1. */
static enum unpack_use
push(unsigned n, unsigned count, unsigned back)
{
	uint8_t p[4 + 4 * LEN] = { 0 };
	unsigned i;
	int64_t ts = (int64_t)n * 1152 * 90000 / 44100;

	for (i = 0; i < count; i++)
		make(p + 4 + i * LEN, n + i, back);
	return unpack_packet(&u, ts, (uint32_t)(ts + 12345), p,
	    4 + count * LEN);
}

static void
test_whole(void)
{
	uint8_t want[LEN];
	unsigned n, same = 0;

	begin(1);
	for (n = 0; n < 30; n += 3)
		push(n, 3, 0);
	is(out.n, 30, "whole frames come out");
	is(out.bytes, 30 * LEN, "as they are");
	for (n = 0; n < 30; n++) {
		make(want, n, 0);
		same += memcmp(got(n), want, LEN) == 0;
	}
	is(same, 30, "byte for byte");
	is(unpack_ts(&u), (int64_t)30 * 1152 * 90000 / 44100,
	    "the line is where it should be");
	is(unpack_rtp_ts(&u), unpack_ts(&u) + 12345,
	    "and known as the sender's timestamp");
}

static void
test_start(void)
{
	begin(1);
	/* 381 bytes of main data in each: 500 is further than one frame. */
	push(0, 1, 500);
	push(1, 1, 500);
	is(out.n, 0, "frames that reach before the line are passed over");
	push(2, 1, 500);
	is(out.n, 1, "the first one that does not is the first one given");
	is(memcmp(got(0) + 4, "\xfa\x00", 2), 0, "unchanged");
	begin(0);
	push(0, 1, 500);
	is(out.n, 1, "a warm start passes none over");
	is(got(0)[4] | got(0)[5], 0, "but mutes them");
	is(u.counts.muted, 1, "and counts it");
}

static void
test_loss(void)
{
	static const uint8_t zero[LEN - 4];
	uint8_t want[LEN];

	begin(1);
	push(0, 3, 0);
	unpack_silence(&u);
	unpack_silence(&u);
	unpack_silence(&u);
	is(out.silent, 3, "three silent frames for a lost packet");
	is(memcmp(got(3), "\xff\xfb\x90\x00", 4), 0, "the neighbour's header");
	is(memcmp(got(3) + 4, zero, LEN - 4), 0, "and nothing else");
	push(6, 3, 300);
	is(out.n, 9, "then the next packet");
	is(got(6)[4] | (got(6)[5] & 0x80), 0,
	    "its first frame is muted: what it needs is lost");
	make(want, 6, 300);
	is(memcmp(got(6) + 36, want + 36, LEN - 36), 0,
	    "its main data is kept");
	is(got(7)[4], 150, "the second one has what it needs");
	is(unpack_ts(&u), (int64_t)9 * 1152 * 90000 / 44100,
	    "total time stands");
}

static void
test_late(void)
{
	begin(1);
	push(0, 3, 0);
	unpack_silence(&u);
	unpack_silence(&u);
	is(push(3, 3, 0), UNPACK_USED, "a packet comes in the middle of its "
	    "time");
	is(out.n, 6, "what was over is not played again");
	make(out.data + out.bytes, 5, 0);
	is(memcmp(got(5), out.data + out.bytes, LEN), 0,
	    "its third frame is");
	is(push(3, 3, 0), UNPACK_LATE, "wholly late");
	is(out.n, 6, "nothing of it is played");
}

static enum unpack_use
piece(const uint8_t *frame, size_t from, size_t to)
{
	uint8_t p[2048];

	payload_mpa_encode((uint16_t)from, p);
	memcpy(p + 4, frame + from, to - from);
	return unpack_packet(&u, unpack_ts(&u), 0, p, 4 + to - from);
}

static void
test_fragments(void)
{
	uint8_t frame[LEN];

	begin(1);
	make(frame, 9, 0);
	piece(frame, 0, 200);
	piece(frame, 200, 300);
	is(out.n, 0, "pieces wait");
	piece(frame, 300, LEN);
	is(out.n, 1, "for the last one");
	is(memcmp(got(0), frame, LEN), 0, "and make the frame");
	piece(frame, 0, 200);
	is(piece(frame, 300, LEN), UNPACK_NOTHING, "a missing piece");
	is(out.n, 1, "costs the frame");
	unpack_silence(&u);
	is(out.silent, 1, "whose time passes in silence");
	piece(frame, 0, 200);
	piece(frame, 0, 200);
	piece(frame, 200, LEN);
	is(out.n, 3, "a first piece begins anew");
	is(piece(frame, 200, LEN), UNPACK_NOTHING, "pieces without a start");
}

/* Free format: 40 kbit/s cannot say what 1000 bytes a frame are. */
static void
test_free_format(void)
{
	static uint8_t frame[1500], p[1504];
	unsigned i;

	memset(frame, 0x11, sizeof(frame));
	memcpy(frame, "\xff\xfb\x00\x00\x00\x00", 6);
	begin(1);
	for (i = 0; i < 3; i++) {
		memcpy(p + 4, frame, 600);
		unpack_packet(&u, unpack_ts(&u), 0, p, 604);
	}
	is(out.n, 3, "free format: a packet is a frame");
	is(out.bytes, 1800, "of the packet's length");
	begin(1);
	for (i = 0; i < 4; i++) {
		int64_t ts = unpack_ts(&u);

		piece(frame, 0, 1300);
		payload_mpa_encode(1300, p);
		memcpy(p + 4, frame + 1300, 200);
		unpack_packet(&u, ts, 0, p, 204);
		if (i == 0)
			unpack_silence(&u);
	}
	is(out.n, 4, "free format in pieces");
	is(out.bytes, 6000, "is put together");
	is(out.silent, 0, "without silence");
}

static void
test_damage(void)
{
	uint8_t p[1500];
	unsigned i, n;

	begin(1);
	is(unpack_packet(&u, 0, 0, p, 3), UNPACK_NOTHING, "too short");
	memset(p, 0, sizeof(p));
	is(unpack_packet(&u, 0, 0, p, 400), UNPACK_NOTHING, "no frame");
	is(u.counts.damaged, 2, "both are counted");
	for (i = 0; i < 20000; i++) {
		n = random_below(sizeof(p) - 1) + 1;
		while (n-- > 0)
			p[n] = (uint8_t)random_u32();
		p[0] = p[1] = 0;
		p[2] = p[3] = random_below(3) ? 0 : (uint8_t)random_below(8);
		p[4] = 0xff, p[5] |= 0xe2;
		unpack_packet(&u, unpack_ts(&u), 0, p,
		    random_below(sizeof(p)));
		if (random_below(4) == 0)
			unpack_silence(&u);
		out.bytes = 0;
	}
	ok(u.counts.frames > 100 && u.counts.damaged > 100,
	    "20000 random payloads: some frames, much damage");
	is(out.wrong, 0, "and nothing but whole frames came out");
}

static void
test_refused(void)
{
	begin(1);
	push(0, 3, 0);
	out.refuse = 1;
	push(3, 3, 300);
	is(u.counts.refused, 1, "a frame that the sink refuses");
	is(out.n, 5, "is dropped alone");
	is(got(3)[4], 0, "the next one is muted, as its bytes are missing");
}

/* The sender rounds every timestamp; the sum must not drift. */
static void
test_rounding(void)
{
	unsigned n;
	int off = 0;

	begin(1);
	for (n = 0; n < 100000; n++) {
		push(n, 1, 0);
		out.bytes = 0;
		if (llabs(unpack_ts(&u) - (int64_t)(n + 1) * 1152 * 90000 /
		    44100) > 1)
			off++;
	}
	is(off, 0, "45 minutes without drift");
	is(out.n, 100000, "no frame dropped or made");
}

int
main(void)
{
	random_seed(1);
	test_whole();
	test_start();
	test_loss();
	test_late();
	test_fragments();
	test_free_format();
	test_damage();
	test_refused();
	test_rounding();
	return tap_end();
}
