/* SPDX-License-Identifier: ISC */
/*
 * AAC in an RTP payload: the units lie in it one behind the other, up to its
 * end, and headers of the same sizes are the same bytes.
 *
 * Answers for: src/wire/payload_aac.c
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "wire/payload_aac.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint16_t sizes[PAYLOAD_AAC_UNITS_MAX];
	uint8_t head[PAYLOAD_AAC_HEADER_SIZE(PAYLOAD_AAC_UNITS_MAX)];
	struct payload_aac p;
	const uint8_t *at;
	unsigned i;

	if (payload_aac_decode(&p, data, size) == -1)
		return 0;
	assert(p.n >= 1 && p.n <= PAYLOAD_AAC_UNITS_MAX);
	at = data + PAYLOAD_AAC_HEADER_SIZE(p.n);
	for (i = 0; i < p.n; i++) {
		assert(p.unit[i].data == at && p.unit[i].len > 0);
		assert(p.unit[i].len <= p.unit[i].size);
		assert(p.unit[i].len == p.unit[i].size || p.n == 1);
		assert(p.unit[i].size <= PAYLOAD_AAC_UNIT_MAX);
		at += p.unit[i].len;
		sizes[i] = p.unit[i].size;
	}
	assert(at == data + size);
	payload_aac_encode(sizes, p.n, head);
	assert(memcmp(head, data, PAYLOAD_AAC_HEADER_SIZE(p.n)) == 0);
	return 0;
}
