/* SPDX-License-Identifier: ISC */
/*
 * Time.  Inside it is int64_t nanoseconds everywhere (names end in _ns);
 * media time is int64_t flicks, an exact fraction of a second for every
 * sample rate we send.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define NS_PER_S	INT64_C(1000000000)
#define NS_PER_MS	INT64_C(1000000)

int64_t clock_mono_ns(void);	/* CLOCK_MONOTONIC: pacing, deadlines */
int64_t clock_boot_ns(void);	/* CLOCK_BOOTTIME: also counts suspend */
int64_t clock_real_ns(void);	/* CLOCK_REALTIME: wall clock */

/*
 * A flick is 1/705,600,000 second.  It divides evenly into the sample period
 * of 8, 11.025, 12, 16, 22.05, 24, 32, 44.1, 48, 64, 88.2, 96 kHz and into a
 * tick of RTP's 90 kHz clock, so play time is summed without any rounding
 * whatever the mix of files; an int64_t holds 400 years of it.
 */
#define FLICK_HZ	INT64_C(705600000)

/* Play time of so many samples (per channel) at rate Hz; exact for the
 * rates above, rounded down otherwise.  rate > 0. */
static inline int64_t
flick_of_samples(int64_t samples, uint32_t rate)
{
	return samples * (FLICK_HZ / rate) +
	    samples * (FLICK_HZ % rate) / rate;
}

/* 625/441 ns to the flick; the split keeps the product in 64 bits. */
static inline int64_t
flick_to_ns(int64_t flicks)
{
	return flicks / 441 * 625 + flicks % 441 * 625 / 441;
}

static inline int64_t
flick_of_ns(int64_t ns)
{
	return ns / 625 * 441 + ns % 625 * 441 / 625;
}

/* Ticks of a 90 kHz RTP clock, rounded to nearest; flicks >= 0. */
static inline int64_t
flick_to_ticks(int64_t flicks)
{
	return (flicks + 3920) / 7840;
}

/* Ticks of an RTP clock of so many Hz, rounded to nearest; flicks >= 0. */
static inline int64_t
flick_to_clock(int64_t flicks, uint32_t hz)
{
	return flicks / FLICK_HZ * hz +
	    (flicks % FLICK_HZ * hz + FLICK_HZ / 2) / FLICK_HZ;
}

#endif
