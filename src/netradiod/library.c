/* SPDX-License-Identifier: ISC */
/*
 * The snapshot of the whole library.  Numbers are given out in three rounds,
 * each in byte order of the directories: those that the names ask for, those
 * that directories had before, and the lowest free ones.
 */
#include "library.h"

#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/charset.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "os/file.h"
#include "os/thread.h"
#include "wire/plist.h"
#include "wire/ports.h"

#include "catalog.h"
#include "news.h"
#include "playlist.h"

#define TEXT_MAX	PLIST_TEXT_MAX	/* a name, a description */
#define DESCR_MAX	4096	/* bytes of descr.txt that are looked at */
#define OUT_OF_RANGE	(PORTS_CHANNEL_MAX + 1)

#define LOOKERS		4	/* threads that look at directories, */
#define LOOKER_DIRS	8	/* one for so many of them */
#define LOOKER_STACK	(512 * 1024)

struct builder {
	const char *root;
	const struct library_options *opt;
	struct library *old;		/* NULL: none */
	const struct channel_def **was;	/* of old, by base */
	size_t nwas;
	struct stat st;			/* of the root */
	library_number_fn number;
	void *arg;
	struct channel_def *defs;	/* every directory in byte order, then
					 * the root */
	unsigned *asked;		/* number in its name, 0: none */
	size_t n;
	_Atomic size_t next;		/* that nobody looks at yet */
	_Atomic int error;		/* errno: given up; 0 */
	const char *owner[PORTS_CHANNEL_MAX + 1];	/* base of who has it */
};

static void
def_done(struct channel_def *d)
{
	free(d->dir);
	free(d->base);
	free(d->name);
	free(d->description);
	playlist_put(d->list);
}

static void
defs_free(struct channel_def *defs, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		def_done(&defs[i]);
	free(defs);
}

struct library *
library_get(struct library *l)
{
	atomic_fetch_add(&l->refs, 1);
	return l;
}

void
library_put(struct library *l)
{
	if (l == NULL || atomic_fetch_sub(&l->refs, 1) > 1)
		return;
	defs_free(l->channels, l->nchannels);
	defs_free(l->stray, l->nstray);
	free(l->root);
	free(l);
}

const struct channel_def *
library_find(const struct library *l, const char *base)
{
	size_t i;

	for (i = 0; i < l->nchannels; i++)
		if (strcmp(l->channels[i].base, base) == 0)
			return &l->channels[i];
	return NULL;
}

/*
 * The number that a directory's name asks for (0: none; OUT_OF_RANGE) and
 * the name that follows: "1-jazz", "007 bond", "3 - news", "12".
 */
static unsigned
parse_base(const char *base, const char **name)
{
	const char *p = base, *digits;
	unsigned number = 0;

	*name = base;
	for (; isdigit((unsigned char)*p); p++)
		if (number < OUT_OF_RANGE)
			number = 10 * number + (unsigned)(*p - '0');
	digits = p;
	if (p == base)
		return 0;
	p += strspn(p, " ");
	if (*p != '\0' && strchr("-_.", *p) != NULL)
		p++;
	if (p == digits && *p != '\0')
		return 0;	/* 90s-hits */
	p += strspn(p, " ");
	if (*p != '\0')
		*name = p;
	return number >= 1 && number <= PORTS_CHANNEL_MAX ? number :
	    OUT_OF_RANGE;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Whether a name in the root is a directory that may become a channel. */
static int
is_channel_dir(int fd, const struct dirent *e)
{
	struct stat st;

	/* lost+found: where a file system of its own begins. */
	if (e->d_name[0] == '.' || strcmp(e->d_name, "lost+found") == 0)
		return 0;
	if (e->d_type == DT_DIR)
		return 1;
	if (e->d_type != DT_LNK && e->d_type != DT_UNKNOWN)
		return 0;
	return fstatat(fd, e->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

/*
 * The names of the directories in the root, sorted, and what it is itself.
 * NULL with errno if it cannot be read.
 */
static char **
list_dirs(const char *root, size_t *count, struct stat *st)
{
	char **names = NULL;
	size_t cap = 0, n = 0;
	struct dirent *e;
	DIR *d;
	int saved;

	if ((d = opendir(root)) == NULL)
		return NULL;
	if (fstat(dirfd(d), st) == -1)
		memset(st, 0, sizeof(*st));
	for (errno = 0; (e = readdir(d)) != NULL; errno = 0) {
		if (!is_channel_dir(dirfd(d), e))
			continue;
		if (mem_grow((void **)&names, &cap, n + 1,
		    sizeof(*names)) == -1 ||
		    (names[n] = strdup(e->d_name)) == NULL)
			break;
		n++;
	}
	saved = errno;
	closedir(d);
	if (names == NULL && saved == 0 &&
	    mem_grow((void **)&names, &cap, 1, sizeof(*names)) == -1)
		saved = ENOMEM;
	if (saved != 0) {
		while (names != NULL && n > 0)
			free(names[--n]);
		free(names);
		errno = saved;
		return NULL;
	}
	qsort(names, n, sizeof(*names), by_text);
	*count = n;
	return names;
}

/* The first line of descr.txt; "" without one.  0, or -1 with errno: it may be
 * there, but there is no descriptor for it. */
static int
read_description(const char *dir, const char *charset, char *out)
{
	char text[DESCR_MAX];
	char path[PATH_MAX];
	const char *p = text, *from = charset;
	size_t n, i, unit = 1;
	struct stat st;
	ssize_t got = -1;
	int fd;

	out[0] = '\0';
	if (text_format(path, sizeof(path), "%s/descr.txt", dir) == -1)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1)
		return file_is_scarce(errno) ? -1 : 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		got = file_read_at(fd, text, sizeof(text), 0);
	close(fd);
	if (got <= 0)
		return 0;
	n = (size_t)got;
	if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3, n -= 3;
	else if (n >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 ||
	    memcmp(p, "\xfe\xff", 2) == 0)) {
		from = p[0] == '\xff' ? "UTF-16LE" : "UTF-16BE";
		p += 2, n = (n - 2) / 2 * 2, unit = 2;
	}
	/* A line ends with LF or CR; in UTF-16 the other byte is 0. */
	for (i = 0; i + unit <= n; i += unit) {
		if (unit == 1 ? p[i] == '\n' || p[i] == '\r' :
		    (p[i] | p[i + 1]) == '\n' || (p[i] | p[i + 1]) == '\r')
			break;
	}
	charset_to_utf8(from, p, i, out, TEXT_MAX);
	return 0;
}

/* The name that people see, from the bytes of a directory's. */
static char *
name_of(const char *bytes, const char *charset)
{
	char text[TEXT_MAX];

	charset_to_utf8(charset, bytes, strlen(bytes), text, sizeof(text));
	return strdup(text[0] != '\0' ? text : "?");
}

/* What the library's directory is called. */
static char *
root_name(const char *root, const char *charset)
{
	char real[PATH_MAX];
	const char *slash = strrchr(root, '/');
	const char *last = slash != NULL ? slash + 1 : root;

	if ((*last == '\0' || strcmp(last, ".") == 0 ||
	    strcmp(last, "..") == 0) && realpath(root, real) != NULL)
		last = strrchr(real, '/') + 1;
	return name_of(*last != '\0' ? last : "library", charset);
}

static int
was_by_base(const void *a, const void *b)
{
	return strcmp((*(const struct channel_def *const *)a)->base,
	    (*(const struct channel_def *const *)b)->base);
}

static int
index_old(struct builder *b)
{
	const struct library *old = b->old;
	size_t i;

	if (old == NULL)
		return 0;
	b->nwas = old->nchannels + old->nstray;
	if ((b->was = calloc(b->nwas + 1, sizeof(*b->was))) == NULL)
		return -1;
	for (i = 0; i < old->nchannels; i++)
		b->was[i] = &old->channels[i];
	for (i = 0; i < old->nstray; i++)
		b->was[old->nchannels + i] = &old->stray[i];
	qsort(b->was, b->nwas, sizeof(*b->was), was_by_base);
	return 0;
}

/* What the directory was in the old snapshot, or NULL. */
static const struct channel_def *
find_was(const struct builder *b, const char *base)
{
	size_t low = 0, high = b->nwas, mid;
	int order;

	while (low < high) {
		mid = low + (high - low) / 2;
		order = strcmp(b->was[mid]->base, base);
		if (order == 0)
			return b->was[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static char *
join(const char *root, const char *base)
{
	size_t n = strlen(root) + strlen(base) + 2;
	char *s = malloc(n);

	if (s != NULL)
		text_format(s, n, "%s%s%s", strcmp(root, "/") == 0 ? "" : root,
		    "/", base);
	return s;
}

/* What is known of a directory's files: one reference; NULL: nothing. */
static struct playlist *
known_list(const struct builder *b, const char *base)
{
	const struct channel_def *was = find_was(b, base);

	if (was != NULL)
		return playlist_get(was->list);
	return b->opt->known == NULL ? NULL :
	    catalog_playlist(b->opt->known, base);
}

/* Whether a directory is known to be as it was. */
static int
is_untouched(const struct builder *b, const struct channel_def *was)
{
	return was != NULL && !was->list->is_list && b->opt->news != NULL &&
	    !news_has(b->opt->news, was->base);
}

/* What is in the directory, its description and its tracks: 0, or -1 with
 * errno. */
static int
read_def(struct builder *b, struct channel_def *d)
{
	const struct channel_def *was = find_was(b, d->base);
	char description[TEXT_MAX];
	struct playlist *known;

	if (is_untouched(b, was)) {
		d->description = strdup(was->description);
		d->list = playlist_get(was->list);
		return d->description != NULL ? 0 : -1;
	}
	known = known_list(b, d->base);
	d->list = playlist_load_after(d->dir, d->base[0] == '\0', b->opt,
	    known);
	if (d->list != NULL && known != NULL &&
	    playlist_is_same(known, d->list)) {
		playlist_put(d->list);
		d->list = known;
	} else
		playlist_put(known);
	if (d->list == NULL || read_description(d->dir, d->list->charset,
	    description) == -1)
		return -1;
	d->description = strdup(description);
	return d->description != NULL ? 0 : -1;
}

/* Read the i-th directory: 0, or -1 with errno when memory or descriptors are
 * out. */
static int
look_at_def(struct builder *b, size_t i)
{
	struct channel_def *d = &b->defs[i];
	int is_root = d->base[0] == '\0';
	const char *name = d->base;

	d->dir = is_root ? strdup(b->root) : join(b->root, d->base);
	if (d->dir == NULL || read_def(b, d) == -1)
		return -1;
	b->asked[i] = is_root ? 0 : parse_base(d->base, &name);
	if (d->list->number > 0)
		b->asked[i] = d->list->number;
	d->name = d->list->name != NULL ? strdup(d->list->name) : is_root ?
	    root_name(b->root, d->list->charset) :
	    name_of(name, d->list->charset);
	return d->name != NULL ? 0 : -1;
}

/* One of those that look at directories, each at the next that is left. */
static void *
look_main(void *arg)
{
	struct builder *b = arg;
	size_t i;

	while (b->error == 0 && (i = atomic_fetch_add(&b->next, 1)) < b->n)
		if (look_at_def(b, i) == -1)
			b->error = errno;
	return NULL;
}

/*
 * Disks answer several at once sooner than one after the other.  Helpers that
 * cannot be started are done without.
 */
static int
look_at_all(struct builder *b)
{
	pthread_t helpers[LOOKERS - 1];
	size_t i, n = 0;

	while (n < LOOKERS - 1 && (n + 1) * LOOKER_DIRS < b->n &&
	    thread_start(&helpers[n], LOOKER_STACK, "look", look_main, b) ==
	    0)
		n++;
	look_main(b);
	for (i = 0; i < n; i++)
		thread_join_until(helpers[i], INT64_MAX);
	errno = b->error;
	return b->error != 0 ? -1 : 0;
}

static int
add_all(struct builder *b)
{
	char **names;
	size_t i, n;

	if ((names = list_dirs(b->root, &n, &b->st)) == NULL)
		return -1;
	b->defs = calloc(n + 1, sizeof(*b->defs));
	b->asked = calloc(n + 1, sizeof(*b->asked));
	if (b->defs == NULL || b->asked == NULL) {
		while (n > 0)
			free(names[--n]);
		free(names);
		errno = ENOMEM;
		return -1;
	}
	for (i = 0; i < n; i++)
		b->defs[i].base = names[i];
	free(names);
	b->n = n + 1;
	if ((b->defs[n].base = strdup("")) == NULL)
		return -1;
	return look_at_all(b);
}

static int
can_play(const struct channel_def *d)
{
	assert(d->list != NULL);
	return d->list->nplayable > 0 || d->list->has_live;
}

static int
take(struct builder *b, size_t i, unsigned number)
{
	if (number < 1 || number > PORTS_CHANNEL_MAX ||
	    b->owner[number] != NULL)
		return -1;
	b->owner[number] = b->defs[i].base;
	b->defs[i].number = number;
	return 0;
}

static void
take_asked(struct builder *b)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (can_play(&b->defs[i]) && b->asked[i] > 0)
			take(b, i, b->asked[i]);
}

/* A directory keeps its number also while there is nothing in it. */
static void
take_kept(struct builder *b)
{
	const struct channel_def *was;
	size_t i;

	for (i = 0; i < b->n; i++) {
		if (b->defs[i].number > 0)
			continue;
		/* Empty now, and its name will ask for it again. */
		if (!can_play(&b->defs[i]) && b->asked[i] > 0 &&
		    b->asked[i] <= PORTS_CHANNEL_MAX)
			continue;
		was = find_was(b, b->defs[i].base);
		if ((was == NULL || take(b, i, was->number) == -1) &&
		    b->number != NULL)
			take(b, i, b->number(b->arg, b->defs[i].base));
	}
}

static void
take_lowest(struct builder *b)
{
	unsigned number = 1;
	size_t i;

	for (i = 0; i < b->n; i++) {
		if (b->defs[i].number > 0 || !can_play(&b->defs[i]))
			continue;
		while (number <= PORTS_CHANNEL_MAX && take(b, i, number) == -1)
			number++;
		if (b->defs[i].number == 0)
			log_warnx("%s: stays off air: all %d channel numbers "
			    "are taken", b->defs[i].base, PORTS_CHANNEL_MAX);
	}
}

/* Say where a name did not get the number that it asks for, unless that was
 * so before; and where a directory had to give one up. */
static void
log_number(const struct builder *b, size_t i)
{
	const struct channel_def *d = &b->defs[i];
	const struct channel_def *was = find_was(b, d->base);
	unsigned asked = b->asked[i];

	if (was != NULL && was->number == d->number)
		return;
	if (asked == OUT_OF_RANGE)
		log_warnx("channel %u (%s): %s asks for a number that is not "
		    "from 1 to %d", d->number, d->name, d->base,
		    PORTS_CHANNEL_MAX);
	else if (asked != 0 && asked != d->number)
		log_warnx("channel %u (%s): %s asks for number %u, which %s "
		    "has", d->number, d->name, d->base, asked,
		    b->owner[asked]);
	else if (was != NULL && was->number != 0)
		log_notice("channel %u (%s): number was %u, which %s has now",
		    d->number, d->name, was->number,
		    b->owner[was->number] != NULL ?
		    b->owner[was->number] : "nobody");
}

static void
log_problems(const struct builder *b, size_t i)
{
	const struct channel_def *d = &b->defs[i];
	const struct channel_def *was = find_was(b, d->base);
	char subject[TEXT_MAX + 32];

	if (d->number > 0 && can_play(d))
		text_format(subject, sizeof(subject), "channel %u (%s): ",
		    d->number, d->name);
	else
		text_format(subject, sizeof(subject), "%s%s",
		    d->base[0] != '\0' ? d->name : "library",
		    ": ");
	playlist_log(d->list, was != NULL ? was->list : NULL, subject);
}

static int
by_number(const void *a, const void *b)
{
	const struct channel_def *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* The directories become channels, strays, or nothing. */
static struct library *
finish(struct builder *b)
{
	struct library *l = calloc(1, sizeof(*l));
	struct channel_def *d;
	size_t i;

	if (l == NULL)
		return NULL;
	atomic_init(&l->refs, 1);
	l->root = strdup(b->root);
	l->dev = b->st.st_dev;
	l->inode = b->st.st_ino;
	l->channels = calloc(b->n, sizeof(*l->channels));
	l->stray = calloc(b->n, sizeof(*l->stray));
	if (l->root == NULL || l->channels == NULL ||
	    l->stray == NULL) {
		library_put(l);
		return NULL;
	}
	for (i = 0; i < b->n; i++) {
		d = &b->defs[i];
		if (can_play(d) && d->number > 0)
			l->channels[l->nchannels++] = *d;
		else if (d->list->ntracks > 0 || d->number > 0)
			l->stray[l->nstray++] = *d;
		else
			def_done(d);
	}
	b->n = 0;		/* all of them have a new owner */
	qsort(l->channels, l->nchannels, sizeof(*l->channels), by_number);
	return l;
}

/* Whether this is the library at all: where a disk was mounted is, without
 * it, another directory with nothing in it. */
static int
is_there(const struct builder *b)
{
	size_t i;

	if (b->old == NULL || b->old->nchannels == 0 ||
	    strcmp(b->old->root, b->root) != 0 ||
	    (b->old->dev == b->st.st_dev && b->old->inode == b->st.st_ino))
		return 1;
	for (i = 0; i < b->n; i++)
		if (can_play(&b->defs[i]))
			return 1;
	errno = ENODEV;
	return 0;
}

struct library *
library_load(const char *root, struct library *old,
    const struct library_options *opt, library_number_fn number, void *arg)
{
	struct builder *b = calloc(1, sizeof(*b));
	struct library *l = NULL;
	size_t i;
	int saved;

	if (b == NULL)
		return NULL;
	b->root = root;
	b->opt = opt;
	b->old = old;
	b->number = number;
	b->arg = arg;
	if (index_old(b) == 0 && add_all(b) == 0 && is_there(b)) {
		take_asked(b);
		take_kept(b);
		take_lowest(b);
		for (i = 0; i < b->n; i++) {
			if (b->defs[i].number > 0 &&
			    can_play(&b->defs[i]))
				log_number(b, i);
			if (!opt->exact)
				log_problems(b, i);
		}
		l = finish(b);
	}
	saved = errno;
	defs_free(b->defs, b->n);
	free(b->asked);
	free(b->was);
	free(b);
	errno = saved;
	return l;
}
