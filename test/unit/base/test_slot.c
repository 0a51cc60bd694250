/* SPDX-License-Identifier: ISC */
#include "base/slot.h"

#include <pthread.h>

#include "tap.h"

#define WRITES	200000
#define READERS	2

/* No multiple of eight bytes, so the last word is a cut one. */
struct value {
	uint32_t a[25];
};

static _Atomic uint64_t slot[SLOT_WORDS(sizeof(struct value))];
static _Atomic int done;

struct reader {
	pthread_t thread;
	unsigned long torn, backward, reads, changes;
};

static void *
writer_main(void *arg)
{
	struct value v;
	uint32_t n;
	size_t i;

	(void)arg;
	for (n = 1; n <= WRITES; n++) {
		for (i = 0; i < 25; i++)
			v.a[i] = n + (uint32_t)i;
		slot_write(slot, &v, sizeof(v));
	}
	done = 1;
	return NULL;
}

static void *
reader_main(void *arg)
{
	struct reader *r = arg;
	struct value v;
	uint32_t last = 0;
	size_t i;
	int stop;

	do {
		stop = done;
		slot_read(slot, &v, sizeof(v));
		r->reads++;
		for (i = 1; i < 25; i++)
			if (v.a[i] != v.a[0] + i)
				break;
		r->torn += i < 25;
		r->backward += v.a[0] < last;
		r->changes += v.a[0] != last;
		last = v.a[0];
	} while (!stop);
	return NULL;
}

static void
test_single(void)
{
	struct value in, out;
	char small[3] = { 1, 2, 3 }, got[4] = { 9, 9, 9, 9 };
	size_t i;

	slot_init(slot, SLOT_WORDS(sizeof(in)));
	memset(&out, 0xff, sizeof(out));
	slot_read(slot, &out, sizeof(out));
	for (i = 0; i < 25 && out.a[i] == 0; i++)
		;
	is(i, 25, "a new slot holds zeros");
	for (i = 0; i < 25; i++)
		in.a[i] = (uint32_t)(i * 0x01010101);
	slot_write(slot, &in, sizeof(in));
	slot_read(slot, &out, sizeof(out));
	ok(memcmp(&in, &out, sizeof(in)) == 0, "what was written is read");
	is(slot[0], 2, "and the writer is out");
	slot_write(slot, small, sizeof(small));
	slot_read(slot, got, sizeof(small));
	ok(memcmp(small, got, 3) == 0 && got[3] == 9,
	    "a value shorter than a word reads no further than it is long");
	is(SLOT_WORDS(1), 2, "one byte takes a word, the generation another");
	is(SLOT_WORDS(8), 2, "eight bytes take one");
	is(SLOT_WORDS(9), 3, "nine take two");
}

static void
test_dead_writer(void)
{
	struct value in, out;
	size_t i;

	for (i = 0; i < 25; i++)
		in.a[i] = (uint32_t)i;
	slot_init(slot, SLOT_WORDS(sizeof(in)));
	slot_write(slot, &in, sizeof(in));
	is(slot_peek(slot, &out, sizeof(out)), 0, "a peek sees a whole value");
	ok(memcmp(&in, &out, sizeof(in)) == 0, "the one that was written");
	slot[0]++;
	is(slot_peek(slot, &out, sizeof(out)), -1,
	    "of a writer that stands still inside it says so");
	slot_write(slot, &in, sizeof(in));
	is(slot[0], 4, "the next writer leaves it even");
	is(slot_peek(slot, &out, sizeof(out)), 0, "and readable");
}

static void
test_threads(void)
{
	struct reader r[READERS];
	struct value v;
	pthread_t writer;
	unsigned long torn = 0, backward = 0, changes = 0;
	size_t i;

	slot_init(slot, SLOT_WORDS(sizeof(v)));
	for (i = 0; i < 25; i++)
		v.a[i] = (uint32_t)i;
	slot_write(slot, &v, sizeof(v));
	memset(r, 0, sizeof(r));
	for (i = 0; i < READERS; i++)
		pthread_create(&r[i].thread, NULL, reader_main, &r[i]);
	pthread_create(&writer, NULL, writer_main, NULL);
	pthread_join(writer, NULL);
	for (i = 0; i < READERS; i++) {
		pthread_join(r[i].thread, NULL);
		torn += r[i].torn;
		backward += r[i].backward;
		changes += r[i].changes;
	}
	is(torn, 0, "no reader sees a torn value");
	is(backward, 0, "nor an older one after a newer one");
	ok(changes >= READERS, "readers did see what the writer wrote");
	slot_read(slot, &v, sizeof(v));
	is(v.a[0], WRITES, "the last value stands");
}

int
main(void)
{
	test_single();
	test_dead_writer();
	test_threads();
	return tap_end();
}
