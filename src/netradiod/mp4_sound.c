/* SPDX-License-Identifier: ISC */
/*
 *   stsd: version flags(4) entries(4), then each entry a box:
 *     reserved(6) reference(2)
 *     version(2) revision(2) vendor(4) channels(2) bits(2) id(2) packet(2)
 *     rate(16.16)
 *     version 1: samples a packet(4) bytes a packet(4), a frame(4), a
 *         sample(4)
 *     version 2: size(4) rate(double) channels(4) 0x7f000000 bits(4) flags(4)
 *         bytes a packet(4) samples a packet(4)
 *     boxes: esds, or wave with esds in it, ...
 *
 * The MPEG-4 descriptors in esds are tag(1) length(1 to 4 bytes, 7 bits each).
 */
#include "mp4_sound.h"

#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "wire/aac.h"

#include "framer.h"
#include "mp4_track.h"

#define ENTRY_V0	28
#define ENTRY_V1	(ENTRY_V0 + 16)
#define ENTRY_V2	(ENTRY_V0 + 36)

#define CHANNELS_MAX	255
#define DESCRIPTORS_MAX	512	/* bytes of esds that are looked at */

/* MPEG-4 descriptors (ISO 14496-1, 7.2.2.1). */
#define TAG_ES		3
#define TAG_CONFIG	4
#define TAG_SPECIFIC	5

/* Flags of lpcm (QTFF, "Sound Sample Description (Version 2)"). */
#define LPCM_FLOAT	1
#define LPCM_BIG	2
#define LPCM_SIGNED	4

struct entry {
	int fd;
	struct mp4_track *t;
	uint32_t type;
	uint32_t rate;
	unsigned channels, bits;
	uint32_t flags;			/* version 2 */
	uint32_t packet_samples, packet_bytes;	/* version 1 */
	int is_little;			/* enda */
	int has_config;			/* esds told what it is */
};

static const char not_played[] = "sound format of this MP4: not played";

/* Sounds that have a name, and are not played. */
static const struct format {
	uint32_t type;		/* of a sample entry, or 0 */
	unsigned object;	/* MPEG-4 object type indication, or 0 */
	const char *codec, *problem;
} formats[] = {
	{ FOURCC('a', 'l', 'a', 'c'), 0, "alac", "ALAC: not played" },
	{ FOURCC('a', 'c', '-', '3'), 0xa5, "ac3", "AC-3: not played" },
	{ FOURCC('s', 'a', 'c', '3'), 0, "ac3", "AC-3: not played" },
	{ FOURCC('e', 'c', '-', '3'), 0xa6, "eac3", "E-AC-3: not played" },
	{ FOURCC('a', 'c', '-', '4'), 0xae, "ac4", "AC-4: not played" },
	{ FOURCC('O', 'p', 'u', 's'), 0xad, "opus", "Opus: not played" },
	{ FOURCC('f', 'L', 'a', 'C'), 0xc1, "flac", "FLAC: not played" },
	{ FOURCC('d', 't', 's', 'c'), 0xa9, "dts", "DTS: not played" },
	{ FOURCC('d', 't', 's', 'h'), 0xaa, "dts", "DTS-HD: not played" },
	{ FOURCC('d', 't', 's', 'l'), 0xab, "dts", "DTS-HD: not played" },
	{ FOURCC('d', 't', 's', 'e'), 0xac, "dts", "DTS: not played" },
	{ 0, 0xdd, "vorbis", "Vorbis: not played" },
	{ 0, 0xe1, "qcelp", "QCELP: not played" },
	{ FOURCC('s', 'q', 'c', 'p'), 0, "qcelp", "QCELP: not played" },
	{ FOURCC('Q', 'c', 'l', 'p'), 0, "qcelp", "QCELP: not played" },
	{ FOURCC('s', 'e', 'v', 'c'), 0, "evrc", "EVRC: not played" },
	{ FOURCC('s', 'a', 'm', 'r'), 0, "amr-nb", "AMR: not played" },
	{ FOURCC('s', 'a', 'w', 'b'), 0, "amr-wb", "AMR-WB: not played" },
	{ FOURCC('s', 'a', 'w', 'p'), 0, "amr-wb+", "AMR-WB+: not played" },
	{ FOURCC('m', 'l', 'p', 'a'), 0, "mlp", "MLP: not played" },
	{ FOURCC('a', 'l', 'a', 'w'), 0, "alaw", "A-law: not played" },
	{ FOURCC('u', 'l', 'a', 'w'), 0, "mulaw", "mu-law: not played" },
	{ FOURCC('i', 'm', 'a', '4'), 0, "adpcm", "IMA ADPCM: not played" },
	{ FOURCC('m', 's', 0, 2), 0, "adpcm", "ADPCM: not played" },
	{ FOURCC('m', 's', 0, 17), 0, "adpcm", "IMA ADPCM: not played" },
	{ FOURCC('M', 'A', 'C', '3'), 0, "mace3", "MACE 3: not played" },
	{ FOURCC('M', 'A', 'C', '6'), 0, "mace6", "MACE 6: not played" },
	{ FOURCC('Q', 'D', 'M', '2'), 0, "qdm2", "QDesign: not played" },
	{ FOURCC('Q', 'D', 'M', 'C'), 0, "qdmc", "QDesign: not played" },
	{ FOURCC('a', 'g', 's', 'm'), 0, "gsm", "GSM: not played" },
	{ FOURCC('f', 'l', '3', '2'), 0, "pcm_f32", "PCM of floating point "
	    "numbers: not played" },
	{ FOURCC('f', 'l', '6', '4'), 0, "pcm_f64", "PCM of floating point "
	    "numbers: not played" },
	{ FOURCC('f', 'p', 'c', 'm'), 0, "pcm_f32", "PCM of floating point "
	    "numbers: not played" },
	{ FOURCC('m', 'h', 'a', '1'), 0, "mpeg-h", "MPEG-H: not played" },
	{ FOURCC('m', 'h', 'm', '1'), 0, "mpeg-h", "MPEG-H: not played" },
	{ FOURCC('e', 'n', 'c', 'a'), 0, "", "encrypted: not played" },
	{ FOURCC('d', 'r', 'm', 's'), 0, "", "encrypted (FairPlay): not "
	    "played" },
	{ FOURCC('p', '6', '0', '8'), 0, "", "encrypted: not played" },
};

/* AAC that is not played, by its name. */
static const struct {
	const char *codec, *problem;
} profiles[] = {
	{ "aac-main", "AAC Main: not played" },
	{ "aac-ssr", "AAC SSR: not played" },
	{ "aac-ltp", "AAC LTP: not played" },
	{ "aac-scalable", "scalable AAC: not played" },
	{ "aac-ld", "AAC-LD: not played" },
	{ "aac-eld", "AAC-ELD: not played" },
	{ "aac-er", "error resilient AAC: not played" },
	{ "bsac", "BSAC: not played" },
	{ "xhe-aac", "xHE-AAC: not played" },
	{ "mp3on4", "MP3onMP4: not played" },
	{ "als", "MPEG-4 ALS: not played" },
	{ "aac", "kind of MPEG-4 sound: not played" },
};

static void
set_problem(struct mp4_track *t, const char *codec, const char *problem)
{
	if (codec != NULL)
		text_copy(t->facts.codec, sizeof(t->facts.codec), codec);
	t->framer = NULL;
	t->problem = problem;
}

static void
set_aac(struct entry *e, const uint8_t *config, size_t n)
{
	struct media_facts *f = &e->t->facts;
	struct aac_config c;
	size_t i;

	if (aac_config_decode(&c, config, n) == -1) {
		set_problem(e->t, "aac", "AAC with a bad configuration");
		return;
	}
	f->rate = c.rate;
	f->channels = c.channels != 0 ? c.channels : e->channels;
	f->samples = c.samples;
	text_copy(f->codec, sizeof(f->codec), aac_config_name(&c));
	if (c.object == AAC_LC && n <= MEDIA_CONFIG_MAX) {
		memcpy(f->config, config, n);
		f->config_len = (uint8_t)n;
		f->sound = MEDIA_AAC;
		e->t->framer = &framer_units;
		return;
	}
	set_problem(e->t, NULL, not_played);
	for (i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (strcmp(profiles[i].codec, f->codec) == 0)
			set_problem(e->t, NULL, profiles[i].problem);
}

/* Without a configuration the sample entry has to be believed. */
static void
guess_aac(struct entry *e, unsigned object)
{
	uint8_t config[AAC_CONFIG_SHORT];
	unsigned n;

	n = aac_config_encode(object, e->rate, e->channels, config);
	set_aac(e, config, n);
}

static void
set_mpa(struct entry *e)
{
	e->t->facts.sound = MEDIA_MPA;
	e->t->framer = &framer_mpa;
	if (e->packet_samples > 1 && e->packet_bytes > 0) {
		e->t->packet_samples = e->packet_samples;
		e->t->packet_bytes = e->packet_bytes;
	}
}

static void
set_pcm(struct entry *e, unsigned bits, int is_big, int is_unsigned)
{
	struct media_facts *f = &e->t->facts;
	unsigned bytes = (bits + 7) / 8;

	text_copy(f->codec, sizeof(f->codec), "pcm");
	if (bytes < 1 || bytes > 3) {
		set_problem(e->t, NULL, "PCM of more than 24 bits: not played");
		return;
	}
	if (f->channels < 1 || f->channels > 64 || f->rate < 1000 ||
	    f->rate > 768000) {
		set_problem(e->t, NULL, "PCM with an impossible rate or "
		    "number of channels");
		return;
	}
	f->pcm.bytes = (uint8_t)bytes;
	f->pcm.is_big = (uint8_t)is_big;
	f->pcm.is_unsigned = (uint8_t)is_unsigned;
	f->sound = MEDIA_PCM;
	e->t->framer = &framer_pcm;
	e->t->packet_samples = 1;
	e->t->packet_bytes = bytes * f->channels;
}

static void
set_lpcm(struct entry *e)
{
	if (e->flags & LPCM_FLOAT)
		set_problem(e->t, "pcm_f32", "PCM of floating point numbers: "
		    "not played");
	else
		set_pcm(e, e->bits, (e->flags & LPCM_BIG) != 0,
		    (e->flags & LPCM_SIGNED) == 0);
}

static void
set_format(struct entry *e, uint32_t type, unsigned object)
{
	const struct format *f;

	for (f = formats; f < formats + sizeof(formats) / sizeof(formats[0]);
	    f++)
		if ((type != 0 && f->type == type) ||
		    (object != 0 && f->object == object)) {
			set_problem(e->t, f->codec, f->problem);
			return;
		}
	set_problem(e->t, NULL, not_played);
}

/* MPEG-4 object type indication (mp4ra.org) and what goes with it. */
static void
set_object(struct entry *e, unsigned object, const uint8_t *config, size_t n)
{
	switch (object) {
	case 0x40:		/* MPEG-4 */
	case 0x66:		/* MPEG-2 AAC Main, LC, SSR */
	case 0x67:
	case 0x68:
		if (n > 0)
			set_aac(e, config, n);
		else
			guess_aac(e, object == 0x66 ? AAC_MAIN :
			    object == 0x68 ? AAC_SSR : AAC_LC);
		break;
	case 0x69:		/* MPEG-2 audio layers I to III */
	case 0x6b:		/* the same of MPEG-1 */
		set_mpa(e);
		break;
	default:
		set_format(e, 0, object);
	}
}

static unsigned
descriptor_length(struct rd *r)
{
	unsigned len = 0;
	uint8_t c;
	int i;

	for (i = 0; i < 4; i++) {
		c = rd_u8(r);
		len = len << 7 | (c & 0x7f);
		if ((c & 0x80) == 0)
			break;
	}
	return len;
}

/* The next descriptor; one that says to be longer than there is ends there. */
static struct rd
next_descriptor(struct rd *r, unsigned *tag)
{
	size_t len;

	*tag = rd_u8(r);
	len = descriptor_length(r);
	return rd_sub(r, len < rd_left(r) ? len : rd_left(r));
}

static void
read_config(struct entry *e, struct rd *r)
{
	unsigned tag, object = rd_u8(r);
	const uint8_t *config = NULL;
	size_t n = 0;
	struct rd sub;

	rd_bytes(r, 12);	/* stream, buffer, bit rates */
	while (rd_left(r) > 1 && config == NULL) {
		sub = next_descriptor(r, &tag);
		if (tag == TAG_SPECIFIC) {
			n = rd_left(&sub);
			config = rd_bytes(&sub, n);
		}
	}
	e->has_config = 1;
	set_object(e, object, config, n);
}

static void
read_stream(struct entry *e, struct rd *r)
{
	unsigned tag, flags;
	struct rd sub;

	rd_u16(r);
	flags = rd_u8(r);
	if (flags & 0x80)
		rd_u16(r);
	if (flags & 0x40)
		rd_bytes(r, rd_u8(r));
	if (flags & 0x20)
		rd_u16(r);
	while (rd_left(r) > 1) {
		sub = next_descriptor(r, &tag);
		if (tag == TAG_CONFIG) {
			read_config(e, &sub);
			break;
		}
	}
}

static void
on_esds(void *arg, const struct mp4_box *b)
{
	struct entry *e = arg;
	uint8_t p[DESCRIPTORS_MAX];
	struct rd r, sub;
	unsigned tag;

	if (e->has_config || (e->type != FOURCC('m', 'p', '4', 'a') &&
	    e->type != FOURCC('o', 'w', 'm', 'a')))
		return;
	rd_init(&r, p, mp4_box_read(e->fd, b, 0, p, sizeof(p)));
	rd_u32(&r);
	sub = next_descriptor(&r, &tag);
	if (tag == TAG_ES)
		read_stream(e, &sub);
	else if (tag == TAG_CONFIG)
		read_config(e, &sub);
}

static void
on_enda(void *arg, const struct mp4_box *b)
{
	struct entry *e = arg;
	uint8_t p[2];

	mp4_box_read(e->fd, b, 0, p, sizeof(p));
	e->is_little = p[1] & 1;
}

/* ISO 23003-5: what ipcm and fpcm are. */
static void
on_pcmc(void *arg, const struct mp4_box *b)
{
	struct entry *e = arg;
	uint8_t p[6];

	mp4_box_read(e->fd, b, 0, p, sizeof(p));
	e->is_little = p[4] & 1;
	e->bits = p[5];
}

/* ALAC's own configuration knows a rate that the entry has no room for. */
static void
on_alac(void *arg, const struct mp4_box *b)
{
	struct entry *e = arg;
	uint8_t p[28];

	if (mp4_box_read(e->fd, b, 0, p, sizeof(p)) < sizeof(p) ||
	    e->type != FOURCC('a', 'l', 'a', 'c'))
		return;
	e->t->facts.channels = p[13];
	e->t->facts.rate = mp4_u32(p + 24);
}

static const struct mp4_handler inner[] = {
	{ FOURCC('e', 's', 'd', 's'), on_esds },
	{ FOURCC('e', 'n', 'd', 'a'), on_enda },
	{ FOURCC('p', 'c', 'm', 'C'), on_pcmc },
	{ FOURCC('a', 'l', 'a', 'c'), on_alac },
	{ 0, NULL }
};

static void
on_wave(void *arg, const struct mp4_box *b)
{
	struct entry *e = arg;

	mp4_box_walk(e->fd, b->off, b->end, inner, e);
}

static void
walk_inner(struct entry *e, const struct mp4_box *b, int64_t at)
{
	static const struct mp4_handler outer[] = {
		{ FOURCC('w', 'a', 'v', 'e'), on_wave },
		{ 0, NULL }
	};

	mp4_box_walk(e->fd, b->off + at, b->end, inner, e);
	mp4_box_walk(e->fd, b->off + at, b->end, outer, e);
}

/* A whole number of Hz in an IEEE double. */
static uint32_t
hz_of_double(uint64_t bits)
{
	int exponent = (int)(bits >> 52 & 0x7ff) - 1075;
	uint64_t v = (bits & 0xfffffffffffff) | 0x10000000000000;

	if (bits >> 63 || exponent > -33 || exponent < -52)
		return 0;
	return (uint32_t)(v >> -exponent);
}

/* Whether a box, and not the rest of an older entry, begins at p. */
static int
is_inner_box(const uint8_t *p, int64_t room)
{
	int i;

	for (i = 4; i < 8; i++)
		if (p[i] < 0x20 || p[i] > 0x7e)
			return 0;
	return mp4_u32(p) >= 8 && mp4_u32(p) <= room;
}

/* The fields in front of the boxes: how long they are. */
static int64_t
read_fields(struct entry *e, const struct mp4_box *b)
{
	uint8_t p[ENTRY_V2 + 8];
	size_t n = mp4_box_read(e->fd, b, 0, p, sizeof(p));
	unsigned version = mp4_u16(p + 8);

	e->channels = mp4_u16(p + 16);
	e->bits = mp4_u16(p + 18);
	e->rate = mp4_u16(p + 24);
	if (version == 2 && n >= ENTRY_V2) {
		e->rate = hz_of_double(mp4_u64(p + 32));
		e->channels = mp4_u32(p + 40);
		e->bits = mp4_u32(p + 48);
		e->flags = mp4_u32(p + 52);
		return ENTRY_V2;
	}
	/* ISO 14496-12 has a version 1 of its own, without these. */
	if (version != 1 || n < ENTRY_V1 || is_inner_box(p + ENTRY_V0,
	    b->end - b->off - ENTRY_V0))
		return ENTRY_V0;
	e->packet_samples = mp4_u32(p + 28);
	e->packet_bytes = mp4_u32(p + 36);
	return ENTRY_V1;
}

/* After the boxes inside were read. */
static void
set_by_type(struct entry *e)
{
	switch (e->type) {
	case FOURCC('m', 'p', '4', 'a'):
		if (!e->has_config)
			guess_aac(e, AAC_LC);
		break;
	case FOURCC('o', 'w', 'm', 'a'):
		if (!e->has_config)
			set_format(e, e->type, 0);
		break;
	case FOURCC('.', 'm', 'p', '3'):
	case FOURCC('.', 'm', 'p', '2'):
	case FOURCC('.', 'm', 'p', '1'):
	case FOURCC('m', 'p', '3', ' '):
	case FOURCC('m', 's', 0, 0x55):
	case FOURCC('m', 's', 0, 0x50):
		set_mpa(e);
		break;
	case FOURCC('s', 'o', 'w', 't'):
		set_pcm(e, e->bits, 0, 0);
		break;
	case FOURCC('t', 'w', 'o', 's'):
		set_pcm(e, e->bits, 1, 0);
		break;
	case FOURCC('r', 'a', 'w', ' '):
	case FOURCC('N', 'O', 'N', 'E'):
		set_pcm(e, e->bits == 16 ? 16 : 8, 1, e->bits != 16);
		break;
	case FOURCC('i', 'n', '2', '4'):
		set_pcm(e, 24, !e->is_little, 0);
		break;
	case FOURCC('i', 'n', '3', '2'):
		set_pcm(e, 32, !e->is_little, 0);
		break;
	case FOURCC('i', 'p', 'c', 'm'):
		set_pcm(e, e->bits, !e->is_little, 0);
		break;
	case FOURCC('l', 'p', 'c', 'm'):
		set_lpcm(e);
		break;
	default:
		set_format(e, e->type, 0);
	}
}

void
mp4_sound_reset(struct mp4_track *t)
{
	set_problem(t, "", "sound track without a description");
}

void
mp4_sound_read(struct mp4_track *t, int fd, const struct mp4_box *stsd)
{
	struct entry e = { .fd = fd, .t = t };
	struct mp4_box b;
	int64_t at;

	if (!mp4_box_at(fd, stsd->off + 8, stsd->end, &b))
		return;
	t->problem = NULL;
	e.type = b.type;
	at = read_fields(&e, &b);
	if (e.channels > CHANNELS_MAX)
		e.channels = 0;		/* nothing is known of them */
	t->facts.rate = e.rate;
	t->facts.channels = e.channels;
	walk_inner(&e, &b, at);
	set_by_type(&e);
}
