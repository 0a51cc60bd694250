/* SPDX-License-Identifier: ISC */
#include "lookup.h"

#include <stdlib.h>
#include <string.h>

#include "library.h"
#include "tap.h"

/* What the library has on the heap. */
#define S(text)	((char *)(text))

static struct track tracks[] = {
	{ .path = S("a.mp3"), .title = "Morning" },
	{ .path = S("cd2/b.mp3"), .title = "Moon" },
	{ .path = S("cd2/c.mp3"), .title = "2" },
	{ .path = S("Moon"), .title = "Evening" },
	{ .path = S("bad.mp3") },
};
static struct playlist list = { .ntracks = 5, .tracks = tracks };
static struct channel_def defs[] = {
	{ .number = 1, .name = S("jazz"), .list = &list },
	{ .number = 2, .name = S("Jazz late"), .list = &list },
	{ .number = 3, .name = S("7"), .list = &list },
	{ .number = 7, .name = S("news"), .list = &list },
	{ .number = 16383, .name = S("last"), .list = &list },
};
static struct library library = { .nchannels = 5, .channels = defs };
static char why[512];

static unsigned
channel(const char *text)
{
	const struct channel_def *d;

	why[0] = '\0';
	d = lookup_channel(&library, text, strlen(text), why, sizeof(why));
	return d != NULL ? d->number : 0;
}

static int
track(const char *text)
{
	const struct track *t;

	why[0] = '\0';
	t = lookup_track(&defs[0], text, why, sizeof(why));
	return t != NULL ? (int)(t - tracks) : -1;
}

static void
test_split(void)
{
	struct channel_def odd[] = {
		{ .number = 1, .name = S("AC/DC") },
		{ .number = 2, .name = S("AC/DC/live") },
		{ .number = 3, .name = S("1/a") },
	};
	struct library l = { .nchannels = 3, .channels = odd };

	is(lookup_split(&library, "jazz/cd2/b.mp3"), 4, "up to the slash");
	is(lookup_split(&library, "jazz"), 4, "without one all of it");
	is(lookup_split(&library, "/x"), 0, "or nothing");
	is(lookup_split(&l, "AC/DC/1"), 5, "a name with a slash");
	is(lookup_split(&l, "ac/dc/1"), 5, "whatever its case");
	is(lookup_split(&l, "ac/dc/live/1"), 10, "the longest one");
	is(lookup_split(&l, "ac/dc/liver"), 5, "if it is the whole name");
	is(lookup_split(&l, "ac/1"), 2, "a beginning has none");
	is(lookup_split(&l, "1/a/b"), 1, "a number goes before a name");
}

int
main(void)
{
	struct library none = { .nchannels = 0 };

	is(channel("2"), 2, "by number");
	is(channel("16383"), 16383, "the last one");
	is(channel("7"), 7, "a number goes before a name");
	is(channel("jazz"), 1, "by its name, though another begins so");
	is(channel("JAZZ L"), 2, "by its beginning, whatever its case");
	is(channel("n"), 7, "which may be short");
	is(channel("ja"), 0, "two that begin so");
	is_str(why, "which channel is \"ja\": 1 (jazz), 2 (Jazz late)",
	    "are named");
	is(channel("blues"), 0, "one that is not there");
	is_str(why, "no channel \"blues\"; there are 1 (jazz), 2 (Jazz late), "
	    "3 (7), 7 (news), 16383 (last)", "and those that are");
	is(channel("4"), 0, "nor is a number");
	is(channel("16384"), 0, "nor one too large");
	is(channel(""), 0, "nothing names none");
	is(channel("\033[2J"), 0, "nor does rubbish");
	ok(strchr(why, '\033') == NULL, "which is not shown as it came");
	ok(lookup_channel(&none, "1", 1, why, sizeof(why)) == NULL,
	    "in an empty library there is none");
	ok(strstr(why, "there are none") != NULL, "which is said");

	test_split();
	is(track("1"), 0, "a track by its place");
	is(track("2"), 1, "which goes before a title");
	is(track("5"), 4, "the last");
	is(track("6"), -1, "none behind it");
	is(track("0"), -1, "none before the first");
	is(track("cd2/b.mp3"), 1, "by its path");
	is(track("Moon"), 3, "a path goes before a title");
	is(track("Evening"), 3, "by its title");
	is(track("b.m"), 1, "by its file's name");
	is(track("morn"), 0, "by the beginning of its title");
	is(track("bad"), 4, "one without title");
	is(track("mo"), -1, "several that begin so");
	ok(strstr(why, "3 tracks") != NULL, "are counted: %s", why);
	is(track("nope"), -1, "none");
	ok(strstr(why, "none of them is \"nope\"") != NULL, "is said: %s",
	    why);
	is(track(""), -1, "nothing names none");
	return tap_end();
}
