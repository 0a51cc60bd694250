/* SPDX-License-Identifier: ISC */
#include "base/clock.h"

#include <time.h>

static int64_t
now(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int64_t
clock_mono_ns(void)
{
	return now(CLOCK_MONOTONIC);
}

int64_t
clock_boot_ns(void)
{
	return now(CLOCK_BOOTTIME);
}

int64_t
clock_real_ns(void)
{
	return now(CLOCK_REALTIME);
}
