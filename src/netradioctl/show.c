/* SPDX-License-Identifier: ISC */
#include "show.h"

#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "stats/snapshot.h"

#define NAME_MIN	6
#define NAME_MAX_COLUMNS 20
#define PLAYING_MIN	16
#define PLAYING		36	/* when nothing limits it */
#define FIXED		58	/* columns of all but name and playing */

unsigned
show_columns(FILE *f)
{
	struct winsize ws;

	if (!isatty(fileno(f)))
		return 0;
	if (ioctl(fileno(f), TIOCGWINSZ, &ws) == -1 || ws.ws_col == 0)
		return 80;
	return ws.ws_col;
}

void
show_time(int64_t ms, char *text, size_t size)
{
	int64_t s = ms / 1000;

	if (ms < 0)
		text_copy(text, size, "-");
	else if (s >= 3600)
		text_format(text, size, "%" PRId64 ":%02d:%02d", s / 3600,
		    (int)(s / 60 % 60), (int)(s % 60));
	else
		text_format(text, size, "%d:%02d", (int)(s / 60),
		    (int)(s % 60));
}

static void
uptime(int64_t ns, char *text, size_t size)
{
	int64_t s = ns / NS_PER_S;

	if (s >= 86400)
		text_format(text, size, "%" PRId64 " d %d:%02d", s / 86400,
		    (int)(s / 3600 % 24), (int)(s / 60 % 60));
	else
		show_time(ns / NS_PER_MS, text, size);
}

static const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

void
show_daemon(FILE *f, const struct snapshot *p)
{
	const struct statseg_daemon *d = &p->daemon;
	char up[32];

	uptime(p->uptime_ns, up, sizeof(up));
	if (p->daemon.tick_ns == 0) {
		fprintf(f, "netradiod %s, process %d, is starting since %s\n",
		    p->version, p->pid, up);
		return;
	}
	fprintf(f, "netradiod %s, process %d, up %s, %s on %s, group %s\n",
	    p->version, p->pid, up, d->media, d->interface, d->group);
	fprintf(f, "%" PRIu64 " of %" PRIu64 " channel%s on air, %.2f Mbit/s; "
	    "%" PRIu64 " file%s, %" PRIu64 " problem%s; %" PRIu64
	    " reload%s; %" PRIu64 " listener%s\n", d->on_air, d->channels,
	    plural(d->channels), (double)d->rate_bps / 1e6, d->files,
	    plural(d->files), d->problems, plural(d->problems), d->reloads,
	    plural(d->reloads), d->listeners, plural(d->listeners));
	if (p->still_ns > SNAPSHOT_STILL_NS)
		fprintf(f, "It has not moved for %" PRId64 " s: stopped, or "
		    "the machine is out of breath (ps -L -p %d).\n",
		    p->still_ns / NS_PER_S, p->pid);
}

void
show_playing(const struct statseg_channel *c, char *text, size_t size)
{
	const char *state = NULL;

	if (!c->seat.is_running)
		text_copy(text, size, c->seat.note[0] != '\0' ? c->seat.note :
		    "off air");
	else if (!c->now.started)
		text_copy(text, size, "(nothing to play)");
	else if (c->now.silent && !c->now.paused && c->now.title[0] == '\0')
		text_copy(text, size, "(silent: nothing to play)");
	else {
		state = c->now.paused ? "(paused) " :
		    c->now.silent ? "(waiting) " : "";
		text_format(text, size, "%s%s%s%s", state, c->now.artist,
		    c->now.artist[0] != '\0' ? " - " : "", c->now.title);
	}
}

/* Add a counter that is not zero. */
static void
add(char *text, size_t size, uint64_t n, const char *what)
{
	size_t used = strlen(text);

	if (n > 0)
		text_format(text + used, size - used, "%s%" PRIu64 " %s",
		    used > 0 ? ", " : "", n, what);
}

void
show_trouble(const struct statseg_channel *c, char *text, size_t size)
{
	const struct onair_line *l = &c->line;

	text[0] = '\0';
	add(text, size, l->unsent, "unsent");
	add(text, size, l->stalls, "stalls");
	add(text, size, l->underruns, "underruns");
	add(text, size, l->bad_tracks, "bad tracks");
	if (c->audience.loss_worst > 0)
		text_format(text + strlen(text), size - strlen(text),
		    "%s%.1f %% lost at worst", text[0] != '\0' ? ", " : "",
		    (double)c->audience.loss_worst / 10);
}

static unsigned
widest_name(const struct snapshot *p)
{
	unsigned w = NAME_MIN, n;
	size_t i;

	for (i = 0; i < p->n; i++) {
		n = text_columns(p->channels[i].seat.name);
		w = n > w ? n : w;
	}
	return w < NAME_MAX_COLUMNS ? w : NAME_MAX_COLUMNS;
}

static void
late(const struct onair_line *l, char *text, size_t size)
{
	int ms = snapshot_late_ms(l, 99);

	if (ms == 0)
		text_copy(text, size, "-");
	else if (ms == -1)
		text_format(text, size, ">%u ms",
		    counters_late_end_ms(COUNTERS_LATE_BUCKETS - 2));
	else
		text_format(text, size, "%s%d ms", ms == 1 ? "<" : "", ms);
}

static void
show_channel(FILE *f, const struct snapshot *p,
    const struct statseg_channel *c, unsigned name, unsigned playing)
{
	char text[2 * ONAIR_TEXT_MAX + 16], at[32] = "", of[32] = "";
	char p99[16], trouble[128];

	fprintf(f, "%5u  ", (unsigned)c->seat.number);
	text_pad(f, c->seat.name, name);
	fputs("  ", f);
	show_playing(c, text, sizeof(text));
	text_pad(f, text, playing);
	if (c->seat.is_running && (!c->now.silent || c->now.paused)) {
		show_time(onair_position_ms(&c->now, &c->line, p->now_ns), at,
		    sizeof(at));
		show_time(c->now.duration_ms, of, sizeof(of));
	}
	late(&c->line, p99, sizeof(p99));
	show_trouble(c, trouble, sizeof(trouble));
	fprintf(f, " %8s %8s", at, of);
	if (c->seat.is_running && c->now.bitrate > 0 && !c->now.silent)
		fprintf(f, " %5" PRIu32, (c->now.bitrate + 500) / 1000);
	else
		fprintf(f, " %5s", "");
	fprintf(f, " %5" PRIu64 "  %7s  %s\n", c->audience.listeners, p99,
	    trouble);
}

void
show_channels(FILE *f, const struct snapshot *p, unsigned columns)
{
	unsigned name = widest_name(p), playing = PLAYING;
	size_t i;

	if (columns > 0)
		playing = columns > name + FIXED + PLAYING_MIN ?
		    columns - name - FIXED : PLAYING_MIN;
	fprintf(f, "%5s  ", "");
	text_pad(f, "name", name);
	fputs("  ", f);
	text_pad(f, "playing", playing);
	fprintf(f, " %8s %8s %5s %5s  %7s  %s\n", "at", "of", "kb/s",
	    "heard", "99% in", "trouble");
	for (i = 0; i < p->n; i++)
		show_channel(f, p, &p->channels[i], name, playing);
}
