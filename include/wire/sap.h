/* SPDX-License-Identifier: ISC */
/*
 * Session announcements (RFC 2974): how players learn of channels without
 * being told.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   | V=1 |A|R|T|E|C|   auth len    |         msg id hash           |
 *   |             originating source (32 or 128 bits)               |
 *   |  "application/sdp" NUL, then the session description ...      |
 *
 * T is 1 in a deletion, which has only the line o= of the description.
 */
#ifndef WIRE_SAP_H
#define WIRE_SAP_H

#include <stddef.h>
#include <stdint.h>

#include "wire/sdp.h"

#define SAP_PORT		9875
#define SAP_PACKET_MAX		(4 + 16 + 16 + SDP_MAX)
/* Where it goes: global scope, where ffmpeg listens, and the highest address
 * of administratively scoped groups. */
#define SAP_GROUP_GLOBAL	"224.2.127.254"
#define SAP_GROUP_LOCAL		"239.255.255.255"	/* 239.255.0.0/16 */
#define SAP_GROUP_ORGANISATION	"239.195.255.255"	/* 239.192.0.0/14 */
/* Of IPv6: the same in each scope, which is the fourth digit's. */
#define SAP_GROUP_IPV6		"ff00::2:7ffe"

/*
 * An announcement of s, whose source has these 4 or 16 bytes, or its deletion:
 * the length in out[SAP_PACKET_MAX], or 0 if the description is too long.  The
 * hash is made of the version: both change together, as VLC needs it.
 */
size_t sap_encode(const struct sdp *s, int is_deletion, const uint8_t *source,
    unsigned source_len, uint8_t *out);

#endif
