/* SPDX-License-Identifier: ISC */
#include "pack.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "media.h"
#include "wire/mpa.h"
#include "wire/payload_mpa.h"

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
	p->payload = PACK_MPA;
	p->align = 1;
	empty(p);
	p->size = PACK_PAYLOAD_MAX;
	return (p->room = malloc(PACK_HEADERS + p->size)) != NULL ? 0 : -1;
}

void
pack_done(struct pack *p)
{
	free(p->room);
}

void
pack_use(struct pack *p, enum pack_payload payload, unsigned align)
{
	assert(p->len == 0 && align > 0);
	p->payload = payload;
	p->align = align;
}

/* Bytes between the RTP header and so many frames. */
static size_t
header_size(const struct pack *p, unsigned frames)
{
	switch (p->payload) {
	case PACK_MPA:
		return PAYLOAD_MPA_HEADER_SIZE;
	case PACK_AAC:
		return PAYLOAD_AAC_HEADER_SIZE(frames);
	case PACK_L16:
		break;
	}
	return 0;
}

static size_t
frame_max(const struct pack *p)
{
	return p->payload == PACK_AAC ? PAYLOAD_AAC_UNIT_MAX : MPA_FRAME_MAX;
}

/* A frame longer than a packet is rare; from the first one on there is room
 * for any. */
static int
make_room(struct pack *p, size_t len)
{
	size_t most = frame_max(p);
	uint8_t *room;

	if (len <= p->size)
		return 0;
	if (len > most ||
	    (room = realloc(p->room, PACK_HEADERS + most)) == NULL)
		return -1;
	p->room = room;
	p->size = most;
	return 0;
}

static int
is_full(const struct pack *p, const struct frame *f, int64_t flicks,
    size_t payload_max)
{
	int64_t time_max = p->payload == PACK_L16 ? PACK_PCM_TIME_MAX :
	    PACK_TIME_MAX;

	return p->rate != f->rate || p->flicks + flicks > time_max ||
	    (p->payload == PACK_AAC && p->frames == PAYLOAD_AAC_UNITS_MAX) ||
	    header_size(p, p->frames + 1) + p->len + f->len > payload_max;
}

uint8_t *
pack_add(struct pack *p, const struct frame *f, size_t payload_max)
{
	int64_t flicks = flick_of_samples(f->samples, f->rate);
	uint8_t *copy;

	if (p->len > 0 && is_full(p, f, flicks, payload_max))
		return NULL;
	if (make_room(p, p->len + f->len) == -1)
		return NULL;
	copy = p->room + PACK_HEADERS + p->len;
	memcpy(copy, f->data, f->len);
	if (p->payload == PACK_AAC)
		p->sizes[p->frames] = (uint16_t)f->len;
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

/* How much of what is left goes into a packet. */
static size_t
next_piece(const struct pack *p, size_t payload_max)
{
	size_t n = p->len - p->sent;
	size_t most = payload_max - header_size(p, p->frames);

	if (n <= most)
		return n;
	if (p->payload == PACK_L16)
		return most - most % p->align;
	/* An offset means a fragment, so only a lone frame is cut. */
	return p->frames == 1 ? most : n;
}

static void
encode_header(const struct pack *p, uint8_t *out)
{
	switch (p->payload) {
	case PACK_MPA:
		payload_mpa_encode((uint16_t)p->sent, out);
		break;
	case PACK_AAC:
		payload_aac_encode(p->sizes, p->frames, out);
		break;
	case PACK_L16:
		break;
	}
}

size_t
pack_next(struct pack *p, const struct rtp *h, size_t payload_max,
    const uint8_t **packet)
{
	size_t header = header_size(p, p->frames), n;
	struct rtp own = *h;
	uint8_t *start;

	if (!pack_has(p)) {
		empty(p);
		return 0;
	}
	n = next_piece(p, payload_max);
	/* Over the end of the piece before, which has left. */
	start = p->room + PACK_HEADERS + p->sent - header - RTP_HEADER_SIZE;
	if (p->payload == PACK_AAC)
		own.marker = p->sent + n == p->len;
	else if (p->payload == PACK_L16)
		own.ts += (uint32_t)(p->sent / p->align);
	rtp_encode(&own, start);
	encode_header(p, start + RTP_HEADER_SIZE);
	p->sent += n;
	*packet = start;
	return RTP_HEADER_SIZE + header + n;
}
