/* SPDX-License-Identifier: ISC */
#include "news.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BASES_MAX	64	/* more than these: look at all */

void
news_init(struct news *n)
{
	memset(n, 0, sizeof(*n));
}

void
news_done(struct news *n)
{
	while (n->nbases > 0)
		free(n->bases[--n->nbases]);
	while (n->nbusy > 0)
		free(n->busy[--n->nbusy]);
	free(n->bases);
	free(n->busy);
}

static int
has_base(const struct news *n, const char *base, size_t len)
{
	size_t i;

	for (i = 0; i < n->nbases; i++)
		if (strncmp(n->bases[i], base, len) == 0 &&
		    n->bases[i][len] == '\0')
			return 1;
	return 0;
}

void
news_add(struct news *n, const char *path)
{
	const char *slash = strchr(path, '/');
	size_t len = slash != NULL ? (size_t)(slash - path) : 0;

	if (n->is_all || has_base(n, path, len))
		return;
	if (n->nbases == BASES_MAX || mem_grow((void **)&n->bases,
	    &n->bases_cap, n->nbases + 1, sizeof(*n->bases)) == -1 ||
	    (n->bases[n->nbases] = strndup(path, len)) == NULL) {
		n->is_all = 1;
		return;
	}
	n->nbases++;
}

void
news_add_busy(struct news *n, const char *path)
{
	if (mem_grow((void **)&n->busy, &n->busy_cap, n->nbusy + 1,
	    sizeof(*n->busy)) == 0 &&
	    (n->busy[n->nbusy] = strdup(path)) != NULL)
		n->nbusy++;
}

int
news_has(const struct news *n, const char *base)
{
	return n->is_all || has_base(n, base, strlen(base));
}

/* Whether whole is base/path. */
static int
is_path(const char *whole, const char *base, const char *path)
{
	size_t n = strlen(base);

	if (n == 0)
		return strcmp(whole, path) == 0;
	return strncmp(whole, base, n) == 0 && whole[n] == '/' &&
	    strcmp(whole + n + 1, path) == 0;
}

int
news_is_busy(struct news *n, const char *base, const char *path,
    int64_t mtime_ns)
{
	size_t i;

	for (i = 0; i < n->nbusy; i++)
		if (is_path(n->busy[i], base, path))
			return 1;
	if (mtime_ns < n->young_from_ns || mtime_ns >= n->young_to_ns)
		return 0;
	atomic_store(&n->held, 1);
	return 1;
}
