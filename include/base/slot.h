/* SPDX-License-Identifier: ISC */
/*
 * A value that one thread writes and others read without any lock: a
 * generation counter is odd while the writer is in, readers try again.
 * The bytes travel as relaxed atomic words, so that the copy which is thrown
 * away is no data race either.  A slot is nothing but words, the generation
 * first; all zero is a value of zeros.  So it may lie in memory that processes
 * share, at any address.
 */
#ifndef BASE_SLOT_H
#define BASE_SLOT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* The words of a slot for a value of so many bytes. */
#define SLOT_WORDS(size)	(1 + ((size) + 7) / 8)

void slot_init(_Atomic uint64_t *slot, size_t words);
/* One writer at a time.  The same size for both sides. */
void slot_write(_Atomic uint64_t *slot, const void *value, size_t size);
void slot_read(const _Atomic uint64_t *slot, void *value, size_t size);
/*
 * For a reader who cannot trust the writer to come to an end (another process,
 * that may be stopped or dead): 0; -1: it was being written all the time, and
 * value may be a mixture of two.
 */
int slot_peek(const _Atomic uint64_t *slot, void *value, size_t size);

#endif
