/* SPDX-License-Identifier: ISC */
#include "bucket.h"

#include "base/clock.h"

void
bucket_init(struct bucket *b, int64_t start_ns, int64_t asleep_ns)
{
	b->origin_ns = start_ns;
	b->spent = 0;
	b->left_ns = INT64_MIN / 2;
	b->asleep_ns = asleep_ns;
}

int64_t
bucket_line_ns(const struct bucket *b)
{
	return b->origin_ns + flick_to_ns(b->spent);
}

int64_t
bucket_due(const struct bucket *b, int64_t grid_ns)
{
	int64_t line = bucket_line_ns(b);
	int64_t apart = b->left_ns + BUCKET_CATCHUP_NS;

	if (grid_ns > 0)
		line -= line % grid_ns;
	return line > apart ? line : apart;
}

int64_t
bucket_begin(struct bucket *b, int64_t now_ns)
{
	int64_t tokens = now_ns - bucket_line_ns(b);

	if (tokens <= BUCKET_BEGIN_NS)
		return 0;
	b->origin_ns += tokens;
	return tokens;
}

int64_t
bucket_stalled(struct bucket *b, int64_t now_ns, int64_t asleep_ns)
{
	int64_t tokens = now_ns - bucket_line_ns(b);
	int64_t slept = asleep_ns - b->asleep_ns, moved = 0;

	b->asleep_ns = asleep_ns;
	/* The two clocks are read one after the other: less is noise. */
	if (slept > BUCKET_STALL_NS)
		moved = slept;
	if (tokens > BUCKET_STALL_NS) {
		moved += tokens;
		b->origin_ns += tokens;
	} else if (tokens > BUCKET_DEPTH_NS)
		b->origin_ns += tokens - BUCKET_DEPTH_NS;
	return moved;
}

void
bucket_follow(struct bucket *b, const struct bucket *other)
{
	b->origin_ns = other->origin_ns;
	b->asleep_ns = other->asleep_ns;
}

void
bucket_take(struct bucket *b, int64_t now_ns, int64_t flicks)
{
	b->spent += flicks;
	b->left_ns = now_ns;
}
