/* SPDX-License-Identifier: ISC */
/*
 * trickle: writes a file into a pipe at so many bytes a second, as a source of
 * live sound does; 100 times a second what is due by then.
 *
 *	trickle [-l] [-w SECONDS] RATE FILE PIPE
 *
 * -l: round and round; -w: and then so long nothing, with the pipe held open.
 * Ends with 0 when all was written, by SIGPIPE when nobody reads any more.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"
#include "os/file.h"

#define STEP_NS		(10 * NS_PER_MS)

static void
usage(void)
{
	fputs("usage: trickle [-l] [-w SECONDS] RATE FILE PIPE\n", stderr);
	exit(EX_USAGE);
}

static int64_t
number(const char *text, int64_t min, int64_t max)
{
	char why[80];
	int64_t n;

	if (num_parse(text, min, max, &n, why, sizeof(why)) == -1)
		errx(EX_USAGE, "%s: expected %s", text, why);
	return n;
}

static void
sleep_until(int64_t ns)
{
	struct timespec t = { (time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0)
		;
}

/* The next n bytes of the file; fewer at its end, which with again is none. */
static size_t
take(FILE *f, uint8_t *buf, size_t n, int again)
{
	size_t got = fread(buf, 1, n, f);

	if (got == 0 && again) {
		rewind(f);
		got = fread(buf, 1, n, f);
	}
	return got;
}

int
main(int argc, char **argv)
{
	static uint8_t buf[1 << 20];
	int64_t rate, start, now, sent = 0, due, wait = 0;
	int c, again = 0, fd;
	size_t n;
	FILE *f;

	while ((c = getopt(argc, argv, "lw:")) != -1)
		if (c == 'l')
			again = 1;
		else if (c == 'w')
			wait = number(optarg, 0, 3600);
		else
			usage();
	if (argc - optind != 3)
		usage();
	rate = number(argv[optind], 1, 100000000);
	if ((f = fopen(argv[optind + 1], "rb")) == NULL)
		err(EX_NOINPUT, "%s", argv[optind + 1]);
	if ((fd = open(argv[optind + 2], O_WRONLY | O_CLOEXEC)) == -1)
		err(EX_CANTCREAT, "%s", argv[optind + 2]);
	for (start = now = clock_mono_ns(); ; now += STEP_NS) {
		sleep_until(now);
		due = (int64_t)((double)(now - start + STEP_NS) / NS_PER_S *
		    (double)rate) - sent;
		if (due <= 0)
			continue;
		n = (size_t)due < sizeof(buf) ? (size_t)due : sizeof(buf);
		if ((n = take(f, buf, n, again)) == 0)
			break;
		if (file_write(fd, buf, n) == -1)
			err(EX_IOERR, "%s", argv[optind + 2]);
		sent += (int64_t)n;
	}
	sleep_until(clock_mono_ns() + wait * NS_PER_S);
	return 0;
}
