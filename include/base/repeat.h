/* SPDX-License-Identifier: ISC */
/*
 * The same line at most once a minute: the first one is said, what comes after
 * it is counted, and when the minute is over, or something else has happened,
 * the count is said.  Pure: time is
 * handed in, CLOCK_MONOTONIC.
 */
#ifndef BASE_REPEAT_H
#define BASE_REPEAT_H

#include <stddef.h>
#include <stdint.h>

#define REPEAT_LINES	32	/* different ones at a time; others are said */
#define REPEAT_TEXT_MAX	200	/* as much of a line as is said again */
#define REPEAT_NS	INT64_C(60000000000)

struct repeat_line {
	uint64_t hash;		/* of the whole line; 0: free */
	int64_t said_ns;
	unsigned count;		/* how often it came since */
	int level;
	char text[REPEAT_TEXT_MAX];
};

/* All zero: nothing was said. */
struct repeat {
	struct repeat_line lines[REPEAT_LINES];
};

/* Whether to say a line (1), or not, because it was said less than a minute
 * ago (0). */
int repeat_pass(struct repeat *r, int level, const char *text,
    int64_t now_ns);
/* A line whose minute is over and that came again meanwhile: how often, its
 * level and its text (cut to size); 0: there is none. */
unsigned repeat_take(struct repeat *r, int64_t now_ns, int *level, char *text,
    size_t size);
/* Something else has happened: the same of any line that came again; 0: there
 * is none left, and what was said before may be said again at once. */
unsigned repeat_forget(struct repeat *r, int *level, char *text, size_t size);

#endif
