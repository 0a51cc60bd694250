/* SPDX-License-Identifier: ISC */
/* What was written is read, in order and whole, or is said to be there no more;
 * one thread writes while another reads. */
#include "tape.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "random.h"
#include "tap.h"

#define MS	NS_PER_MS

/* The byte that stands at a place. */
static uint8_t
byte_at(uint64_t at)
{
	uint64_t s = at;

	return (uint8_t)random_of(&s);
}

static void
write_some(struct tape *t, size_t n)
{
	uint8_t buf[5000];
	uint64_t at = tape_head(t);
	size_t i;

	for (i = 0; i < n; i++)
		buf[i] = byte_at(at + i);
	tape_write(t, buf, n);
}

static int
is_right(const uint8_t *buf, uint64_t at, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (buf[i] != byte_at(at + i))
			return 0;
	return 1;
}

static void
test_bytes(void)
{
	struct tape *t = tape_new(TAPE_SIZE);
	static uint8_t buf[TAPE_SIZE];
	uint64_t g = 3, at = 0;
	unsigned i, bad = 0;
	ssize_t n;

	is(tape_read(t, 0, buf, sizeof(buf)), 0, "nothing is on it");
	for (i = 0; i < 2000; i++) {
		write_some(t, random_of(&g) % 1500);
		n = tape_read(t, at, buf, random_of(&g) % 2000);
		if (n < 0 || !is_right(buf, at, (size_t)n)) {
			bad++;
			break;
		}
		at += (uint64_t)n;
	}
	is(bad, 0, "what is written is read, whatever the pieces");
	while (at < tape_head(t) && (n = tape_read(t, at, buf,
	    sizeof(buf))) > 0) {
		bad += !is_right(buf, at, (size_t)n);
		at += (uint64_t)n;
	}
	ok(bad == 0 && at == tape_head(t), "to its end");
	at = tape_head(t);
	for (i = 0; i < 40; i++)
		write_some(t, 1600);
	is(tape_read(t, at, buf, 100), 100, "as far back as it is long");
	ok(is_right(buf, at, 100), "it is there");
	for (i = 0; i < 4; i++)
		write_some(t, 1600);
	is(tape_read(t, at, buf, 100), -1, "then it is there no more");
	is(tape_read(t, tape_head(t) + 5, buf, 100), 0, "the future is not "
	    "there yet");
	tape_put(t);
}

static void
test_start(void)
{
	struct tape *t = tape_new(TAPE_SIZE);
	uint64_t marks[1000];
	unsigned i;

	is(tape_start(t, 0), 0, "an empty one begins at its beginning");
	for (i = 0; i < 10; i++) {
		marks[i] = tape_head(t);
		tape_mark(t, i * 80 * MS);
		write_some(t, 1257);
	}
	is(tape_start(t, 0), 0, "all of it");
	is(tape_start(t, 400 * MS), marks[4], "from before so long ago");
	is(tape_start(t, 719 * MS), marks[8], "the last one but one");
	is(tape_start(t, 9000 * MS), marks[9], "the last packet at least");
	for (; i < 1000; i++) {
		marks[i] = tape_head(t);
		tape_mark(t, i * 80 * MS);
		write_some(t, 1257);
	}
	i = 999;
	while (i > 0 && marks[i] != tape_start(t, 0))
		i--;
	ok(i > 0, "it begins with a packet");
	ok(tape_head(t) - marks[i] <= TAPE_SIZE - TAPE_SIZE / 8 &&
	    tape_head(t) - marks[i] > TAPE_SIZE * 3 / 4, "of those that will "
	    "still be there in a moment");
	tape_put(t);
}

static void
test_texts(void)
{
	struct tape *t = tape_new(TAPE_SIZE);
	struct tape_format f = { .sound = 2, .rate = 48000, .channels = 2 };
	struct tape_title title;

	tape_title(t, &title);
	is(title.count, 0, "no title");
	write_some(t, 100);
	tape_entitle(t, "One");
	write_some(t, 100);
	tape_title(t, &title);
	ok(title.count == 1 && title.at == 100, "begins where it was given");
	is_str(title.text, "One", "as it was");
	tape_entitle(t, "");
	tape_title(t, &title);
	ok(title.count == 2 && title.at == 200 && title.text[0] == '\0',
	    "another");
	tape_describe(t, &f);
	memset(&f, 0, sizeof(f));
	tape_format(t, &f);
	ok(f.sound == 2 && f.rate == 48000, "the format");
	ok(!tape_is_over(t), "it goes on");
	tape_get(t);
	tape_end(t);
	tape_put(t);
	ok(tape_is_over(t), "until it ends");
	tape_put(t);
}

static _Atomic int is_done;

static void *
writer(void *arg)
{
	uint64_t g = 9;
	unsigned i;

	for (i = 0; i < 20000; i++) {
		tape_mark(arg, i * MS);
		write_some(arg, random_of(&g) % 700 + 1);
	}
	is_done = 1;
	return NULL;
}

static void
test_both(void)
{
	struct tape *t = tape_new(TAPE_SIZE);
	static uint8_t buf[TAPE_SIZE];
	unsigned long good = 0, bad = 0, over = 0;
	uint64_t at = 0;
	pthread_t thread;
	ssize_t n;

	pthread_create(&thread, NULL, writer, t);
	while (!is_done || at < tape_head(t)) {
		n = tape_read(t, at, buf, sizeof(buf));
		if (n == -1) {
			over++;
			at = tape_start(t, 0);
			continue;
		}
		if (is_right(buf, at, (size_t)n))
			good += n > 0;
		else
			bad++;
		at += (uint64_t)n;
	}
	pthread_join(thread, NULL);
	is(bad, 0, "nothing else is read than what was written");
	ok(good > 0, "but that is");
	printf("# %lu runs read, overtaken %lu times\n", good, over);
	tape_put(t);
}

int
main(void)
{
	test_bytes();
	test_start();
	test_texts();
	test_both();
	return tap_end();
}
