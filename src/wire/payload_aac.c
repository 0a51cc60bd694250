/* SPDX-License-Identifier: ISC */
#include "wire/payload_aac.h"

#include <assert.h>

#include "base/bytes.h"

#define HEADER_BITS	16	/* of a unit */
#define INDEX_BITS	3

void
payload_aac_encode(const uint16_t *sizes, unsigned n, uint8_t *out)
{
	struct wr w;
	unsigned i;

	assert(n > 0 && n <= PAYLOAD_AAC_UNITS_MAX);
	wr_init(&w, out, PAYLOAD_AAC_HEADER_SIZE(n));
	wr_u16(&w, (uint16_t)(HEADER_BITS * n));
	for (i = 0; i < n; i++)
		wr_u16(&w, (uint16_t)(sizes[i] << INDEX_BITS));
}

/* The headers: 0, or -1. */
static int
get_headers(struct payload_aac *p, struct rd *r)
{
	unsigned bits = rd_u16(r), i, header;

	p->n = bits / HEADER_BITS;
	if (bits % HEADER_BITS != 0 || p->n == 0 ||
	    p->n > PAYLOAD_AAC_UNITS_MAX)
		return -1;
	for (i = 0; i < p->n; i++) {
		header = rd_u16(r);
		/* AU-Index and AU-Index-delta: 0 without interleaving. */
		if ((header & ((1u << INDEX_BITS) - 1)) != 0)
			return -1;
		p->unit[i].size = (uint16_t)(header >> INDEX_BITS);
	}
	return r->bad ? -1 : 0;
}

int
payload_aac_decode(struct payload_aac *p, const uint8_t *payload, size_t len)
{
	struct rd r;
	size_t n;
	unsigned i;

	rd_init(&r, payload, len);
	if (get_headers(p, &r) == -1)
		return -1;
	for (i = 0; i < p->n; i++) {
		n = p->unit[i].size;
		if (p->n == 1 && n > rd_left(&r))
			n = rd_left(&r);
		if (n == 0)
			return -1;
		p->unit[i].len = (uint16_t)n;
		p->unit[i].data = rd_bytes(&r, n);
	}
	return r.bad || rd_left(&r) > 0 ? -1 : 0;
}
