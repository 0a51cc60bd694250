/* SPDX-License-Identifier: ISC */
#include "budget.h"

#include <stdatomic.h>
#include <stddef.h>

#include "library.h"

#define DEFAULT_BPS	INT64_C(30000000)
#define PACKET_DATA	1368	/* 1372 less the audio header */
#define PACKET_MS	80
#define PACKET_PCM_MS	20
#define PACKET_HEADERS	(20 + 8 + 12 + 4)	/* IPv4, UDP, RTP, audio */
#define PCM_BYTES	2	/* of a sample, as it is sent */
#define LIVE_BPS	320000	/* of MPEG audio, as nobody knows before */

int64_t
budget_limit(int64_t max_rate, int64_t speed_bps, int is_loopback)
{
	if (max_rate >= 0)
		return max_rate;
	if (is_loopback)
		return INT64_MAX;
	return speed_bps > 0 ? speed_bps / 10 * 3 : DEFAULT_BPS;
}

static int
is_second(const struct media_facts *f)
{
	return f->sound == MEDIA_AAC || f->sound == MEDIA_PCM;
}

/* Samples in a frame; facts of nothing that is sent: as if MPEG audio. */
static int64_t
samples_of(const struct media_facts *f)
{
	if (f->sound == MEDIA_AAC && f->samples > 0)
		return f->samples;
	if (f->layer == 1)
		return 384;
	if (f->layer == 3 && f->mpeg_version[0] == '2')
		return 576;
	return 1152;
}

static int64_t
budget_of_pcm(const struct media_facts *f)
{
	int64_t align = PCM_BYTES * (int64_t)f->channels;
	int64_t rate = f->rate, samples = PACKET_PCM_MS * rate / 1000;

	if (align == 0 || rate == 0)
		return 0;
	if (samples > PACKET_DATA / align)
		samples = PACKET_DATA / align;
	if (samples < 1)
		samples = 1;
	return rate * align * 8 + PACKET_HEADERS * 8 * rate / samples;
}

int64_t
budget_of_track(const struct media_facts *f, uint32_t bitrate)
{
	int64_t samples = samples_of(f), rate = f->rate > 0 ? f->rate : 44100;
	int64_t frame, frames, packets;	/* bytes; in a packet; for a frame */

	if (f->sound == MEDIA_PCM)
		return budget_of_pcm(f);
	if (bitrate == 0)
		return 0;
	frame = (bitrate / 8 * samples + rate - 1) / rate;
	if (frame > PACKET_DATA) {
		packets = (frame + PACKET_DATA - 1) / PACKET_DATA;
		return bitrate + packets * PACKET_HEADERS * 8 * rate / samples;
	}
	frames = PACKET_MS * rate / (1000 * samples);
	if (frame > 0 && frames > PACKET_DATA / frame)
		frames = PACKET_DATA / frame;
	if (frames < 1)
		frames = 1;
	return bitrate + PACKET_HEADERS * 8 * rate / (samples * frames);
}

int64_t
budget_of_playlist(const struct playlist *p)
{
	static const struct media_facts live = { .sound = MEDIA_MPA,
	    .layer = 3, .rate = 44100 };
	int64_t mpa = p->has_live ? budget_of_track(&live, LIVE_BPS) : 0;
	int64_t second = 0, v, *most;
	const struct track *t;
	size_t i;

	for (i = 0; i < p->ntracks; i++) {
		t = &p->tracks[i];
		if (t->problem != NULL)
			continue;
		v = budget_of_track(&t->facts, atomic_load_explicit(
		    &t->bitrate, memory_order_relaxed));
		most = is_second(&t->facts) ? &second : &mpa;
		if (v > *most)
			*most = v;
	}
	/* While there is something else on P+6, P is silent in its format. */
	return mpa + second;
}

int64_t
budget_apply(const struct library *l, int64_t limit, budget_copies *copies,
    const void *arg, unsigned char *on)
{
	int64_t sum = 0, v;
	size_t i;

	for (i = 0; i < l->nchannels; i++) {
		v = budget_of_playlist(l->channels[i].list);
		if (copies != NULL)
			v *= copies(arg, l->channels[i].number);
		on[i] = v <= limit - sum;
		if (on[i])
			sum += v;
	}
	return sum;
}
