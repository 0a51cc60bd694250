/* SPDX-License-Identifier: ISC */
/*
 * framerun: is this elementary stream a run of whole frames of those files,
 * one file after the other, round and round?
 *
 * The judge of what a listener got: it shares nothing with the programs, not
 * even the tables.  It takes well-made files apart by itself: ID3v2 in front,
 * ID3v1 and APEv2 behind, an Info, Xing or VBRI frame first.  With -g the
 * stream may be broken: between runs there may be silent frames (nothing
 * after the header) and muted ones (side information zero, the rest as it
 * was), but nothing else; and frames of what -i names, which came in between.
 * -c wants besides that every run goes on with the frame behind the last one of
 * the run before.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"

struct bytes {
	uint8_t *p;		/* heap */
	size_t n;
};

struct frames {
	struct bytes all;	/* one after the other, without anything else */
	size_t *at;		/* where each begins */
	size_t n, cap;
};

static struct bytes
read_file(const char *path)
{
	struct bytes b = { xmalloc(1), 0 };
	size_t cap = 1, got;
	FILE *f = fopen(path, "re");

	if (f == NULL)
		err(EX_NOINPUT, "%s", path);
	while ((got = fread(b.p + b.n, 1, cap - b.n, f)) > 0) {
		b.n += got;
		if (b.n == cap && mem_grow((void **)&b.p, &cap, cap + 1,
		    1) == -1)
			err(EX_OSERR, "%s", path);
	}
	if (ferror(f))
		err(EX_IOERR, "%s", path);
	fclose(f);
	return b;
}

/* ISO 11172-3 table, kbit/s; rows: V1 L1, V1 L2, V1 L3, V2 L1, V2 L2 and L3. */
static unsigned
kbps_of(unsigned is_v1, unsigned layer, unsigned index)
{
	static const char *const rows[] = {
		"032064096128160192224256288320352384416448",
		"032048056064080096112128160192224256320384",
		"032040048056064080096112128160192224256320",
		"032048056064080096112128144160176192224256",
		"008016024032040048056064080096112128144160"
	};
	const char *d = rows[is_v1 ? layer - 1 : layer == 1 ? 3 : 4] +
	    3 * (index - 1);

	return (unsigned)((d[0] - '0') * 100 + (d[1] - '0') * 10 + d[2] - '0');
}

/* Bytes of the frame that begins with these four; 0: no header. */
static size_t
frame_length(const uint8_t *h)
{
	static const unsigned hz[] = { 44100, 48000, 32000 };
	unsigned id = h[1] >> 3 & 3, layer = 4 - (h[1] >> 1 & 3);
	unsigned index = h[2] >> 4, r = h[2] >> 2 & 3, pad = h[2] >> 1 & 1;
	unsigned rate, bps;

	if (h[0] != 0xff || h[1] < 0xe0 || id == 1 || layer == 4 ||
	    index == 0 || index == 15 || r == 3)
		return 0;
	rate = hz[r] >> (id == 3 ? 0 : id == 2 ? 1 : 2);
	bps = 1000 * kbps_of(id == 3, layer, index);
	if (layer == 1)
		return 4 * (12 * bps / rate + pad);
	return (layer == 3 && id != 3 ? 72 : 144) * bps / rate + pad;
}

static int
is_info(const uint8_t *f, size_t len)
{
	static const size_t places[] = { 36, 21, 13, 38, 23, 15 };
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (places[i] + 4 <= len &&
		    (memcmp(f + places[i], "Xing", 4) == 0 ||
		    memcmp(f + places[i], "Info", 4) == 0 ||
		    memcmp(f + places[i], "VBRI", 4) == 0))
			return 1;
	return 0;
}

static size_t
skip_id3v2(const uint8_t *p, size_t n)
{
	if (n < 10 || memcmp(p, "ID3", 3) != 0)
		return 0;
	return ((size_t)p[6] << 21 | (size_t)p[7] << 14 |
	    (size_t)p[8] << 7 | p[9]) + (p[5] & 0x10 ? 20 : 10);
}

static void
add_frame(struct frames *fr, const uint8_t *p, size_t len)
{
	if (mem_grow((void **)&fr->at, &fr->cap, fr->n + 1,
	    sizeof(*fr->at)) == -1)
		err(EX_OSERR, "frames");
	fr->at[fr->n++] = fr->all.n;
	if ((fr->all.p = realloc(fr->all.p, fr->all.n + len)) == NULL)
		err(EX_OSERR, "frames");
	memcpy(fr->all.p + fr->all.n, p, len);
	fr->all.n += len;
}

static void
add_file(struct frames *fr, const char *path)
{
	struct bytes b = read_file(path);
	size_t at = 0, len, before = fr->n;
	int first = 1;

	while (at < b.n && (len = skip_id3v2(b.p + at, b.n - at)) > 0)
		at += len;
	for (; at + 4 <= b.n; at += len, first = 0) {
		len = frame_length(b.p + at);
		if (len == 0 || at + len > b.n)
			break;
		if (!first || !is_info(b.p + at, len))
			add_frame(fr, b.p + at, len);
	}
	if (fr->n == before)
		errx(EX_DATAERR, "%s: no frames", path);
	if (b.n > at + 4 && memcmp(b.p + at, "TAG", 3) != 0 &&
	    memcmp(b.p + at, "APET", 4) != 0)
		errx(EX_DATAERR, "%s: does not know what is at %zu", path, at);
	free(b.p);
}

/* How many bytes of out agree with the endless loop from that frame on. */
static size_t
agrees(const struct frames *fr, size_t from, const struct bytes *out)
{
	size_t at = fr->at[from], done = 0, n, i;

	while (done < out->n) {
		n = fr->all.n - at;
		if (n > out->n - done)
			n = out->n - done;
		if (memcmp(fr->all.p + at, out->p + done, n) != 0) {
			for (i = 0; fr->all.p[at + i] == out->p[done + i]; i++)
				;
			return done + i;
		}
		done += n;
		at = 0;
	}
	return done;
}

/* Whether the stream ends with a whole frame. */
static int
is_whole(const struct bytes *out)
{
	size_t at = 0, len;

	while (at + 4 <= out->n && (len = frame_length(out->p + at)) > 0)
		at += len;
	return at == out->n;
}

static int
judge(const struct frames *fr, const struct bytes *out, int64_t tenths)
{
	size_t i, n, best = 0, from = 0;

	for (i = 0; i < fr->n && best < out->n; i++)
		if ((n = agrees(fr, i, out)) > best) {
			best = n;
			from = i;
		}
	printf("%zu bytes, %.2f rounds of %zu frames, from frame %zu on\n",
	    out->n, (double)out->n / (double)fr->all.n, fr->n, from);
	if (out->n == 0 || best < out->n) {
		printf("differs at byte %zu\n", best);
		return 1;
	}
	if (!is_whole(out)) {
		printf("ends within a frame\n");
		return 1;
	}
	if (out->n * 10 < fr->all.n * (size_t)tenths) {
		printf("too short: %lld.%lld rounds wanted\n",
		    (long long)tenths / 10, (long long)tenths % 10);
		return 1;
	}
	return 0;
}

static int
is_frame(const struct frames *fr, size_t i, const uint8_t *f, size_t len)
{
	size_t end = i + 1 < fr->n ? fr->at[i + 1] : fr->all.n;

	return end - fr->at[i] == len &&
	    memcmp(fr->all.p + fr->at[i], f, len) == 0;
}

static int
is_silent(const uint8_t *f, size_t len)
{
	size_t i;

	for (i = 4; i < len; i++)
		if (f[i] != 0)
			return 0;
	return 1;
}

/* A frame of the files but for its CRC and side information. */
static int
is_muted(const struct frames *fr, const uint8_t *f, size_t len)
{
	size_t i, end, keep = 4 + 32 + 2;

	if ((f[1] >> 1 & 3) != 1)
		return 0;
	for (i = 0; i < fr->n; i++) {
		end = i + 1 < fr->n ? fr->at[i + 1] : fr->all.n;
		if (end - fr->at[i] == len && len > keep &&
		    memcmp(fr->all.p + fr->at[i], f, 4) == 0 &&
		    memcmp(fr->all.p + fr->at[i] + keep, f + keep,
		    len - keep) == 0)
			return 1;
	}
	return 0;
}

/* Where the run goes on with this frame; fr->n if no frame is like it. */
static size_t
find_frame(const struct frames *fr, size_t from, const uint8_t *f, size_t len)
{
	size_t i;

	for (i = 0; fr->n > 0 && i < fr->n; i++)
		if (is_frame(fr, (from + i) % fr->n, f, len))
			return (from + i) % fr->n;
	return fr->n;
}

static int
judge_broken(const struct frames *fr, const struct frames *between,
    const struct bytes *out, unsigned most, int is_continued)
{
	size_t at = 0, len, i, next = fr->n, total = 0, silent = 0, muted = 0;
	size_t behind = fr->n;		/* the last frame of a run */
	size_t others = 0, other = 0;	/* from between; the next one there */
	unsigned runs = 0, elsewhere = 0, breaks = 0;

	for (; at + 4 <= out->n; at += len) {
		len = frame_length(out->p + at);
		if (len == 0 || at + len > out->n)
			break;
		i = find_frame(fr, next % fr->n, out->p + at, len);
		if (i < fr->n) {
			if (i != next) {
				runs++;
				printf("run %u: frame %zu, after %zu frames\n",
				    runs, i, total + silent + muted);
				elsewhere += behind < fr->n && i != behind;
			}
			next = behind = (i + 1) % fr->n;
			total++;
		} else if (is_silent(out->p + at, len)) {
			silent++;
			next = fr->n;
		} else if (is_muted(fr, out->p + at, len)) {
			muted++;
			next = fr->n;
		} else if ((i = find_frame(between, other, out->p + at,
		    len)) < between->n) {
			breaks += i != other;
			other = (i + 1) % between->n;
			others++;
			next = fr->n;
		} else if (is_muted(between, out->p + at, len)) {
			muted++;
			next = fr->n;
		} else
			break;
	}
	printf("runs=%u frames=%zu silent=%zu muted=%zu\n", runs, total,
	    silent, muted);
	if (between->n > 0)
		printf("between=%zu of %zu, breaks=%u\n", others, between->n,
		    breaks);
	if (elsewhere > 0)
		printf("%u of the runs go on elsewhere\n", elsewhere);
	if (at < out->n)
		printf("neither of the files nor silence at byte %zu\n", at);
	return at < out->n || runs == 0 || runs > most ||
	    (is_continued && elsewhere > 0);
}

static void
usage(void)
{
	fputs("usage: framerun [-r TENTHS] STREAM FILE...\n"
	    "       framerun -g RUNS [-c] [-i FILE]... STREAM FILE...\n"
	    "       framerun -d FILE... >STREAM\n"
	    "-r: at least so many tenths of a round; -g: at most so many "
	    "runs, with\n"
	    "silence between them, or what -i names; -c: and no frame missing "
	    "or twice;\n-d: write one round\n", stderr);
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

int
main(int argc, char **argv)
{
	struct frames fr = { 0 }, between = { 0 };
	struct bytes out = { 0 };
	int64_t tenths = 0, runs = 0;
	int c, dump = 0, is_continued = 0, i, ret;

	while ((c = getopt(argc, argv, "cdg:i:r:")) != -1)
		if (c == 'd')
			dump = 1;
		else if (c == 'c')
			is_continued = 1;
		else if (c == 'i')
			add_file(&between, optarg);
		else if (c == 'r')
			tenths = number(optarg, 0, 10000);
		else if (c == 'g')
			runs = number(optarg, 1, 10000);
		else
			usage();
	i = optind + !dump;
	if (i >= argc)
		usage();
	if (!dump)
		out = read_file(argv[optind]);
	for (; i < argc; i++)
		add_file(&fr, argv[i]);
	if (dump)
		ret = fwrite(fr.all.p, 1, fr.all.n, stdout) != fr.all.n ||
		    fflush(stdout) == EOF;
	else if (runs > 0)
		ret = judge_broken(&fr, &between, &out, (unsigned)runs,
		    is_continued);
	else
		ret = judge(&fr, &out, tenths);
	free(fr.all.p);
	free(fr.at);
	free(between.all.p);
	free(between.at);
	free(out.p);
	return ret;
}
