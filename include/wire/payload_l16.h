/* SPDX-License-Identifier: ISC */
/*
 * PCM in RTP (RFC 3551, 4.5.11): samples of 16 bits, signed, big-endian, those
 * of all channels one after the other, and no header.
 */
#ifndef WIRE_PAYLOAD_L16_H
#define WIRE_PAYLOAD_L16_H

#include <stddef.h>
#include <stdint.h>

/* Payload types: these two say rate and channels by themselves. */
#define PAYLOAD_L16_STEREO	10	/* 44.1 kHz */
#define PAYLOAD_L16_MONO	11	/* 44.1 kHz */
#define PAYLOAD_L16_OTHER	98	/* dynamic */

unsigned payload_l16_type(uint32_t rate, unsigned channels);

/* How samples stand in a file. */
struct payload_l16_pcm {
	uint8_t bytes;		/* of a sample: 1, 2, 3, ... */
	uint8_t is_big;		/* endian */
	uint8_t is_unsigned;
};

/* n samples (of any channel) at in become 2 n bytes at out; those of more than
 * 16 bits are rounded. */
void payload_l16_encode(const struct payload_l16_pcm *from, const uint8_t *in,
    size_t n, uint8_t *out);

#endif
