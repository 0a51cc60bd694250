/* SPDX-License-Identifier: ISC */
/*
 *   AudioSpecificConfig: object(5, or 31 and 6 more) rate(4, or 15 and 24
 *   more) layout(4); with object 5 or 29 here the output's rate and the core's
 *   object; then what belongs to the object; then perhaps, for decoders that
 *   do not know it, 0x2b7(11) 5(5) SBR(1) rate(4) 0x548(11) PS(1).
 *
 *   ADTS: 0xfff(12) id(1) layer 00 no_crc(1) profile(2) rate(4) private(1)
 *   layout(3) (4 flags) length(13) fullness(11) blocks - 1 (2)
 */
#include "wire/aac.h"

#include <string.h>

#define SYNC_SBR	0x2b7
#define SYNC_PS		0x548
#define ELEMENT_PCE	5
#define ELEMENT_END	7

/* Bits, most significant first; past the end they are zero. */
struct bits {
	const uint8_t *p;
	size_t n, at;		/* bits */
};

static const uint32_t rates[16] = {
	96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000,
	11025, 8000, 7350, 0, 0, 0
};

/* By channel configuration (ISO 14496-3, table 1.19). */
static const uint8_t layouts[16] = {
	0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8, 0
};

/* Elements of a layout, in their order: single, pair, low frequency. */
static const char *const elements[16] = {
	[1] = "S", [2] = "P", [3] = "SP", [4] = "SPS", [5] = "SPP",
	[6] = "SPPL", [7] = "SPPPL", [11] = "SPPSL", [12] = "SPPPL",
	[14] = "SPPLP"
};

static uint32_t
take(struct bits *b, unsigned n)
{
	uint32_t v = 0;

	for (; n > 0; n--, b->at++)
		v = v << 1 | (b->at < b->n ?
		    (uint32_t)(b->p[b->at >> 3] >> (7 - (b->at & 7)) & 1) : 0);
	return v;
}

static size_t
left(const struct bits *b)
{
	return b->at < b->n ? b->n - b->at : 0;
}

static unsigned
take_object(struct bits *b)
{
	unsigned v = take(b, 5);

	return v == 31 ? 32 + take(b, 6) : v;
}

static uint32_t
take_rate(struct bits *b)
{
	unsigned index = take(b, 4);

	return index == 15 ? take(b, 24) : rates[index];
}

/* Channels of a program config element (ISO 14496-3, 4.4.1.1). */
static unsigned
take_elements(struct bits *b, unsigned *layout)
{
	unsigned front, pairs, lfe, i, channels = 0;

	take(b, 4 + 2 + 4);	/* tag, object, rate */
	pairs = front = take(b, 4);	/* front, side, back: single ones and
					 * pairs */
	pairs += take(b, 4);
	pairs += take(b, 4);
	lfe = take(b, 2);
	take(b, 3 + 4);
	if (take(b, 1))
		take(b, 4);
	if (take(b, 1))
		take(b, 4);
	if (take(b, 1))
		take(b, 3);
	for (i = 0; i < pairs; i++) {
		channels += 1 + take(b, 1);
		take(b, 4);
	}
	*layout = front == 1 && pairs == 1 && lfe == 0 ? channels : 0;
	return b->at <= b->n ? channels + lfe : 0;
}

/* GASpecificConfig (ISO 14496-3, 4.4.1), and that of the low delay ones. */
static void
take_general(struct bits *b, struct aac_config *c)
{
	int is_short = (int)take(b, 1);
	unsigned layout;

	c->samples = is_short ? 960 : 1024;
	if (c->object == AAC_LD || c->object == AAC_ELD)
		c->samples = is_short ? 480 : 512;
	if (c->object == AAC_ELD)
		return;
	if (take(b, 1))
		take(b, 14);
	take(b, 1);
	if (c->layout == 0)
		c->channels = take_elements(b, &layout);
	if (c->object == AAC_SCALABLE || c->object == AAC_ER_SCALABLE)
		take(b, 3);
}

static int
is_general(unsigned object)
{
	switch (object) {
	case AAC_MAIN:
	case AAC_LC:
	case AAC_SSR:
	case AAC_LTP:
	case AAC_SCALABLE:
	case 7:
	case AAC_ER_LC:
	case AAC_ER_LTP:
	case AAC_ER_SCALABLE:
	case 21:
	case AAC_ER_BSAC:
	case AAC_LD:
	case AAC_ELD:
		return 1;
	default:
		return 0;
	}
}

static void
set_sbr(struct aac_config *c, uint32_t rate)
{
	/* It doubles the rate or keeps it; what says else is wrong. */
	if (rate != c->core_rate && rate != 2 * c->core_rate)
		return;
	c->has_sbr = 1;
	c->rate = rate;
}

/* What stands at the end for decoders that know it.  Some writers are off by
 * some bits, so it is looked for. */
static void
take_extension(struct bits *b, struct aac_config *c)
{
	for (; left(b) > 15; b->at++) {
		struct bits s = *b;

		if (take(&s, 11) != SYNC_SBR)
			continue;
		if (take_object(&s) == AAC_SBR && take(&s, 1)) {
			set_sbr(c, take_rate(&s));
			if (c->has_sbr && left(&s) > 11 &&
			    take(&s, 11) == SYNC_PS)
				c->has_ps = (int)take(&s, 1);
		}
		return;
	}
}

int
aac_config_decode(struct aac_config *c, const uint8_t *p, size_t n)
{
	struct bits b = { p, 8 * n, 0 };
	uint32_t sbr_rate = 0;

	c->object = take_object(&b);
	c->core_rate = c->rate = take_rate(&b);
	c->layout = take(&b, 4);
	c->channels = layouts[c->layout];
	c->has_sbr = 0;
	c->has_ps = c->object == AAC_PS;
	c->samples = 1024;
	if (c->object == AAC_SBR || c->object == AAC_PS) {
		sbr_rate = take_rate(&b);
		c->object = take_object(&b);
		if (c->object == AAC_ER_BSAC)
			take(&b, 4);
	}
	if (c->core_rate == 0 || b.at > b.n)
		return -1;
	if (is_general(c->object))
		take_general(&b, c);
	if (sbr_rate > 0)
		set_sbr(c, sbr_rate);
	else if (c->object == AAC_LC)
		take_extension(&b, c);
	if (c->has_sbr)
		c->samples *= c->rate / c->core_rate;
	if (!c->has_sbr)
		c->has_ps = 0;
	if (c->has_ps && c->channels == 1)
		c->channels = 2;
	return 0;
}

const char *
aac_config_name(const struct aac_config *c)
{
	switch (c->object) {
	case AAC_LC:
		return c->has_ps ? "he-aacv2" : c->has_sbr ? "he-aac" :
		    "aac-lc";
	case AAC_MAIN:
		return "aac-main";
	case AAC_SSR:
		return "aac-ssr";
	case AAC_LTP:
		return "aac-ltp";
	case AAC_SCALABLE:
		return "aac-scalable";
	case AAC_LD:
		return "aac-ld";
	case AAC_ELD:
		return "aac-eld";
	case AAC_USAC:
		return "xhe-aac";
	case AAC_ALS:
		return "als";
	case AAC_ER_BSAC:
		return "bsac";
	case AAC_LAYER1:
	case AAC_LAYER1 + 1:
	case AAC_LAYER3:
		return "mp3on4";
	default:
		return c->object == AAC_ER_LC || c->object == AAC_ER_LTP ?
		    "aac-er" : "aac";
	}
}

unsigned
aac_config_encode(unsigned object, uint32_t rate, unsigned channels,
    uint8_t out[static AAC_CONFIG_SHORT])
{
	unsigned index, layout;

	for (layout = 1; layout < 16 && layouts[layout] != channels; layout++)
		;
	if (layout == 16)
		return 0;
	for (index = 0; index < 15 && rates[index] != rate; index++)
		;
	out[0] = (uint8_t)(object << 3 | index >> 1);
	if (index < 15) {
		out[1] = (uint8_t)((index & 1) << 7 | layout << 3);
		return 2;
	}
	out[1] = (uint8_t)(0x80 | (rate >> 17 & 0x7f));
	out[2] = (uint8_t)(rate >> 9);
	out[3] = (uint8_t)(rate >> 1);
	out[4] = (uint8_t)(rate << 7 | layout << 3);
	return 5;
}

/* Bits into zeroed bytes, most significant first. */
static void
put(uint8_t *out, unsigned *at, uint32_t v, unsigned n)
{
	for (; n > 0; n--, (*at)++)
		if (v >> (n - 1) & 1)
			out[*at >> 3] |= (uint8_t)(0x80 >> (*at & 7));
}

unsigned
aac_silence(unsigned layout, uint8_t out[static AAC_SILENCE_MAX])
{
	unsigned at = 0, tag[3] = { 0, 0, 0 }, kind;
	const char *e;

	if (layout >= 16 || elements[layout] == NULL)
		return 0;
	memset(out, 0, AAC_SILENCE_MAX);
	for (e = elements[layout]; *e != '\0'; e++) {
		kind = *e == 'S' ? 0 : *e == 'P' ? 1 : 2;
		put(out, &at, kind == 2 ? 3 : kind, 3);
		put(out, &at, tag[kind]++, 4);
		/*
		 * gain(8) ics_info(11), then pulse, tns and gain control(3);
		 * of a pair common_window(1) ics_info(11) ms_mask(2), then
		 * gain and flags for each.  With no band there is nothing
		 * between them.
		 */
		if (kind == 1) {
			put(out, &at, 1, 1);
			put(out, &at, 0, 11 + 2);
			put(out, &at, 0, 2 * (8 + 3));
		} else
			put(out, &at, 0, 8 + 11 + 3);
	}
	put(out, &at, ELEMENT_END, 3);
	return (at + 7) / 8;
}

int
adts_decode(struct adts *a, const uint8_t p[static ADTS_HEADER_SIZE])
{
	int has_crc = (p[1] & 1) == 0;

	if (p[0] != 0xff || (p[1] & 0xf6) != 0xf0)
		return -1;
	a->object = 1u + (p[2] >> 6);
	a->rate = rates[p[2] >> 2 & 15];
	a->layout = (p[2] & 1u) << 2 | p[3] >> 6;
	a->channels = layouts[a->layout];
	a->length = (p[3] & 3u) << 11 | (unsigned)p[4] << 3 | p[5] >> 5;
	a->blocks = 1u + (p[6] & 3);
	/* With a CRC also where the blocks begin (1.A.2.2.2). */
	a->header = ADTS_HEADER_SIZE + (has_crc ? 2 * a->blocks : 0);
	return a->rate == 0 || a->length <= a->header ? -1 : 0;
}

int
adts_encode(const uint8_t *config, size_t config_len, size_t len,
    uint8_t out[static ADTS_HEADER_SIZE])
{
	struct aac_config c;
	unsigned index;

	len += ADTS_HEADER_SIZE;
	if (aac_config_decode(&c, config, config_len) == -1 ||
	    c.object < AAC_MAIN || c.object > AAC_LTP || c.layout == 0 ||
	    c.layout > 7 || len > ADTS_FRAME_MAX)
		return -1;
	for (index = 0; index < 13 && rates[index] != c.core_rate; index++)
		;
	if (index == 13)
		return -1;
	out[0] = 0xff;
	out[1] = 0xf1;
	out[2] = (uint8_t)((c.object - 1) << 6 | index << 2 | c.layout >> 2);
	out[3] = (uint8_t)((c.layout & 3) << 6 | len >> 11);
	out[4] = (uint8_t)(len >> 3);
	/* Fullness: not told. */
	out[5] = (uint8_t)((len & 7) << 5 | 0x1f);
	out[6] = 0xfc;
	return 0;
}

int
adts_is_alike(const struct adts *a, const struct adts *b)
{
	return a->object == b->object && a->rate == b->rate &&
	    a->layout == b->layout;
}

unsigned
adts_channels(const uint8_t *block, size_t n, unsigned *layout)
{
	struct bits b = { block, 8 * n, 0 };
	unsigned channels = 0;

	*layout = 0;
	if (take(&b, 3) == ELEMENT_PCE &&
	    (channels = take_elements(&b, layout)) == 0)
		*layout = 0;
	return channels;
}
