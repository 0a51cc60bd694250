/* SPDX-License-Identifier: ISC */
#include "wire/plist.h"

#include <string.h>

#include "base/text.h"
#include "wire/ports.h"

static const uint8_t magic[4] = { 'N', 'R', 'P', 'L' };

#define STREAM_FIXED	7	/* port, payload type, ssrc */
#define FORMAT_FIXED	9	/* bitrate, rate, channels */
#define SECOND_FIXED	10	/* clock, timestamp, channels, length */
#define NEXT_FIXED	5	/* payload type, ssrc */
#define UNKNOWN_U32	UINT32_MAX

void
plist_begin(struct wr *w, const struct plist_stamp *stamp)
{
	wr_bytes(w, magic, sizeof(magic));
	wr_u8(w, PLIST_VERSION);
	wr_u8(w, (uint8_t)stamp->kind);
	wr_u16(w, 0);
	wr_u64(w, stamp->server);
	wr_u32(w, stamp->startup);
	wr_u32(w, stamp->revision);
}

static void
put_item(struct wr *w, uint16_t type, size_t len)
{
	wr_u16(w, type);
	wr_u16(w, (uint16_t)len);
}

static void
put_text(struct wr *w, uint16_t type, const char *text)
{
	size_t n = strlen(text);

	if (n == 0)
		return;
	put_item(w, type, n);
	wr_bytes(w, text, n);
}

int
plist_put_head(struct wr *w, const struct plist_head *head)
{
	put_item(w, PLIST_H_CHANNELS, 4);
	wr_u32(w, head->channels);
	put_item(w, PLIST_H_CYCLE, 2);
	wr_u16(w, head->cycle_s);
	put_text(w, PLIST_H_NAME, head->name);
	if (head->http_port != 0) {
		put_item(w, PLIST_H_HTTP, 2);
		wr_u16(w, head->http_port);
	}
	return w->bad ? -1 : 0;
}

static void
put_stream(struct wr *w, uint16_t item, const struct plist_entry *e,
    uint16_t port, uint8_t payload_type, uint32_t ssrc)
{
	if (e->group_len == 0)
		return;
	put_item(w, item, STREAM_FIXED + e->group_len);
	wr_u16(w, port);
	wr_u8(w, payload_type);
	wr_u32(w, ssrc);
	wr_bytes(w, e->group, e->group_len);
}

/* From the clock on. */
static void
put_second_format(struct wr *w, const struct plist_second *s)
{
	wr_u32(w, s->clock_hz);
	wr_u32(w, s->begin_ts);
	wr_u8(w, s->channels);
	wr_u8(w, s->config_len);
	wr_bytes(w, s->config, s->config_len);
	wr_bytes(w, s->codec, strlen(s->codec));
}

static size_t
second_size(const struct plist_second *s)
{
	return SECOND_FIXED + s->config_len + strlen(s->codec);
}

static void
put_second(struct wr *w, const struct plist_entry *e)
{
	const struct plist_second *s = &e->second;

	if (s->port == 0 || e->group_len == 0)
		return;
	put_stream(w, PLIST_E_SECOND, e, s->port, s->payload_type, s->ssrc);
	put_item(w, PLIST_E_SECOND_FORMAT, second_size(s));
	put_second_format(w, s);
}

static void
put_next(struct wr *w, const struct plist_second *s)
{
	if (s->port == 0)
		return;
	put_item(w, PLIST_E_NEXT, NEXT_FIXED + second_size(s));
	wr_u8(w, s->payload_type);
	wr_u32(w, s->ssrc);
	put_second_format(w, s);
}

static void
put_format(struct wr *w, const struct plist_entry *e)
{
	size_t n = strlen(e->codec);

	if (n == 0)
		return;
	put_item(w, PLIST_E_FORMAT, FORMAT_FIXED + n);
	wr_u32(w, e->bitrate);
	wr_u32(w, e->sample_rate);
	wr_u8(w, e->channels);
	wr_bytes(w, e->codec, n);
}

static void
put_track(struct wr *w, const struct plist_entry *e)
{
	if (!e->has_track)
		return;
	put_item(w, PLIST_E_TRACK, 12);
	wr_u32(w, e->track_ts);
	wr_u32(w, e->position_ms);
	wr_u32(w, e->duration_ms >= 0 && e->duration_ms < UNKNOWN_U32 ?
	    (uint32_t)e->duration_ms : UNKNOWN_U32);
}

static void
put_heard(struct wr *w, const struct plist_entry *e)
{
	if (!e->has_heard)
		return;
	put_item(w, PLIST_E_HEARD, 8);
	wr_u16(w, e->loss_median);
	wr_u16(w, e->jitter_median_ms);
	wr_u16(w, e->loss_worst);
	wr_u16(w, e->jitter_worst_ms);
}

static int
put_entry(struct wr *w, const struct plist_entry *e, int with_all)
{
	struct wr saved = *w;
	uint8_t *length_at;
	size_t n;

	if (w->bad || wr_left(w) < 4)
		return -1;
	length_at = w->p + 2;		/* behind its type */
	put_item(w, PLIST_ENTRY, 0);
	wr_u16(w, e->channel);
	put_text(w, PLIST_E_NAME, e->name);
	put_text(w, PLIST_E_DESCRIPTION, e->description);
	put_item(w, PLIST_E_FLAGS, 1);
	wr_u8(w, e->flags);
	put_stream(w, PLIST_E_STREAM, e, e->port, e->payload_type, e->ssrc);
	put_second(w, e);
	put_format(w, e);
	put_text(w, PLIST_E_TITLE, e->title);
	put_text(w, PLIST_E_ARTIST, e->artist);
	put_track(w, e);
	put_text(w, PLIST_E_NOTE, e->note);
	if (e->listeners >= 0) {
		put_item(w, PLIST_E_LISTENERS, 4);
		wr_u32(w, (uint32_t)e->listeners);
	}
	if (with_all) {
		put_next(w, &e->next);
		put_heard(w, e);
	}
	if (w->bad) {
		*w = saved;
		return -1;
	}
	n = (size_t)(w->p - length_at) - 2;
	length_at[0] = (uint8_t)(n >> 8);
	length_at[1] = (uint8_t)n;
	return 0;
}

int
plist_put_entry(struct wr *w, const struct plist_entry *e)
{
	int is_empty = wr_len(w) <= PLIST_HEAD_SIZE;

	if (put_entry(w, e, 1) == 0)
		return 0;
	/* Not even in a datagram of its own: the rest is worth more. */
	return is_empty && (e->next.port != 0 || e->has_heard) ?
	    put_entry(w, e, 0) : -1;
}

int
plist_open(struct rd *r, struct plist_stamp *stamp)
{
	const uint8_t *p = rd_bytes(r, sizeof(magic));
	uint8_t version = rd_u8(r), kind = rd_u8(r);

	rd_u16(r);
	stamp->kind = (enum plist_kind)kind;
	stamp->server = rd_u64(r);
	stamp->startup = rd_u32(r);
	stamp->revision = rd_u32(r);
	if (r->bad || memcmp(p, magic, sizeof(magic)) != 0 ||
	    version != PLIST_VERSION || kind > PLIST_KIND_ENTRIES)
		return -1;
	return 0;
}

/* The next item: 1 with its type and a reader of its value; 0 at the end;
 * -1 if its length goes beyond what is there. */
static int
next_item(struct rd *r, uint16_t *type, struct rd *value)
{
	if (rd_left(r) == 0)
		return 0;
	*type = rd_u16(r);
	*value = rd_sub(r, rd_u16(r));
	return r->bad ? -1 : 1;
}

static void
get_text(struct rd *value, char *text, size_t size)
{
	size_t n = rd_left(value);

	text_copyn(text, size, (const char *)value->p, n);
	text_clean(text);
}

int
plist_get_head(struct rd *r, struct plist_head *head)
{
	struct rd v;
	uint16_t type;
	int more;

	memset(head, 0, sizeof(*head));
	head->cycle_s = 1;
	while ((more = next_item(r, &type, &v)) == 1)
		switch (type) {
		case PLIST_H_CHANNELS:
			head->channels = rd_u32(&v);
			break;
		case PLIST_H_CYCLE:
			head->cycle_s = rd_u16(&v);
			break;
		case PLIST_H_NAME:
			get_text(&v, head->name, sizeof(head->name));
			break;
		case PLIST_H_HTTP:
			head->http_port = rd_u16(&v);
			break;
		}
	if (head->cycle_s == 0)
		head->cycle_s = 1;
	return more;
}

static void
get_stream(struct rd *v, struct plist_entry *e)
{
	uint16_t port = rd_u16(v);
	uint8_t type = rd_u8(v);
	uint32_t ssrc = rd_u32(v);
	size_t n = rd_left(v);

	if (v->bad || (n != 4 && n != 16))
		return;
	e->port = port;
	e->payload_type = type;
	e->ssrc = ssrc;
	e->group_len = (uint8_t)n;
	memcpy(e->group, v->p, n);
}

/* Its group is the entry's. */
static void
get_second(struct rd *v, struct plist_second *s)
{
	uint16_t port = rd_u16(v);
	uint8_t type = rd_u8(v);
	uint32_t ssrc = rd_u32(v);

	if (v->bad)
		return;
	s->port = port;
	s->payload_type = type;
	s->ssrc = ssrc;
}

static void
get_second_format(struct rd *v, struct plist_second *s)
{
	uint32_t clock = rd_u32(v), ts = rd_u32(v);
	uint8_t channels = rd_u8(v), n = rd_u8(v);
	const uint8_t *config = rd_bytes(v, n);

	if (v->bad || n > PLIST_CONFIG_MAX)
		return;
	s->clock_hz = clock;
	s->begin_ts = ts;
	s->channels = channels;
	s->config_len = n;
	memcpy(s->config, config, n);
	get_text(v, s->codec, sizeof(s->codec));
}

/* Its port is that of the format before it. */
static void
get_next(struct rd *v, struct plist_second *s)
{
	uint8_t type = rd_u8(v);
	uint32_t ssrc = rd_u32(v);

	get_second_format(v, s);
	s->payload_type = type;
	s->ssrc = ssrc;
}

static void
get_format(struct rd *v, struct plist_entry *e)
{
	uint32_t bitrate = rd_u32(v), rate = rd_u32(v);
	uint8_t channels = rd_u8(v);

	if (v->bad)
		return;
	e->bitrate = bitrate;
	e->sample_rate = rate;
	e->channels = channels;
	get_text(v, e->codec, sizeof(e->codec));
}

static void
get_track(struct rd *v, struct plist_entry *e)
{
	uint32_t ts = rd_u32(v), position = rd_u32(v), duration = rd_u32(v);

	if (v->bad)
		return;
	e->has_track = 1;
	e->track_ts = ts;
	e->position_ms = position;
	e->duration_ms = duration == UNKNOWN_U32 ? -1 : (int64_t)duration;
}

static void
get_heard(struct rd *v, struct plist_entry *e)
{
	e->loss_median = rd_u16(v);
	e->jitter_median_ms = rd_u16(v);
	e->loss_worst = rd_u16(v);
	e->jitter_worst_ms = rd_u16(v);
	e->has_heard = !v->bad;
}

static void
get_entry_item(uint16_t type, struct rd *v, struct plist_entry *e)
{
	switch (type) {
	case PLIST_E_NAME:
		get_text(v, e->name, sizeof(e->name));
		break;
	case PLIST_E_DESCRIPTION:
		get_text(v, e->description, sizeof(e->description));
		break;
	case PLIST_E_FLAGS:
		e->flags = rd_u8(v);
		break;
	case PLIST_E_STREAM:
		get_stream(v, e);
		break;
	case PLIST_E_SECOND:
		get_second(v, &e->second);
		break;
	case PLIST_E_SECOND_FORMAT:
		get_second_format(v, &e->second);
		break;
	case PLIST_E_NEXT:
		get_next(v, &e->next);
		break;
	case PLIST_E_FORMAT:
		get_format(v, e);
		break;
	case PLIST_E_TITLE:
		get_text(v, e->title, sizeof(e->title));
		break;
	case PLIST_E_ARTIST:
		get_text(v, e->artist, sizeof(e->artist));
		break;
	case PLIST_E_TRACK:
		get_track(v, e);
		break;
	case PLIST_E_NOTE:
		get_text(v, e->note, sizeof(e->note));
		break;
	case PLIST_E_LISTENERS:
		e->listeners = rd_u32(v);
		if (v->bad)
			e->listeners = -1;
		break;
	case PLIST_E_HEARD:
		get_heard(v, e);
		break;
	}
}

int
plist_get_entry(struct rd *r, struct plist_entry *e)
{
	struct rd entry, v;
	uint16_t type;
	int more;

	do {
		if ((more = next_item(r, &type, &entry)) != 1)
			return more;
	} while (type != PLIST_ENTRY);
	memset(e, 0, sizeof(*e));
	e->duration_ms = e->listeners = -1;
	e->channel = rd_u16(&entry);
	if (entry.bad || e->channel == 0 || e->channel > PORTS_CHANNEL_MAX)
		return -1;
	while ((more = next_item(&entry, &type, &v)) == 1)
		get_entry_item(type, &v, e);
	/* Half a description is none. */
	if (e->second.port == 0 || e->second.clock_hz == 0)
		memset(&e->second, 0, sizeof(e->second));
	if (e->second.port == 0 || e->next.clock_hz == 0)
		memset(&e->next, 0, sizeof(e->next));
	else
		e->next.port = e->second.port;
	return more == -1 ? -1 : 1;
}
