/* SPDX-License-Identifier: ISC */
/*
 * How one source is received, for the reports on it (RFC 3550 sections 6.4.1,
 * A.1, A.3 and A.8).  Pure: packets and time are handed in.
 */
#ifndef RECEPTION_H
#define RECEPTION_H

#include <stdint.h>

struct rtcp_block;

struct reception {
	int has_source;
	uint32_t ssrc;
	uint32_t clock_hz;
	uint32_t base;		/* extended number of the first packet */
	uint32_t cycles;	/* 65536 times as often as numbers wrapped */
	uint16_t highest;
	uint32_t bad_seq;	/* a jump to here is believed; 2^16: none */
	uint32_t received;
	uint32_t expected_before, received_before;	/* at the last report */
	uint32_t transit;	/* of the last packet, ticks */
	uint32_t jitter;	/* 16ths of a tick */
};

/* All zero: nothing was received. */
void reception_init(struct reception *r);
/* A packet came; of another SSRC than before: all begins anew. */
void reception_take(struct reception *r, uint32_t ssrc, uint16_t seq,
    uint32_t ts, uint32_t clock_hz, int64_t now_ns);
/* Whether anything came since the last report. */
int reception_is_fresh(const struct reception *r);
/* The report, and what comes next is counted for the next one.  last_sr and
 * since_sr are the caller's. */
void reception_report(struct reception *r, struct rtcp_block *b);

#endif
