/* SPDX-License-Identifier: ISC */
/*
 * The lock guards the array of seats and what a seat points to against the
 * list thread; only main changes it.  Starting and stopping channels (which
 * may take a while) happens outside.
 */
#include "roster.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "bucket.h"
#include "budget.h"
#include "channel.h"
#include "config.h"
#include "library.h"
#include "os/thread.h"
#include "outlet.h"
#include "rtpstream.h"
#include "timeline.h"
#include "wire/ports.h"
#include "wire/rtp.h"
#include "wire/statseg.h"

/* Channels start spread over the time that a packet plays, so that they do
 * not all send at the same moment; the golden section spreads any number of
 * them evenly. */
#define SPREAD_NS	(78 * NS_PER_MS)
/* The last packet of a run that ended just now plays so long: with the first
 * one behind it the timestamps never go back. */
#define AHEAD_NS	(80 * NS_PER_MS)
#define GOLDEN		UINT64_C(2654435769)	/* 2^32 / golden ratio */
/* From so many channels on they share a grid of deadlines: up to 1 ms early,
 * for two thirds of the cost. */
#define GRID_FROM	256
/* A stall of less long ago is news. */
#define RECENT_NS	(2 * NS_PER_S)
/* So long may a channel take to end when it is removed. */
#define STOP_NS		(500 * NS_PER_MS)

struct seat {
	const struct channel_def *def;	/* in the library of the roster */
	struct channel *channel;	/* NULL: off air */
	struct addr group;
	char note[64];			/* why it is off air */
	uint64_t dir;			/* hash of def->base */
	uint8_t flags;			/* PLIST_F_* that its tracks make */
};

struct roster {
	const struct config *config;	/* [m] */
	struct outlet *outlet;		/* [c] */
	struct timeline_file *file;	/* [L] streams of channels that ended */
	struct statseg *segment;	/* [c] boards by channel number */
	pthread_mutex_t lock;
	_Atomic int64_t grid_ns;	/* [m] */
	_Atomic int counts;		/* listeners are counted (rtcp) */
	int may_hurry;			/* [c] */
	struct voice *voice;		/* [c] */
	struct mailbox *news;		/* [c] */
	struct library *library;	/* [L] */
	uint32_t revision;		/* [L] of the library: 1, 2, ... */
	size_t n;			/* [L] */
	struct seat *seats;		/* [L] by number */
	int64_t rate_bps;		/* [L] */
	size_t stuck;			/* [m] channels that would not end */
};

struct roster *
roster_new(const struct config *c, struct outlet *o,
    struct timeline_file *file, struct statseg *segment, struct voice *voice,
    struct mailbox *news)
{
	struct roster *r = xcalloc(1, sizeof(*r));

	r->config = c;
	r->counts = c->rtcp;
	r->outlet = o;
	r->file = file;
	r->voice = voice;
	r->news = news;
	r->may_hurry = thread_may_hurry();
	if (!r->may_hurry)
		log_notice("no real-time priority (see RLIMIT_RTPRIO in "
		    "netradiod(8)): a busy machine may be heard");
	r->segment = segment;
	pthread_mutex_init(&r->lock, NULL);
	return r;
}

static int
is_root(const struct channel_def *d)
{
	return d->base[0] == '\0';
}

/* Where a stream begins, so long from now: where the file says it was, or
 * anew. */
static struct timeline
resume(const struct roster *r, const struct channel_def *d, unsigned kind,
    int64_t ahead_ns, struct rtpstream_start *start)
{
	uint32_t random[3] = { 1, 2, 3 };
	struct timeline t;

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		random[0] = (uint32_t)clock_real_ns();
	memset(&t, 0, sizeof(t));
	timeline_resume(timeline_find(r->file, d->number, kind),
	    r->file->boot_id, clock_boot_ns() + ahead_ns,
	    clock_real_ns() + ahead_ns, random, &t);
	start->ssrc = t.ssrc;
	start->seq = t.seq;
	start->ts = t.ts;
	start->clock_hz = t.clock_hz;
	return t;
}

static void
seat_start(struct roster *r, struct seat *s)
{
	struct channel_options opt;
	struct timeline t;
	int64_t ahead;

	/* Spread by its number. */
	ahead = AHEAD_NS + (int64_t)((s->def->number * GOLDEN & UINT32_MAX) *
	    (uint64_t)SPREAD_NS >> 32);
	memset(&opt, 0, sizeof(opt));
	opt.outlet = r->outlet;
	opt.group = s->group;
	opt.charset = r->config->charset;
	opt.is_root = is_root(s->def);
	opt.grid_ns = &r->grid_ns;
	opt.may_hurry = r->may_hurry;
	opt.voice = r->voice;
	opt.news = r->news;
	opt.has_tapes = r->config->has_http;
	opt.board = &r->segment->channel[s->def->number - 1];
	opt.start_ns = clock_mono_ns() + ahead;
	t = resume(r, s->def, TIMELINE_P, ahead, &opt.p);
	opt.track = t.track;
	opt.position_ms = t.position_ms;
	resume(r, s->def, TIMELINE_SECOND, ahead, &opt.second);
	s->channel = channel_start(s->def, &opt);
	if (s->channel == NULL) {
		log_warn("channel %u (%s) stays off air", s->def->number,
		    s->def->name);
		text_format(s->note, sizeof(s->note), "off air: %s",
		    strerror(errno));
	}
}

struct clocks {
	int64_t to_boot, to_real;	/* what to add to CLOCK_MONOTONIC */
};

static struct clocks
read_clocks(void)
{
	int64_t mono = clock_mono_ns();
	struct clocks k;

	k.to_boot = clock_boot_ns() - mono;
	k.to_real = clock_real_ns() - mono;
	return k;
}

/* Where the seat's streams are: how many there are of them. */
static size_t
seat_timelines(const struct roster *r, const struct seat *s,
    const struct clocks *k, int exact, struct timeline out[static 2])
{
	struct onair_line line;
	struct onair_now now;
	struct timeline *t = &out[TIMELINE_P];

	onair_get_now(channel_board(s->channel), &now);
	onair_get_line(channel_board(s->channel), &line);
	memset(t, 0, sizeof(*t));
	t->channel = (uint16_t)s->def->number;
	t->kind = TIMELINE_P;
	t->dir = s->dir;
	t->exact = exact;
	t->ssrc = line.ssrc;
	t->seq = (uint16_t)line.seq;
	t->ts = line.ts;
	t->clock_hz = RTP_CLOCK_MPA;
	t->boot_id = r->file->boot_id;
	t->track = now.track;
	t->position_ms = now.waits ? (uint32_t)now.held_ms :
	    onair_position_ms(&now, &line, line.due_ns);
	t->boot_ns = line.due_ns + k->to_boot;
	t->real_ns = line.due_ns + k->to_real;
	if (!line.second.on_air)
		return 1;
	out[TIMELINE_SECOND] = *t;
	t = &out[TIMELINE_SECOND];
	t->kind = TIMELINE_SECOND;
	t->ssrc = line.second.base_ssrc;
	t->seq = (uint16_t)line.second.seq;
	t->ts = line.second.ts;
	t->clock_hz = line.second.clock_hz;
	return 2;
}

/* Wait for a channel to end and remember where it was: 0, or -1: stuck. */
static int
seat_end(struct roster *r, struct seat *s, int64_t deadline_ns)
{
	struct clocks k = read_clocks();
	struct timeline t[2];
	int ended = channel_join(s->channel, deadline_ns) == 0;
	size_t i, n = seat_timelines(r, s, &k, ended, t);

	pthread_mutex_lock(&r->lock);
	for (i = 0; i < n; i++)
		timeline_keep(r->file, &t[i]);
	pthread_mutex_unlock(&r->lock);
	if (ended)
		channel_free(s->channel);
	return ended ? 0 : -1;
}

/* The seat of that number, or NULL. */
static struct seat *
seat_of_number(const struct roster *r, unsigned number)
{
	size_t low = 0, high = r->n, mid;

	/* Seats stand by number. */
	while (low < high) {
		mid = low + (high - low) / 2;
		if (r->seats[mid].def->number == number)
			return &r->seats[mid];
		if (r->seats[mid].def->number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* The seat that the same directory has under the same number, or NULL. */
static struct seat *
find_seat(const struct roster *r, const struct channel_def *d)
{
	struct seat *s = seat_of_number(r, d->number);

	return s != NULL && s->channel != NULL &&
	    strcmp(s->def->dir, d->dir) == 0 ? s : NULL;
}

/* What can be said of all tracks of a list. */
static uint8_t
flags_of(const struct playlist *p)
{
	const struct media_facts *f, *second = NULL;
	uint8_t flags = PLIST_F_FIXED;
	size_t i;

	for (i = 0; i < p->ntracks; i++) {
		f = &p->tracks[i].facts;
		if (p->tracks[i].problem != NULL)
			continue;
		if (f->sound == MEDIA_MPA)
			flags |= PLIST_F_MPA;
		else if (second == NULL)
			second = f;
		else if (rtpstream_type(f) != rtpstream_type(second) ||
		    rtpstream_ssrc(0, f) != rtpstream_ssrc(0, second))
			flags &= (uint8_t)~PLIST_F_FIXED;
	}
	return second != NULL ? flags : flags & (uint8_t)~PLIST_F_FIXED;
}

/* Seats for the new snapshot; channels that stay move over from the old. */
static void
fill_seats(struct roster *r, struct seat *seats, const struct library *l,
    const unsigned char *on, int retagged, struct roster_change *change)
{
	const struct channel_def *d;
	struct seat *old, *s;
	size_t i;

	for (i = 0; i < l->nchannels; i++) {
		s = &seats[i];
		d = s->def = &l->channels[i];
		s->flags = flags_of(d->list);
		s->dir = hash64_of(d->base, strlen(d->base));
		s->group = addr_plus(&r->config->group, d->number,
		    ports_of_channel(d->number));
		if (!on[i]) {
			text_copy(s->note, sizeof(s->note), "off air: "
			    "the channels before it use up max-rate");
			continue;
		}
		if ((old = find_seat(r, d)) == NULL)
			continue;
		s->channel = old->channel;
		old->channel = NULL;
		if (!retagged && playlist_is_equal(old->def->list, d->list))
			change->same++;
		else {
			channel_replace(s->channel, d->list);
			change->edited++;
		}
	}
}

/* What a board says of its seat. */
static void
show_seat(const struct roster *r, const struct seat *s)
{
	struct onair_seat seat;

	memset(&seat, 0, sizeof(seat));
	seat.number = s->def->number;
	seat.is_running = s->channel != NULL;
	text_copy(seat.name, sizeof(seat.name), s->def->name);
	text_copy(seat.note, sizeof(seat.note), s->note);
	statseg_set_seat(r->segment, seat.number, &seat);
}

static void
show_all(const struct roster *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		show_seat(r, &r->seats[i]);
}

/* Boards of numbers that are no more. */
static void
hide_gone(const struct roster *r, const struct seat *old, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (seat_of_number(r, old[i].def->number) == NULL)
			statseg_set_seat(r->segment, old[i].def->number, NULL);
}

/* End what was not taken over. */
static void
stop_seats(struct roster *r, struct seat *seats, size_t n,
    struct roster_change *change)
{
	int64_t deadline = clock_mono_ns() + STOP_NS;
	size_t i;

	for (i = 0; i < n; i++)
		if (seats[i].channel != NULL)
			channel_stop(seats[i].channel);
	for (i = 0; i < n; i++) {
		if (seats[i].channel == NULL)
			continue;
		change->stopped++;
		if (seat_end(r, &seats[i], deadline) == 0)
			continue;
		r->stuck++;
		log_warnx("channel %u does not end: it is stuck in its files; "
		    "left behind", seats[i].def->number);
	}
}

int
roster_apply(struct roster *r, const struct config *c, struct library *l,
    struct roster_change *change)
{
	unsigned char *on = calloc(l->nchannels + 1, 1);
	struct seat *seats = calloc(l->nchannels + 1, sizeof(*seats));
	struct library *old_library = r->library;
	struct seat *old = r->seats, fresh;
	size_t i, n = r->n;
	int retagged = strcmp(r->config->charset, c->charset) != 0;
	int64_t rate;

	memset(change, 0, sizeof(*change));
	if (on == NULL || seats == NULL) {
		free(on);
		free(seats);
		return -1;
	}
	r->config = c;
	r->counts = c->rtcp;
	rate = budget_apply(l, budget_limit(c->max_rate,
	    outlet_speed(r->outlet), outlet_is_loopback(r->outlet)),
	    config_copies, c, on);
	pthread_mutex_lock(&r->lock);
	fill_seats(r, seats, l, on, retagged, change);
	r->library = library_get(l);
	r->revision++;
	r->seats = seats;
	r->n = l->nchannels;
	r->rate_bps = rate;
	pthread_mutex_unlock(&r->lock);
	r->grid_ns = l->nchannels >= GRID_FROM ? BUCKET_GRID_NS : 0;
	stop_seats(r, old, n, change);
	for (i = 0; i < l->nchannels; i++) {
		if (seats[i].channel != NULL || seats[i].note[0] != '\0')
			continue;
		fresh = seats[i];
		seat_start(r, &fresh);
		change->started += fresh.channel != NULL;
		pthread_mutex_lock(&r->lock);
		seats[i] = fresh;
		pthread_mutex_unlock(&r->lock);
	}
	pthread_mutex_lock(&r->lock);
	hide_gone(r, old, n);
	show_all(r);
	pthread_mutex_unlock(&r->lock);
	free(old);
	library_put(old_library);
	free(on);
	return 0;
}

size_t
roster_stop(struct roster *r, int64_t deadline_ns)
{
	struct seat *seats = r->seats;
	size_t i, n = r->n, stuck = r->stuck;

	pthread_mutex_lock(&r->lock);
	r->n = 0;		/* nobody looks at them from here on */
	pthread_mutex_unlock(&r->lock);
	for (i = 0; i < n; i++)
		if (seats[i].channel != NULL)
			channel_stop(seats[i].channel);
	for (i = 0; i < n; i++)
		if (seats[i].channel != NULL &&
		    seat_end(r, &seats[i], deadline_ns) == -1)
			stuck++;
	return stuck;
}

void
roster_free(struct roster *r)
{
	free(r->seats);
	library_put(r->library);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

struct library *
roster_library(struct roster *r, uint32_t *revision)
{
	struct library *l;

	pthread_mutex_lock(&r->lock);
	l = library_get(r->library);
	*revision = r->revision;
	pthread_mutex_unlock(&r->lock);
	return l;
}

static int
tell(struct channel *c, enum roster_act act, const char *path)
{
	switch (act) {
	case ROSTER_SKIP:
		channel_skip(c);
		return 0;
	case ROSTER_PAUSE:
	case ROSTER_RESUME:
		channel_pause(c, act == ROSTER_PAUSE);
		return 0;
	default:
		return channel_play(c, path, act == ROSTER_PLAY_NOW);
	}
}

int
roster_tell(struct roster *r, unsigned number, enum roster_act act,
    const char *path)
{
	const struct seat *s;
	int ret = -1;

	pthread_mutex_lock(&r->lock);
	s = seat_of_number(r, number);
	if (s != NULL && s->channel != NULL)
		ret = tell(s->channel, act, path);
	pthread_mutex_unlock(&r->lock);
	return ret;
}

struct tape *
roster_tape(struct roster *r, unsigned number)
{
	const struct seat *s;
	struct tape *t = NULL;

	pthread_mutex_lock(&r->lock);
	s = seat_of_number(r, number);
	if (s != NULL && s->channel != NULL)
		t = channel_tape(s->channel);
	pthread_mutex_unlock(&r->lock);
	return t;
}

void
roster_show(struct roster *r)
{
	size_t i;

	pthread_mutex_lock(&r->lock);
	show_all(r);
	for (i = 0; i < r->n; i++)
		if (r->seats[i].channel != NULL)
			channel_show(r->seats[i].channel);
	pthread_mutex_unlock(&r->lock);
}

size_t
roster_count(struct roster *r)
{
	size_t n;

	pthread_mutex_lock(&r->lock);
	n = r->n;
	pthread_mutex_unlock(&r->lock);
	return n;
}

static void
fill_format(struct plist_second *s, uint16_t port,
    const struct onair_format *f)
{
	if (f->type == 0 || f->config_len > sizeof(s->config))
		return;
	s->port = (uint16_t)(port + PORTS_SECOND);
	s->payload_type = (uint8_t)f->type;
	s->channels = (uint8_t)f->channels;
	s->ssrc = f->ssrc;
	s->clock_hz = f->clock_hz;
	s->begin_ts = f->begin_ts;
	memcpy(s->codec, f->codec, sizeof(s->codec));
	s->config_len = (uint8_t)f->config_len;
	memcpy(s->config, f->config, f->config_len);
}

/* The other format, if there is one.  One that follows it directly has to be
 * known before it comes. */
static void
fill_second(struct plist_entry *e, const struct onair *board)
{
	struct onair_second o;

	onair_get_second(board, &o);
	fill_format(&e->second, e->port, &o.now);
	fill_format(&e->next, e->port, &o.next);
}

static void
fill_audience(struct plist_entry *e, const struct onair *board)
{
	struct onair_audience a;

	onair_get_audience(board, &a);
	e->listeners = (int64_t)a.listeners;
	if (a.listeners == 0)
		return;
	e->has_heard = 1;
	e->loss_median = (uint16_t)a.loss_median;
	e->loss_worst = (uint16_t)a.loss_worst;
	e->jitter_median_ms = (uint16_t)a.jitter_median_ms;
	e->jitter_worst_ms = (uint16_t)a.jitter_worst_ms;
}

static void
fill_playing(struct plist_entry *e, const struct seat *s)
{
	const struct onair *board = channel_board(s->channel);
	struct onair_line line;
	struct onair_now now;

	onair_get_now(board, &now);
	onair_get_line(board, &line);
	if (line.on_air || now.started)
		e->flags |= PLIST_F_ON_AIR;
	e->ssrc = line.ssrc;
	fill_second(e, board);
	fill_audience(e, board);
	if (now.is_second)
		e->flags |= PLIST_F_SECOND;
	if (now.silent || !now.started) {
		e->flags |= PLIST_F_SILENT;
		text_copy(e->note, sizeof(e->note), now.paused ? "paused" :
		    now.title[0] != '\0' ? "waiting for live sound" :
		    "nothing to play");
		return;
	}
	text_copy(e->codec, sizeof(e->codec), now.codec);
	e->bitrate = now.bitrate;
	e->sample_rate = now.rate;
	e->channels = (uint8_t)now.channels;
	text_copy(e->title, sizeof(e->title), now.title);
	text_copy(e->artist, sizeof(e->artist), now.artist);
	e->has_track = 1;
	e->track_ts = now.is_second ? now.second_ts : now.ts;
	e->position_ms = onair_position_ms(&now, &line, clock_mono_ns());
	e->duration_ms = now.duration_ms;
}

int
roster_entry(struct roster *r, size_t i, struct plist_entry *e)
{
	const struct seat *s;
	struct addr group;

	memset(e, 0, sizeof(*e));
	e->duration_ms = e->listeners = -1;
	pthread_mutex_lock(&r->lock);
	if (i >= r->n) {
		pthread_mutex_unlock(&r->lock);
		return -1;
	}
	s = &r->seats[i];
	e->channel = (uint16_t)s->def->number;
	text_copy(e->name, sizeof(e->name), s->def->name);
	text_copy(e->description, sizeof(e->description),
	    s->def->description);
	text_copy(e->note, sizeof(e->note), s->note);
	group = outlet_group(r->outlet, s->def->number,
	    addr_port(&s->group));
	e->group_len = (uint8_t)addr_bytes(&group, e->group);
	e->port = addr_port(&group);
	e->payload_type = RTP_PT_MPA;
	e->flags = s->flags;
	if (s->channel != NULL)
		fill_playing(e, s);
	if (!r->counts)
		e->listeners = -1;
	pthread_mutex_unlock(&r->lock);
	return 0;
}

unsigned
roster_former_number(struct roster *r, const char *base)
{
	unsigned number;

	pthread_mutex_lock(&r->lock);
	number = timeline_number(r->file, base);
	pthread_mutex_unlock(&r->lock);
	return number;
}

/* Whether a running channel tells of that stream itself. */
static int
is_claimed(const struct roster *r, const struct timeline *t)
{
	const struct seat *s = seat_of_number(r, t->channel);
	struct onair_line line;

	if (s == NULL || s->channel == NULL)
		return 0;
	if (t->kind == TIMELINE_P)
		return 1;
	onair_get_line(channel_board(s->channel), &line);
	return line.second.on_air != 0;
}

size_t
roster_timelines(struct roster *r, struct timeline *out, size_t max)
{
	struct clocks k = read_clocks();
	size_t i, n = 0;

	pthread_mutex_lock(&r->lock);
	for (i = 0; i < r->n && n + 2 <= max; i++)
		if (r->seats[i].channel != NULL)
			n += seat_timelines(r, &r->seats[i], &k, 0, &out[n]);
	for (i = 0; i < r->file->n && n < max; i++)
		if (!is_claimed(r, &r->file->streams[i]))
			out[n++] = r->file->streams[i];
	pthread_mutex_unlock(&r->lock);
	return n;
}

void
roster_totals(struct roster *r, struct roster_totals *t)
{
	int64_t recent = clock_mono_ns() - RECENT_NS;
	struct onair_line line;
	struct onair_now now;
	size_t i;

	memset(t, 0, sizeof(*t));
	pthread_mutex_lock(&r->lock);
	t->channels = r->n;
	t->rate_bps = r->rate_bps;
	for (i = 0; i < r->n; i++) {
		t->files += r->seats[i].def->list->ntracks;
		t->playable += r->seats[i].def->list->nplayable;
		if (r->seats[i].channel == NULL)
			continue;
		onair_get_line(channel_board(r->seats[i].channel), &line);
		onair_get_now(channel_board(r->seats[i].channel), &now);
		if (t->on_air++ == 0)
			t->first = r->seats[i].def->number;
		t->last = r->seats[i].def->number;
		t->silent += now.silent != 0;
		t->packets += line.packets;
		t->octets += line.octets;
		t->unsent += line.unsent;
		t->stalls += line.stalls;
		if (line.stall_at_ns > recent &&
		    line.stall_ns > t->stalled_ns)
			t->stalled_ns = line.stall_ns;
		t->muted += line.muted;
		t->bad_tracks += line.bad_tracks;
	}
	pthread_mutex_unlock(&r->lock);
}

void
roster_log(struct roster *r)
{
	struct onair_line line;
	struct onair_now now;
	size_t i;

	pthread_mutex_lock(&r->lock);
	for (i = 0; i < r->n; i++) {
		if (r->seats[i].channel == NULL) {
			log_notice("channel %u (%s): %s",
			    r->seats[i].def->number, r->seats[i].def->name,
			    r->seats[i].note);
			continue;
		}
		onair_get_line(channel_board(r->seats[i].channel), &line);
		onair_get_now(channel_board(r->seats[i].channel), &now);
		log_notice("channel %u (%s): %llu packets, %llu octets, "
		    "%llu unsent, %llu stalls, %llu tracks, %llu bad; now: %s",
		    r->seats[i].def->number, r->seats[i].def->name,
		    (unsigned long long)line.packets,
		    (unsigned long long)line.octets,
		    (unsigned long long)line.unsent,
		    (unsigned long long)line.stalls,
		    (unsigned long long)line.tracks,
		    (unsigned long long)line.bad_tracks,
		    now.silent ? "silence" : now.title);
	}
	pthread_mutex_unlock(&r->lock);
}
