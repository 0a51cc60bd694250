/* SPDX-License-Identifier: ISC */
/*
 * A connection of the HTTP server, and what is sent over it.  All of it belongs
 * to the HTTP thread.
 */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include <stddef.h>
#include <stdint.h>

#include "os/addr.h"
#include "wire/http.h"

#define HTTP_ANSWER_MAX	1024	/* bytes of an answer's head */
#define HTTP_META_MAX	(1 + 272)	/* a title, as ICY has it */

struct http;
struct relay;

/* Bytes that several connections may be sending. */
struct http_body {
	unsigned refs;
	size_t len;
	char *data;		/* heap */
};

enum http_state {
	HTTP_FREE,
	HTTP_READS,		/* waits for a request's head */
	HTTP_SENDS,		/* an answer with an end */
	HTTP_LIVE,		/* follows a channel */
	HTTP_EVENTS,		/* follows what is on */
	HTTP_LINGERS		/* all was sent; what still comes is not read */
};

struct http_conn {
	enum http_state state;
	int fd;
	struct addr from;
	int closes;		/* after this answer */
	int is_old;		/* it speaks HTTP/1.0 */
	int64_t since_ns;	/* of the last step forward */

	char *in;		/* heap, while it reads: HTTP_HEAD_MAX */
	size_t in_len;

	char head[HTTP_ANSWER_MAX];
	size_t head_len, head_sent;
	struct http_body *body;	/* then this, */
	size_t body_sent;
	int file;		/* or this; -1: none */
	int64_t off, left;

	struct http_conn *next;	/* of the same channel, or of the events */
	struct relay *relay;
	uint64_t at;		/* of its tape: what is sent next */
	unsigned metaint;	/* bytes between titles; 0: none wanted */
	unsigned until_meta;
	uint64_t titled;	/* the title that was told, by its count */
	uint8_t meta[HTTP_META_MAX];
	size_t meta_len, meta_sent;
	int has_missed;		/* an event: it gets all channels instead */
};

/* A body of what data holds (heap, taken over, freed on failure); NULL when
 * memory is out. */
struct http_body *http_body_new(char *data, size_t len);
struct http_body *http_body_get(struct http_body *b);
void http_body_put(struct http_body *b);	/* NULL is fine */

/* What the head of an answer says. */
struct http_answer {
	unsigned status;
	const char *type;	/* of the content; NULL: there is none */
	int64_t length;		/* of the content; -1: until the end */
	int is_private;		/* is not to be kept by whoever is between */
	const char *more;	/* further lines, each with CRLF; NULL: none */
};

/* Put the head of an answer into c; what follows it is the caller's. */
void http_head(struct http_conn *c, const struct http_answer *a,
    int64_t now_real_ns);
/* All of an answer, of text that is copied; without it if is_head. */
void http_say(struct http_conn *c, const struct http_request *r,
    unsigned status, const char *more, const char *text);
/* All of an answer: a body, one reference of which is taken over; NULL: 503. */
void http_give(struct http_conn *c, const struct http_request *r,
    const char *type, const char *more, struct http_body *b);
/*
 * Send what can be sent of an answer: 1: all of it is sent; 0: later; -1: the
 * connection is over.
 */
int http_push(struct http_conn *c, int64_t now_ns);

#endif
