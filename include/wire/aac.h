/* SPDX-License-Identifier: ISC */
/*
 * AAC as containers describe it: the AudioSpecificConfig (ISO 14496-3,
 * 1.6.2.1) and the header of an ADTS frame (1.A.2.2).  Pure: bytes in, facts
 * out.
 */
#ifndef WIRE_AAC_H
#define WIRE_AAC_H

#include <stddef.h>
#include <stdint.h>

/* Audio object types (ISO 14496-3, table 1.17) that are told apart. */
enum aac_object {
	AAC_MAIN = 1, AAC_LC = 2, AAC_SSR = 3, AAC_LTP = 4, AAC_SBR = 5,
	AAC_SCALABLE = 6, AAC_ER_LC = 17, AAC_ER_LTP = 19, AAC_ER_SCALABLE = 20,
	AAC_ER_BSAC = 22, AAC_LD = 23, AAC_PS = 29, AAC_LAYER1 = 32,
	AAC_LAYER3 = 34, AAC_ALS = 36, AAC_ELD = 39, AAC_USAC = 42
};

struct aac_config {
	unsigned object;	/* of the core: enum aac_object, or another */
	uint32_t core_rate;	/* Hz */
	int has_sbr, has_ps;	/* signalled explicitly */
	uint32_t rate;		/* of the output: with SBR as signalled */
	unsigned layout;	/* channel configuration (table 1.19); 0: told
				 * by elements */
	unsigned channels;	/* of the output: 2 with PS; 0: not told */
	unsigned samples;	/* of an access unit, at rate, per channel */
};

/* 0, or -1 if it is cut off or has no sampling frequency. */
int aac_config_decode(struct aac_config *c, const uint8_t *p, size_t n);
/* "aac-lc", "he-aac", "he-aacv2", "aac-ld" ...; "aac" if it has no name. */
const char *aac_config_name(const struct aac_config *c);
/* The shortest one that says this; returns its length, or 0 if no layout has
 * so many channels. */
#define AAC_CONFIG_SHORT	5
unsigned aac_config_encode(unsigned object, uint32_t rate, unsigned channels,
    uint8_t out[static AAC_CONFIG_SHORT]);

/*
 * The access unit of a layout in which nothing is heard (ISO 14496-3, 4.4.2.1:
 * its elements without any scale factor band).  Its length; 0: this layout is
 * not known.  For AAC Main, LC and what is built on them.
 */
#define AAC_SILENCE_MAX	32
unsigned aac_silence(unsigned layout, uint8_t out[static AAC_SILENCE_MAX]);

#define ADTS_HEADER_SIZE	7
#define ADTS_FRAME_MAX		8191

struct adts {
	unsigned object;	/* 1 to 4 */
	uint32_t rate;		/* Hz, of the core */
	unsigned layout;	/* channel configuration, 0 to 7 */
	unsigned channels;	/* 0: told by an element inside */
	unsigned header;	/* bytes: 7, or 9 and more with a CRC */
	unsigned length;	/* of the frame, header included */
	unsigned blocks;	/* of raw data: 1 to 4, 1024 samples each */
};

/* 0, or -1 if this is no header (sync, layer, rate, a length that its own
 * header does not fit in). */
int adts_decode(struct adts *a, const uint8_t p[static ADTS_HEADER_SIZE]);
/* The header of a frame with one raw data block of len bytes, for a decoder
 * that has no AudioSpecificConfig: that of the core, SBR and PS are found by
 * themselves.  0, or -1 if there is none for it. */
int adts_encode(const uint8_t *config, size_t config_len, size_t len,
    uint8_t out[static ADTS_HEADER_SIZE]);
/* Whether two headers can belong to one stream. */
int adts_is_alike(const struct adts *a, const struct adts *b);
/* Channels of the program config element that begins a raw data block with
 * layout 0; 0: there is none.  *layout: the one that says the same (mono,
 * stereo), 0 if none does. */
unsigned adts_channels(const uint8_t *block, size_t n, unsigned *layout);

#endif
