/* SPDX-License-Identifier: ISC */
/*
 * zap: from a player's start until its first sample, again and again.
 *
 *	zap [-n TIMES] [-x SECONDS] [-v] COMMAND [ARGUMENT...]
 *	zap -s
 *
 * Starts the command, waits until the first byte comes out of its standard
 * output, ends it; prints median, least, 90th percentile and most in ms, and
 * how often nothing came within -x seconds.  Starts are spread over the time
 * of a packet.
 *
 * -s is a stand-in for a decoder: it reads MPEG audio from standard input and
 * writes one byte as soon as a decoder could put out a sample, which is when
 * it has a whole frame and the header of the next.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "wire/mpa.h"

#define TIMES_MAX	10000
#define PHASE_NS	(37 * NS_PER_MS)	/* no divisor of a packet */
#define PATIENCE_NS	(1 * NS_PER_S)		/* from TERM to KILL */

static int64_t times = 20, patience_s = 10;
static int verbose;

static int
read_whole(uint8_t *p, size_t n)
{
	ssize_t got;

	for (; n > 0; p += got, n -= (size_t)got) {
		got = read(STDIN_FILENO, p, n);
		if (got == -1 && errno == EINTR)
			got = 0;
		else if (got <= 0)
			return -1;
	}
	return 0;
}

/* Swallow what comes, until the end of input. */
static void
stand_in(void)
{
	uint8_t head[2 * MPA_HEADER_SIZE], buf[4096];
	struct mpa m;
	size_t rest;

	if (read_whole(head, MPA_HEADER_SIZE) == -1)
		return;
	while (mpa_decode(&m, head) == -1 || m.length == 0) {
		memmove(head, head + 1, MPA_HEADER_SIZE - 1);
		if (read_whole(head + MPA_HEADER_SIZE - 1, 1) == -1)
			return;
	}
	rest = m.length;	/* less this header, and the next one's */
	if (rest > sizeof(buf) || read_whole(buf, rest) == -1)
		return;
	if (write(STDOUT_FILENO, "", 1) == -1)
		err(EX_IOERR, "stdout");
	while (read_whole(buf, 1) == 0)
		;
}

static pid_t
start(char **argv, int out)
{
	pid_t pid = fork();
	int null;

	if (pid == -1)
		err(EX_OSERR, "fork");
	if (pid != 0)
		return pid;
	setpgid(0, 0);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (dup2(null, STDIN_FILENO) == -1 || dup2(out, STDOUT_FILENO) == -1 ||
	    (!verbose && dup2(null, STDERR_FILENO) == -1))
		_exit(EX_OSERR);
	execvp(argv[0], argv);
	warn("%s", argv[0]);
	_exit(EX_UNAVAILABLE);
}

/* End it and what it started. */
static void
finish(pid_t pid)
{
	int64_t deadline = clock_mono_ns() + PATIENCE_NS;
	struct timespec tick = { .tv_nsec = 2 * NS_PER_MS };

	kill(-pid, SIGTERM);
	kill(pid, SIGTERM);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		if (clock_mono_ns() > deadline)
			kill(-pid, SIGKILL);
		nanosleep(&tick, NULL);
	}
	kill(-pid, SIGKILL);
}

/* ns until the first byte; -1: none came. */
static int64_t
once(char **argv)
{
	struct pollfd pfd = { .events = POLLIN };
	int64_t begun, end, took = -1;
	int out[2];
	char byte;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) == -1)
		err(EX_OSERR, "pipe");
	begun = clock_mono_ns();
	end = begun + patience_s * NS_PER_S;
	pid = start(argv, out[1]);
	close(out[1]);
	pfd.fd = out[0];
	while (poll(&pfd, 1, (int)((end - clock_mono_ns()) / NS_PER_MS)) ==
	    -1 && errno == EINTR)
		;
	if ((pfd.revents & POLLIN) != 0 && read(out[0], &byte, 1) == 1)
		took = clock_mono_ns() - begun;
	finish(pid);
	close(out[0]);
	return took;
}

static int
compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int
measure(char **argv)
{
	int64_t *took = xcalloc((size_t)times, sizeof(*took)), ns;
	struct timespec phase = { .tv_nsec = PHASE_NS };
	size_t n = 0;
	int64_t i;

	for (i = 0; i < times; i++) {
		if ((ns = once(argv)) != -1)
			took[n++] = ns;
		nanosleep(&phase, NULL);
	}
	qsort(took, n, sizeof(*took), compare);
	if (n > 0)
		printf("%.1f %.1f %.1f %.1f %lld\n",
		    (double)took[n / 2] / 1e6, (double)took[0] / 1e6,
		    (double)took[n - 1 - n / 10] / 1e6,
		    (double)took[n - 1] / 1e6, (long long)times - (long long)n);
	else
		printf("- - - - %lld\n", (long long)times);
	free(took);
	return n > 0 ? 0 : EX_UNAVAILABLE;
}

static _Noreturn void
usage(void)
{
	fputs("usage: zap [-n TIMES] [-x SECONDS] [-v] COMMAND "
	    "[ARGUMENT...]\n       zap -s\n", stderr);
	exit(EX_USAGE);
}

static int64_t
number(int opt, int64_t max)
{
	char why[80];
	int64_t n;

	if (num_parse(optarg, 1, max, &n, why, sizeof(why)) == -1)
		errx(EX_USAGE, "-%c %s: not %s", opt, optarg, why);
	return n;
}

int
main(int argc, char **argv)
{
	int c;

	/* "+": what follows the command belongs to it. */
	while ((c = getopt(argc, argv, "+n:x:vs")) != -1)
		switch (c) {
		case 'n':
			times = number(c, TIMES_MAX);
			break;
		case 'x':
			patience_s = number(c, 3600);
			break;
		case 'v':
			verbose = 1;
			break;
		case 's':
			stand_in();
			return 0;
		default:
			usage();
		}
	if (optind == argc)
		usage();
	return measure(argv + optind);
}
