/* SPDX-License-Identifier: ISC */
/*
 * pcmlevel: a level meter on a WAV file of 16-bit samples that is still being
 * written.  On a terminal one line that moves, otherwise a line each second.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"
#include "os/file.h"

#define WAV_HEADER	44
#define TURN_NS		(100 * NS_PER_MS)
#define BAR		24	/* characters */
#define FLOOR_DB	(-48.0)

struct meter {
	int fd;
	int64_t offset;		/* what has been read of the file */
	unsigned channels;	/* 1 or 2; 0: header not there yet */
	double peak[2];		/* of the shown time, 0 to 1 */
	unsigned long samples;	/* in the shown time */
};

/* The file may not be there yet: its writer is just starting. */
static int
meter_ready(struct meter *m, const char *path)
{
	uint8_t h[WAV_HEADER];

	if (m->fd == -1)
		m->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (m->fd == -1 && errno != ENOENT)
		err(EX_NOINPUT, "%s", path);
	if (m->fd == -1 || file_read_at(m->fd, h, sizeof(h), 0) !=
	    (ssize_t)sizeof(h))
		return 0;
	if (memcmp(h, "RIFF", 4) != 0 || h[22] < 1 || h[22] > 2 || h[34] != 16)
		errx(EX_DATAERR, "%s: no WAV file of 16-bit samples", path);
	m->channels = h[22];
	m->offset = WAV_HEADER;
	return 1;
}

static void
meter_read(struct meter *m)
{
	uint8_t buf[8192];
	ssize_t n;
	size_t i, block = 2 * (size_t)m->channels;
	double s;

	while ((n = file_read_at(m->fd, buf, sizeof(buf), m->offset)) > 0) {
		n -= n % (ssize_t)block;
		if (n == 0)
			break;
		m->offset += n;
		m->samples += (size_t)n / block;
		for (i = 0; i < (size_t)n; i += 2) {
			s = fabs((int16_t)(buf[i] | buf[i + 1] << 8) / 32768.0);
			if (s > m->peak[i / 2 % m->channels])
				m->peak[i / 2 % m->channels] = s;
		}
	}
}

static void
print_bar(double peak)
{
	double db = peak > 0 ? 20 * log10(peak) : -INFINITY;
	int n = db > FLOOR_DB ? (int)lrint((1 - db / FLOOR_DB) * BAR) : 0;
	int i;

	putchar(' ');
	for (i = 0; i < BAR; i++)
		putchar(i < n ? '#' : '-');
	if (db < -99)
		fputs("  quiet  ", stdout);
	else
		printf(" %5.1f dB", db);
}

static void
meter_show(struct meter *m, double seconds, int tty)
{
	unsigned c;

	printf("%s  %4.1f s", tty ? "\r" : "", seconds);
	for (c = 0; c < m->channels; c++)
		print_bar(m->peak[c]);
	fputs(tty ? "" : "\n", stdout);
	fflush(stdout);
	m->peak[0] = m->peak[1] = 0;
	m->samples = 0;
}

int
main(int argc, char **argv)
{
	struct meter m = { .fd = -1 };
	int64_t seconds, start, next;
	struct timespec ts;
	char why[80];
	int tty = isatty(STDOUT_FILENO);
	unsigned turn;

	if (argc != 3) {
		fputs("usage: pcmlevel FILE.wav SECONDS\n", stderr);
		return EX_USAGE;
	}
	if (num_parse(argv[2], 1, 86400, &seconds, why, sizeof(why)) == -1)
		errx(EX_USAGE, "%s: not %s", argv[2], why);
	start = next = clock_mono_ns();
	for (turn = 1; next < start + seconds * NS_PER_S; turn++) {
		next += TURN_NS;
		ts.tv_sec = next / NS_PER_S;
		ts.tv_nsec = next % NS_PER_S;
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts,
		    NULL) == EINTR)
			;
		if (m.channels == 0 && !meter_ready(&m, argv[1]))
			continue;
		meter_read(&m);
		if (tty || turn % 10 == 0)
			meter_show(&m, (double)(next - start) / 1e9, tty);
	}
	if (tty)
		putchar('\n');
	if (m.channels == 0)
		errx(EX_NOINPUT, "%s: nothing was written", argv[1]);
	return 0;
}
