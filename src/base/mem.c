/* SPDX-License-Identifier: ISC */
#include "base/mem.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"

/* <malloc.h> of glibc; NULL where the libc has none. */
#define ARENA_MAX	(-8)
int mallopt(int, int) __attribute__((weak));

void
mem_share_heap(void)
{
	if (mallopt != NULL)
		mallopt(ARENA_MAX, 1);
}

void *
xmalloc(size_t size)
{
	void *p = malloc(size > 0 ? size : 1);

	if (p == NULL)
		fatalx(EX_OSERR, "out of memory (%zu bytes)", size);
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n > 0 ? n : 1, size > 0 ? size : 1);

	if (p == NULL)
		fatalx(EX_OSERR, "out of memory (%zu x %zu bytes)", n, size);
	return p;
}

char *
xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(xmalloc(n), s, n);
}

int
mem_grow(void **array, size_t *cap, size_t need, size_t size)
{
	size_t n = *cap > 0 ? *cap : 8;
	void *p;

	if (need <= *cap)
		return 0;
	while (n < need) {
		if (n > SIZE_MAX / 2) {
			errno = ENOMEM;
			return -1;
		}
		n *= 2;
	}
	if (n > SIZE_MAX / size) {
		errno = ENOMEM;
		return -1;
	}
	if ((p = realloc(*array, n * size)) == NULL)
		return -1;
	*array = p;
	*cap = n;
	return 0;
}
