/* SPDX-License-Identifier: ISC */
/*
 * A round is five seconds of a hundred slots, and each channel has its turn in
 * the slot of its number.  What a stream is and where it stands is read from
 * its board, as netradioctl does.  Everything that comes in is somebody's
 * claim: a report counts if it names a stream of ours and a packet that was
 * sent lately.
 */
#include "report.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audience.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "config.h"
#include "list.h"
#include "os/linkwatch.h"
#include "os/loop.h"
#include "os/thread.h"
#include "os/udp.h"
#include "outlet.h"
#include "wire/ports.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"
#include "wire/statseg.h"

#define STACK_SIZE	(128 * 1024)
#define RCVBUF		(32 * 1024)
#define ROUND_NS	(5 * NS_PER_S)
#define SLOTS		100
#define SLOT_NS		(ROUND_NS / SLOTS)
#define SPREAD		61		/* no divisor of SLOTS: neighbours
					 * have their turns apart */
#define BLOCKS		2048		/* of ports, shared by n, n + 2048 */
#define EARS		(BLOCKS * AUDIENCE_STREAMS)
#define LINKS_TAG	(EARS * OUTLET_FAMILIES)
#define READ_MAX	32		/* datagrams of one ear at a time */
#define DATAGRAM_MAX	2048
#define NICE		5
#define TOOL		"netradiod/" VERSION
/* A listener's highest sequence number is behind by so many packets at most,
 * of a restarted server ahead by as many as it may yet send. */
#define BEHIND_MAX	3000
#define AHEAD_MAX	100
#define SESSION_BPS	128000		/* while a track's rate is unknown */
/* So many good-byes at a time, with so much between them. */
#define FAREWELL_MAX	64
#define FAREWELL_NS	NS_PER_MS

/* The sockets on the port above a stream's. */
struct ear {
	struct outlet_port port;
	int is_open;
	int is_wanted;			/* while looking */
};

/* What was said of a stream. */
struct told {
	uint32_t ssrc;			/* 0: nothing so far */
	uint64_t packets, octets;	/* when this SSRC began */
	uint64_t last, last_octets;	/* at the last report */
};

struct report {
	struct outlet *outlet;		/* [c] */
	struct statseg *segment;	/* [c] */
	struct addr group;		/* [c] base */
	char cname[24];			/* [c] */
	pthread_t thread;		/* [m] */
	struct loop loop;
	struct mailbox *list;		/* [c] */
	int links;			/* [c] linkwatch; -1: none */
	_Atomic int is_on;		/* rtcp = yes */
	_Atomic int join;		/* enum report_join */
	_Atomic int ends, says_farewell;
	_Atomic int must_look;		/* channels have begun or ended */
	_Atomic int64_t farewell_ns;	/* by when it has to be said */
	_Atomic uint64_t reports, bad_reports, listeners;

	/* All that follows: the report thread. */
	struct audience *audience;
	int is_deaf;			/* said that there are no sockets */
	size_t channels;		/* at the last look */
	struct ear ear[EARS];
	struct told told[PORTS_CHANNEL_MAX + 1][AUDIENCE_STREAMS];
};

/* A stream as its board has it. */
struct stream {
	int is_on_air;
	uint32_t ssrc;
	uint16_t seq;			/* of the next packet */
	uint32_t ts, clock_hz;		/* at due_ns */
	int64_t due_ns;
	uint64_t packets, octets;
};

static void
look_at(const struct onair_line *l, unsigned which, struct stream *s)
{
	memset(s, 0, sizeof(*s));
	s->due_ns = l->due_ns;
	if (which == AUDIENCE_P) {
		s->is_on_air = l->on_air != 0;
		s->ssrc = l->ssrc;
		s->seq = (uint16_t)l->seq;
		s->ts = l->ts;
		s->clock_hz = RTP_CLOCK_MPA;
		s->packets = l->packets - l->second.packets;
		s->octets = l->octets - l->second.octets;
	} else if (l->second.clock_hz != 0) {
		s->is_on_air = l->second.on_air != 0;
		s->ssrc = l->second.ssrc;
		s->seq = (uint16_t)l->second.seq;
		s->ts = l->second.ts;
		s->clock_hz = l->second.clock_hz;
		s->packets = l->second.packets;
		s->octets = l->second.octets;
	}
}

static unsigned
ear_index(unsigned number, unsigned which)
{
	return (number - 1) % BLOCKS * AUDIENCE_STREAMS + which;
}

/* Where its reports go. */
static struct addr
report_addr(const struct report *r, unsigned number, unsigned which)
{
	return addr_plus(&r->group, number, (uint16_t)(1 +
	    ports_of_channel(number) +
	    (which == AUDIENCE_P ? 0 : PORTS_SECOND)));
}

/* The sockets there, or NULL.  A port that another program holds is the
 * outlet's to warn of: that of the stream will be held as well. */
static const struct outlet_port *
ear_open(struct report *r, unsigned i, uint16_t port)
{
	struct ear *e = &r->ear[i];
	unsigned f;

	if (e->is_open)
		return &e->port;
	if (outlet_open_own(r->outlet, &e->port, port) == -1) {
		if (!r->is_deaf)
			log_warn("no sockets for RTCP: some channels go "
			    "without reports");
		r->is_deaf = 1;
		return NULL;
	}
	e->is_open = 1;
	for (f = 0; f < OUTLET_FAMILIES; f++) {
		if (e->port.fd[f] == -1)
			continue;
		udp_room(e->port.fd[f], RCVBUF);
		if (loop_add(&r->loop, e->port.fd[f], OUTLET_FAMILIES * i +
		    f) == -1)
			log_warn("cannot wait for reports");
	}
	return &e->port;
}

static void
ear_close(struct ear *e)
{
	if (e->is_open)
		outlet_close_own(&e->port);
	e->is_open = 0;
}

static int
joins(const struct report *r)
{
	int join = r->join;

	return join == REPORT_JOIN_YES ||
	    (join == REPORT_JOIN_AUTO && r->channels <= REPORT_JOIN_MAX);
}

/* A sender report with its description; the stream's timestamp is that of
 * this very moment. */
static void
put_report(const struct report *r, struct wr *w, const struct stream *s,
    const struct told *t)
{
	struct rtcp_sender sender;
	int64_t since = clock_mono_ns() - s->due_ns;

	sender.ntp = rtcp_ntp(clock_real_ns());
	sender.ts = s->ts + (uint32_t)(since / NS_PER_S * s->clock_hz +
	    since % NS_PER_S * s->clock_hz / NS_PER_S);
	sender.packets = (uint32_t)(s->packets - t->packets);
	sender.octets = (uint32_t)(s->octets - t->octets);
	rtcp_put_sr(w, s->ssrc, &sender);
	rtcp_put_sdes(w, s->ssrc, r->cname, TOOL);
}

static void
say(struct report *r, unsigned number, unsigned which,
    const struct stream *s, int is_bye)
{
	struct addr to = report_addr(r, number, which);
	struct told *t = &r->told[number][which];
	uint8_t data[RTCP_MAX];
	struct wr w;
	const struct outlet_port *port = ear_open(r, ear_index(number, which),
	    addr_port(&to));

	if (port == NULL)
		return;
	if (t->ssrc != s->ssrc) {
		/* A source counts from its own beginning. */
		t->packets = t->ssrc != 0 ? t->last : 0;
		t->octets = t->ssrc != 0 ? t->last_octets : 0;
		t->ssrc = s->ssrc;
	}
	wr_init(&w, data, sizeof(data));
	put_report(r, &w, s, t);
	if (is_bye)
		rtcp_put_bye(&w, s->ssrc);
	t->last = s->packets;
	t->last_octets = s->octets;
	/* GStreamer sends its reports to the group.  To join again is no error
	 * and makes up for interfaces that came; where it fails nobody is
	 * counted who is not heard. */
	if (!is_bye)
		outlet_join(r->outlet, port, &to, joins(r));
	outlet_send(r->outlet, port, &to, data, wr_len(&w), NULL);
}

/* What flows tells of itself; P+6 does not while no such track is on. */
static void
say_of(struct report *r, unsigned number, const struct onair_line *l,
    int is_bye)
{
	const struct told *t;
	struct stream s;
	unsigned which;

	for (which = 0; which < AUDIENCE_STREAMS; which++) {
		look_at(l, which, &s);
		t = &r->told[number][which];
		if (s.is_on_air && (s.packets != t->last || s.ssrc != t->ssrc ||
		    is_bye))
			say(r, number, which, &s, is_bye);
	}
}

static int64_t
session_bps(const struct onair *board)
{
	struct onair_now now;

	onair_get_now(board, &now);
	return now.bitrate > 0 ? now.bitrate : SESSION_BPS;
}

static void
show_audience(struct report *r, unsigned number)
{
	struct onair *board = &r->segment->channel[number - 1];
	struct onair_audience a;

	memset(&a, 0, sizeof(a));
	audience_turn(r->audience, number, session_bps(board),
	    clock_mono_ns(), &a);
	onair_set_audience(board, &a);
}

static void
hide_audience(struct report *r, unsigned number)
{
	static const struct onair_audience nobody;

	audience_clear(r->audience, number);
	onair_set_audience(&r->segment->channel[number - 1], &nobody);
}

static void
turn_of(struct report *r, unsigned number)
{
	struct onair *board = &r->segment->channel[number - 1];
	struct onair_line line;

	onair_get_line(board, &line);
	if (!r->is_on || !(line.on_air || line.second.on_air)) {
		hide_audience(r, number);
		return;
	}
	say_of(r, number, &line, 0);
	show_audience(r, number);
}

/* A channel that runs has its ears, from before its first packet on; that of
 * P+6 once there is something on it. */
static void
want_ears(struct report *r, unsigned number)
{
	const struct onair *board = &r->segment->channel[number - 1];
	struct onair_seat seat;
	struct onair_line line;
	struct addr at = report_addr(r, number, AUDIENCE_P);
	unsigned i = ear_index(number, AUDIENCE_P);

	onair_get_seat(board, &seat);
	onair_get_line(board, &line);
	if (!seat.is_running)
		return;
	r->ear[i].is_wanted = 1;
	ear_open(r, i, addr_port(&at));
	if (line.second.on_air)
		r->ear[ear_index(number, AUDIENCE_SECOND)].is_wanted = 1;
}

static int
is_used(const struct report *r, unsigned number)
{
	return statseg_next(r->segment, number - 1) == number;
}

/* Channels have begun or ended: sockets follow, and listeners go with them. */
static void
look_at_channels(struct report *r)
{
	unsigned i, n;

	for (i = 0; i < EARS; i++)
		r->ear[i].is_wanted = 0;
	r->channels = 0;
	for (n = 1; n <= PORTS_CHANNEL_MAX; n++) {
		if (!is_used(r, n)) {
			audience_clear(r->audience, n);
			continue;
		}
		r->channels++;
		if (r->is_on)
			want_ears(r, n);
	}
	for (i = 0; i < EARS; i++)
		if (!r->ear[i].is_wanted)
			ear_close(&r->ear[i]);
}

static unsigned
slot_of(unsigned number)
{
	return number * SPREAD % SLOTS;
}

/* The turns of a slot: in how many slots the next ones are. */
static unsigned
do_slot(struct report *r, unsigned slot)
{
	unsigned n, after, least = SLOTS;

	for (n = statseg_next(r->segment, 0); n != 0;
	    n = statseg_next(r->segment, n)) {
		if (slot_of(n) == slot)
			turn_of(r, n);
		after = (slot_of(n) + SLOTS - slot - 1) % SLOTS + 1;
		if (after < least)
			least = after;
	}
	return least;
}

/*
 * What comes in.
 */

/* Whether that block tells of this stream as only somebody can who hears it. */
static int
is_of(const struct rtcp_block *b, const struct stream *s)
{
	int behind = rtp_seq_diff((uint16_t)(s->seq - 1),
	    (uint16_t)b->highest);

	return s->is_on_air && b->ssrc == s->ssrc && behind <= BEHIND_MAX &&
	    behind >= -AHEAD_MAX;
}

/* The channel of this ear whose stream a block tells of; 0: none. */
static unsigned
channel_of(const struct report *r, unsigned ear, const struct rtcp_block *b,
    uint32_t *clock_hz)
{
	unsigned n = ear / AUDIENCE_STREAMS + 1;
	struct onair_line line;
	struct stream s;

	for (; n <= PORTS_CHANNEL_MAX; n += BLOCKS) {
		if (!is_used(r, n))
			continue;
		onair_get_line(&r->segment->channel[n - 1], &line);
		look_at(&line, ear % AUDIENCE_STREAMS, &s);
		*clock_hz = s.clock_hz;
		if (is_of(b, &s))
			return n;
	}
	return 0;
}

static void
take_block(struct report *r, unsigned ear, const struct rtcp *p,
    const struct rtcp_block *b, const struct addr *from)
{
	struct audience_report a;
	uint32_t clock_hz;

	memset(&a, 0, sizeof(a));
	if ((a.channel = channel_of(r, ear, b, &clock_hz)) == 0) {
		r->bad_reports++;
		return;
	}
	a.stream = ear % AUDIENCE_STREAMS;
	a.from = *from;
	a.ssrc = p->ssrc;
	a.fraction = b->fraction;
	a.jitter_ms = (uint32_t)((uint64_t)b->jitter * 1000 / clock_hz);
	switch (audience_take(r->audience, &a, clock_mono_ns())) {
	case AUDIENCE_REFUSED:
		r->bad_reports++;
		return;
	case AUDIENCE_NEW:
		show_audience(r, a.channel);
		/* FALLTHROUGH */
	case AUDIENCE_KNOWN:
		r->reports++;
		break;
	}
}

static void
take_bye(struct report *r, unsigned ear, uint32_t ssrc,
    const struct addr *from)
{
	unsigned n = ear / AUDIENCE_STREAMS + 1;

	for (; n <= PORTS_CHANNEL_MAX; n += BLOCKS)
		if (audience_bye(r->audience, n, from, ssrc))
			show_audience(r, n);
}

static void
take(struct report *r, unsigned ear, const uint8_t *data, size_t len,
    const struct addr *from)
{
	struct rtcp p;
	struct rd rd;
	unsigned i;

	if (rtcp_open(&rd, data, len) == -1) {
		r->bad_reports++;
		return;
	}
	while (rtcp_next(&rd, &p)) {
		for (i = 0; i < p.nblocks; i++)
			take_block(r, ear, &p, &p.block[i], from);
		for (i = 0; i < p.nbyes; i++)
			take_bye(r, ear, p.bye[i], from);
	}
}

static void
read_ear(struct report *r, unsigned tag)
{
	unsigned i = tag / OUTLET_FAMILIES, f = tag % OUTLET_FAMILIES;
	uint8_t data[DATAGRAM_MAX];
	struct udp_info info;
	ssize_t n;
	int k;

	for (k = 0; k < READ_MAX && r->ear[i].is_open; k++) {
		n = udp_recv(r->ear[i].port.fd[f], data, sizeof(data), &info);
		if (n == -1)
			return;
		take(r, i, data, (size_t)n, &info.from);
	}
}

/*
 * The thread.
 */

static void
say_farewell(struct report *r)
{
	struct onair_line line;
	unsigned n, said = 0;
	uint32_t tag[LOOP_MAX];

	for (n = statseg_next(r->segment, 0); n != 0 &&
	    clock_mono_ns() < r->farewell_ns;
	    n = statseg_next(r->segment, n)) {
		onair_get_line(&r->segment->channel[n - 1], &line);
		say_of(r, n, &line, 1);
		if (++said % FAREWELL_MAX == 0)
			loop_wait(&r->loop, clock_mono_ns() + FAREWELL_NS,
			    tag);
	}
}

static void *
report_main(void *arg)
{
	struct report *r = arg;
	int64_t begin = clock_mono_ns(), at = begin;
	uint32_t tag[LOOP_MAX];
	unsigned slot = 0;
	int i, n;

	thread_be_polite(NICE);
	while (!r->ends) {
		n = loop_wait(&r->loop, at, tag);
		for (i = 0; i < n && !r->ends; i++)
			if (tag[i] != LINKS_TAG)
				read_ear(r, tag[i]);
			else if (linkwatch_read(r->links))
				mailbox_post(r->list, LIST_LINK);
		r->listeners = audience_total(r->audience);
		if (atomic_exchange(&r->must_look, 0))
			look_at_channels(r);
		if (clock_mono_ns() < at)
			continue;
		slot += do_slot(r, slot % SLOTS);
		at = begin + (int64_t)slot * SLOT_NS;
		if (clock_mono_ns() > at + ROUND_NS) {
			/* Held up: the line of turns begins anew. */
			begin = clock_mono_ns() - (int64_t)slot * SLOT_NS;
			at = begin + (int64_t)slot * SLOT_NS;
		}
	}
	if (r->is_on && r->says_farewell)
		say_farewell(r);
	return NULL;
}

void
report_configure(struct report *r, const struct config *c)
{
	r->is_on = c->rtcp;
	r->join = c->join;
	report_look(r);
}

void
report_look(struct report *r)
{
	if (r == NULL)
		return;
	r->must_look = 1;
	loop_wake(&r->loop);
}

/* Without it the list thread's look each second is all there is. */
static int
watch_links(struct report *r)
{
	return r->links == -1 ? 0 : loop_add(&r->loop, r->links, LINKS_TAG);
}

static void
report_free(struct report *r)
{
	unsigned i;

	for (i = 0; i < EARS; i++)
		ear_close(&r->ear[i]);
	if (r->links != -1)
		close(r->links);
	loop_done(&r->loop);
	audience_free(r->audience);
	free(r);
}

struct report *
report_start(const struct config *c, struct outlet *o,
    struct statseg *segment, uint64_t server, struct mailbox *list)
{
	struct report *r = calloc(1, sizeof(*r));
	int saved;

	if (r == NULL)
		return NULL;
	r->outlet = o;
	r->segment = segment;
	r->list = list;
	r->group = c->group;
	text_format(r->cname, sizeof(r->cname), "%016llx",
	    (unsigned long long)server);
	r->loop.fd = r->loop.wake = -1;
	r->links = linkwatch_open();
	r->is_on = c->rtcp;
	r->join = c->join;
	r->must_look = 1;
	if ((r->audience = audience_new()) != NULL &&
	    loop_init(&r->loop) == 0 && watch_links(r) == 0 &&
	    thread_start(&r->thread, STACK_SIZE, "report", report_main, r) ==
	    0)
		return r;
	saved = errno;
	report_free(r);
	errno = saved;
	return NULL;
}

void
report_count(const struct report *r, struct statseg_daemon *d)
{
	if (r == NULL)
		return;
	d->listeners = r->listeners;
	d->reports = r->reports;
	d->bad_reports = r->bad_reports;
}

int
report_stop(struct report *r, int farewell, int64_t deadline_ns)
{
	if (r == NULL)
		return 0;
	r->farewell_ns = deadline_ns;
	r->says_farewell = farewell;
	r->ends = 1;
	loop_wake(&r->loop);
	if (thread_join_until(r->thread, deadline_ns) == -1)
		return -1;
	report_free(r);
	return 0;
}
