/* SPDX-License-Identifier: ISC */
#include "m3u.h"

#include "tap.h"

static void
test_entries(void)
{
	static const char text[] = "\xef\xbb\xbf#EXTM3U\r\n"
	    "#EXTINF:123,Somebody\r\n  a.mp3 \r\n\r\n\tb c.mp3\nlast.mp3";
	char out[32];
	struct m3u m;

	m3u_init(&m, text, sizeof(text) - 1, 0);
	ok(m3u_next(&m, out, sizeof(out)) == 1, "first entry");
	is_str(out, "a.mp3", "byte order mark, comments, CR and spaces go");
	ok(m3u_next(&m, out, sizeof(out)) == 1, "second entry");
	is_str(out, "b c.mp3", "a space inside stays");
	ok(m3u_next(&m, out, sizeof(out)) == 1, "third entry");
	is_str(out, "last.mp3", "no newline at the end");
	ok(m3u_next(&m, out, sizeof(out)) == 0, "end");
	ok(m3u_next(&m, out, sizeof(out)) == 0, "still the end");
}

static void
test_bad_entries(void)
{
	static const char text[] = "0123456789\nx\0y\nok\n";
	char out[8];
	struct m3u m;

	m3u_init(&m, text, sizeof(text) - 1, 0);
	is(m3u_next(&m, out, sizeof(out)), -1, "too long for the room");
	is_str(out, "0123456", "its beginning is there");
	is(m3u_next(&m, out, sizeof(out)), -1, "NUL byte");
	is(m3u_next(&m, out, sizeof(out)), 1, "what follows is read");
	is_str(out, "ok", "whole");
}

static void
test_url(void)
{
	ok(m3u_is_url("http://radio.example/x.mp3"), "http");
	ok(m3u_is_url("MMS://x"), "upper case");
	ok(!m3u_is_url("C:\\Music\\x.mp3"), "a drive letter is no scheme");
	ok(!m3u_is_url("a/b://c"), "a path is none");
	ok(!m3u_is_url("://x"), "an empty scheme is none");
}

/* What an entry in /srv/radio/1-jazz comes to; "-" if it is refused. */
static const char *
path_of(const char *entry, int is_root)
{
	static char out[64];

	return m3u_path(entry, is_root ? "/srv/radio" : "/srv/radio/1-jazz",
	    is_root, out, sizeof(out)) == 0 ? out : "-";
}

static void
test_path(void)
{
	is_str(path_of("a.mp3", 0), "a.mp3", "a name");
	is_str(path_of("./cd2//x/../a.mp3", 0), "cd2/a.mp3",
	    "dots and double slashes go");
	is_str(path_of("../2-news/a.mp3", 0), "../2-news/a.mp3",
	    "another channel's file");
	is_str(path_of("x/../../2-news/a.mp3", 0), "../2-news/a.mp3",
	    "up by a detour");
	is_str(path_of("../../etc/passwd", 0), "-", "outside");
	is_str(path_of("../x/../../etc/passwd", 0), "-",
	    "outside by a detour");
	is_str(path_of("/srv/radio/1-jazz/a.mp3", 0), "a.mp3",
	    "absolute, ours");
	is_str(path_of("/srv/radio/2-news/a.mp3", 0), "../2-news/a.mp3",
	    "absolute, another channel's");
	is_str(path_of("/srv/radio/../x.mp3", 0), "-",
	    "absolute, leaves the library again");
	is_str(path_of("/srv/radiology/x.mp3", 0), "-",
	    "absolute, a name that only begins alike");
	is_str(path_of("/etc/passwd", 0), "-", "absolute, outside");
	is_str(path_of("...", 0), "...", "three dots are a name");
	is_str(path_of("1-jazz/a.mp3", 1), "1-jazz/a.mp3", "from the root");
	is_str(path_of("../a.mp3", 1), "-", "above the root");
	is_str(path_of("/srv/radio/a.mp3", 1), "a.mp3", "absolute in root");
	is_str(path_of("0123456789012345678901234567890123456789"
	    "012345678901234567890123", 0), "-", "too long");
	is_str(path_of("012345678901234567890123456789012345678901234567890"
	    "123456789012", 0), "012345678901234567890123456789012345678901"
	    "234567890123456789012", "as long as there is room");
	is_str(path_of("../0123456789012345678901234567890123456789012345678"
	    "90123456789", 0), "../01234567890123456789012345678901234567890"
	    "1234567890123456789", "and with the way up");
	is_str(path_of("../01234567890123456789012345678901234567890123456789"
	    "01234567890", 0), "-", "too long with the way up");
}

int
main(void)
{
	test_entries();
	test_bad_entries();
	test_url();
	test_path();
	return tap_end();
}
