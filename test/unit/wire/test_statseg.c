/* SPDX-License-Identifier: ISC */
/* The segment, its counters, and the file that names it. */
#include "wire/statseg.h"

#include <stdlib.h>

#include "base/clock.h"
#include "wire/ipcfile.h"

#include "tap.h"

static struct statseg *seg;

static void
test_head(void)
{
	struct statseg_id id = { .device = 5, .inode = 77, .path = "/some",
	    .pid = 9 };
	uint32_t layout = 0;

	is(statseg_check(seg, sizeof(*seg), &layout), STATSEG_FOREIGN,
	    "zeros are nobody's");
	statseg_init(seg, &id, 3, 4);
	is(statseg_check(seg, sizeof(*seg), &layout), STATSEG_OURS,
	    "a new one is ours");
	is(layout, STATSEG_LAYOUT, "of our layout");
	is(statseg_check(seg, 11, &layout), STATSEG_FOREIGN,
	    "what is too short for magic and layout is nobody's");
	is(statseg_check(seg, sizeof(*seg) - 1, &layout), STATSEG_OTHER,
	    "a shorter one is of another version");
	seg->head.layout++;
	is(statseg_check(seg, sizeof(*seg), &layout), STATSEG_OTHER,
	    "and so is one of another layout");
	is(layout, STATSEG_LAYOUT + 1, "which is told");
	seg->head.layout--;
	is(seg->head.queue, 3, "the queue's id");
	is(seg->head.sem, 4, "the semaphore's");
	is_str(seg->head.path, "/some", "the directory");
}

static void
test_seats(void)
{
	static const unsigned numbers[] = { 1, 2, 63, 64, 65, 4095, 16383 };
	struct onair_seat seat;
	unsigned n = 0, i;

	is(statseg_next(seg, 0), 0, "nobody is there");
	for (i = 0; i < 7; i++) {
		memset(&seat, 0, sizeof(seat));
		seat.number = numbers[i];
		statseg_set_seat(seg, seat.number, &seat);
	}
	for (i = 0; i < 7; i++) {
		n = statseg_next(seg, n);
		is(n, numbers[i], "the next one");
	}
	is(statseg_next(seg, n), 0, "then none");
	statseg_set_seat(seg, 64, NULL);
	is(statseg_next(seg, 63), 65, "one that went is passed over");
}

static void
test_channel(void)
{
	struct onair *o = &seg->channel[1];
	struct statseg_channel c;
	struct onair_now now;
	struct onair_line line;
	struct onair_seat seat;

	memset(&seat, 'n', sizeof(seat));
	seat.number = 2;
	statseg_set_seat(seg, 2, &seat);
	memset(&now, 'x', sizeof(now));
	memcpy(now.title, "a\033[2Jb\n", 7);
	onair_set_now(o, &now);
	memset(&line, 0, sizeof(line));
	line.packets = 7;
	onair_set_line(o, &line);
	is(statseg_get_channel(seg, 2, &c), 0, "a channel is read");
	is(c.line.packets, 7, "with its counters");
	is(strlen(c.seat.name), ONAIR_NAME_MAX - 1, "a text without end ends");
	ok(strchr(c.now.title, '\033') == NULL &&
	    strchr(c.now.title, '\n') == NULL, "and comes out clean");
	is(statseg_get_channel(seg, 64, &c), 0, "one that is not there");
	is(c.seat.number, 0, "has no number");
	o->line[0]++;
	is(statseg_get_channel(seg, 2, &c), -1,
	    "a writer that stands still is told");
	is(c.line.packets, 7, "what is there comes out all the same");
	o->line[0]++;
}

static void
test_counters(void)
{
	struct onair_line line;
	struct statseg_daemon d;
	const struct counter *row;
	uint64_t sum = 0;
	size_t i, k;

	memset(&line, 0, sizeof(line));
	memset(&d, 0, sizeof(d));
	line.packets = 3;
	line.bad_tracks = 4;
	for (i = 0; (row = counters_of_channel(i)) != NULL; i++) {
		sum += counters_value(row, &line);
		for (k = 0; k < i; k++)
			if (strcmp(counters_of_channel(k)->name,
			    row->name) == 0)
				break;
		if (k < i)
			break;
	}
	ok(row == NULL && i > 5, "each counter of a channel has its name");
	is(sum, 7, "and its field");
	d.send_errors = 2;
	for (i = 0, sum = 0; (row = counters_of_daemon(i)) != NULL; i++)
		sum += counters_value(row, &d);
	is(sum, 2, "so have the daemon's");
}

static void
test_late(void)
{
	unsigned b, end;
	int good = 1;

	is(counters_late_bucket(-5), 0, "too early is in the first bucket");
	is(counters_late_bucket(NS_PER_MS), 0, "a millisecond too");
	is(counters_late_bucket(NS_PER_MS + 1), 1, "more is in the second");
	for (b = 0; (end = counters_late_end_ms(b)) != 0; b++)
		good &= counters_late_bucket(end * NS_PER_MS) == b &&
		    counters_late_bucket(end * NS_PER_MS + 1) == b + 1;
	ok(good, "each bucket goes to its end");
	is(b, COUNTERS_LATE_BUCKETS - 1, "the last has none");
	is(counters_late_bucket(INT64_MAX), COUNTERS_LATE_BUCKETS - 1,
	    "and takes all the rest");
}

static void
test_position(void)
{
	struct onair_now now = { .ts = 90000, .duration_ms = -1 };
	struct onair_line line = { .ts = 180000, .due_ns = 5 * NS_PER_S };

	is(onair_position_ms(&now, &line, 5 * NS_PER_S), 0,
	    "before anything has begun there is no position");
	now.started = 1;
	is(onair_position_ms(&now, &line, 5 * NS_PER_S), 1000,
	    "a second of sound is a second");
	is(onair_position_ms(&now, &line, 4900 * NS_PER_MS), 900,
	    "what is prepared has not been heard");
	now.silent = 1;
	is(onair_position_ms(&now, &line, 5 * NS_PER_S), 0,
	    "silence has no position");
	now.paused = 1;
	now.held_ms = 345;
	is(onair_position_ms(&now, &line, 5 * NS_PER_S), 345,
	    "a pause holds it");
}

static void
test_file(void)
{
	struct ipcfile f = { 5, -1, 2147483647 }, g;
	char text[IPCFILE_BYTES_MAX];

	ipcfile_format(&f, text);
	ipcfile_parse(&g, text);
	ok(f.segment == g.segment && f.queue == g.queue &&
	    f.semaphore == g.semaphore, "the file says what was written");
	ipcfile_parse(&g, "xsegment 1\nsegment 99999999999\nqueue x\n\n"
	    "semaphore 0\nmore 3");
	is(g.segment, -1, "a number that cannot be is none");
	is(g.queue, -1, "nor is a word");
	is(g.semaphore, 0, "the rest stands");
	ipcfile_parse(&g, "");
	ok(g.segment == -1 && g.queue == -1 && g.semaphore == -1,
	    "an empty file names nothing");
}

int
main(void)
{
	if ((seg = calloc(1, sizeof(*seg))) == NULL)
		return 1;
	test_head();
	test_seats();
	test_channel();
	test_counters();
	test_late();
	test_position();
	test_file();
	free(seg);
	return tap_end();
}
