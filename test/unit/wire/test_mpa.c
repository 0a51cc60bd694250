/* SPDX-License-Identifier: ISC */
#include "wire/mpa.h"

#include <stdlib.h>

#include "random.h"
#include "tap.h"

/* Where the header's fields are, written down once more. */
static void
make_header(uint8_t *h, unsigned version, unsigned layer_bits, unsigned nocrc,
    unsigned rate_index, unsigned rate, unsigned pad, unsigned mode)
{
	h[0] = 0xff;
	h[1] = (uint8_t)(0xe0 | version << 3 | layer_bits << 1 | nocrc);
	h[2] = (uint8_t)(rate_index << 4 | rate << 2 | pad << 1);
	h[3] = (uint8_t)(mode << 6);
}

/*
 * The bit rates by their law and not by their table: layer I is 32 n
 * (MPEG-1); the others are eight values to the octave in four steps each,
 * from 8 or 32 kbit/s on, with what the standards have left out.
 */
static unsigned
kbits(unsigned version, unsigned layer, unsigned i)
{
	static const unsigned two[] = { 32, 48, 56, 64, 80, 96, 112, 128, 160,
	    192, 224, 256, 320, 384 };
	static const unsigned three[] = { 32, 40, 48, 56, 64, 80, 96, 112,
	    128, 160, 192, 224, 256, 320 };

	if (i == 0)
		return 0;
	if (version == MPA_V1)
		return layer == 1 ? 32 * i : layer == 2 ? two[i - 1] :
		    three[i - 1];
	if (layer == 1)		/* 32, 48, then 8 apart, 16, 32 apart */
		return i == 1 ? 32 : i == 2 ? 48 : i == 3 ? 56 : i <= 5 ?
		    64 + 16 * (i - 4) : i <= 12 ? 96 + 16 * (i - 6) :
		    224 + 32 * (i - 13);
	return i <= 8 ? 8 * i : 64 + 16 * (i - 8);
}

static unsigned
hertz(unsigned version, unsigned i)
{
	static const unsigned mpeg1[] = { 44100, 48000, 32000 };

	return version == MPA_V1 ? mpeg1[i] : version == MPA_V2 ?
	    mpeg1[i] / 2 : mpeg1[i] / 4;
}

/* What must come out of a valid header; 0 if it must be refused. */
static int
expect(const uint8_t *p, struct mpa *m)
{
	unsigned version = p[1] >> 3 & 3, bits = p[1] >> 1 & 3;
	unsigned index = p[2] >> 4, rate = p[2] >> 2 & 3;
	double slots;

	if (p[0] != 255 || p[1] < 0xe0 || version == 1 || bits == 0 ||
	    index == 15 || rate == 3 || (p[3] & 3) == 2)
		return 0;
	memset(m, 0, sizeof(*m));
	m->version = (enum mpa_version)version;
	m->layer = bits == 3 ? 1 : bits == 2 ? 2 : 3;
	m->has_crc = !(p[1] & 1);
	m->padding = p[2] >> 1 & 1;
	m->mode = (enum mpa_mode)(p[3] >> 6);
	m->channels = p[3] >> 6 == 3 ? 1 : 2;
	m->bitrate = 1000 * kbits(version, m->layer, index);
	m->rate = hertz(version, rate);
	m->samples = m->layer == 1 ? 384 : m->layer == 3 &&
	    version != MPA_V1 ? 576 : 1152;
	/* Slots, of 32 bits in layer I, else 8, that fit its time. */
	slots = (double)m->samples * m->bitrate / m->rate /
	    (m->layer == 1 ? 32 : 8);
	if (m->bitrate > 0)
		m->length = ((unsigned)(slots + 1e-9) +
		    (unsigned)m->padding) * (m->layer == 1 ? 4 : 1);
	return 1;
}

static int
is_equal(const struct mpa *a, const struct mpa *b)
{
	return a->version == b->version && a->mode == b->mode &&
	    a->layer == b->layer && a->channels == b->channels &&
	    !a->has_crc == !b->has_crc && !a->padding == !b->padding &&
	    a->bitrate == b->bitrate && a->rate == b->rate &&
	    a->samples == b->samples && a->length == b->length;
}

/* All values of the three bytes behind the 255. */
static void
test_every_header(void)
{
	struct mpa want, got;
	uint8_t h[4] = { 0xff, 0, 0, 0 };
	uint32_t v;
	int wanted, refused = 1, equal = 1, longest = 0;

	for (v = 0; v < 1u << 24; v++) {
		h[1] = (uint8_t)(v >> 16);
		h[2] = (uint8_t)(v >> 8);
		h[3] = (uint8_t)v;
		wanted = expect(h, &want);
		if (mpa_decode(&got, h) != (wanted ? 0 : -1))
			refused = 0;
		else if (wanted) {
			equal = equal && is_equal(&want, &got);
			if ((int)got.length > longest)
				longest = (int)got.length;
		}
	}
	ok(refused, "exactly the headers of the standards are taken");
	ok(equal, "with the numbers of their formulae");
	ok(longest <= MPA_FRAME_MAX, "none longer than MPA_FRAME_MAX");
	for (refused = 1, v = 0; v < 255; v++) {
		make_header(h, MPA_V1, 1, 1, 9, 0, 0, 0);
		h[0] = (uint8_t)v;
		refused = refused && mpa_decode(&got, h) == -1;
	}
	ok(refused, "without the sync word there is none");
}

/* What everybody knows by heart. */
static void
test_known(void)
{
	static const uint8_t cbr128[] = { 0xff, 0xfb, 0x90, 0x64 };
	static const uint8_t low[] = { 0xff, 0xf3, 0x40, 0xc4 };
	struct mpa m, n;

	is(mpa_decode(&m, cbr128), 0, "FF FB 90 64 is a header");
	is(m.length, 417, "of 128 kbit/s at 44.1 kHz: 417 bytes");
	is(mpa_side_size(&m), 32, "32 bytes of side information");
	is(mpa_decode(&n, low), 0, "FF F3 40 C4 is one");
	is(n.length, 104, "of 32 kbit/s at 22.05 kHz: 104 bytes");
	is(n.samples, 576, "576 samples");
	is(mpa_side_size(&n), 9, "9 bytes of side information in mono");
	ok(!mpa_is_alike(&m, &n), "these two are not alike");
	n = m;
	n.bitrate = 320000;
	n.mode = MPA_MONO;
	n.padding = 1;
	ok(mpa_is_alike(&m, &n), "bit rate, mode and padding may change");
	n.layer = 2;
	ok(!mpa_is_alike(&m, &n), "the layer may not");
	n = m;
	n.rate = 48000;
	ok(!mpa_is_alike(&m, &n), "nor the sampling frequency");
	n = m;
	n.version = MPA_V2;
	ok(!mpa_is_alike(&m, &n), "nor the version");
}

static void
test_info(void)
{
	static const unsigned place[2][2] = { { 36, 21 }, { 21, 13 } };
	uint8_t f[512];
	struct mpa m;
	unsigned lsf, mono, crc, right = 1, cut = 1;

	for (lsf = 0; lsf < 2; lsf++)
		for (mono = 0; mono < 2; mono++)
			for (crc = 0; crc < 2; crc++) {
		memset(f, 0, sizeof(f));
		make_header(f, lsf ? MPA_V2 : MPA_V1, 1, !crc, 9, 0, 0,
		    mono ? MPA_MONO : MPA_JOINT);
		mpa_decode(&m, f);
		right = right && !mpa_is_info(&m, f, m.length);
		memcpy(f + place[lsf][mono], "Xing", 4);
		right = right && mpa_is_info(&m, f, m.length);
		cut = cut && !mpa_is_info(&m, f, place[lsf][mono] + 3);
		memset(f + 4, 0, sizeof(f) - 4);
		memcpy(f + place[lsf][mono] + 2 * crc, "Info", 4);
		right = right && mpa_is_info(&m, f, m.length);
		memset(f + 4, 0, sizeof(f) - 4);
		memcpy(f + 36, "VBRI", 4);
		right = right && mpa_is_info(&m, f, m.length);
		memset(f + 4, 0, sizeof(f) - 4);
		memcpy(f + 50, "Xing", 4);
		right = right && !mpa_is_info(&m, f, m.length);
	}
	ok(right, "Xing, Info and VBRI where interop.md says, and only there");
	ok(cut, "and not beyond the end of what is there");
	make_header(f, MPA_V1, 2, 1, 9, 0, 0, 0);
	memcpy(f + 36, "Xing", 4);
	mpa_decode(&m, f);
	ok(!mpa_is_info(&m, f, m.length), "layer II has no such frame");
}

static void
test_silence(void)
{
	uint8_t h[4] = { 0xff, 0, 0, 0 }, out[MPA_FRAME_MAX + 1];
	struct mpa m, s;
	unsigned n, i, clean = 1, alike = 1, full = 1, kept = 1;
	uint32_t v;

	for (v = 0; v < 1u << 24; v += 1 + (v & 0xff) % 3) {
		h[1] = (uint8_t)(v >> 16);
		h[2] = (uint8_t)(v >> 8);
		h[3] = (uint8_t)v;
		if (mpa_decode(&m, h) == -1 || m.bitrate == 0)
			continue;
		out[MPA_FRAME_MAX] = 0x5a;
		memset(out, 0xee, MPA_FRAME_MAX);
		n = mpa_silence(h, m.length, out);
		if (mpa_decode(&s, out) == -1 || s.length != n || n == 0) {
			full = 0;
			continue;
		}
		alike = alike && mpa_is_alike(&m, &s) && m.mode == s.mode &&
		    m.bitrate == s.bitrate && m.samples == s.samples;
		clean = clean && !s.has_crc && !s.padding;
		full = full && n >= 4 + mpa_side_size(&s);
		kept = kept && out[0] == h[0] && (out[1] | 1) == (h[1] | 1) &&
		    (out[2] | 2) == (h[2] | 2) && out[3] == h[3];
		for (i = 4; i < n; i++)
			if (out[i] != 0)
				clean = 0;
		if (n < MPA_FRAME_MAX && out[n] != 0xee)
			full = 0;
	}
	ok(full, "silence is a whole frame, with room for side information");
	ok(alike, "in the neighbour's format");
	ok(kept, "the header differs in nothing but CRC and padding");
	ok(clean, "which it has not, and all else is zero");
	is(out[MPA_FRAME_MAX], 0x5a, "it never exceeds MPA_FRAME_MAX");
}

static void
test_silence_free_format(void)
{
	uint8_t h[4], out[MPA_FRAME_MAX];

	make_header(h, MPA_V1, 1, 1, 0, 0, 0, 0);
	is(mpa_silence(h, 1000, out), 1000, "free format: neighbour's length");
	h[2] |= 2;
	is(mpa_silence(h, 1001, out), 1000, "less its padding");
	ok((out[2] & 2) == 0, "which is not in the header either");
	make_header(h, MPA_V1, 3, 1, 0, 0, 1, 0);
	is(mpa_silence(h, 1004, out), 1000, "layer I: a slot of four bytes");
	is(mpa_silence(h, 3, out), 0, "none for a length that is no frame");
	make_header(h, MPA_V1, 1, 1, 0, 0, 0, 0);
	is(mpa_silence(h, MPA_FRAME_MAX + 1, out), 0, "nor for one too long");
	make_header(h, MPA_V1, 0, 1, 9, 0, 0, 0);
	is(mpa_silence(h, 417, out), 0, "nor of what is no header");
}

/* CRC-16 by long division of the bits, as ISO 11172-3 draws it. */
static unsigned
divide(unsigned rest, const uint8_t *p, size_t n)
{
	size_t bit;
	unsigned in;

	for (bit = 0; bit < 8 * n; bit++) {
		in = p[bit / 8] >> (7 - bit % 8) & 1;
		in ^= rest >> 15 & 1;
		rest = rest << 1 & 0xffff;
		if (in)
			rest ^= 0x8005;
	}
	return rest;
}

/* A random layer III frame with that main_data_begin; its length. */
static size_t
make_frame(uint8_t *f, unsigned version, unsigned crc, unsigned mode,
    unsigned index, unsigned begin)
{
	struct mpa m;
	size_t i, at = crc ? 6 : 4;

	make_header(f, version, 1, !crc, index, random_u32() % 3,
	    random_u32() & 1, mode);
	mpa_decode(&m, f);
	for (i = 4; i < m.length; i++)
		f[i] = (uint8_t)random_u32();
	if (version == MPA_V1) {
		f[at] = (uint8_t)(begin >> 1);
		f[at + 1] = (uint8_t)((f[at + 1] & 0x7f) | (begin & 1) << 7);
	} else
		f[at] = (uint8_t)begin;
	return m.length;
}

static void
test_main_data_begin(void)
{
	uint8_t f[MPA_FRAME_MAX];
	struct mpa m;
	unsigned v, crc, begin, right = 1;
	static const unsigned versions[] = { MPA_V1, MPA_V2, MPA_V25 };
	size_t len;

	for (v = 0; v < 3; v++)
		for (crc = 0; crc < 2; crc++)
			for (begin = 0; begin < (v == 0 ? 512 : 256); begin++) {
		len = make_frame(f, versions[v], crc, MPA_STEREO, 9, begin);
		mpa_decode(&m, f);
		right = right && mpa_main_data_begin(&m, f, len) == begin;
	}
	ok(right, "main_data_begin: 9 bits in MPEG-1, 8 in the others");
	is(mpa_main_data_begin(&m, f, 5), 0, "0 if it is cut off");
	m.layer = 2;
	is(mpa_main_data_begin(&m, f, 400), 0, "0 in the other layers");
}

/* What a mute must leave and what it must change. */
static void
test_mute(void)
{
	static const unsigned versions[] = { MPA_V1, MPA_V2, MPA_V25 };
	uint8_t f[MPA_FRAME_MAX], was[MPA_FRAME_MAX];
	struct mpa_reservoir r;
	struct mpa m;
	unsigned k, at, side, avail, most, crc, i;
	int begins = 1, zero = 1, kept = 1, sums = 1, counts = 1;
	size_t len;

	for (k = 0; k < 20000; k++) {
		avail = random_u32() % 200;
		crc = random_u32() & 1;
		len = make_frame(f, versions[k % 3], crc, random_u32() & 3,
		    1 + random_u32() % 14, avail + 1 + random_u32() % 50);
		memcpy(was, f, len);
		mpa_decode(&m, f);
		at = crc ? 6 : 4;
		side = mpa_side_size(&m);
		most = m.version == MPA_V1 ? 511 : 255;
		r.avail = avail;
		counts = counts && mpa_reservoir_short(&r, &m, f, len) &&
		    mpa_reservoir_pass(&r, &m, f, len) == 1;
		begins = begins && mpa_main_data_begin(&m, f, len) == avail;
		kept = kept && memcmp(f, was, 4) == 0 && memcmp(f + at + side,
		    was + at + side, len - at - side) == 0;
		for (i = at + (m.version == MPA_V1 ? 2 : 1); i < at + side; i++)
			zero = zero && f[i] == 0;
		if (m.version == MPA_V1)
			zero = zero && (f[at + 1] & 0x7f) == 0;
		if (crc)
			sums = sums && (unsigned)(f[4] << 8 | f[5]) ==
			    divide(divide(0xffff, f + 2, 2), f + 6, side);
		avail += (unsigned)len - at - side;
		counts = counts && r.avail == (avail < most ? avail : most);
	}
	ok(counts, "a frame that reaches too far is muted and counted on");
	ok(begins, "it then begins where the reservoir does");
	ok(zero, "its side information is zero");
	ok(kept, "header and main data stay");
	ok(sums, "the CRC is right, by long division");
}

/*
 * Any run of frames with any pattern of breaks: a model keeps which bytes
 * the decoder holds; no frame that comes out points before them, and one that
 * points at what is there comes out untouched.
 */
static void
test_reservoir_property(void)
{
	static const unsigned versions[] = { MPA_V1, MPA_V2, MPA_V25 };
	uint8_t f[MPA_FRAME_MAX], was[MPA_FRAME_MAX];
	struct mpa_reservoir r = { 0 };
	struct mpa m;
	unsigned k, held = 0, begin, most, crc, head, muted = 0, whole = 0;
	int reaches = 0, touched = 0;
	size_t len;

	for (k = 0; k < 300000; k++) {
		if (random_u32() % 10 == 0) {
			mpa_reservoir_break(&r);
			held = 0;
		}
		begin = random_u32() % 3 == 0 ? 0 : random_u32() % 300;
		crc = random_u32() & 1;
		len = make_frame(f, versions[k / 1000 % 3], crc,
		    random_u32() & 3, 1 + random_u32() % 14, begin);
		mpa_decode(&m, f);
		most = m.version == MPA_V1 ? 511 : 255;
		begin = mpa_main_data_begin(&m, f, len);
		memcpy(was, f, len);
		if (mpa_reservoir_pass(&r, &m, f, len)) {
			muted++;
			touched += begin <= held;
		} else {
			whole++;
			touched += memcmp(f, was, len) != 0;
		}
		reaches += mpa_main_data_begin(&m, f, len) > held;
		head = (crc ? 6 : 4) + mpa_side_size(&m);
		held += (unsigned)len - head;
		if (held > most)
			held = most;
	}
	is(reaches, 0, "no frame passed reaches beyond what is there");
	is(touched, 0, "no frame is touched that did not");
	ok(muted > 1000 && whole > 1000, "and there were both kinds");
}

static void
test_reservoir_edges(void)
{
	uint8_t f[MPA_FRAME_MAX];
	struct mpa_reservoir r = { 300 };
	struct mpa m;
	size_t len, cut;
	int untouched = 1;

	make_header(f, MPA_V1, 2, 1, 9, 0, 0, 0);
	mpa_decode(&m, f);
	is(mpa_reservoir_pass(&r, &m, f, m.length), 0,
	    "layer II passes untouched");
	len = make_frame(f, MPA_V1, 0, MPA_STEREO, 9, 100);
	mpa_decode(&m, f);
	is(mpa_reservoir_pass(&r, &m, f, len), 1,
	    "and leaves layer III nothing to reach back for");
	/* A decoder of MPEG-2 holds what came before, too, but reaches only
	 * 255 bytes back. */
	r.avail = 511;
	len = make_frame(f, MPA_V2, 1, MPA_MONO, 1, 255);
	mpa_decode(&m, f);
	is(mpa_reservoir_pass(&r, &m, f, len), 0, "255 of 511 are there");
	ok(r.avail <= 255, "an MPEG-2 reservoir is counted to 255");
	/* A frame cut in its side information cannot be muted by rule; it
	 * must not be written beyond its end. */
	for (cut = 4; cut < 38; cut++) {
		uint8_t *copy = malloc(cut);

		make_frame(f, MPA_V1, 1, MPA_STEREO, 9, 511);
		memcpy(copy, f, cut);
		mpa_decode(&m, f);
		mpa_reservoir_break(&r);
		mpa_reservoir_pass(&r, &m, copy, cut);
		untouched = untouched && r.avail == 0;
		free(copy);
	}
	ok(untouched, "a frame that is cut adds nothing");
}

int
main(void)
{
	random_seed(11);
	test_every_header();
	test_known();
	test_info();
	test_silence();
	test_silence_free_format();
	test_main_data_begin();
	test_mute();
	test_reservoir_property();
	test_reservoir_edges();
	return tap_end();
}
