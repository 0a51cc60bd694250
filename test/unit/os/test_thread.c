/* SPDX-License-Identifier: ISC */
#include "os/thread.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "tap.h"

#define STACK	(64 * 1024)
#define POSTS	200000
#define SECOND	NS_PER_S

static struct mailbox box, answer;

static void
test_flags(void)
{
	struct mailbox m;
	int64_t before = clock_mono_ns();

	mailbox_init(&m);
	is(mailbox_take(&m), 0, "a new mailbox is empty");
	mailbox_post(&m, 4);
	mailbox_post(&m, 1);
	mailbox_post(&m, 4);
	is(mailbox_wait(&m, INT64_MAX), 5,
	    "what was posted before is taken at once, and all of it");
	is(mailbox_take(&m), 0, "it is taken once");
	mailbox_post(&m, 2);
	is(mailbox_wait(&m, 0), 2, "also when the time is over");
	is(mailbox_wait(&m, 0), 0, "a deadline of long ago: nothing");
	is(mailbox_wait(&m, INT64_MIN), 0, "of before the beginning, too");
	is(mailbox_wait(&m, before), 0, "and of just now");
	mailbox_post(&m, 0x80000000);
	is(mailbox_take(&m), 0x80000000, "the highest flag is one, too");
}

/* The one place here where time passes: that a deadline is not cut short. */
static void
test_deadline(void)
{
	struct mailbox m;
	int64_t until = clock_mono_ns() + 20 * NS_PER_MS, after;

	mailbox_init(&m);
	is(mailbox_wait(&m, until), 0, "a deadline to come");
	after = clock_mono_ns();
	ok(after >= until, "is not cut short");
	ok(after < until + 10 * SECOND, "nor forgotten");
}

static void *
echo_main(void *arg)
{
	uint32_t flags;

	(void)arg;
	do {
		flags = mailbox_wait(&box, INT64_MAX);
		mailbox_post(&answer, flags);
	} while (!(flags & 2));
	return NULL;
}

/* There and back many times: a single lost wake-up ends in the deadline. */
static void
test_wake(void)
{
	pthread_t t;
	int i, lost = 0;

	mailbox_init(&box);
	mailbox_init(&answer);
	is(thread_start(&t, STACK, "echo", echo_main, NULL), 0, "a thread");
	for (i = 0; i < 20000 && !lost; i++) {
		mailbox_post(&box, 1);
		lost = mailbox_wait(&answer, clock_mono_ns() + 20 * SECOND) !=
		    1;
	}
	is(lost, 0, "20000 wake-ups, none is lost");
	mailbox_post(&box, 2);
	is(thread_join_until(t, clock_mono_ns() + 20 * SECOND), 0,
	    "and it ends when told");
}

static _Atomic uint32_t posted[2];

static void *
poster_main(void *arg)
{
	uint32_t flag = *(const uint32_t *)arg;
	int i;

	for (i = 0; i < POSTS; i++) {
		posted[flag - 1]++;
		mailbox_post(&box, flag);
	}
	mailbox_post(&box, flag << 2);
	return NULL;
}

/* Two who post without pause: at the end each flag was seen after its last
 * post, whatever was put together on the way. */
static void
test_many_posts(void)
{
	static const uint32_t flag[2] = { 1, 2 };
	pthread_t t[2];
	uint32_t flags, ended = 0, seen[2] = { 0, 0 };
	int i, late = 0;

	mailbox_init(&box);
	for (i = 0; i < 2; i++)
		thread_start(&t[i], STACK, "poster", poster_main,
		    (void *)(uintptr_t)&flag[i]);
	while (ended != 12 && !late) {
		flags = mailbox_wait(&box, clock_mono_ns() + 60 * SECOND);
		late = flags == 0;
		for (i = 0; i < 2; i++)
			if (flags & flag[i])
				seen[i] = posted[i];
		ended |= flags & 12;
	}
	ok(!late, "two who post without pause: the end of both arrives");
	ok(seen[0] == POSTS && seen[1] == POSTS,
	    "and what they posted last before it");
	for (i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
}

struct looked {
	sigset_t mask;
	char name[16];
	size_t stack;
};

static void *
look_main(void *arg)
{
	struct looked *l = arg;
	pthread_attr_t attr;

	/* The name is given by who started us: wait for that. */
	mailbox_wait(&box, INT64_MAX);
	pthread_sigmask(SIG_SETMASK, NULL, &l->mask);
	pthread_getname_np(pthread_self(), l->name, sizeof(l->name));
	pthread_getattr_np(pthread_self(), &attr);
	pthread_attr_getstacksize(&attr, &l->stack);
	pthread_attr_destroy(&attr);
	return NULL;
}

static void
test_start(void)
{
	struct looked l;
	sigset_t before, after;
	pthread_t t;

	memset(&l, 0, sizeof(l));
	mailbox_init(&box);
	pthread_sigmask(SIG_SETMASK, NULL, &before);
	is(thread_start(&t, 256 * 1024, "channel 16383", look_main, &l), 0,
	    "a thread with a name");
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	mailbox_post(&box, 1);
	pthread_join(t, NULL);
	is_str(l.name, "channel 16383", "has it");
	ok(sigismember(&l.mask, SIGTERM) == 1 &&
	    sigismember(&l.mask, SIGHUP) == 1 &&
	    sigismember(&l.mask, SIGQUIT) == 1 &&
	    sigismember(&l.mask, SIGUSR1) == 1, "and takes no signals");
	ok(sigismember(&before, SIGTERM) == sigismember(&after, SIGTERM) &&
	    sigismember(&after, SIGTERM) == 0, "which we go on taking");
#ifndef __SANITIZE_THREAD__	/* which needs more of it for itself */
	ok(l.stack <= 512 * 1024, "its stack is small");
#endif
	is(thread_start(&t, 1, "tiny", look_main, &l), 0,
	    "a stack that is too small for any thread is made larger");
	mailbox_post(&box, 1);
	pthread_join(t, NULL);
}

static void
test_join(void)
{
	pthread_t t;

	mailbox_init(&box);
	mailbox_init(&answer);
	thread_start(&t, STACK, "stuck", echo_main, NULL);
	is(thread_join_until(t, clock_mono_ns() + 5 * NS_PER_MS), -1,
	    "who does not end is not joined");
	is(thread_join_until(t, 0), -1, "nor with a deadline of long ago");
	mailbox_post(&box, 2);
	is(thread_join_until(t, INT64_MAX), 0,
	    "without a deadline it is waited for");
}

/* Real-time priority, where we may, is the calling thread's alone. */
static void *
hurry_main(void *arg)
{
	int *policy = arg;

	policy[0] = thread_hurry();
	policy[1] = (int)syscall(SYS_sched_getscheduler, 0);
	return NULL;
}

static void
test_hurry(void)
{
	int policy[2];
	pthread_t t;

	errno = 0;
	if (!thread_may_hurry()) {
		is(errno, EPERM, "we may not hurry");
		return;
	}
	is(syscall(SYS_sched_getscheduler, 0), SCHED_OTHER,
	    "to ask changes nothing");
	thread_start(&t, STACK, "hurry", hurry_main, policy);
	pthread_join(t, NULL);
	is(policy[0], 0, "a thread hurries");
	is(policy[1], SCHED_RR, "in real time");
	is(syscall(SYS_sched_getscheduler, 0), SCHED_OTHER,
	    "and nobody else does");
}

int
main(void)
{
	/* A wait that is never woken would hang: end the test instead. */
	alarm(200);
	test_flags();
	test_deadline();
	test_wake();
	test_many_posts();
	test_start();
	test_join();
	test_hurry();
	return tap_end();
}
