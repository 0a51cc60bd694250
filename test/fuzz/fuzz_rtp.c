/* SPDX-License-Identifier: ISC */
/*
 * A datagram as the client takes it apart: RTP, then RFC 2250.  What was
 * understood is written again, and says the same.
 *
 * Answers for: src/wire/rtp.c src/wire/payload_mpa.c
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "wire/payload_mpa.h"
#include "wire/rtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_header(const struct rtp *h, const uint8_t *data)
{
	uint8_t head[RTP_HEADER_SIZE];
	const uint8_t *payload;
	struct rtp again;
	size_t len;

	rtp_encode(h, head);
	/* Behind the first byte, which tells about CSRC and so on. */
	assert(memcmp(head + 1, data + 1, RTP_HEADER_SIZE - 1) == 0);
	assert(rtp_decode(&again, head, sizeof(head), &payload, &len) == 0);
	assert(len == 0 && payload == head + sizeof(head));
	assert(again.marker == h->marker && again.type == h->type &&
	    again.seq == h->seq && again.ts == h->ts &&
	    again.ssrc == h->ssrc);
	assert(rtp_seq_diff(again.seq, h->seq) == 0);
	assert(rtp_ts_diff(again.ts + 1, h->ts) == 1);
}

static void
check_payload(const uint8_t *payload, size_t len)
{
	uint8_t head[PAYLOAD_MPA_HEADER_SIZE];
	const uint8_t *frames;
	size_t frames_len;
	uint16_t offset;

	if (payload_mpa_decode(payload, len, &offset, &frames, &frames_len) ==
	    -1) {
		assert(len < PAYLOAD_MPA_HEADER_SIZE);
		return;
	}
	assert(frames == payload + PAYLOAD_MPA_HEADER_SIZE);
	assert(frames_len == len - PAYLOAD_MPA_HEADER_SIZE);
	payload_mpa_encode(offset, head);
	assert(head[0] == 0 && head[1] == 0);
	assert(memcmp(head + 2, payload + 2, 2) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *payload;
	struct rtp h;
	size_t len;

	if (rtp_decode(&h, data, size, &payload, &len) == -1)
		return 0;
	assert(payload >= data + RTP_HEADER_SIZE);
	assert(payload + len <= data + size);
	check_header(&h, data);
	check_payload(payload, len);
	return 0;
}
