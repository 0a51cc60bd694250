/* SPDX-License-Identifier: ISC */
/*
 * Requests as they come over a connection, one behind the other, and what their
 * conditions come to; and the same bytes as an answer.
 *
 * Answers for: src/wire/http.c src/wire/http_conditions.c src/wire/http_reply.c
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "wire/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct http_request r;

static void
check_path(const char *path)
{
	char escaped[3 * HTTP_PATH_MAX];
	size_t n = strlen(path);

	assert(path[0] == '/' && n < HTTP_PATH_MAX);
	assert(strstr(path, "//") == NULL && strstr(path, "/./") == NULL &&
	    strstr(path, "/../") == NULL);
	assert(n < 3 || strcmp(path + n - 3, "/..") != 0);
	assert(strcmp(path + n - (n < 2 ? n : 2), "/.") != 0);
	assert(http_escape(escaped, sizeof(escaped), path) == 0);
}

static void
check_conditions(int64_t size)
{
	int64_t first = -1, last = -1;
	unsigned status = http_conditions(&r, size, "\"1-2-3\"", 784111777,
	    &first, &last);

	switch (status) {
	case 206:
		assert(r.method == HTTP_GET && first >= 0 && first <= last &&
		    last < size);
		break;
	case 200:
	case 304:
	case 412:
	case 416:
		break;
	default:
		assert(0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *why;
	char date[HTTP_DATE_MAX];
	struct http_reply reply;
	unsigned status;
	int n;

	if (http_parse_reply(&reply, p, size) == 0)
		assert(reply.status >= 100 && reply.status <= 999 &&
		    reply.length >= -1 && reply.first >= -1 &&
		    reply.total >= -1 && reply.duration_ms >= -1);

	while ((n = http_head_length(p, size)) > 0) {
		assert((size_t)n <= size && n <= HTTP_HEAD_MAX);
		status = http_parse(&r, p, (size_t)n, &why);
		if (status == 200) {
			check_path(r.path);
			assert(r.query_len <= (size_t)n);
			check_conditions(0);
			check_conditions(1000);
			http_date(r.if_modified_since, date);
			assert(r.if_modified_since < 0 || http_parse_date(date,
			    strlen(date)) == r.if_modified_since);
		} else
			assert(http_reason(status)[0] != '\0' &&
			    why[0] != '\0');
		p += n;
		size -= (size_t)n;
	}
	return 0;
}
