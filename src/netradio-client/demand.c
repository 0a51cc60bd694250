/* SPDX-License-Identifier: ISC */
/*
 * One thread, one wait, as session.c.  What comes over the connection goes to
 * the sink as fast as that takes it, so the decoder sets the pace.  A
 * connection that is lost, or left to wind, is followed by one that asks for
 * the rest.
 */
#include "demand.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "demand_find.h"
#include "options.h"
#include "os/tcp.h"
#include "player.h"
#include "session.h"
#include "sink.h"
#include "sink_file.h"
#include "term.h"
#include "wire/http.h"

#define LEAD_NS		(100 * NS_PER_MS)
#define AGAIN_NS	NS_PER_S		/* after a lost connection */
#define PATIENCE_NS	(10 * NS_PER_S)		/* with one that is silent */
#define WIND_MS		10000
#define PIECE		2048			/* given to the sink at once */
#define BUFFER		(32 * 1024)
#define URL_MAX		(3 * HTTP_PATH_MAX)

enum state {
	WAITS,			/* until again_ns */
	CONNECTS,
	ASKS,			/* has asked; the head of the answer comes */
	READS,
	ENDS			/* the sink plays out */
};

struct demand {
	const struct options *o;
	struct addr server;
	char url[URL_MAX];
	enum state state;
	int fd;				/* -1: no connection */
	int64_t again_ns;		/* when to connect */
	int64_t heard_ns;		/* the last byte, or the connection */
	int was_lost;			/* and that was said */
	char head[HTTP_HEAD_MAX + 1];
	size_t head_len;
	struct http_reply reply;	/* of the last answer */
	char tag[HTTP_TAG_MAX];		/* of the first: it is that file */
	int has_begun;
	int64_t total;			/* bytes of it */
	int64_t duration_ms;
	int can_wind;			/* it is frames, wherever one begins */
	int64_t at;			/* bytes that the sink has taken */
	uint8_t buf[BUFFER];
	size_t from, to;		/* what it has not */
	struct sink *sink;		/* NULL: nothing has come so far */
	struct term term;
	int is_paused;
	int signal_fd;
	int64_t until_ns;		/* -T */
	int64_t now_ns, wake_ns;
	int is_over, code;
};

static void
end(struct demand *d, int code, int drain)
{
	if (d->state == ENDS) {
		d->is_over = d->is_over || !drain;
		return;
	}
	d->state = ENDS;
	d->code = code;
	if (d->fd != -1)
		close(d->fd);
	d->fd = -1;
	if (d->sink != NULL)
		d->sink->ops->finish(d->sink, drain, d->now_ns);
	else
		d->is_over = 1;
}

/* The connection has gone, or never came. */
static void
lose(struct demand *d, const char *why)
{
	if (d->fd != -1)
		close(d->fd);
	d->fd = -1;
	if (!d->has_begun) {
		log_errorx("no connection to the server: %s", why);
		end(d, EX_UNAVAILABLE, 0);
		return;
	}
	if (!d->was_lost)
		log_warnx("the connection is lost (%s): trying again", why);
	d->was_lost = 1;
	d->state = WAITS;
	d->again_ns = d->now_ns + AGAIN_NS;
}

static void
start_connection(struct demand *d)
{
	if ((d->fd = tcp_connect(&d->server)) == -1) {
		lose(d, strerror(errno));
		return;
	}
	d->state = CONNECTS;
	d->heard_ns = d->now_ns;
}

/* The rest of it, if it is still the same. */
static void
ask(struct demand *d)
{
	char request[URL_MAX + 512], host[ADDR_TEXT_MAX], rest[256] = "";
	int64_t at = d->at + (int64_t)(d->to - d->from);
	int error = tcp_error(d->fd), is_v6 = addr_is_ipv6(&d->server);
	size_t n;

	if (error != 0) {
		lose(d, strerror(error));
		return;
	}
	addr_format(&d->server, host);
	if (d->has_begun)
		text_format(rest, sizeof(rest), "Range: bytes=%" PRId64
		    "-\r\nIf-Range: %s\r\n", at, d->tag);
	text_format(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: "
	    "%s%s%s:%u\r\nUser-Agent: netradio-client/" VERSION "\r\n%s"
	    "Connection: close\r\n\r\n", d->url, is_v6 ? "[" : "", host,
	    is_v6 ? "]" : "", addr_port(&d->server), rest);
	n = strlen(request);
	/* So little always fits a socket that is new. */
	if (tcp_send(d->fd, request, n, 0) != (ssize_t)n) {
		lose(d, strerror(errno));
		return;
	}
	d->state = ASKS;
	d->head_len = 0;
}

static enum decoders_sound
sound_of(const char *type)
{
	if (strcmp(type, "audio/mpeg") == 0)
		return DECODERS_MPEG;
	if (strcmp(type, "audio/aac") == 0)
		return DECODERS_AAC;
	if (strcmp(type, "audio/wav") == 0)
		return DECODERS_PCM;
	return DECODERS_FILE;
}

/* 0, or the exit code. */
static int
open_sink(struct demand *d)
{
	enum decoders_sound sound = sound_of(d->reply.type);
	const char *command = d->o->decoder_of[sound];
	int code = EX_OSERR;

	d->can_wind = sound == DECODERS_MPEG || sound == DECODERS_AAC;
	if (d->o->output != NULL) {
		d->sink = sink_file_new(d->o->output, &code);
		return d->sink != NULL ? 0 : code;
	}
	if (command == NULL && sound != DECODERS_MPEG &&
	    (command = decoders_find(sound)) == NULL) {
		log_errorx("nothing is installed that plays %s: install %s",
		    decoders_name(sound), decoders_packages(sound));
		return EX_SOFTWARE;
	}
	d->sink = player_new(command, LEAD_NS, &code);
	return d->sink != NULL ? 0 : code;
}

static void
show_time(int64_t ms, char text[static 32])
{
	if (ms < 0)
		text_copy(text, 32, "?");
	else
		text_format(text, 32, "%" PRId64 ":%02d", ms / 60000,
		    (int)(ms / 1000 % 60));
}

static int64_t
position_ms(const struct demand *d)
{
	if (d->duration_ms < 0 || d->total <= 0)
		return -1;
	/* Neither product is beyond 2^63: both are a file's. */
	return (int64_t)((double)d->at / (double)d->total *
	    (double)d->duration_ms);
}

static void
say(const struct demand *d, const char *what)
{
	char at[32], of[32];

	show_time(position_ms(d), at);
	show_time(d->duration_ms, of);
	log_notice("%s: %s of %s%s", d->o->channel, at, of, what);
}

static void
begin(struct demand *d)
{
	int code;

	d->total = d->reply.length;
	d->duration_ms = d->reply.duration_ms;
	text_copy(d->tag, sizeof(d->tag), d->reply.tag);
	d->has_begun = 1;
	if ((code = open_sink(d)) != 0 ||
	    d->sink->ops->open(d->sink, d->now_ns) == -1) {
		end(d, code != 0 ? code : d->sink->code, 0);
		return;
	}
	say(d, "");
	term_start(&d->term, d->o->plain);
}

/* The answer has a head. */
static void
take_reply(struct demand *d)
{
	int64_t at = d->at + (int64_t)(d->to - d->from);

	if (http_parse_reply(&d->reply, d->head, d->head_len) == -1) {
		log_errorx("what answers there is no HTTP server");
		end(d, EX_PROTOCOL, 0);
	} else if (!d->has_begun && d->reply.status == 200 &&
	    d->reply.length >= 0)
		begin(d);
	else if (d->has_begun && d->reply.status == 206 &&
	    d->reply.first == at && d->reply.total == d->total) {
		if (d->was_lost)
			log_notice("it goes on");
		d->was_lost = 0;
	} else if (d->reply.status == 404 || d->reply.status == 403) {
		log_errorx("there is no recording %s (netradioctl library, or "
		    "http://SERVER/library/)", d->o->channel);
		end(d, EX_NOINPUT, 0);
	} else if (d->has_begun && d->reply.status != 503) {
		log_errorx("%s is another file by now", d->o->channel);
		end(d, EX_UNAVAILABLE, 0);
	} else
		lose(d, "the server has no room");
	if (d->state == ASKS)
		d->state = READS;
}

/* Bytes of an answer's head; what follows it is sound. */
static void
read_head(struct demand *d)
{
	size_t had = d->head_len, rest;
	const char *blank;
	ssize_t n;

	n = recv(d->fd, d->head + had, HTTP_HEAD_MAX - had, 0);
	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			lose(d, n == 0 ? "it was closed" : strerror(errno));
		return;
	}
	d->heard_ns = d->now_ns;
	d->head_len += (size_t)n;
	d->head[d->head_len] = '\0';
	if ((blank = strstr(d->head, "\r\n\r\n")) == NULL) {
		if (d->head_len == HTTP_HEAD_MAX)
			lose(d, "an endless answer");
		return;
	}
	blank += 4;
	rest = d->head_len - (size_t)(blank - d->head);
	d->head_len -= rest;
	take_reply(d);
	if (d->state != READS)
		return;
	/* There is room: a head is shorter than the buffer, of which nothing
	 * is read before. */
	memcpy(d->buf + d->to, blank, rest);
	d->to += rest;
}

static void
read_sound(struct demand *d)
{
	ssize_t n;

	n = recv(d->fd, d->buf + d->to, sizeof(d->buf) - d->to, 0);
	if (n > 0) {
		d->to += (size_t)n;
		d->heard_ns = d->now_ns;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		if (d->at + (int64_t)(d->to - d->from) < d->total)
			lose(d, n == 0 ? "it was closed" : strerror(errno));
	}
}

/* Room for at least a head's rest at the end. */
static void
pack(struct demand *d)
{
	memmove(d->buf, d->buf + d->from, d->to - d->from);
	d->to -= d->from;
	d->from = 0;
}

/* Give the sink what it takes. */
static void
feed(struct demand *d)
{
	int64_t play_ns = 0;
	size_t n;

	if (d->sink == NULL || d->is_paused || d->state == ENDS)
		return;
	if (d->duration_ms > 0)
		play_ns = (int64_t)((double)d->duration_ms * NS_PER_MS *
		    PIECE / (double)d->total);
	while (d->from < d->to) {
		n = d->to - d->from < PIECE ? d->to - d->from : PIECE;
		if (d->sink->ops->put(d->sink, d->buf + d->from, n, play_ns,
		    d->now_ns) == -1)
			break;
		d->from += n;
		d->at += (int64_t)n;
	}
	pack(d);
	if (d->at == d->total)
		end(d, EX_OK, 1);
}

static void
wind(struct demand *d, int64_t ms)
{
	int64_t to;

	if (!d->can_wind || d->duration_ms <= 0) {
		log_notice("%s cannot be wound: its container needs all of "
		    "it", d->o->channel);
		return;
	}
	to = d->at + (int64_t)((double)ms / (double)d->duration_ms *
	    (double)d->total);
	d->at = to < 0 ? 0 : to >= d->total ? d->total - 1 : to;
	d->from = d->to = 0;
	d->sink->ops->drop(d->sink);
	if (d->fd != -1)
		close(d->fd);
	d->fd = -1;
	d->state = WAITS;
	d->again_ns = d->now_ns;
	say(d, "");
}

static void
read_keys(struct demand *d, int is_readable)
{
	enum term_key key;

	while (d->state != ENDS && (key = term_read(&d->term, is_readable,
	    d->now_ns)) != TERM_NONE)
		switch (key) {
		case TERM_QUIT:
			end(d, EX_OK, 0);
			d->is_over = 1;
			break;
		case TERM_PAUSE:
			d->is_paused = !d->is_paused;
			say(d, d->is_paused ? ", paused" : "");
			break;
		case TERM_LEFT:
			wind(d, -WIND_MS);
			break;
		case TERM_RIGHT:
			wind(d, WIND_MS);
			break;
		default:
			break;
		}
}

static void
read_signals(struct demand *d)
{
	struct signalfd_siginfo info;

	while (read(d->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		switch (info.ssi_signo) {
		case SIGCHLD:
			break;
		case SIGTSTP:
			term_stop(&d->term);
			raise(SIGSTOP);
			term_again(&d->term);
			break;
		case SIGCONT:
			term_again(&d->term);
			break;
		default:
			end(d, EX_OK, 0);
			d->is_over = 1;
		}
}

static void
on_time(struct demand *d)
{
	if (d->until_ns != 0 && d->now_ns >= d->until_ns && d->state != ENDS) {
		end(d, EX_OK, 0);
		d->is_over = 1;
	}
	if (d->state == WAITS && d->now_ns >= d->again_ns)
		start_connection(d);
	/* While nothing is read the peer is not silent, but held. */
	if ((d->state == CONNECTS || d->state == ASKS ||
	    (d->state == READS && d->from == d->to && !d->is_paused)) &&
	    d->now_ns - d->heard_ns > PATIENCE_NS)
		lose(d, "it is silent");
}

/* What the connection is waited for. */
static short
wanted(const struct demand *d)
{
	if (d->state == CONNECTS)
		return POLLOUT;
	/* Behind a head must be room for what comes with it. */
	if (d->state == ASKS)
		return d->to <= BUFFER - HTTP_HEAD_MAX ? POLLIN : 0;
	return d->to < BUFFER ? POLLIN : 0;
}

static void
turn(struct demand *d)
{
	struct pollfd p[3 + SINK_POLL_MAX];
	unsigned n = 3;
	int64_t left;

	p[0] = (struct pollfd){ .fd = d->signal_fd, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = term_is_waiting(&d->term) ?
	    STDIN_FILENO : -1, .events = POLLIN };
	p[2] = (struct pollfd){ .fd = d->fd, .events = wanted(d) };
	if (p[2].events == 0)
		p[2].fd = -1;
	if (d->sink != NULL)
		n += d->sink->ops->poll(d->sink, p + 3, &d->wake_ns);
	left = (d->wake_ns - clock_mono_ns()) / NS_PER_MS + 1;
	if (poll(p, n, left > 0 ? (int)left : 0) == -1)
		memset(p, 0, sizeof(p));
	d->now_ns = clock_mono_ns();
	d->wake_ns = d->now_ns + NS_PER_S / 2;
	if (p[0].revents != 0)
		read_signals(d);
	read_keys(d, p[1].revents != 0);
	if (p[2].revents != 0 && d->fd == p[2].fd) {
		if (d->state == CONNECTS)
			ask(d);
		else if (d->state == ASKS)
			read_head(d);
		else if (d->state == READS)
			read_sound(d);
	}
	on_time(d);
	if (d->sink != NULL && d->sink->ops->serve(d->sink, d->now_ns) == -1) {
		d->code = d->sink->code;
		d->is_over = 1;
	}
	feed(d);
	if (d->state == ENDS && d->sink != NULL && d->sink->is_done)
		d->is_over = 1;
}

int
demand_run(const struct options *o)
{
	struct demand *d = xcalloc(1, sizeof(*d));
	int code = demand_find(o, &d->server);

	d->o = o;
	d->fd = -1;
	text_copy(d->url, sizeof(d->url), "/library/");
	if (code == 0 && http_escape(d->url + strlen(d->url),
	    sizeof(d->url) - strlen(d->url), o->channel) == -1) {
		log_errorx("%s: the name is too long", o->channel);
		code = EX_USAGE;
	}
	if (code != 0 || (d->signal_fd = session_signals()) == -1) {
		free(d);
		return code != 0 ? code : EX_OSERR;
	}
	d->now_ns = clock_mono_ns();
	if (o->time_ns > 0)
		d->until_ns = d->now_ns + o->time_ns;
	start_connection(d);
	while (!d->is_over)
		turn(d);
	code = d->code;
	term_stop(&d->term);
	if (d->fd != -1)
		close(d->fd);
	if (d->sink != NULL)
		d->sink->ops->free(d->sink);
	close(d->signal_fd);
	free(d);
	return code;
}
