/* SPDX-License-Identifier: ISC */
/*
 * The bytes of one sound as if they stood one behind the other, wherever its
 * container has put them.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stdint.h>

#include "window.h"

/* A run of them as they stand in the file. */
struct piece {
	int64_t off;
	int64_t len;		/* > 0, and it is all there */
	int64_t unit;		/* bytes of each of its access units, of which
				 * len is a multiple, where pieces have any */
};

/*
 * So many pieces are remembered for what is read again: a reader looks a few
 * frames ahead.  If it goes back further the container begins anew, which
 * costs time and so is allowed that many times.
 */
#define STREAM_KEPT	16
#define STREAM_REWINDS	64

struct stream {
	struct window_source source;	/* first: what a window reads */
	int fd;				/* the caller's */
	/* The container: its next piece (1; 0: none), and back to the first. */
	int (*next)(void *state, struct piece *p);
	void (*rewind)(void *state);
	void *state;
	int64_t tail;		/* where the newest piece ends in the stream */
	int64_t size;		/* of all; INT64_MAX until that is known */
	unsigned rewinds, n;	/* n: pieces kept, of all that were */
	struct {
		int64_t at;	/* in the stream */
		int64_t off, len;
	} kept[STREAM_KEPT];
};

void stream_init(struct stream *s, int fd, int (*next)(void *, struct piece *),
    void (*rewind)(void *), void *state);
/* Begin anew: what was read so far does not count. */
void stream_restart(struct stream *s);

#endif
