/* SPDX-License-Identifier: ISC */
/*
 * Sound that comes in pieces.  Frames carry a number; what comes out is
 * written down: "B0 1 2 S5" for the first of a sound, two behind it, and one
 * behind a gap.
 */
#include "inflow.h"

#include <stdlib.h>

#include "base/clock.h"
#include "made.h"
#include "tap.h"

#define MARK	40		/* where a frame's number stands */

static uint8_t buf[INFLOW_SIZE];

static void
put_mp3(struct made *f, unsigned n, int rate_48)
{
	uint8_t p[417] = { 0xff, 0xfb, rate_48 ? 0x94 : 0x90, 0x64 };

	p[MARK] = (uint8_t)n;
	put(f, p, rate_48 ? 384 : 417);
}

static void
put_adts(struct made *f, unsigned n)
{
	size_t len = 200;
	uint8_t p[200] = { 0xff, 0xf1, 0x50, 0x80, (uint8_t)(len >> 3),
	    (uint8_t)(len << 5 | 0x1f), 0xfc };

	p[7 + MARK] = (uint8_t)n;
	put(f, p, len);
}

static void
put_wav(struct made *f, unsigned tag, unsigned bits, uint32_t size)
{
	put_text(f, "RIFF");
	put_le(f, size + 36);
	put_text(f, "WAVEfmt ");
	put_le(f, 16);
	put_le(f, 1u << 16 | tag);
	put_le(f, 8000);
	put_le(f, 8000 * bits / 8);
	put_le(f, bits << 16 | bits / 8);
	put_text(f, "data");
	put_le(f, size);
}

/* The bytes in pieces of so many. */
static const char *
flow(const struct made *f, size_t piece)
{
	static char out[65536];
	struct inflow in;
	enum inflow_event e;
	struct frame frame;
	size_t at = 0, n, room, used = 0;
	uint8_t *p;
	int is_end = 0;

	inflow_init(&in, buf);
	out[0] = '\0';
	do {
		room = inflow_room(&in, &p);
		n = f->len - at < piece ? f->len - at : piece;
		n = n < room ? n : room;
		memcpy(p, f->p + at, n);
		inflow_took(&in, n);
		at += n;
		is_end = at == f->len;
		while ((e = inflow_next(&in, is_end, &frame)) != INFLOW_MORE)
			used += (size_t)snprintf(out + used,
			    sizeof(out) - used, "%s%s%d", used > 0 ? " " : "",
			    e == INFLOW_BEGIN ? "B" : e == INFLOW_SPLICE ?
			    "S" : "", in.facts.sound == MEDIA_PCM ?
			    (int)frame.samples : frame.data[MARK]);
	} while (!is_end);
	return out;
}

/* However it is cut up it comes to the same. */
static int
is_steady(const struct made *f)
{
	static const size_t pieces[] = { 1, 3, 7, 100, 416, 417, 418, 4096 };
	char *whole = strdup(flow(f, INFLOW_SIZE));
	int same = whole != NULL;
	size_t i;

	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		same &= whole != NULL && strcmp(whole, flow(f, pieces[i])) ==
		    0;
	free(whole);
	return same;
}

static void
check(struct made *f, const char *want, const char *what)
{
	is_str(flow(f, INFLOW_SIZE), want, what);
	ok(is_steady(f), "and the same in pieces");
	f->len = 0;
}

static void
test_mpeg(void)
{
	struct made f = { NULL, 0, 0 };
	unsigned i;

	for (i = 0; i < 5; i++)
		put_mp3(&f, i, 0);
	check(&f, "B0 1 2 3 4", "frames of MPEG audio");
	put_random(&f, 1, 3000);
	for (i = 0; i < 5; i++)
		put_mp3(&f, i, 0);
	check(&f, "B0 1 2 3 4", "junk in front");
	for (i = 0; i < 5; i++)
		put_mp3(&f, i, 0);
	put_random(&f, 2, 1000);
	for (i = 5; i < 9; i++)
		put_mp3(&f, i, 0);
	check(&f, "B0 1 2 3 S5 6 7 8", "junk in the middle: the frame in front "
	    "of it cannot be told from one that was cut");
	for (i = 0; i < 3; i++)
		put_mp3(&f, i, 0);
	f.len -= 100;
	for (i = 3; i < 7; i++)
		put_mp3(&f, i, 0);
	check(&f, "B0 1 S3 4 5 6", "one that is cut is left out");
	for (i = 0; i < 3; i++)
		put_mp3(&f, i, 0);
	f.len -= 1;
	check(&f, "B0 1", "also at the end");
	for (i = 0; i < 3; i++)
		put_mp3(&f, i, 0);
	for (; i < 6; i++)
		put_mp3(&f, i, 1);
	check(&f, "B0 1 2 B3 4 5", "another sampling frequency is another "
	    "sound");
	put_mp3(&f, 0, 0);
	put_mp3(&f, 1, 0);
	put_text(&f, "ID3\4");
	put_fill(&f, 0, 2);
	put_seven(&f, 2000);
	put_random(&f, 3, 2000);
	for (i = 2; i < 5; i++)
		put_mp3(&f, i, 0);
	check(&f, "B0 1 2 3 4", "a tag is passed over");
	free(f.p);
}

static void
test_info(void)
{
	struct made f = { NULL, 0, 0 };
	unsigned i;

	put_mp3(&f, 0, 0);
	memcpy(f.p + 4 + 32, "Info", 4);
	for (i = 1; i < 4; i++)
		put_mp3(&f, i, 0);
	check(&f, "B1 2 3", "the frame that is about the file is no sound");
	free(f.p);
}

static void
test_adts(void)
{
	struct made f = { NULL, 0, 0 };
	struct inflow in;
	struct frame frame;
	unsigned i;

	for (i = 0; i < 4; i++)
		put_adts(&f, i);
	check(&f, "B0 1 2 3", "AAC in ADTS");
	for (i = 0; i < 3; i++)
		put_adts(&f, i);
	for (; i < 6; i++)
		put_mp3(&f, i, 0);
	check(&f, "B0 1 2 B3 4 5", "MPEG audio behind AAC");
	put_adts(&f, 9);
	put_adts(&f, 9);
	inflow_init(&in, buf);
	memcpy(buf, f.p, f.len);
	inflow_took(&in, f.len);
	is(inflow_next(&in, 1, &frame), INFLOW_BEGIN, "what it is:");
	is_str(in.facts.container, "adts", "container");
	is_str(in.facts.codec, "aac-lc", "codec");
	is(in.facts.rate, 44100, "rate");
	is(in.facts.channels, 2, "channels");
	is(frame.len, 193, "the unit is without its header");
	is(frame.samples, 1024, "samples");
	ok(in.facts.config_len > 0, "configuration");
	free(f.p);
}

static void
test_wav(void)
{
	struct made f = { NULL, 0, 0 };
	unsigned i;

	put_wav(&f, 1, 8, 200);
	put_random(&f, 4, 200);
	check(&f, "B80 80 40", "WAV, 10 ms at a time");
	put_wav(&f, 1, 8, 0xffffffff);
	put_random(&f, 4, 200);
	check(&f, "B80 80 40", "of unknown length");
	put_wav(&f, 1, 8, 160);
	put_random(&f, 4, 160);
	put_text(&f, "LIST");
	put_le(&f, 4);
	put_text(&f, "INFO");
	put_wav(&f, 1, 8, 80);
	put_random(&f, 5, 80);
	check(&f, "B80 80 S80", "one behind the other");
	put_wav(&f, 1, 16, 201);
	put_random(&f, 4, 201);
	check(&f, "B80 20", "a sample that is cut is left out");
	put_wav(&f, 0x55, 8, 0xffffffff);
	for (i = 0; i < 4; i++)
		put_mp3(&f, i, 0);
	check(&f, "B0 1 2 3", "MPEG audio in WAV");
	put_wav(&f, 3, 32, 4000);
	put_random(&f, 4, 4000);
	put_wav(&f, 1, 8, 80);
	put_random(&f, 5, 80);
	check(&f, "B80", "what cannot be played is passed over");
	free(f.p);
}

static void
test_level(void)
{
	struct made f = { NULL, 0, 0 };
	struct inflow in;
	struct frame frame;
	int64_t one = flick_of_samples(1152, 44100);
	uint8_t *p;
	unsigned i;

	put_random(&f, 1, 5000);
	for (i = 0; i < 10; i++)
		put_mp3(&f, i, 0);
	inflow_init(&in, buf);
	memcpy(buf, f.p, f.len);
	inflow_took(&in, f.len);
	is(inflow_level(&in, 0, INT64_MAX), 9 * one, "the last one is not "
	    "believed yet");
	is(inflow_level(&in, 1, INT64_MAX), 10 * one, "at the end it is");
	is(inflow_level(&in, 0, 3 * one), 3 * one, "no more than is wanted");
	is(inflow_next(&in, 0, &frame), INFLOW_BEGIN, "nothing was taken");
	inflow_reset(&in);
	is(inflow_level(&in, 1, INT64_MAX), 0, "after another has begun: "
	    "nothing");
	memcpy(buf, f.p, 5000);
	inflow_took(&in, 5000);
	is(inflow_level(&in, 0, INT64_MAX), 0, "junk is nothing");
	ok(in.junk > 4900 && inflow_room(&in, &p) > INFLOW_SIZE / 2,
	    "and is thrown away");
	free(f.p);
}

/* A buffer full of sound that begins over and over again never jams. */
static void
test_random(void)
{
	struct made f = { NULL, 0, 0 };
	unsigned i, j;

	for (i = 0; i < 200; i++) {
		put_random(&f, i, i * 7 % 400);
		for (j = 0; j < i % 5; j++)
			if (i % 3 == 0)
				put_adts(&f, j);
			else
				put_mp3(&f, j, i % 3 == 1);
	}
	ok(is_steady(&f), "200 pieces of this and that");
	free(f.p);
}

int
main(void)
{
	test_mpeg();
	test_info();
	test_adts();
	test_wav();
	test_level();
	test_random();
	return tap_end();
}
