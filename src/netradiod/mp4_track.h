/* SPDX-License-Identifier: ISC */
/*
 * The sound track of an MP4 or QuickTime file (ISO 14496-12, QTFF): what moov
 * says of it.  Nothing is loaded but where its tables are.
 */
#ifndef MP4_TRACK_H
#define MP4_TRACK_H

#include <stdint.h>

#include "media.h"
#include "mp4_box.h"

struct framer;

struct mp4_track {
	uint32_t id;
	int is_enabled;
	int is_sound;
	uint32_t movie_scale;	/* ticks to the second, of edits' durations */
	uint32_t scale;		/* the same, of the media; never 0 */
	struct mp4_table stts;	/* count(4) ticks(4) */
	struct mp4_table stsc;	/* first chunk(4) samples(4) description(4) */
	struct mp4_table stsz;	/* sizes, unless all are alike */
	struct mp4_table stco;	/* places of chunks, 4 or 8 bytes */
	struct mp4_table elst;	/* duration, time (4 or 8 each) rate(4) */
	uint32_t samples;	/* in the tables */
	uint32_t sample_size;	/* if all are alike; 0: stsz tells */
	unsigned size_bits;	/* of a size in stsz: 4, 8, 16, 32 */
	/* Of fragments, unless these say something else (trex). */
	uint32_t default_size, default_ticks;
	int64_t moov_end;	/* where fragments may begin */
	/* How it sounds. */
	struct media_facts facts;
	const struct framer *framer;	/* NULL: see problem */
	const char *problem;
	/* Old QuickTime counts in samples of PCM: so many bytes hold so many
	 * of them.  0: a sample is what stsz says. */
	uint32_t packet_samples, packet_bytes;
};

/*
 * The first sound track that can be played, rather one that is enabled.
 * 0; -1 if no track has sound, with *problem.  A track that cannot be played
 * is found too (0, t->framer is NULL).
 */
int mp4_track_find(struct mp4_track *t, int fd, int64_t size,
    const char **problem);

#endif
