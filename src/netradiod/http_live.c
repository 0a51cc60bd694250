/* SPDX-License-Identifier: ISC */
/*
 * Live over TCP: all listeners of a channel are served together, a few times a
 * second, from the tape that its thread writes.  Nobody is waited for: what a
 * socket does not take it gets next time, and who is behind by more than there
 * is on the tape is moved to where the others are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "elementary.h"
#include "http_inside.h"
#include "library.h"
#include "os/tcp.h"
#include "roster.h"
#include "tape.h"
#include "wire/statseg.h"

#define ROOM		(32 * 1024)	/* in a socket; the kernel doubles it */
#define BURST_NS	(2 * NS_PER_S)	/* of sound, at once, to begin with */
#define STUCK_NS	(30 * NS_PER_S)	/* without taking anything */
#define META_STEP	16		/* a title's length is told in these */
#define META_BITS	16		/* bit/s by this: half a second */
#define METAINT_MIN	512
#define METAINT_MAX	16384
#define METAINT		8192		/* while a bit rate is not known */

static struct relay *
find(const struct http *h, unsigned number)
{
	struct relay *r;

	for (r = h->relays; r != NULL; r = r->next)
		if (r->number == number)
			return r;
	return NULL;
}

unsigned
http_live_count(const struct http *h, unsigned number)
{
	const struct relay *r = find(h, number);

	return r != NULL ? r->n : 0;
}

/* The relay of that channel, made if need be; NULL: it is off air, or memory
 * is out. */
static struct relay *
open_relay(struct http *h, unsigned number)
{
	struct relay *r = find(h, number);

	if (r != NULL)
		return r;
	if ((r = calloc(1, sizeof(*r))) == NULL)
		return NULL;
	r->number = number;
	if ((r->tape = roster_tape(h->from.roster, number)) == NULL) {
		free(r);
		return NULL;
	}
	tape_format(r->tape, &r->format);
	r->next = h->relays;
	h->relays = r;
	return r;
}

static void
close_relay(struct http *h, struct relay *r)
{
	struct relay **at = &h->relays;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	tape_put(r->tape);
	free(r);
}

static const char *
type_of(const struct tape_format *f)
{
	switch (f->sound) {
	case MEDIA_AAC:
		return "audio/aac";
	case MEDIA_PCM:
		return "audio/wav";
	default:
		return "audio/mpeg";
	}
}

static unsigned
metaint_of(const struct http *h, unsigned number)
{
	struct onair_now now;
	unsigned n;

	onair_get_now(&h->from.segment->channel[number - 1], &now);
	n = now.bitrate > 0 ? now.bitrate / META_BITS : METAINT;
	n = n < METAINT_MIN ? METAINT_MIN : n;
	return n > METAINT_MAX ? METAINT_MAX : n;
}

/* A name as a header's value can have it. */
static void
header_text(char *out, size_t size, const char *text)
{
	text_copy(out, size, text);
	text_clean(out);
}

/* Lines of the head that a player of such streams knows. */
static void
describe(const struct http_conn *c, const char *name, char *out, size_t size)
{
	char clean[128];
	size_t n;

	header_text(clean, sizeof(clean), name);
	text_format(out, size, "icy-name: %s\r\n", clean);
	n = strlen(out);
	if (c->metaint > 0)
		text_format(out + n, size - n, "icy-metaint: %u\r\n",
		    c->metaint);
}

/* PCM begins with the head of a WAV file. */
static void
put_wav_head(struct http_conn *c, const struct tape_format *f)
{
	elementary_wav_head(f->rate, f->channels,
	    (uint8_t *)c->head + c->head_len);
	c->head_len += ELEMENTARY_WAV_HEAD;
}

void
http_live_join(struct http *h, struct http_conn *c,
    const struct http_request *r, unsigned number, const char *name)
{
	struct http_answer a = { .status = 200, .length = -1,
	    .is_private = 1 };
	struct relay *relay = open_relay(h, number);
	const struct tape_format *f;
	char more[256], why[160];

	if (relay == NULL) {
		text_format(why, sizeof(why), "Channel %u is off air, or has "
		    "nothing to play.", number);
		http_say(c, r, 503, "Retry-After: 5\r\n", why);
		return;
	}
	f = &relay->format;
	a.type = type_of(f);
	if (r->wants_icy && f->sound != MEDIA_PCM)
		c->metaint = metaint_of(h, number);
	describe(c, name, more, sizeof(more));
	a.more = more;
	http_head(c, &a, clock_real_ns());
	if (r->method == HTTP_HEAD) {
		c->metaint = 0;
		if (relay->first == NULL)
			close_relay(h, relay);
		return;
	}
	if (f->sound == MEDIA_PCM)
		put_wav_head(c, f);
	tcp_room(c->fd, ROOM);
	c->state = HTTP_LIVE;
	c->relay = relay;
	c->next = relay->first;
	relay->first = c;
	relay->n++;
	c->at = tape_start(relay->tape, clock_mono_ns() - BURST_NS);
	c->until_meta = c->metaint;
	c->titled = 0;
	c->meta_len = c->meta_sent = 0;
	h->listeners++;
}

void
http_live_leave(struct http *h, struct http_conn *c)
{
	struct http_conn **at = &c->relay->first;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->relay->n--;
	c->next = NULL;
	c->relay = NULL;
	h->listeners--;
}

/* What a player gets between two runs of sound: the title if it is another,
 * else a byte that says there is none. */
static void
make_meta(struct http_conn *c, const struct tape_title *title)
{
	char text[HTTP_META_MAX];
	size_t n, i;

	memset(c->meta, 0, sizeof(c->meta));
	c->meta_len = 1;
	c->meta_sent = 0;
	if (title->count == c->titled || title->at > c->at)
		return;
	c->titled = title->count;
	text_format(text, sizeof(text) - sizeof("';"), "StreamTitle='%s",
	    title->text);
	/* The text ends where a quote and a semicolon stand. */
	for (i = sizeof("StreamTitle='") - 1; text[i] != '\0'; i++)
		if (text[i] == '\'' && text[i + 1] == ';')
			text[i] = ' ';
	n = strlen(text);
	memcpy(text + n, "';", sizeof("';"));
	n += 2;
	c->meta[0] = (uint8_t)((n + META_STEP - 1) / META_STEP);
	memcpy(c->meta + 1, text, n);
	c->meta_len = 1 + (size_t)META_STEP * c->meta[0];
}

/* Send a run of bytes: how many went; -1: the connection is over. */
static ssize_t
push(struct http_conn *c, const void *data, size_t n, int more,
    int64_t now_ns)
{
	ssize_t sent = tcp_send(c->fd, data, n, more);

	if (sent == -1)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
	if (sent > 0)
		c->since_ns = now_ns;
	return sent;
}

/* The head first, then a title that was begun: 1; 0: later; -1: over. */
static int
push_rest(struct http_conn *c, int64_t now_ns)
{
	ssize_t n;

	if (c->head_sent < c->head_len) {
		n = push(c, c->head + c->head_sent, c->head_len -
		    c->head_sent, 1, now_ns);
		if (n == -1)
			return -1;
		c->head_sent += (size_t)n;
		if (c->head_sent < c->head_len)
			return 0;
	}
	if (c->meta_sent < c->meta_len) {
		n = push(c, c->meta + c->meta_sent, c->meta_len -
		    c->meta_sent, 1, now_ns);
		if (n == -1)
			return -1;
		c->meta_sent += (size_t)n;
		return c->meta_sent == c->meta_len;
	}
	return 1;
}

/* All of it that the socket takes, data being what stands at from: 0; -1: the
 * connection is over. */
static int
feed(struct http_conn *c, const uint8_t *data, uint64_t from, uint64_t head,
    const struct tape_title *title, int64_t now_ns)
{
	size_t n;
	ssize_t sent;
	int ret;

	for (;;) {
		if ((ret = push_rest(c, now_ns)) != 1)
			return ret;
		if (c->at >= head)
			return 0;
		n = head - c->at;
		if (c->metaint > 0 && n > c->until_meta)
			n = c->until_meta;
		sent = push(c, data + (c->at - from), n, 0, now_ns);
		if (sent == -1)
			return -1;
		c->at += (uint64_t)sent;
		if (c->metaint > 0 && (c->until_meta -= (unsigned)sent) == 0) {
			make_meta(c, title);
			c->until_meta = c->metaint;
		} else if ((size_t)sent < n)
			return 0;
	}
}

/* The oldest place that any of them is at; who is at one that is there no more
 * goes on with the newest sound. */
static uint64_t
oldest(const struct relay *r, uint64_t head, int64_t now_ns)
{
	uint64_t first = tape_start(r->tape, 0), from = head;
	struct http_conn *c;

	for (c = r->first; c != NULL; c = c->next) {
		if (c->at < first)
			c->at = tape_start(r->tape, now_ns - BURST_NS / 2);
		if (c->at < from)
			from = c->at;
	}
	return from;
}

static void
end_all(struct http *h, struct relay *r)
{
	while (r->first != NULL)
		http_end(h, r->first);
}

/* Whether what is on the tape is what its listeners were told. */
static int
is_alike(const struct tape *t, const struct tape_format *told)
{
	struct tape_format f;

	tape_format(t, &f);
	return f.sound == told->sound && (f.sound != MEDIA_PCM ||
	    (f.rate == told->rate && f.channels == told->channels));
}

/* A channel that was started anew has another tape: it goes on there, if it is
 * of the same kind. */
static int
follow(struct http *h, struct relay *r)
{
	struct tape *t = roster_tape(h->from.roster, r->number);
	struct http_conn *c;

	if (t == NULL)
		return -1;
	if (t == r->tape || !is_alike(t, &r->format)) {
		tape_put(t);
		return -1;
	}
	tape_put(r->tape);
	r->tape = t;
	for (c = r->first; c != NULL; c = c->next) {
		c->at = tape_start(t, clock_mono_ns() - BURST_NS);
		c->titled = 0;
	}
	return 0;
}

static void
serve(struct http *h, struct relay *r, int64_t now_ns)
{
	uint64_t head = tape_head(r->tape), from = oldest(r, head, now_ns);
	struct http_conn *c, *next;
	struct tape_title title;
	ssize_t n;

	/* At most a tape's size, and what was overtaken is moved next time. */
	n = tape_read(r->tape, from, h->scratch, head - from);
	if (n == -1)
		return;
	tape_title(r->tape, &title);
	for (c = r->first; c != NULL; c = next) {
		next = c->next;
		if (feed(c, h->scratch, from, from + (uint64_t)n, &title,
		    now_ns) == -1 || now_ns - c->since_ns > STUCK_NS)
			http_end(h, c);
	}
}

void
http_live_tick(struct http *h, int64_t now_ns)
{
	struct relay *r, *next;

	for (r = h->relays; r != NULL; r = next) {
		next = r->next;
		if ((tape_is_over(r->tape) && follow(h, r) == -1) ||
		    !is_alike(r->tape, &r->format))
			end_all(h, r);
		if (r->first != NULL)
			serve(h, r, now_ns);
		if (r->first == NULL)
			close_relay(h, r);
	}
}
