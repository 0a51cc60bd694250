/* SPDX-License-Identifier: ISC */
/*
 * MPEG audio: frames one behind the other, with anything in between; a file of
 * its own, or what a container holds.
 *
 * A sync word proves nothing: pictures, texts and the frames themselves are
 * full of them.  What proves a frame is what stands where it says that it
 * ends.  The reader is in one of two states:
 *
 * in step   it stands where the frame or tag before ended.  A header here
 *           was foretold, so one witness is enough: a header alike, a tag or
 *           the end of the file behind the frame.  Without a witness the frame
 *           was cut if another one begins inside it, else whole with junk
 *           behind it.
 * searching the position says nothing, so several consecutive headers are
 *           demanded: fewer if they are like the frames before.
 *
 * Nothing is remembered that would need more than one pass, and every byte is
 * looked at a bounded number of times.
 */
#include "framer.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/mpa.h"

#include "stream.h"
#include "tagspan.h"

#define RUN_LIKE	2	/* frames in a row to find our stream again */
#define RUN_NEW		3	/* to believe in another one */
#define RUN_STRICT	8	/* if the file's name claims nothing */

/* Bytes outside tags that are searched for the first frame. */
#define JUNK_CLAIMED	(1 << 20)
#define JUNK_STRICT	(64 << 10)
/* A tag among them counts so much: to know it costs the same for any size. */
#define JUNK_TAG	1024
/* And a place where a frame only seemed to be: how far it was looked into. */
#define JUNK_LOST	64

/*
 * To learn a free format frame's length up to MPA_FRAME_MAX bytes are
 * searched.  That is paid from a credit which grows with every byte passed,
 * or a field of false headers would cost that much for each of them.
 */
#define CREDIT_PER_BYTE	32
#define CREDIT_MAX	(1 << 20)
#define CREDIT_WITNESS	64	/* of each header compared */

/* So many headers inside of a frame are no chance. */
#define INNER_MAX	8

/* The search keeps so much behind a candidate in the window. */
#define LOOKAHEAD	2048
/* Bytes looked through at a time inside a frame. */
#define SCAN_SIZE	256

struct mpa_file {
	int64_t off;		/* next byte neither given out nor passed */
	int in_step;		/* off is where something known ended */
	int strict;		/* demand RUN_STRICT of the first frame */
	int known;		/* the next three are set */
	uint8_t head[MPA_HEADER_SIZE];	/* of the frame before */
	struct mpa last;	/* the same, decoded */
	unsigned free_len;	/* free format: length without padding; 0 */
	int64_t size;		/* of the file when last asked */
	int64_t end;		/* where its last tags begin; size: none */
	int64_t hold;		/* first header that the file's end left open
				 * in the last search; -1 */
	int64_t junk_left;	/* that may still come before a frame */
	int64_t credit;
	uint8_t *big;		/* for a frame that the window does not hold */
	struct window w;
};

/* A frame's place and header. */
struct place {
	int64_t off;
	uint8_t head[MPA_HEADER_SIZE];
	struct mpa h;
	unsigned len;		/* 0 until told, for free format */
};

/* What stands where a frame ends. */
enum witness {
	W_FRAME,		/* a header alike */
	W_OTHER,		/* a header of another stream */
	W_END,			/* a tag, or exactly the end */
	W_CUT,			/* nothing: the frame is longer than the file */
	W_JUNK
};

/*
 * Ask for the file's size again, and if it changed where its tags at the end
 * begin.  Tags that would reach back over what was already played are none.
 */
static void
find_end(struct mpa_file *m)
{
	int64_t size = window_file_size(&m->w);

	if (size == m->size)
		return;
	m->size = size;
	/* Inside of a container tags are found where they stand. */
	m->end = m->w.source != NULL ? size : tagspan_tail(&m->w, size);
	if (m->end < m->off)
		m->end = size;
}

static int
header_at(struct mpa_file *m, int64_t off, struct place *p)
{
	p->off = off;
	if (off + MPA_HEADER_SIZE > m->end)
		find_end(m);
	if (off + MPA_HEADER_SIZE > m->end)
		return -1;
	if (window_peek(&m->w, off, p->head, sizeof(p->head)) <
	    sizeof(p->head)) {
		find_end(m);	/* which only now may be known */
		return -1;
	}
	if (mpa_decode(&p->h, p->head) == -1)
		return -1;
	p->len = p->h.length;
	return 0;
}

static void
earn(struct mpa_file *m, size_t bytes)
{
	m->credit += (int64_t)bytes * CREDIT_PER_BYTE;
	if (m->credit > CREDIT_MAX)
		m->credit = CREDIT_MAX;
}

static unsigned
padding_of(const struct mpa *h)
{
	return !h->padding ? 0 : h->layer == 1 ? 4 : 1;
}

/* Whether all is equal that does not change inside of one stream. */
static int
is_same(const uint8_t *a, const uint8_t *b)
{
	return a[0] == b[0] && a[1] == b[1] && ((a[2] ^ b[2]) & 0x0c) == 0 &&
	    (a[2] >> 4 == 0) == (b[2] >> 4 == 0) &&
	    (a[3] >> 6 == 3) == (b[3] >> 6 == 3) &&
	    ((a[3] ^ b[3]) & 0x0f) == 0;
}

static int
is_tag_or_end(struct mpa_file *m, int64_t off)
{
	uint8_t p[TAGSPAN_MAGIC];

	return off == m->end ||
	    tagspan_magic(p, window_peek(&m->w, off, p, sizeof(p))) !=
	    TAGSPAN_NONE;
}

/* The first header like head in n bytes; n: none. */
static unsigned
find_header(const uint8_t *p, unsigned n, const uint8_t *head)
{
	const uint8_t *q;
	unsigned i;

	for (i = 0; i + MPA_HEADER_SIZE <= n; i++) {
		q = memchr(p + i, 0xff, n - i - MPA_HEADER_SIZE + 1);
		if (q == NULL)
			break;
		if (is_same(q, head))
			return (unsigned)(q - p);
		i = (unsigned)(q - p);
	}
	return n;
}

/* The first header of p's stream behind off inside of p; 0: none. */
static unsigned
inner_header(struct mpa_file *m, const struct place *p, unsigned off)
{
	uint8_t buf[SCAN_SIZE];
	const uint8_t *piece;
	unsigned at, n, i;
	size_t held;

	/* In pieces: this runs in threads whose stacks shall stay small. */
	for (at = off + 1; at + MPA_HEADER_SIZE <= p->len;
	    at += n - MPA_HEADER_SIZE + 1) {
		held = window_held(&m->w, p->off + at, &piece);
		if (held < MPA_HEADER_SIZE) {
			piece = buf;
			held = window_peek(&m->w, p->off + at, buf,
			    sizeof(buf));
		}
		n = p->len - at < held ? p->len - at : (unsigned)held;
		if (n < MPA_HEADER_SIZE)
			break;
		if ((i = find_header(piece, n, p->head)) < n)
			return at + i;
	}
	return 0;
}

/*
 * Free format: the length without padding, from the distance to the next
 * header like this one which itself has a witness at that distance.  0: none.
 */
static unsigned
learn_length(struct mpa_file *m, const struct place *p)
{
	uint8_t buf[MPA_FRAME_MAX + MPA_HEADER_SIZE];
	unsigned base, least = MPA_HEADER_SIZE + mpa_side_size(&p->h) + 8;
	struct place next, third;
	int64_t end;
	size_t n, i;

	if (m->credit < (int64_t)sizeof(buf))
		return 0;
	n = window_peek(&m->w, p->off, buf, sizeof(buf));
	for (i = MPA_HEADER_SIZE; i + MPA_HEADER_SIZE <= n; i++) {
		m->credit--;
		if (buf[i] != 0xff || !is_same(buf + i, p->head))
			continue;
		/* One of a field of false headers, all too near. */
		if (i < least)
			return 0;
		if (header_at(m, p->off + (int64_t)i, &next) == -1)
			continue;
		m->credit -= CREDIT_WITNESS;
		base = (unsigned)i - padding_of(&p->h);
		next.len = base + padding_of(&next.h);
		if (next.len > MPA_FRAME_MAX)
			return 0;
		end = next.off + next.len;
		if ((header_at(m, end, &third) == 0 ?
		    is_same(third.head, p->head) : is_tag_or_end(m, end)) &&
		    inner_header(m, &next, 0) == 0)
			return base;
	}
	return 0;
}

/* See to it that p->len is set; *base is the free format length known so far
 * (0: learn it).  -1: it cannot be told. */
static int
tell_length(struct mpa_file *m, struct place *p, unsigned *base)
{
	if (p->len != 0)
		return 0;
	if (*base == 0 && (*base = learn_length(m, p)) == 0)
		return -1;
	p->len = *base + padding_of(&p->h);
	return p->len <= MPA_FRAME_MAX ? 0 : -1;
}

/* What stands where p ends; *next is set if it is a header. */
static enum witness
witness_of(struct mpa_file *m, const struct place *p, struct place *next)
{
	int64_t at = p->off + p->len;

	if (header_at(m, at, next) == 0)
		return mpa_is_alike(&p->h, &next->h) ? W_FRAME : W_OTHER;
	if (at > m->end)
		return W_CUT;
	return is_tag_or_end(m, at) ? W_END : W_JUNK;
}

/*
 * Count the frames one behind the other from first on, up to want.  Only
 * whole ones with a witness count; *end is the last one's, *next set as by
 * witness_of().
 */
static unsigned
count_run(struct mpa_file *m, const struct place *first, unsigned want,
    enum witness *end, struct place *next)
{
	struct place p = *first;
	unsigned n, base = 0;

	*end = W_JUNK;
	for (n = 0; n < want; p = *next) {
		if (tell_length(m, &p, &base) == -1)
			break;
		*end = witness_of(m, &p, next);
		if (*end == W_CUT || *end == W_JUNK)
			break;
		n++;
		if (*end != W_FRAME)
			break;
	}
	return n;
}

/* One frame with a witness of its own stream. */
static int
is_start(struct mpa_file *m, const struct place *p)
{
	struct place next;
	enum witness end;

	return count_run(m, p, 1, &end, &next) == 1 && end != W_OTHER;
}

/* For the first frame of a file whose name claims nothing. */
static int
is_strict_start(struct mpa_file *m, const struct place *p)
{
	struct place next;
	enum witness end;
	unsigned n = count_run(m, p, RUN_STRICT, &end, &next);

	return n == RUN_STRICT || (n > 0 && end == W_END) ||
	    n >= RUN_STRICT / 2;
}

/*
 * Whether another header of the same stream stands inside of the frame, which
 * by chance is rare: the frame was cut, or is a piece of a field of false
 * headers.  If sure, only a header with a witness counts, or many without.
 */
static int
holds_header(struct mpa_file *m, const struct place *p, int sure)
{
	struct place inner;
	unsigned at = 0, n;

	for (n = 0; (at = inner_header(m, p, at)) != 0; n++)
		if (!sure || n == INNER_MAX ||
		    (header_at(m, p->off + at, &inner) == 0 &&
		    is_start(m, &inner)))
			return 1;
	return 0;
}

/* Enough frames in a row to believe in a place that nothing foretold. */
static int
is_sync(struct mpa_file *m, const struct place *p)
{
	int same = m->known && is_same(p->head, m->head);
	unsigned n, want = same ? RUN_LIKE : RUN_NEW;
	struct place next;
	enum witness end;

	if (!m->known && m->strict)
		want = RUN_STRICT;
	n = count_run(m, p, want, &end, &next);
	if (n == want)
		return 1;
	if (end == W_CUT && m->hold == -1)
		m->hold = p->off;
	if (!m->known && m->strict)
		return 0;
	switch (end) {
	case W_END:
		return n >= 2 || same || !m->known;
	case W_OTHER:
		return n >= 2 && is_start(m, &next);
	case W_CUT:
		return n >= (same ? 1 : 2);
	default:
		return 0;
	}
}

/* The same for a tag: something that we know stands behind it.  In a frame
 * without a witness its magic word and a size that is possible will do. */
static int
is_sure_tag(struct mpa_file *m, int64_t off, int in_frame)
{
	struct place p;
	int64_t len = tagspan_at(&m->w, off, m->size, NULL);

	if (len == 0 || in_frame)
		return len > 0;
	if (header_at(m, off + len, &p) == 0)
		return is_start(m, &p);
	return off + len == m->size || is_tag_or_end(m, off + len);
}

/* How many of n bytes can begin nothing that is_found() knows. */
static size_t
dull(const uint8_t *p, size_t n)
{
	static const uint8_t begins[256] = {
		[0xff] = 1, ['I'] = 1, ['A'] = 1, ['T'] = 1, ['L'] = 1
	};
	size_t i;

	for (i = 0; i < n && !begins[p[i]]; i++)
		;
	return i;
}

static int
is_found(struct mpa_file *m, int64_t off, const uint8_t *p, size_t n,
    int in_frame)
{
	struct place c;

	switch (p[0]) {
	case 0xff:
		return n > 1 && (p[1] & 0xe0) == 0xe0 &&
		    header_at(m, off, &c) == 0 && is_sync(m, &c);
	case 'I':
	case 'A':
	case 'T':
		return tagspan_magic(p, n) != TAGSPAN_NONE &&
		    is_sure_tag(m, off, in_frame);
	case 'L':	/* long to measure, so not in junk */
		return in_frame && tagspan_magic(p, n) != TAGSPAN_NONE &&
		    is_sure_tag(m, off, in_frame);
	default:
		return 0;
	}
}

/*
 * Look for a frame or tag in [from, stop), junk or a doubtful frame.  1 and
 * its place in *at; else 0 and in *at how far was searched.
 */
static int
search(struct mpa_file *m, int64_t from, int64_t stop, int in_frame,
    int64_t *at)
{
	const uint8_t *p;
	size_t got, n, i, over;

	m->hold = -1;
	for (*at = from; *at < stop; *at += (int64_t)n) {
		*at = window_data(&m->w, *at, stop);
		/* What is_found() reads beyond does not move the window. */
		got = window_view(&m->w, *at, LOOKAHEAD + 1, &p);
		if (got == 0)
			return 0;
		n = got > LOOKAHEAD ? got - LOOKAHEAD : got;
		if ((int64_t)n > stop - *at)
			n = (size_t)(stop - *at);
		for (i = 0;; i++) {
			over = dull(p + i, n - i);
			i += over;
			earn(m, over + 1);
			if (i == n)
				break;
			if (!is_found(m, *at + (int64_t)i, p + i, got - i,
			    in_frame))
				continue;
			*at += (int64_t)i;
			return 1;
		}
	}
	return 0;
}

enum here {
	HERE_FRAME,
	HERE_MOVED,		/* m->off stands at something else now */
	HERE_LOST,		/* nothing known: search */
	HERE_END		/* of the file as it is now */
};

/*
 * A frame without a witness.  If another one or a tag begins inside, it was
 * cut.  Else it is whole and junk follows, provided that the frame before
 * foretold it; but not if it looks like a piece of a field of false headers.
 */
static enum here
look_doubtful(struct mpa_file *m, const struct place *p, enum witness w)
{
	int64_t at, stop = p->off + p->len;

	if (stop > m->end)
		stop = m->end;
	if (search(m, p->off + 1, stop, 1, &at)) {
		m->off = at;
		return HERE_MOVED;
	}
	if (w == W_CUT) {
		if (m->end == m->size)
			return HERE_END;
		m->off = m->end;
		return HERE_MOVED;
	}
	if (!m->known || !mpa_is_alike(&m->last, &p->h) ||
	    holds_header(m, p, 0))
		return HERE_LOST;
	return HERE_FRAME;
}

/* Whether another free format stream begins at p; sets its length. */
static int
is_new_length(struct mpa_file *m, struct place *p)
{
	struct place q = *p, next;
	enum witness end;
	unsigned n, base = 0;

	q.len = 0;
	n = count_run(m, &q, RUN_NEW, &end, &next);
	if (n < RUN_NEW && (n < 2 || end != W_END))
		return 0;
	if (tell_length(m, &q, &base) == -1)
		return 0;
	p->len = q.len;
	return 1;
}

static enum here
look_frame(struct mpa_file *m, struct place *p)
{
	unsigned base = 0;
	const uint8_t *data;
	struct place next;
	enum witness w;

	if (!m->known && m->strict && !is_strict_start(m, p))
		return HERE_LOST;
	if (m->known && is_same(m->head, p->head))
		base = m->free_len;
	if (tell_length(m, p, &base) == -1)
		return HERE_LOST;
	/* All that is looked at is read at once. */
	if (p->len + TAGSPAN_MAGIC <= WINDOW_SIZE)
		window_view(&m->w, p->off, p->len + TAGSPAN_MAGIC, &data);
	w = witness_of(m, p, &next);
	if (w == W_FRAME || w == W_END || (w == W_OTHER && is_start(m, &next)))
		return holds_header(m, p, 1) ? HERE_LOST : HERE_FRAME;
	if (p->h.bitrate == 0 && is_new_length(m, p))
		return HERE_FRAME;
	return look_doubtful(m, p, w);
}

/* What stands at m->off, where something known ended. */
static enum here
look(struct mpa_file *m, struct place *p)
{
	int64_t len;

	if (header_at(m, m->off, p) == 0)
		return look_frame(m, p);
	find_end(m);
	if (m->off >= m->size)
		return HERE_END;
	if (m->off == m->end) {
		m->off = m->size;
		return HERE_MOVED;
	}
	if ((len = tagspan_at(&m->w, m->off, m->size, NULL)) == 0)
		return HERE_LOST;
	m->off += len;
	m->junk_left -= JUNK_TAG;
	return HERE_MOVED;
}

/* Search from m->off on: 1, now in step; 0: the end, or enough junk. */
static int
resync(struct mpa_file *m)
{
	int64_t at, stop;
	int found;

	find_end(m);
	stop = m->end;
	if (stop - m->off > m->junk_left)
		stop = m->off + m->junk_left;
	found = search(m, m->off, stop, 0, &at);
	m->junk_left -= at - m->off;
	if (found || (at == m->end && m->end < m->size)) {
		m->off = at;
		m->in_step = 1;
		return 1;
	}
	/* The file may grow: what its end left open is looked at again. */
	if (m->hold != -1)
		m->off = m->hold;
	else if (at - TAGSPAN_MAGIC > m->off)
		m->off = at - TAGSPAN_MAGIC;
	return 0;
}

static void
pass(struct mpa_file *m, const struct place *p)
{
	m->off = p->off + p->len;
	m->known = 1;
	m->last = p->h;
	memcpy(m->head, p->head, sizeof(m->head));
	m->free_len = p->h.bitrate == 0 ? p->len - padding_of(&p->h) : 0;
	earn(m, p->len);
}

/*
 * Go to the next frame that is sound: 1 with its place and bytes, 0 at the
 * end, -1 with errno.
 */
static int
advance(struct mpa_file *m, struct place *p, const uint8_t **data)
{
	for (;;) {
		if (m->junk_left <= 0 || (!m->in_step && !resync(m)))
			break;
		switch (look(m, p)) {
		case HERE_FRAME:
			if (window_frame(&m->w, p->off, p->len, &m->big,
			    MPA_FRAME_MAX, data) < p->len)
				goto end;	/* it shrank just now */
			if (!mpa_is_info(&p->h, *data, p->len))
				return 1;
			pass(m, p);
			m->junk_left -= p->len;
			break;
		case HERE_LOST:
			m->in_step = 0;
			m->off++;
			m->junk_left -= JUNK_LOST;
			break;
		case HERE_MOVED:
			break;
		case HERE_END:
			goto end;
		}
	}
end:
	if (m->w.error == 0)
		return 0;
	errno = m->w.error;
	m->w.error = 0;
	return -1;
}

static void *
mpa_open(const struct framing *in)
{
	struct mpa_file *m;

	if ((m = malloc(sizeof(*m))) == NULL)
		return NULL;
	memset(m, 0, offsetof(struct mpa_file, w));
	m->in_step = 1;
	m->credit = CREDIT_MAX;
	m->junk_left = JUNK_CLAIMED;
	if (in->stream != NULL)
		window_init_source(&m->w, &in->stream->source);
	else
		window_init(&m->w, in->fd);
	return m;
}

static int
mpa_first(void *reader)
{
	struct mpa_file *m = reader;
	struct place p;
	const uint8_t *data;
	int r;

	r = advance(m, &p, &data);
	m->junk_left = FRAMER_JUNK_MAX;
	return r;
}

static int
mpa_next(void *reader, struct frame *f)
{
	struct mpa_file *m = reader;
	struct place p;
	int r;

	if ((r = advance(m, &p, &f->data)) != 1)
		return r;
	f->len = p.len;
	f->samples = p.h.samples;
	f->rate = p.h.rate;
	pass(m, &p);
	m->junk_left = FRAMER_JUNK_MAX;
	return 1;
}

static void
mpa_close(void *reader)
{
	struct mpa_file *m = reader;

	free(m->big);
	free(m);
}

static int64_t
mpa_tell(const void *reader)
{
	return ((const struct mpa_file *)reader)->off;
}

static void
mpa_go(void *reader, int64_t off)
{
	struct mpa_file *m = reader;

	m->off = off;
	m->in_step = 1;
}

static const char *
version_name(enum mpa_version v)
{
	return v == MPA_V1 ? "1" : v == MPA_V2 ? "2" : "2.5";
}

void
framer_mpa_facts(struct media_facts *f, const struct mpa *m, size_t len)
{
	text_format(f->codec, sizeof(f->codec), "mp%u", m->layer);
	text_copy(f->mpeg_version, sizeof(f->mpeg_version),
	    version_name(m->version));
	f->sound = MEDIA_MPA;
	f->layer = m->layer;
	f->rate = m->rate;
	f->channels = m->channels;
	f->bitrate = m->bitrate;
	if (m->bitrate == 0)
		f->bitrate = (uint32_t)((uint64_t)len * 8 * m->rate /
		    m->samples);
}

static int
mpa_probe(const struct framing *in, int claims, struct media_facts *facts)
{
	struct mpa_file *m;
	struct place p;
	const uint8_t *data;
	int found, saved;

	if ((m = mpa_open(in)) == NULL)
		return -1;
	m->strict = !claims;
	m->junk_left = claims ? JUNK_CLAIMED : JUNK_STRICT;
	if ((found = advance(m, &p, &data)) == 1)
		framer_mpa_facts(facts, &p.h, p.len);
	saved = errno;
	mpa_close(m);
	errno = saved;
	return found;
}

const struct framer framer_mpa = {
	"no MPEG audio frame found", mpa_probe, mpa_open, mpa_first,
	mpa_next, mpa_close, mpa_tell, mpa_go, NULL, NULL
};
