/* SPDX-License-Identifier: ISC */
#include "catalog_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "os/file.h"

#include "catalog.h"
#include "library.h"

#define NAME		"catalog"
#define FRESH		NAME ".new"
#define BYTES_MAX	(1 << 30)

struct catalog *
catalog_file_load(const char *dir, const char *root)
{
	uint8_t *data = NULL;
	char path[PATH_MAX];
	struct stat st;
	ssize_t n = -1;
	int fd;

	if (text_format(path, sizeof(path), "%s/" NAME, dir) == -1)
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    st.st_size <= BYTES_MAX &&
	    (data = malloc((size_t)st.st_size)) != NULL)
		n = file_read_at(fd, data, (size_t)st.st_size, 0);
	close(fd);
	if (n < CATALOG_HEAD) {
		free(data);
		return NULL;
	}
	return catalog_new(data, (size_t)n, root);
}

typedef int (*block_fn)(void *arg, const uint8_t *data, size_t n);

/* Give out head and blocks one after the other: 0, or -1 with errno. */
static int
each_block(const struct library *l, block_fn fn, void *arg)
{
	size_t i, size, n = l->nchannels + l->nstray;
	const struct channel_def *d;
	uint8_t head[CATALOG_HEAD], *block;
	int ret;

	catalog_encode_head(l, head);
	ret = fn(arg, head, sizeof(head));
	for (i = 0; i < n && ret == 0; i++) {
		d = i < l->nchannels ? &l->channels[i] :
		    &l->stray[i - l->nchannels];
		size = catalog_size(d);
		if ((block = malloc(size)) == NULL)
			return -1;
		catalog_encode(d, block, size);
		ret = fn(arg, block, size);
		free(block);
	}
	return ret;
}

static int
add_to_hash(void *arg, const uint8_t *data, size_t n)
{
	uint64_t *h = arg, both[2] = { *h, hash64_of(data, n) };

	*h = hash64_of(both, sizeof(both));
	return 0;
}

static int
write_block(void *arg, const uint8_t *data, size_t n)
{
	return file_write(*(int *)arg, data, n);
}

static int
save(const struct library *l, int dir, int durable)
{
	int ok, saved, fd;

	/* One that a killed run left may be another user's. */
	unlinkat(dir, FRESH, 0);
	fd = openat(dir, FRESH, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd == -1)
		return -1;
	ok = each_block(l, write_block, &fd) == 0 &&
	    (!durable || fsync(fd) == 0);
	saved = errno;
	/* It is closed, whatever close says: another thread may have the
	 * number by now. */
	if (close(fd) == 0 && ok)
		return renameat(dir, FRESH, dir, NAME);
	if (ok)
		saved = errno;
	unlinkat(dir, FRESH, 0);
	errno = saved;
	return -1;
}

int
catalog_file_init(struct catalog_file *f, const char *dir)
{
	memset(f, 0, sizeof(*f));
	f->dir = xstrdup(dir);
	f->fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return f->fd == -1 ? -1 : 0;
}

void
catalog_file_done(struct catalog_file *f)
{
	if (f->fd != -1)
		close(f->fd);
	free(f->dir);
}

void
catalog_file_save(struct catalog_file *f, const struct library *l, int durable)
{
	uint64_t hash = 0;

	if (f->fd == -1 || l->nchannels == 0 ||
	    each_block(l, add_to_hash, &hash) == -1 || hash == f->saved)
		return;
	if (save(l, f->fd, durable) == -1) {
		if (!f->is_failing)
			log_warn("cannot write %s/" NAME ": the next start "
			    "looks at every file again", f->dir);
		f->is_failing = 1;
		return;
	}
	if (f->is_failing)
		log_notice("%s/" NAME " is written again", f->dir);
	f->is_failing = 0;
	f->saved = hash;
}
