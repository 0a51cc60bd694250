/* SPDX-License-Identifier: ISC */
/*
 * A value that one thread writes and others read without any lock: a
 * generation counter is odd while the writer is in, readers try again.
 * The bytes travel as relaxed atomic words, so that the copy which is thrown
 * away is no data race either.
 */
#ifndef BASE_SLOT_H
#define BASE_SLOT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct slot {
	_Atomic uint32_t generation;	/* [1] odd: being written */
	uint32_t words;			/* [c] how many follow */
	_Atomic uint64_t *word;		/* [1] the value, caller's storage */
};

/* The room that a value of so many bytes needs, in 64-bit words. */
#define SLOT_WORDS(size)	(((size) + 7) / 8)

void slot_init(struct slot *s, _Atomic uint64_t *word, size_t words);
/* One writer at a time.  size <= 8 * words and the same for both sides. */
void slot_write(struct slot *s, const void *value, size_t size);
void slot_read(const struct slot *s, void *value, size_t size);

#endif
