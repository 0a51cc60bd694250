/* SPDX-License-Identifier: ISC */
/*
 * Memory that configuration sizes: end with a sentence when there is none.
 * After readiness only checked forms (malloc, mem_grow) are used.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* Never NULL; exits 71 (EX_OSERR) when memory is out.  Caller frees. */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
char *xstrdup(const char *s);

/*
 * Grow an array of *cap elements of the given size so that it holds at least
 * need; doubles.  0, or -1 with errno ENOMEM and the array untouched.
 */
int mem_grow(void **array, size_t *cap, size_t need, size_t size);

/*
 * One heap for all threads, to be asked for before the first of them.  glibc
 * would give each new thread one of 16 in turn, and what every reload reads
 * anew would in the end have filled all of them.  Nothing on other libcs.
 */
void mem_share_heap(void);

#endif
