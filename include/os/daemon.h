/* SPDX-License-Identifier: ISC */
/* What makes a process a daemon: detaching, pidfile, user, readiness. */
#ifndef OS_DAEMON_H
#define OS_DAEMON_H

#include <sys/types.h>

/* Whoever started us may have closed stdin, stdout or stderr: they become
 * /dev/null, or what is opened next would take their place. */
void daemon_hold_stdio(void);
/*
 * Fork into the background: the child returns in a new session; the parent
 * waits and exits 0 when the child is ready, or with the child's own exit
 * code if it ends before.  stderr stays open until daemon_ready, so that what
 * is wrong at start is said on the terminal.
 */
void daemon_detach(void);
/* Everything is up: release the waiting parent (if any), close the terminal,
 * tell a service manager (sd_notify's protocol over $NOTIFY_SOCKET). */
void daemon_ready(int detached);
/* Tell a service manager, e.g. "STOPPING=1"; nothing happens without one. */
void daemon_notify(const char *state);

/* Write our pid to path (truncating): 0, or -1 with errno. */
int daemon_pidfile(const char *path);

/* Become user and its groups, for good: 0, or -1 with errno (ENOENT: no such
 * user). */
int daemon_drop_user(const char *user);

#endif
