/* SPDX-License-Identifier: ISC */
#include "options.h"

#include <stdlib.h>

#include "tap.h"
#include "wire/control.h"

static struct options o;
static char why[256];

/* Parse words separated by spaces: options_parse's result. */
static int
parse(const char *line)
{
	static char copy[256], name[] = "netradioctl";
	char *argv[16] = { name }, *word, *rest = copy;
	int argc = 1;

	snprintf(copy, sizeof(copy), "%s", line);
	while ((word = strsep(&rest, " ")) != NULL)
		if (*word != '\0')
			argv[argc++] = word;
	argv[argc] = NULL;
	why[0] = '\0';
	return options_parse(&o, argc, argv, why, sizeof(why));
}

static void
bad(const char *line, const char *reason)
{
	ok(parse(line) == -1 && strstr(why, reason) != NULL,
	    "\"%s\": %s", line, why);
}

static void
test_usage(void)
{
	const struct command_row *row;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int missing = 0;

	options_usage(f, 1);
	fclose(f);
	for (row = command_rows; row->name != NULL; row++)
		missing += strstr(text, row->name) == NULL ||
		    strstr(text, row->help) == NULL;
	is(missing, 0, "help names every command");
	ok(strncmp(text, "usage: netradioctl ", 19) == 0, "after the usage");
	free(text);
}

int
main(void)
{
	is(parse("status"), 0, "a command");
	is_str(o.command->name, "status", "is found");
	ok(o.form == OPTIONS_PLAIN && o.state == NULL && o.what == NULL,
	    "and nothing else is set");
	is(parse("status --json -s /x"), 0, "options behind it");
	ok(o.form == OPTIONS_JSON && strcmp(o.state, "/x") == 0, "count");
	is(parse("--prometheus status"), 0, "and before it");
	is(o.form, OPTIONS_PROMETHEUS, "too");
	is(parse("skip 3"), 0, "a channel");
	ok(strcmp(o.what, "3") == 0 && o.command->code == CONTROL_SKIP,
	    "is its argument");
	is(parse("play 3/a.mp3 now"), 0, "now");
	is_str(o.when, "now", "is taken");
	is(parse("play 3/a.mp3"), 0, "or left away");
	is(parse("get -o - 1/1"), 0, "an output");
	is_str(o.output, "-", "is taken");
	is(parse("doctor"), 0, "a doctor");
	is(o.seconds, 0, "for as long as usual");
	is(parse("doctor 130 --json"), 0, "or for longer");
	is(o.seconds, 130, "so many seconds");
	is(parse("-h"), 0, "help needs no command");
	is(parse("-V"), 0, "nor does the version");
	bad("", "a command is missing");
	bad("sing", "sing: no such command");
	bad("skip", "skip needs CH");
	bad("skip 1 2", "2: one argument too many");
	bad("status x", "x: one argument too many");
	bad("play 1/1 later", "now or next expected, not later");
	bad("skip 1 --json", "does not go with --json");
	bad("channels --prometheus", "does not go with --prometheus");
	bad("status -o x", "-o does not go with status");
	bad("doctor x", "doctor x: a number from 2 to 3600 expected");
	bad("doctor 1", "doctor 1: a number from 2 to 3600 expected");
	bad("doctor --sql", "doctor does not go with --sql");
	bad("status -x", "-x: no such option");
	bad("status --nonsense", "--nonsense: no such option");
	bad("status -s", "-s: a value is missing");
	test_usage();
	return tap_end();
}
