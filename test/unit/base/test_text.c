/* SPDX-License-Identifier: ISC */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

static void
test_copy(void)
{
	char b[6];

	is(text_copy(b, sizeof(b), "abcde"), 0, "copy: fits");
	is_str(b, "abcde", "  whole");
	is(text_copy(b, sizeof(b), "abcdef"), -1, "copy: does not");
	is_str(b, "abcde", "  cut");
	is(text_copy(b, sizeof(b), "abc\xe4\xb8\xad"), -1, "copy: cut");
	is_str(b, "abc", "  between characters");
	text_copyn(b, sizeof(b), "abcdef", 2);
	is_str(b, "ab", "copyn: so many bytes");
	is(text_format(b, sizeof(b), "%d", 12345), 0, "format: fits");
	is(text_format(b, sizeof(b), "%d", 123456), -1, "format: cut");
	is_str(b, "12345", "  and ended");
}

static const struct {
	const char *bytes;
	unsigned len;
	uint32_t cp;
} chars[] = {
	{ "a", 1, 'a' }, { "\xc3\xa9", 2, 0xe9 }, { "\xe4\xb8\xad", 3, 0x4e2d },
	{ "\xf0\x9f\x8e\xb5", 4, 0x1f3b5 }, { "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	{ "\x80", 0, 0 }, { "\xc0\x80", 0, 0 }, { "\xc1\xbf", 0, 0 },
	{ "\xe0\x9f\xbf", 0, 0 }, { "\xf0\x8f\xbf\xbf", 0, 0 },
	{ "\xed\xa0\x80", 0, 0 }, { "\xf4\x90\x80\x80", 0, 0 },
	{ "\xf5\x80\x80\x80", 0, 0 }, { "\xff", 0, 0 }, { "\xe4\xb8", 0, 0 },
	{ "\xe4\xb8x", 0, 0 },
};

static void
test_utf8(void)
{
	uint32_t cp;
	size_t i;

	for (i = 0; i < sizeof(chars) / sizeof(chars[0]); i++) {
		cp = 0;
		ok(text_utf8(chars[i].bytes, strlen(chars[i].bytes), &cp) ==
		    chars[i].len && cp == chars[i].cp, "character U+%04X",
		    (unsigned)chars[i].cp);
	}
	is(text_utf8("", 0, &cp), 0, "no bytes are no character");
	ok(text_is_utf8("a\xc3\xa9", 3) && text_is_utf8("", 0), "UTF-8");
	ok(!text_is_utf8("a\xc3\xa9", 2), "UTF-8 that is cut is none");
}

static const char *const cleaned[][2] = {
	{ "plain", "plain" }, { "  a \t b\r\n", "a b" }, { "", "" },
	{ " \n ", "" }, { "a\x1b[31mb", "a?[31mb" }, { "a\x7f", "a?" },
	{ "\xc2\x9b" "31m", "?31m" },		/* C1: CSI in one character */
	{ "a\xe2\x80\xae" "b", "a?b" },		/* right-to-left override */
	{ "a\xe2\x80\xa8" "b", "a?b" },		/* line separator */
	{ "a\xe2\x81\xa6" "b", "a?b" },		/* isolate */
	{ "\xef\xbb\xbf" "a", "?a" },		/* byte order mark */
	{ "a\xff\xfe" "b", "a??b" }, { "\xe4\xb8", "??" },
	{ "\xe4\xb8\xad", "\xe4\xb8\xad" },
};

static void
test_clean(void)
{
	char b[64];
	size_t i;

	for (i = 0; i < sizeof(cleaned) / sizeof(cleaned[0]); i++) {
		text_copy(b, sizeof(b), cleaned[i][0]);
		text_clean(b);
		is_str(b, cleaned[i][1], "clean");
		text_clean(b);
		is_str(b, cleaned[i][1], "  and clean again");
	}
}

/* What text_pad and text_json print. */
static const char *
padded(const char *s, unsigned columns)
{
	static char b[256];
	FILE *f = fmemopen(b, sizeof(b), "w");

	text_pad(f, s, columns);
	fclose(f);
	return b;
}

static const char *
json(const char *s)
{
	static char b[256];
	FILE *f = fmemopen(b, sizeof(b), "w");

	text_json(f, s);
	fclose(f);
	return b;
}

static void
test_print(void)
{
	is(text_columns("abc"), 3, "columns: ASCII");
	is(text_columns("\xe4\xb8\xad\xe5\x9b\xbd"), 4, "columns: wide");
	is(text_columns("e\xcc\x81"), 1, "columns: combining");
	is_str(padded("abc", 5), "abc  ", "pad: filled");
	is_str(padded("abc", 3), "abc", "pad: exact");
	is_str(padded("abcdef", 4), "abc\xe2\x80\xa6", "pad: cut");
	is_str(padded("\xe4\xb8\xad\xe5\x9b\xbd", 4),
	    "\xe4\xb8\xad\xe5\x9b\xbd", "pad: wide, exact");
	is_str(padded("\xe4\xb8\xad\xe5\x9b\xbd", 3),
	    "\xe4\xb8\xad\xe2\x80\xa6", "pad: wide, cut");
	is_str(padded("\xe4\xb8\xad\xe5\x9b\xbd\xe4\xb8\xad", 4),
	    "\xe4\xb8\xad\xe2\x80\xa6 ", "pad: wide, cut and filled");
	is_str(json(NULL), "null", "JSON: null");
	is_str(json("a\"b\\c"), "\"a\\\"b\\\\c\"", "JSON: quotes");
	is_str(json("\n\x7f"), "\"\\u000a\\u007f\"", "JSON: controls");
	is_str(json("\xe4\xb8\xad"), "\"\xe4\xb8\xad\"", "JSON: UTF-8");
	is_str(json("a\xff\xc3"), "\"a\\udcff\\udcc3\"", "JSON: other bytes");
}

int
main(void)
{
	test_copy();
	test_utf8();
	test_clean();
	test_print();
	return tap_end();
}
