/* SPDX-License-Identifier: ISC */
/*
 * jsonl: fields of JSON objects, one object a line, on standard input.
 *
 *	jsonl KEY [KEY=VALUE...]	the value of KEY in lines where all hold
 *	jsonl -k			the keys of each line, in their order
 *
 * Strings come out decoded (an escape \udcXX is the byte XX again), all else
 * as it stands.  What is no JSON object with flat values ends it with 65; no
 * line that holds: 1.
 */
#include <ctype.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define FIELDS_MAX	64

struct field {
	char *key;
	char *value;
};

static unsigned long line_number;

static _Noreturn void
bad(const char *what, const char *at)
{
	errx(EX_DATAERR, "line %lu: %s at \"%.20s\"", line_number, what, at);
}

static char *
skip_space(char *p)
{
	return p + strspn(p, " \t\r\n");
}

static unsigned
hex4(const char *p)
{
	unsigned v = 0, i;

	for (i = 0; i < 4; i++) {
		if (!isxdigit((unsigned char)p[i]))
			bad("expected four hex digits", p);
		v = v * 16 + (unsigned)(isdigit((unsigned char)p[i]) ?
		    p[i] - '0' : tolower((unsigned char)p[i]) - 'a' + 10);
	}
	return v;
}

static char *
put_utf8(char *o, uint32_t c)
{
	if (c >= 0xdc80 && c <= 0xdcff)
		*o++ = (char)(c & 0xff);
	else if (c < 0x80)
		*o++ = (char)c;
	else if (c < 0x800) {
		*o++ = (char)(0xc0 | c >> 6);
		*o++ = (char)(0x80 | (c & 63));
	} else if (c < 0x10000) {
		*o++ = (char)(0xe0 | c >> 12);
		*o++ = (char)(0x80 | (c >> 6 & 63));
		*o++ = (char)(0x80 | (c & 63));
	} else {
		*o++ = (char)(0xf0 | c >> 18);
		*o++ = (char)(0x80 | (c >> 12 & 63));
		*o++ = (char)(0x80 | (c >> 6 & 63));
		*o++ = (char)(0x80 | (c & 63));
	}
	return o;
}

/* Decode in place the string that begins at p; *next is behind it. */
static char *
string(char *p, char **next)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char *start = p + 1, *o = start;
	const char *esc;
	uint32_t c, low;

	if (*p++ != '"')
		bad("expected a string", p - 1);
	while (*p != '"') {
		if ((unsigned char)*p < 0x20)
			bad("raw control character in a string", p);
		if (*p != '\\') {
			*o++ = *p++;
			continue;
		}
		p++;
		if (*p == 'u') {
			c = hex4(p + 1);
			p += 5;
			if (c >= 0xd800 && c < 0xdc00 && p[0] == '\\' &&
			    p[1] == 'u' && (low = hex4(p + 2)) >= 0xdc00 &&
			    low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + low -
				    0xdc00;
				p += 6;
			}
			o = put_utf8(o, c);
		} else if (*p != '\0' && (esc = strchr(from, *p)) != NULL) {
			*o++ = to[esc - from];
			p++;
		} else
			bad("unknown escape", p);
	}
	*next = p + 1;
	*o = '\0';
	return start;
}

/* A number, true, false or null, ended where it ends. */
static char *
word(char *p, char **next, char *ended)
{
	size_t n = strspn(p, "+-.0123456789eEaflnrstu");
	char *end;

	*ended = p[n];
	*next = p + n;
	p[n] = '\0';
	if (strcmp(p, "true") != 0 && strcmp(p, "false") != 0 &&
	    strcmp(p, "null") != 0) {
		strtod(p, &end);
		if (n == 0 || *end != '\0')
			bad("expected a value", p);
	}
	return p;
}

static unsigned
parse(char *p, struct field *f)
{
	unsigned n = 0;
	char after = '\0';

	p = skip_space(p);
	if (*p != '{')
		bad("expected {", p);
	p = skip_space(p + 1);
	while (*p != '}') {
		if (n == FIELDS_MAX)
			bad("too many keys", p);
		f[n].key = string(p, &p);
		p = skip_space(p);
		if (*p != ':')
			bad("expected :", p);
		p = skip_space(p + 1);
		if (*p == '"') {
			f[n].value = string(p, &p);
			p = skip_space(p);
			after = *p;
		} else {
			f[n].value = word(p, &p, &after);
			if (isspace((unsigned char)after)) {
				p = skip_space(p + 1);
				after = *p;
			}
		}
		n++;
		if (after == '}')
			break;
		if (after != ',')
			bad("expected , or }", p);
		p = skip_space(p + 1);
	}
	if (*skip_space(p + 1) != '\0')
		bad("something behind the object", p + 1);
	return n;
}

static const char *
value_of(const struct field *f, unsigned n, const char *key, size_t len)
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (strlen(f[i].key) == len && memcmp(f[i].key, key, len) == 0)
			return f[i].value;
	return NULL;
}

static int
holds(const struct field *f, unsigned n, char **conditions)
{
	const char *eq, *value;

	for (; *conditions != NULL; conditions++) {
		if ((eq = strchr(*conditions, '=')) == NULL)
			errx(EX_USAGE, "%s: expected KEY=VALUE", *conditions);
		value = value_of(f, n, *conditions, (size_t)(eq -
		    *conditions));
		if (value == NULL || strcmp(value, eq + 1) != 0)
			return 0;
	}
	return 1;
}

int
main(int argc, char **argv)
{
	struct field f[FIELDS_MAX];
	const char *value;
	char *line = NULL;
	size_t room = 0;
	unsigned n, i;
	int found = 0;

	if (argc < 2)
		errx(EX_USAGE, "usage: jsonl -k | KEY [KEY=VALUE...]");
	while (getline(&line, &room, stdin) != -1) {
		line_number++;
		n = parse(line, f);
		if (strcmp(argv[1], "-k") == 0) {
			for (i = 0; i < n; i++)
				printf("%s%s", i > 0 ? " " : "", f[i].key);
			putchar('\n');
			found = 1;
		} else if (holds(f, n, argv + 2) && (value = value_of(f, n,
		    argv[1], strlen(argv[1]))) != NULL) {
			puts(value);
			found = 1;
		}
	}
	free(line);
	return !found;
}
