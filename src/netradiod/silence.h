/* SPDX-License-Identifier: ISC */
/*
 * The frame that stands in where there is nothing to hear, in the format that
 * a stream had last: other players fall silent for good when the flow stops,
 * or when its format changes for no reason.
 */
#ifndef SILENCE_H
#define SILENCE_H

#include <stdint.h>

#include "media.h"
#include "wire/mpa.h"

struct silence {
	uint8_t header[MPA_HEADER_SIZE];	/* of MPEG audio */
	uint16_t header_len;	/* of the frame that had it; 0: none */
	uint8_t layout;		/* of AAC */
	uint8_t value;		/* of the bytes of PCM */
	enum media_sound sound;	/* MEDIA_OTHER: no format is known */
	uint32_t samples, rate;
	size_t len;		/* of data; MPEG audio, 0: to be made */
	size_t room;		/* in data */
	uint8_t *data;		/* made when it is first wanted */
};

void silence_done(struct silence *s);
/* Like this frame of MPEG audio from now on.  Costs next to nothing. */
void silence_like(struct silence *s, const uint8_t *frame, size_t len);
/* Of the format of a file from now on. */
void silence_of(struct silence *s, const struct media_facts *facts);
/* The frame, valid until the next call that has an s: 0; -1: no format is
 * known, none is possible in it, or there is no memory. */
int silence_frame(struct silence *s, struct frame *f);

#endif
