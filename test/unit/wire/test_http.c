/* SPDX-License-Identifier: ISC */
/* Requests as RFC 9112 has them are understood, and nothing that two readers
 * could take for two things. */
#include "wire/http.h"

#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "tap.h"

static struct http_request r;

/* The status that a head gets; it lies in memory of its very length, so only
 * what r has of its own may be looked at afterwards. */
static unsigned
parse_bytes(const char *head, size_t n)
{
	char *copy = malloc(n > 0 ? n : 1);
	const char *why = NULL;
	unsigned status;

	memcpy(copy, head, n);
	status = http_parse(&r, copy, n, &why);
	free(copy);
	if (why == NULL || (status == 200) != (why[0] == '\0') ||
	    (status != 200 && r.keeps_alive) ||
	    http_reason(status)[0] == '\0')
		return 0;
	return status;
}

static unsigned
parse(const char *head)
{
	return parse_bytes(head, strlen(head));
}

#define BYTES(text)	parse_bytes(text, sizeof(text) - 1)

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
	unsigned whole = 0;
	size_t i;

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
	is(http_head_length(longer, HTTP_HEAD_MAX), -1, "longer than it can "
	    "be");
	is(http_head_length(longer, sizeof(longer)), -1, "too long");
	memcpy(longer + HTTP_HEAD_MAX - 4, "\r\n\r\n", 4);
	is(http_head_length(longer, HTTP_HEAD_MAX), HTTP_HEAD_MAX,
	    "the longest that may be");
	memset(longer, 'a', sizeof(longer));
	memcpy(longer + HTTP_HEAD_MAX - 3, "\r\n\r\n", 4);
	is(http_head_length(longer, sizeof(longer)), -1, "one byte more");
	for (i = 0; i + 1 < sizeof(longer); i += 2)
		memcpy(longer + i, "\r\n", 2);
	is(http_head_length(longer, 100), 0, "empty lines are no head");
	is(http_head_length(longer, sizeof(longer)), -1, "not even many");
	is(http_head_length("", 0), 0, "nothing");
	for (i = 0; i < 31; i++)
		whole += http_head_length(two, i) != 0;
	is(whole, 0, "whatever is missing of it");
	for (i = 31; i < sizeof(two); i++)
		whole += http_head_length(two, i) == 31;
	is(whole, sizeof(two) - 31, "whatever is behind it");
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
	is(parse("G\xc3\x89T / HTTP/1.1\r\n" HOST "\r\n"), 400, "a method "
	    "that is not ASCII");
	is(parse("GET / HTTP/1.10\r\n" HOST "\r\n"), 400, "two digits");
	is(parse("GET / HTTP/1\r\n" HOST "\r\n"), 400, "none");
	is(parse("GET / HTTP/a.b\r\n" HOST "\r\n"), 400, "letters");
	is(parse("GET / x HTTP/1.1\r\n" HOST "\r\n"), 400, "a word too many");
	is(parse("GET\t/ HTTP/1.1\r\n" HOST "\r\n"), 400, "a tab for a blank");
	is(parse("GET /\tHTTP/1.1\r\n" HOST "\r\n"), 400, "the other one");
	is(parse("/ HTTP/1.1\r\n" HOST "\r\n"), 400, "no method");
	is(parse("GET\r\n\r\n"), 400, "nothing but that");
	is(parse("CONNECT radio:80 HTTP/1.1\r\n" HOST "\r\n"), 400,
	    "CONNECT has no path");
	is(parse("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), 400,
	    "nor has OPTIONS *");
	is(parse("PRI * HTTP/2.0\r\n\r\n"), 505, "how HTTP/2 begins");
	is(parse("\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n"), 200,
	    "empty lines before it");
	is(parse(""), 400, "nothing");
	is(parse("\r\n\r\n"), 400, "empty lines and nothing");
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
	is(target("/a?b#c"), 400, "a fragment of a query");
	is(target("/a\tb"), 400, "a tab");
	is(target("/a?b\tc"), 400, "in a query");
	is(target("/a\x7f"), 400, "DEL");
	is(target("/a\rb"), 400, "CR");
	is(target("/a%2Fb"), 400, "an escaped slash in capitals");
	is(target("/%2e"), 400, "an escaped dot");
	is(target("/a/%2E./b"), 400, "two in the middle");
	is(target("/%252e%252e/a"), 200, "dots that were escaped twice");
	is_str(r.path, "/%2e%2e/a", "are no dots");
	is(target("/a%20%0a%7f"), 200, "a name may have control bytes");
	is_str(r.path, "/a \n\x7f", "escaped");
	is(target("/a+b\\c"), 200, "plus and backslash");
	is_str(r.path, "/a+b\\c", "mean themselves");
	is(target("/?../.."), 200, "dots of a query");
	is_str(r.path, "/", "are not looked at");
	is(target("?x"), 400, "a query alone");
	is(target("HTTP://Radio/a"), 200, "an absolute form in capitals");
	is_str(r.path, "/a", "its path");
	is_str(r.host, "Radio", "and its host, whatever Host says");
	is(target("http://h?x=/a"), 200, "a slash in its query");
	is_str(r.path, "/", "is none of its path");
	is(target("http://h/../a"), 400, "it leads up");
	is(target("http:///a"), 400, "it has no host");
	is(target("http://:80/a"), 400, "only a port");
	is(target("http://me@h/a"), 400, "a user");
	is(target("http://h\\x/a"), 400, "a host that is none");
	is(target("https://h/a"), 400, "another scheme");
	is(target("http:/a"), 400, "without slashes");
	is(parse("GET http://h/a HTTP/1.1\r\n\r\n"), 400,
	    "it needs a Host all the same");
	is(parse("GET http://h/a HTTP/1.1\r\nHost: a b\r\n\r\n"), 400,
	    "that is one");
	is(target("*"), 400, "an asterisk");
	is(target("radio:80"), 400, "an authority");
	is(target("a/b"), 400, "no slash");
	memset(head, 'a', sizeof(head));
	memcpy(head, "GET /", 5);
	memcpy(head + 5 + HTTP_PATH_MAX, " HTTP/1.1\r\n" HOST "\r\n",
	    sizeof(" HTTP/1.1\r\n" HOST "\r\n"));
	is(parse(head), 414, "a path that is too long");
	memcpy(head + 4 + HTTP_PATH_MAX, " HTTP/1.1\r\n" HOST "\r\n",
	    sizeof(" HTTP/1.1\r\n" HOST "\r\n"));
	is(parse(head), 414, "by its end");
	memcpy(head + 3 + HTTP_PATH_MAX, " HTTP/1.1\r\n" HOST "\r\n",
	    sizeof(" HTTP/1.1\r\n" HOST "\r\n"));
	is(parse(head), 200, "the longest that may be");
}

static void
test_fields(void)
{
	char head[HTTP_HEAD_MAX] = "GET / HTTP/1.1\r\n" HOST;
	size_t n = strlen(head);
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
	is(WITH("A: b\r\r\n"), 400, "CR before CRLF");
	is(WITH("A: b\n\r\n"), 400, "LF before CRLF");
	is(parse("GET / HTTP/1.1\n" HOST "\r\n"), 400, "LF behind the first "
	    "line");
	is(parse("GET / HTTP/1.1\r\n" HOST "\n"), 400, "LF for a blank line");
	is(parse("GET / HTTP/1.1\r\n" HOST), 400, "no blank line");
	is(parse("\nGET / HTTP/1.1\r\n" HOST "\r\n"), 400, "LF before all");
	is(BYTES("GET / HTTP/1.1\r\n" HOST "A: \0\r\n\r\n"), 400, "NUL");
	is(BYTES("GET /\0 HTTP/1.1\r\n" HOST "\r\n"), 400, "in the target");
	is(BYTES("GET / HTTP/1.1\r\nHost: a\0\r\n\r\n"), 400, "in Host");
	is(BYTES("GET / HTTP/1.1\r\n" HOST "A\0: b\r\n\r\n"), 400,
	    "in a name");
	is(parse("GET / HTTP/1.1\r\n " HOST "\r\n"), 400,
	    "a blank before the first field");
	is(WITH("A: b\r\n\tc\r\n"), 400, "a line that goes on with a tab");
	is(WITH("A: b\r\n \r\n"), 400, "with nothing");
	is(WITH("A\t: b\r\n"), 400, "a tab before the colon");
	is(WITH("A b: c\r\n"), 400, "a blank in a name");
	is(WITH("\xc3\xa9: c\r\n"), 400, "a name that is not ASCII");
	is(WITH("A: \xc3\xa9 \xff\r\n"), 200, "a value may be");
	is(WITH("A: b:c\r\n"), 200, "and may have colons");
	is(WITH("A: \x7f\r\n"), 400, "but no DEL");
	is(parse("GET / HTTP/1.1\r\nhOsT: radio\r\n\r\n"), 200,
	    "names in any case");
	is(parse("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 200, "an empty Host");
	is(parse("GET / HTTP/1.0\r\n" HOST HOST "\r\n"), 400,
	    "two in HTTP/1.0");
	is(parse("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"), 400,
	    "two that somebody made one");
	is(parse("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"), 400,
	    "without a blank");
	is(parse("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400, "a path");
	is(parse("GET / HTTP/1.1\r\nHost: me@a\r\n\r\n"), 400, "a user");
	is(parse("GET / HTTP/1.1\r\nHost : a\r\n\r\n"), 400,
	    "a blank behind it");
	is(WITH("A:\tb\t\r\n"), 200, "blanks around a value");
	is(WITH("A:\r\n"), 200, "an empty one");
	is(WITH("Content-Length: 0\r\n"), 200, "an empty body");
	is(WITH("Content-Length: 1\r\n"), 413, "a body");
	is(WITH("Content-Length: 99999999999999999999\r\n"), 413, "a huge one");
	is(WITH("Content-Length: -1\r\n"), 400, "a negative one");
	is(WITH("Content-Length: +1\r\n"), 400, "a sign");
	is(WITH("Content-Length: 0, 0\r\n"), 400, "two in one");
	is(WITH("Content-Length:\r\n"), 400, "one of nothing");
	is(WITH("Content-Length: 0x0\r\n"), 400, "hexadecimal");
	is(WITH("Content-Length: 0 0\r\n"), 400, "a blank in it");
	is(WITH("Content-Length: 0;\r\n"), 400, "something behind it");
	is(WITH("Content-Length: \t000 \r\n"), 200, "zeros and blanks");
	is(WITH("Content-Length: 18446744073709551616\r\n"), 413,
	    "one that would be zero in 64 bits");
	is(WITH("Content-Length: 4294967296\r\n"), 413, "in 32");
	is(WITH("Content-Length: 0\r\nContent-Length: 5\r\n"), 400,
	    "two that differ");
	is(WITH("Transfer-Encoding: identity\r\n"), 501, "any coding");
	is(WITH("Transfer-Encoding:\r\n"), 501, "even none");
	is(WITH("tRANSFER-eNCODING: x\r\n"), 501, "in any case");
	is(WITH("Transfer-Encoding : chunked\r\n"), 400,
	    "a blank behind it");
	is(WITH("Transfer-Encoding: a\r\nTransfer-Encoding: b\r\n"), 501,
	    "twice");
	is(WITH("Content-Length: 0\r\nTransfer-Encoding: x\r\n"), 400,
	    "behind a length");
	is(parse("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
	    501, "in HTTP/1.0");
	is(WITH("Content-Length: 0\r\ncontent-length: 0\r\n"), 400, "two");
	is(WITH("Transfer-Encoding: chunked\r\n"), 501, "chunks");
	is(WITH("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"), 400,
	    "chunks and a length");
	WITH("Connection: close\r\n");
	ok(!r.keeps_alive, "close");
	WITH("Connection: te , Close\r\n");
	ok(!r.keeps_alive, "close, among others");
	WITH("Connection: keep-alive\r\nConnection: close\r\n");
	ok(!r.keeps_alive, "close, in a second line");
	WITH("Connection: ,, closed,,\r\n");
	ok(r.keeps_alive, "nothing like it");
	parse("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n");
	ok(!r.keeps_alive, "both are close");
	parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	ok(r.keeps_alive, "keep-alive in HTTP/1.0");
	WITH("icy-metadata: 1\r\n");
	ok(r.wants_icy, "titles are wanted");
	WITH("Icy-MetaData: 0\r\n");
	ok(!r.wants_icy, "or not");
	for (i = 0; i < 99; i++)
		memcpy(head + n + 6 * i, "A: b\r\n", 6);
	memcpy(head + n + 6 * i, "\r\n", 3);
	is(parse(head), 200, "a hundred fields");
	memcpy(head + n + 6 * i, "A: b\r\n\r\n", 9);
	is(parse(head), 431, "one more");
}

/* What lies in the head's bytes. */
static void
test_spans(void)
{
	static const char head[] = "GET /a?b%20c?d HTTP/1.1\r\n" HOST
	    "If-Match: \"a\"\r\nIf-None-Match:  \"b\", \"c\" \r\n\r\n";
	static const char empty[] = "GET /a? HTTP/1.1\r\n" HOST "\r\n";
	const char *why;

	http_parse(&r, head, sizeof(head) - 1, &why);
	ok(r.query == head + 7 && r.query_len == 7, "a query, not decoded");
	ok(r.if_match_len == 3 && memcmp(r.if_match, "\"a\"", 3) == 0,
	    "If-Match");
	ok(r.if_none_match_len == 8 && memcmp(r.if_none_match,
	    "\"b\", \"c\"", 8) == 0, "If-None-Match, without blanks around");
	http_parse(&r, empty, sizeof(empty) - 1, &why);
	ok(r.query != NULL && r.query_len == 0, "an empty query");
	ok(r.if_match == NULL && r.if_none_match == NULL, "no conditions");
	http_parse(&r, "GET / HTTP/1.0\r\n\r\n", 18, &why);
	ok(r.query == NULL, "no query");
}

static void
test_range(void)
{
	static const struct {
		const char *text;
		int is_there;
		int64_t first, last;
	} cases[] = {
		{ "bytes=0-99", 1, 0, 99 },
		{ "bytes=0-0", 1, 0, 0 },
		{ "bytes=100-", 1, 100, -1 },
		{ "bytes=-500", 1, -1, 500 },
		{ "bytes=-0", 1, -1, 0 },
		{ "bYtEs=1-2", 1, 1, 2 },
		{ "bytes=007-0008", 1, 7, 8 },
		{ "bytes= 1-2", 1, 1, 2 },
		{ "bytes=0-1,5-6", 0, 0, 0 },
		{ "bytes=0-1, 5-6", 0, 0, 0 },
		{ "bytes=0-1,", 0, 0, 0 },
		{ "bytes=,0-1", 0, 0, 0 },
		{ "bytes=-1,-2", 0, 0, 0 },
		{ "bytes=5-4", 0, 0, 0 },
		{ "bytes=-", 0, 0, 0 },
		{ "bytes=", 0, 0, 0 },
		{ "bytes", 0, 0, 0 },
		{ "", 0, 0, 0 },
		{ "bytes=5", 0, 0, 0 },
		{ "bytes=--5", 0, 0, 0 },
		{ "bytes=-5-", 0, 0, 0 },
		{ "bytes=1-2-3", 0, 0, 0 },
		{ "bytes=+1-2", 0, 0, 0 },
		{ "bytes=1 - 2", 0, 0, 0 },
		{ "bytes=1- 2", 0, 0, 0 },
		{ "bytes =1-2", 0, 0, 0 },
		{ "bytes:1-2", 0, 0, 0 },
		{ "bytes=a-b", 0, 0, 0 },
		{ "bytes=0x1-2", 0, 0, 0 },
		{ "lines=1-2", 0, 0, 0 },
		{ "bytes=1-2\r\nRange: bytes=1-2", 0, 0, 0 },
		{ "x\r\nRange: bytes=1-2", 0, 0, 0 },
		{ "bytes=1-2\r\nrange: x", 0, 0, 0 }
	};
	static const char *const huge[] = { "9223372036854775807",
	    "9223372036854775808", "18446744073709551617",
	    "99999999999999999999999999999999999999" };
	char head[256];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(head, sizeof(head), "GET / HTTP/1.1\r\n" HOST
		    "Range: %s\r\n\r\n", cases[i].text);
		is(parse(head), 200, "a range is no reason to refuse");
		ok(r.range.is_there == cases[i].is_there &&
		    (!r.range.is_there || (r.range.first == cases[i].first &&
		    r.range.last == cases[i].last)), "range %zu is %s", i,
		    cases[i].is_there ? "what it says" : "ignored");
	}
	for (i = 0; i < sizeof(huge) / sizeof(huge[0]); i++) {
		snprintf(head, sizeof(head), "GET / HTTP/1.1\r\n" HOST
		    "Range: bytes=%s-%s\r\n\r\n", huge[i], huge[i]);
		parse(head);
		ok(r.range.is_there && r.range.first > INT64_MAX / 2 &&
		    r.range.last >= r.range.first, "a number beyond all is "
		    "one beyond all");
	}
}

static void
test_reasons(void)
{
	is_str(http_reason(200), "OK", "200");
	is_str(http_reason(416), "Range Not Satisfiable", "416");
	is_str(http_reason(299), "", "one that we do not send");
	is_str(http_reason(0), "", "none");
}

static void
test_escape(void)
{
	char out[64];

	is(http_escape(out, sizeof(out), "/aZ09-._~/ %?#\"\\\x01\x7f\xc3\xa9"),
	    0, "a path is escaped");
	is_str(out, "/aZ09-._~/%20%25%3F%23%22%5C%01%7F%C3%A9", "but for what "
	    "needs not be");
	is(http_escape(out, 4, "/ab"), 0, "just as long as there is room");
	is_str(out, "/ab", "it is whole");
	is(http_escape(out, 3, "/ab"), -1, "a byte less");
	is_str(out, "/a", "cuts it");
	is(http_escape(out, 5, "/ "), 0, "an escape that fits");
	is_str(out, "/%20", "is whole");
	is(http_escape(out, 4, "/ "), -1, "one that does not");
	is_str(out, "/", "is not cut in two");
	is(http_escape(out, 1, ""), 0, "nothing needs no room");
	is_str(out, "", "but for its end");
	memcpy(out, "x", 2);
	is(http_escape(out, 0, "/a"), -1, "in no room");
	is_str(out, "x", "nothing is written");
}

/* As HTTP's own words say it: no segment is empty but the last, none leads
 * anywhere else. */
static int
is_path(const char *p)
{
	size_t n;

	if (*p++ != '/')
		return 0;
	for (; *p != '\0'; p += n + 1) {
		n = strcspn(p, "/");
		if (n == 0 || (n == 1 && p[0] == '.') ||
		    (n == 2 && p[0] == '.' && p[1] == '.'))
			return 0;
		if (p[n] == '\0')
			break;
	}
	return 1;
}

/* A head, somewhat damaged. */
static size_t
damage(char *data, const char *head, size_t n)
{
	static const char odd[] = "\r\n \t:%./?#0\0\x7f\xff,\"*-";
	unsigned k = random_below(4);
	size_t at;

	memcpy(data, head, n);
	while (k-- > 0 && n > 1) {
		at = random_below((uint32_t)n);
		switch (random_below(3)) {
		case 0:
			data[at] = odd[random_below(sizeof(odd) - 1)];
			break;
		case 1:
			memmove(data + at, data + at + 1, --n - at);
			break;
		default:
			n = n - random_below(2);
		}
	}
	return n;
}

static void
test_damaged(void)
{
	static const char *const heads[] = {
		"GET /a/b%20c?x HTTP/1.1\r\nHost: a\r\n"
		    "Range: bytes=1-2\r\n\r\n",
		"HEAD http://h/%41/ HTTP/1.0\r\nContent-Length: 0\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\n"
		    "If-None-Match: W/\"abc\", \"d\"\r\n"
		    "If-Range: \"abc\"\r\nIf-Match: *\r\n\r\n",
		"\r\nGET /%2e/.. HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: "
		    "Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n"
	};
	unsigned i, taken = 0, bad = 0, status;
	int64_t first, last;
	char data[256], *copy;
	const char *why, *head;
	size_t n;

	random_seed(20);
	for (i = 0; i < 300000; i++) {
		head = heads[i % 5];
		n = damage(data, head, strlen(head));
		copy = malloc(n);
		memcpy(copy, data, n);
		bad += http_head_length(copy, n) > (int)n;
		if (http_parse(&r, copy, n, &why) == 200) {
			taken++;
			bad += !is_path(r.path);
			status = http_conditions(&r, 10, "\"abc\"", 784111777,
			    &first, &last);
			bad += status == 206 && !(first >= 0 && first <=
			    last && last < 10);
		}
		free(copy);
	}
	is(bad, 0, "what is damaged is refused, or is a path");
	ok(taken > 10000, "some are taken");
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
		data = malloc(n);	/* no byte more */
		for (k = 0; k < n; k++)
			data[k] = k < 5 && i % 2 ? "GET /"[k] :
			    i % 3 ? pool[random_of(&g) % (sizeof(pool) - 1)] :
			    (char)random_of(&g);
		bad += http_head_length(data, n) > (int)n;
		http_parse_date(data, n);
		http_tag_matches(data, n, "\"a\"", (int)i & 1);
		if (http_parse(&r, data, n, &why) == 200) {
			taken++;
			bad += !is_path(r.path);
		}
		free(data);
	}
	is(bad, 0, "no path leads up");
	for (i = 0; i < 2000; i++) {
		n = (unsigned)(random_of(&g) % 60);
		path[0] = '/';
		for (k = 1; k <= n; k++)
			path[k] = (char)(random_of(&g) % 255 + 1);
		for (k = 1; i % 2 == 0 && k <= n; k++)
			path[k] = "/.a%"[random_of(&g) % 4];
		path[n + 1] = '\0';
		http_escape(escaped, sizeof(escaped), path);
		if (is_path(path))
			bad += target(escaped) != 200 ||
			    strcmp(r.path, path) != 0;
		else
			bad += target(escaped) != 400;
	}
	is(bad, 0, "what is escaped is read as it was, or is no path");
	memset(path, '\xff', sizeof(path) - 1);
	memcpy(path, "/", 1);
	path[sizeof(path) - 1] = '\0';
	is(http_escape(escaped, sizeof(escaped), path), 0, "there is room for "
	    "any path's escapes");
}

static int
reply(struct http_reply *p, const char *head)
{
	return http_parse_reply(p, head, strlen(head));
}

static void
test_reply(void)
{
	struct http_reply p;

	is(reply(&p, "HTTP/1.1 206 Partial Content\r\ncontent-type: "
	    "audio/mpeg; x=y\r\nContent-Length: 100\r\nContent-Range: bytes "
	    "5-104/960052\r\nETag: \"abc\"\r\nX-Content-Duration: 61.25\r\n"
	    "\r\n"), 0, "an answer");
	ok(p.status == 206 && p.length == 100 && p.first == 5 &&
	    p.total == 960052 && p.duration_ms == 61250, "its numbers");
	ok(strcmp(p.type, "audio/mpeg") == 0 && strcmp(p.tag, "\"abc\"") == 0,
	    "its texts");
	is(reply(&p, "HTTP/1.0 404 Not Found\r\n\r\n"), 0, "one of HTTP/1.0");
	ok(p.status == 404 && p.length == -1 && p.first == -1 &&
	    p.total == -1 && p.duration_ms == -1 && p.tag[0] == '\0',
	    "that tells nothing");
	is(reply(&p, "ICY 200 OK\r\n\r\n"), -1, "another protocol");
	is(reply(&p, "HTTP/1.1 xyz\r\n\r\n"), -1, "no status");
	is(reply(&p, ""), -1, "nothing");
	reply(&p, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999"
	    "\r\nContent-Range: bytes */5\r\nX-Content-Duration: 1e9\r\n"
	    "\r\n");
	ok(p.length > 0 && p.first == -1 && p.total == -1, "what is odd is "
	    "bounded");
}

int
main(void)
{
	test_length();
	test_first_line();
	test_target();
	test_fields();
	test_spans();
	test_range();
	test_reasons();
	test_escape();
	test_damaged();
	test_anything();
	test_reply();
	return tap_end();
}
