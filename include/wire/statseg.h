/* SPDX-License-Identifier: ISC */
/*
 * The statistics segment: what ipcs -m shows of a running daemon, and what
 * netradioctl reads of it, without asking it.
 *
 *	head      what it is and whose, constant but for two ids
 *	used      which numbers have a channel
 *	daemon    a slot, written every second
 *	channel   a board for each number from 1 on (wire/onair.h)
 *
 * Host byte order: it never leaves the machine.  It has room for all numbers,
 * and no memory but for those that were used, since a page that nobody has
 * touched does not exist.  magic and layout never move; with another layout
 * nothing behind them is to be looked at.
 */
#ifndef WIRE_STATSEG_H
#define WIRE_STATSEG_H

#include <stddef.h>
#include <stdint.h>

#include "base/slot.h"
#include "wire/counters.h"
#include "wire/onair.h"
#include "wire/ports.h"

#define STATSEG_MAGIC	UINT64_C(0x6e65747261646f31)
#define STATSEG_LAYOUT	6
#define STATSEG_PATH_MAX 1024
#define STATSEG_TEXT_MAX 64
#define STATSEG_IFACES_MAX 256	/* 8 names and what stands behind them */

struct statseg_head {
	_Atomic uint64_t magic;		/* written last */
	uint32_t layout;
	uint32_t size;			/* of the whole segment */
	uint64_t device, inode;		/* of the state directory */
	_Atomic int32_t queue;		/* id of the command queue; -1: none */
	_Atomic int32_t sem;		/* id of the semaphore */
	int32_t pid;
	int32_t reserved;
	int64_t start_real_ns;		/* CLOCK_REALTIME of the start */
	int64_t start_mono_ns;		/* CLOCK_MONOTONIC of it */
	char version[32];
	char path[STATSEG_PATH_MAX];	/* of the state directory, for people */
};

struct statseg_daemon {
	int64_t tick_ns;	/* CLOCK_MONOTONIC of this writing */
	uint64_t server;	/* the id in its program list */
	uint32_t ttl;
	uint32_t by_route;	/* the interface is the one that the route to
				 * the group names; else they were named */
	char interface[STATSEG_IFACES_MAX]; /* names, ", " between them; " "
				 * and a remark behind one that waits */
	char group[STATSEG_TEXT_MAX];	/* base group */
	char media[ONAIR_TEXT_MAX];	/* the library */
	COUNTERS_OF_DAEMON(COUNTERS_FIELD)
};

#define STATSEG_USED_WORDS	((PORTS_CHANNEL_MAX + 64) / 64)

struct statseg {
	struct statseg_head head;
	/* A bit for each number that has a seat: only to look for one would
	 * make the kernel give memory to all. */
	_Atomic uint64_t used[STATSEG_USED_WORDS];
	_Atomic uint64_t daemon[SLOT_WORDS(sizeof(struct statseg_daemon))];
	struct onair channel[PORTS_CHANNEL_MAX];	/* n is at n - 1 */
};

/* Whose a new segment is. */
struct statseg_id {
	uint64_t device, inode;
	const char *path;
	int pid;
	int64_t start_real_ns, start_mono_ns;
};

/* Write the head of a new segment, all else of which is zero. */
void statseg_init(struct statseg *s, const struct statseg_id *id, int queue,
    int sem);
void statseg_set_daemon(struct statseg *s, const struct statseg_daemon *d);
/* What sits at that number; nobody if seat is NULL.  One writer. */
void statseg_set_seat(struct statseg *s, unsigned number,
    const struct onair_seat *seat);

enum statseg_kind {
	STATSEG_OURS,		/* of this layout */
	STATSEG_OTHER,		/* of another layout: an older or newer
				 * netradiod */
	STATSEG_FOREIGN		/* none of netradiod's at all */
};

/* What size bytes at data (aligned as any segment is) are.  The layout is put
 * into *layout unless it is foreign. */
enum statseg_kind statseg_check(const void *data, size_t size,
    uint32_t *layout);

/*
 * Reading, by somebody who does not trust the writer: texts come out ended and
 * clean, ids and numbers as they are.  0; -1: the writer stands still in the
 * middle of writing, what comes out may be a mixture.
 */
int statseg_get_daemon(const struct statseg *s, struct statseg_daemon *d);

struct statseg_channel {
	struct onair_seat seat;
	struct onair_now now;
	struct onair_line line;
	struct onair_audience audience;
};

/* The next number above n that has a channel; 0: none. */
unsigned statseg_next(const struct statseg *s, unsigned n);
/* The channel of that number (1 to PORTS_CHANNEL_MAX); seat.number is 0 if
 * there is none. */
int statseg_get_channel(const struct statseg *s, unsigned number,
    struct statseg_channel *c);

#endif
