/* SPDX-License-Identifier: ISC */
/*
 * AAC in ADTS: frames one behind the other, each with a header, perhaps with
 * junk or tags in between; a file of its own, or what a container holds.
 *
 * A header is believed if another one alike, a tag or the end stands where it
 * says that its frame ends; in the middle of nowhere two in a row have to.
 * Where another rate or other channels begin the sound is over: it has one
 * description.  The access unit is what stands behind the header.  A frame of
 * several raw data blocks is one unit: where they begin only a decoder finds.
 */
#include "framer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "os/file.h"
#include "wire/aac.h"

#include "stream.h"
#include "tagspan.h"

#define JUNK_MAX	(1 << 20)	/* bytes searched for the first */
#define JUNK_TAG	1024		/* what a tag counts for in it */
#define STEP		1024		/* bytes searched at a time */
#define SAMPLES		1024		/* of a raw data block */

struct adts_file {
	struct window w;
	int64_t off;		/* of what comes next */
	int in_step;		/* off is where something known ended */
	int known;
	int is_over;		/* another sound begins at off */
	int64_t junk_left;	/* that may still come before a frame */
	struct adts last;
	uint8_t *big;		/* for frames that the window does not hold */
};

static int
header_at(struct adts_file *m, int64_t off, struct adts *a)
{
	uint8_t p[ADTS_HEADER_SIZE];

	return window_peek(&m->w, off, p, sizeof(p)) == sizeof(p) &&
	    adts_decode(a, p) == 0;
}

/* What stands at off is a tag, or nothing: the end. */
static int
is_tag_or_end(struct adts_file *m, int64_t off)
{
	uint8_t p[TAGSPAN_MAGIC];
	size_t n = window_peek(&m->w, off, p, sizeof(p));

	return (n == 0 && off == window_file_size(&m->w)) ||
	    tagspan_magic(p, n) != TAGSPAN_NONE;
}

/* Whether so many frames stand one behind the other from off on. */
static int
is_run(struct adts_file *m, int64_t off, const struct adts *first, int want)
{
	struct adts a = *first, next;

	for (; want > 0; want--, a = next) {
		off += a.length;
		if (is_tag_or_end(m, off))
			return 1;
		if (!header_at(m, off, &next) || !adts_is_alike(first, &next))
			return 0;
	}
	return 1;
}

/* Whether all of a frame is there. */
static int
is_whole(struct adts_file *m, int64_t off, const struct adts *a)
{
	uint8_t last;

	return window_peek(&m->w, off + a->length - 1, &last, 1) == 1;
}

/* Whether another frame begins inside of this one: then it was cut. */
static int
holds_frame(struct adts_file *m, const struct adts *a)
{
	uint8_t p[STEP];
	unsigned at, n, i;
	struct adts b;

	for (at = 1; at < a->length; at += n - ADTS_HEADER_SIZE + 1) {
		n = (unsigned)window_peek(&m->w, m->off + at, p, sizeof(p));
		if (n < ADTS_HEADER_SIZE)
			break;
		for (i = 0; i + ADTS_HEADER_SIZE <= n && at + i < a->length;
		    i++)
			if (p[i] == 0xff && adts_decode(&b, p + i) == 0 &&
			    adts_is_alike(a, &b) &&
			    is_run(m, m->off + at + i, &b, 2))
				return 1;
	}
	return 0;
}

static int
is_like_last(const struct adts_file *m, const struct adts *a)
{
	return !m->known || adts_is_alike(&m->last, a);
}

/* Whether another sound begins: what has one description ends here. */
static int
is_other(struct adts_file *m, int64_t off, const struct adts *a)
{
	return !is_like_last(m, a) && is_run(m, off, a, 2) &&
	    is_whole(m, off, a);
}

/* What stands at m->off, where something known ended: 1, a frame; 0, something
 * else that was passed; -1: junk. */
static int
look(struct adts_file *m, struct adts *a)
{
	int64_t len;

	if (header_at(m, m->off, a)) {
		if (!is_like_last(m, a)) {
			m->is_over = is_other(m, m->off, a);
			return -1;
		}
		if (is_run(m, m->off, a, 1))
			return is_whole(m, m->off, a) ? 1 : -1;
		/* Foretold, so junk may stand behind it. */
		return m->known && is_whole(m, m->off, a) &&
		    !holds_frame(m, a) ? 1 : -1;
	}
	len = tagspan_at(&m->w, m->off, window_file_size(&m->w), NULL);
	m->off += len;
	m->junk_left -= JUNK_TAG;
	return len > 0 ? 0 : -1;
}

/* Whether frames that may be ours begin at p, which is in the file at off. */
static int
is_start(struct adts_file *m, const uint8_t *p, int64_t off)
{
	struct adts a;

	if (adts_decode(&a, p) == -1)
		return 0;
	return is_other(m, off, &a) || (is_like_last(m, &a) &&
	    is_run(m, off, &a, 2) && is_whole(m, off, &a));
}

/* Search for frames from m->off on: 1, or 0: there are none. */
static int
search(struct adts_file *m)
{
	const uint8_t *p, *q;
	int64_t data;
	size_t n, i;

	while (m->junk_left > 0) {
		data = window_data(&m->w, m->off, m->off + m->junk_left);
		m->junk_left -= data - m->off;
		m->off = data;
		n = window_view(&m->w, m->off, STEP, &p);
		if (n < ADTS_HEADER_SIZE)
			return 0;
		n -= ADTS_HEADER_SIZE - 1;
		if (n > STEP)
			n = STEP;
		for (i = 0; i < n && (q = memchr(p + i, 0xff, n - i)) != NULL;
		    i++) {
			i = (size_t)(q - p);
			if (is_start(m, q, m->off + (int64_t)i)) {
				m->off += (int64_t)i;
				return 1;
			}
		}
		m->off += (int64_t)n;
		m->junk_left -= (int64_t)n;
	}
	return 0;
}

/* Stand at the next frame: 1; 0: there is none; -1 with errno. */
static int
advance(struct adts_file *m, struct adts *a)
{
	int r = 0;

	while (!m->is_over) {
		if (m->in_step ? m->junk_left < 0 : !search(m))
			break;
		m->in_step = 1;
		if ((r = look(m, a)) == 1)
			return 1;
		if (r == -1) {
			m->in_step = 0;
			if (m->is_over || is_tag_or_end(m, m->off))
				break;
		}
	}
	if (m->w.error == 0)
		return 0;
	errno = m->w.error;
	m->w.error = 0;
	return -1;
}

static void *
adts_open(const struct framing *in)
{
	struct adts_file *m;

	if ((m = malloc(sizeof(*m))) == NULL)
		return NULL;
	if (in->stream != NULL)
		window_init_source(&m->w, &in->stream->source);
	else
		window_init(&m->w, in->fd);
	m->off = 0;
	m->in_step = 1;
	m->known = m->is_over = 0;
	m->junk_left = JUNK_MAX;
	m->big = NULL;
	return m;
}

static int
adts_first(void *reader)
{
	struct adts_file *m = reader;
	struct adts a;
	int r = advance(m, &a);

	m->junk_left = FRAMER_JUNK_MAX;
	return r;
}

static int
adts_next(void *reader, struct frame *f)
{
	struct adts_file *m = reader;
	const uint8_t *p;
	struct adts a;
	int r;

	if ((r = advance(m, &a)) != 1)
		return r;
	if (window_frame(&m->w, m->off, a.length, &m->big, ADTS_FRAME_MAX,
	    &p) < a.length) {		/* it shrank */
		errno = m->w.error;
		m->w.error = 0;
		return errno != 0 ? -1 : 0;
	}
	f->data = p + a.header;
	f->len = a.length - a.header;
	f->samples = SAMPLES * a.blocks;
	f->rate = a.rate;
	m->off += a.length;
	m->known = 1;
	m->last = a;
	m->junk_left = FRAMER_JUNK_MAX;
	return 1;
}

static void
adts_close(void *reader)
{
	struct adts_file *m = reader;

	free(m->big);
	free(m);
}

static int64_t
adts_tell(const void *reader)
{
	return ((const struct adts_file *)reader)->off;
}

static void
adts_go(void *reader, int64_t off)
{
	struct adts_file *m = reader;

	m->off = off;
	m->in_step = 1;
	m->is_over = 0;
}

static const char *
name_of(const struct adts *a)
{
	struct aac_config c = { .object = a->object };

	return aac_config_name(&c);
}

void
framer_adts_facts(struct media_facts *f, const struct adts *a)
{
	text_copy(f->codec, sizeof(f->codec), name_of(a));
	f->sound = MEDIA_AAC;
	f->rate = a->rate;
	f->channels = a->channels;
	f->samples = SAMPLES;
	f->bitrate = (uint32_t)((uint64_t)(a->length - a->header) * 8 *
	    a->rate / (SAMPLES * a->blocks));
	f->config_len = 0;
	if (a->layout != 0)
		f->config_len = (uint8_t)aac_config_encode(a->object, a->rate,
		    a->channels, f->config);
}

static int
adts_probe(const struct framing *in, int claims, struct media_facts *facts)
{
	struct adts_file *m;
	struct frame f;
	struct adts a;
	int found, saved;

	if ((m = adts_open(in)) == NULL)
		return -1;
	if (!claims)
		m->junk_left = 0;
	if ((found = advance(m, &a)) == 1) {
		if (a.channels == 0 && adts_next(m, &f) == 1)
			a.channels = adts_channels(f.data, f.len, &a.layout);
		framer_adts_facts(facts, &a);
	}
	saved = errno;
	adts_close(m);
	errno = saved;
	return found;
}

const struct framer framer_adts = {
	"no frame of AAC found", adts_probe, adts_open, adts_first, adts_next,
	adts_close, adts_tell, adts_go, NULL, NULL
};
