/* SPDX-License-Identifier: ISC */
/*
 * One place to wait for many descriptors (epoll: a wait costs what is ready,
 * not what is waited for) and for whoever wants something of the waiting
 * thread.
 */
#ifndef OS_LOOP_H
#define OS_LOOP_H

#include <stdint.h>

#define LOOP_MAX	64	/* as many as one wait returns */

struct loop {
	int fd;
	int wake;		/* eventfd */
};

/* 0, or -1 with errno. */
int loop_init(struct loop *l);
void loop_done(struct loop *l);
/* Wait for fd to be readable; tag is what loop_wait returns for it.  It is
 * forgotten when fd is closed.  0, or -1 with errno. */
int loop_add(struct loop *l, int fd, uint32_t tag);
/* The same for what any of LOOP_READ and LOOP_WRITE tells; with neither, only
 * that it broke. */
#define LOOP_READ	1
#define LOOP_WRITE	2
int loop_add_for(struct loop *l, int fd, uint32_t tag, unsigned what);
/* Another wish for a descriptor that was added. */
void loop_want(struct loop *l, int fd, uint32_t tag, unsigned what);
/* Make the waiting thread, or the next one that waits, return.  Any thread. */
void loop_wake(struct loop *l);
/*
 * Until something is as it was waited for, until CLOCK_MONOTONIC deadline_ns (a
 * millisecond late at most; INT64_MAX: no deadline), or until loop_wake: how
 * many tags of such descriptors were put into tag.
 */
int loop_wait(struct loop *l, int64_t deadline_ns,
    uint32_t tag[static LOOP_MAX]);

#endif
