/* SPDX-License-Identifier: ISC */
#include "options.h"

#include <getopt.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"

#define LETTER_LESS	256	/* getopt's value of rows without a letter */
#define ROWS_MAX	16
#define SECONDS_MIN	2	/* of doctor: heads come each second */
#define SECONDS_MAX	3600

struct option_row {
	int letter;		/* 0: none */
	const char *name;
	const char *arg;	/* how its value is called; NULL: takes none */
	const char *help;
};

enum { ROW_JSON = LETTER_LESS, ROW_PROMETHEUS, ROW_SQL };

static const char *const form_names[] = {
	[OPTIONS_JSON] = "json", [OPTIONS_PROMETHEUS] = "prometheus",
	[OPTIONS_SQL] = "sql"
};

static const struct option_row option_rows[] = {
	{ 0, "json", NULL, "print JSON" },
	{ 0, "prometheus", NULL, "print Prometheus' text format (status)" },
	{ 0, "sql", NULL, "print SQL for sqlite3 or MySQL (library)" },
	{ 'o', "output", "FILE", "write to FILE, - is stdout (get)" },
	{ 's', "state", "DIR", "the state directory of the daemon" },
	{ 'V', "version", NULL, "print the version and exit" },
	{ 'h', "help", NULL, "print this and exit" },
	{ 0, NULL, NULL, NULL }
};

/* getopt's two tables from ours. */
static void
tables(struct option *lo, char *so)
{
	const struct option_row *row;
	unsigned n = 0;

	*so++ = ':';
	for (row = option_rows; row->name != NULL && n < ROWS_MAX; row++) {
		lo[n].name = row->name;
		lo[n].has_arg = row->arg != NULL;
		lo[n].flag = NULL;
		lo[n].val = row->letter != 0 ? row->letter :
		    LETTER_LESS + (int)n;
		n++;
		if (row->letter == 0)
			continue;
		*so++ = (char)row->letter;
		if (row->arg != NULL)
			*so++ = ':';
	}
	memset(&lo[n], 0, sizeof(lo[n]));
	*so = '\0';
}

static void
set(struct options *o, int c, const char *arg)
{
	switch (c) {
	case ROW_JSON:
		o->form = OPTIONS_JSON;
		break;
	case ROW_PROMETHEUS:
		o->form = OPTIONS_PROMETHEUS;
		break;
	case ROW_SQL:
		o->form = OPTIONS_SQL;
		break;
	case 'o':
		o->output = arg;
		break;
	case 's':
		o->state = arg;
		break;
	case 'V':
		o->version = 1;
		break;
	default:
		o->help = 1;
	}
}

static const struct command_row *
find_command(const char *name)
{
	const struct command_row *row;

	for (row = command_rows; row->name != NULL; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

/* Of doctor: 0; -1: why says what was expected. */
static int
set_seconds(struct options *o, const char *arg, char *why, unsigned size)
{
	char expected[64];

	if (num_parse(arg, SECONDS_MIN, SECONDS_MAX, &o->seconds, expected,
	    sizeof(expected)) == 0)
		return 0;
	text_format(why, size, "doctor %s: %s expected", arg, expected);
	return -1;
}

static int
check(struct options *o, int n, char **args, char *why, unsigned size)
{
	const struct command_row *row;

	if (n == 0) {
		text_format(why, size, "a command is missing");
		return -1;
	}
	if ((row = find_command(args[0])) == NULL)
		text_format(why, size, "%s: no such command", args[0]);
	else if (n - 1 < row->least)
		text_format(why, size, "%s needs %s", row->name, row->args);
	else if (n - 1 > row->most)
		text_format(why, size, "%s: %s: one argument too many",
		    row->name, args[1 + row->most]);
	else if (o->form != OPTIONS_PLAIN &&
	    (row->forms & 1U << o->form) == 0)
		text_format(why, size, "%s does not go with --%s", row->name,
		    form_names[o->form]);
	else if (o->output != NULL && !row->has_output)
		text_format(why, size, "-o does not go with %s", row->name);
	else if (n > 2 && strcmp(args[2], "now") != 0 &&
	    strcmp(args[2], "next") != 0)
		text_format(why, size, "%s: now or next expected, not %s",
		    row->name, args[2]);
	else {
		o->command = row;
		o->what = n > 1 ? args[1] : NULL;
		o->when = n > 2 ? args[2] : NULL;
		return row->has_seconds && n > 1 ? set_seconds(o, args[1],
		    why, size) : 0;
	}
	return -1;
}

int
options_parse(struct options *o, int argc, char **argv, char *why,
    unsigned size)
{
	struct option lo[ROWS_MAX + 1];
	char so[2 * ROWS_MAX + 2];
	int c;

	memset(o, 0, sizeof(*o));
	tables(lo, so);
	opterr = 0;
	optind = 0;	/* begin anew, also the scan inside a word */
	while ((c = getopt_long(argc, argv, so, lo, NULL)) != -1) {
		if (c == ':') {		/* those with one have a letter */
			text_format(why, size, "-%c: a value is missing",
			    optopt);
			return -1;
		}
		if (c == '?') {
			text_format(why, size, "%s: no such option",
			    argv[(optind < argc ? optind : argc) - 1]);
			return -1;
		}
		set(o, c, optarg);
	}
	return o->help || o->version ? 0 :
	    check(o, argc - optind, argv + optind, why, size);
}

void
options_usage(FILE *f, int help)
{
	const struct option_row *row;
	const struct command_row *c;
	char both[40];

	fputs("usage: netradioctl [-hV] [--json] [--prometheus] [--sql] "
	    "[-o FILE] [-s DIR] COMMAND [ARGUMENT]\n", f);
	for (c = command_rows; help && c->name != NULL; c++) {
		text_format(both, sizeof(both), "%s %s", c->name, c->args);
		fprintf(f, "  %-24s %s\n", both, c->help);
	}
	for (row = option_rows; help && row->name != NULL; row++) {
		text_format(both, sizeof(both), "--%s%s%s", row->name,
		    row->arg != NULL ? " " : "",
		    row->arg != NULL ? row->arg : "");
		if (row->letter != 0)
			fprintf(f, "  -%c, %-20s %s\n", row->letter, both,
			    row->help);
		else
			fprintf(f, "      %-20s %s\n", both, row->help);
	}
}
