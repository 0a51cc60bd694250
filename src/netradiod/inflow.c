/* SPDX-License-Identifier: ISC */
/*
 * A frame is believed if something known stands where it ends: a header, a
 * tag, a WAV header, or the end.  One that begins in the middle of nowhere is
 * believed if two more like it follow.
 */
#include "inflow.h"

#include <string.h>

#include "base/bytes.h"
#include "base/text.h"

#include "framer.h"
#include "riff.h"
#include "tagspan.h"

#define RUN		2	/* frames that have to follow */
#define TAG_MAX		(INT64_C(16) << 20)	/* no tag is longer, and no */
					/* chunk in front of WAV's data */
#define FORMAT_MAX	(18 + 22 + MEDIA_CONFIG_MAX)
#define CHUNK_HEADER	8
#define RIFF_HEADER	12
#define ID3_HEADER	10
/* Who writes into a pipe does not know how long it will be. */
#define ENDLESS		UINT32_C(0x7ff00000)
#define PCM_HZ		100	/* a frame is at most 10 ms, */
#define PCM_MAX		2304	/* and so many bytes */

enum answer { NO, YES, UNKNOWN };

void
inflow_init(struct inflow *in, uint8_t *buf)
{
	memset(in, 0, sizeof(*in));
	in->buf = buf;
	inflow_reset(in);
}

void
inflow_reset(struct inflow *in)
{
	in->from = in->to = 0;
	in->state = INFLOW_STEP;
	in->last.sound = MEDIA_OTHER;
	in->is_known = in->is_broken = in->has_format = 0;
	in->skip = in->left = 0;
	in->junk = 0;
	in->problem = NULL;
}

size_t
inflow_room(struct inflow *in, uint8_t **p)
{
	if (in->from > 0 && INFLOW_SIZE - in->to < INFLOW_SIZE / 2) {
		memmove(in->buf, in->buf + in->from, in->to - in->from);
		in->to -= in->from;
		in->from = 0;
	}
	*p = in->buf + in->to;
	return INFLOW_SIZE - in->to;
}

void
inflow_took(struct inflow *in, size_t n)
{
	in->to += n;
}

static size_t
left_at(const struct inflow *in, size_t at)
{
	return in->to - at;
}

/* Whether this stands at a place that may be the last one. */
static enum answer
begins(const struct inflow *in, size_t at, const char *magic)
{
	size_t n = strlen(magic), has = left_at(in, at);

	if (memcmp(in->buf + at, magic, has < n ? has : n) != 0)
		return NO;
	return has < n ? UNKNOWN : YES;
}

static enum answer
riff_begins(const struct inflow *in, size_t at)
{
	enum answer a = begins(in, at, "RIFF");

	if (a == NO)
		a = begins(in, at, "RF64");
	if (a != YES)
		return a;
	if (left_at(in, at) < RIFF_HEADER)
		return UNKNOWN;
	return memcmp(in->buf + at + 8, "WAVE", 4) == 0 ? YES : NO;
}

static enum answer
head_at(const struct inflow *in, size_t at, struct inflow_head *h)
{
	const uint8_t *p = in->buf + at;

	h->sound = MEDIA_OTHER;
	if (left_at(in, at) > 0 && p[0] != 0xff)
		return NO;
	if (left_at(in, at) < ADTS_HEADER_SIZE)
		return UNKNOWN;
	if (mpa_decode(&h->mpa, p) == 0 && h->mpa.length > 0) {
		h->sound = MEDIA_MPA;
		h->len = h->mpa.length;
		h->header = 0;
	} else if (adts_decode(&h->adts, p) == 0 && h->adts.length >
	    h->adts.header) {
		h->sound = MEDIA_AAC;
		h->len = h->adts.length;
		h->header = h->adts.header;
	}
	return h->sound != MEDIA_OTHER ? YES : NO;
}

static int
is_alike(const struct inflow_head *a, const struct inflow_head *b)
{
	if (a->sound != b->sound)
		return 0;
	return a->sound == MEDIA_MPA ? mpa_is_alike(&a->mpa, &b->mpa) :
	    adts_is_alike(&a->adts, &b->adts);
}

/* Whether something other than a frame can be told at that place. */
static enum answer
is_landmark(const struct inflow *in, int is_end, size_t at)
{
	size_t n = left_at(in, at);
	enum answer a;

	if (n == 0)
		return is_end ? YES : UNKNOWN;
	if ((a = riff_begins(in, at)) != NO)
		return a;
	if (n < TAGSPAN_MAGIC && !is_end)
		return UNKNOWN;
	return tagspan_magic(in->buf + at, n) != TAGSPAN_NONE ? YES : NO;
}

/* Whether a frame can be believed by what stands behind it. */
static enum answer
is_bounded(const struct inflow *in, int is_end, size_t end)
{
	struct inflow_head h;
	enum answer a;

	if (end > in->to)
		return is_end ? NO : UNKNOWN;
	if ((a = head_at(in, end, &h)) == YES)
		return YES;
	/* Less than a header is what was cut off. */
	if (a == UNKNOWN)
		return is_end ? YES : UNKNOWN;
	return is_landmark(in, is_end, end);
}

/* Whether a frame in the middle of nowhere can be. */
static enum answer
is_run(const struct inflow *in, int is_end, size_t at,
    const struct inflow_head *first)
{
	struct inflow_head h = *first;
	enum answer a;
	unsigned i;

	for (i = 0; i < RUN; i++) {
		at += h.len;
		if (at > in->to)
			return is_end ? NO : UNKNOWN;
		if ((a = is_landmark(in, is_end, at)) != NO)
			return a;
		if ((a = head_at(in, at, &h)) != YES)
			return a == UNKNOWN && is_end ? NO : a;
		if (!is_alike(first, &h))
			return NO;
	}
	return YES;
}

/* --- WAV --- */

static void
begin_riff(struct inflow *in)
{
	in->from += RIFF_HEADER;
	in->state = INFLOW_RIFF;
	in->has_format = 0;
	in->ds64 = -1;
}

/* 1; 0: its bytes are not all there. */
static int
read_format(struct inflow *in, int64_t len)
{
	size_t n = len < FORMAT_MAX ? (size_t)len : FORMAT_MAX;
	const char *problem = NULL;
	struct riff_format f;

	if (left_at(in, in->from) < CHUNK_HEADER + n)
		return 0;
	memset(&in->next, 0, sizeof(in->next));
	text_copy(in->next.container, sizeof(in->next.container), "wav");
	in->has_format = riff_format_decode(&f, in->buf + in->from +
	    CHUNK_HEADER, n) == 0;
	if (!in->has_format)
		return 1;
	if (riff_format_read(&f, &in->next, &problem) == NULL)
		in->problem = problem;
	else if (in->next.sound == MEDIA_PCM &&
	    (problem = media_unsendable(&in->next)) != NULL) {
		in->problem = problem;
		in->next.sound = MEDIA_OTHER;
	} else if (in->next.sound == MEDIA_OTHER)
		in->has_format = 0;	/* frames tell what they are */
	return 1;
}

static int
is_same_pcm(const struct media_facts *a, const struct media_facts *b)
{
	return a->sound == b->sound && a->rate == b->rate &&
	    a->channels == b->channels && a->pcm.bytes == b->pcm.bytes;
}

static void
begin_data(struct inflow *in, uint32_t size)
{
	int64_t len = size >= ENDLESS || size == 0 ? INT64_MAX : size;

	if (size == UINT32_MAX && in->ds64 > 0)
		len = in->ds64;
	in->state = INFLOW_SEARCH;
	if (!in->has_format)
		return;
	if (in->next.sound != MEDIA_PCM) {
		in->skip = len;
		return;
	}
	if (!in->is_known || !is_same_pcm(&in->next, &in->facts)) {
		in->facts = in->next;
		in->facts.bitrate = in->facts.rate * in->facts.channels *
		    in->facts.pcm.bytes * 8;
		in->is_known = 0;
	} else
		in->is_broken = 1;
	in->last.sound = MEDIA_PCM;
	in->left = len;
	in->state = INFLOW_PCM;
}

/* One chunk: 1; 0: more bytes are needed for it. */
static int
step_riff(struct inflow *in)
{
	const uint8_t *p = in->buf + in->from;
	struct rd r;
	uint64_t low;
	uint32_t len;

	if (left_at(in, in->from) < CHUNK_HEADER)
		return 0;
	rd_init(&r, p + 4, 4);
	len = rd_u32le(&r);
	if (memcmp(p, "data", 4) == 0) {
		in->from += CHUNK_HEADER;
		begin_data(in, len);
		return 1;
	}
	if (len > TAG_MAX) {
		in->state = INFLOW_SEARCH;
		return 1;
	}
	if (memcmp(p, "fmt ", 4) == 0 && !read_format(in, len))
		return 0;
	if (memcmp(p, "ds64", 4) == 0 && len >= 16) {
		if (left_at(in, in->from) < CHUNK_HEADER + 16)
			return 0;
		rd_init(&r, p + CHUNK_HEADER + 8, 8);
		low = rd_u32le(&r);
		low |= (uint64_t)rd_u32le(&r) << 32;
		in->ds64 = low > INT64_MAX ? -1 : (int64_t)low;
	}
	in->from += CHUNK_HEADER;
	in->skip = (int64_t)len + (len & 1);
	return 1;
}

/* Some samples: 1; 0: more are needed; -1: those were all. */
static int
take_pcm(struct inflow *in, int is_end, struct frame *f)
{
	size_t align = (size_t)in->facts.pcm.bytes * in->facts.channels;
	size_t most = PCM_MAX / align, has = left_at(in, in->from);

	if (most > in->facts.rate / PCM_HZ)
		most = in->facts.rate / PCM_HZ;
	if ((int64_t)has > in->left) {
		has = (size_t)in->left;
		is_end = 1;
	} else if ((int64_t)has == in->left)
		is_end = 1;
	if (has < most * align && !is_end)
		return 0;
	f->samples = (uint32_t)(has / align < most ? has / align : most);
	f->len = f->samples * align;
	f->rate = in->facts.rate;
	f->data = in->buf + in->from;
	if (f->samples == 0) {
		in->from += has;
		in->state = INFLOW_STEP;
		return -1;
	}
	in->from += f->len;
	in->left -= (int64_t)f->len;
	return 1;
}

/* --- frames --- */

/* A frame of a sound that was not there before: 1; 0: it cannot be sent. */
static int
begin_sound(struct inflow *in, const struct inflow_head *h)
{
	const uint8_t *p = in->buf + in->from;
	struct media_facts f;
	struct adts a = h->adts;
	const char *problem;

	memset(&f, 0, sizeof(f));
	if (h->sound == MEDIA_MPA) {
		text_copy(f.container, sizeof(f.container), "mpeg");
		framer_mpa_facts(&f, &h->mpa, h->len);
	} else {
		if (a.channels == 0)
			a.channels = adts_channels(p + h->header,
			    h->len - h->header, &a.layout);
		text_copy(f.container, sizeof(f.container), "adts");
		framer_adts_facts(&f, &a);
	}
	if ((problem = media_unsendable(&f)) != NULL) {
		in->problem = problem;
		return 0;
	}
	in->facts = f;
	in->is_known = 0;
	return 1;
}

/* The frame that stands next: 1, or 0: it is not one to be sent. */
static int
take_frame(struct inflow *in, const struct inflow_head *h, struct frame *f)
{
	const uint8_t *p = in->buf + in->from;
	int is_new = !in->is_known || in->last.sound == MEDIA_OTHER ||
	    !is_alike(&in->last, h), takes;

	takes = !(h->sound == MEDIA_MPA && mpa_is_info(&h->mpa, p, h->len)) &&
	    (!is_new || begin_sound(in, h));
	if (takes) {
		in->last = *h;
		f->data = p + h->header;
		f->len = h->len - h->header;
		f->samples = h->sound == MEDIA_MPA ? h->mpa.samples :
		    1024 * h->adts.blocks;
		f->rate = h->sound == MEDIA_MPA ? h->mpa.rate : h->adts.rate;
	}
	in->from += h->len;
	return takes;
}

/* A tag or a WAV header, where one can be: YES, it is dealt with. */
static enum answer
take_landmark(struct inflow *in)
{
	enum answer a = riff_begins(in, in->from);
	int64_t len;

	if (a == YES)
		begin_riff(in);
	if (a != NO)
		return a;
	if ((a = begins(in, in->from, "ID3")) != YES)
		return a;
	if (left_at(in, in->from) < ID3_HEADER)
		return UNKNOWN;
	len = tagspan_id3v2(in->buf + in->from);
	if (len <= 0 || len > TAG_MAX)
		return NO;
	in->skip = len;
	return YES;
}

/*
 * What stands where something known ended: YES, a frame that can be believed
 * (*h); NO, nothing of the kind; UNKNOWN, too little of it is there.
 */
static enum answer
look(struct inflow *in, int is_end, struct inflow_head *h)
{
	enum answer a = head_at(in, in->from, h);

	if (a == YES && in->state == INFLOW_SEARCH)
		a = is_run(in, is_end, in->from, h);
	else if (a == YES)
		a = is_bounded(in, is_end, in->from + h->len);
	return a;
}

/*
 * A step ahead: 1, with a frame; 0: no frame until more bytes come; -1:
 * something else was passed.
 */
static int
step(struct inflow *in, int is_end, struct frame *f)
{
	struct inflow_head h;
	enum answer a;

	if (in->from == in->to)
		return 0;
	if ((a = take_landmark(in)) == YES)
		return -1;
	if (a == NO && (a = look(in, is_end, &h)) == YES) {
		in->state = INFLOW_STEP;
		return take_frame(in, &h, f) ? 1 : -1;
	}
	if (a == UNKNOWN && !is_end)
		return 0;
	/* A gap, if there was sound before. */
	in->is_broken = 1;
	in->state = INFLOW_SEARCH;
	in->from++;
	in->junk++;
	return -1;
}

static int
skip(struct inflow *in)
{
	size_t n = left_at(in, in->from);

	if ((int64_t)n > in->skip)
		n = (size_t)in->skip;
	in->from += n;
	in->skip -= (int64_t)n;
	return in->skip == 0;
}

enum inflow_event
inflow_next(struct inflow *in, int is_end, struct frame *f)
{
	enum inflow_event event;
	int r;

	do {
		if (!skip(in))
			return INFLOW_MORE;
		if (in->state == INFLOW_RIFF)
			r = step_riff(in) ? -1 : 0;
		else if (in->state == INFLOW_PCM)
			r = take_pcm(in, is_end, f);
		else
			r = step(in, is_end, f);
	} while (r == -1);
	if (r == 0)
		return INFLOW_MORE;
	event = !in->is_known ? INFLOW_BEGIN : in->is_broken ? INFLOW_SPLICE :
	    INFLOW_FRAME;
	in->is_known = 1;
	in->is_broken = 0;
	return event;
}

int64_t
inflow_level(struct inflow *in, int is_end, int64_t want)
{
	struct inflow copy = *in;
	int64_t flicks = 0;
	struct frame f;

	while (flicks < want && inflow_next(&copy, is_end, &f) != INFLOW_MORE)
		flicks += flick_of_samples(f.samples, f.rate);
	if (flicks == 0)
		*in = copy;
	return flicks;
}
