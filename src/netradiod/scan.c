/* SPDX-License-Identifier: ISC */
/*
 * A channel's directory becomes a playlist: all that is below it, in byte
 * order of the paths, or what playlist.m3u lists.
 *
 * Every name is looked at relative to the open directory that it stands in,
 * and an open file is asked once more what it is, so what others rename
 * meanwhile does no harm.  Links are followed; the directories from / down to
 * the one at hand are known by device and inode, so a link to any of them is
 * a loop.  What is lost becomes a track with a problem; nothing is logged
 * here.
 */
#include "playlist.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/charset.h"
#include "base/mem.h"
#include "base/text.h"
#include "os/file.h"

#include "library.h"
#include "m3u.h"

#define ABOVE_MAX	64	/* directories from / to the library */
#define DEPTH_MAX	32	/* directories below the channel's */
#define ENTRIES_MAX	1000000	/* names looked at in one channel */
#define M3U_BYTES_MAX	(8 * 1024 * 1024)
#define M3U_NAME	"playlist.m3u"
#define DESCR_NAME	"descr.txt"
#define OPEN_FLAGS	(O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

struct scan {
	const char *dir;		/* the channel's */
	int is_root;
	const struct library_options *opt;
	const struct playlist *old;	/* NULL: none */
	struct path_index known;	/* its tracks */
	struct track *tracks;
	size_t n, cap;
	size_t entries;			/* names looked at */
	struct {
		dev_t dev;
		ino_t ino;
	} chain[ABOVE_MAX + DEPTH_MAX + 1];	/* directories we are in */
	unsigned depth;			/* how many these are */
	unsigned top;			/* of them, down to the channel's */
	char path[PATH_MAX + NAME_MAX + 2];	/* at hand, relative to dir */
	size_t path_len;
	int error;			/* errno: given up; 0 */
};

/* A new track with the path at hand; NULL when memory is out. */
static struct track *
add(struct scan *s, const char *path)
{
	struct track *t;

	if (mem_grow((void **)&s->tracks, &s->cap, s->n + 1,
	    sizeof(*s->tracks)) == -1) {
		s->error = ENOMEM;
		return NULL;
	}
	t = &s->tracks[s->n];
	memset(t, 0, sizeof(*t));
	track_set_texts(t, "", "", "");
	if ((t->path = strdup(path)) == NULL) {
		s->error = ENOMEM;
		return NULL;
	}
	s->n++;
	return t;
}

static void
set_problem(struct scan *s, struct track *t, const char *problem)
{
	if (t != NULL && (t->problem = strdup(problem)) == NULL)
		s->error = ENOMEM;
}

static void
add_problem(struct scan *s, const char *path, const char *problem)
{
	set_problem(s, add(s, path), problem);
}

/* Only what is wrong with the file is a problem of the file. */
static void
add_errno(struct scan *s, const char *path, const char *what)
{
	char text[160];

	if (file_is_scarce(errno)) {
		s->error = errno;
		return;
	}
	text_format(text, sizeof(text), "%s: %s", what, strerror(errno));
	add_problem(s, path, text);
}

static void
set_stat(struct track *t, const struct stat *st)
{
	t->size = st->st_size;
	t->mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 +
	    st->st_mtim.tv_nsec;
	t->inode = st->st_ino;
}

static void
set_facts(struct scan *s, struct track *t, const struct media_facts *facts,
    const struct media_tags *tags)
{
	t->facts = *facts;
	if (track_set_texts(t, tags->title, tags->artist, tags->album) == -1)
		s->error = ENOMEM;
	atomic_init(&t->frames, facts->frames);
	atomic_init(&t->duration, facts->duration);
	atomic_init(&t->bitrate, facts->bitrate);
}

/* Facts of a track that another one has, with what was counted since. */
static void
copy_facts(struct scan *s, struct track *t, const struct track *from)
{
	t->facts = from->facts;
	if (track_set_texts(t, from->title, from->artist, from->album) == -1)
		s->error = ENOMEM;
	t->size = from->size;
	t->mtime_ns = from->mtime_ns;
	t->inode = from->inode;
	atomic_init(&t->frames, from->frames);
	atomic_init(&t->duration, from->duration);
	atomic_init(&t->bitrate, from->bitrate);
}

/* Whether the file was there before, as it is now. */
static int
add_known(struct scan *s, const char *path, const struct stat *st)
{
	const struct track *was;
	struct track now, *t;

	if (s->old == NULL ||
	    (was = path_index_find(&s->known, s->old->tracks, path)) == NULL)
		return 0;
	set_stat(&now, st);
	if (was->size != now.size || was->mtime_ns != now.mtime_ns ||
	    was->inode != now.inode)
		return 0;
	if ((t = add(s, path)) == NULL)
		return 1;
	copy_facts(s, t, was);
	/* A file that could not be opened or read has no size here, and is
	 * tried again; one that holds no music holds none still. */
	if (was->problem != NULL)
		set_problem(s, t, was->problem);
	return 1;
}

/* The first look at an open file; listed: playlist.m3u wants it. */
static void
probe(struct scan *s, int fd, const char *path, int listed)
{
	const char *problem = NULL, *name = strrchr(path, '/');
	struct media_facts facts;
	struct media_tags tags;
	enum media_kind kind;
	struct stat st;
	struct track *t;

	if (fstat(fd, &st) == -1) {
		add_errno(s, path, "cannot be looked at");
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		if (listed)
			add_problem(s, path, "no regular file");
		return;
	}
	memset(&facts, 0, sizeof(facts));
	kind = media_probe(fd, name != NULL ? name + 1 : path,
	    s->opt->charset, &facts, &tags, &problem);
	if (kind == MEDIA_UNREADABLE) {
		add_errno(s, path, "cannot be read");
		return;
	}
	if (kind == MEDIA_NONE && !listed)
		return;
	if (kind == MEDIA_NONE)
		problem = "neither sound nor video";
	else if (kind == MEDIA_PLAYABLE && s->opt->exact &&
	    media_survey(fd, &facts, NULL) == -1)
		problem = "cannot be read to its end";
	if ((t = add(s, path)) == NULL)
		return;
	set_stat(t, &st);
	set_facts(s, t, &facts, &tags);
	if (kind != MEDIA_PLAYABLE || problem != NULL)
		set_problem(s, t, problem != NULL ? problem :
		    "cannot be played");
}

static void
look_at_file(struct scan *s, int at, const char *name, const char *path,
    const struct stat *st, int listed)
{
	int fd;

	if (add_known(s, path, st))
		return;
	fd = openat(at, name, OPEN_FLAGS);
	if (fd == -1) {
		/* It may have gone since it was listed; so what. */
		if (errno != ENOENT || listed)
			add_errno(s, path, "cannot be opened");
		return;
	}
	probe(s, fd, path, listed);
	close(fd);
}

/* A name that cannot be followed to anything. */
static void
stat_failed(struct scan *s, int at, const char *name)
{
	struct stat st;

	if (errno == ELOOP)
		add_problem(s, s->path, "loop of links");
	else if (errno != ENOENT)
		add_errno(s, s->path, "cannot be looked at");
	else if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		add_problem(s, s->path, "dangling link");
	/* else it has gone meanwhile */
}

static int
is_in_chain(const struct scan *s, const struct stat *st)
{
	unsigned i;

	for (i = 0; i < s->depth; i++)
		if (s->chain[i].dev == st->st_dev &&
		    s->chain[i].ino == st->st_ino)
			return 1;
	return 0;
}

static void
push_dir(struct scan *s, const struct stat *st)
{
	s->chain[s->depth].dev = st->st_dev;
	s->chain[s->depth++].ino = st->st_ino;
}

static void scan_dir(struct scan *s, int fd);

static void
enter_dir(struct scan *s, int at, const char *name)
{
	struct stat st;
	int fd;

	if (s->depth - s->top >= DEPTH_MAX) {
		add_problem(s, s->path, "too many directories deep");
		return;
	}
	fd = openat(at, name, OPEN_FLAGS | O_DIRECTORY);
	if (fd == -1 || fstat(fd, &st) == -1) {
		if (errno != ENOENT)
			add_errno(s, s->path, "directory cannot be read");
		if (fd != -1)
			close(fd);
		return;
	}
	if (is_in_chain(s, &st)) {
		add_problem(s, s->path,
		    "link leads back to a directory above it");
		close(fd);
		return;
	}
	push_dir(s, &st);
	scan_dir(s, fd);
	s->depth--;
}

/* One name in an open directory; s->path ends in it. */
static void
look_at(struct scan *s, int at, const char *name)
{
	struct stat st;

	if (strlen(s->dir) + 1 + s->path_len >= PATH_MAX)
		add_problem(s, s->path, "path is too long");
	else if (fstatat(at, name, &st, 0) == -1)
		stat_failed(s, at, name);
	else if (S_ISREG(st.st_mode))
		look_at_file(s, at, name, s->path, &st, 0);
	else if (S_ISDIR(st.st_mode) && !s->is_root)
		enter_dir(s, at, name);
}

/* Hidden, or read by others than us. */
static int
is_passed_over(const struct scan *s, const char *name)
{
	if (name[0] == '.')
		return 1;
	return s->depth == s->top && (strcmp(name, M3U_NAME) == 0 ||
	    strcmp(name, DESCR_NAME) == 0);
}

/* All that is in a directory and below.  Takes fd over. */
static void
scan_dir(struct scan *s, int fd)
{
	size_t len = s->path_len;
	struct dirent *e;
	DIR *d;

	if ((d = fdopendir(fd)) == NULL) {
		s->error = errno;
		close(fd);
		return;
	}
	for (errno = 0; (e = readdir(d)) != NULL && s->error == 0; errno = 0) {
		if (is_passed_over(s, e->d_name))
			continue;
		if (s->entries++ >= ENTRIES_MAX)
			break;
		text_format(s->path + len, sizeof(s->path) - len, "%s%s",
		    len > 0 ? "/" : "", e->d_name);
		s->path_len = strlen(s->path);
		look_at(s, dirfd(d), e->d_name);
		s->path_len = len;
		s->path[len] = '\0';
	}
	if (e == NULL && errno != 0)
		add_errno(s, len > 0 ? s->path : ".",
		    "directory cannot be read on");
	else if (s->entries == ENTRIES_MAX + 1) {
		add_problem(s, len > 0 ? s->path : ".",
		    "too many files: the rest is left out");
		s->entries++;
	}
	closedir(d);
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct track *)a)->path,
	    ((const struct track *)b)->path);
}

/* Whether the directory above the open channel is the library.  It is not if
 * the channel's directory is a link. */
static int
is_below_library(const struct scan *s, int fd)
{
	struct stat up;

	return s->depth >= 2 && fstatat(fd, "..", &up, 0) == 0 &&
	    s->chain[s->top - 2].dev == up.st_dev &&
	    s->chain[s->top - 2].ino == up.st_ino;
}

/*
 * The i-th way to read an entry: as it is, with slashes for backslashes, and
 * that in UTF-8 (lists are often older than the file system's charset).
 */
static void
read_entry(const struct scan *s, const char *entry, int way, char *out,
    size_t size)
{
	char *p;

	text_copy(out, size, entry);
	if (way == 0)
		return;
	if (way == 2)
		charset_to_utf8(s->opt->charset, entry, strlen(entry), out,
		    size);
	for (p = out; *p != '\0'; p++)
		if (*p == '\\')
			*p = '/';
}

/*
 * Find the file that an entry means: NULL, its path and stat; else the problem
 * and the entry as its path.
 */
static const char *
find_entry(const struct scan *s, int fd, const char *entry, char *path,
    struct stat *st)
{
	const char *problem = "listed in " M3U_NAME ", but not there";
	char reading[PATH_MAX];
	int way;

	if (m3u_is_url(entry))
		problem = "listed in " M3U_NAME ", but no file";
	for (way = 0; way < 3 && !m3u_is_url(entry); way++) {
		read_entry(s, entry, way, reading, sizeof(reading));
		if (m3u_path(reading, s->dir, s->is_root, path,
		    PATH_MAX) == -1 ||
		    (strncmp(path, "../", 3) == 0 &&
		    !is_below_library(s, fd))) {
			problem = "listed in " M3U_NAME
			    ", but outside of the library";
			continue;
		}
		if (path[0] != '\0' &&
		    strlen(s->dir) + 1 + strlen(path) < PATH_MAX &&
		    fstatat(fd, path, st, 0) == 0)
			return NULL;
	}
	text_copy(path, PATH_MAX, entry);
	return problem;
}

/* One entry of the list; seen: the tracks before it. */
static void
add_entry(struct scan *s, int fd, const char *entry, struct path_index *seen)
{
	char path[PATH_MAX];
	const char *problem;
	const struct track *before;
	struct stat st;
	struct track *t;
	size_t at;

	problem = find_entry(s, fd, entry, path, &st);
	before = path_index_find(seen, s->tracks, path);
	if (before != NULL) {
		at = (size_t)(before - s->tracks);	/* add may move it */
		/* What cannot be played is named once. */
		if (before->problem == NULL && (t = add(s, path)) != NULL)
			copy_facts(s, t, &s->tracks[at]);
		return;
	}
	if (problem != NULL)
		add_problem(s, path, problem);
	else if (!S_ISREG(st.st_mode))
		add_problem(s, path, "no regular file");
	else
		look_at_file(s, fd, path, path, &st, 1);
	if (s->error == 0)
		path_index_add(seen, s->tracks, s->n - 1);
}

static void
add_list(struct scan *s, int fd, const char *text, size_t len)
{
	char entry[PATH_MAX];
	struct path_index seen;
	struct m3u m;
	size_t i, lines = 1;
	int got;

	for (i = 0; i < len; i++)
		lines += text[i] == '\n';
	if (path_index_init(&seen, lines) == -1) {
		s->error = ENOMEM;
		return;
	}
	m3u_init(&m, text, len);
	while (s->error == 0 &&
	    (got = m3u_next(&m, entry, sizeof(entry))) != 0) {
		if (s->entries++ >= ENTRIES_MAX) {
			add_problem(s, M3U_NAME,
			    "too many entries: the rest is left out");
			break;
		}
		if (got == 1)
			add_entry(s, fd, entry, &seen);
		else
			add_problem(s, entry, "listed in " M3U_NAME
			    ", but too long, or no text");
	}
	path_index_done(&seen);
}

/*
 * playlist.m3u, if there is one: 1; 0: there is none, or it cannot be read,
 * and the directory itself is what plays.
 */
static int
scan_list(struct scan *s, int fd)
{
	struct stat st;
	ssize_t n = -1;
	char *text = NULL;
	int list, ret = 0;

	if ((list = openat(fd, M3U_NAME, OPEN_FLAGS)) == -1) {
		if (errno == ENOENT && fstatat(fd, M3U_NAME, &st,
		    AT_SYMLINK_NOFOLLOW) == 0)
			add_problem(s, M3U_NAME, "dangling link");
		else if (errno != ENOENT)
			add_errno(s, M3U_NAME, "cannot be opened");
		return 0;
	}
	if (fstat(list, &st) == -1 || !S_ISREG(st.st_mode))
		add_problem(s, M3U_NAME, "no regular file");
	else if (st.st_size > M3U_BYTES_MAX)
		add_problem(s, M3U_NAME, "longer than 8 MiB");
	else if ((text = malloc((size_t)st.st_size + 1)) == NULL)
		s->error = ENOMEM;
	else if ((n = file_read_at(list, text, (size_t)st.st_size, 0)) == -1)
		add_errno(s, M3U_NAME, "cannot be read");
	else {
		add_list(s, fd, text, (size_t)n);
		ret = 1;
	}
	free(text);
	close(list);
	return ret;
}

/*
 * The chain of a channel's directory: all directories from / to the library,
 * so that a link to any of them is a loop, and then the channel's own.
 */
static int
begin_chain(struct scan *s, int fd)
{
	char up[PATH_MAX];
	struct stat st, chain[ABOVE_MAX];
	char *slash;
	unsigned n = 0;
	int at, next;

	text_copy(up, sizeof(up), s->dir);
	if ((slash = strrchr(up, '/')) != NULL)
		slash[slash == up] = '\0';
	at = open(slash != NULL ? up : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	while (at != -1 && n < ABOVE_MAX - 1 && fstat(at, &st) == 0) {
		if (n > 0 && chain[n - 1].st_dev == st.st_dev &&
		    chain[n - 1].st_ino == st.st_ino)
			break;
		chain[n++] = st;
		next = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = next;
	}
	if (at != -1)
		close(at);
	else if (file_is_scarce(errno))
		return -1;
	while (n > 0)
		push_dir(s, &chain[--n]);
	if (fstat(fd, &st) == -1)
		return -1;
	s->top = s->depth + 1;
	if (!s->is_root && is_in_chain(s, &st)) {
		errno = ELOOP;
		return -1;
	}
	push_dir(s, &st);
	return 0;
}

static void
scan_channel(struct scan *s)
{
	int fd = open(s->dir, OPEN_FLAGS | O_DIRECTORY);

	if (fd == -1) {
		add_errno(s, ".", "directory cannot be read");
		return;
	}
	if (begin_chain(s, fd) == -1) {
		if (errno == ELOOP)
			add_problem(s, ".",
			    "link leads back to a directory above it");
		else
			add_errno(s, ".", "directory cannot be read");
		close(fd);
		return;
	}
	if (scan_list(s, fd)) {
		close(fd);
		return;
	}
	scan_dir(s, fd);
	if (s->n > 1)
		qsort(s->tracks, s->n, sizeof(*s->tracks), by_path);
}

/* The tracks found become a playlist; NULL with errno: given up. */
static struct playlist *
finish(struct scan *s)
{
	struct playlist *p = calloc(1, sizeof(*p));
	size_t i;

	if (p == NULL || s->error != 0) {
		for (i = 0; i < s->n; i++)
			track_done(&s->tracks[i]);
		free(s->tracks);
		free(p);
		errno = s->error != 0 ? s->error : ENOMEM;
		return NULL;
	}
	atomic_init(&p->refs, 1);
	p->tracks = s->tracks;
	p->ntracks = s->n;
	for (i = 0; i < s->n; i++)
		p->nplayable += s->tracks[i].problem == NULL;
	return p;
}

struct playlist *
playlist_load_after(const char *dir, int is_root,
    const struct library_options *opt, const struct playlist *old)
{
	struct playlist *p = NULL;
	struct scan *s;
	size_t i;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return NULL;
	s->dir = dir;
	s->is_root = is_root;
	s->opt = opt;
	s->old = old;
	if (old != NULL && path_index_init(&s->known, old->ntracks) == -1)
		s->old = NULL;
	for (i = 0; s->old != NULL && i < old->ntracks; i++)
		path_index_add(&s->known, old->tracks, i);
	scan_channel(s);
	p = finish(s);
	path_index_done(&s->known);
	free(s);
	return p;
}

struct playlist *
playlist_load(const char *dir, int is_root, const struct library_options *opt)
{
	return playlist_load_after(dir, is_root, opt, NULL);
}
