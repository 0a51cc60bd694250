/* SPDX-License-Identifier: ISC */
/*
 * Each second is planned at its beginning: the head, the entries that changed,
 * then as many others in turn as list-rate allows.  The datagrams leave evenly
 * over the first half of the second, not in one burst.
 */
#include "list.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/slot.h"
#include "announce.h"
#include "base/text.h"
#include "channel.h"
#include "command.h"
#include "config.h"
#include "ipc.h"
#include "os/thread.h"
#include "os/udp.h"
#include "outlet.h"
#include "http.h"
#include "report.h"
#include "roster.h"
#include "timeline.h"
#include "wire/plist.h"
#include "wire/ports.h"

#define STACK_SIZE	(128 * 1024)
#define RCVBUF		(64 * 1024)
#define PERIOD_NS	NS_PER_S
#define SPREAD_NS	(NS_PER_S / 2)
#define APART_MAX_NS	(20 * NS_PER_MS)
#define FAREWELL_NS	(2 * NS_PER_MS)	/* between a few of them */
#define GRAM_SIZE	1472
/* What is new on P+6 is told after so long, in which others may have news as
 * well, and in no more datagrams than that; the rest waits for its turn. */
#define NEWS_NS		(10 * NS_PER_MS)
#define NEWS_MAX	16
/* A change of an interface is seldom one alone. */
#define LINK_NS		(50 * NS_PER_MS)
/* The first list waits so long for the channels to know what they play. */
#define FIRST_NS	(100 * NS_PER_MS)

enum { MAIL_STOP = 1, MAIL_FAREWELL = 2 };

struct gram {
	size_t len;
	uint8_t data[GRAM_SIZE];
};

struct list {
	struct outlet *outlet;			/* [c] */
	struct roster *roster;			/* [c] */
	struct timeline_file *file;		/* [c] */
	struct ipc *ipc;			/* [c] */
	struct command *command;		/* [c] NULL: none are taken */
	const struct report *report;		/* [c] NULL: there is none */
	const struct http *http;		/* [c] the same */
	struct addr group;			/* [c] */
	const struct outlet_port *port;		/* [c] */
	pthread_t thread;			/* [m] */
	struct mailbox *mailbox;		/* [c] */
	_Atomic int link_changed;
	_Atomic uint64_t reloads;		/* configured anew, so often */
	_Atomic uint64_t media[SLOT_WORDS(ONAIR_TEXT_MAX)]; /* [m] writes */
	_Atomic int64_t rate_bps;		/* list-rate */
	_Atomic int sap;			/* enum announce_mode */
	_Atomic uint64_t name[SLOT_WORDS(PLIST_TEXT_MAX)]; /* [m] writes */

	/* All that follows: [t]. */
	struct plist_stamp stamp;
	uint64_t *seen;		/* by channel number: hash of its entry */
	uint32_t (*told)[2];	/* the same: SSRCs of P+6, now and next */
	int64_t news_ns;	/* when to tell what is new there; 0: nothing */
	int64_t link_ns;	/* when to look at the interfaces; 0: each
				 * second only */
	size_t count_seen;	/* channels at the last look */
	size_t cursor;		/* whose turn it is */
	size_t bytes;		/* of all entries, encoded */
	struct gram *grams;	/* the plan of this second */
	size_t ngrams, grams_max;
	struct timeline *streams;
	uint64_t stalls_seen;	/* of all channels, at the last look */
	uint64_t grams_sent;
	struct announce announce;
	int64_t second;		/* of this thread's life */
	int says_farewell;
};

int
list_find_other(const struct outlet *o, uint64_t server, struct addr *from)
{
	int64_t deadline = clock_mono_ns() + LIST_LISTEN_NS, left;
	struct addr group = outlet_group(o, 0, PORTS_LIST);
	struct outlet_port port = { { -1, -1 } };
	struct plist_stamp stamp;
	struct udp_info info;
	struct pollfd pfd;
	uint8_t data[GRAM_SIZE];
	struct rd r;
	ssize_t len;
	int found = 0;

	if ((pfd.fd = udp_receiver(&group, RCVBUF)) == -1)
		return 0;
	pfd.events = POLLIN;
	port.fd[addr_is_ipv6(&group) ? OUTLET_6 : OUTLET_4] = pfd.fd;
	outlet_join(o, &port, &group, 1);
	while (!found && (left = deadline - clock_mono_ns()) > 0) {
		if (poll(&pfd, 1, (int)(left / NS_PER_MS) + 1) <= 0)
			continue;
		if ((len = udp_recv(pfd.fd, data, sizeof(data), &info)) == -1)
			continue;
		rd_init(&r, data, (size_t)len);
		if (plist_open(&r, &stamp) == 0 && stamp.server != server) {
			*from = info.from;
			found = 1;
		}
	}
	close(pfd.fd);
	return found;
}

/* Room for the datagrams of one second at this rate. */
static void
make_room(struct list *l)
{
	size_t want = (size_t)(l->rate_bps / 8 / PLIST_ROOM) + 3;
	struct gram *grams;

	if (want <= l->grams_max)
		return;
	if ((grams = realloc(l->grams, want * sizeof(*grams))) == NULL)
		return;		/* then it goes slower */
	l->grams = grams;
	l->grams_max = want;
}

static size_t
room_of(const struct list *l)
{
	size_t room = outlet_room(l->outlet);

	return room < GRAM_SIZE ? room : GRAM_SIZE;
}

/* Encoded length of an entry in w's room; what does not fit a small MTU is
 * given up in the order of its worth. */
static size_t
put_entry(struct wr *w, struct plist_entry *e)
{
	size_t before = wr_len(w);

	if (plist_put_entry(w, e) == 0)
		return wr_len(w) - before;
	return 0;
}

static void
shorten(struct plist_entry *e, size_t room)
{
	struct wr w;
	uint8_t data[GRAM_SIZE];
	char *const texts[] = { e->note, e->description, e->artist,
	    e->title };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		wr_init(&w, data, room - PLIST_HEAD_SIZE);
		if (put_entry(&w, e) > 0)
			return;
		texts[i][0] = '\0';
	}
}

/* Which entries are not as they were: flags by index; counts bytes. */
static int
find_changes(struct list *l, size_t n, unsigned char *changed)
{
	uint8_t data[GRAM_SIZE];
	struct plist_entry e;
	struct wr w;
	uint64_t hash;
	size_t i;
	int any = n != l->count_seen;

	l->count_seen = n;
	l->bytes = 0;
	for (i = 0; i < n; i++) {
		if (roster_entry(l->roster, i, &e) == -1)
			break;
		e.position_ms = 0;	/* runs by itself */
		e.has_heard = 0;	/* as do these */
		wr_init(&w, data, sizeof(data));
		l->bytes += put_entry(&w, &e);
		hash = hash64_of(data, wr_len(&w));
		if (hash == l->seen[e.channel])
			continue;
		l->seen[e.channel] = hash;
		changed[i] = 1;
		any = 1;
	}
	return any;
}

/* Open a datagram at the end of the plan: 0, or -1 if the second is full. */
static int
next_gram(struct list *l, struct wr *w, enum plist_kind kind)
{
	if (l->ngrams == l->grams_max)
		return -1;
	wr_init(w, l->grams[l->ngrams].data, room_of(l));
	l->stamp.kind = kind;
	plist_begin(w, &l->stamp);
	l->grams[l->ngrams++].len = wr_len(w);
	return 0;
}

static void
plan_head(struct list *l, size_t n)
{
	size_t rate = (size_t)l->rate_bps / 8;
	struct plist_head head;
	struct wr w;

	memset(&head, 0, sizeof(head));
	head.channels = (uint32_t)n;
	head.cycle_s = (uint16_t)(1 + l->bytes / (rate > 0 ? rate : 1));
	head.http_port = http_port(l->http);
	slot_read(l->name, head.name, sizeof(head.name));
	if (next_gram(l, &w, PLIST_KIND_HEAD) == 0 &&
	    plist_put_head(&w, &head) == 0)
		l->grams[0].len = wr_len(&w);
}

/* Add the i-th entry to the plan: 0, or -1 if the second is full. */
static int
plan_entry(struct list *l, struct wr *w, size_t i)
{
	struct plist_entry e;

	if (roster_entry(l->roster, i, &e) == -1)
		return 0;
	shorten(&e, room_of(l));
	if ((l->ngrams < 2 || put_entry(w, &e) == 0) &&
	    (next_gram(l, w, PLIST_KIND_ENTRIES) == -1 ||
	    put_entry(w, &e) == 0))
		return -1;
	l->grams[l->ngrams - 1].len = wr_len(w);
	return 0;
}

static void
plan(struct list *l)
{
	size_t n = roster_count(l->roster), i, done = 0;
	unsigned char *changed;
	struct wr w = { 0 };

	make_room(l);
	l->ngrams = 0;
	if ((changed = calloc(n + 1, 1)) == NULL)
		return;
	if (find_changes(l, n, changed))
		l->stamp.revision++;
	plan_head(l, n);
	for (i = 0; i < n; i++)
		if (changed[i] && plan_entry(l, &w, i) == -1)
			break;
	/* Those that found no room wait for their turn. */
	for (; done < n; done++, l->cursor++) {
		if (l->cursor >= n)
			l->cursor = 0;
		if (!changed[l->cursor] && plan_entry(l, &w, l->cursor) == -1)
			break;
	}
	free(changed);
}

static void
save_timelines(struct list *l)
{
	size_t n = roster_timelines(l->roster, l->streams,
	    TIMELINE_STREAMS_MAX);

	timeline_say(l->file, timeline_save(l->file, l->streams, n));
}

/* Streams that had to be moved: one line a second, however many. */
static void
tell_stalls(struct list *l, const struct roster_totals *t)
{
	if (t->stalls > l->stalls_seen)
		log_notice("held up by up to %lld ms: %llu streams go on from "
		    "now", (long long)(t->stalled_ns / NS_PER_MS),
		    (unsigned long long)(t->stalls - l->stalls_seen));
	l->stalls_seen = t->stalls;
}

/* The daemon's part of the statistics. */
static void
show_daemon(struct list *l, const struct roster_totals *t)
{
	struct statseg_daemon d;
	struct addr group;

	memset(&d, 0, sizeof(d));
	d.tick_ns = clock_mono_ns();
	d.server = l->stamp.server;
	d.ttl = outlet_ttl(l->outlet);
	d.by_route = (uint32_t)outlet_is_by_route(l->outlet);
	outlet_describe(l->outlet, d.interface, sizeof(d.interface));
	group = outlet_group(l->outlet, 0, 0);
	addr_format(&group, d.group);
	slot_read(l->media, d.media, sizeof(d.media));
	d.channels = t->channels;
	d.on_air = t->on_air;
	d.silent = t->silent;
	d.rate_bps = (uint64_t)t->rate_bps;
	d.files = t->files;
	d.playable = t->playable;
	d.problems = t->files - t->playable;
	d.reloads = l->reloads;
	d.lists = l->grams_sent;
	d.send_errors = outlet_errors(l->outlet);
	command_count(l->command, &d);
	report_count(l->report, &d);
	http_count(l->http, &d);
	statseg_set_daemon(l->ipc->segment, &d);
}

/* What is done once a second beside the list. */
static void
tick(struct list *l)
{
	struct roster_totals t;

	log_tick();
	save_timelines(l);
	if (ipc_look(l->ipc))
		roster_show(l->roster);
	command_look(l->command, clock_mono_ns());
	roster_totals(l->roster, &t);
	tell_stalls(l, &t);
	show_daemon(l, &t);
}

/* Whether it has something on P+6 that was not told; now it is. */
static int
is_news(struct list *l, const struct plist_entry *e)
{
	uint32_t *told = l->told[e->channel];
	uint32_t now = e->second.ssrc, next = e->next.ssrc;
	int is_new = (now != 0 && now != told[0] && now != told[1]) ||
	    (next != 0 && next != told[0] && next != told[1]);

	told[0] = now;
	told[1] = next;
	return is_new;
}

/* Send the entries whose P+6 will be another than was told, at once: who
 * listens must know it before.  In the next second they are sent once more, in
 * case this is lost. */
static void
send_news(struct list *l)
{
	size_t n = roster_count(l->roster), i, grams = 0;
	uint8_t data[GRAM_SIZE];
	struct plist_entry e;
	struct wr w;

	wr_init(&w, data, 0);
	for (i = 0; i < n && grams < NEWS_MAX; i++) {
		if (roster_entry(l->roster, i, &e) == -1)
			break;
		if (!is_news(l, &e))
			continue;
		shorten(&e, room_of(l));
		if (grams > 0 && put_entry(&w, &e) > 0)
			continue;
		if (grams++ > 0)
			outlet_send(l->outlet, l->port, &l->group, data,
			    wr_len(&w), NULL);
		wr_init(&w, data, room_of(l));
		l->stamp.kind = PLIST_KIND_ENTRIES;
		plist_begin(&w, &l->stamp);
		put_entry(&w, &e);
	}
	if (grams > 0)
		outlet_send(l->outlet, l->port, &l->group, data, wr_len(&w),
		    NULL);
	l->grams_sent += grams;
}

static void
look_at_links(struct list *l)
{
	if (outlet_refresh(l->outlet)) {
		l->link_changed = 1;
		kill(getpid(), SIGUSR2);
	}
}

static int64_t
sooner(int64_t at_ns, int64_t other_ns)
{
	return other_ns > 0 && other_ns < at_ns ? other_ns : at_ns;
}

/* Whether its time has come; it is over then. */
static int
is_due(int64_t *at_ns)
{
	if (*at_ns == 0 || clock_mono_ns() < *at_ns)
		return 0;
	*at_ns = 0;
	return 1;
}

/* Sleep until then: 0; -1: told to stop. */
static int
wait_until(struct list *l, int64_t at_ns)
{
	uint32_t mail;

	do {
		mail = mailbox_wait(l->mailbox, sooner(sooner(at_ns,
		    l->news_ns), l->link_ns));
		if (mail & MAIL_FAREWELL)
			l->says_farewell = 1;
		if (mail & MAIL_STOP)
			return -1;
		if ((mail & CHANNEL_NEWS) && l->news_ns == 0)
			l->news_ns = clock_mono_ns() + NEWS_NS;
		if ((mail & LIST_LINK) && l->link_ns == 0)
			l->link_ns = clock_mono_ns() + LINK_NS;
		if (is_due(&l->news_ns))
			send_news(l);
		if (is_due(&l->link_ns))
			look_at_links(l);
	} while (clock_mono_ns() < at_ns);
	return 0;
}

/* The distance between n datagrams that leave within half a second. */
static int64_t
apart_ns(size_t n)
{
	int64_t ns = SPREAD_NS / (int64_t)(n > 0 ? n : 1);

	return ns < APART_MAX_NS ? ns : APART_MAX_NS;
}

/* Send the plan, evenly: 0; -1 if told to stop. */
static int
send_plan(struct list *l, int64_t start_ns)
{
	int64_t apart = apart_ns(l->ngrams);
	size_t i;

	for (i = 0; i < l->ngrams; i++) {
		if (wait_until(l, start_ns + (int64_t)i * apart) == -1)
			return -1;
		outlet_send(l->outlet, l->port, &l->group, l->grams[i].data,
		    l->grams[i].len, NULL);
		l->grams_sent++;
	}
	return 0;
}

/* The announcements of this second, in its other half: 0; -1 if told to
 * stop. */
static int
send_announcements(struct list *l, int64_t start_ns)
{
	char name[PLIST_TEXT_MAX];
	int64_t apart;
	size_t i, n;

	slot_read(l->name, name, sizeof(name));
	n = announce_plan(&l->announce, (enum announce_mode)l->sap, name,
	    l->second);
	apart = apart_ns(n);
	for (i = 0; i < n; i++) {
		if (wait_until(l, start_ns + (int64_t)i * apart) == -1)
			return -1;
		announce_turn(&l->announce, l->second, i);
	}
	l->second++;
	return 0;
}

/* One second: 0; -1 if told to stop. */
static int
do_second(struct list *l, int64_t start_ns)
{
	look_at_links(l);
	plan(l);
	if (send_plan(l, start_ns) == -1)
		return -1;
	tick(l);
	return send_announcements(l, start_ns + SPREAD_NS);
}

static void *
list_main(void *arg)
{
	struct list *l = arg;
	int64_t next = clock_mono_ns() + FIRST_NS, now;

	while (wait_until(l, next) == 0 && do_second(l, next) == 0) {
		next += PERIOD_NS;
		now = clock_mono_ns();
		if (now > next + PERIOD_NS)
			next = now;	/* held up: no burst of lists */
	}
	while (l->says_farewell && announce_withdraw(&l->announce))
		mailbox_wait(l->mailbox, clock_mono_ns() + FAREWELL_NS);
	return NULL;
}

static void
list_free(struct list *l)
{
	announce_done(&l->announce);
	if (l->port != NULL)
		outlet_close(l->outlet, PORTS_LIST);
	free(l->seen);
	free(l->told);
	free(l->grams);
	free(l->streams);
	free(l);
}

void
list_configure(struct list *l, const struct config *c)
{
	char name[PLIST_TEXT_MAX] = "", media[ONAIR_TEXT_MAX] = "";

	text_copy(name, sizeof(name), c->name);
	slot_write(l->name, name, sizeof(name));
	text_copy(media, sizeof(media), c->media);
	slot_write(l->media, media, sizeof(media));
	l->rate_bps = c->list_rate;
	l->sap = c->sap;
}

struct list *
list_start(const struct config *c, struct outlet *o, struct roster *r,
    struct timeline_file *file, struct ipc *ipc, struct command *command,
    const struct report *report, const struct http *http,
    struct mailbox *mailbox)
{
	struct list *l = xcalloc(1, sizeof(*l));
	int saved;

	l->outlet = o;
	l->roster = r;
	l->file = file;
	l->ipc = ipc;
	l->command = command;
	l->report = report;
	l->http = http;
	l->group = c->group;
	l->stamp.server = file->server;
	if (getrandom(&l->stamp.startup, sizeof(l->stamp.startup), 0) == -1)
		l->stamp.startup = (uint32_t)clock_real_ns();
	l->seen = xcalloc(PORTS_CHANNEL_MAX + 1, sizeof(*l->seen));
	l->told = xcalloc(PORTS_CHANNEL_MAX + 1, sizeof(*l->told));
	l->streams = xcalloc(TIMELINE_STREAMS_MAX, sizeof(*l->streams));
	l->mailbox = mailbox;
	slot_init(l->name, SLOT_WORDS(PLIST_TEXT_MAX));
	slot_init(l->media, SLOT_WORDS(ONAIR_TEXT_MAX));
	list_configure(l, c);
	make_room(l);
	if ((l->port = outlet_open(o, PORTS_LIST)) != NULL &&
	    announce_init(&l->announce, c, o, r, file->server) == 0 &&
	    thread_start(&l->thread, STACK_SIZE, "list", list_main, l) == 0)
		return l;
	saved = errno;
	list_free(l);
	errno = saved;
	return NULL;
}

void
list_count_reload(struct list *l)
{
	l->reloads++;
}

int
list_take_link_change(struct list *l)
{
	return atomic_exchange(&l->link_changed, 0);
}

int
list_stop(struct list *l, int farewell, int64_t deadline_ns)
{
	mailbox_post(l->mailbox, farewell ? MAIL_STOP | MAIL_FAREWELL :
	    MAIL_STOP);
	if (thread_join_until(l->thread, deadline_ns) == -1)
		return -1;
	list_free(l);
	return 0;
}
