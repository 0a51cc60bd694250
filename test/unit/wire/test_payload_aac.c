/* SPDX-License-Identifier: ISC */
/* RFC 3640, AAC-hbr: headers as interop.md has them, and what is refused. */
#include <string.h>

#include "tap.h"
#include "wire/payload_aac.h"

static void
test_encode(void)
{
	static const uint16_t sizes[] = { 371, 8191, 1 };
	static const uint8_t want[] = { 0, 48, 371 >> 5, (371 & 31) << 3,
	    0xff, 0xf8, 0, 8 };
	uint8_t out[PAYLOAD_AAC_HEADER_SIZE(3)];

	payload_aac_encode(sizes, 3, out);
	is(sizeof(out), sizeof(want), "two bytes, and two a unit");
	ok(memcmp(out, want, sizeof(want)) == 0, "three headers");
}

static void
test_round_trip(void)
{
	uint16_t sizes[PAYLOAD_AAC_UNITS_MAX];
	uint8_t data[PAYLOAD_AAC_HEADER_SIZE(PAYLOAD_AAC_UNITS_MAX) + 1000];
	struct payload_aac p;
	unsigned n, i, at;
	int same = 1;

	for (n = 1; n <= PAYLOAD_AAC_UNITS_MAX; n++) {
		at = (unsigned)PAYLOAD_AAC_HEADER_SIZE(n);
		for (i = 0; i < n; i++) {
			sizes[i] = (uint16_t)(1 + 7 * i);
			memset(data + at, (int)i, sizes[i]);
			at += sizes[i];
		}
		payload_aac_encode(sizes, n, data);
		same &= payload_aac_decode(&p, data, at) == 0 && p.n == n;
		for (i = 0; i < n && same; i++)
			same &= p.unit[i].size == sizes[i] &&
			    p.unit[i].len == sizes[i] &&
			    p.unit[i].data[0] == i &&
			    p.unit[i].data[sizes[i] - 1] == i;
	}
	ok(same, "what was encoded comes out again, for any number of units");
}

static void
test_piece(void)
{
	uint8_t data[PAYLOAD_AAC_HEADER_SIZE(1) + 100] = { 0 };
	static const uint16_t size = 5000;
	struct payload_aac p;

	payload_aac_encode(&size, 1, data);
	is(payload_aac_decode(&p, data, sizeof(data)), 0, "a piece");
	is(p.unit[0].size, 5000, "of a unit of that size");
	is(p.unit[0].len, 100, "with so many bytes");
	is(payload_aac_decode(&p, data, PAYLOAD_AAC_HEADER_SIZE(1)), -1,
	    "a piece without bytes");
}

static void
test_refused(void)
{
	static const struct {
		uint8_t data[12];
		size_t len;
		const char *what;
	} bad[] = {
		{ { 0 }, 0, "nothing" },
		{ { 0 }, 1, "half a length" },
		{ { 0, 0, 1, 1 }, 4, "no unit" },
		{ { 0, 15, 0, 8, 1 }, 5, "a header of 15 bits" },
		{ { 1, 16, 0, 8, 1 }, 5, "17 headers" },
		{ { 0, 32, 0, 8 }, 4, "a header that is not there" },
		{ { 0, 16, 0, 9, 1 }, 5, "interleaved units" },
		{ { 0, 32, 0, 8, 0, 16, 1, 1 }, 8, "two units, one cut" },
		{ { 0, 32, 0, 8, 0, 0, 1 }, 7, "an empty unit" },
		{ { 0, 16, 0, 8, 1, 1 }, 6, "bytes left over" },
	};
	struct payload_aac p;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is(payload_aac_decode(&p, bad[i].data, bad[i].len), -1,
		    bad[i].what);
}

int
main(void)
{
	test_encode();
	test_round_trip();
	test_piece();
	test_refused();
	return tap_end();
}
