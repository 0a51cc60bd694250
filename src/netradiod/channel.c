/* SPDX-License-Identifier: ISC */
#include "channel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "bucket.h"
#include "elementary.h"
#include "os/thread.h"
#include "outlet.h"
#include "program.h"
#include "rtpstream.h"
#include "tape.h"
#include "wire/mpa.h"
#include "wire/ports.h"
#include "wire/rtp.h"

/* Tags of a new track are read on it; most of it is never touched. */
#define STACK_SIZE	(256 * 1024)

enum { MAIL_STOP = 1, MAIL_LIST = 2, MAIL_SHOW = 4, MAIL_SKIP = 8,
	MAIL_PAUSE = 16, MAIL_PLAY = 32, MAIL_NOW = 64 };

/* A format of P+6 that was not foreseen begins so much later: listeners have to
 * be told of it, and to join. */
#define TOLD_FLICKS	(FLICK_HZ / 5)

/* Why there is silence. */
enum silence_why { SILENCE_NONE, SILENCE_EMPTY, SILENCE_PAUSED };

/* The two streams. */
enum { P, SECOND, STREAMS };

struct channel {
	unsigned number;		/* [c] */
	struct outlet *outlet;		/* [c] */
	const _Atomic int64_t *grid_ns;	/* [c] the roster's */
	int may_hurry;			/* [c] */
	pthread_t thread;		/* [m] */
	struct mailbox mailbox;
	struct playlist *_Atomic new_list; /* taken with MAIL_LIST */
	char *_Atomic wish;		/* path, taken with MAIL_PLAY */
	_Atomic int pause;		/* looked at with MAIL_PAUSE */
	struct onair *board;		/* [c] */
	struct mailbox *news;		/* [c] */
	int has_tapes;			/* [c] */
	struct tape *_Atomic tape[STREAMS]; /* made with the first packet, and
					 * then never another */

	/* All that follows: [t]. */
	struct program program;
	struct rtpstream stream[STREAMS];
	unsigned on;			/* the stream that the program is on */
	int64_t at;			/* flicks: where it goes on */
	struct mpa_reservoir reservoir;	/* of P */
	struct frame frame;		/* taken from the program, not packed */
	enum program_event event;	/* what it is */
	int has_frame;
	struct onair_line line;
	const struct track *track;	/* that plays; NULL: silence */
	int64_t begun;			/* flicks: where it began */
	int64_t second_begun;		/* where the format of SECOND did */
	struct onair_second second;	/* as the board has it */
	int64_t duration_ms;		/* of it, as the board says */
	enum silence_why silence;	/* as the board says */
	int64_t held;			/* flicks played before the pause */
	int is_titled[STREAMS];		/* the tape has the present title */
	uint32_t taped;			/* SSRC that SECOND's tape tells of */
};

static int
is_mpa(const struct media_facts *f)
{
	return f->sound == MEDIA_MPA;
}

/* For program_ahead. */
static int
has_mpa(void *arg, const struct media_facts *f)
{
	(void)arg;
	return is_mpa(f);
}

struct other {
	uint32_t base_ssrc;
	uint32_t not;		/* SSRC; 0: any will do */
};

/* For program_ahead: of SECOND, but not with that SSRC. */
static int
has_other(void *arg, const struct media_facts *f)
{
	const struct other *o = arg;

	return !is_mpa(f) && (o->not == 0 ||
	    rtpstream_ssrc(o->base_ssrc, f) != o->not);
}

static int64_t
duration_ms(const struct track *t)
{
	int64_t flicks = t->duration;

	return flicks > 0 ? flick_to_ns(flicks) / NS_PER_MS : -1;
}

/* What plays is no track. */
static void
show_other(const struct channel *c, struct onair_now *n)
{
	const struct media_facts *f = program_facts(&c->program);
	const struct track *t;
	int64_t at;

	if ((t = program_waiting(&c->program, &at)) != NULL) {
		n->track = program_hash(t->path);
		n->waits = 1;
		n->held_ms = (int32_t)(flick_to_ns(at) / NS_PER_MS);
	}
	text_copy(n->title, sizeof(n->title), program_name(&c->program));
	memcpy(n->codec, f->codec, sizeof(n->codec));
	n->bitrate = f->bitrate;
	n->rate = f->rate;
	n->channels = f->channels;
}

/* The board says what plays. */
static void
show_now(struct channel *c)
{
	const struct track *t = c->track;
	struct onair_now n;

	/* One that was left behind, stuck in a file, and comes back: a
	 * channel of the same number may have the board by now. */
	if (mailbox_has(&c->mailbox, MAIL_STOP))
		return;
	memset(&n, 0, sizeof(n));
	n.ts = rtpstream_ts(&c->stream[P], c->begun);
	n.second_ts = rtpstream_ts(&c->stream[SECOND], c->begun);
	n.is_second = c->on == SECOND;
	n.duration_ms = -1;
	n.started = 1;
	n.silent = c->silence != SILENCE_NONE;
	n.paused = c->silence == SILENCE_PAUSED;
	n.held_ms = (int32_t)(flick_to_ns(c->held) / NS_PER_MS);
	if (t != NULL) {
		n.track = program_hash(t->path);
		text_copy(n.title, sizeof(n.title), t->title);
		text_copy(n.artist, sizeof(n.artist), t->artist);
		memcpy(n.codec, t->facts.codec, sizeof(n.codec));
		n.bitrate = t->bitrate;
		n.rate = t->facts.rate;
		n.channels = t->facts.channels;
		n.duration_ms = duration_ms(t);
	} else if (program_name(&c->program) != NULL)
		show_other(c, &n);
	c->duration_ms = n.duration_ms;
	onair_set_now(c->board, &n);
}

static void
describe(const struct channel *c, const struct media_facts *f,
    struct onair_format *o)
{
	const struct rtpstream *s = &c->stream[SECOND];

	o->type = rtpstream_type(f);
	o->ssrc = rtpstream_ssrc(s->base_ssrc, f);
	o->clock_hz = f->rate;
	o->begin_ts = rtpstream_ts(s, c->second_begun);
	o->channels = f->channels;
	memcpy(o->codec, f->codec, sizeof(o->codec));
	/* No longer one is sent (media_unsendable). */
	o->config_len = f->config_len;
	memcpy(o->config, f->config, sizeof(o->config));
}

/* Whether the board has that format of SECOND already; 0 is none. */
static int
is_told(const struct channel *c, uint32_t ssrc)
{
	return ssrc == 0 || ssrc == c->second.now.ssrc ||
	    ssrc == c->second.next.ssrc;
}

/* What SECOND carries, or will, and then. */
static void
show_second(struct channel *c)
{
	const struct media_facts *f = NULL;
	struct other other = { c->stream[SECOND].base_ssrc, 0 };
	const struct track *t;
	struct onair_second o;

	memset(&o, 0, sizeof(o));
	if (c->on == SECOND)
		f = program_facts(&c->program);
	/* Silence there is in the format that it had. */
	if (c->on == SECOND && f == NULL)
		o.now = c->second.now;
	else if ((f == NULL || is_mpa(f)) && (t = program_ahead(&c->program, 0,
	    has_other, &other)) != NULL)
		f = &t->facts;
	if (f != NULL && !is_mpa(f))
		describe(c, f, &o.now);
	if (o.now.type != 0) {
		other.not = o.now.ssrc;
		t = program_ahead(&c->program, 1, has_other, &other);
		if (t != NULL)
			describe(c, &t->facts, &o.next);
	}
	onair_set_second(c->board, &o);
	if (!is_told(c, o.now.ssrc) || !is_told(c, o.next.ssrc))
		mailbox_post(c->news, CHANNEL_NEWS);
	c->second = o;
}

/* What is on the tape. */
static void
describe_tape(struct channel *c, struct tape *t, const struct rtpstream *s)
{
	struct tape_format f;

	memset(&f, 0, sizeof(f));
	f.sound = s->pack.payload == PACK_MPA ? MEDIA_MPA :
	    s->pack.payload == PACK_AAC ? MEDIA_AAC : MEDIA_PCM;
	f.rate = s->pack.rate;
	f.channels = s->pack.align / 2;
	tape_describe(t, &f);
	c->taped = s->ssrc;
}

/* "Artist - Title", as players show it. */
static void
entitle_tape(struct channel *c, struct tape *t)
{
	char text[TAPE_TITLE_MAX];
	struct onair_now now;

	onair_get_now(c->board, &now);
	text_format(text, sizeof(text), "%s%s%s", now.artist,
	    now.artist[0] != '\0' ? " - " : "", now.title);
	tape_entitle(t, text);
}

/* What is about to be sent goes on the tape. */
static void
put_on_tape(struct channel *c, const struct rtpstream *s, int64_t now_ns)
{
	unsigned i = s == &c->stream[P] ? P : SECOND;
	struct tape *t = c->tape[i];

	if (t == NULL && (t = tape_new(s->pack.payload == PACK_L16 ?
	    TAPE_SIZE_PCM : TAPE_SIZE)) == NULL)
		return;
	if (c->tape[i] == NULL || (i == SECOND && c->taped != s->ssrc))
		describe_tape(c, t, s);
	if (!c->is_titled[i])
		entitle_tape(c, t);
	c->is_titled[i] = 1;
	elementary_put(t, s, now_ns);
	c->tape[i] = t;
}

/* With the frame that is packed next a track begins, or silence. */
static void
begin(struct channel *c)
{
	c->track = program_track(&c->program);
	switch (c->event) {
	case PROGRAM_SILENCE:
		c->silence = SILENCE_EMPTY;
		break;
	case PROGRAM_PAUSE:
		c->held = program_position(&c->program);
		c->silence = SILENCE_PAUSED;
		break;
	case PROGRAM_AGAIN:
		c->begun = c->at - program_position(&c->program);
		c->silence = SILENCE_NONE;
		break;
	default:
		c->begun = c->at - program_position(&c->program);
		c->silence = SILENCE_NONE;
		c->line.tracks++;
		if (c->track != NULL)
			log_info("channel %u: %s", c->number, c->track->path);
	}
	show_now(c);
	show_second(c);
	c->is_titled[P] = c->is_titled[SECOND] = 0;
}

/* The exact facts of a track may be found while it plays. */
static void
update_now(struct channel *c)
{
	struct onair_now n;
	int64_t ms;

	if (c->track == NULL || (ms = duration_ms(c->track)) ==
	    c->duration_ms)
		return;
	onair_get_now(c->board, &n);
	n.duration_ms = c->duration_ms = ms;
	n.bitrate = c->track->bitrate;
	onair_set_now(c->board, &n);
}

/* Take the frame into a packet of P: 1; 0: the packet is full. */
static int
pack_mpa(struct channel *c, struct frame *f)
{
	struct mpa m;
	uint8_t *copy;

	if (!rtpstream_add(&c->stream[P], f, &copy))
		return 0;
	if (mpa_decode(&m, copy) == 0 && mpa_reservoir_pass(&c->reservoir, &m,
	    copy, f->len))
		c->line.muted++;
	return 1;
}

/* Let P be silent up to at, or until its packet is full. */
static void
pack_silence(struct channel *c, int64_t at)
{
	struct rtpstream *p = &c->stream[P];
	struct frame f;

	while (rtpstream_end(p) < at && silence_frame(&p->silence, &f) == 0 &&
	    pack_mpa(c, &f))
		;
}

/* P can be silent in its format; before it had any, in that of the MPEG audio
 * that is to come.  A channel without any has nothing there. */
static void
find_silence(struct channel *c)
{
	struct silence *s = &c->stream[P].silence;
	const struct track *t;

	if (s->sound == MEDIA_OTHER &&
	    (t = program_ahead(&c->program, 0, has_mpa, NULL)) !=
	    NULL)
		silence_of(s, &t->facts);
}

/* Bring a stream to where the program goes on: 1; 0: what is packed for it
 * has to be sent before. */
static int
catch_up(struct channel *c, unsigned to)
{
	struct rtpstream *s = &c->stream[to];

	if (to == P && s->on_air)
		pack_silence(c, c->at);
	if (rtpstream_end(s) < c->at) {
		if (rtpstream_is_packed(s))
			return 0;
		rtpstream_jump(s, c->at);
	}
	c->at = rtpstream_end(s);
	return 1;
}

/* A track begins in SECOND. */
static void
use_second(struct channel *c)
{
	struct rtpstream *p = &c->stream[P], *s = &c->stream[SECOND];
	uint32_t was = s->ssrc;

	rtpstream_use(s, program_facts(&c->program));
	if (!is_told(c, s->ssrc)) {
		rtpstream_jump(s, c->at + TOLD_FLICKS);
		c->at = rtpstream_end(s);
	}
	if (c->on != SECOND || s->ssrc != was)
		c->second_begun = c->at;
	find_silence(c);
	if (!p->on_air && !rtpstream_is_packed(p))
		rtpstream_jump(p, c->at);
}

/*
 * A new track, or silence that begins or ends: the decoder's reservoir holds
 * other sound than what the next frame may reach back for.  1; 0: something
 * has to be sent before.
 */
static int
splice(struct channel *c, unsigned to)
{
	if (c->event == PROGRAM_FRAME ||
	    (c->event == PROGRAM_SILENCE && c->silence == SILENCE_EMPTY) ||
	    (c->event == PROGRAM_PAUSE && c->silence == SILENCE_PAUSED))
		return catch_up(c, to);
	/* One packet holds one format and one track's title. */
	if ((c->event == PROGRAM_TRACK || c->event == PROGRAM_AGAIN) &&
	    rtpstream_is_packed(&c->stream[to]))
		return 0;
	if (!catch_up(c, to))
		return 0;
	if ((c->event == PROGRAM_TRACK || c->event == PROGRAM_AGAIN) &&
	    to == SECOND)
		use_second(c);
	c->on = to;
	mpa_reservoir_break(&c->reservoir);
	begin(c);
	if (c->event == PROGRAM_TRACK || c->event == PROGRAM_AGAIN)
		c->event = PROGRAM_FRAME;
	/* Finding the first frame of a track goes deep. */
	thread_trim_stack();
	return 1;
}

static void
move_line(struct channel *c, int64_t now_ns, int64_t moved_ns)
{
	struct onair_now n;
	unsigned i;

	for (i = 0; i < STREAMS; i++)
		rtpstream_move(&c->stream[i], moved_ns);
	/* The track did not play meanwhile. */
	onair_get_now(c->board, &n);
	n.ts = rtpstream_ts(&c->stream[P], c->begun);
	n.second_ts = rtpstream_ts(&c->stream[SECOND], c->begun);
	onair_set_now(c->board, &n);
	if (!c->line.on_air)	/* there was nothing to send until now */
		return;
	/* The list thread says it: a stall seldom hits one channel alone. */
	c->line.stalls++;
	c->line.stall_ns = moved_ns;
	c->line.stall_at_ns = now_ns;
}

/* The first frame that there is to send: until now no time has passed. */
static void
begin_line(struct channel *c)
{
	struct bucket *p = &c->stream[P].bucket;
	int64_t now = clock_mono_ns(), moved = bucket_begin(p, now);

	bucket_follow(&c->stream[SECOND].bucket, p);
	if (moved > 0)
		move_line(c, now, moved);
}

/* Silence where the program is; a format that has none leaves it to P. */
static int
take_silence(struct channel *c)
{
	if (silence_frame(&c->stream[c->on].silence, &c->frame) == 0)
		return 1;
	find_silence(c);
	if (c->on == P ||
	    silence_frame(&c->stream[P].silence, &c->frame) == -1)
		return 0;
	c->on = P;
	return 1;
}

/* What comes next: 1; 0: there is nothing at all to send. */
static int
take_frame(struct channel *c)
{
	c->event = program_next(&c->program, clock_mono_ns(), &c->frame);
	c->line.bad_tracks = c->program.bad_tracks;
	if ((c->event == PROGRAM_SILENCE || c->event == PROGRAM_PAUSE) &&
	    !take_silence(c))
		return 0;
	if (!c->line.on_air && !rtpstream_is_packed(&c->stream[P]) &&
	    !rtpstream_is_packed(&c->stream[SECOND]))
		begin_line(c);
	c->has_frame = 1;
	/* The track before may be gone with its list; one that is paused
	 * keeps it. */
	if (c->event != PROGRAM_FRAME && c->event != PROGRAM_PAUSE)
		c->track = NULL;
	return 1;
}

/* The stream that the frame belongs to, ready for it: NULL if it cannot be. */
static struct rtpstream *
stream_of_frame(struct channel *c, unsigned *to)
{
	*to = c->on;
	if (c->event != PROGRAM_SILENCE && c->event != PROGRAM_PAUSE)
		*to = is_mpa(program_facts(&c->program)) ? P : SECOND;
	if (rtpstream_open(&c->stream[*to]) == 0)
		return &c->stream[*to];
	log_warn("channel %u: cannot send its AAC and PCM", c->number);
	return NULL;
}

/* The frame into its packet: 1; 0: something has to be sent before. */
static int
pack_frame(struct channel *c)
{
	struct rtpstream *s;
	unsigned to;
	int took;

	if ((s = stream_of_frame(c, &to)) == NULL || !splice(c, to))
		return 0;
	if (to == P && c->event == PROGRAM_FRAME)
		silence_like(&s->silence, c->frame.data, c->frame.len);
	took = to == P ? pack_mpa(c, &c->frame) :
	    rtpstream_add(s, &c->frame, NULL);
	c->at = rtpstream_end(s);
	if (took)
		c->has_frame = 0;
	return took;
}

/* Fill the packets, as far as the program is known. */
static void
fill(struct channel *c)
{
	struct rtpstream *second = &c->stream[SECOND];

	while ((c->has_frame || take_frame(c)) && pack_frame(c))
		;
	if (c->on == SECOND)
		pack_silence(c, rtpstream_end(second));
}

/* The one whose packet is due first; NULL: nothing is packed. */
static struct rtpstream *
next_stream(struct channel *c)
{
	struct rtpstream *p = &c->stream[P], *s = &c->stream[SECOND];

	if (!rtpstream_is_packed(s))
		return rtpstream_is_packed(p) ? p : NULL;
	if (!rtpstream_is_packed(p))
		return s;
	return s->bucket.spent < p->bucket.spent ? s : p;
}

/* A send that an interface refused. */
static void
count_failure(struct onair_line *l, int error)
{
	switch (error) {
	case ENOBUFS:
		l->failed_enobufs++;
		break;
	case ENETUNREACH:
		l->failed_enetunreach++;
		break;
	case ENETDOWN:
		l->failed_enetdown++;
		break;
	case EPERM:
		l->failed_eperm++;
		break;
	default:
		l->failed_other++;
	}
}

static void
send_packet(struct channel *c, const struct rtpstream *s,
    const uint8_t *packet, size_t len, int64_t late_ns)
{
	struct onair_line *l = &c->line;
	int error = 0;

	if (outlet_send(c->outlet, s->port, &s->to, packet, len, &error) > 0) {
		l->packets++;
		l->octets += len - RTP_HEADER_SIZE;
		if (s == &c->stream[SECOND]) {
			l->second.packets++;
			l->second.octets += len - RTP_HEADER_SIZE;
		}
	} else
		l->unsent++;
	if (error != 0)
		count_failure(l, error);
	l->late[counters_late_bucket(late_ns)]++;
	l->late_ns += late_ns > 0 ? (uint64_t)late_ns : 0;
}

/* Where the streams are. */
static void
update_line(struct channel *c, const struct bucket *at)
{
	const struct rtpstream *p = &c->stream[P], *s = &c->stream[SECOND];
	struct onair_line *l = &c->line;

	l->ssrc = p->ssrc;
	l->seq = p->seq;
	l->ts = rtpstream_ts(p, at->spent);
	l->second.base_ssrc = s->base_ssrc;
	l->second.ssrc = s->ssrc;
	l->second.seq = s->seq;
	l->second.ts = rtpstream_ts(s, at->spent);
	l->second.clock_hz = s->clock_hz;
	l->second.on_air = (uint32_t)s->on_air;
	l->due_ns = bucket_line_ns(at);
	l->on_air = (uint32_t)(p->on_air || s->on_air);
}

/* Send what is packed for a stream: its time has come. */
static void
send_packed(struct channel *c, struct rtpstream *s, int64_t now_ns)
{
	struct rtpstream *other = &c->stream[s == &c->stream[P] ? SECOND : P];
	int64_t late = now_ns - bucket_line_ns(&s->bucket), moved;
	const uint8_t *packet;
	size_t len;

	moved = bucket_stalled(&s->bucket, now_ns, clock_boot_ns() - now_ns);
	bucket_follow(&other->bucket, &s->bucket);
	if (moved > 0)
		move_line(c, now_ns, moved);
	if (c->has_tapes)
		put_on_tape(c, s, now_ns);
	while ((len = rtpstream_next(s, now_ns, &packet)) > 0)
		send_packet(c, s, packet, len, late);
	update_line(c, &s->bucket);
	update_now(c);
	onair_set_line(c->board, &c->line);
}

static void
take_list(struct channel *c)
{
	struct playlist *list = atomic_exchange(&c->new_list, NULL);

	/* Two that came at once are two mails and one list. */
	if (list != NULL)
		program_replace(&c->program, list);
}

/* What plays ends here, unless the next track is about to begin anyway. */
static void
skip(struct channel *c, int even_next)
{
	if (c->has_frame && c->event == PROGRAM_TRACK && !even_next)
		return;
	c->has_frame = 0;
	program_skip(&c->program);
	/* A pause goes on, and what it held is gone. */
	if (c->silence == SILENCE_PAUSED) {
		c->track = NULL;
		c->held = 0;
		show_now(c);
	}
}

static void
show(struct channel *c)
{
	/* Between two tracks the next one says it. */
	if (c->track != NULL || c->silence != SILENCE_NONE)
		show_now(c);
	show_second(c);
	onair_set_line(c->board, &c->line);
}

/* Do what others want of us. */
static void
take_mail(struct channel *c, uint32_t mail)
{
	char *path;

	if (mail & MAIL_LIST)
		take_list(c);
	if ((mail & MAIL_PLAY) && (path = atomic_exchange(&c->wish, NULL)) !=
	    NULL)
		program_play(&c->program, path);
	if (mail & (MAIL_SKIP | MAIL_NOW))
		skip(c, (mail & MAIL_NOW) != 0);
	if (mail & MAIL_PAUSE)
		program_pause(&c->program, c->pause);
	if (mail & MAIL_SHOW)
		show(c);
}

/* Prepare the next packet; when it is to leave. */
static int64_t
prepare(struct channel *c)
{
	int64_t line, now = clock_mono_ns();
	const struct rtpstream *s;

	fill(c);
	if ((s = next_stream(c)) == NULL)
		return clock_mono_ns() + PROGRAM_IDLE_NS;
	line = bucket_line_ns(&s->bucket);
	if (c->line.on_air && now <= line && clock_mono_ns() > line)
		c->line.underruns++;
	return bucket_due(&s->bucket, *c->grid_ns);
}

static void *
channel_main(void *arg)
{
	struct channel *c = arg;
	struct rtpstream *s;
	int64_t due;
	uint32_t mail;

	if (c->may_hurry)
		thread_hurry();
	for (;;) {
		due = prepare(c);
		do {
			mail = mailbox_wait(&c->mailbox, due);
			if (mail & MAIL_STOP)
				return NULL;
			take_mail(c, mail);
			s = next_stream(c);
		} while (mail != 0 && clock_mono_ns() < due && s != NULL);
		if (s != NULL)
			send_packed(c, s, clock_mono_ns());
	}
}

static int
init_streams(struct channel *c, const struct channel_options *opt)
{
	struct addr to = opt->group;
	struct bucket b;

	bucket_init(&b, opt->start_ns, clock_boot_ns() - clock_mono_ns());
	rtpstream_init(&c->stream[P], opt->outlet, &to, &b, &opt->p);
	to = addr_plus(&opt->group, 0, (uint16_t)(addr_port(&opt->group) +
	    PORTS_SECOND));
	rtpstream_init(&c->stream[SECOND], opt->outlet, &to, &b,
	    &opt->second);
	update_line(c, &b);
	onair_set_line(c->board, &c->line);
	return rtpstream_open(&c->stream[P]);
}

static void
free_streams(struct channel *c)
{
	unsigned i;

	for (i = 0; i < STREAMS; i++)
		rtpstream_done(&c->stream[i]);
}

struct channel *
channel_start(const struct channel_def *def, const struct channel_options *opt)
{
	struct channel *c;
	char name[16];
	int saved;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return NULL;
	c->number = def->number;
	c->outlet = opt->outlet;
	c->grid_ns = opt->grid_ns;
	c->may_hurry = opt->may_hurry;
	mailbox_init(&c->mailbox);
	c->board = opt->board;
	c->news = opt->news;
	c->has_tapes = opt->has_tapes;
	onair_init(c->board);
	snprintf(name, sizeof(name), "channel %u", def->number);
	if (init_streams(c, opt) == -1 ||
	    program_init(&c->program, def, opt->is_root, opt->charset) ==
	    -1)
		goto fail;
	program_listen(&c->program, opt->voice);
	program_resume(&c->program, opt->track, flick_of_ns(NS_PER_MS *
	    (int64_t)opt->position_ms));
	if (thread_start(&c->thread, STACK_SIZE, name, channel_main, c) == 0)
		return c;
fail:
	saved = errno;
	program_done(&c->program);
	free_streams(c);
	free(c);
	errno = saved;
	return NULL;
}

void
channel_replace(struct channel *c, struct playlist *list)
{
	/* One that was not taken yet is overtaken. */
	playlist_put(atomic_exchange(&c->new_list, playlist_get(list)));
	mailbox_post(&c->mailbox, MAIL_LIST);
}

void
channel_skip(struct channel *c)
{
	mailbox_post(&c->mailbox, MAIL_SKIP);
}

void
channel_pause(struct channel *c, int on)
{
	c->pause = on;
	mailbox_post(&c->mailbox, MAIL_PAUSE);
}

int
channel_play(struct channel *c, const char *path, int now)
{
	char *copy = strdup(path);

	if (copy == NULL)
		return -1;
	free(atomic_exchange(&c->wish, copy));
	if (now)
		c->pause = 0;
	mailbox_post(&c->mailbox, MAIL_PLAY | (now ? MAIL_NOW | MAIL_PAUSE :
	    0));
	return 0;
}

void
channel_show(struct channel *c)
{
	mailbox_post(&c->mailbox, MAIL_SHOW);
}

void
channel_stop(struct channel *c)
{
	mailbox_post(&c->mailbox, MAIL_STOP);
}

int
channel_join(struct channel *c, int64_t deadline_ns)
{
	return thread_join_until(c->thread, deadline_ns);
}

void
channel_free(struct channel *c)
{
	unsigned i;

	for (i = 0; i < STREAMS; i++) {
		if (c->tape[i] == NULL)
			continue;
		tape_end(c->tape[i]);
		tape_put(c->tape[i]);
	}
	free_streams(c);
	playlist_put(atomic_exchange(&c->new_list, NULL));
	free(atomic_exchange(&c->wish, NULL));
	program_done(&c->program);
	free(c);
}

struct tape *
channel_tape(struct channel *c)
{
	struct tape *t = c->tape[P];

	if (t == NULL)
		t = c->tape[SECOND];
	return t != NULL ? tape_get(t) : NULL;
}

unsigned
channel_number(const struct channel *c)
{
	return c->number;
}

const struct onair *
channel_board(const struct channel *c)
{
	return c->board;
}
