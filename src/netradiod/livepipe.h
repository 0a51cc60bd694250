/* SPDX-License-Identifier: ISC */
/*
 * A named pipe that is on air while somebody writes to it.  It is only looked
 * at when asked, and never waited for: what a writer has too much stays in the
 * pipe and holds him up, what he has too little is bridged for a while.
 */
#ifndef LIVEPIPE_H
#define LIVEPIPE_H

#include <stdint.h>

#include "base/clock.h"
#include "inflow.h"

/* In a channel's directory, or in the library's root. */
#define LIVEPIPE_NAME		"live"

/* So much has to be there before it goes on air, and again after a gap. */
#define LIVEPIPE_AHEAD		(FLICK_HZ * 300 / 1000)
/* Gaps are bridged for so long; then others have the air until it is back. */
#define LIVEPIPE_BRIDGE_NS	(3 * NS_PER_S)
/* What was opened may have been removed, or made again. */
#define LIVEPIPE_LOOK_NS	(1 * NS_PER_S)

enum livepipe_event {
	LIVEPIPE_NONE,		/* it is not on air */
	LIVEPIPE_BEGIN,		/* a frame of another sound: facts are new */
	LIVEPIPE_FRAME,		/* the next frame */
	LIVEPIPE_AGAIN,		/* the next one, after a gap */
	LIVEPIPE_GAP		/* no frame yet: bridge it */
};

enum livepipe_state {
	LIVEPIPE_IDLE,		/* nobody writes */
	LIVEPIPE_FILLING,	/* not enough yet */
	LIVEPIPE_ON,
	LIVEPIPE_BRIDGING,
	LIVEPIPE_LATE		/* for too long: as filling, but it was on */
};

struct livepipe {
	char *path;
	char *what;		/* for the log, "channel 3" */
	int fd;			/* -1: there is no pipe */
	int64_t look_ns;	/* when to look whether that has changed */
	enum livepipe_state state;
	int is_end;		/* the last writer has gone */
	int is_told;		/* what it writes cannot be played, and that
				 * was said */
	int64_t since_ns;	/* bridging */
	uint8_t *buf;		/* while somebody writes */
	struct inflow in;
};

/* Nothing is opened before the first look.  0, or -1 with errno;
 * livepipe_done is due in both cases. */
int livepipe_init(struct livepipe *p, const char *path, const char *what);
void livepipe_done(struct livepipe *p);

/* Be done with who writes now: he is told by EPIPE.  Others may write from
 * LIVEPIPE_LOOK_NS on. */
void livepipe_hang_up(struct livepipe *p, int64_t now_ns);

/* What goes on air next; f is valid until the next call.  now_ns:
 * CLOCK_MONOTONIC. */
enum livepipe_event livepipe_next(struct livepipe *p, int64_t now_ns,
    struct frame *f);
/* Of the sound that began last. */
const struct media_facts *livepipe_facts(const struct livepipe *p);

#endif
