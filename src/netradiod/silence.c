/* SPDX-License-Identifier: ISC */
#include "silence.h"

#include <stdlib.h>
#include <string.h>

#include "wire/aac.h"

#define PCM_HZ		100	/* samples of 10 ms, as readers give them, */
#define PCM_MAX		2048	/* but not more bytes than that */
#define MPA_BITRATE	64000	/* where no frame says another */

void
silence_done(struct silence *s)
{
	free(s->data);
}

void
silence_like(struct silence *s, const uint8_t *frame, size_t len)
{
	memcpy(s->header, frame, sizeof(s->header));
	s->header_len = (uint16_t)len;
	s->sound = MEDIA_MPA;
	s->len = 0;
}

static void
like_mpa(struct silence *s, const struct media_facts *facts)
{
	struct mpa m = {
		.version = facts->mpeg_version[0] == '1' ? MPA_V1 :
		    facts->mpeg_version[1] == '.' ? MPA_V25 : MPA_V2,
		.mode = facts->channels == 1 ? MPA_MONO : MPA_STEREO,
		.layer = facts->layer,
		.bitrate = MPA_BITRATE,
		.rate = facts->rate
	};

	if (mpa_encode(&m, s->header) == 0)
		silence_like(s, s->header, sizeof(s->header));
	else
		s->sound = MEDIA_OTHER;
}

static void
like_pcm(struct silence *s, const struct media_facts *facts)
{
	size_t align = (size_t)facts->pcm.bytes * facts->channels;

	s->samples = facts->rate / PCM_HZ;
	if (s->samples > PCM_MAX / align)
		s->samples = (uint32_t)(PCM_MAX / align);
	if (s->samples == 0)
		s->samples = 1;
	s->len = s->samples * align;
	s->value = facts->pcm.is_unsigned ? 0x80 : 0;
}

void
silence_of(struct silence *s, const struct media_facts *facts)
{
	struct aac_config c;

	s->sound = facts->sound;
	s->rate = facts->rate;
	s->len = 0;
	switch (facts->sound) {
	case MEDIA_MPA:
		like_mpa(s, facts);
		break;
	case MEDIA_AAC:
		s->samples = facts->samples;
		s->layout = aac_config_decode(&c, facts->config,
		    facts->config_len) == 0 ? (uint8_t)c.layout : 0;
		break;
	case MEDIA_PCM:
		like_pcm(s, facts);
		break;
	default:
		break;
	}
}

static int
make_room(struct silence *s, size_t size)
{
	uint8_t *data;

	if (size <= s->room)
		return 0;
	if ((data = realloc(s->data, size)) == NULL)
		return -1;
	s->data = data;
	s->room = size;
	return 0;
}

static int
make(struct silence *s)
{
	struct mpa m;

	switch (s->sound) {
	case MEDIA_MPA:
		if (s->len > 0)
			return 0;
		if (make_room(s, MPA_FRAME_MAX) == -1)
			return -1;
		s->len = mpa_silence(s->header, s->header_len, s->data);
		if (s->len == 0 || mpa_decode(&m, s->data) == -1)
			return -1;
		s->samples = m.samples;
		s->rate = m.rate;
		return 0;
	case MEDIA_AAC:
		if (make_room(s, AAC_SILENCE_MAX) == -1)
			return -1;
		s->len = aac_silence(s->layout, s->data);
		return s->len > 0 ? 0 : -1;
	case MEDIA_PCM:
		if (make_room(s, s->len) == -1)
			return -1;
		memset(s->data, s->value, s->len);
		return 0;
	default:
		return -1;
	}
}

int
silence_frame(struct silence *s, struct frame *f)
{
	if (make(s) == -1)
		return -1;
	f->data = s->data;
	f->len = s->len;
	f->samples = s->samples;
	f->rate = s->rate;
	return 0;
}
