/* SPDX-License-Identifier: ISC */
/* The queue before a slow taker, against a plain model of it. */
#include <stdint.h>
#include <stdlib.h>

#include "queue.h"
#include "random.h"
#include "tap.h"

static struct queue q;
static uint8_t in[1 << 22], out[1 << 22];

/* Take up to n bytes; how many there were. */
static size_t
take(uint8_t *to, size_t n)
{
	struct iovec iov[2];
	size_t got = 0;
	int i, parts = queue_peek(&q, iov, n);

	for (i = 0; i < parts; i++) {
		memcpy(to + got, iov[i].iov_base, iov[i].iov_len);
		got += iov[i].iov_len;
	}
	queue_pop(&q, got);
	return got;
}

static void
test_bytes(void)
{
	size_t pushed = 0, taken = 0, len, i;
	unsigned refused = 0;

	queue_init(&q, 1000);
	for (i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)random_u32();
	while (pushed + 1500 < sizeof(in)) {
		len = 24 + random_below(1416);
		if (queue_push(&q, in + pushed, len, 1) == 0)
			pushed += len;
		else {
			refused++;
			taken += take(out + taken, 1 + random_below(9000));
		}
		if (random_below(8) == 0)
			taken += take(out + taken, random_below(3000));
	}
	while ((len = take(out + taken, 4096)) > 0)
		taken += len;
	is(taken, pushed, "all that went in comes out");
	is(memcmp(in, out, pushed), 0, "in order");
	is(q.play_ns, 0, "no play time is left over");
	ok(refused > 0, "and it was full at times");
}

static void
test_limits(void)
{
	unsigned n = 0;

	queue_init(&q, 100);
	while (queue_push(&q, in, 100, 30) == 0)
		n++;
	is(n, 3, "play time is the limit");
	is(q.play_ns, 90, "three frames of 30");
	queue_init(&q, INT64_C(1) << 40);
	for (n = 0; queue_push(&q, in, 10, 1) == 0; n++)
		;
	is(n, QUEUE_FRAMES, "or the number of frames");
	queue_clear(&q);
	for (n = 0; queue_push(&q, in, 1000, 1) == 0; n++)
		;
	is(n, QUEUE_BYTES / 1000, "or the bytes");
}

static void
test_drop(void)
{
	queue_init(&q, 1000);
	queue_push(&q, in, 100, 1);
	queue_push(&q, in + 100, 100, 1);
	queue_drop(&q);
	is(q.used, 0, "nothing has left: all is dropped");
	queue_push(&q, in, 100, 1);
	queue_push(&q, in + 100, 100, 1);
	take(out, 40);
	queue_drop(&q);
	is(q.used, 60, "the rest of a frame that has begun to leave stays");
	queue_push(&q, in + 500, 100, 1);
	is(take(out + 40, 1000), 160, "and is followed by the new");
	ok(memcmp(out, in, 100) == 0 &&
	    memcmp(out + 100, in + 500, 100) == 0, "as they should be");
	is(q.play_ns, 0, "no play time is left over");
}

/* What is held and what has just left, as play time. */
static void
test_level(void)
{
	unsigned i;

	queue_init(&q, 1 << 30);
	is(queue_level_ns(&q, 4096), 0, "nothing was ever there");
	for (i = 0; i < 4; i++)
		queue_push(&q, in, 100, 1000);
	is(queue_level_ns(&q, 0), 4000, "all is held");
	take(out, 250);
	is(queue_level_ns(&q, 0), 1500, "half of a frame");
	is(queue_level_ns(&q, 50), 2000, "the other half has just left");
	is(queue_level_ns(&q, 120), 2700, "and some of the one before");
	is(queue_level_ns(&q, 4096), 4000, "more than that is not known");
	take(out, 150);
	is(queue_level_ns(&q, 100), 1000, "all has left: the last");
	for (i = 0; i < 2000; i++) {
		queue_push(&q, in, 10, 10);
		take(out, 10);
	}
	is(queue_level_ns(&q, 10000), 10000, "long ago");
	is(queue_level_ns(&q, 20000), 10 * QUEUE_FRAMES, "too long ago");
	queue_push(&q, in, 100, 1000);
	is(queue_drop(&q), 1000, "what is dropped is told");
	is(queue_level_ns(&q, 100), 100, "and was not the last");
}

int
main(void)
{
	random_seed(1);
	test_level();
	test_bytes();
	test_limits();
	test_drop();
	return tap_end();
}
