/* SPDX-License-Identifier: ISC */
/*
 * mkmp3: a valid MPEG audio file of any layer, version, rate and mode, for
 * tests that must run where no encoder is.
 *
 * Every frame decodes to silence (nothing is allocated to any band), and what
 * the frame has room for beyond that is ancillary data: seeded random bytes,
 * so that each frame is one of its kind and can be found again in a stream.
 * They stay below 0x80 and so never look like a header.  The tables here are
 * the ones of ISO 11172-3 and 13818-3, written down apart from the program's.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/num.h"

#define FRAME_MAX	4096
#define TEXT_MAX	4096

/* kbit/s by index 1 to 14. */
static const unsigned short kbps_table[][14] = {
	{ 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448 },
	{ 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384 },
	{ 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320 },
	{ 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256 },
	{ 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160 }
};

struct kind {
	unsigned layer;		/* 1 to 3 */
	unsigned version;	/* 1, 2; 25: MPEG-2.5 */
	unsigned rate;		/* Hz */
	unsigned kbps;		/* 0: VBR */
	unsigned mode;		/* the header's two bits */
	int has_crc;		/* layer III only */
	int has_info;		/* a Xing frame in front */
	uint32_t random;	/* state */
	const char *title;	/* NULL: no ID3v2 tag */
	const char *artist;
};

static uint32_t
next_random(struct kind *k)
{
	k->random ^= k->random << 13;
	k->random ^= k->random >> 17;
	k->random ^= k->random << 5;
	return k->random;
}

static const unsigned short *
kbps_of(const struct kind *k)
{
	if (k->version == 1)
		return kbps_table[k->layer - 1];
	return kbps_table[k->layer == 1 ? 3 : 4];
}

static unsigned
samples_of(const struct kind *k)
{
	if (k->layer == 1)
		return 384;
	return k->layer == 3 && k->version != 1 ? 576 : 1152;
}

static unsigned
side_size(const struct kind *k)
{
	if (k->version == 1)
		return k->mode == 3 ? 17 : 32;
	return k->mode == 3 ? 9 : 17;
}

/* The header's rate bits, or -1: not a rate of this version. */
static int
rate_bits(const struct kind *k)
{
	static const unsigned rates[3] = { 44100, 48000, 32000 };
	unsigned divide = k->version == 1 ? 1 : k->version == 2 ? 2 : 4;
	int i;

	for (i = 0; i < 3; i++)
		if (k->rate * divide == rates[i])
			return i;
	return -1;
}

static int
bitrate_index(const struct kind *k, unsigned kbps)
{
	int i;

	for (i = 0; i < 14; i++)
		if (kbps_of(k)[i] == kbps)
			return i + 1;
	return -1;
}

/* CRC-16 of ISO 11172-3, polynomial 0x8005. */
static unsigned
crc16(unsigned crc, const uint8_t *p, size_t n)
{
	int bit;

	for (; n > 0; n--, p++)
		for (bit = 7; bit >= 0; bit--) {
			crc = (crc << 1 & 0xffff) ^
			    ((crc >> 15 ^ *p >> bit) & 1 ? 0x8005 : 0);
		}
	return crc;
}

/*
 * One frame of that bit rate; padding as the remainder asks for, so that the
 * mean rate is exact.  Returns its length.
 */
static size_t
make_frame(struct kind *k, unsigned kbps, unsigned *rest, uint8_t *f)
{
	unsigned slot = k->layer == 1 ? 4 : 1, head, crc;
	unsigned bits = samples_of(k) * kbps * 1000 / 8 / slot;
	unsigned slots = bits / k->rate, pad, i, len;

	*rest += bits % k->rate;
	pad = *rest >= k->rate;
	if (pad)
		*rest -= k->rate;
	len = (slots + pad) * slot;
	memset(f, 0, FRAME_MAX);
	f[0] = 0xff;
	f[1] = (uint8_t)(0xe0 | (k->version == 1 ? 3 : k->version == 2 ? 2 :
	    0) << 3 | (4 - k->layer) << 1 | !k->has_crc);
	f[2] = (uint8_t)(bitrate_index(k, kbps) << 4 | rate_bits(k) << 2 |
	    (int)pad << 1);
	f[3] = (uint8_t)(k->mode << 6);
	head = 4 + (k->has_crc ? 2 : 0);
	/* Layers I and II: room for the longest allocation, all zero. */
	head += k->layer == 3 ? side_size(k) : 48;
	for (i = head; i < len; i++)
		f[i] = (uint8_t)(next_random(k) >> 9 & 0x7f);
	if (k->has_crc) {
		crc = crc16(crc16(0xffff, f + 2, 2), f + 6, side_size(k));
		f[4] = (uint8_t)(crc >> 8);
		f[5] = (uint8_t)crc;
	}
	return len;
}

static void
put(const void *data, size_t n, FILE *out)
{
	if (fwrite(data, 1, n, out) != n)
		err(EX_IOERR, "writing");
}

/* A frame of ID3v2.4 with UTF-8 text. */
static void
put_text(struct wr *w, const char *id, const char *text)
{
	size_t n = strlen(text) + 1;

	wr_bytes(w, id, 4);
	wr_u16(w, (uint16_t)(n >> 14));
	wr_u8(w, (uint8_t)(n >> 7 & 0x7f));
	wr_u8(w, (uint8_t)(n & 0x7f));
	wr_u16(w, 0);
	wr_u8(w, 3);
	wr_bytes(w, text, n - 1);
}

static void
write_tag(const struct kind *k, FILE *out)
{
	uint8_t body[TEXT_MAX], head[10] = { 'I', 'D', '3', 4, 0, 0 };
	struct wr w;
	size_t n;

	wr_init(&w, body, sizeof(body));
	put_text(&w, "TIT2", k->title);
	if (k->artist != NULL)
		put_text(&w, "TPE1", k->artist);
	if (w.bad)
		errx(EX_USAGE, "title or artist too long");
	n = wr_len(&w);
	head[8] = (uint8_t)(n >> 7 & 0x7f);
	head[9] = (uint8_t)(n & 0x7f);
	put(head, sizeof(head), out);
	put(body, n, out);
}

static void
write_file(struct kind *k, uint64_t frames, FILE *out)
{
	static uint8_t f[FRAME_MAX];
	unsigned rest = 0, info_rest = 0, kbps, i;
	size_t len;

	if (k->title != NULL)
		write_tag(k, out);
	if (k->has_info) {
		len = make_frame(k, k->kbps > 0 ? k->kbps : kbps_of(k)[7],
		    &info_rest, f);
		i = 4 + (k->has_crc ? 2 : 0) + side_size(k);
		memcpy(f + i, k->kbps > 0 ? "Info" : "Xing", 4);
		memset(f + i + 4, 0, len - i - 4);
		put(f, len, out);
	}
	for (; frames > 0; frames--) {
		kbps = k->kbps > 0 ? k->kbps :
		    kbps_of(k)[4 + next_random(k) % 10];
		len = make_frame(k, kbps, &rest, f);
		put(f, len, out);
	}
}

static unsigned
number(const char *text, int64_t min, int64_t max, char option)
{
	char why[80];
	int64_t n;

	if (num_parse(text, min, max, &n, why, sizeof(why)) == -1)
		errx(EX_USAGE, "-%c %s: expected %s", option, text, why);
	return (unsigned)n;
}

static unsigned
choice(const char *text, const char *const *names, unsigned n, char option)
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (strcmp(text, names[i]) == 0)
			return i;
	errx(EX_USAGE, "-%c %s: no such choice", option, text);
}

static void
usage(void)
{
	fputs("usage: mkmp3 [-cx] [-v 1|2|2.5] [-l LAYER] [-r HZ] "
	    "[-b KBPS|vbr]\n"
	    "             [-m stereo|joint|dual|mono] [-s SEED] [-T TITLE]\n"
	    "             [-A ARTIST] [-t TENTHS | -n FRAMES] FILE\n"
	    "-c: CRC in each frame; -x: a Xing or Info frame in front;\n"
	    "-t: tenths of a second (100)\n", stderr);
	exit(EX_USAGE);
}

static void
set(struct kind *k, int option, const char *arg)
{
	static const char *const modes[] = { "stereo", "joint", "dual",
	    "mono" };
	static const char *const versions[] = { "1", "2", "2.5" };
	static const unsigned version[] = { 1, 2, 25 };

	switch (option) {
	case 'v':
		k->version = version[choice(arg, versions, 3, 'v')];
		break;
	case 'l':
		k->layer = number(arg, 1, 3, 'l');
		break;
	case 'r':
		k->rate = number(arg, 8000, 48000, 'r');
		break;
	case 'b':
		k->kbps = strcmp(arg, "vbr") == 0 ? 0 :
		    number(arg, 8, 448, 'b');
		break;
	case 'm':
		k->mode = choice(arg, modes, 4, 'm');
		break;
	case 's':
		k->random = number(arg, 1, UINT32_MAX, 's') * 2654435769u | 1;
		break;
	case 'T':
		k->title = arg;
		break;
	case 'A':
		k->artist = arg;
		break;
	case 'c':
		k->has_crc = 1;
		break;
	case 'x':
		k->has_info = 1;
		break;
	default:
		usage();
	}
}

static void
check(const struct kind *k)
{
	if (rate_bits(k) == -1)
		errx(EX_USAGE, "%u Hz is no rate of that version", k->rate);
	if (k->kbps > 0 && bitrate_index(k, k->kbps) == -1)
		errx(EX_USAGE, "%u kbit/s is no bit rate of that layer",
		    k->kbps);
	if (k->layer != 3 && (k->has_crc || k->has_info))
		errx(EX_USAGE, "-c and -x are for layer 3");
}

int
main(int argc, char **argv)
{
	struct kind k = { .layer = 3, .version = 1, .rate = 44100,
	    .kbps = 128, .mode = 1, .random = 1 };
	uint64_t tenths = 100, frames = 0;
	FILE *out;
	int c;

	while ((c = getopt(argc, argv, "cxv:l:r:b:m:s:T:A:t:n:")) != -1)
		if (c == 't')
			tenths = number(optarg, 1, 1000000, 't');
		else if (c == 'n')
			frames = number(optarg, 1, 10000000, 'n');
		else
			set(&k, c, optarg);
	if (argc - optind != 1)
		usage();
	check(&k);
	if (frames == 0)
		frames = (tenths * k.rate / 10 + samples_of(&k) - 1) /
		    samples_of(&k);
	if ((out = fopen(argv[optind], "we")) == NULL)
		err(EX_CANTCREAT, "%s", argv[optind]);
	write_file(&k, frames, out);
	if (fclose(out) == EOF)
		err(EX_IOERR, "%s", argv[optind]);
	return 0;
}
