/* SPDX-License-Identifier: ISC */
#include "wire/rtp.h"

#include <stdlib.h>

#include "random.h"
#include "tap.h"

#define SHAPE_MAX	160

/* Decode a copy that is exactly so long, so that a sanitizer sees a step
 * beyond it; where the payload begins goes to *at. */
static int
decode(struct rtp *h, const uint8_t *p, size_t len, size_t *at, size_t *n)
{
	/* A block of just that size, so that a sanitizer sees its end. */
	static uint8_t *copy;
	const uint8_t *payload = NULL;
	int ret;

	free(copy);
	copy = malloc(len > 0 ? len : 1);
	memcpy(copy, p, len);
	if ((ret = rtp_decode(h, copy, len, &payload, n)) == 0)
		*at = (size_t)(payload - copy);
	return ret;
}

static void
test_bytes(void)
{
	static const uint8_t want[] = { 0x80, 0x8e, 0x12, 0x34, 0xde, 0xad,
	    0xbe, 0xef, 0xca, 0xfe, 0xf0, 0x0d };
	struct rtp h = { .marker = 5, .type = RTP_PT_MPA, .seq = 0x1234,
	    .ts = 0xdeadbeef, .ssrc = 0xcafef00d };
	uint8_t out[RTP_HEADER_SIZE + 1] = { 0 };

	out[RTP_HEADER_SIZE] = 0x77;
	rtp_encode(&h, out);
	ok(memcmp(out, want, sizeof(want)) == 0, "RFC 3550 header, marked");
	is(out[RTP_HEADER_SIZE], 0x77, "of twelve bytes");
	h.marker = 0;
	rtp_encode(&h, out);
	is(out[1], 0x0e, "and without the marker");
}

static void
test_round_trip(void)
{
	uint8_t p[RTP_HEADER_SIZE + 64];
	struct rtp a, b;
	size_t at = 0, n = 0, len;
	int i, same = 1;

	for (i = 0; i < 100000; i++) {
		a.marker = random_u32() & 1;
		a.type = random_u32() & 0x7f;
		a.seq = (uint16_t)random_u32();
		a.ts = random_u32();
		a.ssrc = random_u32();
		rtp_encode(&a, p);
		len = RTP_HEADER_SIZE + random_u32() % 64;
		same = same && decode(&b, p, len, &at, &n) == 0 &&
		    a.marker == b.marker && a.type == b.type &&
		    a.seq == b.seq && a.ts == b.ts && a.ssrc == b.ssrc &&
		    at == RTP_HEADER_SIZE && n == len - RTP_HEADER_SIZE;
	}
	ok(same, "decode(encode(x)) is x, for 100000 of them");
}

/*
 * A packet of len bytes with this first byte, that extension length (words)
 * and that padding: what must come out, by arithmetic that is written down
 * here once more.  1 if it was to be taken, 0 if not, -1 if that was wrong.
 */
static int
check_shape(unsigned first, unsigned words, unsigned pad, size_t len)
{
	uint8_t p[SHAPE_MAX] = { 0 };
	size_t head = 12 + 4 * (first & 15), padded = 0, at = 0, n = 0;
	struct rtp h;
	int good;

	p[0] = (uint8_t)first;
	if (first & 0x10) {
		p[head + 2] = (uint8_t)(words >> 8);
		p[head + 3] = (uint8_t)words;
		head += 4;
		/* The padding's length may hit the extension's. */
		if (first & 0x20 && len == head)
			words = (words & 0xff00) | pad;
		head += 4 * words;
	}
	if (first & 0x20 && len > 0)
		padded = p[len - 1] = (uint8_t)pad;
	good = (first & 0xc0) == 0x80 && len >= head &&
	    (!(first & 0x20) || (padded > 0 && head + padded <= len));
	if ((decode(&h, p, len, &at, &n) == 0) != good)
		return -1;
	if (good && (at != head || n != len - head - padded))
		return -1;
	return good;
}

/* Every first byte (version, padding, extension, CSRC count), several
 * extension lengths and paddings, at every length. */
static void
test_all_shapes(void)
{
	static const unsigned words[] = { 0, 1, 3, 20, 256 };
	static const unsigned pads[] = { 0, 1, 4, 30, 255 };
	unsigned k, first, wrong = 0, taken = 0;
	size_t len;
	int ret;

	for (first = 0; first < 256; first++)
		for (k = 0; k < 25; k++)
			for (len = 0; len <= SHAPE_MAX; len++) {
				ret = check_shape(first, words[k % 5],
				    pads[k / 5], len);
				wrong += ret == -1;
				taken += ret == 1;
			}
	is(wrong, 0, "CSRCs, extension and padding come off, else -1");
	ok(taken > 1000, "and some of these were right");
}

/* Whatever was understood is written as it stood, but for what the first byte
 * tells of, and understood the same. */
static int
is_stable(const struct rtp *h, const uint8_t *p)
{
	uint8_t out[RTP_HEADER_SIZE];
	struct rtp again;
	size_t at, n;

	rtp_encode(h, out);
	return out[0] == 0x80 && memcmp(out + 1, p + 1, sizeof(out) - 1) == 0 &&
	    decode(&again, out, sizeof(out), &at, &n) == 0 && n == 0 &&
	    again.marker == h->marker && again.type == h->type &&
	    again.seq == h->seq && again.ts == h->ts && again.ssrc == h->ssrc;
}

static void
test_garbage(void)
{
	uint8_t p[96];
	struct rtp h;
	size_t at = 0, n = 0, len;
	int k, inside = 1, stable = 1, taken = 0;

	for (k = 0; k < 250000; k++) {
		len = random_u32() % sizeof(p);
		random_bytes(p, len);
		if (random_u32() & 1)
			p[0] = (uint8_t)(0x80 | (p[0] & 0x3f));
		if (decode(&h, p, len, &at, &n) == -1)
			continue;
		taken++;
		inside = inside && at >= RTP_HEADER_SIZE && at + n <= len;
		stable = stable && is_stable(&h, p);
	}
	ok(taken > 10000, "of 250000 packets of garbage %d are RTP", taken);
	ok(stable, "and encode(decode(b)) says what b says");
	ok(inside, "of garbage no payload reaches outside the packet");
}

static void
test_circle(void)
{
	is(rtp_seq_diff(5, 65530), 11, "sequence numbers: ahead over the wrap");
	is(rtp_seq_diff(65530, 5), -11, "behind over the wrap");
	is(rtp_seq_diff(7, 7), 0, "the same");
	is(rtp_seq_diff(32768, 0), -32768, "half the circle is behind");
	is(rtp_seq_diff(32767, 0), 32767, "one less is ahead");
	is(rtp_ts_diff(5, 0xfffffff0), 21, "timestamps: ahead over the wrap");
	is(rtp_ts_diff(0xfffffff0, 5), -21, "behind over the wrap");
}

int
main(void)
{
	random_seed(7);
	test_bytes();
	test_round_trip();
	test_all_shapes();
	test_garbage();
	test_circle();
	return tap_end();
}
