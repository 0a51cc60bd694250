/* SPDX-License-Identifier: ISC */
/* Text of a playlist, M3U or PLS: its entries, and the paths that they mean.
 * Pure. */
#ifndef M3U_H
#define M3U_H

#include <stddef.h>

struct m3u {
	const char *p;		/* next line */
	const char *end;
	int is_pls;		/* entries are lines "File1=..." */
};

/* A byte order mark is passed over. */
void m3u_init(struct m3u *m, const char *text, size_t len, int is_pls);
/*
 * The next entry into out[size], without the white space around it: 1; none
 * left: 0; -1: it does not fit or holds a NUL byte, and out has its beginning.
 * Comments (#) and empty lines are passed over, and in PLS all but files,
 * which come as they stand, whatever their numbers.
 */
int m3u_next(struct m3u *m, char *out, size_t size);

/* Whether the entry names something that is no file: "http://..." */
int m3u_is_url(const char *entry);

/*
 * The path that an entry means, relative to the channel's directory dir, with
 * ".", ".." and "//" taken out by their letters alone, so that no link can make
 * another path of it: 0; -1 if it leaves the library or does not fit.  The
 * library is dir itself (is_root) or the directory above: out then begins
 * with "../" at most once.
 */
int m3u_path(const char *entry, const char *dir, int is_root, char *out,
    size_t size);

#endif
