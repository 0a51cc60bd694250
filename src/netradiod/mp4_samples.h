/* SPDX-License-Identifier: ISC */
/*
 * The samples of a track in the order in which they are played: those of its
 * tables as the edit list wants them, then those of fragments.
 *
 * What is taken of the tables is what "ffmpeg -c copy" takes: of an edit also
 * the second in front of it, for decoders have to run in, and of its end the
 * whole sample.  But not of an edit that begins where the last one ended.
 */
#ifndef MP4_SAMPLES_H
#define MP4_SAMPLES_H

#include <stdint.h>

#include "mp4_box.h"
#include "mp4_frag.h"
#include "mp4_track.h"

struct piece;

struct mp4_samples {
	int fd;
	int64_t size;			/* of the file */
	const struct mp4_track *t;
	int is_packed;			/* counted as t->packet_samples says */
	int is_cut;			/* only edits are played */
	uint32_t edit;			/* the next one */
	uint32_t from, to;		/* samples of this one */
	uint32_t index;			/* of the next sample */
	uint32_t left;			/* in the chunk at hand */
	int64_t off;			/* of the next sample in it */
	uint32_t chunk, stsc_at;	/* next chunk; entry that counts */
	struct mp4_column stsc, stsz, stco;
	int64_t ticks;			/* of the samples of all ranges */
	int in_fragments;
	struct mp4_frag frag;
};

void mp4_samples_init(struct mp4_samples *s, int fd, int64_t size,
    const struct mp4_track *t);
/* As next and rewind of struct media_ops. */
int mp4_samples_next(struct mp4_samples *s, struct piece *p);
void mp4_samples_rewind(struct mp4_samples *s);
/* When all were taken: flicks that shall be heard, if those that were taken
 * came to so many in so many frames. */
int64_t mp4_samples_heard(struct mp4_samples *s, int64_t flicks,
    int64_t frames);

#endif
