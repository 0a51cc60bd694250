/* SPDX-License-Identifier: ISC */
#include "tags.h"

#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/charset.h"
#include "base/text.h"

#include "media.h"
#include "tagspan.h"
#include "window.h"

#define RAW_MAX		1024	/* bytes of a field that are looked at */
#define CHARACTER_MAX	4	/* bytes of UTF-8 */
#define FRAMES_MAX	1000	/* of an ID3v2 tag */
#define ITEMS_MAX	256	/* of an APE tag */
#define TAGS_MAX	32	/* at each end of a file */
#define UNSYNC_MAX	(256 << 10)	/* an unsynchronised tag is read this
					 * far: its sizes cannot be skipped */

/* Header flags (ID3v2.2 has another meaning for 0x40). */
#define ID3_UNSYNC	0x80
#define ID3_EXTENDED	0x40
#define ID3V22_PACKED	0x40
/* Frame flags, second byte. */
#define ID3V23_HIDDEN	0xc0	/* compressed or encrypted */
#define ID3V23_GROUP	0x20
#define ID3V24_HIDDEN	0x0c
#define ID3V24_GROUP	0x40
#define ID3V24_UNSYNC	0x02
#define ID3V24_LENGTH	0x01

struct reader {
	struct window w;
	const char *charset;
	struct media_tags *t;
};

/* The body of an ID3v2 tag, read forward. */
struct body {
	struct reader *r;
	int64_t off, end;
	int version;		/* 2, 3, 4 */
	int flags;		/* of the header */
	int unsync;		/* undo unsynchronisation in all that is read */
	int was_ff;		/* the byte before was 0xff */
};

enum field { TITLE, ARTIST, ALBUM, FIELDS };

static const struct {
	const char *v22, *v23, *ape;
} names[FIELDS] = {
	{ "TT2", "TIT2", "Title" },
	{ "TP1", "TPE1", "Artist" },
	{ "TAL", "TALB", "Album" },
};

static char *
field_of(struct media_tags *t, enum field f)
{
	return f == TITLE ? t->title : f == ARTIST ? t->artist : t->album;
}

static int
is_full(const struct media_tags *t)
{
	return t->title[0] != '\0' && t->artist[0] != '\0' &&
	    t->album[0] != '\0';
}

void
tags_append(char *field, const char *charset, const uint8_t *p, size_t n)
{
	char text[MEDIA_TEXT_MAX];
	size_t len = strlen(field), gap = len > 0 ? 2 : 0;

	charset_to_utf8(charset, p, n, text, sizeof(text));
	if (text[0] == '\0' || len + gap + CHARACTER_MAX >= MEDIA_TEXT_MAX)
		return;
	memcpy(field + len, "; ", gap);
	text_copy(field + len + gap, MEDIA_TEXT_MAX - len - gap, text);
	text_clean(field);	/* it may be cut behind a space */
}

/* Values with a NUL byte between them; only the first unless all. */
static void
append_values(char *field, const char *charset, const uint8_t *p, size_t n,
    int all)
{
	const uint8_t *nul;
	size_t len;

	do {
		nul = memchr(p, 0, n);
		len = nul != NULL ? (size_t)(nul - p) : n;
		tags_append(field, charset, p, len);
		if (nul != NULL)
			len++;
		p += len;
		n -= len;
	} while (n > 0 && (all || field[0] == '\0'));
}

static int
is_usual_high(uint8_t high)
{
	return high == 0 || high == 0x30 || (high >= 0x4e && high <= 0x9f) ||
	    (high >= 0xac && high <= 0xd7) || high == 0xff;
}

/* UTF-16 that does not say its byte order. */
static int
is_big_endian(const uint8_t *p, size_t n)
{
	size_t i, big = 0, little = 0;

	for (i = 0; i + 1 < n; i += 2) {
		big += (size_t)is_usual_high(p[i]);
		little += (size_t)is_usual_high(p[i + 1]);
	}
	return big > little;
}

/* The same for UTF-16; each value may begin with a byte order mark. */
static void
append_utf16(char *field, const uint8_t *p, size_t n, int big, int all)
{
	size_t len, skip;

	for (n &= ~(size_t)1; n > 0; p += len + skip, n -= len + skip) {
		if ((p[0] == 0xff && p[1] == 0xfe) ||
		    (p[0] == 0xfe && p[1] == 0xff)) {
			big = p[0] == 0xfe;
			p += 2;
			n -= 2;
		}
		for (len = 0; len < n && (p[len] | p[len + 1]) != 0; len += 2)
			;
		tags_append(field, big ? "UTF-16BE" : "UTF-16LE", p, len);
		skip = len < n ? 2 : 0;
		if (!all && field[0] != '\0')
			break;
	}
}

/* The text of an ID3v2 frame: a byte for the encoding, then the values. */
static void
id3_text(struct reader *r, char *field, const uint8_t *p, size_t n, int all)
{
	const uint8_t *text = p + 1;

	if (n < 2)
		return;
	n--;
	switch (p[0]) {
	case 0:		/* says ISO-8859-1, and is whatever was at hand */
		append_values(field, r->charset, text, n, all);
		break;
	case 1:
		append_utf16(field, text, n, is_big_endian(text, n), all);
		break;
	case 2:
		append_utf16(field, text, n, 1, all);
		break;
	case 3:
		append_values(field, text_is_utf8((const char *)text, n) ?
		    "UTF-8" : r->charset, text, n, all);
		break;
	default:	/* no encoding, text at once */
		append_values(field, r->charset, p, n + 1, all);
	}
}

/* Undo unsynchronisation: a zero behind 0xff was put there.  In place. */
static size_t
resynchronise(uint8_t *p, size_t n)
{
	size_t i, out = 0;

	for (i = 0; i < n; i++) {
		p[out++] = p[i];
		if (p[i] == 0xff && i + 1 < n && p[i + 1] == 0)
			i++;
	}
	return out;
}

/* The next byte as the tag's writer meant it. */
static int
body_byte(struct body *b, uint8_t *c)
{
	const uint8_t *p;

	for (;;) {
		if (b->off >= b->end ||
		    window_view(&b->r->w, b->off, 1, &p) == 0)
			return -1;
		*c = *p;
		b->off++;
		if (!b->was_ff || *c != 0)
			break;
		b->was_ff = 0;
	}
	b->was_ff = *c == 0xff;
	return 0;
}

/* The next n bytes into dst, or past them if dst is NULL; -1: there are not
 * that many. */
static int
body_read(struct body *b, uint8_t *dst, int64_t n)
{
	uint8_t c;

	if (n > b->end - b->off)
		return -1;
	if (!b->unsync) {
		if (dst != NULL && window_peek(&b->r->w, b->off, dst,
		    (size_t)n) < (size_t)n)
			return -1;
		b->off += n;
		return 0;
	}
	for (; n > 0; n--) {
		if (body_byte(b, &c) == -1)
			return -1;
		if (dst != NULL)
			*dst++ = c;
	}
	return 0;
}

static int
is_frame_id(const uint8_t *p, size_t n)
{
	for (; n > 0; n--, p++)
		if ((*p < 'A' || *p > 'Z') && (*p < '0' || *p > '9'))
			return 0;
	return 1;
}

static int
is_frame_or_end(struct body *b, int64_t off)
{
	uint8_t p[4];

	if (off >= b->end)
		return off == b->end;
	window_peek(&b->r->w, off, p, sizeof(p));
	return p[0] == 0 || is_frame_id(p, sizeof(p));
}

/*
 * ID3v2.4 has 7 bits to a size's byte, but a player of many users wrote all
 * 8; what stands behind the frame tells.
 */
static int64_t
size_v24(struct body *b, const uint8_t *p)
{
	int64_t seven = (int64_t)p[0] << 21 | p[1] << 14 | p[2] << 7 | p[3];
	int64_t eight = (int64_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];

	if ((p[0] | p[1] | p[2] | p[3]) & 0x80)
		return eight;
	if (!is_frame_or_end(b, b->off + seven) &&
	    is_frame_or_end(b, b->off + eight))
		return eight;
	return seven;
}

/* A text frame's content; b stands at it.  Always at its end afterwards. */
static int
id3_field(struct body *b, char *field, int64_t size, int flags)
{
	uint8_t raw[RAW_MAX], *p = raw;
	int64_t n = size < RAW_MAX ? size : RAW_MAX;
	int hidden = b->version == 4 ? ID3V24_HIDDEN : ID3V23_HIDDEN;
	size_t skip = 0;

	if (flags & hidden)
		return body_read(b, NULL, size);
	if (body_read(b, raw, n) == -1 || body_read(b, NULL, size - n) == -1)
		return -1;
	if (flags & (b->version == 4 ? ID3V24_GROUP : ID3V23_GROUP))
		skip++;
	if (b->version == 4 && flags & ID3V24_LENGTH)
		skip += 4;
	if ((int64_t)skip >= n)
		return 0;
	p += skip;
	n -= (int64_t)skip;
	if (b->version == 4 && (flags & ID3V24_UNSYNC ||
	    b->flags & ID3_UNSYNC))
		n = (int64_t)resynchronise(p, (size_t)n);
	id3_text(b->r, field, p, (size_t)n, b->version == 4);
	return 0;
}

/* One frame: 0, or -1 when there is none any more. */
static int
id3_frame(struct body *b)
{
	uint8_t h[10];
	size_t id = b->version == 2 ? 3 : 4;
	int64_t size;
	int flags = 0;
	unsigned f;

	if (body_read(b, h, b->version == 2 ? 6 : 10) == -1 ||
	    !is_frame_id(h, id))
		return -1;
	if (b->version == 2)
		size = h[3] << 16 | h[4] << 8 | h[5];
	else if (b->version == 3)
		size = (int64_t)h[4] << 24 | h[5] << 16 | h[6] << 8 | h[7];
	else
		size = size_v24(b, h + 4);
	if (b->version > 2)
		flags = h[9];
	for (f = 0; f < FIELDS; f++) {
		char *field = field_of(b->r->t, (enum field)f);

		if (memcmp(h, b->version == 2 ? names[f].v22 : names[f].v23,
		    id) == 0 && field[0] == '\0')
			return id3_field(b, field, size, flags);
	}
	return body_read(b, NULL, size);
}

static int
skip_extended(struct body *b)
{
	uint8_t p[4];
	int64_t size;

	if (body_read(b, p, sizeof(p)) == -1)
		return -1;
	if (b->version == 3) {
		size = (int64_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
		return body_read(b, NULL, size);
	}
	/* Of ID3v2.4: 7 bits to the byte, and it counts itself. */
	size = (int64_t)(p[0] & 0x7f) << 21 | (p[1] & 0x7f) << 14 |
	    (p[2] & 0x7f) << 7 | (p[3] & 0x7f);
	return size < 4 ? -1 : body_read(b, NULL, size - 4);
}

static void
id3v2_read(struct reader *r, int64_t off, int64_t len)
{
	struct body b = { .r = r };
	uint8_t h[10];
	int i;

	if (window_peek(&r->w, off, h, sizeof(h)) < sizeof(h))
		return;
	b.version = h[3];
	b.flags = h[5];
	b.off = off + (int64_t)sizeof(h);
	b.end = off + len;
	if (b.version == 4 && b.flags & 0x10)	/* a footer */
		b.end -= (int64_t)sizeof(h);
	if (b.version == 2 && b.flags & ID3V22_PACKED)
		return;
	/* Of ID3v2.4 every frame by itself, and sizes are as they stand. */
	if (b.version < 4 && b.flags & ID3_UNSYNC) {
		b.unsync = 1;
		if (b.end - b.off > UNSYNC_MAX)
			b.end = b.off + UNSYNC_MAX;
	}
	if (b.version > 2 && b.flags & ID3_EXTENDED && skip_extended(&b) == -1)
		return;
	for (i = 0; i < FRAMES_MAX && !is_full(r->t); i++)
		if (id3_frame(&b) == -1)
			break;
}

/* The value of an APE item: UTF-8, and if not, what text usually is. */
static void
ape_value(struct reader *r, const char *key, int64_t off, uint32_t size)
{
	uint8_t raw[RAW_MAX];
	char *field;
	unsigned f;
	size_t n;

	for (f = 0; f < FIELDS; f++) {
		field = field_of(r->t, (enum field)f);
		if (strcasecmp(key, names[f].ape) != 0 || field[0] != '\0')
			continue;
		n = size < RAW_MAX ? size : RAW_MAX;
		n = window_peek(&r->w, off, raw, n);
		append_values(field, text_is_utf8((char *)raw, n) ? "UTF-8" :
		    r->charset, raw, n, 1);
	}
}

static void
ape_read(struct reader *r, int64_t off, int64_t len)
{
	uint8_t h[8 + 256];
	struct rd rd;
	uint32_t size, flags;
	int64_t end = off + len;
	size_t n, key;
	int i;

	if (window_peek(&r->w, off, h, 8) == 8 && memcmp(h, "APETAGEX", 8) == 0)
		off += 32;
	for (i = 0; i < ITEMS_MAX && off < end && !is_full(r->t); i++) {
		n = window_peek(&r->w, off, h, sizeof(h));
		rd_init(&rd, h, n);
		size = rd_u32le(&rd);
		flags = rd_u32le(&rd);
		key = strnlen((char *)h + 8, n < 8 ? 0 : n - 8);
		if (key < 2 || 8 + key >= n || size > end - off)
			break;
		off += 8 + (int64_t)key + 1;
		if ((flags >> 1 & 3) == 0)	/* text */
			ape_value(r, (char *)h + 8, off, size);
		off += size;
	}
}

static void
id3v1_read(struct reader *r, int64_t off, int64_t len)
{
	uint8_t p[128];
	unsigned f;
	char *field;

	off += len - (int64_t)sizeof(p);	/* "TAG+" may be in front */
	if (window_peek(&r->w, off, p, sizeof(p)) < sizeof(p))
		return;
	for (f = 0; f < FIELDS; f++) {
		field = field_of(r->t, (enum field)f);
		if (field[0] == '\0')
			tags_append(field, r->charset, p + 3 + 30 * f,
			    strnlen((char *)p + 3 + 30 * f, 30));
	}
}

/* Where the tags at both ends are, in the order of the file. */
struct found {
	enum tagspan_kind kind;
	int64_t off, len;
};

static unsigned
find_tags(struct window *w, struct found *tag)
{
	int64_t size = window_file_size(w), off = 0, end = size, len;
	enum tagspan_kind kind;
	unsigned n = 0;

	for (; n < TAGS_MAX; n++, off += len) {
		if ((len = tagspan_at(w, off, size, &kind)) == 0)
			break;
		tag[n] = (struct found){ kind, off, len };
	}
	for (; n < 2 * TAGS_MAX && end > off; n++) {
		if ((len = tagspan_before(w, end, &kind)) == 0)
			break;
		end -= len;
		tag[n] = (struct found){ kind, end, len };
	}
	return n;
}

void
tags_read(int fd, const char *charset, struct media_tags *t)
{
	static const struct {
		enum tagspan_kind kind;
		void (*read)(struct reader *r, int64_t off, int64_t len);
	} order[] = {
		{ TAGSPAN_ID3V2, id3v2_read },
		{ TAGSPAN_APE, ape_read },
		{ TAGSPAN_ID3V1, id3v1_read },
	};
	struct found tag[2 * TAGS_MAX];
	struct reader r;
	unsigned i, j, n;

	memset(t, 0, sizeof(*t));
	r.charset = charset;
	r.t = t;
	window_init(&r.w, fd);
	n = find_tags(&r.w, tag);
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (j = 0; j < n && !is_full(t); j++)
			if (tag[j].kind == order[i].kind)
				order[i].read(&r, tag[j].off, tag[j].len);
}

void
tags_read_id3(int fd, const char *charset, int64_t off, struct media_tags *t)
{
	struct reader r = { .charset = charset, .t = t };
	enum tagspan_kind kind;
	int64_t len;

	window_init(&r.w, fd);
	len = tagspan_at(&r.w, off, window_file_size(&r.w), &kind);
	if (kind == TAGSPAN_ID3V2)
		id3v2_read(&r, off, len);
}

void
tags_merge(struct media_tags *t, const struct media_tags *other)
{
	if (t->title[0] == '\0')
		text_copy(t->title, sizeof(t->title), other->title);
	if (t->artist[0] == '\0')
		text_copy(t->artist, sizeof(t->artist), other->artist);
	if (t->album[0] == '\0')
		text_copy(t->album, sizeof(t->album), other->album);
}
