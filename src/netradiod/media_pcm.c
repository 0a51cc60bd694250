/* SPDX-License-Identifier: ISC */
/* PCM: a frame is some samples of all channels as they stand in the file. */
#include "framer.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"

#include "stream.h"

#define FRAME_HZ	100	/* a frame is at most 10 ms */
#define SAMPLES_MAX	(INT64_C(1) << 40)	/* more are not believed */

struct pcm {
	uint32_t rate;
	size_t align;		/* bytes of one sample of all channels */
	size_t most;		/* samples in a frame */
	int64_t off;
	struct window w;
};

static size_t
align_of(const struct media_facts *f)
{
	return (size_t)f->pcm.bytes * f->channels;
}

static void *
pcm_open(const struct framing *in)
{
	struct pcm *m;

	if ((m = malloc(sizeof(*m))) == NULL)
		return NULL;
	m->rate = in->facts->rate;
	m->align = align_of(in->facts);
	m->most = WINDOW_SIZE / m->align;
	if (m->most > m->rate / FRAME_HZ)
		m->most = m->rate / FRAME_HZ;
	m->off = 0;
	window_init_source(&m->w, &in->stream->source);
	return m;
}

/* What stands at m->off: as media_next(). */
static int
look(struct pcm *m, struct frame *f)
{
	size_t n;

	n = window_view(&m->w, m->off, m->most * m->align, &f->data);
	if (n > m->most * m->align)
		n = m->most * m->align;
	f->samples = (uint32_t)(n / m->align);
	f->len = f->samples * m->align;
	f->rate = m->rate;
	if (m->w.error != 0) {
		errno = m->w.error;
		m->w.error = 0;
		return -1;
	}
	return f->samples > 0;
}

static int
pcm_first(void *reader)
{
	struct frame f;

	return look(reader, &f);
}

static int
pcm_next(void *reader, struct frame *f)
{
	struct pcm *m = reader;
	int r;

	if ((r = look(m, f)) == 1)
		m->off += (int64_t)f->len;
	return r;
}

static void
pcm_close(void *reader)
{
	free(reader);
}

static int64_t
pcm_skip(void *reader, int64_t flicks)
{
	struct pcm *m = reader;
	int64_t one = flick_of_samples(1, m->rate);
	int64_t n = one > 0 ? flicks / one : 0;

	m->off += n * (int64_t)m->align;
	return flick_of_samples(n, m->rate);
}

static int
pcm_count(const struct framing *in, struct media_sum *sum,
    const _Atomic int *stop)
{
	int64_t align = (int64_t)align_of(in->facts), bytes = 0;
	struct piece p;

	while (in->stream->next(in->stream->state, &p)) {
		bytes += p.len;
		if (bytes / align > SAMPLES_MAX)
			break;
		if (stop != NULL && *stop) {
			errno = EINTR;
			return -1;
		}
	}
	sum->frames = bytes / align;
	sum->bytes = sum->frames * align;
	sum->duration = flick_of_samples(sum->frames, in->facts->rate);
	return 0;
}

const struct framer framer_pcm = {
	"no sample in it", NULL, pcm_open, pcm_first, pcm_next,
	pcm_close, NULL, NULL, pcm_skip, pcm_count
};
