/* SPDX-License-Identifier: ISC */
/* Movie fragments (ISO 14496-12, 8.8): samples that moov knows nothing of. */
#ifndef MP4_FRAG_H
#define MP4_FRAG_H

#include <stdint.h>

#include "mp4_box.h"

struct mp4_track;

/* Samples one behind the other in the file. */
struct mp4_run {
	int64_t off;
	uint32_t count;
	uint32_t size;		/* bytes of each */
};

struct mp4_frag {
	int fd;
	int64_t size;		/* of the file */
	const struct mp4_track *t;
	int64_t outer;		/* next box on the outermost level */
	struct mp4_box moof;
	int64_t sum_at, sum;	/* so far into moof it is known where the data
				 * of what comes next begins */
	int64_t traf_at;	/* next box inside of moof; its end: none */
	struct mp4_box traf;
	int64_t trun_at;	/* the same inside of traf */
	int64_t base;		/* of its offsets */
	int64_t off;		/* of the next sample */
	uint32_t def_size, def_ticks;
	uint32_t flags;		/* of the run at hand */
	uint32_t i, n;		/* its samples, taken and in all */
	struct mp4_column run;
	int64_t ticks;		/* of all samples given so far */
	int work;		/* that may still be done for the next run */
};

void mp4_frag_init(struct mp4_frag *f, int fd, int64_t size,
    const struct mp4_track *t);
/* 1, or 0: the end.  Their bytes may lie outside of the file. */
int mp4_frag_next(struct mp4_frag *f, struct mp4_run *r);

#endif
