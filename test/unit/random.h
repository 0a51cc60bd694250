/* SPDX-License-Identifier: ISC */
/*
 * Random numbers for properties: the same everywhere and every time.  The
 * seed is printed; SEED=N in the environment adds N to it, so that
 *
 *	for i in $(seq 1000); do SEED=$i build/unit/...; done
 *
 * looks further.  The generator is splitmix64.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define RANDOM_USED	__attribute__((unused)) static

static uint64_t random_state;

/* Begin a sequence. */
RANDOM_USED void
random_seed(uint64_t seed)
{
	const char *more = getenv("SEED");

	random_state = seed;
	if (more != NULL)
		random_state += strtoull(more, NULL, 10);
	printf("# seed %" PRIu64 "\n", random_state);
}

/* The next of a sequence of one's own. */
RANDOM_USED uint64_t
random_of(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

RANDOM_USED uint64_t
random_u64(void)
{
	return random_of(&random_state);
}

RANDOM_USED uint32_t
random_u32(void)
{
	return (uint32_t)(random_u64() >> 32);
}

/* 0 to n - 1. */
RANDOM_USED uint32_t
random_below(uint32_t n)
{
	return (uint32_t)((uint64_t)random_u32() * n >> 32);
}

/* A nanosecond, say: 0 to n - 1. */
RANDOM_USED int64_t
random_below_i64(int64_t n)
{
	return (int64_t)(random_u64() % (uint64_t)n);
}

RANDOM_USED void
random_bytes(void *p, size_t n)
{
	uint8_t *b = p;

	while (n-- > 0)
		*b++ = (uint8_t)random_u64();
}

#endif
