/* SPDX-License-Identifier: ISC */
/*
 * Requests as they come over a connection, one behind the other, and what their
 * conditions come to.  Of what is accepted a second, simpler reader of lines
 * finds nothing that a third could understand in another way, and its path,
 * escaped and asked for again, is the same.  And all of it as an answer.
 *
 * Answers for: src/wire/http.c src/wire/http_conditions.c src/wire/http_reply.c
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "wire/http.h"

#define TAG	"\"1-2-3\""

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct http_request r, again;

static void
check_path(const char *path)
{
	static char head[3 * HTTP_PATH_MAX + 64];
	char escaped[3 * HTTP_PATH_MAX];
	size_t n = strlen(path);
	const char *why;
	int len;

	assert(path[0] == '/' && n < HTTP_PATH_MAX);
	assert(strstr(path, "//") == NULL && strstr(path, "/./") == NULL &&
	    strstr(path, "/../") == NULL);
	assert(n < 3 || strcmp(path + n - 3, "/..") != 0);
	assert(strcmp(path + n - (n < 2 ? n : 2), "/.") != 0);
	assert(http_escape(escaped, sizeof(escaped), path) == 0);
	n = strlen(escaped);
	assert(http_escape(escaped, n, path) == -1 &&
	    http_escape(escaped, n + 1, path) == 0);
	len = snprintf(head, sizeof(head), "GET %s HTTP/1.0\r\n\r\n", escaped);
	assert(http_parse(&again, head, (size_t)len, &why) == 200);
	assert(strcmp(again.path, path) == 0 && again.query == NULL);
}

static int
begins(const char *p, const char *end, const char *text)
{
	size_t n = strlen(text);

	return (size_t)(end - p) >= n && strncasecmp(p, text, n) == 0;
}

static const char *
next_line(const char *p, const char *end)
{
	p = memchr(p, '\n', (size_t)(end - p));
	assert(p != NULL && p + 1 < end);
	return p + 1;
}

/* Lines end with CRLF and nothing else does; no line goes on; who the request
 * is for and where it ends is said once. */
static void
check_lines(const char *p, size_t n)
{
	unsigned hosts = 0, lengths = 0;
	const char *end = p + n;
	size_t i;

	for (i = 0; i < n; i++) {
		assert((p[i] == '\n') == (i > 0 && p[i - 1] == '\r'));
		assert((uint8_t)p[i] >= ' ' || strchr("\t\r\n", p[i]) != NULL);
		assert(p[i] != '\0' && p[i] != 0x7f);
	}
	while (p[0] == '\r')
		p += 2;
	/* The first line is none of a field: its method may be any word. */
	while ((p = next_line(p, end))[0] != '\r') {
		assert(p[0] != ' ' && p[0] != '\t');
		hosts += begins(p, end, "host:");
		lengths += begins(p, end, "content-length:");
		assert(!begins(p, end, "transfer-encoding:") &&
		    !begins(p, end, "transfer-encoding "));
	}
	assert(p + 2 == end);
	assert(hosts <= 1 && hosts >= r.minor && lengths <= 1);
}

static void
check_conditions(int64_t size, int64_t changed)
{
	int64_t first = -1, last = -1;
	unsigned status = http_conditions(&r, size, TAG, changed, &first,
	    &last);

	switch (status) {
	case 206:
		assert(first >= 0 && first <= last && last < size);
		/* FALLTHROUGH */
	case 416:
		assert(r.method == HTTP_GET && r.range.is_there);
		break;
	case 304:
		assert(r.method != HTTP_OTHER && (r.if_none_match != NULL ||
		    r.if_modified_since >= changed));
		break;
	case 412:
		assert(r.if_match != NULL || r.if_none_match != NULL ||
		    r.if_unmodified_since >= 0);
		break;
	default:
		assert(status == 200);
	}
}

static void
check_date(int64_t seconds)
{
	char date[HTTP_DATE_MAX];

	if (seconds < 0)
		return;
	http_date(seconds, date);
	assert(http_parse_date(date, strlen(date)) == seconds);
}

static void
check_request(const char *p, size_t n)
{
	const char *why;
	size_t cut;

	check_path(r.path);
	check_lines(p, n);
	assert(strlen(r.host) < HTTP_HOST_MAX &&
	    strpbrk(r.host, " \t\r\n\"'<>&/\\%") == NULL);
	assert(r.query == NULL || (r.query >= p && r.query + r.query_len <=
	    p + n && memchr(r.query, ' ', r.query_len) == NULL &&
	    memchr(r.query, '#', r.query_len) == NULL));
	check_conditions(0, 784111777);
	check_conditions(1, 784111778);
	check_conditions(1000, -1);
	check_conditions(INT64_MAX, 784111777);
	check_date(r.if_modified_since);
	check_date(r.if_unmodified_since);
	for (cut = 1; cut <= 4; cut++)
		assert(http_parse(&again, p, n - cut, &why) != 200);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *why;
	struct http_reply reply;
	unsigned status;
	char *head;
	int n;

	if (http_parse_reply(&reply, p, size) == 0)
		assert(reply.status >= 100 && reply.status <= 999 &&
		    reply.length >= -1 && reply.first >= -1 &&
		    reply.total >= -1 && reply.duration_ms >= -1);

	while ((n = http_head_length(p, size)) > 0) {
		assert((size_t)n <= size && n <= HTTP_HEAD_MAX);
		assert(http_head_length(p, (size_t)n) == n &&
		    http_head_length(p, (size_t)n - 1) == 0);
		/* What comes behind it is not the parser's. */
		head = malloc((size_t)n);
		memcpy(head, p, (size_t)n);
		why = NULL;
		status = http_parse(&r, head, (size_t)n, &why);
		assert(http_reason(status)[0] != '\0' && why != NULL);
		if (status == 200)
			check_request(head, (size_t)n);
		else
			assert(why[0] != '\0' && !r.keeps_alive);
		free(head);
		p += n;
		size -= (size_t)n;
	}
	assert((n == -1) == (size >= HTTP_HEAD_MAX));
	return 0;
}
