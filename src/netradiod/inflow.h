/* SPDX-License-Identifier: ISC */
/*
 * The sound in bytes that come as they come and cannot be read again: what
 * somebody writes into a pipe.  MPEG audio, AAC in ADTS and WAV are recognised
 * by content, whatever stands before, between and behind; what is neither is
 * passed over.  Pure.
 */
#ifndef INFLOW_H
#define INFLOW_H

#include <stddef.h>
#include <stdint.h>

#include "media.h"
#include "wire/aac.h"
#include "wire/mpa.h"

/* What is waited for before the first frame is believed fits in: three of the
 * longest. */
#define INFLOW_SIZE	(128 * 1024)

enum inflow_event {
	INFLOW_MORE,		/* no frame until more bytes come */
	INFLOW_BEGIN,		/* the first frame of a sound, told by facts */
	INFLOW_FRAME,		/* the one behind it */
	INFLOW_SPLICE		/* of the same sound, but some were lost */
};

/* A frame as its header says; sound MEDIA_OTHER: none. */
struct inflow_head {
	enum media_sound sound;
	struct mpa mpa;
	struct adts adts;
	size_t len, header;	/* bytes of it; of these, in front of AAC */
};

enum inflow_state {
	INFLOW_SEARCH,		/* for anything */
	INFLOW_STEP,		/* where a frame ended, or something known */
	INFLOW_RIFF,		/* among the chunks of a WAV header */
	INFLOW_PCM		/* in its data */
};

struct inflow {
	uint8_t *buf;		/* INFLOW_SIZE bytes; the caller's */
	size_t from, to;	/* what of it is not used yet */
	enum inflow_state state;
	struct inflow_head last;	/* of the sound */
	int is_known;		/* facts are those of the last frame */
	int is_broken;		/* something was lost since */
	int64_t skip;		/* bytes to pass over */
	int64_t left;		/* bytes of PCM */
	int64_t ds64;		/* of RF64: bytes of data; -1: not told */
	int has_format;		/* of WAV: next is what its header says */
	struct media_facts facts, next;
	uint64_t junk;		/* bytes that were no sound */
	const char *problem;	/* why a sound was passed over, or NULL */
};

void inflow_init(struct inflow *in, uint8_t *buf);
/* Room for bytes at *p, at least half of the buffer unless unused ones are in
 * it; frames given out before are no longer valid. */
size_t inflow_room(struct inflow *in, uint8_t **p);
/* So many were put there. */
void inflow_took(struct inflow *in, size_t n);

/* The next frame, valid until inflow_room.  is_end: no more bytes come, so
 * what stands at the end is whole or of no use. */
enum inflow_event inflow_next(struct inflow *in, int is_end, struct frame *f);
/* Flicks of frames that are here, counted up to want; what is before them and
 * is none is thrown away. */
int64_t inflow_level(struct inflow *in, int is_end, int64_t want);
/* Whoever wrote has gone: what comes next is another's. */
void inflow_reset(struct inflow *in);

#endif
