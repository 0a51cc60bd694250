/* SPDX-License-Identifier: ISC */
#include "os/loop.h"

#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"
#include "tap.h"

static struct loop loop;

static void *
wake(void *arg)
{
	(void)arg;
	loop_wake(&loop);
	return NULL;
}

int
main(void)
{
	uint32_t tag[LOOP_MAX];
	int64_t begin = clock_mono_ns(), at = begin + 5 * NS_PER_MS;
	pthread_t t;
	int p[2];
	char c;

	is(loop_init(&loop), 0, "a loop");
	is(loop_wait(&loop, at, tag), 0, "nothing comes");
	ok(clock_mono_ns() >= at, "until the time has come");
	is(loop_wait(&loop, begin, tag), 0, "no wait for what is over");
	ok(pipe(p) == 0 && loop_add(&loop, p[0], 77) == 0, "a pipe");
	ok(write(p[1], "x", 1) == 1, "is written to");
	is(loop_wait(&loop, INT64_MAX, tag), 1, "one is readable");
	is(tag[0], 77, "that one");
	is(loop_wait(&loop, INT64_MAX, tag), 1, "until it is read");
	ok(read(p[0], &c, 1) == 1, "read");
	loop_wake(&loop);
	is(loop_wait(&loop, INT64_MAX, tag), 0, "woken before the wait");
	pthread_create(&t, NULL, wake, NULL);
	is(loop_wait(&loop, INT64_MAX, tag), 0, "woken in it");
	pthread_join(t, NULL);
	close(p[0]);
	close(p[1]);
	is(loop_wait(&loop, clock_mono_ns(), tag), 0,
	    "what is closed is forgotten");
	loop_done(&loop);
	return tap_end();
}
