/* SPDX-License-Identifier: ISC */
/*
 * pcmcmp: is this recording a run of that reference, sample for sample?
 *
 * A listener joins in the middle, so the recording begins anywhere in the
 * reference.  A window of it is looked up in the reference; where it is found
 * the match is stretched both ways as far as every sample agrees.  Samples
 * agree if they differ by one at most: a decoder sums in another order
 * depending on where it began, and the last bit may round the other way.  It
 * needs up to three frames before it is exact, at the start and after every
 * break of the stream; beyond that, only silence may stand between two runs.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/file.h"

#define WINDOW		576	/* samples looked up at once */
#define STEP		48	/* samples to go on after a miss */
#define SETTLE		(3 * 1152) /* samples until a decoder is exact */
#define RAW_RATE	44100	/* Hz, unless told; only for printing times */
#define RAW_BLOCK	4	/* two channels */

/* A WAV file; or, without a header, raw samples of two channels (mpg123 -s
 * --stereo: the only output that goes on when the rate changes). */
struct wav {
	uint8_t *file;		/* heap */
	const uint8_t *pcm;
	size_t samples;		/* per channel */
	unsigned block;		/* bytes per sample of all channels */
	unsigned rate;		/* Hz */
};

struct verdict {
	size_t equal;		/* samples that agree with the reference */
	size_t silent;		/* samples of silence between runs */
	size_t odd;		/* other samples, beyond settling */
	unsigned runs;
};

static unsigned
le16(const uint8_t *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

static uint32_t
le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

/* Take the file's chunks apart.  The size of the data is that of the file if
 * the writer had no time to fill it in. */
static int
wav_parse(struct wav *w, size_t size)
{
	const uint8_t *p = w->file;
	size_t at = 12, len;

	if (size < 12 || memcmp(p, "RIFF", 4) != 0 ||
	    memcmp(p + 8, "WAVE", 4) != 0) {
		w->pcm = p;
		w->block = RAW_BLOCK;
		w->samples = size / RAW_BLOCK;
		return 0;
	}
	for (; size - at >= 8; at += len + (len & 1)) {
		len = le32(p + at + 4);
		at += 8;
		if (memcmp(p + at - 8, "data", 4) == 0 && w->block != 0) {
			if (len == 0 || len > size - at)
				len = size - at;
			w->pcm = p + at;
			w->samples = len / w->block;
			return 0;
		}
		if (len + (len & 1) > size - at)
			return -1;
		if (memcmp(p + at - 8, "fmt ", 4) == 0 && len >= 16) {
			w->rate = le32(p + at + 4);
			w->block = le16(p + at + 12);
			if (le16(p + at + 14) != 16 || w->rate == 0 ||
			    w->block == 0 || w->block % 2 != 0)
				return -1;
		}
	}
	return -1;
}

static void
wav_read(struct wav *w, const char *path, unsigned raw_rate)
{
	struct stat st;
	ssize_t n;
	int fd;

	memset(w, 0, sizeof(*w));
	w->rate = raw_rate;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1)
		err(EX_NOINPUT, "%s", path);
	w->file = xmalloc((size_t)st.st_size + 1);
	n = file_read_at(fd, w->file, (size_t)st.st_size, 0);
	if (n == -1)
		err(EX_IOERR, "%s", path);
	close(fd);
	if (wav_parse(w, (size_t)n) == -1)
		errx(EX_DATAERR, "%s: no WAV file of 16-bit samples", path);
}

static const uint8_t *
sample(const struct wav *w, size_t at)
{
	return w->pcm + at * w->block;
}

static int
pcm(const uint8_t *p)
{
	return (int16_t)le16(p);
}

static int
is_silent(const struct wav *w, size_t at)
{
	const uint8_t *p = sample(w, at);
	unsigned i;

	for (i = 0; i < w->block; i += 2)
		if (abs(pcm(p + i)) > 1)
			return 0;
	return 1;
}

static int
is_equal(const struct wav *a, size_t i, const struct wav *b, size_t j)
{
	const uint8_t *p = sample(a, i), *q = sample(b, j);
	unsigned k;

	for (k = 0; k < a->block; k += 2)
		if (abs(pcm(p + k) - pcm(q + k)) > 1)
			return 0;
	return 1;
}

static int
is_window_silent(const struct wav *w, size_t at)
{
	size_t i, loud = 0;

	for (i = 0; i < WINDOW; i++)
		loud += !is_silent(w, at + i);
	return loud < WINDOW / 2;
}

static size_t
agree_forward(const struct wav *ref, size_t r, const struct wav *rec,
    size_t at)
{
	size_t n = 0;

	while (r + n < ref->samples && at + n < rec->samples &&
	    is_equal(ref, r + n, rec, at + n))
		n++;
	return n;
}

/*
 * Where the window of rec at "at" stands in ref, such that what follows agrees
 * the longest: the length, 0 if it is nowhere.
 */
static size_t
look_up(const struct wav *ref, const struct wav *rec, size_t at, size_t *found)
{
	const uint8_t *p = ref->pcm, *end = sample(ref, ref->samples);
	size_t bytes = (size_t)WINDOW * rec->block, n, best = 0;

	while ((p = memmem(p, (size_t)(end - p), sample(rec, at), bytes)) !=
	    NULL) {
		if ((size_t)(p - ref->pcm) % ref->block == 0) {
			n = agree_forward(ref, (size_t)(p - ref->pcm) /
			    ref->block, rec, at);
			if (n > best) {
				best = n;
				*found = (size_t)(p - ref->pcm) / ref->block;
			}
		}
		p++;
	}
	return best;
}

/* What lies between two runs, or before the first. */
static void
judge_gap(const struct wav *rec, size_t from, size_t to, struct verdict *v)
{
	size_t at, loud = 0;
	/* The frame that the break cut short rings out, too. */
	size_t allowed = v->runs == 0 ? SETTLE : 2 * SETTLE;

	for (at = from; at < to; at++)
		loud += !is_silent(rec, at);
	v->silent += to - from - loud;
	v->odd += loud > allowed ? loud - allowed : 0;
}

static void
print_run(const struct wav *rec, size_t at, size_t n, size_t found, int quiet)
{
	double rate = rec->rate;

	if (!quiet)
		printf("  %6.2f to %6.2f s: equal to the reference from "
		    "%.2f s on\n", (double)at / rate, (double)(at + n) / rate,
		    (double)found / rate);
}

static void
compare(const struct wav *ref, const struct wav *rec, int quiet,
    struct verdict *v)
{
	size_t at = 0, done = 0, found = 0, n;

	memset(v, 0, sizeof(*v));
	while (at + WINDOW <= rec->samples && at - done < 60u * rec->rate) {
		n = is_window_silent(rec, at) ? 0 :
		    look_up(ref, rec, at, &found);
		if (n == 0) {
			at += STEP;
			continue;
		}
		for (; at > done && found > 0 &&
		    is_equal(ref, found - 1, rec, at - 1); n++) {
			at--;
			found--;
		}
		judge_gap(rec, done, at, v);
		print_run(rec, at, n, found, quiet);
		v->runs++;
		v->equal += n;
		at += n;
		done = at;
	}
	judge_gap(rec, done, rec->samples, v);
}

static unsigned
number(const char *text, char option)
{
	char why[80];
	int64_t n;

	if (num_parse(text, 0, 86400, &n, why, sizeof(why)) == -1)
		errx(EX_USAGE, "-%c %s: not %s", option, text, why);
	return (unsigned)n;
}

static void
usage(void)
{
	fputs("usage: pcmcmp [-q] [-m SECONDS] [-r RUNS] [-R HZ] REFERENCE "
	    "RECORDING\n"
	    "Exit 0: at least SECONDS (1) agree, in at most RUNS (1) runs.\n"
	    "Files without a WAV header are 16-bit stereo at HZ (44100).\n",
	    stderr);
	exit(EX_USAGE);
}

int
main(int argc, char **argv)
{
	unsigned seconds = 1, runs = 1, rate = RAW_RATE;
	struct verdict v;
	struct wav ref, rec;
	int c, quiet = 0, ok;

	while ((c = getopt(argc, argv, "m:qr:R:")) != -1)
		switch (c) {
		case 'm':
			seconds = number(optarg, 'm');
			break;
		case 'q':
			quiet = 1;
			break;
		case 'r':
			runs = number(optarg, 'r');
			break;
		case 'R':
			rate = number(optarg, 'R');
			break;
		default:
			usage();
		}
	if (argc - optind != 2 || rate == 0)
		usage();
	wav_read(&ref, argv[optind], rate);
	wav_read(&rec, argv[optind + 1], rate);
	if (ref.block != rec.block)
		errx(EX_DATAERR, "%s: another number of channels than in %s",
		    argv[optind + 1], argv[optind]);
	compare(&ref, &rec, quiet, &v);
	ok = v.equal >= (size_t)seconds * rec.rate && v.runs <= runs &&
	    v.odd == 0;
	printf("  %s: %.2f of %.2f s equal in %u run%s, %.2f s silence, "
	    "%.2f s other\n", ok ? "ok" : "NOT OK",
	    (double)v.equal / rec.rate, (double)rec.samples / rec.rate, v.runs,
	    v.runs == 1 ? "" : "s", (double)v.silent / rec.rate,
	    (double)v.odd / rec.rate);
	free(ref.file);
	free(rec.file);
	return ok ? 0 : 1;
}
