/* SPDX-License-Identifier: ISC */
#include "stream.h"

#include <stddef.h>

#include "os/file.h"

#define BYTES_MAX	(INT64_C(1) << 50)	/* more are not believed */

static void
begin(struct stream *s)
{
	s->rewind(s->state);
	s->tail = 0;
	s->n = 0;
}

/* Take one piece more: 1; 0: there is none. */
static int
advance(struct stream *s)
{
	unsigned i = s->n % STREAM_KEPT;
	struct piece p;

	if (s->tail == s->size || s->tail > BYTES_MAX ||
	    !s->next(s->state, &p)) {
		s->size = s->tail;
		return 0;
	}
	s->kept[i].at = s->tail;
	s->kept[i].off = p.off;
	s->kept[i].len = p.len;
	s->tail += p.len;
	s->n++;
	return 1;
}

static int
is_forgotten(const struct stream *s, int64_t at)
{
	return s->n > STREAM_KEPT && at < s->kept[s->n % STREAM_KEPT].at;
}

/* The kept piece that holds the byte at, or -1: the end. */
static int
find(struct stream *s, int64_t at)
{
	unsigned i, k;

	if (is_forgotten(s, at)) {
		if (s->rewinds++ == STREAM_REWINDS)
			return -1;
		begin(s);
	}
	while (at >= s->tail)
		if (!advance(s))
			return -1;
	for (i = s->n; i > 0; i--) {
		k = (i - 1) % STREAM_KEPT;
		if (at >= s->kept[k].at)
			return (int)k;
	}
	return -1;
}

static ssize_t
stream_read(struct window_source *source, void *buf, size_t n, int64_t off)
{
	struct stream *s = (struct stream *)source;
	size_t done, want;
	int64_t in;
	ssize_t got;
	int k;

	for (done = 0; done < n; done += (size_t)got) {
		if ((k = find(s, off + (int64_t)done)) == -1)
			break;
		in = off + (int64_t)done - s->kept[k].at;
		want = n - done;
		if ((int64_t)want > s->kept[k].len - in)
			want = (size_t)(s->kept[k].len - in);
		got = file_read_at(s->fd, (uint8_t *)buf + done, want,
		    s->kept[k].off + in);
		if (got <= 0)
			return got == 0 ? (ssize_t)done : -1;
	}
	return (ssize_t)done;
}

static int64_t
stream_size(struct window_source *source)
{
	return ((struct stream *)source)->size;
}

void
stream_init(struct stream *s, int fd, int (*next)(void *, struct piece *),
    void (*rewind)(void *), void *state)
{
	s->source.read = stream_read;
	s->source.size = stream_size;
	s->fd = fd;
	s->next = next;
	s->rewind = rewind;
	s->state = state;
	s->size = INT64_MAX;
	stream_restart(s);
}

void
stream_restart(struct stream *s)
{
	begin(s);
	s->rewinds = 0;
}
