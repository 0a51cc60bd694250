/* SPDX-License-Identifier: ISC */
/* What top shows: the channels of a snapshot in some order, beside the
 * snapshot before. */
#ifndef TOP_SHOW_H
#define TOP_SHOW_H

#include <stddef.h>
#include <stdio.h>

struct snapshot;

enum top_order { TOP_BY_CHANNEL, TOP_BY_NAME, TOP_BY_RATE, TOP_BY_HEARD,
	TOP_BY_LATE, TOP_BY_TROUBLE };

/* The order that a key chooses, -1: none. */
int top_order_of_key(int key);

/* Sort the channels of p, worst first where it is about what goes wrong; what
 * happened since before counts (may be empty). */
void top_sort(struct snapshot *p, const struct snapshot *before,
    enum top_order order);

/* A screen of so many columns and rows. */
void top_show(FILE *f, const struct snapshot *p,
    const struct snapshot *before, enum top_order order, unsigned columns,
    unsigned rows);

#endif
