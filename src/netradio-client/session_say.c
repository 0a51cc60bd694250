/* SPDX-License-Identifier: ISC */
#include "session_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "sink.h"
#include "stats.h"

/* A track further away than this is none of this stream's. */
#define TITLE_MAX_S	3600

void
session_say(struct session *s, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	term_clear(&s->term);
	log_notice("%s", text);
}

const char *
session_channel_name(const struct session *s, unsigned channel,
    char text[static SESSION_NAME_MAX])
{
	const struct listing_entry *c = listing_get(&s->listing, channel);

	if (c != NULL && c->e.name[0] != '\0')
		text_format(text, SESSION_NAME_MAX, "channel %u (%s)",
		    channel, c->e.name);
	else
		text_format(text, SESSION_NAME_MAX, "channel %u", channel);
	return text;
}

/* Who was asked for, what is known of that, and who is there instead; "" if
 * anybody would do. */
static void
describe_server(const struct session *s, char *out, size_t size)
{
	const struct listing *l = &s->listing;
	char known[ADDR_TEXT_MAX + 16] = "", other[PLIST_TEXT_MAX + 96] = "";
	char text[ADDR_TEXT_MAX];

	out[0] = '\0';
	if (s->o->server == NULL)
		return;
	if (l->n_want == 0)
		text_format(known, sizeof(known), ", which %s",
		    s->has_no_address ? "does not resolve" :
		    "has not been resolved so far");
	else if (l->want_name != NULL)
		text_format(known, sizeof(known), " at %s",
		    addr_format(&l->want[0], text));
	if (l->unwanted.len > 0)
		text_format(other, sizeof(other), " (but from %s%s%s)",
		    l->unwanted_name, l->unwanted_name[0] != '\0' ? " at " :
		    "", addr_format(&l->unwanted, text));
	text_format(out, size, " from %.64s%s%s", s->o->server, known, other);
}

void
session_say_nothing_heard(struct session *s)
{
	char list[ADDR_TEXT_MAX], names[IFACE_MAX * (IF_NAMESIZE + 2)];
	char media[ADDR_TEXT_MAX], of_channel[160] = "", server[640];

	if (s->channel != 0)
		text_format(of_channel, sizeof(of_channel),
		    ", nothing of channel %u on %s port %u", s->channel,
		    addr_format(receive_group_name(&s->media_rx.group), media),
		    (unsigned)ports_of_channel(s->channel));
	describe_server(s, server, sizeof(server));
	term_clear(&s->term);
	log_errorx("nothing heard%s: no program list on %s port %u (%s)%s; "
	    "check that netradiod is running, in this network (packets do "
	    "not pass a router unless its TTL is raised), that no firewall "
	    "drops UDP to %s, and interface (-i) and group (-g)", server,
	    addr_format(receive_group_name(&s->list_rx.group), list),
	    (unsigned)PORTS_LIST,
	    receive_names(&s->list_rx, names, sizeof(names)), of_channel,
	    list);
}

void
session_say_no_such(struct session *s, const char *text, int several)
{
	unsigned near[LISTING_NEAR], n, i;
	char line[3 * SESSION_NAME_MAX] = "";
	const struct listing_entry *c;
	size_t len = 0;

	n = listing_nearest(&s->listing, text, near);
	for (i = 0; i < n; i++) {
		if ((c = listing_get(&s->listing, near[i])) == NULL)
			continue;
		text_format(line + len, sizeof(line) - len, "%s%u %s",
		    i > 0 ? ", " : several ? "; it may be " :
		    "; the nearest are ", near[i], c->e.name);
		len = strlen(line);
	}
	term_clear(&s->term);
	log_errorx("%s \"%.80s\"%s", several ? "more than one channel begins "
	    "with" : "no such channel:", text, n > 0 ? line :
	    "; the program list is empty");
}

void
session_say_silent(struct session *s)
{
	const struct listing_entry *c = listing_get(&s->listing, s->channel);
	char name[SESSION_NAME_MAX], group[ADDR_TEXT_MAX];

	session_channel_name(s, s->channel, name);
	if (c != NULL && (c->e.flags & PLIST_F_ON_AIR) == 0)
		session_say(s, "%s is off air%s%s; waiting for it", name,
		    c->e.note[0] != '\0' ? ": " : "", c->e.note);
	else if (listing_silent_ns(&s->listing, s->now_ns) <
	    SESSION_PATIENCE_NS && s->listing.has_server)
		session_say(s, "%s: the list is heard, but not the channel "
		    "(%s port %u): joining again; a switch or firewall may "
		    "be in the way", name, addr_format(receive_group_name(
		    &s->media_rx.group), group),
		    (unsigned)ports_of_channel(s->channel));
	else
		session_say(s, "%s: nothing is heard; waiting for the server",
		    name);
}

/* What the list tells of the channel, in one line; "" for nothing. */
static void
describe(const struct plist_entry *e, char *out, size_t size)
{
	if ((e->flags & PLIST_F_SILENT) != 0)
		text_format(out, size, "silent%s%s", e->note[0] != '\0' ?
		    ": " : "", e->note);
	else if (e->artist[0] != '\0' && e->title[0] != '\0')
		text_format(out, size, "%s - %s", e->artist, e->title);
	else
		text_format(out, size, "%s", e->title[0] != '\0' ? e->title :
		    e->artist);
}

void
session_say_title(struct session *s)
{
	const struct listing_entry *c;
	char text[sizeof(s->shown)], name[SESSION_NAME_MAX];
	uint32_t heard, clock_hz = RTP_CLOCK_MPA;
	int64_t ahead;

	if (s->state != TUNED || s->media_silence.is_said ||
	    (c = listing_get(&s->listing, s->channel)) == NULL)
		return;
	if ((c->e.flags & PLIST_F_SECOND) ?
	    !second_heard(s->second.line, &heard, &clock_hz) :
	    !tuner_heard(s->tuner, &heard))
		return;
	describe(&c->e, text, sizeof(text));
	if (text[0] == '\0' || strcmp(text, s->shown) == 0)
		return;
	ahead = rtp_ts_diff(c->e.track_ts, heard);
	if (c->e.has_track && ahead > 0 &&
	    ahead < TITLE_MAX_S * (int64_t)clock_hz) {
		ahead = s->now_ns + ahead * NS_PER_S / clock_hz + NS_PER_MS;
		if (ahead < s->wake_ns)
			s->wake_ns = ahead;
		return;
	}
	text_copy(s->shown, sizeof(s->shown), text);
	session_say(s, "%s: %s", session_channel_name(s, s->channel, name),
	    text);
}

/* From the start to the first whole frame that was written; silence before it
 * is no audio. */
static int64_t
first_audio_ns(const struct session *s)
{
	int64_t at = s->sink->first_ns > 0 ? s->sink->first_ns :
	    s->second.first_ns;

	if (at == 0 || s->sound_ns == 0)
		return -1;
	return (at > s->sound_ns ? at : s->sound_ns) - s->start_ns;
}

static int64_t
drift(const struct session *s)
{
	double ppm;

	if (!s->tuner->adapts || drift_ppm(&s->tuner->drift, &ppm) == -1)
		return STATS_PPM_UNKNOWN;
	return (int64_t)(ppm * 1000);
}

void
session_say_stats(struct session *s)
{
	const struct jitter_counts *j = &s->tuner->jitter.counts;
	const struct second *q = s->second.line;
	const struct jitter_counts *k = &q->jitter.counts;
	struct stats st = {
		.channel = s->channel != 0 ? (int64_t)s->channel : -1,
		.packets = (int64_t)(s->tuner->counts.packets +
		    q->counts.packets),
		.bytes = (int64_t)(s->tuner->counts.bytes + q->counts.bytes),
		.lost = (int64_t)(j->lost + k->lost),
		.recovered = 0,
		.duplicated = (int64_t)(j->duplicated + k->duplicated),
		.reordered = (int64_t)(j->reordered + k->reordered),
		.late = (int64_t)(j->late + k->late),
		.kernel_dropped = (int64_t)(s->dropped + s->second.dropped +
		    (s->has_media ? receive_dropped(&s->media_rx) : 0) +
		    (s->second.has_rx ? receive_dropped(&s->second.rx) :
		    0)),
		.jitter_ms = s->tuner->jitter.jitter_ns,
		.gaps = (int64_t)j->gaps,
		.first_audio_ms = first_audio_ns(s),
		.seconds = s->end_ns - s->start_ns,
		.drift_ppm = drift(s),
		.repeated = (int64_t)s->tuner->edit.repeated,
		.left_out = (int64_t)s->tuner->edit.left_out
	};
	const struct unpack_counts *u = &s->tuner->unpack.counts;
	int to_stdout = s->o->output == NULL || strcmp(s->o->output, "-") != 0;

	log_info("frames: %llu played, %llu silent, %llu muted, %llu "
	    "refused; packets: %llu damaged, %llu of others, %llu unfit",
	    (unsigned long long)u->frames, (unsigned long long)u->silent,
	    (unsigned long long)u->muted, (unsigned long long)u->refused,
	    (unsigned long long)u->damaged,
	    (unsigned long long)s->tuner->counts.foreign,
	    (unsigned long long)s->tuner->counts.unfit);
	if (s->o->time_ns == 0 && !s->o->verbose)
		return;
	stats_show(to_stdout ? stdout : stderr, &st, s->tuner->adapts,
	    s->o->json);
	fflush(stdout);
}
