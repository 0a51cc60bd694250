/* SPDX-License-Identifier: ISC */
/*
 * What stands in a channel's directory about the channel: channel.conf, and
 * the list of what it plays.
 */
#include "scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/charset.h"
#include "base/text.h"
#include "os/file.h"

#include "m3u.h"

#define LIST_BYTES_MAX	(8 * 1024 * 1024)
#define PROBLEM_MAX	160

/* Lists by the order in which they are looked for. */
static const char *const lists[] = {
	"playlist.m3u", "playlist.m3u8", "playlist.pls"
};

#define NLISTS	(sizeof(lists) / sizeof(lists[0]))

int
scan_is_ours(const char *name)
{
	size_t i;

	for (i = 0; i < NLISTS; i++)
		if (strcmp(name, lists[i]) == 0)
			return 1;
	return strcmp(name, CHANNELCONF_NAME) == 0 ||
	    strcmp(name, "descr.txt") == 0;
}

/*
 * The whole of a file that may be there, on the heap; NULL: it is not, or
 * cannot be read, which becomes a track with a problem.
 */
static char *
slurp(struct scan *s, int at, const char *name, size_t max, size_t *len)
{
	char *text = NULL, why[PROBLEM_MAX];
	struct stat st;
	ssize_t n = -1;
	int fd;

	if ((fd = openat(at, name, SCAN_OPEN)) == -1) {
		if (errno == ENOENT && fstatat(at, name, &st,
		    AT_SYMLINK_NOFOLLOW) == 0)
			scan_add_problem(s, name, "dangling link");
		else if (errno != ENOENT)
			scan_add_errno(s, name, "cannot be opened");
		return NULL;
	}
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		/* A directory of that name in the root is a channel. */
		if (!s->is_root || !S_ISDIR(st.st_mode))
			scan_add_problem(s, name, "no regular file");
	} else if (st.st_size > (off_t)max) {
		text_format(why, sizeof(why), "longer than %zu KiB",
		    max / 1024);
		scan_add_problem(s, name, why);
	} else if ((text = malloc((size_t)st.st_size + 1)) == NULL)
		s->error = ENOMEM;
	else if ((n = file_read_at(fd, text, (size_t)st.st_size, 0)) == -1)
		scan_add_errno(s, name, "cannot be read");
	close(fd);
	if (n == -1) {
		free(text);
		return NULL;
	}
	*len = (size_t)n;
	return text;
}

static void
on_conf_error(void *arg, unsigned line, const char *text)
{
	char where[64];

	text_format(where, sizeof(where), CHANNELCONF_NAME ":%u", line);
	scan_add_problem(arg, where, text);
}

void
scan_conf(struct scan *s, int fd)
{
	size_t len;
	char *text = slurp(s, fd, CHANNELCONF_NAME, CHANNELCONF_BYTES, &len);

	if (text != NULL)
		channelconf_parse(&s->conf, text, len, on_conf_error, s);
	free(text);
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
		charset_to_utf8(s->charset, entry, strlen(entry), out,
		    size);
	for (p = out; *p != '\0'; p++)
		if (*p == '\\')
			*p = '/';
}

/*
 * Find the file that an entry means: NULL, its path and stat; else what is
 * wrong with it, and the entry as its path.
 */
static const char *
find_entry(const struct scan *s, int fd, const char *entry, char *path,
    struct stat *st)
{
	const char *problem = "not there";
	char reading[PATH_MAX];
	int way;

	if (m3u_is_url(entry))
		problem = "no file";
	for (way = 0; way < 3 && !m3u_is_url(entry); way++) {
		read_entry(s, entry, way, reading, sizeof(reading));
		if (m3u_path(reading, s->dir, s->is_root, path,
		    PATH_MAX) == -1 ||
		    (strncmp(path, "../", 3) == 0 &&
		    !is_below_library(s, fd))) {
			problem = "outside of the library";
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

static void
add_bad_entry(struct scan *s, const char *list, const char *path,
    const char *problem)
{
	char why[PROBLEM_MAX];

	text_format(why, sizeof(why), "listed in %s, but %s", list, problem);
	scan_add_problem(s, path, why);
}

/* One entry of the list; seen: the tracks before it. */
static void
add_entry(struct scan *s, int fd, const char *list, const char *entry,
    struct path_index *seen)
{
	char path[PATH_MAX];
	const char *problem;
	const struct track *before;
	struct track copy;
	struct stat st;
	size_t n = s->n;

	problem = find_entry(s, fd, entry, path, &st);
	before = path_index_find(seen, s->tracks, path);
	if (before != NULL) {
		copy = *before;		/* the array may move */
		/* What cannot be played is named once. */
		if (copy.problem == NULL)
			scan_add_copy(s, path, &copy);
		return;
	}
	if (problem != NULL)
		add_bad_entry(s, list, path, problem);
	else if (!S_ISREG(st.st_mode))
		scan_add_problem(s, path, "no regular file");
	else
		scan_file(s, fd, path, path, &st, 1);
	if (s->error == 0 && s->n > n)
		path_index_add(seen, s->tracks, s->n - 1);
}

static void
add_list(struct scan *s, int fd, const char *name, const char *text,
    size_t len)
{
	char entry[PATH_MAX];
	struct path_index seen;
	struct m3u m;
	size_t i, lines = 1;
	int got;

	for (i = 0; i < len; i++)
		lines += text[i] == '\n';
	if (path_index_init(&seen, s->n + lines) == -1) {
		s->error = ENOMEM;
		return;
	}
	m3u_init(&m, text, len, strcmp(strrchr(name, '.'), ".pls") == 0);
	while (s->error == 0 &&
	    (got = m3u_next(&m, entry, sizeof(entry))) != 0) {
		if (s->entries++ >= SCAN_ENTRIES_MAX) {
			scan_add_problem(s, name,
			    "too many entries: the rest is left out");
			break;
		}
		if (got == 1)
			add_entry(s, fd, name, entry, &seen);
		else
			add_bad_entry(s, name, entry, "too long, or no text");
	}
	path_index_done(&seen);
}

int
scan_list(struct scan *s, int fd)
{
	char *text = NULL;
	size_t i, len, before = s->n;

	if (s->conf.order == ORDER_SORTED)
		return 0;
	for (i = 0; i < NLISTS; i++) {
		text = slurp(s, fd, lists[i], LIST_BYTES_MAX, &len);
		if (text != NULL)
			break;
	}
	if (text != NULL)
		add_list(s, fd, lists[i], text, len);
	else if (s->conf.order == ORDER_PLAYLIST && s->n == before)
		scan_add_problem(s, CHANNELCONF_NAME,
		    "order is playlist, but there is no playlist.m3u, "
		    "playlist.m3u8 or playlist.pls");
	if (text == NULL)
		return 0;
	free(text);
	return 1;
}
