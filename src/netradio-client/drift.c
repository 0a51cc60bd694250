/* SPDX-License-Identifier: ISC */
#include "drift.h"

#include <string.h>

#include "base/clock.h"

#define STEP_NS		(50 * NS_PER_MS)	/* between samples, mean */
#define START_NS	(2 * NS_PER_S)		/* until the level counts */
#define SETTLE_NS	(12 * NS_PER_S)		/* until it is known */
#define FAST_S		3.0			/* time constants */
#define SLOW_S		10.0
#define JUMP_S		0.03	/* between the two: something has happened */
#define MANY		0.03	/* too often without a level */
#define MOST		0.7	/* there is none to be seen */
#define MORE_NS		(10 * NS_PER_S)
#define OFF		0.75	/* frames */
#define SPAN_MIN_S	120.0	/* before a rate is told */
#define RUN_MAX_S	1800.0	/* of one straight line */

void
drift_init(struct drift *d, int64_t more_max_ns)
{
	memset(d, 0, sizeof(*d));
	d->more_max_ns = more_max_ns;
	d->random = 1;
}

/* What is known of this run's slope stays. */
static void
end_run(struct drift *d, double weight)
{
	d->runs_sxx = d->runs_sxx * weight + d->sxx;
	d->runs_sxy = d->runs_sxy * weight + d->sxy;
	d->n = d->mean_x = d->mean_y = d->sxx = d->sxy = 0;
}

void
drift_break(struct drift *d)
{
	end_run(d, 1);
	d->since_ns = 0;
	d->is_settled = 0;
	d->more = 0;
}

int64_t
drift_next_ns(struct drift *d, int64_t now)
{
	d->random = d->random * 1664525 + 1013904223;
	return now + STEP_NS / 2 + (int64_t)(d->random >> 8) * STEP_NS /
	    (1 << 24);
}

static void
begin(struct drift *d, double y, int64_t now)
{
	d->since_ns = d->last_ns = d->more_ns = now;
	d->fast = d->slow = y;
	d->zero = 0;
}

static void
low_pass(double *v, double to, double dt, double constant)
{
	*v += (to - *v) * dt / (constant + dt);
}

/* Another point of the line (Welford's sums). */
static void
add_point(struct drift *d, double x, double y)
{
	double dx = x - d->mean_x;

	d->n += 1;
	d->mean_x += dx / d->n;
	d->mean_y += (y - d->mean_y) / d->n;
	d->sxx += dx * (x - d->mean_x);
	d->sxy += dx * (y - d->mean_y);
}

static void
settle(struct drift *d, int64_t now)
{
	if (d->is_settled || now - d->since_ns < SETTLE_NS)
		return;
	d->is_settled = 1;
	d->target = d->slow + d->moved;
	d->more_ns = now;
}

void
drift_sample(struct drift *d, int64_t level_ns, int64_t ahead_ns,
    int64_t now)
{
	double y = (double)(level_ns - ahead_ns) / NS_PER_S - d->moved, dt, x;

	if (d->since_ns == 0)
		begin(d, y, now);
	dt = (double)(now - d->last_ns) / NS_PER_S;
	d->last_ns = now;
	x = (double)(now - d->since_ns) / NS_PER_S;
	low_pass(&d->zero, level_ns == 0, dt, SLOW_S);
	if (x < (double)START_NS / NS_PER_S) {
		/* The decoder and the card are still filling up. */
		d->fast = d->slow = y;
		return;
	}
	/* While young, the mean so far. */
	low_pass(&d->fast, y, dt, x < FAST_S ? x : FAST_S);
	low_pass(&d->slow, y, dt, x < SLOW_S ? x : SLOW_S);
	settle(d, now);
	if (d->zero > MANY)
		return;
	if (d->fast - d->slow > JUMP_S || d->slow - d->fast > JUMP_S) {
		end_run(d, 1);
		return;
	}
	if (d->n > 0 && x - d->mean_x > RUN_MAX_S / 2)
		end_run(d, 0.25);
	d->span += dt;
	add_point(d, x, y);
}

void
drift_moved(struct drift *d, int64_t ns)
{
	d->moved += (double)ns / NS_PER_S;
}

/* Seen now and then only: more of it would always be seen. */
static int
wants_more(struct drift *d, double frame, int64_t now)
{
	if (now - d->more_ns < MORE_NS)
		return 0;
	d->more_ns = now;
	if (d->zero <= MANY || d->zero >= MOST ||
	    d->more + frame > (double)d->more_max_ns / NS_PER_S)
		return 0;
	d->more += frame;
	d->target += frame;
	return 1;
}

int
drift_want(struct drift *d, int64_t frame_ns, int64_t now)
{
	double frame = (double)frame_ns / NS_PER_S, off;

	if (!d->is_settled)
		return 0;
	wants_more(d, frame, now);
	off = d->slow + d->moved - d->target;
	if (off <= -OFF * frame)
		return 1;
	return off >= OFF * frame ? -1 : 0;
}

int
drift_ppm(const struct drift *d, double *ppm)
{
	double sxx = d->sxx + d->runs_sxx;

	if (d->span < SPAN_MIN_S || d->zero > MANY || sxx <= 0)
		return -1;
	*ppm = -(d->sxy + d->runs_sxy) / sxx * 1e6;
	return 0;
}
