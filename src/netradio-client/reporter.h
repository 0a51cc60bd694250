/* SPDX-License-Identifier: ISC */
/*
 * The listener's side of RTCP: what the server's reports say, when to report,
 * and with what words.  Pure: time and datagrams are handed in.
 *
 * Reports go by unicast to where the server's come from, and to nobody else.
 * So listeners do not see each other: how many there are stands in the program
 * list, and the interval grows with them.
 */
#ifndef REPORTER_H
#define REPORTER_H

#include <stddef.h>
#include <stdint.h>

#include "os/addr.h"

struct reception;

/* A channel's two streams. */
enum { REPORTER_P, REPORTER_SECOND, REPORTER_STREAMS };

/* With more listeners than that a good-bye is not sent (RFC 3550 section
 * 6.3.7: many may go at once, when a program ends). */
#define REPORTER_BYE_MAX	50

struct reporter_stream {
	struct addr to;		/* where the reports come from; len 0: none */
	uint32_t ssrc;		/* whose they are */
	uint32_t last_sr;	/* middle of the NTP time of the last one */
	int64_t sr_ns;		/* when that came */
	int has_said;		/* something was reported there */
};

struct reporter {
	uint32_t ssrc;		/* ours */
	char cname[20];
	uint64_t random;	/* state; never 0 */
	int64_t since_ns;	/* of the last report, or when tuned */
	int64_t interval_ns;	/* the largest since then */
	unsigned factor;	/* 1024ths of it to be waited */
	int is_first;		/* nothing was reported on this channel */
	int64_t heard_ns;	/* the first report of the server's; 0: none */
	struct reporter_stream stream[REPORTER_STREAMS];
};

/* 32 bytes of chance. */
#define REPORTER_CHANCE	32
void reporter_init(struct reporter *r,
    const uint8_t chance[static REPORTER_CHANCE]);
/* Another channel. */
void reporter_tune(struct reporter *r, int64_t now_ns);

/*
 * A datagram came to the port above that of a stream, whose packets have that
 * SSRC and come from that host: 1 if its source says BYE; else 0.  What others
 * say is nothing (a BYE of anybody ends ffmpeg and mpv).
 */
int reporter_take(struct reporter *r, unsigned which, const uint8_t *data,
    size_t len, const struct addr *from, const struct addr *source,
    uint32_t ssrc, int64_t now_ns);

/* When to report next, with so many listeners in the list (-1: not known) and
 * so many bit/s of the session.  INT64_MAX: not before the server has told
 * where to. */
int64_t reporter_due_ns(struct reporter *r, int64_t listeners,
    int64_t session_bps);
/* A report is over: the next interval begins. */
void reporter_next(struct reporter *r, int64_t now_ns);

/* The report on a stream into out[RTCP_MAX]: its length; 0: there is nothing
 * to say, or nobody to say it to. */
size_t reporter_say(struct reporter *r, unsigned which,
    struct reception *reception, int64_t now_ns, uint8_t *out);
/* The good-bye to whom was reported: its length; 0: none is due. */
size_t reporter_bye(struct reporter *r, unsigned which, int64_t listeners,
    uint8_t *out);

#endif
