/* SPDX-License-Identifier: ISC */
/*
 * The thread sleeps in poll.  What happens to a file marks its channel and says
 * whether the file is being written; what happens to a directory, or to the
 * table of mounts, makes the thread walk through all directories again.
 */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "os/thread.h"

#include "livepipe.h"
#include "news.h"
#include "tree.h"

#define STACK_SIZE	(256 * 1024)
#define QUIET_NS	(300 * NS_PER_MS)	/* so long nothing happens, */
#define PATIENCE_NS	(1500 * NS_PER_MS)	/* or so long something does */
#define LOOK_NS		(60 * NS_PER_S)	/* where the kernel does not tell */
#define AGAIN_NS	(5 * NS_PER_S)	/* to what was left out */
#define MISSING_NS	(1 * NS_PER_S)	/* at a library that is missing */
/* A file is taken to be written until it is closed, but not for ever: some
 * change without being closed (truncate), and some writers hang. */
#define WRITTEN_NS	(60 * NS_PER_S)
/* So new a file may still be open although nobody saw it written to: in a
 * directory that was just made, and where the kernel does not tell. */
#define SUSPECT_NS	(700 * NS_PER_MS)
#define YOUNG_NS	(3 * NS_PER_S)

/* A file that is being written. */
struct writing {
	char *path;
	int64_t until_ns;	/* CLOCK_MONOTONIC */
};

struct watch {
	char *root;		/* [c] */
	int how;		/* [c] */
	pthread_t thread;
	int wake;		/* eventfd: main has news for us */
	_Atomic int stop;
	_Atomic int again;
	_Atomic int is_due;
	_Atomic int is_blind;	/* the kernel does not tell all */
	_Atomic int has_given_up;	/* it could tell, but for a limit */

	pthread_mutex_t lock;	/* never held while a file is touched */
	struct news news;	/* [L] not yet taken */
	struct writing *writing;	/* [L] */
	size_t nwriting, writing_cap;	/* [L] */

	/* The rest is the thread's. */
	struct tree tree;	/* has no inotify if the kernel does not tell */
	int mounts;		/* /proc/self/mountinfo, or -1 */
	int is_missing;		/* the library is not there, or may not be
				 * read */
	int must_walk;
	int is_made;		/* directories were made since the last walk */
	int64_t first_ns, last_ns;	/* of changes not yet told; 0: none */
	int64_t look_ns;	/* when to look at all; INT64_MAX: never */
};

/* --- what is known ------------------------------------------------------- */

static void
note(struct watch *w, const char *path)
{
	pthread_mutex_lock(&w->lock);
	if (path == NULL)
		w->news.is_all = 1;
	else
		news_add(&w->news, path);
	pthread_mutex_unlock(&w->lock);
	w->last_ns = clock_mono_ns();
	if (w->first_ns == 0)
		w->first_ns = w->last_ns;
}

static size_t
find_writing(const struct watch *w, const char *path)
{
	size_t i;

	for (i = 0; i < w->nwriting; i++)
		if (strcmp(w->writing[i].path, path) == 0)
			break;
	return i;
}

/* The lock is held. */
static void
drop_writing(struct watch *w, size_t i)
{
	free(w->writing[i].path);
	w->writing[i] = w->writing[--w->nwriting];
}

static void
set_written(struct watch *w, const char *path, int64_t for_ns)
{
	int64_t until = clock_mono_ns() + for_ns;
	size_t i;

	pthread_mutex_lock(&w->lock);
	i = find_writing(w, path);
	if (i < w->nwriting) {
		if (w->writing[i].until_ns < until)
			w->writing[i].until_ns = until;
	} else if (mem_grow((void **)&w->writing, &w->writing_cap, i + 1,
	    sizeof(*w->writing)) == 0 &&
	    (w->writing[i].path = strdup(path)) != NULL) {
		w->writing[i].until_ns = until;
		w->nwriting++;
	}
	pthread_mutex_unlock(&w->lock);
}

static void
set_closed(struct watch *w, const char *path)
{
	size_t i;

	pthread_mutex_lock(&w->lock);
	if ((i = find_writing(w, path)) < w->nwriting)
		drop_writing(w, i);
	pthread_mutex_unlock(&w->lock);
}

/* What nobody closed for too long is looked at.  When to ask again. */
static int64_t
expire_writing(struct watch *w, int64_t now_ns)
{
	int64_t next = INT64_MAX;
	char path[PATH_MAX];
	size_t i = 0;

	pthread_mutex_lock(&w->lock);
	while (i < w->nwriting) {
		if (w->writing[i].until_ns > now_ns) {
			if (w->writing[i].until_ns < next)
				next = w->writing[i].until_ns;
			i++;
			continue;
		}
		text_copy(path, sizeof(path), w->writing[i].path);
		drop_writing(w, i);
		pthread_mutex_unlock(&w->lock);
		note(w, path);
		w->first_ns = now_ns - PATIENCE_NS;
		pthread_mutex_lock(&w->lock);
		i = 0;
	}
	pthread_mutex_unlock(&w->lock);
	return next;
}

/* --- directories --------------------------------------------------------- */

/* Without the kernel's help. */
static void
give_up(struct watch *w, const char *why)
{
	/* Before it is said: who reads it may act at once. */
	w->is_blind = 1;
	w->has_given_up = 1;
	log_warnx("%s: the library is looked at every %d s instead of being "
	    "watched", why, (int)(LOOK_NS / NS_PER_S));
	tree_done(&w->tree);	/* it takes its time */
	w->look_ns = clock_mono_ns() + LOOK_NS;
}

/* A file that nobody saw being opened, so new that it may still be. */
static void
suspect(void *arg, int fd, const char *name, const char *path)
{
	struct watch *w = arg;
	int64_t age_ns;
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode) || st.st_nlink > 1)
		return;
	age_ns = clock_real_ns() - st.st_mtim.tv_sec * NS_PER_S -
	    st.st_mtim.tv_nsec;
	if (age_ns >= 0 && age_ns < SUSPECT_NS)
		set_written(w, path, SUSPECT_NS - age_ns);
}

/* On all directories: 0; -1: not even on the library's own, which may not be
 * read now. */
static int
set_watches(struct watch *w)
{
	if (tree_walk(&w->tree, w->is_made ? suspect : NULL, w) == -1) {
		give_up(w, "no inotify watches left (raise sysctl "
		    "fs.inotify.max_user_watches)");
		note(w, NULL);
		return 0;
	}
	w->is_made = 0;
	return w->tree.n > 0 ? 0 : -1;
}

/* Look at the directories again. */
static void
walk_all(struct watch *w)
{
	struct stat st;
	int is_missing;

	w->must_walk = 0;
	is_missing = stat(w->root, &st) == -1;
	if (!is_missing && w->tree.inotify != -1)
		is_missing = set_watches(w) == -1;
	if (is_missing != w->is_missing) {
		w->is_missing = is_missing;
		note(w, NULL);
	}
	if (is_missing || w->tree.inotify == -1)
		return;
	if (w->tree.has_remote && !w->is_blind)
		w->look_ns = clock_mono_ns() + LOOK_NS;
	w->is_blind = w->tree.has_remote;
}

/* --- what happens -------------------------------------------------------- */

/* The path of an event's file: 0, or -1 if it is too long. */
static int
path_of(const struct tree_place *p, const struct inotify_event *e, char *path,
    size_t size)
{
	const char *name = e->len > 0 ? e->name : "";

	return text_format(path, size, "%s%s%s", p->path,
	    p->path[0] != '\0' ? "/" : "", name);
}

/* What is written to a named pipe is no news of the library. */
static int
is_on_pipe(const struct watch *w, const struct inotify_event *e,
    const char *path)
{
	char full[PATH_MAX];
	struct stat st;

	return (e->mask & (IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB)) &&
	    strcmp(e->name, LIVEPIPE_NAME) == 0 &&
	    text_format(full, sizeof(full), "%s/%s", w->root, path) == 0 &&
	    lstat(full, &st) == 0 && S_ISFIFO(st.st_mode);
}

/* A link may lead to a directory, now or until now; the kernel says no more of
 * it than of a file. */
static int
is_link(const struct watch *w, const struct inotify_event *e,
    const char *path)
{
	char full[PATH_MAX];
	struct stat st;

	if ((e->mask & (IN_CREATE | IN_MOVED_TO)) &&
	    text_format(full, sizeof(full), "%s/%s", w->root, path) == 0 &&
	    lstat(full, &st) == 0 && S_ISLNK(st.st_mode))
		return 1;
	return (e->mask & (IN_DELETE | IN_MOVED_FROM)) && w->tree.has_links &&
	    tree_has(&w->tree, path);
}

/* Something about a file in a watched directory. */
static void
on_file(struct watch *w, const struct inotify_event *e, const char *path,
    int is_shared)
{
	char full[PATH_MAX];

	if (e->mask & IN_MODIFY) {
		/* It will be closed; until then nothing is to be done. */
		set_written(w, path, WRITTEN_NS);
		return;
	}
	if (e->mask & (IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM |
	    IN_MOVED_TO))
		set_closed(w, path);
	if ((e->mask & IN_CREATE) && text_format(full, sizeof(full), "%s/%s",
	    w->root, path) == 0)
		suspect(w, AT_FDCWD, full, path);
	if (is_link(w, e, path)) {
		w->must_walk = 1;
		is_shared = 1;
	}
	note(w, is_shared ? NULL : path);
}

static void
on_event(struct watch *w, const struct inotify_event *e)
{
	struct tree_place *p;
	char path[PATH_MAX];

	if (e->mask & IN_Q_OVERFLOW) {
		w->must_walk = 1;
		note(w, NULL);
		return;
	}
	if ((p = tree_find(&w->tree, e->wd)) == NULL)
		return;
	if (e->mask & IN_IGNORED) {
		tree_forget(&w->tree, p);
		w->must_walk = 1;
	} else if (e->len == 0 || (e->mask & IN_ISDIR)) {
		/* The directory itself, or one in it. */
		w->must_walk = 1;
		w->is_made |= (e->mask & IN_CREATE) != 0;
		if (p->is_shared || text_format(path, sizeof(path), "%s%s%s/",
		    p->path, p->path[0] != '\0' && e->len > 0 ? "/" : "",
		    e->len > 0 ? e->name : "") == -1)
			note(w, NULL);
		else
			note(w, path);
	} else if (e->name[0] == '.' ||
	    path_of(p, e, path, sizeof(path)) == -1)
		return;
	else if (!is_on_pipe(w, e, path))
		on_file(w, e, path, p->is_shared);
}

static void
read_events(struct watch *w)
{
	union {
		struct inotify_event first;
		char bytes[16384];
	} buf;
	const struct inotify_event *e;
	ssize_t n, at;

	while (w->tree.inotify != -1 &&
	    (n = read(w->tree.inotify, &buf, sizeof(buf))) > 0) {
		for (at = 0; at < n; at += (ssize_t)(sizeof(*e) + e->len)) {
			e = (const void *)(buf.bytes + at);
			on_event(w, e);
		}
	}
}

/* The mounts changed; perhaps none of ours. */
static void
on_mounts(struct watch *w)
{
	walk_all(w);
	if (w->tree.is_changed || w->tree.inotify == -1)
		note(w, NULL);
}

/* Everything that time brings; when the next such thing is due. */
static int64_t
on_time(struct watch *w)
{
	int64_t now = clock_mono_ns(), next, due;

	next = expire_writing(w, now);
	if (now >= w->look_ns) {
		walk_all(w);
		note(w, NULL);
		w->first_ns = w->last_ns = now - PATIENCE_NS;
		w->look_ns = w->how > 0 ? now + w->how * NS_PER_S :
		    w->is_blind ? now + LOOK_NS : INT64_MAX;
	}
	if (w->look_ns < next)
		next = w->look_ns;
	if (w->is_missing && now + MISSING_NS < next)
		next = now + MISSING_NS;
	if (w->first_ns == 0)
		return next;
	due = w->last_ns + QUIET_NS;
	if (due > w->first_ns + PATIENCE_NS)
		due = w->first_ns + PATIENCE_NS;
	if (now < due)
		return due < next ? due : next;
	w->first_ns = w->last_ns = 0;
	atomic_store(&w->is_due, 1);
	kill(getpid(), SIGUSR2);
	return next;
}

static void
begin(struct watch *w)
{
	if (w->how > 0) {
		w->is_blind = 1;
		w->look_ns = clock_mono_ns() + w->how * NS_PER_S;
		return;
	}
	w->look_ns = INT64_MAX;
	if (tree_init(&w->tree, w->root) == -1)
		give_up(w, errno == EMFILE ? "no inotify instances left "
		    "(raise sysctl fs.inotify.max_user_instances)" :
		    "no inotify");
	w->mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	walk_all(w);
	/* What happened until now is in no snapshot, or in ours already. */
	note(w, NULL);
}

static int
timeout_ms(int64_t until_ns)
{
	int64_t ns = until_ns - clock_mono_ns();

	if (until_ns == INT64_MAX)
		return -1;
	return ns <= 0 ? 0 : ns > 3600 * NS_PER_S ? 3600 * 1000 :
	    (int)((ns + NS_PER_MS - 1) / NS_PER_MS);
}

static void *
watch_main(void *arg)
{
	struct watch *w = arg;
	struct pollfd p[3];
	uint64_t count;

	begin(w);
	while (!w->stop) {
		p[0] = (struct pollfd){ .fd = w->wake, .events = POLLIN };
		p[1] = (struct pollfd){ .fd = w->tree.inotify,
		    .events = POLLIN };
		p[2] = (struct pollfd){ .fd = w->mounts, .events = POLLPRI };
		if (poll(p, 3, timeout_ms(on_time(w))) == -1)
			continue;
		if (p[0].revents != 0 &&
		    read(w->wake, &count, sizeof(count)) > 0 &&
		    atomic_exchange(&w->again, 0))
			w->look_ns = clock_mono_ns() + AGAIN_NS;
		if (p[1].revents != 0)
			read_events(w);
		if (p[2].revents != 0)
			on_mounts(w);
		else if (w->must_walk || w->is_missing)
			walk_all(w);
	}
	return NULL;
}

/* --- main's side --------------------------------------------------------- */

static void
watch_free(struct watch *w)
{
	tree_done(&w->tree);
	if (w->mounts != -1)
		close(w->mounts);
	if (w->wake != -1)
		close(w->wake);
	while (w->nwriting > 0)
		drop_writing(w, 0);
	free(w->writing);
	news_done(&w->news);
	pthread_mutex_destroy(&w->lock);
	free(w->root);
	free(w);
}

struct watch *
watch_start(const char *root, int how)
{
	struct watch *w = calloc(1, sizeof(*w));
	int saved;

	if (w == NULL)
		return NULL;
	w->how = how;
	w->tree.inotify = w->mounts = -1;
	pthread_mutex_init(&w->lock, NULL);
	news_init(&w->news);
	w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->wake != -1 && (w->root = strdup(root)) != NULL &&
	    thread_start(&w->thread, STACK_SIZE, "watch", watch_main, w) == 0)
		return w;
	saved = errno;
	watch_free(w);
	errno = saved;
	return NULL;
}

static void
wake(struct watch *w)
{
	static const uint64_t one = 1;

	if (write(w->wake, &one, sizeof(one)) == -1)
		return;		/* it is awake: the counter is full */
}

int
watch_stop(struct watch *w, int64_t deadline_ns)
{
	if (w == NULL)
		return 0;
	w->stop = 1;
	wake(w);
	if (thread_join_until(w->thread, deadline_ns) == -1)
		return -1;
	watch_free(w);
	return 0;
}

int
watch_has_given_up(const struct watch *w)
{
	return w != NULL && w->has_given_up;
}

int
watch_take_due(struct watch *w)
{
	return w != NULL && atomic_exchange(&w->is_due, 0);
}

void
watch_take_news(struct watch *w, struct news *n)
{
	size_t i;

	if (w == NULL) {
		n->is_all = 1;
		return;
	}
	pthread_mutex_lock(&w->lock);
	*n = w->news;
	news_init(&w->news);
	for (i = 0; i < w->nwriting; i++)
		news_add_busy(n, w->writing[i].path);
	pthread_mutex_unlock(&w->lock);
	if (!w->is_blind)
		return;
	n->young_to_ns = clock_real_ns() + NS_PER_S;
	n->young_from_ns = n->young_to_ns - NS_PER_S - YOUNG_NS;
}

void
watch_again(struct watch *w)
{
	if (w == NULL)
		return;
	w->again = 1;
	wake(w);
}
