/* SPDX-License-Identifier: ISC */
#include "unpack.h"

#include <string.h>

#include "base/clock.h"
#include "wire/payload_mpa.h"

/* Before the first frame is known: 1152 samples at 44.1 kHz. */
#define FRAME_FLICKS_GUESS	(1152 * (FLICK_HZ / 44100))
/* A stream whose every frame reaches back is started all the same: more than
 * the reservoir can span at any bit rate. */
#define PASS_OVER_MAX		40
/* In frames; of the shortest there are it makes 0.4 s. */
#define PAUSE_MAX		50
/* So much of a free format frame may be a piece of it. */
#define FREE_PIECE_MIN		1200

static int64_t
frame_flicks(const struct mpa *m)
{
	return flick_of_samples(m->samples, m->rate);
}

void
unpack_init(struct unpack *u, unpack_put *put, void *arg)
{
	memset(u, 0, sizeof(*u));
	u->put = put;
	u->arg = arg;
}

void
unpack_begin(struct unpack *u, int64_t ts, int cold)
{
	u->anchor_ts = ts;
	u->since = 0;
	u->part_len = 0;
	u->has_frame = 0;
	if (cold)
		unpack_restart(u);
	else
		unpack_break(u);
	u->pause_ns = 0;
}

void
unpack_restart(struct unpack *u)
{
	u->is_started = u->mutes_first;
	u->passed_over = 0;
	mpa_reservoir_break(&u->reservoir);
}

void
unpack_break(struct unpack *u)
{
	u->part_len = 0;
	mpa_reservoir_break(&u->reservoir);
}

int64_t
unpack_ts(const struct unpack *u)
{
	return u->anchor_ts + flick_to_ticks(u->since);
}

uint32_t
unpack_frame_ticks(const struct unpack *u)
{
	return (uint32_t)flick_to_ticks(u->has_frame ? frame_flicks(&u->m) :
	    FRAME_FLICKS_GUESS);
}

uint32_t
unpack_rtp_ts(const struct unpack *u)
{
	return (uint32_t)(unpack_ts(u) - u->line_less_rtp);
}

/* Give out what stands in u->frame. */
static void
give(struct unpack *u, const struct mpa *m, size_t len, enum unpack_kind kind)
{
	if (u->put(u->arg, m, u->frame, len, kind) == -1) {
		u->counts.refused++;
		mpa_reservoir_break(&u->reservoir);
	} else if (kind == UNPACK_SILENT)
		u->counts.silent++;
	else
		u->counts.frames++;
}

/* Silence like the neighbour's, as long as is still wanted; most: frames. */
static void
give_pause(struct unpack *u, const uint8_t *header, size_t len,
    unsigned most)
{
	struct mpa m;
	int64_t play;
	unsigned n;

	while (u->pause_ns > 0 && most-- > 0) {
		n = mpa_silence(header, (unsigned)len, u->frame);
		if (n < MPA_HEADER_SIZE || mpa_decode(&m, u->frame) == -1 ||
		    u->put(u->arg, &m, u->frame, n, UNPACK_PAUSE) == -1)
			break;
		play = flick_to_ns(frame_flicks(&m));
		u->pause_ns -= play;
		u->paused_ns += play;
		u->counts.silent++;
	}
	u->pause_ns = 0;
}

/* One whole frame of the stream that is in time. */
static void
take_frame(struct unpack *u, const struct mpa *m, const uint8_t *frame,
    size_t len)
{
	int is_short, muted;

	if (u->pause_ns > 0)
		give_pause(u, frame, len, PAUSE_MAX);
	memcpy(u->frame, frame, len);
	memcpy(u->header, frame, sizeof(u->header));
	u->m = *m;
	u->length = (unsigned)len;
	u->has_frame = 1;
	u->since += frame_flicks(m);
	is_short = mpa_reservoir_short(&u->reservoir, m, frame, len);
	if (!u->is_started && is_short && u->passed_over < PASS_OVER_MAX) {
		/* Its bytes count for those after it, though. */
		mpa_reservoir_pass(&u->reservoir, m, u->frame, len);
		u->passed_over++;
		return;
	}
	u->is_started = 1;
	muted = mpa_reservoir_pass(&u->reservoir, m, u->frame, len);
	u->counts.muted += (unsigned)muted;
	give(u, m, len, muted ? UNPACK_MUTED : UNPACK_WHOLE);
}

/*
 * A frame whose place is at flicks after ts: 1 if it was taken, 0 if its time
 * is over.  The first one in time sets the line; so the sender's rounding to
 * ticks never adds up.
 */
static int
take_at(struct unpack *u, int64_t ts, int64_t at, const struct mpa *m,
    const uint8_t *frame, size_t len)
{
	int64_t half = flick_to_ticks(frame_flicks(m)) / 2;

	if (ts + flick_to_ticks(at) + half <= unpack_ts(u))
		return 0;
	u->anchor_ts = ts;
	u->since = at;
	take_frame(u, m, frame, len);
	return 1;
}

/*
 * Free format: the header does not tell the frame's length.  All frames of
 * such a stream are alike but for padding, so it is what the last one was;
 * else it reaches to the next header, or to the end of the packet.  0: to be
 * seen when the next packet comes (it may be a first piece).
 */
static size_t
frame_length(const struct unpack *u, const struct mpa *m, const uint8_t *p,
    size_t n)
{
	struct mpa next;
	size_t i, slot = m->layer == 1 ? 4 : 1;

	if (m->length > 0)
		return m->length;
	if (u->has_frame && u->m.bitrate == 0 && mpa_is_alike(m, &u->m) &&
	    m->mode == u->m.mode) {
		i = u->length - (u->m.padding ? slot : 0) +
		    (m->padding ? slot : 0);
		if (i >= n || (i + MPA_HEADER_SIZE <= n &&
		    mpa_decode(&next, p + i) == 0 && next.bitrate == 0))
			return i;
	}
	for (i = mpa_side_size(m) + MPA_HEADER_SIZE;
	    i + MPA_HEADER_SIZE <= n; i++)
		if (mpa_decode(&next, p + i) == 0 && next.bitrate == 0 &&
		    mpa_is_alike(m, &next) && next.mode == m->mode)
			return i;
	return n > FREE_PIECE_MIN ? 0 : n;
}

/* The frame in pieces is whole. */
static int
part_done(struct unpack *u)
{
	struct mpa m;
	size_t len = u->part_len;

	u->part_len = 0;
	if (mpa_decode(&m, u->part) == -1 || len < MPA_HEADER_SIZE)
		return 0;
	if (m.length > 0)
		len = m.length;
	return take_at(u, u->part_ts, 0, &m, u->part, len);
}

/* Whether the pieces are of a frame whose length only its end tells. */
static int
part_is_free(const struct unpack *u)
{
	struct mpa m;

	return mpa_decode(&m, u->part) == 0 && m.length == 0;
}

static void
part_begin(struct unpack *u, int64_t ts, const uint8_t *data, size_t n)
{
	if (n > sizeof(u->part))
		return;
	memcpy(u->part, data, n);
	u->part_len = n;
	u->part_ts = ts;
}

static enum unpack_use
take_piece(struct unpack *u, size_t offset, const uint8_t *data, size_t n)
{
	struct mpa m;
	size_t len;

	if (u->part_len == 0 || offset != u->part_len ||
	    n > sizeof(u->part) - u->part_len) {
		unpack_break(u);
		return UNPACK_NOTHING;
	}
	memcpy(u->part + u->part_len, data, n);
	u->part_len += n;
	if (mpa_decode(&m, u->part) == -1 ||
	    (len = frame_length(u, &m, u->part, 0)) == 0 ||
	    u->part_len < len)
		return UNPACK_USED;
	return part_done(u) ? UNPACK_USED : UNPACK_LATE;
}

static enum unpack_use
take_whole(struct unpack *u, int64_t ts, const uint8_t *p, size_t n)
{
	struct mpa m;
	size_t len;
	int64_t at = 0;
	unsigned used = 0, late = 0;

	while (n >= MPA_HEADER_SIZE && mpa_decode(&m, p) == 0) {
		len = frame_length(u, &m, p, n);
		if (len > MPA_FRAME_MAX ||
		    (len < MPA_HEADER_SIZE && len > 0))
			break;
		if (len == 0 || len > n) {
			part_begin(u, ts + flick_to_ticks(at), p, n);
			return UNPACK_USED;
		}
		if (take_at(u, ts, at, &m, p, len))
			used++;
		else
			late++;
		at += frame_flicks(&m);
		p += len;
		n -= len;
	}
	if (n > 0) {
		u->counts.damaged++;
		unpack_break(u);
	}
	return used > 0 ? UNPACK_USED : late > 0 ? UNPACK_LATE :
	    UNPACK_NOTHING;
}

enum unpack_use
unpack_packet(struct unpack *u, int64_t ts, uint32_t rtp_ts,
    const uint8_t *payload, size_t len)
{
	const uint8_t *data;
	size_t n;
	uint16_t offset;

	u->line_less_rtp = ts - (int64_t)rtp_ts;
	if (payload_mpa_decode(payload, len, &offset, &data, &n) == -1) {
		u->counts.damaged++;
		return UNPACK_NOTHING;
	}
	if (offset > 0)
		return take_piece(u, offset, data, n);
	if (u->part_len > 0 && !part_is_free(u))
		unpack_break(u);
	else if (u->part_len > 0)
		part_done(u);
	return take_whole(u, ts, data, n);
}

void
unpack_silence(struct unpack *u)
{
	struct mpa m;
	unsigned len;

	/* It is due now, so it must have been whole. */
	if (u->part_len > 0 && part_is_free(u) && part_done(u))
		return;
	unpack_break(u);
	if (!u->has_frame) {
		u->since += FRAME_FLICKS_GUESS;
		return;
	}
	u->since += frame_flicks(&u->m);
	if (!u->is_started)
		return;
	len = mpa_silence(u->header, u->length, u->frame);
	if (len >= MPA_HEADER_SIZE && mpa_decode(&m, u->frame) == 0)
		give(u, &m, len, UNPACK_SILENT);
}

void
unpack_pause(struct unpack *u, int64_t ns, int now)
{
	u->pause_ns = ns;
	if (now && u->has_frame && u->is_started)
		give_pause(u, u->header, u->length, PAUSE_MAX);
}
