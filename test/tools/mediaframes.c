/* SPDX-License-Identifier: ISC */
/*
 * mediaframes: what the server's readers make of a file: its frames one after
 * the other on stdout, or with -l a line for each: bytes, samples, Hz.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "media.h"

int
main(int argc, char **argv)
{
	int is_list = argc == 3 && strcmp(argv[1], "-l") == 0, fd, r;
	const char *path = argv[argc - 1], *problem;
	struct media *m;
	struct frame f;

	if (argc != 2 + is_list) {
		fputs("usage: mediaframes [-l] FILE\n", stderr);
		return EX_USAGE;
	}
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		err(EX_NOINPUT, "%s", path);
	if ((m = media_open(fd, &problem)) == NULL)
		errx(EX_DATAERR, "%s: %s", path, problem);
	while ((r = media_next(m, &f)) == 1) {
		if (is_list)
			printf("%zu %u %u\n", f.len, (unsigned)f.samples,
			    (unsigned)f.rate);
		else if (fwrite(f.data, f.len, 1, stdout) != 1)
			err(EX_IOERR, "stdout");
	}
	if (r == -1)
		err(EX_IOERR, "%s", path);
	media_close(m);
	if (fflush(stdout) == EOF)
		err(EX_IOERR, "stdout");
	return 0;
}
