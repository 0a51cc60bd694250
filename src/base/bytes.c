/* SPDX-License-Identifier: ISC */
#include "base/bytes.h"

#include <string.h>

void
rd_init(struct rd *r, const void *data, size_t len)
{
	r->p = data;
	r->end = r->p + len;
	r->bad = 0;
}

size_t
rd_left(const struct rd *r)
{
	return (size_t)(r->end - r->p);
}

const uint8_t *
rd_bytes(struct rd *r, size_t n)
{
	const uint8_t *p = r->p;

	if (rd_left(r) < n) {
		r->p = r->end;
		r->bad = 1;
		return NULL;
	}
	r->p += n;
	return p;
}

struct rd
rd_sub(struct rd *r, size_t n)
{
	struct rd sub;
	const uint8_t *p = rd_bytes(r, n);

	if (p == NULL) {
		rd_init(&sub, r->end, 0);
		sub.bad = 1;
	} else
		rd_init(&sub, p, n);
	return sub;
}

uint8_t
rd_u8(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 1);

	return p != NULL ? p[0] : 0;
}

uint16_t
rd_u16(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 2);

	return p != NULL ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

uint32_t
rd_u24(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 3);

	return p != NULL ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2] :
	    0;
}

uint32_t
rd_u32(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 4);

	return p != NULL ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3] : 0;
}

uint64_t
rd_u64(struct rd *r)
{
	uint64_t high;

	if (rd_left(r) < 8) {
		rd_bytes(r, 8);
		return 0;
	}
	high = rd_u32(r);
	return high << 32 | rd_u32(r);
}

uint16_t
rd_u16le(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 2);

	return p != NULL ? (uint16_t)(p[1] << 8 | p[0]) : 0;
}

uint32_t
rd_u32le(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 4);

	return p != NULL ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[1] << 8 | p[0] : 0;
}

void
wr_init(struct wr *w, void *room, size_t size)
{
	w->start = w->p = room;
	w->end = w->p + size;
	w->bad = 0;
}

size_t
wr_len(const struct wr *w)
{
	return (size_t)(w->p - w->start);
}

size_t
wr_left(const struct wr *w)
{
	return (size_t)(w->end - w->p);
}

void
wr_bytes(struct wr *w, const void *data, size_t n)
{
	if (w->bad || wr_left(w) < n) {
		w->bad = 1;
		return;
	}
	if (n > 0)
		memcpy(w->p, data, n);
	w->p += n;
}

void
wr_u8(struct wr *w, uint8_t v)
{
	wr_bytes(w, &v, 1);
}

void
wr_u16(struct wr *w, uint16_t v)
{
	uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	wr_bytes(w, b, sizeof(b));
}

void
wr_u32(struct wr *w, uint32_t v)
{
	uint8_t b[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
	    (uint8_t)(v >> 8), (uint8_t)v };

	wr_bytes(w, b, sizeof(b));
}

void
wr_u64(struct wr *w, uint64_t v)
{
	uint8_t b[8];
	int i;

	for (i = 0; i < 8; i++)
		b[i] = (uint8_t)(v >> (56 - 8 * i));
	wr_bytes(w, b, sizeof(b));
}

/* Four bits at a time: a table of two cache lines, and fast enough. */
uint32_t
crc32_of(const void *data, size_t len)
{
	static const uint32_t step[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c
	};
	const uint8_t *p = data;
	uint32_t crc = 0xffffffff;

	while (len-- > 0) {
		crc ^= *p++;
		crc = crc >> 4 ^ step[crc & 15];
		crc = crc >> 4 ^ step[crc & 15];
	}
	return ~crc;
}

uint64_t
hash64_of(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t h = 0xcbf29ce484222325;

	while (len-- > 0)
		h = (h ^ *p++) * 0x100000001b3;
	return h;
}
