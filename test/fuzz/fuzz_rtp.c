/* SPDX-License-Identifier: ISC */
/* A datagram as the client takes it apart: RTP, then RFC 2250. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "wire/payload_mpa.h"
#include "wire/rtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t head[RTP_HEADER_SIZE];
	const uint8_t *payload, *frames;
	size_t len, frames_len;
	struct rtp h, again;
	uint16_t offset;

	if (rtp_decode(&h, data, size, &payload, &len) == -1)
		return 0;
	assert(payload >= data + RTP_HEADER_SIZE);
	assert(payload + len <= data + size);
	rtp_encode(&h, head);
	/* What we write ourselves of it says the same. */
	assert(memcmp(head + 1, data + 1, RTP_HEADER_SIZE - 1) == 0);
	assert(rtp_decode(&again, head, sizeof(head), &frames, &frames_len) ==
	    0 && frames_len == 0 && again.seq == h.seq && again.ts == h.ts);
	if (payload_mpa_decode(payload, len, &offset, &frames, &frames_len) ==
	    -1) {
		assert(len < PAYLOAD_MPA_HEADER_SIZE);
		return 0;
	}
	assert(frames == payload + PAYLOAD_MPA_HEADER_SIZE);
	assert(frames_len == len - PAYLOAD_MPA_HEADER_SIZE);
	return 0;
}
