/* SPDX-License-Identifier: ISC */
#include "window.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "os/file.h"

void
window_init(struct window *w, int fd)
{
	w->fd = fd;
	w->source = NULL;
	w->error = 0;
	w->full = 0;
	w->off = 0;
	w->len = 0;
}

void
window_init_source(struct window *w, struct window_source *source)
{
	window_init(w, -1);
	w->source = source;
}

static size_t
read_at(struct window *w, void *buf, size_t n, int64_t off)
{
	ssize_t got;

	got = w->source != NULL ? w->source->read(w->source, buf, n, off) :
	    file_read_at(w->fd, buf, n, off);
	if (got == -1) {
		w->error = errno;
		return 0;
	}
	return (size_t)got;
}

static int
is_inside(const struct window *w, int64_t off)
{
	return off >= w->off && off - w->off <= (int64_t)w->len;
}

size_t
window_view(struct window *w, int64_t off, size_t want, const uint8_t **p)
{
	size_t skip = 0, kept = 0;

	assert(want <= sizeof(w->buf) && off >= 0);
	if (is_inside(w, off)) {
		skip = (size_t)(off - w->off);
		kept = w->len - skip;
	}
	if (kept < want) {
		if (kept > 0)
			memmove(w->buf, w->buf + skip, kept);
		skip = 0;
		w->off = off;
		w->len = kept + read_at(w, w->buf + kept,
		    sizeof(w->buf) - kept, off + (int64_t)kept);
		kept = w->len;
	}
	*p = w->buf + skip;
	return kept;
}

size_t
window_held(const struct window *w, int64_t off, const uint8_t **p)
{
	if (!is_inside(w, off))
		return 0;
	*p = w->buf + (off - w->off);
	return w->len - (size_t)(off - w->off);
}

size_t
window_peek(struct window *w, int64_t off, void *buf, size_t n)
{
	uint8_t *dst = buf;
	size_t kept = 0;

	assert(off >= 0);
	/* Nothing is there to be kept: what comes next may be asked, too. */
	if (w->len == 0) {
		w->off = off;
		w->len = read_at(w, w->buf, sizeof(w->buf), off);
	}
	if (is_inside(w, off)) {
		kept = w->len - (size_t)(off - w->off);
		if (kept > n)
			kept = n;
		memcpy(dst, w->buf + (off - w->off), kept);
	}
	if (kept < n)
		kept += read_at(w, dst + kept, n - kept, off + (int64_t)kept);
	memset(dst + kept, 0, n - kept);
	return kept;
}

size_t
window_frame(struct window *w, int64_t off, size_t want, uint8_t **big,
    size_t most, const uint8_t **p)
{
	assert(want <= most);
	if (want <= sizeof(w->buf))
		return window_view(w, off, want, p);
	if (*big == NULL && (*big = malloc(most)) == NULL) {
		w->error = ENOMEM;
		return 0;
	}
	*p = *big;
	return window_peek(w, off, *big, want);
}

int64_t
window_data(struct window *w, int64_t off, int64_t end)
{
	/* Only what is no zero can be looked at without asking. */
	if (w->source != NULL || off < w->full ||
	    (is_inside(w, off) && off - w->off < (int64_t)w->len &&
	    w->buf[off - w->off] != 0))
		return off;
	return file_data_at(w->fd, off, end, &w->full);
}

int64_t
window_file_size(struct window *w)
{
	struct stat st;

	if (w->source != NULL)
		return w->source->size(w->source);
	if (fstat(w->fd, &st) == -1) {
		w->error = errno;
		return 0;
	}
	return (int64_t)st.st_size;
}
