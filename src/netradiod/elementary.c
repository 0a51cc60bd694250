/* SPDX-License-Identifier: ISC */
#include "elementary.h"

#include <string.h>

#include "rtpstream.h"
#include "tape.h"
#include "wire/aac.h"

static void
put_units(struct tape *t, const struct rtpstream *s, const uint8_t *body)
{
	const struct pack *p = &s->pack;
	uint8_t header[ADTS_HEADER_SIZE];
	unsigned i;

	for (i = 0; i < p->frames; body += p->sizes[i++]) {
		/* One that ADTS cannot have is not sent at all
		 * (media_unsendable). */
		if (adts_encode(s->config, s->config_len, p->sizes[i],
		    header) == -1)
			continue;
		tape_write(t, header, sizeof(header));
		tape_write(t, body, p->sizes[i]);
	}
}

static void
put_samples(struct tape *t, const uint8_t *body, size_t len)
{
	uint8_t swapped[PACK_PAYLOAD_MAX];
	size_t i;

	for (i = 0; i + 1 < len && i + 1 < sizeof(swapped); i += 2) {
		swapped[i] = body[i + 1];
		swapped[i + 1] = body[i];
	}
	tape_write(t, swapped, i);
}

void
elementary_put(struct tape *t, const struct rtpstream *s, int64_t now_ns)
{
	const struct pack *p = &s->pack;
	const uint8_t *body = p->room + PACK_HEADERS;

	tape_mark(t, now_ns);
	switch (p->payload) {
	case PACK_MPA:
		tape_write(t, body, p->len);
		break;
	case PACK_AAC:
		put_units(t, s, body);
		break;
	case PACK_L16:
		put_samples(t, body, p->len);
		break;
	}
}

static uint8_t *
put_le(uint8_t *out, uint32_t v, unsigned bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		*out++ = (uint8_t)v;
	return out;
}

static uint8_t *
put_id(uint8_t *out, const char *id)
{
	memcpy(out, id, 4);
	return out + 4;
}

void
elementary_wav_head(uint32_t rate, unsigned channels,
    uint8_t out[static ELEMENTARY_WAV_HEAD])
{
	/* Sizes as those have them who write to a pipe. */
	out = put_le(put_id(out, "RIFF"), UINT32_MAX, 4);
	out = put_le(put_id(put_id(out, "WAVE"), "fmt "), 16, 4);
	out = put_le(put_le(out, 1, 2), channels, 2);
	out = put_le(put_le(out, rate, 4), rate * channels * 2, 4);
	out = put_le(put_le(out, channels * 2, 2), 16, 2);
	put_le(put_id(out, "data"), UINT32_MAX, 4);
}
