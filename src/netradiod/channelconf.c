/* SPDX-License-Identifier: ISC */
#include "channelconf.h"

#include <ctype.h>
#include <string.h>

#include "base/charset.h"
#include "base/num.h"
#include "base/text.h"
#include "wire/ports.h"

#define LINE_MAX_BYTES	512
#define SHOWN_MAX	64	/* of what somebody wrote, in a message */

static int
set_number(struct channelconf *c, const char *value, char *why, size_t size)
{
	int64_t v;

	if (num_parse(value, 1, PORTS_CHANNEL_MAX, &v, why, (unsigned)size) ==
	    -1)
		return -1;
	c->number = (unsigned)v;
	return 0;
}

static int
set_name(struct channelconf *c, const char *value, char *why, size_t size)
{
	char clean[CHANNELCONF_TEXT];

	if (!text_is_utf8(value, strlen(value)) ||
	    text_copy(clean, sizeof(clean), value) == -1) {
		text_format(why, size, "UTF-8 text of at most %d bytes",
		    CHANNELCONF_TEXT - 1);
		return -1;
	}
	text_clean(clean);
	text_copy(c->name, sizeof(c->name), clean);
	return 0;
}

static int
set_order(struct channelconf *c, const char *value, char *why, size_t size)
{
	static const char *const names[] = {
		[ORDER_SORTED] = "sorted", [ORDER_SHUFFLED] = "shuffled",
		[ORDER_PLAYLIST] = "playlist"
	};
	unsigned i;

	for (i = ORDER_SORTED; i <= ORDER_PLAYLIST; i++)
		if (strcmp(value, names[i]) == 0) {
			c->order = (enum channelconf_order)i;
			return 0;
		}
	text_copy(why, size, "sorted, shuffled or playlist");
	return -1;
}

static int
set_charset(struct channelconf *c, const char *value, char *why, size_t size)
{
	if (strlen(value) >= sizeof(c->charset) || !charset_is_known(value)) {
		text_copy(why, size,
		    "auto or a character set that iconv knows, as CP1251");
		return -1;
	}
	text_copy(c->charset, sizeof(c->charset), value);
	return 0;
}

static const struct key {
	const char *name;
	int (*set)(struct channelconf *c, const char *value, char *why,
	    size_t size);
} keys[] = {
	{ "number", set_number },
	{ "name", set_name },
	{ "order", set_order },
	{ "charset", set_charset },
};

#define NKEYS	(sizeof(keys) / sizeof(keys[0]))

static const struct key *
key_of(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < NKEYS; i++)
		if (strlen(keys[i].name) == n &&
		    memcmp(keys[i].name, name, n) == 0)
			return &keys[i];
	return NULL;
}

/* Length of s[0..n) without the white space behind it. */
static size_t
trimmed(const char *s, size_t n)
{
	while (n > 0 && isspace((unsigned char)s[n - 1]))
		n--;
	return n;
}

/*
 * One line, NUL-ended; seen: keys that were there before.  What is wrong with
 * it into why: -1, else 0.
 */
static int
parse_line(struct channelconf *c, const char *line, unsigned *seen, char *why,
    size_t size)
{
	const char *eq = strchr(line, '='), *value;
	const struct key *k;
	char expected[160];
	size_t n;

	n = eq != NULL ? trimmed(line, (size_t)(eq - line)) : 0;
	if (n == 0) {
		text_format(why, size, "%.*s: expected key = value",
		    SHOWN_MAX, line);
		return -1;
	}
	value = eq + 1;
	value += strspn(value, " \t");
	if ((k = key_of(line, n)) == NULL) {
		text_format(why, size, "%.*s: unknown key; there are number, "
		    "name, order and charset", n > SHOWN_MAX ? SHOWN_MAX :
		    (int)n, line);
		return -1;
	}
	if (*seen & 1u << (k - keys)) {
		text_format(why, size, "%s: given twice", k->name);
		return -1;
	}
	*seen |= 1u << (k - keys);
	if (*value == '\0')
		text_copy(expected, sizeof(expected), "a value after the =");
	else if (k->set(c, value, expected, sizeof(expected)) == 0)
		return 0;
	text_format(why, size, "%s: expected %s, not %.*s", k->name, expected,
	    SHOWN_MAX, value);
	return -1;
}

void
channelconf_parse(struct channelconf *c, const char *text, size_t len,
    channelconf_error_fn error, void *arg)
{
	const char *p = text, *end = text + len, *nl;
	char line[LINE_MAX_BYTES], why[512];
	unsigned number = 0, seen = 0;
	size_t n;

	memset(c, 0, sizeof(*c));
	if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	for (; p < end; p = nl + 1) {
		number++;
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		while (p < nl && (*p == ' ' || *p == '\t'))
			p++;
		n = trimmed(p, (size_t)(nl - p));
		if (n == 0 || *p == '#')
			continue;
		if (memchr(p, '\0', n) != NULL ||
		    text_copyn(line, sizeof(line), p, n) == -1) {
			error(arg, number, "expected one line of text");
			continue;
		}
		if (parse_line(c, line, &seen, why, sizeof(why)) == 0)
			continue;
		text_clean(why);
		error(arg, number, why);
	}
}
