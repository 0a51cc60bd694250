/* SPDX-License-Identifier: ISC */
/*
 * What can be asked for.  A name is looked up in the snapshot of the library,
 * never opened as a path.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "announce.h"
#include "base/clock.h"
#include "base/num.h"
#include "base/text.h"
#include "http_inside.h"
#include "library.h"
#include "roster.h"
#include "stats/show.h"
#include "stats/snapshot.h"
#include "wire/sdp.h"
#include "wire/statseg.h"

#define FRESH_NS	NS_PER_S
#define NONCE_BYTES	16

/* The channel with that number, or with exactly that name. */
static const struct channel_def *
find_channel(const struct library *l, const char *text, size_t n)
{
	char number[16], ignored[64];
	int64_t v = 0;
	size_t i;

	if (text_copyn(number, sizeof(number), text, n) == -1 ||
	    num_parse(number, 1, PORTS_CHANNEL_MAX, &v, ignored,
	    sizeof(ignored)) == -1)
		v = 0;
	for (i = 0; i < l->nchannels; i++)
		if (l->channels[i].number == v)
			return &l->channels[i];
	for (i = 0; i < l->nchannels; i++)
		if (strlen(l->channels[i].name) == n &&
		    memcmp(l->channels[i].name, text, n) == 0)
			return &l->channels[i];
	return NULL;
}

const struct channel_def *
http_channel(const struct library *l, struct http_conn *c,
    const struct http_request *r, const char *text, size_t n)
{
	const struct channel_def *d = find_channel(l, text, n);

	if (d == NULL)
		http_say(c, r, 404, NULL, "There is no such channel: "
		    "/library/ names them.");
	return d;
}

/* Whether text ends so; *n is then without it. */
static int
ends_with(const char *text, const char *end, size_t *n)
{
	size_t len = strlen(text), k = strlen(end);

	if (len <= k || strcmp(text + len - k, end) != 0)
		return 0;
	*n = len - k;
	return 1;
}

/* To where it was fetched from; not every player can do without a host. */
static void
give_m3u(struct http_conn *c, const struct http_request *r,
    const struct channel_def *d)
{
	char *text = NULL;

	if (asprintf(&text, "#EXTM3U\r\n#EXTINF:-1,%s\r\n%s%s/live/%u\r\n",
	    d->name, r->host[0] != '\0' ? "http://" : "", r->host,
	    d->number) == -1)
		text = NULL;
	http_give(c, r, "audio/x-mpegurl", NULL, text == NULL ? NULL :
	    http_body_new(text, strlen(text)));
}

static void
give_sdp(struct http *h, struct http_conn *c, const struct http_request *r,
    const struct channel_def *d)
{
	char text[SDP_MAX], *copy;

	if (announce_sdp(h->from.outlet, h->from.roster, h->from.server,
	    h->from.ttl, d->number, text) == -1) {
		http_say(c, r, 503, "Retry-After: 5\r\n", "The channel is off "
		    "air, or what it sends has no description that lasts.");
		return;
	}
	copy = strdup(text);
	http_give(c, r, "application/sdp", NULL, copy == NULL ? NULL :
	    http_body_new(copy, strlen(copy)));
}

static void
serve_live(struct http *h, struct http_conn *c, const struct http_request *r,
    const char *what)
{
	uint32_t revision;
	struct library *l = roster_library(h->from.roster, &revision);
	const struct channel_def *d = find_channel(l, what, strlen(what));
	size_t n;

	if (d != NULL)
		http_live_join(h, c, r, d->number, d->name);
	else if (ends_with(what, ".m3u", &n) &&
	    (d = find_channel(l, what, n)) != NULL)
		give_m3u(c, r, d);
	else if (ends_with(what, ".sdp", &n) &&
	    (d = find_channel(l, what, n)) != NULL)
		give_sdp(h, c, r, d);
	else
		http_channel(l, c, r, what, strlen(what));
	library_put(l);
}

/* What the statistics segment says, in one of its forms. */
static struct http_body *
make_numbers(const struct http *h, void (*show)(FILE *,
    const struct snapshot *))
{
	struct snapshot s;
	char *text = NULL;
	size_t len = 0;
	FILE *f;

	if (snapshot_take(&s, h->from.segment, clock_mono_ns()) == -1)
		return NULL;
	if ((f = open_memstream(&text, &len)) != NULL) {
		show(f, &s);
		if (fclose(f) != 0) {
			free(text);
			text = NULL;
		}
	}
	snapshot_done(&s);
	return http_body_new(text, len);
}

static void
give_numbers(struct http *h, struct http_conn *c,
    const struct http_request *r, struct http_kept *kept, const char *type,
    void (*show)(FILE *, const struct snapshot *))
{
	int64_t now = clock_mono_ns();

	if (kept->body == NULL || now - kept->made_ns > FRESH_NS) {
		http_body_put(kept->body);
		kept->body = make_numbers(h, show);
		kept->made_ns = now;
	}
	http_give(c, r, type, NULL, kept->body != NULL ?
	    http_body_get(kept->body) : NULL);
}

/* The page, or that of a channel.  Only what carries the nonce may run or style
 * it, and it may reach nobody but us. */
static void
give_page(struct http *h, struct http_conn *c, const struct http_request *r,
    const struct channel_def *d)
{
	uint8_t random[NONCE_BYTES];
	char nonce[2 * NONCE_BYTES + 1], more[512];
	unsigned i;

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
		http_say(c, r, 503, NULL, "No random numbers: try again.");
		return;
	}
	for (i = 0; i < NONCE_BYTES; i++)
		text_format(nonce + 2 * i, 3, "%02x", random[i]);
	text_format(more, sizeof(more), "Content-Security-Policy: default-src "
	    "'none'; script-src 'nonce-%s'; style-src 'nonce-%s'; media-src "
	    "'self'; img-src data:; connect-src 'self'; base-uri 'none'; "
	    "form-action 'none'; frame-ancestors 'none'\r\n"
	    "Referrer-Policy: no-referrer\r\n",
	    nonce, nonce);
	http_give(c, r, "text/html; charset=utf-8", more, d == NULL ?
	    http_page(h, nonce) : http_page_of(h, d, nonce));
}

static void
give_channel_page(struct http *h, struct http_conn *c,
    const struct http_request *r, const char *what)
{
	uint32_t revision;
	struct library *l = roster_library(h->from.roster, &revision);
	const struct channel_def *d = http_channel(l, c, r, what,
	    strlen(what));

	if (d != NULL)
		give_page(h, c, r, d);
	library_put(l);
}

void
http_serve(struct http *h, struct http_conn *c, const struct http_request *r)
{
	const char *p = r->path;

	if (r->method == HTTP_OTHER)
		http_say(c, r, 405, "Allow: GET, HEAD\r\n", "Here is only to "
		    "read: GET and HEAD.");
	else if (strcmp(p, "/") == 0)
		give_page(h, c, r, NULL);
	else if (strncmp(p, "/live/", 6) == 0 && p[6] != '\0')
		serve_live(h, c, r, p + 6);
	else if (strncmp(p, "/channel/", 9) == 0)
		give_channel_page(h, c, r, p + 9);
	else if (strncmp(p, "/library/", 9) == 0)
		http_serve_library(h, c, r, p + 9);
	else if (strcmp(p, "/library") == 0)
		http_say(c, r, 301, "Location: /library/\r\n", "/library/");
	else if (strcmp(p, "/status.json") == 0)
		give_numbers(h, c, r, &h->status, "application/json",
		    show_status_json);
	else if (strcmp(p, "/metrics") == 0)
		give_numbers(h, c, r, &h->metrics,
		    "text/plain; version=0.0.4; charset=utf-8",
		    show_prometheus);
	else if (strcmp(p, "/events") == 0)
		http_events_join(h, c, r);
	else
		http_say(c, r, 404, NULL, "There is nothing here: / has what "
		    "there is.");
}
