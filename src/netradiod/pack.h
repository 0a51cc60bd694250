/* SPDX-License-Identifier: ISC */
/*
 * Packing: whole frames into RTP payloads, or one long frame into several.  A
 * packet holds at most so many bytes and a time of sound, but always one frame,
 * and never two sample rates (the second one's timestamp would be wrong).
 * Pure.
 */
#ifndef PACK_H
#define PACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "wire/payload_aac.h"
#include "wire/rtp.h"

#define PACK_PAYLOAD_MAX	1372	/* with the payload's own header */
#define PACK_TIME_MAX		(FLICK_HZ * 80 / 1000)
#define PACK_PCM_TIME_MAX	(FLICK_HZ * 20 / 1000)

struct frame;

/* What a payload looks like. */
enum pack_payload {
	PACK_MPA,		/* RFC 2250 section 3.5 */
	PACK_AAC,		/* RFC 3640, AAC-hbr */
	PACK_L16		/* RFC 3551 section 4.5.11: samples alone */
};

struct pack {
	enum pack_payload payload;
	unsigned align;		/* L16: bytes of a sample of all channels */
	size_t len;		/* bytes in body */
	unsigned frames;	/* that they make */
	size_t sent;		/* of these, already given out as packets */
	int64_t flicks;		/* play time of the frames in body */
	uint32_t rate;		/* their sample rate */
	uint16_t sizes[PAYLOAD_AAC_UNITS_MAX];	/* AAC: of each frame */
	size_t size;		/* room in body: grows once, if a long frame
				 * comes */
	uint8_t *room;		/* PACK_HEADERS, then the body: headers are
				 * written in front of what they go with */
};

#define PACK_HEADERS	(RTP_HEADER_SIZE + \
			PAYLOAD_AAC_HEADER_SIZE(PAYLOAD_AAC_UNITS_MAX))

/* 0, or -1 with errno if there is no memory.  For MPEG audio. */
int pack_init(struct pack *p);
void pack_done(struct pack *p);
/* Another payload from now on; the body is empty.  align: see there. */
void pack_use(struct pack *p, enum pack_payload payload, unsigned align);
/* Add a frame: a pointer to its copy in the body, which the caller may still
 * change; NULL: full, send it first (or, with an empty body, no memory for a
 * frame longer than a packet).  payload_max as PACK_PAYLOAD_MAX or less. */
uint8_t *pack_add(struct pack *p, const struct frame *f, size_t payload_max);
/*
 * The next packet of what is in the body: its length, and in *packet where it
 * is, valid until the next call; 0 when all has been given out, and the body
 * is empty then.  h is that of the first sample; all pieces of a long frame
 * carry its timestamp, but for samples (L16), each of which has its own.  AAC
 * has a marker where a frame ends, whatever h says.  Several frames stay one
 * packet even if payload_max became smaller since.
 */
size_t pack_next(struct pack *p, const struct rtp *h, size_t payload_max,
    const uint8_t **packet);
/* Whether pack_next has more to give. */
int pack_has(const struct pack *p);

#endif
