/* SPDX-License-Identifier: ISC */
/*
 * The configuration file: lines of "key = value".  The whole text is read
 * whatever is found in it, so that one run names every error.
 */
#include "config.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#include "config_item.h"

#define LINE_BYTES_MAX	4200	/* a path of PATH_MAX and its key */
#define SHOWN_MAX	64	/* of what somebody wrote, in a message */
#define KEY_MAX		24	/* longer ones are not guessed at */
#define ITEMS_MAX	64

struct parser {
	struct config *c;
	const char *name;	/* of the file */
	FILE *err;
	unsigned line;		/* counted from 1 */
	int errors;
	unsigned seen[ITEMS_MAX];	/* line in which the item stood; 0 */
};

__attribute__((format(printf, 2, 3)))
static void
complain(struct parser *ps, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_clean(text);
	fprintf(ps->err, "%s:%u: %s\n", ps->name, ps->line, text);
	ps->errors++;
}

/*
 * How many letters must be changed, added or left out to make b of a (both at
 * most KEY_MAX long).
 */
static unsigned
distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned d[KEY_MAX + 1][KEY_MAX + 1], best;
	size_t i, j;

	for (i = 0; i <= na; i++)
		d[i][0] = (unsigned)i;
	for (j = 0; j <= nb; j++)
		d[0][j] = (unsigned)j;
	for (i = 1; i <= na; i++)
		for (j = 1; j <= nb; j++) {
			best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			d[i][j] = best;
		}
	return d[na][nb];
}

/* The key that was probably meant, or NULL. */
static const char *
nearest(const char *key, size_t n)
{
	const struct config_item *item;
	const char *found = NULL;
	unsigned least = 3, dist;
	size_t i, len;

	if (n > KEY_MAX)
		return NULL;
	for (i = 0; (item = config_item(i)) != NULL; i++) {
		len = strlen(item->name);
		if (!(item->flags & ITEM_KEY) || len > KEY_MAX)
			continue;
		dist = distance(key, n, item->name, len);
		if (dist < least && dist < len) {
			least = dist;
			found = item->name;
		}
	}
	return found;
}

static void
unknown_key(struct parser *ps, const char *key, size_t n)
{
	const char *meant = nearest(key, n);
	int shown = n > SHOWN_MAX ? SHOWN_MAX : (int)n;

	if (meant != NULL)
		complain(ps, "%.*s: unknown key; did you mean %s?", shown,
		    key, meant);
	else
		complain(ps, "%.*s: unknown key", shown, key);
}

static void
set(struct parser *ps, const char *key, size_t n, const char *value)
{
	const struct config_item *item = config_item_of_key(key, n);
	char why[160];
	size_t i;

	if (item == NULL) {
		unknown_key(ps, key, n);
		return;
	}
	for (i = 0; config_item(i) != item; i++)
		;
	assert(i < ITEMS_MAX);
	if (ps->seen[i] > 0 && !(item->flags & ITEM_REPEATS)) {
		complain(ps, "%s: given twice, first in line %u", item->name,
		    ps->seen[i]);
		return;
	}
	ps->seen[i] = ps->line;
	if (*value == '\0')
		complain(ps, "%s: expected a value after the =", item->name);
	else if (item->set(ps->c, value, why, sizeof(why)) == -1)
		complain(ps, "%s: expected %s, not %.*s", item->name, why,
		    SHOWN_MAX, value);
}

/* One line without its end; it is NUL-ended and ours to cut up. */
static void
parse_line(struct parser *ps, char *line, size_t n)
{
	char *key, *value, *eq;
	size_t key_len;

	if (memchr(line, '\0', n) != NULL) {
		complain(ps, "NUL byte: this is no text file");
		return;
	}
	while (n > 0 && isspace((unsigned char)line[n - 1]))
		line[--n] = '\0';
	key = line + strspn(line, " \t");
	if (*key == '\0' || *key == '#')
		return;
	if ((eq = strchr(key, '=')) == NULL) {
		complain(ps, "%.*s: expected key = value", SHOWN_MAX, key);
		return;
	}
	for (key_len = (size_t)(eq - key); key_len > 0 &&
	    isspace((unsigned char)key[key_len - 1]); key_len--)
		;
	if (key_len == 0) {
		complain(ps, "expected a key before the =");
		return;
	}
	value = eq + 1;
	value += strspn(value, " \t");
	set(ps, key, key_len, value);
}

int
config_parse(struct config *c, const char *name, const char *text, size_t len,
    FILE *err)
{
	struct parser ps = { .c = c, .name = name, .err = err };
	char line[LINE_BYTES_MAX + 1];
	const char *end = text + len, *p = text, *nl;
	size_t n;

	if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	for (; p < end; p = nl + 1) {
		ps.line++;
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		if ((n = (size_t)(nl - p)) > LINE_BYTES_MAX) {
			complain(&ps, "line of %zu bytes: expected at most %d",
			    n, LINE_BYTES_MAX);
		} else {
			memcpy(line, p, n);
			line[n] = '\0';
			parse_line(&ps, line, n);
		}
		if (nl == end)
			break;
	}
	return ps.errors;
}
