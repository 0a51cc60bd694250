/* SPDX-License-Identifier: ISC */
/* What scan.c, which walks through a channel's directory, and scan_list.c,
 * which reads channel.conf and the playlist there, have in common. */
#ifndef SCAN_H
#define SCAN_H

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <sys/stat.h>

#include "channelconf.h"
#include "library.h"
#include "playlist.h"

#define SCAN_ABOVE_MAX	64	/* directories from / to the library */
#define SCAN_DEPTH_MAX	32	/* directories below the channel's */
#define SCAN_ENTRIES_MAX	1000000	/* names looked at in one channel */
#define SCAN_OPEN	(O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

struct scan {
	const char *dir;		/* the channel's */
	int is_root;
	const struct library_options *opt;
	struct channelconf conf;
	const char *charset;		/* conf's, or opt's */
	const struct playlist *old;	/* NULL: none */
	struct path_index known;	/* its tracks */
	struct path_index known_none;	/* what it passed over */
	struct track *tracks;
	size_t n, cap;
	struct track *none;		/* files that are no media */
	size_t nnone, none_cap;
	int is_list;			/* in the order of a list */
	int has_live;			/* there is a live pipe */
	size_t entries;			/* names looked at */
	struct {
		dev_t dev;
		ino_t ino;
	} chain[SCAN_ABOVE_MAX + SCAN_DEPTH_MAX + 1];	/* where we are */
	unsigned depth;			/* how many these are */
	unsigned top;			/* of them, down to the channel's */
	char path[PATH_MAX + NAME_MAX + 2];	/* at hand, relative to dir */
	size_t path_len;
	int error;			/* errno: given up; 0 */
};

/* A new track; NULL when memory is out. */
struct track *scan_add(struct scan *s, const char *path);
/* The same of one that cannot be played, and why. */
void scan_add_problem(struct scan *s, const char *path, const char *problem);
void scan_add_errno(struct scan *s, const char *path, const char *what);
/* The same of one that is like another. */
void scan_add_copy(struct scan *s, const char *path, const struct track *from);
/* A regular file, name in the open directory at; listed: a list wants it. */
void scan_file(struct scan *s, int at, const char *name, const char *path,
    const struct stat *st, int listed);

/* Read channel.conf in the open directory into s->conf; each error becomes a
 * track with a problem. */
void scan_conf(struct scan *s, int fd);
/*
 * Take what the channel's playlist names: 1; 0: there is none, or none is
 * wanted, or it cannot be read, and the directory itself is what plays.
 */
int scan_list(struct scan *s, int fd);
/* Whether a name in the channel's directory is read by these. */
int scan_is_ours(const char *name);

#endif
