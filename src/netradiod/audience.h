/* SPDX-License-Identifier: ISC */
/*
 * Who listens, as far as listeners say so by RTCP: a lower bound, since VLC,
 * ffmpeg and mpv say nothing.  Pure: time and reports are handed in.
 *
 * A table of fixed size, whatever comes.  A listener is an address, a port and
 * an SSRC on a channel; it stays while it reports, and no other can take its
 * place or end it.  The caller hands in only what somebody who hears the
 * stream can know; one host may be only so many listeners.
 */
#ifndef AUDIENCE_H
#define AUDIENCE_H

#include <stdint.h>

#include "os/addr.h"
#include "wire/onair.h"
#include "wire/ports.h"

#define AUDIENCE_MAX		65536	/* listeners of all channels */
#define AUDIENCE_PER_HOST	1024	/* of all channels */

/* The two streams of a channel, of which a listener may hear both. */
enum { AUDIENCE_P, AUDIENCE_SECOND, AUDIENCE_STREAMS };

struct audience;

struct audience_report {
	unsigned channel;
	unsigned stream;	/* AUDIENCE_P, AUDIENCE_SECOND */
	struct addr from;
	uint32_t ssrc;		/* the listener's */
	uint8_t fraction;	/* lost, in 1/256 */
	uint32_t jitter_ms;
};

/* NULL with errno.  It takes memory as listeners come. */
struct audience *audience_new(void);
void audience_free(struct audience *a);

enum audience_verdict {
	AUDIENCE_KNOWN,
	AUDIENCE_NEW,
	AUDIENCE_REFUSED	/* no room, or too many of that host */
};

/* A report came: whether it is a new listener's. */
enum audience_verdict audience_take(struct audience *a,
    const struct audience_report *r, int64_t now_ns);
/* A BYE came: 1 if that one is gone now; 0: it was none of ours. */
int audience_bye(struct audience *a, unsigned channel,
    const struct addr *from, uint32_t ssrc);
/* Forget all of a channel. */
void audience_clear(struct audience *a, unsigned channel);

unsigned audience_count(const struct audience *a, unsigned channel);
/* On all channels. */
unsigned audience_total(const struct audience *a);
/*
 * What is done now and then for a channel with listeners: those who are
 * silent for five intervals (rtcp_interval_ns of a session of so many bit/s)
 * are forgotten, and out says how many there are and what they hear.
 */
void audience_turn(struct audience *a, unsigned channel, int64_t session_bps,
    int64_t now_ns, struct onair_audience *out);

#endif
