/* SPDX-License-Identifier: ISC */
#include "announce.h"

#include "tap.h"

/* The smallest of 5, 10, 20, ... s that keeps a group below 64 kbit/s. */
static void
test_period(void)
{
	size_t n;
	unsigned s, wrong = 0;

	is(announce_period_s(0, 0), 0, "of nothing");
	is(announce_period_s(1, 400), 5, "of one");
	is(announce_period_s(80, 80 * 499), 5, "39.92 kbyte in 5 s");
	is(announce_period_s(80, 80 * 500), 10, "40 kbyte are 64 kbit/s");
	for (n = 1; n < 20000; n++) {
		s = announce_period_s(n, n * 600);
		wrong += n * 600 * 8 / s >= ANNOUNCE_BPS;
		wrong += s > 5 && n * 600 * 8 / (s / 2) < ANNOUNCE_BPS;
		wrong += s % 5 != 0 || (s / 5 & (s / 5 - 1)) != 0;
	}
	is(wrong, 0, "always the smallest that is below");
}

int
main(void)
{
	test_period();
	return tap_end();
}
