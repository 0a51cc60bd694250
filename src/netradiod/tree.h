/* SPDX-License-Identifier: ISC */
/*
 * The library's directories under watch: every one that its scan would enter
 * is a place with an inotify watch.  A walk through all of them sets the
 * watches that are missing and drops those that lead nowhere any more.
 */
#ifndef TREE_H
#define TREE_H

#include <limits.h>
#include <stddef.h>
#include <sys/inotify.h>

struct tree_place {
	int wd;
	unsigned walk;		/* the walk that last came by */
	int is_shared;		/* it is reached on several ways */
	char *path;		/* from the root; "" is itself */
};

/* A file, name in the open directory fd, in a place that had no watch; path is
 * from the root. */
typedef void (*tree_file_fn)(void *arg, int fd, const char *name,
    const char *path);

struct tree {
	const char *root;	/* the caller's */
	int inotify;		/* -1: none */
	struct tree_place *places;	/* by wd */
	size_t n, cap;
	unsigned walk;		/* how many there were */
	int is_changed;		/* the last one found other directories */
	int has_links;		/* it went through some to directories */
	int has_remote;		/* it entered a file system that other machines
				 * change */
	int is_full;		/* and no watches left */
	tree_file_fn on_file;	/* of the walk under way; NULL: none */
	void *arg;
	char path[PATH_MAX];	/* at hand */
};

/* 0, or -1 with errno: no inotify (EMFILE: fs.inotify.max_user_instances). */
int tree_init(struct tree *t, const char *root);
void tree_done(struct tree *t);

/*
 * Walk through all directories from the root on, which should be there: 0; -1:
 * no watches are left (fs.inotify.max_user_watches).  on_file (may be NULL) is
 * called for the files in places that are new.  Sets is_changed and the two
 * behind it.
 */
int tree_walk(struct tree *t, tree_file_fn on_file, void *arg);

/* The place of an event, or NULL. */
struct tree_place *tree_find(struct tree *t, int wd);
/* Whether that path is one; to ask takes its time. */
int tree_has(const struct tree *t, const char *path);
/* The kernel has dropped its watch. */
void tree_forget(struct tree *t, struct tree_place *p);

#endif
