/* SPDX-License-Identifier: ISC */
/*
 * The command line: one table of options yields parsing and usage, one of
 * commands dispatch and usage; both are compared with the manual.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>
#include <stdio.h>

enum options_form { OPTIONS_PLAIN, OPTIONS_JSON, OPTIONS_PROMETHEUS,
	OPTIONS_SQL };

struct options {
	const char *state;		/* -s; NULL: as attach_open finds it */
	const char *output;		/* -o; NULL: named after the track */
	enum options_form form;
	int help, version;
	const struct command_row *command;
	const char *what;		/* CH or CH/TRACK; NULL */
	const char *when;		/* now or next; NULL */
	int64_t seconds;		/* 0: none were given */
};

struct command_row {
	const char *name;
	const char *args;		/* as usage shows them; "" */
	const char *help;
	int least, most;		/* arguments */
	unsigned forms;			/* bits 1 << OPTIONS_JSON and so on */
	int has_output;			/* -o goes with it */
	int has_seconds;		/* its argument is their number */
	int code;			/* the order to give, enum
					 * control_command; 0: none */
	int (*run)(const struct options *o);	/* the exit code */
};

/* The commands (commands.c); the last row's name is NULL. */
extern const struct command_row command_rows[];

/* Fill o: 0; -1: why holds a sentence. */
int options_parse(struct options *o, int argc, char **argv, char *why,
    unsigned size);
/* The SYNOPSIS, and with help what each command and option does. */
void options_usage(FILE *f, int help);

#endif
