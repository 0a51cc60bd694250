/* SPDX-License-Identifier: ISC */
#include "riff.h"

#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "os/file.h"

#include "framer.h"
#include "tags.h"

#define CHUNKS_MAX	4096	/* looked at for tags */
#define TEXT_BYTES	1024	/* of a tag */

#define TAG_PCM		0x0001
#define TAG_EXTENSIBLE	0xfffe
#define GUID_SIZE	16

int
riff_at(int fd, int64_t off, int64_t end, struct riff_chunk *c)
{
	uint8_t p[12] = { 0 };
	struct rd r;
	ssize_t n;

	if (off < 0 || end - off < 8 ||
	    (n = file_read_at(fd, p, sizeof(p), off)) < 8)
		return 0;
	rd_init(&r, p, sizeof(p));
	memcpy(c->id, rd_bytes(&r, 4), 4);
	c->id[4] = c->type[0] = c->type[4] = '\0';
	c->len = rd_u32le(&r);
	c->off = off + 8;
	if (strcmp(c->id, "LIST") == 0 || strcmp(c->id, "RIFF") == 0)
		memcpy(c->type, p + 8, 4);
	return 1;
}

int64_t
riff_next(const struct riff_chunk *c)
{
	return c->off + c->len + (c->len & 1);
}

int
riff_is(const struct riff_chunk *c, const char *id)
{
	return strcmp(c->id, id) == 0;
}

int
riff_lists(const struct riff_chunk *c, const char *type)
{
	return riff_is(c, "LIST") && strcmp(c->type, type) == 0;
}

int
riff_format_decode(struct riff_format *f, const uint8_t *p, size_t n)
{
	const uint8_t *extra;
	struct rd r;
	size_t len;

	memset(f, 0, sizeof(*f));
	rd_init(&r, p, n);
	f->tag = rd_u16le(&r);
	f->channels = rd_u16le(&r);
	f->rate = rd_u32le(&r);
	rd_u32le(&r);		/* bytes a second: often wrong */
	f->align = rd_u16le(&r);
	if (r.bad)
		return -1;
	f->bits = rd_u16le(&r);
	len = rd_u16le(&r);
	if (len > rd_left(&r))
		len = rd_left(&r);
	if (f->tag == TAG_EXTENSIBLE && len >= 6 + GUID_SIZE) {
		rd_bytes(&r, 6);	/* valid bits, speakers */
		f->tag = rd_u16le(&r);
		rd_bytes(&r, GUID_SIZE - 2);
		len -= 6 + GUID_SIZE;
	}
	f->extra_len = (unsigned)(len < sizeof(f->extra) ? len :
	    sizeof(f->extra));
	if ((extra = rd_bytes(&r, f->extra_len)) != NULL)
		memcpy(f->extra, extra, f->extra_len);
	return 0;
}

/* Registered format tags (RFC 2361 and later). */
static const struct {
	unsigned tag;
	const char *codec, *problem;
} formats[] = {
	{ 0x0002, "adpcm", "ADPCM: not played" },
	{ 0x0003, "pcm_f32", "PCM of floating point numbers: not played" },
	{ 0x0006, "alaw", "A-law: not played" },
	{ 0x0007, "mulaw", "mu-law: not played" },
	{ 0x0011, "adpcm", "IMA ADPCM: not played" },
	{ 0x0031, "gsm", "GSM 6.10: not played" },
	{ 0x0032, "gsm", "GSM 6.10: not played" },
	{ 0x0045, "g726", "G.726: not played" },
	{ 0x0092, "ac3", "AC-3 for S/PDIF: not played" },
	{ 0x0160, "wmav1", "Windows Media Audio: not played" },
	{ 0x0161, "wmav2", "Windows Media Audio: not played" },
	{ 0x0162, "wmapro", "Windows Media Audio: not played" },
	{ 0x0163, "wmalossless", "Windows Media Audio: not played" },
	{ 0x1602, "aac", "AAC in LATM: not played" },
	{ 0x2000, "ac3", "AC-3: not played" },
	{ 0x2001, "dts", "DTS: not played" },
	{ 0x566f, "vorbis", "Vorbis: not played" },
	{ 0x674f, "vorbis", "Vorbis: not played" },
	{ 0x6750, "vorbis", "Vorbis: not played" },
	{ 0x6751, "vorbis", "Vorbis: not played" },
	{ 0x676f, "vorbis", "Vorbis: not played" },
	{ 0x6770, "vorbis", "Vorbis: not played" },
	{ 0x704f, "opus", "Opus: not played" },
	{ 0xf1ac, "flac", "FLAC: not played" },
};

static const struct framer *
read_pcm(const struct riff_format *f, struct media_facts *facts,
    const char **problem)
{
	unsigned bytes = (f->bits + 7) / 8;

	text_copy(facts->codec, sizeof(facts->codec), "pcm");
	/* 20 bits may stand in 24, and 24 in 32. */
	if (f->channels > 0 && f->align % f->channels == 0 &&
	    f->align / f->channels > bytes)
		bytes = f->align / f->channels;
	*problem = "PCM of more than 24 bits: not played";
	if (bytes < 1 || bytes > 3)
		return NULL;
	*problem = "PCM with an impossible rate or number of channels";
	if (f->channels < 1 || f->channels > 64 || f->rate < 1000 ||
	    f->rate > 768000)
		return NULL;
	facts->sound = MEDIA_PCM;
	facts->pcm.bytes = (uint8_t)bytes;
	facts->pcm.is_unsigned = bytes == 1;
	return &framer_pcm;
}

const struct framer *
riff_format_read(const struct riff_format *f, struct media_facts *facts,
    const char **problem)
{
	size_t i;

	facts->rate = f->rate;
	facts->channels = f->channels;
	switch (f->tag) {
	case TAG_PCM:
		return read_pcm(f, facts, problem);
	case 0x0050:
	case 0x0055:
		return &framer_mpa;
	case 0x00ff:
	case 0x1600:
	case 0x1610:
	case 0x4143:
	case 0x706d:
	case 0xa106:
		return &framer_adts;
	default:
		break;
	}
	*problem = "unknown sound format: not played";
	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i].tag == f->tag) {
			text_copy(facts->codec, sizeof(facts->codec),
			    formats[i].codec);
			*problem = formats[i].problem;
		}
	return NULL;
}

static void
read_info(int fd, const char *charset, const struct riff_chunk *list,
    int64_t end, struct media_tags *t, int *left)
{
	int64_t off = list->off + 4;
	uint8_t p[TEXT_BYTES];
	struct riff_chunk c;
	char *field;
	ssize_t n;

	if (list->off + list->len < end)
		end = list->off + list->len;
	for (; (*left)-- > 0 && riff_at(fd, off, end, &c);
	    off = riff_next(&c)) {
		field = riff_is(&c, "INAM") ? t->title :
		    riff_is(&c, "IART") ? t->artist :
		    riff_is(&c, "IPRD") ? t->album : NULL;
		if (field == NULL || field[0] != '\0')
			continue;
		n = file_read_at(fd, p, c.len < TEXT_BYTES ? (size_t)c.len :
		    TEXT_BYTES, c.off);
		if (n > 0)
			tags_append(field, charset, p,
			    strnlen((char *)p, (size_t)n));
	}
}

void
riff_tags_read(int fd, const char *charset, int64_t off, int64_t end,
    struct media_tags *t)
{
	struct media_tags id3;
	struct riff_chunk c;
	int left = CHUNKS_MAX;

	memset(t, 0, sizeof(*t));
	memset(&id3, 0, sizeof(id3));
	for (; left-- > 0 && riff_at(fd, off, end, &c); off = riff_next(&c))
		if (riff_lists(&c, "INFO"))
			read_info(fd, charset, &c, end, t, &left);
		else if (riff_is(&c, "id3 ") || riff_is(&c, "ID3 "))
			tags_read_id3(fd, charset, c.off, &id3);
	tags_merge(t, &id3);
}
