/* SPDX-License-Identifier: ISC */
/*
 * RTCP (RFC 3550 section 6): what a sender and its listeners tell each other
 * beside the sound.  A datagram is a compound: a report first, then the
 * description of its source (SDES), perhaps a BYE.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |V=2|P|  count  |      type     |  32-bit words after this one  |
 *   |                        SSRC of the sender                     |
 */
#ifndef WIRE_RTCP_H
#define WIRE_RTCP_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define RTCP_SR		200
#define RTCP_RR		201
#define RTCP_SDES	202
#define RTCP_BYE	203

/* A datagram of ours is never longer than this. */
#define RTCP_MAX	256
#define RTCP_TEXT_MAX	64	/* CNAME and TOOL with NUL */
#define RTCP_BLOCKS_MAX	31	/* section 6.4.1: the count has 5 bits */
/* What a listener's report takes on the wire, headers included: what its
 * share of the session is reckoned with. */
#define RTCP_REPORT_BYTES	110

/* Sender information (section 6.4.1). */
struct rtcp_sender {
	uint64_t ntp;		/* wall clock, NTP format */
	uint32_t ts;		/* RTP timestamp of that moment */
	uint32_t packets;	/* sent by this SSRC, mod 2^32 */
	uint32_t octets;	/* of payload */
};

/* A report block: how one source is heard. */
struct rtcp_block {
	uint32_t ssrc;		/* of that source */
	uint8_t fraction;	/* lost since the last report, in 1/256 */
	int32_t lost;		/* since the beginning, 24 bits, signed */
	uint32_t highest;	/* sequence number, extended by its cycles */
	uint32_t jitter;	/* ticks of the source's clock */
	uint32_t last_sr;	/* middle of its last NTP time; 0: none */
	uint32_t since_sr;	/* 1/65536 s since that came */
};

/* Of CLOCK_REALTIME; the middle 32 bits are what last_sr wants. */
uint64_t rtcp_ntp(int64_t real_ns);
static inline uint32_t
rtcp_ntp_middle(uint64_t ntp)
{
	return (uint32_t)(ntp >> 16);
}

/* Packets of a compound, in this order, into w (RTCP_MAX is enough). */
void rtcp_put_sr(struct wr *w, uint32_t ssrc, const struct rtcp_sender *s);
/* b may be NULL: nothing was heard so far. */
void rtcp_put_rr(struct wr *w, uint32_t ssrc, const struct rtcp_block *b);
void rtcp_put_sdes(struct wr *w, uint32_t ssrc, const char *cname,
    const char *tool);
void rtcp_put_bye(struct wr *w, uint32_t ssrc);

/* One packet of a compound. */
struct rtcp {
	uint8_t type;		/* RTCP_*, or one that is not known */
	uint32_t ssrc;		/* SR, RR: whose; else 0 */
	struct rtcp_sender sender;	/* SR */
	unsigned nblocks;	/* SR, RR */
	struct rtcp_block block[RTCP_BLOCKS_MAX];
	unsigned nbyes;		/* BYE */
	uint32_t bye[RTCP_BLOCKS_MAX];
};

/* Begin to read a datagram: 0; -1: it is no compound as appendix A.2 wants it
 * (version 2, a report first, lengths that add up, padding at the end only). */
int rtcp_open(struct rd *r, const uint8_t *data, size_t len);
/* The next packet of it: 1; 0: there is none left, or it is cut short. */
int rtcp_next(struct rd *r, struct rtcp *p);

/*
 * The time in ns between two reports of a listener when so many are known:
 * 3.75 % of the session's bit/s are theirs (section 6.2: three quarters of
 * 5 %), and never less than 5 s.  Each waits for 0.5 to 1.5 times that.
 */
int64_t rtcp_interval_ns(int64_t listeners, int64_t session_bps);

#endif
