/* SPDX-License-Identifier: ISC */
/*
 * The roster: which channels are on air.  A snapshot of the library is applied
 * to it: what is new starts, what is gone stops, what is equal is left alone,
 * what was edited gets its new list.
 */
#ifndef ROSTER_H
#define ROSTER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "wire/plist.h"

struct config;
struct library;
struct mailbox;
struct outlet;
struct roster;
struct statseg;
struct tape;
struct timeline;
struct timeline_file;
struct voice;

/* file: what the timeline file held at start, kept up to date here; segment:
 * where the boards are; voice: what all channels hear, or NULL; news:
 * gets CHANNEL_NEWS.  All stay the caller's. */
struct roster *roster_new(const struct config *c, struct outlet *o,
    struct timeline_file *file, struct statseg *segment, struct voice *voice,
    struct mailbox *news);

struct roster_change {
	size_t started, stopped, edited, same;
};

/*
 * Apply a snapshot (a reference is taken) under this configuration, which
 * must live until the next call, or to the end.  Main thread only.  A channel
 * that cannot be started stays off air with a line in the log.  0; -1 with
 * errno: there is no memory for it, and all is as it was.
 */
int roster_apply(struct roster *r, const struct config *c, struct library *l,
    struct roster_change *change);

/*
 * Stop all channels, waiting until CLOCK_MONOTONIC deadline_ns: how many are
 * stuck.  Their memory must not be touched, so after that only _exit is left.
 */
size_t roster_stop(struct roster *r, int64_t deadline_ns);
/* After roster_stop gave 0, and when no other thread asks any more. */
void roster_free(struct roster *r);

/* The following: any thread. */
/* The snapshot that is applied (a reference) and how many there were. */
struct library *roster_library(struct roster *r, uint32_t *revision);

enum roster_act { ROSTER_SKIP, ROSTER_PAUSE, ROSTER_RESUME, ROSTER_PLAY_NEXT,
	ROSTER_PLAY_NOW };

/* Tell a channel what to do; path is what it is to play.  0; -1: it is off
 * air. */
int roster_tell(struct roster *r, unsigned number, enum roster_act act,
    const char *path);
/* A reference to that channel's tape (channel.h), or NULL. */
struct tape *roster_tape(struct roster *r, unsigned number);
/* Write all boards anew: the memory below them was replaced. */
void roster_show(struct roster *r);
size_t roster_count(struct roster *r);	/* channels, on air or not */
/* Fill the i-th channel's list entry: 0, or -1 if there is no such. */
int roster_entry(struct roster *r, size_t i, struct plist_entry *e);
/*
 * Where all streams are, with those of the file that no channel has claimed
 * (its directory may come back): how many were written to out, at most max.
 * After roster_stop they are exact.
 */
size_t roster_timelines(struct roster *r, struct timeline *out, size_t max);
/* The number that a directory of this name had (timeline.h), or 0. */
unsigned roster_former_number(struct roster *r, const char *base);

struct roster_totals {
	size_t channels, on_air, silent;
	size_t files, playable;	/* in the library */
	uint64_t packets, octets, unsent, stalls, muted, bad_tracks;
	int64_t stalled_ns;	/* the longest stall of the last two seconds */
	int64_t rate_bps;	/* on the wire, as budgeted */
	unsigned first, last;	/* channel numbers on air */
};

void roster_totals(struct roster *r, struct roster_totals *t);
/* One line per channel for the log (USR1). */
void roster_log(struct roster *r);

#endif
