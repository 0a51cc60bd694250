/* SPDX-License-Identifier: ISC */
/* What library.c needs of a playlist beyond library.h. */
#ifndef PLAYLIST_H
#define PLAYLIST_H

#include <stddef.h>

struct library_options;
struct playlist;
struct track;

/* playlist_load; files that are in old (may be NULL) and did not change keep
 * their facts without being opened. */
struct playlist *playlist_load_after(const char *dir, int is_root,
    const struct library_options *opt, const struct playlist *old);

/* playlist_is_equal, and what is passed over is the same as well: one may
 * stand for the other. */
int playlist_is_same(const struct playlist *a, const struct playlist *b);

/* Log what cannot be played, a line each, unless old (may be NULL) has the
 * same problem already.  subject goes in front: "channel 3 (jazz): ". */
void playlist_log(const struct playlist *p, const struct playlist *old,
    const char *subject);

/* Give a track its texts ("" for none): 0, or -1 when memory is out. */
int track_set_texts(struct track *t, const char *title, const char *artist,
    const char *album);
/* Free what a track owns. */
void track_done(struct track *t);

/*
 * Where a path is in an array of tracks: open addressing, sized once.  The
 * tracks stay the caller's and may move.
 */
struct path_index {
	size_t mask;		/* slots - 1 */
	size_t *slot;		/* position + 1; 0: free */
};

/* Room for n paths: 0, or -1 when memory is out. */
int path_index_init(struct path_index *ix, size_t n);
void path_index_done(struct path_index *ix);
/* The first of that path stays.  No more than n may be added. */
void path_index_add(struct path_index *ix, const struct track *tracks,
    size_t at);
const struct track *path_index_find(const struct path_index *ix,
    const struct track *tracks, const char *path);

#endif
