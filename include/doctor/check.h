/* SPDX-License-Identifier: ISC */
/*
 * What the facts mean, in sentences: what is wrong and what to do about it.
 * Pure; one table of checks.
 */
#ifndef DOCTOR_CHECK_H
#define DOCTOR_CHECK_H

#include <net/if.h>
#include <stddef.h>

struct facts;

#define CHECK_TEXT_MAX	640
#define CHECK_FINDINGS_MAX 512	/* more than all checks of all interfaces */

enum check_state {
	CHECK_NOTHING,		/* this check has nothing to say */
	CHECK_OK,
	CHECK_NOTE,		/* not wrong, but good to know */
	CHECK_WRONG
};

struct check_finding {
	const char *check;	/* its name in the table */
	char interface[IF_NAMESIZE]; /* "": the machine */
	enum check_state state;
	char text[CHECK_TEXT_MAX]; /* clean, without end of line */
};

struct check {
	size_t n;
	struct check_finding findings[CHECK_FINDINGS_MAX];
};

void check_all(struct check *c, const struct facts *f);
/* How many are wrong. */
unsigned check_wrong(const struct check *c);
/* What the i-th interface is, in one line for people. */
void check_summary(const struct facts *f, unsigned i, char *text,
    size_t size);
/* The i-th name of the table, NULL after the last: for tests. */
const char *check_name(size_t i);

#endif
