/* SPDX-License-Identifier: ISC */
/*
 * mkadts [-s SEED] [-n FRAMES] FILE: AAC in ADTS, 44.1 kHz stereo, whose access
 * units are noise of many lengths: good to be sent, not to be decoded.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/num.h"
#include "wire/aac.h"

#define LEAST	60
#define MOST	700

static uint64_t state;

/* splitmix64 */
static uint64_t
next(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static int64_t
number(const char *text)
{
	char why[64];
	int64_t n;

	if (num_parse(text, 0, 1000000, &n, why, sizeof(why)) == -1)
		errx(EX_USAGE, "%s: %s expected", text, why);
	return n;
}

int
main(int argc, char **argv)
{
	static const uint8_t config[] = { 0x12, 0x10 };
	uint8_t header[ADTS_HEADER_SIZE];
	int64_t frames = 100;
	size_t len, i;
	FILE *f;
	int c;

	while ((c = getopt(argc, argv, "s:n:")) != -1)
		if (c == 's')
			state = (uint64_t)number(optarg);
		else if (c == 'n')
			frames = number(optarg);
		else
			exit(EX_USAGE);
	if (optind != argc - 1)
		errx(EX_USAGE, "usage: mkadts [-s SEED] [-n FRAMES] FILE");
	if ((f = fopen(argv[optind], "wb")) == NULL)
		err(EX_CANTCREAT, "%s", argv[optind]);
	for (; frames > 0; frames--) {
		len = LEAST + next() % (MOST - LEAST);
		adts_encode(config, sizeof(config), len, header);
		fwrite(header, 1, sizeof(header), f);
		/* A pair of channels, as decoders expect; no false sync. */
		putc(0x21, f);
		for (i = 1; i < len; i++)
			putc((int)(next() % 255), f);
	}
	if (fclose(f) != 0)
		err(EX_IOERR, "%s", argv[optind]);
	return 0;
}
