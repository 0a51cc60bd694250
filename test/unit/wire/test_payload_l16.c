/* SPDX-License-Identifier: ISC */
#include "wire/payload_l16.h"

#include "tap.h"

static void
test_type(void)
{
	is(payload_l16_type(44100, 2), 10, "44.1 kHz stereo has its type");
	is(payload_l16_type(44100, 1), 11, "so has mono");
	is(payload_l16_type(48000, 2), 98, "any other rate has not");
	is(payload_l16_type(44100, 3), 98, "nor any other layout");
}

static int
one(uint8_t bytes, int is_big, int is_unsigned, const uint8_t *in)
{
	struct payload_l16_pcm from = { bytes, (uint8_t)is_big,
	    (uint8_t)is_unsigned };
	uint8_t out[2];

	payload_l16_encode(&from, in, 1, out);
	return (int16_t)(out[0] << 8 | out[1]);
}

static void
test_samples(void)
{
	static const uint8_t two[] = { 0x12, 0x34 }, low[] = { 0x00, 0x80 };
	static const uint8_t zero[] = { 0x80 }, most[] = { 0xff };
	static const uint8_t least[] = { 0x00 };
	static const uint8_t up[] = { 0x80, 0x34, 0x12 };
	static const uint8_t down[] = { 0x7f, 0x34, 0x12 };
	static const uint8_t full[] = { 0xff, 0xff, 0x7f };
	static const uint8_t minus[] = { 0xff, 0xff, 0xff };

	is(one(2, 1, 0, two), 0x1234, "16 bits, big-endian: as they are");
	is(one(2, 0, 0, two), 0x3412, "little-endian: swapped");
	is(one(2, 0, 0, low), -32768, "the lowest one");
	is(one(1, 0, 1, zero), 0, "8 bits: 128 is the middle");
	is(one(1, 0, 1, most), 127 * 256, "255 the highest");
	is(one(1, 0, 1, least), -32768, "0 the lowest");
	is(one(3, 0, 0, up), 0x1235, "24 bits: rounded up");
	is(one(3, 0, 0, down), 0x1234, "and down");
	is(one(3, 0, 0, full), 32767, "but not beyond what there is");
	is(one(3, 0, 0, minus), 0, "a little below zero is zero");
}

static void
test_run(void)
{
	static const uint8_t in[] = { 1, 0, 2, 0, 3, 0 };
	static const uint8_t want[] = { 0, 1, 0, 2, 0, 3 };
	struct payload_l16_pcm from = { 2, 0, 0 };
	uint8_t out[sizeof(want)];

	payload_l16_encode(&from, in, 3, out);
	ok(memcmp(out, want, sizeof(want)) == 0, "one after the other");
}

int
main(void)
{
	test_type();
	test_samples();
	test_run();
	return tap_end();
}
