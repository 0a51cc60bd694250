/* SPDX-License-Identifier: ISC */
#include "wire/control.h"

#include <string.h>

#include "base/text.h"

#define MAGIC	0x4e43		/* "NC" */

/* What is not known travels as a number that cannot be. */
#define NO_DURATION	UINT64_MAX

void
control_put_text(struct wr *w, const char *text, size_t max)
{
	size_t n = strnlen(text, max);

	wr_u16(w, (uint16_t)n);
	wr_bytes(w, text, n);
}

int
control_get_text(struct rd *r, char *text, size_t size)
{
	size_t n = rd_u16(r), i;
	const uint8_t *p = rd_bytes(r, n);

	text[0] = '\0';
	if (p == NULL)
		return -1;
	n = n < size ? n : size - 1;
	memcpy(text, p, n);
	text[n] = '\0';
	for (i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = '?';
	return 0;
}

void
control_put_file(struct wr *w, const struct control_file *f)
{
	wr_u64(w, f->size);
	wr_u64(w, (uint64_t)f->mtime_ns);
	wr_u64(w, f->inode);
}

void
control_get_file(struct rd *r, struct control_file *f)
{
	f->size = rd_u64(r);
	f->mtime_ns = (int64_t)rd_u64(r);
	f->inode = rd_u64(r);
}

int
control_is_same_file(const struct control_file *a,
    const struct control_file *b)
{
	return a->size == b->size && a->mtime_ns == b->mtime_ns &&
	    a->inode == b->inode;
}

size_t
control_encode(const struct control_request *q, uint8_t *out)
{
	struct wr w;

	wr_init(&w, out, CONTROL_MAX);
	wr_u16(&w, MAGIC);
	wr_u8(&w, CONTROL_VERSION);
	wr_u8(&w, q->command);
	wr_u32(&w, q->pid);
	wr_u32(&w, q->seq);
	wr_u8(&w, q->now);
	wr_u64(&w, q->offset);
	control_put_file(&w, &q->file);
	wr_u32(&w, q->revision);
	wr_u32(&w, q->channel);
	wr_u32(&w, q->track);
	control_put_text(&w, q->what, sizeof(q->what) - 1);
	return wr_len(&w);
}

int
control_decode(struct control_request *q, const void *data, size_t len)
{
	struct rd r;
	uint8_t version;

	memset(q, 0, sizeof(*q));
	rd_init(&r, data, len);
	if (rd_u16(&r) != MAGIC)
		return -1;
	version = rd_u8(&r);
	q->command = rd_u8(&r);
	q->pid = rd_u32(&r);
	q->seq = rd_u32(&r);
	/* The answer's type: a number from 2 on that is a process. */
	if (r.bad || q->pid <= CONTROL_REQUEST || q->pid > INT32_MAX)
		return -1;
	if (version != CONTROL_VERSION)
		return 1;
	q->now = rd_u8(&r);
	q->offset = rd_u64(&r);
	control_get_file(&r, &q->file);
	q->revision = rd_u32(&r);
	q->channel = rd_u32(&r);
	q->track = rd_u32(&r);
	if (control_get_text(&r, q->what, sizeof(q->what)) == -1 || r.bad ||
	    rd_left(&r) > 0)
		return -1;
	return q->command < CONTROL_RELOAD || q->command > CONTROL_LAST;
}

void
control_begin(struct wr *w, uint32_t seq, enum control_status status)
{
	wr_u16(w, MAGIC);
	wr_u8(w, CONTROL_VERSION);
	wr_u8(w, (uint8_t)status);
	wr_u32(w, seq);
}

int
control_open(struct control_answer *a, const void *data, size_t len)
{
	rd_init(&a->body, data, len);
	if (rd_u16(&a->body) != MAGIC || rd_u8(&a->body) != CONTROL_VERSION)
		return -1;
	a->status = rd_u8(&a->body);
	a->seq = rd_u32(&a->body);
	return a->body.bad ? -1 : 0;
}

static void
put_entry(struct wr *w, const struct control_entry *e)
{
	wr_u32(w, e->channel);
	wr_u32(w, e->track);
	control_put_text(w, e->name, sizeof(e->name) - 1);
	control_put_text(w, e->path, sizeof(e->path) - 1);
	control_put_text(w, e->container, sizeof(e->container) - 1);
	control_put_text(w, e->codec, sizeof(e->codec) - 1);
	control_put_text(w, e->title, sizeof(e->title) - 1);
	control_put_text(w, e->artist, sizeof(e->artist) - 1);
	control_put_text(w, e->album, sizeof(e->album) - 1);
	control_put_text(w, e->problem, sizeof(e->problem) - 1);
	wr_u32(w, e->rate);
	wr_u32(w, e->channels);
	wr_u32(w, e->bitrate);
	wr_u64(w, e->frames);
	wr_u64(w, e->size);
	wr_u64(w, e->duration_ms < 0 ? NO_DURATION : (uint64_t)e->duration_ms);
}

int
control_put_entry(struct wr *w, const struct control_entry *e)
{
	struct wr before = *w;

	put_entry(w, e);
	if (!w->bad)
		return 0;
	*w = before;
	return -1;
}

static int
get_texts(struct rd *r, struct control_entry *e)
{
	return control_get_text(r, e->name, sizeof(e->name)) == 0 &&
	    control_get_text(r, e->path, sizeof(e->path)) == 0 &&
	    control_get_text(r, e->container, sizeof(e->container)) == 0 &&
	    control_get_text(r, e->codec, sizeof(e->codec)) == 0 &&
	    control_get_text(r, e->title, sizeof(e->title)) == 0 &&
	    control_get_text(r, e->artist, sizeof(e->artist)) == 0 &&
	    control_get_text(r, e->album, sizeof(e->album)) == 0 &&
	    control_get_text(r, e->problem, sizeof(e->problem)) == 0;
}

int
control_get_entry(struct rd *r, struct control_entry *e)
{
	uint64_t duration;

	memset(e, 0, sizeof(*e));
	if (rd_left(r) == 0)
		return 0;
	e->channel = rd_u32(r);
	e->track = rd_u32(r);
	if (!get_texts(r, e))
		return -1;
	e->rate = rd_u32(r);
	e->channels = rd_u32(r);
	e->bitrate = rd_u32(r);
	e->frames = rd_u64(r);
	e->size = rd_u64(r);
	duration = rd_u64(r);
	e->duration_ms = duration > INT64_MAX ? -1 : (int64_t)duration;
	/* A path stays as it is: it is bytes, and asked for by them. */
	text_clean(e->name);
	text_clean(e->container);
	text_clean(e->codec);
	text_clean(e->title);
	text_clean(e->artist);
	text_clean(e->album);
	text_clean(e->problem);
	return r->bad ? -1 : 1;
}
