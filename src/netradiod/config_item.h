/* SPDX-License-Identifier: ISC */
/*
 * The table of everything that can be configured.  One row is a key of the
 * file, an option of the command line, or both; the parser of the file, the
 * command line, the usage line and -h are all read from it.
 */
#ifndef CONFIG_ITEM_H
#define CONFIG_ITEM_H

#include <stddef.h>

struct config;

enum {
	ITEM_KEY = 1,		/* stands in the configuration file */
	ITEM_OPTION = 2,	/* stands on the command line */
	ITEM_REPEATS = 4,	/* may be given several times */
	ITEM_PATH = 8		/* absolute in the file; on the command line
				 * relative to where we were started */
};

struct config_item {
	const char *name;	/* key, and long option */
	int letter;		/* short option; 0: none */
	unsigned flags;		/* of the above */
	const char *arg;	/* what the value is called; NULL: no value */
	const char *help;	/* one line for -h; NULL: no option */
	/* Put the value into c: 0, or -1 and in why what was expected.
	 * NULL: -c, -h and -V, which are none of a configuration. */
	int (*set)(struct config *c, const char *value, char *why,
	    size_t size);
};

/* The i-th row, in the order of the usage line; NULL behind the last. */
const struct config_item *config_item(size_t i);
/* The row of that key of the file (n bytes), or NULL. */
const struct config_item *config_item_of_key(const char *key, size_t n);
/* The row of that short option, or NULL. */
const struct config_item *config_item_of_letter(int letter);

#endif
