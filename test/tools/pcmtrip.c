/* SPDX-License-Identifier: ISC */
/*
 * pcmtrip: what became of music on its way?
 *
 * A recording is laid beside the reference, block by block (a block is what
 * one frame plays: 1152 samples).  A block of the reference was heard if all
 * its samples are in the recording, in their order; else it is damaged,
 * whether it is garbled, silent or left out.  Where the two run apart, the
 * recording's place in the reference is looked up again: how far it is from
 * where it would be had nothing been left out or put in is the time it is off.
 * And the power and the peak of each block of the recording are held against
 * the loudest of the music around that place.
 *
 * It begins with the first block that is found, and ends with the last.
 * Prints one JSON object.  Files are raw: 16 bits, two channels, 44.1 kHz.
 */
#include <err.h>
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/file.h"

#define RATE		44100
#define BLOCK		1152
#define WINDOW		192	/* samples looked up at once */
#define STEP		144	/* samples to go on after a miss */
#define TOLERANCE	4	/* of 32768: the last bits round as they like */
#define AROUND		3	/* blocks: the music at a place */
#define FAR		(6L * RATE)	/* a lost place is looked for so far */
#define QUIET		400	/* peaks below are loud to nobody */

struct pcm {
	uint8_t *bytes;		/* heap */
	long n;			/* samples of both channels */
};

struct trip {
	long first, last;	/* blocks of the reference, heard */
	uint8_t *heard;		/* [block] of the reference: it was */
	long off;		/* place in the reference - in the recording */
	long off_first, off_most;
	int moves;		/* times the place was another */
	double loudest;		/* power to the music's, at most */
	double peak;		/* peak to the music's, at most */
	double loudest_s;	/* where, in the recording */
};

static void
pcm_read(struct pcm *p, const char *path)
{
	struct stat st;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1 || fstat(fd, &st) == -1)
		err(EX_NOINPUT, "%s", path);
	p->bytes = xmalloc((size_t)st.st_size + 1);
	if ((n = file_read_at(fd, p->bytes, (size_t)st.st_size, 0)) == -1)
		err(EX_IOERR, "%s", path);
	close(fd);
	p->n = n / 4;
}

static int
value(const struct pcm *p, long at, int channel)
{
	const uint8_t *b = p->bytes + 4 * at + 2 * channel;

	return (int16_t)(b[0] | b[1] << 8);
}

static int
is_equal(const struct pcm *a, long i, const struct pcm *b, long j)
{
	return abs(value(a, i, 0) - value(b, j, 0)) <= TOLERANCE &&
	    abs(value(a, i, 1) - value(b, j, 1)) <= TOLERANCE;
}

/* Samples that agree from there on, up to most. */
static long
agree(const struct pcm *ref, long r, const struct pcm *rec, long at,
    long most)
{
	long n = 0;

	if (r < 0 || at < 0)
		return 0;
	while (n < most && r + n < ref->n && at + n < rec->n &&
	    is_equal(ref, r + n, rec, at + n))
		n++;
	return n;
}

static int
peak(const struct pcm *p, long from, long to)
{
	int most = 0, c;

	from = from < 0 ? 0 : from;
	for (; from < to && from < p->n; from++)
		for (c = 0; c < 2; c++)
			if (abs(value(p, from, c)) > most)
				most = abs(value(p, from, c));
	return most;
}

/* Of the block there, root mean square. */
static double
power(const struct pcm *p, long at)
{
	double sum = 0;
	long i;

	if (at < 0 || at + BLOCK > p->n)
		return 0;
	for (i = at; i < at + BLOCK; i++)
		sum += (double)value(p, i, 0) * value(p, i, 0) +
		    (double)value(p, i, 1) * value(p, i, 1);
	return sqrt(sum / (2 * BLOCK));
}

/* Silence and what is nearly so can be found anywhere. */
static int
is_telling(const struct pcm *rec, long at)
{
	long i, loud = 0;

	for (i = at; i < at + WINDOW; i++)
		loud += abs(value(rec, i, 0)) > 4 * TOLERANCE;
	return loud > WINDOW / 2;
}

/*
 * The place in the reference of what the recording has at "at", the nearest to
 * expected: -1 if it is not within reach.
 */
static long
look_up(const struct pcm *ref, const struct pcm *rec, long at, long expected,
    long reach)
{
	long d, r, sign;

	if (at + BLOCK > rec->n || !is_telling(rec, at))
		return -1;
	for (d = 0; d <= reach; d++)
		for (sign = -1; sign <= 1; sign += 2) {
			r = expected + sign * d;
			if (r < 0 || r + BLOCK > ref->n ||
			    !is_equal(ref, r, rec, at))
				continue;
			if (agree(ref, r, rec, at, BLOCK) == BLOCK)
				return r;
		}
	return -1;
}

static void
judge_loudness(struct trip *t, const struct pcm *ref, const struct pcm *rec,
    long at)
{
	long place = at + t->off, b;
	double music = QUIET / 4, here = power(rec, at), ratio;
	int music_peak = QUIET, here_peak = peak(rec, at, at + BLOCK);

	for (b = -AROUND; b <= AROUND; b++)
		music = fmax(music, power(ref, place + b * BLOCK));
	ratio = here / music;
	if (ratio > t->loudest) {
		t->loudest = ratio;
		t->loudest_s = (double)at / RATE;
	}
	b = peak(ref, place - AROUND * BLOCK, place + (AROUND + 1) * BLOCK);
	music_peak = b > QUIET ? (int)b : QUIET;
	t->peak = fmax(t->peak, here_peak / (double)music_peak);
}

/* The recording goes on at another place of the reference than before. */
static void
move(struct trip *t, long off)
{
	t->moves++;
	t->off = off;
	if (labs(off - t->off_first) > labs(t->off_most))
		t->off_most = off - t->off_first;
}

/*
 * The block at "at" does not agree: whether something of it is found elsewhere
 * than where it should be.  Returns the block of the reference to go on with;
 * -1: none was found.
 */
static long
find_again(struct trip *t, const struct pcm *ref, const struct pcm *rec,
    long at)
{
	long i, r;

	for (i = at; i < at + BLOCK; i += STEP) {
		r = look_up(ref, rec, i, i + t->off, FAR);
		if (r == -1)
			continue;
		if (r - i == t->off)
			return -1;
		move(t, r - i);
		/* It may have begun to agree before the step. */
		i = i - STEP > at ? i - STEP : at;
		return (i + t->off + BLOCK - 1) / BLOCK;
	}
	return -1;
}

/* Where it begins: 0; -1 if nothing of it is in the reference. */
static int
begin(struct trip *t, const struct pcm *ref, const struct pcm *rec)
{
	long at, r;

	for (at = 0; at + BLOCK <= rec->n; at += STEP) {
		r = look_up(ref, rec, at, at, ref->n);
		if (r == -1)
			continue;
		t->off = t->off_first = r - at;
		t->first = t->last = (r + BLOCK - 1) / BLOCK;
		return 0;
	}
	return -1;
}

static void
compare(struct trip *t, const struct pcm *ref, const struct pcm *rec)
{
	long b = t->first, at, elsewhere;

	while (b >= 0 && (b + 1) * BLOCK <= ref->n) {
		at = b * BLOCK - t->off;
		if (at + BLOCK > rec->n)
			break;
		judge_loudness(t, ref, rec, at);
		if (agree(ref, b * BLOCK, rec, at, BLOCK) == BLOCK) {
			t->heard[b] = 1;
			t->last = b > t->last ? b : t->last;
		} else if ((elsewhere = find_again(t, ref, rec, at)) != -1) {
			b = elsewhere;
			continue;
		}
		b++;
	}
}

int
main(int argc, char **argv)
{
	struct trip t = { .off_most = 0 };
	struct pcm ref, rec;
	long b, bad = 0;

	if (argc != 3) {
		fputs("usage: pcmtrip REFERENCE RECORDING\n", stderr);
		return EX_USAGE;
	}
	pcm_read(&ref, argv[1]);
	pcm_read(&rec, argv[2]);
	t.heard = xcalloc((size_t)(ref.n / BLOCK + 1), 1);
	if (begin(&t, &ref, &rec) == -1)
		errx(EX_DATAERR, "%s: nothing of it is in %s", argv[2],
		    argv[1]);
	compare(&t, &ref, &rec);
	for (b = t.first; b <= t.last; b++)
		bad += !t.heard[b];
	printf("{\"blocks\": %ld, \"bad\": %ld, \"off_max_ms\": %.1f, "
	    "\"off_end_ms\": %.1f, \"moves\": %d, \"loudest\": %.3f, "
	    "\"peak\": %.3f, \"loudest_s\": %.2f, \"from_s\": %.2f, "
	    "\"seconds\": %.2f}\n",
	    t.last - t.first + 1, bad, (double)t.off_most * 1000 / RATE,
	    (double)(t.off - t.off_first) * 1000 / RATE, t.moves, t.loudest,
	    t.peak, t.loudest_s, (double)(t.first * BLOCK) / RATE,
	    (double)rec.n / RATE);
	free(t.heard);
	free(ref.bytes);
	free(rec.bytes);
	return 0;
}
