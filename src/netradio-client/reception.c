/* SPDX-License-Identifier: ISC */
#include "reception.h"

#include <string.h>

#include "base/clock.h"
#include "wire/rtcp.h"

/* As in RFC 3550 A.1. */
#define DROPOUT_MAX	3000
#define MISORDER_MAX	100
#define NO_SEQ		0x10000
#define LOST_MAX	0x7fffff
#define LOST_MIN	(-0x800000)

void
reception_init(struct reception *r)
{
	memset(r, 0, sizeof(*r));
}

static void
begin(struct reception *r, uint32_t ssrc, uint16_t seq, uint32_t clock_hz)
{
	memset(r, 0, sizeof(*r));
	r->has_source = 1;
	r->ssrc = ssrc;
	r->clock_hz = clock_hz;
	r->base = r->highest = seq;
	r->bad_seq = NO_SEQ;
}

/* Whether the packet counts: not the first of a large jump, which may be a
 * stray; two in a row are the source, which began anew. */
static int
follow(struct reception *r, uint16_t seq)
{
	uint16_t ahead = (uint16_t)(seq - r->highest);

	if (ahead < DROPOUT_MAX) {
		if (seq < r->highest)
			r->cycles += NO_SEQ;
		r->highest = seq;
	} else if (ahead <= NO_SEQ - MISORDER_MAX) {
		if (seq != r->bad_seq) {
			r->bad_seq = (uint16_t)(seq + 1);
			return 0;
		}
		begin(r, r->ssrc, seq, r->clock_hz);
	}
	return 1;
}

void
reception_take(struct reception *r, uint32_t ssrc, uint16_t seq, uint32_t ts,
    uint32_t clock_hz, int64_t now_ns)
{
	uint32_t arrival, transit;
	int32_t d;

	if (!r->has_source || r->ssrc != ssrc || r->clock_hz != clock_hz)
		begin(r, ssrc, seq, clock_hz);
	else if (!follow(r, seq))
		return;
	arrival = (uint32_t)(now_ns / NS_PER_S * clock_hz +
	    now_ns % NS_PER_S * clock_hz / NS_PER_S);
	transit = arrival - ts;
	if (r->received++ > 0) {
		d = (int32_t)(transit - r->transit);
		d = d < 0 ? -d : d;
		r->jitter += (uint32_t)d - ((r->jitter + 8) >> 4);
	}
	r->transit = transit;
}

int
reception_is_fresh(const struct reception *r)
{
	return r->has_source && r->received != r->received_before;
}

void
reception_report(struct reception *r, struct rtcp_block *b)
{
	uint32_t highest = r->cycles + r->highest;
	uint32_t expected = highest - r->base + 1;
	uint32_t span = expected - r->expected_before;
	int64_t lost = (int64_t)expected - r->received;
	int64_t lost_now = (int64_t)span -
	    (int64_t)(r->received - r->received_before);

	memset(b, 0, sizeof(*b));
	b->ssrc = r->ssrc;
	b->highest = highest;
	b->jitter = r->jitter >> 4;
	b->lost = (int32_t)(lost > LOST_MAX ? LOST_MAX :
	    lost < LOST_MIN ? LOST_MIN : lost);
	if (span > 0 && lost_now > 0)
		b->fraction = (uint8_t)(lost_now * 256 / span < 255 ?
		    lost_now * 256 / span : 255);
	r->expected_before = expected;
	r->received_before = r->received;
}
