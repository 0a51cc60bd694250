/* SPDX-License-Identifier: ISC */
#include "os/thread.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* Stack that a call into the kernel may use, with room to spare. */
#define TRIM_LEAVE	512
/* <linux/ioprio.h> is not everywhere. */
#define IOPRIO_WHO_PROCESS	1
#define IOPRIO_IDLE		(3 << 13)
#define HURRY_PRIORITY	1

int
thread_start(pthread_t *t, size_t stack, const char *name,
    void *(*body)(void *), void *arg)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int error;

	if (stack < (size_t)PTHREAD_STACK_MIN)
		stack = (size_t)PTHREAD_STACK_MIN;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, stack);
	/* The new thread inherits the mask; only main takes signals. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(t, &attr, body, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (error != 0) {
		errno = error;
		return -1;
	}
	pthread_setname_np(*t, name);
	return 0;
}

int
thread_join_until(pthread_t t, int64_t deadline_ns)
{
	static const struct timespec nap = { .tv_nsec = 2 * NS_PER_MS };

	if (deadline_ns == INT64_MAX)
		return pthread_join(t, NULL) == 0 ? 0 : -1;
	/* pthread_timedjoin_np goes by the wall clock, which may be set back
	 * while we end; looking again and again is right on every libc. */
	while (pthread_tryjoin_np(t, NULL) != 0) {
		if (clock_mono_ns() >= deadline_ns)
			return -1;
		clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, NULL);
	}
	return 0;
}

/* Not the C library's call: musl's is only there to fail, since POSIX means
 * the process, and Linux the thread. */
int
thread_hurry(void)
{
	struct sched_param p = { .sched_priority = HURRY_PRIORITY };

	return (int)syscall(SYS_sched_setscheduler, 0, SCHED_RR, &p);
}

void
thread_allow_hurry(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_RTPRIO, &r) == -1 || r.rlim_cur >= HURRY_PRIORITY)
		return;
	r.rlim_cur = HURRY_PRIORITY;
	if (r.rlim_max < r.rlim_cur)
		r.rlim_max = r.rlim_cur;
	setrlimit(RLIMIT_RTPRIO, &r);
}

int
thread_may_hurry(void)
{
	struct sched_param p = { .sched_priority = 0 };

	return thread_hurry() == 0 && syscall(SYS_sched_setscheduler, 0,
	    SCHED_OTHER, &p) == 0;
}

void
thread_be_polite(int nice)
{
	setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), nice);
	syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_IDLE);
}

void
thread_trim_stack(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), low, here;
	pthread_attr_t attr;
	size_t size;
	void *base;

	if (pthread_getattr_np(pthread_self(), &attr) != 0)
		return;
	if (pthread_attr_getstack(&attr, &base, &size) == 0) {
		/* What this function and madvise itself need stays. */
		here = ((uintptr_t)&attr - TRIM_LEAVE) & ~(page - 1);
		low = ((uintptr_t)base + page - 1) & ~(page - 1);
		if (here > low)
			madvise((void *)low, here - low, MADV_DONTNEED);
	}
	pthread_attr_destroy(&attr);
}

void
mailbox_init(struct mailbox *m)
{
	atomic_init(&m->flags, 0);
}

/* The kernel's timespec for SYS_futex: longs, also where time_t is 64 bits on
 * a 32-bit machine; CLOCK_MONOTONIC fits for 68 years. */
struct futex_time {
	long sec, nsec;
};

/* glibc and musl have no wrapper; the word is 32 bits on every machine. */
static long
futex(_Atomic uint32_t *word, int op, uint32_t value,
    const struct futex_time *deadline)
{
	return syscall(SYS_futex, word, op, value, deadline, NULL,
	    FUTEX_BITSET_MATCH_ANY);
}

void
mailbox_post(struct mailbox *m, uint32_t flags)
{
	atomic_fetch_or(&m->flags, flags);
	futex(&m->flags, FUTEX_WAKE_PRIVATE, 1, NULL);
}

int
mailbox_has(const struct mailbox *m, uint32_t flags)
{
	return (m->flags & flags) != 0;
}

uint32_t
mailbox_take(struct mailbox *m)
{
	return atomic_exchange(&m->flags, 0);
}

uint32_t
mailbox_wait(struct mailbox *m, int64_t deadline_ns)
{
	struct futex_time ts, *until = NULL;
	uint32_t flags;

	if (deadline_ns != INT64_MAX) {
		if (deadline_ns < 0)
			deadline_ns = 0;
		ts.sec = (long)(deadline_ns / NS_PER_S);
		ts.nsec = (long)(deadline_ns % NS_PER_S);
		until = &ts;
	}
	/* WAIT_BITSET takes an absolute CLOCK_MONOTONIC time. */
	while ((flags = mailbox_take(m)) == 0)
		if (futex(&m->flags, FUTEX_WAIT_BITSET_PRIVATE, 0, until) ==
		    -1 && errno == ETIMEDOUT)
			return mailbox_take(m);
	return flags;
}
