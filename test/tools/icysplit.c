/* SPDX-License-Identifier: ISC */
/*
 * icysplit: takes the titles out of a stream that has one every so many bytes
 * (icy-metaint).
 *
 *	icysplit BYTES STREAM SOUND
 *
 * Writes the rest to SOUND, and a line "at=BYTES title=TEXT" for each title,
 * BYTES being those of the sound before it.  Exit status 1: what stands where a
 * title should is none.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP	16

int
main(int argc, char **argv)
{
	long every, left, at = 0;
	char meta[STEP * 255 + 1];
	FILE *in, *out;
	size_t n;
	int c;

	if (argc != 4 || (every = strtol(argv[1], NULL, 10)) <= 0)
		errx(64, "usage: icysplit BYTES STREAM SOUND");
	if ((in = fopen(argv[2], "r")) == NULL ||
	    (out = fopen(argv[3], "w")) == NULL)
		err(1, "open");
	for (left = every; (c = getc(in)) != EOF; at++) {
		if (left-- > 0) {
			putc(c, out);
			continue;
		}
		left = every;
		at--;
		n = fread(meta, 1, (size_t)c * STEP, in);
		meta[n] = '\0';
		if (n < (size_t)c * STEP)
			break;
		if (n > 0 && strncmp(meta, "StreamTitle='", 13) != 0)
			errx(1, "no title at byte %ld of the sound", at + 1);
		if (n > 0)
			printf("at=%ld title=%s\n", at + 1, meta);
	}
	return fclose(out) == 0 ? 0 : 1;
}
