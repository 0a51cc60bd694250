/* SPDX-License-Identifier: ISC */
/*
 * One snapshot of a channel's tracks: scan.c puts it together, here it is
 * counted, compared and named.
 */
#include "playlist.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"

#include "library.h"

#define LOGGED_MAX	20	/* lines about one list */

struct playlist *
playlist_get(struct playlist *p)
{
	atomic_fetch_add(&p->refs, 1);
	return p;
}

void
playlist_put(struct playlist *p)
{
	size_t i;

	if (p == NULL || atomic_fetch_sub(&p->refs, 1) > 1)
		return;
	for (i = 0; i < p->ntracks; i++)
		track_done(&p->tracks[i]);
	for (i = 0; i < p->nnone; i++)
		track_done(&p->none[i]);
	free(p->charset);
	free(p->name);
	free(p->tracks);
	free(p->none);
	free(p);
}

int
track_set_texts(struct track *t, const char *title, const char *artist,
    const char *album)
{
	const char *from[] = { title, artist, album };
	const char **to[] = { &t->title, &t->artist, &t->album };
	size_t i, n, size = 0;
	char *p;

	t->texts = NULL;
	t->title = t->artist = t->album = "";
	for (i = 0; i < 3; i++)
		size += from[i][0] != '\0' ? strlen(from[i]) + 1 : 0;
	if (size == 0)
		return 0;
	if ((p = t->texts = malloc(size)) == NULL)
		return -1;
	for (i = 0; i < 3; i++) {
		if (from[i][0] == '\0')
			continue;
		n = strlen(from[i]) + 1;
		*to[i] = memcpy(p, from[i], n);
		p += n;
	}
	return 0;
}

void
track_done(struct track *t)
{
	free(t->path);
	free(t->problem);
	free(t->texts);
	free(t->index);
}

static int
has_same_problem(const struct track *a, const struct track *b)
{
	if (a->problem == NULL || b->problem == NULL)
		return a->problem == b->problem;
	return strcmp(a->problem, b->problem) == 0;
}

static int
track_is_equal(const struct track *a, const struct track *b)
{
	return a->size == b->size && a->mtime_ns == b->mtime_ns &&
	    a->inode == b->inode && strcmp(a->path, b->path) == 0 &&
	    has_same_problem(a, b);
}

static int
are_equal(const struct track *a, size_t na, const struct track *b, size_t nb)
{
	size_t i;

	if (na != nb)
		return 0;
	for (i = 0; i < na; i++)
		if (!track_is_equal(&a[i], &b[i]))
			return 0;
	return 1;
}

int
playlist_is_equal(const struct playlist *a, const struct playlist *b)
{
	return a == b || (a->is_shuffled == b->is_shuffled &&
	    a->has_live == b->has_live &&
	    are_equal(a->tracks, a->ntracks, b->tracks, b->ntracks));
}

int
playlist_is_same(const struct playlist *a, const struct playlist *b)
{
	if (a->is_list != b->is_list || a->number != b->number ||
	    strcmp(a->charset, b->charset) != 0 || (a->name == NULL) !=
	    (b->name == NULL) || (a->name != NULL && strcmp(a->name, b->name)
	    != 0))
		return 0;
	return playlist_is_equal(a, b) &&
	    are_equal(a->none, a->nnone, b->none, b->nnone);
}

int
path_index_init(struct path_index *ix, size_t n)
{
	size_t slots = 8;

	while (slots < 2 * n)
		slots *= 2;
	ix->mask = slots - 1;
	ix->slot = calloc(slots, sizeof(*ix->slot));
	return ix->slot != NULL ? 0 : -1;
}

void
path_index_done(struct path_index *ix)
{
	free(ix->slot);
	ix->slot = NULL;
}

/* The slot of that path, or the free one where it belongs. */
static size_t *
slot_of(const struct path_index *ix, const struct track *tracks,
    const char *path)
{
	size_t i = (size_t)hash64_of(path, strlen(path)) & ix->mask;

	while (ix->slot[i] != 0 &&
	    strcmp(tracks[ix->slot[i] - 1].path, path) != 0)
		i = (i + 1) & ix->mask;
	return &ix->slot[i];
}

void
path_index_add(struct path_index *ix, const struct track *tracks, size_t at)
{
	size_t *slot = slot_of(ix, tracks, tracks[at].path);

	if (*slot == 0)
		*slot = at + 1;
}

const struct track *
path_index_find(const struct path_index *ix, const struct track *tracks,
    const char *path)
{
	size_t at;

	if (ix->slot == NULL)
		return NULL;
	at = *slot_of(ix, tracks, path);
	return at != 0 ? &tracks[at - 1] : NULL;
}

void
playlist_log(const struct playlist *p, const struct playlist *old,
    const char *subject)
{
	struct path_index ix = { 0, NULL };
	const struct track *t, *was;
	size_t i, said = 0;

	if (p == old || p->nplayable == p->ntracks)
		return;
	if (old != NULL && path_index_init(&ix, old->ntracks) == 0)
		for (i = 0; i < old->ntracks; i++)
			path_index_add(&ix, old->tracks, i);
	for (i = 0; i < p->ntracks; i++) {
		t = &p->tracks[i];
		if (t->problem == NULL)
			continue;
		was = old != NULL ?
		    path_index_find(&ix, old->tracks, t->path) : NULL;
		if (was != NULL && has_same_problem(t, was))
			continue;
		if (said++ < LOGGED_MAX)
			log_warnx("%sskipping %s: %s", subject, t->path,
			    t->problem);
	}
	if (said > LOGGED_MAX)
		log_warnx("%sskipping %zu more (netradiod -n names them)",
		    subject, said - LOGGED_MAX);
	path_index_done(&ix);
}
