/* SPDX-License-Identifier: ISC */
/*
 * AAC in RTP (RFC 3640, mode AAC-hbr with sizelength 13, indexlength 3 and
 * indexdeltalength 3): a header for each access unit, then the units, or one
 * piece of a unit under a header with its whole size.
 *
 *   |  AU-headers-length, in bits   |      AU-size (13 bits)  |index|  ...
 */
#ifndef WIRE_PAYLOAD_AAC_H
#define WIRE_PAYLOAD_AAC_H

#include <stddef.h>
#include <stdint.h>

#define PAYLOAD_AAC_TYPE	97	/* payload type, dynamic */
#define PAYLOAD_AAC_UNIT_MAX	8191	/* bytes; 13 bits */
#define PAYLOAD_AAC_UNITS_MAX	16	/* in one packet, that we take */

/* Bytes in front of so many units. */
#define PAYLOAD_AAC_HEADER_SIZE(units)	(2 + 2 * (size_t)(units))

/* The headers of n units (1 to PAYLOAD_AAC_UNITS_MAX) of these sizes (at most
 * PAYLOAD_AAC_UNIT_MAX); out has PAYLOAD_AAC_HEADER_SIZE(n) bytes. */
void payload_aac_encode(const uint16_t *sizes, unsigned n, uint8_t *out);

struct payload_aac {
	unsigned n;		/* units */
	struct {
		uint16_t size;	/* of the whole unit */
		uint16_t len;	/* of data; less than size: a piece, and the
				 * only one in its packet */
		const uint8_t *data;	/* in the payload */
	} unit[PAYLOAD_AAC_UNITS_MAX];
};

/* 0; -1 if the lengths do not fit the payload, or units are interleaved or
 * too many. */
int payload_aac_decode(struct payload_aac *p, const uint8_t *payload,
    size_t len);

#endif
