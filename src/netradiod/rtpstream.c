/* SPDX-License-Identifier: ISC */
#include "rtpstream.h"

#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "outlet.h"

void
rtpstream_init(struct rtpstream *s, struct outlet *o, const struct addr *to,
    const struct bucket *bucket, const struct rtpstream_start *start)
{
	memset(s, 0, sizeof(*s));
	s->outlet = o;
	s->to = *to;
	s->port = NULL;
	s->bucket = *bucket;
	s->base_ssrc = s->ssrc = start->ssrc;
	s->type = RTP_PT_MPA;
	s->clock_hz = start->clock_hz;
	s->ts_origin = start->ts;
	s->seq = start->seq;
	s->moved = 1;
}

int
rtpstream_open(struct rtpstream *s)
{
	if (s->pack.room == NULL && pack_init(&s->pack) == -1)
		return -1;
	if (s->port == NULL)
		s->port = outlet_open(s->outlet, addr_port(&s->to));
	return s->port == NULL ? -1 : 0;
}

void
rtpstream_done(struct rtpstream *s)
{
	if (s->port != NULL)
		outlet_close(s->outlet, addr_port(&s->to));
	pack_done(&s->pack);
	silence_done(&s->silence);
}

unsigned
rtpstream_type(const struct media_facts *facts)
{
	switch (facts->sound) {
	case MEDIA_AAC:
		return PAYLOAD_AAC_TYPE;
	case MEDIA_PCM:
		return payload_l16_type(facts->rate, facts->channels);
	default:
		return RTP_PT_MPA;
	}
}

uint32_t
rtpstream_ssrc(uint32_t base, const struct media_facts *facts)
{
	unsigned type = rtpstream_type(facts);
	uint8_t text[1 + 4 + 1 + MEDIA_CONFIG_MAX];
	uint32_t ssrc;
	struct wr w;

	if (type == RTP_PT_MPA)
		return base;
	wr_init(&w, text, sizeof(text));
	wr_u8(&w, (uint8_t)type);
	wr_u32(&w, facts->rate);
	wr_u8(&w, (uint8_t)facts->channels);
	if (facts->sound == MEDIA_AAC)
		wr_bytes(&w, facts->config, facts->config_len);
	ssrc = base ^ (uint32_t)hash64_of(text, wr_len(&w));
	return ssrc != 0 ? ssrc : 1;
}

void
rtpstream_use(struct rtpstream *s, const struct media_facts *facts)
{
	unsigned type = rtpstream_type(facts);
	uint32_t ssrc = rtpstream_ssrc(s->base_ssrc, facts), ts, hz;

	if (type == RTP_PT_MPA)
		return;
	s->pcm = facts->pcm;
	s->config_len = facts->config_len;
	memcpy(s->config, facts->config, sizeof(s->config));
	silence_of(&s->silence, facts);
	if (facts->sound == MEDIA_AAC)
		pack_use(&s->pack, PACK_AAC, 1);
	else
		pack_use(&s->pack, PACK_L16, 2 * facts->channels);
	if (s->ssrc == ssrc)
		return;
	hz = facts->rate;
	if (hz != s->clock_hz) {
		ts = rtpstream_ts(s, s->bucket.spent);
		s->clock_hz = hz;
		s->ts_origin = 0;
		s->ts_origin = ts - rtpstream_ts(s, s->bucket.spent);
	}
	s->ssrc = ssrc;
	s->type = (uint8_t)type;
	s->moved = 1;
}

int64_t
rtpstream_end(const struct rtpstream *s)
{
	return s->bucket.spent + s->pack.flicks;
}

uint32_t
rtpstream_ts(const struct rtpstream *s, int64_t flicks)
{
	return s->ts_origin + (uint32_t)flick_to_clock(flicks, s->clock_hz);
}

size_t
rtpstream_room(const struct rtpstream *s)
{
	size_t room = outlet_room(s->outlet) - RTP_HEADER_SIZE;

	return room < PACK_PAYLOAD_MAX ? room : PACK_PAYLOAD_MAX;
}

int
rtpstream_is_packed(const struct rtpstream *s)
{
	return s->pack.len > 0;
}

/* As many samples as there is room for, in bytes and in time. */
static int
add_samples(struct rtpstream *s, struct frame *f, size_t payload_max)
{
	unsigned channels = s->pack.align / 2;
	size_t n = (payload_max - s->pack.len) / s->pack.align;
	int64_t most = (PACK_PCM_TIME_MAX - s->pack.flicks) /
	    flick_of_samples(1, f->rate);
	uint8_t samples[PACK_PAYLOAD_MAX];
	struct frame part = *f;

	if ((int64_t)n > most)
		n = most > 0 ? (size_t)most : 0;
	if (n > f->samples)
		n = f->samples;
	if (n == 0)
		return 0;
	payload_l16_encode(&s->pcm, f->data, n * channels, samples);
	part.data = samples;
	part.samples = (uint32_t)n;
	part.len = n * s->pack.align;
	if (pack_add(&s->pack, &part, payload_max) == NULL)
		return 0;
	f->data += n * channels * s->pcm.bytes;
	f->len -= n * channels * s->pcm.bytes;
	f->samples -= (uint32_t)n;
	return f->samples == 0;
}

int
rtpstream_add(struct rtpstream *s, struct frame *f, uint8_t **copy)
{
	size_t max = rtpstream_room(s);
	uint8_t *at;

	if (s->pack.payload == PACK_L16)
		return add_samples(s, f, max);
	if ((at = pack_add(&s->pack, f, max)) == NULL)
		return 0;
	if (copy != NULL)
		*copy = at;
	return 1;
}

void
rtpstream_jump(struct rtpstream *s, int64_t flicks)
{
	s->bucket.spent = flicks;
	s->moved = 1;
	/* A jump of time without one in the sequence is more than VLC bears. */
	if (s->on_air)
		s->seq++;
}

void
rtpstream_move(struct rtpstream *s, int64_t ns)
{
	s->ts_origin += (uint32_t)(ns / NS_PER_S * s->clock_hz +
	    ns % NS_PER_S * s->clock_hz / NS_PER_S);
	s->seq++;
	s->moved = 1;
}

size_t
rtpstream_next(struct rtpstream *s, int64_t now_ns, const uint8_t **packet)
{
	struct rtp h = { .type = s->type, .ssrc = s->ssrc };
	int64_t flicks = s->pack.flicks;
	size_t len;

	h.ts = rtpstream_ts(s, s->bucket.spent);
	h.marker = s->moved;
	h.seq = s->seq;
	len = pack_next(&s->pack, &h, rtpstream_room(s), packet);
	if (len > 0) {
		s->seq++;
		s->moved = 0;
		s->on_air = 1;
	} else
		bucket_take(&s->bucket, now_ns, flicks);
	return len;
}
