/* SPDX-License-Identifier: ISC */
/*
 * The terminal's keys: a channel's number (Enter, or a second without another
 * digit, ends it), arrows, space, q.  Line editing and echo are off while
 * it is in use, and on again at every exit, crashes included.
 */
#ifndef TERM_H
#define TERM_H

#include <stdint.h>

enum term_key {
	TERM_NONE,
	TERM_NUMBER,		/* term.number */
	TERM_UP,
	TERM_DOWN,
	TERM_LEFT,
	TERM_RIGHT,
	TERM_PAUSE,		/* space */
	TERM_QUIT
};

struct term {
	int is_on;		/* keys are read */
	int is_plain;		/* no escape sequences, no echo line */
	int shows;		/* an unfinished number is on the screen */
	unsigned number;	/* typed so far, or complete */
	int64_t until_ns;	/* the number is complete then; 0: none */
	int escape;		/* characters of an escape sequence read */
};

/* Take the keys of stdin if it is our terminal; else nothing happens. */
void term_start(struct term *t, int is_plain);
void term_stop(struct term *t);
/* After the shell stopped us and went on: the terminal's modes again. */
void term_again(struct term *t);
/* Whether stdin is to be waited for now (not from the background). */
int term_is_waiting(const struct term *t);
/* stdin has something, or the time has come: what it means.  Call until it
 * says TERM_NONE. */
enum term_key term_read(struct term *t, int is_readable, int64_t now_ns);
/* Take an unfinished number off the screen, before a message. */
void term_clear(struct term *t);
/* Columns of the terminal at stderr or stdout; 0: it is none. */
unsigned term_columns(int fd);

/* One character means this; pure, for term_read and its test. */
enum term_key term_feed(struct term *t, char c, int64_t now_ns);

#endif
