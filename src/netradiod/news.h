/* SPDX-License-Identifier: ISC */
/*
 * What is known of changes in the library since it was last looked at: where
 * to look, and which files to leave as they were because somebody is still
 * writing them.  Pure; paths are relative to the library's root.
 */
#ifndef NEWS_H
#define NEWS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct news {
	int is_all;		/* look at every directory */
	char **bases;		/* else at these, first-level names; "" is the
				 * root; each only once */
	size_t nbases, bases_cap;
	char **busy;		/* files that are being written */
	size_t nbusy, busy_cap;
	/* Where nobody tells what is being written: a file that changed
	 * between these moments (CLOCK_REALTIME) is left as it was. */
	int64_t young_from_ns, young_to_ns;	/* equal: no such rule */
	_Atomic int held;	/* files were left for that reason */
};

void news_init(struct news *n);
void news_done(struct news *n);
/* The directory that a path begins with ("" if it has none) is to be looked
 * at.  Without memory for it: all are. */
void news_add(struct news *n, const char *path);
/* A file is being written.  Without memory: it is taken as it is. */
void news_add_busy(struct news *n, const char *path);

int news_has(const struct news *n, const char *base);
/* Whether the file path below base, with that mtime, is to be left as it
 * was. */
int news_is_busy(struct news *n, const char *base, const char *path,
    int64_t mtime_ns);

#endif
