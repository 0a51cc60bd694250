/* SPDX-License-Identifier: ISC */
/*
 * The RTP header (RFC 3550 section 5.1).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *   |                           timestamp                           |
 *   |           synchronization source (SSRC) identifier            |
 */
#ifndef WIRE_RTP_H
#define WIRE_RTP_H

#include <stddef.h>
#include <stdint.h>

#define RTP_HEADER_SIZE	12
#define RTP_PT_MPA	14	/* MPEG audio, RFC 3551 */
#define RTP_CLOCK_MPA	90000	/* Hz, RFC 2250 */
/* An UDP payload is never longer than this (VLC cuts longer ones). */
#define RTP_PACKET_MAX	1472

struct rtp {
	int marker;
	uint8_t type;		/* payload type */
	uint16_t seq;
	uint32_t ts;
	uint32_t ssrc;
};

/* Write the header of a packet without CSRC, padding or extension. */
void rtp_encode(const struct rtp *h, uint8_t out[static RTP_HEADER_SIZE]);

/*
 * Take a packet apart.  CSRCs and an extension are skipped, padding is taken
 * off; *payload points into packet.  0, or -1 if it is no RTP version 2 or
 * its own lengths go beyond its end.
 */
int rtp_decode(struct rtp *h, const uint8_t *packet, size_t len,
    const uint8_t **payload, size_t *payload_len);

/* Signed distance from b to a on the circle: > 0 if a is ahead. */
static inline int16_t
rtp_seq_diff(uint16_t a, uint16_t b)
{
	return (int16_t)(uint16_t)(a - b);
}

static inline int32_t
rtp_ts_diff(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

#endif
