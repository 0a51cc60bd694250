/* SPDX-License-Identifier: ISC */
#include "pack.h"

#include <string.h>

#include "media.h"
#include "wire/payload_mpa.h"

void
pack_init(struct pack *p)
{
	p->len = p->sent = 0;
	p->frames = 0;
	p->flicks = 0;
	p->rate = 0;
}

uint8_t *
pack_add(struct pack *p, const struct frame *f, size_t payload_max)
{
	int64_t flicks = flick_of_samples(f->samples, f->rate);
	uint8_t *copy = p->body + p->len;

	if (p->len > 0 && (p->rate != f->rate ||
	    p->flicks + flicks > PACK_TIME_MAX ||
	    p->len + f->len > payload_max - PAYLOAD_MPA_HEADER_SIZE))
		return NULL;
	memcpy(copy, f->data, f->len);
	p->len += f->len;
	p->frames++;
	p->flicks += flicks;
	p->rate = f->rate;
	return copy;
}

int
pack_has(const struct pack *p)
{
	return p->sent < p->len;
}

size_t
pack_next(struct pack *p, const struct rtp *h, size_t payload_max,
    uint8_t out[static RTP_PACKET_MAX])
{
	size_t room = payload_max - PAYLOAD_MPA_HEADER_SIZE;
	size_t n = p->len - p->sent;

	if (n == 0) {
		pack_init(p);
		return 0;
	}
	/* An offset means a fragment, so only a lone frame is cut. */
	if (n > room && p->frames == 1)
		n = room;
	rtp_encode(h, out);
	payload_mpa_encode((uint16_t)p->sent, out + RTP_HEADER_SIZE);
	memcpy(out + RTP_HEADER_SIZE + PAYLOAD_MPA_HEADER_SIZE,
	    p->body + p->sent, n);
	p->sent += n;
	return RTP_HEADER_SIZE + PAYLOAD_MPA_HEADER_SIZE + n;
}
