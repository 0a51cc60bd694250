/* SPDX-License-Identifier: ISC */
/*
 * mpaedit: what becomes of the sound when frames are repeated and left out.
 *
 *	mpaedit [-x] -n N IN.mp3 OUT.mp3
 *	mpaedit -c EDITS REFERENCE.raw EDITED.raw
 *
 * The first writes the file's frames with one of every N frames repeated, or
 * with -x left out: the one where it is quietest and there is room
 * (wire/mpa_alone.h).  On stdout it writes a line "N LENGTH", how many frames
 * there are and how many samples of each, and for each edit a line
 * "K LENGTH": the frame's number and how many samples more (less) there are
 * from then on.
 *
 * The second compares the decoding (16 bit, two channels) of the edited file
 * with that of the first, guided by these lines.  From the second frame after
 * an edit on every sample must be the same to within one, in the frames of
 * the edit none may be louder than 1.2 times the loudest of the music within
 * half a second; and the length must be as told.
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
#include "wire/mpa.h"
#include "wire/mpa_alone.h"

#define AROUND		20	/* frames of music to compare with */
#define SETTLE		2	/* frames until a decoder is exact again */
#define BLOCK		4	/* bytes of a sample of both channels */

struct file {
	uint8_t *p;	/* heap */
	size_t n;
};

static struct file
read_all(const char *path)
{
	struct file f = { NULL, 0 };
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1 || fstat(fd, &st) == -1)
		err(EX_NOINPUT, "%s", path);
	f.p = xmalloc((size_t)st.st_size + 1);
	while ((n = read(fd, f.p + f.n, (size_t)st.st_size - f.n)) > 0)
		f.n += (size_t)n;
	close(fd);
	return f;
}

static void
put(const uint8_t *p, size_t n, FILE *out)
{
	if (fwrite(p, 1, n, out) != n)
		err(EX_IOERR, "writing");
}

/* How long the ID3v2 tag in front is: pictures may look like frames. */
static size_t
tag_size(const struct file *f)
{
	const uint8_t *p = f->p;

	if (f->n < 10 || memcmp(p, "ID3", 3) != 0)
		return 0;
	return 10 + ((size_t)p[6] << 21 | (size_t)p[7] << 14 |
	    (size_t)p[8] << 7 | p[9]);
}

/* The frame at *at or after it, not one of facts; 0: no more. */
static size_t
next_frame(const struct file *f, size_t *at, struct mpa *m)
{
	for (; *at + MPA_HEADER_SIZE <= f->n; ++*at) {
		if (mpa_decode(m, f->p + *at) == -1 || m->length == 0 ||
		    *at + m->length > f->n)
			continue;
		if (!mpa_is_info(m, f->p + *at, m->length))
			return m->length;
		*at += m->length - 1;
	}
	return 0;
}

static unsigned
reach(const struct file *f, size_t at)
{
	struct mpa m;
	size_t len = next_frame(f, &at, &m);

	return len > 0 ? mpa_main_data_begin(&m, f->p + at, len) : 0;
}

static unsigned
gain(const struct file *f, size_t at)
{
	struct mpa m;
	size_t len = next_frame(f, &at, &m);

	return len > 0 ? mpa_gain(&m, f->p + at, len) : MPA_GAIN_MAX;
}

/* The frame there, which the trail took last, written to stand alone. */
static unsigned
alone(struct mpa_trail *t, const struct file *f, size_t at, uint8_t *out)
{
	struct mpa m;
	size_t len = next_frame(f, &at, &m);

	return mpa_alone(t, &m, f->p + at, len, reach(f, at + len), out);
}

/* How loud it is where frame k would be repeated, or left out: the frames
 * that come together then.  Beyond MPA_GAIN_MAX: it cannot be done. */
static unsigned
loudness(const struct file *f, const size_t *at, size_t k, int leaves_out)
{
	static struct mpa_trail t;
	uint8_t room[MPA_FRAME_MAX];
	unsigned most = 0, v;
	struct mpa m;
	size_t i;

	for (i = leaves_out ? k - 1 : k; i <= k + 1; i++)
		most = (v = gain(f, at[i])) > most ? v : most;
	mpa_trail_break(&t);
	for (i = k < 12 ? 0 : k - 12; i <= (leaves_out ? k + 1 : k); i++) {
		mpa_decode(&m, f->p + at[i]);
		mpa_trail_take(&t, &m, f->p + at[i], m.length);
	}
	return alone(&t, f, at[i - 1], room) > 0 ? most : MPA_GAIN_MAX + 1;
}

/* Of the frames from, to the one to be edited; 0: none. */
static size_t
choose(const struct file *f, const size_t *at, size_t from, size_t to,
    int leaves_out)
{
	unsigned least = MPA_GAIN_MAX + 1, v;
	size_t found = 0;

	for (; from < to; from++)
		if ((v = loudness(f, at, from, leaves_out)) < least) {
			least = v;
			found = from;
		}
	return found;
}

static void
edit(const char *from, const char *to, size_t every, int leaves_out)
{
	static struct mpa_trail t;
	uint8_t room[MPA_FRAME_MAX];
	struct file f = read_all(from);
	FILE *out = fopen(to, "w");
	size_t *at = xcalloc(f.n / 16 + 1, sizeof(*at));
	size_t n = 0, k, chosen = 0, len;
	struct mpa m;

	if (out == NULL)
		err(EX_CANTCREAT, "%s", to);
	at[0] = tag_size(&f);
	for (; (len = next_frame(&f, &at[n], &m)) > 0; n++)
		at[n + 1] = at[n] + len;
	mpa_decode(&m, f.p + at[0]);
	printf("%zu %u\n", n, m.samples);
	for (k = 0; k < n; k++) {
		if (k % every == 1)
			chosen = k + every + 2 < n ? choose(&f, at, k,
			    k + every - 2, leaves_out) : 0;
		mpa_decode(&m, f.p + at[k]);
		mpa_trail_take(&t, &m, f.p + at[k], m.length);
		if (chosen == 0 || k != chosen) {
			put(f.p + at[k], m.length, out);
			continue;
		}
		printf("%zu %s%u\n", k, leaves_out ? "-" : "", m.samples);
		if (!leaves_out)
			put(f.p + at[k], m.length, out);
		else {
			mpa_decode(&m, f.p + at[++k]);
			mpa_trail_take(&t, &m, f.p + at[k], m.length);
		}
		put(room, alone(&t, &f, at[k], room), out);
	}
	if (fclose(out) != 0)
		err(EX_IOERR, "%s", to);
	free(at);
	free(f.p);
}

static int
sample(const struct file *f, int64_t at)
{
	if (at < 0 || (size_t)at * 2 + 2 > f->n)
		return 0;
	return (int16_t)(f->p[at * 2] | f->p[at * 2 + 1] << 8);
}

/* The loudest of both channels' samples from, to. */
static int
peak(const struct file *f, int64_t from, int64_t to)
{
	int most = 0, v;

	for (from *= 2, to *= 2; from < to; from++) {
		v = abs(sample(f, from));
		most = v > most ? v : most;
	}
	return most;
}

struct verdict {
	int64_t edits, same, differ, loud;
	double loudest;		/* the worst edit, times the music */
};

/* Samples from, to of the reference are to be found so much later. */
static void
compare(const struct file *ref, const struct file *got, int64_t from,
    int64_t to, int64_t later, struct verdict *v)
{
	int64_t i;

	for (i = from * 2; i < to * 2; i++)
		if (abs(sample(ref, i) - sample(got, i + later * 2)) <= 1)
			v->same++;
		else
			v->differ++;
}

static int
check(const char *edits, const char *reference, const char *edited)
{
	struct file ref = read_all(reference), got = read_all(edited);
	struct verdict v = { 0, 0, 0, 0, 0 };
	long long k, by, frame;
	int64_t done = 0, later = 0, at, skipped;
	FILE *list = fopen(edits, "r");
	int music, most;

	if (list == NULL || fscanf(list, "%lld %lld", &k, &frame) != 2)
		err(EX_NOINPUT, "%s", edits);
	/* A first frame that reaches back may not be decoded at all. */
	skipped = k * frame - (int64_t)(ref.n / BLOCK);
	while (fscanf(list, "%lld %lld", &k, &by) == 2) {
		/* The first frame that is heard otherwise. */
		at = (by > 0 ? (k + 1) * frame : k * frame) - skipped;
		compare(&ref, &got, done, at, later, &v);
		music = peak(&ref, at - AROUND * frame, at + AROUND * frame);
		most = peak(&got, at + later, at + later + 3 * frame);
		if (music > 0 && most > v.loudest * music)
			v.loudest = (double)most / music;
		if (most > music * 1.2 + 1)
			v.loud++;
		done = at + (by > 0 ? 0 : frame) + SETTLE * frame;
		later += by;
		v.edits++;
	}
	fclose(list);
	compare(&ref, &got, done, (int64_t)(ref.n / BLOCK), later, &v);
	at = (int64_t)(got.n / BLOCK) - (int64_t)(ref.n / BLOCK) - later;
	printf("%lld edits, %lld samples equal, %lld differ, %lld edits too "
	    "loud (most %.2f of the music), %lld samples too many\n",
	    (long long)v.edits, (long long)v.same, (long long)v.differ,
	    (long long)v.loud, v.loudest, (long long)at);
	free(ref.p);
	free(got.p);
	return v.edits == 0 || v.differ > 0 || v.loud > 0 || at != 0;
}

int
main(int argc, char **argv)
{
	const char *edits = NULL;
	int leaves_out = 0, c;
	int64_t every = 0;
	char why[80];

	while ((c = getopt(argc, argv, "xn:c:")) != -1)
		switch (c) {
		case 'x':
			leaves_out = 1;
			break;
		case 'n':
			if (num_parse(optarg, 4, 1000000, &every, why,
			    sizeof(why)) == -1)
				errx(EX_USAGE, "-n: %s expected", why);
			break;
		case 'c':
			edits = optarg;
			break;
		default:
			return EX_USAGE;
		}
	if (argc - optind != 2 || (every == 0) == (edits == NULL))
		errx(EX_USAGE, "usage: mpaedit [-x] -n N IN OUT | -c EDITS "
		    "REFERENCE EDITED");
	if (edits != NULL)
		return check(edits, argv[optind], argv[optind + 1]);
	edit(argv[optind], argv[optind + 1], (size_t)every, leaves_out);
	return EX_OK;
}
