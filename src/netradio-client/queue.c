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
	q->first = q->n = q->past = 0;
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
	if (q->past > QUEUE_FRAMES - q->n)
		q->past = QUEUE_FRAMES - q->n;
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
		q->past++;
	}
}

/* Of a frame's play time what so many of its bytes stand for. */
static int64_t
share_ns(const struct queue *q, unsigned i, size_t bytes)
{
	return q->frame[i].ns * (int64_t)bytes / q->frame[i].len;
}

int64_t
queue_level_ns(const struct queue *q, size_t gone)
{
	int64_t ns = q->play_ns;
	unsigned i = q->first, k;
	size_t len;

	if (q->n > 0) {
		len = gone < q->taken ? gone : q->taken;
		ns -= share_ns(q, i, q->taken - len);
		gone -= len;
	}
	for (k = 0; k < q->past && gone > 0; k++) {
		i = (i + QUEUE_FRAMES - 1) % QUEUE_FRAMES;
		len = gone < q->frame[i].len ? gone : q->frame[i].len;
		ns += share_ns(q, i, len);
		gone -= len;
	}
	return ns;
}

int64_t
queue_drop(struct queue *q)
{
	int64_t was = q->play_ns;

	if (q->n == 0)
		return 0;
	q->n = q->taken > 0;
	q->play_ns = q->taken > 0 ? q->frame[q->first].ns : 0;
	q->used = q->taken > 0 ? q->frame[q->first].len - q->taken : 0;
	return was - q->play_ns;
}
