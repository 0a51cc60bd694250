/* SPDX-License-Identifier: ISC */
#include "check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/charset.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "os/file.h"
#include "os/iface.h"
#include "wire/ports.h"

#include "budget.h"
#include "config.h"
#include "library.h"

#define TEXT_MAX	256
#define FORMAT_COLUMNS	34
#define TITLE_COLUMNS	40
#define OFF_AIR		"off air: with this channel all of them would need " \
			"more than max-rate"

struct output {
	FILE *f;
	const struct config *c;
	unsigned char *on;	/* by channel: fits within max-rate */
	size_t tracks;		/* that play */
	int problems;
	int64_t flicks;		/* of what plays */
};

/* Group and port of a channel, as other players want them. */
static struct addr
group_of(const struct config *c, unsigned number)
{
	return addr_plus(&c->group, number, ports_of_channel(number));
}

static void
print_time(FILE *f, int64_t flicks, int width)
{
	char text[32];
	int64_t s = flicks / FLICK_HZ;

	if (s >= 3600)
		text_format(text, sizeof(text), "%" PRId64 ":%02d:%02d",
		    s / 3600, (int)(s / 60 % 60), (int)(s % 60));
	else
		text_format(text, sizeof(text), "%d:%02d", (int)(s / 60),
		    (int)(s % 60));
	fprintf(f, "%*s", width, text);
}

static void
print_mbit(FILE *f, int64_t bps)
{
	int64_t hundredths = (bps + 5000) / 10000;

	fprintf(f, "%" PRId64 ".%02d Mbit/s", hundredths / 100,
	    (int)(hundredths % 100));
}

/* A path or name as it may be shown. */
static void
print_clean(FILE *f, const char *bytes)
{
	char text[4 * TEXT_MAX];

	charset_to_utf8("auto", bytes, strlen(bytes), text, sizeof(text));
	fputs(text, f);
}

/* "mp3 128 kbit/s 44.1 kHz stereo" */
static void
print_format(FILE *f, const struct track *t)
{
	const struct media_facts *m = &t->facts;
	char text[128];

	text_format(text, sizeof(text), "%s %u kbit/s %g kHz %s", m->codec,
	    (unsigned)((t->bitrate + 500) / 1000), m->rate / 1000.0,
	    m->channels == 1 ? "mono" : m->channels == 2 ? "stereo" : "");
	text_pad(f, text, FORMAT_COLUMNS);
}

static void
table_track(struct output *r, const struct track *t)
{
	char title[2 * MEDIA_TEXT_MAX + 4];

	if (t->problem != NULL) {
		fputs("  problem: ", r->f);
		print_clean(r->f, t->path);
		fprintf(r->f, ": %s\n", t->problem);
		return;
	}
	print_time(r->f, t->duration, 9);
	fputs("  ", r->f);
	print_format(r->f, t);
	text_format(title, sizeof(title), "%s%s%s", t->artist,
	    t->artist[0] != '\0' && t->title[0] != '\0' ? " - " : "",
	    t->title);
	fputs("  ", r->f);
	text_pad(r->f, title, TITLE_COLUMNS);
	fputs("  ", r->f);
	print_clean(r->f, t->path);
	fputc('\n', r->f);
}

static int64_t
duration_of(const struct playlist *p)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < p->ntracks; i++)
		if (p->tracks[i].problem == NULL)
			sum += p->tracks[i].duration;
	return sum;
}

static void
table_channel(struct output *r, const struct channel_def *d, const char *off)
{
	char where[ADDR_TEXT_MAX];
	struct addr group = group_of(r->c, d->number);

	fprintf(r->f, "channel %u: %s\n", d->number, d->name);
	if (d->description[0] != '\0')
		fprintf(r->f, "  %s\n", d->description);
	fprintf(r->f, "  rtp://%s:%u, %zu track%s, ",
	    addr_format(&group, where), addr_port(&group),
	    d->list->nplayable, d->list->nplayable == 1 ? "" : "s");
	print_time(r->f, duration_of(d->list), 0);
	fputs(", ", r->f);
	print_mbit(r->f, budget_of_playlist(d->list));
	fputs(d->list->has_live ? ", live pipe\n" : "\n", r->f);
	if (off != NULL)
		fprintf(r->f, "  problem: %s\n", off);
}

static void
json_number(FILE *f, const char *key, int64_t value)
{
	if (value > 0)
		fprintf(f, ", \"%s\": %" PRId64, key, value);
	else
		fprintf(f, ", \"%s\": null", key);
}

static void
json_text(FILE *f, const char *key, const char *value)
{
	fprintf(f, ", \"%s\": ", key);
	text_json(f, value != NULL && value[0] != '\0' ? value : NULL);
}

/* Seconds to the nanosecond: enough to tell any number of frames. */
static void
json_duration(FILE *f, int64_t flicks)
{
	int64_t ns = flick_to_ns(flicks);

	if (flicks <= 0)
		fputs(", \"duration\": null", f);
	else
		fprintf(f, ", \"duration\": %" PRId64 ".%09" PRId64,
		    ns / NS_PER_S, ns % NS_PER_S);
}

static void
json_track(struct output *r, const struct channel_def *d,
    const struct track *t, const char *off)
{
	const struct media_facts *m = &t->facts;
	char where[ADDR_TEXT_MAX];
	struct addr group = group_of(r->c, d->number > 0 ? d->number : 1);
	int is_channel = d->number > 0 && (d->list->nplayable > 0 ||
	    d->list->has_live);
	FILE *f = r->f;

	if (is_channel)
		fprintf(f, "{\"channel\": %u", d->number);
	else
		fputs("{\"channel\": null", f);
	json_text(f, "name", d->name);
	json_text(f, "group", is_channel ? addr_format(&group, where) : NULL);
	json_number(f, "port", is_channel ? addr_port(&group) : 0);
	json_text(f, "file", t->path);
	json_text(f, "container", m->container);
	json_text(f, "codec", m->codec);
	fprintf(f, ", \"mpeg_version\": %s",
	    m->mpeg_version[0] != '\0' ? m->mpeg_version : "null");
	json_number(f, "layer", m->layer);
	json_number(f, "sample_rate", m->rate);
	json_number(f, "channels", m->channels);
	json_number(f, "bitrate", t->bitrate);
	json_number(f, "frames", t->frames);
	json_duration(f, t->duration);
	json_text(f, "title", t->title);
	json_text(f, "artist", t->artist);
	json_text(f, "problem", t->problem != NULL ? t->problem : off);
	fputs("}\n", f);
}

/* One directory with all its rows. */
static void
print_def(struct output *r, const struct channel_def *d, const char *off)
{
	const struct track *t;
	size_t i;

	for (i = 0; i < d->list->ntracks; i++) {
		t = &d->list->tracks[i];
		if (r->c->json)
			json_track(r, d, t, off);
		else
			table_track(r, t);
		if (t->problem != NULL || off != NULL)
			r->problems++;
		if (t->problem == NULL)
			r->tracks++;
	}
	r->flicks += duration_of(d->list);
}

static void
table_total(struct output *r, const struct library *l, int64_t rate)
{
	fprintf(r->f, "%zu channel%s, %zu track%s, ", l->nchannels,
	    l->nchannels == 1 ? "" : "s", r->tracks,
	    r->tracks == 1 ? "" : "s");
	print_time(r->f, r->flicks, 0);
	fputs(", ", r->f);
	print_mbit(r->f, rate);
	fprintf(r->f, "; %d problem%s\n", r->problems,
	    r->problems == 1 ? "" : "s");
}

int
check_print(FILE *f, const struct config *c, const struct library *l,
    int64_t limit)
{
	struct output r = { .f = f, .c = c };
	const char *off;
	int64_t rate;
	size_t i;

	if ((r.on = calloc(l->nchannels + 1, 1)) == NULL)
		return -1;
	rate = budget_apply(l, limit, config_copies, c, r.on);
	for (i = 0; i < l->nchannels; i++) {
		off = r.on[i] ? NULL : OFF_AIR;
		if (!c->json)
			table_channel(&r, &l->channels[i], off);
		print_def(&r, &l->channels[i], off);
	}
	for (i = 0; i < l->nstray; i++) {
		if (!c->json && l->stray[i].list->ntracks > 0)
			fprintf(f, "no channel: %s\n", l->stray[i].name);
		print_def(&r, &l->stray[i], NULL);
	}
	if (!c->json)
		table_total(&r, l, rate);
	free(r.on);
	return r.problems;
}

/* The rate that the interfaces would allow now: the smallest limit of them;
 * one that is missing allows what an unknown link does. */
static int64_t
limit_now(const struct config *c)
{
	int64_t least = INT64_MAX, v;
	struct iface f;
	unsigned i;

	if (c->nifaces == 0) {
		if (iface_by_route(&f, &c->group) == -1 &&
		    iface_loopback(&f) == -1)
			return budget_limit(c->max_rate, 0, 0);
		return budget_limit(c->max_rate, f.speed_bps, f.is_loopback);
	}
	for (i = 0; i < c->nifaces; i++) {
		if (iface_by_name(&f, c->ifaces[i]) == -1)
			v = budget_limit(c->max_rate, 0, 0);
		else
			v = budget_limit(c->max_rate, f.speed_bps,
			    f.is_loopback);
		if (v < least)
			least = v;
	}
	return least;
}

int
check_run(const struct config *c)
{
	struct library_options opt = { .charset = c->charset, .exact = 1 };
	struct library *l;
	int problems;

	if ((l = library_load(c->media, NULL, &opt, NULL, NULL)) == NULL) {
		log_error("media library %s", c->media);
		return file_is_scarce(errno) ? EX_OSERR : EX_CONFIG;
	}
	problems = check_print(stdout, c, l, limit_now(c));
	library_put(l);
	if (problems == -1 || fflush(stdout) != 0 || ferror(stdout)) {
		log_error("printing the library");
		return EX_OSERR;
	}
	return problems > 0;
}
