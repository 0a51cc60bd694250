/* SPDX-License-Identifier: ISC */
/*
 * AVI, also of several RIFFs (OpenDML):
 *
 *   RIFF size "AVI "
 *     LIST hdrl
 *       avih
 *       LIST strl ...          one for each stream, in the order of numbers
 *         strh                 type(4) handler(4) flags(4) ...
 *         strf                 of sound: as in WAV
 *     LIST movi
 *       ##wb ...               a chunk of the stream ##; perhaps in LIST rec
 *     idx1
 *   RIFF size "AVIX"
 *     LIST movi ...
 *
 * What is there is what counts: the chunks are walked as they stand.  Indices
 * are not needed for that, and neither are the sizes of lists, which many a
 * writer did not come to fill in.  Where no chunk is, one is searched for.
 */
#include "media_ops.h"

#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "os/file.h"
#include "wire/aac.h"

#include "framer.h"
#include "riff.h"
#include "stream.h"

#define FIRST		12
#define CHUNKS_MAX	65536	/* in front of movi */
#define STREAMS_MAX	100	/* their numbers have two digits */
#define FORMAT_MAX	(18 + 22 + MEDIA_CONFIG_MAX)
#define STEP		1024	/* bytes searched at a time */
/* Between two chunks of sound: bytes in which a chunk is searched for, and
 * chunks of others (87 minutes of 25 pictures a second). */
#define SEARCH_MAX	(4 << 20)
#define OTHERS_MAX	131072
#define LIST_HEADER	12

#define STREAM_DISABLED	1	/* of strh */

struct avi {
	int fd;
	int64_t size;		/* of the file */
	int64_t movi;		/* where the chunks begin */
	int64_t off;		/* of the next chunk */
	int64_t search_left;	/* until the next chunk of ours */
	int others_left;
	int64_t full;		/* no hole in the file in front of here */
	char id[3];		/* what chunks of our stream begin with */
	const struct framer *framer;
};

/* The head: one stream after the other. */
struct head {
	struct avi *a;
	int n;			/* streams so far */
	int is_sound, is_enabled;	/* of the last one */
	int rank;		/* of the one that was chosen; -1 */
	struct riff_format format;	/* its */
	struct media_facts *facts;
	const char *problem;
};

static int
is_printable(const char *id)
{
	int i;

	for (i = 0; i < 4; i++)
		if (id[i] < 0x20 || id[i] > 0x7e)
			return 0;
	return 1;
}

/* A chunk of some stream, or what else stands between them. */
static int
is_usual(const struct riff_chunk *c)
{
	static const char kinds[][3] = { "wb", "dc", "db", "pc", "tx", "sb",
	    "iv" };
	static const char *const ids[] = { "LIST", "RIFF", "JUNK", "idx1" };
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (riff_is(c, ids[i]))
			return 1;
	if (c->id[0] == 'i' && c->id[1] == 'x')
		return 1;
	if (c->id[0] < '0' || c->id[0] > '9' || c->id[1] < '0' ||
	    c->id[1] > '9')
		return 0;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (memcmp(c->id + 2, kinds[i], 2) == 0)
			return 1;
	return 0;
}

/* Where a chunk can be believed to end: another one is there, or nothing;
 * -1: it cannot.  Some writers do not pad. */
static int64_t
end_of(const struct avi *a, const struct riff_chunk *c)
{
	int64_t end = riff_next(c);
	struct riff_chunk next;

	if (c->len > a->size - c->off)
		return -1;
	if (end >= a->size)
		return a->size;
	if (a->size - end < 8 || (riff_at(a->fd, end, a->size, &next) &&
	    is_printable(next.id)))
		return end;
	if (c->len & 1 && riff_at(a->fd, end - 1, a->size, &next) &&
	    is_printable(next.id))
		return end - 1;
	return -1;
}

/* Whether a usual chunk stands in the file at off, and its name at p. */
static int
is_chunk(const struct avi *a, const uint8_t *p, int64_t off)
{
	struct riff_chunk c;

	/* Most bytes fail here. */
	if ((p[0] < '0' || p[0] > '9') && p[0] != 'L' && p[0] != 'R' &&
	    p[0] != 'J' && p[0] != 'i')
		return 0;
	memcpy(c.id, p, 4);
	c.id[4] = '\0';
	return is_usual(&c) && riff_at(a->fd, off, a->size, &c) &&
	    (c.type[0] != '\0' || end_of(a, &c) != -1);
}

/* The next place from off on where a chunk stands; the end of the file. */
static int64_t
search(struct avi *a, int64_t off)
{
	uint8_t p[STEP + 3];
	int64_t from, stop;
	ssize_t n, i;

	for (; a->search_left > 0; off += n - 3) {
		stop = off + a->search_left;
		from = off;
		/* A name may begin in the zeros' last bytes, but none does. */
		if (off >= a->full)
			off = file_data_at(a->fd, off, stop, &a->full);
		n = file_read_at(a->fd, p, sizeof(p), off);
		if (n < 4)
			break;
		for (i = 0; i + 4 <= n; i++)
			if (is_chunk(a, p + i, off + i))
				return off + i;
		a->search_left -= off - from + n - 3;
	}
	return a->size;
}

static int
is_ours(const struct avi *a, const struct riff_chunk *c)
{
	return memcmp(c->id, a->id, 2) == 0 && memcmp(c->id + 2, "wb", 2) == 0;
}

/* Bytes of sound in a chunk that ends nobody knows where. */
static int64_t
sound_in(const struct avi *a, const struct riff_chunk *c, int64_t next)
{
	int64_t end = c->off + c->len;

	if (end > next)
		end = next;
	/* A unit that is cut is none. */
	if (a->framer == &framer_units && end < c->off + c->len)
		return 0;
	return end - c->off;
}

/* Take the chunk at a->off: 1 and what of it is ours, perhaps nothing; 0: the
 * end. */
static int
take(struct avi *a, struct piece *p)
{
	struct riff_chunk c;
	int64_t next;

	p->len = 0;
	if (!riff_at(a->fd, a->off, a->size, &c))
		return 0;
	if (c.type[0] != '\0') {	/* lists are entered */
		a->off += LIST_HEADER;
		return 1;
	}
	next = is_printable(c.id) ? end_of(a, &c) : -1;
	if (next == -1)
		next = search(a, is_printable(c.id) ? c.off : a->off + 1);
	if (is_ours(a, &c)) {
		p->off = c.off;
		p->len = p->unit = sound_in(a, &c, next);
	}
	a->off = next;
	return 1;
}

static int
avi_next(void *state, struct piece *p)
{
	struct avi *a = state;

	a->search_left = SEARCH_MAX;
	for (a->others_left = OTHERS_MAX; a->others_left > 0 && take(a, p);
	    a->others_left--)
		if (p->len > 0)
			return 1;
	return 0;
}

static void
avi_rewind(void *state)
{
	struct avi *a = state;

	a->off = a->movi;
}

static void
on_strh(struct head *h, const struct riff_chunk *c)
{
	uint8_t p[12] = { 0 };

	h->n++;
	h->is_sound = file_read_at(h->a->fd, p, sizeof(p), c->off) ==
	    (ssize_t)sizeof(p) && memcmp(p, "auds", 4) == 0;
	h->is_enabled = (p[8] & STREAM_DISABLED) == 0;
}

/* Rather a stream that plays, of these one that is enabled, of these the
 * first. */
static void
on_strf(struct head *h, const struct riff_chunk *c)
{
	uint8_t p[FORMAT_MAX];
	const struct framer *framer;
	struct media_facts facts = { .rate = 0 };
	struct riff_format format;
	const char *problem = NULL;
	ssize_t n;
	int rank;

	n = file_read_at(h->a->fd, p, c->len < FORMAT_MAX ? (size_t)c->len :
	    FORMAT_MAX, c->off);
	if (!h->is_sound || n < 0 || h->n > STREAMS_MAX ||
	    riff_format_decode(&format, p, (size_t)n) == -1)
		return;
	framer = riff_format_read(&format, &facts, &problem);
	rank = 2 * (framer != NULL) + h->is_enabled;
	if (rank <= h->rank)
		return;
	h->rank = rank;
	h->format = format;
	h->problem = problem;
	*h->facts = facts;
	h->a->framer = framer;
	text_format(h->a->id, sizeof(h->a->id), "%02d", h->n - 1);
}

/* All in front of movi; where its chunks begin, or 0: there is none. */
static int64_t
read_head(struct head *h)
{
	int64_t off = 0;
	struct riff_chunk c;
	int i;

	for (i = 0; i < CHUNKS_MAX && riff_at(h->a->fd, off, h->a->size, &c);
	    i++) {
		if (riff_lists(&c, "movi"))
			return off + LIST_HEADER;
		if (riff_is(&c, "strh"))
			on_strh(h, &c);
		else if (riff_is(&c, "strf"))
			on_strf(h, &c);
		off = riff_lists(&c, "hdrl") || riff_lists(&c, "strl") ||
		    riff_is(&c, "RIFF") ? off + LIST_HEADER : riff_next(&c);
	}
	return 0;
}

/*
 * AAC stands there as ADTS, or each chunk is an access unit and the
 * configuration is in strf: the first chunk tells.
 */
static void
tell_aac(struct head *h, const char **problem)
{
	struct media_facts *f = h->facts;
	uint8_t p[ADTS_HEADER_SIZE];
	struct aac_config c;
	struct piece first;
	struct adts a;

	avi_rewind(h->a);
	if (!avi_next(h->a, &first) || h->format.extra_len < 2 ||
	    (file_read_at(h->a->fd, p, sizeof(p), first.off) ==
	    (ssize_t)sizeof(p) && adts_decode(&a, p) == 0 &&
	    a.length <= first.len))
		return;
	if (aac_config_decode(&c, h->format.extra, h->format.extra_len) == -1)
		return;
	text_copy(f->codec, sizeof(f->codec), aac_config_name(&c));
	f->rate = c.rate;
	f->channels = c.channels != 0 ? c.channels : f->channels;
	f->samples = c.samples;
	if (c.object != AAC_LC) {
		*problem = "AAC that is not Low Complexity: not played";
		h->a->framer = NULL;
		return;
	}
	f->sound = MEDIA_AAC;
	f->config_len = (uint8_t)h->format.extra_len;
	memcpy(f->config, h->format.extra, h->format.extra_len);
	h->a->framer = &framer_units;
}

static const struct framer *
avi_begin(void *state, int fd, struct media_facts *facts,
    const char **problem)
{
	struct avi *a = state;
	struct head h = { .a = a, .rank = -1, .facts = facts };
	struct stat st;

	*problem = "cannot be read";
	if (fstat(fd, &st) == -1)
		return NULL;
	a->fd = fd;
	a->size = st.st_size;
	a->movi = read_head(&h);
	*problem = h.problem;
	if (h.rank == -1)
		*problem = "no sound stream in it";
	if (a->framer == NULL)
		return NULL;
	*problem = "no movi list: nothing was recorded, or it is cut";
	if (a->movi == 0)
		return NULL;
	if (a->framer == &framer_adts)
		tell_aac(&h, problem);
	return a->framer;
}

static void
avi_tags(int fd, const char *charset, struct media_tags *t)
{
	struct stat st;

	if (fstat(fd, &st) == 0)
		riff_tags_read(fd, charset, FIRST, st.st_size, t);
}

const struct media_ops media_avi_ops = {
	"avi", sizeof(struct avi), avi_begin, avi_next, avi_rewind, NULL,
	avi_tags
};
