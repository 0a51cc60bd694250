/* SPDX-License-Identifier: ISC */
#include "onair.h"

void
onair_init(struct onair *o)
{
	slot_init(o->now, SLOT_WORDS(sizeof(struct onair_now)));
	slot_init(o->line, SLOT_WORDS(sizeof(struct onair_line)));
}

void
onair_set_now(struct onair *o, const struct onair_now *now)
{
	slot_write(o->now, now, sizeof(*now));
}

void
onair_set_line(struct onair *o, const struct onair_line *line)
{
	slot_write(o->line, line, sizeof(*line));
}

void
onair_get_now(const struct onair *o, struct onair_now *now)
{
	slot_read(o->now, now, sizeof(*now));
}

void
onair_get_line(const struct onair *o, struct onair_line *line)
{
	slot_read(o->line, line, sizeof(*line));
}
