/* SPDX-License-Identifier: ISC */
/*
 * The channel's other format: its socket, its line and its decoder, beside
 * those of P.  A decoder plays P without a break, silence included, so nothing
 * has to be begun when the track there is back; what goes into one file takes
 * turns (session.c leaves P's silence out while this is on).
 */
#include "session_private.h"

#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "decoders.h"
#include "player.h"
#include "sink.h"
#include "wire/ports.h"

#define DATAGRAM_MAX	2048
#define READ_MAX	1024	/* datagrams a turn */

static void
free_sink(struct sink **k)
{
	if (*k != NULL)
		(*k)->ops->free(*k);
	*k = NULL;
}

/* What plays may play out. */
static void
retire(struct session *s, int drain)
{
	struct session_second *q = &s->second;

	if (q->sink == NULL)
		return;
	free_sink(&q->old);
	q->old = q->sink;
	q->sink = NULL;
	q->old->ops->finish(q->old, drain, s->now_ns);
}

static void
hire(struct session *s, const struct plist_second *format)
{
	enum decoders_sound sound = decoders_sound_of(format);
	struct session_second *q = &s->second;
	const char *command = s->o->decoder_of[sound];
	int code;

	if (q->is_hopeless[sound])
		return;
	if (command == NULL && (command = decoders_find(sound)) == NULL) {
		session_say(s, "nothing is installed that plays %s: install "
		    "%s, or name a program with -d %s=COMMAND",
		    decoders_name(sound), decoders_packages(sound),
		    sound == DECODERS_AAC ? "aac" : "pcm");
		q->is_hopeless[sound] = 1;
		return;
	}
	if ((q->sink = player_new(command, q->lead_ns, &code)) == NULL ||
	    q->sink->ops->open(q->sink, s->now_ns) == -1) {
		q->is_hopeless[sound] = 1;
		free_sink(&q->sink);
	}
}

/* Where it goes: the file, or its own decoder; NULL: nowhere. */
static struct sink *
taker(const struct session *s)
{
	return s->o->output != NULL ? s->sink : s->second.sink;
}

/* From the line. */
static int
on_data(void *arg, const uint8_t *data, size_t len, int64_t play_ns)
{
	struct session *s = arg;
	struct sink *k = taker(s);

	if (k == NULL || k->ops->put(k, data, len, play_ns, s->now_ns) == -1)
		return -1;
	if (s->sound_ns == 0)
		s->sound_ns = s->now_ns;
	if (s->second.first_ns == 0)
		s->second.first_ns = s->now_ns;
	return 0;
}

static void
on_turn(void *arg, const struct plist_second *format)
{
	uint8_t header[SECOND_WAV_HEADER];
	struct session *s = arg;
	struct sink *k;

	retire(s, 1);
	if (format == NULL)
		return;
	log_info("%s, %u Hz", format->codec, (unsigned)format->clock_hz);
	if (s->o->output == NULL)
		hire(s, format);
	if ((k = taker(s)) == NULL ||
	    decoders_sound_of(format) != DECODERS_PCM)
		return;
	second_wav_header(format, header);
	k->ops->put(k, header, sizeof(header), 0, s->now_ns);
}

void
session_second_init(struct session *s, int64_t hold_ns, int64_t lead_ns)
{
	struct session_second *q = &s->second;

	q->lead_ns = lead_ns;
	q->line = xmalloc(sizeof(*q->line));
	second_init(q->line, hold_ns, lead_ns, on_data, on_turn, s);
}

static void
close_rx(struct session_second *q)
{
	if (!q->has_rx)
		return;
	q->dropped += receive_dropped(&q->rx);
	receive_close(&q->rx);
	q->has_rx = 0;
}

void
session_second_tune(struct session *s)
{
	struct session_second *q = &s->second;

	second_reset(q->line);
	free_sink(&q->sink);
	free_sink(&q->old);
	close_rx(q);
	q->is_failed = 0;
}

void
session_second_watch(struct session *s)
{
	const struct listing_entry *c = listing_get(&s->listing, s->channel);
	struct session_second *q = &s->second;
	struct receive_group group;
	struct addr from;

	if (c == NULL || !s->listing.has_server)
		return;
	second_describe(q->line, &c->e.second);
	second_describe(q->line, &c->e.next);
	if (q->has_rx) {
		from = addr_plus(&s->listing.source, 0, 0);
		receive_only(&q->rx, &from, 0);
		return;
	}
	if (c->e.second.port == 0 || q->is_failed)
		return;
	group = receive_group_plus(&s->o->base, s->channel,
	    c->e.second.port);
	if (receive_open(&q->rx, &group, &s->o->where,
	    RECEIVE_HEARS_HOST) == -1) {
		log_warn("cannot listen to the channel's port %u: its AAC "
		    "and PCM are not heard", (unsigned)c->e.second.port);
		q->is_failed = 1;
	} else
		q->has_rx = 1;
}

unsigned
session_second_poll(struct session *s, struct pollfd *pfd)
{
	struct session_second *q = &s->second;
	unsigned n = 0;

	if (q->has_rx && s->state == TUNED)
		n += receive_poll(&q->rx, pfd);
	if (q->sink != NULL)
		n += q->sink->ops->poll(q->sink, pfd + n, &s->wake_ns);
	if (q->old != NULL)
		n += q->old->ops->poll(q->old, pfd + n, &s->wake_ns);
	return n;
}

void
session_second_read(struct session *s)
{
	struct session_second *q = &s->second;
	uint8_t data[DATAGRAM_MAX];
	struct udp_info info;
	ssize_t n;
	int i;

	if (!q->has_rx)
		return;
	for (i = 0; i < READ_MAX && (n = receive_get(&q->rx, data,
	    sizeof(data), &info)) != -1; i++) {
		/* Whom the list names, and nobody else. */
		if (s->listing.has_server &&
		    addr_is_same_host(&s->listing.source, &info.from))
			second_take(q->line, data, (size_t)n,
			    clock_mono_ns());
	}
	if (q->line->last_ns != 0)
		s->was_heard = 1;
}

void
session_second_play(struct session *s)
{
	int64_t wake;

	second_play(s->second.line, s->now_ns, &wake);
	if (wake < s->wake_ns)
		s->wake_ns = wake;
}

int
session_second_serve(struct session *s)
{
	struct session_second *q = &s->second;

	/* Without it the radio goes on; why was said. */
	if (q->sink != NULL && q->sink->ops->serve(q->sink, s->now_ns) == -1)
		free_sink(&q->sink);
	if (q->old != NULL && (q->old->ops->serve(q->old, s->now_ns) == -1 ||
	    q->old->is_done))
		free_sink(&q->old);
	return q->sink != NULL || q->old != NULL;
}

void
session_second_finish(struct session *s, int drain)
{
	retire(s, drain);
}

void
session_second_close(struct session *s)
{
	struct session_second *q = &s->second;

	free_sink(&q->sink);
	free_sink(&q->old);
	close_rx(q);
	free(q->line);
	q->line = NULL;
}
