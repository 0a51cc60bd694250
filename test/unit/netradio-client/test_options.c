/* SPDX-License-Identifier: ISC */
/* The command line, and that the manual tells the same. */
#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "options.h"
#include "tap.h"
#include "wire/ports.h"

#define MAN	"doc/man/netradio-client.1"
#define ARGS_MAX 16

static struct options o;
static char why[256];

/* Parse a line of words. */
static int
parse(const char *line)
{
	static char words[256];
	char *argv[ARGS_MAX + 2], *s = words;
	int argc = 0;

	snprintf(words, sizeof(words), "netradio-client %s", line);
	while (*(s += strspn(s, " ")) != '\0' && argc < ARGS_MAX) {
		argv[argc++] = s;
		s += strcspn(s, " ");
		if (*s != '\0')
			*s++ = '\0';
	}
	argv[argc] = NULL;
	return options_parse(&o, argc, argv, why, sizeof(why));
}

static void
test_values(void)
{
	char text[ADDR_TEXT_MAX];

	is(parse("3"), 0, "a number");
	is_str(o.channel, "3", "is the channel");
	is_str(addr_format(&o.base.of[RECEIVE_4], text), PORTS_GROUP_DEFAULT,
	    "the usual group");
	is(o.delay_ns, 300 * NS_PER_MS, "the usual delay");
	is(parse("jazz@192.0.2.7"), 0, "CHANNEL@SERVER");
	ok(strcmp(o.channel, "jazz") == 0 &&
	    strcmp(o.server, "192.0.2.7") == 0, "is cut in two");
	is(parse("-i a -i b -g 239.1.2.0 -b 100 -T 5 -o - x"), 0, "values");
	ok(o.where.n == 2 && o.delay_ns == 100 * NS_PER_MS &&
	    o.time_ns == 5 * NS_PER_S && strcmp(o.output, "-") == 0 &&
	    strcmp(addr_format(&o.base.of[RECEIVE_4], text),
	    "239.1.2.0") == 0 && o.base.of[RECEIVE_6].len == 0,
	    "are taken");
	is(parse("-ljq"), -1, "letters that are none");
	is(parse("-lq --json --plain --server host"), 0, "flags");
	ok(o.task == OPTIONS_LIST && o.quiet && o.json && o.plain &&
	    o.server != NULL, "are set");
	is(parse("--doctor -v -i a -T 130 jazz"), 0, "a doctor");
	ok(o.task == OPTIONS_DOCTOR && o.time_ns == 130 * NS_PER_S,
	    "for so long");
	is(parse("-vv 1"), 0, "twice verbose");
	is(o.verbose, 2, "counts");
	is(parse("-h -l -o x"), 0, "help goes with anything");
}

static void
test_errors(void)
{
	static const char *const bad[] = { "--nonsense", "-b", "-b 0 1",
	    "-b 99999 1", "-b x 1", "-T 0 1", "-T -1 1", "-g 10.0.0.1 1",
	    "-g 239.255.255.0 1", "-g x 1", "-i 0123456789abcdef 1",
	    "-l 3", "-l -o x", "-o x -d y 1", "--doctor -o x",
	    "-q -v 1", "1 2" };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why[0] = '\0';
		ok(parse(bad[i]) == -1 && why[0] != '\0', "%s: %s", bad[i],
		    why);
	}
}

static char *
slurp(FILE *f)
{
	static char room[65536];
	size_t n = fread(room, 1, sizeof(room) - 1, f);

	room[n] = '\0';
	return room;
}

/* Every option has an item in the manual, and no item is none. */
static void
test_manual(void)
{
	const struct option_row *row;
	unsigned rows = 0, items = 0;
	char want[64], *man, *p;
	FILE *f;

	if ((f = fopen(MAN, "r")) == NULL) {
		ok(0, "run from the top directory: no %s", MAN);
		return;
	}
	man = slurp(f);
	fclose(f);
	for (row = options_rows(); row->name != NULL; row++) {
		if (row->letter != 0)
			snprintf(want, sizeof(want), "\n.It Fl %c , Fl -%s%s%s",
			    row->letter, row->name,
			    row->arg != NULL ? " Ar " : "",
			    row->arg != NULL ? row->arg : "");
		else
			snprintf(want, sizeof(want), "\n.It Fl -%s%s%s",
			    row->name, row->arg != NULL ? " Ar " : "",
			    row->arg != NULL ? row->arg : "");
		rows++;
		p = strstr(man, want);
		ok(p != NULL && p[strlen(want)] == '\n',
		    "the manual has%s", want + 1);
	}
	for (p = man; (p = strstr(p, "\n.It Fl ")) != NULL; p++)
		items++;
	is(items, rows, "and no other options");
}

/* One .Op line of the manual, as usage prints it: words after Fl get a dash,
 * Ar leaves them. */
static void
add_synopsis(char *made, size_t size, char *line)
{
	char *word, *rest = line;
	const char *dash = "";
	size_t len;

	while ((word = strsep(&rest, " \n")) != NULL) {
		len = strlen(made);
		if (strcmp(word, "Fl") == 0 || strcmp(word, "Ar") == 0)
			dash = word[0] == 'F' ? "-" : "";
		else if (word[0] != '\0')
			snprintf(made + len, size - len, "%s%s%s",
			    made[len - 1] == '[' ? "" : " ", dash, word);
	}
	len = strlen(made);
	snprintf(made + len, size - len, "]");
}

static void
test_synopsis(void)
{
	char usage[2048], made[2048] = "usage: netradio-client", line[256];
	int inside = 0;
	size_t len;
	FILE *f;

	if ((f = tmpfile()) == NULL) {
		ok(0, "no temporary file");
		return;
	}
	options_usage(f, 0);
	rewind(f);
	usage[fread(usage, 1, sizeof(usage) - 1, f)] = '\0';
	fclose(f);
	if ((f = fopen(MAN, "r")) == NULL) {
		ok(0, "run from the top directory: no %s", MAN);
		return;
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, ".Sh ", 4) == 0)
			inside = strcmp(line, ".Sh SYNOPSIS\n") == 0;
		if (!inside || strncmp(line, ".Op ", 4) != 0)
			continue;
		len = strlen(made);
		snprintf(made + len, sizeof(made) - len, " [");
		if (strcmp(line, ".Op Ar CHANNEL Ns Op @ Ns Ar SERVER\n") == 0)
			snprintf(line, sizeof(line),
			    ".Op Ar CHANNEL[@SERVER]\n");
		add_synopsis(made, sizeof(made), line + 4);
	}
	fclose(f);
	len = strlen(made);
	snprintf(made + len, sizeof(made) - len, "\n");
	is_str(usage, made, "usage is the manual's SYNOPSIS");
}

int
main(void)
{
	test_values();
	test_errors();
	test_manual();
	test_synopsis();
	return tap_end();
}
