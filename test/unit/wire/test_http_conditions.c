/* SPDX-License-Identifier: ISC */
/* Dates, tags, and what the conditions of a request come to (RFC 9110, sections
 * 5.6.7, 8.8.3, 13 and 14). */
#include "wire/http.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "random.h"
#include "tap.h"

#define HOST	"Host: radio\r\n"

static struct http_request r;

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
	is(DATE("Mon, 06 Nov 1994 08:49:37 GMT"), 784111777, "the weekday is "
	    "not looked at");
	is(DATE("Tue, 29 Feb 2000 00:00:00 GMT"), 951782400, "a leap day");
	is(DATE("Sat, 31 Dec 2016 23:59:60 GMT"), 1483228800, "a leap second");
	is(DATE("Thursday, 01-Jan-70 00:00:00 GMT"), 0, "70 is 1970");
	is(DATE("Tuesday, 31-Dec-69 00:00:00 GMT"), INT64_C(3155673600),
	    "69 is 2069");
	is_str(http_date(-1, text), "Thu, 01 Jan 1970 00:00:00 GMT",
	    "nothing before the first one");
	for (i = 0; i < 10000; i++) {
		t = (int64_t)(random_of(&g) % 253402300800u);
		http_date(t, text);
		good += http_parse_date(text, strlen(text)) == t;
	}
	is(good, 10000, "what is written is read as the same");
}

/* Every day of 130 years, as the C library has it. */
static void
test_calendar(void)
{
	char text[HTTP_DATE_MAX], want[HTTP_DATE_MAX], old[64];
	unsigned same = 0, read = 0, asctimes = 0, days = 0;
	struct tm tm;
	time_t t;

	for (t = 12345; t < INT64_C(4102444800); t += 86400, days++) {
		gmtime_r(&t, &tm);
		strftime(want, sizeof(want), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		same += strcmp(http_date(t, text), want) == 0;
		read += http_parse_date(want, strlen(want)) == t;
		strftime(old, sizeof(old), "%a %b %e %H:%M:%S %Y", &tm);
		asctimes += http_parse_date(old, strlen(old)) == t;
	}
	ok(same == days, "every day is written as the C library does");
	ok(read == days, "every day is read");
	ok(asctimes == days, "every day is read as asctime has it");
}

static void
test_bad_dates(void)
{
	static const char *const bad[] = {
		"Sun, 06 Nov 1994   :  :   GMT",
		"Sun, 06 Nov 1994 0 :49:37 GMT",
		"Sun, 06 Nov 1994 08:60:37 GMT",
		"Sun, 06 Nov 1994 08:49:61 GMT",
		"Sun, 06 Nov 1994 8:49:37 GMT",
		"Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun,  6 Nov 1994 08:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 31 Nov 1994 08:49:37 GMT",
		"Sun, 29 Feb 1994 08:49:37 GMT",
		"Sun, 29 Feb 2100 08:49:37 GMT",
		"Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 06 ovD 1994 08:49:37 GMT",
		"Sun, 06 Nov 94 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 06 Nov 1994 08:49:37 gmt",
		"Sun, 06 Nov 1994 08:49:37 +0000",
		"Sun, 06-Nov-1994 08:49:37 GMT",
		"Sunday, 06 Nov-94 08:49:37 GMT",
		"Sunday, 06-Nov 94 08:49:37 GMT",
		"Sun,06 Nov 1994 08:49:37 GMT",
		"Sun Nov 6 08:49:37 1994",
		"Sun Nov   08:49:37 1994",
		"Sun Nov  6 08:49:37 1994 GMT",
		"Sun Nov 31 08:49:37 1994",
		"Wed, 31 Dec 1969 23:59:59 GMT",
		"Mon, 01 Jan 0000 00:00:00 GMT",
		"Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
		"784111777", "-1", "0"
	};
	static const char *const good[] = { "Sun, 06 Nov 1994 08:49:37 GMT",
	    "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994" };
	size_t i, n, wrong = 0;
	char *copy;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(http_parse_date(bad[i], strlen(bad[i])) == -1, "no date: %s",
		    bad[i]);
	for (i = 0; i < 3; i++)
		for (n = 0; n < strlen(good[i]); n++) {
			copy = malloc(n > 0 ? n : 1);
			memcpy(copy, good[i], n);
			wrong += http_parse_date(copy, n) != -1;
			free(copy);
		}
	is(wrong, 0, "a date that is cut is none");
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
		{ "If-Match: \"abc\"\r\n", 200 },
		{ "If-Match: W/\"abc\"\r\n", 412 },
		{ "If-Match: \"x\"\r\n", 412 },
		{ "If-Match: *\r\n", 200 },
		{ "If-Unmodified-Since: " THEN, 200 },
		{ "If-Unmodified-Since: " BEFORE, 412 },
		{ "Range: bytes=0-0\r\n", 206 },
		{ "Range: bytes=10-\r\n", 416 },
		{ "Range: bytes=-0\r\n", 416 },
		{ "Range: bytes=9-\r\n", 206 },
		{ "Range: bytes=-10\r\n", 206 },
		{ "Range: bytes=99999999999999999999-\r\n", 416 },
		{ "Range: bytes=-99999999999999999999\r\n", 206 },
		{ "Range: bytes=5-4\r\n", 200 },
		{ "Range: bytes=20-,0-1\r\n", 200 },
		{ "If-Match:\r\n", 412 },
		{ "If-None-Match:\r\n", 200 },
		{ "If-Unmodified-Since: yesterday\r\n", 200 },
		{ "If-Modified-Since: Sun, 06 Nov 1994 08:49:38 GMT\r\n", 304 },
		{ "If-Range: \"x\"\r\n", 200 }
	};
	int64_t first, last;
	unsigned status;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		status = conditions(cases[i].fields, 10, &first, &last);
		ok(status == cases[i].status, "%.*s: %u", (int)strlen(
		    cases[i].fields) - 2, cases[i].fields, cases[i].status);
	}
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

/* RFC 9110 section 13.2.2: what is asked first. */
static void
test_precedence(void)
{
#define NEXT	"\r\n"
	static const struct {
		const char *what, *fields;
		unsigned status;
	} cases[] = {
		{ "a tag comes before a date", "If-None-Match: \"x\"" NEXT
		    "If-Modified-Since: " THEN, 200 },
		{ "also when it says nothing", "If-None-Match:" NEXT
		    "If-Modified-Since: " THEN, 200 },
		{ "also when the date comes before it", "If-Modified-Since: "
		    BEFORE "If-None-Match: \"abc\"" NEXT, 304 },
		{ "If-Match before If-Unmodified-Since", "If-Match: \"abc\""
		    NEXT "If-Unmodified-Since: " BEFORE, 200 },
		{ "also when it is not so", "If-Match: \"x\"" NEXT
		    "If-Unmodified-Since: " THEN, 412 },
		{ "412 before 304", "If-None-Match: \"abc\"" NEXT
		    "If-Match: \"x\"" NEXT, 412 },
		{ "412 of a date before 304", "If-Modified-Since: " THEN
		    "If-Unmodified-Since: " BEFORE, 412 },
		{ "304 before 206", "Range: bytes=0-0" NEXT
		    "If-None-Match: \"abc\"" NEXT, 304 },
		{ "304 before 416", "Range: bytes=10-" NEXT
		    "If-Modified-Since: " THEN, 304 },
		{ "412 before 416", "Range: bytes=10-" NEXT
		    "If-Match: \"x\"" NEXT, 412 },
		{ "a range of what we have", "Range: bytes=0-0" NEXT
		    "If-Range: \"abc\"" NEXT, 206 },
		{ "of something else", "Range: bytes=0-0" NEXT
		    "If-Range: \"x\"" NEXT, 200 },
		{ "of what is weakly the same", "Range: bytes=0-0" NEXT
		    "If-Range: W/\"abc\"" NEXT, 200 },
		{ "of that date", "Range: bytes=0-0" NEXT
		    "If-Range: " THEN, 206 },
		{ "of that date, in an older form", "Range: bytes=0-0" NEXT
		    "If-Range: Sunday, 06-Nov-94 08:49:37 GMT" NEXT, 206 },
		{ "of an earlier one", "Range: bytes=0-0" NEXT
		    "If-Range: " BEFORE, 200 },
		{ "of a later one", "Range: bytes=0-0" NEXT
		    "If-Range: Sun, 06 Nov 1994 08:49:38 GMT" NEXT, 200 },
		{ "of no date", "Range: bytes=0-0" NEXT
		    "If-Range: now" NEXT, 200 },
		{ "of nothing", "Range: bytes=0-0" NEXT
		    "If-Range:" NEXT, 200 },
		{ "of any, which cannot be said", "Range: bytes=0-0" NEXT
		    "If-Range: *" NEXT, 200 },
		{ "of two tags", "Range: bytes=0-0" NEXT
		    "If-Range: \"abc\"" NEXT "If-Range: \"abc\"" NEXT, 200 },
		{ "of a tag longer than ours", "Range: bytes=0-0" NEXT
		    "If-Range: \"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr"
		    "stuvwxyzabcdefghijk\"" NEXT, 200 },
		{ "If-Range before 416", "Range: bytes=10-" NEXT
		    "If-Range: \"x\"" NEXT, 200 },
		{ "two dates are none", "If-Modified-Since: " THEN
		    "If-Modified-Since: " THEN, 200 },
		{ "nor are they one of not changing", "If-Unmodified-Since: "
		    BEFORE "If-Unmodified-Since: " BEFORE, 200 }
	};
	int64_t first, last;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is(conditions(cases[i].fields, 10, &first, &last),
		    cases[i].status, cases[i].what);
	conditions("Range: bytes=0-0\r\nIf-Range: now\r\n", 10, &first, &last);
	is(http_conditions(&r, 10, "\"abc\"", -1, &first, &last), 200,
	    "no date is not that of a file from before 1970");
}

/* Of something else than GET, and of sizes that are odd. */
static void
test_methods(void)
{
	int64_t first, last;

	conditions("Range: bytes=0-0\r\nIf-Modified-Since: " THEN, 10, &first,
	    &last);
#define AS(how)	(r.method = (how), \
	    http_conditions(&r, 10, "\"abc\"", 784111777, &first, &last))
	is(AS(HTTP_HEAD), 304, "HEAD has conditions");
	is(AS(HTTP_OTHER), 200, "another method not by date");
	r.if_modified_since = -1;
	is(AS(HTTP_HEAD), 200, "HEAD has no range");
	is(AS(HTTP_GET), 206, "GET has");
	r.if_none_match = "\"abc\"";
	r.if_none_match_len = 5;
	is(AS(HTTP_HEAD), 304, "HEAD of a tag");
	is(AS(HTTP_OTHER), 412, "another method");
	is(conditions("Range: bytes=0-0\r\n", 0, &first, &last), 416,
	    "the first of nothing");
	is(conditions("Range: bytes=-0\r\n", 0, &first, &last), 416,
	    "none of nothing");
	is(conditions("Range: bytes=-5\r\n", 0, &first, &last), 200,
	    "the last of nothing are nothing");
	is(conditions("Range: bytes=0-5\r\n", 1, &first, &last), 206, "a byte");
	ok(first == 0 && last == 0, "is that one");
	is(conditions("Range: bytes=1-5\r\n", 1, &first, &last), 416,
	    "there is no second one");
	is(conditions("Range: bytes=9223372036854775000-\r\n", INT64_MAX,
	    &first, &last), 206, "as large as can be");
	ok(first == INT64_C(9223372036854775000) && last == INT64_MAX - 1,
	    "to its end");
	is(conditions("Range: bytes=-1\r\n", INT64_MAX, &first, &last), 206,
	    "its last byte");
	ok(first == last && last == INT64_MAX - 1, "is that one");
}

static void
test_tags(void)
{
	static const struct {
		const char *list, *tag;
		int is_weak, is_match;
	} cases[] = {
		/* RFC 9110 section 8.8.3.2 */
		{ "W/\"1\"", "W/\"1\"", 0, 0 }, { "W/\"1\"", "W/\"1\"", 1, 1 },
		{ "W/\"1\"", "W/\"2\"", 0, 0 }, { "W/\"1\"", "W/\"2\"", 1, 0 },
		{ "W/\"1\"", "\"1\"", 0, 0 }, { "W/\"1\"", "\"1\"", 1, 1 },
		{ "\"1\"", "W/\"1\"", 0, 0 }, { "\"1\"", "W/\"1\"", 1, 1 },
		{ "\"1\"", "\"1\"", 0, 1 }, { "\"1\"", "\"1\"", 1, 1 },
		{ "*", "\"1\"", 0, 1 }, { "*", "\"1\"", 1, 1 },
		{ "\"a\",\"1\"", "\"1\"", 0, 1 },
		{ "\"a\" ,\t\"1\"", "\"1\"", 0, 1 },
		{ ", ,\"1\",,", "\"1\"", 0, 1 },
		{ "W/\"1\", \"1\"", "\"1\"", 0, 1 },
		{ "\"a,1\"", "\"1\"", 1, 0 },
		{ "\"a,\",\"1\"", "\"1\"", 1, 1 },
		{ "\"\"", "\"\"", 0, 1 },
		{ "\"\"", "\"1\"", 1, 0 },
		{ "", "\"1\"", 1, 0 },
		{ ",", "\"1\"", 1, 0 },
		{ "1", "\"1\"", 1, 0 },
		{ "\"1", "\"1\"", 1, 0 },
		{ "\"1\"", "\"12\"", 1, 0 },
		{ "\"12\"", "\"1\"", 1, 0 },
		{ "\"1\"x", "\"1\"", 1, 0 },
		{ "x\"1\"", "\"1\"", 1, 0 },
		{ "w/\"1\"", "\"1\"", 1, 0 },
		{ "W \"1\"", "\"1\"", 1, 0 },
		{ "W/ \"1\"", "\"1\"", 1, 0 },
		{ "W/,\"1\"", "\"1\"", 1, 0 },
		{ "W/", "\"1\"", 1, 0 },
		{ "W", "\"1\"", 1, 0 },
		{ "\"a\"\"1\"", "\"1\"", 1, 0 },
		{ "\"a\" \"1\"", "\"1\"", 1, 0 },
		{ "\"*\"", "\"1\"", 1, 0 },
		{ "*, \"x\"", "\"1\"", 1, 0 },
		{ "\"x\", *", "\"1\"", 1, 0 }
	};
	size_t i, n;
	char *copy;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		n = strlen(cases[i].list);
		copy = malloc(n > 0 ? n : 1);
		memcpy(copy, cases[i].list, n);
		ok(http_tag_matches(copy, n, cases[i].tag, cases[i].is_weak) ==
		    cases[i].is_match, "%s is %s%sin %s", cases[i].tag,
		    cases[i].is_match ? "" : "not ", cases[i].is_weak ?
		    "weakly " : "", cases[i].list);
		free(copy);
	}
}

int
main(void)
{
	test_dates();
	test_calendar();
	test_bad_dates();
	test_tags();
	test_conditions();
	test_precedence();
	test_methods();
	return tap_end();
}
