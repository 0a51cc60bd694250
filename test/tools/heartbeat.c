/* SPDX-License-Identifier: ISC */
/*
 * heartbeat: wakes up every 10 ms and notes by how much it was late at worst:
 * what a busy machine did to everything that ran beside it.  Milliseconds, in
 * FILE, rewritten whenever there is a new worst.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define BEAT_NS		(10 * NS_PER_MS)

static void
note(int fd, long ms)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%ld\n", ms);

	if (pwrite(fd, text, (size_t)n, 0) != n)
		err(EX_IOERR, "writing");
}

int
main(int argc, char **argv)
{
	int64_t next = clock_mono_ns(), late, worst = 0;
	struct timespec ts;
	int fd;

	if (argc != 2)
		errx(EX_USAGE, "usage: heartbeat FILE");
	fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd == -1)
		err(EX_CANTCREAT, "%s", argv[1]);
	note(fd, 0);
	for (;;) {
		next += BEAT_NS;
		ts.tv_sec = next / NS_PER_S;
		ts.tv_nsec = next % NS_PER_S;
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts,
		    NULL) == EINTR)
			;
		late = clock_mono_ns() - next;
		if (late > worst) {
			worst = late;
			note(fd, (long)(worst / NS_PER_MS));
		}
		next += late;	/* what is late once is counted once */
	}
}
