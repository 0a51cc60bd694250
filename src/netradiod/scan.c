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
#include "scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "os/file.h"

#include "livepipe.h"
#include "news.h"

static const char no_media[] = "neither sound nor video";

/* One more element of an array with that path; NULL when memory is out. */
static struct track *
append(struct scan *s, struct track **array, size_t *n, size_t *cap,
    const char *path)
{
	struct track *t;

	if (mem_grow((void **)array, cap, *n + 1, sizeof(**array)) == -1) {
		s->error = ENOMEM;
		return NULL;
	}
	t = &(*array)[*n];
	memset(t, 0, sizeof(*t));
	track_set_texts(t, "", "", "");
	if ((t->path = strdup(path)) == NULL) {
		s->error = ENOMEM;
		return NULL;
	}
	++*n;
	return t;
}

struct track *
scan_add(struct scan *s, const char *path)
{
	return append(s, &s->tracks, &s->n, &s->cap, path);
}

static struct track *
add_none(struct scan *s, const char *path)
{
	return append(s, &s->none, &s->nnone, &s->none_cap, path);
}

static void
set_problem(struct scan *s, struct track *t, const char *problem)
{
	if (t != NULL && (t->problem = strdup(problem)) == NULL)
		s->error = ENOMEM;
}

void
scan_add_problem(struct scan *s, const char *path, const char *problem)
{
	set_problem(s, scan_add(s, path), problem);
}

/* Only what is wrong with the file is a problem of the file. */
void
scan_add_errno(struct scan *s, const char *path, const char *what)
{
	char text[160];

	if (file_is_scarce(errno)) {
		s->error = errno;
		return;
	}
	text_format(text, sizeof(text), "%s: %s", what, strerror(errno));
	scan_add_problem(s, path, text);
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

/* NULL also if there is no memory: it is only a shortcut. */
static struct media_index *
copy_index(const struct media_index *from)
{
	struct media_index *index;
	size_t size;

	if (from == NULL)
		return NULL;
	size = sizeof(*from) + from->n * sizeof(from->place[0]);
	if ((index = malloc(size)) != NULL)
		memcpy(index, from, size);
	return index;
}

void
scan_add_copy(struct scan *s, const char *path, const struct track *from)
{
	struct track *t = scan_add(s, path);

	if (t == NULL)
		return;
	t->facts = from->facts;
	if (track_set_texts(t, from->title, from->artist, from->album) == -1)
		s->error = ENOMEM;
	t->size = from->size;
	t->mtime_ns = from->mtime_ns;
	t->inode = from->inode;
	/* With what was counted since: frames come last there. */
	atomic_init(&t->frames, from->frames);
	if (t->frames > 0)
		t->index = copy_index(from->index);
	atomic_init(&t->duration, from->duration);
	atomic_init(&t->bitrate, from->bitrate);
	if (from->problem != NULL)
		set_problem(s, t, from->problem);
}

static int
is_no_media(const struct track *t)
{
	return t->problem != NULL ? strcmp(t->problem, no_media) == 0 :
	    t->facts.container[0] == '\0';
}

/* What was found under that path, if the file is as it was; or NULL. */
static const struct track *
find_known(const struct path_index *ix, const struct track *tracks,
    const char *path, const struct track *now)
{
	const struct track *was = path_index_find(ix, tracks, path);

	return was != NULL && was->size == now->size &&
	    was->mtime_ns == now->mtime_ns && was->inode == now->inode ?
	    was : NULL;
}

static void
pass_over(struct scan *s, const char *path, const struct stat *st)
{
	struct track *t = add_none(s, path);

	if (t != NULL)
		set_stat(t, st);
}

/* A mode is no part of what is known; one that lets everybody read costs no
 * call to be sure of. */
static int
may_read(int at, const char *name, const struct stat *st)
{
	return (st->st_mode & S_IROTH) || faccessat(at, name, R_OK, 0) == 0;
}

/*
 * Whether the file was there before, as it is now, so that it needs no look;
 * what is no media is passed over unless a list wants it.  A file that could
 * not be opened has no size in what is known, and is tried again.
 */
static int
add_known(struct scan *s, const char *path, const struct stat *st, int listed)
{
	const struct track *was;
	struct track now;

	if (s->old == NULL)
		return 0;
	set_stat(&now, st);
	was = find_known(&s->known, s->old->tracks, path, &now);
	if (was == NULL)
		was = find_known(&s->known_none, s->old->none, path, &now);
	if (was == NULL)
		return 0;
	if (!is_no_media(was))
		scan_add_copy(s, path, was);
	else if (!listed)
		pass_over(s, path, st);
	else if ((was = scan_add(s, path)) != NULL) {
		set_stat(&s->tracks[s->n - 1], st);
		set_problem(s, &s->tracks[s->n - 1], no_media);
	}
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
		scan_add_errno(s, path, "cannot be looked at");
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		if (listed)
			scan_add_problem(s, path, "no regular file");
		return;
	}
	memset(&facts, 0, sizeof(facts));
	kind = media_probe(fd, name != NULL ? name + 1 : path,
	    s->charset, &facts, &tags, &problem);
	if (kind == MEDIA_UNREADABLE) {
		scan_add_errno(s, path, "cannot be read");
		return;
	}
	if (kind == MEDIA_NONE && !listed) {
		pass_over(s, path, &st);
		return;
	}
	if (kind == MEDIA_NONE)
		problem = no_media;
	else if (kind == MEDIA_PLAYABLE && s->opt->exact &&
	    media_survey(fd, &facts, NULL, NULL) == -1)
		problem = "cannot be read to its end";
	else if (kind == MEDIA_PLAYABLE)
		problem = media_unsendable(&facts);
	if ((t = scan_add(s, path)) == NULL)
		return;
	set_stat(t, &st);
	set_facts(s, t, &facts, &tags);
	if (kind != MEDIA_PLAYABLE || problem != NULL)
		set_problem(s, t, problem != NULL ? problem :
		    "cannot be played");
}

/* A file that somebody writes is, until he is done, what it was before. */
static void
leave_as_it_was(struct scan *s, const char *path, int listed)
{
	const struct track *was = NULL;

	if (s->old != NULL)
		was = path_index_find(&s->known, s->old->tracks, path);
	if (was != NULL)
		scan_add_copy(s, path, was);
	else if (listed)
		scan_add_problem(s, path, "still being written");
}

static int
is_busy(const struct scan *s, const char *path, const struct stat *st)
{
	const char *slash = strrchr(s->dir, '/');
	struct track now;

	if (s->opt->news == NULL)
		return 0;
	set_stat(&now, st);
	return news_is_busy(s->opt->news, s->is_root ? "" :
	    slash != NULL ? slash + 1 : s->dir, path, now.mtime_ns);
}

void
scan_file(struct scan *s, int at, const char *name, const char *path,
    const struct stat *st, int listed)
{
	int fd;

	if (may_read(at, name, st) && add_known(s, path, st, listed))
		return;
	if (is_busy(s, path, st)) {
		leave_as_it_was(s, path, listed);
		return;
	}
	fd = openat(at, name, SCAN_OPEN);
	if (fd == -1) {
		/* It may have gone since it was listed; so what. */
		if (errno != ENOENT || listed)
			scan_add_errno(s, path, "cannot be opened");
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
		scan_add_problem(s, s->path, "loop of links");
	else if (errno != ENOENT)
		scan_add_errno(s, s->path, "cannot be looked at");
	else if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		scan_add_problem(s, s->path, "dangling link");
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

	if (s->depth - s->top >= SCAN_DEPTH_MAX) {
		scan_add_problem(s, s->path, "too many directories deep");
		return;
	}
	fd = openat(at, name, SCAN_OPEN | O_DIRECTORY);
	if (fd == -1 || fstat(fd, &st) == -1) {
		if (errno != ENOENT)
			scan_add_errno(s, s->path, "directory cannot be read");
		if (fd != -1)
			close(fd);
		return;
	}
	if (is_in_chain(s, &st)) {
		scan_add_problem(s, s->path,
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
		scan_add_problem(s, s->path, "path is too long");
	else if (fstatat(at, name, &st, 0) == -1)
		stat_failed(s, at, name);
	else if (S_ISREG(st.st_mode))
		scan_file(s, at, name, s->path, &st, 0);
	else if (S_ISDIR(st.st_mode) && !s->is_root)
		enter_dir(s, at, name);
}

/* Hidden, or not a track. */
static int
is_passed_over(const struct scan *s, const char *name)
{
	return name[0] == '.' || (s->depth == s->top && scan_is_ours(name));
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
		if (s->entries++ >= SCAN_ENTRIES_MAX)
			break;
		text_format(s->path + len, sizeof(s->path) - len, "%s%s",
		    len > 0 ? "/" : "", e->d_name);
		s->path_len = strlen(s->path);
		look_at(s, dirfd(d), e->d_name);
		s->path_len = len;
		s->path[len] = '\0';
	}
	if (e == NULL && errno != 0)
		scan_add_errno(s, len > 0 ? s->path : ".",
		    "directory cannot be read on");
	else if (s->entries == SCAN_ENTRIES_MAX + 1) {
		scan_add_problem(s, len > 0 ? s->path : ".",
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

/*
 * The chain of a channel's directory: all directories from / to the library,
 * so that a link to any of them is a loop, and then the channel's own.
 */
static int
begin_chain(struct scan *s, int fd)
{
	char up[PATH_MAX];
	struct stat st, chain[SCAN_ABOVE_MAX];
	char *slash;
	unsigned n = 0;
	int at, next;

	text_copy(up, sizeof(up), s->dir);
	if ((slash = strrchr(up, '/')) != NULL)
		slash[slash == up] = '\0';
	at = open(slash != NULL ? up : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	while (at != -1 && n < SCAN_ABOVE_MAX - 1 && fstat(at, &st) == 0) {
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
	struct stat st;
	int fd = open(s->dir, SCAN_OPEN | O_DIRECTORY);

	if (fd == -1) {
		scan_add_errno(s, ".", "directory cannot be read");
		return;
	}
	if (begin_chain(s, fd) == -1) {
		if (errno == ELOOP)
			scan_add_problem(s, ".",
			    "link leads back to a directory above it");
		else
			scan_add_errno(s, ".", "directory cannot be read");
		close(fd);
		return;
	}
	/* The one in the library's root is for all channels (voice.h). */
	s->has_live = !s->is_root && fstatat(fd, LIVEPIPE_NAME, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 && S_ISFIFO(st.st_mode);
	scan_conf(s, fd);
	if (s->conf.charset[0] != '\0')
		s->charset = s->conf.charset;
	if (s->old != NULL && strcmp(s->old->charset, s->charset) != 0)
		s->old = NULL;	/* its tags were read otherwise */
	s->is_list = scan_list(s, fd);
	if (s->is_list)
		close(fd);
	else
		scan_dir(s, fd);
}

/* In order, and no larger than need be. */
static struct track *
settle(struct track *tracks, size_t n, int is_sorted)
{
	struct track *exact;

	if (n > 1 && !is_sorted)
		qsort(tracks, n, sizeof(*tracks), by_path);
	exact = n > 0 ? realloc(tracks, n * sizeof(*tracks)) : NULL;
	return exact != NULL ? exact : tracks;
}

/* The tracks found become a playlist; NULL with errno: given up. */
static struct playlist *
finish(struct scan *s)
{
	struct playlist *p = calloc(1, sizeof(*p));
	size_t i;

	if (p != NULL) {
		p->charset = strdup(s->charset);
		p->name = s->conf.name[0] != '\0' ? strdup(s->conf.name) :
		    NULL;
	}
	if (p == NULL || s->error != 0 || p->charset == NULL ||
	    (p->name == NULL && s->conf.name[0] != '\0')) {
		for (i = 0; i < s->n; i++)
			track_done(&s->tracks[i]);
		for (i = 0; i < s->nnone; i++)
			track_done(&s->none[i]);
		free(s->tracks);
		free(s->none);
		if (p != NULL) {
			free(p->charset);
			free(p->name);
		}
		free(p);
		errno = s->error != 0 ? s->error : ENOMEM;
		return NULL;
	}
	atomic_init(&p->refs, 1);
	p->is_shuffled = s->conf.order == ORDER_SHUFFLED;
	p->has_live = s->has_live;
	p->number = s->conf.number;
	p->tracks = settle(s->tracks, s->n, s->is_list);
	p->ntracks = s->n;
	p->none = settle(s->none, s->nnone, 0);
	p->nnone = s->nnone;
	p->is_list = s->is_list;
	for (i = 0; i < s->n; i++)
		p->nplayable += p->tracks[i].problem == NULL;
	return p;
}

static void
index_old(struct scan *s, const struct playlist *old)
{
	size_t i;

	if (old == NULL || path_index_init(&s->known, old->ntracks) == -1 ||
	    path_index_init(&s->known_none, old->nnone) == -1)
		return;
	for (i = 0; i < old->ntracks; i++)
		path_index_add(&s->known, old->tracks, i);
	for (i = 0; i < old->nnone; i++)
		path_index_add(&s->known_none, old->none, i);
	s->old = old;
}

struct playlist *
playlist_load_after(const char *dir, int is_root,
    const struct library_options *opt, const struct playlist *old)
{
	struct playlist *p = NULL;
	struct scan *s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return NULL;
	s->dir = dir;
	s->is_root = is_root;
	s->opt = opt;
	s->charset = opt->charset;
	index_old(s, old);
	scan_channel(s);
	p = finish(s);
	path_index_done(&s->known);
	path_index_done(&s->known_none);
	free(s);
	return p;
}

struct playlist *
playlist_load(const char *dir, int is_root, const struct library_options *opt)
{
	return playlist_load_after(dir, is_root, opt, NULL);
}
