/* SPDX-License-Identifier: ISC */
/*
 * Threads with small stacks, and the one place where each sleeps: a mailbox
 * with an absolute deadline.
 */
#ifndef OS_THREAD_H
#define OS_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Start body(arg) with all signals blocked, a stack of so many bytes and a
 * name of at most 15 characters for ps and top.  0, or -1 with errno.
 * Every thread is joined by who started it.
 */
int thread_start(pthread_t *t, size_t stack, const char *name,
    void *(*body)(void *), void *arg);

/* Join by CLOCK_MONOTONIC deadline_ns (INT64_MAX: however long it takes): 0;
 * -1: it still runs. */
int thread_join_until(pthread_t t, int64_t deadline_ns);

/*
 * Real-time scheduling (SCHED_RR at its lowest priority, sched(7)) for the
 * calling thread: it runs as soon as its time has come, however busy the
 * machine is.  0, or -1 with errno: EPERM if we may not.
 */
int thread_hurry(void);
/* As root, before becoming somebody else: let that user's threads hurry. */
void thread_allow_hurry(void);
/* Whether thread_hurry would do; the calling thread stays as it is. */
int thread_may_hurry(void);

/* Let others go before the calling thread, on the disk all of them, on the
 * processor as nice (1 to 19) tells; a wish, that may not be granted. */
void thread_be_polite(int nice);

/* Give back the memory of the calling thread's stack below the caller: of a
 * thousand threads that once went deep, each holds on to what it touched. */
void thread_trim_stack(void);

/*
 * A word of flags that others set and its owner takes; the owner sleeps on it
 * (futex) until one is set or a time has come: pacing and control share this
 * one wait, and neither takes a lock.
 */
struct mailbox {
	_Atomic uint32_t flags;
};

void mailbox_init(struct mailbox *m);
/* Set flags and wake the owner; any thread, any time. */
void mailbox_post(struct mailbox *m, uint32_t flags);
/*
 * Owner only.  Sleep until a flag is set or CLOCK_MONOTONIC reaches
 * deadline_ns (INT64_MAX: no deadline).  Takes and returns the flags, 0 when
 * it was the time.
 */
uint32_t mailbox_wait(struct mailbox *m, int64_t deadline_ns);
/* Owner only: whether one of these flags is set and not taken yet. */
int mailbox_has(const struct mailbox *m, uint32_t flags);
/* Owner only: take the flags without waiting. */
uint32_t mailbox_take(struct mailbox *m);

#endif
