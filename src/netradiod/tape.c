/* SPDX-License-Identifier: ISC */
/*
 * As base/slot.h: the bytes travel as relaxed atomic words, so a reader that is
 * overtaken in the middle is no data race, and a limit that is raised before
 * anything is overwritten tells him.
 */
#include "tape.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/slot.h"
#include "base/text.h"

#define WORD	sizeof(uint64_t)
#define MARKS	256		/* a packet each: more than a tape holds */

struct tape {
	_Atomic int refs;
	_Atomic int is_over;
	size_t size;			/* [c] a power of two */
	_Atomic uint64_t head;		/* that much was written */
	_Atomic uint64_t limit;		/* and so far it is being written */
	_Atomic uint64_t nmarks;
	_Atomic uint64_t mark[MARKS];
	_Atomic int64_t mark_ns[MARKS];
	_Atomic uint64_t format[SLOT_WORDS(sizeof(struct tape_format))];
	_Atomic uint64_t title[SLOT_WORDS(sizeof(struct tape_title))];
	uint64_t titles;		/* the writer's */
	_Atomic uint64_t word[];
};

struct tape *
tape_new(size_t size)
{
	struct tape *t = calloc(1, sizeof(*t) + size);

	if (t == NULL)
		return NULL;
	t->refs = 1;
	t->size = size;
	return t;
}

struct tape *
tape_get(struct tape *t)
{
	atomic_fetch_add(&t->refs, 1);
	return t;
}

void
tape_put(struct tape *t)
{
	if (t != NULL && atomic_fetch_sub(&t->refs, 1) == 1)
		free(t);
}

void
tape_describe(struct tape *t, const struct tape_format *f)
{
	slot_write(t->format, f, sizeof(*f));
}

void
tape_entitle(struct tape *t, const char *text)
{
	struct tape_title title;

	memset(&title, 0, sizeof(title));
	title.at = atomic_load_explicit(&t->head, memory_order_relaxed);
	title.count = ++t->titles;
	text_copy(title.text, sizeof(title.text), text);
	slot_write(t->title, &title, sizeof(title));
}

void
tape_mark(struct tape *t, int64_t now_ns)
{
	uint64_t n = atomic_load_explicit(&t->nmarks, memory_order_relaxed);

	atomic_store_explicit(&t->mark[n % MARKS], atomic_load_explicit(
	    &t->head, memory_order_relaxed), memory_order_relaxed);
	atomic_store_explicit(&t->mark_ns[n % MARKS], now_ns,
	    memory_order_relaxed);
	atomic_store_explicit(&t->nmarks, n + 1, memory_order_release);
}

static _Atomic uint64_t *
word_at(struct tape *t, uint64_t at)
{
	return &t->word[at % t->size / WORD];
}

void
tape_write(struct tape *t, const void *data, size_t n)
{
	uint64_t at = atomic_load_explicit(&t->head, memory_order_relaxed);
	uint64_t end = at + n, w;
	const uint8_t *p = data;
	size_t in, k;

	atomic_store_explicit(&t->limit, end, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	for (; n > 0; at += k, p += k, n -= k) {
		in = at % WORD;
		k = WORD - in < n ? WORD - in : n;
		/* The rest of a word that has begun, or a new one. */
		w = in == 0 ? 0 : atomic_load_explicit(word_at(t, at),
		    memory_order_relaxed);
		memcpy((uint8_t *)&w + in, p, k);
		atomic_store_explicit(word_at(t, at), w,
		    memory_order_relaxed);
	}
	atomic_store_explicit(&t->head, end, memory_order_release);
}

void
tape_end(struct tape *t)
{
	t->is_over = 1;
}

int
tape_is_over(const struct tape *t)
{
	return t->is_over;
}

uint64_t
tape_head(const struct tape *t)
{
	return atomic_load_explicit(&t->head, memory_order_acquire);
}

/* Whether what is there has not been overwritten, nor is being. */
static int
is_there(const struct tape *t, uint64_t at)
{
	uint64_t limit = atomic_load_explicit(&t->limit,
	    memory_order_relaxed);

	/* A word is written as a whole. */
	return limit + WORD <= at - at % WORD + t->size;
}

uint64_t
tape_start(const struct tape *t, int64_t since_ns)
{
	uint64_t n = atomic_load_explicit(&t->nmarks, memory_order_acquire);
	uint64_t at = tape_head(t), i, mark;

	/* One place less than there are: the writer may be at the next. */
	for (i = n; i > 0 && n - i < MARKS - 1; i--) {
		mark = atomic_load_explicit(&t->mark[(i - 1) % MARKS],
		    memory_order_relaxed);
		/* With an eighth of a tape for whoever reads it next. */
		if (mark > at || !is_there(t, mark) ||
		    tape_head(t) - mark > t->size - t->size / 8)
			break;
		at = mark;
		if (atomic_load_explicit(&t->mark_ns[(i - 1) % MARKS],
		    memory_order_relaxed) < since_ns)
			break;
	}
	return at;
}

ssize_t
tape_read(const struct tape *t, uint64_t at, void *buf, size_t n)
{
	uint64_t head = tape_head(t), w;
	uint8_t *out = buf;
	size_t in, k, done;

	if (at >= head)
		return 0;
	if (n > head - at)
		n = head - at;
	for (done = 0; done < n; done += k) {
		in = (at + done) % WORD;
		k = WORD - in < n - done ? WORD - in : n - done;
		w = atomic_load_explicit(&t->word[(at + done) % t->size / WORD],
		    memory_order_relaxed);
		memcpy(out + done, (uint8_t *)&w + in, k);
	}
	atomic_thread_fence(memory_order_acquire);
	return is_there(t, at) ? (ssize_t)n : -1;
}

void
tape_format(const struct tape *t, struct tape_format *f)
{
	slot_read(t->format, f, sizeof(*f));
}

void
tape_title(const struct tape *t, struct tape_title *title)
{
	slot_read(t->title, title, sizeof(*title));
}
