/* SPDX-License-Identifier: ISC */
/* The program list for people and for programs. */
#ifndef LISTING_SHOW_H
#define LISTING_SHOW_H

#include <stdint.h>
#include <stdio.h>

struct listing;

/* A table in order of the numbers, as wide as columns allow (0: as wide as
 * needed). */
void listing_show_table(FILE *f, const struct listing *l, unsigned columns);
/* One JSON object a line and channel. */
void listing_show_json(FILE *f, const struct listing *l, int64_t now_ns);

#endif
