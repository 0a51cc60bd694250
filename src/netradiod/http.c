/* SPDX-License-Identifier: ISC */
/*
 * The thread.  A connection reads a request, sends its answer and reads the
 * next, or follows a channel from then on.  Nobody is waited for, so one thread
 * is enough, and what one connection may take is fixed: its slot, the room for
 * a request's head while it reads, and a body that others may share.
 */
#include "http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "config.h"
#include "http_inside.h"
#include "os/tcp.h"
#include "os/thread.h"
#include "wire/statseg.h"

#define STACK_SIZE	(256 * 1024)
#define NICE		3
#define LISTENER_TAG	UINT32_MAX
#define ACCEPT_MAX	64		/* at a time */
#define LIVE_NS		(250 * NS_PER_MS)
#define HEAD_NS		(10 * NS_PER_S)	/* for a request's head */
#define IDLE_NS		(15 * NS_PER_S)	/* for the next request */
#define STUCK_NS	(60 * NS_PER_S)	/* an answer that nobody reads */
#define LINGER_NS	(2 * NS_PER_S)
#define DESCRIPTORS_LEFT 64		/* for all others of the daemon */

static unsigned
index_of(const struct http *h, const struct http_conn *c)
{
	return (unsigned)(c - h->conn);
}

void
http_end(struct http *h, struct http_conn *c)
{
	if (c->relay != NULL)
		http_live_leave(h, c);
	if (c->state == HTTP_EVENTS)
		http_events_leave(h, c);
	if (c->file != -1)
		close(c->file);
	http_body_put(c->body);
	free(c->in);
	close(c->fd);
	memset(c, 0, sizeof(*c));
	h->clients--;
	while (h->used > 0 && h->conn[h->used - 1].state == HTTP_FREE)
		h->used--;
	if (h->is_full)
		loop_want(&h->loop, h->listener, LISTENER_TAG, LOOP_READ);
	h->is_full = 0;
}

/* Nothing is left of the answer before. */
static void
forget_answer(struct http_conn *c)
{
	if (c->file != -1)
		close(c->file);
	c->file = -1;
	http_body_put(c->body);
	c->body = NULL;
	c->head_len = c->head_sent = 0;
}

/* All was sent, and the peer will be told so; what it has sent that nobody
 * reads would make the kernel throw the answer away (RFC 9112 section 9.6). */
static void
linger(struct http *h, struct http_conn *c)
{
	forget_answer(c);
	free(c->in);
	c->in = NULL;
	c->state = HTTP_LINGERS;
	shutdown(c->fd, SHUT_WR);
	loop_want(&h->loop, c->fd, index_of(h, c), LOOP_READ);
}

/* The request that begins c->in, if it is whole: 1; 0: it is not; -1: the
 * connection is over. */
static int
take_request(struct http *h, struct http_conn *c)
{
	static struct http_request r;	/* the HTTP thread's */
	const char *why = "";
	unsigned status;
	int n = http_head_length(c->in, c->in_len);

	if (n == 0)
		return 0;
	h->requests++;
	memset(&r, 0, sizeof(r));
	if (n == -1) {
		status = 431;
		why = "The request's head is too long.";
	} else
		status = http_parse(&r, c->in, (size_t)n, &why);
	c->closes = status != 200 || !r.keeps_alive;
	c->since_ns = clock_mono_ns();
	if (status != 200) {
		h->refused++;
		http_say(c, &r, status, NULL, why);
	} else
		http_serve(h, c, &r);
	if (n > 0) {
		c->in_len -= (size_t)n;
		memmove(c->in, c->in + n, c->in_len);
	}
	return 1;
}

/* It follows something from now on, and asks for nothing more. */
static void
begin_following(struct http *h, struct http_conn *c)
{
	free(c->in);
	c->in = NULL;
	loop_want(&h->loop, c->fd, index_of(h, c), LOOP_READ);
}

/* Answer what was asked, as far as the peer takes it. */
static void
answer(struct http *h, struct http_conn *c)
{
	int ret;

	for (;;) {
		if (c->state == HTTP_READS && take_request(h, c) == 0) {
			loop_want(&h->loop, c->fd, index_of(h, c), LOOP_READ);
			return;
		}
		if (c->state != HTTP_SENDS) {
			begin_following(h, c);
			return;
		}
		if ((ret = http_push(c, clock_mono_ns())) == -1) {
			http_end(h, c);
			return;
		}
		if (ret == 0) {
			/* Until then nothing more is read. */
			loop_want(&h->loop, c->fd, index_of(h, c),
			    LOOP_WRITE);
			return;
		}
		if (c->closes) {
			linger(h, c);
			return;
		}
		forget_answer(c);
		c->state = HTTP_READS;
	}
}

static void
read_some(struct http *h, struct http_conn *c)
{
	size_t room = HTTP_HEAD_MAX + 1 - c->in_len;
	ssize_t n = recv(c->fd, c->in + c->in_len, room, MSG_DONTWAIT);

	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK ||
	    errno == EINTR))
		return;
	if (n <= 0) {
		http_end(h, c);
		return;
	}
	/* The clock runs from its first byte. */
	if (c->in_len == 0)
		c->since_ns = clock_mono_ns();
	c->in_len += (size_t)n;
	answer(h, c);
}

/* Who follows something has nothing more to say; but to hang up. */
static void
hear_out(struct http *h, struct http_conn *c)
{
	char ignored[1024];
	ssize_t n = recv(c->fd, ignored, sizeof(ignored), MSG_DONTWAIT);

	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EWOULDBLOCK &&
	    errno != EINTR))
		http_end(h, c);
}

static void
step(struct http *h, struct http_conn *c)
{
	switch (c->state) {
	case HTTP_FREE:
		break;
	case HTTP_READS:
		read_some(h, c);
		break;
	case HTTP_SENDS:
		answer(h, c);
		break;
	default:
		hear_out(h, c);
	}
}

static unsigned
count_from(const struct http *h, const struct addr *from)
{
	unsigned i, n = 0;

	for (i = 0; i < h->used; i++)
		n += h->conn[i].state != HTTP_FREE &&
		    addr_is_same_host(&h->conn[i].from, from);
	return n;
}

static void
refuse(struct http *h, int fd)
{
	static const char said[] = "HTTP/1.1 503 Service Unavailable\r\n"
	    "Content-Type: text/plain\r\nContent-Length: 22\r\n"
	    "Retry-After: 10\r\nConnection: close\r\n\r\n"
	    "Too many connections.\n";

	tcp_send(fd, said, sizeof(said) - 1, 0);
	close(fd);
	h->refused++;
}

static struct http_conn *
find_free(struct http *h)
{
	unsigned i;

	for (i = 0; i < h->used; i++)
		if (h->conn[i].state == HTTP_FREE)
			return &h->conn[i];
	return h->used < h->nconns ? &h->conn[h->used++] : NULL;
}

static void
take_connection(struct http *h, int fd, const struct addr *from)
{
	struct http_conn *c;

	if (h->clients >= h->limit || count_from(h, from) >= h->limit_each ||
	    (c = find_free(h)) == NULL) {
		refuse(h, fd);
		return;
	}
	memset(c, 0, sizeof(*c));
	c->state = HTTP_READS;
	c->fd = fd;
	c->file = -1;
	c->from = *from;
	c->since_ns = clock_mono_ns();
	h->clients++;
	if ((c->in = malloc(HTTP_HEAD_MAX + 1)) == NULL ||
	    loop_add(&h->loop, fd, index_of(h, c)) == -1)
		http_end(h, c);
}

static void
accept_some(struct http *h)
{
	struct addr from;
	int i, fd;

	for (i = 0; i < ACCEPT_MAX; i++) {
		if ((fd = tcp_accept(h->listener, &from)) == -1)
			break;
		take_connection(h, fd, &from);
	}
	if (i == ACCEPT_MAX || errno == EAGAIN || errno == EWOULDBLOCK)
		return;
	/* No descriptor for it: it waits until one is free, or a second. */
	if (!h->is_full)
		log_warn("HTTP: cannot take a connection now");
	h->is_full = 1;
	loop_want(&h->loop, h->listener, LISTENER_TAG, 0);
}

static int64_t
patience(const struct http_conn *c)
{
	switch (c->state) {
	case HTTP_READS:
		return c->in_len > 0 ? HEAD_NS : IDLE_NS;
	case HTTP_LINGERS:
		return LINGER_NS;
	default:
		return STUCK_NS;
	}
}

/* Once a second: end what has not moved for too long. */
static void
look_after(struct http *h, int64_t now_ns)
{
	struct http_conn *c;
	unsigned i;

	for (i = h->used; i-- > 0; ) {
		c = &h->conn[i];
		if (c->state == HTTP_FREE || c->state == HTTP_LIVE)
			continue;
		if (now_ns - c->since_ns > patience(c))
			http_end(h, c);
	}
	if (h->is_full)
		loop_want(&h->loop, h->listener, LISTENER_TAG, LOOP_READ);
	h->is_full = 0;
	http_events_tick(h, now_ns);
}

static void *
http_main(void *arg)
{
	struct http *h = arg;
	int64_t now = clock_mono_ns(), live = now, second = now;
	uint32_t tag[LOOP_MAX];
	int i, n;

	thread_be_polite(NICE);
	while (!h->ends) {
		/* With nobody there it sleeps. */
		n = loop_wait(&h->loop, h->clients == 0 ? INT64_MAX :
		    h->relays == NULL || second < live ? second : live, tag);
		for (i = 0; i < n; i++)
			if (tag[i] == LISTENER_TAG)
				accept_some(h);
			else
				step(h, &h->conn[tag[i]]);
		now = clock_mono_ns();
		if (now >= live) {
			http_live_tick(h, now);
			live = now + LIVE_NS;
		}
		if (now >= second) {
			look_after(h, now);
			second = now + NS_PER_S;
		}
	}
	return NULL;
}

static void
http_free(struct http *h)
{
	unsigned i;

	for (i = 0; h->conn != NULL && i < h->nconns; i++)
		if (h->conn[i].state != HTTP_FREE)
			http_end(h, &h->conn[i]);
	if (h->loop.fd != -1)
		http_live_tick(h, 0);	/* nobody is left: relays go */
	http_body_put(h->event);
	http_body_put(h->status.body);
	http_body_put(h->metrics.body);
	http_body_put(h->library.body);
	close(h->listener);
	loop_done(&h->loop);
	free(h->scratch);
	free(h->conn);
	free(h);
}

void
http_configure(struct http *h, const struct config *c)
{
	char name[PLIST_TEXT_MAX] = "";

	if (h == NULL)
		return;
	text_copy(name, sizeof(name), c->name);
	slot_write(h->name, name, sizeof(name));
	h->limit = c->http_clients;
	h->limit_each = c->http_clients_each;
}

/* A descriptor or two for each connection, and the channels keep theirs. */
static unsigned
most_connections(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == -1 || r.rlim_cur < 2 *
	    DESCRIPTORS_LEFT)
		return DESCRIPTORS_LEFT;
	if (r.rlim_cur > UINT16_MAX)
		return UINT16_MAX;
	return (unsigned)r.rlim_cur - DESCRIPTORS_LEFT;
}

struct http *
http_start(int listener, const struct config *c,
    const struct http_sources *from)
{
	struct http *h = calloc(1, sizeof(*h));
	int saved;

	if (h == NULL) {
		close(listener);
		return NULL;
	}
	h->listener = listener;
	h->port = addr_port(&c->http);
	h->from = *from;
	h->loop.fd = h->loop.wake = -1;
	http_configure(h, c);
	/* Slots that were never used have no memory yet. */
	h->nconns = most_connections();
	h->conn = calloc(h->nconns, sizeof(*h->conn));
	h->scratch = malloc(TAPE_SIZE_PCM);
	if (h->conn != NULL && h->scratch != NULL &&
	    loop_init(&h->loop) == 0 &&
	    loop_add(&h->loop, listener, LISTENER_TAG) == 0 &&
	    thread_start(&h->thread, STACK_SIZE, "http", http_main, h) == 0)
		return h;
	saved = errno;
	http_free(h);
	errno = saved;
	return NULL;
}

uint16_t
http_port(const struct http *h)
{
	return h != NULL ? h->port : 0;
}

void
http_count(const struct http *h, struct statseg_daemon *d)
{
	if (h == NULL)
		return;
	d->http_clients = h->clients;
	d->http_listeners = h->listeners;
	d->http_requests = h->requests;
	d->http_refused = h->refused;
}

int
http_stop(struct http *h, int64_t deadline_ns)
{
	if (h == NULL)
		return 0;
	h->ends = 1;
	loop_wake(&h->loop);
	if (thread_join_until(h->thread, deadline_ns) == -1)
		return -1;
	http_free(h);
	return 0;
}
