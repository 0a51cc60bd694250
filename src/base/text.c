/* SPDX-License-Identifier: ISC */
#include "base/text.h"

#include <stdarg.h>
#include <string.h>

size_t
text_whole(const char *s, size_t n)
{
	static const unsigned char lead[] = { 0xc0, 0xe0, 0xf0 };
	size_t i;

	/* A lead byte among the last three that wants more than is there. */
	for (i = 1; i <= 3 && i <= n; i++)
		if (((unsigned char)s[n - i] & 0xc0) != 0x80)
			return (unsigned char)s[n - i] >= lead[i - 1] ?
			    n - i : n;
	return n;
}

int
text_copyn(char *dst, size_t size, const char *src, size_t n)
{
	size_t len = n;
	int cut = 0;

	if (len >= size) {
		len = text_whole(src, size - 1);
		cut = -1;
	}
	memmove(dst, src, len);
	dst[len] = '\0';
	return cut;
}

int
text_copy(char *dst, size_t size, const char *src)
{
	return text_copyn(dst, size, src, strlen(src));
}

int
text_format(char *dst, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(dst, size, fmt, ap);
	va_end(ap);
	return n < 0 || (size_t)n >= size ? -1 : 0;
}

unsigned
text_utf8(const char *s, size_t n, uint32_t *cp)
{
	const unsigned char *p = (const unsigned char *)s;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned len, i;
	uint32_t c;

	if (n == 0)
		return 0;
	if (p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		len = 2, c = p[0] & 0x1f;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		len = 3, c = p[0] & 0x0f;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		len = 4, c = p[0] & 0x07;
	else
		return 0;
	if (len > n)
		return 0;
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*cp = c;
	return len;
}

int
text_is_utf8(const char *s, size_t n)
{
	uint32_t cp;
	unsigned len;

	for (; n > 0; s += len, n -= len)
		if ((len = text_utf8(s, n, &cp)) == 0)
			return 0;
	return 1;
}

/* Characters that move the cursor, turn the line around or hide. */
static int
is_unsafe(uint32_t c)
{
	return (c < 0x20) || (c >= 0x7f && c <= 0x9f) ||
	    (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0x061c ||
	    (c >= 0xfff9 && c <= 0xfffb) || (c & 0xfffe) == 0xfffe ||
	    (c >= 0xe0000 && c <= 0xe0fff);
}

void
text_clean(char *s)
{
	char *in = s, *out = s;
	size_t left = strlen(s);
	uint32_t c;
	unsigned len;
	int space = 0;

	for (; left > 0; in += len, left -= len) {
		len = text_utf8(in, left, &c);
		if (len == 1 && (c == ' ' || (c >= '\t' && c <= '\r'))) {
			space = out > s;
			continue;
		}
		if (space)
			*out++ = ' ';
		space = 0;
		if (len == 0 || is_unsafe(c)) {
			*out++ = '?';
			len = len > 0 ? len : 1;
			continue;
		}
		memmove(out, in, len);
		out += len;
	}
	*out = '\0';
}

static unsigned
columns_of(uint32_t c)
{
	if ((c >= 0x300 && c <= 0x36f) || (c >= 0x1ab0 && c <= 0x1aff) ||
	    (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe00 && c <= 0xfe0f) ||
	    (c >= 0xfe20 && c <= 0xfe2f))
		return 0;
	if ((c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0x303e) ||
	    (c >= 0x3041 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
	    (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) ||
	    (c >= 0xff00 && c <= 0xff60) || (c >= 0xffe0 && c <= 0xffe6) ||
	    (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd))
		return 2;
	return 1;
}

unsigned
text_columns(const char *s)
{
	size_t left = strlen(s);
	unsigned len, n = 0;
	uint32_t c;

	for (; left > 0; s += len, left -= len) {
		if ((len = text_utf8(s, left, &c)) == 0)
			len = 1, c = '?';
		n += columns_of(c);
	}
	return n;
}

void
text_pad(FILE *f, const char *s, unsigned columns)
{
	size_t left = strlen(s);
	unsigned len, n = 0, total = text_columns(s);
	uint32_t c;

	for (; left > 0; s += len, left -= len) {
		if ((len = text_utf8(s, left, &c)) == 0)
			len = 1, c = '?';
		if (total > columns && n + columns_of(c) > columns - 1) {
			fputs("\xe2\x80\xa6", f);	/* … */
			n++;
			break;
		}
		n += columns_of(c);
		fwrite(s, 1, len, f);
	}
	for (; n < columns; n++)
		fputc(' ', f);
}

void
text_json(FILE *f, const char *s)
{
	size_t left;
	unsigned len;
	uint32_t c;

	if (s == NULL) {
		fputs("null", f);
		return;
	}
	fputc('"', f);
	for (left = strlen(s); left > 0; s += len, left -= len) {
		len = text_utf8(s, left, &c);
		if (len == 0) {
			fprintf(f, "\\udc%02x", (unsigned char)*s);
			len = 1;
		} else if (c == '"' || c == '\\')
			fprintf(f, "\\%c", (int)c);
		else if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 ||
		    c == 0x2029)
			fprintf(f, "\\u%04x", (unsigned)c);
		else
			fwrite(s, 1, len, f);
	}
	fputc('"', f);
}
