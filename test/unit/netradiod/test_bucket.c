/* SPDX-License-Identifier: ISC */
#include "bucket.h"

#include "base/clock.h"
#include "random.h"
#include "tap.h"

#define START	INT64_C(1000000000000)
#define MS	NS_PER_MS

static const uint32_t rates[] = { 8000, 11025, 12000, 16000, 22050, 24000,
	32000, 44100, 48000 };

/* Play time of a packet as pack.h makes them: frames of up to 80 ms. */
static int64_t
random_packet(void)
{
	uint32_t rate = rates[random_below(9)];
	int64_t frame = flick_of_samples(rate >= 32000 ? 1152 : 576, rate);
	int64_t n = 1 + random_below(3);

	while (n > 1 && n * frame > FLICK_HZ * 80 / 1000)
		n--;
	return n * frame;
}

static void
test_steady(void)
{
	int64_t frame = flick_of_samples(3 * 1152, 44100), now = START;
	struct bucket b;
	int i, exact = 1;

	bucket_init(&b, START, 0);
	is(bucket_due(&b, 0), START, "the first packet is due at the start");
	is(bucket_line_ns(&b), START, "and on the line");
	for (i = 0; i < 1000; i++) {
		now = bucket_due(&b, 0);
		exact = exact && now == START + flick_to_ns(i * frame) &&
		    bucket_stalled(&b, now, 0) == 0;
		bucket_take(&b, now, frame);
	}
	ok(exact, "each is due when those before it have been played");
}

/* 10^7 packets of all rates in any order: the line is their exact sum. */
static void
test_no_drift(void)
{
	struct bucket b;
	int64_t samples[9] = { 0 }, flicks = 0;
	int i, moved = 0;
	size_t k;

	bucket_init(&b, START, 0);
	for (i = 0; i < 10000000; i++) {
		int64_t now = bucket_due(&b, 0) + random_below_i64(5 * MS);

		k = random_below(9);
		samples[k] += 1152;
		moved += bucket_stalled(&b, now, 0) != 0;
		bucket_take(&b, now, flick_of_samples(1152, rates[k]));
	}
	for (k = 0; k < 9; k++)
		flicks += (int64_t)((__int128)samples[k] * FLICK_HZ /
		    rates[k]);
	is(moved, 0, "10^7 packets, each up to 5 ms late: none is a stall");
	is(bucket_line_ns(&b) - START, (int64_t)((__int128)flicks * 625 / 441),
	    "and after them the line is exactly where it must be");
}

/* How late a walk's next packet leaves: mostly a little, at times by all that
 * a scheduler, a disk or a stopped machine can do to us. */
static int64_t
random_delay(void)
{
	switch (random_below(64)) {
	case 0:
		return random_below_i64(3000 * MS);
	case 1:
		return random_below_i64(501 * MS);
	case 2:
		return random_below_i64(100 * MS);
	default:
		return random_below_i64(MS);
	}
}

/* How long the machine was suspended just now; mostly not at all, and the two
 * clocks are never read at the same time. */
static int64_t
random_sleep(void)
{
	switch (random_below(2048)) {
	case 0:
		return random_below_i64(86400 * NS_PER_S);
	case 1:
		return random_below_i64(NS_PER_S);
	default:
		return random_below_i64(2001) - 1000;
	}
}

/* What a walk may not do, counted. */
struct walk {
	int64_t grid_ns;
	unsigned packets;
	unsigned early;		/* a grid's step before its play time */
	unsigned close;		/* to the one before */
	unsigned burst;		/* more than rate x time + depth */
	unsigned back;		/* line or deadline went back */
	unsigned wrong;		/* told a stall that is none, or not */
	unsigned off_line;	/* did not go on from now */
	unsigned stalls;
};

/*
 * Any pattern of delays, suspends and looks at the bucket.  Let x be time less
 * play time sent before; between two packets more was sent than the time
 * allows by just what x fell.  So x may never be more than the depth below the
 * highest that it has been; with a grid a packet may leave that much early.
 */
static void
walk(struct walk *w, unsigned packets)
{
	struct bucket b;
	int64_t start = START + random_below_i64(NS_PER_S), now, last = 0;
	int64_t packet, flicks = 0, late, moved, x, highest = INT64_MIN;
	int64_t asleep = 0, slept, due, line = start, due_before = 0;

	bucket_init(&b, start, asleep);
	for (; packets > 0; packets--, w->packets++) {
		due = bucket_due(&b, w->grid_ns);
		w->back += due < due_before || bucket_line_ns(&b) < line;
		w->wrong += due != bucket_due(&b, w->grid_ns);
		now = due + random_delay();
		slept = random_sleep();
		asleep += slept;
		line = bucket_line_ns(&b);
		late = now - line;
		w->early += late <= -(w->grid_ns > 0 ? w->grid_ns : 1);
		w->close += last > 0 && now - last < BUCKET_CATCHUP_NS;
		moved = bucket_stalled(&b, now, asleep);
		w->wrong += moved != (late > BUCKET_STALL_NS ? late : 0) +
		    (slept > BUCKET_STALL_NS ? slept : 0);
		w->off_line += late > BUCKET_STALL_NS &&
		    bucket_line_ns(&b) != now;
		w->off_line += late <= BUCKET_DEPTH_NS &&
		    bucket_line_ns(&b) != line;
		w->stalls += moved != 0;
		x = now - flick_to_ns(flicks);
		if (x > highest)
			highest = x;
		w->burst += highest - x > BUCKET_DEPTH_NS + w->grid_ns + 1;
		packet = random_packet();
		bucket_take(&b, now, packet);
		flicks += packet;
		last = now;
		due_before = due;
	}
}

static void
test_never_more(int64_t grid_ns)
{
	struct walk w = { .grid_ns = grid_ns };
	int i;

	for (i = 0; i < 20; i++)
		walk(&w, 100000);
	printf("# %u packets, %u stalls, grid %d us\n", w.packets, w.stalls,
	    (int)(grid_ns / 1000));
	is(w.early, 0, "no packet leaves a step before its play time");
	is(w.close, 0, "two packets are at least 2 ms apart");
	is(w.burst, 0, "never more than rate x time + depth is sent");
	is(w.back, 0, "neither line nor deadline ever goes back");
	is(w.wrong, 0, "a stall is what exceeds 0.5 s, told to the nanosecond");
	is(w.off_line, 0, "the line goes on from now, and else stays");
	ok(w.stalls > 1000, "and there were stalls");
}

/* Wake up late by so much, then send as fast as allowed: how much play time
 * goes out within 100 ms. */
static int64_t
caught_up(int64_t late_ns, int64_t *moved)
{
	int64_t packet = flick_of_samples(1152, 48000), begin, now, sent = 0;
	struct bucket b;

	bucket_init(&b, START, 0);
	begin = now = START + late_ns;
	*moved = bucket_stalled(&b, now, 0);
	while (now < begin + 100 * MS) {
		bucket_take(&b, now, packet);
		sent += flick_to_ns(packet);
		now = bucket_due(&b, 0);
		bucket_stalled(&b, now, 0);
	}
	return sent;
}

static void
test_catch_up(void)
{
	int64_t moved, most = 100 * MS + BUCKET_DEPTH_NS + 24 * MS, sent;

	sent = caught_up(200 * MS, &moved);
	ok(sent >= 300 * MS && sent <= 324 * MS && moved == 0,
	    "200 ms late: all of it is caught up");
	sent = caught_up(400 * MS, &moved);
	ok(sent >= 350 * MS && sent <= most && moved == 0,
	    "400 ms late: no more than the depth is");
	caught_up(BUCKET_STALL_NS, &moved);
	is(moved, 0, "0.5 s is no stall yet");
	sent = caught_up(BUCKET_STALL_NS + 1, &moved);
	is(moved, BUCKET_STALL_NS + 1, "one nanosecond more is");
	ok(sent <= 124 * MS, "after which nothing is caught up");
	caught_up(INT64_C(86400) * NS_PER_S, &moved);
	is(moved, INT64_C(86400) * NS_PER_S, "a day is a day");
}

static void
test_suspend(void)
{
	int64_t asleep = 7 * NS_PER_S, frame = flick_of_samples(1152, 48000);
	struct bucket b;
	int i, noise = 0;

	bucket_init(&b, START, asleep);
	for (i = 0; i < 1000; i++) {
		asleep += random_below_i64(2001) - 1000;
		noise += bucket_stalled(&b, bucket_due(&b, 0), asleep) != 0;
		bucket_take(&b, bucket_due(&b, 0), frame);
	}
	is(noise, 0, "two clocks read one after the other are no suspend");
	asleep += 3600 * NS_PER_S;
	is(bucket_stalled(&b, bucket_due(&b, 0), asleep), 3600 * NS_PER_S,
	    "an hour's suspend moves the line by an hour");
	is(bucket_stalled(&b, bucket_due(&b, 0), asleep), 0, "but only once");
	is(bucket_due(&b, 0), START + 1000 * 24 * MS,
	    "and CLOCK_MONOTONIC, which stood still, not at all");
	asleep += 10 * NS_PER_S;
	is(bucket_stalled(&b, bucket_due(&b, 0) + 600 * MS, asleep),
	    10 * NS_PER_S + 600 * MS, "a suspend and a stall add up");
	asleep += 400 * MS;
	is(bucket_stalled(&b, bucket_due(&b, 0), asleep), 0,
	    "a suspend of less than 0.5 s is let be");
}

/* Deadlines on the grid: never later than without it, at most a millisecond
 * early, and the line itself stays exact. */
static void
test_grid(void)
{
	struct bucket b, exact;
	int64_t due, plain;
	int i, early = 0, late = 0, off = 0;

	bucket_init(&b, START + 123456, 0);
	bucket_init(&exact, START + 123456, 0);
	for (i = 0; i < 100000; i++) {
		due = bucket_due(&b, BUCKET_GRID_NS);
		plain = bucket_due(&exact, 0);
		early += due <= plain - BUCKET_GRID_NS;
		late += due > plain;
		off += due % BUCKET_GRID_NS != 0;
		bucket_take(&b, due, flick_of_samples(1152, 44100));
		bucket_take(&exact, plain, flick_of_samples(1152, 44100));
	}
	is(late, 0, "on the grid nothing leaves later");
	is(early, 0, "nor a whole step early");
	is(off, 0, "and all on the grid");
	is(bucket_line_ns(&b), bucket_line_ns(&exact), "the line is the same");
}

/* Waiting for the first thing to send is no stall. */
static void
test_begin(void)
{
	struct bucket b;

	bucket_init(&b, 1000 * MS, 0);
	is(bucket_begin(&b, 900 * MS), 0, "not yet due: the line stays");
	is(bucket_begin(&b, 1050 * MS), 0, "just due: the same");
	is(bucket_line_ns(&b), 1000 * MS, "it does");
	is(bucket_begin(&b, 1300 * MS), 300 * MS, "long due: it moves");
	is(bucket_line_ns(&b), 1300 * MS, "to now");
}

int
main(void)
{
	random_seed(5);
	/* The contract's figures. */
	is(BUCKET_DEPTH_NS, 250 * MS, "the depth is 250 ms");
	is(BUCKET_CATCHUP_NS, 2 * MS, "what is late leaves 2 ms apart");
	is(BUCKET_STALL_NS, 500 * MS, "more than half a second is a stall");
	test_begin();
	test_steady();
	test_no_drift();
	test_never_more(0);
	test_never_more(BUCKET_GRID_NS);
	test_never_more(7 * MS);
	test_catch_up();
	test_suspend();
	test_grid();
	return tap_end();
}
