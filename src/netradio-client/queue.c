/* SPDX-License-Identifier: ISC */
#include "queue.h"

#include <string.h>

void
queue_init(struct queue *q, int64_t max_ns)
{
	q->max_ns = max_ns;
	queue_clear(q);
}

void
queue_clear(struct queue *q)
{
	q->play_ns = 0;
	q->head = q->used = q->taken = 0;
	q->first = q->n = 0;
}

int
queue_push(struct queue *q, const uint8_t *frame, size_t len, int64_t play_ns)
{
	size_t at = (q->head + q->used) % QUEUE_BYTES, part;
	unsigned last = (q->first + q->n) % QUEUE_FRAMES;

	if (len == 0 || len > UINT16_MAX || len > QUEUE_BYTES - q->used ||
	    q->n == QUEUE_FRAMES || q->play_ns + play_ns > q->max_ns)
		return -1;
	part = QUEUE_BYTES - at < len ? QUEUE_BYTES - at : len;
	memcpy(q->bytes + at, frame, part);
	memcpy(q->bytes, frame + part, len - part);
	q->frame[last].len = (uint16_t)len;
	q->frame[last].ns = play_ns;
	q->play_ns += play_ns;
	q->used += len;
	q->n++;
	return 0;
}

int
queue_peek(struct queue *q, struct iovec iov[static 2], size_t max)
{
	size_t n = q->used < max ? q->used : max;
	size_t part = QUEUE_BYTES - q->head < n ? QUEUE_BYTES - q->head : n;

	iov[0].iov_base = q->bytes + q->head;
	iov[0].iov_len = part;
	iov[1].iov_base = q->bytes;
	iov[1].iov_len = n - part;
	return n == 0 ? 0 : n > part ? 2 : 1;
}

void
queue_pop(struct queue *q, size_t n)
{
	q->head = (q->head + n) % QUEUE_BYTES;
	q->used -= n;
	q->taken += n;
	while (q->n > 0 && q->taken >= q->frame[q->first].len) {
		q->taken -= q->frame[q->first].len;
		q->play_ns -= q->frame[q->first].ns;
		q->first = (q->first + 1) % QUEUE_FRAMES;
		q->n--;
	}
}

void
queue_drop(struct queue *q)
{
	if (q->taken == 0) {
		queue_clear(q);
		return;
	}
	q->n = 1;
	q->play_ns = q->frame[q->first].ns;
	q->used = q->frame[q->first].len - q->taken;
}
