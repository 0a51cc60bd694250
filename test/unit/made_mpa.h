/* SPDX-License-Identifier: ISC */
/*
 * Streams of layer III frames that an encoder might have written, and a
 * decoder's eyes that see whether every frame finds its own sound.
 */
#ifndef MADE_MPA_H
#define MADE_MPA_H

#include <stdint.h>
#include <string.h>

#include "random.h"
#include "wire/mpa.h"

#define FRAMES	400
#define STREAM	(FRAMES * 1500)

struct made {
	uint8_t bytes[MPA_FRAME_MAX];
	unsigned len;
	size_t sound_at;	/* in the main data of all */
	size_t sound_len;
	size_t end;		/* of its area */
	unsigned gain;
};

static struct made made[FRAMES];
static uint8_t main_data[STREAM];

static void
set_bits(uint8_t *p, unsigned at, unsigned n, unsigned v)
{
	unsigned bit;

	for (; n > 0; n--, at++) {
		bit = v >> (n - 1) & 1;
		p[at / 8] = (uint8_t)((p[at / 8] & ~(0x80 >> at % 8)) |
		    (bit ? 0x80 >> at % 8 : 0));
	}
}

/* Say in the side information that so many bytes are sound. */
static void
write_side(const struct mpa *m, struct made *f, unsigned begin)
{
	uint8_t *side = f->bytes + 4 + (m->has_crc ? 2 : 0);
	unsigned v1 = m->version == MPA_V1, n = m->channels * (v1 ? 2 : 1);
	unsigned at, i, bits, left = (unsigned)f->sound_len * 8;

	for (i = 0; i < mpa_side_size(m); i++)
		side[i] = (uint8_t)random_u32();
	set_bits(side, 0, v1 ? 9 : 8, begin);
	/* Not the last byte to its last bit. */
	left -= left > 0 ? random_below(8) : 0;
	at = v1 ? (m->mode == MPA_MONO ? 18 : 20) :
	    m->mode == MPA_MONO ? 9 : 10;
	for (i = 0; i < n; i++, at += v1 ? 59 : 63) {
		bits = i + 1 < n ? random_below(left + 1) : left;
		bits = bits > 4095 ? 4095 : bits;
		if (left - bits > 4095 * (n - i - 1))
			bits = left - 4095 * (n - i - 1);
		left -= bits;
		set_bits(side, at, 12, bits);
		set_bits(side, at + 21, 8, f->gain - (bits > 0 ? 0 : 1));
		if (bits == 0)	/* it may say what it likes */
			set_bits(side, at + 21, 8, 255);
	}
}

/* fill: how much of the room is sound, percent. */
static void
make(const uint8_t header[4], unsigned lowest, unsigned highest,
    unsigned fill)
{
	size_t start = 0, from, room, i;
	unsigned k, most;
	struct mpa m;

	memset(made, 0, sizeof(made));
	for (i = 0, from = 0; i < STREAM; i++)
		main_data[i] = (uint8_t)random_u32();
	for (k = 0; k < FRAMES; k++) {
		struct made *f = &made[k];

		memcpy(f->bytes, header, 4);
		f->bytes[2] = (uint8_t)((lowest +
		    random_below(highest - lowest + 1)) << 4 |
		    (header[2] & 0x0d) | random_below(2) << 1);
		mpa_decode(&m, f->bytes);
		f->len = m.length;
		f->end = start + f->len - 4 - (m.has_crc ? 2 : 0) -
		    mpa_side_size(&m);
		most = m.version == MPA_V1 ? 511 : 255;
		if (start - from > most)
			from = start - most;
		room = f->end - from;
		f->sound_at = from;
		f->sound_len = room * (random_below(fill) + 1) / 100;
		if (random_below(10) == 0)
			f->sound_len = 0;
		if (f->sound_len > 4095 / 8 * m.channels)
			f->sound_len = 4095 / 8 * m.channels;
		f->gain = f->sound_len > 0 ? 100 + random_below(100) : 0;
		write_side(&m, f, (unsigned)(start - from));
		i = 4 + (m.has_crc ? 2 : 0) + mpa_side_size(&m);
		memcpy(f->bytes + i, main_data + start, f->len - i);
		from += f->sound_len;
		start = f->end;
	}
}

/* What a decoder holds: one frame's main data, with what that reached back
 * for. */
static struct {
	uint8_t p[8192];
	size_t n;
} held;
static unsigned wrong;

/* The decoder gets a frame and shall find the sound of that one. */
static void
decode(const uint8_t *frame, unsigned len, const struct made *want)
{
	uint8_t next[8192];
	struct mpa m;
	size_t begin, at;

	if (mpa_decode(&m, frame) == -1 || m.length != len) {
		wrong++;
		return;
	}
	begin = mpa_main_data_begin(&m, frame, len);
	if (begin > held.n) {
		wrong++;
		return;
	}
	at = 4 + (m.has_crc ? 2 : 0) + mpa_side_size(&m);
	memcpy(next, held.p + held.n - begin, begin);
	memcpy(next + begin, frame + at, len - at);
	held.n = begin + len - at;
	memcpy(held.p, next, held.n);
	if (want->sound_len > held.n || memcmp(held.p,
	    main_data + want->sound_at, want->sound_len) != 0)
		wrong++;
	/* All but main_data_begin (and CRC) says the same. */
	if (memcmp(frame + 4 + (m.has_crc ? 2 : 0) + 2, want->bytes + 4 +
	    ((want->bytes[1] & 1) == 0 ? 2 : 0) + 2, mpa_side_size(&m) - 2))
		wrong++;
}

#endif
