/* SPDX-License-Identifier: ISC */
#include "wire/payload_l16.h"

unsigned
payload_l16_type(uint32_t rate, unsigned channels)
{
	if (rate == 44100 && channels == 2)
		return PAYLOAD_L16_STEREO;
	if (rate == 44100 && channels == 1)
		return PAYLOAD_L16_MONO;
	return PAYLOAD_L16_OTHER;
}

/* The i-th byte from the most significant one on; none left: 0. */
static uint8_t
byte_of(const struct payload_l16_pcm *from, const uint8_t *in, unsigned i)
{
	if (i >= from->bytes)
		return 0;
	return in[from->is_big ? i : from->bytes - 1u - i];
}

void
payload_l16_encode(const struct payload_l16_pcm *from, const uint8_t *in,
    size_t n, uint8_t *out)
{
	int32_t v;
	size_t i;

	for (i = 0; i < n; i++, in += from->bytes, out += 2) {
		v = byte_of(from, in, 0) << 8 | byte_of(from, in, 1);
		if (!from->is_unsigned)
			v = (v ^ 0x8000) & 0xffff;
		if (byte_of(from, in, 2) >= 0x80 && v < 0xffff)
			v++;
		v ^= 0x8000;
		out[0] = (uint8_t)(v >> 8);
		out[1] = (uint8_t)v;
	}
}
