/* SPDX-License-Identifier: ISC */
#include "wire/aac.h"

#include "tap.h"

struct known {
	const char *what;
	const uint8_t *p;
	size_t n;
	const char *name;
	uint32_t rate;
	unsigned channels, samples;
};

#define BYTES(...)	(const uint8_t[]){ __VA_ARGS__ }, \
			sizeof((const uint8_t[]){ __VA_ARGS__ })

/* As they stand in files. */
static const struct known configs[] = {
	{ "LC, 44.1 kHz, stereo", BYTES(0x12, 0x10), "aac-lc", 44100, 2,
	    1024 },
	{ "LC, 48 kHz, mono", BYTES(0x11, 0x88), "aac-lc", 48000, 1, 1024 },
	{ "LC, 48 kHz, 5.1", BYTES(0x11, 0xb0), "aac-lc", 48000, 6, 1024 },
	{ "LC, 48 kHz, 7.1", BYTES(0x11, 0xb8), "aac-lc", 48000, 8, 1024 },
	{ "LC, 960 samples", BYTES(0x12, 0x14), "aac-lc", 44100, 2, 960 },
	{ "LC, rate written out", BYTES(0x17, 0x80, 0x56, 0x22, 0x10),
	    "aac-lc", 44100, 2, 1024 },
	{ "SBR in front", BYTES(0x2b, 0x92, 0x08, 0x00), "he-aac", 44100, 2,
	    2048 },
	{ "SBR behind", BYTES(0x13, 0x90, 0x56, 0xe5, 0xa0), "he-aac", 44100,
	    2, 2048 },
	{ "SBR behind, at 48 kHz", BYTES(0x13, 0x10, 0x56, 0xe5, 0x98),
	    "he-aac", 48000, 2, 2048 },
	{ "SBR behind, said to be absent", BYTES(0x13, 0x90, 0x56, 0xe5, 0x00),
	    "aac-lc", 22050, 2, 1024 },
	{ "SBR at the core's rate", BYTES(0x12, 0x10, 0x56, 0xe5, 0xa0),
	    "he-aac", 44100, 2, 1024 },
	{ "SBR at a rate that cannot be", BYTES(0x11, 0x90, 0x56, 0xe5, 0xa0),
	    "aac-lc", 48000, 2, 1024 },
	{ "PS in front", BYTES(0xeb, 0x8a, 0x08, 0x00), "he-aacv2", 44100, 2,
	    2048 },
	{ "PS behind", BYTES(0x13, 0x88, 0x56, 0xe5, 0xa5, 0x48, 0x80),
	    "he-aacv2", 44100, 2, 2048 },
	{ "PS behind, said to be absent", BYTES(0x13, 0x88, 0x56, 0xe5, 0xa5,
	    0x48, 0x00), "he-aac", 44100, 1, 2048 },
	{ "low delay", BYTES(0xb9, 0x90), "aac-ld", 48000, 2, 512 },
	{ "enhanced low delay", BYTES(0xf8, 0xe8, 0x50, 0x00), "aac-eld",
	    44100, 2, 480 },
	{ "Main", BYTES(0x0a, 0x10), "aac-main", 44100, 2, 1024 },
	{ "SSR", BYTES(0x1a, 0x10), "aac-ssr", 44100, 2, 1024 },
	{ "LTP", BYTES(0x22, 0x10), "aac-ltp", 44100, 2, 1024 },
	{ "USAC", BYTES(0xf9, 0x46, 0x40, 0x00), "xhe-aac", 48000, 2, 1024 },
	{ "an element tells: front pair", BYTES(0x12, 0x00, 0x05, 0x04, 0x00,
	    0x00, 0x20, 0x00), "aac-lc", 44100, 2, 1024 },
};

static void
test_configs(void)
{
	const struct known *k;
	struct aac_config c;

	for (k = configs; k < configs + sizeof(configs) / sizeof(configs[0]);
	    k++) {
		ok(aac_config_decode(&c, k->p, k->n) == 0 &&
		    strcmp(aac_config_name(&c), k->name) == 0 &&
		    c.rate == k->rate && c.channels == k->channels &&
		    c.samples == k->samples, "%s", k->what);
		if (strcmp(aac_config_name(&c), k->name) != 0 ||
		    c.rate != k->rate || c.channels != k->channels)
			printf("#   %s, %u Hz, %u channels, %u samples\n",
			    aac_config_name(&c), (unsigned)c.rate, c.channels,
			    c.samples);
	}
}

static void
test_bad_configs(void)
{
	struct aac_config c;
	uint8_t p[8];
	unsigned i, n;

	is(aac_config_decode(&c, BYTES(0x12)), -1, "cut off");
	is(aac_config_decode(&c, p, 0), -1, "empty");
	is(aac_config_decode(&c, BYTES(0x16, 0x90)), -1, "reserved rate");
	for (i = 0; i < 65536; i++) {
		for (n = 0; n < sizeof(p); n++)
			p[n] = (uint8_t)(i >> (n & 1 ? 0 : 8));
		for (n = 0; n <= sizeof(p); n++)
			if (aac_config_decode(&c, p, n) == 0 &&
			    (c.rate == 0 || c.samples == 0 ||
			    aac_config_name(&c) == NULL))
				break;
		if (n <= sizeof(p))
			break;
	}
	is(i, 65536, "whatever the bytes, a rate and samples");
}

static void
test_encode(void)
{
	static const uint32_t rates[] = { 8000, 44100, 96000, 37800, 1 << 23 };
	uint8_t p[AAC_CONFIG_SHORT];
	struct aac_config c;
	unsigned i, channels, n, bad = 0;

	for (i = 0; i < 5; i++)
		for (channels = 1; channels <= 8; channels++) {
			n = aac_config_encode(AAC_LC, rates[i], channels, p);
			bad += n != (i < 3 ? 2 : 5) ||
			    aac_config_decode(&c, p, n) == -1 ||
			    c.object != AAC_LC || c.rate != rates[i] ||
			    c.channels != channels;
		}
	is(bad, 0, "what is encoded is decoded");
	is(aac_config_encode(AAC_LC, 44100, 9, p), 0, "no layout of nine");
}

static void
test_adts(void)
{
	static const uint8_t h[7] = { 0xff, 0xf1, 0x50, 0x80, 0x2e, 0x7f,
	    0xfc };
	static const uint8_t pce[6] = { 0xa0, 0xa0, 0x80, 0, 4, 0 };
	uint8_t p[7];
	struct adts a, b;
	unsigned layout;

	is(adts_decode(&a, h), 0, "a header");
	is(a.object, AAC_LC, "object");
	is(a.rate, 44100, "rate");
	is(a.channels, 2, "channels");
	is(a.length, 371, "length");
	is(a.header, 7, "header");
	is(a.blocks, 1, "blocks");
	memcpy(p, h, sizeof(p));
	p[1] = 0xf8;
	p[6] = 0xfe;
	is(adts_decode(&b, p), 0, "MPEG-2, CRC, three blocks");
	is(b.header, 13, "the CRC comes with the blocks' places");
	is(b.blocks, 3, "three");
	ok(adts_is_alike(&a, &b), "and yet of the same stream");
	p[2] = 0x54;
	is(adts_decode(&b, p), 0, "another rate");
	ok(!adts_is_alike(&a, &b), "is another stream");
	p[2] = 0x74;
	is(adts_decode(&b, p), -1, "reserved rate");
	memcpy(p, h, sizeof(p));
	p[1] = 0xfb;
	is(adts_decode(&b, p), -1, "layer III is none");
	memcpy(p, h, sizeof(p));
	p[4] = 0;
	p[5] = 0xe0;
	is(adts_decode(&b, p), -1, "a header alone");
	is(adts_channels(pce, sizeof(pce), &layout), 2, "an element tells");
	is(layout, 2, "of what has a name");
	is(adts_channels(pce, 4, &layout), 0, "an element cut off");
	is(layout, 0, "which says nothing");
	is(adts_channels(h, sizeof(h), &layout), 0, "no element");
}

static void
test_silence(void)
{
	static const uint8_t mono[] = { 0, 0, 0, 7 };
	static const uint8_t stereo[] = { 0x21, 0, 0, 0, 0, 0x1c };
	uint8_t out[AAC_SILENCE_MAX];
	unsigned layout, n;
	int all = 1;

	is(aac_silence(1, out), sizeof(mono), "silence of one channel");
	ok(memcmp(out, mono, sizeof(mono)) == 0, "a single element, the end");
	is(aac_silence(2, out), sizeof(stereo), "of two");
	ok(memcmp(out, stereo, sizeof(stereo)) == 0, "a pair, the end");
	for (layout = 1; layout <= 7; layout++) {
		n = aac_silence(layout, out);
		all = all && n > 0 && n <= AAC_SILENCE_MAX;
	}
	ok(all, "of all layouts up to 7.1");
	is(aac_silence(0, out), 0, "what elements tell is not known");
	is(aac_silence(8, out), 0, "nor what is reserved");
	is(aac_silence(99, out), 0, "nor what does not exist");
}

static void
test_adts_encode(void)
{
	static const uint8_t lc[] = { 0x12, 0x10 };
	static const uint8_t he[] = { 0x2b, 0x92, 0x08, 0x00 };
	static const uint8_t elements[] = { 0x12, 0x00 };
	static const uint8_t ld[] = { 0xb9, 0x90 };
	uint8_t out[ADTS_HEADER_SIZE];
	struct adts a;

	ok(adts_encode(lc, sizeof(lc), 371, out) == 0 &&
	    adts_decode(&a, out) == 0 && a.object == AAC_LC &&
	    a.rate == 44100 && a.layout == 2 && a.length == 378 &&
	    a.header == 7 && a.blocks == 1, "a header for LC");
	ok(adts_encode(he, sizeof(he), 100, out) == 0 &&
	    adts_decode(&a, out) == 0 && a.object == AAC_LC &&
	    a.rate == 22050, "of HE-AAC that of its core");
	is(adts_encode(lc, sizeof(lc), 8184, out), 0, "the longest");
	is(adts_encode(lc, sizeof(lc), 8185, out), -1, "none for a longer one");
	is(adts_encode(elements, sizeof(elements), 9, out), -1,
	    "nor for a layout that elements tell");
	is(adts_encode(ld, sizeof(ld), 9, out), -1, "nor for low delay");
	is(adts_encode(lc, 0, 9, out), -1, "nor for nothing");
}

int
main(void)
{
	test_configs();
	test_bad_configs();
	test_encode();
	test_adts();
	test_silence();
	test_adts_encode();
	return tap_end();
}
