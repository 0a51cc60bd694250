/* SPDX-License-Identifier: ISC */
#include "reporter.h"

#include <string.h>

#include "base/clock.h"
#include "reception.h"
#include "wire/rtcp.h"

#define TOOL	"netradio-client/" VERSION

/* 96 bits of chance as 16 letters: for this run only, it names nobody (RFC
 * 7022 section 4.2). */
static void
make_cname(char *out, const uint8_t *chance)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t word;
	int i, k;

	for (i = 0; i < 4; i++, chance += 3) {
		word = (uint32_t)chance[0] << 16 | (uint32_t)chance[1] << 8 |
		    chance[2];
		for (k = 3; k >= 0; k--, word >>= 6)
			out[4 * i + k] = letters[word & 63];
	}
	out[16] = '\0';
}

void
reporter_init(struct reporter *r,
    const uint8_t chance[static REPORTER_CHANCE])
{
	memset(r, 0, sizeof(*r));
	make_cname(r->cname, chance);
	memcpy(&r->ssrc, chance + 12, sizeof(r->ssrc));
	memcpy(&r->random, chance + 16, sizeof(r->random));
	r->random |= 1;
	reporter_tune(r, 0);
}

/* xorshift: so that listeners do not speak at the same time. */
static unsigned
draw_factor(struct reporter *r)
{
	r->random ^= r->random << 13;
	r->random ^= r->random >> 7;
	r->random ^= r->random << 17;
	return 512 + (unsigned)(r->random >> 32) % 1024;
}

void
reporter_next(struct reporter *r, int64_t now_ns)
{
	r->since_ns = now_ns;
	r->interval_ns = 0;
	r->factor = draw_factor(r);
	r->is_first = 0;
}

void
reporter_tune(struct reporter *r, int64_t now_ns)
{
	memset(r->stream, 0, sizeof(r->stream));
	r->heard_ns = 0;
	reporter_next(r, now_ns);
	r->is_first = 1;
}

static void
take_sr(struct reporter *r, struct reporter_stream *s, const struct rtcp *p,
    const struct addr *from, int64_t now_ns)
{
	if (r->heard_ns == 0)
		r->heard_ns = now_ns;
	if (s->ssrc != p->ssrc)
		s->has_said = 0;
	s->to = *from;
	s->ssrc = p->ssrc;
	s->last_sr = rtcp_ntp_middle(p->sender.ntp);
	s->sr_ns = now_ns;
}

int
reporter_take(struct reporter *r, unsigned which, const uint8_t *data,
    size_t len, const struct addr *from, const struct addr *source,
    uint32_t ssrc, int64_t now_ns)
{
	struct rtcp p;
	struct rd rd;
	unsigned i;
	int is_over = 0;

	if (source->len == 0 || !addr_is_same_host(from, source) ||
	    rtcp_open(&rd, data, len) == -1)
		return 0;
	while (rtcp_next(&rd, &p)) {
		if (p.type == RTCP_SR && p.ssrc == ssrc)
			take_sr(r, &r->stream[which], &p, from, now_ns);
		for (i = 0; i < p.nbyes; i++)
			is_over |= p.bye[i] == ssrc;
	}
	return is_over;
}

int64_t
reporter_due_ns(struct reporter *r, int64_t listeners, int64_t session_bps)
{
	int64_t ns = rtcp_interval_ns(listeners > 0 ? listeners : 0,
	    session_bps), at, heard;

	/* When they become fewer nobody speaks earlier: all would at once. */
	if (ns > r->interval_ns)
		r->interval_ns = ns;
	if (r->heard_ns == 0)
		return INT64_MAX;
	if (!r->is_first)
		return r->since_ns + r->interval_ns / 1024 * r->factor;
	/* Half of it for the first time (RFC 3550 section 6.3.1); all who
	 * waited for the server's report do not answer it at once. */
	ns = r->interval_ns / 2 / 1024;
	at = r->since_ns + ns * r->factor;
	heard = r->heard_ns + ns * (r->factor - 512);
	return at > heard ? at : heard;
}

size_t
reporter_say(struct reporter *r, unsigned which, struct reception *reception,
    int64_t now_ns, uint8_t *out)
{
	struct reporter_stream *s = &r->stream[which];
	struct rtcp_block b;
	struct wr w;
	int64_t since = now_ns - s->sr_ns;

	if (s->to.len == 0 || !reception_is_fresh(reception) ||
	    reception->ssrc != s->ssrc)
		return 0;
	reception_report(reception, &b);
	b.last_sr = s->last_sr;
	b.since_sr = (uint32_t)(since / NS_PER_S << 16 |
	    (since % NS_PER_S << 16) / NS_PER_S);
	wr_init(&w, out, RTCP_MAX);
	rtcp_put_rr(&w, r->ssrc, &b);
	rtcp_put_sdes(&w, r->ssrc, r->cname, TOOL);
	s->has_said = 1;
	return wr_len(&w);
}

size_t
reporter_bye(struct reporter *r, unsigned which, int64_t listeners,
    uint8_t *out)
{
	struct reporter_stream *s = &r->stream[which];
	struct wr w;

	if (!s->has_said || listeners > REPORTER_BYE_MAX)
		return 0;
	s->has_said = 0;
	wr_init(&w, out, RTCP_MAX);
	rtcp_put_rr(&w, r->ssrc, NULL);
	rtcp_put_sdes(&w, r->ssrc, r->cname, TOOL);
	rtcp_put_bye(&w, r->ssrc);
	return wr_len(&w);
}
