/* SPDX-License-Identifier: ISC */
/*
 * What time brings: nothing heard, the list complete, a name found, silence,
 * the end.  Every condition is looked at every half second at the latest;
 * every sentence is said once.
 */
#include "session_private.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/num.h"
#include "listing_show.h"

#define LIST_SILENT_NS	(5 * NS_PER_S)
#define REFRESH_NS	(1 * NS_PER_S)
#define AGAIN_MIN_NS	(2 * NS_PER_S)
#define AGAIN_MAX_NS	(8 * NS_PER_S)	/* a multiple of the least */
#define RECEIVERS	(2 + REPORTER_STREAMS)
#define OUT_NS		(50 * NS_PER_MS)

/*
 * Leave and join again, with growing pauses.  Others of this host who hear the
 * same must be out of the group at the same time, or the network is not told:
 * so it happens at multiples of the pauses on a clock that all of them have,
 * but for the first time, and takes a moment.
 */
static void
rejoin(struct session *s, struct session_silence *q, struct receive **rx,
    unsigned n)
{
	unsigned i;

	if (q->join_ns != 0) {
		if (s->now_ns < q->join_ns) {
			if (q->join_ns < s->wake_ns)
				s->wake_ns = q->join_ns;
			return;
		}
		for (i = 0; i < n; i++)
			receive_refresh(rx[i]);
		q->join_ns = 0;
	}
	if (s->now_ns < q->again_ns) {
		if (q->again_ns < s->wake_ns)
			s->wake_ns = q->again_ns;
		return;
	}
	for (i = 0; i < n; i++)
		receive_leave(rx[i]);
	q->join_ns = s->now_ns + OUT_NS;
	if (q->join_ns < s->wake_ns)
		s->wake_ns = q->join_ns;
	if (q->step_ns == 0)
		q->step_ns = AGAIN_MIN_NS;
	q->again_ns = (s->now_ns / q->step_ns + 1) * q->step_ns;
	if (q->again_ns < q->join_ns + OUT_NS)
		q->again_ns += q->step_ns;
	q->step_ns = 2 * q->step_ns < AGAIN_MAX_NS ? 2 * q->step_ns :
	    AGAIN_MAX_NS;
}

/* What was left a moment ago, and is heard again all the same. */
static void
end_silence(struct session *s, struct session_silence *q,
    struct receive **rx, unsigned n)
{
	if (q->join_ns != 0) {
		q->join_ns = s->now_ns;
		q->again_ns = INT64_MAX;
		rejoin(s, q, rx, n);
	}
	memset(q, 0, sizeof(*q));
}

static void
nothing_heard(struct session *s)
{
	session_say_nothing_heard(s);
	session_end(s, EX_UNAVAILABLE, 0);
}

static void
watch_no_list(struct session *s)
{
	if (s->now_ns - s->refreshed_ns >= REFRESH_NS) {
		receive_refresh(&s->list_rx);
		if (s->has_media && !s->was_heard)
			receive_refresh(&s->media_rx);
		s->refreshed_ns = s->now_ns;
	}
	if (s->now_ns - s->opened_ns < SESSION_PATIENCE_NS)
		return;
	if (!s->was_heard)
		nothing_heard(s);
	else if (!s->list_silence.is_said) {
		s->list_silence.is_said = 1;
		session_say(s, "no program list is heard: playing without "
		    "titles");
	}
}

static void
watch_list(struct session *s)
{
	int64_t silent = listing_silent_ns(&s->listing, s->now_ns);
	struct receive *rx = &s->list_rx;

	if (silent < 0) {
		watch_no_list(s);
		return;
	}
	if (silent < LIST_SILENT_NS) {
		if (s->list_silence.is_said)
			session_say(s, "the program list is back");
		end_silence(s, &s->list_silence, &rx, 1);
		return;
	}
	if (!s->list_silence.is_said)
		session_say(s, "the program list has been silent for %d s",
		    (int)(LIST_SILENT_NS / NS_PER_S));
	s->list_silence.is_said = 1;
	rejoin(s, &s->list_silence, &rx, 1);
}

/* -l: print when all have come by. */
static void
watch_complete(struct session *s)
{
	if (!listing_is_complete(&s->listing, s->now_ns))
		return;
	if (s->o->json)
		listing_show_json(stdout, &s->listing, s->now_ns);
	else
		listing_show_table(stdout, &s->listing,
		    term_columns(STDOUT_FILENO));
	session_end(s, fflush(stdout) == 0 ? EX_OK : EX_IOERR, 0);
}

/* Nobody has said which: show what there is. */
static void
watch_choice(struct session *s)
{
	if (s->is_table_shown ||
	    !listing_is_complete(&s->listing, s->now_ns))
		return;
	s->is_table_shown = 1;
	listing_show_table(stderr, &s->listing, term_columns(STDERR_FILENO));
	session_say(s, "type a channel's number; arrow keys: the next one; "
	    "q: quit");
}

/* The channel that was asked for: its number; 0: it is not there yet, or the
 * session has ended because there is none. */
static unsigned
asked_channel(struct session *s)
{
	const struct listing_entry *c;
	int several, is_complete;
	unsigned n;

	if (!s->listing.has_server)
		return 0;
	is_complete = listing_is_complete(&s->listing, s->now_ns);
	n = listing_find(&s->listing, s->o->channel, &several);
	c = listing_get(&s->listing, n);
	/* A beginning may turn out to be another's, too. */
	if (c != NULL && (is_complete ||
	    strcmp(c->e.name, s->o->channel) == 0))
		return n;
	if (is_complete) {
		session_say_no_such(s, s->o->channel, several);
		session_end(s, EX_NOINPUT, 0);
	}
	return 0;
}

/* A name becomes a channel. */
static void
watch_name(struct session *s)
{
	unsigned n = asked_channel(s);

	if (n != 0)
		session_tune(s, n);
}

/* The list names one group; of another family the server sends to it is known
 * by its number. */
static void
name_group(const struct session *s, struct plist_entry *e)
{
	struct receive_group g = receive_group_plus(&s->o->base, e->channel,
	    e->port);
	unsigned f = addr_is_ipv6(&s->listing.source) ? RECEIVE_6 : RECEIVE_4;

	if (e->group_len > 0 && g.of[f].len > 0 &&
	    e->group_len != (f == RECEIVE_6 ? 16 : 4))
		e->group_len = (uint8_t)addr_bytes(&g.of[f], e->group);
}

/* --sdp, --m3u: tell of it. */
static void
watch_description(struct session *s)
{
	const struct listing_entry *found =
	    listing_get(&s->listing, asked_channel(s));
	struct listing_entry c;

	if (found == NULL)
		return;
	c = *found;
	name_group(s, &c.e);
	if ((s->o->task == OPTIONS_SDP ? listing_show_sdp :
	    listing_show_m3u)(stdout, &s->listing, &c) == -1) {
		session_say(s, "channel %u is not on air", c.e.channel);
		session_end(s, EX_UNAVAILABLE, 0);
	} else
		session_end(s, fflush(stdout) == 0 ? EX_OK : EX_IOERR, 0);
}

/* A number was joined unseen; the list may know better. */
static void
watch_number(struct session *s)
{
	if (s->is_confirmed || !s->listing.has_server)
		return;
	if (listing_get(&s->listing, s->channel) != NULL ||
	    session_last_ns(s) != 0) {
		s->is_confirmed = 1;
		return;
	}
	if (!listing_is_complete(&s->listing, s->now_ns))
		return;
	session_say_no_such(s, s->o->channel, 0);
	session_end(s, EX_NOINPUT, 0);
}

/* P, P+6 and the reports of both are one group. */
static unsigned
receivers(struct session *s, struct receive *rx[static RECEIVERS])
{
	unsigned n = 0;

	rx[n++] = &s->media_rx;
	if (s->second.has_rx)
		rx[n++] = &s->second.rx;
	return n + session_report_receivers(s, rx + n);
}

static void
watch_media(struct session *s)
{
	struct receive *rx[RECEIVERS];
	unsigned n = receivers(s, rx);
	char name[SESSION_NAME_MAX];
	int64_t since = s->tuned_ns, last = session_last_ns(s);

	if (last > since)
		since = last;
	if (s->now_ns - since < SESSION_PATIENCE_NS) {
		if (s->media_silence.is_said && last != 0)
			session_say(s, "%s is heard again",
			    session_channel_name(s, s->channel, name));
		if (last != 0)
			end_silence(s, &s->media_silence, rx, n);
		return;
	}
	if (!s->media_silence.is_said) {
		session_say_silent(s);
		s->shown[0] = '\0';
	}
	s->media_silence.is_said = 1;
	rejoin(s, &s->media_silence, rx, n);
}

/* While all is well nobody else needs to be heard. */
static void
watch_sources(struct session *s)
{
	struct addr from;
	uint32_t id = 0;
	int is_one;

	is_one = listing_only(&s->listing, s->now_ns, &from, &id);
	receive_only(&s->list_rx, is_one ? &from : NULL, id);
	if (!s->has_media)
		return;
	is_one = tuner_only(s->tuner, s->now_ns, &from, &id);
	receive_only(&s->media_rx, is_one ? &from : NULL, id);
}

void
session_watch_links(struct session *s)
{
	struct receive *rx[RECEIVERS];
	unsigned i, n;

	if (s->list_silence.join_ns == 0)
		receive_refresh(&s->list_rx);
	if (!s->has_media || s->media_silence.join_ns != 0)
		return;
	n = receivers(s, rx);
	for (i = 0; i < n; i++)
		receive_refresh(rx[i]);
}

static void
watch_time(struct session *s)
{
	int64_t end = s->start_ns + s->o->time_ns;

	if (s->o->time_ns == 0 || s->state == ENDING)
		return;
	if (s->now_ns < end) {
		if (end < s->wake_ns)
			s->wake_ns = end;
		return;
	}
	if (!s->was_heard && !s->listing.has_server)
		nothing_heard(s);
	else
		session_end(s, EX_OK, 1);
}

void
session_watch(struct session *s)
{
	watch_time(s);
	if (s->state != ENDING)
		watch_list(s);
	if (s->state == STARTING && s->o->task == OPTIONS_LIST)
		watch_complete(s);
	else if (s->state == STARTING && s->o->task != OPTIONS_LISTEN)
		watch_description(s);
	else if (s->state == STARTING && s->o->channel == NULL)
		watch_choice(s);
	else if (s->state == STARTING)
		watch_name(s);
	if (s->state == TUNED)
		session_second_watch(s);
	if (s->state == TUNED)
		watch_number(s);
	if (s->state == TUNED)
		watch_media(s);
	if (s->state == TUNED)
		session_report_watch(s);
	watch_sources(s);
	session_say_title(s);
}
