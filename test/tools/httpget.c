/* SPDX-License-Identifier: ISC */
/*
 * httpget: asks a server over HTTP, one request after the other over one
 * connection, and shows what it says.
 *
 *	httpget [-I] [-p] [-H LINE]... [-o FILE] [-t SECONDS] HOST:PORT PATH...
 *	httpget -R [-t SECONDS] HOST:PORT <REQUEST
 *
 *	-I	HEAD
 *	-p	send all requests before the first answer is read
 *	-H	a line of each request's head
 *	-o	what the bodies are put into, one behind the other
 *	-t	read for so long at most (10), a body without an end above all
 *	-R	send what comes in as it is, and show what comes back
 *
 * Heads go to stdout.  Exit status: 0 if all answers came whole, or were cut by
 * the time; 1 if not.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "os/addr.h"

#define LINES_MAX	16
#define IN_MAX		65536

static int is_head, is_pipelined;
static const char *lines[LINES_MAX];
static unsigned nlines;
static FILE *out;
static int64_t until_ns;
static int fd;
static char in[IN_MAX + 1];
static size_t have;

static void
dial(char *where)
{
	char *colon = strrchr(where, ':');
	struct addr a;

	if (colon == NULL)
		errx(64, "%s: no HOST:PORT", where);
	*colon = '\0';
	if (addr_parse(&a, where, (uint16_t)strtol(colon + 1, NULL, 10)) == -1)
		errx(64, "%s: no address", where);
	fd = socket(a.u.sa.sa_family, SOCK_STREAM, 0);
	if (fd == -1 || connect(fd, &a.u.sa, a.len) == -1)
		err(1, "connect");
}

static void
say(const char *data, size_t n)
{
	if (send(fd, data, n, MSG_NOSIGNAL) != (ssize_t)n)
		warn("send");
}

static void
ask(const char *path)
{
	char head[8192];
	unsigned i;
	int n;

	n = snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\nHost: radio\r\n",
	    is_head ? "HEAD" : "GET", path);
	for (i = 0; i < nlines; i++)
		n += snprintf(head + n, sizeof(head) - (size_t)n, "%s\r\n",
		    lines[i]);
	n += snprintf(head + n, sizeof(head) - (size_t)n, "\r\n");
	say(head, (size_t)n);
}

/* More of what comes: 1; 0: the end, or the time is over (-1). */
static int
more(void)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t left = (until_ns - clock_mono_ns()) / NS_PER_MS;
	ssize_t n;

	if (left <= 0 || poll(&p, 1, (int)left) <= 0)
		return -1;
	n = recv(fd, in + have, IN_MAX - have, 0);
	if (n <= 0)
		return 0;
	have += (size_t)n;
	return 1;
}

static void
drop(size_t n)
{
	have -= n;
	memmove(in, in + n, have);
}

/* The length that a head tells; -1: it does not. */
static long long
length_of(const char *head)
{
	const char *line = head;

	while ((line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, "Content-Length:", 15) == 0)
			return strtoll(line + 15, NULL, 10);
	}
	return -1;
}

/* One answer: 0; -1: it is not whole. */
static int
answer(void)
{
	long long left;
	char *end;
	size_t n;
	int ret;

	for (;;) {
		in[have] = '\0';
		if ((end = strstr(in, "\r\n\r\n")) != NULL)
			break;
		if (have == IN_MAX || more() != 1)
			return -1;
	}
	end[2] = '\0';
	left = length_of(in);
	if (is_head || strncmp(in + 9, "304", 3) == 0)
		left = 0;
	fputs(in, stdout);
	fputs("\n", stdout);
	fflush(stdout);
	drop((size_t)(end + 4 - in));
	while (left != 0) {
		if (have == 0) {
			if ((ret = more()) == 1)
				continue;
			/* Without a length the end is an end. */
			return left < 0 || ret == -1 ? 0 : -1;
		}
		n = left > 0 && (long long)have > left ? (size_t)left : have;
		if (out != NULL)
			fwrite(in, 1, n, out);
		drop(n);
		left -= left > 0 ? (long long)n : 0;
	}
	return 0;
}

static int
raw(void)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(0, buf, sizeof(buf))) > 0)
		say(buf, (size_t)n);
	for (;;) {
		if (more() != 1)
			return 0;
		fwrite(in, 1, have, stdout);
		fflush(stdout);
		have = 0;
	}
}

int
main(int argc, char **argv)
{
	int opt, i, is_raw = 0, seconds = 10;

	while ((opt = getopt(argc, argv, "IpRH:o:t:")) != -1)
		switch (opt) {
		case 'I':
			is_head = 1;
			break;
		case 'p':
			is_pipelined = 1;
			break;
		case 'R':
			is_raw = 1;
			break;
		case 'H':
			if (nlines == LINES_MAX)
				errx(64, "too many lines");
			lines[nlines++] = optarg;
			break;
		case 'o':
			if ((out = fopen(optarg, "w")) == NULL)
				err(1, "%s", optarg);
			setvbuf(out, NULL, _IONBF, 0);
			break;
		case 't':
			seconds = (int)strtol(optarg, NULL, 10);
			break;
		default:
			return 64;
		}
	if (optind >= argc)
		errx(64, "usage: httpget ... HOST:PORT PATH...");
	until_ns = clock_mono_ns() + seconds * NS_PER_S;
	dial(argv[optind++]);
	if (is_raw)
		return raw();
	for (i = optind; is_pipelined && i < argc; i++)
		ask(argv[i]);
	for (i = optind; i < argc; i++) {
		if (!is_pipelined)
			ask(argv[i]);
		if (answer() == -1)
			return 1;
	}
	return 0;
}
