/* SPDX-License-Identifier: ISC */
#include "news.h"

#include <stdio.h>

#include "tap.h"

static void
test_bases(void)
{
	struct news n;
	char path[32];
	int i;

	news_init(&n);
	ok(!news_has(&n, "1-jazz"), "nothing is new");
	news_add(&n, "1-jazz/a.mp3");
	news_add(&n, "1-jazz/cd2/b.mp3");
	ok(news_has(&n, "1-jazz"), "a file's channel");
	ok(!news_has(&n, "1-jaz") && !news_has(&n, "1-jazz2"), "no other");
	is(n.nbases, 1, "once");
	ok(!news_has(&n, ""), "not the root");
	news_add(&n, "song.mp3");
	ok(news_has(&n, ""), "a file in the root");
	news_add(&n, "2-new/");
	ok(news_has(&n, "2-new"), "a directory");
	for (i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "%d/x", i);
		news_add(&n, path);
	}
	ok(n.is_all && news_has(&n, "anything"), "too many: all");
	news_done(&n);
}

static void
test_busy(void)
{
	struct news n;

	news_init(&n);
	news_add_busy(&n, "1-jazz/cd2/b.mp3");
	news_add_busy(&n, "song.mp3");
	ok(news_is_busy(&n, "1-jazz", "cd2/b.mp3", 0), "below a channel");
	ok(!news_is_busy(&n, "1-jazz", "cd2/b.mp", 0) &&
	    !news_is_busy(&n, "1-jaz", "z/cd2/b.mp3", 0) &&
	    !news_is_busy(&n, "", "cd2/b.mp3", 0), "no other file");
	ok(news_is_busy(&n, "", "song.mp3", 0), "in the root");
	ok(!n.held, "none was left for its age");
	n.young_from_ns = 1000;
	n.young_to_ns = 2000;
	ok(!news_is_busy(&n, "x", "old", 999), "old enough");
	ok(!n.held, "still none");
	ok(news_is_busy(&n, "x", "new", 1500), "too young");
	ok(n.held, "and that is told");
	ok(!news_is_busy(&n, "x", "tomorrow", 2000), "another clock");
	news_done(&n);
}

int
main(void)
{
	test_bases();
	test_busy();
	return tap_end();
}
