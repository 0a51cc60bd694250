/* SPDX-License-Identifier: ISC */
#include "catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "wire/ports.h"

#include "library.h"
#include "playlist.h"

#define VERSION_OF_FORMAT	4
#define BLOCK_HEAD	8
#define ROW_MIN		27	/* bytes; no more rows than these allow */

enum kind { KIND_PLAYS = 1, KIND_PROBLEM, KIND_NONE };

/* One directory's block, behind its length and CRC. */
struct block {
	const uint8_t *base;	/* directory, no NUL */
	size_t base_len;
	const uint8_t *p;
	size_t len;
	uint32_t crc;
};

struct catalog {
	uint8_t *data;
	struct block *blocks;	/* by base */
	size_t n;
};

/* What a file is found to be depends on what our readers know. */
static uint64_t
program_id(void)
{
	char text[64];

	text_format(text, sizeof(text), "%s %d", VERSION, MEDIA_READERS);
	return hash64_of(text, strlen(text));
}

static uint64_t
library_id(const char *root)
{
	return hash64_of(root, strlen(root));
}

static size_t
size8(const char *s)
{
	size_t n = strlen(s);

	return 1 + (n < UINT8_MAX ? n : UINT8_MAX);
}

static size_t
size16(const char *s)
{
	size_t n = strlen(s);

	return 2 + (n < UINT16_MAX ? n : UINT16_MAX);
}

static void
wr_text8(struct wr *w, const char *s)
{
	wr_u8(w, (uint8_t)(size8(s) - 1));
	wr_bytes(w, s, size8(s) - 1);
}

static void
wr_text16(struct wr *w, const char *s)
{
	wr_u16(w, (uint16_t)(size16(s) - 2));
	wr_bytes(w, s, size16(s) - 2);
}

/* Only what was counted has one. */
static const struct media_index *
index_of(const struct track *t)
{
	return t->frames > 0 ? t->index : NULL;
}

static size_t
index_size(const struct media_index *index)
{
	return 1 + (index != NULL ? 16 * (size_t)index->n : 0);
}

static void
encode_index(struct wr *w, const struct media_index *index)
{
	unsigned i, n = index != NULL ? index->n : 0;

	wr_u8(w, (uint8_t)n);
	for (i = 0; i < n; i++) {
		wr_u64(w, (uint64_t)index->place[i].at);
		wr_u64(w, (uint64_t)index->place[i].off);
	}
}

static size_t
row_size(const struct track *t, int is_none)
{
	const struct media_facts *m = &t->facts;
	size_t n = 1 + size16(t->path) + 24;

	if (is_none)
		return n;
	if (t->problem != NULL)
		n += size16(t->problem);
	return n + size8(m->container) + size8(m->codec) +
	    size8(m->mpeg_version) + 30 + size16(t->title) +
	    size16(t->artist) + size16(t->album) + 9 + m->config_len +
	    index_size(index_of(t));
}

static void
encode_row(struct wr *w, const struct track *t, int is_none)
{
	const struct media_facts *m = &t->facts;
	int64_t frames = t->frames;

	wr_u8(w, is_none ? KIND_NONE : t->problem != NULL ? KIND_PROBLEM :
	    KIND_PLAYS);
	wr_text16(w, t->path);
	wr_u64(w, (uint64_t)t->size);
	wr_u64(w, (uint64_t)t->mtime_ns);
	wr_u64(w, t->inode);
	if (is_none)
		return;
	if (t->problem != NULL)
		wr_text16(w, t->problem);
	wr_text8(w, m->container);
	wr_text8(w, m->codec);
	wr_text8(w, m->mpeg_version);
	wr_u8(w, (uint8_t)m->layer);
	wr_u8(w, (uint8_t)m->channels);
	wr_u32(w, m->rate);
	wr_u32(w, m->bitrate);
	/* The survey sets frames last: without it the others are not there. */
	wr_u64(w, (uint64_t)frames);
	wr_u64(w, frames > 0 ? (uint64_t)t->duration : 0);
	wr_u32(w, frames > 0 ? t->bitrate : 0);
	wr_text16(w, t->title);
	wr_text16(w, t->artist);
	wr_text16(w, t->album);
	wr_u8(w, (uint8_t)m->sound);
	wr_u32(w, m->samples);
	wr_u8(w, m->config_len);
	wr_bytes(w, m->config, m->config_len);
	wr_u8(w, m->pcm.bytes);
	wr_u8(w, m->pcm.is_big);
	wr_u8(w, m->pcm.is_unsigned);
	encode_index(w, index_of(t));
}

void
catalog_encode_head(const struct library *l, uint8_t *out)
{
	struct wr w;

	memset(out, 0, CATALOG_HEAD);
	wr_init(&w, out, 28);
	wr_bytes(&w, "NRCT", 4);
	wr_u16(&w, VERSION_OF_FORMAT);
	wr_u16(&w, 0);
	wr_u64(&w, program_id());
	wr_u64(&w, library_id(l->root));
	wr_u32(&w, (uint32_t)(l->nchannels + l->nstray));
	wr_init(&w, out + CATALOG_HEAD - 4, 4);
	wr_u32(&w, crc32_of(out, CATALOG_HEAD - 4));
}

size_t
catalog_size(const struct channel_def *d)
{
	const struct playlist *p = d->list;
	size_t i, n;

	n = BLOCK_HEAD + 2 + size16(d->base) + size8(p->charset) + 4;
	for (i = 0; i < p->ntracks; i++)
		n += row_size(&p->tracks[i], 0);
	for (i = 0; i < p->nnone; i++)
		n += row_size(&p->none[i], 1);
	return n;
}

void
catalog_encode(const struct channel_def *d, uint8_t *out, size_t size)
{
	const struct playlist *p = d->list;
	struct wr w;
	size_t i;

	wr_init(&w, out, size);
	wr_u32(&w, (uint32_t)(size - BLOCK_HEAD));
	wr_u32(&w, 0);
	wr_u16(&w, (uint16_t)d->number);
	wr_text16(&w, d->base);
	wr_text8(&w, p->charset);
	wr_u32(&w, (uint32_t)(p->ntracks + p->nnone));
	for (i = 0; i < p->ntracks; i++)
		encode_row(&w, &p->tracks[i], 0);
	for (i = 0; i < p->nnone; i++)
		encode_row(&w, &p->none[i], 1);
	wr_init(&w, out + 4, 4);
	wr_u32(&w, crc32_of(out + BLOCK_HEAD, size - BLOCK_HEAD));
}

static int
compare(const uint8_t *a, size_t na, const uint8_t *b, size_t nb)
{
	int order = memcmp(a, b, na < nb ? na : nb);

	return order != 0 ? order : na < nb ? -1 : na > nb;
}

static int
by_base(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	return compare(x->base, x->base_len, y->base, y->base_len);
}

/* Where the blocks are; a length that leads out of the file ends them. */
static void
find_blocks(struct catalog *c, struct rd *r, uint32_t max)
{
	struct block *b;
	struct rd body;
	uint32_t len;

	while (c->n < max) {
		b = &c->blocks[c->n];
		len = rd_u32(r);
		b->crc = rd_u32(r);
		body = rd_sub(r, len);
		if (r->bad)
			return;
		b->p = body.p;
		b->len = len;
		rd_u16(&body);
		b->base_len = rd_u16(&body);
		b->base = rd_bytes(&body, b->base_len);
		if (b->base != NULL)
			c->n++;
	}
}

struct catalog *
catalog_new(uint8_t *data, size_t len, const char *root)
{
	struct catalog *c = calloc(1, sizeof(*c));
	uint32_t blocks = 0;
	struct rd r, crc;

	rd_init(&r, data, len);
	if (c == NULL || len < CATALOG_HEAD ||
	    memcmp(rd_bytes(&r, 4), "NRCT", 4) != 0)
		goto fail;
	rd_init(&crc, data + CATALOG_HEAD - 4, 4);
	if (rd_u32(&crc) != crc32_of(data, CATALOG_HEAD - 4) ||
	    rd_u16(&r) != VERSION_OF_FORMAT)
		goto fail;
	rd_u16(&r);
	if (rd_u64(&r) != program_id() || rd_u64(&r) != library_id(root))
		goto fail;
	blocks = rd_u32(&r);
	if (blocks > (len - CATALOG_HEAD) / BLOCK_HEAD)
		blocks = (uint32_t)((len - CATALOG_HEAD) / BLOCK_HEAD);
	c->blocks = calloc((size_t)blocks + 1, sizeof(*c->blocks));
	if (c->blocks == NULL)
		goto fail;
	rd_init(&r, data + CATALOG_HEAD, len - CATALOG_HEAD);
	find_blocks(c, &r, blocks);
	qsort(c->blocks, c->n, sizeof(*c->blocks), by_base);
	c->data = data;
	return c;
fail:
	free(c);
	free(data);
	return NULL;
}

void
catalog_free(struct catalog *c)
{
	if (c == NULL)
		return;
	free(c->blocks);
	free(c->data);
	free(c);
}

/* A block that is whole, to be read from its number on: 0, or -1. */
static int
find_block(const struct catalog *c, const char *base, struct rd *r)
{
	struct block key = { .base = (const uint8_t *)base,
	    .base_len = strlen(base) };
	const struct block *b;

	b = bsearch(&key, c->blocks, c->n, sizeof(*c->blocks), by_base);
	if (b == NULL || crc32_of(b->p, b->len) != b->crc)
		return -1;
	rd_init(r, b->p, b->len);
	return 0;
}

unsigned
catalog_number(const struct catalog *c, const char *base)
{
	struct rd r;
	unsigned number;

	if (find_block(c, base, &r) == -1)
		return 0;
	number = rd_u16(&r);
	return number <= PORTS_CHANNEL_MAX ? number : 0;
}

/* A text of n bytes on the heap; NULL (and bad) if it is none. */
static char *
rd_string(struct rd *r, size_t n)
{
	const uint8_t *p = rd_bytes(r, n);
	char *s;

	if (p == NULL || memchr(p, '\0', n) != NULL || (s = malloc(n + 1)) ==
	    NULL) {
		r->bad = 1;
		return NULL;
	}
	memcpy(s, p, n);
	s[n] = '\0';
	return s;
}

/* A text into out[size]; bad if it does not fit. */
static void
rd_text(struct rd *r, size_t n, char *out, size_t size)
{
	const uint8_t *p = rd_bytes(r, n);

	out[0] = '\0';
	if (p == NULL || n >= size || memchr(p, '\0', n) != NULL) {
		r->bad = 1;
		return;
	}
	memcpy(out, p, n);
	out[n] = '\0';
}

/* What frames are made of. */
static void
decode_sound(struct rd *r, struct media_facts *m)
{
	unsigned sound = rd_u8(r);
	const uint8_t *config;

	m->samples = rd_u32(r);
	m->config_len = rd_u8(r);
	config = rd_bytes(r, m->config_len);
	m->pcm.bytes = rd_u8(r);
	m->pcm.is_big = rd_u8(r);
	m->pcm.is_unsigned = rd_u8(r);
	if (sound > MEDIA_PCM || m->config_len > sizeof(m->config))
		r->bad = 1;
	if (r->bad)
		return;
	m->sound = (enum media_sound)sound;
	memcpy(m->config, config, m->config_len);
}

static void
decode_index(struct rd *r, struct track *t)
{
	unsigned i, n = rd_u8(r);
	struct media_index *index;
	int64_t at = 0, off = -1;

	if (n == 0)
		return;
	if (n > MEDIA_INDEX_MAX || (index = malloc(sizeof(*index) +
	    n * sizeof(index->place[0]))) == NULL) {
		r->bad = 1;
		return;
	}
	t->index = index;
	index->n = n;
	for (i = 0; i < n; i++) {
		index->place[i].at = (int64_t)rd_u64(r);
		index->place[i].off = (int64_t)rd_u64(r);
		if (index->place[i].at <= at || index->place[i].off <= off ||
		    index->place[i].off > t->size)
			r->bad = 1;
		at = index->place[i].at;
		off = index->place[i].off;
	}
}

static void
decode_facts(struct rd *r, struct track *t)
{
	struct media_facts *m = &t->facts;
	char title[MEDIA_TEXT_MAX], artist[MEDIA_TEXT_MAX];
	char album[MEDIA_TEXT_MAX];
	uint32_t bitrate;

	rd_text(r, rd_u8(r), m->container, sizeof(m->container));
	rd_text(r, rd_u8(r), m->codec, sizeof(m->codec));
	rd_text(r, rd_u8(r), m->mpeg_version, sizeof(m->mpeg_version));
	m->layer = rd_u8(r);
	m->channels = rd_u8(r);
	m->rate = rd_u32(r);
	m->bitrate = rd_u32(r);
	atomic_init(&t->frames, (int64_t)rd_u64(r));
	atomic_init(&t->duration, (int64_t)rd_u64(r));
	bitrate = rd_u32(r);
	atomic_init(&t->bitrate, bitrate > 0 ? bitrate : m->bitrate);
	rd_text(r, rd_u16(r), title, sizeof(title));
	rd_text(r, rd_u16(r), artist, sizeof(artist));
	rd_text(r, rd_u16(r), album, sizeof(album));
	decode_sound(r, m);
	decode_index(r, t);
	if (t->frames < 0 || t->duration < 0 ||
	    track_set_texts(t, title, artist, album) == -1)
		r->bad = 1;
}

static enum kind
decode_row(struct rd *r, struct track *t)
{
	unsigned kind = rd_u8(r);

	memset(t, 0, sizeof(*t));
	t->title = t->artist = t->album = "";
	t->path = rd_string(r, rd_u16(r));
	t->size = (int64_t)rd_u64(r);
	t->mtime_ns = (int64_t)rd_u64(r);
	t->inode = rd_u64(r);
	if (kind < KIND_PLAYS || kind > KIND_NONE)
		r->bad = 1;
	if (kind == KIND_PROBLEM)
		t->problem = rd_string(r, rd_u16(r));
	if (kind != KIND_NONE)
		decode_facts(r, t);
	if (kind == KIND_PLAYS && (t->facts.container[0] == '\0' ||
	    t->facts.rate == 0 || media_unsendable(&t->facts) != NULL))
		r->bad = 1;
	return (enum kind)kind;
}

/* The rows into p, whose arrays have room for all of them: 0, or -1. */
static int
decode_rows(struct rd *r, uint32_t rows, struct playlist *p)
{
	struct track t;
	enum kind kind;

	for (; rows > 0; rows--) {
		kind = decode_row(r, &t);
		if (r->bad) {
			track_done(&t);
			return -1;
		}
		if (kind == KIND_NONE)
			p->none[p->nnone++] = t;
		else
			p->tracks[p->ntracks++] = t;
		p->nplayable += kind == KIND_PLAYS;
	}
	return 0;
}

/* No more than is needed; the same array if there is no memory for less. */
static struct track *
shrink(struct track *tracks, size_t n)
{
	struct track *t;

	if (n == 0) {
		free(tracks);
		return NULL;
	}
	if ((t = realloc(tracks, n * sizeof(*t))) == NULL)
		return tracks;
	return t;
}

struct playlist *
catalog_playlist(const struct catalog *c, const char *base)
{
	struct playlist *p;
	uint32_t rows;
	char charset[UINT8_MAX + 1];
	struct rd r;

	if (find_block(c, base, &r) == -1)
		return NULL;
	rd_u16(&r);
	rd_bytes(&r, rd_u16(&r));
	rd_text(&r, rd_u8(&r), charset, sizeof(charset));
	rows = rd_u32(&r);
	if (r.bad || rows > rd_left(&r) / ROW_MIN)
		return NULL;
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return NULL;
	atomic_init(&p->refs, 1);
	p->tracks = calloc((size_t)rows + 1, sizeof(*p->tracks));
	p->none = calloc((size_t)rows + 1, sizeof(*p->none));
	p->charset = strdup(charset);
	if (p->tracks == NULL || p->none == NULL || p->charset == NULL ||
	    decode_rows(&r, rows, p) == -1) {
		playlist_put(p);
		return NULL;
	}
	p->tracks = shrink(p->tracks, p->ntracks);
	p->none = shrink(p->none, p->nnone);
	return p;
}
