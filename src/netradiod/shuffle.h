/* SPDX-License-Identifier: ISC */
/*
 * Tracks in random order: each round a new permutation of all of them, and
 * never one twice in a row, not even where two rounds meet.
 */
#ifndef SHUFFLE_H
#define SHUFFLE_H

#include <stddef.h>
#include <stdint.h>

struct shuffle {
	uint64_t random;	/* state; the same seed gives the same order */
	size_t n;
	uint32_t *order;	/* of this round; NULL: no memory, in order */
	size_t at;		/* how many of it were given */
};

void shuffle_init(struct shuffle *s, uint64_t seed);
void shuffle_done(struct shuffle *s);
/* A round of n tracks begins. */
void shuffle_begin(struct shuffle *s, size_t n);
/* The next of 0 to n - 1 (n > 0); last: the one that played, n or more if
 * there was none. */
size_t shuffle_next(struct shuffle *s, size_t last);

#endif
