/* SPDX-License-Identifier: ISC */
/* The command line: one table yields parsing, usage and the manual's test. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>
#include <stdio.h>

#include "decoders.h"
#include "os/addr.h"
#include "receive.h"

enum options_task {
	OPTIONS_LISTEN,
	OPTIONS_LIST,			/* -l */
	OPTIONS_SDP, OPTIONS_M3U,	/* tell other players of CHANNEL */
	OPTIONS_DEMAND,			/* --demand: play that recording */
	OPTIONS_DECODERS,		/* --decoders */
	OPTIONS_DOCTOR			/* --doctor */
};

struct options {
	enum options_task task;
	int json;
	int plain;			/* no escape sequences */
	int no_reports;			/* the server does not count us */
	int quiet, verbose;
	int help, version;
	struct receive_where where;	/* -i */
	struct receive_group base;	/* -g: port of the list */
	const char *server;		/* --server or CHANNEL@...; NULL */
	int64_t delay_ns;		/* -b */
	const char *decoder_of[DECODERS_SOUNDS]; /* -d; NULL: the usual one */
	const char *output;		/* -o; NULL: a decoder */
	int64_t time_ns;		/* -T; 0: none */
	char *channel;			/* number or name; NULL; with --demand
					 * CHANNEL/TRACK */
};

struct option_row {
	int letter;		/* 0: none */
	const char *name;
	const char *arg;	/* how its value is called; NULL: takes none */
	const char *help;
	/* 0; -1: what was expected is in why. */
	int (*set)(struct options *o, char *arg, char *why,
	    unsigned size);
};

/* The table; it ends with a row whose name is NULL. */
const struct option_row *options_rows(void);

/* Fill o from the command line: 0; -1: why holds a sentence.  argv[] is
 * reordered, and a CHANNEL@SERVER in it is cut in two. */
int options_parse(struct options *o, int argc, char **argv, char *why,
    unsigned size);
/* The SYNOPSIS, and with help what each option does. */
void options_usage(FILE *f, int help);

#endif
