/* SPDX-License-Identifier: ISC */
#include "mp4_samples.h"

#include <string.h>

#include "base/clock.h"

#include "framer.h"
#include "mp4_times.h"
#include "stream.h"

#define MERGE_MAX	64	/* samples of a piece, if their sizes differ */
#define RUN_IN_S	1	/* in front of an edit */
#define BYTES_MAX	(INT64_C(1) << 50)	/* of a chunk */
/* Entries of tables that are looked through to find all edits: if it would be
 * more, and more than one edit, they are not followed. */
#define EDIT_WORK_MAX	(1 << 22)

static void
begin_tables(struct mp4_samples *s)
{
	s->index = s->left = 0;
	s->chunk = s->stsc_at = 0;
	s->off = 0;
}

void
mp4_samples_rewind(struct mp4_samples *s)
{
	begin_tables(s);
	s->edit = 0;
	s->from = 0;
	s->to = s->is_cut ? 0 : s->t->samples;
	s->in_fragments = 0;
	s->ticks = 0;
	mp4_frag_init(&s->frag, s->fd, s->size, s->t);
}

/* Whether samples are only counted, each one tick: then their sizes are what
 * the sample description says. */
static int
is_counted(struct mp4_samples *s)
{
	const struct mp4_track *t = s->t;
	struct mp4_column c;

	if (t->packet_bytes == 0 || t->stts.count != 1)
		return 0;
	mp4_column_init(&c, s->fd, &t->stts);
	return mp4_u32(mp4_column_at(&c, 0) + 4) == 1;
}

/* Edits are counted in ticks of the movie: one of them is within rounding. */
static int64_t
slack_of(const struct mp4_samples *s)
{
	return s->t->movie_scale > 0 ? s->t->scale / s->t->movie_scale + 1 : 1;
}

/* The samples of an edit, before which one was played that ends with the sample
 * before "before" (0: none was): 1; 0: none. */
static int
range_of(const struct mp4_samples *s, uint32_t edit, uint32_t before,
    uint32_t *from, uint32_t *to)
{
	int64_t begin, end, run_in = RUN_IN_S * (int64_t)s->t->scale;
	uint32_t first;

	if (!mp4_times_edit(s->t, s->fd, edit, &begin, &end))
		return 0;
	if (s->t->framer == &framer_pcm) {	/* decodes by itself */
		run_in = 0;
		if (end != INT64_MAX && end + slack_of(s) >=
		    mp4_times_begin(s->t, s->fd, s->t->samples))
			end = INT64_MAX;
	}
	first = mp4_times_sample(s->t, s->fd, begin);
	if (first >= s->t->samples)
		return 0;
	/* Where the last one ended the decoder has run in already, and a
	 * second that was just heard would be heard again. */
	if (before > 0 && (first == before || first + 1 == before))
		*from = before;
	else
		*from = mp4_times_sample(s->t, s->fd, begin > run_in ?
		    begin - run_in : 0);
	*to = s->t->samples;
	if (end != INT64_MAX && end > begin)
		*to = mp4_times_sample(s->t, s->fd, end - 1);
	/* That one is the last. */
	if (*to < s->t->samples)
		(*to)++;
	return *from < *to;
}

/* A list of edits that would leave nothing is wrong. */
static int
is_cut(const struct mp4_samples *s)
{
	const struct mp4_track *t = s->t;
	uint64_t work = (uint64_t)t->stts.count + t->stco.count;
	uint32_t i, from, to;

	if (t->elst.count > MP4_EDITS_MAX || t->stts.count == 0 ||
	    (t->elst.count > 1 && work * t->elst.count > EDIT_WORK_MAX))
		return 0;
	for (i = 0; i < t->elst.count; i++)
		if (range_of(s, i, 0, &from, &to))
			return 1;
	return 0;
}

void
mp4_samples_init(struct mp4_samples *s, int fd, int64_t size,
    const struct mp4_track *t)
{
	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->size = size;
	s->t = t;
	mp4_column_init(&s->stsc, fd, &t->stsc);
	mp4_column_init(&s->stsz, fd, &t->stsz);
	mp4_column_init(&s->stco, fd, &t->stco);
	s->is_packed = is_counted(s);
	s->is_cut = is_cut(s);
	mp4_samples_rewind(s);
}

/* Size of the sample i; only if it is not counted. */
static uint32_t
size_of(struct mp4_samples *s, uint32_t i)
{
	const uint8_t *p;

	if (s->t->sample_size != 0)
		return s->t->sample_size;
	switch (s->t->size_bits) {
	case 4:
		p = mp4_column_at(&s->stsz, i / 2);
		return i & 1 ? p[0] & 15 : p[0] >> 4;
	case 8:
		return mp4_column_at(&s->stsz, i)[0];
	case 16:
		/* Of a byte each, so that the count fits. */
		return (uint32_t)mp4_column_at(&s->stsz, 2 * i)[0] << 8 |
		    mp4_column_at(&s->stsz, 2 * i + 1)[0];
	default:
		return mp4_u32(mp4_column_at(&s->stsz, i));
	}
}

/* Bytes of n samples of the chunk at hand. */
static int64_t
bytes_of(struct mp4_samples *s, uint32_t n)
{
	uint64_t sum = 0;
	uint32_t i;

	if (s->is_packed)
		sum = (uint64_t)(n / s->t->packet_samples) *
		    s->t->packet_bytes;
	else if (s->t->sample_size != 0)
		sum = (uint64_t)n * s->t->sample_size;
	else
		for (i = 0; i < n; i++)
			sum += size_of(s, s->index + i);
	return sum < (uint64_t)BYTES_MAX ? (int64_t)sum : BYTES_MAX;
}

/* Go to the next chunk that has samples: 1, or 0: there is none. */
static int
next_chunk(struct mp4_samples *s)
{
	const uint8_t *p;
	uint64_t off;
	int n;

	for (n = 0; n < MP4_EMPTY_MAX && s->chunk < s->t->stco.count &&
	    s->index < s->t->samples; n++) {
		for (; n < MP4_EMPTY_MAX && s->stsc_at + 1 <
		    s->t->stsc.count && mp4_u32(mp4_column_at(&s->stsc,
		    s->stsc_at + 1)) <= s->chunk + 1; n++)
			s->stsc_at++;
		p = mp4_column_at(&s->stco, s->chunk++);
		off = s->t->stco.width == 8 ? mp4_u64(p) : mp4_u32(p);
		s->off = off < (uint64_t)s->size ? (int64_t)off : s->size;
		s->left = mp4_u32(mp4_column_at(&s->stsc, s->stsc_at) + 4);
		if (s->left > s->t->samples - s->index)
			s->left = s->t->samples - s->index;
		if (s->left > 0)
			return 1;
	}
	return 0;
}

static void
skip(struct mp4_samples *s, uint32_t n)
{
	s->off += bytes_of(s, n);
	s->index += n;
	s->left -= n;
}

/* Stand at the sample from: 1, or 0: there is none. */
static int
seek(struct mp4_samples *s)
{
	if (s->index > s->from)
		begin_tables(s);
	for (;;) {
		if (s->left == 0 && !next_chunk(s))
			return 0;
		if (s->from - s->index < s->left)
			break;
		s->index += s->left;
		s->left = 0;
	}
	skip(s, s->from - s->index);
	return 1;
}

/* The next range of samples: 1, or 0: all edits were played. */
static int
next_range(struct mp4_samples *s)
{
	uint32_t before = s->to;

	while (s->is_cut && s->edit < s->t->elst.count)
		if (range_of(s, s->edit++, before, &s->from, &s->to)) {
			s->ticks += mp4_times_begin(s->t, s->fd, s->to) -
			    mp4_times_begin(s->t, s->fd, s->from);
			if (seek(s))
				return 1;
		}
	return 0;
}

/*
 * Samples from the one at hand on: as many as make one piece.  Where each is
 * an access unit they must be of one size.
 */
static uint32_t
count_of(const struct mp4_samples *s)
{
	uint32_t n = s->to - s->index;

	if (n > s->left)
		n = s->left;
	if (s->is_packed || s->t->sample_size != 0)
		return n;
	if (s->t->framer == &framer_units)
		return 1;
	return n < MERGE_MAX ? n : MERGE_MAX;
}

/* What of a piece is in the file: 1, or 0: nothing. */
static int
clip(const struct mp4_samples *s, struct piece *p)
{
	int64_t room = s->size - p->off;

	if (p->off < 0 || room <= 0 || p->len <= 0)
		return 0;
	if (p->len > room)
		p->len = s->t->framer == &framer_units ?
		    room / p->unit * p->unit : room;
	return p->len > 0;
}

/* A piece of the tables: 1, or 0: the ranges are at their end. */
static int
next_of_tables(struct mp4_samples *s, struct piece *p)
{
	uint32_t n;
	int empty;

	for (empty = 0; empty < MP4_EMPTY_MAX; empty++) {
		if (s->index >= s->to && !next_range(s))
			return 0;
		if (s->left == 0 && !next_chunk(s)) {
			s->to = s->index;	/* fewer than was said */
			continue;
		}
		n = count_of(s);
		p->off = s->off;
		p->len = bytes_of(s, n);
		p->unit = n == 1 ? p->len : s->t->sample_size;
		skip(s, n);
		if (clip(s, p))
			return 1;
	}
	return 0;
}

static int
next_of_fragments(struct mp4_samples *s, struct piece *p)
{
	struct mp4_run r;
	int empty;

	for (empty = 0; empty < MP4_EMPTY_MAX && mp4_frag_next(&s->frag, &r);
	    empty++) {
		p->off = r.off;
		p->len = (int64_t)r.count * r.size;
		p->unit = r.size;
		if (clip(s, p))
			return 1;
	}
	return 0;
}

int
mp4_samples_next(struct mp4_samples *s, struct piece *p)
{
	if (!s->in_fragments) {
		if (next_of_tables(s, p))
			return 1;
		s->in_fragments = 1;
	}
	return next_of_fragments(s, p);
}

/* Ticks to flicks; what does not fit is wrong anyway. */
static int64_t
flicks_of(const struct mp4_samples *s, int64_t ticks)
{
	int64_t seconds = ticks / s->t->scale, rest = ticks % s->t->scale;

	if (seconds > INT64_MAX / 2 / FLICK_HZ)
		return INT64_MAX / 2;
	return seconds * FLICK_HZ + rest * FLICK_HZ / s->t->scale;
}

/* Ticks of all edits, of a track that lasts so many; -1: there are none. */
static int64_t
edited(const struct mp4_samples *s, int64_t total)
{
	int64_t from, to, sum = 0;
	uint32_t i, n = 0;

	if (s->t->elst.count > MP4_EDITS_MAX)
		return -1;
	for (i = 0; i < s->t->elst.count; i++) {
		if (!mp4_times_edit(s->t, s->fd, i, &from, &to) ||
		    from >= total)
			continue;
		if (to >= total - slack_of(s))
			to = total;
		sum += to - from;
		n++;
	}
	return n > 0 ? sum : -1;
}

int64_t
mp4_samples_heard(struct mp4_samples *s, int64_t flicks, int64_t frames)
{
	int64_t tables = mp4_times_begin(s->t, s->fd, s->t->samples);
	int64_t heard, taken;

	/* Edits were written when moov was: what was added later is heard. */
	heard = edited(s, tables > 0 ? tables : s->frag.ticks);
	if (heard <= 0)
		return flicks;
	if (tables > 0)
		heard += s->frag.ticks;
	/* Times that have nothing to do with what plays are not believed. */
	taken = flicks_of(s, (s->is_cut ? s->ticks : tables) + s->frag.ticks);
	if (taken - flicks > flicks / frames || flicks - taken >
	    flicks / frames)
		return flicks;
	return flicks_of(s, heard);
}
