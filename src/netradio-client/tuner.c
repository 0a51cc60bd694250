/* SPDX-License-Identifier: ISC */
#include "tuner.h"

#include <string.h>

#include "base/clock.h"
#include "wire/rtp.h"

#define SOURCE_OPEN_NS	(3 * NS_PER_S)
#define FLOWING_NS	(2 * NS_PER_S)	/* since the last packet */
/* What is before a decoder when it begins: a packet's jitter, and the frame
 * that it holds until it has seen the next one's header. */
#define CUSHION_NS	(40 * NS_PER_MS)
/* How long a good place is looked for: the delay is to be full in half a
 * minute; a drift of 1000 ppm needs a frame in 26 s. */
#define GROW_NS		(2 * NS_PER_S)
#define STEER_NS	(4 * NS_PER_S)
#define STEER_MIN_NS	(1 * NS_PER_S)	/* if there is more than one to find */

/* What is wanted of the frame that comes: more until the delay is full, then
 * what the decoder's clock asks for. */
static void
steer(struct tuner *t, int is_short, int64_t frame_ns)
{
	int64_t patience = GROW_NS;
	int n = 1;

	if (!is_short) {
		n = drift_want(&t->drift, frame_ns, t->play_ns);
		patience = STEER_NS / (n > 1 ? n : n < -1 ? -n : 1);
		if (patience < STEER_MIN_NS)
			patience = STEER_MIN_NS;
	}
	edit_want(&t->edit, n > 0 ? 1 : n < 0 ? -1 : 0, patience,
	    t->play_ns);
}

/* From unpack to the taker. */
static int
on_frame(void *arg, const struct mpa *m, const uint8_t *frame, size_t len,
    enum unpack_kind kind)
{
	struct tuner *t = arg;
	int64_t frame_ns, moved = 0;
	int is_short, ret;

	if (!t->adapts)
		return t->put(t->arg, m, frame, len, kind);
	frame_ns = flick_to_ns(flick_of_samples(m->samples, m->rate));
	is_short = jitter_is_short(&t->jitter, frame_ns);
	steer(t, is_short, frame_ns);
	ret = edit_frame(&t->edit, m, frame, len, kind, t->play_ns, &moved);
	if (ret == -1 || is_short)
		drift_break(&t->drift);
	if (is_short)
		jitter_grow(&t->jitter, moved);
	else
		drift_moved(&t->drift, moved);
	return ret;
}

void
tuner_init(struct tuner *t, int64_t hold_ns, int64_t lead_ns, unpack_put *put,
    void *arg)
{
	memset(t, 0, sizeof(*t));
	jitter_init(&t->jitter, hold_ns, lead_ns);
	unpack_init(&t->unpack, on_frame, t);
	t->put = put;
	t->arg = arg;
	t->sample_ns = INT64_MAX;
	t->is_cold = 1;
}

void
tuner_adapt(struct tuner *t)
{
	t->adapts = 1;
	jitter_hurry(&t->jitter);
	t->unpack.mutes_first = 1;
	edit_init(&t->edit, t->put, t->arg);
	drift_init(&t->drift, t->jitter.lead_ns);
}

static void
forget_sources(struct tuner *t)
{
	memset(t->candidate, 0, sizeof(t->candidate));
	t->source.len = t->begun.len = 0;
	t->is_listed = 0;
}

void
tuner_reset(struct tuner *t, int64_t dropped_ns)
{
	jitter_reset(&t->jitter);
	jitter_dropped(&t->jitter, dropped_ns);
	forget_sources(t);
	reception_init(&t->reception);
	t->last_ns = t->port_ns = 0;
}

int
tuner_trust(struct tuner *t, const struct addr *source)
{
	const struct addr *was = t->source.len > 0 || !t->jitter.has_stream ?
	    &t->source : &t->begun;
	int is_other = was->len > 0 && !addr_is_same_host(was, source);

	if (is_other) {
		jitter_reset(&t->jitter);
		t->last_ns = t->port_ns = 0;
	}
	t->source = *source;
	t->is_listed = 1;
	return is_other;
}

void
tuner_move(struct tuner *t, const struct addr *source)
{
	t->source = *source;
	t->is_listed = 1;
	t->port_ns = 0;
}

/* Three in a row from one source make it the one. */
static void
consider(struct tuner *t, const struct rtp *h, const struct addr *from)
{
	struct tuner_source *c, *spare = &t->candidate[0];

	for (c = t->candidate; c < t->candidate + TUNER_SOURCES; c++) {
		if (c->n > 0 && addr_is_same_host(&c->addr, from))
			break;
		if (c->n < spare->n)
			spare = c;
	}
	if (c == t->candidate + TUNER_SOURCES) {
		c = spare;
		c->n = 0;
	}
	if (c->n > 0 && (c->ssrc != h->ssrc || rtp_seq_diff(h->seq, c->seq) <
	    1 || rtp_seq_diff(h->seq, c->seq) > JITTER_AGREE))
		c->n = 0;
	c->addr = *from;
	c->ssrc = h->ssrc;
	c->seq = h->seq;
	if (++c->n < JITTER_AGREE)
		return;
	t->source = *from;
	/* One on trial is given up there, and these three are kept. */
	if (t->jitter.has_stream && t->jitter.ssrc != h->ssrc &&
	    t->jitter.trial == 0)
		jitter_reset(&t->jitter);
}

/*
 * Whether it is from whom we listen to.  While there is none, the packets of
 * all go to the jitter buffer: they are told apart there by their SSRC, and
 * what the chosen one sent before it was chosen is then not lost.
 */
static int
is_from_source(struct tuner *t, const struct rtp *h, const struct addr *from,
    int64_t now)
{
	if (t->source.len > 0 && !t->is_listed && t->last_ns > 0 &&
	    now - t->last_ns > SOURCE_OPEN_NS)
		forget_sources(t);
	if (t->source.len > 0)
		return addr_is_same_host(&t->source, from);
	consider(t, h, from);
	return 1;
}

int
tuner_only(const struct tuner *t, int64_t now, struct addr *from,
    uint32_t *id)
{
	int is_flowing = t->port_ns != 0 && now - t->port_ns <= FLOWING_NS;

	if (t->source.len == 0 || (!t->is_listed && !is_flowing))
		return 0;
	*from = addr_plus(&t->source, 0, is_flowing ? t->port : 0);
	*id = t->jitter.ssrc;
	return 1;
}

void
tuner_take(struct tuner *t, const uint8_t *data, size_t len,
    const struct addr *from, int64_t now)
{
	const uint8_t *payload;
	size_t payload_len;
	struct rtp h;

	if (len > RTP_PACKET_MAX ||
	    rtp_decode(&h, data, len, &payload, &payload_len) == -1 ||
	    h.type != RTP_PT_MPA) {
		t->counts.unfit++;
		return;
	}
	if (!is_from_source(t, &h, from, now)) {
		t->counts.foreign++;
		return;
	}
	t->counts.packets++;
	t->counts.bytes += len;
	t->last_ns = now;
	if (!t->jitter.has_stream)
		t->begun = *from;
	jitter_push(&t->jitter, &h, payload, payload_len, now);
	if (t->jitter.has_stream && h.ssrc == t->jitter.ssrc)
		reception_take(&t->reception, h.ssrc, h.seq, h.ts,
		    RTP_CLOCK_MPA, now);
	/* Whatever became of it: a flood from elsewhere may have taken its
	 * place, and ends with this. */
	if (addr_port(from) == t->port && t->jitter.has_stream &&
	    t->jitter.trial == 0 && h.ssrc == t->jitter.ssrc)
		t->port_ns = now;
}

/* A stream begins: how much silence stands before it. */
static void
begin_adapted(struct tuner *t)
{
	if (!t->adapts)
		return;
	edit_break(&t->edit);
	drift_break(&t->drift);
	if (t->jitter.ready_ns < CUSHION_NS)
		unpack_pause(&t->unpack, CUSHION_NS - t->jitter.ready_ns, 0);
	if (t->sample_ns == INT64_MAX)
		t->sample_ns = drift_next_ns(&t->drift, t->play_ns);
}

/* Silence while a packet is waited for that takes none of its time; if there
 * can be none, time goes on. */
static void
play_pause(struct tuner *t)
{
	int64_t was = t->unpack.paused_ns;

	unpack_pause(&t->unpack, 1, 1);
	if (t->unpack.paused_ns == was)
		unpack_silence(&t->unpack);
}

static enum tuner_news
play_packet(struct tuner *t, const struct jitter_packet *p, int64_t now)
{
	enum tuner_news news = TUNER_NOTHING;
	enum unpack_use use;

	if (p->is_first) {
		unpack_begin(&t->unpack, p->ts, t->is_cold);
		begin_adapted(t);
		news = TUNER_BEGUN;
	} else if (p->has_gap)
		unpack_break(&t->unpack);
	use = unpack_packet(&t->unpack, p->ts, p->rtp_ts, p->data, p->len);
	if (use != UNPACK_NOTHING)
		jitter_used(&t->jitter, use == UNPACK_LATE, now);
	if (t->unpack.is_started)
		t->is_cold = 0;
	return news;
}

enum tuner_news
tuner_play(struct tuner *t, int64_t now, int64_t *wake)
{
	const struct jitter_packet *p;
	enum tuner_news news = TUNER_NOTHING, one;

	t->play_ns = now;
	for (;;) {
		switch (jitter_next(&t->jitter, unpack_ts(&t->unpack),
		    unpack_frame_ticks(&t->unpack), now, &p, wake)) {
		case JITTER_WAIT:
			if (t->sample_ns < *wake)
				*wake = t->sample_ns;
			return news;
		case JITTER_PACKET:
			one = play_packet(t, p, now);
			news = one != TUNER_NOTHING ? one : news;
			break;
		case JITTER_SILENCE:
			unpack_silence(&t->unpack);
			break;
		case JITTER_PAUSE:
			play_pause(t);
			break;
		case JITTER_END:
			t->sample_ns = INT64_MAX;
			news = TUNER_ENDED;
			break;
		}
	}
}

void
tuner_restart(struct tuner *t, int64_t now)
{
	t->is_cold = 1;
	unpack_restart(&t->unpack);
	jitter_prime(&t->jitter, now);
	edit_break(&t->edit);
	drift_break(&t->drift);
}

void
tuner_level(struct tuner *t, int64_t level_ns, int64_t now)
{
	t->sample_ns = drift_next_ns(&t->drift, now);
	if (level_ns < 0 || !t->jitter.is_primed ||
	    t->jitter.not_before_ns > now) {
		drift_break(&t->drift);
		return;
	}
	if (t->jitter.is_full)
		drift_sample(&t->drift, level_ns, jitter_ahead_ns(&t->jitter,
		    now), now);
}

int
tuner_heard(const struct tuner *t, uint32_t *rtp_ts)
{
	if (!t->jitter.is_primed)
		return 0;
	*rtp_ts = unpack_rtp_ts(&t->unpack) -
	    (uint32_t)(jitter_lead_ns(&t->jitter) / 100000 * 9);
	return 1;
}
