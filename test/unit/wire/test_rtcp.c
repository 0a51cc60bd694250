/* SPDX-License-Identifier: ISC */
#include "wire/rtcp.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "random.h"
#include "tap.h"

/* A copy of just that size, so that a sanitizer sees its end. */
static int
open_copy(struct rd *r, const uint8_t *data, size_t len)
{
	static uint8_t *copy;

	free(copy);
	copy = malloc(len > 0 ? len : 1);
	memcpy(copy, data, len);
	return rtcp_open(r, copy, len);
}

static void
test_bytes(void)
{
	static const uint8_t want[] = {
	    0x80, 200, 0, 6, 0xca, 0xfe, 0xf0, 0x0d,
	    0xee, 0xb3, 0xc1, 0x34, 0x80, 0, 0, 0,
	    0x12, 0x34, 0x56, 0x78, 0, 0, 0, 5, 0, 0, 0x10, 0,
	    0x81, 202, 0, 4, 0xca, 0xfe, 0xf0, 0x0d,
	    1, 3, 'a', '@', 'b', 6, 1, 't', 0, 0, 0, 0,
	    0x81, 203, 0, 1, 0xca, 0xfe, 0xf0, 0x0d };
	struct rtcp_sender s = { .ntp = UINT64_C(0xeeb3c13480000000),
	    .ts = 0x12345678, .packets = 5, .octets = 4096 };
	uint8_t out[RTCP_MAX];
	struct wr w;

	wr_init(&w, out, sizeof(out));
	rtcp_put_sr(&w, 0xcafef00d, &s);
	rtcp_put_sdes(&w, 0xcafef00d, "a@b", "t");
	rtcp_put_bye(&w, 0xcafef00d);
	is(wr_len(&w), sizeof(want), "a sender report with all behind it");
	ok(memcmp(out, want, sizeof(want)) == 0, "is that of RFC 3550");
	ok(rtcp_ntp(0) == UINT64_C(2208988800) << 32, "1970 in NTP");
	ok(rtcp_ntp(NS_PER_S / 2) == (UINT64_C(2208988800) << 32 |
	    0x80000000), "and half a second");
	is(rtcp_ntp_middle(UINT64_C(0x1122334455667788)), 0x33445566,
	    "the middle of it");
}

static void
test_texts(void)
{
	char text[RTCP_TEXT_MAX + 40];
	uint8_t out[RTCP_MAX];
	struct rd r;
	struct wr w;
	size_t n;
	int good = 1, padded = 1;

	for (n = 0; n < sizeof(text); n++) {
		memset(text, 'x', sizeof(text));
		text[n] = '\0';
		wr_init(&w, out, sizeof(out));
		rtcp_put_rr(&w, 1, NULL);
		rtcp_put_sdes(&w, 1, text, text);
		good &= !w.bad && open_copy(&r, out, wr_len(&w)) == 0;
		padded &= wr_len(&w) % 4 == 0 && out[wr_len(&w) - 1] == 0;
	}
	ok(good, "texts of any length, cut where they are too long");
	ok(padded, "end with a zero and at a word");
}

static struct rtcp_block
random_block(void)
{
	struct rtcp_block b = { .ssrc = random_u32(),
	    .fraction = (uint8_t)random_u32(),
	    .lost = (int32_t)(random_u32() % 0x1000000) - 0x800000,
	    .highest = random_u32(), .jitter = random_u32(),
	    .last_sr = random_u32(), .since_sr = random_u32() };

	return b;
}

static int
is_same(const struct rtcp_block *a, const struct rtcp_block *b)
{
	return a->ssrc == b->ssrc && a->fraction == b->fraction &&
	    a->lost == b->lost && a->highest == b->highest &&
	    a->jitter == b->jitter && a->last_sr == b->last_sr &&
	    a->since_sr == b->since_sr;
}

static void
test_round_trip(void)
{
	uint8_t out[RTCP_MAX];
	struct rtcp_block b;
	struct rtcp p;
	struct rd r;
	struct wr w;
	int i, same = 1;

	for (i = 0; i < 20000; i++) {
		b = random_block();
		wr_init(&w, out, sizeof(out));
		rtcp_put_rr(&w, 77, &b);
		rtcp_put_sdes(&w, 77, "cname", "tool");
		rtcp_put_bye(&w, 77);
		same &= open_copy(&r, out, wr_len(&w)) == 0;
		same &= rtcp_next(&r, &p) == 1 && p.type == RTCP_RR &&
		    p.ssrc == 77 && p.nblocks == 1 &&
		    is_same(&p.block[0], &b);
		same &= rtcp_next(&r, &p) == 1 && p.type == RTCP_SDES;
		same &= rtcp_next(&r, &p) == 1 && p.type == RTCP_BYE &&
		    p.nbyes == 1 && p.bye[0] == 77;
		same &= rtcp_next(&r, &p) == 0;
	}
	ok(same, "what is written is read again");
}

static void
test_foreign(void)
{
	/* 31 blocks, an unknown type, a BYE of two with a reason, padding. */
	uint8_t data[4 + 4 + 31 * 24 + 8 + 24] = { 0x80 | 31, 201 };
	uint8_t *p = data + 8 + 31 * 24;
	struct rtcp x;
	struct rd r;

	data[3] = (4 + 31 * 24) / 4;
	memcpy(p, "\x80\xcc\x00\x01" "APP!", 8);
	memcpy(p + 8, "\xa2\xcb\x00\x05\x00\x00\x00\x01\x00\x00\x00\x02"
	    "\x03" "bye\x00\x00\x00\x00\x00\x00\x00\x04", 24);
	is(open_copy(&r, data, sizeof(data)), 0, "a large compound");
	ok(rtcp_next(&r, &x) && x.nblocks == 31, "of 31 blocks");
	ok(rtcp_next(&r, &x) && x.type == 204, "something unknown");
	ok(rtcp_next(&r, &x) && x.nbyes == 2 && x.bye[1] == 2,
	    "and a good-bye of two, with a reason and padding");
	is(rtcp_next(&r, &x), 0, "and nothing more");
	data[8 + 31 * 24 - 1] = 0;
	data[0] |= 0x20;
	is(open_copy(&r, data, sizeof(data)), -1,
	    "padding in the middle is none");
}

static void
test_refused(void)
{
	static const struct {
		const char *what;
		size_t len;
		const char *data;
	} bad[] = {
		{ "nothing", 0, "" },
		{ "three bytes", 3, "\x80\xc9\x00" },
		{ "version 1", 8, "\x40\xc9\x00\x01" "abcd" },
		{ "a description first", 8, "\x80\xca\x00\x01" "abcd" },
		{ "a good-bye first", 8, "\x81\xcb\x00\x01" "abcd" },
		{ "longer than the datagram", 8, "\x80\xc9\x00\x02" "abcd" },
		{ "an odd byte behind", 9, "\x80\xc9\x00\x01" "abcde" },
		{ "RTP", 12, "\x80\x0e\x12\x34tsts" "ssrc" },
	};
	static const char liar[] = "\x9f\xc9\x00\x01" "abcd"; /* 31 blocks */
	struct rtcp p;
	struct rd r;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is(open_copy(&r, (const uint8_t *)bad[i].data, bad[i].len),
		    -1, bad[i].what);
	is(open_copy(&r, (const uint8_t *)liar, 8), 0, "lengths add up");
	is(rtcp_next(&r, &p), 0, "but the blocks are not there");
	is(p.nblocks, 0, "none is made up");
}

static void
test_damage(void)
{
	uint8_t data[RTCP_MAX];
	struct rtcp_block b = random_block();
	struct rtcp p;
	struct rd r;
	struct wr w;
	int i, k, n, bounded = 1;

	for (i = 0; i < 100000; i++) {
		wr_init(&w, data, sizeof(data));
		rtcp_put_rr(&w, 1, &b);
		rtcp_put_sdes(&w, 1, "c", "t");
		rtcp_put_bye(&w, 1);
		for (k = random_u32() % 6; k > 0; k--)
			data[random_u32() % wr_len(&w)] ^=
			    (uint8_t)(1 << random_u32() % 8);
		if (open_copy(&r, data, wr_len(&w) - random_u32() % 8) == -1)
			continue;
		for (n = 0; rtcp_next(&r, &p); n++)
			bounded &= p.nblocks <= RTCP_BLOCKS_MAX &&
			    p.nbyes <= RTCP_BLOCKS_MAX;
		bounded &= n <= RTCP_MAX / 4;
	}
	ok(bounded, "damage is survived, and comes to an end");
}

static void
test_interval(void)
{
	is(rtcp_interval_ns(0, 128000), 5 * NS_PER_S, "five seconds");
	is(rtcp_interval_ns(27, 128000), 5 * NS_PER_S, "for 27 listeners");
	ok(rtcp_interval_ns(28, 128000) > 5 * NS_PER_S, "more for 28");
	is(rtcp_interval_ns(10000, 128000) / NS_PER_S, 1833,
	    "half an hour for 10,000: 3.75 % are 4.8 kbit/s");
	ok(rtcp_interval_ns(INT64_MAX, 1) <= 86400 * NS_PER_S &&
	    rtcp_interval_ns(-1, -1) == 5 * NS_PER_S, "within bounds");
}

int
main(void)
{
	random_seed(20261127);
	test_bytes();
	test_texts();
	test_round_trip();
	test_foreign();
	test_refused();
	test_damage();
	test_interval();
	return tap_end();
}
