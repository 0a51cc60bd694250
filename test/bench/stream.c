/* SPDX-License-Identifier: ISC */
#include "stream.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "wire/mpa.h"
#include "wire/payload_mpa.h"
#include "wire/rtp.h"

#define JUMP_MAX	3000	/* RFC 3550 A.1: beyond it is a new numbering */
#define TICK_FLICKS	7840	/* of 90 kHz */

int
stream_is_rtp(const uint8_t *data, size_t len)
{
	/* RFC 5761 section 4: what RTCP has in the place of marker and type */
	return len >= RTP_HEADER_SIZE && data[0] >> 6 == 2 &&
	    !(data[1] >= 192 && data[1] <= 223);
}

/* The clock of the static payload types that occur here (RFC 3551). */
static uint32_t
clock_of_type(uint8_t type)
{
	switch (type) {
	case 10:	/* L16 stereo */
	case 11:	/* L16 mono */
		return 44100;
	case RTP_PT_MPA:
	case 32:	/* MPEG video */
	case 33:	/* MPEG-2 transport stream */
		return 90000;
	default:
		return 0;
	}
}

void
stream_init(struct stream *s, uint32_t group, uint16_t port)
{
	memset(s, 0, sizeof(*s));
	s->group = group;
	s->port = port;
}

static void
mark(struct stream *s, int64_t seq, int is_there)
{
	uint64_t bit = UINT64_C(1) << (seq & 63);
	uint64_t *word = &s->seen[(seq & (STREAM_WINDOW - 1)) / 64];

	*word = is_there ? *word | bit : *word & ~bit;
}

static int
is_marked(const struct stream *s, int64_t seq)
{
	return (s->seen[(seq & (STREAM_WINDOW - 1)) / 64] >> (seq & 63)) & 1;
}

static void
begin(struct stream *s, const struct rtp *h, int64_t at_ns)
{
	s->is_measured = 1;
	s->type = h->type;
	s->ssrc = h->ssrc;
	s->clock_hz = clock_of_type(h->type);
	s->origin_ns = at_ns;
	s->last_ts = h->ts;
	s->least_ns = INT64_MAX;
	s->lowest = s->highest = 65536 + (int64_t)h->seq;
	mark(s, s->highest, 1);
	s->packets = 1;
}

/* Numbers begin anew: what was counted stays, nothing between can be told. */
static void
renumber(struct stream *s, uint16_t number)
{
	int64_t span = s->highest - s->lowest + 1;

	s->highest += 65536 + rtp_seq_diff(number, (uint16_t)s->highest);
	s->lowest = s->highest - span;
	memset(s->seen, 0, sizeof(s->seen));
	mark(s, s->highest, 1);
	s->packets++;
}

/* Where the packet stands in the numbering: > 0: so many ahead of the newest;
 * 0: older, or there already. */
static int
place(struct stream *s, uint16_t number)
{
	int64_t seq, step = rtp_seq_diff(number, (uint16_t)s->highest);

	if (step > JUMP_MAX || step <= -STREAM_WINDOW) {
		s->jumps++;
		renumber(s, number);
		return JUMP_MAX;
	}
	seq = s->highest + step;
	while (s->highest < seq)
		mark(s, ++s->highest, 0);
	if (seq < s->lowest)	/* the first that came had overtaken it */
		s->lowest = seq;
	if (step <= 0 && is_marked(s, seq)) {
		s->duplicates++;
		return 0;
	}
	mark(s, seq, 1);
	s->packets++;
	if (step <= 0)
		s->reordered++;
	return step > 0 ? (int)step : 0;
}

/* Play time of the frames in data, and how many bytes were none. */
static int64_t
frames_flicks(struct stream *s, const uint8_t *data, size_t len)
{
	int64_t flicks = 0;
	struct mpa m;

	while (len >= MPA_HEADER_SIZE) {
		if (mpa_decode(&m, data) == -1) {
			s->odd_frames++;
			break;
		}
		flicks += flick_of_samples(m.samples, m.rate);
		/* Free format, or the first piece of a long frame. */
		if (m.length == 0 || m.length >= len)
			break;
		data += m.length;
		len -= m.length;
	}
	return flicks;
}

/* Compare the timestamp with what the frames before it last. */
static void
check_line(struct stream *s, const struct rtp *h, int step,
    const uint8_t *payload, size_t len)
{
	const uint8_t *data;
	uint16_t offset;
	double off;

	if (payload_mpa_decode(payload, len, &offset, &data, &len) == -1) {
		s->has_line = 0;
		return;
	}
	if (step != 1)
		s->has_line = 0;
	/* All pieces of a frame carry the frame's timestamp. */
	if (s->has_line && offset == 0) {
		s->flicks += s->packet_flicks;
		s->packet_flicks = 0;
	}
	if (s->has_line) {
		off = fabs((double)(uint32_t)(h->ts - s->line_ts) -
		    (double)s->flicks / TICK_FLICKS);
		/* On the circle: 2^32 less one is one too few. */
		if (off > 2147483648.0)
			off = fabs(off - 4294967296.0);
		if (off > s->off_ticks)
			s->off_ticks = off;
	} else if (offset == 0) {
		s->has_line = 1;
		s->line_ts = h->ts;
		s->flicks = 0;
	}
	if (s->has_line && offset == 0)
		s->packet_flicks = frames_flicks(s, data, len);
}

static int64_t
deviation(struct stream *s, const struct rtp *h, int64_t at_ns)
{
	int64_t media_ns, dev;
	double x, y;

	s->ticks += rtp_ts_diff(h->ts, s->last_ts);
	s->last_ts = h->ts;
	media_ns = s->ticks / s->clock_hz * NS_PER_S +
	    s->ticks % s->clock_hz * NS_PER_S / s->clock_hz;
	dev = at_ns - s->origin_ns - media_ns;
	if (dev < s->least_ns)
		s->least_ns = dev;
	x = (double)media_ns / (double)NS_PER_S;
	y = (double)dev;
	s->n++;
	s->sx += x;
	s->sy += y;
	s->sxx += x * x;
	s->sxy += x * y;
	return dev;
}

int
stream_take(struct stream *s, int64_t at_ns, unsigned ip_len,
    const uint8_t *data, size_t len, int64_t *deviation_ns)
{
	const uint8_t *payload;
	size_t payload_len;
	struct rtp h;
	int step = 0;

	if (!stream_is_rtp(data, len) || rtp_decode(&h, data, len, &payload,
	    &payload_len) == -1)
		return -1;
	s->bytes += ip_len;
	if (!s->is_measured)
		begin(s, &h, at_ns);
	else if (h.ssrc != s->ssrc) {
		/* Another timeline: its offset to ours is not known. */
		s->restarts++;
		s->ssrc = h.ssrc;
		s->has_line = 0;
		s->last_ts = h.ts;
		renumber(s, h.seq);
		return 0;
	} else if ((step = place(s, h.seq)) == 0)
		return 0;
	if (s->type == RTP_PT_MPA)
		check_line(s, &h, step, payload, payload_len);
	if (s->clock_hz == 0)
		return 0;
	*deviation_ns = deviation(s, &h, at_ns);
	return 1;
}

double
stream_rate_ppm(const struct stream *s)
{
	double below = s->n * s->sxx - s->sx * s->sx;

	if (s->n < 2 || below <= 0)
		return 0;
	/* ns per s is 1e-3 ppm; what comes ever later is too slow. */
	return -(s->n * s->sxy - s->sx * s->sy) / below / 1000;
}

uint64_t
stream_lost(const struct stream *s)
{
	int64_t span = s->highest - s->lowest + 1;

	return s->is_measured && span > (int64_t)s->packets ?
	    (uint64_t)span - s->packets : 0;
}
