/* SPDX-License-Identifier: ISC */
#include "mp4_times.h"

#include "mp4_box.h"
#include "mp4_track.h"

#define TICKS_MAX	(INT64_C(1) << 48)	/* more are not believed */

/*
 * Walk stts to whichever comes first, a time or a sample, and say both.  A
 * sample of no ticks has no time of its own.
 */
static void
walk(const struct mp4_track *t, int fd, int64_t *ticks, uint32_t *sample)
{
	int64_t now = 0, count, delta, n;
	uint32_t at = 0, i;
	int empty = 0;
	struct mp4_column c;
	const uint8_t *p;

	mp4_column_init(&c, fd, &t->stts);
	for (i = 0; i < t->stts.count && at < *sample; i++) {
		p = mp4_column_at(&c, i);
		count = mp4_u32(p);
		empty = count == 0 ? empty + 1 : 0;
		if (empty == MP4_EMPTY_MAX)
			break;
		delta = mp4_u32(p + 4);
		n = count < *sample - at ? count : *sample - at;
		if (delta > 0 && (*ticks - now) / delta < n)
			n = (*ticks - now) / delta;
		now += n * delta;
		at += (uint32_t)n;
		if (n < count || now > TICKS_MAX)
			break;
	}
	*ticks = now;
	*sample = at;
}

uint32_t
mp4_times_sample(const struct mp4_track *t, int fd, int64_t ticks)
{
	uint32_t sample = t->samples;

	walk(t, fd, &ticks, &sample);
	return sample;
}

int64_t
mp4_times_begin(const struct mp4_track *t, int fd, uint32_t sample)
{
	int64_t ticks = TICKS_MAX;

	walk(t, fd, &ticks, &sample);
	return ticks;
}

/* ticks of the movie in those of the media, rounded. */
static int64_t
scaled(const struct mp4_track *t, uint64_t ticks)
{
	uint32_t from = t->movie_scale;

	if (from == 0 || ticks / from > (uint64_t)TICKS_MAX / t->scale)
		return TICKS_MAX;
	return (int64_t)(ticks / from * t->scale +
	    (ticks % from * t->scale + from / 2) / from);
}

int
mp4_times_edit(const struct mp4_track *t, int fd, uint32_t i, int64_t *from,
    int64_t *to)
{
	struct mp4_column c;
	const uint8_t *p;
	uint64_t ticks;

	mp4_column_init(&c, fd, &t->elst);
	p = mp4_column_at(&c, i);
	if (t->elst.width == 20) {
		ticks = mp4_u64(p);
		*from = (int64_t)mp4_u64(p + 8);
	} else {
		ticks = mp4_u32(p);
		*from = (int32_t)mp4_u32(p + 4);
	}
	if (*from < 0 || *from > TICKS_MAX)
		return 0;
	*to = ticks == 0 ? INT64_MAX : *from + scaled(t, ticks);
	return 1;
}
