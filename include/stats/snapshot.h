/* SPDX-License-Identifier: ISC */
/* The statistics at one moment, copied out of the segment. */
#ifndef STATS_SNAPSHOT_H
#define STATS_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "wire/statseg.h"

struct snapshot {
	char version[32];
	char path[STATSEG_PATH_MAX];	/* state directory */
	int pid;
	int64_t now_ns;			/* CLOCK_MONOTONIC of this copy */
	int64_t uptime_ns;
	int64_t start_real_ns;
	int64_t still_ns;	/* for so long the daemon has written nothing */
	struct statseg_daemon daemon;
	size_t n;
	struct statseg_channel *channels;	/* by number */
};

/* Without news for so long, a daemon that writes every second hangs. */
#define SNAPSHOT_STILL_NS	INT64_C(3000000000)

/* Copy it: 0, or -1 when memory is out.  Pure but for the memory: now is
 * CLOCK_MONOTONIC. */
int snapshot_take(struct snapshot *p, const struct statseg *s, int64_t now_ns);
void snapshot_done(struct snapshot *p);

/* The channel of that number, or NULL. */
const struct statseg_channel *snapshot_find(const struct snapshot *p,
    unsigned number);
int snapshot_is_on_air(const struct statseg_channel *c);
/* The upper end in ms of the lateness that so many percent of the packets
 * kept; 0: no packet was sent, -1: later than all ends. */
int snapshot_late_ms(const struct onair_line *l, unsigned percent);

#endif
