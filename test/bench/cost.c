/* SPDX-License-Identifier: ISC */
/*
 * cost: what processes have taken so far, all together, on one line:
 *
 *	cost PID...
 *	MONOTONIC-NS CPU-NS PSS-KIB THREADS
 *
 * CPU time is the process clock (user and system, in nanoseconds; the ticks
 * of /proc/PID/stat are too coarse for a few channels).  What a process sends
 * through a veth pair is received in its own time: the figure holds the
 * reception of its packets, too, for each program that is compared.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/clock.h"
#include "base/num.h"

static int64_t
cpu_ns(pid_t pid)
{
	struct timespec ts;
	clockid_t clock;

	errno = clock_getcpuclockid(pid, &clock);
	if (errno != 0 || clock_gettime(clock, &ts) == -1)
		err(EX_NOINPUT, "process %d", (int)pid);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* The number after "KEY" in a file of /proc/PID; 0 if it is not there. */
static long
number_in(pid_t pid, const char *file, const char *key)
{
	char path[64], line[256];
	long n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	if ((f = fopen(path, "re")) == NULL)
		err(EX_NOINPUT, "%s", path);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			n = strtol(line + strlen(key), NULL, 10);
	fclose(f);
	return n;
}

int
main(int argc, char **argv)
{
	int64_t cpu = 0, pid, now = clock_mono_ns();
	long pss = 0, threads = 0;
	char why[80];
	int i;

	if (argc < 2)
		errx(EX_USAGE, "usage: cost PID...");
	for (i = 1; i < argc; i++) {
		if (num_parse(argv[i], 1, INT32_MAX, &pid, why,
		    sizeof(why)) == -1)
			errx(EX_USAGE, "%s: not %s", argv[i], why);
		cpu += cpu_ns((pid_t)pid);
	}
	for (i = 1; i < argc; i++) {
		pid = strtol(argv[i], NULL, 10);
		pss += number_in((pid_t)pid, "smaps_rollup", "Pss:");
		threads += number_in((pid_t)pid, "status", "Threads:");
	}
	printf("%" PRId64 " %" PRId64 " %ld %ld\n", now, cpu, pss, threads);
	return 0;
}
