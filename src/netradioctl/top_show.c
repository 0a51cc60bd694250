/* SPDX-License-Identifier: ISC */
#include "top_show.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "show.h"
#include "stats/snapshot.h"

#define NAME_COLUMNS	14
#define BAR_COLUMNS	10
#define FIXED		68	/* columns of all but playing */
#define PLAYING_MIN	12

static const struct {
	int key;
	enum top_order order;
	const char *name;
} orders[] = {
	{ 'c', TOP_BY_CHANNEL, "channel" },
	{ 'n', TOP_BY_NAME, "name" },
	{ 'r', TOP_BY_RATE, "rate" },
	{ 'h', TOP_BY_HEARD, "heard" },
	{ 'l', TOP_BY_LATE, "late" },
	{ 't', TOP_BY_TROUBLE, "trouble" },
};

#define ORDERS	(sizeof(orders) / sizeof(orders[0]))

/* What happened to a channel since the snapshot before. */
struct change {
	struct onair_line line;		/* differences of the counters */
	double kbps;
};

int
top_order_of_key(int key)
{
	size_t i;

	for (i = 0; i < ORDERS; i++)
		if (orders[i].key == key)
			return (int)orders[i].order;
	return -1;
}

static void
find_change(struct change *d, const struct statseg_channel *c,
    const struct snapshot *p, const struct snapshot *before)
{
	const struct statseg_channel *old = snapshot_find(before,
	    c->seat.number);
	int64_t ns = p->now_ns - before->now_ns;
	unsigned i;

	memset(d, 0, sizeof(*d));
	/* Another stream, or one that began anew: nothing to compare with. */
	if (old == NULL || ns <= 0 || old->line.ssrc != c->line.ssrc ||
	    old->line.packets > c->line.packets)
		return;
	d->line.packets = c->line.packets - old->line.packets;
	d->line.octets = c->line.octets - old->line.octets;
	for (i = 0; i < COUNTERS_LATE_BUCKETS; i++)
		d->line.late[i] = c->line.late[i] - old->line.late[i];
	d->kbps = (double)d->line.octets * 8e6 / (double)ns;
}

static uint64_t
trouble(const struct statseg_channel *c)
{
	const struct onair_line *l = &c->line;

	return l->unsent + l->stalls + l->underruns + l->bad_tracks +
	    (uint64_t)!c->seat.is_running;
}

struct row {
	struct statseg_channel channel;
	struct change change;
	enum top_order order;
};

static int
late_of(const struct onair_line *l)
{
	int ms = snapshot_late_ms(l, 99);

	return ms == -1 ? INT32_MAX : ms;
}

static int
compare_values(uint64_t a, uint64_t b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int
compare(const void *x, const void *y)
{
	const struct row *a = x, *b = y;
	int order = 0;

	switch (a->order) {
	case TOP_BY_NAME:
		order = strcmp(a->channel.seat.name, b->channel.seat.name);
		break;
	case TOP_BY_RATE:
		order = compare_values(a->channel.now.bitrate,
		    b->channel.now.bitrate);
		break;
	case TOP_BY_HEARD:
		order = compare_values(a->channel.audience.listeners,
		    b->channel.audience.listeners);
		break;
	case TOP_BY_LATE:
		order = compare_values((uint64_t)late_of(&a->change.line),
		    (uint64_t)late_of(&b->change.line));
		break;
	case TOP_BY_TROUBLE:
		order = compare_values(trouble(&a->channel),
		    trouble(&b->channel));
		break;
	case TOP_BY_CHANNEL:
		break;
	}
	return order != 0 ? order : compare_values(b->channel.seat.number,
	    a->channel.seat.number);
}

void
top_sort(struct snapshot *p, const struct snapshot *before,
    enum top_order order)
{
	struct row *rows = calloc(p->n > 0 ? p->n : 1, sizeof(*rows));
	size_t i;

	if (rows == NULL)
		return;
	for (i = 0; i < p->n; i++) {
		rows[i].channel = p->channels[i];
		rows[i].order = order;
		find_change(&rows[i].change, &p->channels[i], p, before);
	}
	qsort(rows, p->n, sizeof(*rows), compare);
	for (i = 0; i < p->n; i++)
		p->channels[i] = rows[i].channel;
	free(rows);
}

/* How much of the track has been heard. */
static void
bar(FILE *f, int64_t part, int64_t whole)
{
	int64_t i, full = whole > 0 ? part * BAR_COLUMNS / whole : 0;

	putc('[', f);
	for (i = 0; i < BAR_COLUMNS; i++)
		putc(i < full ? '=' : ' ', f);
	putc(']', f);
}

static void
show_late(FILE *f, const struct onair_line *l)
{
	int ms = snapshot_late_ms(l, 99);
	char text[16];

	if (ms == 0)
		text_copy(text, sizeof(text), "-");
	else if (ms == -1)
		text_copy(text, sizeof(text), ">256");
	else
		text_format(text, sizeof(text), "%s%d", ms == 1 ? "<" : "",
		    ms);
	fprintf(f, " %6s", text);
}

static void
show_row(FILE *f, const struct snapshot *p, const struct snapshot *before,
    const struct statseg_channel *c, unsigned playing)
{
	int64_t at = onair_position_ms(&c->now, &c->line, p->now_ns);
	char text[2 * ONAIR_TEXT_MAX + 16], time[32] = "", bad[128];
	struct change d;

	find_change(&d, c, p, before);
	fprintf(f, "%5u ", (unsigned)c->seat.number);
	text_pad(f, c->seat.name, NAME_COLUMNS);
	putc(' ', f);
	show_playing(c, text, sizeof(text));
	text_pad(f, text, playing);
	putc(' ', f);
	if (c->now.duration_ms > 0 && at > c->now.duration_ms)
		at = c->now.duration_ms;
	bar(f, at, c->now.duration_ms);
	if (!c->now.silent || c->now.paused)
		show_time(at, time, sizeof(time));
	fprintf(f, " %6s %6.1f %5" PRIu64, time, d.kbps,
	    c->audience.listeners);
	show_late(f, &d.line);
	show_trouble(c, bad, sizeof(bad));
	putc(' ', f);
	text_pad(f, bad, 9);
	putc('\n', f);
}

static void
show_keys(FILE *f, enum top_order order)
{
	size_t i;

	fputs("sort:", f);
	for (i = 0; i < ORDERS; i++)
		fprintf(f, "  %s%c %s\033[0m", orders[i].order == order ?
		    "\033[7m" : "", orders[i].key, orders[i].name);
	fputs("   q quit", f);
}

void
top_show(FILE *f, const struct snapshot *p, const struct snapshot *before,
    enum top_order order, unsigned columns, unsigned rows)
{
	unsigned playing = columns > FIXED + PLAYING_MIN ? columns - FIXED :
	    PLAYING_MIN;
	size_t i, room = rows > 7 ? rows - 7 : 1;

	fputs("\033[H\033[J", f);
	show_daemon(f, p);
	putc('\n', f);
	fprintf(f, "\033[7m%5s ", "");
	text_pad(f, "name", NAME_COLUMNS);
	putc(' ', f);
	text_pad(f, "playing", playing);
	fprintf(f, " %-*s %6s %6s %5s %6s %-9s\033[0m\n", BAR_COLUMNS + 2,
	    "", "at", "kbit/s", "heard", "99%/ms", "trouble");
	for (i = 0; i < p->n && i < room; i++)
		show_row(f, p, before, &p->channels[i], playing);
	if (p->n > room)
		fprintf(f, "... and %zu more", p->n - room);
	putc('\n', f);
	show_keys(f, order);
}
