/* SPDX-License-Identifier: ISC */
#include "stats/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static void
copy_text(char *to, size_t size, const char *from, size_t from_size)
{
	text_copyn(to, size, from, strnlen(from, from_size - 1));
	text_clean(to);
}

static int64_t
since(int64_t then_ns, int64_t now_ns)
{
	return then_ns >= 0 && now_ns > then_ns ? now_ns - then_ns : 0;
}

int
snapshot_take(struct snapshot *p, const struct statseg *s, int64_t now_ns)
{
	const struct statseg_head *h = &s->head;
	size_t room = 0;
	unsigned number = 0;
	void *array = NULL;

	memset(p, 0, sizeof(*p));
	copy_text(p->version, sizeof(p->version), h->version,
	    sizeof(h->version));
	copy_text(p->path, sizeof(p->path), h->path, sizeof(h->path));
	p->pid = h->pid;
	p->now_ns = now_ns;
	p->start_real_ns = h->start_real_ns > 0 ? h->start_real_ns : 0;
	p->uptime_ns = since(h->start_mono_ns, now_ns);
	statseg_get_daemon(s, &p->daemon);
	/* 0: it is starting. */
	if (p->daemon.tick_ns != 0)
		p->still_ns = since(p->daemon.tick_ns, now_ns);
	while ((number = statseg_next(s, number)) != 0) {
		if (mem_grow(&array, &room, p->n + 1,
		    sizeof(*p->channels)) == -1) {
			snapshot_done(p);
			return -1;
		}
		p->channels = array;
		statseg_get_channel(s, number, &p->channels[p->n]);
		p->n += p->channels[p->n].seat.number != 0;
	}
	return 0;
}

void
snapshot_done(struct snapshot *p)
{
	free(p->channels);
	memset(p, 0, sizeof(*p));
}

const struct statseg_channel *
snapshot_find(const struct snapshot *p, unsigned number)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->channels[i].seat.number == number)
			return &p->channels[i];
	return NULL;
}

int
snapshot_is_on_air(const struct statseg_channel *c)
{
	return c->seat.is_running && c->line.on_air;
}

int
snapshot_late_ms(const struct onair_line *l, unsigned percent)
{
	uint64_t all = 0, sum = 0, want;
	unsigned i;

	for (i = 0; i < COUNTERS_LATE_BUCKETS; i++)
		all += l->late[i];
	want = all - all / 100 * (100 - percent);
	for (i = 0; i < COUNTERS_LATE_BUCKETS; i++) {
		sum += l->late[i];
		if (all > 0 && sum >= want)
			return i < COUNTERS_LATE_BUCKETS - 1 ?
			    (int)counters_late_end_ms(i) : -1;
	}
	return 0;
}
