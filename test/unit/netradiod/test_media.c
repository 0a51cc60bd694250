/* SPDX-License-Identifier: ISC */
#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"

#include "made.h"
#include "random.h"
#include "tap.h"

/* A kind of stream: its header without and with padding. */
struct kind {
	const char *name;
	uint32_t header;
	unsigned len;		/* without padding */
	unsigned slot;		/* what padding adds */
	const char *codec, *version;
	uint32_t rate, samples;
};

static const struct kind mp3 = { "layer III, 128k, 44.1 kHz", 0xfffb9044, 417,
	1, "mp3", "1", 44100, 1152 };

static struct media_tags no_tags;

static const struct kind kinds[] = {
	{ "MPEG-1 layer I", 0xffff9044, 312, 4, "mp1", "1", 44100, 384 },
	{ "MPEG-1 layer II", 0xfffd8444, 384, 1, "mp2", "1", 48000, 1152 },
	{ "MPEG-1 layer II mono", 0xfffd18c4, 144, 1, "mp2", "1", 32000,
	    1152 },
	{ "MPEG-1 layer III with CRC", 0xfffa9044, 417, 1, "mp3", "1", 44100,
	    1152 },
	{ "MPEG-2 layer I", 0xfff79044, 312, 4, "mp1", "2", 22050, 384 },
	{ "MPEG-2 layer II", 0xfff58444, 384, 1, "mp2", "2", 24000, 1152 },
	{ "MPEG-2 layer III", 0xfff384c4, 192, 1, "mp3", "2", 24000, 576 },
	{ "MPEG-2.5 layer III", 0xffe340c4, 208, 1, "mp3", "2.5", 11025,
	    576 },
	{ "MPEG-2.5 layer III at 8 kHz", 0xffe318c4, 72, 1, "mp3", "2.5",
	    8000, 576 },
	{ "free format layer III", 0xfffb0044, 600, 1, "mp3", "1", 44100,
	    1152 },
	{ "free format layer I", 0xffff0044, 500, 4, "mp1", "1", 44100, 384 },
	{ "free format layer II", 0xfffd0044, 900, 1, "mp2", "1", 44100,
	    1152 },
};

#define KINDS	(sizeof(kinds) / sizeof(kinds[0]))

/* n frames of a kind, every third padded, into file and what is wanted. */
static void
put_frames(struct made *file, struct made *want, const struct kind *k,
    unsigned first, unsigned n)
{
	struct made one = { 0 };
	unsigned i, pad;

	for (i = first; i < first + n; i++) {
		pad = i % 3 == 0;
		one.len = 0;
		put_frame(&one, k->header | (pad ? 0x200 : 0),
		    k->len + (pad ? k->slot : 0), i);
		put_file(file, &one);
		if (want != NULL)
			put_file(want, &one);
	}
	made_free(&one);
}

/* All that the reader gives of a descriptor, which it closes. */
static long
read_fd(int fd, struct made *got, int64_t *duration)
{
	const char *problem;
	struct media *m;
	struct frame f;
	long n = 0;

	got->len = 0;
	*duration = 0;
	if ((m = media_open(fd, &problem)) == NULL)
		return -1;
	for (; media_next(m, &f) == 1; n++) {
		put(got, f.data, f.len);
		*duration += flick_of_samples(f.samples, f.rate);
	}
	media_close(m);
	return n;
}

static long
read_all(const struct made *file, struct made *got)
{
	int64_t duration;

	return read_fd(made_fd(file), got, &duration);
}

static int
is_equal(const struct made *a, const struct made *b)
{
	size_t i;

	for (i = 0; i < a->len && i < b->len && a->p[i] == b->p[i]; i++)
		;
	if (i == a->len && i == b->len)
		return 1;
	printf("#   got %zu bytes, want %zu, differ at %zu\n", a->len, b->len,
	    i);
	return 0;
}

/* The file gives exactly these frames, and says so beforehand. */
static void
gives(const char *what, struct made *file, struct made *want)
{
	struct made got = { 0 };
	struct media_facts facts;
	const char *problem;
	int64_t duration;
	long n;
	int fd = made_fd(file);

	media_probe(fd, "x.mp3", "auto", &facts, &no_tags, &problem);
	media_survey(fd, &facts, NULL, NULL);
	n = read_fd(fd, &got, &duration);
	ok(is_equal(&got, want) && (n == -1 ? 0 : n) == facts.frames &&
	    duration == facts.duration, "%s", what);
	made_free(&got);
	made_free(file);
	made_free(want);
}

static enum media_kind
probe(const struct made *file, const char *name, struct media_facts *facts,
    const char **problem)
{
	int fd = made_fd(file);
	enum media_kind kind = media_probe(fd, name, "auto", facts, &no_tags,
	    problem);

	close(fd);
	return kind;
}

static void
test_kinds(void)
{
	struct made file = { 0 }, want = { 0 };
	struct media_facts f;
	const char *problem;
	char what[96];
	size_t i;
	int fd;

	for (i = 0; i < KINDS; i++) {
		put_frames(&file, NULL, &kinds[i], 0, 30);
		snprintf(what, sizeof(what), "%s: facts", kinds[i].name);
		fd = made_fd(&file);
		ok(media_probe(fd, "song", "auto", &f, &no_tags, &problem) ==
		    MEDIA_PLAYABLE && strcmp(f.codec, kinds[i].codec) == 0 &&
		    strcmp(f.mpeg_version, kinds[i].version) == 0 &&
		    strcmp(f.container, "mpeg") == 0 && f.layer ==
		    (unsigned)(kinds[i].codec[2] - '0') &&
		    f.rate == kinds[i].rate && f.frames == 0 &&
		    f.channels == ((kinds[i].header & 0xc0) == 0xc0 ? 1 : 2),
		    "%s", what);
		snprintf(what, sizeof(what), "%s: duration", kinds[i].name);
		media_survey(fd, &f, NULL, NULL);
		is(f.duration, 30 * flick_of_samples(kinds[i].samples,
		    kinds[i].rate), what);
		close(fd);
		made_free(&file);
		put_frames(&file, &want, &kinds[i], 0, 30);
		snprintf(what, sizeof(what), "%s: frames", kinds[i].name);
		gives(what, &file, &want);
	}
}

static void
test_bitrate(void)
{
	struct made file = { 0 };
	struct media_facts f;
	const char *problem;
	int fd;

	/* 32 and 320 kbit/s by turns, no padding. */
	put_frame(&file, 0xfffb1044, 104, 1);
	put_frame(&file, 0xfffbe044, 1044, 2);
	put_frame(&file, 0xfffb1044, 104, 3);
	put_frame(&file, 0xfffbe044, 1044, 4);
	fd = made_fd(&file);
	media_probe(fd, "x.mp3", "auto", &f, &no_tags, &problem);
	is(f.bitrate, 32000, "first look: bit rate of the first frame");
	media_survey(fd, &f, NULL, NULL);
	is(f.frames, 4, "frames of different bit rates are one stream");
	is(f.bitrate, 175788, "mean bit rate");
	close(fd);
	made_free(&file);
	put_frames(&file, NULL, &kinds[9], 1, 5);
	probe(&file, "x.mp3", &f, &problem);
	is(f.bitrate, 183750, "free format: bit rate by the length");
	made_free(&file);
}

static void
put_info(struct made *f, const char *word, size_t at)
{
	size_t start = f->len;

	put_be(f, mp3.header, 4);
	put_fill(f, 0, mp3.len - 4);
	memcpy(f->p + start + at, word, 4);
}

static void
test_info(void)
{
	struct made file = { 0 }, want = { 0 };
	struct media_facts f;
	const char *problem;

	put_info(&file, "Xing", 36);
	put_frames(&file, &want, &mp3, 1, 10);
	gives("Xing frame", &file, &want);
	put_info(&file, "Info", 36);
	put_frames(&file, &want, &mp3, 1, 1);
	gives("Info frame before a single frame", &file, &want);
	put_info(&file, "VBRI", 36);
	put_frames(&file, &want, &mp3, 1, 10);
	put_info(&file, "Info", 36);
	put_frames(&file, &want, &mp3, 11, 10);
	gives("VBRI frame, and an Info frame in the middle", &file, &want);
	put_info(&file, "Info", 36);
	ok(probe(&file, "x.mp3", &f, &problem) == MEDIA_PROBLEM &&
	    strcmp(problem, "no MPEG audio frame found") == 0,
	    "nothing but an Info frame is no sound");
	made_free(&file);
	put_info(&file, "Info", 36);
	put_frames(&file, &want, &kinds[9], 1, 10);
	gives("Info frame with a bit rate before free format", &file, &want);
}

/* A picture full of false headers, one of them the stream's own. */
static void
put_picture(struct made *f, size_t n)
{
	size_t start = f->len, i;

	put_random(f, 77, n);
	memcpy(f->p + start, "\xff\xd8\xff\xe0", 4);
	for (i = 100; i + 4 < n; i += 397) {
		memcpy(f->p + start + i, "\xff\xfb\x90\x44", 4);
		if (i + 50 < n)
			memcpy(f->p + start + i + 40, "\xff\xf3\x44\xc4", 4);
	}
}

static void
put_big_id3(struct made *f, int version, int flags)
{
	struct made body = { 0 };

	put_text(&body, version == 2 ? "PIC" : "APIC");
	if (version == 2)
		put_be(&body, 20000, 3);
	else if (version == 3)
		put_be(&body, 20000, 4);
	else
		put_seven(&body, 20000);
	if (version > 2)
		put_be(&body, 0, 2);
	put_picture(&body, 20000);
	put_fill(&body, 0, 500);
	put_id3(f, version, flags, &body);
	made_free(&body);
}

static void
put_some_ape(struct made *f, int header)
{
	struct made items = { 0 }, picture = { 0 };

	put_picture(&picture, 9000);
	put_item(&items, 0, "Title", "a", 1);
	put_item(&items, 2, "Cover Art (Front)", picture.p, picture.len);
	put_ape(f, &items, 2, header);
	made_free(&items);
	made_free(&picture);
}

static void
put_lyrics(struct made *f, int version)
{
	put_text(f, "LYRICSBEGIN");
	if (version == 2)
		put_text(f, "IND0000200LYR00005la la000039LYRICS200");
	else
		put_text(f, "[00:01]la la LYRICS la\r\nLYRICSEND");
}

static void
test_tags(void)
{
	struct made file = { 0 }, want = { 0 };
	int i;

	for (i = 2; i <= 4; i++)
		put_big_id3(&file, i, 0);
	put_big_id3(&file, 4, 0x10);
	put_some_ape(&file, 1);
	put_frames(&file, &want, &mp3, 1, 5);
	gives("ID3v2.2, 2.3, 2.4, with footer, APE: all in front", &file,
	    &want);
	put_frames(&file, &want, &mp3, 1, 5);
	put_some_ape(&file, 0);
	put_lyrics(&file, 2);
	put_id3v1(&file, "t", "a", "l");
	gives("APE without header, Lyrics3v2, ID3v1 behind", &file, &want);
	put_frames(&file, &want, &mp3, 1, 5);
	put_big_id3(&file, 4, 0x10);
	put_some_ape(&file, 1);
	put_lyrics(&file, 1);
	put_id3v1(&file, "t", "a", "l");
	gives("ID3v2 with footer, APE, Lyrics3v1, ID3v1 behind", &file, &want);
	put_frames(&file, &want, &mp3, 1, 5);
	put_some_ape(&file, 0);
	put_some_ape(&file, 0);
	gives("two APE tags without headers behind", &file, &want);
	for (i = 0; i < 4; i++) {
		put_big_id3(&file, 3, 0);
		put_frames(&file, &want, &mp3, 10 * (unsigned)i, 5);
		put_lyrics(&file, 1 + i % 2);
		put_id3v1(&file, "t", "a", "l");
		put_some_ape(&file, 1);
	}
	gives("tags of all kinds between", &file, &want);
}

static void
test_hostile_tags(void)
{
	struct made file = { 0 }, want = { 0 };

	put_text(&file, "ID3\3");
	put_be(&file, 0, 2);
	put_be(&file, 0x7f7f7f7f, 4);
	put_frames(&file, &want, &mp3, 1, 8);
	gives("an ID3v2 size beyond the file is ignored", &file, &want);
	put_text(&file, "ID3\3");
	put_be(&file, 0, 2);
	put_be(&file, 0xffffffff, 4);
	put_frames(&file, &want, &mp3, 1, 8);
	gives("an ID3v2 size of all ones is ignored", &file, &want);
	put_frames(&file, &want, &mp3, 1, 8);
	put_ape_end(&file, 0x7fffffff, 1, 0);
	gives("an APE size beyond the file is ignored", &file, &want);
	put_frames(&file, &want, &mp3, 1, 8);
	put_ape_end(&file, 400 * 8, 1, 0);
	gives("an APE size that reaches over frames is ignored", &file, &want);
	put_frames(&file, &want, &mp3, 1, 8);
	put_text(&file, "LYRICSBEGIN999999LYRICS200");
	put_id3v1(&file, "t", "a", "l");
	gives("a Lyrics3 size beyond the file is ignored", &file, &want);
	/* Its size is that of the body less 19,000. */
	put_text(&file, "ID3\3");
	put_be(&file, 0, 2);
	put_seven(&file, 1000);
	put_picture(&file, 20000);
	put_frames(&file, &want, &mp3, 1, 8);
	gives("a tag's size that is too small: no frame of the picture", &file,
	    &want);
}

/* More of it than is searched through. */
static void
test_much_junk(void)
{
	struct made file = { 0 }, want = { 0 };

	put_frames(&file, &want, &mp3, 1, 6);
	put_random(&file, 3, 1500000);
	put_fill(&file, 0, 2500000);
	put_frames(&file, &want, &mp3, 7, 6);
	gives("4 MB of junk between frames", &file, &want);
	put_frames(&file, &want, &mp3, 1, 6);
	put_random(&file, 3, 2500000);
	put_fill(&file, 0, 2500000);
	put_frames(&file, NULL, &mp3, 7, 6);
	gives("5 MB of it: the end", &file, &want);
}

static void
test_junk(void)
{
	struct made file = { 0 }, want = { 0 };
	unsigned i;

	put_random(&file, 5, 200000);
	put_frames(&file, &want, &mp3, 1, 8);
	gives("200 kB of garbage in front", &file, &want);
	put_picture(&file, 60000);
	put_frames(&file, &want, &mp3, 1, 8);
	gives("a bare picture in front", &file, &want);
	for (i = 0; i < 12; i++) {
		put_frames(&file, &want, &kinds[i], 1, 6);
		put_random(&file, 9 + i, 1 + 100 * i);
		put_fill(&file, i % 2 ? 0 : 0xff, 70 * i);
		put_frames(&file, &want, &kinds[i], 7, 6);
		put_text(&file, "some text");
	}
	gives("junk between frames and behind", &file, &want);
	put_frames(&file, &want, &mp3, 1, 6);
	for (i = 0; i < 2000; i++)
		put_be(&file, mp3.header, 4);
	put_frames(&file, &want, &mp3, 7, 6);
	gives("a field of the stream's own header", &file, &want);
	/* At 48 kHz frames are as long as 96 headers. */
	put_frames(&file, &want, &kinds[1], 1, 2);
	for (i = 0; i < 2000; i++)
		put_be(&file, kinds[1].header, 4);
	put_frames(&file, &want, &kinds[1], 4, 6);
	gives("a field of headers that foretell each other", &file, &want);
	put_frames(&want, NULL, &mp3, 1, 8);
	put(&file, want.p + 100, want.len - 100);
	memmove(want.p, want.p + 417, want.len -= 417);
	gives("a file that begins in the middle of a frame", &file, &want);
}

static void
test_cuts(void)
{
	struct made file = { 0 }, want = { 0 }, got = { 0 };
	size_t cut;
	int good = 1;

	put_frames(&want, NULL, &mp3, 1, 6);
	for (cut = 1; cut < 417; cut += 13) {
		file.len = 0;
		put(&file, want.p, want.len - cut);
		read_all(&file, &got);
		/* The sixth frame has padding. */
		if (got.len != want.len - 418 ||
		    memcmp(got.p, want.p, got.len) != 0)
			good = 0;
	}
	ok(good, "a cut last frame is not given out, wherever it is cut");
	want.len = file.len = 0;
	put_frames(&file, &want, &mp3, 1, 6);
	put_frame(&file, mp3.header, 200, 7);
	put_some_ape(&file, 0);
	put_id3v1(&file, "t", "a", "l");
	gives("nor one that is cut by tags", &file, &want);
	put_frames(&file, &want, &mp3, 1, 6);
	put_frame(&file, mp3.header, 200, 7);
	put_big_id3(&file, 3, 0);
	put_frames(&file, &want, &mp3, 10, 6);
	put_frame(&file, mp3.header, 50, 7);
	put_frames(&file, &want, &kinds[6], 10, 6);
	put_frame(&file, kinds[6].header, 100, 7);
	put_id3v1(&file, "t", "a", "l");
	put_frames(&file, &want, &mp3, 20, 6);
	gives("nor one that is cut by the next file", &file, &want);
	put_frames(&file, &want, &mp3, 1, 1);
	gives("a single frame", &file, &want);
	put_random(&file, 3, 500);
	put_frames(&file, &want, &mp3, 1, 1);
	put_id3v1(&file, "t", "a", "l");
	gives("a single frame between junk and tag", &file, &want);
	put_frames(&file, &want, &kinds[9], 1, 2);
	gives("two frames of free format", &file, &want);
	made_free(&got);
}

static void
test_changes(void)
{
	struct made file = { 0 }, want = { 0 };
	unsigned i, j;

	for (i = 0; i < KINDS; i++)
		for (j = 0; j < KINDS; j++) {
			put_frames(&file, &want, &kinds[i], i, 3);
			put_frames(&file, &want, &kinds[j], j, 4);
		}
	gives("every kind of stream after every other", &file, &want);
	for (i = 0; i < KINDS - 3; i++)
		put_frames(&file, &want, &kinds[i], i, 2);
	gives("kinds that change with every second frame", &file, &want);
	put_frames(&file, &want, &mp3, 1, 1);
	put_frames(&file, &want, &kinds[1], 1, 4);
	gives("a single frame before another stream", &file, &want);
	for (i = 0; i < 5; i++) {
		struct kind k = kinds[9];

		k.len = 400 + 300 * i;
		put_frames(&file, &want, &k, i, 5);
	}
	gives("free format of different lengths", &file, &want);
}

static void
test_alive(void)
{
	struct made file = { 0 }, more = { 0 };
	const char *problem;
	struct frame f;
	struct media *m;
	size_t at;
	int fd, i, n = 0;

	put_frames(&file, NULL, &mp3, 1, 40);
	put_frames(&more, NULL, &mp3, 41, 10);
	fd = made_fd(&file);
	m = media_open(fd, &problem);
	for (i = 0; i < 40; i++)
		n += media_next(m, &f) == 1;
	is(n, 40, "frames of a file");
	is(media_next(m, &f), 0, "its end");
	if (pwrite(fd, more.p, 500, (off_t)file.len) != 500)
		return;
	is(media_next(m, &f), 1, "it grew: one frame more");
	ok(f.len == 417 && memcmp(f.data, more.p, 417) == 0,
	    "and the right one");
	is(media_next(m, &f), 0, "the next one is not whole yet");
	if (pwrite(fd, more.p, more.len, (off_t)file.len) !=
	    (ssize_t)more.len)
		return;
	for (n = 0; media_next(m, &f) == 1; n++)
		;
	is(n, 9, "it grew: the rest");
	media_close(m);
	fd = made_fd(&file);
	m = media_open(fd, &problem);
	media_next(m, &f);
	if (ftruncate(fd, 5000) == -1)
		return;
	for (n = 0; media_next(m, &f) == 1 && n < 100; n++)
		;
	ok(n < 40 && n >= 10, "a file that shrinks ends");
	is(media_next(m, &f), 0, "and stays at its end");
	media_close(m);
	media_close(NULL);
	file.len = 0;
	put_frames(&file, NULL, &mp3, 1, 4);
	put_fill(&file, 'x', 5000);
	fd = made_fd(&file);
	m = media_open(fd, &problem);
	for (n = 0; media_next(m, &f) == 1; n++)
		;
	is(n, 4, "frames before junk");
	for (at = 0; at < more.len; at += 107)
		if (pwrite(fd, more.p + at, more.len - at < 107 ?
		    more.len - at : 107, (off_t)(file.len + at)) > 0)
			n += media_next(m, &f) == 1;
	while (media_next(m, &f) == 1)
		n++;
	is(n, 14, "junk at the end of a file that grows, then frames");
	media_close(m);
	made_free(&file);
	made_free(&more);
}

static void
test_errors(void)
{
	struct made file = { 0 };
	struct media_facts facts = { 0 };
	_Atomic int stop = 1;
	const char *problem;
	int fd;

	fd = open("/", O_RDONLY);
	ok(media_probe(fd, "x.mp3", "auto", &facts, &no_tags, &problem) ==
	    MEDIA_UNREADABLE && errno == EISDIR,
	    "probe: a read error says nothing of the file");
	ok(media_survey(fd, &facts, NULL, NULL) == -1 && errno == EISDIR,
	    "survey: a read error is told");
	ok(media_open(fd, &problem) == NULL && problem != NULL,
	    "open: a read error is no file");
	ok(fcntl(fd, F_GETFD) == -1, "and the descriptor is closed");
	put_frames(&file, NULL, &mp3, 1, 40);
	fd = made_fd(&file);
	is(media_survey(fd, &facts, NULL, &stop), -1,
	    "a survey can be given up");
	is(facts.frames, 0, "and then knows nothing");
	close(fd);
	made_free(&file);
}

/* False headers in junk that foretell one another, but not for long. */
static void
test_false_runs(void)
{
	struct made file = { 0 }, want = { 0 };
	size_t start;

	put_frames(&file, &want, &mp3, 1, 6);
	put_frame(&file, 0x12345678, 700, 3);
	start = file.len;
	put_fill(&file, 'x', 2000);
	memcpy(file.p + start + 100, "\xff\xfb\x90\x44", 4);
	memcpy(file.p + start + 517, "\xff\xfb\x90\x44", 4);
	put_frames(&file, &want, &mp3, 7, 6);
	gives("two of the stream's own headers in junk", &file, &want);
	put_fill(&file, 'x', 2000);
	memcpy(file.p + 100, "\xff\xf3\x84\xc4", 4);
	memcpy(file.p + 292, "\xff\xf3\x84\xc4", 4);
	memcpy(file.p + 484, "\xff\xf3\x84\xc4", 4);
	put_frames(&file, &want, &mp3, 7, 6);
	gives("three of another's", &file, &want);
	/* The false one is as far from the second frame as it says. */
	put_frames(&file, &want, &mp3, 1, 4);
	put_fill(&file, 'x', 3);
	put_be(&file, mp3.header | 0x200, 4);
	put_frames(&file, &want, &kinds[3], 1, 6);
	gives("a header in front of another stream", &file, &want);
	put_frames(&file, &want, &kinds[0], 1, 4);
	put_fill(&file, 'x', 1);
	put_be(&file, 0xffff9244, 4);
	put_frames(&file, &want, &kinds[0], 4, 6);
	gives("a padded header four bytes before a frame without", &file,
	    &want);
}

/* What files of other kinds are, by content and by name. */
struct other {
	const char *bytes;
	size_t len;
	const char *problem;	/* if the name claims sound */
};

#define B(s)	(s), sizeof(s) - 1

static const struct other others[] = {
	{ B(""), "empty file" },
	{ B("\0\0\0\x18" "ftypM4A "), "no moov box: the recording "
	    "was not finished, or is cut" },
	{ B("RIFF\0\0\0\0AVI LIST"), "no sound stream in it" },
	{ B("RIFF\0\0\0\0WAVEfmt "), "WAV file without a format" },
	{ B("OggS\0\2"), "Ogg container: not played yet" },
	{ B("fLaC\0\0\0\x22"), "FLAC: not played yet" },
	{ B("\x1a\x45\xdf\xa3\x9f"), "Matroska container: not played yet" },
	{ B("\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
	    "ASF container: not played yet" },
	{ B("FORM\0\0\0\0AIFFCOMM"), "AIFF container: not played yet" },
	{ B("ADIF"), "AAC in ADIF: not played yet" },
	{ B("\x56\xe0\x02zz\x56\xe0\x02zz"), "AAC in LATM: not played yet" },
	{ B("\x56\xe0\x02zz\x57\xe0\x02zz"), "no MPEG audio frame found" },
	{ B("\x7f\xfe\x80\x01\xfc"), "DTS: not played yet" },
	{ B("\0\0\0\x18" "ftypavif"), "no MPEG audio frame found" },
	{ B("ID3\3\0\0\0\0\0\3abc" "fLaC\0\0\0\x22"), "FLAC: not played yet" },
	{ B("\x89PNG\r\n\x1a\n"), "no MPEG audio frame found" },
	{ B("\xff\xd8\xff\xe0\0\x10JFIF"), "no MPEG audio frame found" },
	{ B("%PDF-1.4\n"), "no MPEG audio frame found" },
	{ B("#EXTM3U\nsong.mp3\n"), "no MPEG audio frame found" },
	{ B("FILE \"a.mp3\" MP3\n  TRACK 01 AUDIO\n"),
	    "no MPEG audio frame found" },
	{ B("\xff\xfet\0e\0x\0t\0"), "no MPEG audio frame found" },
	{ B("ID3\3\0\0\0\0\0\3abc"), "no MPEG audio frame found" },
};

static void
test_others(void)
{
	struct made file = { 0 };
	struct media_facts f;
	const char *problem;
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		file.len = 0;
		put(&file, others[i].bytes, others[i].len);
		if (ok(probe(&file, "dir.x/A.MP3", &f, &problem) ==
		    MEDIA_PROBLEM && problem != NULL, "a claim of sound: %s",
		    others[i].problem))
			is_str(problem, others[i].problem, "  and why not");
		ok(probe(&file, "dir.mp3/readme", &f, &problem) ==
		    MEDIA_NONE && problem == NULL,
		    "no claim: passed over in silence");
	}
	file.len = 0;
	put_picture(&file, 60000);
	ok(probe(&file, "cover.jpg", &f, &problem) == MEDIA_NONE,
	    "a picture with false headers is a picture");
	file.len = 0;
	put_random(&file, 1, 500000);
	ok(probe(&file, "noise", &f, &problem) == MEDIA_NONE &&
	    probe(&file, "noise.mp3", &f, &problem) == MEDIA_PROBLEM,
	    "random bytes are no sound");
	made_free(&file);
}

static void
test_names(void)
{
	struct made file = { 0 };
	struct media_facts f;
	const char *problem;

	put_frames(&file, NULL, &mp3, 1, 3);
	ok(probe(&file, "x.txt", &f, &problem) == MEDIA_PLAYABLE &&
	    probe(&file, "x", &f, &problem) == MEDIA_PLAYABLE &&
	    probe(&file, ".mp3", &f, &problem) == MEDIA_PLAYABLE,
	    "three frames need no name");
	file.len = 0;
	put_random(&file, 1, 300);
	put_frames(&file, NULL, &mp3, 1, 5);
	ok(probe(&file, "x.mp3", &f, &problem) == MEDIA_PLAYABLE &&
	    probe(&file, "x.dat", &f, &problem) == MEDIA_NONE,
	    "five frames in junk need one");
	put_frames(&file, NULL, &mp3, 1, 20);
	ok(probe(&file, "x.dat", &f, &problem) == MEDIA_PLAYABLE,
	    "twenty-five do not");
	file.len = 0;
	put_fill(&file, 0, 900000);
	put_frames(&file, NULL, &mp3, 1, 20);
	ok(probe(&file, "x.mp2", &f, &problem) == MEDIA_PLAYABLE,
	    "900 kB of junk under a name that claims sound");
	ok(probe(&file, "x.bin", &f, &problem) == MEDIA_NONE,
	    "are not searched under another");
	file.len = 0;
	put_fill(&file, 0, 1100000);
	put_frames(&file, NULL, &mp3, 1, 20);
	ok(probe(&file, "x.mp3", &f, &problem) == MEDIA_PROBLEM,
	    "and more than a megabyte under none");
	made_free(&file);
}

/* Damaged in any way: frames are pieces of the file, in order. */
static int
is_subset(const struct made *file)
{
	const char *problem;
	struct media *m;
	struct frame f;
	size_t at = 0;
	const uint8_t *q;

	if ((m = media_open(made_fd(file), &problem)) == NULL)
		return 1;
	while (media_next(m, &f) == 1) {
		q = memmem(file->p + at, file->len - at, f.data, f.len);
		if (q == NULL) {
			media_close(m);
			return 0;
		}
		at = (size_t)(q - file->p) + f.len;
	}
	media_close(m);
	return 1;
}

static void
test_damage(void)
{
	struct made whole = { 0 }, file = { 0 };
	int i, j, good = 1;

	put_big_id3(&whole, 3, 0);
	put_frames(&whole, NULL, &mp3, 1, 5);
	put_frames(&whole, NULL, &kinds[9], 6, 5);
	put_some_ape(&whole, 1);
	put_frames(&whole, NULL, &kinds[7], 20, 5);
	put_lyrics(&whole, 2);
	put_id3v1(&whole, "t", "a", "l");
	for (i = 0; i < 400; i++) {
		file.len = 0;
		put(&file, whole.p, i % 2 ? whole.len :
		    random_u32() % whole.len);
		for (j = 0; j < i / 4 && file.len > 0; j++)
			file.p[random_u32() % file.len] ^=
			    (uint8_t)(1 << random_u32() % 8);
		good = good && is_subset(&file);
	}
	ok(good, "400 damaged files: frames are pieces of them, in order");
	made_free(&whole);
	made_free(&file);
}

/* CPU time, so that a busy machine does not fail it. */
static double
seconds(const struct made *file)
{
	struct made all = { 0 }, got = { 0 };
	clock_t start = clock();

	put_frames(&all, NULL, &mp3, 1, 4);
	put_file(&all, file);
	read_all(&all, &got);
	made_free(&all);
	made_free(&got);
	return (double)(clock() - start) / CLOCKS_PER_SEC;
}

static void
test_time(void)
{
	static const uint32_t words[] = { 0xffffffff, 0xfffb9000, 0xfffb0000,
		0x49443303, 0 };
	struct made file = { 0 }, part;
	size_t i, n;
	double whole, eighth, worst = 0;

	for (i = 0; i <= sizeof(words) / sizeof(words[0]); i++) {
		file.len = 0;
		if (i == sizeof(words) / sizeof(words[0]))
			put_random(&file, 99, 8 << 20);
		else
			for (n = 0; n < 2 << 20; n++)
				put_be(&file, words[i], 4);
		part = file;
		part.len /= 8;
		eighth = seconds(&part);
		whole = seconds(&file);
		if (whole / (8 * eighth + 0.5) > worst)
			worst = whole / (8 * eighth + 0.5);
	}
	/* A search that starts again for each byte is eight times as far off,
	 * and takes minutes. */
	if (!ok(worst < 3, "8 MB of anything take linear time"))
		printf("#   %f times that\n", worst);
	made_free(&file);
}

/* Calls of read and its kin so far; -1: this system does not count them. */
static long
reads_so_far(void)
{
	FILE *f = fopen("/proc/self/io", "r");
	char line[80];
	long n = -1;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "syscr: %ld", &n) == 1)
			break;
	if (f != NULL)
		fclose(f);
	return n;
}

/* The number that put_frame gave to the next frame behind so many flicks. */
static void
seeks(int fd, const struct media_index *index, int64_t flicks, unsigned want,
    const char *what)
{
	struct made frame = { 0 };
	int64_t one = flick_of_samples(1152, 44100), at;
	const char *problem;
	struct media *m = media_open(dup(fd), &problem);
	struct frame f;

	at = media_seek(m, flicks, index);
	put_frames(&frame, NULL, &mp3, want, 1);
	if (!ok(at == want * one && media_next(m, &f) == 1 &&
	    f.len == frame.len && memcmp(f.data, frame.p, f.len) == 0, "%s",
	    what))
		printf("#   at %lld, frame %f\n", (long long)at,
		    (double)at / (double)one);
	media_close(m);
	made_free(&frame);
}

static void
test_seek(void)
{
	int64_t one = flick_of_samples(1152, 44100), at;
	struct media_index *index;
	struct media_facts facts;
	struct made file = { 0 };
	const char *problem;
	struct media *m;
	struct frame f;
	long before;
	unsigned i, n = 26000;
	int fd;

	/* More than 600 s in one file, and more places than an index has. */
	put_text(&file, "ID3\4");
	put_fill(&file, 0, 6 + 10);
	file.p[9] = 10;
	put_frames(&file, NULL, &mp3, 0, n);
	fd = made_fd(&file);
	media_probe(fd, "x.mp3", "auto", &facts, &no_tags, &problem);
	is(media_survey(fd, &facts, &index, NULL), 0, "a survey");
	ok(index != NULL && index->n > MEDIA_INDEX_MAX / 2 &&
	    index->n <= MEDIA_INDEX_MAX, "%u places in 11 minutes",
	    index->n);
	for (i = 1; i < index->n; i++)
		if (llabs(index->place[i].at - index->place[i - 1].at -
		    16 * FLICK_HZ) > one)
			break;
	is(i, index->n, "each is 16 s behind the one before");
	seeks(fd, index, 0, 0, "the beginning");
	seeks(fd, index, 1, 1, "what begins there or later");
	seeks(fd, index, index->place[3].at, (unsigned)(index->place[3].at /
	    one), "a place");
	before = reads_so_far();
	seeks(fd, index, 25990 * one, 25990, "near the end");
	ok(reads_so_far() - before < 400, "reads little for that");
	seeks(fd, NULL, 2000 * one, 2000, "without an index");
	m = media_open(dup(fd), &problem);
	at = media_seek(m, MEDIA_SEEK_MAX + 1, NULL);
	is(at, 0, "but not over more than ten minutes");
	ok(media_next(m, &f) == 1, "the file plays from its beginning then");
	media_close(m);
	m = media_open(dup(fd), &problem);
	is(media_seek(m, (n + 200) * one, index), n * one,
	    "beyond the end");
	is(media_next(m, &f), 0, "nothing is there");
	media_close(m);
	free(index);
	close(fd);
	made_free(&file);
}

/* A thousand channels pay for each of them. */
static void
test_reads(void)
{
	struct made file = { 0 }, got = { 0 };
	long before, n;
	int64_t duration;
	int fd;

	put_frames(&file, NULL, &mp3, 0, 2000);
	fd = made_fd(&file);
	before = reads_so_far();
	read_fd(fd, &got, &duration);
	n = reads_so_far() - before;
	/* The window moves by four frames; the start is looked at closely. */
	if (before == -1)
		tap_skip("no /proc/self/io that counts reads");
	else if (!ok(n <= 2000 / 4 + 50, "one read for each window"))
		printf("#   %ld reads\n", n);
	made_free(&file);
	made_free(&got);
}

int
main(void)
{
	random_seed(4711);
	test_kinds();
	test_bitrate();
	test_info();
	test_tags();
	test_hostile_tags();
	test_junk();
	test_much_junk();
	test_false_runs();
	test_cuts();
	test_changes();
	test_alive();
	test_errors();
	test_others();
	test_names();
	test_damage();
	test_reads();
	test_seek();
	test_time();
	return tap_end();
}
