/* SPDX-License-Identifier: ISC */
#include "base/bytes.h"

#include "random.h"
#include "tap.h"

static const uint8_t sample[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
	0x88 };

/* A reader of the first n bytes of the sample. */
static struct rd
first(size_t n)
{
	struct rd r;

	rd_init(&r, sample, n);
	return r;
}

static void
test_values(void)
{
	struct rd r = first(8);

	is(rd_u8(&r), 0x01, "u8");
	is(rd_u16(&r), 0x0203, "u16 is big-endian");
	is(rd_u24(&r), 0x040506, "u24 is big-endian");
	is(rd_left(&r), 2, "two bytes are left");
	is(rd_u16le(&r), 0x8807, "u16le is little-endian");
	is(rd_left(&r), 0, "none is left");
	is(r.bad, 0, "the exact end is no error");
	r = first(8);
	is(rd_u32(&r), 0x01020304, "u32 is big-endian");
	is(rd_u32le(&r), 0x88070605, "u32le: the high bit does not spread");
	r = first(8);
	ok(rd_u64(&r) == 0x0102030405060788, "u64 is big-endian");
	is(r.bad, 0, "and takes exactly eight bytes");
}

/* Every reader, at every distance from the end that is too short for it. */
static void
test_short_reads(void)
{
	static const size_t width[] = { 1, 2, 3, 4, 8, 2, 4 };
	uint64_t v = 0;
	size_t kind, n;
	int zero = 1, bad = 1, at_end = 1;

	for (kind = 0; kind < sizeof(width) / sizeof(width[0]); kind++)
		for (n = 0; n < width[kind]; n++) {
			struct rd r = first(n);

			switch (kind) {
			case 0: v = rd_u8(&r); break;
			case 1: v = rd_u16(&r); break;
			case 2: v = rd_u24(&r); break;
			case 3: v = rd_u32(&r); break;
			case 4: v = rd_u64(&r); break;
			case 5: v = rd_u16le(&r); break;
			case 6: v = rd_u32le(&r); break;
			}
			zero = zero && v == 0;
			bad = bad && r.bad;
			at_end = at_end && rd_left(&r) == 0;
		}
	ok(zero, "a value that is cut reads as zero");
	ok(bad, "and the reader says so");
	ok(at_end, "and stands at its end");
}

static void
test_sticky_reader(void)
{
	struct rd r = first(3), sub;

	rd_u32(&r);
	is(rd_u8(&r), 0, "nothing is read after an error");
	is(r.bad, 1, "the error stays");
	r = first(8);
	sub = rd_sub(&r, 3);
	is(rd_left(&r), 5, "a sub-reader takes its bytes off the outer one");
	is(rd_u16(&sub), 0x0102, "and reads them");
	is(rd_u16(&sub), 0, "but not beyond its own end");
	is(sub.bad, 1, "which is its own error");
	is(r.bad, 0, "and not the outer one's");
	is(rd_u8(&r), 4, "which goes on behind it");
	sub = rd_sub(&r, 5);
	ok(sub.bad && r.bad, "a sub-reader that is too long: both are bad");
	is(rd_left(&sub), 0, "and it is empty");
	r = first(8);
	ok(rd_bytes(&r, 8) == sample, "bytes come in place");
	ok(rd_bytes(&r, 0) == sample + 8 && !r.bad, "none is no error");
	ok(rd_bytes(&r, SIZE_MAX) == NULL && r.bad, "nor does SIZE_MAX wrap");
}

static void
test_writer(void)
{
	uint8_t room[16];
	static const uint8_t want[] = { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66,
	    0x77, 0x80, 0x90, 0xa0, 0xb0, 0xc0, 0xd0, 0xe0, 0xf0 };
	struct wr w;

	memset(room, 0xee, sizeof(room));
	wr_init(&w, room, 15);
	wr_u8(&w, 0x11);
	wr_u16(&w, 0x2233);
	wr_u32(&w, 0x44556677);
	is(wr_left(&w), 8, "what is left is counted");
	wr_u64(&w, 0x8090a0b0c0d0e0f0);
	is(wr_len(&w), 15, "what was written is counted");
	is(w.bad, 0, "a full room is no error");
	ok(memcmp(room, want, sizeof(want)) == 0, "big-endian, in order");
	wr_u8(&w, 1);
	is(w.bad, 1, "one more is");
	is(room[15], 0xee, "and is not written");
	wr_init(&w, room, 3);
	wr_u16(&w, 0xaaaa);
	wr_u16(&w, 0xbbbb);
	wr_u8(&w, 0xcc);
	is(wr_len(&w), 2, "after an error not even what would fit is written");
	is(room[2], 0x33, "nor the part of a value");
	wr_init(&w, room, 4);
	wr_bytes(&w, NULL, 0);
	ok(!w.bad && wr_len(&w) == 0, "no bytes from nowhere are fine");
}

/*
 * Values of random widths are written into a random room and read again: what
 * fitted comes back, what did not spoils nothing.
 */
static void
test_round_trip(void)
{
	enum { VALUES = 40 };
	uint8_t room[128];
	uint64_t v[VALUES], got;
	unsigned kind[VALUES], k, n, fitted;
	int i, same = 1, bounded = 1, full = 0;
	size_t size;
	struct wr w;
	struct rd r;

	for (i = 0; i < 100000; i++) {
		size = random_below(sizeof(room));
		memset(room, 0xee, sizeof(room));
		wr_init(&w, room, size);
		for (n = fitted = 0; n < VALUES; n++) {
			v[n] = random_u64();
			kind[n] = random_below(4);
			switch (kind[n]) {
			case 0: wr_u8(&w, (uint8_t)v[n]); break;
			case 1: wr_u16(&w, (uint16_t)v[n]); break;
			case 2: wr_u32(&w, (uint32_t)v[n]); break;
			case 3: wr_u64(&w, v[n]); break;
			}
			fitted += !w.bad;
		}
		full += w.bad;
		bounded = bounded && wr_len(&w) <= size && room[size] == 0xee;
		rd_init(&r, room, wr_len(&w));
		for (k = 0; k < fitted; k++) {
			got = kind[k] == 0 ? rd_u8(&r) : kind[k] == 1 ?
			    rd_u16(&r) : kind[k] == 2 ? rd_u32(&r) :
			    rd_u64(&r);
			same = same && got == (kind[k] == 3 ? v[k] : v[k] &
			    ((UINT64_C(1) << (8u << kind[k])) - 1));
		}
		same = same && !r.bad && rd_left(&r) == 0;
		bounded = bounded && rd_u8(&r) == 0 && r.bad;
	}
	ok(same, "100000 rooms of values: read as they were written");
	ok(bounded, "and never beyond the room");
	ok(full > 1000, "which was full at times");
}

static void
test_sums(void)
{
	/* The check values that the algorithms' own authors publish. */
	ok(crc32_of("123456789", 9) == 0xcbf43926, "CRC-32 check value");
	ok(crc32_of("", 0) == 0, "CRC-32 of nothing");
	ok(hash64_of("", 0) == 0xcbf29ce484222325, "FNV-1a offset basis");
	ok(hash64_of("a", 1) == 0xaf63dc4c8601ec8c, "FNV-1a of \"a\"");
	ok(hash64_of("foobar", 6) == 0x85944171f73967e8,
	    "FNV-1a of \"foobar\"");
}

int
main(void)
{
	random_seed(4);
	test_values();
	test_short_reads();
	test_sticky_reader();
	test_writer();
	test_round_trip();
	test_sums();
	return tap_end();
}
