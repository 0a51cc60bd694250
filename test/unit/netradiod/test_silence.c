/* SPDX-License-Identifier: ISC */
#include "silence.h"

#include "tap.h"
#include "wire/mpa.h"

static int
is_filled(const struct frame *f, size_t from, uint8_t with)
{
	size_t i;

	for (i = from; i < f->len; i++)
		if (f->data[i] != with)
			return 0;
	return 1;
}

static void
test_nothing(void)
{
	struct silence s;
	struct frame f;

	memset(&s, 0, sizeof(s));
	is(silence_frame(&s, &f), -1, "no format, no silence");
	silence_done(&s);
}

static void
test_like(void)
{
	static const uint8_t header[] = { 0xff, 0xfb, 0x94, 0x40 };
	static const uint8_t other[] = { 0xff, 0xfb, 0x90, 0xc0 };
	struct silence s;
	struct frame f;
	struct mpa m;

	memset(&s, 0, sizeof(s));
	silence_like(&s, header, 384);
	is(silence_frame(&s, &f), 0, "like a frame that was sent");
	ok(mpa_decode(&m, f.data) == 0 && m.length == f.len &&
	    m.rate == 48000 && f.rate == 48000 && f.samples == 1152 &&
	    is_filled(&f, MPA_HEADER_SIZE, 0), "silent, of its format");
	silence_like(&s, other, 417);
	ok(silence_frame(&s, &f) == 0 && f.rate == 44100 && f.len == 417,
	    "then like the next one");
	silence_done(&s);
}

static void
test_mpa_facts(void)
{
	struct media_facts facts = { .sound = MEDIA_MPA, .mpeg_version = "2",
	    .layer = 3, .rate = 22050, .channels = 1 };
	struct silence s;
	struct frame f;
	struct mpa m;

	memset(&s, 0, sizeof(s));
	silence_of(&s, &facts);
	ok(silence_frame(&s, &f) == 0 && mpa_decode(&m, f.data) == 0 &&
	    m.version == MPA_V2 && m.layer == 3 && m.channels == 1 &&
	    f.rate == 22050 && f.samples == 576,
	    "of MPEG audio of which nothing was sent yet");
	facts.rate = 12345;
	silence_of(&s, &facts);
	is(silence_frame(&s, &f), -1, "there is none at a rate that is none");
	silence_done(&s);
}

static void
test_second(void)
{
	struct media_facts facts = { .sound = MEDIA_AAC, .rate = 44100,
	    .channels = 2, .samples = 1024, .config_len = 2,
	    .config = { 0x12, 0x10 } };
	struct silence s;
	struct frame f;

	memset(&s, 0, sizeof(s));
	silence_of(&s, &facts);
	ok(silence_frame(&s, &f) == 0 && f.len == 6 && f.samples == 1024 &&
	    f.rate == 44100, "an access unit of AAC");
	facts.config[1] = 0;
	silence_of(&s, &facts);
	is(silence_frame(&s, &f), -1, "none where elements tell the layout");
	facts.sound = MEDIA_PCM;
	facts.pcm.bytes = 2;
	silence_of(&s, &facts);
	ok(silence_frame(&s, &f) == 0 && f.samples == 441 &&
	    f.len == 441 * 4 && is_filled(&f, 0, 0), "10 ms of PCM");
	facts.pcm.bytes = 1;
	facts.pcm.is_unsigned = 1;
	facts.rate = 192000;
	silence_of(&s, &facts);
	ok(silence_frame(&s, &f) == 0 && f.len == f.samples * 2 &&
	    f.len <= 2048 && is_filled(&f, 0, 0x80),
	    "less of more, about its middle");
	silence_done(&s);
}

int
main(void)
{
	test_nothing();
	test_like();
	test_mpa_facts();
	test_second();
	return tap_end();
}
