/* SPDX-License-Identifier: ISC */
/*
 * The automatic rule has to tell GB18030 (in practice GBK: two bytes to a Han
 * character) from CP1252 in texts of a few bytes, which both nearly always
 * decode.  What tells them apart:
 *
 * - Western letters beyond ASCII stand alone in words: "Björk" is F6 and 'r',
 *   which GBK would pair with each other.  Chinese comes in runs of bytes
 *   that are all high and even in number.
 * - Common Han (GB 2312 level one) lead with B0 to D7, of which B0 to BF are
 *   signs in CP1252, and C0 to D6 capitals.  Where two Western letters do
 *   meet ("Größe", "Jäätelö") they are small ones, a level two lead or none.
 * - Capitals come first in a Western word, signs at its ends.
 */
#include "base/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* Text longer than this is cut before it is converted: what we show is
 * shorter, and a tag of hostile size costs nothing. */
#define INPUT_MAX	4096

static iconv_t
open_from(const char *charset)
{
	/* No name means the locale's to some, and we have none. */
	return charset[0] == '\0' ? (iconv_t)-1 :
	    iconv_open("UTF-8", charset);
}

/*
 * Convert as much as fits; a byte that does not decode becomes '?', and a
 * character cut off at the end goes.  Returns the number of such bytes, or
 * -1 if iconv does not know the charset.
 */
static int
convert(const char *charset, const uint8_t *in, size_t n, char *out,
    size_t size)
{
	iconv_t cd;
	char *src = (char *)(uintptr_t)in, *dst = out;
	size_t room = size - 1;
	int bad = 0;

	if ((cd = open_from(charset)) == (iconv_t)-1)
		return -1;
	while (n > 0 && iconv(cd, &src, &n, &dst, &room) == (size_t)-1) {
		/* Full, or cut in the last character. */
		if (errno != EILSEQ || room == 0)
			break;
		bad++;
		src++, n--;
		*dst++ = '?', room--;
		iconv(cd, NULL, NULL, NULL, NULL);
	}
	iconv_close(cd);
	*dst = '\0';
	return bad;
}

/*
 * UTF-8 whose last character may be cut (a field of fixed size was too
 * short), provided that there was a whole one.  Returns the length without
 * the cut character, or 0.
 */
static size_t
utf8_length(const char *s, size_t n)
{
	size_t i = 0;
	unsigned len, whole = 0;
	uint32_t cp;

	for (; i < n; i += len) {
		if ((len = text_utf8(s + i, n - i, &cp)) == 0)
			break;
		whole += len > 1;
	}
	if (i == n)
		return n;
	/* Fill up what is left: if that makes a character, it was a cut one. */
	if (whole > 0 && n - i < 4) {
		char rest[4] = { '\x80', '\x80', '\x80', '\x80' };

		memcpy(rest, s + i, n - i);
		if (text_utf8(rest, sizeof(rest), &cp) > n - i)
			return i;
		rest[1] = n - i == 1 ? '\xa0' : rest[1];
		if (text_utf8(rest, sizeof(rest), &cp) > n - i)
			return i;
	}
	return 0;
}

static int
is_ascii_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static int
is_one_of(uint8_t c, const char *set)
{
	return c != 0 && strchr(set, (char)c) != NULL;
}

static int
is_capital(uint8_t c)
{
	return (c >= 0xc0 && c <= 0xdf && c != 0xd7) ||
	    is_one_of(c, "\x8a\x8c\x8e\x9f");
}

static int
is_small(uint8_t c)
{
	return (c >= 0xdf && c != 0xf7) || is_one_of(c, "\x9a\x9c\x9e");
}

/*
 * Whether these high bytes could be a piece of Western text: words of opening
 * signs, capitals, small letters and closing signs, in this order, with
 * quotation marks and dashes between them.
 */
static int
is_western(const uint8_t *p, size_t n)
{
	size_t i = 0;

	for (;;) {
		while (i < n && is_one_of(p[i], "\xab\xa1\xbf"))
			i++;
		while (i < n && is_capital(p[i]))
			i++;
		while (i < n && is_small(p[i]))
			i++;
		while (i < n && is_one_of(p[i],
		    "\xbb\xb0\xba\xaa\x99\xae\xa9\xb4"))
			i++;
		if (i == n)
			return 1;
		if (!is_one_of(p[i++], "\x85\x91\x92\x93\x94\x96\x97"))
			return 0;
	}
}

struct evidence {
	unsigned common;	/* Han of level one */
	unsigned rare;		/* of level two or beyond GB 2312 */
	unsigned mixed;		/* characters with an ASCII byte in them */
	unsigned strange;	/* runs that no Western text has */
	unsigned likely;	/* runs that hardly any has */
	int cut;		/* the last character is */
};

/*
 * One run of characters from p on, of which both bytes are high.  Returns its
 * length, odd if the last byte stands alone.
 */
static size_t
weigh_run(const uint8_t *p, size_t n, int in_word, struct evidence *e)
{
	unsigned common = 0, rare = 0;
	size_t len = 0, i;

	while (len < n && p[len] >= 0x80)
		len++;
	if (len < n && is_ascii_letter(p[len]))
		in_word = 1;
	for (i = 0; i + 1 < len; i += 2) {
		if (p[i + 1] < 0xa1 || p[i] <= 0xa0 || p[i] >= 0xd8)
			rare++;
		else if (p[i] >= 0xb0)
			common++;
	}
	e->common += common;
	e->rare += rare;
	if (common + rare > 0 && !is_western(p, len))
		e->strange++;
	else if ((len >= 4 && common > rare) || (len == 2 && common == 1 &&
	    !in_word))
		e->likely++;
	return len;
}

/* Whether bytes that are no UTF-8 are GB18030, by the rules above. */
static int
is_gb18030(const uint8_t *s, size_t n)
{
	struct evidence e = { 0 };
	size_t i, len;

	for (i = 0; i < n; i += len) {
		len = 1;
		if (s[i] < 0x80)
			continue;
		len = weigh_run(s + i, n - i, i > 0 &&
		    is_ascii_letter(s[i - 1]), &e);
		if (len % 2 == 0)
			continue;
		/* The last one pairs with what follows, or was cut. */
		if (i + len == n)
			e.cut = 1;
		else if (s[i + len] >= 0x40 && s[i + len] != 0x7f)
			e.mixed++, len++;
		else if (s[i + len] >= '0' && s[i + len] <= '9' &&
		    i + len + 2 < n)
			e.mixed++, len += 3;
		else
			return 0;
	}
	if (e.strange + e.likely == 0 || e.mixed > e.common + e.rare)
		return 0;
	return !e.cut || e.strange > 0 || e.common >= 2;
}

int
charset_to_utf8(const char *charset, const void *in, size_t n, char *out,
    size_t size)
{
	int ret = 0;
	size_t len;

	out[0] = '\0';
	if (n > INPUT_MAX)
		n = INPUT_MAX;
	if (strcasecmp(charset, "auto") != 0)
		ret = convert(charset, in, n, out, size) < 0 ? -1 : 0;
	else if ((len = utf8_length(in, n)) > 0)
		text_copyn(out, size, in, len);
	else if ((!is_gb18030(in, n) ||
	    convert("GB18030", in, n, out, size) != 0) &&
	    convert("CP1252", in, n, out, size) < 0)
		convert("ISO-8859-1", in, n, out, size);
	text_clean(out);
	return ret;
}

int
charset_is_known(const char *charset)
{
	iconv_t cd;

	if (strcasecmp(charset, "auto") == 0)
		return 1;
	if ((cd = open_from(charset)) == (iconv_t)-1)
		return 0;
	iconv_close(cd);
	return 1;
}
