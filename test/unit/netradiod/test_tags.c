/* SPDX-License-Identifier: ISC */
#include "tags.h"

#include "base/text.h"

#include "media.h"

#include "made.h"
#include "tap.h"

static struct media_tags
tags_of(const struct made *file)
{
	struct media_tags t;
	int fd = made_fd(file);

	tags_read(fd, "auto", &t);
	close(fd);
	return t;
}

/* A frame of an ID3v2 tag; flags is the second byte. */
static void
put_id3_frame(struct made *b, int version, const char *id, int flags,
    const void *data, size_t n)
{
	put_text(b, id);
	if (version == 2)
		put_be(b, (uint32_t)n, 3);
	else if (version == 3)
		put_be(b, (uint32_t)n, 4);
	else
		put_seven(b, (uint32_t)n);
	if (version > 2)
		put_be(b, (uint32_t)flags, 2);
	put(b, data, n);
}

#define B(s)	(s), sizeof(s) - 1

static const char zhongguo_utf8[] = "\xe4\xb8\xad\xe5\x9b\xbd";

/* A text frame's bytes and the title that they are. */
static const struct {
	const char *what;
	int version;
	int flags;
	const char *bytes;
	size_t len;
	const char *title;
} texts[] = {
	{ "ISO-8859-1", 3, 0, B("\0Bj\xf6rk"), "Bj\xc3\xb6rk" },
	{ "ISO-8859-1 that is GBK", 3, 0, B("\0\xd6\xd0\xb9\xfa"),
	    zhongguo_utf8 },
	{ "ISO-8859-1 that is UTF-8", 3, 0, B("\0\xe4\xb8\xad\xe5\x9b\xbd"),
	    zhongguo_utf8 },
	{ "UTF-16, little", 3, 0, B("\1\xff\xfe\x2d\x4e\xfd\x56"),
	    zhongguo_utf8 },
	{ "UTF-16, big", 3, 0, B("\1\xfe\xff\x4e\x2d\x56\xfd"),
	    zhongguo_utf8 },
	{ "UTF-16, little, no mark", 3, 0, B("\1H\0i\0\x2d\x4e"),
	    "Hi\xe4\xb8\xad" },
	{ "UTF-16, big, no mark", 3, 0, B("\1\0H\0i\x4e\x2d"),
	    "Hi\xe4\xb8\xad" },
	{ "UTF-16 with an end", 3, 0, B("\1\xff\xfeH\0i\0\0\0x\0"), "Hi" },
	{ "UTF-16 of odd length", 3, 0, B("\1\xff\xfeH\0i\0x"), "Hi" },
	{ "UTF-16 beyond 16 bits", 3, 0, B("\1\xff\xfe\x3c\xd8\xb5\xdf"),
	    "\xf0\x9f\x8e\xb5" },
	{ "UTF-16BE", 4, 0, B("\2\x4e\x2d\x56\xfd"), zhongguo_utf8 },
	{ "UTF-8", 4, 0, B("\3\xe4\xb8\xad\xe5\x9b\xbd"), zhongguo_utf8 },
	{ "UTF-8 that is not", 4, 0, B("\3Bj\xf6rk"), "Bj\xc3\xb6rk" },
	{ "no encoding byte", 3, 0, B("Hello"), "Hello" },
	{ "several values", 4, 0, B("\3one\0two\0"), "one; two" },
	{ "several values in UTF-16", 4, 0,
	    B("\1\xff\xfe" "1\0\0\0\xff\xfe" "2\0"), "1; 2" },
	{ "bytes behind the end in ID3v2.3", 3, 0, B("\0one\0two"), "one" },
	{ "ID3v2.2", 2, 0, B("\0Hello"), "Hello" },
	{ "control characters", 3, 0, B("\0a\x1b[2Jb\r\nc"), "a?[2Jb c" },
	{ "empty", 3, 0, B("\0"), "" },
	{ "nothing at all", 3, 0, B(""), "" },
	{ "only a mark", 3, 0, B("\1\xff\xfe"), "" },
	{ "compressed in ID3v2.3", 3, 0x80, B("\0Hello"), "" },
	{ "encrypted in ID3v2.3", 3, 0x40, B("\0Hello"), "" },
	{ "grouped in ID3v2.3", 3, 0x20, B("\7\0Hello"), "Hello" },
	{ "compressed in ID3v2.4", 4, 0x08, B("\0Hello"), "" },
	{ "encrypted in ID3v2.4", 4, 0x04, B("\0Hello"), "" },
	{ "grouped, with length", 4, 0x41, B("\7\0\0\0\6\0Hello"), "Hello" },
	{ "unsynchronised frame", 4, 0x02, B("\1\xff\0\xfeH\0i\0"), "Hi" },
};

static void
test_texts(void)
{
	struct made body = { 0 }, file = { 0 };
	struct media_tags t;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int v = texts[i].version;

		body.len = file.len = 0;
		put_id3_frame(&body, v, v == 2 ? "TT2" : "TIT2",
		    texts[i].flags, texts[i].bytes, texts[i].len);
		put_id3_frame(&body, v, v == 2 ? "TP1" : "TPE1", 0,
		    B("\0who"));
		put_fill(&body, 0, 20);
		put_id3(&file, v, 0, &body);
		t = tags_of(&file);
		is_str(t.title, texts[i].title, texts[i].what);
		is_str(t.artist, "who", "  and the frame behind it");
	}
	made_free(&body);
	made_free(&file);
}

/* Undo what put_id3() would write plainly: a zero behind each 0xff. */
static void
put_unsynchronised(struct made *f, const struct made *body)
{
	size_t i;

	for (i = 0; i < body->len; i++) {
		put(f, body->p + i, 1);
		if (body->p[i] == 0xff)
			put_fill(f, 0, 1);
	}
}

static void
test_headers(void)
{
	struct made body = { 0 }, raw = { 0 }, file = { 0 };
	struct media_tags t;

	/* Sizes are those before the zeros were put in. */
	put_id3_frame(&raw, 3, "TALB", 0, B("\1\xff\xfel\0"));
	put_fill(&body, 0xff, 3000);
	put_id3_frame(&raw, 3, "APIC", 0, body.p, body.len);
	put_id3_frame(&raw, 3, "TIT2", 0, B("\1\xff\xfeH\0i\0"));
	body.len = 0;
	put_unsynchronised(&body, &raw);
	put_id3(&file, 3, 0x80, &body);
	t = tags_of(&file);
	is_str(t.title, "Hi", "unsynchronised ID3v2.3, behind a picture");
	is_str(t.album, "l", "  and in front of it");

	body.len = file.len = 0;
	put_id3_frame(&body, 4, "TIT2", 0x02, B("\1\xff\0\xfeH\0i\0"));
	put_id3_frame(&body, 4, "TPE1", 0, B("\1\xff\0\xfe" "a\0"));
	put_id3(&file, 4, 0x80, &body);
	t = tags_of(&file);
	is_str(t.title, "Hi", "unsynchronised ID3v2.4");
	is_str(t.artist, "a", "  though the frame does not say so");

	body.len = file.len = 0;
	put_be(&body, 6, 4);
	put_fill(&body, 0, 6);
	put_id3_frame(&body, 3, "TIT2", 0, B("\0Hi"));
	put_id3(&file, 3, 0x40, &body);
	is_str(tags_of(&file).title, "Hi", "extended header of ID3v2.3");

	body.len = file.len = 0;
	put_seven(&body, 6);
	put_be(&body, 0x0100, 2);
	put_id3_frame(&body, 4, "TIT2", 0, B("\0Hi"));
	put_id3(&file, 4, 0x50, &body);
	is_str(tags_of(&file).title, "Hi", "extended header of ID3v2.4");

	body.len = file.len = 0;
	put_text(&body, "APIC");
	put_be(&body, 300, 4);	/* 8 bits to the byte, though it is 2.4 */
	put_be(&body, 0, 2);
	put_fill(&body, 'x', 300);
	put_id3_frame(&body, 4, "TIT2", 0, B("\0Hi"));
	put_id3(&file, 4, 0, &body);
	is_str(tags_of(&file).title, "Hi", "sizes of 8 bits in ID3v2.4");

	body.len = file.len = 0;
	put_id3_frame(&body, 2, "TT2", 0, B("\0Hi"));
	put_id3(&file, 2, 0x40, &body);
	is_str(tags_of(&file).title, "", "compressed ID3v2.2 is left alone");
	made_free(&raw);
	made_free(&body);
	made_free(&file);
}

static void
test_ape(void)
{
	struct made items = { 0 }, file = { 0 };
	struct media_tags t;

	put_fill(&file, 'x', 100000);
	put_item(&items, 2, "Cover Art (Front)", file.p, 50000);
	put_item(&items, 2, "Title", B("binary"));
	put_item(&items, 0, "TITLE", B("\xe4\xb8\xad\xe5\x9b\xbd"));
	put_item(&items, 0, "Artist", B("a\0b"));
	put_item(&items, 0, "Album", B("Bj\xf6rk"));
	put_ape(&file, &items, 5, 0);
	t = tags_of(&file);
	is_str(t.title, zhongguo_utf8, "APE behind: title");
	is_str(t.artist, "a; b", "APE: two values");
	is_str(t.album, "Bj\xc3\xb6rk", "APE: no UTF-8 though it must be");

	file.len = 0;
	put_ape(&file, &items, 5, 1);
	put_fill(&file, 'x', 1000);
	is_str(tags_of(&file).title, zhongguo_utf8, "APE in front");

	items.len = file.len = 0;
	put_le(&items, 0x7fffffff);
	put_le(&items, 0);
	put_text(&items, "Title");
	put_fill(&items, 0, 20);
	put_ape(&file, &items, 1, 1);
	is_str(tags_of(&file).title, "", "an item longer than the tag");
	made_free(&items);
	made_free(&file);
}

static void
test_id3v1(void)
{
	struct made file = { 0 };
	struct media_tags t;

	put_fill(&file, 'x', 1000);
	put_id3v1(&file, "Song 2", "\xd6\xd0\xb9\xfa",
	    "A title that is longer than thirty");
	t = tags_of(&file);
	is_str(t.title, "Song 2", "ID3v1: spaces at the end go");
	is_str(t.artist, zhongguo_utf8, "ID3v1: GBK");
	is_str(t.album, "A title that is longer than th", "ID3v1: full field");

	file.len = 0;
	put_id3v1(&file, "123456789 123456789 1\xe4\xb8\xad\xe5\x9b\xbd\xe4\xb8"
	    "\xad", "12345\xb5\xc4\xb8\xe8\xb5\xc4\xb8\xe8\xb5\xc4\xb8\xe8\xb5"
	    "\xc4\xb8\xe8\xb5\xc4\xb8\xe8\xb5\xc4\xb8\xe8\xb5\xc4\xb8", "");
	t = tags_of(&file);
	is_str(t.title, "123456789 123456789 1\xe4\xb8\xad\xe5\x9b\xbd\xe4\xb8"
	    "\xad", "ID3v1: UTF-8 that just fits");
	ok(strlen(t.artist) == 5 + 12 * 3 &&
	    strncmp(t.artist, "12345\xe7\x9a\x84\xe6\xad\x8c", 11) == 0,
	    "ID3v1: GBK cut in the last character");

	file.len = 0;
	put_id3v1(&file, "nul", "", "");
	file.p[3 + 3] = 0;
	is_str(tags_of(&file).title, "nul", "ID3v1: a NUL ends it");
	made_free(&file);
}

static void
test_priority(void)
{
	struct made body = { 0 }, items = { 0 }, file = { 0 };
	struct media_tags t;

	put_id3_frame(&body, 3, "TIT2", 0, B("\0id3v2"));
	put_item(&items, 0, "Title", B("ape"));
	put_item(&items, 0, "Artist", B("ape"));
	put_id3(&file, 3, 0, &body);
	put_fill(&file, 'x', 1000);
	put_ape(&file, &items, 2, 1);
	put_text(&file, "LYRICSBEGININD0000200000021LYRICS200");
	put_id3v1(&file, "id3v1", "id3v1", "id3v1");
	t = tags_of(&file);
	is_str(t.title, "id3v2", "title: ID3v2 first");
	is_str(t.artist, "ape", "artist: then APE");
	is_str(t.album, "id3v1", "album: then ID3v1, behind Lyrics3");

	body.len = file.len = 0;
	put_id3_frame(&body, 4, "TIT2", 0, B("\0behind"));
	put_fill(&file, 'x', 1000);
	put_id3(&file, 4, 0x10, &body);
	put_id3v1(&file, "id3v1", "id3v1", "id3v1");
	is_str(tags_of(&file).title, "behind", "ID3v2.4 behind, by its footer");

	body.len = file.len = 0;
	put_id3(&file, 3, 0, &body);
	put_id3_frame(&body, 3, "TPE1", 0, B("\0second"));
	put_id3(&file, 3, 0, &body);
	put_fill(&file, 'x', 1000);
	is_str(tags_of(&file).artist, "second", "the second tag of two");
	made_free(&body);
	made_free(&items);
	made_free(&file);
}

static void
test_long(void)
{
	struct made body = { 0 }, file = { 0 }, text = { 0 };
	struct media_tags t;
	int i;

	put_fill(&text, 3, 1);
	for (i = 0; i < 500; i++)
		put_text(&text, "\xe4\xb8\xad");
	put_id3_frame(&body, 4, "TIT2", 0, text.p, text.len);
	put_id3(&file, 4, 0, &body);
	t = tags_of(&file);
	is(strlen(t.title), 255, "a long title is cut between characters");

	body.len = file.len = 0;
	put_text(&body, "TIT2");
	put_be(&body, 0x7fffffff, 4);
	put_be(&body, 0, 2);
	put_text(&body, "abc");
	put_id3(&file, 3, 0, &body);
	is_str(tags_of(&file).title, "", "a frame longer than its tag");
	made_free(&text);
	made_free(&body);
	made_free(&file);
}

/* Two values, the first of n bytes: the second is cut, and nothing dangles. */
static void
test_values_cut(void)
{
	static const char *const second[] = { "y", "yy y", "y y y y",
	    "\xf0\x9f\x8e\xb5", "\xe4\xb8\xad\xe5\x9b\xbd" };
	struct made body = { 0 }, file = { 0 };
	struct media_tags t;
	char value[MEDIA_TEXT_MAX + 16], clean[MEDIA_TEXT_MAX];
	size_t i, n, len, wrong = 0, joined = 0;

	for (i = 0; i < sizeof(second) / sizeof(second[0]); i++)
		for (n = 230; n < MEDIA_TEXT_MAX; n++) {
			body.len = file.len = 0;
			value[0] = 3;
			memset(value + 1, 'x', n);
			value[n + 1] = '\0';
			len = strlen(second[i]);
			memcpy(value + n + 2, second[i], len);
			put_id3_frame(&body, 4, "TIT2", 0, value, n + 2 + len);
			put_id3(&file, 4, 0, &body);
			t = tags_of(&file);
			memcpy(clean, t.title, sizeof(clean));
			text_clean(clean);
			len = strlen(t.title);
			wrong += strcmp(clean, t.title) != 0 || len < n ||
			    t.title[len - 1] == ';';
			joined += len > n;
		}
	is(wrong, 0, "a second value is cut behind a character, or left out");
	ok(joined > 50, "and not always left out");
	made_free(&body);
	made_free(&file);
}

int
main(void)
{
	test_texts();
	test_values_cut();
	test_headers();
	test_ape();
	test_id3v1();
	test_priority();
	test_long();
	return tap_end();
}
