/* SPDX-License-Identifier: ISC */
#include "wire/payload_mpa.h"

#include "base/bytes.h"

void
payload_mpa_encode(uint16_t frag_offset,
    uint8_t out[static PAYLOAD_MPA_HEADER_SIZE])
{
	struct wr w;

	wr_init(&w, out, PAYLOAD_MPA_HEADER_SIZE);
	wr_u16(&w, 0);
	wr_u16(&w, frag_offset);
}

int
payload_mpa_decode(const uint8_t *payload, size_t len,
    uint16_t *frag_offset, const uint8_t **data, size_t *data_len)
{
	struct rd r;

	rd_init(&r, payload, len);
	rd_u16(&r);
	*frag_offset = rd_u16(&r);
	if (r.bad)
		return -1;
	*data = r.p;
	*data_len = rd_left(&r);
	return 0;
}
