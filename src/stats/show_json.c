/* SPDX-License-Identifier: ISC */
#include "base/clock.h"
#include "base/text.h"
#include "stats/json.h"
#include "stats/show.h"
#include "stats/snapshot.h"

static void
channel_counters(struct json *j, const struct onair_line *l)
{
	const struct counter *row;
	char key[16];
	size_t i;
	unsigned b;

	for (i = 0; (row = counters_of_channel(i)) != NULL; i++)
		json_number(j, row->name, counters_value(row, l));
	for (b = 0; b < COUNTERS_LATE_BUCKETS; b++) {
		text_format(key, sizeof(key), "late_%u",
		    counters_late_end_ms(b));
		json_number(j, counters_late_end_ms(b) > 0 ? key :
		    "late_more", l->late[b]);
	}
	json_seconds(j, "late", (int64_t)(l->late_ns / NS_PER_MS));
}

static void
channel_object(struct json *j, const struct snapshot *p,
    const struct statseg_channel *c)
{
	int is_on = snapshot_is_on_air(c);
	int plays = is_on && (!c->now.silent || c->now.paused);
	const struct counter *row;
	size_t i;

	json_begin(j, NULL, '{');
	json_number(j, "channel", c->seat.number);
	json_text(j, "name", c->seat.name);
	json_bool(j, "on_air", is_on);
	json_bool(j, "silent", c->now.silent);
	json_bool(j, "paused", c->now.paused);
	json_text(j, "note", c->seat.note);
	json_text(j, "title", c->now.title);
	json_text(j, "artist", c->now.artist);
	json_text(j, "codec", c->now.codec);
	json_known(j, "bitrate", c->now.bitrate);
	json_known(j, "sample_rate", c->now.rate);
	json_known(j, "channels", c->now.channels);
	json_seconds(j, "position", plays ? (int64_t)onair_position_ms(&c->now,
	    &c->line, p->now_ns) : -1);
	json_seconds(j, "duration", plays ? c->now.duration_ms : -1);
	json_number(j, "ssrc", c->line.ssrc);
	json_number(j, "seq", c->line.seq);
	channel_counters(j, &c->line);
	for (i = 0; (row = counters_of_audience(i)) != NULL; i++)
		json_number(j, row->name, counters_value(row, &c->audience));
	json_end(j, '}');
}

void
show_channels_json(FILE *f, const struct snapshot *p)
{
	struct json j = { .f = f };
	size_t i;

	for (i = 0; i < p->n; i++) {
		j.has_some = 0;
		channel_object(&j, p, &p->channels[i]);
		putc('\n', f);
	}
}

void
show_status_json(FILE *f, const struct snapshot *p)
{
	struct json j = { .f = f };
	const struct counter *row;
	size_t i;

	json_begin(&j, NULL, '{');
	json_text(&j, "version", p->version);
	json_number(&j, "pid", (uint64_t)p->pid);
	json_text(&j, "state", p->path);
	json_text(&j, "library", p->daemon.media);
	json_text(&j, "interface", p->daemon.interface);
	json_text(&j, "group", p->daemon.group);
	json_seconds(&j, "start", p->start_real_ns / NS_PER_MS);
	json_seconds(&j, "uptime", p->uptime_ns / NS_PER_MS);
	json_seconds(&j, "still", p->still_ns / NS_PER_MS);
	json_begin(&j, "counters", '{');
	for (i = 0; (row = counters_of_daemon(i)) != NULL; i++)
		json_number(&j, row->name, counters_value(row, &p->daemon));
	json_end(&j, '}');
	json_begin(&j, "channels", '[');
	for (i = 0; i < p->n; i++)
		channel_object(&j, p, &p->channels[i]);
	json_end(&j, ']');
	json_end(&j, '}');
	putc('\n', f);
}
