/* SPDX-License-Identifier: ISC */
/*
 * What the page follows: server-sent events (HTML, section 9.2).  Once a second
 * what has changed since is one event for all; who has just come gets all
 * channels first.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/text.h"
#include "http_inside.h"
#include "stats/json.h"
#include "wire/statseg.h"

#define HEARTBEAT_NS	(15 * NS_PER_S)
#define FRESH_NS	(NS_PER_S / 2)

/* What of a channel the page shows. */
struct shown {
	char playing[2 * ONAIR_TEXT_MAX + 4];
	uint32_t on_air, silent, paused, listeners;
};

static void
look_at(const struct http *h, unsigned number, struct shown *s,
    struct onair_seat *seat)
{
	const struct onair *board = &h->from.segment->channel[number - 1];
	struct onair_audience audience;
	struct onair_line line;
	struct onair_now now;

	onair_get_seat(board, seat);
	onair_get_now(board, &now);
	onair_get_line(board, &line);
	onair_get_audience(board, &audience);
	memset(s, 0, sizeof(*s));
	text_format(s->playing, sizeof(s->playing), "%s%s%s", now.artist,
	    now.artist[0] != '\0' ? " \xe2\x80\x93 " : "", now.title);
	s->on_air = seat->is_running && line.on_air;
	s->silent = now.silent != 0;
	s->paused = now.paused != 0;
	s->listeners = (uint32_t)audience.listeners +
	    http_live_count(h, number);
}

static void
put(struct json *j, unsigned number, const struct shown *s,
    const struct onair_seat *seat)
{
	json_begin(j, NULL, '{');
	json_number(j, "channel", number);
	json_text(j, "name", seat->name);
	json_bool(j, "on_air", (int)s->on_air);
	json_bool(j, "silent", (int)s->silent);
	json_bool(j, "paused", (int)s->paused);
	json_text(j, "playing", s->playing);
	json_number(j, "listeners", s->listeners);
	json_end(j, '}');
}

static void
put_gone(struct json *j, unsigned number)
{
	json_begin(j, NULL, '{');
	json_number(j, "channel", number);
	json_bool(j, "gone", 1);
	json_end(j, '}');
}

/* An event of all channels, or of those that have changed; NULL: none has, or
 * memory is out. */
static struct http_body *
make_event(struct http *h, int is_all)
{
	char *text = NULL;
	size_t len = 0;
	struct json j = { .f = open_memstream(&text, &len) };
	struct onair_seat seat;
	struct shown s;
	uint64_t hash;
	unsigned n, told = 0;

	if (j.f == NULL)
		return NULL;
	fprintf(j.f, "event: %s\ndata: ", is_all ? "all" : "some");
	json_begin(&j, NULL, '[');
	for (n = statseg_next(h->from.segment, 0); n != 0;
	    n = statseg_next(h->from.segment, n)) {
		look_at(h, n, &s, &seat);
		hash = hash64_of(&s, sizeof(s)) | 1;
		if (!is_all && hash == h->shown[n])
			continue;
		if (!is_all)
			h->shown[n] = hash;
		put(&j, n, &s, &seat);
		told++;
	}
	for (n = 1; n <= PORTS_CHANNEL_MAX && !is_all; n++) {
		if (h->shown[n] == 0 || statseg_next(h->from.segment, n - 1) ==
		    n)
			continue;
		h->shown[n] = 0;
		put_gone(&j, n);
		told++;
	}
	json_end(&j, ']');
	fputs("\n\n", j.f);
	if (fclose(j.f) != 0 || (told == 0 && !is_all)) {
		free(text);
		return NULL;
	}
	return http_body_new(text, len);
}

/* All channels, made once for those who come together. */
static struct http_body *
all_channels(struct http *h, int64_t now_ns)
{
	struct http_kept *k = &h->all;

	if (k->body == NULL || now_ns - k->made_ns > FRESH_NS) {
		http_body_put(k->body);
		k->body = make_event(h, 1);
		k->made_ns = now_ns;
	}
	return k->body != NULL ? http_body_get(k->body) : NULL;
}

void
http_events_join(struct http *h, struct http_conn *c,
    const struct http_request *r)
{
	struct http_answer a = { .status = 200, .length = -1,
	    .type = "text/event-stream", .is_private = 1 };

	http_head(c, &a, clock_real_ns());
	if (r->method == HTTP_HEAD)
		return;
	c->body = all_channels(h, clock_mono_ns());
	c->body_sent = 0;
	c->state = HTTP_EVENTS;
	c->next = h->followers;
	h->followers = c;
	/* If it is gone already the next tick finds that. */
	http_push(c, clock_mono_ns());
}

void
http_events_leave(struct http *h, struct http_conn *c)
{
	struct http_conn **at = &h->followers;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
}

/* Give it the next event; who has not taken the last one whole gets, when he
 * has, all instead of what he has missed. */
static int
tell(struct http *h, struct http_conn *c, struct http_body *news,
    int64_t now_ns)
{
	int ret = http_push(c, now_ns);

	if (ret == -1)
		return -1;
	if (ret == 0) {
		c->has_missed |= news != NULL;
		return 0;
	}
	if (news == NULL && !c->has_missed &&
	    now_ns - c->since_ns < HEARTBEAT_NS)
		return 0;
	http_body_put(c->body);
	c->body_sent = 0;
	if (c->has_missed)
		c->body = all_channels(h, now_ns);
	else if (news != NULL)
		c->body = http_body_get(news);
	else
		c->body = http_body_new(strdup(":\n\n"), 3);
	c->has_missed = 0;
	return http_push(c, now_ns) == -1 ? -1 : 0;
}

void
http_events_tick(struct http *h, int64_t now_ns)
{
	struct http_conn *c, *next;
	struct http_body *news;

	if (h->followers == NULL)
		return;
	news = make_event(h, 0);
	if (news != NULL) {
		/* What was kept does not have it, and will not be told. */
		http_body_put(h->all.body);
		h->all.body = NULL;
	}
	for (c = h->followers; c != NULL; c = next) {
		next = c->next;
		if (tell(h, c, news, now_ns) == -1)
			http_end(h, c);
	}
	http_body_put(news);
}
