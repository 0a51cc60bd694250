/* SPDX-License-Identifier: ISC */
/*
 * mpaframes: the MPEG audio frames of files one after the other on stdout,
 * without tags and info frames: what a channel that plays these files sends.
 *
 * It is the yardstick in the demo, so it shares only the header's arithmetic
 * with the server, not its reader.  It takes well-made files: a frame counts
 * if another header follows it, or the end of the file or a tag does.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "os/file.h"
#include "wire/mpa.h"

struct output {
	int64_t limit;		/* flicks; stop when so much is written */
	int64_t written;	/* flicks */
};

static size_t
id3v2_size(const uint8_t *p, size_t left)
{
	size_t size;

	if (left < 10 || memcmp(p, "ID3", 3) != 0)
		return 0;
	size = ((size_t)(p[6] & 127) << 21 | (size_t)(p[7] & 127) << 14 |
	    (size_t)(p[8] & 127) << 7 | (size_t)(p[9] & 127)) + 10;
	if (p[5] & 0x10)	/* a footer */
		size += 10;
	return size < left ? size : left;
}

static int
is_followed(const struct mpa *m, const uint8_t *next, size_t left)
{
	struct mpa n;

	if (left == 0)
		return 1;
	if (left >= 8 && (memcmp(next, "TAG", 3) == 0 ||
	    memcmp(next, "ID3", 3) == 0 || memcmp(next, "APETAGEX", 8) == 0))
		return 1;
	return left >= MPA_HEADER_SIZE && mpa_decode(&n, next) == 0 &&
	    mpa_is_alike(m, &n);
}

/* Write the frames of one file. 0, or -1 when the limit is reached. */
static int
write_frames(const uint8_t *p, size_t size, struct output *out)
{
	size_t at = 0, skip;
	struct mpa m;

	while (size - at >= MPA_HEADER_SIZE) {
		skip = id3v2_size(p + at, size - at);
		if (skip > 0) {
			at += skip;
			continue;
		}
		if (mpa_decode(&m, p + at) == -1 || m.length == 0 ||
		    m.length > size - at || !is_followed(&m,
		    p + at + m.length, size - at - m.length)) {
			at++;
			continue;
		}
		if (!mpa_is_info(&m, p + at, m.length)) {
			if (out->written >= out->limit)
				return -1;
			if (fwrite(p + at, m.length, 1, stdout) != 1)
				err(EX_IOERR, "stdout");
			out->written += flick_of_samples(m.samples, m.rate);
		}
		at += m.length;
	}
	return 0;
}

static int
do_file(const char *path, struct output *out)
{
	struct stat st;
	uint8_t *data;
	ssize_t n;
	int fd, ret;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1)
		err(EX_NOINPUT, "%s", path);
	data = xmalloc((size_t)st.st_size + 1);
	n = file_read_at(fd, data, (size_t)st.st_size, 0);
	if (n == -1)
		err(EX_IOERR, "%s", path);
	close(fd);
	ret = write_frames(data, (size_t)n, out);
	free(data);
	return ret;
}

static void
usage(void)
{
	fputs("usage: mpaframes [-t SECONDS] FILE...\n"
	    "With -t the files are repeated, or cut, to that play time.\n",
	    stderr);
	exit(EX_USAGE);
}

int
main(int argc, char **argv)
{
	struct output out = { INT64_MAX, 0 };
	int64_t seconds, before;
	char why[80];
	int c, i, is_full = 0;

	while ((c = getopt(argc, argv, "t:")) != -1) {
		if (c != 't')
			usage();
		if (num_parse(optarg, 1, 86400, &seconds, why, sizeof(why)))
			errx(EX_USAGE, "-t %s: not %s", optarg, why);
		out.limit = seconds * FLICK_HZ;
	}
	if (optind == argc)
		usage();
	do {
		before = out.written;
		for (i = optind; i < argc && !is_full; i++)
			is_full = do_file(argv[i], &out) == -1;
	} while (out.limit != INT64_MAX && !is_full && out.written > before);
	if (fflush(stdout) == EOF)
		err(EX_IOERR, "stdout");
	if (out.written == 0)
		errx(EX_DATAERR, "no MPEG audio frames in these files");
	return 0;
}
