/* SPDX-License-Identifier: ISC */
/*
 * A compound as server and client take it apart, and what the client makes of
 * it.  What was understood is written again, and says the same.
 *
 * Answers for: src/wire/rtcp.c src/netradio-client/reporter.c
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "reception.h"
#include "reporter.h"
#include "wire/rtcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
is_same(const struct rtcp_block *a, const struct rtcp_block *b)
{
	return a->ssrc == b->ssrc && a->fraction == b->fraction &&
	    a->lost == b->lost && a->highest == b->highest &&
	    a->jitter == b->jitter && a->last_sr == b->last_sr &&
	    a->since_sr == b->since_sr;
}

static void
check_block(uint32_t ssrc, const struct rtcp_block *b)
{
	uint8_t out[RTCP_MAX];
	struct rtcp again;
	struct rd r;
	struct wr w;

	wr_init(&w, out, sizeof(out));
	rtcp_put_rr(&w, ssrc, b);
	assert(!w.bad && rtcp_open(&r, out, wr_len(&w)) == 0);
	assert(rtcp_next(&r, &again) == 1 && again.type == RTCP_RR &&
	    again.ssrc == ssrc && again.nblocks == 1 &&
	    is_same(&again.block[0], b));
	assert(rtcp_next(&r, &again) == 0);
}

static void
check_sender(const struct rtcp *p)
{
	uint8_t out[RTCP_MAX];
	struct rtcp again;
	struct rd r;
	struct wr w;

	wr_init(&w, out, sizeof(out));
	rtcp_put_sr(&w, p->ssrc, &p->sender);
	rtcp_put_sdes(&w, p->ssrc, "name", "tool");
	rtcp_put_bye(&w, p->ssrc);
	assert(!w.bad && rtcp_open(&r, out, wr_len(&w)) == 0);
	assert(rtcp_next(&r, &again) == 1 && again.type == RTCP_SR &&
	    again.ssrc == p->ssrc && again.sender.ntp == p->sender.ntp &&
	    again.sender.ts == p->sender.ts &&
	    again.sender.packets == p->sender.packets &&
	    again.sender.octets == p->sender.octets);
	assert(rtcp_next(&r, &again) == 1 && again.type == RTCP_SDES);
	assert(rtcp_next(&r, &again) == 1 && again.nbyes == 1 &&
	    again.bye[0] == p->ssrc);
}

/* A client that hears it from its server, of the stream of that SSRC. */
static void
check_client(const uint8_t *data, size_t size, uint32_t ssrc)
{
	uint8_t chance[REPORTER_CHANCE] = { 1, 2, 3 }, out[RTCP_MAX];
	struct reporter rep;
	struct reception rx;
	struct addr from;
	struct rtcp p;
	struct rd r;
	size_t n;

	addr_parse(&from, "10.0.0.1", 16385);
	reporter_init(&rep, chance);
	reception_init(&rx);
	reception_take(&rx, ssrc, 1, 0, 90000, 1);
	reporter_take(&rep, REPORTER_P, data, size, &from, &from, ssrc, 5);
	n = reporter_say(&rep, REPORTER_P, &rx, 1000000, out);
	assert((n > 0) == (rep.stream[REPORTER_P].to.len > 0));
	if (n > 0)
		assert(rtcp_open(&r, out, n) == 0 && rtcp_next(&r, &p) == 1 &&
		    p.nblocks == 1 && p.block[0].ssrc == ssrc);
	assert((reporter_bye(&rep, REPORTER_P, 1, out) > 0) == (n > 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtcp p;
	struct rd r;
	unsigned i, packets = 0;

	if (rtcp_open(&r, data, size) == -1)
		return 0;
	while (rtcp_next(&r, &p)) {
		assert(p.nblocks <= RTCP_BLOCKS_MAX);
		assert(p.nbyes <= RTCP_BLOCKS_MAX);
		assert(packets++ <= size / 4);
		for (i = 0; i < p.nblocks; i++)
			check_block(p.ssrc, &p.block[i]);
		if (p.type == RTCP_SR) {
			check_sender(&p);
			check_client(data, size, p.ssrc);
		}
		if (p.nbyes > 0)
			check_client(data, size, p.bye[0]);
	}
	return 0;
}
