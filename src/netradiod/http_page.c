/* SPDX-License-Identifier: ISC */
/*
 * The page: a template, compiled in, and in it what is on now; so it can be
 * read, and listened to, without any script.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "http_inside.h"
#include "library.h"
#include "wire/statseg.h"

void
http_put_html(FILE *f, const char *s)
{
	for (; *s != '\0'; s++)
		switch (*s) {
		case '&':
			fputs("&amp;", f);
			break;
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		case '\'':
			fputs("&#39;", f);
			break;
		default:
			putc(*s, f);
		}
}

/* What the list of channels has of one; number 0: the mould for others. */
static void
put_row(FILE *f, unsigned number, const char *name, const char *playing,
    int is_on)
{
	fprintf(f, "<li id=\"c%u\"%s>\n<span class=\"number\">%u</span>\n"
	    "<span class=\"name\">", number, is_on ? "" : " class=\"off\"",
	    number);
	http_put_html(f, name);
	fputs("</span>\n<span class=\"playing\">", f);
	http_put_html(f, playing);
	fprintf(f, "</span>\n<span class=\"more\"><a href=\"/channel/%u\">"
	    "tracks</a><a href=\"/live/%u.m3u\">M3U</a>"
	    "<a href=\"/live/%u.sdp\">SDP</a><span class=\"heard\"></span>"
	    "</span>\n<audio controls preload=\"none\" aria-label=\"Channel "
	    "%u, ", number, number, number, number);
	http_put_html(f, name);
	if (number > 0)
		fprintf(f, "\" src=\"/live/%u\"></audio>\n</li>\n", number);
	else
		fputs("\"></audio>\n</li>\n", f);
}

static void
put_channel(FILE *f, const struct onair *board, unsigned number,
    unsigned *on)
{
	char playing[2 * ONAIR_TEXT_MAX + 4];
	struct onair_seat seat;
	struct onair_line line;
	struct onair_now now;
	int is_on;

	onair_get_seat(board, &seat);
	onair_get_now(board, &now);
	onair_get_line(board, &line);
	is_on = seat.is_running && line.on_air;
	*on += (unsigned)is_on;
	snprintf(playing, sizeof(playing), "%s%s%s", now.artist,
	    now.artist[0] != '\0' ? " \xe2\x80\x93 " : "", now.title);
	put_row(f, number, seat.name, now.paused ? "paused" : !is_on ?
	    "off air" : now.silent ? "silent" : playing, is_on);
}

static void
put_channels(FILE *f, struct http *h, const void *arg)
{
	const struct statseg *s = h->from.segment;
	unsigned n, all = 0, on = 0;

	(void)arg;
	fputs("<ol id=\"channels\">\n", f);
	for (n = statseg_next(s, 0); n != 0; n = statseg_next(s, n)) {
		put_channel(f, &s->channel[n - 1], n, &on);
		all++;
	}
	fprintf(f, "</ol>\n<p id=\"health\" role=\"status\">%u of %u channels "
	    "on air</p>\n<p><a href=\"/library/\">library</a> "
	    "<a href=\"/status.json\">status</a> "
	    "<a href=\"/metrics\">metrics</a></p>\n<template id=\"row\">", on,
	    all);
	put_row(f, 0, "", "", 1);
	fputs("</template>\n", f);
}

static void
put_track(FILE *f, const struct channel_def *d, size_t i)
{
	const struct track *t = &d->list->tracks[i];
	char url[3 * HTTP_PATH_MAX];
	int64_t s = (int64_t)t->duration / FLICK_HZ;

	fprintf(f, "<li>\n<span class=\"number\">%zu</span>\n"
	    "<span class=\"name\">", i + 1);
	http_put_html(f, t->texts != NULL && t->title[0] != '\0' ? t->title :
	    t->path);
	fputs("</span>\n<span class=\"playing\">", f);
	if (t->texts != NULL)
		http_put_html(f, t->artist);
	fputs("</span>\n<span class=\"more\">", f);
	if (s > 0)
		fprintf(f, "%" PRId64 ":%02d ", s / 60, (int)(s % 60));
	http_put_html(f, t->problem != NULL ? t->problem : t->facts.codec);
	fputs("</span>\n", f);
	if (t->problem == NULL && http_escape(url, sizeof(url), t->path) == 0)
		fprintf(f, "<audio controls preload=\"none\" aria-label=\""
		    "track %zu\" src=\"/library/%u/%s\"></audio>\n", i + 1,
		    d->number, url);
	fputs("</li>\n", f);
}

static void
put_tracks(FILE *f, struct http *h, const void *arg)
{
	const struct channel_def *d = arg;
	size_t i;

	(void)h;
	fputs("<p><a href=\"/\">all channels</a></p>\n<ol>\n", f);
	for (i = 0; i < d->list->ntracks; i++)
		put_track(f, d, i);
	fputs("</ol>\n", f);
}

/* What stands in the place of a name in the template. */
static void
put_value(FILE *f, struct http *h, const char *name, const char *title,
    const char *nonce, void (*body)(FILE *, struct http *, const void *),
    const void *arg)
{
	if (strncmp(name, "NONCE@", 6) == 0)
		fputs(nonce, f);
	else if (strncmp(name, "TITLE@", 6) == 0)
		http_put_html(f, title);
	else
		body(f, h, arg);
}

static struct http_body *
make(struct http *h, const char *title, const char *nonce,
    void (*body)(FILE *, struct http *, const void *), const void *arg)
{
	const char *p = http_template, *at;
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL)
		return NULL;
	while ((at = strchr(p, '@')) != NULL) {
		fwrite(p, 1, (size_t)(at - p), f);
		p = at + 1;
		/* A name in capitals between two; style sheets have it too. */
		if (*p < 'A' || *p > 'Z') {
			putc('@', f);
			continue;
		}
		put_value(f, h, p, title, nonce, body, arg);
		p = strchr(p, '@') + 1;
	}
	fputs(p, f);
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return http_body_new(text, len);
}

struct http_body *
http_page(struct http *h, const char *nonce)
{
	char name[PLIST_TEXT_MAX];

	slot_read(h->name, name, sizeof(name));
	return make(h, name, nonce, put_channels, NULL);
}

struct http_body *
http_page_of(struct http *h, const struct channel_def *d, const char *nonce)
{
	return make(h, d->name, nonce, put_tracks, d);
}
