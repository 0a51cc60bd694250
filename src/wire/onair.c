/* SPDX-License-Identifier: ISC */
#include "wire/onair.h"

#include <string.h>

#include "base/clock.h"
#include "wire/rtp.h"

void
onair_init(struct onair *o)
{
	struct onair_now now;
	struct onair_second second;
	struct onair_line line;

	/* Written, not wiped: somebody may be reading. */
	memset(&now, 0, sizeof(now));
	memset(&second, 0, sizeof(second));
	memset(&line, 0, sizeof(line));
	onair_set_now(o, &now);
	onair_set_second(o, &second);
	onair_set_line(o, &line);
}

void
onair_set_seat(struct onair *o, const struct onair_seat *seat)
{
	slot_write(o->seat, seat, sizeof(*seat));
}

void
onair_set_now(struct onair *o, const struct onair_now *now)
{
	slot_write(o->now, now, sizeof(*now));
}

void
onair_set_second(struct onair *o, const struct onair_second *second)
{
	slot_write(o->second, second, sizeof(*second));
}

void
onair_set_line(struct onair *o, const struct onair_line *line)
{
	slot_write(o->line, line, sizeof(*line));
}

void
onair_set_audience(struct onair *o, const struct onair_audience *a)
{
	slot_write(o->audience, a, sizeof(*a));
}

void
onair_get_seat(const struct onair *o, struct onair_seat *seat)
{
	slot_read(o->seat, seat, sizeof(*seat));
}

void
onair_get_now(const struct onair *o, struct onair_now *now)
{
	slot_read(o->now, now, sizeof(*now));
}

void
onair_get_second(const struct onair *o, struct onair_second *second)
{
	slot_read(o->second, second, sizeof(*second));
}

void
onair_get_line(const struct onair *o, struct onair_line *line)
{
	slot_read(o->line, line, sizeof(*line));
}

void
onair_get_audience(const struct onair *o, struct onair_audience *a)
{
	slot_read(o->audience, a, sizeof(*a));
}

uint32_t
onair_position_ms(const struct onair_now *now, const struct onair_line *line,
    int64_t now_ns)
{
	/* Wraps, where somebody else wrote the line. */
	int64_t ahead = (int64_t)((uint64_t)line->due_ns - (uint64_t)now_ns);
	int64_t ms = (int64_t)rtp_ts_diff(line->ts, now->ts) / 90 -
	    ahead / NS_PER_MS;

	if (!now->started)
		return 0;
	if (now->silent)
		return now->paused ? (uint32_t)now->held_ms : 0;
	return ms > 0 ? (uint32_t)ms : 0;
}
