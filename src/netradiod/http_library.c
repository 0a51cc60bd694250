/* SPDX-License-Identifier: ISC */
/*
 * On demand: what there is, as JSON, and each recording from its beginning, or
 * from where somebody wants it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"
#include "base/text.h"
#include "http_inside.h"
#include "library.h"
#include "roster.h"
#include "stats/json.h"
#include "take.h"

#define FRESH_NS	NS_PER_S

static void
put_url(struct json *j, unsigned number, const char *path)
{
	char url[HTTP_PATH_MAX * 3], *at;

	text_format(url, sizeof(url), "/library/%u/", number);
	at = url + strlen(url);
	if (http_escape(at, sizeof(url) - strlen(url), path) == 0)
		json_text(j, "url", url);
	else
		json_null(j, "url");
}

static void
put_track(struct json *j, const struct channel_def *d, size_t i)
{
	const struct track *t = &d->list->tracks[i];
	int64_t duration = t->duration;

	json_begin(j, NULL, '{');
	json_number(j, "track", i + 1);
	json_text(j, "file", t->path);
	put_url(j, d->number, t->path);
	json_text(j, "title", t->texts != NULL ? t->title : "");
	json_text(j, "artist", t->texts != NULL ? t->artist : "");
	json_text(j, "album", t->texts != NULL ? t->album : "");
	json_text(j, "container", t->facts.container);
	json_text(j, "codec", t->facts.codec);
	json_known(j, "sample_rate", t->facts.rate);
	json_known(j, "channels", t->facts.channels);
	json_known(j, "bitrate", t->bitrate);
	json_seconds(j, "duration", duration > 0 ? flick_to_ns(duration) /
	    NS_PER_MS : -1);
	json_number(j, "size", t->size > 0 ? (uint64_t)t->size : 0);
	json_text(j, "problem", t->problem != NULL ? t->problem : "");
	json_end(j, '}');
}

static void
put_channel(struct json *j, const struct channel_def *d)
{
	json_number(j, "channel", d->number);
	json_text(j, "name", d->name);
	json_text(j, "description", d->description);
}

static void
put_channels(struct json *j, const struct library *l)
{
	const struct channel_def *d;
	size_t i;

	json_begin(j, NULL, '{');
	json_begin(j, "channels", '[');
	for (i = 0; i < l->nchannels; i++) {
		d = &l->channels[i];
		json_begin(j, NULL, '{');
		put_channel(j, d);
		json_number(j, "tracks", d->list->ntracks);
		put_url(j, d->number, "");
		json_end(j, '}');
	}
	json_end(j, ']');
	json_end(j, '}');
}

static void
put_tracks(struct json *j, const struct channel_def *d)
{
	size_t i;

	json_begin(j, NULL, '{');
	put_channel(j, d);
	json_begin(j, "tracks", '[');
	for (i = 0; i < d->list->ntracks; i++)
		put_track(j, d, i);
	json_end(j, ']');
	json_end(j, '}');
}

/* All channels, or the tracks of d; NULL when memory is out. */
static struct http_body *
make_list(const struct library *l, const struct channel_def *d)
{
	char *text = NULL;
	size_t len = 0;
	struct json j = { .f = open_memstream(&text, &len) };

	if (j.f == NULL)
		return NULL;
	if (d == NULL)
		put_channels(&j, l);
	else
		put_tracks(&j, d);
	putc('\n', j.f);
	if (fclose(j.f) != 0) {
		free(text);
		return NULL;
	}
	return http_body_new(text, len);
}

static void
give_channels(struct http *h, struct http_conn *c,
    const struct http_request *r, const struct library *l)
{
	int64_t now = clock_mono_ns();

	if (h->library.body == NULL || now - h->library.made_ns > FRESH_NS) {
		http_body_put(h->library.body);
		h->library.body = make_list(l, NULL);
		h->library.made_ns = now;
	}
	http_give(c, r, "application/json", NULL, h->library.body != NULL ?
	    http_body_get(h->library.body) : NULL);
}

/* By what it is, not by its name. */
static const char *
type_of(const struct track *t)
{
	static const struct {
		const char *container, *type;
	} types[] = {
		{ "mpeg", "audio/mpeg" }, { "adts", "audio/aac" },
		{ "mp4", "audio/mp4" }, { "wav", "audio/wav" },
		{ "avi", "video/x-msvideo" }
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(t->facts.container, types[i].container) == 0)
			return types[i].type;
	return "application/octet-stream";
}

/* The track of that path, or at that place of the list. */
static const struct track *
find_track(const struct channel_def *d, const char *text)
{
	const struct playlist *p = d->list;
	char ignored[64];
	int64_t v;
	size_t i;

	for (i = 0; i < p->ntracks; i++)
		if (strcmp(p->tracks[i].path, text) == 0)
			return &p->tracks[i];
	if (num_parse(text, 1, (int64_t)p->ntracks, &v, ignored,
	    sizeof(ignored)) == 0)
		return &p->tracks[v - 1];
	return NULL;
}

/* The file is open: all of it, a part, or that it is as it was. */
static void
give_file(struct http_conn *c, const struct http_request *r, int fd,
    const struct stat *st, const struct track *t)
{
	struct http_answer a = { .type = type_of(t) };
	int64_t ms = flick_to_ns(t->duration) / NS_PER_MS;
	char tag[HTTP_TAG_MAX], date[HTTP_DATE_MAX], more[320];
	int64_t first = 0, last = st->st_size - 1;
	size_t n;

	text_format(tag, sizeof(tag), "\"%jx-%jx-%jx.%lx\"",
	    (uintmax_t)st->st_ino, (uintmax_t)st->st_size,
	    (uintmax_t)st->st_mtim.tv_sec, (long)st->st_mtim.tv_nsec);
	text_format(more, sizeof(more), "Accept-Ranges: bytes\r\nETag: %s\r\n"
	    "Last-Modified: %s\r\n", tag, http_date(st->st_mtim.tv_sec,
	    date));
	/* By which a player knows what to wind to. */
	n = strlen(more);
	if (ms > 0)
		text_format(more + n, sizeof(more) - n, "X-Content-Duration: "
		    "%" PRId64 ".%03d\r\n", ms / 1000, (int)(ms % 1000));
	n = strlen(more);
	a.status = http_conditions(r, st->st_size, tag, st->st_mtim.tv_sec,
	    &first, &last);
	a.more = more;
	if (a.status == 206)
		text_format(more + n, sizeof(more) - n, "Content-Range: bytes "
		    "%" PRId64 "-%" PRId64 "/%" PRId64 "\r\n", first, last,
		    (int64_t)st->st_size);
	if (a.status == 416)
		text_format(more + n, sizeof(more) - n, "Content-Range: bytes "
		    "*/%" PRId64 "\r\n", (int64_t)st->st_size);
	if (a.status == 200) {
		first = 0;
		last = st->st_size - 1;
	}
	if (a.status != 200 && a.status != 206) {
		close(fd);
		a.type = NULL;
		a.length = a.status == 304 ? st->st_size : 0;
		http_head(c, &a, clock_real_ns());
		return;
	}
	a.length = last - first + 1;
	http_head(c, &a, clock_real_ns());
	if (r->method == HTTP_HEAD) {
		close(fd);
		return;
	}
	c->file = fd;
	c->off = first;
	c->left = a.length;
}

static void
give_track(struct http_conn *c, const struct http_request *r,
    const struct library *l, const struct channel_def *d, const char *what)
{
	const struct track *t = find_track(d, what);
	enum control_status status;
	char why[256];
	struct stat st;
	int fd;

	if (t == NULL) {
		http_say(c, r, 404, NULL, "There is no such track in that "
		    "channel.");
		return;
	}
	fd = take_open(l->root, d->dir, t->path, &st, &status, why,
	    sizeof(why));
	if (fd == -1)
		http_say(c, r, status == CONTROL_FORBIDDEN ? 403 : 404, NULL,
		    why);
	else
		give_file(c, r, fd, &st, t);
}

void
http_serve_library(struct http *h, struct http_conn *c,
    const struct http_request *r, const char *path)
{
	uint32_t revision;
	struct library *l = roster_library(h->from.roster, &revision);
	const char *slash = strchr(path, '/');
	size_t n = slash != NULL ? (size_t)(slash - path) : strlen(path);
	const struct channel_def *d;

	if (n == 0)
		give_channels(h, c, r, l);
	else if ((d = http_channel(l, c, r, path, n)) == NULL)
		;
	else if (slash == NULL || slash[1] == '\0')
		http_give(c, r, "application/json", NULL, make_list(l, d));
	else
		give_track(c, r, l, d, slash + 1);
	library_put(l);
}
