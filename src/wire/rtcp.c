/* SPDX-License-Identifier: ISC */
#include "wire/rtcp.h"

#include <string.h>

#include "base/clock.h"

#define VERSION_BITS	0x80
#define PADDING_BIT	0x20
#define COUNT_MASK	0x1f
#define SDES_CNAME	1
#define SDES_TOOL	6
#define NTP_EPOCH	UINT64_C(2208988800)	/* s from 1900 to 1970 */
#define INTERVAL_MIN_NS	(5 * NS_PER_S)
/* A session of which nothing is known: what MPEG audio has at least. */
#define SESSION_BPS_MIN	8000
#define INTERVAL_MAX_NS	(86400 * NS_PER_S)
#define LISTENERS_MAX	(1 << 24)

uint64_t
rtcp_ntp(int64_t real_ns)
{
	uint64_t s = (uint64_t)(real_ns / NS_PER_S) + NTP_EPOCH;
	uint64_t ns = (uint64_t)(real_ns % NS_PER_S);

	return s << 32 | (ns << 32) / (uint64_t)NS_PER_S;
}

static void
put_head(struct wr *w, unsigned count, unsigned type, size_t bytes)
{
	wr_u8(w, (uint8_t)(VERSION_BITS | count));
	wr_u8(w, (uint8_t)type);
	wr_u16(w, (uint16_t)(bytes / 4 - 1));
}

void
rtcp_put_sr(struct wr *w, uint32_t ssrc, const struct rtcp_sender *s)
{
	put_head(w, 0, RTCP_SR, 28);
	wr_u32(w, ssrc);
	wr_u64(w, s->ntp);
	wr_u32(w, s->ts);
	wr_u32(w, s->packets);
	wr_u32(w, s->octets);
}

void
rtcp_put_rr(struct wr *w, uint32_t ssrc, const struct rtcp_block *b)
{
	put_head(w, b != NULL, RTCP_RR, b != NULL ? 32 : 8);
	wr_u32(w, ssrc);
	if (b == NULL)
		return;
	wr_u32(w, b->ssrc);
	wr_u32(w, (uint32_t)b->fraction << 24 |
	    ((uint32_t)b->lost & 0xffffff));
	wr_u32(w, b->highest);
	wr_u32(w, b->jitter);
	wr_u32(w, b->last_sr);
	wr_u32(w, b->since_sr);
}

static size_t
text_len(const char *text)
{
	return strnlen(text, RTCP_TEXT_MAX - 1);
}

static void
put_text(struct wr *w, unsigned type, const char *text)
{
	wr_u8(w, (uint8_t)type);
	wr_u8(w, (uint8_t)text_len(text));
	wr_bytes(w, text, text_len(text));
}

void
rtcp_put_sdes(struct wr *w, uint32_t ssrc, const char *cname,
    const char *tool)
{
	size_t items = 2 + text_len(cname) + 2 + text_len(tool);
	size_t padded = (items / 4 + 1) * 4;	/* a zero ends them */

	put_head(w, 1, RTCP_SDES, 8 + padded);
	wr_u32(w, ssrc);
	put_text(w, SDES_CNAME, cname);
	put_text(w, SDES_TOOL, tool);
	for (; items < padded; items++)
		wr_u8(w, 0);
}

void
rtcp_put_bye(struct wr *w, uint32_t ssrc)
{
	put_head(w, 1, RTCP_BYE, 8);
	wr_u32(w, ssrc);
}

/* The fixed word of a packet, and a reader of the rest: 0, or -1. */
static int
take_head(struct rd *r, unsigned *first, uint8_t *type, struct rd *body)
{
	*first = rd_u8(r);
	*type = rd_u8(r);
	*body = rd_sub(r, (size_t)rd_u16(r) * 4);
	return r->bad || (*first & 0xc0) != VERSION_BITS ? -1 : 0;
}

int
rtcp_open(struct rd *r, const uint8_t *data, size_t len)
{
	struct rd all, body;
	unsigned first;
	uint8_t type;
	int is_first = 1;

	rd_init(r, data, len);
	rd_init(&all, data, len);
	if (len == 0)
		return -1;
	for (; rd_left(&all) > 0; is_first = 0) {
		if (take_head(&all, &first, &type, &body) == -1)
			return -1;
		if (is_first && type != RTCP_SR && type != RTCP_RR)
			return -1;
		if ((first & PADDING_BIT) && rd_left(&all) > 0)
			return -1;
	}
	return 0;
}

static void
take_block(struct rd *r, struct rtcp_block *b)
{
	uint32_t lost;

	b->ssrc = rd_u32(r);
	b->fraction = rd_u8(r);
	lost = rd_u24(r);
	b->lost = (int32_t)(lost & 0x800000 ? lost | 0xff000000 : lost);
	b->highest = rd_u32(r);
	b->jitter = rd_u32(r);
	b->last_sr = rd_u32(r);
	b->since_sr = rd_u32(r);
}

static void
take_report(struct rd *r, struct rtcp *p, unsigned count)
{
	struct rtcp_block b;

	p->ssrc = rd_u32(r);
	if (p->type == RTCP_SR) {
		p->sender.ntp = rd_u64(r);
		p->sender.ts = rd_u32(r);
		p->sender.packets = rd_u32(r);
		p->sender.octets = rd_u32(r);
	}
	while (count-- > 0) {
		take_block(r, &b);
		if (r->bad)
			break;
		p->block[p->nblocks++] = b;
	}
}

int
rtcp_next(struct rd *r, struct rtcp *p)
{
	struct rd body;
	unsigned first, count, i;

	memset(p, 0, sizeof(*p));
	if (rd_left(r) == 0 || take_head(r, &first, &p->type, &body) == -1)
		return 0;
	count = first & COUNT_MASK;
	if (p->type == RTCP_SR || p->type == RTCP_RR)
		take_report(&body, p, count);
	else if (p->type == RTCP_BYE)
		for (i = 0; i < count && rd_left(&body) >= 4; i++)
			p->bye[p->nbyes++] = rd_u32(&body);
	return !body.bad;
}

int64_t
rtcp_interval_ns(int64_t listeners, int64_t session_bps)
{
	int64_t bps = session_bps > SESSION_BPS_MIN ? session_bps :
	    SESSION_BPS_MIN, ns;

	if (listeners > LISTENERS_MAX)
		listeners = LISTENERS_MAX;
	/* 3.75 % are 3 in 80. */
	ns = listeners * (RTCP_REPORT_BYTES * 8) * 80 / 3 * 1000 / bps *
	    NS_PER_MS;
	if (ns > INTERVAL_MAX_NS)
		ns = INTERVAL_MAX_NS;
	return ns > INTERVAL_MIN_NS ? ns : INTERVAL_MIN_NS;
}
