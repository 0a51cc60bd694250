/* SPDX-License-Identifier: ISC */
/*
 *   moov
 *     udta
 *       meta                     [version flags(4)]
 *         ilst
 *           (c)nam ...           data: type(4) locale(4) text
 *       titl ...                 3GPP TS 26.244: version flags(4) language(2)
 *                                text, UTF-8 or UTF-16 with a mark
 *       (c)nam ...               QTFF: length(2) language(2) text, ...
 *     meta                       QTFF: no version
 *       keys                     version flags(4) entries(4), then each
 *                                size(4) "mdta" name
 *       ilst                     boxes whose types are numbers of keys
 */
#include "mp4_tags.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/text.h"

#include "media.h"
#include "mp4_box.h"
#include "tags.h"

#define RAW_MAX		1024	/* bytes of a text that are looked at */
#define VALUES_MAX	16	/* of one item */
#define KEYS_MAX	256
#define OUTER_MAX	65536

#define DATA_UTF8	1
#define DATA_UTF16	2

enum field { TITLE, ARTIST, ALBUM, FIELDS };

/* Where a text came from: lower is better. */
enum origin { ILST, ALBUM_ARTIST, KEYS, GPP, OLD, ORIGINS };

struct reader {
	int fd;
	const char *charset;
	struct media_tags found[ORIGINS];
	enum field key[KEYS_MAX];	/* which field; FIELDS: none */
	unsigned keys;
	int boxes;			/* that were looked at */
};

/* The next box, of no more than a number of all. */
static int
box_at(struct reader *r, int64_t off, int64_t end, struct mp4_box *b)
{
	return r->boxes++ < MP4_BOXES_MAX && mp4_box_at(r->fd, off, end, b);
}

static char *
field_of(struct reader *r, enum origin o, enum field f)
{
	struct media_tags *t = &r->found[o];

	return f == TITLE ? t->title : f == ARTIST ? t->artist : t->album;
}

/* UTF-8, or whatever was at hand. */
static void
add_text(struct reader *r, char *field, const uint8_t *p, size_t n)
{
	const uint8_t *nul = memchr(p, 0, n);

	if (nul != NULL)
		n = (size_t)(nul - p);
	tags_append(field, text_is_utf8((const char *)p, n) ? "UTF-8" :
	    r->charset, p, n);
}

/* UTF-16 with a mark in front, or else as above. */
static void
add_marked(struct reader *r, char *field, const uint8_t *p, size_t n)
{
	if (n >= 2 && p[0] == 0xfe && p[1] == 0xff)
		tags_append(field, "UTF-16BE", p + 2, (n - 2) & ~(size_t)1);
	else if (n >= 2 && p[0] == 0xff && p[1] == 0xfe)
		tags_append(field, "UTF-16LE", p + 2, (n - 2) & ~(size_t)1);
	else
		add_text(r, field, p, n);
}

/* The data boxes of an item. */
static void
read_item(struct reader *r, const struct mp4_box *item, char *field)
{
	int64_t off = item->off;
	struct mp4_box b;
	uint8_t p[RAW_MAX];
	size_t n;
	int i;

	if (field[0] != '\0')
		return;
	for (i = 0; i < VALUES_MAX && box_at(r, off, item->end, &b);
	    i++, off = b.end) {
		if (b.type != FOURCC('d', 'a', 't', 'a'))
			continue;
		n = mp4_box_read(r->fd, &b, 0, p, sizeof(p));
		if (n <= 8)
			continue;
		if (mp4_u32(p) == DATA_UTF16)
			tags_append(field, "UTF-16BE", p + 8,
			    (n - 8) & ~(size_t)1);
		else if (mp4_u32(p) <= DATA_UTF8)
			add_text(r, field, p + 8, n - 8);
	}
}

static void
read_list(struct reader *r, const struct mp4_box *ilst)
{
	int64_t off = ilst->off;
	struct mp4_box b;

	for (; box_at(r, off, ilst->end, &b); off = b.end)
		switch (b.type) {
		case FOURCC(0xa9, 'n', 'a', 'm'):
			read_item(r, &b, field_of(r, ILST, TITLE));
			break;
		case FOURCC(0xa9, 'A', 'R', 'T'):
			read_item(r, &b, field_of(r, ILST, ARTIST));
			break;
		case FOURCC('a', 'A', 'R', 'T'):
			read_item(r, &b, field_of(r, ALBUM_ARTIST, ARTIST));
			break;
		case FOURCC(0xa9, 'a', 'l', 'b'):
			read_item(r, &b, field_of(r, ILST, ALBUM));
			break;
		default:
			if (b.type > 0 && b.type <= r->keys &&
			    r->key[b.type - 1] != FIELDS)
				read_item(r, &b, field_of(r, KEYS,
				    r->key[b.type - 1]));
		}
}

static enum field
field_of_key(const char *name)
{
	static const char *const names[FIELDS] = { "title", "artist", "album" };
	const char *last = strrchr(name, '.');
	enum field f;

	if (last != NULL && strncmp(name, "com.apple.quicktime.", 20) == 0)
		name = last + 1;
	for (f = TITLE; f < FIELDS; f++)
		if (strcasecmp(name, names[f]) == 0)
			break;
	return f;
}

/* An entry of keys looks like a box of the type "mdta". */
static void
read_keys(struct reader *r, const struct mp4_box *keys)
{
	int64_t off = keys->off + 8;
	struct mp4_box b;
	char name[64];

	for (; r->keys < KEYS_MAX && box_at(r, off, keys->end, &b);
	    off = b.end) {
		mp4_box_read(r->fd, &b, 0, name, sizeof(name));
		if (b.end - b.off < (int64_t)sizeof(name))
			name[b.end - b.off] = '\0';
		name[sizeof(name) - 1] = '\0';
		r->key[r->keys++] = field_of_key(name);
	}
}

static void
read_meta(struct reader *r, const struct mp4_box *meta)
{
	struct mp4_box b;
	int64_t off = meta->off;
	uint8_t p[8];

	/* Version and flags are in front, unless a box is there. */
	mp4_box_read(r->fd, meta, 0, p, sizeof(p));
	if (memcmp(p + 4, "hdlr", 4) != 0)
		off += 4;
	r->keys = 0;
	for (; box_at(r, off, meta->end, &b); off = b.end)
		if (b.type == FOURCC('k', 'e', 'y', 's'))
			read_keys(r, &b);
		else if (b.type == FOURCC('i', 'l', 's', 't'))
			read_list(r, &b);
}

static void
read_3gpp(struct reader *r, const struct mp4_box *b, enum field f)
{
	char *field = field_of(r, GPP, f);
	uint8_t p[RAW_MAX];
	size_t n = mp4_box_read(r->fd, b, 0, p, sizeof(p));

	if (n > 6 && field[0] == '\0')
		add_marked(r, field, p + 6, n - 6);
}

static void
read_old(struct reader *r, const struct mp4_box *b, enum field f)
{
	char *field = field_of(r, OLD, f);
	uint8_t p[RAW_MAX];
	size_t n = mp4_box_read(r->fd, b, 0, p, sizeof(p));

	if (n > 4 && field[0] == '\0')
		add_marked(r, field, p + 4, mp4_u16(p) < n - 4 ?
		    mp4_u16(p) : n - 4);
}

static void
read_udta(struct reader *r, const struct mp4_box *udta)
{
	int64_t off = udta->off;
	struct mp4_box b;

	for (; box_at(r, off, udta->end, &b); off = b.end)
		switch (b.type) {
		case FOURCC('m', 'e', 't', 'a'):
			read_meta(r, &b);
			break;
		case FOURCC('t', 'i', 't', 'l'):
			read_3gpp(r, &b, TITLE);
			break;
		case FOURCC('p', 'e', 'r', 'f'):
			read_3gpp(r, &b, ARTIST);
			break;
		case FOURCC('a', 'l', 'b', 'm'):
			read_3gpp(r, &b, ALBUM);
			break;
		case FOURCC(0xa9, 'n', 'a', 'm'):
			read_old(r, &b, TITLE);
			break;
		case FOURCC(0xa9, 'A', 'R', 'T'):
			read_old(r, &b, ARTIST);
			break;
		case FOURCC(0xa9, 'a', 'l', 'b'):
			read_old(r, &b, ALBUM);
			break;
		default:
			break;
		}
}

static void
read_moov(struct reader *r, const struct mp4_box *moov)
{
	int64_t off = moov->off;
	struct mp4_box b;

	for (; box_at(r, off, moov->end, &b); off = b.end)
		if (b.type == FOURCC('u', 'd', 't', 'a'))
			read_udta(r, &b);
		else if (b.type == FOURCC('m', 'e', 't', 'a'))
			read_meta(r, &b);
}

void
mp4_tags_read(int fd, const char *charset, struct media_tags *t)
{
	struct reader r;
	struct mp4_box b;
	struct stat st;
	int64_t off = 0;
	enum origin o;
	int i;

	memset(t, 0, sizeof(*t));
	memset(&r, 0, sizeof(r));
	r.fd = fd;
	r.charset = charset;
	if (fstat(fd, &st) == -1)
		return;
	for (i = 0; i < OUTER_MAX && mp4_box_at(fd, off, st.st_size, &b);
	    i++, off = b.end)
		if (b.type == FOURCC('m', 'o', 'o', 'v')) {
			read_moov(&r, &b);
			break;
		}
	for (o = ILST; o < ORIGINS; o++)
		tags_merge(t, &r.found[o]);
}
