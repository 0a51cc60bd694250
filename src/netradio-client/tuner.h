/* SPDX-License-Identifier: ISC */
/*
 * One channel's reception: which datagrams count, and on through the jitter
 * buffer and unpack.  Time and datagrams are handed in; the sockets are the
 * receive module's.
 *
 * Whom to believe: the source of the program list, once that is known.
 * Before, the first source from which three packets in a row came; when it is
 * silent for three seconds the choice is open again.
 *
 * A decoder that plays is adapted to (tuner_adapt): it gets the first packet
 * at once, behind a cushion of silence, and single frames more or less at
 * quiet places (edit.h), first until the delay is what it shall be, then for
 * as long as its clock is not the server's (drift.h).
 */
#ifndef TUNER_H
#define TUNER_H

#include <stdint.h>

#include "drift.h"
#include "edit.h"
#include "jitter.h"
#include "os/addr.h"
#include "reception.h"
#include "unpack.h"

#define TUNER_SOURCES	4	/* watched before one is chosen */

struct tuner_source {
	struct addr addr;
	uint32_t ssrc;
	uint16_t seq;
	unsigned n;		/* packets in a row; 0: free */
};

struct tuner_counts {
	uint64_t packets;	/* of the stream */
	uint64_t bytes;		/* of those, with RTP headers */
	uint64_t foreign;	/* of another source */
	uint64_t unfit;		/* no RTP, another payload type, too long */
};

struct tuner {
	struct jitter jitter;
	struct unpack unpack;
	unpack_put *put;	/* [c] */
	void *arg;		/* [c] */
	int adapts;		/* [c] the next three count */
	struct edit edit;
	struct drift drift;
	int64_t sample_ns;	/* when to tell the level; INT64_MAX: never */
	int64_t play_ns;	/* the present moment while playing */

	struct addr source;	/* len 0: not chosen */
	uint16_t port;		/* that it sends from, if it got it */
	int64_t port_ns;	/* the last of the stream from there; 0: none */
	struct addr begun;	/* from where the stream's first packet came */
	int is_listed;		/* it is the list's, and stays */
	struct tuner_source candidate[TUNER_SOURCES];
	int64_t last_ns;	/* arrival of the last packet; 0: none yet */
	int is_cold;		/* nothing was given to the sink so far */
	struct tuner_counts counts;
	struct reception reception;	/* of the stream, for its sender */
};

/* In the caller's storage (large).  delay = hold + lead. */
void tuner_init(struct tuner *t, int64_t hold_ns, int64_t lead_ns,
    unpack_put *put, void *arg);
/* The taker is a decoder that plays. */
void tuner_adapt(struct tuner *t);
/* Another channel: forget the stream and its source, keep the counts.  The
 * taker has dropped the last of what it was given, so much play time. */
void tuner_reset(struct tuner *t, int64_t dropped_ns);
/* The list comes from there: nobody else counts.  1 if another source was
 * believed before. */
int tuner_trust(struct tuner *t, const struct addr *source);
/* The server that is listened to has another address: nothing else changes,
 * its stream goes on from there. */
void tuner_move(struct tuner *t, const struct addr *source);

/* Whom alone to hear at now (receive_only): 1 and its address, with port 0 if
 * the stream does not come from the port that is its own; 0: everybody. */
int tuner_only(const struct tuner *t, int64_t now_ns, struct addr *from,
    uint32_t *id);

/* A datagram of the channel's group came at now. */
void tuner_take(struct tuner *t, const uint8_t *data, size_t len,
    const struct addr *from, int64_t now_ns);

enum tuner_news {
	TUNER_NOTHING,
	TUNER_BEGUN,		/* the stream begins, or begins again */
	TUNER_ENDED		/* silent for too long */
};

/* Give out what is due at now; *wake_ns: when to come again. */
enum tuner_news tuner_play(struct tuner *t, int64_t now_ns,
    int64_t *wake_ns);
/* What takes the frames was started anew. */
void tuner_restart(struct tuner *t, int64_t now_ns);

/* At sample_ns or later, before tuner_play: what the taker has not begun to
 * decode yet, as play time; -1: that is not known. */
void tuner_level(struct tuner *t, int64_t level_ns, int64_t now_ns);

/* The sender's timestamp that is heard now; 0 if nothing is. */
int tuner_heard(const struct tuner *t, uint32_t *rtp_ts);

#endif
