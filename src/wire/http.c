/* SPDX-License-Identifier: ISC */
/*
 * What two readers could take for two things is refused, not mended: a request
 * that means one thing to a proxy and another to us is how requests are
 * smuggled (RFC 9112 section 11.2).
 */
#include "wire/http.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

#define LINES_MAX	100

/* A run of bytes in the head. */
struct span {
	const char *p;
	size_t n;
};

/* What was met so far. */
struct fields {
	int is_absolute;	/* the target names the host */
	unsigned hosts, lengths;
	int is_coded;		/* Transfer-Encoding */
	int64_t length;		/* -1: odd */
	int closes, keeps;	/* Connection */
	/* Of these there is one; two are as good as none. */
	unsigned ranges, if_ranges, since, unmodified;
};

const char *
http_reason(unsigned status)
{
	static const struct {
		unsigned status;
		const char *reason;
	} reasons[] = {
		{ 200, "OK" }, { 206, "Partial Content" },
		{ 301, "Moved Permanently" }, { 304, "Not Modified" },
		{ 400, "Bad Request" }, { 403, "Forbidden" },
		{ 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 412, "Precondition Failed" }, { 413, "Content Too Large" },
		{ 414, "URI Too Long" }, { 416, "Range Not Satisfiable" },
		{ 431, "Request Header Fields Too Large" },
		{ 501, "Not Implemented" }, { 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" }
	};
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "";
}

/* Empty lines that some clients send between two requests. */
static size_t
skip_empty(const char *data, size_t n)
{
	size_t at = 0;

	while (at + 1 < n && data[at] == '\r' && data[at + 1] == '\n')
		at += 2;
	return at;
}

int
http_head_length(const char *data, size_t n)
{
	size_t at = skip_empty(data, n), most, i;

	most = n < HTTP_HEAD_MAX ? n : HTTP_HEAD_MAX;
	for (i = at; i + 1 < most; i++) {
		/* A line that ends with LF alone ends it as well: it is for
		 * http_parse to refuse. */
		if (data[i] != '\n')
			continue;
		if (data[i + 1] == '\n')
			return (int)i + 2;
		if (data[i + 1] == '\r' && i + 2 < most && data[i + 2] == '\n')
			return (int)i + 3;
	}
	return n >= HTTP_HEAD_MAX ? -1 : 0;
}

/* RFC 9110 section 5.6.2. */
static int
is_token(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' ||
		    strchr("\"(),/:;<=>?@[\\]{}", s.p[i]) != NULL)
			return 0;
	return s.n > 0;
}

static int
is(struct span s, const char *text)
{
	return s.n == strlen(text) && strncasecmp(s.p, text, s.n) == 0;
}

static struct span
trim(struct span s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

/* The next of a list with commas between: 1, or 0: there is none. */
static int
next_item(struct span *list, struct span *item)
{
	const char *comma;

	if (list->n == 0)
		return 0;
	comma = memchr(list->p, ',', list->n);
	item->p = list->p;
	item->n = comma != NULL ? (size_t)(comma - list->p) : list->n;
	list->p += item->n;
	list->n -= item->n;
	if (comma != NULL) {
		list->p++;
		list->n--;
	}
	*item = trim(*item);
	return 1;
}

/* Digits and nothing else: 0, or -1; more than there can be is as much as there
 * can be. */
static int
parse_digits(struct span s, int64_t *v)
{
	size_t i;

	*v = 0;
	for (i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		*v = *v > INT64_MAX / 10 - 1 ? INT64_MAX / 10 * 10 - 1 :
		    *v * 10 + (s.p[i] - '0');
	}
	return s.n > 0 ? 0 : -1;
}

/* One range of bytes; anything else is as if it were not there (RFC 9110
 * section 14.2). */
static void
parse_range(struct http_range *range, struct span s)
{
	struct span first, last;
	const char *dash;

	memset(range, 0, sizeof(*range));
	if (s.n < 6 || strncasecmp(s.p, "bytes=", 6) != 0)
		return;
	s.p += 6;
	s.n -= 6;
	s = trim(s);
	if ((dash = memchr(s.p, '-', s.n)) == NULL)
		return;
	first.p = s.p;
	first.n = (size_t)(dash - s.p);
	last.p = dash + 1;
	last.n = s.n - first.n - 1;
	range->first = range->last = -1;
	if ((first.n > 0 && parse_digits(first, &range->first) == -1) ||
	    (last.n > 0 && parse_digits(last, &range->last) == -1) ||
	    (first.n == 0 && last.n == 0) ||
	    (first.n > 0 && last.n > 0 && range->last < range->first))
		return;
	range->is_there = 1;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The next byte of a target, decoded: -1: that escape means nothing, or what it
 * means has no place in a name. */
static int
decode(const char *p, size_t n, size_t *used)
{
	int high, low, c;

	*used = 1;
	if (*p != '%')
		return (uint8_t)*p;
	if (n < 3 || (high = hex(p[1])) == -1 || (low = hex(p[2])) == -1)
		return -1;
	*used = 3;
	c = high << 4 | low;
	return c == '\0' || c == '/' ? -1 : c;
}

/* Whether the segment that ends at path[n] is one that a path may have. */
static int
is_segment(const char *path, size_t n, int is_last)
{
	size_t k = 0;

	while (k < n && path[n - 1 - k] != '/')
		k++;
	if (k == 0)
		return is_last;
	return !(k <= 2 && path[n - 1] == '.' && path[n - k] == '.');
}

static unsigned
parse_path(struct http_request *r, struct span s, const char **why)
{
	size_t i, used, n = 0;
	int c;

	*why = "The address is no path, or has escapes that mean nothing "
	    "here.";
	if (s.n == 0 || s.p[0] != '/')
		return 400;
	for (i = 0; i < s.n; i += used) {
		if ((c = decode(s.p + i, s.n - i, &used)) == -1)
			return 400;
		if (c == '/' && n > 0 && !is_segment(r->path, n, 0))
			return 400;
		if (n + 1 == sizeof(r->path)) {
			*why = "The address is too long.";
			return 414;
		}
		r->path[n++] = (char)c;
	}
	r->path[n] = '\0';
	return is_segment(r->path, n, 1) ? 200 : 400;
}

static int
has_only(struct span s, const char *marks)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') ||
		    (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
		    (s.p[i] >= '0' && s.p[i] <= '9')) &&
		    (s.p[i] == '\0' || strchr(marks, s.p[i]) == NULL))
			return 0;
	return 1;
}

/* A name or an address, perhaps with a port (RFC 3986 section 3.2.2).  A user
 * has no place there (RFC 9110 section 4.2.4), and a comma would be two Hosts
 * that somebody made one. */
static int
is_host(struct span s)
{
	return has_only(s, "-._~%!$&'()*+;=:[]");
}

/* Told is what has only bytes that mean nothing elsewhere. */
static void
take_host(struct http_request *r, struct span s)
{
	if (!has_only(s, "-._:[]") ||
	    text_copyn(r->host, sizeof(r->host), s.p, s.n) == -1)
		r->host[0] = '\0';
}

/* Leave what is behind "http://host" (RFC 9112 section 3.2.2): 0; -1: there is
 * no host, or none that can be one. */
static int
take_authority(struct http_request *r, struct span *s)
{
	struct span host;

	if (s->n < 7 || strncasecmp(s->p, "http://", 7) != 0)
		return 0;
	host.p = s->p + 7;
	/* "http://host?x=/y" has no path: that slash is the query's. */
	for (host.n = 0; host.n < s->n - 7; host.n++)
		if (host.p[host.n] == '/' || host.p[host.n] == '?')
			break;
	s->p += 7 + host.n;
	s->n -= 7 + host.n;
	take_host(r, host);
	return host.n > 0 && host.p[0] != ':' && is_host(host) ? 0 : -1;
}

static unsigned
parse_target(struct http_request *r, struct fields *f, struct span s,
    const char **why)
{
	struct span path = s;
	const char *mark;

	*why = "The address has a blank, a fragment, or no host.";
	if (memchr(s.p, '\t', s.n) != NULL || memchr(s.p, '#', s.n) != NULL ||
	    take_authority(r, &path) == -1)
		return 400;
	f->is_absolute = path.p != s.p;
	if (path.n > 0 && (mark = memchr(path.p, '?', path.n)) != NULL) {
		r->query = mark + 1;
		r->query_len = path.n - (size_t)(mark - path.p) - 1;
		path.n = (size_t)(mark - path.p);
	}
	/* RFC 9110 section 4.2.3. */
	if (path.n == 0 && f->is_absolute) {
		path.p = "/";
		path.n = 1;
	}
	return parse_path(r, path, why);
}

/* METHOD SP target SP HTTP/1.x */
static unsigned
parse_first(struct http_request *r, struct fields *f, struct span line,
    const char **why)
{
	struct span method, target, version;
	const char *space = memchr(line.p, ' ', line.n);

	*why = "This is no request of HTTP/1.1.";
	if (space == NULL)
		return 400;
	method.p = line.p;
	method.n = (size_t)(space - line.p);
	target.p = space + 1;
	target.n = line.n - method.n - 1;
	space = memchr(target.p, ' ', target.n);
	if (!is_token(method) || space == NULL)
		return 400;
	version.p = space + 1;
	version.n = target.n - (size_t)(space - target.p) - 1;
	target.n = (size_t)(space - target.p);
	if (version.n != 8 || memcmp(version.p, "HTTP/", 5) != 0 ||
	    version.p[6] != '.' || version.p[5] < '0' || version.p[5] > '9' ||
	    version.p[7] < '0' || version.p[7] > '9')
		return 400;
	*why = "Here HTTP/1.1 is spoken, and HTTP/1.0.";
	if (version.p[5] != '1')
		return 505;
	r->minor = version.p[7] == '0' ? 0 : 1;
	r->method = method.n == 3 && memcmp(method.p, "GET", 3) == 0 ?
	    HTTP_GET : method.n == 4 && memcmp(method.p, "HEAD", 4) == 0 ?
	    HTTP_HEAD : HTTP_OTHER;
	return parse_target(r, f, target, why);
}

static void
take_connection(struct fields *f, struct span value)
{
	struct span item;

	while (next_item(&value, &item)) {
		f->closes |= is(item, "close");
		f->keeps |= is(item, "keep-alive");
	}
}

/* What is said twice is not known; a line of If-Match or If-None-Match takes
 * the place of the one before, which at worst sends what needs not be sent. */
static void
take_condition(struct http_request *r, struct fields *f, struct span name,
    struct span value)
{
	if (is(name, "Range")) {
		parse_range(&r->range, value);
		r->range.is_there &= f->ranges++ == 0;
	} else if (is(name, "If-Range")) {
		/* One that is too long is none of ours. */
		if (f->if_ranges++ > 0 || value.n == 0 ||
		    text_copyn(r->if_range, sizeof(r->if_range), value.p,
		    value.n) == -1)
			text_copy(r->if_range, sizeof(r->if_range), "?");
	} else if (is(name, "If-Match")) {
		r->if_match = value.p;
		r->if_match_len = value.n;
	} else if (is(name, "If-None-Match")) {
		r->if_none_match = value.p;
		r->if_none_match_len = value.n;
	} else if (is(name, "If-Modified-Since"))
		r->if_modified_since = f->since++ > 0 ? -1 :
		    http_parse_date(value.p, value.n);
	else if (is(name, "If-Unmodified-Since"))
		r->if_unmodified_since = f->unmodified++ > 0 ? -1 :
		    http_parse_date(value.p, value.n);
}

static void
take_field(struct http_request *r, struct fields *f, struct span name,
    struct span value)
{
	int64_t v;

	if (is(name, "Host")) {
		f->hosts++;
		/* RFC 9112 section 3.2.2. */
		if (!f->is_absolute)
			take_host(r, value);
	} else if (is(name, "Content-Length")) {
		f->lengths++;
		f->length = parse_digits(value, &v) == 0 ? v : -1;
	} else if (is(name, "Transfer-Encoding"))
		f->is_coded = 1;
	else if (is(name, "Connection"))
		take_connection(f, value);
	else if (is(name, "Icy-MetaData"))
		r->wants_icy = is(value, "1");
	else
		take_condition(r, f, name, value);
}

/* name ":" value, no blank before the colon. */
static int
parse_field(struct http_request *r, struct fields *f, struct span line)
{
	const char *colon = memchr(line.p, ':', line.n);
	struct span name, value;

	if (colon == NULL)
		return -1;
	name.p = line.p;
	name.n = (size_t)(colon - line.p);
	value.p = colon + 1;
	value.n = line.n - name.n - 1;
	/* A line that begins with a blank goes on with the one before: that
	 * is no longer done (RFC 9112 section 5.2). */
	value = trim(value);
	if (!is_token(name) || (is(name, "Host") && !is_host(value)))
		return -1;
	take_field(r, f, name, value);
	return 0;
}

/* The next line without its end: 1; 0: that was the blank one; -1: it has bytes
 * that no line may have. */
static int
next_line(struct span *head, struct span *line)
{
	const char *end = memchr(head->p, '\n', head->n);
	size_t i;

	if (end == NULL || end == head->p || end[-1] != '\r')
		return -1;
	line->p = head->p;
	line->n = (size_t)(end - head->p) - 1;
	head->n -= line->n + 2;
	head->p = end + 1;
	for (i = 0; i < line->n; i++)
		if (((uint8_t)line->p[i] < ' ' && line->p[i] != '\t') ||
		    line->p[i] == 0x7f)
			return -1;
	return line->n > 0;
}

/* What all fields together come to. */
static unsigned
judge(struct http_request *r, const struct fields *f, const char **why)
{
	*why = "A request has one Host, and at most one Content-Length.";
	if (f->hosts > 1 || (f->hosts == 0 && r->minor > 0) ||
	    f->lengths > 1 || (f->lengths > 0 && f->length < 0) ||
	    (f->is_coded && f->lengths > 0))
		return 400;
	*why = "A request with a body has no place here.";
	if (f->is_coded)
		return 501;
	if (f->length > 0)
		return 413;
	r->keeps_alive = !f->closes && (r->minor > 0 || f->keeps);
	*why = "";
	return 200;
}

unsigned
http_parse(struct http_request *r, const char *data, size_t n,
    const char **why)
{
	struct span head, line;
	struct fields f;
	unsigned status, lines = 0;
	size_t skip = skip_empty(data, n);
	int ret;

	memset(r, 0, sizeof(*r));
	memset(&f, 0, sizeof(f));
	r->if_modified_since = r->if_unmodified_since = -1;
	head.p = data + skip;
	head.n = n - skip;
	*why = "Lines of a request end with CRLF and have no control bytes.";
	if (next_line(&head, &line) != 1)
		return 400;
	if ((status = parse_first(r, &f, line, why)) != 200)
		return status;
	while ((ret = next_line(&head, &line)) == 1) {
		*why = "A line is no header field, or no Host.";
		if (parse_field(r, &f, line) == -1)
			return 400;
		*why = "There are too many header fields.";
		if (++lines > LINES_MAX)
			return 431;
	}
	*why = "Lines of a request end with CRLF and have no control bytes.";
	if (ret == -1)
		return 400;
	return judge(r, &f, why);
}

int
http_escape(char *out, size_t size, const char *path)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t n = 0, len;
	uint8_t c;

	if (size == 0)
		return -1;
	for (; *path != '\0'; path++) {
		c = (uint8_t)*path;
		len = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr("-._~/", c) != NULL ? 1 :
		    3;
		if (len >= size - n)
			break;
		out[n++] = len == 1 ? (char)c : '%';
		if (len == 3) {
			out[n++] = digits[c >> 4];
			out[n++] = digits[c & 15];
		}
	}
	out[n] = '\0';
	return *path == '\0' ? 0 : -1;
}
