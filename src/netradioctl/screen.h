/* SPDX-License-Identifier: ISC */
/*
 * A whole terminal for a program that refreshes in place: its other screen,
 * no cursor, keys at once.  All is as it was at every exit, crashes included.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdint.h>

/* What the wait came to, if it is no key. */
enum { SCREEN_TIME = 0, SCREEN_END = -1 };

/* Take the terminal: 0; -1: stdin or stdout is none. */
int screen_start(void);
void screen_stop(void);
void screen_size(unsigned *columns, unsigned *rows);
/* Wait for a key until CLOCK_MONOTONIC deadline_ns: the key, SCREEN_TIME (also
 * after the size has changed), or SCREEN_END when a signal ends us. */
int screen_wait(int64_t deadline_ns);

#endif
