/* SPDX-License-Identifier: ISC */
/*
 * zap: from a player's start until its first sample, again and again.
 *
 *	zap [-n TIMES] [-x SECONDS] [-v] COMMAND [ARGUMENT...]
 *	zap -s
 *
 * Starts the command, waits until the first byte comes out of its standard
 * output, and until one comes that is not zero, which is sound; ends it.
 * Prints median, least, 90th percentile and most until the first byte, in ms,
 * how often none came within -x seconds, and the median until there was sound.
 * Starts are spread over the time of a packet.
 *
 * -s is a stand-in for a decoder: it reads MPEG audio from standard input and
 * writes one byte as soon as a decoder could put out a sample, which is when
 * it has a whole frame and the header of the next: zero while frames are
 * silent, then a one.
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
#define PHASE_NS	(37 * NS_PER_MS)	/* each start later by this, */
#define PHASES_NS	(101 * NS_PER_MS)	/* round and round */
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

/* The next frame's header, wherever it begins: 0; -1: the end. */
static int
next_header(uint8_t *head, struct mpa *m)
{
	while (mpa_decode(m, head) == -1 || m->length <= MPA_HEADER_SIZE) {
		memmove(head, head + 1, MPA_HEADER_SIZE - 1);
		if (read_whole(head + MPA_HEADER_SIZE - 1, 1) == -1)
			return -1;
	}
	return 0;
}

/* Say when there is a sample, and when it sounds; swallow the rest. */
static void
stand_in(void)
{
	uint8_t head[MPA_HEADER_SIZE], buf[MPA_FRAME_MAX];
	int sounds = 0, n = 0;
	struct mpa m;
	size_t rest, i;

	if (read_whole(head, sizeof(head)) == -1)
		return;
	while (!sounds && next_header(head, &m) == 0) {
		rest = m.length - sizeof(head);
		if (read_whole(buf, rest) == -1 ||
		    read_whole(head, sizeof(head)) == -1)
			return;
		/* Silence has no side information. */
		for (i = 2; i < mpa_side_size(&m); i++)
			sounds |= buf[i] != 0;
		if ((n++ == 0 || sounds) &&
		    write(STDOUT_FILENO, sounds ? "\1" : "", 1) == -1)
			err(EX_IOERR, "stdout");
	}
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

/* Whether a byte that is not zero has come by that time. */
static int
await_sound(int fd, int64_t end)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint8_t room[4096];
	ssize_t n, i;

	while (end > clock_mono_ns()) {
		if (poll(&pfd, 1, (int)((end - clock_mono_ns()) /
		    NS_PER_MS)) < 1)
			continue;
		if ((n = read(fd, room, sizeof(room))) <= 0)
			return 0;
		for (i = 0; i < n; i++)
			if (room[i] != 0)
				return 1;
	}
	return 0;
}

/* ns until the first byte, and until there was sound; -1: none came. */
static int64_t
once(char **argv, int64_t *sound)
{
	struct pollfd pfd = { .events = POLLIN };
	int64_t begun, end, took = -1;
	int out[2];
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
	if ((pfd.revents & POLLIN) != 0)
		took = clock_mono_ns() - begun;
	*sound = took != -1 && await_sound(out[0], end) ?
	    clock_mono_ns() - begun : -1;
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
	int64_t *took = xcalloc((size_t)times, sizeof(*took));
	int64_t *sounds = xcalloc((size_t)times, sizeof(*sounds));
	struct timespec phase = { 0 };
	size_t n = 0, heard = 0;
	int64_t i, ns, sound;

	for (i = 0; i < times; i++) {
		phase.tv_nsec = i * PHASE_NS % PHASES_NS;
		nanosleep(&phase, NULL);
		if ((ns = once(argv, &sound)) != -1)
			took[n++] = ns;
		if (sound != -1)
			sounds[heard++] = sound;
	}
	qsort(took, n, sizeof(*took), compare);
	qsort(sounds, heard, sizeof(*sounds), compare);
	if (n > 0)
		printf("%.1f %.1f %.1f %.1f %lld ",
		    (double)took[n / 2] / 1e6, (double)took[0] / 1e6,
		    (double)took[n - 1 - n / 10] / 1e6,
		    (double)took[n - 1] / 1e6, (long long)times - (long long)n);
	else
		printf("- - - - %lld ", (long long)times);
	if (heard > 0)
		printf("%.1f\n", (double)sounds[heard / 2] / 1e6);
	else
		puts("-");
	free(took);
	free(sounds);
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
