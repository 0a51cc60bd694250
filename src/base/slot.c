/* SPDX-License-Identifier: ISC */
/*
 * The fences follow H.-J. Boehm, "Can seqlocks get along with programming
 * language memory models?" (MSPC 2012): the data words are relaxed atomics,
 * an acquire fence stands between them and the second look at the counter.
 */
#include "base/slot.h"

#include <string.h>

void
slot_init(struct slot *s, _Atomic uint64_t *word, size_t words)
{
	size_t i;

	atomic_init(&s->generation, 0);
	s->words = (uint32_t)words;
	s->word = word;
	for (i = 0; i < words; i++)
		atomic_init(&word[i], 0);
}

void
slot_write(struct slot *s, const void *value, size_t size)
{
	const char *p = value;
	uint32_t gen;
	uint64_t w;
	size_t i, n;

	gen = atomic_load_explicit(&s->generation, memory_order_relaxed);
	atomic_store_explicit(&s->generation, gen + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	for (i = 0; size > 0; i++, p += n, size -= n) {
		n = size < sizeof(w) ? size : sizeof(w);
		w = 0;
		memcpy(&w, p, n);
		atomic_store_explicit(&s->word[i], w, memory_order_relaxed);
	}
	atomic_store_explicit(&s->generation, gen + 2, memory_order_release);
}

void
slot_read(const struct slot *s, void *value, size_t size)
{
	uint32_t before, after;
	uint64_t w;
	size_t i, n, left;
	char *p;

	do {
		before = atomic_load_explicit(&s->generation,
		    memory_order_acquire);
		p = value;
		for (i = 0, left = size; left > 0; i++, p += n, left -= n) {
			n = left < sizeof(w) ? left : sizeof(w);
			w = atomic_load_explicit(&s->word[i],
			    memory_order_relaxed);
			memcpy(p, &w, n);
		}
		atomic_thread_fence(memory_order_acquire);
		after = atomic_load_explicit(&s->generation,
		    memory_order_relaxed);
	} while (before != after || (before & 1) != 0);
}
