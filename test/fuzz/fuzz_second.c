/* SPDX-License-Identifier: ISC */
/*
 * What comes on P+6: a description as the list may have it, then datagrams
 * with the time between them.  Whatever they say, what comes out is bounded,
 * and of one format at a time.
 *
 *	description: payload type, channels, rate (index), configuration
 *	(length, bytes); then for each datagram its length u8, ms u8, bytes,
 *	of which the header is made
 *
 * Answers for: src/netradio-client/second.c src/wire/payload_aac.c
 */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "second.h"
#include "wire/rtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_on;

static int
put(void *arg, const uint8_t *data, size_t len, int64_t play_ns)
{
	(void)arg;
	assert(is_on && len > 0 && len <= SECOND_DATA_MAX && play_ns >= 0 &&
	    data != NULL);
	return 0;
}

static void
turn(void *arg, const struct plist_second *format)
{
	(void)arg;
	is_on = format != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t rates[] = { 44100, 48000, 8000, 7, 0, 90000,
	    192000, 705600000 };
	static struct second s;
	struct plist_second told = { .port = 1, .ssrc = 1 };
	struct rtp h = { .ssrc = 1 };
	uint8_t packet[RTP_PACKET_MAX];
	int64_t now = NS_PER_S, end, wake;
	const uint8_t *p;
	struct rd r;
	size_t n;

	is_on = 0;
	rd_init(&r, data, size);
	second_init(&s, 50 * NS_PER_MS, 0, put, turn, NULL);
	told.payload_type = rd_u8(&r);
	told.channels = rd_u8(&r);
	told.clock_hz = rates[rd_u8(&r) % 8];
	told.config_len = rd_u8(&r) % (PLIST_CONFIG_MAX + 1);
	p = rd_bytes(&r, told.config_len);
	if (r.bad)
		return 0;
	memcpy(told.config, p, told.config_len);
	second_describe(&s, &told);
	while (rd_left(&r) > 2) {
		n = rd_u8(&r);
		now += rd_u8(&r) * NS_PER_MS;
		n = n < rd_left(&r) ? n : rd_left(&r);
		p = rd_bytes(&r, n);
		h.type = told.payload_type;
		h.seq++;
		h.ts += n > 0 ? p[0] * 16u : 0;
		rtp_encode(&h, packet);
		memcpy(packet + RTP_HEADER_SIZE, p, n);
		second_take(&s, packet, RTP_HEADER_SIZE + n, now);
		second_take(&s, p, n, now);
		second_play(&s, now, &wake);
	}
	/* Timestamps may have run ahead of the arrivals by as much as they say;
	 * behind that it is over. */
	end = now + 10 * NS_PER_S + (int64_t)h.ts * NS_PER_S / 1000;
	while (is_on && now < end) {
		now += 20 * NS_PER_MS;
		second_play(&s, now, &wake);
	}
	assert(!is_on);
	return 0;
}
