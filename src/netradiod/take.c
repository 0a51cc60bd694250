/* SPDX-License-Identifier: ISC */
#include "take.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "library.h"
#include "os/file.h"

#define SHOWN_MAX	300	/* bytes of a path in a sentence */

/* Where the open file is, whatever links led to it: inside of root? */
static int
is_inside(int fd, const char *root)
{
	char link[64], real[PATH_MAX], top[PATH_MAX];
	ssize_t n;
	size_t k;

	text_format(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, real, sizeof(real) - 1);
	if (n <= 0 || realpath(root, top) == NULL)
		return 0;
	real[n] = '\0';
	k = strcmp(top, "/") == 0 ? 0 : strlen(top);
	return strncmp(real, top, k) == 0 && real[k] == '/';
}

/* However long the path is, the reason is there. */
static enum control_status
refuse(char *why, size_t size, const char *path, const char *reason)
{
	text_format(why, size, "%.*s%s: %s", SHOWN_MAX, path,
	    strlen(path) > SHOWN_MAX ? "..." : "", reason);
	text_clean(why);
	return CONTROL_FORBIDDEN;
}

static enum control_status
read_chunk(struct wr *w, int fd, const struct control_request *q,
    const struct stat *st, const struct channel_def *d, const char *path,
    char *why, size_t size)
{
	struct control_file file = { .size = (uint64_t)st->st_size,
	    .mtime_ns = st->st_mtim.tv_sec * NS_PER_S + st->st_mtim.tv_nsec,
	    .inode = st->st_ino };
	static const struct control_file any;
	uint8_t data[CONTROL_MAX];
	ssize_t n;

	if (!control_is_same_file(&q->file, &any) &&
	    !control_is_same_file(&q->file, &file)) {
		text_format(why, size, "%s is another file now", path);
		text_clean(why);
		return CONTROL_CHANGED;
	}
	control_put_file(w, &file);
	wr_u64(w, q->offset);
	if (q->offset >= file.size) {
		control_put_text(w, path, CONTROL_PATH_MAX - 1);
		wr_u32(w, d->number);
		return CONTROL_OK;
	}
	n = file_read_at(fd, data, wr_left(w), (int64_t)q->offset);
	if (n > 0)
		wr_bytes(w, data, (size_t)n);
	/* It is shorter than its size: it has just been cut. */
	if (n > 0)
		return CONTROL_OK;
	text_format(why, size, "%s: %s", path, n == 0 ? "was cut short" :
	    strerror(errno));
	text_clean(why);
	return n == 0 ? CONTROL_CHANGED : CONTROL_REFUSED;
}

int
take_open(const char *root, const char *dir, const char *path,
    struct stat *st, enum control_status *status, char *why, size_t size)
{
	char full[PATH_MAX];
	int fd, error;

	if (text_format(full, sizeof(full), "%s/%s", dir, path) == -1) {
		*status = refuse(why, size, path, "the path is too long");
		return -1;
	}
	fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1) {
		error = errno;
		refuse(why, size, path, strerror(error));
		*status = error == EACCES ? CONTROL_FORBIDDEN :
		    CONTROL_NOT_FOUND;
		return -1;
	}
	if (fstat(fd, st) == -1 || !S_ISREG(st->st_mode))
		*status = refuse(why, size, path, "no regular file");
	else if (!is_inside(fd, root))
		*status = refuse(why, size, path,
		    "lies outside of the library");
	else
		return fd;
	close(fd);
	return -1;
}

enum control_status
take_chunk(struct wr *w, const char *root, const struct channel_def *d,
    const char *path, const struct control_request *q, char *why, size_t size)
{
	enum control_status status;
	struct stat st;
	int fd;

	if (strlen(path) >= CONTROL_PATH_MAX)
		return refuse(why, size, path, "the path is too long to be "
		    "told");
	fd = take_open(root, d->dir, path, &st, &status, why, size);
	if (fd == -1)
		return status;
	status = read_chunk(w, fd, q, &st, d, path, why, size);
	close(fd);
	return status;
}

static void
fill_entry(struct control_entry *e, const struct channel_def *d, size_t i)
{
	const struct track *t = &d->list->tracks[i];
	int64_t duration = t->duration;

	memset(e, 0, sizeof(*e));
	e->channel = d->number;
	e->track = (uint32_t)i + 1;
	text_copy(e->name, sizeof(e->name), d->name);
	text_copy(e->path, sizeof(e->path), t->path);
	text_copy(e->container, sizeof(e->container), t->facts.container);
	text_copy(e->codec, sizeof(e->codec), t->facts.codec);
	if (t->texts != NULL) {
		text_copy(e->title, sizeof(e->title), t->title);
		text_copy(e->artist, sizeof(e->artist), t->artist);
		text_copy(e->album, sizeof(e->album), t->album);
	}
	if (t->problem != NULL)
		text_copy(e->problem, sizeof(e->problem), t->problem);
	e->rate = t->facts.rate;
	e->channels = t->facts.channels;
	e->bitrate = t->bitrate;
	e->frames = (uint64_t)t->frames;
	e->size = t->size > 0 ? (uint64_t)t->size : 0;
	e->duration_ms = duration > 0 ? flick_to_ns(duration) / NS_PER_MS :
	    -1;
}

void
take_entries(struct wr *w, const struct library *l, uint32_t revision,
    uint32_t channel, uint32_t track)
{
	uint8_t list[CONTROL_MAX];
	const struct channel_def *d = NULL;
	struct control_entry e;
	struct wr entries;
	size_t i, k = 0;

	/* First where to go on, which is known last. */
	wr_init(&entries, list, wr_left(w) - 3 * sizeof(uint32_t));
	for (i = 0; i < l->nchannels; i++) {
		d = &l->channels[i];
		if (d->number < channel)
			continue;
		k = d->number == channel && track > 0 ? track - 1 : 0;
		for (; k < d->list->ntracks; k++) {
			fill_entry(&e, d, k);
			if (control_put_entry(&entries, &e) == -1)
				goto full;
		}
	}
full:
	wr_u32(w, revision);
	wr_u32(w, i < l->nchannels ? d->number : 0);
	wr_u32(w, i < l->nchannels ? (uint32_t)k + 1 : 0);
	wr_bytes(w, list, wr_len(&entries));
}
