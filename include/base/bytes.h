/* SPDX-License-Identifier: ISC */
/*
 * Bounded cursors over bytes: the only way anything from the network or a
 * file is taken apart or put together.  Multi-byte values are big-endian
 * unless the name ends in le.  The error is sticky and harmless: a reader
 * past its end gives zeros, a writer past its end writes nothing, and both
 * say so when asked once at the end.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct rd {
	const uint8_t *p;	/* next byte */
	const uint8_t *end;	/* one past the last */
	int bad;		/* asked for more than there was */
};

void rd_init(struct rd *r, const void *data, size_t len);
size_t rd_left(const struct rd *r);
uint8_t rd_u8(struct rd *r);
uint16_t rd_u16(struct rd *r);
uint32_t rd_u24(struct rd *r);
uint32_t rd_u32(struct rd *r);
uint64_t rd_u64(struct rd *r);
uint16_t rd_u16le(struct rd *r);
uint32_t rd_u32le(struct rd *r);
/* The next n bytes in place, or NULL (and bad) if there are fewer. */
const uint8_t *rd_bytes(struct rd *r, size_t n);
/* A reader of the next n bytes; empty and both bad if there are fewer. */
struct rd rd_sub(struct rd *r, size_t n);

struct wr {
	uint8_t *start;
	uint8_t *p;		/* next byte */
	uint8_t *end;		/* one past the room */
	int bad;		/* did not fit */
};

void wr_init(struct wr *w, void *room, size_t size);
size_t wr_len(const struct wr *w);
size_t wr_left(const struct wr *w);
void wr_u8(struct wr *w, uint8_t v);
void wr_u16(struct wr *w, uint16_t v);
void wr_u32(struct wr *w, uint32_t v);
void wr_u64(struct wr *w, uint64_t v);
void wr_bytes(struct wr *w, const void *data, size_t n);

/* CRC-32 of ISO 3309 (the one of Ethernet and zip), for files of ours. */
uint32_t crc32_of(const void *data, size_t len);
/* FNV-1a, 64 bits: names to keys; no defence against an adversary. */
uint64_t hash64_of(const void *data, size_t len);

#endif
