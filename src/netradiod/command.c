/* SPDX-License-Identifier: ISC */
/*
 * A requester is a process that asked lately.  What is kept of it is small and
 * bounded: the number of its last request, so that one that is asked again is
 * not done again, and the sentence that answered it.
 */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "ipc.h"
#include "library.h"
#include "lookup.h"
#include "media.h"
#include "os/msgq.h"
#include "os/thread.h"
#include "roster.h"
#include "take.h"
#include "voice.h"
#include "wire/control.h"

#define STACK_SIZE	(128 * 1024)
#define PEERS		32
/* More than a queue holds: who sends as fast as we throw away holds nobody
 * up. */
#define DROPS_MAX	20000
#define NICE		5	/* a flood is not heard, an order not late */
/* A requester that has not asked again for so long has gone, or stands
 * still. */
#define SILENT_NS	(2 * NS_PER_S)

enum peer_state { PEER_NONE, PEER_ANSWERED, PEER_WANTS_RELOAD, PEER_RELOADING };

struct peer {
	enum peer_state state;
	uint32_t pid, seq;
	int64_t at_ns;			/* when it asked last */
	int has_mail;			/* an answer was sent since */
	enum control_status status;	/* the last answer, if it was a */
	char text[CONTROL_TEXT_MAX];	/* sentence; "": it was none */
};

struct command {
	struct ipc *ipc;		/* [c] */
	struct roster *roster;		/* [c] */
	struct voice *voice;		/* [c] */
	pthread_t thread;
	pthread_mutex_t lock;
	struct peer peers[PEERS];	/* [L] */
	int was_idle;			/* [L] no answer was out at last look */
	_Atomic uint64_t commands, bad, dropped;
};

/* What a request came to: a sentence, or an answer of its own in data. */
struct outcome {
	enum control_status status;
	char text[CONTROL_TEXT_MAX];
	uint8_t data[CONTROL_MAX];
	size_t len;			/* 0: it is the sentence */
};

/* --- answers; all under the lock --- */

/* Take back what a process has not fetched. */
static void
drop_mail(struct command *c, struct peer *p, int queue)
{
	unsigned n = 0;

	while (n++ < DROPS_MAX && msgq_drop(queue, (long)p->pid))
		c->dropped++;
	p->has_mail = 0;
}

/* Send an answer if there is room for it, with some left for requests. */
static void
send_answer(struct command *c, struct peer *p, const void *data, size_t len)
{
	int queue = ipc_queue(c->ipc);
	size_t used, room;

	if (p->has_mail)
		drop_mail(c, p, queue);
	if (msgq_fill(queue, &used, &room) == -1)
		return;
	if (used + len > room - room / 4 ||
	    msgq_send(queue, (long)p->pid, data, len) == -1)
		c->dropped++;
	else
		p->has_mail = 1;
}

static void
send_sentence(struct command *c, struct peer *p)
{
	uint8_t data[CONTROL_HEAD_SIZE + 2 + CONTROL_TEXT_MAX];
	struct wr w;

	wr_init(&w, data, sizeof(data));
	control_begin(&w, p->seq, p->status);
	control_put_text(&w, p->text, CONTROL_TEXT_MAX - 1);
	send_answer(c, p, data, wr_len(&w));
}

/* The entry of a process; a new one takes the place of the one that has been
 * silent longest. */
static struct peer *
find_peer(struct command *c, uint32_t pid)
{
	struct peer *p, *oldest = &c->peers[0];

	for (p = c->peers; p < c->peers + PEERS; p++) {
		if (p->state != PEER_NONE && p->pid == pid)
			return p;
		if (p->at_ns < oldest->at_ns)
			oldest = p;
	}
	if (oldest->state != PEER_NONE && oldest->has_mail)
		drop_mail(c, oldest, ipc_queue(c->ipc));
	memset(oldest, 0, sizeof(*oldest));
	oldest->pid = pid;
	return oldest;
}

/* --- the commands --- */

static void
say(struct outcome *out, enum control_status status, const char *text)
{
	out->status = status;
	text_copy(out->text, sizeof(out->text), text);
}

/* CH or CH/TRACK; track may be NULL.  0, or -1 with the sentence. */
static int
resolve(const struct library *l, const struct control_request *q,
    const struct channel_def **d, const struct track **t, struct outcome *out)
{
	size_t n = t != NULL ? lookup_split(l, q->what) : strlen(q->what);

	out->status = CONTROL_NOT_FOUND;
	*d = lookup_channel(l, q->what, n, out->text, sizeof(out->text));
	if (*d == NULL)
		return -1;
	if (t == NULL)
		return 0;
	if (q->what[n] == '\0') {
		say(out, CONTROL_NOT_FOUND, "CHANNEL/TRACK is needed");
		return -1;
	}
	*t = lookup_track(*d, q->what + n + 1, out->text, sizeof(out->text));
	return *t == NULL ? -1 : 0;
}

/* Whether a track waits there: something is announced, or live. */
static int
is_waiting(const struct command *c, const struct channel_def *d)
{
	struct onair_now now;

	onair_get_now(&c->ipc->segment->channel[d->number - 1], &now);
	return now.waits != 0;
}

static void
tell(struct command *c, const struct channel_def *d, enum roster_act act,
    const char *path, const char *what, struct outcome *out)
{
	int waits = is_waiting(c, d);

	if (act == ROSTER_SKIP && waits) {
		text_format(out->text, sizeof(out->text), "channel %u (%s): "
		    "what is announced or live cannot be skipped (hush ends "
		    "an announcement)", d->number, d->name);
		out->status = CONTROL_REFUSED;
		return;
	}
	if (roster_tell(c->roster, d->number, act, path) == -1) {
		text_format(out->text, sizeof(out->text), "channel %u (%s) is "
		    "off air", d->number, d->name);
		out->status = CONTROL_REFUSED;
		return;
	}
	out->status = CONTROL_OK;
	text_format(out->text, sizeof(out->text), "channel %u (%s): %s%s%s%s",
	    d->number, d->name, path != NULL ? path : "",
	    path != NULL ? " " : "", what, waits ?
	    ", when what is announced or live is over" : "");
	text_clean(out->text);
	log_notice("by command: %s", out->text);
}

static void
do_channel(struct command *c, const struct library *l,
    const struct control_request *q, struct outcome *out)
{
	const struct channel_def *d;

	if (resolve(l, q, &d, NULL, out) == -1)
		return;
	if (q->command == CONTROL_SKIP)
		tell(c, d, ROSTER_SKIP, NULL, "goes on with the next track",
		    out);
	else if (q->command == CONTROL_PAUSE)
		tell(c, d, ROSTER_PAUSE, NULL, "paused", out);
	else
		tell(c, d, ROSTER_RESUME, NULL, "plays", out);
}

static void
do_play(struct command *c, const struct library *l,
    const struct control_request *q, struct outcome *out)
{
	const struct channel_def *d;
	const struct track *t;

	if (resolve(l, q, &d, &t, out) == -1)
		return;
	if (t->problem != NULL) {
		text_format(out->text, sizeof(out->text), "%s cannot be "
		    "played: %s", t->path, t->problem);
		text_clean(out->text);
		out->status = CONTROL_REFUSED;
		return;
	}
	tell(c, d, q->now ? ROSTER_PLAY_NOW : ROSTER_PLAY_NEXT, t->path,
	    q->now ? "plays now" : "plays next", out);
}

static void
do_get(const struct library *l, const struct control_request *q,
    struct outcome *out)
{
	const struct channel_def *d;
	const struct track *t;
	struct wr w;

	if (resolve(l, q, &d, &t, out) == -1)
		return;
	wr_init(&w, out->data, sizeof(out->data));
	control_begin(&w, q->seq, CONTROL_OK);
	out->status = take_chunk(&w, l->root, d, t->path, q, out->text,
	    sizeof(out->text));
	if (out->status == CONTROL_OK)
		out->len = wr_len(&w);
}

static void
do_library(const struct library *l, uint32_t revision,
    const struct control_request *q, struct outcome *out)
{
	struct wr w;

	if (q->revision != 0 && q->revision != revision) {
		say(out, CONTROL_CHANGED, "the library was read again");
		return;
	}
	wr_init(&w, out->data, sizeof(out->data));
	control_begin(&w, q->seq, CONTROL_OK);
	take_entries(&w, l, revision, q->channel, q->track);
	out->status = CONTROL_OK;
	out->len = wr_len(&w);
}

/* The file as something that can be sent; NULL with the sentence. */
static struct media *
open_announcement(const char *path, struct outcome *out)
{
	const char *problem = NULL;
	struct media *m = NULL;
	struct stat st;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1 && (errno == EACCES || errno == EPERM))
		problem = "the server, which is another user, may not read it";
	else if (fd == -1)
		problem = strerror(errno);
	else if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		problem = "no regular file";
		close(fd);
	} else if ((m = media_open_named(fd, path, &problem)) ==
	    NULL && problem == NULL)
		problem = "cannot be played";
	if (m != NULL && (problem = media_unsendable(media_facts(m))) !=
	    NULL) {
		media_close(m);
		m = NULL;
	}
	if (m != NULL)
		return m;
	text_format(out->text, sizeof(out->text), "%s: %s", path, problem);
	text_clean(out->text);
	out->status = CONTROL_REFUSED;
	return NULL;
}

static void
do_announce(struct command *c, const struct control_request *q,
    struct outcome *out)
{
	struct media *m;
	int before;

	if (q->what[0] != '/' || c->voice == NULL) {
		say(out, CONTROL_REFUSED, c->voice == NULL ? "nothing can be "
		    "announced: the server's log says why" :
		    "the full path of a file is needed");
		return;
	}
	if ((m = open_announcement(q->what, out)) == NULL)
		return;
	if ((before = voice_say(c->voice, m, q->what)) == -1) {
		say(out, CONTROL_REFUSED, "too many announcements are waiting");
		return;
	}
	out->status = CONTROL_OK;
	if (before == 0)
		text_format(out->text, sizeof(out->text), "%s: on all channels",
		    q->what);
	else
		text_format(out->text, sizeof(out->text), "%s: on all channels"
		    " after %d other%s", q->what, before,
		    before == 1 ? "" : "s");
	text_clean(out->text);
	log_notice("by command: %s", out->text);
}

static void
do_hush(struct command *c, struct outcome *out)
{
	unsigned n = 0;

	if (c->voice != NULL && voice_hush(c->voice, &n))
		n++;
	out->status = CONTROL_OK;
	if (n == 0)
		text_format(out->text, sizeof(out->text), "nothing is "
		    "announced");
	else
		text_format(out->text, sizeof(out->text), "%u announcement%s "
		    "ended", n, n == 1 ? "" : "s");
	if (n > 0)
		log_notice("by command: %s", out->text);
}

/* Do all but a reload. */
static void
execute(struct command *c, const struct control_request *q,
    struct outcome *out)
{
	uint32_t revision;
	struct library *l = roster_library(c->roster, &revision);

	switch (q->command) {
	case CONTROL_PLAY:
		do_play(c, l, q, out);
		break;
	case CONTROL_GET:
		do_get(l, q, out);
		break;
	case CONTROL_LIBRARY:
		do_library(l, revision, q, out);
		break;
	case CONTROL_ANNOUNCE:
		do_announce(c, q, out);
		break;
	case CONTROL_HUSH:
		do_hush(c, out);
		break;
	default:
		do_channel(c, l, q, out);
	}
	library_put(l);
}

/* A request that was asked before: 1 if it needs nothing more. */
static int
is_repeated(struct command *c, struct peer *p,
    const struct control_request *q)
{
	if (p->state == PEER_NONE || p->seq != q->seq)
		return 0;
	if (p->state != PEER_ANSWERED)
		return 1;	/* the answer comes when the reload is done */
	if (p->text[0] == '\0')
		return 0;	/* to give the same bytes again does no harm */
	send_sentence(c, p);
	return 1;
}

/* Note who asks: 1 if there is something to do now. */
static int
admit(struct command *c, const struct control_request *q)
{
	struct peer *p;
	int is_new;

	pthread_mutex_lock(&c->lock);
	p = find_peer(c, q->pid);
	p->at_ns = clock_mono_ns();
	is_new = !is_repeated(c, p, q);
	if (is_new) {
		p->seq = q->seq;
		p->text[0] = '\0';
		p->state = q->command == CONTROL_RELOAD ? PEER_WANTS_RELOAD :
		    PEER_ANSWERED;
	}
	pthread_mutex_unlock(&c->lock);
	return is_new;
}

static void
answer(struct command *c, const struct control_request *q,
    const struct outcome *out)
{
	struct peer *p;

	pthread_mutex_lock(&c->lock);
	p = find_peer(c, q->pid);
	p->state = PEER_ANSWERED;
	p->seq = q->seq;
	p->at_ns = clock_mono_ns();
	if (out->len > 0)
		send_answer(c, p, out->data, out->len);
	else {
		p->status = out->status;
		text_copy(p->text, sizeof(p->text), out->text);
		send_sentence(c, p);
	}
	pthread_mutex_unlock(&c->lock);
}

static void
handle(struct command *c, const void *data, size_t len)
{
	struct control_request q;
	struct outcome out;
	int kind = control_decode(&q, data, len);

	if (kind == -1) {
		c->bad++;
		log_warnx("a message on the queue is no command");
		return;
	}
	c->commands++;
	if (kind == 1)
		q.command = CONTROL_GET;	/* nothing to wait for */
	if (!admit(c, &q))
		return;
	if (kind == 0 && q.command == CONTROL_RELOAD) {
		kill(getpid(), SIGUSR2);
		return;
	}
	out.len = 0;
	out.text[0] = '\0';
	if (kind == 0)
		execute(c, &q, &out);
	else
		say(&out, CONTROL_UNKNOWN, "this netradiod (" VERSION ") does "
		    "not know that command: use the netradioctl that came "
		    "with it");
	answer(c, &q, &out);
}

static void *
command_main(void *arg)
{
	struct command *c = arg;
	int queue = ipc_queue(c->ipc);
	uint8_t data[CONTROL_MAX];
	ssize_t n;

	thread_be_polite(NICE);
	while (queue != -1) {
		n = msgq_recv(queue, CONTROL_REQUEST, data, sizeof(data));
		if (n >= 0)
			handle(c, data, (size_t)n);
		else if (errno == EIDRM || errno == EINVAL)
			queue = ipc_renew_queue(c->ipc, queue);
		else if (errno != EINTR) {
			log_warn("cannot read the message queue: no more "
			    "commands");
			break;
		}
	}
	return NULL;
}

struct command *
command_start(struct ipc *i, struct roster *r, struct voice *v)
{
	struct command *c;
	int saved;

	if (ipc_queue(i) == -1) {
		errno = ENOMSG;
		return NULL;
	}
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return NULL;
	c->ipc = i;
	c->roster = r;
	c->voice = v;
	pthread_mutex_init(&c->lock, NULL);
	if (thread_start(&c->thread, STACK_SIZE, "command", command_main,
	    c) == -1) {
		saved = errno;
		free(c);
		errno = saved;
		return NULL;
	}
	return c;
}

int
command_stop(struct command *c, int64_t deadline_ns)
{
	if (c == NULL)
		return 0;
	ipc_close_queue(c->ipc);
	if (thread_join_until(c->thread, deadline_ns) == -1)
		return -1;
	pthread_mutex_destroy(&c->lock);
	free(c);
	return 0;
}

int
command_wants_reload(struct command *c)
{
	struct peer *p;
	int wants = 0;

	if (c == NULL)
		return 0;
	pthread_mutex_lock(&c->lock);
	for (p = c->peers; p < c->peers + PEERS; p++)
		wants |= p->state == PEER_WANTS_RELOAD;
	pthread_mutex_unlock(&c->lock);
	return wants;
}

void
command_begin_reload(struct command *c)
{
	struct peer *p;

	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	for (p = c->peers; p < c->peers + PEERS; p++)
		if (p->state == PEER_WANTS_RELOAD)
			p->state = PEER_RELOADING;
	pthread_mutex_unlock(&c->lock);
}

void
command_end_reload(struct command *c, int is_done, const char *sentence)
{
	struct peer *p;

	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	for (p = c->peers; p < c->peers + PEERS; p++) {
		if (p->state != PEER_RELOADING)
			continue;
		p->state = PEER_ANSWERED;
		p->status = is_done ? CONTROL_OK : CONTROL_REFUSED;
		text_copy(p->text, sizeof(p->text), sentence);
		send_sentence(c, p);
	}
	pthread_mutex_unlock(&c->lock);
}

static int
is_gone(const struct peer *p, int64_t now_ns)
{
	return now_ns - p->at_ns > SILENT_NS ||
	    (kill((pid_t)p->pid, 0) == -1 && errno == ESRCH);
}

void
command_look(struct command *c, int64_t now_ns)
{
	struct peer *p;
	unsigned n = 0;
	size_t used, room;
	int queue, is_idle = 1;

	if (c == NULL || (queue = ipc_queue(c->ipc)) == -1)
		return;
	pthread_mutex_lock(&c->lock);
	for (p = c->peers; p < c->peers + PEERS; p++) {
		if (p->has_mail && is_gone(p, now_ns))
			drop_mail(c, p, queue);
		is_idle &= !p->has_mail;
	}
	/* Somebody fills it with what is for nobody; an answer that goes with
	 * it is asked for again. */
	if (msgq_fill(queue, &used, &room) == 0 && used > room - room / 4)
		while (n++ < DROPS_MAX &&
		    msgq_drop_other(queue, CONTROL_REQUEST))
			c->dropped++;
	/* Nothing of ours is out, nor was: what is there is nobody's. */
	while (is_idle && c->was_idle && n++ < DROPS_MAX &&
	    msgq_drop_other(queue, CONTROL_REQUEST))
		c->dropped++;
	c->was_idle = is_idle;
	pthread_mutex_unlock(&c->lock);
}

void
command_count(struct command *c, struct statseg_daemon *d)
{
	if (c == NULL)
		return;
	d->commands = c->commands;
	d->bad_commands = c->bad;
	d->dropped_replies = c->dropped;
}
