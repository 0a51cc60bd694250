/* SPDX-License-Identifier: ISC */
#include "wire/mpa_alone.h"

#include <string.h>

#include "wire/mpa.h"

#define PROTECTION_BIT	0x01	/* byte 1: set means no CRC */
#define CRC_SIZE	2
#define RATES		14	/* bit rates that have a number */
/* What has to stay when the trail is full: the longest reach, before the
 * longest frame. */
#define TRAIL_KEPT	(512 + MPA_FRAME_MAX)

/* Side information: where its fields are, in bits (ISO 11172-3 2.4.1.7,
 * ISO 13818-3 2.4.1.7). */
struct layout {
	unsigned first;		/* where the first granule begins */
	unsigned n;		/* granules times channels */
	unsigned size;		/* of each */
};
#define AT_GAIN		21	/* in each, after part2_3_length (12 bits) */
#define PART_BITS	12	/* and big_values (9 bits) */
#define GAIN_BITS	8

static struct layout
layout_of(const struct mpa *m)
{
	struct layout l;

	if (m->version == MPA_V1) {
		/* main_data_begin, private bits, scfsi */
		l.first = m->mode == MPA_MONO ? 9 + 5 + 4 : 9 + 3 + 8;
		l.n = 2 * m->channels;
		l.size = 59;
	} else {
		l.first = m->mode == MPA_MONO ? 8 + 1 : 8 + 2;
		l.n = m->channels;
		l.size = 63;
	}
	return l;
}

static unsigned
bits_at(const uint8_t *p, unsigned at, unsigned n)
{
	unsigned v = 0;

	for (; n > 0; n--, at++)
		v = v << 1 | (p[at / 8] >> (7 - at % 8) & 1u);
	return v;
}

static size_t
side_at(const struct mpa *m)
{
	return MPA_HEADER_SIZE + (m->has_crc ? CRC_SIZE : 0);
}

/* Where the main data area begins. */
static size_t
area_at(const struct mpa *m)
{
	return side_at(m) + mpa_side_size(m);
}

/* Bytes of main data that the frame's sound takes. */
static size_t
sound_size(const struct mpa *m, const uint8_t *side)
{
	struct layout l = layout_of(m);
	unsigned bits = 0, i;

	for (i = 0; i < l.n; i++)
		bits += bits_at(side, l.first + i * l.size, PART_BITS);
	return (bits + 7) / 8;
}

void
mpa_trail_break(struct mpa_trail *t)
{
	t->n = 0;
}

void
mpa_trail_take(struct mpa_trail *t, const struct mpa *m,
    const uint8_t *frame, size_t len)
{
	size_t at = area_at(m);

	if (m->layer != 3 || len < at || len > MPA_FRAME_MAX) {
		t->n = 0;
		return;
	}
	if (t->n + len - at > sizeof(t->bytes)) {
		memmove(t->bytes, t->bytes + t->n - TRAIL_KEPT, TRAIL_KEPT);
		t->n = TRAIL_KEPT;
	}
	memcpy(t->bytes + t->n, frame + at, len - at);
	t->n += len - at;
}

static int
is_zero(const uint8_t *p, size_t n)
{
	for (; n > 0; n--)
		if (*p++ != 0)
			return 0;
	return 1;
}

unsigned
mpa_gain(const struct mpa *m, const uint8_t *frame, size_t len)
{
	const uint8_t *side = frame + side_at(m);
	struct layout l;
	unsigned at, i, gain = 0, v;

	if (len < area_at(m))
		return MPA_GAIN_MAX;
	if (m->layer != 3)
		return is_zero(side, len - side_at(m)) ? 0 : MPA_GAIN_MAX;
	l = layout_of(m);
	for (i = 0; i < l.n; i++) {
		at = l.first + i * l.size;
		v = bits_at(side, at + AT_GAIN, GAIN_BITS);
		if (bits_at(side, at, PART_BITS) > 0 && v > gain)
			gain = v;
	}
	return gain;
}

/* Give the header the lowest bit rate at which a frame has that length: 0; -1
 * if none is so long. */
static int
make_room(uint8_t *h, size_t need, struct mpa *m)
{
	unsigned rate;

	h[1] |= PROTECTION_BIT;
	for (rate = 1; rate <= RATES; rate++) {
		/* Sampling frequency and private bit stay, no padding. */
		h[2] = (uint8_t)(rate << 4 | (h[2] & 0x0d));
		if (mpa_decode(m, h) == 0 && m->length >= need)
			return 0;
	}
	return -1;
}

/* Put it together; side is that of the frame, NULL for silence. */
static unsigned
compose(const uint8_t *header, const uint8_t *side, const uint8_t *sound,
    size_t sound_len, const uint8_t *tail, size_t tail_len, uint8_t *out)
{
	uint8_t h[MPA_HEADER_SIZE];
	struct mpa m;
	size_t head;

	memcpy(h, header, sizeof(h));
	if (mpa_decode(&m, h) == -1)
		return 0;
	head = MPA_HEADER_SIZE + mpa_side_size(&m);
	if (make_room(h, head + sound_len + tail_len, &m) == -1)
		return 0;
	memset(out, 0, m.length);
	memcpy(out, h, sizeof(h));
	if (side != NULL) {
		memcpy(out + MPA_HEADER_SIZE, side, head - MPA_HEADER_SIZE);
		/* main_data_begin: 9 bits, or 8 */
		out[MPA_HEADER_SIZE] = 0;
		if (m.version == MPA_V1)
			out[MPA_HEADER_SIZE + 1] &= 0x7f;
	}
	if (sound_len > 0)
		memcpy(out + head, sound, sound_len);
	if (tail_len > 0)
		memcpy(out + m.length - tail_len, tail, tail_len);
	return m.length;
}

unsigned
mpa_alone(const struct mpa_trail *t, const struct mpa *m,
    const uint8_t *frame, size_t len, unsigned next, uint8_t *out)
{
	size_t back, sound;

	if (len < area_at(m) || len > MPA_FRAME_MAX)
		return 0;
	if (m->layer != 3) {
		memcpy(out, frame, len);
		return (unsigned)len;
	}
	/* From the end of the trail back to where its sound begins. */
	back = len - area_at(m) + mpa_main_data_begin(m, frame, len);
	sound = sound_size(m, frame + side_at(m));
	if (m->length == 0 || back > t->n || sound > back || next > t->n)
		return 0;
	return compose(frame, frame + side_at(m), t->bytes + t->n - back,
	    sound, t->bytes + t->n - next, next, out);
}

unsigned
mpa_pause(const struct mpa_trail *t, const uint8_t *header, size_t len,
    uint8_t *out)
{
	struct mpa m;
	size_t most;

	if (mpa_decode(&m, header) == -1)
		return 0;
	if (m.layer != 3)
		return mpa_silence(header, (unsigned)len, out);
	if (m.length == 0)
		return 0;
	most = m.version == MPA_V1 ? 511 : 255;
	if (most > t->n)
		most = t->n;
	return compose(header, NULL, NULL, 0, t->bytes + t->n - most, most,
	    out);
}
