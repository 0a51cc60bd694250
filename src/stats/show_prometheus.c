/* SPDX-License-Identifier: ISC */
/*
 * Prometheus' text exposition format 0.0.4: per metric a HELP and a TYPE line,
 * then its samples, all of them together.
 */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "stats/show.h"
#include "stats/snapshot.h"

#define METRIC_MAX	96

static void
head(FILE *f, const char *name, const char *type, const char *help)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A label's value: backslash, quote and line feed are escaped (a clean text
 * has no line feed). */
static void
label(FILE *f, const char *key, const char *value)
{
	fprintf(f, "%s=\"", key);
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			putc('\\', f);
		putc(*value, f);
	}
	putc('"', f);
}

static void
sample(FILE *f, const char *name, const struct statseg_channel *c)
{
	fprintf(f, "%s{channel=\"%u\",", name, (unsigned)c->seat.number);
	label(f, "name", c->seat.name);
}

static void
metric_name(char *out, const char *prefix, const struct counter *row)
{
	text_format(out, METRIC_MAX, "%s%s%s", prefix, row->name,
	    row->kind == COUNTERS_COUNTER ? "_total" : "");
}

static const char *
type_of(const struct counter *row)
{
	return row->kind == COUNTERS_COUNTER ? "counter" : "gauge";
}

static void
daemon_metrics(FILE *f, const struct snapshot *p)
{
	const struct counter *row;
	char name[METRIC_MAX];
	size_t i;

	head(f, "netradio_info", "gauge", "what runs here; always 1");
	fputs("netradio_info{", f);
	label(f, "version", p->version);
	putc(',', f);
	label(f, "interface", p->daemon.interface);
	putc(',', f);
	label(f, "group", p->daemon.group);
	fputs("} 1\n", f);
	head(f, "netradio_start_time_seconds", "gauge",
	    "when the daemon was started, since 1970");
	fprintf(f, "netradio_start_time_seconds %" PRId64 ".%03d\n",
	    p->start_real_ns / NS_PER_S,
	    (int)(p->start_real_ns / NS_PER_MS % 1000));
	head(f, "netradio_still_seconds", "gauge",
	    "time since the daemon last wrote its statistics, 1 at most when "
	    "it is well");
	fprintf(f, "netradio_still_seconds %" PRId64 ".%03d\n",
	    p->still_ns / NS_PER_S, (int)(p->still_ns / NS_PER_MS % 1000));
	for (i = 0; (row = counters_of_daemon(i)) != NULL; i++) {
		metric_name(name, "netradio_", row);
		head(f, name, type_of(row), row->sentence);
		fprintf(f, "%s %" PRIu64 "\n", name,
		    counters_value(row, &p->daemon));
	}
}

/* values_at: of the row's struct in that of the channel. */
static void
channel_counter(FILE *f, const struct snapshot *p, const struct counter *row,
    size_t values_at)
{
	char name[METRIC_MAX];
	size_t i;

	metric_name(name, "netradio_channel_", row);
	head(f, name, type_of(row), row->sentence);
	for (i = 0; i < p->n; i++) {
		sample(f, name, &p->channels[i]);
		fprintf(f, "} %" PRIu64 "\n", counters_value(row,
		    (const char *)&p->channels[i] + values_at));
	}
}

static void
channel_gauge(FILE *f, const struct snapshot *p, const char *name,
    const char *help, int (*value)(const struct statseg_channel *))
{
	size_t i;

	head(f, name, "gauge", help);
	for (i = 0; i < p->n; i++) {
		sample(f, name, &p->channels[i]);
		fprintf(f, "} %d\n", value(&p->channels[i]) != 0);
	}
}

static int
is_silent(const struct statseg_channel *c)
{
	return c->now.silent;
}

static int
is_paused(const struct statseg_channel *c)
{
	return c->now.paused;
}

static void
lateness(FILE *f, const struct statseg_channel *c)
{
	uint64_t sum = 0;
	unsigned i, ms;

	for (i = 0; i < COUNTERS_LATE_BUCKETS; i++) {
		sum += c->line.late[i];
		sample(f, "netradio_channel_lateness_seconds_bucket", c);
		if ((ms = counters_late_end_ms(i)) > 0)
			fprintf(f, ",le=\"0.%03u\"} %" PRIu64 "\n", ms, sum);
		else
			fprintf(f, ",le=\"+Inf\"} %" PRIu64 "\n", sum);
	}
	sample(f, "netradio_channel_lateness_seconds_sum", c);
	fprintf(f, "} %" PRIu64 ".%09" PRIu64 "\n",
	    c->line.late_ns / NS_PER_S, c->line.late_ns % NS_PER_S);
	sample(f, "netradio_channel_lateness_seconds_count", c);
	fprintf(f, "} %" PRIu64 "\n", sum);
}

void
show_prometheus(FILE *f, const struct snapshot *p)
{
	const struct counter *row;
	size_t i;

	head(f, "netradio_up", "gauge", "whether the daemon runs");
	fprintf(f, "netradio_up %d\n", p != NULL);
	if (p == NULL)
		return;
	daemon_metrics(f, p);
	channel_gauge(f, p, "netradio_channel_on_air",
	    "whether packets are sent", snapshot_is_on_air);
	channel_gauge(f, p, "netradio_channel_silent",
	    "whether nothing is there to play, or it is paused", is_silent);
	channel_gauge(f, p, "netradio_channel_paused",
	    "whether somebody has paused it", is_paused);
	for (i = 0; (row = counters_of_channel(i)) != NULL; i++)
		channel_counter(f, p, row,
		    offsetof(struct statseg_channel, line));
	for (i = 0; (row = counters_of_audience(i)) != NULL; i++)
		channel_counter(f, p, row,
		    offsetof(struct statseg_channel, audience));
	head(f, "netradio_channel_lateness_seconds", "histogram",
	    "how long after its time a packet left");
	for (i = 0; i < p->n; i++)
		lateness(f, &p->channels[i]);
}
