/* SPDX-License-Identifier: ISC */
/* netradiod -n: what would be on air, and what is wrong with it. */
#ifndef CHECK_H
#define CHECK_H

#include <stdint.h>
#include <stdio.h>

struct config;
struct library;

/* Read the whole library and print it on stdout, as a table or (c->json) one
 * JSON object per line and track.  The exit code: 0 everything plays, 1 a row
 * has a problem, 78 the library cannot be read, 71 stdout cannot be written. */
int check_run(const struct config *c);

/* The printing of it, for tests: limit in bit/s as from budget_limit.
 * Returns how many rows have a problem, or -1 when memory is out. */
int check_print(FILE *f, const struct config *c, const struct library *l,
    int64_t limit);

#endif
