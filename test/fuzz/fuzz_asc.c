/* SPDX-License-Identifier: ISC */
/*
 * AudioSpecificConfig and ADTS headers: what is decoded has a rate, a name and
 * samples, and what can be encoded again says the same.
 *
 * Answers for: src/wire/aac.c
 */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "wire/aac.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A unit of silence in ADTS, as for a listener of that configuration. */
static void
try_silence(const uint8_t *p, size_t n, const struct aac_config *c)
{
	uint8_t frame[ADTS_HEADER_SIZE + AAC_SILENCE_MAX];
	size_t len;
	struct adts a;

	len = aac_silence(c->layout, frame + ADTS_HEADER_SIZE);
	assert(len <= AAC_SILENCE_MAX);
	if (adts_encode(p, n, len, frame) == -1)
		return;
	assert(len > 0 && adts_decode(&a, frame) == 0);
	assert(a.length == ADTS_HEADER_SIZE + len &&
	    a.header == ADTS_HEADER_SIZE && a.rate == c->core_rate);
}

static void
try_config(const uint8_t *p, size_t n)
{
	uint8_t out[AAC_CONFIG_SHORT];
	struct aac_config c, again;
	unsigned len;

	if (aac_config_decode(&c, p, n) == -1)
		return;
	assert(c.rate > 0 && c.core_rate > 0 && c.samples > 0);
	assert(c.rate == c.core_rate || (c.has_sbr &&
	    c.rate == 2 * c.core_rate));
	assert(c.has_sbr || !c.has_ps);
	assert(strlen(aac_config_name(&c)) < 16);
	try_silence(p, n, &c);
	if (c.object != AAC_LC || c.has_sbr || c.core_rate >= 1 << 24)
		return;
	len = aac_config_encode(c.object, c.rate, c.channels, out);
	if (len == 0)
		return;
	assert(aac_config_decode(&again, out, len) == 0);
	assert(again.rate == c.rate && again.channels == c.channels);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct adts a, b;
	unsigned layout;

	try_config(data, size);
	if (size < ADTS_HEADER_SIZE || adts_decode(&a, data) == -1)
		return 0;
	assert(a.rate > 0 && a.length > a.header && a.blocks <= 4);
	assert(a.length <= ADTS_FRAME_MAX && adts_is_alike(&a, &a));
	assert(adts_channels(data + ADTS_HEADER_SIZE, size - ADTS_HEADER_SIZE,
	    &layout) >= layout && layout <= 2);
	if (size >= 2 * ADTS_HEADER_SIZE &&
	    adts_decode(&b, data + ADTS_HEADER_SIZE) == 0)
		assert(adts_is_alike(&a, &b) == adts_is_alike(&b, &a));
	return 0;
}
