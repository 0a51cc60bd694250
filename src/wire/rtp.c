/* SPDX-License-Identifier: ISC */
#include "wire/rtp.h"

#include "base/bytes.h"

#define VERSION_BITS	0x80
#define PADDING_BIT	0x20
#define EXTENSION_BIT	0x10
#define MARKER_BIT	0x80

void
rtp_encode(const struct rtp *h, uint8_t out[static RTP_HEADER_SIZE])
{
	struct wr w;

	wr_init(&w, out, RTP_HEADER_SIZE);
	wr_u8(&w, VERSION_BITS);
	wr_u8(&w, (uint8_t)((h->marker ? MARKER_BIT : 0) | (h->type & 0x7f)));
	wr_u16(&w, h->seq);
	wr_u32(&w, h->ts);
	wr_u32(&w, h->ssrc);
}

int
rtp_decode(struct rtp *h, const uint8_t *packet, size_t len,
    const uint8_t **payload, size_t *payload_len)
{
	struct rd r;
	uint8_t first, second, pad = 0;

	rd_init(&r, packet, len);
	first = rd_u8(&r);
	second = rd_u8(&r);
	h->marker = (second & MARKER_BIT) != 0;
	h->type = second & 0x7f;
	h->seq = rd_u16(&r);
	h->ts = rd_u32(&r);
	h->ssrc = rd_u32(&r);
	rd_bytes(&r, 4u * (first & 0x0f));
	if (first & EXTENSION_BIT) {
		rd_u16(&r);
		rd_bytes(&r, 4u * rd_u16(&r));
	}
	if (r.bad || (first & 0xc0) != VERSION_BITS)
		return -1;
	if (first & PADDING_BIT) {
		/* Its last byte counts the padding, itself included. */
		pad = packet[len - 1];
		if (pad == 0 || pad > rd_left(&r))
			return -1;
	}
	*payload = r.p;
	*payload_len = rd_left(&r) - pad;
	return 0;
}
