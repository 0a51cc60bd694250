/* SPDX-License-Identifier: ISC */
/* Times of a track: its table of them, and its edits (ISO 14496-12, 8.6). */
#ifndef MP4_TIMES_H
#define MP4_TIMES_H

#include <stdint.h>

struct mp4_track;

/* Of more edits than that the list is not followed. */
#define MP4_EDITS_MAX	64

/* The sample that plays at that time: the first of them that ends later; the
 * number of samples if there is none. */
uint32_t mp4_times_sample(const struct mp4_track *t, int fd, int64_t ticks);
/* When a sample begins; of one behind the last: when that ends. */
int64_t mp4_times_begin(const struct mp4_track *t, int fd, uint32_t sample);

/*
 * The i-th edit: the ticks [*from, *to) of the media; INT64_MAX: to its end.
 * 1; 0: it is a pause.
 */
int mp4_times_edit(const struct mp4_track *t, int fd, uint32_t i,
    int64_t *from, int64_t *to);

#endif
