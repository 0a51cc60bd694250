/* SPDX-License-Identifier: ISC */
/*
 * contains FILE PART...: whether the whole of each PART stands in FILE, one
 * behind the other.  Prints where, and how much stands between; exit 0 if all
 * are there, 1 with the first that is not.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct bytes {
	uint8_t *p;		/* heap */
	size_t n;
};

static struct bytes
read_file(const char *path)
{
	struct bytes b = { NULL, 0 };
	FILE *f = fopen(path, "rb");
	size_t room = 0, n;

	if (f == NULL)
		err(EX_NOINPUT, "%s", path);
	do {
		if (b.n == room) {
			room = 2 * room + 65536;
			if ((b.p = realloc(b.p, room)) == NULL)
				err(EX_OSERR, NULL);
		}
		n = fread(b.p + b.n, 1, room - b.n, f);
		b.n += n;
	} while (n > 0);
	if (ferror(f))
		err(EX_IOERR, "%s", path);
	fclose(f);
	return b;
}

int
main(int argc, char **argv)
{
	struct bytes file, part;
	const uint8_t *found;
	size_t at = 0, off;
	int i;

	if (argc < 3)
		errx(EX_USAGE, "usage: contains FILE PART...");
	file = read_file(argv[1]);
	for (i = 2; i < argc; i++) {
		part = read_file(argv[i]);
		if (part.n == 0)
			errx(EX_DATAERR, "%s is empty", argv[i]);
		found = memmem(file.p + at, file.n - at, part.p, part.n);
		if (found == NULL) {
			printf("%s is not in %s behind byte %zu of %zu\n",
			    argv[i], argv[1], at, file.n);
			return 1;
		}
		off = (size_t)(found - file.p);
		printf("%s: %zu bytes at %zu, %zu behind the last\n", argv[i],
		    part.n, off, off - at);
		at = off + part.n;
		free(part.p);
	}
	printf("%zu bytes behind it\n", file.n - at);
	free(file.p);
	return 0;
}
