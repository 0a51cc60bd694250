/* SPDX-License-Identifier: ISC */
/*
 * The fences follow H.-J. Boehm, "Can seqlocks get along with programming
 * language memory models?" (MSPC 2012): the data words are relaxed atomics,
 * an acquire fence stands between them and the second look at the counter.
 */
#include "base/slot.h"

#include <string.h>

#define PEEKS	10000	/* some milliseconds; a write takes a microsecond */

void
slot_init(_Atomic uint64_t *slot, size_t words)
{
	size_t i;

	for (i = 0; i < words; i++)
		atomic_init(&slot[i], 0);
}

void
slot_write(_Atomic uint64_t *slot, const void *value, size_t size)
{
	const char *p = value;
	uint64_t gen, w;
	size_t i, n;

	/* Odd: a writer was killed in the middle; his successor mends it. */
	gen = atomic_load_explicit(&slot[0], memory_order_relaxed) &
	    ~UINT64_C(1);
	atomic_store_explicit(&slot[0], gen + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	for (i = 1; size > 0; i++, p += n, size -= n) {
		n = size < sizeof(w) ? size : sizeof(w);
		w = 0;
		memcpy(&w, p, n);
		atomic_store_explicit(&slot[i], w, memory_order_relaxed);
	}
	atomic_store_explicit(&slot[0], gen + 2, memory_order_release);
}

/* One try: 1 if the value is whole. */
static int
try_read(const _Atomic uint64_t *slot, void *value, size_t size)
{
	uint64_t before, after, w;
	char *p = value;
	size_t i, n;

	before = atomic_load_explicit(&slot[0], memory_order_acquire);
	for (i = 1; size > 0; i++, p += n, size -= n) {
		n = size < sizeof(w) ? size : sizeof(w);
		w = atomic_load_explicit(&slot[i], memory_order_relaxed);
		memcpy(p, &w, n);
	}
	atomic_thread_fence(memory_order_acquire);
	after = atomic_load_explicit(&slot[0], memory_order_relaxed);
	return before == after && (before & 1) == 0;
}

void
slot_read(const _Atomic uint64_t *slot, void *value, size_t size)
{
	while (!try_read(slot, value, size))
		;
}

int
slot_peek(const _Atomic uint64_t *slot, void *value, size_t size)
{
	unsigned i;

	for (i = 0; i < PEEKS; i++)
		if (try_read(slot, value, size))
			return 0;
	return -1;
}
