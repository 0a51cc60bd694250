/* SPDX-License-Identifier: ISC */
/*
 * httpload: many who listen over HTTP at once.
 *
 *	httpload [-n LISTENERS] [-r BYTES] [-t SECONDS] HOST:PORT PATH
 *
 *	-n	how many (100)
 *	-r	bytes that each reads a second (0: none; by default all)
 *	-t	for so long (10), once all are connected
 *
 * "ready" when all are connected; at the end a line
 *	listeners=N ended=N least=BYTES most=BYTES bytes=BYTES
 * of which ended are those that the server has left.  Exit status 0 unless not
 * all could connect.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "os/addr.h"
#include "os/loop.h"

#define STEP_NS	(200 * NS_PER_MS)

struct listener {
	int fd;
	int is_over;
	unsigned long long bytes;
};

static struct listener *all;
static unsigned n = 100;
static long rate = -1;

static struct addr
where(char *text)
{
	char *colon = strrchr(text, ':');
	struct addr a;

	if (colon == NULL)
		errx(64, "%s: no HOST:PORT", text);
	*colon = '\0';
	if (addr_parse(&a, text, (uint16_t)strtol(colon + 1, NULL, 10)) == -1)
		errx(64, "%s: no address", text);
	return a;
}

static void
join(struct listener *l, const struct addr *to, const char *path)
{
	int room = 4096;
	char head[512];
	int len;

	l->fd = socket(to->u.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd == -1)
		err(1, "socket");
	/* Who does not read must not hide behind the kernel's buffer. */
	if (rate >= 0)
		setsockopt(l->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (connect(l->fd, &to->u.sa, to->len) == -1)
		err(1, "connect");
	len = snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\nHost: radio"
	    "\r\n\r\n", path);
	if (send(l->fd, head, (size_t)len, MSG_NOSIGNAL) != len)
		err(1, "send");
}

/* Read as much as it may, at most. */
static void
take(struct listener *l, size_t most)
{
	static char buf[65536];
	ssize_t got;

	while (!l->is_over && most > 0) {
		got = recv(l->fd, buf, most < sizeof(buf) ? most :
		    sizeof(buf), MSG_DONTWAIT);
		if (got == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (got <= 0) {
			l->is_over = 1;
			close(l->fd);
			return;
		}
		l->bytes += (unsigned long long)got;
		most -= (size_t)got;
	}
}

static void
listen_to_all(int64_t until_ns)
{
	uint32_t tag[LOOP_MAX];
	struct loop loop;
	unsigned i;
	int k, got;

	if (loop_init(&loop) == -1)
		err(1, "epoll");
	for (i = 0; i < n; i++)
		if (loop_add(&loop, all[i].fd, i) == -1)
			err(1, "epoll");
	while (clock_mono_ns() < until_ns) {
		got = loop_wait(&loop, until_ns, tag);
		for (k = 0; k < got; k++)
			take(&all[tag[k]], SIZE_MAX);
	}
	loop_done(&loop);
}

static void
dawdle(int64_t until_ns)
{
	struct timespec nap = { .tv_nsec = STEP_NS };
	int64_t begin = clock_mono_ns(), passed;
	unsigned long long may;
	unsigned i;

	while (clock_mono_ns() < until_ns) {
		nanosleep(&nap, NULL);
		passed = (clock_mono_ns() - begin) / NS_PER_MS;
		may = (unsigned long long)(passed * rate / 1000);
		for (i = 0; i < n; i++)
			if (may > all[i].bytes)
				take(&all[i], may - all[i].bytes);
	}
}

static void
report(void)
{
	unsigned long long least = ~0ULL, most = 0, sum = 0;
	unsigned i, over = 0;

	for (i = 0; i < n; i++) {
		over += (unsigned)all[i].is_over;
		sum += all[i].bytes;
		least = all[i].bytes < least ? all[i].bytes : least;
		most = all[i].bytes > most ? all[i].bytes : most;
	}
	printf("listeners=%u ended=%u least=%llu most=%llu bytes=%llu\n", n,
	    over, least, most, sum);
}

int
main(int argc, char **argv)
{
	struct rlimit files = { 0, 0 };
	struct timespec breath = { .tv_nsec = 3 * NS_PER_MS };
	int opt, seconds = 10;
	struct addr to;
	unsigned i;

	while ((opt = getopt(argc, argv, "n:r:t:")) != -1)
		switch (opt) {
		case 'n':
			n = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'r':
			rate = strtol(optarg, NULL, 10);
			break;
		case 't':
			seconds = (int)strtol(optarg, NULL, 10);
			break;
		default:
			return 64;
		}
	if (argc - optind != 2 || n == 0)
		errx(64, "usage: httpload [-n LISTENERS] [-r BYTES] "
		    "[-t SECONDS] HOST:PORT PATH");
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	to = where(argv[optind]);
	if ((all = calloc(n, sizeof(*all))) == NULL)
		err(1, "memory");
	for (i = 0; i < n; i++) {
		join(&all[i], &to, argv[optind + 1]);
		/* Not every server takes them as fast as they come. */
		nanosleep(&breath, NULL);
	}
	puts("ready");
	fflush(stdout);
	if (rate < 0)
		listen_to_all(clock_mono_ns() + seconds * NS_PER_S);
	else
		dawdle(clock_mono_ns() + seconds * NS_PER_S);
	report();
	return 0;
}
