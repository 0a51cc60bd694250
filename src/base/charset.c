/* SPDX-License-Identifier: ISC */
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

/*
 * Convert as much as fits; a byte that does not decode becomes '?'.  Returns
 * the number of such bytes, or -1 if iconv does not know the charset.
 */
static int
convert(const char *charset, const char *in, size_t n, char *out, size_t size)
{
	iconv_t cd;
	char *src = (char *)(uintptr_t)in, *dst = out;
	size_t room = size - 1;
	int bad = 0;

	if ((cd = iconv_open("UTF-8", charset)) == (iconv_t)-1)
		return -1;
	while (n > 0 && iconv(cd, &src, &n, &dst, &room) == (size_t)-1) {
		if (errno == E2BIG)
			break;
		if (errno == EINVAL) {	/* cut in the last character */
			bad++;
			break;
		}
		bad++;
		src++, n--;
		if (room == 0)
			break;
		*dst++ = '?', room--;
		iconv(cd, NULL, NULL, NULL, NULL);
	}
	iconv_close(cd);
	*dst = '\0';
	return bad;
}

/*
 * Whether bytes that are no UTF-8 look like GB18030 text: they decode whole,
 * and most of the characters outside ASCII are Han of the level-one table
 * (lead byte B0 to D7), which is what people write with.  Western text in
 * CP1252 has single high bytes among letters and fails one or the other.
 */
static int
is_gb18030(const unsigned char *s, size_t n)
{
	size_t i, common = 0, other = 0;

	for (i = 0; i < n; i++) {
		if (s[i] < 0x80)
			continue;
		if (i + 1 >= n)
			return 0;
		if (s[i] >= 0xb0 && s[i] <= 0xd7 && s[i + 1] >= 0xa1)
			common++;
		else if (s[i] >= 0x81 && s[i] <= 0xfe && ((s[i + 1] >= 0x40 &&
		    s[i + 1] <= 0xfe && s[i + 1] != 0x7f) ||
		    (s[i + 1] >= 0x30 && s[i + 1] <= 0x39)))
			other++;
		else
			return 0;
		i++;
	}
	return common > 0 && common >= other;
}

int
charset_to_utf8(const char *charset, const void *in, size_t n, char *out,
    size_t size)
{
	char text[INPUT_MAX], probe[3 * INPUT_MAX];
	int ret = 0;

	if (n > sizeof(text) - 1)
		n = sizeof(text) - 1;
	memcpy(text, in, n);
	text[n] = '\0';
	out[0] = '\0';
	if (strcasecmp(charset, "auto") != 0)
		ret = convert(charset, text, n, out, size) < 0 ? -1 : 0;
	else if (text_is_utf8(text, n))
		text_copyn(out, size, text, n);
	else if (is_gb18030((const unsigned char *)text, n) &&
	    convert("GB18030", text, n, probe, sizeof(probe)) == 0)
		text_copy(out, size, probe);
	else if (convert("CP1252", text, n, out, size) < 0)
		convert("ISO-8859-1", text, n, out, size);
	text_clean(out);
	return ret;
}

int
charset_is_known(const char *charset)
{
	iconv_t cd;

	if (strcasecmp(charset, "auto") == 0)
		return 1;
	if ((cd = iconv_open("UTF-8", charset)) == (iconv_t)-1)
		return 0;
	iconv_close(cd);
	return 1;
}
