/* SPDX-License-Identifier: ISC */
/*
 * What somebody writes into a live pipe: however it is cut up it comes to the
 * same frames, which are whole and can be sent; a look ahead takes nothing.
 *
 *	how to cut u8, bytes
 *
 * Answers for: src/netradiod/inflow.c
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "inflow.h"

#define INPUT_MAX	(INFLOW_SIZE / 2)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What came out, as one number. */
static uint64_t
flow(const uint8_t *data, size_t size, unsigned cut)
{
	static uint8_t buf[INFLOW_SIZE];
	uint64_t sum = 0;
	struct inflow in;
	enum inflow_event e;
	struct frame f;
	int64_t level;
	uint8_t *p;
	size_t n;
	int is_end;

	inflow_init(&in, buf);
	do {
		n = cut == 0 ? size : (cut = cut * 75 + 74) % 65537 % 600 + 1;
		n = n < size ? n : size;
		assert(inflow_room(&in, &p) >= n);
		if (n > 0)
			memcpy(p, data, n);
		inflow_took(&in, n);
		data += n;
		size -= n;
		is_end = size == 0;
		level = inflow_level(&in, is_end, FLICK_HZ);
		while ((e = inflow_next(&in, is_end, &f)) != INFLOW_MORE) {
			assert(f.len > 0 && f.len <= MEDIA_UNIT_MAX);
			assert(f.samples > 0 && f.rate > 0);
			assert(media_unsendable(&in.facts) == NULL);
			if (in.facts.sound != MEDIA_MPA)
				assert(f.rate == in.facts.rate);
			level -= flick_of_samples(f.samples, f.rate);
			sum = sum * 31 + hash64_of(f.data, f.len) + e;
		}
		assert(level <= 0);
	} while (!is_end);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > INPUT_MAX)
		return 0;
	assert(flow(data + 1, size - 1, 0) ==
	    flow(data + 1, size - 1, data[0] + 1u));
	return 0;
}
