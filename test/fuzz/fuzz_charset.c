/* SPDX-License-Identifier: ISC */
/*
 * Text from outside in any charset, guessed or named: what comes out is clean
 * UTF-8 that fits its room, and can be cut, padded and quoted.
 *
 *   byte 0     which charset
 *   byte 1     room for the result, less one
 *
 * Answers for: src/base/charset.c src/base/text.c
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/charset.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* On a terminal exactly so wide as asked for. */
static void
check_pad(const char *s, unsigned columns)
{
	char *shown = NULL;
	size_t n = 0;
	FILE *f;

	if ((f = open_memstream(&shown, &n)) == NULL)
		abort();
	text_pad(f, s, columns);
	fclose(f);
	assert(text_columns(shown) == columns);
	free(shown);
}

/* One pair of quotes, and in between nothing that ends the string. */
static void
check_json(const char *s)
{
	char *shown = NULL;
	size_t n = 0, i;
	FILE *f;

	if ((f = open_memstream(&shown, &n)) == NULL)
		abort();
	text_json(f, s);
	fclose(f);
	assert(n >= 2 && shown[0] == '"' && shown[n - 1] == '"');
	assert(text_is_utf8(shown, n));
	for (i = 1; i < n - 1; i++) {
		assert((unsigned char)shown[i] >= 0x20 && shown[i] != '"');
		if (shown[i] == '\\')
			i++;
	}
	assert(i == n - 1);
	free(shown);
}

/* What was cut is still whole characters, and as long as it could be. */
static void
check_cut(const char *s, size_t size)
{
	char out[256];
	size_t n = strlen(s);

	assert(text_copy(out, size, s) == (n >= size ? -1 : 0));
	assert(n < size ? strlen(out) == n : strlen(out) < size &&
	    strlen(out) + 4 >= size);
	assert(memcmp(out, s, strlen(out)) == 0);
	assert(text_is_utf8(out, strlen(out)));
}

/* As it came: bytes that are no text at all. */
static void
check_raw(const uint8_t *data, size_t size)
{
	char *s = malloc(size + 1), *again;

	if (s == NULL)
		return;
	memcpy(s, data, size);
	s[size] = '\0';
	check_json(s);
	check_pad(s, 7);
	text_clean(s);
	assert(text_is_utf8(s, strlen(s)));
	if ((again = strdup(s)) != NULL) {
		text_clean(again);
		assert(strcmp(again, s) == 0);
	}
	free(again);
	free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const charsets[] = { "auto", "UTF-8", "GB18030",
	    "CP1252", "UTF-16", "UTF-16LE", "UTF-16BE", "KOI8-R",
	    "SHIFT_JIS", "ISO-2022-JP", "UTF-7", "AUTO", "no such", "" };
	const char *charset;
	char out[256], clean[256];
	size_t room;

	if (size < 2)
		return 0;
	charset = charsets[data[0] % (sizeof(charsets) /
	    sizeof(charsets[0]))];
	room = (size_t)data[1] + 1;
	data += 2, size -= 2;
	memset(out, 'x', sizeof(out));
	if (charset_to_utf8(charset, data, size, out, room) == -1) {
		assert(!charset_is_known(charset) && out[0] == '\0');
		return 0;
	}
	assert(charset_is_known(charset));
	assert(memchr(out, '\0', room) != NULL);
	assert(text_is_utf8(out, strlen(out)));
	text_copy(clean, sizeof(clean), out);
	text_clean(clean);
	assert(strcmp(clean, out) == 0);
	check_json(out);
	check_pad(out, (unsigned)room);
	check_cut(out, 1 + room / 2);
	check_raw(data, size);
	return 0;
}
