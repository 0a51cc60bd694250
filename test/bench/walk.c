/* SPDX-License-Identifier: ISC */
/*
 * walk: what test/bench/library measures with.
 *
 *	walk make DIR SEED FILES CHANNELS	files of their own inodes,
 *						each with SEED's bytes
 *	walk read DIR THREADS			the first 4 KiB and the last
 *						128 bytes of every file below
 *	walk stat DIR THREADS			one stat of every file
 *	walk hear GROUP PORT SECONDS		wait for one datagram on lo
 *
 * The last three print the milliseconds that it took.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"

#define HEAD		4096
#define TAIL		128
#define THREADS_MAX	64

static int64_t
number(const char *text, int64_t max)
{
	char why[80];
	int64_t n;

	if (num_parse(text, 1, max, &n, why, sizeof(why)) == -1)
		errx(EX_USAGE, "%s: expected %s", text, why);
	return n;
}

static void
print_ms(int64_t begin_ns)
{
	printf("%.1f\n", (double)(clock_mono_ns() - begin_ns) / 1e6);
}

/* Not hard links: each file has an inode and bytes of its own. */
static void
copy(int at, const char *name, const char *data, size_t n)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd == -1 || write(fd, data, n) != (ssize_t)n || close(fd) == -1)
		err(EX_IOERR, "%s", name);
}

static void
make(const char *dir, const char *seed, int64_t files, int64_t channels)
{
	char name[64], *data;
	int64_t c, i, each = files / channels;
	struct stat st;
	int fd, top, at;

	if ((fd = open(seed, O_RDONLY)) == -1 || fstat(fd, &st) == -1)
		err(EX_NOINPUT, "%s", seed);
	data = xmalloc((size_t)st.st_size);
	if (read(fd, data, (size_t)st.st_size) != st.st_size)
		err(EX_IOERR, "%s", seed);
	close(fd);
	if ((top = open(dir, O_RDONLY | O_DIRECTORY)) == -1)
		err(EX_NOINPUT, "%s", dir);
	for (c = 1; c <= channels; c++) {
		snprintf(name, sizeof(name), "%d-channel", (int)c);
		if (mkdirat(top, name, 0755) == -1 ||
		    (at = openat(top, name, O_RDONLY | O_DIRECTORY)) == -1)
			err(EX_CANTCREAT, "%s/%s", dir, name);
		for (i = 1; i <= each; i++) {
			snprintf(name, sizeof(name), "%05d track.mp3", (int)i);
			copy(at, name, data, (size_t)st.st_size);
		}
		close(at);
	}
	close(top);
	free(data);
	sync();
}

struct walk {
	char **dirs;
	size_t n;
	_Atomic size_t next;
	int only_stat;
};

static void
look(int at, const char *name, int only_stat)
{
	char buf[HEAD];
	struct stat st;
	int fd;

	if (only_stat) {
		if (fstatat(at, name, &st, 0) == -1)
			err(EX_IOERR, "%s", name);
		return;
	}
	if ((fd = openat(at, name, O_RDONLY)) == -1 || fstat(fd, &st) == -1 ||
	    pread(fd, buf, HEAD, 0) == -1 ||
	    pread(fd, buf, TAIL, st.st_size > TAIL ? st.st_size - TAIL : 0) ==
	    -1)
		err(EX_IOERR, "%s", name);
	close(fd);
}

static void *
walk_main(void *arg)
{
	struct walk *w = arg;
	struct dirent *e;
	size_t i;
	DIR *d;

	while ((i = atomic_fetch_add(&w->next, 1)) < w->n) {
		if ((d = opendir(w->dirs[i])) == NULL)
			err(EX_IOERR, "%s", w->dirs[i]);
		while ((e = readdir(d)) != NULL)
			if (e->d_name[0] != '.')
				look(dirfd(d), e->d_name, w->only_stat);
		closedir(d);
	}
	return NULL;
}

static void
run(const char *root, int threads, int only_stat)
{
	pthread_t t[THREADS_MAX];
	int64_t begin = clock_mono_ns();
	struct walk w = { .only_stat = only_stat };
	char path[PATH_MAX];
	struct dirent *e;
	size_t cap = 0;
	DIR *d;
	int i;

	if ((d = opendir(root)) == NULL)
		err(EX_NOINPUT, "%s", root);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		if (mem_grow((void **)&w.dirs, &cap, w.n + 1,
		    sizeof(*w.dirs)) == -1)
			err(EX_OSERR, NULL);
		snprintf(path, sizeof(path), "%s/%s", root, e->d_name);
		w.dirs[w.n++] = xstrdup(path);
	}
	closedir(d);
	for (i = 0; i < threads; i++)
		if ((errno = pthread_create(&t[i], NULL, walk_main, &w)) != 0)
			err(EX_OSERR, "thread");
	for (i = 0; i < threads; i++)
		pthread_join(t[i], NULL);
	print_ms(begin);
	while (w.n > 0)
		free(w.dirs[--w.n]);
	free(w.dirs);
}

static void
hear(const char *group, int64_t port, int64_t seconds)
{
	int64_t begin = clock_mono_ns();
	struct timeval limit = { .tv_sec = (time_t)seconds };
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct ip_mreqn m = { .imr_ifindex = (int)if_nametoindex("lo") };
	int s = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
	char buf[2048];

	to.sin_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, group, &to.sin_addr) != 1)
		errx(EX_USAGE, "%s: no address", group);
	m.imr_multiaddr = to.sin_addr;
	if (s == -1 ||
	    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ==
	    -1 || bind(s, (struct sockaddr *)&to, sizeof(to)) == -1 ||
	    setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof(m)) == -1)
		err(EX_OSERR, "%s", group);
	if (recv(s, buf, sizeof(buf), 0) == -1)
		err(EX_UNAVAILABLE, "nothing heard");
	print_ms(begin);
	close(s);
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "make") == 0 && argc == 6)
		make(argv[2], argv[3], number(argv[4], 10000000),
		    number(argv[5], 16383));
	else if (strcmp(what, "read") == 0 && argc == 4)
		run(argv[2], (int)number(argv[3], THREADS_MAX), 0);
	else if (strcmp(what, "stat") == 0 && argc == 4)
		run(argv[2], (int)number(argv[3], THREADS_MAX), 1);
	else if (strcmp(what, "hear") == 0 && argc == 5)
		hear(argv[2], number(argv[3], 65535),
		    number(argv[4], 3600));
	else
		errx(EX_USAGE, "usage: walk make DIR SEED FILES CHANNELS | "
		    "read DIR THREADS | stat DIR THREADS | "
		    "hear GROUP PORT SECONDS");
	return 0;
}
