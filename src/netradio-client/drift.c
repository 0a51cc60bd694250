/* SPDX-License-Identifier: ISC */
#include "drift.h"

#include <string.h>

#include "base/clock.h"

#define STEP_NS		(50 * NS_PER_MS)	/* between samples, mean */
#define START_NS	(2 * NS_PER_S)		/* until the level counts */
#define SETTLE_NS	(12 * NS_PER_S)		/* until it is known */
#define FILTER_S	10.0			/* time constant */
#define BLOCK_S		5.0
#define JUMP		400e-6	/* s in s off what was expected, at least */
#define JUMP_SPREAD	3.0	/* and so many times the usual distance */
#define MANY		0.03	/* too often without a level */
#define MOST		0.7	/* there is none to be seen */
#define MORE_NS		(10 * NS_PER_S)
#define OFF		0.75	/* frames */
#define SPAN_MIN_S	120.0	/* before a rate is told */
#define RUN_MAX_S	1800.0	/* of one straight line */

void
drift_init(struct drift *d, int64_t lead_ns)
{
	memset(d, 0, sizeof(*d));
	d->lead_ns = lead_ns;
	d->random = 1;
}

/* What is known of this run's slope stays. */
static void
end_run(struct drift *d, double weight)
{
	d->runs_sxx = d->runs_sxx * weight + d->run.sxx;
	d->runs_sxy = d->runs_sxy * weight + d->run.sxy;
	memset(&d->run, 0, sizeof(d->run));
}

static void
begin_block(struct drift *d, double x)
{
	memset(&d->block, 0, sizeof(d->block));
	d->block_x = x;
}

void
drift_break(struct drift *d)
{
	end_run(d, 1);
	begin_block(d, 0);
	d->last_x = 0;
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
	d->level = y;
	d->zero = 0;
}

static void
low_pass(double *v, double to, double dt, double constant)
{
	*v += (to - *v) * dt / (constant + dt);
}

static void
line_add(struct drift_line *l, double x, double y)
{
	double dx = x - l->x;

	l->n += 1;
	l->x += dx / l->n;
	l->y += (y - l->y) / l->n;
	l->sxx += dx * (x - l->x);
	l->sxy += dx * (y - l->y);
}

static void
line_merge(struct drift_line *l, const struct drift_line *m)
{
	double n = l->n + m->n, dx = m->x - l->x, dy = m->y - l->y;

	l->sxx += m->sxx + dx * dx * l->n * m->n / n;
	l->sxy += m->sxy + dx * dy * l->n * m->n / n;
	l->x += dx * m->n / n;
	l->y += dy * m->n / n;
	l->n = n;
}

static double
size_of(double v)
{
	return v < 0 ? -v : v;
}

/* The middle one of the steps, or of their distances from about. */
static double
median(const struct drift *d, int is_distance, double about)
{
	double sorted[DRIFT_STEPS] = { 0 }, v;
	unsigned i, k;

	for (i = 0; i < d->n_steps; i++) {
		v = is_distance ? size_of(d->step[i] - about) : d->step[i];
		for (k = i; k > 0 && sorted[k - 1] > v; k--)
			sorted[k] = sorted[k - 1];
		sorted[k] = v;
	}
	return sorted[d->n_steps / 2];
}

/* Whether this step is like the last ones; it counts from now on. */
static int
is_expected(struct drift *d, double step)
{
	double middle, spread;

	memmove(&d->step[1], &d->step[0],
	    (DRIFT_STEPS - 1) * sizeof(d->step[0]));
	d->step[0] = step;
	if (d->n_steps < DRIFT_STEPS)
		d->n_steps++;
	middle = median(d, 0, 0);
	spread = median(d, 1, middle);
	return size_of(step - middle) <= JUMP + JUMP_SPREAD * spread;
}

/* A block is full: part of the run, or its end. */
static void
end_block(struct drift *d, double x)
{
	double last_x = d->last_x, last_y = d->last_y;

	d->last_x = d->block.x;
	d->last_y = d->block.y;
	if (last_x == 0)
		return;
	if (!is_expected(d, (d->block.y - last_y) / (d->block.x - last_x))) {
		end_run(d, 1);
		return;
	}
	if (d->run.n > 0 && x - d->run.x > RUN_MAX_S / 2)
		end_run(d, 0.25);
	line_merge(&d->run, &d->block);
	d->span += x - d->block_x;
}

static void
settle(struct drift *d, int64_t now)
{
	double most = (double)d->lead_ns / NS_PER_S;

	if (d->is_settled || now - d->since_ns < SETTLE_NS)
		return;
	d->is_settled = 1;
	d->target = d->level + d->moved;
	d->target = d->target < most ? d->target : most;
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
	low_pass(&d->zero, level_ns == 0, dt, FILTER_S);
	if (x < (double)START_NS / NS_PER_S) {
		/* The decoder and the card are still filling up. */
		d->level = y;
		begin_block(d, x);
		return;
	}
	/* While young, the mean so far. */
	low_pass(&d->level, y, dt, x < FILTER_S ? x : FILTER_S);
	settle(d, now);
	if (d->zero > MANY) {
		d->last_x = 0;
		begin_block(d, x);
		return;
	}
	line_add(&d->block, x, y);
	if (x - d->block_x >= BLOCK_S) {
		end_block(d, x);
		begin_block(d, x);
	}
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
	    d->more + frame > (double)d->lead_ns / NS_PER_S)
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
	off = (d->target - d->level - d->moved) / frame;
	if (off >= 1 || off <= -1)
		return (int)off;
	return off >= OFF ? 1 : off <= -OFF ? -1 : 0;
}

int
drift_ppm(const struct drift *d, double *ppm)
{
	double sxx = d->run.sxx + d->runs_sxx;

	if (d->span < SPAN_MIN_S || d->zero > MANY || sxx <= 0)
		return -1;
	*ppm = -(d->run.sxy + d->runs_sxy) / sxx * 1e6;
	return 0;
}
