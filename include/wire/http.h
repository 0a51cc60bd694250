/* SPDX-License-Identifier: ISC */
/*
 * HTTP/1.1 as a server reads it (RFC 9110, RFC 9112): a request's head, its
 * target taken apart, ranges, conditions, dates.  Pure: bytes in, facts out;
 * nothing is allocated, and what a request says of itself is never believed
 * further than the bytes go.
 */
#ifndef WIRE_HTTP_H
#define WIRE_HTTP_H

#include <stddef.h>
#include <stdint.h>

#define HTTP_HEAD_MAX	8192	/* bytes of a request's head, its blank line
				 * included; longer ones are 431 */
#define HTTP_PATH_MAX	4096	/* a decoded path, with NUL; longer: 414 */
#define HTTP_HOST_MAX	256	/* with NUL; others are not told */
#define HTTP_TAG_MAX	64	/* an entity tag with its quotes, and NUL */
#define HTTP_DATE_MAX	32

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_OTHER };

/* The conditions of a request (RFC 9110 section 13.1). */
struct http_range {
	int is_there;		/* one range of bytes was asked for */
	int64_t first;		/* -1: the last "last" bytes */
	int64_t last;		/* inclusive; -1: up to the end */
};

struct http_request {
	enum http_method method;
	unsigned minor;		/* of HTTP/1.x: 0 or 1 */
	char path[HTTP_PATH_MAX];	/* decoded once, begins with '/', has
				 * no NUL, no empty, "." or ".." segment but an
				 * empty last one; bytes, not always UTF-8 */
	char host[HTTP_HOST_MAX];	/* and port, as the client calls us:
					 * the target's, else of Host; "":
					 * unknown, or none to be repeated */
	const char *query;	/* in the head's bytes, not decoded */
	size_t query_len;
	int keeps_alive;	/* the connection may go on afterwards */
	int wants_icy;		/* Icy-MetaData: 1 */
	struct http_range range;
	char if_range[HTTP_TAG_MAX];	/* entity tag or date; "": none */
	const char *if_match, *if_none_match;	/* lists in the head's bytes; */
	size_t if_match_len, if_none_match_len;	/* NULL: none */
	int64_t if_modified_since;	/* seconds since 1970; -1: none, or no
					 * date */
	int64_t if_unmodified_since;
};

/*
 * How many of n bytes are a whole head, up to and with its blank line; 0: not
 * yet; -1: it is longer than HTTP_HEAD_MAX.  Empty lines in front of it (RFC
 * 9112 section 2.2) are part of it.
 */
int http_head_length(const char *data, size_t n);

/*
 * Take a whole head apart.  200; else the status that refuses it: 400 (bad
 * syntax, control bytes, NUL or a slash in an escape, two Hosts or none in
 * HTTP/1.1 or one that is no host, folded lines, blank before a colon, both or
 * odd Content-Length and Transfer-Encoding), 413 (it has a body), 414, 431
 * (more than a hundred fields), 501 (Transfer-Encoding), 505 (HTTP/2 and later,
 * or 0.9).  A method that is neither GET nor HEAD is 405 by the caller: method
 * is HTTP_OTHER and 200 comes back.  A Range, an If-Range or a date that comes
 * twice is as one that cannot be true; of several lines of
 * If-Match or If-None-Match the last one counts.  *why: a static sentence for
 * the log and the answer.  r points into data.
 *
 * Control bytes other than NUL may be in an escape, since they may be in a
 * file's name: r->path belongs in no header and no log as it is.
 */
unsigned http_parse(struct http_request *r, const char *data, size_t n,
    const char **why);

/* "OK", "Not Found": of the statuses that we send; "" for others. */
const char *http_reason(unsigned status);

/* A date as RFC 9110 section 5.6.7 has it (IMF-fixdate), into
 * out[HTTP_DATE_MAX]; returns out.  Years up to 9999. */
const char *http_date(int64_t seconds, char *out);
/* Of any of its three forms, with the weekday not looked at: seconds since
 * 1970; -1: none, or before 1970.  Years of two digits are 1970 to 2069. */
int64_t http_parse_date(const char *text, size_t n);

/* Whether one of a list of entity tags ("*", or tags with ", " between) is tag:
 * weakly compared for If-None-Match, strongly for If-Match.  A list is read up
 * to where it is none. */
int http_tag_matches(const char *list, size_t n, const char *tag, int is_weak);

/*
 * What a request comes to for something of that size, tag (with quotes) and
 * time of change, in the order of RFC 9110 section 13.2.2: 200, 206 with
 * *first and *last set, 304, 412 or 416.  The last bytes of nothing are 200: no
 * Content-Range can say them.
 */
unsigned http_conditions(const struct http_request *r, int64_t size,
    const char *tag, int64_t changed, int64_t *first, int64_t *last);

/* What a client reads of an answer. */
struct http_reply {
	unsigned status;
	int64_t length;		/* of the content; -1: not told */
	int64_t first, total;	/* of a part (206): where it begins, and the
				 * length of all; -1 */
	int64_t duration_ms;	/* X-Content-Duration; -1 */
	char type[64];		/* of the content, without parameters */
	char tag[HTTP_TAG_MAX];	/* "": none */
};

/* Take the whole head of an answer apart: 0; -1: it is none of HTTP/1. */
int http_parse_reply(struct http_reply *r, const char *data, size_t n);

/* Bytes of a path as an URL has them: all but letters, digits, "-._~" and '/'
 * escaped.  0, or -1 if it was cut. */
int http_escape(char *out, size_t size, const char *path);

#endif
