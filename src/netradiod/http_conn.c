/* SPDX-License-Identifier: ISC */
#include "http_conn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "os/tcp.h"

#define TEXT_MAX	512	/* with a head, HTTP_ANSWER_MAX at most */
#define FILE_STEP	(256 * 1024)	/* of a file at a time: others wait */

struct http_body *
http_body_new(char *data, size_t len)
{
	struct http_body *b = data != NULL ? malloc(sizeof(*b)) : NULL;

	if (b == NULL) {
		free(data);
		return NULL;
	}
	b->refs = 1;
	b->data = data;
	b->len = len;
	return b;
}

struct http_body *
http_body_get(struct http_body *b)
{
	b->refs++;
	return b;
}

void
http_body_put(struct http_body *b)
{
	if (b == NULL || --b->refs > 0)
		return;
	free(b->data);
	free(b);
}

void
http_head(struct http_conn *c, const struct http_answer *a,
    int64_t now_real_ns)
{
	char date[HTTP_DATE_MAX], length[64] = "", type[128] = "";

	if (a->type != NULL)
		text_format(type, sizeof(type), "Content-Type: %s\r\n",
		    a->type);
	if (a->length >= 0)
		text_format(length, sizeof(length), "Content-Length: %lld\r\n",
		    (long long)a->length);
	else
		c->closes = 1;
	/* Always fits: what is variable in it is bounded. */
	text_format(c->head, sizeof(c->head), "HTTP/1.1 %u %s\r\nDate: %s\r\n"
	    "Server: netradiod/" VERSION "\r\n%s%sX-Content-Type-Options: "
	    "nosniff\r\n%s%s%s\r\n", a->status, http_reason(a->status),
	    http_date(now_real_ns / NS_PER_S, date), type, length,
	    a->is_private ? "Cache-Control: no-store\r\n" : "",
	    a->more != NULL ? a->more : "",
	    c->closes ? "Connection: close\r\n" : c->is_old ?
	    "Connection: keep-alive\r\n" : "");
	c->head_len = strlen(c->head);
	c->head_sent = 0;
	c->state = HTTP_SENDS;
}

void
http_say(struct http_conn *c, const struct http_request *r, unsigned status,
    const char *more, const char *text)
{
	struct http_answer a = { .status = status, .is_private = 1,
	    .type = "text/plain; charset=utf-8", .more = more };
	char said[TEXT_MAX];
	size_t n;

	text_format(said, sizeof(said), "%s\n", text);
	a.length = (int64_t)strlen(said);
	http_head(c, &a, clock_real_ns());
	n = c->head_len;
	if (r->method != HTTP_HEAD &&
	    text_copy(c->head + n, sizeof(c->head) - n, said) == 0)
		c->head_len += strlen(said);
}

void
http_give(struct http_conn *c, const struct http_request *r,
    const char *type, const char *more, struct http_body *b)
{
	struct http_answer a = { .status = 200, .is_private = 1,
	    .type = type, .more = more };

	if (b == NULL) {
		http_say(c, r, 503, NULL, "Memory is out: try again later.");
		return;
	}
	a.length = (int64_t)b->len;
	http_head(c, &a, clock_real_ns());
	if (r->method == HTTP_HEAD) {
		http_body_put(b);
		return;
	}
	c->body = b;
	c->body_sent = 0;
}

static int
is_over(ssize_t n)
{
	return n == 0 || (n == -1 && errno != EAGAIN && errno != EWOULDBLOCK);
}

/* Send from data[*sent] on: as http_push. */
static int
push_bytes(struct http_conn *c, const char *data, size_t len, size_t *sent,
    int more, int64_t now_ns)
{
	ssize_t n;

	while (*sent < len) {
		n = tcp_send(c->fd, data + *sent, len - *sent, more);
		if (n <= 0)
			return is_over(n) ? -1 : 0;
		*sent += (size_t)n;
		c->since_ns = now_ns;
	}
	return 1;
}

static int
push_file(struct http_conn *c, int64_t now_ns)
{
	off_t off = c->off;
	size_t n;
	ssize_t sent;

	if (c->left == 0)
		return 1;
	n = c->left < FILE_STEP ? (size_t)c->left : FILE_STEP;
	do {
		sent = sendfile(c->fd, c->file, &off, n);
	} while (sent == -1 && errno == EINTR);
	/* One that was cut short meanwhile ends here: what was promised
	 * cannot be kept, and the connection says so. */
	if (sent <= 0)
		return is_over(sent) ? -1 : 0;
	c->off += sent;
	c->left -= sent;
	c->since_ns = now_ns;
	return c->left == 0;
}

int
http_push(struct http_conn *c, int64_t now_ns)
{
	int is_more = c->body != NULL || c->file != -1;
	int ret = push_bytes(c, c->head, c->head_len, &c->head_sent, is_more,
	    now_ns);

	if (ret == 1 && c->body != NULL)
		ret = push_bytes(c, c->body->data, c->body->len,
		    &c->body_sent, 0, now_ns);
	if (ret == 1 && c->file != -1)
		ret = push_file(c, now_ns);
	return ret;
}
