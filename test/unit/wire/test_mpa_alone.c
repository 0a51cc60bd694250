/* SPDX-License-Identifier: ISC */
/*
 * Frames that stand alone, in streams made here: random bit rates, reservoirs
 * and amounts of sound.  A decoder's eyes see to it that every frame's sound
 * is the one that its encoder wrote, whatever was put in or left out.
 */
#include <stdint.h>
#include <string.h>

#include "tap.h"
#include "wire/mpa.h"
#include "wire/mpa_alone.h"

#define FRAMES	400
#define STREAM	(FRAMES * 1500)
#define SOUND_MAX 3000

struct made {
	uint8_t bytes[MPA_FRAME_MAX];
	unsigned len;
	size_t sound_at;	/* in the main data of all */
	size_t sound_len;
	size_t end;		/* of its area */
	unsigned gain;
};

static struct made made[FRAMES];
static uint8_t main_data[STREAM];
static uint32_t seed;

static uint32_t
rnd(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(seed >> 8) * n >> 24);
}

static void
set_bits(uint8_t *p, unsigned at, unsigned n, unsigned v)
{
	unsigned bit;

	for (; n > 0; n--, at++) {
		bit = v >> (n - 1) & 1;
		p[at / 8] = (uint8_t)((p[at / 8] & ~(0x80 >> at % 8)) |
		    (bit ? 0x80 >> at % 8 : 0));
	}
}

/* Say in the side information that so many bytes are sound. */
static void
write_side(const struct mpa *m, struct made *f, unsigned begin)
{
	uint8_t *side = f->bytes + 4 + (m->has_crc ? 2 : 0);
	unsigned v1 = m->version == MPA_V1, n = m->channels * (v1 ? 2 : 1);
	unsigned at, i, bits, left = (unsigned)f->sound_len * 8;

	for (i = 0; i < mpa_side_size(m); i++)
		side[i] = (uint8_t)rnd(256);
	set_bits(side, 0, v1 ? 9 : 8, begin);
	/* Not the last byte to its last bit. */
	left -= left > 0 ? rnd(8) : 0;
	at = v1 ? (m->mode == MPA_MONO ? 18 : 20) :
	    m->mode == MPA_MONO ? 9 : 10;
	for (i = 0; i < n; i++, at += v1 ? 59 : 63) {
		bits = i + 1 < n ? rnd(left + 1) : left;
		bits = bits > 4095 ? 4095 : bits;
		if (left - bits > 4095 * (n - i - 1))
			bits = left - 4095 * (n - i - 1);
		left -= bits;
		set_bits(side, at, 12, bits);
		set_bits(side, at + 21, 8, f->gain - (bits > 0 ? 0 : 1));
		if (bits == 0)	/* it may say what it likes */
			set_bits(side, at + 21, 8, 255);
	}
}

/* fill: how much of the room is sound, percent. */
static void
make(const uint8_t header[4], unsigned lowest, unsigned highest,
    unsigned fill)
{
	size_t start = 0, from, room, i;
	unsigned k, most;
	struct mpa m;

	memset(made, 0, sizeof(made));
	for (i = 0, from = 0; i < STREAM; i++)
		main_data[i] = (uint8_t)rnd(256);
	for (k = 0; k < FRAMES; k++) {
		struct made *f = &made[k];

		memcpy(f->bytes, header, 4);
		f->bytes[2] = (uint8_t)((lowest + rnd(highest - lowest + 1))
		    << 4 | (header[2] & 0x0d) | rnd(2) << 1);
		mpa_decode(&m, f->bytes);
		f->len = m.length;
		f->end = start + f->len - 4 - (m.has_crc ? 2 : 0) -
		    mpa_side_size(&m);
		most = m.version == MPA_V1 ? 511 : 255;
		if (start - from > most)
			from = start - most;
		room = f->end - from;
		f->sound_at = from;
		f->sound_len = room * (rnd(fill) + 1) / 100;
		if (rnd(10) == 0)
			f->sound_len = 0;
		if (f->sound_len > 4095 / 8 * m.channels)
			f->sound_len = 4095 / 8 * m.channels;
		f->gain = f->sound_len > 0 ? 100 + rnd(100) : 0;
		write_side(&m, f, (unsigned)(start - from));
		i = 4 + (m.has_crc ? 2 : 0) + mpa_side_size(&m);
		memcpy(f->bytes + i, main_data + start, f->len - i);
		from += f->sound_len;
		start = f->end;
	}
}

/* What a decoder holds: one frame's main data, with what that reached back
 * for. */
static struct {
	uint8_t p[8192];
	size_t n;
} held;
static unsigned wrong;

/* The decoder gets a frame and shall find the sound of that one. */
static void
decode(const uint8_t *frame, unsigned len, const struct made *want)
{
	uint8_t next[8192];
	struct mpa m;
	size_t begin, at;

	if (mpa_decode(&m, frame) == -1 || m.length != len) {
		wrong++;
		return;
	}
	begin = mpa_main_data_begin(&m, frame, len);
	if (begin > held.n) {
		wrong++;
		return;
	}
	at = 4 + (m.has_crc ? 2 : 0) + mpa_side_size(&m);
	memcpy(next, held.p + held.n - begin, begin);
	memcpy(next + begin, frame + at, len - at);
	held.n = begin + len - at;
	memcpy(held.p, next, held.n);
	if (want->sound_len > held.n || memcmp(held.p,
	    main_data + want->sound_at, want->sound_len) != 0)
		wrong++;
	/* All but main_data_begin (and CRC) says the same. */
	if (memcmp(frame + 4 + (m.has_crc ? 2 : 0) + 2, want->bytes + 4 +
	    ((want->bytes[1] & 1) == 0 ? 2 : 0) + 2, mpa_side_size(&m) - 2))
		wrong++;
}

static unsigned
begin_of(unsigned k)
{
	struct mpa m;

	mpa_decode(&m, made[k].bytes);
	return mpa_main_data_begin(&m, made[k].bytes, made[k].len);
}

/* Repeat or leave out every third frame; returns how often there was room. */
static unsigned
edit(int leave_out)
{
	static struct mpa_trail t;
	uint8_t out[MPA_FRAME_MAX];
	unsigned k, len, done = 0;
	struct mpa m;

	held.n = 0;
	wrong = 0;
	mpa_trail_break(&t);
	for (k = 0; k + 2 < FRAMES; k++) {
		mpa_decode(&m, made[k].bytes);
		mpa_trail_take(&t, &m, made[k].bytes, made[k].len);
		if (!leave_out || k % 3 != 2) {
			decode(made[k].bytes, made[k].len, &made[k]);
			if (leave_out || k % 3 != 2)
				continue;
			len = mpa_alone(&t, &m, made[k].bytes, made[k].len,
			    begin_of(k + 1), out);
			if (len > 0) {
				decode(out, len, &made[k]);
				done++;
			}
			continue;
		}
		mpa_decode(&m, made[k + 1].bytes);
		mpa_trail_take(&t, &m, made[k + 1].bytes, made[k + 1].len);
		len = mpa_alone(&t, &m, made[k + 1].bytes, made[k + 1].len,
		    begin_of(k + 2), out);
		if (len == 0)
			decode(made[k].bytes, made[k].len, &made[k]);
		decode(len > 0 ? out : made[k + 1].bytes,
		    len > 0 ? len : made[k + 1].len, &made[k + 1]);
		done += len > 0;
		k++;
	}
	return done;
}

static void
test_kind(const char *name, const uint8_t header[4], unsigned lowest,
    unsigned highest, unsigned fill, unsigned least)
{
	unsigned n, i, gains = 0;
	struct mpa m;

	seed = 1;
	make(header, lowest, highest, fill);
	n = edit(0);
	ok(n >= least, "%s: repeated %u of 133", name, n);
	is(wrong, 0, "every frame's sound is its own");
	n = edit(1);
	ok(n >= least, "%s: left out %u of 133", name, n);
	is(wrong, 0, "every frame's sound is its own");
	for (i = 0; i < FRAMES; i++) {
		mpa_decode(&m, made[i].bytes);
		gains += mpa_gain(&m, made[i].bytes, made[i].len) !=
		    made[i].gain;
	}
	is(gains, 0, "gains are read");
}

/* Between any two frames stands a pause, and harms none. */
static void
test_pause(const uint8_t header[4])
{
	static struct mpa_trail t;
	static const struct made nothing;
	uint8_t out[MPA_FRAME_MAX];
	unsigned k, len, bad = 0;
	struct made silent = nothing;
	struct mpa m;

	seed = 2;
	make(header, 5, 14, 90);
	held.n = 0;
	wrong = 0;
	mpa_trail_break(&t);
	for (k = 0; k < FRAMES; k++) {
		mpa_decode(&m, made[k].bytes);
		mpa_trail_take(&t, &m, made[k].bytes, made[k].len);
		decode(made[k].bytes, made[k].len, &made[k]);
		len = mpa_pause(&t, made[k].bytes, made[k].len, out);
		if (len == 0 || mpa_decode(&m, out) == -1 ||
		    mpa_gain(&m, out, len) != 0) {
			bad++;
			continue;
		}
		memcpy(silent.bytes, out, 4);
		decode(out, len, &silent);
	}
	is(bad, 0, "a pause is silent");
	is(wrong, 0, "and what follows it finds its sound");
}

static void
test_odd(void)
{
	static struct mpa_trail t;
	uint8_t frame[MPA_FRAME_MAX] = { 0xff, 0xfb, 0x90, 0x00 };
	uint8_t out[MPA_FRAME_MAX];
	struct mpa m;

	mpa_decode(&m, frame);
	mpa_trail_break(&t);
	mpa_trail_take(&t, &m, frame, m.length);
	ok(mpa_alone(&t, &m, frame, m.length, 0, out) > 0, "a silent frame");
	is(mpa_alone(&t, &m, frame, m.length, 511, out), 0,
	    "what the next one wants is not there");
	frame[4] = 0x10;
	is(mpa_alone(&t, &m, frame, m.length, 0, out), 0,
	    "what it wants itself is not there");
	frame[4] = 0;
	memset(frame + 6, 0xff, 30);
	is(mpa_alone(&t, &m, frame, m.length, 0, out), 0,
	    "more sound than there are bytes");
	memset(frame + 4, 0, 32);
	frame[2] = 0x00;
	mpa_decode(&m, frame);
	mpa_trail_take(&t, &m, frame, 500);
	is(mpa_alone(&t, &m, frame, 500, 0, out), 0, "free format");
	is(mpa_pause(&t, frame, 500, out), 0, "no pause in it");
	is(mpa_alone(&t, &m, frame, 20, 0, out), 0, "a stub");
	is(mpa_gain(&m, frame, 20), MPA_GAIN_MAX, "may be loud");

	frame[1] = 0xfd;	/* layer II */
	frame[2] = 0x90;
	frame[40] = 0;
	mpa_decode(&m, frame);
	is(mpa_gain(&m, frame, m.length), 0, "layer II: silence is known");
	frame[40] = 1;
	is(mpa_gain(&m, frame, m.length), MPA_GAIN_MAX, "but no loudness");
	ok(mpa_alone(&t, &m, frame, m.length, 0, out) == m.length &&
	    memcmp(out, frame, m.length) == 0, "it stands alone as it is");
	is(mpa_pause(&t, frame, m.length, out), m.length, "and has a pause");
}

int
main(void)
{
	/* MPEG-1 44.1 kHz joint stereo; mono with CRC; MPEG-2 22.05 kHz */
	static const uint8_t stereo[4] = { 0xff, 0xfb, 0x90, 0x40 };
	static const uint8_t mono[4] = { 0xff, 0xfa, 0x94, 0xc0 };
	static const uint8_t lsf[4] = { 0xff, 0xf3, 0x80, 0x00 };

	test_kind("128 kbit/s", stereo, 9, 9, 90, 130);
	test_kind("VBR", stereo, 1, 14, 90, 60);
	test_kind("320 kbit/s", stereo, 14, 14, 60, 40);
	test_kind("mono, 48 kHz, CRC", mono, 3, 9, 100, 120);
	test_kind("MPEG-2, 64 kbit/s", lsf, 8, 8, 100, 130);
	test_pause(stereo);
	test_pause(mono);
	test_pause(lsf);
	test_odd();
	return tap_end();
}
