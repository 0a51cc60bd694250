/* SPDX-License-Identifier: ISC */
/* Requests as RFC 9112 has them are understood, and nothing that two readers
 * could take for two things. */
#include "wire/http.h"

#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "tap.h"

static struct http_request r;

/* The status that a head gets; it lies in memory of its very length. */
static unsigned
parse(const char *head)
{
	size_t n = strlen(head);
	char *copy = malloc(n);
	const char *why;
	unsigned status;

	memcpy(copy, head, n);
	status = http_parse(&r, copy, n, &why);
	free(copy);
	return status;
}

#define HOST	"Host: radio\r\n"

static unsigned
target(const char *path)
{
	char head[3 * HTTP_PATH_MAX + 64];

	snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\n" HOST "\r\n", path);
	return parse(head);
}

static void
test_length(void)
{
	static const char two[] = "GET / HTTP/1.1\r\n" HOST "\r\nGET /a";
	char longer[HTTP_HEAD_MAX + 10];

	is(http_head_length(two, sizeof(two) - 1), 31, "a head ends with its "
	    "blank line");
	is(http_head_length(two, 30), 0, "one that is not whole is waited for");
	is(http_head_length("\r\n\r\nGET / HTTP/1.0\r\n\r\n", 22), 22,
	    "empty lines before it belong to it");
	is(http_head_length("GET / HTTP/1.0\n\n", 16), 16,
	    "lines that end with LF alone are not waited for");
	memset(longer, 'a', sizeof(longer));
	is(http_head_length(longer, HTTP_HEAD_MAX - 1), 0, "as long as it can "
	    "be, and not whole");
	is(http_head_length(longer, sizeof(longer)), -1, "too long");
}

static void
test_first_line(void)
{
	is(parse("GET / HTTP/1.1\r\n" HOST "\r\n"), 200, "GET");
	ok(r.method == HTTP_GET && r.minor == 1 && r.keeps_alive,
	    "is kept alive in HTTP/1.1");
	is(parse("HEAD /x HTTP/1.0\r\n\r\n"), 200, "HEAD in HTTP/1.0");
	ok(r.method == HTTP_HEAD && r.minor == 0 && !r.keeps_alive,
	    "is not kept alive");
	is(parse("POST / HTTP/1.1\r\n" HOST "\r\n"), 200, "another method");
	is(r.method, HTTP_OTHER, "is told");
	is(parse("get / HTTP/1.1\r\n" HOST "\r\n"), 200, "in small letters");
	is(r.method, HTTP_OTHER, "it is another one");
	is(parse("GET / HTTP/1.9\r\n" HOST "\r\n"), 200, "a later HTTP/1");
	is(parse("GET / HTTP/2.0\r\n" HOST "\r\n"), 505, "HTTP/2");
	is(parse("GET / HTTP/0.9\r\n" HOST "\r\n"), 505, "HTTP/0.9");
	is(parse("GET /\r\n\r\n"), 400, "no version");
	is(parse("GET  / HTTP/1.1\r\n" HOST "\r\n"), 400, "two blanks");
	is(parse("GET / HTTP/1.1 \r\n" HOST "\r\n"), 400, "a blank behind");
	is(parse("GET / http/1.1\r\n" HOST "\r\n"), 400, "http");
	is(parse(" GET / HTTP/1.1\r\n" HOST "\r\n"), 400, "a blank before");
	is(parse("G(T / HTTP/1.1\r\n" HOST "\r\n"), 400, "no token");
	is(parse("\x16\x03\x01\r\n\r\n"), 400, "TLS");
}

static void
test_target(void)
{
	char head[HTTP_HEAD_MAX];

	is(target("/a/b%20c?x=1&y"), 200, "a path with an escape and a query");
	is_str(r.path, "/a/b c", "is decoded, without the query");
	is(target("/%25%32%66"), 200, "an escape of an escape");
	is_str(r.path, "/%2f", "is decoded once");
	is(target("/live/"), 200, "an empty segment at the end");
	is(target("/caf%C3%A9"), 200, "UTF-8");
	is_str(r.path, "/caf\xc3\xa9", "is bytes");
	is(target("/..%5c"), 200, "a backslash is a byte of a name");
	is(target("/...") + target("/.a") + target("/a..") + target("/..a/b"),
	    800, "names may begin and end with dots");
	is(target("http://radio:80/live/1?x"), 200, "an absolute form");
	is_str(r.path, "/live/1", "its path counts");
	is(target("http://radio"), 200, "without a path");
	is_str(r.path, "/", "it is the root");
	is(target("/.."), 400, "..");
	is(target("/../etc/passwd"), 400, "../");
	is(target("/a/../b"), 400, "/../");
	is(target("/%2e%2e/a"), 400, "escaped dots");
	is(target("/.%2E"), 400, "one of them escaped");
	is(target("/./a"), 400, "/./");
	is(target("/."), 400, "/.");
	is(target("//a"), 400, "an empty segment");
	is(target("/a//b"), 400, "in the middle");
	is(target("/a%2fb"), 400, "an escaped slash");
	is(target("/a%00b"), 400, "NUL");
	is(target("/%"), 400, "an escape that is cut");
	is(target("/%4"), 400, "after one digit");
	is(target("/%zz"), 400, "without digits");
	is(target("/a#b"), 400, "a fragment");
	is(target("*"), 400, "an asterisk");
	is(target("radio:80"), 400, "an authority");
	is(target("a/b"), 400, "no slash");
	memset(head, 'a', sizeof(head));
	memcpy(head, "GET /", 5);
	strcpy(head + 5 + HTTP_PATH_MAX, " HTTP/1.1\r\n" HOST "\r\n");
	is(parse(head), 414, "a path that is too long");
	memcpy(head + 3 + HTTP_PATH_MAX, " HTTP/1.1\r\n" HOST "\r\n",
	    sizeof(" HTTP/1.1\r\n" HOST "\r\n"));
	is(parse(head), 200, "the longest that may be");
}

static void
test_fields(void)
{
	char head[HTTP_HEAD_MAX] = "GET / HTTP/1.1\r\n" HOST;
	unsigned i;

#define WITH(fields)	parse("GET / HTTP/1.1\r\n" HOST fields "\r\n")
	is(parse("GET / HTTP/1.1\r\n\r\n"), 400, "no Host");
	is(WITH(HOST), 400, "two");
	is_str(r.host, "radio", "it is told");
	parse("GET / HTTP/1.1\r\nHost: [2001:db8::1]:8000\r\n\r\n");
	is_str(r.host, "[2001:db8::1]:8000", "an address and a port");
	parse("GET / HTTP/1.1\r\nHost: <script>\r\n\r\n");
	is_str(r.host, "", "what is no name is not told");
	is(WITH("A : b\r\n"), 400, "a blank before the colon");
	is(WITH("A: b\r\n c\r\n"), 400, "a line that goes on");
	is(WITH("no colon\r\n"), 400, "no colon");
	is(WITH(": b\r\n"), 400, "no name");
	is(WITH("A: b\x01\r\n"), 400, "a control byte");
	is(WITH("A: b\rc\r\n"), 400, "CR alone");
	is(WITH("A: b\n"), 400, "LF alone");
	is(WITH("A:\tb\t\r\n"), 200, "blanks around a value");
	is(WITH("A:\r\n"), 200, "an empty one");
	is(WITH("Content-Length: 0\r\n"), 200, "an empty body");
	is(WITH("Content-Length: 1\r\n"), 413, "a body");
	is(WITH("Content-Length: 99999999999999999999\r\n"), 413, "a huge one");
	is(WITH("Content-Length: -1\r\n"), 400, "a negative one");
	is(WITH("Content-Length: +1\r\n"), 400, "a sign");
	is(WITH("Content-Length: 0, 0\r\n"), 400, "two in one");
	is(WITH("Content-Length: 0\r\ncontent-length: 0\r\n"), 400, "two");
	is(WITH("Transfer-Encoding: chunked\r\n"), 501, "chunks");
	is(WITH("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"), 400,
	    "chunks and a length");
	WITH("Connection: close\r\n");
	ok(!r.keeps_alive, "close");
	WITH("Connection: te , Close\r\n");
	ok(!r.keeps_alive, "close, among others");
	parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	ok(r.keeps_alive, "keep-alive in HTTP/1.0");
	WITH("icy-metadata: 1\r\n");
	ok(r.wants_icy, "titles are wanted");
	WITH("Icy-MetaData: 0\r\n");
	ok(!r.wants_icy, "or not");
	for (i = 0; i < 101; i++)
		strcat(head, "A: b\r\n");
	strcat(head, "\r\n");
	is(parse(head), 431, "too many fields");
}

static void
test_range(void)
{
#define RANGE(value)	WITH("Range: " value "\r\n")
	RANGE("bytes=0-99");
	ok(r.range.is_there && r.range.first == 0 && r.range.last == 99,
	    "a range");
	RANGE("bytes=100-");
	ok(r.range.is_there && r.range.first == 100 && r.range.last == -1,
	    "to the end");
	RANGE("bytes=-500");
	ok(r.range.is_there && r.range.first == -1 && r.range.last == 500,
	    "the last ones");
	RANGE("Bytes=1-2");
	ok(r.range.is_there, "whatever its case");
	RANGE("bytes=0-1,5-6");
	ok(!r.range.is_there, "several are ignored");
	RANGE("bytes=5-4");
	ok(!r.range.is_there, "so is one that ends before it begins");
	RANGE("bytes=-");
	ok(!r.range.is_there, "and one of nothing");
	RANGE("lines=1-2");
	ok(!r.range.is_there, "and one of lines");
	RANGE("bytes=a-b");
	ok(!r.range.is_there, "and one of letters");
	RANGE("bytes=99999999999999999999999-");
	ok(r.range.is_there && r.range.first > INT64_MAX / 2,
	    "a number beyond all is one beyond all");
}

static void
test_dates(void)
{
	char text[HTTP_DATE_MAX];
	uint64_t g = 5;
	int64_t t;
	unsigned i, good = 0;

#define DATE(text)	http_parse_date(text, sizeof(text) - 1)
	is_str(http_date(784111777, text), "Sun, 06 Nov 1994 08:49:37 GMT",
	    "the date of the standard");
	is_str(http_date(0, text), "Thu, 01 Jan 1970 00:00:00 GMT", "the first "
	    "one");
	is_str(http_date(951782400, text), "Tue, 29 Feb 2000 00:00:00 GMT",
	    "a leap day");
	is_str(http_date(INT64_MAX, text), "Fri, 31 Dec 9999 23:59:59 GMT",
	    "the last one");
	is(DATE("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777, "IMF-fixdate");
	is(DATE("Sunday, 06-Nov-94 08:49:37 GMT"), 784111777, "RFC 850");
	is(DATE("Sun Nov  6 08:49:37 1994"), 784111777, "asctime");
	is(DATE("Sun, 06 Nov 1994 08:49:37 CET"), -1, "another zone");
	is(DATE("Sun, 06 Nov 1994 25:49:37 GMT"), -1, "an hour too many");
	is(DATE("Sun, 36 Nov 1994 08:49:37 GMT"), -1, "a day too many");
	is(DATE("Sun, 06 Nop 1994 08:49:37 GMT"), -1, "no month");
	is(DATE("Sun, 06 Nov 1994 08:49:37 GMT "), -1, "something behind");
	is(DATE(""), -1, "nothing");
	is(DATE("now"), -1, "a word");
	for (i = 0; i < 10000; i++) {
		t = (int64_t)(random_of(&g) % 253402300800u);
		http_date(t, text);
		good += http_parse_date(text, strlen(text)) == t;
	}
	is(good, 10000, "what is written is read as the same");
}

static unsigned
conditions(const char *fields, int64_t size, int64_t *first, int64_t *last)
{
	static char head[1024];
	const char *why;

	snprintf(head, sizeof(head), "GET / HTTP/1.1\r\n" HOST "%s\r\n",
	    fields);
	if (http_parse(&r, head, strlen(head), &why) != 200)
		return 0;
	return http_conditions(&r, size, "\"abc\"", 784111777, first, last);
}

#define THEN	"Sun, 06 Nov 1994 08:49:37 GMT\r\n"
#define BEFORE	"Sun, 06 Nov 1994 08:49:36 GMT\r\n"

static void
test_conditions(void)
{
	static const struct {
		const char *fields;
		unsigned status;
	} cases[] = {
		{ "", 200 },
		{ "If-None-Match: \"abc\"\r\n", 304 },
		{ "If-None-Match: W/\"abc\"\r\n", 304 },
		{ "If-None-Match: \"x\", \"abc\"\r\n", 304 },
		{ "If-None-Match: *\r\n", 304 },
		{ "If-None-Match: \"abcd\"\r\n", 200 },
		{ "If-None-Match: abc\r\n", 200 },
		{ "If-Modified-Since: " THEN, 304 },
		{ "If-Modified-Since: " BEFORE, 200 },
		{ "If-Modified-Since: yesterday\r\n", 200 },
		{ "If-None-Match: \"x\"\r\nIf-Modified-Since: " THEN, 200 },
		{ "If-Match: \"abc\"\r\n", 200 },
		{ "If-Match: W/\"abc\"\r\n", 412 },
		{ "If-Match: \"x\"\r\n", 412 },
		{ "If-Match: *\r\n", 200 },
		{ "If-Unmodified-Since: " THEN, 200 },
		{ "If-Unmodified-Since: " BEFORE, 412 },
		{ "If-Match: \"abc\"\r\nIf-Unmodified-Since: " BEFORE, 200 },
		{ "Range: bytes=0-0\r\n", 206 },
		{ "Range: bytes=0-0\r\nIf-Range: \"abc\"\r\n", 206 },
		{ "Range: bytes=0-0\r\nIf-Range: W/\"abc\"\r\n", 200 },
		{ "Range: bytes=0-0\r\nIf-Range: \"x\"\r\n", 200 },
		{ "Range: bytes=0-0\r\nIf-Range: " THEN, 206 },
		{ "Range: bytes=0-0\r\nIf-Range: " BEFORE, 200 },
		{ "Range: bytes=0-0\r\nIf-None-Match: \"abc\"\r\n", 304 },
		{ "Range: bytes=10-\r\n", 416 },
		{ "Range: bytes=-0\r\n", 416 }
	};
	int64_t first, last;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is(conditions(cases[i].fields, 10, &first, &last),
		    cases[i].status, cases[i].fields);
	conditions("Range: bytes=2-4\r\n", 10, &first, &last);
	ok(first == 2 && last == 4, "a range");
	conditions("Range: bytes=2-40\r\n", 10, &first, &last);
	ok(first == 2 && last == 9, "ends where all ends");
	conditions("Range: bytes=-3\r\n", 10, &first, &last);
	ok(first == 7 && last == 9, "the last three");
	conditions("Range: bytes=-30\r\n", 10, &first, &last);
	ok(first == 0 && last == 9, "more than there are are all");
	is(conditions("Range: bytes=0-\r\n", 0, &first, &last), 416,
	    "of nothing there is no range");
	is(conditions("", 0, &first, &last), 200, "but all of it");
}

/* Whatever comes: no read beyond the end, and what is taken is a path. */
static void
test_anything(void)
{
	static const char pool[] = "GET /%2eaHOST:\r\n \r\n.HTTP/1.1?#bytes=-";
	uint64_t g = 77;
	unsigned i, k, n, taken = 0, bad = 0;
	const char *why;
	char *data, escaped[3 * HTTP_PATH_MAX], path[HTTP_PATH_MAX];

	for (i = 0; i < 200000; i++) {
		n = (unsigned)(random_of(&g) % 80) + 1;
		data = malloc(n + 32);
		k = i % 2 ? 0 : (unsigned)snprintf(data, 32, "GET /");
		for (; k < n; k++)
			data[k] = pool[random_of(&g) % (sizeof(pool) - 1)];
		http_head_length(data, n);
		if (http_parse(&r, data, n, &why) == 200) {
			taken++;
			bad += r.path[0] != '/' ||
			    strstr(r.path, "/../") != NULL;
		}
		free(data);
	}
	is(bad, 0, "no path leads up");
	for (i = 0; i < 2000; i++) {
		n = (unsigned)(random_of(&g) % 60);
		path[0] = '/';
		for (k = 1; k <= n; k++)
			path[k] = (char)(random_of(&g) % 255 + 1);
		for (k = 1; k <= n; k++)
			if (path[k] == '/' || path[k] == '.')
				path[k] = '_';
		path[k] = '\0';
		http_escape(escaped, sizeof(escaped), path);
		bad += target(escaped) != 200 || strcmp(r.path, path) != 0;
	}
	is(bad, 0, "what is escaped is read as it was");
	is(http_escape(escaped, 6, "/abcdef"), -1, "what does not fit is cut");
}

int
main(void)
{
	test_length();
	test_first_line();
	test_target();
	test_fields();
	test_range();
	test_dates();
	test_conditions();
	test_anything();
	return tap_end();
}
