/* SPDX-License-Identifier: ISC */
/* Frames that wait for a slow taker: bytes in a ring, their lengths beside. */
#ifndef QUEUE_H
#define QUEUE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#define QUEUE_BYTES	131072
#define QUEUE_FRAMES	1024

struct queue {
	int64_t max_ns;		/* [c] play time held at most */
	int64_t play_ns;	/* play time of what is held */
	size_t head, used;	/* bytes */
	unsigned first, n;	/* frames */
	size_t taken;		/* bytes of the first frame that are gone */
	unsigned past;		/* frames before the first that are known */
	struct {
		uint16_t len;
		int64_t ns;
	} frame[QUEUE_FRAMES];
	uint8_t bytes[QUEUE_BYTES];
};

void queue_init(struct queue *q, int64_t max_ns);
/* Append a frame that plays so long: 0, or -1 if it has no room. */
int queue_push(struct queue *q, const uint8_t *frame, size_t len,
    int64_t play_ns);
/* The first bytes, at most max of them, in one or two parts; how many. */
int queue_peek(struct queue *q, struct iovec iov[static 2], size_t max);
/* So many bytes from the front are gone. */
void queue_pop(struct queue *q, size_t n);
/* Play time of what is held and of the last so many bytes that are gone (of
 * as many frames as are known). */
int64_t queue_level_ns(const struct queue *q, size_t gone);
/* Drop all but the rest of a frame that is partly gone: how much it plays. */
int64_t queue_drop(struct queue *q);
/* Drop everything. */
void queue_clear(struct queue *q);

#endif
