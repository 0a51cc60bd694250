/* SPDX-License-Identifier: ISC */
#include "wire/onair.h"

#include <pthread.h>

#include "tap.h"

#define WRITES	100000

static struct onair board;
static _Atomic int done;

/* A track whose every field tells its number. */
static void
make_now(struct onair_now *n, uint32_t i)
{
	memset(n, 0, sizeof(*n));
	memset(n->title, 'a' + (int)(i % 26), sizeof(n->title) - 1);
	memset(n->artist, 'a' + (int)(i % 26), sizeof(n->artist) - 1);
	n->bitrate = n->rate = n->ts = i;
	n->duration_ms = i;
	n->started = 1;
}

static void *
channel_main(void *arg)
{
	struct onair_now n;
	struct onair_line l;
	uint32_t i;

	(void)arg;
	memset(&l, 0, sizeof(l));
	for (i = 1; i <= WRITES; i++) {
		make_now(&n, i);
		onair_set_now(&board, &n);
		l.ssrc = l.seq = l.ts = i;
		l.packets = l.octets = i;
		onair_set_line(&board, &l);
	}
	done = 1;
	return NULL;
}

static void
test_threads(void)
{
	struct onair_now n, want;
	struct onair_line l;
	pthread_t t;
	int torn = 0, torn_line = 0, stop;

	pthread_create(&t, NULL, channel_main, NULL);
	do {
		stop = done;
		onair_get_now(&board, &n);
		make_now(&want, n.ts);
		torn += n.started && memcmp(&n, &want, sizeof(n)) != 0;
		onair_get_line(&board, &l);
		torn_line += l.seq != l.ssrc || l.ts != l.ssrc ||
		    l.packets != l.ssrc || l.octets != l.ssrc;
	} while (!stop);
	pthread_join(t, NULL);
	is(torn, 0, "no reader sees half a title");
	is(torn_line, 0, "nor half a position");
	onair_get_now(&board, &n);
	is(n.ts, WRITES, "the last track stands");
}

int
main(void)
{
	struct onair_now n;
	struct onair_line l;

	memset(&n, 0xff, sizeof(n));
	memset(&l, 0xff, sizeof(l));
	onair_init(&board);
	onair_get_now(&board, &n);
	onair_get_line(&board, &l);
	ok(n.started == 0 && n.title[0] == '\0' && l.on_air == 0 &&
	    l.packets == 0, "a new board says that nothing has begun");
	test_threads();
	return tap_end();
}
