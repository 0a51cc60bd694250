/* SPDX-License-Identifier: ISC */
/*
 *   moof
 *     traf                       one for each track
 *       tfhd                     track, base of the offsets, defaults
 *       trun ...                 runs of samples: offset, then of each
 *                                duration, size, flags, time offset; or not
 *   mdat
 *
 * Offsets count from the base that tfhd gives; else from moof if tfhd says so
 * or the traf is the first; else from where the data of the traf before ends.
 */
#include "mp4_frag.h"

#include <string.h>

#include "mp4_track.h"

#define MOOF	FOURCC('m', 'o', 'o', 'f')
#define TRAF	FOURCC('t', 'r', 'a', 'f')
#define TFHD	FOURCC('t', 'f', 'h', 'd')
#define TRUN	FOURCC('t', 'r', 'u', 'n')

#define TFHD_BASE	0x000001
#define TFHD_DESCRIPTION 0x000002
#define TFHD_TICKS	0x000008
#define TFHD_SIZE	0x000010
#define TFHD_MOOF	0x020000

#define TRUN_OFFSET	0x000001
#define TRUN_FIRST	0x000004
#define TRUN_TICKS	0x000100
#define TRUN_SIZE	0x000200
#define TRUN_FLAGS	0x000400
#define TRUN_TIME	0x000800

#define TICKS_MAX	(INT64_C(1) << 48)	/* more are not believed */

struct tfhd {
	uint32_t track, flags, size, ticks;
	int64_t base;
};

/* The first box of a type in [off, end): 1, or 0. */
static int
find_box(int fd, int64_t off, int64_t end, uint32_t type, struct mp4_box *b)
{
	int n;

	for (n = 0; n < MP4_BOXES_MAX && mp4_box_at(fd, off, end, b);
	    n++, off = b->end)
		if (b->type == type)
			return 1;
	return 0;
}

static int
read_tfhd(const struct mp4_frag *f, const struct mp4_box *traf,
    struct tfhd *h)
{
	struct mp4_box b;
	uint8_t p[40], *q = p + 8;

	if (!find_box(f->fd, traf->off, traf->end, TFHD, &b))
		return -1;
	mp4_box_read(f->fd, &b, 0, p, sizeof(p));
	h->flags = mp4_u32(p) & 0xffffff;
	h->track = mp4_u32(p + 4);
	h->size = f->t->default_size;
	h->ticks = f->t->default_ticks;
	h->base = 0;
	if (h->flags & TFHD_BASE) {
		h->base = (int64_t)mp4_u64(q);
		if (h->base < 0 || h->base > f->size)
			h->base = f->size;
		q += 8;
	}
	if (h->flags & TFHD_DESCRIPTION)
		q += 4;
	if (h->flags & TFHD_TICKS) {
		h->ticks = mp4_u32(q);
		q += 4;
	}
	if (h->flags & TFHD_SIZE)
		h->size = mp4_u32(q);
	return 0;
}

/* Make the run in this box the one at hand; off is where it begins unless it
 * says something else. */
static void
begin_run(struct mp4_frag *f, const struct mp4_box *b, int64_t base)
{
	uint32_t width, count;
	struct mp4_table t;
	int64_t at = 8;
	uint8_t p[12];

	mp4_box_read(f->fd, b, 0, p, sizeof(p));
	f->flags = mp4_u32(p) & 0xffffff;
	count = mp4_u32(p + 4);
	if (f->flags & TRUN_OFFSET) {
		f->off = base + (int32_t)mp4_u32(p + 8);
		at += 4;
	}
	if (f->flags & TRUN_FIRST)
		at += 4;
	width = 4 * (uint32_t)(((f->flags & TRUN_TICKS) != 0) +
	    ((f->flags & TRUN_SIZE) != 0) + ((f->flags & TRUN_FLAGS) != 0) +
	    ((f->flags & TRUN_TIME) != 0));
	mp4_table_init(&t, b, at, count, width > 0 ? width : 4);
	f->i = 0;
	f->n = width > 0 ? t.count : count;
	mp4_column_init(&f->run, f->fd, &t);
}

/* The samples of the run at hand: 1, 0: none are left.  Many at once if
 * nothing tells them apart. */
static int
take(struct mp4_frag *f, struct mp4_run *r)
{
	const uint8_t *p;
	uint32_t ticks = f->def_ticks;

	if (f->i >= f->n)
		return 0;
	r->off = f->off;
	r->count = 1;
	r->size = f->def_size;
	if ((f->flags & (TRUN_TICKS | TRUN_SIZE)) == 0) {
		r->count = f->n - f->i;
		f->i = f->n - 1;
		if (r->size == 0 || r->count > f->size / r->size)
			r->count = r->size == 0 ? 0 :
			    (uint32_t)(f->size / r->size);
	} else {
		p = mp4_column_at(&f->run, f->i);
		if (f->flags & TRUN_TICKS) {
			ticks = mp4_u32(p);
			p += 4;
		}
		if (f->flags & TRUN_SIZE)
			r->size = mp4_u32(p);
	}
	f->i++;
	f->off += (int64_t)r->count * r->size;
	if (r->count > 0 && ticks > (uint64_t)TICKS_MAX / r->count)
		f->ticks = TICKS_MAX;
	else if (f->ticks < TICKS_MAX)
		f->ticks += (int64_t)r->count * ticks;
	return 1;
}

/* Where the data of a traf ends that begins at base. */
static int64_t
end_of_data(struct mp4_frag *f, const struct mp4_box *traf,
    int64_t base)
{
	struct mp4_frag other = *f;
	struct mp4_run r;
	struct tfhd h;
	struct mp4_box b;
	int64_t off = traf->off;

	if (read_tfhd(f, traf, &h) == -1)
		return base;
	if (h.flags & TFHD_BASE)
		base = h.base;
	else if (h.flags & TFHD_MOOF)
		base = f->moof.start;
	other.off = base;
	other.def_size = h.size;
	for (; f->work > 0 && find_box(f->fd, off, traf->end, TRUN, &b);
	    off = b.end) {
		begin_run(&other, &b, base);
		f->work--;
		while (f->work > 0 && take(&other, &r))
			f->work--;
	}
	return other.off;
}

/* The base of a traf that does not tell it. */
static int64_t
implicit_base(struct mp4_frag *f, const struct mp4_box *traf)
{
	struct mp4_box b;

	while (f->work > 0 &&
	    find_box(f->fd, f->sum_at, traf->start, TRAF, &b)) {
		f->sum = end_of_data(f, &b, f->sum);
		f->sum_at = b.end;
	}
	return f->sum;
}

/* The next traf of our track in the moof at hand: 1, or 0. */
static int
next_traf(struct mp4_frag *f)
{
	struct tfhd h;

	while (f->work > 0 &&
	    find_box(f->fd, f->traf_at, f->moof.end, TRAF, &f->traf)) {
		f->work--;
		f->traf_at = f->traf.end;
		if (read_tfhd(f, &f->traf, &h) == -1 || h.track != f->t->id)
			continue;
		f->base = h.base;
		if ((h.flags & TFHD_BASE) == 0)
			f->base = h.flags & TFHD_MOOF ? f->moof.start :
			    implicit_base(f, &f->traf);
		f->off = f->base;
		f->def_size = h.size;
		f->def_ticks = h.ticks;
		f->trun_at = f->traf.off;
		return 1;
	}
	f->traf_at = f->moof.end;
	return 0;
}

static int
next_moof(struct mp4_frag *f)
{
	if (!find_box(f->fd, f->outer, f->size, MOOF, &f->moof))
		return 0;
	f->outer = f->moof.end;
	f->traf_at = f->sum_at = f->moof.off;
	f->sum = f->moof.start;
	return 1;
}

void
mp4_frag_init(struct mp4_frag *f, int fd, int64_t size,
    const struct mp4_track *t)
{
	memset(f, 0, sizeof(*f));
	f->fd = fd;
	f->size = size;
	f->t = t;
	f->outer = t->moov_end;
}

int
mp4_frag_next(struct mp4_frag *f, struct mp4_run *r)
{
	struct mp4_box b;

	for (f->work = MP4_EMPTY_MAX; f->work > 0; f->work--) {
		if (take(f, r))
			return 1;
		if (find_box(f->fd, f->trun_at, f->traf.end, TRUN, &b)) {
			f->trun_at = b.end;
			begin_run(f, &b, f->base);
		} else {
			f->trun_at = f->traf.end;
			if (!next_traf(f) && !next_moof(f))
				return 0;
		}
	}
	return 0;
}
