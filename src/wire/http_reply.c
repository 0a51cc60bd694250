/* SPDX-License-Identifier: ISC */
/* Answers, as a client reads them: what is not understood is passed over. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "wire/http.h"

#define DURATION_MAX_S	INT64_C(100000000)

struct line {
	const char *p;
	size_t n;
};

/* The digits at hand; more than there can be is as much as there can be; -1:
 * there are none. */
static int64_t
digits(struct line *l)
{
	int64_t v = 0;
	unsigned n = 0;

	for (; l->n > 0 && *l->p >= '0' && *l->p <= '9'; n++) {
		v = v > INT64_MAX / 10 - 1 ? INT64_MAX / 10 :
		    v * 10 + (*l->p - '0');
		l->p++;
		l->n--;
	}
	return n > 0 ? v : -1;
}

static int
skip(struct line *l, const char *text)
{
	size_t n = strlen(text);

	if (l->n < n || strncasecmp(l->p, text, n) != 0)
		return 0;
	l->p += n;
	l->n -= n;
	while (l->n > 0 && (*l->p == ' ' || *l->p == '\t')) {
		l->p++;
		l->n--;
	}
	return 1;
}

/* bytes 100-199/960052 */
static void
take_range(struct http_reply *r, struct line l)
{
	if (!skip(&l, "bytes "))
		return;
	r->first = digits(&l);
	if (!skip(&l, "-") || digits(&l) == -1 || !skip(&l, "/"))
		r->first = -1;
	else
		r->total = digits(&l);
}

/* 123.456 */
static void
take_duration(struct http_reply *r, struct line l)
{
	int64_t s = digits(&l), ms, scale = 100;

	if (s == -1 || s > DURATION_MAX_S)
		return;
	ms = s * 1000;
	if (skip(&l, "."))
		for (; scale > 0 && l.n > 0 && *l.p >= '0' && *l.p <= '9';
		    scale /= 10, l.p++, l.n--)
			ms += scale * (*l.p - '0');
	r->duration_ms = ms;
}

/* RFC 9110 section 8.8.3, as far as bytes go. */
static int
is_tag(const char *tag)
{
	for (; *tag != '\0'; tag++)
		if ((unsigned char)*tag < 0x21 || *tag == 0x7f)
			return 0;
	return 1;
}

static void
take_line(struct http_reply *r, struct line l)
{
	if (skip(&l, "Content-Length:"))
		r->length = digits(&l);
	else if (skip(&l, "Content-Range:"))
		take_range(r, l);
	else if (skip(&l, "X-Content-Duration:"))
		take_duration(r, l);
	else if (skip(&l, "ETag:")) {
		/* It goes back to the server as it is. */
		if (text_copyn(r->tag, sizeof(r->tag), l.p, l.n) == -1 ||
		    !is_tag(r->tag))
			r->tag[0] = '\0';
	} else if (skip(&l, "Content-Type:")) {
		text_copyn(r->type, sizeof(r->type), l.p, l.n);
		r->type[strcspn(r->type, "; \t")] = '\0';
	}
}

/* The next line, without its end: 1; 0: there is none. */
static int
next_line(struct line *all, struct line *l)
{
	const char *end = all->n > 0 ? memchr(all->p, '\n', all->n) : NULL;

	if (end == NULL)
		return 0;
	l->p = all->p;
	l->n = (size_t)(end - all->p);
	all->n -= l->n + 1;
	all->p = end + 1;
	if (l->n > 0 && l->p[l->n - 1] == '\r')
		l->n--;
	return 1;
}

int
http_parse_reply(struct http_reply *r, const char *data, size_t n)
{
	struct line all = { data, n }, l;
	int64_t status;

	memset(r, 0, sizeof(*r));
	r->length = r->first = r->total = r->duration_ms = -1;
	if (!next_line(&all, &l) || !skip(&l, "HTTP/1.") || digits(&l) == -1 ||
	    !skip(&l, " ") || (status = digits(&l)) < 100 || status > 999)
		return -1;
	r->status = (unsigned)status;
	while (next_line(&all, &l))
		take_line(r, l);
	return 0;
}
