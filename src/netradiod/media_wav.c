/* SPDX-License-Identifier: ISC */
/*
 * WAV, and RF64 (EBU Tech 3306) which is the same beyond 4 GiB:
 *
 *   RIFF size "WAVE", or RF64 0xffffffff "WAVE"
 *     ds64       RF64: size of all(8), of data(8), ...
 *     fmt        how it sounds
 *     data       the sound
 *     LIST INFO, id3 ...
 *
 * Sizes are what a writer that did not come to its end left there, often 0 or
 * 0xffffffff: then data reaches to the end of the file.
 */
#include "media_ops.h"

#include <string.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "os/file.h"

#include "framer.h"
#include "riff.h"
#include "stream.h"
#include "tags.h"

#define CHUNKS_MAX	4096	/* in front of data */
#define FIRST		12	/* where the first chunk is */
#define FORMAT_MAX	(18 + 22 + MEDIA_CONFIG_MAX)
#define SIZE_IN_DS64	0xffffffff
#define ENDLESS		0x7ff00000

struct wav {
	int64_t off, len;	/* of the sound */
	int is_taken;
};

struct parts {
	struct riff_format format;
	int has_format;
	int64_t data_size;	/* of ds64; -1 */
	int64_t off, len;	/* of data; off 0: none */
};

static int64_t
size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == -1 ? 0 : (int64_t)st.st_size;
}

static void
read_format(struct parts *w, int fd, const struct riff_chunk *c)
{
	uint8_t p[FORMAT_MAX];
	ssize_t n = file_read_at(fd, p, c->len < FORMAT_MAX ? (size_t)c->len :
	    FORMAT_MAX, c->off);

	w->has_format = n > 0 &&
	    riff_format_decode(&w->format, p, (size_t)n) == 0;
}

static void
read_ds64(struct parts *w, int fd, const struct riff_chunk *c)
{
	uint8_t p[16];
	struct rd r;
	uint64_t low;

	if (file_read_at(fd, p, sizeof(p), c->off) < (ssize_t)sizeof(p))
		return;
	rd_init(&r, p + 8, 8);
	low = rd_u32le(&r);
	low |= (uint64_t)rd_u32le(&r) << 32;
	w->data_size = low > INT64_MAX ? INT64_MAX : (int64_t)low;
}

/* Whether another chunk can begin here. */
static int
is_chunk(int fd, int64_t off, int64_t size)
{
	struct riff_chunk c;
	int i;

	if (!riff_at(fd, off, size, &c) || c.len > size - c.off)
		return 0;
	for (i = 0; i < 4; i++)
		if (c.id[i] < 0x20 || c.id[i] > 0x7e)
			return 0;
	return 1;
}

static void
read_data(struct parts *w, int fd, const struct riff_chunk *c, int64_t size)
{
	w->off = c->off;
	w->len = c->len;
	if (c->len == SIZE_IN_DS64)
		w->len = w->data_size >= 0 ? w->data_size : INT64_MAX;
	/* Whoever writes into a pipe says 0 or some 2 GiB. */
	if (w->len > size - w->off || ((w->len == 0 || w->len >= ENDLESS) &&
	    w->data_size < 0 && !is_chunk(fd, w->off + w->len + (w->len & 1),
	    size)))
		w->len = size - w->off;
}

/* Where data ends, or where the file does. */
static int64_t
read_parts(struct parts *w, int fd, int64_t size)
{
	struct riff_chunk c;
	int64_t off = FIRST;
	int i;

	memset(w, 0, sizeof(*w));
	w->data_size = -1;
	for (i = 0; i < CHUNKS_MAX && riff_at(fd, off, size, &c); i++) {
		if (riff_is(&c, "data")) {
			read_data(w, fd, &c, size);
			return w->off + w->len + (w->len & 1);
		}
		if (riff_is(&c, "fmt "))
			read_format(w, fd, &c);
		else if (riff_is(&c, "ds64"))
			read_ds64(w, fd, &c);
		off = riff_next(&c);
	}
	return size;
}

static const struct framer *
wav_begin(void *state, int fd, struct media_facts *facts,
    const char **problem)
{
	const struct framer *framer;
	struct wav *m = state;
	struct parts w;

	read_parts(&w, fd, size_of(fd));
	*problem = "WAV file without a format";
	if (!w.has_format)
		return NULL;
	framer = riff_format_read(&w.format, facts, problem);
	if (framer != NULL && w.off == 0) {
		*problem = "WAV file without sound";
		return NULL;
	}
	m->off = w.off;
	m->len = w.len;
	return framer;
}

static int
wav_next(void *state, struct piece *p)
{
	struct wav *m = state;

	if (m->is_taken || m->len == 0)
		return 0;
	m->is_taken = 1;
	p->off = m->off;
	p->len = m->len;
	p->unit = 0;
	return 1;
}

static void
wav_rewind(void *state)
{
	((struct wav *)state)->is_taken = 0;
}

/* In front of data and behind it. */
static void
wav_tags(int fd, const char *charset, struct media_tags *t)
{
	struct media_tags behind;
	int64_t size = size_of(fd), end;
	struct parts w;

	end = read_parts(&w, fd, size);
	riff_tags_read(fd, charset, FIRST, w.off > 8 ? w.off - 8 : size, t);
	riff_tags_read(fd, charset, end, size, &behind);
	tags_merge(t, &behind);
}

const struct media_ops media_wav_ops = {
	"wav", sizeof(struct wav), wav_begin, wav_next, wav_rewind, NULL,
	wav_tags
};
