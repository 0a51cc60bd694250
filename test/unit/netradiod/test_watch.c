/* SPDX-License-Identifier: ISC */
/* The watcher's thread, with a library that others edit and take away. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "news.h"
#include "tap.h"
#include "watch.h"

#define NOBODY	65534

static char top[64] = "/tmp/test_watch.XXXXXX";
static char root[128];
static struct watch *watch;
static struct news news;

static const char *
in_top(const char *path)
{
	static char text[4][300];
	static unsigned next;
	char *s = text[next++ % 4];

	snprintf(s, sizeof(text[0]), "%s/%s", top, path);
	return s;
}

static void
touch(const char *path)
{
	int fd = open(in_top(path), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd == -1 || write(fd, "x", 1) != 1)
		printf("Bail out! %s: %s\n", path, strerror(errno)), exit(1);
	close(fd);
}

/* What it tells next, within some seconds; NULL: nothing. */
static struct news *
told(int seconds)
{
	struct timespec t = { .tv_sec = seconds };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	do {
		if (sigtimedwait(&set, NULL, &t) == -1)
			return NULL;
	} while (!watch_take_due(watch));
	news_done(&news);
	watch_take_news(watch, &news);
	return &news;
}

static int
is_told(const char *base)
{
	struct news *n;

	while ((n = told(3)) != NULL)
		if (n->is_all || news_has(n, base))
			return 1;
	return 0;
}

/* Until all is said that there is to say. */
static void
settle(void)
{
	while (told(1) != NULL)
		;
}

static void
test_unreadable(void)
{
	chmod(root, 0);
	ok(is_told(""), "a library that may not be read is news");
	settle();
	chmod(root, 0755);
	ok(is_told(""), "so is that it may be read again");
	settle();
	touch("library/1-one/b.mp3");
	ok(is_told("1-one"), "and then what happens in it");
	settle();
}

static void
test_links(void)
{
	mkdir(in_top("outside"), 0755);
	mkdir(in_top("outside/cd"), 0755);
	touch("outside/a.mp3");
	ok(symlink("../outside", in_top("library/20-link")) == 0, "(linked)");
	ok(is_told("20-link"), "a link to a directory is news");
	settle();
	touch("outside/b.mp3");
	ok(is_told("20-link"), "and what happens behind it");
	settle();
	ok(rename(in_top("library/20-link"), in_top("library/21-moved")) == 0,
	    "(renamed)");
	ok(is_told("21-moved"), "so is its new name");
	settle();
	touch("outside/c.mp3");
	ok(is_told("21-moved"), "under which it then goes on");
	settle();
	ok(symlink("../../outside", in_top("library/1-one/in")) == 0,
	    "(linked again)");
	settle();
	touch("outside/cd/d.mp3");
	ok(is_told("1-one"), "all ways to a directory are told,");
	settle();
	touch("outside/cd/e.mp3");
	ok(is_told("21-moved"), "one and the other");
	settle();
	unlink(in_top("library/21-moved"));
	settle();
	touch("outside/f.mp3");
	ok(is_told("1-one"), "and the one that is left");
	settle();
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static void
remove_all(void)
{
	nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int
main(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if ((geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) == -1) ||
	    mkdtemp(top) == NULL)
		return 1;
	snprintf(root, sizeof(root), "%s", in_top("library"));
	mkdir(root, 0755);
	mkdir(in_top("library/1-one"), 0755);
	touch("library/1-one/a.mp3");
	watch = watch_start(root, WATCH_AUTO);
	ok(watch != NULL, "(started)");
	settle();
	test_unreadable();
	test_links();
	is(watch_stop(watch, clock_mono_ns() + NS_PER_S), 0, "it ends");
	news_done(&news);
	remove_all();
	return tap_end();
}
