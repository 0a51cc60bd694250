/* SPDX-License-Identifier: ISC */
#include "base/clock.h"

#include "random.h"
#include "tap.h"

static const uint32_t rates[] = { 8000, 11025, 12000, 16000, 22050, 24000,
	32000, 44100, 48000, 64000, 88200, 96000 };
#define NRATES	(sizeof(rates) / sizeof(rates[0]))

static void
test_exact(void)
{
	size_t i;
	int period = 1, second = 1, long_run = 1;

	for (i = 0; i < NRATES; i++) {
		period = period && FLICK_HZ % rates[i] == 0;
		second = second && flick_of_samples(rates[i], rates[i]) ==
		    FLICK_HZ;
		/* A century in one step, and as many frames. */
		long_run = long_run && flick_of_samples((int64_t)rates[i] *
		    86400 * 36525, rates[i]) == FLICK_HZ * 86400 * 36525;
	}
	ok(period, "a sample of every rate is a whole number of flicks");
	ok(second, "a second of samples is a second of flicks");
	ok(long_run, "so is a century, within 64 bits");
	is(FLICK_HZ % 90000, 0, "an RTP tick is a whole number of flicks");
	is(flick_of_samples(44099, 44101), 44099 * FLICK_HZ / 44101,
	    "another rate is rounded down");
}

/* The sum of many frames in any order against 128-bit arithmetic. */
static void
test_mixed_sum(void)
{
	int64_t sum = 0, samples[NRATES] = { 0 }, want = 0;
	unsigned n;
	size_t i;

	for (n = 0; n < 10000000; n++) {
		i = random_u64() % NRATES;
		sum += flick_of_samples(1152, rates[i]);
		samples[i] += 1152;
	}
	for (i = 0; i < NRATES; i++)
		want += (int64_t)((__int128)samples[i] * FLICK_HZ / rates[i]);
	is(sum, want, "10^7 frames of mixed rates add up without any drift");
}

static void
test_conversion(void)
{
	int64_t f, ns, t;
	unsigned n;
	int to = 1, of = 1, back = 1, ticks = 1, order = 1;

	for (n = 0; n < 1000000; n++) {
		f = (int64_t)(random_u64() >> (1 + random_u64() % 40));
		ns = flick_to_ns(f / 2);
		to = to && ns == (int64_t)((__int128)(f / 2) * 625 / 441);
		order = order && flick_to_ns(f / 2 + 1) >= ns;
		ns = (int64_t)((uint64_t)f >> 2);
		of = of && flick_of_ns(ns) == (int64_t)((__int128)ns * 441 /
		    625);
		t = flick_to_ns(flick_of_ns(ns)) - ns;
		back = back && t <= 0 && t >= -2;
		f = f / 8;
		t = flick_to_ticks(f);
		ticks = ticks && t * 7840 - f <= 3920 && f - t * 7840 <= 3920;
	}
	ok(to, "flicks to ns, rounded down, within 64 bits");
	ok(order, "and never backwards");
	ok(of, "ns to flicks, rounded down, within 64 bits");
	ok(back, "there and back loses no more than 2 ns");
	ok(ticks, "RTP ticks are the nearest ones");
	is(flick_to_ns(FLICK_HZ), NS_PER_S, "a second is a second");
	is(flick_of_ns(NS_PER_S), FLICK_HZ, "and back");
	is(flick_to_ticks(FLICK_HZ), 90000, "which is 90000 ticks");
	is(flick_to_ticks(flick_of_samples(1152, 44100)), 2351,
	    "a frame at 44.1 kHz is 2351.02 ticks");
	is(flick_to_ticks(flick_of_samples(1152 * 50, 44100)), 117551,
	    "fifty of them are one more than fifty times 2351");
}

static void
test_clocks(void)
{
	int64_t a = clock_mono_ns(), b = clock_mono_ns();
	int64_t boot = clock_boot_ns();

	ok(a > 0 && b >= a, "CLOCK_MONOTONIC does not go back");
	ok(boot >= b, "CLOCK_BOOTTIME is not behind it");
	ok(clock_real_ns() > INT64_C(1500000000) * NS_PER_S,
	    "CLOCK_REALTIME is after 2017");
}

int
main(void)
{
	random_seed(1);
	test_exact();
	test_mixed_sum();
	test_conversion();
	test_clocks();
	return tap_end();
}
