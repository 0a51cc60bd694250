/* SPDX-License-Identifier: ISC */
/* The HTTP server among its own files: http.c has the thread, http_serve.c the
 * answers, http_live.c the channels, http_events.c what the page follows. */
#ifndef HTTP_INSIDE_H
#define HTTP_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/slot.h"
#include "http.h"
#include "http_conn.h"
#include "os/loop.h"
#include "tape.h"
#include "wire/plist.h"
#include "wire/ports.h"

/* A channel that somebody listens to. */
struct relay {
	struct relay *next;
	unsigned number;
	struct tape *tape;	/* a reference */
	struct tape_format format;	/* that they were told of */
	struct http_conn *first;	/* its listeners, by next */
};

struct http {
	struct http_sources from;		/* [c] */
	int listener;				/* [c] */
	uint16_t port;				/* [c] */
	struct loop loop;
	pthread_t thread;			/* [m] */
	_Atomic int ends;
	_Atomic unsigned limit, limit_each;
	_Atomic uint64_t name[SLOT_WORDS(PLIST_TEXT_MAX)]; /* main writes it */
	_Atomic uint64_t clients, listeners, requests, refused;

	/* All that follows: the HTTP thread. */
	struct http_conn *conn;			/* nconns of them */
	unsigned nconns;
	unsigned used;				/* none at or above it */
	int is_full;				/* it does not accept */
	struct relay *relays;
	struct http_conn *followers;		/* of events, by next */
	uint64_t events;			/* made so far */
	uint64_t shown[PORTS_CHANNEL_MAX + 1];	/* hash of what was told */
	struct http_body *event;		/* the newest */
	uint8_t *scratch;			/* a tape's size */
	/* What many ask for is made once a second. */
	struct http_kept {
		struct http_body *body;
		int64_t made_ns;
	} status, metrics, library;
};

/* http_serve.c: what a request asks for: the answer, or what the connection
 * follows from now on. */
void http_serve(struct http *h, struct http_conn *c,
    const struct http_request *r);

struct channel_def;
struct library;

/* The channel that text names in an address, by its number or its whole name;
 * NULL: there is none, which is then the answer. */
const struct channel_def *http_channel(const struct library *l,
    struct http_conn *c, const struct http_request *r, const char *text,
    size_t n);

/* http_library.c: a recording, or what there is; path: what follows
 * "/library/". */
void http_serve_library(struct http *h, struct http_conn *c,
    const struct http_request *r, const char *path);

/* http_live.c: follow that channel, or say why not. */
void http_live_join(struct http *h, struct http_conn *c,
    const struct http_request *r, unsigned number, const char *name);
/* It has ended; c is still in its list. */
void http_live_leave(struct http *h, struct http_conn *c);
/* Send to all who listen what has come; ends those that cannot go on. */
void http_live_tick(struct http *h, int64_t now_ns);

/* http_events.c */
void http_events_join(struct http *h, struct http_conn *c,
    const struct http_request *r);
void http_events_leave(struct http *h, struct http_conn *c);
/* Once a second. */
void http_events_tick(struct http *h, int64_t now_ns);

/* page.html, made an array by the Makefile. */
extern const char http_template[];
/* http_page.c: the page; NULL when memory is out.  nonce: for its script. */
struct http_body *http_page(struct http *h, const char *nonce);
/* That of a channel's tracks. */
struct http_body *http_page_of(struct http *h, const struct channel_def *d,
    const char *nonce);
/* Print s as text in HTML, in an attribute's quotes too. */
void http_put_html(FILE *f, const char *s);

/* http.c: the connection is over. */
void http_end(struct http *h, struct http_conn *c);

#endif
