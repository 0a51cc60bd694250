/* SPDX-License-Identifier: ISC */
#include "shuffle.h"

#include <stdlib.h>

void
shuffle_init(struct shuffle *s, uint64_t seed)
{
	s->random = seed;
	s->n = s->at = 0;
	s->order = NULL;
}

void
shuffle_done(struct shuffle *s)
{
	free(s->order);
	s->order = NULL;
}

/* splitmix64: any seed will do.  The remainder favours nobody that a listener
 * could tell. */
static size_t
below(struct shuffle *s, size_t n)
{
	uint64_t z = s->random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (size_t)((z ^ z >> 31) % n);
}

static void
swap(struct shuffle *s, size_t i, size_t k)
{
	uint32_t t = s->order[i];

	s->order[i] = s->order[k];
	s->order[k] = t;
}

static void
permute(struct shuffle *s)
{
	size_t i;

	for (i = s->n; i > 1; i--)
		swap(s, i - 1, below(s, i));
	s->at = 0;
}

void
shuffle_begin(struct shuffle *s, size_t n)
{
	size_t i;

	free(s->order);
	s->order = n <= UINT32_MAX ? calloc(n + 1, sizeof(*s->order)) : NULL;
	s->n = n;
	s->at = 0;
	if (s->order == NULL)
		return;
	for (i = 0; i < n; i++)
		s->order[i] = (uint32_t)i;
	permute(s);
}

size_t
shuffle_next(struct shuffle *s, size_t last)
{
	if (s->order == NULL)
		return (last + 1) % s->n;
	if (s->at == s->n)
		permute(s);
	/* Only a round's first can be the one that played last; or any, if
	 * the list was exchanged meanwhile. */
	if (s->order[s->at] == last && s->at + 1 < s->n)
		swap(s, s->at, s->at + 1 + below(s, s->n - s->at - 1));
	return s->order[s->at++];
}
