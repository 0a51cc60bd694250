/* SPDX-License-Identifier: ISC */
/*
 * The watcher: a thread that notices what changes in the library, waits for a
 * quiet moment, and then tells main by SIGUSR2.
 *
 * It asks the kernel (inotify for files and directories, the table of mounts
 * for file systems that come and go).  Where the kernel does not tell, on
 * network file systems or when it has no watches left, it has the library
 * looked at every now and then.  A library that is not there is looked for
 * each second.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdint.h>

struct news;
struct watch;

enum {
	WATCH_AUTO = -1,	/* ask the kernel, or look every minute */
	WATCH_OFF = 0		/* more: look every so many seconds */
};

/* Watch the library at root; how as above.  NULL with errno. */
struct watch *watch_start(const char *root, int how);
/* End it: 0, and w is gone; -1: stuck at CLOCK_MONOTONIC deadline_ns. */
int watch_stop(struct watch *w, int64_t deadline_ns);

/* The following for main, at any time; w may be NULL. */

/* Whether it does without the kernel, for want of something that an admin can
 * give (a limit). */
int watch_has_given_up(const struct watch *w);
/* Whether it has something to tell, said once. */
int watch_take_due(struct watch *w);
/* What changed since this was last asked, and what is being written now, into
 * n (initialized, and then the caller's). */
void watch_take_news(struct watch *w, struct news *n);
/* That was of no use, or left files out: say all of it again soon. */
void watch_again(struct watch *w);

#endif
