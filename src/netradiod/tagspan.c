/* SPDX-License-Identifier: ISC */
/*
 *   ID3v2    "ID3" version(2) flags size(4 x 7 bits) ... [footer "3DI" ...]
 *   APEv2    ["APETAGEX" version size items flags 0(8)] items ... the same
 *            again as footer; numbers little-endian, size without the header
 *   Lyrics3  "LYRICSBEGIN" ... "LYRICSEND" (v1: at most 5100 bytes)
 *            "LYRICSBEGIN" { id(3) size(5 digits) ... } size(6 digits)
 *            "LYRICS200" (v2), always in front of an ID3v1
 *   ID3v1    "TAG" and 125 bytes, sometimes behind "TAG+" and 223
 */
#include "tagspan.h"

#include <string.h>

#include "base/bytes.h"

#include "window.h"

#define ID3V2_HEADER	10
#define ID3V2_FOOTER	0x10	/* flag: a copy of the header at the end */
#define APE_HEADER	32
#define APE_IS_HEADER	0x20000000u
#define ID3V1_SIZE	128
#define ID3V1_PLUS	227
#define LYRICS3V1_MAX	5100	/* between the two words */
#define LYRICS3V2_FIELDS 64	/* more are not believed */
#define TAIL_MAX	32	/* so many tags one behind the other */

static int
has(const uint8_t *p, size_t n, const char *word)
{
	size_t len = strlen(word);

	return n >= len && memcmp(p, word, len) == 0;
}

enum tagspan_kind
tagspan_magic(const uint8_t *p, size_t n)
{
	if (has(p, n, "ID3"))
		return TAGSPAN_ID3V2;
	if (has(p, n, "APETAGEX"))
		return TAGSPAN_APE;
	if (has(p, n, "LYRICSBEGIN"))
		return TAGSPAN_LYRICS3;
	if (has(p, n, "TAG"))
		return TAGSPAN_ID3V1;
	return TAGSPAN_NONE;
}

/* Value of n decimal digits, or -1. */
static int64_t
digits(const uint8_t *p, size_t n)
{
	int64_t v = 0;

	for (; n > 0; n--, p++) {
		if (*p < '0' || *p > '9')
			return -1;
		v = v * 10 + (*p - '0');
	}
	return v;
}

/* Version, revision, flags, size: the same bytes in header and footer. */
static int64_t
id3v2_body(const uint8_t *p)
{
	if (p[3] < 2 || p[3] > 4 || p[4] == 0xff ||
	    (p[6] | p[7] | p[8] | p[9]) & 0x80)
		return -1;
	return (int64_t)p[6] << 21 | p[7] << 14 | p[8] << 7 | p[9];
}

int64_t
tagspan_id3v2(const uint8_t header[static 10])
{
	int64_t body;

	if (!has(header, ID3V2_HEADER, "ID3") ||
	    (body = id3v2_body(header)) == -1)
		return 0;
	if (header[3] == 4 && header[5] & ID3V2_FOOTER)
		body += ID3V2_HEADER;
	return ID3V2_HEADER + body;
}

static int64_t
id3v2_at(struct window *w, int64_t off)
{
	uint8_t p[ID3V2_HEADER];

	return window_peek(w, off, p, sizeof(p)) == sizeof(p) ?
	    tagspan_id3v2(p) : 0;
}

/* An item: size, flags, a key of printable ASCII with a NUL behind it. */
static int
is_ape_item(struct window *w, int64_t off, int64_t room)
{
	uint8_t p[8 + 32];
	struct rd r;
	size_t i, n = window_peek(w, off, p, sizeof(p));

	rd_init(&r, p, n);
	if (rd_u32le(&r) > room)
		return 0;
	for (i = 8; i < n && p[i] >= 0x20 && p[i] <= 0x7e; i++)
		;
	/* A key may have 255 characters; so many are proof enough. */
	return i >= 8 + 2 && (i == n || p[i] == 0);
}

/* Header or footer of an APE tag: size of what follows a header. */
static int64_t
ape_size(const uint8_t *p, size_t n, uint32_t *flags)
{
	struct rd r;
	uint32_t version, size;

	if (n < APE_HEADER || !has(p, n, "APETAGEX"))
		return -1;
	rd_init(&r, p + 8, APE_HEADER - 8);
	version = rd_u32le(&r);
	size = rd_u32le(&r);
	rd_u32le(&r);
	*flags = rd_u32le(&r);
	if ((version != 1000 && version != 2000) || size < APE_HEADER)
		return -1;
	return size;
}

/* With a header, or only the footer of one whose items we did not know. */
static int64_t
ape_at(struct window *w, int64_t off)
{
	uint8_t p[APE_HEADER];
	uint32_t flags;
	int64_t size;

	size = ape_size(p, window_peek(w, off, p, sizeof(p)), &flags);
	if (size == -1)
		return 0;
	return flags & APE_IS_HEADER ? APE_HEADER + size : APE_HEADER;
}

static int64_t
ape_before(struct window *w, int64_t end)
{
	uint8_t p[APE_HEADER];
	uint32_t flags;
	int64_t size, off;

	if (end < APE_HEADER)
		return 0;
	size = ape_size(p, window_peek(w, end - APE_HEADER, p, sizeof(p)),
	    &flags);
	if (size == -1 || flags & APE_IS_HEADER || size > end)
		return 0;
	off = end - size;
	if (size > APE_HEADER && !is_ape_item(w, off, size))
		return 0;
	/* Some set no flag though there is a header; and what is there may be
	 * the footer of another tag. */
	if (off >= APE_HEADER && ape_size(p, window_peek(w, off - APE_HEADER,
	    p, sizeof(p)), &flags) == size && flags & APE_IS_HEADER)
		size += APE_HEADER;
	return size;
}

static int64_t
lyrics3v1_at(struct window *w, int64_t off)
{
	uint8_t p[LYRICS3V1_MAX + 20];
	const uint8_t *end;
	size_t n = window_peek(w, off, p, sizeof(p));

	end = memmem(p, n, "LYRICSEND", 9);
	return end != NULL ? end - p + 9 : 0;
}

static int64_t
lyrics3v2_at(struct window *w, int64_t off)
{
	uint8_t p[15];
	int64_t at = off + 11, size;
	int i;

	for (i = 0; i < LYRICS3V2_FIELDS; i++) {
		if (window_peek(w, at, p, sizeof(p)) < 8)
			return 0;
		if (digits(p, 6) == at - off && has(p + 6, 9, "LYRICS200"))
			return at + 15 - off;
		if ((size = digits(p + 3, 5)) == -1)
			return 0;
		at += 8 + size;
	}
	return 0;
}

static int64_t
lyrics3_at(struct window *w, int64_t off)
{
	int64_t size = lyrics3v2_at(w, off);

	return size > 0 ? size : lyrics3v1_at(w, off);
}

static int64_t
id3v1_at(struct window *w, int64_t off)
{
	uint8_t p[ID3V1_PLUS + 3];

	if (window_peek(w, off, p, sizeof(p)) == sizeof(p) &&
	    p[3] == '+' && has(p + ID3V1_PLUS, 3, "TAG"))
		return ID3V1_PLUS + ID3V1_SIZE;
	return ID3V1_SIZE;
}

int64_t
tagspan_at(struct window *w, int64_t off, int64_t size,
    enum tagspan_kind *kind)
{
	uint8_t p[TAGSPAN_MAGIC];
	enum tagspan_kind k;
	int64_t len = 0;

	k = tagspan_magic(p, window_peek(w, off, p, sizeof(p)));
	if (k == TAGSPAN_ID3V2)
		len = id3v2_at(w, off);
	else if (k == TAGSPAN_APE)
		len = ape_at(w, off);
	else if (k == TAGSPAN_LYRICS3)
		len = lyrics3_at(w, off);
	else if (k == TAGSPAN_ID3V1)
		len = id3v1_at(w, off);
	if (len > size - off)
		len = 0;
	if (kind != NULL)
		*kind = len > 0 ? k : TAGSPAN_NONE;
	return len;
}

static int64_t
id3v1_before(struct window *w, int64_t end)
{
	uint8_t p[4];

	if (end < ID3V1_SIZE ||
	    window_peek(w, end - ID3V1_SIZE, p, 3) < 3 || !has(p, 3, "TAG"))
		return 0;
	if (end >= ID3V1_SIZE + ID3V1_PLUS &&
	    window_peek(w, end - ID3V1_SIZE - ID3V1_PLUS, p, 4) == 4 &&
	    has(p, 4, "TAG+"))
		return ID3V1_SIZE + ID3V1_PLUS;
	return ID3V1_SIZE;
}

static int64_t
lyrics3v2_before(struct window *w, int64_t end)
{
	uint8_t p[15];
	int64_t size;

	if (end < 26 || window_peek(w, end - 15, p, sizeof(p)) < sizeof(p) ||
	    !has(p + 6, 9, "LYRICS200") || (size = digits(p, 6)) == -1 ||
	    size + 15 > end)
		return 0;
	size += 15;
	if (window_peek(w, end - size, p, 11) < 11 ||
	    !has(p, 11, "LYRICSBEGIN"))
		return 0;
	return size;
}

static int64_t
lyrics3v1_before(struct window *w, int64_t end)
{
	uint8_t p[LYRICS3V1_MAX + 20];
	size_t i, n = sizeof(p);

	if ((int64_t)n > end)
		n = (size_t)end;
	if (n < 20 || window_peek(w, end - 9, p, 9) < 9 ||
	    !has(p, 9, "LYRICSEND") || window_peek(w, end - (int64_t)n, p,
	    n) < n)
		return 0;
	for (i = n - 20 + 1; i-- > 0;)
		if (has(p + i, n - i, "LYRICSBEGIN"))
			return (int64_t)(n - i);
	return 0;
}

static int64_t
id3v2_before(struct window *w, int64_t end)
{
	uint8_t p[ID3V2_HEADER];
	int64_t size;

	if (end < 2 * ID3V2_HEADER ||
	    window_peek(w, end - ID3V2_HEADER, p, sizeof(p)) < sizeof(p) ||
	    !has(p, sizeof(p), "3DI") || (size = id3v2_body(p)) == -1)
		return 0;
	size += 2 * ID3V2_HEADER;
	return size <= end && id3v2_at(w, end - size) == size ? size : 0;
}

int64_t
tagspan_before(struct window *w, int64_t end, enum tagspan_kind *kind)
{
	int64_t len;

	if ((len = id3v1_before(w, end)) > 0)
		*kind = TAGSPAN_ID3V1;
	else if ((len = ape_before(w, end)) > 0)
		*kind = TAGSPAN_APE;
	else if ((len = lyrics3v2_before(w, end)) > 0 ||
	    (len = lyrics3v1_before(w, end)) > 0)
		*kind = TAGSPAN_LYRICS3;
	else if ((len = id3v2_before(w, end)) > 0)
		*kind = TAGSPAN_ID3V2;
	else
		*kind = TAGSPAN_NONE;
	return len;
}

int64_t
tagspan_tail(struct window *w, int64_t size)
{
	enum tagspan_kind kind;
	int64_t len, end = size;
	int i;

	for (i = 0; i < TAIL_MAX; i++) {
		if ((len = tagspan_before(w, end, &kind)) == 0)
			break;
		end -= len;
	}
	return end;
}
