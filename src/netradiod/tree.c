/* SPDX-License-Identifier: ISC */
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "os/file.h"

#define DEPTH_MAX	33	/* directories below the library, as scan.c */

#define EVENTS	(IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_CREATE | \
		IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | \
		IN_MOVE_SELF | IN_ONLYDIR)

int
tree_init(struct tree *t, const char *root)
{
	memset(t, 0, sizeof(*t));
	t->root = root;
	t->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	return t->inotify != -1 ? 0 : -1;
}

void
tree_done(struct tree *t)
{
	if (t->inotify != -1)
		close(t->inotify);
	t->inotify = -1;
	while (t->n > 0)
		free(t->places[--t->n].path);
	free(t->places);
	t->places = NULL;
	t->cap = 0;
}

/* Where the wd stands, or belongs. */
static size_t
position_of(const struct tree *t, int wd)
{
	size_t low = 0, high = t->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (t->places[mid].wd < wd)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct tree_place *
tree_find(struct tree *t, int wd)
{
	size_t i = position_of(t, wd);

	return i < t->n && t->places[i].wd == wd ? &t->places[i] : NULL;
}

int
tree_has(const struct tree *t, const char *path)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (strcmp(t->places[i].path, path) == 0)
			return 1;
	return 0;
}

static struct tree_place *
add_place(struct tree *t, int wd, const char *path)
{
	size_t i = position_of(t, wd);
	char *copy = strdup(path);

	if (copy == NULL || mem_grow((void **)&t->places, &t->cap, t->n + 1,
	    sizeof(*t->places)) == -1) {
		free(copy);
		return NULL;
	}
	memmove(&t->places[i + 1], &t->places[i],
	    (t->n - i) * sizeof(*t->places));
	t->n++;
	t->places[i] = (struct tree_place){ .wd = wd, .path = copy };
	return &t->places[i];
}

void
tree_forget(struct tree *t, struct tree_place *p)
{
	size_t i = (size_t)(p - t->places);

	free(p->path);
	memmove(&t->places[i], &t->places[i + 1],
	    (--t->n - i) * sizeof(*t->places));
}

static int
rename_place(struct tree_place *p, const char *path)
{
	char *copy = strdup(path);

	if (copy == NULL)
		return -1;
	free(p->path);
	p->path = copy;
	return 0;
}

/* A place that was entered already in this walk is reached at path, too. */
static void
share(struct tree *t, struct tree_place *p, const char *path)
{
	size_t i, n = strlen(p->path);
	struct tree_place *q;

	p->is_shared = 1;
	/* One that we are in is a loop, which a scan does not enter. */
	if (n == 0 || (strncmp(path, p->path, n) == 0 && path[n] == '/'))
		return;
	for (i = 0; i < t->n; i++) {
		q = &t->places[i];
		if (strncmp(q->path, p->path, n) == 0 && q->path[n] == '/')
			q->is_shared = 1;
	}
}

/*
 * A watch on the directory at hand: 1 if it is to be entered (*is_new: it had
 * none); 0: it was already, or cannot be.
 */
static int
set_watch(struct tree *t, const char *path, int *is_new)
{
	int wd = inotify_add_watch(t->inotify, t->path, EVENTS);
	struct tree_place *p;

	if (wd == -1) {
		t->is_full |= errno == ENOSPC;
		return 0;
	}
	p = tree_find(t, wd);
	if (p == NULL) {
		*is_new = t->is_changed = 1;
		if ((p = add_place(t, wd, path)) == NULL)
			return 0;
	} else if (p->walk == t->walk) {
		share(t, p, path);
		return 0;
	} else if (strcmp(p->path, path) != 0) {
		t->is_changed = 1;
		if (rename_place(p, path) == -1)
			return 0;
	}
	p->walk = t->walk;
	p->is_shared = 0;
	return 1;
}

static int
is_dir(struct tree *t, int fd, const struct dirent *e)
{
	struct stat st;

	if (e->d_type == DT_DIR)
		return 1;
	if (e->d_type != DT_LNK && e->d_type != DT_UNKNOWN)
		return 0;
	if (fstatat(fd, e->d_name, &st, 0) == -1 || !S_ISDIR(st.st_mode))
		return 0;
	t->has_links |= e->d_type != DT_DIR;
	return 1;
}

/* Which file system the open directory is on; one that is not the parent's is
 * asked of what kind it is. */
static dev_t
enter(struct tree *t, int fd, int is_root, dev_t parent)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return parent;
	if (is_root || st.st_dev != parent)
		t->has_remote |= file_is_remote(fd);
	return st.st_dev;
}

/* All directories from the one at hand on; the parent's device. */
static void
walk(struct tree *t, unsigned depth, dev_t device)
{
	const char *below = t->path + strlen(t->root) + 1;
	size_t len = strlen(t->path);
	int is_root = depth == 0, is_new = 0;
	struct dirent *e;
	DIR *d;

	if (depth > DEPTH_MAX || !set_watch(t, is_root ? "" : below, &is_new))
		return;
	if ((d = opendir(t->path)) == NULL)
		return;
	device = enter(t, dirfd(d), is_root, device);
	while ((e = readdir(d)) != NULL && !t->is_full) {
		if (e->d_name[0] == '.' ||
		    (is_root && strcmp(e->d_name, "lost+found") == 0))
			continue;
		if (text_format(t->path + len, sizeof(t->path) - len, "/%s",
		    e->d_name) == -1)
			;	/* the scan will say so */
		else if (is_dir(t, dirfd(d), e))
			walk(t, depth + 1, device);
		else if (is_new && t->on_file != NULL)
			t->on_file(t->arg, dirfd(d), e->d_name, below);
		t->path[len] = '\0';
	}
	closedir(d);
}

int
tree_walk(struct tree *t, tree_file_fn on_file, void *arg)
{
	size_t i;

	t->walk++;
	t->is_changed = t->has_links = t->has_remote = 0;
	t->on_file = on_file;
	t->arg = arg;
	text_copy(t->path, sizeof(t->path), t->root);
	walk(t, 0, 0);
	for (i = t->n; i-- > 0; )
		if (t->places[i].walk != t->walk) {
			inotify_rm_watch(t->inotify, t->places[i].wd);
			tree_forget(t, &t->places[i]);
			t->is_changed = 1;
		}
	return t->is_full ? -1 : 0;
}
