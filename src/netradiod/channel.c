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
#include "os/thread.h"
#include "outlet.h"
#include "pack.h"
#include "program.h"
#include "wire/mpa.h"
#include "wire/rtp.h"

/* Tags of a new track are read on it; most of it is never touched. */
#define STACK_SIZE	(256 * 1024)

enum { MAIL_STOP = 1, MAIL_LIST = 2, MAIL_SHOW = 4, MAIL_SKIP = 8,
	MAIL_PAUSE = 16, MAIL_PLAY = 32, MAIL_NOW = 64 };

/* Why there is silence. */
enum silence { SILENCE_NONE, SILENCE_EMPTY, SILENCE_PAUSED };

struct channel {
	unsigned number;		/* [c] */
	struct outlet *outlet;		/* [c] */
	struct addr group;		/* [c] */
	const _Atomic int64_t *grid_ns;	/* [c] the roster's */
	int fd;				/* [c] socket, the outlet's */
	int may_hurry;			/* [c] */
	pthread_t thread;		/* [m] */
	struct mailbox mailbox;
	struct playlist *_Atomic new_list; /* taken with MAIL_LIST */
	char *_Atomic wish;		/* path, taken with MAIL_PLAY */
	_Atomic int pause;		/* looked at with MAIL_PAUSE */
	struct onair *board;		/* [c] */

	/* All that follows: [t]. */
	struct program program;
	struct bucket bucket;
	struct pack pack;
	struct mpa_reservoir reservoir;
	struct frame frame;		/* taken from the program, not packed */
	enum program_event event;	/* what it is */
	int has_frame;
	uint32_t ts_origin;		/* RTP timestamp of flick 0 */
	int moved;			/* set the marker: the line has moved */
	struct onair_line line;
	const struct track *track;	/* that plays; NULL: silence */
	uint32_t now_ts;		/* where it began */
	int64_t duration_ms;		/* of it, as the board says */
	enum silence silence;		/* as the board says */
	uint32_t held;			/* ticks played before the pause */
};

/* RTP timestamp of a point so many flicks after the bucket's origin. */
static uint32_t
ts_at(const struct channel *c, int64_t flicks)
{
	return c->ts_origin + (uint32_t)flick_to_ticks(flicks);
}

static int64_t
duration_ms(const struct track *t)
{
	int64_t flicks = t->duration;

	return flicks > 0 ? flick_to_ns(flicks) / NS_PER_MS : -1;
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
	n.ts = c->now_ts;
	n.duration_ms = -1;
	n.started = 1;
	n.silent = c->silence != SILENCE_NONE;
	n.paused = c->silence == SILENCE_PAUSED;
	n.held_ms = (int32_t)(c->held / 90);
	if (t != NULL) {
		text_copy(n.title, sizeof(n.title), t->title);
		text_copy(n.artist, sizeof(n.artist), t->artist);
		memcpy(n.codec, t->facts.codec, sizeof(n.codec));
		n.bitrate = t->bitrate;
		n.rate = t->facts.rate;
		n.channels = t->facts.channels;
		n.duration_ms = duration_ms(t);
	}
	c->duration_ms = n.duration_ms;
	onair_set_now(c->board, &n);
}

/* With the frame that is packed next a track begins, or silence. */
static void
begin(struct channel *c)
{
	uint32_t here = ts_at(c, c->bucket.spent + c->pack.flicks);

	c->track = program_track(&c->program);
	switch (c->event) {
	case PROGRAM_SILENCE:
		c->silence = SILENCE_EMPTY;
		break;
	case PROGRAM_PAUSE:
		if (c->silence == SILENCE_NONE)
			c->held = here - c->now_ts;
		c->silence = SILENCE_PAUSED;
		break;
	case PROGRAM_AGAIN:
		c->now_ts = here - c->held;
		c->silence = SILENCE_NONE;
		break;
	default:
		c->now_ts = here;
		c->silence = SILENCE_NONE;
		c->line.tracks++;
		if (c->track != NULL)
			log_info("channel %u: %s", c->number, c->track->path);
	}
	show_now(c);
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

/* Take the frame into the packet: 1; 0: the packet is full. */
static int
pack_frame(struct channel *c, size_t payload_max)
{
	struct mpa m;
	uint8_t *copy;

	copy = pack_add(&c->pack, &c->frame, payload_max);
	if (copy == NULL)
		return 0;
	if (mpa_decode(&m, copy) == 0 && mpa_reservoir_pass(&c->reservoir, &m,
	    copy, c->frame.len))
		c->line.muted++;
	return 1;
}

/* A new track, or silence that begins or ends: the decoder's reservoir holds
 * other sound than what the next frame may reach back for. */
static void
splice(struct channel *c)
{
	if (c->event == PROGRAM_FRAME ||
	    (c->event == PROGRAM_SILENCE && c->silence == SILENCE_EMPTY) ||
	    (c->event == PROGRAM_PAUSE && c->silence == SILENCE_PAUSED))
		return;
	mpa_reservoir_break(&c->reservoir);
	begin(c);
	/* Finding the first frame of a track goes deep. */
	thread_trim_stack();
}

static size_t
payload_max(const struct channel *c)
{
	size_t room = outlet_room(c->outlet) - RTP_HEADER_SIZE;

	return room < PACK_PAYLOAD_MAX ? room : PACK_PAYLOAD_MAX;
}

/* Fill the packet: 1; 0: there is nothing at all to send. */
static int
fill(struct channel *c)
{
	size_t max = payload_max(c);

	for (;;) {
		if (!c->has_frame) {
			c->event = program_next(&c->program, clock_mono_ns(),
			    &c->frame);
			c->line.bad_tracks = c->program.bad_tracks;
			if (c->event == PROGRAM_NOTHING)
				return c->pack.len > 0;
			c->has_frame = 1;
			/* The track before may be gone with its list; one
			 * that is paused keeps it. */
			if (c->event != PROGRAM_FRAME &&
			    c->event != PROGRAM_PAUSE)
				c->track = NULL;
		}
		/* One packet holds one format and one track's title. */
		if ((c->event == PROGRAM_TRACK || c->event ==
		    PROGRAM_AGAIN) && c->pack.len > 0)
			return 1;
		splice(c);
		/* Empty and yet full: no memory for a long frame. */
		if (!pack_frame(c, max))
			return c->pack.len > 0;
		c->has_frame = 0;
	}
}

static void
move_line(struct channel *c, int64_t now_ns, int64_t moved_ns)
{
	uint32_t ticks = (uint32_t)(moved_ns / NS_PER_S * 90000 +
	    moved_ns % NS_PER_S * 90000 / NS_PER_S);
	struct onair_now n;

	c->ts_origin += ticks;
	/* The track did not play meanwhile. */
	c->now_ts += ticks;
	onair_get_now(c->board, &n);
	n.ts = c->now_ts;
	onair_set_now(c->board, &n);
	c->line.seq = (uint16_t)(c->line.seq + 1);
	c->moved = 1;
	if (!c->line.on_air)	/* there was nothing to send until now */
		return;
	/* The list thread says it: a stall seldom hits one channel alone. */
	c->line.stalls++;
	c->line.stall_ns = moved_ns;
	c->line.stall_at_ns = now_ns;
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
send_packet(struct channel *c, const uint8_t *packet, size_t len,
    int64_t late_ns)
{
	struct onair_line *l = &c->line;
	int error = 0;

	if (outlet_send(c->outlet, c->fd, &c->group, packet, len,
	    &error) > 0) {
		l->packets++;
		l->octets += len - RTP_HEADER_SIZE;
	} else
		l->unsent++;
	if (error != 0)
		count_failure(l, error);
	l->late[counters_late_bucket(late_ns)]++;
	l->late_ns += late_ns > 0 ? (uint64_t)late_ns : 0;
}

/* Send what is packed: its time has come. */
static void
send_packed(struct channel *c, int64_t now_ns)
{
	const uint8_t *packet;
	int64_t moved, flicks = c->pack.flicks;
	int64_t late = now_ns - bucket_line_ns(&c->bucket);
	struct rtp h = { .type = RTP_PT_MPA, .ssrc = c->line.ssrc };
	size_t len, max = payload_max(c);

	moved = bucket_stalled(&c->bucket, now_ns, clock_boot_ns() - now_ns);
	if (moved > 0)
		move_line(c, now_ns, moved);
	h.ts = ts_at(c, c->bucket.spent);
	h.marker = c->moved;
	h.seq = (uint16_t)c->line.seq;
	while ((len = pack_next(&c->pack, &h, max, &packet)) > 0) {
		send_packet(c, packet, len, late);
		h.seq++;
		h.marker = 0;
	}
	c->moved = 0;
	bucket_take(&c->bucket, now_ns, flicks);
	c->line.seq = h.seq;
	c->line.ts = ts_at(c, c->bucket.spent);
	c->line.due_ns = bucket_line_ns(&c->bucket);
	c->line.on_air = 1;
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

	if (!fill(c))
		return clock_mono_ns() + PROGRAM_LOOK_NS;
	line = bucket_line_ns(&c->bucket);
	if (c->line.on_air && now <= line && clock_mono_ns() > line)
		c->line.underruns++;
	return bucket_due(&c->bucket, *c->grid_ns);
}

static void *
channel_main(void *arg)
{
	struct channel *c = arg;
	int64_t due, now;
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
		} while (mail != 0 && clock_mono_ns() < due &&
		    c->pack.len > 0);
		now = clock_mono_ns();
		if (c->pack.len > 0)
			send_packed(c, now);
	}
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
	c->group = opt->group;
	c->grid_ns = opt->grid_ns;
	c->may_hurry = opt->may_hurry;
	c->ts_origin = opt->ts;
	c->line.ssrc = opt->ssrc;
	c->line.seq = opt->seq;
	c->line.ts = opt->ts;
	c->line.due_ns = opt->start_ns;
	c->moved = 1;
	mailbox_init(&c->mailbox);
	c->board = opt->board;
	onair_init(c->board);
	onair_set_line(c->board, &c->line);
	bucket_init(&c->bucket, opt->start_ns,
	    clock_boot_ns() - clock_mono_ns());
	snprintf(name, sizeof(name), "channel %u", def->number);
	c->fd = -1;
	if (pack_init(&c->pack) == -1 ||
	    program_init(&c->program, def, opt->is_root, opt->charset) ==
	    -1 ||
	    (c->fd = outlet_open(c->outlet, addr_port(&c->group))) == -1 ||
	    thread_start(&c->thread, STACK_SIZE, name, channel_main, c) ==
	    -1) {
		saved = errno;
		if (c->fd != -1)
			outlet_close(c->outlet, addr_port(&c->group));
		program_done(&c->program);
		pack_done(&c->pack);
		free(c);
		errno = saved;
		return NULL;
	}
	return c;
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
	outlet_close(c->outlet, addr_port(&c->group));
	playlist_put(atomic_exchange(&c->new_list, NULL));
	free(atomic_exchange(&c->wish, NULL));
	program_done(&c->program);
	pack_done(&c->pack);
	free(c);
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
