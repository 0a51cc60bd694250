/* SPDX-License-Identifier: ISC */
/* When something is sent, how much of it, and when it needs not be (RFC 9110,
 * sections 13 and 14). */
#include <string.h>

#include "base/text.h"
#include "wire/http.h"

#define DAY_S	INT64_C(86400)

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char days[] = "ThuFriSatSunMonTueWed";	/* 1970-01-01 first */

/* Days from 1970-01-01 to a date of the Gregorian calendar, and back; years
 * begin in March, so that a leap day is the last one. */
static int64_t
days_of(int64_t year, unsigned month, unsigned day)
{
	int64_t y = month < 3 ? year - 1 : year;
	int64_t m = (month + 9) % 12;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 +
	    (int64_t)day - 1 - 719468;
}

static void
date_of(int64_t since, int64_t *year, unsigned *month, unsigned *day)
{
	int64_t z = since + 719468, era = z / 146097, e = z % 146097;
	int64_t y = (e - e / 1460 + e / 36524 - e / 146096) / 365;
	int64_t d = e - (365 * y + y / 4 - y / 100), m = (5 * d + 2) / 153;

	*day = (unsigned)(d - (153 * m + 2) / 5 + 1);
	*month = (unsigned)(m < 10 ? m + 3 : m - 9);
	*year = y + era * 400 + (*month < 3);
}

const char *
http_date(int64_t seconds, char *out)
{
	int64_t most = days_of(10000, 1, 1) * DAY_S - 1, year, s;
	unsigned month, day;

	if (seconds < 0)
		seconds = 0;
	if (seconds > most)
		seconds = most;
	date_of(seconds / DAY_S, &year, &month, &day);
	s = seconds % DAY_S;
	text_format(out, HTTP_DATE_MAX, "%.3s, %02u %.3s %04d %02d:%02d:%02d "
	    "GMT", days + 3 * (seconds / DAY_S % 7), day, months + 3 *
	    (month - 1), (int)year, (int)(s / 3600), (int)(s / 60 % 60),
	    (int)(s % 60));
	return out;
}

/* What is left of a date that is read. */
struct reader {
	const char *p;
	size_t n;
	int bad;
};

static char
peek(const struct reader *r)
{
	return r->n > 0 ? *r->p : '\0';
}

static char
take(struct reader *r)
{
	char c = peek(r);

	if (r->n == 0)
		r->bad = 1;
	else {
		r->p++;
		r->n--;
	}
	return c;
}

static void
expect(struct reader *r, const char *text)
{
	for (; *text != '\0'; text++)
		if (take(r) != *text)
			r->bad = 1;
}

static unsigned
number(struct reader *r, unsigned digits)
{
	unsigned v = 0;
	char c;

	for (; digits > 0; digits--) {
		c = take(r);
		if (c < '0' || c > '9') {
			r->bad = 1;
			return 0;
		}
		v = v * 10 + (unsigned)(c - '0');
	}
	return v;
}

static int64_t
seconds_of(struct reader *r, unsigned year, unsigned month, unsigned day,
    int64_t time)
{
	int64_t first = days_of(year, month, 1);
	int64_t next = month < 12 ? days_of(year, month + 1, 1) :
	    days_of((int64_t)year + 1, 1, 1);

	if (day < 1 || day > next - first)
		r->bad = 1;
	return (first + day - 1) * DAY_S + time;
}

static unsigned
month_of(struct reader *r)
{
	char name[3];
	unsigned i;

	for (i = 0; i < 3; i++)
		name[i] = take(r);
	for (i = 0; i < 12; i++)
		if (memcmp(months + 3 * i, name, 3) == 0)
			return i + 1;
	r->bad = 1;
	return 1;
}

static int64_t
time_of(struct reader *r)
{
	unsigned h, m, s;

	h = number(r, 2);
	expect(r, ":");
	m = number(r, 2);
	expect(r, ":");
	s = number(r, 2);
	if (h > 23 || m > 59 || s > 60)
		r->bad = 1;
	return h * 3600 + m * 60 + s;
}

static void
skip_letters(struct reader *r)
{
	while ((peek(r) >= 'a' && peek(r) <= 'z') ||
	    (peek(r) >= 'A' && peek(r) <= 'Z'))
		take(r);
}

/* "06 Nov 1994 08:49:37 GMT" or "06-Nov-94 08:49:37 GMT". */
static int64_t
parse_zoned(struct reader *r)
{
	unsigned day = number(r, 2), month, year;
	int is_old = peek(r) == '-';
	int64_t s;

	expect(r, is_old ? "-" : " ");
	month = month_of(r);
	expect(r, is_old ? "-" : " ");
	year = number(r, is_old ? 2 : 4);
	if (is_old)
		year += year < 70 ? 2000 : 1900;
	expect(r, " ");
	s = time_of(r);
	expect(r, " GMT");
	return seconds_of(r, year, month, day, s);
}

/* "Nov  6 08:49:37 1994" */
static int64_t
parse_asctime(struct reader *r)
{
	unsigned month = month_of(r), day, year;
	int64_t s;

	expect(r, " ");
	if (peek(r) == ' ') {	/* for a zero */
		take(r);
		day = number(r, 1);
	} else
		day = number(r, 2);
	expect(r, " ");
	s = time_of(r);
	expect(r, " ");
	year = number(r, 4);
	return seconds_of(r, year, month, day, s);
}

int64_t
http_parse_date(const char *text, size_t n)
{
	struct reader r = { text, n, 0 };
	int64_t v;

	skip_letters(&r);
	if (peek(&r) == ',') {
		expect(&r, ", ");
		v = parse_zoned(&r);
	} else {
		expect(&r, " ");
		v = parse_asctime(&r);
	}
	return r.bad || r.n > 0 || v < 0 ? -1 : v;
}

static void
skip_blanks(struct reader *r)
{
	while (peek(r) == ' ' || peek(r) == '\t')
		take(r);
}

/* The next tag of a list, with its quotes: 1; 0: what follows is none. */
static int
next_tag(struct reader *r, const char **tag, size_t *len, int *is_weak)
{
	for (skip_blanks(r); peek(r) == ','; skip_blanks(r))
		take(r);
	*is_weak = peek(r) == 'W';
	if (*is_weak)
		expect(r, "W/");
	*tag = r->p;
	expect(r, "\"");
	while (r->n > 0 && peek(r) != '"')
		take(r);
	take(r);
	*len = (size_t)(r->p - *tag);
	skip_blanks(r);
	return !r->bad && (r->n == 0 || peek(r) == ',');
}

/* What is no list has no tags from there on; a tag of ours that is weak is
 * strongly equal to nothing (RFC 9110 section 8.8.3.2). */
int
http_tag_matches(const char *list, size_t n, const char *tag, int is_weak)
{
	struct reader r = { list, n, 0 };
	int is_ours_weak = strncmp(tag, "W/", 2) == 0, is_theirs_weak;
	const char *theirs;
	size_t len;

	if (n == 1 && list[0] == '*')
		return 1;
	tag += is_ours_weak ? 2 : 0;
	while (next_tag(&r, &theirs, &len, &is_theirs_weak))
		if (len == strlen(tag) && memcmp(theirs, tag, len) == 0 &&
		    (is_weak || (!is_theirs_weak && !is_ours_weak)))
			return 1;
	return 0;
}

/* Whether the range is of what we have (RFC 9110 section 13.1.5). */
static int
is_same(const struct http_request *r, const char *tag, int64_t changed)
{
	size_t n = strlen(r->if_range);
	int64_t date;

	if (n == 0)
		return 1;
	if (r->if_range[0] == '"')
		return strcmp(r->if_range, tag) == 0;
	date = http_parse_date(r->if_range, n);
	return date >= 0 && date == changed;
}

static unsigned
cut(const struct http_range *range, int64_t size, int64_t *first,
    int64_t *last)
{
	/* The last of nothing are nothing: there is such a range, but no way
	 * to say so (RFC 9110 section 14.1.2). */
	if (size == 0 && range->first < 0 && range->last > 0)
		return 200;
	*last = size - 1;
	if (range->first >= 0) {
		*first = range->first;
		if (range->last >= 0 && range->last < *last)
			*last = range->last;
	} else
		*first = range->last < size ? size - range->last : 0;
	return *first < size && *first <= *last ? 206 : 416;
}

unsigned
http_conditions(const struct http_request *r, int64_t size, const char *tag,
    int64_t changed, int64_t *first, int64_t *last)
{
	if (r->if_match != NULL) {
		if (!http_tag_matches(r->if_match, r->if_match_len, tag, 0))
			return 412;
	} else if (r->if_unmodified_since >= 0 &&
	    changed > r->if_unmodified_since)
		return 412;
	if (r->if_none_match != NULL) {
		if (http_tag_matches(r->if_none_match, r->if_none_match_len,
		    tag, 1))
			return r->method == HTTP_OTHER ? 412 : 304;
	} else if (r->method != HTTP_OTHER && r->if_modified_since >= 0 &&
	    changed <= r->if_modified_since)
		return 304;
	if (r->method == HTTP_GET && r->range.is_there &&
	    is_same(r, tag, changed))
		return cut(&r->range, size, first, last);
	return 200;
}
