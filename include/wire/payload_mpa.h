/* SPDX-License-Identifier: ISC */
/*
 * MPEG audio in RTP (RFC 2250 section 3.5): four bytes, then whole frames or
 * one piece of a frame.
 *
 *   |             MBZ               |          Frag_offset          |
 */
#ifndef WIRE_PAYLOAD_MPA_H
#define WIRE_PAYLOAD_MPA_H

#include <stddef.h>
#include <stdint.h>

#define PAYLOAD_MPA_HEADER_SIZE	4

/* frag_offset: where in its frame the data begins; 0 for whole frames. */
void payload_mpa_encode(uint16_t frag_offset,
    uint8_t out[static PAYLOAD_MPA_HEADER_SIZE]);

/* 0 and the data in place; -1 if the payload is shorter than its header. */
int payload_mpa_decode(const uint8_t *payload, size_t len,
    uint16_t *frag_offset, const uint8_t **data, size_t *data_len);

#endif
