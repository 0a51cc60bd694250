/* SPDX-License-Identifier: ISC */
#include "second.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "wire/payload_l16.h"
#include "wire/rtp.h"

#define LINE_HZ		RTP_CLOCK_MPA
#define LINE_SSRC	1		/* of the one stream that jitter sees */
#define LINE_START	90000
#define UNIT_GUESS	(FLICK_HZ / 50)
#define SAMPLE_BYTES	2
#define CHANNELS_MAX	16

void
second_init(struct second *s, int64_t hold_ns, int64_t lead_ns,
    second_put *put, second_turn *turn, void *arg)
{
	memset(s, 0, sizeof(*s));
	jitter_init(&s->jitter, hold_ns, lead_ns);
	s->put = put;
	s->turn = turn;
	s->arg = arg;
	s->latest = s->on = -1;
	s->begins_ns = INT64_MAX;
}

/* Nothing comes out any more, until it begins again. */
static void
end(struct second *s)
{
	unsigned i;

	jitter_reset(&s->jitter);
	s->part_len = 0;
	/* What comes after a while has its place by its arrival. */
	s->latest = -1;
	for (i = 0; i < SECOND_FORMATS; i++)
		s->format[i].is_placed = 0;
	if (s->on == -1)
		return;
	s->on = -1;
	s->turn(s->arg, NULL);
}

void
second_reset(struct second *s)
{
	unsigned i;

	end(s);
	for (i = 0; i < SECOND_FORMATS; i++)
		s->format[i].told.port = 0;
	s->has_seq = 0;
	s->last_ns = 0;
	reception_init(&s->reception);
}

static int
is_aac(const struct plist_second *told)
{
	return told->payload_type == PAYLOAD_AAC_TYPE;
}

static int
is_pcm(const struct plist_second *told)
{
	return (told->payload_type == PAYLOAD_L16_STEREO ||
	    told->payload_type == PAYLOAD_L16_MONO ||
	    told->payload_type == PAYLOAD_L16_OTHER) && told->channels > 0 &&
	    told->channels <= CHANNELS_MAX;
}

/* One that can be heard, and whose samples are whole flicks: at 7 Hz a packet
 * would be minutes of sound. */
static int
is_rate(uint32_t hz)
{
	return hz >= PLIST_CLOCK_MIN && hz <= PLIST_CLOCK_MAX &&
	    FLICK_HZ % hz == 0;
}

/* What an access unit plays: 0; -1: the description does not say. */
static int
tell_unit(struct second_format *f)
{
	struct aac_config c;

	if (aac_config_decode(&c, f->told.config, f->told.config_len) == -1 ||
	    c.samples == 0 || !is_rate(c.rate))
		return -1;
	f->samples = c.samples;
	f->unit_rate = c.rate;
	return 0;
}

void
second_describe(struct second *s, const struct plist_second *told)
{
	struct second_format f = { .told = *told };
	uint8_t header[ADTS_HEADER_SIZE];
	unsigned i;

	/* Its SSRC is made of all the rest. */
	for (i = 0; i < SECOND_FORMATS; i++)
		if (s->format[i].told.port != 0 &&
		    s->format[i].told.ssrc == told->ssrc)
			return;
	if (told->port == 0 || !is_rate(told->clock_hz) ||
	    (is_aac(told) ? tell_unit(&f) == -1 : !is_pcm(told)))
		return;
	if (is_aac(told) && adts_encode(told->config, told->config_len, 1,
	    header) == -1)
		log_warnx("%s at %u Hz with channels that decoders cannot be "
		    "told of: it is not heard", told->codec,
		    (unsigned)told->clock_hz);
	/* In place of the oldest, but not of one that is in use. */
	do {
		s->newest = (s->newest + 1) % SECOND_FORMATS;
	} while ((int)s->newest == s->on || (int)s->newest == s->latest);
	s->format[s->newest] = f;
}

/* The format that a packet is of; -1: none that is known. */
static int
find_format(const struct second *s, const struct rtp *h)
{
	const struct plist_second *t;
	int i;

	for (i = 0; i < SECOND_FORMATS; i++) {
		t = &s->format[i].told;
		if (t->port != 0 && t->ssrc == h->ssrc &&
		    t->payload_type == h->type)
			return i;
	}
	return -1;
}

static int64_t
unit_flicks(const struct second_format *f)
{
	return flick_of_samples(f->samples, f->unit_rate);
}

static size_t
align_of(const struct second_format *f)
{
	return SAMPLE_BYTES * (size_t)f->told.channels;
}

/* What a packet plays; 0: a piece of a unit, or nothing that is known. */
static int64_t
packet_flicks(const struct second_format *f, const uint8_t *payload,
    size_t len)
{
	struct payload_aac p;

	if (!is_aac(&f->told))
		return flick_of_samples((int64_t)(len / align_of(f)),
		    f->told.clock_hz);
	if (payload_aac_decode(&p, payload, len) == -1)
		return 0;
	/* All pieces of a unit have its time. */
	return (int64_t)p.n * unit_flicks(f);
}

static int64_t
ticks_of(int64_t flicks)
{
	return flick_to_clock(flicks, LINE_HZ);
}

/* The place of its last timestamp on the line. */
static int64_t
place_of(const struct second_format *f)
{
	return f->origin + f->run * LINE_HZ / f->told.clock_hz;
}

/* Its place: on from its own last packet, or behind the other's. */
static int64_t
place(struct second *s, int at, const struct rtp *h)
{
	struct second_format *f = &s->format[at];
	int is_newer = !s->has_seq || rtp_seq_diff(h->seq, s->seq) > 0;

	if (!f->is_placed || (s->latest != at && is_newer)) {
		f->is_placed = 1;
		f->origin = s->latest == -1 ? s->end + LINE_START : s->end;
		f->run = 0;
		f->raw = h->ts;
	}
	f->run += rtp_ts_diff(h->ts, f->raw);
	f->raw = h->ts;
	return place_of(f);
}

void
second_take(struct second *s, const uint8_t *data, size_t len, int64_t now)
{
	uint8_t held[1 + RTP_PACKET_MAX];
	const uint8_t *payload;
	size_t n;
	struct rtp h;
	int64_t ts;
	int at;

	if (len > RTP_PACKET_MAX ||
	    rtp_decode(&h, data, len, &payload, &n) == -1 ||
	    (at = find_format(s, &h)) == -1 || n + 1 > JITTER_PAYLOAD_MAX) {
		s->counts.unfit++;
		return;
	}
	s->counts.packets++;
	s->counts.bytes += len;
	s->last_ns = now;
	reception_take(&s->reception, h.ssrc, h.seq, h.ts,
	    s->format[at].told.clock_hz, now);
	ts = place(s, at, &h);
	if (s->latest == -1 || !s->has_seq ||
	    rtp_seq_diff(h.seq, s->seq) > 0) {
		s->has_seq = 1;
		s->seq = h.seq;
		s->latest = at;
		s->end = ts + ticks_of(packet_flicks(&s->format[at], payload,
		    n));
	}
	held[0] = (uint8_t)at;
	memcpy(held + 1, payload, n);
	h.ssrc = LINE_SSRC;
	/* Each packet that ends an access unit of AAC has it. */
	h.marker = 0;
	h.ts = (uint32_t)ts;
	jitter_push(&s->jitter, &h, held, n + 1, now);
}

static int64_t
want_ts(const struct second *s)
{
	return s->anchor_ts + ticks_of(s->since);
}

/* A unit that lies in s->data. */
static void
give(struct second *s, size_t len, int64_t flicks, uint64_t *count)
{
	s->unit = flicks;
	s->since += flicks;
	if (s->put(s->arg, s->data, len, flick_to_ns(flicks)) == 0)
		(*count)++;
}

/* Whether what plays so long at that place is still wanted; it sets the line
 * then. */
static int
is_in_time(struct second *s, int64_t ts, int64_t flicks)
{
	if (ts + ticks_of(flicks) / 2 <= want_ts(s))
		return 0;
	s->anchor_ts = ts;
	s->since = 0;
	return 1;
}

/* A whole access unit, with its header. */
static int
take_unit(struct second *s, int64_t ts, const uint8_t *unit, size_t len)
{
	const struct second_format *f = &s->format[s->on];

	if (len == 0 || !is_in_time(s, ts, unit_flicks(f)) ||
	    adts_encode(f->told.config, f->told.config_len, len, s->data) ==
	    -1)
		return 0;
	memcpy(s->data + ADTS_HEADER_SIZE, unit, len);
	give(s, ADTS_HEADER_SIZE + len, unit_flicks(f), &s->counts.units);
	return 1;
}

/* One piece of a unit; all have its timestamp. */
static int
take_piece(struct second *s, int64_t ts, const uint8_t *data, size_t len,
    size_t size)
{
	if (len > size - s->part_len)
		s->part_len = 0;
	memcpy(s->part + s->part_len, data, len);
	s->part_len += len;
	if (s->part_len < size)
		return 1;
	s->part_len = 0;
	return take_unit(s, ts, s->part, size);
}

static int
take_aac(struct second *s, int64_t ts, const uint8_t *payload, size_t len)
{
	struct payload_aac p;
	int64_t at = 0;
	unsigned i;
	int used = 0;

	if (payload_aac_decode(&p, payload, len) == -1) {
		s->counts.damaged++;
		return -1;
	}
	for (i = 0; i < p.n; i++) {
		if (p.unit[i].len < p.unit[i].size)
			return take_piece(s, ts, p.unit[i].data,
			    p.unit[i].len, p.unit[i].size);
		used |= take_unit(s, ts + ticks_of(at), p.unit[i].data,
		    p.unit[i].len);
		at += unit_flicks(&s->format[s->on]);
	}
	return used;
}

static int
take_pcm(struct second *s, int64_t ts, const uint8_t *payload, size_t len)
{
	const struct second_format *f = &s->format[s->on];
	size_t samples = len / align_of(f), i;
	int64_t flicks = flick_of_samples((int64_t)samples,
	    f->told.clock_hz);

	if (samples == 0) {
		s->counts.damaged++;
		return -1;
	}
	if (!is_in_time(s, ts, flicks))
		return 0;
	s->pcm_len = samples * align_of(f);
	for (i = 0; i < s->pcm_len; i += SAMPLE_BYTES) {
		s->data[i] = payload[i + 1];
		s->data[i + 1] = payload[i];
	}
	give(s, s->pcm_len, flicks, &s->counts.units);
	return 1;
}

static void
play_packet(struct second *s, const struct jitter_packet *p, int64_t now)
{
	const struct second_format *f = &s->format[p->data[0]];
	int used;

	s->line_less_own = p->ts - (int64_t)p->rtp_ts;
	/* For a format that nobody was told of the server leaves out a number;
	 * a marker cannot say so, as each unit of AAC has one. */
	if (p->has_gap && s->on != p->data[0])
		jitter_excuse(&s->jitter);
	if (p->is_first || s->on != p->data[0]) {
		if (p->is_first) {
			s->anchor_ts = p->ts;
			s->since = 0;
		}
		s->on = p->data[0];
		s->part_len = s->pcm_len = 0;
		s->turn(s->arg, &f->told);
	}
	if (p->has_gap)
		s->part_len = 0;
	used = is_aac(&f->told) ?
	    take_aac(s, p->ts, p->data + 1, (size_t)p->len - 1) :
	    take_pcm(s, p->ts, p->data + 1, (size_t)p->len - 1);
	if (used != -1)
		jitter_used(&s->jitter, used == 0, now);
}

/* A unit is missing, and more will come. */
static void
play_silence(struct second *s)
{
	const struct second_format *f = &s->format[s->on];
	struct aac_config c;
	size_t len = 0;

	s->part_len = 0;
	if (!is_aac(&f->told) && s->pcm_len > 0) {
		memset(s->data, 0, s->pcm_len);
		give(s, s->pcm_len, flick_of_samples((int64_t)(s->pcm_len /
		    align_of(f)), f->told.clock_hz), &s->counts.silent);
		return;
	}
	if (!is_aac(&f->told)) {
		s->since += UNIT_GUESS;
		return;
	}
	if (aac_config_decode(&c, f->told.config, f->told.config_len) == 0)
		len = aac_silence(c.layout, s->data + ADTS_HEADER_SIZE);
	if (len > 0 && adts_encode(f->told.config, f->told.config_len, len,
	    s->data) == 0)
		give(s, ADTS_HEADER_SIZE + len, unit_flicks(f),
		    &s->counts.silent);
	else
		s->since += unit_flicks(f);
}

void
second_play(struct second *s, int64_t now, int64_t *wake)
{
	const struct jitter_packet *p;
	int64_t unit;

	for (;;) {
		unit = s->unit > 0 ? s->unit : UNIT_GUESS;
		switch (jitter_next(&s->jitter, want_ts(s),
		    (uint32_t)ticks_of(unit), now, &p, wake)) {
		case JITTER_WAIT:
			s->begins_ns = s->on == -1 ? *wake : INT64_MAX;
			return;
		case JITTER_PACKET:
			play_packet(s, p, now);
			break;
		case JITTER_SILENCE:
		case JITTER_PAUSE:
			if (s->jitter.n > 0 && s->on != -1) {
				play_silence(s);
				break;
			}
			end(s);
			break;
		case JITTER_END:
			end(s);
			break;
		}
	}
}

int
second_is_on(const struct second *s, int64_t until)
{
	return s->on != -1 || s->begins_ns < until;
}

int
second_heard(const struct second *s, uint32_t *rtp_ts, uint32_t *clock_hz)
{
	const struct second_format *f;
	int64_t lead = jitter_lead_ns(&s->jitter);
	int32_t behind;

	if (s->on == -1)
		return 0;
	f = &s->format[s->on];
	behind = (int32_t)((uint32_t)place_of(f) -
	    (uint32_t)(want_ts(s) - s->line_less_own));
	*clock_hz = f->told.clock_hz;
	*rtp_ts = f->raw - (uint32_t)((int64_t)behind * *clock_hz / LINE_HZ) -
	    (uint32_t)(lead / NS_PER_MS * *clock_hz / 1000);
	return 1;
}

static void
put_le(uint8_t *p, uint32_t v, unsigned bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		*p++ = (uint8_t)v;
}

void
second_wav_header(const struct plist_second *format,
    uint8_t out[static SECOND_WAV_HEADER])
{
	/* Sizes as writers into a pipe leave them; then format, kind 1. */
	static const uint8_t fixed[SECOND_WAV_HEADER] = {
		'R', 'I', 'F', 'F', 0xff, 0xff, 0xff, 0xff,
		'W', 'A', 'V', 'E', 'f', 'm', 't', ' ', 16, 0, 0, 0, 1, 0,
		[34] = 8 * SAMPLE_BYTES, [36] = 'd', 'a', 't', 'a',
		0xff, 0xff, 0xff, 0xff
	};
	uint32_t align = SAMPLE_BYTES * (uint32_t)format->channels;

	memcpy(out, fixed, sizeof(fixed));
	put_le(out + 22, format->channels, 2);
	put_le(out + 24, format->clock_hz, 4);
	put_le(out + 28, format->clock_hz * align, 4);
	put_le(out + 32, align, 2);
}
