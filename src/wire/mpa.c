/* SPDX-License-Identifier: ISC */
/*
 *   byte 0     byte 1              byte 2             byte 3
 *   11111111   111 VV LL P         BBBB RR p x        MM mm c o ee
 *   sync       version, layer,     bit rate, rate,    mode, extension,
 *              P: no CRC           padding, private   copyright, original,
 *                                                     emphasis
 */
#include "wire/mpa.h"

#include <string.h>

#define PROTECTION_BIT	0x01	/* byte 1: set means no CRC */
#define PADDING_BIT	0x02	/* byte 2 */
#define CRC_SIZE	2

/* kbit/s by [MPEG-2 or 2.5][layer - 1][index]; ISO 11172-3 2.4.2.3,
 * ISO 13818-3 2.4.2.3.  Index 0 is free format, 15 forbidden. */
static const uint16_t bitrates[2][3][15] = {
	{ { 0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416,
	    448 },
	  { 0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
	    384 },
	  { 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256,
	    320 } },
	{ { 0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224,
	    256 },
	  { 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160 },
	  { 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160 } }
};

static const uint32_t rates[3] = { 44100, 48000, 32000 };

int
mpa_decode(struct mpa *m, const uint8_t p[static MPA_HEADER_SIZE])
{
	unsigned version = p[1] >> 3 & 3, layer = p[1] >> 1 & 3;
	unsigned index = p[2] >> 4, rate = p[2] >> 2 & 3;

	if (p[0] != 0xff || (p[1] & 0xe0) != 0xe0 || version == 1 ||
	    layer == 0 || index == 15 || rate == 3 || (p[3] & 3) == 2)
		return -1;
	m->version = (enum mpa_version)version;
	m->layer = 4 - layer;
	m->has_crc = (p[1] & PROTECTION_BIT) == 0;
	m->padding = (p[2] & PADDING_BIT) != 0;
	m->mode = (enum mpa_mode)(p[3] >> 6);
	m->channels = m->mode == MPA_MONO ? 1 : 2;
	m->bitrate = 1000u * bitrates[version != MPA_V1][m->layer - 1][index];
	m->rate = rates[rate] >> (version == MPA_V1 ? 0 :
	    version == MPA_V2 ? 1 : 2);
	if (m->layer == 1) {
		m->samples = 384;
		m->length = (12 * m->bitrate / m->rate +
		    (unsigned)m->padding) * 4;
	} else {
		m->samples = m->layer == 3 && version != MPA_V1 ? 576 : 1152;
		m->length = m->samples / 8 * m->bitrate / m->rate +
		    (unsigned)m->padding;
	}
	if (m->bitrate == 0)
		m->length = 0;
	return 0;
}

int
mpa_is_alike(const struct mpa *a, const struct mpa *b)
{
	return a->version == b->version && a->layer == b->layer &&
	    a->rate == b->rate;
}

unsigned
mpa_side_size(const struct mpa *m)
{
	if (m->layer != 3)
		return 0;
	if (m->version == MPA_V1)
		return m->mode == MPA_MONO ? 17 : 32;
	return m->mode == MPA_MONO ? 9 : 17;
}

static unsigned
side_offset(const struct mpa *m)
{
	return MPA_HEADER_SIZE + (m->has_crc ? CRC_SIZE : 0);
}

static int
has_word(const uint8_t *frame, size_t len, size_t offset, const char *word)
{
	return offset + 4 <= len && memcmp(frame + offset, word, 4) == 0;
}

int
mpa_is_info(const struct mpa *m, const uint8_t *frame, size_t len)
{
	size_t at;

	if (m->layer != 3)
		return 0;
	/* LAME counts the side information from the header, CRC or not. */
	at = MPA_HEADER_SIZE + mpa_side_size(m);
	if (has_word(frame, len, at, "Xing") ||
	    has_word(frame, len, at, "Info"))
		return 1;
	if (m->has_crc && (has_word(frame, len, at + CRC_SIZE, "Xing") ||
	    has_word(frame, len, at + CRC_SIZE, "Info")))
		return 1;
	/* Fraunhofer's is at a fixed place whatever the mode. */
	return has_word(frame, len, 36, "VBRI");
}

unsigned
mpa_silence(const uint8_t header[static MPA_HEADER_SIZE], unsigned len,
    uint8_t *out)
{
	struct mpa m;
	uint8_t h[MPA_HEADER_SIZE];

	memcpy(h, header, sizeof(h));
	if (mpa_decode(&m, h) == -1)
		return 0;
	if (m.bitrate == 0 && m.padding)
		len -= m.layer == 1 ? 4 : 1;
	h[1] |= PROTECTION_BIT;
	h[2] &= (uint8_t)~PADDING_BIT;
	mpa_decode(&m, h);
	if (m.bitrate != 0)
		len = m.length;
	if (len < MPA_HEADER_SIZE || len > MPA_FRAME_MAX)
		return 0;
	memset(out, 0, len);
	memcpy(out, h, sizeof(h));
	return len;
}

int
mpa_encode(const struct mpa *m, uint8_t header[static MPA_HEADER_SIZE])
{
	uint32_t off, nearest = UINT32_MAX;
	unsigned i, rate;
	struct mpa made;
	uint8_t h[MPA_HEADER_SIZE];

	if (m->layer < 1 || m->layer > 3)
		return -1;
	h[0] = 0xff;
	h[1] = (uint8_t)(0xe0 | (unsigned)m->version << 3 |
	    (4 - m->layer) << 1 | PROTECTION_BIT);
	h[3] = (uint8_t)((unsigned)m->mode << 6);
	for (i = 1; i < 15; i++)
		for (rate = 0; rate < 3; rate++) {
			h[2] = (uint8_t)(i << 4 | rate << 2);
			if (mpa_decode(&made, h) == -1 || made.rate != m->rate)
				continue;
			off = made.bitrate > m->bitrate ?
			    made.bitrate - m->bitrate :
			    m->bitrate - made.bitrate;
			if (off < nearest) {
				nearest = off;
				memcpy(header, h, sizeof(h));
			}
		}
	return nearest != UINT32_MAX ? 0 : -1;
}

unsigned
mpa_main_data_begin(const struct mpa *m, const uint8_t *frame, size_t len)
{
	unsigned at = side_offset(m);

	if (m->layer != 3 || len < at + 2)
		return 0;
	if (m->version == MPA_V1)	/* 9 bits */
		return (unsigned)frame[at] << 1 | frame[at + 1] >> 7;
	return frame[at];		/* 8 bits */
}

static uint16_t
crc16(uint16_t crc, const uint8_t *p, size_t n)
{
	int i;

	for (; n > 0; n--) {
		crc ^= (uint16_t)(*p++ << 8);
		for (i = 0; i < 8; i++)
			crc = (uint16_t)(crc << 1 ^
			    (crc & 0x8000 ? 0x8005 : 0));
	}
	return crc;
}

/* Zero the side information but for main_data_begin (ISO 11172-3 2.4.1.7). */
static void
mute(const struct mpa *m, uint8_t *frame, unsigned begin)
{
	unsigned at = side_offset(m), side = mpa_side_size(m);
	uint16_t crc;

	memset(frame + at, 0, side);
	if (m->version == MPA_V1) {
		frame[at] = (uint8_t)(begin >> 1);
		frame[at + 1] = (uint8_t)(begin << 7);
	} else
		frame[at] = (uint8_t)begin;
	if (m->has_crc) {
		/* Of the header's last two bytes and the side information. */
		crc = crc16(0xffff, frame + 2, 2);
		crc = crc16(crc, frame + at, side);
		frame[4] = (uint8_t)(crc >> 8);
		frame[5] = (uint8_t)crc;
	}
}

void
mpa_reservoir_break(struct mpa_reservoir *r)
{
	r->avail = 0;
}

int
mpa_reservoir_short(const struct mpa_reservoir *r, const struct mpa *m,
    const uint8_t *frame, size_t len)
{
	return mpa_main_data_begin(m, frame, len) > r->avail;
}

int
mpa_reservoir_pass(struct mpa_reservoir *r, const struct mpa *m,
    uint8_t *frame, size_t len)
{
	unsigned most = m->version == MPA_V1 ? 511 : 255;
	size_t head = side_offset(m) + mpa_side_size(m);
	int muted = 0;

	if (m->layer != 3) {
		r->avail = 0;
		return 0;
	}
	if (len < head) {	/* no room for its own side information */
		r->avail = 0;
		return 0;
	}
	if (mpa_reservoir_short(r, m, frame, len)) {
		mute(m, frame, r->avail < most ? r->avail : most);
		muted = 1;
	}
	r->avail += (unsigned)(len - head);
	if (r->avail > most)
		r->avail = most;
	return muted;
}
