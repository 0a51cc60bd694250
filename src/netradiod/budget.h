/* SPDX-License-Identifier: ISC */
/*
 * How much of the network all channels together may take.  A channel is
 * counted at its rate on the wire: the highest of its tracks' bit rates and
 * the headers of the packets that carry it.
 */
#ifndef BUDGET_H
#define BUDGET_H

#include <stdint.h>

struct library;
struct media_facts;
struct playlist;

/* What max-rate comes to: its own value, or if it is -1: no limit on
 * loopback, 30 % of the link's speed where that is known (> 0), else
 * 30 Mbit/s.  INT64_MAX: no limit. */
int64_t budget_limit(int64_t max_rate, int64_t speed_bps, int is_loopback);

/* bit/s on the wire of a track of that bit rate: frames are packed as in
 * pack.h, each packet has its IP, UDP, RTP and audio headers. */
int64_t budget_of_track(const struct media_facts *f, uint32_t bitrate);
/* The highest of its tracks, with the silence on P meanwhile if that is one of
 * AAC or PCM; a live pipe counts as MPEG audio of 320 kbit/s; 0: nothing to
 * play. */
int64_t budget_of_playlist(const struct playlist *p);

/* How often a channel is sent; NULL: once. */
typedef unsigned budget_copies(const void *arg, unsigned channel);

/*
 * Which channels go on air: by number, each that still fits.  on[i] becomes 1
 * or 0 for the i-th channel; returns the sum of those that are on, bit/s.
 */
int64_t budget_apply(const struct library *l, int64_t limit,
    budget_copies *copies, const void *arg, unsigned char *on);

#endif
