/* SPDX-License-Identifier: ISC */
/* AVI and WAV files made chunk by chunk, and AAC in ADTS. */
#include "media.h"

#include "base/clock.h"

#include "made.h"
#include "tap.h"

#define HEADER	0xfffb9044	/* layer III, 128 kbit/s, 44.1 kHz */
#define LEN	417
#define FRAMES	40

static struct media_tags tags;

static void
put_le16(struct made *f, unsigned v)
{
	put_be(f, (v & 0xff) << 8 | v >> 8, 2);
}

static size_t
begin(struct made *f, const char *id)
{
	put(f, id, 4);
	put_le(f, 0);
	return f->len - 4;
}

static size_t
begin_list(struct made *f, const char *id, const char *type)
{
	size_t at = begin(f, id);

	put(f, type, 4);
	return at;
}

static void
set_le(struct made *f, size_t at, uint32_t v)
{
	int i;

	for (i = 0; i < 4; i++)
		f->p[at + (size_t)i] = (uint8_t)(v >> (8 * i));
}

static void
end(struct made *f, size_t at)
{
	size_t len = f->len - at - 4;

	set_le(f, at, (uint32_t)len);
	if (len & 1)
		put_fill(f, 0, 1);
}

static void
put_format(struct made *f, const char *id, unsigned tag, unsigned channels,
    uint32_t rate, unsigned bits)
{
	size_t at = begin(f, id);

	put_le16(f, tag);
	put_le16(f, channels);
	put_le(f, rate);
	put_le(f, rate * channels * bits / 8);
	put_le16(f, tag == 0x55 ? 1152 : channels * bits / 8);
	put_le16(f, bits);
	put_le16(f, 0);
	end(f, at);
}

static void
put_frames(struct made *f, unsigned first, unsigned last)
{
	for (; first < last; first++)
		put_frame(f, HEADER, LEN, first);
}

static enum media_kind
facts_of(const struct made *file, struct media_facts *facts,
    const char **problem)
{
	int fd = made_fd(file);
	enum media_kind kind;

	kind = media_probe(fd, "x.avi", "auto", facts, &tags, problem);
	if (kind == MEDIA_PLAYABLE)
		media_survey(fd, facts, NULL, NULL);
	close(fd);
	return kind;
}

static long
read_all(const struct made *file, struct made *got)
{
	const char *problem;
	struct media *m;
	struct frame f;
	long n = 0;

	got->len = 0;
	if ((m = media_open(made_fd(file), &problem)) == NULL)
		return -1;
	for (; media_next(m, &f) == 1; n++)
		put(got, f.data, f.len);
	media_close(m);
	return n;
}

/* The file gives these bytes in so many frames, as the survey says. */
static void
gives(const char *what, const struct made *file, const struct made *want,
    int64_t frames)
{
	struct made got = { 0 };
	struct media_facts f;
	const char *problem;
	long n;

	facts_of(file, &f, &problem);
	n = read_all(file, &got);
	if (!ok(f.frames == frames && got.len == want->len &&
	    memcmp(got.p, want->p, want->len) == 0 &&
	    (f.sound == MEDIA_PCM || n == frames), "%s", what))
		printf("#   %ld frames, survey %lld, %zu bytes of %zu\n", n,
		    (long long)f.frames, got.len, want->len);
	made_free(&got);
}

/* --- AVI ---------------------------------------------------------------- */

/* What of an AVI file is odd. */
struct avi {
	unsigned chunk;		/* bytes of sound in a chunk; 0: a frame */
	int is_unpadded, has_rec, has_video;
	uint32_t riff, movi;	/* sizes; 0: right; 1: 0 */
	unsigned riffs;		/* more of them behind */
	unsigned rate;		/* that strf claims; 0: right */
	unsigned tag;		/* 0: MP3 */
};

static void
put_stream(struct made *f, const char *type, const struct avi *a)
{
	size_t strl = begin_list(f, "LIST", "strl"), at = begin(f, "strh");

	put(f, type, 4);
	put_fill(f, 0, 52);
	end(f, at);
	if (strcmp(type, "auds") == 0)
		put_format(f, "strf", a->tag != 0 ? a->tag : 0x55, 2,
		    a->rate != 0 ? a->rate : 44100, 16);
	else {
		at = begin(f, "strf");
		put_fill(f, 0, 40);
		end(f, at);
	}
	end(f, strl);
}

static void
put_chunks(struct made *f, const struct avi *a, const struct made *sound,
    size_t from, size_t to)
{
	size_t step = a->chunk != 0 ? a->chunk : LEN, n, at, rec = 0;

	for (; from < to; from += n) {
		n = to - from < step ? to - from : step;
		if (a->has_rec)
			rec = begin_list(f, "LIST", "rec ");
		if (a->has_video) {
			at = begin(f, "00dc");
			put_random(f, (uint32_t)from + 1, 333);
			end(f, at);
		}
		at = begin(f, a->has_video ? "01wb" : "00wb");
		put(f, sound->p + from, n);
		end(f, at);
		if (a->is_unpadded && n & 1)
			f->len--;
		if (a->has_rec)
			end(f, rec);
	}
}

static void
put_size(struct made *f, size_t at, uint32_t size)
{
	end(f, at);
	if (size != 0)
		set_le(f, at, size == 1 ? 0 : size);
}

static void
put_avi(struct made *f, const struct avi *a, const struct made *sound)
{
	size_t riff = begin_list(f, "RIFF", "AVI "), list, at;
	size_t part = sound->len / (a->riffs + 1), from = 0;
	unsigned i;

	list = begin_list(f, "LIST", "hdrl");
	at = begin(f, "avih");
	put_fill(f, 0, 56);
	end(f, at);
	if (a->has_video)
		put_stream(f, "vids", a);
	put_stream(f, "auds", a);
	end(f, list);
	at = begin_list(f, "LIST", "INFO");
	list = begin(f, "INAM");
	put(f, "Title", 6);
	end(f, list);
	end(f, at);
	for (i = 0; i <= a->riffs; i++, from += part) {
		if (i > 0)
			riff = begin_list(f, "RIFF", "AVIX");
		list = begin_list(f, "LIST", "movi");
		put_chunks(f, a, sound, from, i == a->riffs ? sound->len :
		    from + part);
		put_size(f, list, a->movi);
		at = begin(f, "idx1");
		put_random(f, 7, 160);
		end(f, at);
		put_size(f, riff, a->riff);
	}
}

static void
test_avi(void)
{
	static const struct {
		const char *what;
		struct avi a;
	} t[] = {
		{ "a frame in each chunk", { .chunk = 0 } },
		{ "with video", { .has_video = 1 } },
		{ "frames that straddle chunks", { .chunk = 1000 } },
		{ "chunks of a few bytes", { .chunk = 7, .has_video = 1 } },
		{ "all in one chunk", { .chunk = 1 << 20 } },
		{ "lists of records", { .has_rec = 1, .has_video = 1 } },
		{ "odd chunks without padding", { .is_unpadded = 1 } },
		{ "sizes of 0", { .riff = 1, .movi = 1 } },
		{ "sizes too large", { .riff = 0xffffffff,
		    .movi = 0xfffffff0 } },
		{ "sizes too small", { .riff = 5000, .movi = 2000 } },
		{ "three RIFFs", { .riffs = 2, .has_video = 1 } },
		{ "a rate that is wrong", { .rate = 8000 } },
		{ "MPEG audio of the tag 0x50", { .tag = 0x50 } },
	};
	struct made sound = { 0 }, file = { 0 };
	struct media_facts f;
	const char *problem;
	size_t i;

	put_frames(&sound, 0, FRAMES);
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		file.len = 0;
		put_avi(&file, &t[i].a, &sound);
		gives(t[i].what, &file, &sound, FRAMES);
	}
	sound.len = file.len = 0;
	put_frames(&sound, 3, 4);
	put_avi(&file, &t[0].a, &sound);
	gives("a single frame", &file, &sound, 1);
	facts_of(&file, &f, &problem);
	is_str(f.container, "avi", "container");
	is_str(f.codec, "mp3", "codec");
	is(f.rate, 44100, "rate");
	is_str(tags.title, "Title", "title");
	file.len = 0;
	put_avi(&file, &(struct avi){ .tag = 0x2000 }, &sound);
	is(facts_of(&file, &f, &problem), MEDIA_PROBLEM, "AC-3 in it");
	is_str(problem, "AC-3: not played", "is named");
	made_free(&sound);
	made_free(&file);
}

/* A chunk that lies is found out; nothing of the others is lost. */
static void
test_avi_lies(void)
{
	static const uint32_t sizes[] = { LEN + 20, LEN - 20, 0x7fffffff,
	    0xffffffff };
	struct avi a = { .has_video = 1 };
	struct made sound = { 0 }, file = { 0 }, got = { 0 };
	size_t i, at, n;

	put_frames(&sound, 0, FRAMES);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		file.len = 0;
		put_avi(&file, &a, &sound);
		for (at = 0, n = 0; n < 10; at++)
			n += memcmp(file.p + at, "01wb", 4) == 0;
		set_le(&file, at + 3, sizes[i]);
		ok(read_all(&file, &got) >= FRAMES - 1 &&
		    memmem(got.p, got.len, sound.p + 10 * LEN,
		    30 * LEN) != NULL, "a chunk that says %u for %u bytes",
		    (unsigned)sizes[i], LEN);
	}
	made_free(&sound);
	made_free(&file);
	made_free(&got);
}

/* However it is cut: a prefix of the frames, and all that are whole. */
static void
test_avi_cut(void)
{
	struct avi a = { .has_video = 1, .chunk = 600 };
	struct made sound = { 0 }, file = { 0 }, got = { 0 };
	struct media_facts f;
	const char *problem;
	unsigned bad = 0;
	long n, most = FRAMES;

	put_frames(&sound, 0, FRAMES);
	put_avi(&file, &a, &sound);
	for (; file.len > 0; file.len -= file.len > 29 ? 29 : file.len) {
		n = read_all(&file, &got);
		facts_of(&file, &f, &problem);
		if (f.frames != (n < 0 ? 0 : n) || n > most ||
		    (n > 0 && memcmp(got.p, sound.p, got.len) != 0))
			bad++;
		most = n;
	}
	is(bad, 0, "cut anywhere: what is there, no more");
	made_free(&sound);
	made_free(&file);
	made_free(&got);
}

/* --- WAV ---------------------------------------------------------------- */

static void
put_wav(struct made *f, const char *id, unsigned bits, const struct made *pcm,
    uint32_t size)
{
	size_t riff = begin_list(f, id, "WAVE"), at;

	if (strcmp(id, "RF64") == 0) {
		at = begin(f, "ds64");
		put_le(f, 0);
		put_le(f, 0);
		put_le(f, (uint32_t)pcm->len);
		put_fill(f, 0, 16);
		end(f, at);
	}
	put_format(f, "fmt ", 1, 2, 48000, bits);
	at = begin(f, "data");
	put_file(f, pcm);
	end(f, at);
	set_le(f, at, size);
	if (size == pcm->len || strcmp(id, "RF64") == 0) {
		at = begin_list(f, "LIST", "INFO");
		end(f, at);
	}
	end(f, riff);
}

static void
test_wav(void)
{
	static const struct {
		const char *what, *id;
		unsigned bits;
		uint32_t size;
	} t[] = {
		{ "16 bits", "RIFF", 16, 60000 },
		{ "8 bits", "RIFF", 8, 60000 },
		{ "24 bits", "RIFF", 24, 60000 },
		{ "a size of 0", "RIFF", 16, 0 },
		{ "a size of 2^32 - 1", "RIFF", 16, 0xffffffff },
		{ "a size that is too large", "RIFF", 16, 70000 },
		{ "RF64", "RF64", 16, 0xffffffff },
	};
	struct made pcm = { 0 }, file = { 0 }, frames = { 0 };
	struct media_facts f;
	const char *problem;
	size_t i;

	put_random(&pcm, 5, 60000);
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		file.len = 0;
		put_wav(&file, t[i].id, t[i].bits, &pcm, t[i].size);
		gives(t[i].what, &file, &pcm, 60000 / (t[i].bits / 4));
	}
	facts_of(&file, &f, &problem);
	is(f.bitrate, 48000 * 32, "bit rate");
	is(f.duration, flick_of_samples(15000, 48000), "duration");
	is(f.pcm.bytes, 2, "bytes of a sample");
	file.len = 0;
	put_wav(&file, "RIFF", 32, &pcm, 60000);
	is(facts_of(&file, &f, &problem), MEDIA_PROBLEM, "32 bits");
	is_str(problem, "PCM of more than 24 bits: not played", "are named");
	put_frames(&frames, 0, FRAMES);
	file.len = 0;
	i = begin_list(&file, "RIFF", "WAVE");
	put_format(&file, "fmt ", 0x55, 2, 44100, 0);
	put_text(&file, "data");
	put_le(&file, (uint32_t)frames.len);
	put_file(&file, &frames);
	end(&file, i);
	gives("MPEG audio in WAV", &file, &frames, FRAMES);
	made_free(&pcm);
	made_free(&file);
	made_free(&frames);
}

/* --- ADTS --------------------------------------------------------------- */

/* A frame of so many raw data blocks; its unit goes to want, too. */
static void
put_adts(struct made *f, struct made *want, unsigned n, int has_crc,
    unsigned blocks)
{
	size_t len = 60 + n * 13 % 200, head = 7 + (has_crc ? 2 * blocks : 0);
	struct made unit = { 0 };

	put_be(f, 0xfff0 | (has_crc ? 0 : 1), 2);
	put_be(f, 0x5080 | (uint32_t)((len + head) >> 11), 2);
	put_be(f, (uint32_t)((len + head) << 5 & 0xffff) | 0x1f, 2);
	put_be(f, 0xfc | (blocks - 1), 1);
	put_fill(f, 0, head - 7);
	put_random(&unit, n + 1, len);
	put_file(f, &unit);
	if (want != NULL)
		put_file(want, &unit);
	made_free(&unit);
}

static void
test_adts(void)
{
	struct made file = { 0 }, want = { 0 }, text = { 0 };
	struct media_facts f;
	const char *problem;
	unsigned i;

	for (i = 0; i < FRAMES; i++)
		put_adts(&file, &want, i, 0, 1);
	gives("ADTS", &file, &want, FRAMES);
	facts_of(&file, &f, &problem);
	is_str(f.codec, "aac-lc", "codec");
	is(f.rate, 44100, "rate");
	is(f.channels, 2, "channels");
	is(f.duration, flick_of_samples(FRAMES * 1024, 44100), "duration");
	ok(f.config_len == 2 && f.config[0] == 0x12 && f.config[1] == 0x10,
	    "configuration");
	put_fill(&file, 'x', 300);
	for (i = 0; i < FRAMES; i++)
		put_adts(&file, &want, i, 0, 1);
	put_id3v1(&file, "t", "a", "b");
	gives("junk in the middle, a tag behind", &file, &want, 2 * FRAMES);
	file.len -= 130;
	facts_of(&file, &f, &problem);
	is(f.frames, 2 * FRAMES - 1, "a cut frame is none");
	file.len = want.len = 0;
	put_fill(&text, 0, 50);
	put_id3(&file, 4, 0, &text);
	for (i = 0; i < FRAMES; i++)
		put_adts(&file, &want, i, 1, 1 + i % 4);
	gives("CRC, several blocks, behind a tag", &file, &want, FRAMES);
	facts_of(&file, &f, &problem);
	is(f.duration, flick_of_samples(FRAMES / 4 * 10 * 1024, 44100),
	    "  each block counts");
	file.len = want.len = 0;
	put_fill(&file, 0xff, 40);
	for (i = 0; i < FRAMES; i++)
		put_adts(&file, &want, i, 0, 1);
	gives("junk in front", &file, &want, FRAMES);
	made_free(&file);
	made_free(&want);
	made_free(&text);
}

/* Sound that becomes another one, and what needs elements to be described. */
static void
test_adts_formats(void)
{
	/* Elements of 2.1 (front: a pair, low frequency: one), of stereo. */
	static const uint8_t two_one[] = { 0xa0, 0xa0, 0x80, 0x20, 4, 0, 0 };
	static const uint8_t stereo[] = { 0xa0, 0xa0, 0x80, 0, 4, 0, 0 };
	struct made file = { 0 }, want = { 0 };
	struct media_facts f;
	const char *problem;
	unsigned i;
	size_t at;

	for (i = 0; i < FRAMES; i++)
		put_adts(&file, &want, i, 0, 1);
	for (; i < 2 * FRAMES; i++) {
		at = file.len;
		put_adts(&file, NULL, i, 0, 1);
		file.p[at + 2] = 0x4c;		/* 48 kHz */
	}
	for (; i < 3 * FRAMES; i++)
		put_adts(&file, NULL, i, 0, 1);
	gives("another rate is the end", &file, &want, FRAMES);
	file.len = 0;
	for (i = 0; i < FRAMES; i++) {
		at = file.len;
		put_adts(&file, NULL, i, 0, 1);
		file.p[at + 3] &= 0x3f;		/* elements tell */
		memcpy(file.p + at + 7, two_one, sizeof(two_one));
	}
	is(facts_of(&file, &f, &problem), MEDIA_PLAYABLE, "2.1");
	is(f.channels, 3, "has three channels");
	ok(media_unsendable(&f) != NULL, "and cannot be sent");
	for (i = 0, at = 0; i < FRAMES; i++) {
		memcpy(file.p + at + 7, stereo, sizeof(stereo));
		at += 7 + 60 + i * 13 % 200;
	}
	facts_of(&file, &f, &problem);
	is(f.channels, 2, "elements of stereo");
	ok(media_unsendable(&f) == NULL && f.config[1] == 0x10,
	    "are as good as its name");
	made_free(&file);
	made_free(&want);
}

/* Written into a pipe, for longer than its size can say. */
static void
test_long_wav(void)
{
	static const uint32_t sizes[] = { 0xffffffff, 0x7ffff000, 0 };
	const int64_t size = INT64_C(5) << 30;
	struct made file = { 0 }, pcm = { 0 };
	struct media_facts f;
	const char *problem;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		file.len = 0;
		put_wav(&file, "RIFF", 16, &pcm, sizes[i]);
		file.len = 46;
		fd = made_fd(&file);
		if (ftruncate(fd, size) == -1)
			perror("ftruncate");
		media_probe(fd, "x.wav", "auto", &f, &tags, &problem);
		media_survey(fd, &f, NULL, NULL);
		ok(f.frames == (size - 46) / 4, "5 GB behind a size of %u",
		    (unsigned)sizes[i]);
		close(fd);
	}
	made_free(&file);
}

int
main(void)
{
	test_avi();
	test_avi_lies();
	test_avi_cut();
	test_wav();
	test_adts();
	test_adts_formats();
	test_long_wav();
	return tap_end();
}
