/* SPDX-License-Identifier: ISC */
#include "pack.h"

#include <stdlib.h>
#include <string.h>

#include "media.h"
#include "wire/mpa.h"

static void
empty(struct pack *p)
{
	p->len = p->sent = 0;
	p->frames = 0;
	p->flicks = 0;
	p->rate = 0;
}

int
pack_init(struct pack *p)
{
	empty(p);
	p->size = PACK_PAYLOAD_MAX;
	return (p->room = malloc(PACK_HEADERS + p->size)) != NULL ? 0 : -1;
}

void
pack_done(struct pack *p)
{
	free(p->room);
}

/* A frame longer than a packet is rare; from the first one on there is room
 * for any. */
static int
make_room(struct pack *p, size_t len)
{
	uint8_t *room;

	if (len <= p->size)
		return 0;
	if (len > MPA_FRAME_MAX ||
	    (room = realloc(p->room, PACK_HEADERS + MPA_FRAME_MAX)) == NULL)
		return -1;
	p->room = room;
	p->size = MPA_FRAME_MAX;
	return 0;
}

uint8_t *
pack_add(struct pack *p, const struct frame *f, size_t payload_max)
{
	int64_t flicks = flick_of_samples(f->samples, f->rate);
	uint8_t *copy;

	if (p->len > 0 && (p->rate != f->rate ||
	    p->flicks + flicks > PACK_TIME_MAX ||
	    p->len + f->len > payload_max - PAYLOAD_MPA_HEADER_SIZE))
		return NULL;
	if (make_room(p, p->len + f->len) == -1)
		return NULL;
	copy = p->room + PACK_HEADERS + p->len;
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
    const uint8_t **packet)
{
	size_t most = payload_max - PAYLOAD_MPA_HEADER_SIZE;
	size_t n = p->len - p->sent;
	uint8_t *start = p->room + p->sent;

	if (n == 0) {
		empty(p);
		return 0;
	}
	/* An offset means a fragment, so only a lone frame is cut. */
	if (n > most && p->frames == 1)
		n = most;
	/* Over the end of the piece before, which has left. */
	rtp_encode(h, start);
	payload_mpa_encode((uint16_t)p->sent, start + RTP_HEADER_SIZE);
	p->sent += n;
	*packet = start;
	return PACK_HEADERS + n;
}
