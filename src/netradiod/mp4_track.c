/* SPDX-License-Identifier: ISC */
/*
 *   moov
 *     mvhd                       ticks of the movie
 *     trak
 *       tkhd                     number, whether it is enabled
 *       edts elst                what of it is heard
 *       mdia
 *         mdhd hdlr              its own ticks; sound or something else
 *         minf stbl
 *           stsd                 how it sounds: mp4_sound.h
 *           stts stsc stsz stco  times, chunks, sizes, places
 *     mvex trex                  what fragments leave out
 */
#include "mp4_track.h"

#include <string.h>

#include "mp4_sound.h"

/* Boxes on the outermost level in front of moov. */
#define OUTER_MAX	65536

#define TRACK_ENABLED	1

struct search {
	int fd;
	uint32_t movie_scale;
	struct mp4_track now;	/* at hand */
	struct mp4_track *best;
	int rank;		/* of best; -1: none */
	int is_packed;		/* moov is there, but compressed */
};

static void
on_mvhd(void *arg, const struct mp4_box *b)
{
	struct search *s = arg;
	uint8_t p[24];

	mp4_box_read(s->fd, b, 0, p, sizeof(p));
	s->movie_scale = mp4_u32(p[0] == 1 ? p + 20 : p + 12);
}

static void
on_tkhd(void *arg, const struct mp4_box *b)
{
	struct search *s = arg;
	uint8_t p[24];

	mp4_box_read(s->fd, b, 0, p, sizeof(p));
	s->now.is_enabled = (p[3] & TRACK_ENABLED) != 0;
	s->now.id = mp4_u32(p[0] == 1 ? p + 20 : p + 12);
}

static void
on_elst(void *arg, const struct mp4_box *b)
{
	struct search *s = arg;
	uint8_t p[8];

	mp4_box_read(s->fd, b, 0, p, sizeof(p));
	mp4_table_init(&s->now.elst, b, 8, mp4_u32(p + 4),
	    p[0] == 1 ? 20 : 12);
}

static void
on_edts(void *arg, const struct mp4_box *b)
{
	static const struct mp4_handler table[] = {
		{ FOURCC('e', 'l', 's', 't'), on_elst },
		{ 0, NULL }
	};
	struct search *s = arg;

	mp4_box_walk(s->fd, b->off, b->end, table, s);
}

static void
on_mdhd(void *arg, const struct mp4_box *b)
{
	struct search *s = arg;
	uint8_t p[24];

	mp4_box_read(s->fd, b, 0, p, sizeof(p));
	s->now.scale = mp4_u32(p[0] == 1 ? p + 20 : p + 12);
}

static void
on_hdlr(void *arg, const struct mp4_box *b)
{
	struct search *s = arg;
	uint8_t p[12];

	mp4_box_read(s->fd, b, 0, p, sizeof(p));
	s->now.is_sound = memcmp(p + 8, "soun", 4) == 0;
}

static void
on_stsd(void *arg, const struct mp4_box *b)
{
	struct search *s = arg;

	mp4_sound_read(&s->now, s->fd, b);
}

/* A table behind version, flags and its number of entries. */
static void
set_table(struct search *s, struct mp4_table *t, const struct mp4_box *b,
    uint32_t width)
{
	uint8_t p[8];

	mp4_box_read(s->fd, b, 0, p, sizeof(p));
	mp4_table_init(t, b, 8, mp4_u32(p + 4), width);
}

static void
on_stts(void *arg, const struct mp4_box *b)
{
	struct search *s = arg;

	set_table(s, &s->now.stts, b, 8);
}

static void
on_stsc(void *arg, const struct mp4_box *b)
{
	struct search *s = arg;

	set_table(s, &s->now.stsc, b, 12);
}

static void
on_stco(void *arg, const struct mp4_box *b)
{
	struct search *s = arg;

	set_table(s, &s->now.stco, b, 4);
}

static void
on_co64(void *arg, const struct mp4_box *b)
{
	struct search *s = arg;

	set_table(s, &s->now.stco, b, 8);
}

static void
on_stsz(void *arg, const struct mp4_box *b)
{
	struct search *s = arg;
	struct mp4_track *t = &s->now;
	uint8_t p[12];

	mp4_box_read(s->fd, b, 0, p, sizeof(p));
	t->sample_size = mp4_u32(p + 4);
	t->samples = mp4_u32(p + 8);
	t->size_bits = 32;
	if (t->sample_size != 0)
		return;
	mp4_table_init(&t->stsz, b, 12, t->samples, 4);
	t->samples = t->stsz.count;
}

static void
on_stz2(void *arg, const struct mp4_box *b)
{
	struct search *s = arg;
	struct mp4_track *t = &s->now;
	uint64_t bytes;
	uint8_t p[12];

	mp4_box_read(s->fd, b, 0, p, sizeof(p));
	t->size_bits = p[7];
	if (p[7] != 4 && p[7] != 8 && p[7] != 16)
		return;
	t->samples = mp4_u32(p + 8);
	bytes = ((uint64_t)t->samples * p[7] + 7) / 8;
	t->sample_size = 0;
	mp4_table_init(&t->stsz, b, 12, bytes, 1);
	if (t->stsz.count < bytes)
		t->samples = t->stsz.count * 8 / p[7];
}

static void
on_stbl(void *arg, const struct mp4_box *b)
{
	static const struct mp4_handler table[] = {
		{ FOURCC('s', 't', 's', 'd'), on_stsd },
		{ FOURCC('s', 't', 't', 's'), on_stts },
		{ FOURCC('s', 't', 's', 'c'), on_stsc },
		{ FOURCC('s', 't', 's', 'z'), on_stsz },
		{ FOURCC('s', 't', 'z', '2'), on_stz2 },
		{ FOURCC('s', 't', 'c', 'o'), on_stco },
		{ FOURCC('c', 'o', '6', '4'), on_co64 },
		{ 0, NULL }
	};
	struct search *s = arg;

	mp4_box_walk(s->fd, b->off, b->end, table, s);
}

static void
on_minf(void *arg, const struct mp4_box *b)
{
	static const struct mp4_handler table[] = {
		{ FOURCC('s', 't', 'b', 'l'), on_stbl },
		{ 0, NULL }
	};
	struct search *s = arg;

	mp4_box_walk(s->fd, b->off, b->end, table, s);
}

static void
on_mdia(void *arg, const struct mp4_box *b)
{
	static const struct mp4_handler table[] = {
		{ FOURCC('m', 'd', 'h', 'd'), on_mdhd },
		{ FOURCC('h', 'd', 'l', 'r'), on_hdlr },
		{ FOURCC('m', 'i', 'n', 'f'), on_minf },
		{ 0, NULL }
	};
	struct search *s = arg;

	mp4_box_walk(s->fd, b->off, b->end, table, s);
}

/* Rather one that plays, of these one that is enabled, of these the first. */
static void
consider(struct search *s)
{
	int rank = 2 * (s->now.framer != NULL) + s->now.is_enabled;

	if (!s->now.is_sound || rank <= s->rank)
		return;
	if (s->now.scale == 0)
		s->now.scale = s->now.facts.rate > 0 ? s->now.facts.rate : 1;
	*s->best = s->now;
	s->rank = rank;
}

static void
on_trak(void *arg, const struct mp4_box *b)
{
	static const struct mp4_handler table[] = {
		{ FOURCC('t', 'k', 'h', 'd'), on_tkhd },
		{ FOURCC('e', 'd', 't', 's'), on_edts },
		{ FOURCC('m', 'd', 'i', 'a'), on_mdia },
		{ 0, NULL }
	};
	struct search *s = arg;

	memset(&s->now, 0, sizeof(s->now));
	mp4_sound_reset(&s->now);
	mp4_box_walk(s->fd, b->off, b->end, table, s);
	consider(s);
}

static void
on_trex(void *arg, const struct mp4_box *b)
{
	struct search *s = arg;
	uint8_t p[24];

	mp4_box_read(s->fd, b, 0, p, sizeof(p));
	if (mp4_u32(p + 4) != s->best->id)
		return;
	s->best->default_ticks = mp4_u32(p + 12);
	s->best->default_size = mp4_u32(p + 16);
}

static void
on_mvex(void *arg, const struct mp4_box *b)
{
	static const struct mp4_handler table[] = {
		{ FOURCC('t', 'r', 'e', 'x'), on_trex },
		{ 0, NULL }
	};
	struct search *s = arg;

	mp4_box_walk(s->fd, b->off, b->end, table, s);
}

static void
on_cmov(void *arg, const struct mp4_box *b)
{
	(void)b;
	((struct search *)arg)->is_packed = 1;
}

static void
read_moov(struct search *s, const struct mp4_box *b)
{
	static const struct mp4_handler tracks[] = {
		{ FOURCC('m', 'v', 'h', 'd'), on_mvhd },
		{ FOURCC('t', 'r', 'a', 'k'), on_trak },
		{ FOURCC('c', 'm', 'o', 'v'), on_cmov },
		{ 0, NULL }
	};
	static const struct mp4_handler defaults[] = {
		{ FOURCC('m', 'v', 'e', 'x'), on_mvex },
		{ 0, NULL }
	};

	mp4_box_walk(s->fd, b->off, b->end, tracks, s);
	/* It may stand in front of the tracks. */
	mp4_box_walk(s->fd, b->off, b->end, defaults, s);
	s->best->movie_scale = s->movie_scale;
	s->best->moov_end = b->end;
}

static int
find_moov(int fd, int64_t size, struct mp4_box *b)
{
	int64_t off = 0;
	int i;

	for (i = 0; i < OUTER_MAX && mp4_box_at(fd, off, size, b); i++) {
		if (b->type == FOURCC('m', 'o', 'o', 'v'))
			return 1;
		off = b->end;
	}
	return 0;
}

int
mp4_track_find(struct mp4_track *t, int fd, int64_t size, const char **problem)
{
	struct search s = { .fd = fd, .best = t, .rank = -1 };
	struct mp4_box b;

	*problem = "no moov box: the recording was not finished, or is cut";
	if (!find_moov(fd, size, &b))
		return -1;
	read_moov(&s, &b);
	if (s.rank >= 0)
		return 0;
	*problem = s.is_packed ? "compressed moov box: not played" :
	    "no sound track in it";
	return -1;
}
