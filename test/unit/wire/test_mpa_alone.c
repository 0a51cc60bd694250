/* SPDX-License-Identifier: ISC */
/*
 * Frames that stand alone, in streams made here: random bit rates, reservoirs
 * and amounts of sound.  A decoder's eyes see to it that every frame's sound
 * is the one that its encoder wrote, whatever was put in or left out.
 */
#include <stdint.h>
#include <string.h>

#include "made_mpa.h"
#include "tap.h"
#include "wire/mpa.h"
#include "wire/mpa_alone.h"

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

	random_seed(1);
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

	random_seed(2);
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
	is(mpa_alone(&t, &m, frame, 20, 0, out), 0,
	    "a frame that is cut short");
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
	frame[1] = 0xfd;
	frame[2] = 0x80;
	is(mpa_decode(&m, frame), 0, "layer II");
	is(mpa_alone(&t, &m, frame, 3, 0, out), 0, "less than a header");
	is(mpa_alone(&t, &m, frame, MPA_FRAME_MAX + 1, 0, out), 0,
	    "more than a frame");
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
