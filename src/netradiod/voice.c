/* SPDX-License-Identifier: ISC */
#include "voice.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "os/thread.h"

#include "media.h"

#define STACK_SIZE	(128 * 1024)
#define FRAMES		512
#define BYTES		(256 * 1024)
#define SOUNDS		8	/* whose facts are kept */
/* Frames are ready so long before they are due, which is more than a channel
 * packs at once; but no more than half of the ring. */
#define LEAD_NS		(250 * NS_PER_MS)
#define TICK_NS		(20 * NS_PER_MS)	/* while something is on */
#define LOOK_NS		(50 * NS_PER_MS)	/* at a pipe that is idle */

enum { MAIL_STOP = 1, MAIL_NEWS = 2 };

struct entry {
	uint64_t pos;		/* in all bytes that ever were */
	size_t len;
	uint32_t samples, rate;
	uint32_t sound;		/* counts sounds */
	int is_again;		/* not behind the one before */
};

struct wish {
	struct media *media;
	char *name;
};

struct voice {
	pthread_t thread;
	struct mailbox mailbox;
	int may_hurry;			/* [c] */
	_Atomic uint64_t head;		/* frames that ever were */
	_Atomic int is_on;
	_Atomic int64_t end_ns;		/* when the newest frame has played */

	pthread_mutex_t lock;
	struct wish wishes[VOICE_QUEUE];	/* [L] */
	unsigned nwishes;		/* [L] */
	int is_taken;			/* [L] one of them is announced */
	unsigned hushes;		/* [L] times that all was ended */
	char *root;			/* [L] of the library, if it is news */
	uint64_t tail;			/* [L] oldest frame of the ring */
	uint64_t end;			/* [L] bytes that ever were */
	uint32_t sound;			/* [L] of the newest */
	struct media_facts facts[SOUNDS];	/* [L] by sound */
	struct entry ring[FRAMES];	/* [L] */
	uint8_t *bytes;			/* [L] BYTES */

	/* The rest is the thread's. */
	struct livepipe pipe;
	struct wish now;		/* what is announced; media NULL: no
					 * file */
	int is_fresh;			/* it gave no frame yet */
	unsigned hushed;		/* hushes that were obeyed */
	int64_t lead_ns;
};

struct voice_heard {
	struct media_facts facts;
	uint8_t data[MEDIA_UNIT_MAX];
};

/* --- the ring: frames in, frames out ------------------------------------- */

/* facts: of a sound that begins; NULL: it goes on.  Nothing of what was
 * ended meanwhile. */
static void
publish(struct voice *v, const struct frame *f,
    const struct media_facts *facts, int is_again)
{
	uint64_t head = v->head;
	struct entry *e = &v->ring[head % FRAMES];

	pthread_mutex_lock(&v->lock);
	if (v->hushes != v->hushed) {
		pthread_mutex_unlock(&v->lock);
		return;
	}
	v->is_on = 1;
	if (facts != NULL) {
		v->sound++;
		v->facts[v->sound % SOUNDS] = *facts;
	}
	if (v->end % BYTES + f->len > BYTES)
		v->end += BYTES - v->end % BYTES;
	while (v->tail < head && (v->tail + FRAMES <= head ||
	    v->ring[v->tail % FRAMES].pos + BYTES < v->end + f->len))
		v->tail++;
	e->pos = v->end;
	e->len = f->len;
	e->samples = f->samples;
	e->rate = f->rate;
	e->sound = v->sound;
	e->is_again = is_again;
	memcpy(v->bytes + v->end % BYTES, f->data, f->len);
	v->end += f->len;
	v->head = head + 1;
	pthread_mutex_unlock(&v->lock);
}

void
voice_listen(const struct voice *v, struct voice_listener *l)
{
	memset(l, 0, sizeof(*l));
	if (v != NULL)
		l->at = v->head;
}

void
voice_listen_done(struct voice_listener *l)
{
	free(l->heard);
	l->heard = NULL;
}

const struct media_facts *
voice_facts(const struct voice_listener *l)
{
	return &l->heard->facts;
}

/* Under the lock: the next frame, or the oldest there is. */
static enum livepipe_event
hear(struct voice *v, struct voice_listener *l, struct frame *f)
{
	const struct entry *e;
	int is_new, is_again;

	if (l->at < v->tail) {
		l->at = v->tail;
		l->is_broken = 1;
	}
	/* The newest frame is always of a sound that is known. */
	while (v->sound - (e = &v->ring[l->at++ % FRAMES])->sound >= SOUNDS)
		l->is_broken = 1;
	is_new = e->sound != l->sound;
	is_again = e->is_again || l->is_broken;
	if (is_new)
		l->heard->facts = v->facts[e->sound % SOUNDS];
	memcpy(l->heard->data, v->bytes + e->pos % BYTES, e->len);
	f->data = l->heard->data;
	f->len = e->len;
	f->samples = e->samples;
	f->rate = e->rate;
	l->sound = e->sound;
	l->is_hearing = 1;
	l->is_broken = 0;
	return is_new ? LIVEPIPE_BEGIN : is_again ? LIVEPIPE_AGAIN :
	    LIVEPIPE_FRAME;
}

/* All was heard. */
static enum livepipe_event
hear_nothing(struct voice *v, struct voice_listener *l, int64_t now_ns)
{
	if (l->is_hearing && v->is_on &&
	    now_ns - v->end_ns <= LIVEPIPE_BRIDGE_NS) {
		l->is_broken = 1;
		return LIVEPIPE_GAP;
	}
	l->is_hearing = l->is_broken = 0;
	l->sound = 0;
	voice_listen_done(l);
	return LIVEPIPE_NONE;
}

enum livepipe_event
voice_next(struct voice *v, struct voice_listener *l, int64_t now_ns,
    struct frame *f)
{
	enum livepipe_event event = LIVEPIPE_NONE;
	uint64_t head;

	if (v == NULL)
		return LIVEPIPE_NONE;
	head = v->head;
	if (l->at == head)
		return l->is_hearing ? hear_nothing(v, l, now_ns) :
		    LIVEPIPE_NONE;
	if (l->heard == NULL && (l->heard = malloc(sizeof(*l->heard))) ==
	    NULL) {
		l->at = head;
		return LIVEPIPE_NONE;
	}
	pthread_mutex_lock(&v->lock);
	/* What was ended is over also for those who are behind. */
	if (v->tail < v->head)
		event = hear(v, l, f);
	else
		l->at = v->head;
	pthread_mutex_unlock(&v->lock);
	return event != LIVEPIPE_NONE ? event : hear_nothing(v, l, now_ns);
}

/* --- the thread ---------------------------------------------------------- */

static void
free_wish(struct wish *w)
{
	media_close(w->media);
	free(w->name);
	w->media = NULL;
	w->name = NULL;
}

/* One more frame goes out. */
static void
put(struct voice *v, const struct frame *f, const struct media_facts *facts,
    int is_again, int64_t now_ns)
{
	int64_t ns = flick_to_ns(flick_of_samples(f->samples, f->rate));
	int64_t most = ns * (int64_t)(BYTES / 2 / f->len);

	if (most > ns * FRAMES / 2)
		most = ns * FRAMES / 2;
	v->lead_ns = most < LEAD_NS ? most : LEAD_NS;
	v->end_ns = (v->end_ns > now_ns ? v->end_ns : now_ns) + ns;
	publish(v, f, facts, is_again);
}

/* What waits longest is announced, if nothing is; not before a hush that came
 * first is obeyed. */
static void
take_wish(struct voice *v)
{
	pthread_mutex_lock(&v->lock);
	if (v->nwishes > 0 && v->hushes == v->hushed) {
		v->is_taken = 1;
		v->now = v->wishes[0];
		v->nwishes--;
		memmove(v->wishes, v->wishes + 1, v->nwishes *
		    sizeof(v->wishes[0]));
	}
	pthread_mutex_unlock(&v->lock);
	if (v->now.media == NULL)
		return;
	log_notice("on all channels: %s", v->now.name);
	v->is_fresh = 1;
}

static void
end_file(struct voice *v)
{
	free_wish(&v->now);
	pthread_mutex_lock(&v->lock);
	v->is_taken = 0;
	pthread_mutex_unlock(&v->lock);
}

/* A frame of the file, or its end. */
static void
say_file(struct voice *v, int64_t now_ns)
{
	struct frame f;
	int r = media_next(v->now.media, &f);
	int64_t took = clock_mono_ns() - now_ns;

	if (took > LIVEPIPE_BRIDGE_NS)
		log_warnx("on all channels: %s was stuck for %d s, and the "
		    "channels went on meanwhile", v->now.name,
		    (int)(took / NS_PER_S));
	if (r == 1) {
		put(v, &f, v->is_fresh ? media_facts(v->now.media) : NULL, 0,
		    now_ns);
		v->is_fresh = 0;
		return;
	}
	if (r == -1)
		log_warn("on all channels: %s cannot be read on", v->now.name);
	end_file(v);
}

/* A frame of the pipe: 1; 0: there is none now. */
static int
say_pipe(struct voice *v, int64_t now_ns)
{
	enum livepipe_event e;
	struct frame f;

	e = livepipe_next(&v->pipe, now_ns, &f);
	if (e == LIVEPIPE_GAP || e == LIVEPIPE_NONE)
		return 0;
	if (e == LIVEPIPE_BEGIN && !v->is_on)
		log_notice("on all channels: what is written to %s",
		    v->pipe.path);
	put(v, &f, e == LIVEPIPE_BEGIN ? livepipe_facts(&v->pipe) : NULL,
	    e == LIVEPIPE_AGAIN, now_ns);
	return 1;
}

/* Whether a pipe has begun that nobody interrupts. */
static int
is_on_pipe(const struct voice *v)
{
	return v->pipe.state == LIVEPIPE_ON || v->pipe.state ==
	    LIVEPIPE_BRIDGING;
}

/* If somebody wants quiet: what is on is ended. */
static void
obey_hush(struct voice *v, int64_t now_ns)
{
	int is_wanted;

	pthread_mutex_lock(&v->lock);
	is_wanted = v->hushes != v->hushed;
	v->hushed = v->hushes;
	pthread_mutex_unlock(&v->lock);
	if (!is_wanted)
		return;
	end_file(v);
	if (v->pipe.state != LIVEPIPE_IDLE)
		livepipe_hang_up(&v->pipe, now_ns);
	v->end_ns = now_ns;
}

/* Have as much ready as need be; when to look again. */
static int64_t
say(struct voice *v)
{
	int64_t now = clock_mono_ns();

	obey_hush(v, now);
	while (v->end_ns - now < v->lead_ns || !v->is_on) {
		if (v->now.media == NULL && !is_on_pipe(v))
			take_wish(v);
		if (v->now.media != NULL)
			say_file(v, now);
		else if (!say_pipe(v, now))
			break;
		now = clock_mono_ns();
		obey_hush(v, now);
	}
	if (v->is_on && v->now.media == NULL && !is_on_pipe(v)) {
		v->is_on = 0;
		log_notice("on all channels: that was it");
	}
	if (v->is_on)
		return now + TICK_NS;
	return v->pipe.fd != -1 ? now + LOOK_NS : now + LIVEPIPE_LOOK_NS;
}

/* As livepipe_init. */
static int
open_root(struct livepipe *p, const char *root)
{
	size_t size = strlen(root) + sizeof("/" LIVEPIPE_NAME);
	char *path = malloc(size);
	int r;

	memset(p, 0, sizeof(*p));
	p->fd = -1;
	if (path == NULL)
		return -1;
	text_format(path, size, "%s/" LIVEPIPE_NAME, root);
	r = livepipe_init(p, path, "all channels");
	free(path);
	return r;
}

static void
take_root(struct voice *v)
{
	struct livepipe fresh;
	char *root;

	pthread_mutex_lock(&v->lock);
	root = v->root;
	v->root = NULL;
	pthread_mutex_unlock(&v->lock);
	if (root == NULL)
		return;
	if (open_root(&fresh, root) == 0) {
		livepipe_done(&v->pipe);
		v->pipe = fresh;
	} else
		livepipe_done(&fresh);
	free(root);
}

static void *
voice_main(void *arg)
{
	struct voice *v = arg;

	/* It must not be late while channels are not. */
	if (v->may_hurry)
		thread_hurry();
	while (!(mailbox_wait(&v->mailbox, say(v)) & MAIL_STOP))
		take_root(v);
	return NULL;
}

void
voice_free(struct voice *v)
{
	if (v == NULL)
		return;
	while (v->nwishes > 0)
		free_wish(&v->wishes[--v->nwishes]);
	free_wish(&v->now);
	livepipe_done(&v->pipe);
	pthread_mutex_destroy(&v->lock);
	free(v->bytes);
	free(v->root);
	free(v);
}

/* Channels that run in real time wait for who holds it. */
static void
init_lock(pthread_mutex_t *lock)
{
	pthread_mutexattr_t a;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(lock, &a);
	pthread_mutexattr_destroy(&a);
}

struct voice *
voice_start(const char *root, int may_hurry)
{
	struct voice *v;
	int saved;

	if ((v = calloc(1, sizeof(*v))) == NULL)
		return NULL;
	init_lock(&v->lock);
	mailbox_init(&v->mailbox);
	v->may_hurry = may_hurry;
	v->lead_ns = LEAD_NS;
	v->pipe.fd = -1;
	if (open_root(&v->pipe, root) == 0 &&
	    (v->bytes = malloc(BYTES)) != NULL &&
	    thread_start(&v->thread, STACK_SIZE, "voice", voice_main, v) == 0)
		return v;
	saved = errno;
	voice_free(v);
	errno = saved;
	return NULL;
}

int
voice_stop(struct voice *v, int64_t deadline_ns)
{
	if (v == NULL)
		return 0;
	mailbox_post(&v->mailbox, MAIL_STOP);
	return thread_join_until(v->thread, deadline_ns);
}

void
voice_move(struct voice *v, const char *root)
{
	char *copy = strdup(root);

	if (copy == NULL)
		return;
	pthread_mutex_lock(&v->lock);
	free(v->root);
	v->root = copy;
	pthread_mutex_unlock(&v->lock);
	mailbox_post(&v->mailbox, MAIL_NEWS);
}

int
voice_say(struct voice *v, struct media *m, const char *name)
{
	struct wish w = { m, strdup(name) };
	int before = -1;

	pthread_mutex_lock(&v->lock);
	if (w.name != NULL && v->nwishes < VOICE_QUEUE) {
		before = (int)v->nwishes + (v->is_on || v->is_taken);
		v->wishes[v->nwishes++] = w;
	}
	pthread_mutex_unlock(&v->lock);
	if (before == -1)
		free_wish(&w);
	else
		mailbox_post(&v->mailbox, MAIL_NEWS);
	return before;
}

int
voice_is_on(struct voice *v)
{
	int is_on;

	pthread_mutex_lock(&v->lock);
	is_on = v->is_on || v->is_taken || v->nwishes > 0;
	pthread_mutex_unlock(&v->lock);
	return is_on;
}

int
voice_hush(struct voice *v, unsigned *dropped)
{
	struct wish wishes[VOICE_QUEUE];
	unsigned i;
	int was_on;

	pthread_mutex_lock(&v->lock);
	memcpy(wishes, v->wishes, sizeof(wishes));
	*dropped = v->nwishes;
	v->nwishes = 0;
	was_on = v->is_on || v->is_taken;
	v->is_on = v->is_taken = 0;
	v->tail = v->head;
	v->hushes++;
	pthread_mutex_unlock(&v->lock);
	mailbox_post(&v->mailbox, MAIL_NEWS);
	for (i = 0; i < *dropped; i++)
		free_wish(&wishes[i]);
	return was_on;
}
