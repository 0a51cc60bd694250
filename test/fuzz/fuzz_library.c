/* SPDX-License-Identifier: ISC */
/*
 * A channel's directory with any name, any descr.txt and any playlist.m3u, as
 * the server reads it: it becomes a channel with a number and clean texts, the
 * tracks are files of the library, and reading it again changes nothing.  A
 * directory that wants the same number (2-river) is always there beside it.
 *
 *   byte 0     length of the name; then the name
 *   byte       length of descr.txt (255: of what is left, half); then that
 *   the rest   playlist.m3u; none if empty
 *
 * Answers for: src/netradiod/library.c
 */
#include <assert.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/text.h"
#include "library.h"
#include "wire/mpa.h"
#include "wire/ports.h"

#define NAME_BYTES_MAX	255
#define FRAMES		4
#define NEIGHBOUR	"2-river"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ours as long as we run: top holds a track and the library's root, in which
 * the neighbour is. */
static char top[PATH_MAX];

static const char *
in_top(const char *name)
{
	static char path[2 * PATH_MAX];

	if (text_format(path, sizeof(path), "%s/%s", top, name) == -1)
		abort();
	return path;
}

static void
put_file(const char *path, const void *data, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, data, n) != (ssize_t)n)
		abort();
	close(fd);
}

static void
remove_top(void)
{
	unlink(in_top("root/" NEIGHBOUR "/track"));
	rmdir(in_top("root/" NEIGHBOUR));
	rmdir(in_top("root"));
	unlink(in_top("track"));
	rmdir(top);
}

static void
make_top(void)
{
	static const uint8_t header[] = { 0xff, 0xfb, 0x90, 0xc4 };
	uint8_t track[FRAMES * MPA_FRAME_MAX];
	const char *tmp = getenv("TMPDIR");
	char path[PATH_MAX];
	unsigned n = 0, i;

	text_format(path, sizeof(path), "%s/netradio-fuzz.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(path) == NULL || realpath(path, top) == NULL ||
	    mkdir(in_top("root"), 0700) == -1 ||
	    mkdir(in_top("root/" NEIGHBOUR), 0700) == -1)
		abort();
	atexit(remove_top);
	for (i = 0; i < FRAMES; i++)
		n += mpa_silence(header, 417, track + n);
	put_file(in_top("track"), track, n);
	put_file(in_top("root/" NEIGHBOUR "/track"), track, n);
	log_set_level(LOG_L_ERROR);
}

static void
check_text(const char *s)
{
	char clean[1024];

	text_copy(clean, sizeof(clean), s);
	text_clean(clean);
	assert(strcmp(clean, s) == 0);
}

/* Whatever a playlist says, what plays lies in the library. */
static void
check_tracks(const struct channel_def *d)
{
	char path[2 * PATH_MAX], real[PATH_MAX];
	const char *root = in_top("root");
	size_t i, n = 0, len = strlen(root);

	for (i = 0; i < d->list->ntracks; i++) {
		if (d->list->tracks[i].problem != NULL)
			continue;
		n++;
		text_format(path, sizeof(path), "%s/%s", d->dir,
		    d->list->tracks[i].path);
		assert(realpath(path, real) != NULL);
		assert(strncmp(real, root, len) == 0 && real[len] == '/');
	}
	assert(n == d->list->nplayable);
}

static void
check_def(const struct channel_def *d, const char *name, int is_stray)
{
	assert((d->number >= 1 || is_stray) && d->number <= PORTS_CHANNEL_MAX);
	assert(strcmp(d->base, name) == 0);
	assert(d->name[0] != '\0');
	check_text(d->name);
	check_text(d->description);
	check_tracks(d);
	assert((d->list->nplayable > 0) == !is_stray);
}

/* What the last run remembers: the same number for everybody. */
static unsigned
remembered(void *arg, const char *base)
{
	(void)arg, (void)base;
	return 2;
}

static void
check(const char *name)
{
	static const struct library_options opt = { .charset = "auto" };
	const struct channel_def *d, *same;
	struct library *l, *again;

	l = library_load(in_top("root"), NULL, &opt, remembered, NULL);
	assert(l != NULL && l->nchannels + l->nstray <= 2);
	assert(library_find(l, NEIGHBOUR) != NULL);
	d = library_find(l, name);
	if (d != NULL)
		check_def(d, name, 0);
	if (l->nstray == 1)
		check_def(&l->stray[0], name, 1);
	again = library_load(in_top("root"), l, &opt, remembered, NULL);
	assert(again != NULL && again->nchannels == l->nchannels);
	if (d != NULL) {
		same = library_find(again, name);
		assert(same->number == d->number);
		assert(playlist_is_equal(same->list, d->list));
		same = library_find(l, NEIGHBOUR);
		assert(same->number != d->number);
	}
	library_put(l);
	library_put(again);
}

/* The directory that the input describes: made, looked at, removed. */
static void
with_dir(const char *name, struct rd *r)
{
	enum { TRACK, ANOTHER, DESCR, PLAYLIST, FILES };
	static const char *const names[FILES] = { "a.mp3", "b c.mp3",
	    "descr.txt", "playlist.m3u" };
	char dir[PATH_MAX], path[FILES][PATH_MAX + 16];
	size_t n;
	int i;

	text_format(dir, sizeof(dir), "%s/root/%s", top, name);
	for (i = 0; i < FILES; i++)
		text_format(path[i], sizeof(path[i]), "%s/%s", dir, names[i]);
	if (mkdir(dir, 0700) == -1 ||
	    link(in_top("track"), path[TRACK]) == -1 ||
	    link(in_top("track"), path[ANOTHER]) == -1)
		abort();
	n = rd_u8(r);
	if (n == 255)
		n = rd_left(r) / 2;
	n = n < rd_left(r) ? n : rd_left(r);
	put_file(path[DESCR], rd_bytes(r, n), n);
	if (rd_left(r) > 0)
		put_file(path[PLAYLIST], r->p, rd_left(r));
	check(name);
	for (i = 0; i < FILES; i++)
		unlink(path[i]);
	if (rmdir(dir) == -1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[NAME_BYTES_MAX + 1];
	const uint8_t *p;
	struct rd r;
	size_t n;

	if (top[0] == '\0')
		make_top();
	rd_init(&r, data, size);
	n = rd_u8(&r);
	if (n == 0 || n > NAME_BYTES_MAX || (p = rd_bytes(&r, n)) == NULL ||
	    memchr(p, '/', n) != NULL)
		return 0;
	memcpy(name, p, n);
	name[n] = '\0';
	if (strlen(name) < n || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0 || strcmp(name, NEIGHBOUR) == 0)
		return 0;
	with_dir(name, &r);
	return 0;
}
