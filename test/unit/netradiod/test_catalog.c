/* SPDX-License-Identifier: ISC */
/* The catalogue: what comes back, and what does not when it is damaged. */
#include "catalog.h"
#include "catalog_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "library.h"
#include "playlist.h"
#include "tap.h"

#define CHANNELS	3
#define FLIPS		10000

static char dir[64] = "/tmp/test_catalog.XXXXXX";
static struct library library;
static struct channel_def defs[CHANNELS];
static struct playlist lists[CHANNELS];

static struct track
a_track(const char *path, const char *title)
{
	struct track t = { .path = strdup(path), .size = 240000,
	    .mtime_ns = 1700000000123456789, .inode = 77 };

	t.facts = (struct media_facts){ .container = "mpeg", .codec = "mp3",
	    .mpeg_version = "2.5", .sound = MEDIA_MPA, .layer = 3,
	    .rate = 11025, .channels = 2, .bitrate = 64000 };
	track_set_texts(&t, title, "An artist", "");
	t.frames = 1148;
	t.duration = 21168000000;
	t.bitrate = 63999;
	t.index = malloc(sizeof(*t.index) + 2 * sizeof(t.index->place[0]));
	t.index->n = 2;
	t.index->place[0] = (struct media_place){ 8 * FLICK_HZ + 5, 64000 };
	t.index->place[1] = (struct media_place){ 16 * FLICK_HZ + 9, 128001 };
	return t;
}

/* The two others. */
static void
make_aac(struct media_facts *f)
{
	*f = (struct media_facts){ .container = "mp4", .codec = "he-aac",
	    .sound = MEDIA_AAC, .rate = 44100, .channels = 2,
	    .samples = 2048, .config_len = 4,
	    .config = { 0x2b, 0x92, 0x08, 0x00 } };
}

static void
make_pcm(struct media_facts *f)
{
	*f = (struct media_facts){ .container = "wav", .codec = "pcm",
	    .sound = MEDIA_PCM, .rate = 48000, .channels = 1,
	    .pcm = { 3, 0, 1 } };
}

static void
build(void)
{
	static struct track tracks[CHANNELS][4], none[CHANNELS];
	static const char *bases[CHANNELS] = { "1-jazz", "news\xff", "" };
	char path[40];
	unsigned i, k;

	library.root = (char *)"/srv/radio";
	library.channels = defs;
	library.nchannels = CHANNELS;
	for (i = 0; i < CHANNELS; i++) {
		for (k = 0; k < 4; k++) {
			snprintf(path, sizeof(path), "cd%u/%u \xe9.mp3", i, k);
			tracks[i][k] = a_track(path, k == 2 ? "" :
			    "Stra\xc3\x9f" "e");
		}
		tracks[i][1].problem = strdup("MP4 container: not played");
		tracks[i][3].frames = 0;
		if (i == 1) {
			make_aac(&tracks[i][0].facts);
			make_pcm(&tracks[i][2].facts);
		}
		none[i] = a_track("cover.jpg", "");
		memset(&none[i].facts, 0, sizeof(none[i].facts));
		lists[i] = (struct playlist){ .refs = 1, .ntracks = 4,
		    .tracks = tracks[i], .nplayable = 3, .nnone = 1,
		    .none = &none[i], .charset = (char *)"auto" };
		defs[i] = (struct channel_def){ .number = i + 1,
		    .base = (char *)bases[i], .list = &lists[i] };
	}
}

/* The whole file; the caller's. */
static uint8_t *
encode(size_t *len)
{
	uint8_t *out;
	size_t i, n, at = CATALOG_HEAD;

	for (i = 0; i < CHANNELS; i++)
		at += catalog_size(&defs[i]);
	out = malloc(at);
	catalog_encode_head(&library, out);
	*len = at;
	at = CATALOG_HEAD;
	for (i = 0; i < CHANNELS; i++, at += n) {
		n = catalog_size(&defs[i]);
		catalog_encode(&defs[i], out + at, n);
	}
	return out;
}

static struct catalog *
copy_of(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	memcpy(copy, data, len);
	return catalog_new(copy, len, "/srv/radio");
}

static int
same_index(const struct media_index *a, const struct media_index *b)
{
	return a != NULL && b != NULL && a->n == b->n && memcmp(a->place,
	    b->place, a->n * sizeof(a->place[0])) == 0;
}

static int
same_facts(const struct track *a, const struct track *b)
{
	return memcmp(&a->facts, &b->facts, sizeof(a->facts)) == 0 &&
	    strcmp(a->title, b->title) == 0 &&
	    strcmp(a->artist, b->artist) == 0 &&
	    strcmp(a->album, b->album) == 0 && a->frames == b->frames &&
	    (a->frames == 0 ? a->index == NULL :
	    a->duration == b->duration && a->bitrate == b->bitrate &&
	    same_index(a->index, b->index));
}

static int
is_as_built(const struct playlist *p, size_t i)
{
	size_t k;

	if (!playlist_is_same(p, &lists[i]) || p->nplayable != 3)
		return 0;
	for (k = 0; k < 4; k++)
		if (!same_facts(&p->tracks[k], &lists[i].tracks[k]))
			return 0;
	return 1;
}

/* How many channels come back; -1: one of them is wrong. */
static int
come_back(const struct catalog *c)
{
	struct playlist *p;
	int n = 0, good;
	unsigned number;
	size_t i;

	for (i = 0; c != NULL && i < CHANNELS; i++) {
		number = catalog_number(c, defs[i].base);
		p = catalog_playlist(c, defs[i].base);
		good = number == (p == NULL ? 0 : i + 1) &&
		    (p == NULL || is_as_built(p, i));
		n += p != NULL;
		playlist_put(p);
		if (!good)
			return -1;
	}
	return n;
}

static void
test_whole(const uint8_t *data, size_t len)
{
	struct catalog *c = copy_of(data, len);

	ok(c != NULL, "read");
	is(come_back(c), CHANNELS, "all of it comes back");
	ok(catalog_playlist(c, "other") == NULL, "not what is not in");
	is(catalog_number(c, "other"), 0, "nor a number");
	catalog_free(c);
	c = catalog_new(memcpy(malloc(len), data, len), len, "/srv/other");
	ok(c == NULL, "another library's is none");
}

static void
test_cut(const uint8_t *data, size_t len)
{
	struct catalog *c;
	size_t n;
	int got, wrong = 0, last = 0;

	for (n = 0; n < len; n += n % 512 < 500 && n > 1024 ? 7 : 1) {
		c = copy_of(data, n);
		got = come_back(c);
		wrong += got == -1 || got >= CHANNELS || got < last;
		last = got;
		catalog_free(c);
	}
	is(wrong, 0, "cut anywhere: what is whole comes back, no more");
	is(last, CHANNELS - 1, "and most of it does, cut near the end");
}

static void
test_flips(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len);
	uint32_t random = 2463534242;
	struct catalog *c;
	int i, k, wrong = 0, most = 0, got;

	for (i = 0; i < FLIPS; i++) {
		memcpy(copy, data, len);
		for (k = 0; k <= i % 4; k++) {
			random ^= random << 13;
			random ^= random >> 17;
			random ^= random << 5;
			copy[random / 8 % len] ^= (uint8_t)(1 << random % 8);
		}
		c = copy_of(copy, len);
		got = come_back(c);
		wrong += got == -1;
		most += got == CHANNELS - 1;
		catalog_free(c);
	}
	free(copy);
	is(wrong, 0, "bits flipped: nothing wrong ever comes back");
	ok(most > FLIPS / 4, "and a flip costs one channel (%d)", most);
}

/* A length or count that lies, under a CRC that is right. */
static void
test_lies(const uint8_t *data, size_t len)
{
	size_t at = CATALOG_HEAD, i, n = catalog_size(&defs[0]);
	uint8_t *copy = malloc(len);
	struct catalog *c;
	struct wr w;

	for (i = 0; i < n - 8; i++) {
		memcpy(copy, data, len);
		copy[at + 8 + i] = 0xff;
		wr_init(&w, copy + at + 4, 4);
		wr_u32(&w, crc32_of(copy + at + 8, n - 8));
		c = copy_of(copy, len);
		if (c != NULL)
			playlist_put(catalog_playlist(c, "1-jazz"));
		catalog_free(c);
	}
	free(copy);
	ok(1, "lies are survived");
}

static int
lines_said(void)
{
	static off_t from;
	char text[4096];
	ssize_t n = pread(STDERR_FILENO, text, sizeof(text), from);
	int lines = 0;

	from += n > 0 ? n : 0;
	while (n > 0)
		lines += text[--n] == '\n';
	return lines;
}

static void
test_file(void)
{
	struct library empty = library;
	struct catalog_file f;
	struct catalog *c;
	char path[128], fresh[128];
	struct stat st, again;

	snprintf(path, sizeof(path), "%s/%s", dir, "catalog");
	snprintf(fresh, sizeof(fresh), "%s/catalog.new", dir);
	is(catalog_file_init(&f, dir), 0, "a directory");
	ok(catalog_file_load(dir, "/srv/radio") == NULL,
	    "no file, no catalogue");
	catalog_file_save(&f, &library, 1);
	c = catalog_file_load(dir, "/srv/radio");
	is(come_back(c), CHANNELS, "saved and loaded");
	catalog_free(c);
	stat(path, &st);
	catalog_file_save(&f, &library, 1);
	stat(path, &again);
	is(again.st_ino, st.st_ino, "not written again without a change");
	empty.nchannels = 0;
	catalog_file_save(&f, &empty, 1);
	stat(path, &again);
	is(again.st_ino, st.st_ino, "nor for a library that is not there");
	lists[0].tracks[0].frames++;
	catalog_file_save(&f, &library, 0);
	stat(path, &again);
	ok(again.st_ino != st.st_ino, "but after one");
	is(lines_said(), 0, "nothing was said");
	lists[0].tracks[0].frames++;
	mkdir(fresh, 0700);
	catalog_file_save(&f, &library, 1);
	catalog_file_save(&f, &library, 1);
	is(lines_said(), 1, "what fails is said once");
	rmdir(fresh);
	catalog_file_save(&f, &library, 1);
	is(lines_said(), 1, "and so is that it works again");
	catalog_file_done(&f);
	is(catalog_file_init(&f, "/dev/null"), -1, "what is no directory");
	catalog_file_save(&f, &library, 1);
	is(lines_said(), 0, "is not written to");
	catalog_file_done(&f);
	unlink(path);
	mkdir(path, 0700);
	ok(catalog_file_load(dir, "/srv/radio") == NULL, "a directory is none");
	rmdir(path);
}

int
main(void)
{
	uint8_t *data;
	size_t len;
	int fd;

	if (mkdtemp(dir) == NULL)
		return 1;
	/* What is logged goes to a file that is read again. */
	fd = open(dir, O_RDWR | O_TMPFILE, 0600);
	if (fd == -1 || dup2(fd, STDERR_FILENO) == -1)
		return 1;
	build();
	data = encode(&len);
	test_whole(data, len);
	test_cut(data, len);
	test_flips(data, len);
	test_lies(data, len);
	test_file();
	free(data);
	rmdir(dir);
	return tap_end();
}
