/* SPDX-License-Identifier: ISC */
/*
 * edits: change a library at random, and see whether the program list follows.
 *
 *	edits [-s SEED] [-n COUNT] [-k KEPT] [-p PID] [-i IFACE] ROOT
 *	    TEMPLATE.mp3
 *
 * Works on directories ROOT/edit-NN that it makes, with files that are
 * beginnings of TEMPLATE: adds, deletes, renames, rewrites, links (also to
 * directories ROOT.outside-N, in which files come and go), changes modes, moves
 * directories, mounts something over them and takes it away (needs its own
 * mount namespace), writes slowly.  What ought to be on air is
 * then read from the disk, and the list on IFACE (lo) is listened to until it
 * says so: KEPT other channels, and each edit-NN with a file in it, with its
 * description.  Every 50 edits PID is sent a SIGHUP two seconds after the
 * last: all must be known by then.
 *
 * Prints "edits=N seen=N median_ms=N most_ms=N over_2s=N"; exit 1 if the list
 * did not follow within LIMIT_S.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "os/addr.h"
#include "os/udp.h"
#include "wire/plist.h"
#include "wire/ports.h"

#define DIRS		12
#define FILES		5
#define LIMIT_S		20
#define PROMISE_NS	(2 * NS_PER_S)

static const char *root;
static char *data;		/* of the template */
static size_t data_len;
static uint64_t state;
static int64_t kept;
static unsigned serial;		/* of descriptions */

static unsigned
below(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 11) % n;
}

static void
pause_ns(int64_t ns)
{
	struct timespec t = { .tv_sec = ns / NS_PER_S,
	    .tv_nsec = ns % NS_PER_S };

	nanosleep(&t, NULL);
}

/* --- edits ---------------------------------------------------------------- */

static const char *
dir_name(unsigned d)
{
	static char text[4][PATH_MAX];
	static unsigned next;
	char *s = text[next++ % 4];

	snprintf(s, PATH_MAX, "%s/edit-%02u", root, d);
	return s;
}

/* Some file of a directory, there or not. */
static const char *
file_name(unsigned d)
{
	static char text[4][PATH_MAX];
	static unsigned next;
	char *s = text[next++ % 4];

	snprintf(s, PATH_MAX, "%s/%sf%u.mp3", dir_name(d),
	    below(3) == 0 ? "cd/" : "", below(FILES));
	return s;
}

static void
write_file(const char *path, int slow)
{
	size_t n = 2000 + below((unsigned)data_len - 2000);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd == -1)
		return;		/* no such directory just now */
	if (slow && write(fd, data, 1000) == 1000) {
		pause_ns(500 * NS_PER_MS);
		lseek(fd, 0, SEEK_SET);
	}
	if (write(fd, data, n) != (ssize_t)n)
		err(EX_IOERR, "%s", path);
	close(fd);
}

static void
make_dir(unsigned d)
{
	char path[PATH_MAX];

	mkdir(dir_name(d), 0755);
	if (below(2)) {
		snprintf(path, sizeof(path), "%s/cd", dir_name(d));
		mkdir(path, 0755);
	}
	write_file(file_name(d), 0);
}

static void
remove_all(const char *dir)
{
	char path[PATH_MAX];
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_type == DT_DIR)
			remove_all(path);
		else
			unlink(path);
	}
	if (d != NULL)
		closedir(d);
	rmdir(dir);
}

static void
describe(unsigned d)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/descr.txt", dir_name(d));
	if ((f = fopen(path, "we")) == NULL)
		return;
	fprintf(f, "number %u\n", ++serial);
	fclose(f);
}

/* Files that are no tracks, or none that can be played. */
static void
add_junk(unsigned d)
{
	static const char *const names[] = { "cover.jpg", "bad.mp3", "x.txt" };
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir_name(d), names[below(3)]);
	if (below(3) == 0) {
		unlink(path);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd == -1)
		return;
	if (write(fd, "nothing that sounds\n", below(20)) == -1)
		err(EX_IOERR, "%s", path);
	close(fd);
}

static void
add_link(unsigned d)
{
	static const char *const to[] = { "..", ".", "../edit-00", "gone",
	    "/" };
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/link", dir_name(d));
	if (unlink(path) == -1 || below(2))
		if (symlink(to[below(2)], path) == -1)
			return;
	snprintf(path, sizeof(path), "%s/dangling", dir_name(d));
	if (unlink(path) == -1 && symlink(to[3], path) == -1)
		return;
}

/* A directory beside the library, of which several may have a link. */
static const char *
outside_name(void)
{
	static char text[PATH_MAX];

	snprintf(text, sizeof(text), "%s.outside-%u", root, below(3));
	mkdir(text, 0755);
	return text;
}

static void
link_outside(unsigned d)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/out", dir_name(d));
	if (below(3) == 0)
		unlink(path);
	else if (symlink(outside_name(), path) == -1)
		return;
}

static void
edit_outside(void)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/f%u.mp3", outside_name(),
	    below(2));
	if (below(2))
		unlink(path);
	else
		write_file(path, 0);
}

/* What is in a directory moves with the name that it has there. */
static void
move_inside(unsigned d, const char *name)
{
	char from[PATH_MAX], to[PATH_MAX];

	snprintf(from, sizeof(from), "%s/%s", dir_name(d), name);
	snprintf(to, sizeof(to), "%s/%s", dir_name(below(DIRS)), name);
	rename(from, to);
}

/* The library's channel 0 of ours, seen through another directory. */
static void
mount_or_not(unsigned d)
{
	if (umount2(dir_name(d), MNT_DETACH) == 0)
		return;
	mkdir(dir_name(d), 0755);
	if (mount(dir_name(0), dir_name(d), NULL, MS_BIND, NULL) == -1)
		return;
}

static void
edit(void)
{
	unsigned d = below(DIRS), kind = below(24);

	switch (kind) {
	case 0: case 1: case 2:
		make_dir(d);
		break;
	case 3: case 4:
		umount2(dir_name(d), MNT_DETACH);
		remove_all(dir_name(d));
		break;
	case 5: case 6: case 7:
		write_file(file_name(d), 0);
		break;
	case 8:
		write_file(file_name(d), 1);
		break;
	case 9: case 10:
		unlink(file_name(d));
		break;
	case 11:
		rename(file_name(d), file_name(below(DIRS)));
		break;
	case 12:
		rename(dir_name(d), dir_name(below(DIRS)));
		break;
	case 13:
		move_inside(d, "cd");
		break;
	case 14:
		if (chmod(file_name(d), below(2) ? 0 : 0644) == -1)
			break;
		break;
	case 15:
		add_link(d);
		break;
	case 16:
		if (link(file_name(d), file_name(below(DIRS))) == -1)
			break;
		break;
	case 17:
		mount_or_not(1 + below(DIRS - 1));
		break;
	case 18:
		add_junk(d);
		break;
	case 19: case 20:
		link_outside(d);
		break;
	case 21:
		move_inside(d, "out");
		break;
	case 22:
		edit_outside();
		break;
	default:
		describe(d);
		break;
	}
}

/* --- what ought to be, and what is ---------------------------------------- */

struct entry {
	int is_there;
	char description[PLIST_TEXT_MAX];
};

/* Tracks of ours in a directory and below it, by name; links to directories
 * lead to none that it has not already, but for those that are called out. */
static unsigned
count_tracks(const char *dir, int depth)
{
	char path[PATH_MAX];
	struct dirent *e;
	struct stat st;
	unsigned n = 0;
	DIR *d = opendir(dir);

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", dir, e->d_name) >=
		    (int)sizeof(path) || lstat(path, &st) == -1)
			continue;
		if (S_ISLNK(st.st_mode) && strcmp(e->d_name, "out") == 0 &&
		    stat(path, &st) == -1)
			continue;
		if (S_ISDIR(st.st_mode) && depth < 3)
			n += count_tracks(path, depth + 1);
		else if (S_ISREG(st.st_mode) && e->d_name[0] == 'f' &&
		    access(path, R_OK) == 0)
			n++;
	}
	if (d != NULL)
		closedir(d);
	return n;
}

static unsigned
read_disk(struct entry *want)
{
	char path[PATH_MAX];
	unsigned d, n = 0;
	FILE *f;

	memset(want, 0, DIRS * sizeof(*want));
	for (d = 0; d < DIRS; d++) {
		want[d].is_there = count_tracks(dir_name(d), 0) > 0;
		n += want[d].is_there != 0;
		snprintf(path, sizeof(path), "%s/descr.txt", dir_name(d));
		if ((f = fopen(path, "re")) == NULL)
			continue;
		if (fgets(want[d].description, sizeof(want[d].description),
		    f) != NULL)
			want[d].description[strcspn(want[d].description,
			    "\n")] = '\0';
		fclose(f);
	}
	return n;
}

struct heard {
	uint32_t channels;
	struct entry is[DIRS];
};

static void
take_datagram(struct heard *h, const uint8_t *p, size_t n)
{
	struct plist_stamp stamp;
	struct plist_head head;
	struct plist_entry e;
	unsigned d;
	struct rd r;

	rd_init(&r, p, n);
	if (plist_open(&r, &stamp) == -1)
		return;
	if (stamp.kind == PLIST_KIND_HEAD) {
		if (plist_get_head(&r, &head) == 0)
			h->channels = head.channels;
		return;
	}
	while (plist_get_entry(&r, &e) == 1) {
		if (sscanf(e.name, "edit-%2u", &d) != 1 || d >= DIRS)
			continue;
		h->is[d].is_there = 1;
		memcpy(h->is[d].description, e.description,
		    sizeof(e.description));
	}
}

static int
is_followed(const struct heard *h, const struct entry *want, unsigned n)
{
	unsigned d;

	if (h->channels != kept + n)
		return 0;
	for (d = 0; d < DIRS; d++)
		if (want[d].is_there && (!h->is[d].is_there ||
		    strcmp(h->is[d].description, want[d].description) != 0))
			return 0;
	return 1;
}

/* Take what comes until that moment. */
static void
listen_until(int s, struct heard *h, int64_t until_ns)
{
	struct pollfd p = { .fd = s, .events = POLLIN };
	int64_t left = until_ns - clock_mono_ns();
	struct udp_info info;
	uint8_t buf[2048];
	ssize_t n;

	if (poll(&p, 1, left > 0 ? (int)(left / NS_PER_MS) + 1 : 0) < 1)
		return;
	while ((n = udp_recv(s, buf, sizeof(buf), &info)) > 0)
		take_datagram(h, buf, (size_t)n);
}

static void
complain(const struct heard *h, const struct entry *want, unsigned n)
{
	unsigned d;

	printf("list: %u channels, wanted %u\n", h->channels,
	    (unsigned)kept + n);
	for (d = 0; d < DIRS; d++)
		if (want[d].is_there || h->is[d].is_there)
			printf("edit-%02u: wanted %d \"%s\", heard %d "
			    "\"%s\"\n", d, want[d].is_there,
			    want[d].description, h->is[d].is_there,
			    h->is[d].description);
}

/* How long the list takes to follow; -1: it does not. */
static int64_t
follow(int s, struct heard *h)
{
	int64_t begin = clock_mono_ns(), now = begin;
	struct entry want[DIRS];
	unsigned n = read_disk(want), d;

	/* What is to go must be heard again to count as there. */
	for (d = 0; d < DIRS; d++)
		if (!want[d].is_there)
			h->is[d].is_there = 0;
	while (!is_followed(h, want, n)) {
		if (now - begin > LIMIT_S * NS_PER_S) {
			complain(h, want, n);
			return -1;
		}
		listen_until(s, h, now + NS_PER_S);
		now = clock_mono_ns();
	}
	return now - begin;
}

static int
by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int
open_list(const char *iface)
{
	struct addr group;
	int s;

	if (addr_parse(&group, PORTS_GROUP_DEFAULT, PORTS_LIST) == -1 ||
	    (s = udp_receiver(&group, 1 << 20)) == -1 ||
	    udp_join(s, &group, if_nametoindex(iface), NULL) == -1)
		err(EX_OSERR, "listening to the list");
	return s;
}

static void
read_template(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);

	if (fd == -1 || fstat(fd, &st) == -1 || st.st_size < 4000)
		err(EX_NOINPUT, "%s", path);
	data_len = (size_t)st.st_size;
	data = xmalloc(data_len);
	if (read(fd, data, data_len) != st.st_size)
		err(EX_IOERR, "%s", path);
	close(fd);
}

static int64_t
number(const char *text, int64_t max)
{
	char why[80];
	int64_t n;

	if (num_parse(text, 0, max, &n, why, sizeof(why)) == -1)
		errx(EX_USAGE, "%s: expected %s", text, why);
	return n;
}

int
main(int argc, char **argv)
{
	int64_t count = 100, i, took, pid = 0, *times;
	size_t seen = 0, over = 0;
	const char *iface = "lo";
	struct heard h;
	int s, option;

	state = 1;
	while ((option = getopt(argc, argv, "i:s:n:k:p:")) != -1)
		switch (option) {
		case 'i':
			iface = optarg;
			break;
		case 's':
			state = (uint64_t)number(optarg, INT64_MAX) | 1;
			break;
		case 'n':
			count = number(optarg, 1000000);
			break;
		case 'k':
			kept = number(optarg, 16383);
			break;
		case 'p':
			pid = number(optarg, INT_MAX);
			break;
		default:
			return EX_USAGE;
		}
	if (argc - optind != 2)
		errx(EX_USAGE, "usage: edits [-s SEED] [-n COUNT] [-k KEPT] "
		    "[-p PID] [-i IFACE] ROOT TEMPLATE.mp3");
	root = argv[optind];
	read_template(argv[optind + 1]);
	times = xcalloc((size_t)count + 1, sizeof(*times));
	memset(&h, 0, sizeof(h));
	s = open_list(iface);
	for (i = 1; i <= count; i++) {
		edit();
		if ((took = follow(s, &h)) == -1)
			errx(EXIT_FAILURE, "edit %d: the list does not follow",
			    (int)i);
		if (took > 0)
			times[seen++] = took;
		over += took > PROMISE_NS;
		if (took == 0)
			listen_until(s, &h, clock_mono_ns() +
			    below(100) * NS_PER_MS);
		if (i % 50 == 0 && pid > 0) {
			pause_ns(PROMISE_NS);
			kill((pid_t)pid, SIGHUP);
			pause_ns(NS_PER_S);
		}
	}
	qsort(times, seen, sizeof(*times), by_value);
	printf("edits=%d seen=%zu median_ms=%d most_ms=%d over_2s=%zu\n",
	    (int)count, seen, (int)(times[seen / 2] / NS_PER_MS),
	    seen > 0 ? (int)(times[seen - 1] / NS_PER_MS) : 0, over);
	free(times);
	free(data);
	return 0;
}
