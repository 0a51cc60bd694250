/* SPDX-License-Identifier: ISC */
/*
 * A file's content tells its container, that tells where the sound is and who
 * makes frames of it.
 */
#include "media.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#include "content.h"
#include "framer.h"
#include "media_ops.h"
#include "stream.h"
#include "tags.h"
#include "window.h"
#include "wire/aac.h"
#include "wire/plist.h"

#define PCM_CHANNELS_MAX 16
#define INDEX_STEP	(8 * FLICK_HZ)

struct media {
	int fd;
	const struct media_ops *ops;
	void *state;			/* the container's */
	const struct framer *framer;
	void *reader;			/* the framer's */
	struct framing framing;
	struct stream *stream;		/* where the container has the sound;
					 * NULL: the file as it stands */
	struct media_facts facts;
	int error;			/* errno: nothing can be told; 0 */
};

static const char no_memory[] = "out of memory";

/* Files that are all sound: the framer is known with them. */
static const struct media_ops mpeg_ops = {
	.container = "mpeg", .tags = tags_read
};
static const struct media_ops adts_ops = {
	.container = "adts", .tags = tags_read
};

static const struct media_ops *
ops_of(enum content content)
{
	switch (content) {
	case CONTENT_MP4:
		return &media_mp4_ops;
	case CONTENT_AVI:
		return &media_avi_ops;
	case CONTENT_WAV:
		return &media_wav_ops;
	case CONTENT_ADTS:
		return &adts_ops;
	default:
		return &mpeg_ops;
	}
}

/* Nothing can be told of the file now. */
static void
give_up(struct media *m, int error, const char **problem)
{
	m->error = error;
	*problem = error == ENOMEM ? no_memory : "cannot be read";
}

/* 0; -1 with *problem (NULL: no sound at all) or m->error. */
static int
recognise(struct media *m, int claims, enum content *content,
    const char **problem)
{
	struct window *w;
	int r = -1;

	if ((w = malloc(sizeof(*w))) == NULL) {
		give_up(m, ENOMEM, problem);
		return -1;
	}
	window_init(w, m->fd);
	*problem = "empty file";
	if (window_file_size(w) > 0) {
		*problem = NULL;
		*content = content_of(w, problem);
		/* Sound with a picture in front of it is possible, if it says
		 * so. */
		if (*content != CONTENT_FOREIGN &&
		    (*content != CONTENT_OTHER || claims))
			r = 0;
	}
	if (w->error != 0) {
		give_up(m, w->error, problem);
		r = -1;
	}
	free(w);
	return r;
}

/* Let go of what begin() took, but for the descriptor. */
static void
end(struct media *m)
{
	if (m->framer != NULL && m->reader != NULL)
		m->framer->close(m->reader);
	free(m->state);
	free(m->stream);
	free(m);
}

/* The container's part: who makes frames. */
static const struct framer *
find_framer(struct media *m, const char **problem)
{
	const struct media_ops *ops = m->ops;
	const struct framer *framer = ops == &adts_ops ? &framer_adts :
	    &framer_mpa;

	if (ops->begin != NULL) {
		if ((m->state = calloc(1, ops->size)) == NULL) {
			give_up(m, ENOMEM, problem);
			return NULL;
		}
		errno = 0;
		framer = ops->begin(m->state, m->fd, &m->facts, problem);
		if (framer == NULL && errno != 0)
			give_up(m, errno, problem);
	}
	text_copy(m->facts.container, sizeof(m->facts.container),
	    ops->container);
	if (ops->begin == NULL || framer == NULL)
		return framer;
	if (m->stream == NULL &&
	    (m->stream = malloc(sizeof(*m->stream))) == NULL) {
		give_up(m, ENOMEM, problem);
		return NULL;
	}
	stream_init(m->stream, m->fd, ops->next, ops->rewind, m->state);
	m->framing.stream = m->stream;
	return framer;
}

/* The framer's part: is there a frame, and what does it say. */
static int
find_frame(struct media *m, int claims, const char **problem)
{
	struct piece p;
	int found;

	errno = 0;
	if (m->framer->probe != NULL)
		found = m->framer->probe(&m->framing, claims, &m->facts);
	else if ((found = m->ops->next(m->state, &p)) == 0 && errno != 0)
		found = -1;
	*problem = found == 1 ? NULL : m->framer->problem;
	if (found == -1)
		give_up(m, errno, problem);
	if (m->framing.stream != NULL)
		stream_restart(m->stream);
	return found == 1 ? 0 : -1;
}

/*
 * All that is known of a file; facts are set as far as they are known also
 * if there is a problem, but there is no framer then.  NULL: no memory.
 */
static struct media *
begin(int fd, int claims, const char **problem)
{
	enum content content;
	struct media *m;

	*problem = no_memory;
	if ((m = calloc(1, sizeof(*m))) == NULL)
		return NULL;
	m->fd = m->framing.fd = fd;
	m->framing.facts = &m->facts;
	if (recognise(m, claims, &content, problem) == -1)
		return m;
	m->ops = ops_of(content);
	if ((m->framer = find_framer(m, problem)) == NULL ||
	    find_frame(m, claims, problem) == 0)
		return m;
	if (content == CONTENT_OPEN && claims && m->error == 0) {
		/* ADTS that begins in the middle of a frame. */
		m->ops = &adts_ops;
		m->framer = find_framer(m, problem);
		if (find_frame(m, claims, problem) == 0)
			return m;
		if (m->error == 0)
			*problem = framer_mpa.problem;
	}
	if (m->ops->begin == NULL)
		m->facts.container[0] = '\0';
	m->framer = NULL;
	return m;
}

enum media_kind
media_probe(int fd, const char *name, const char *charset,
    struct media_facts *facts, struct media_tags *tags, const char **problem)
{
	int claims = content_is_claimed(name), plays, error;
	struct media *m;

	memset(facts, 0, sizeof(*facts));
	memset(tags, 0, sizeof(*tags));
	if ((m = begin(fd, claims, problem)) == NULL) {
		*problem = NULL;
		return MEDIA_UNREADABLE;
	}
	error = m->error;
	*facts = m->facts;
	plays = m->framer != NULL;
	if (plays || (m->state != NULL && error == 0))
		m->ops->tags(fd, charset, tags);
	end(m);
	if (plays)
		return MEDIA_PLAYABLE;
	if (error == 0 && claims)
		return MEDIA_PROBLEM;
	*problem = NULL;
	errno = error;
	return error != 0 ? MEDIA_UNREADABLE : MEDIA_NONE;
}

/* Places at equal distances; when there are too many, at twice those. */
static void
note_place(struct media_index *index, int64_t *step, int64_t at, int64_t off)
{
	unsigned i;

	if (at < (index->n + 1) * *step)
		return;
	if (index->n == MEDIA_INDEX_MAX) {
		for (i = 0; i < MEDIA_INDEX_MAX / 2; i++)
			index->place[i] = index->place[2 * i + 1];
		index->n = MEDIA_INDEX_MAX / 2;
		*step *= 2;
		return;
	}
	index->place[index->n].at = at;
	index->place[index->n].off = off;
	index->n++;
}

/* Read all frames: as count of struct framer, or a read error.  index may be
 * NULL. */
static int
sum_up(struct media *m, struct media_sum *sum, struct media_index *index,
    const _Atomic int *stop)
{
	int64_t step = INDEX_STEP;
	struct frame f;
	int r;

	if ((m->reader = m->framer->open(&m->framing)) == NULL)
		return -1;
	for (r = m->framer->first(m->reader); r == 1; ) {
		if (index != NULL)
			note_place(index, &step, sum->duration,
			    m->framer->tell(m->reader));
		if ((r = m->framer->next(m->reader, &f)) != 1)
			break;
		sum->frames++;
		sum->bytes += (int64_t)f.len;
		sum->duration += flick_of_samples(f.samples, f.rate);
		if (stop != NULL && *stop) {
			errno = EINTR;
			r = -1;
		}
	}
	return r;
}

/* Room for the index of a sound that needs one; NULL: it does not. */
static struct media_index *
new_index(const struct media *m)
{
	struct media_index *index;

	if (m->stream != NULL || m->framer->tell == NULL)
		return NULL;
	index = malloc(sizeof(*index) + MEDIA_INDEX_MAX *
	    sizeof(index->place[0]));
	if (index != NULL)
		index->n = 0;
	return index;
}

/* No larger than it is; NULL: nothing is in it. */
static struct media_index *
shrink_index(struct media_index *index)
{
	struct media_index *less;

	if (index == NULL || index->n == 0) {
		free(index);
		return NULL;
	}
	less = realloc(index, sizeof(*index) +
	    index->n * sizeof(index->place[0]));
	if (less == NULL)
		less = index;
	return less;
}

static int
survey(struct media *m, struct media_facts *facts, struct media_index **index,
    const _Atomic int *stop)
{
	struct media_sum sum = { 0, 0, 0 };

	if (m->framer->count == NULL && index != NULL)
		*index = new_index(m);
	if ((m->framer->count != NULL ?
	    m->framer->count(&m->framing, &sum, stop) :
	    sum_up(m, &sum, index != NULL ? *index : NULL, stop)) == -1)
		return -1;
	facts->frames = sum.frames;
	facts->duration = sum.duration;
	if (sum.duration > 0)
		facts->bitrate = (uint32_t)((double)sum.bytes * 8 * FLICK_HZ /
		    (double)sum.duration + 0.5);
	if (sum.frames > 0 && m->ops->duration != NULL)
		facts->duration = m->ops->duration(m->state, &sum);
	return 0;
}

int
media_survey(int fd, struct media_facts *facts, struct media_index **index,
    const _Atomic int *stop)
{
	const char *problem;
	struct media *m;
	int r = 0, saved;

	if (index != NULL)
		*index = NULL;
	if ((m = begin(fd, 1, &problem)) == NULL)
		return -1;
	facts->frames = facts->duration = 0;
	if (m->framer != NULL)
		r = survey(m, facts, index, stop);
	else if ((errno = m->error) != 0)
		r = -1;
	saved = errno;
	end(m);
	if (index != NULL && r == -1) {
		free(*index);
		*index = NULL;
	} else if (index != NULL)
		*index = shrink_index(*index);
	errno = saved;
	return r;
}

const char *
media_unsendable(const struct media_facts *facts)
{
	uint8_t adts[ADTS_HEADER_SIZE];

	if (facts->sound == MEDIA_MPA)
		return NULL;
	/* Play time would not be exact, nor timestamps. */
	if (facts->rate < PLIST_CLOCK_MIN || facts->rate > PLIST_CLOCK_MAX ||
	    FLICK_HZ % facts->rate != 0)
		return "a sample rate that cannot be sent";
	if (facts->sound == MEDIA_AAC &&
	    (facts->config_len == 0 || facts->config_len > PLIST_CONFIG_MAX))
		return "AAC with a configuration that cannot be sent";
	/* Our clients hand it to decoders as ADTS. */
	if (facts->sound == MEDIA_AAC && adts_encode(facts->config,
	    facts->config_len, 1, adts) == -1)
		return "AAC with channels that cannot be sent";
	if (facts->sound == MEDIA_PCM && (facts->channels == 0 ||
	    facts->channels > PCM_CHANNELS_MAX || facts->pcm.bytes == 0))
		return "PCM with too many channels";
	return facts->sound == MEDIA_OTHER ? "no sound that can be sent" :
	    NULL;
}

static struct media *
open_media(int fd, int is_claimed, const char **problem)
{
	struct media *m = begin(fd, is_claimed, problem);

	if (m == NULL || m->framer == NULL)
		goto fail;
	*problem = no_memory;
	if ((m->reader = m->framer->open(&m->framing)) == NULL)
		goto fail;
	*problem = m->framer->problem;
	if (m->framer->first(m->reader) == 1) {
		*problem = NULL;
		return m;
	}
fail:
	if (m != NULL)
		end(m);
	close(fd);
	return NULL;
}

struct media *
media_open(int fd, const char **problem)
{
	return open_media(fd, 1, problem);
}

struct media *
media_open_named(int fd, const char *name, const char **problem)
{
	return open_media(fd, content_is_claimed(name), problem);
}

const struct media_facts *
media_facts(const struct media *m)
{
	return &m->facts;
}

int
media_next(struct media *m, struct frame *f)
{
	return m->framer->next(m->reader, f);
}

/* The last place not behind so many flicks; NULL: there is none. */
static const struct media_place *
find_place(const struct media_index *index, int64_t flicks)
{
	unsigned i = index != NULL ? index->n : 0;

	while (i > 0 && index->place[i - 1].at > flicks)
		i--;
	return i > 0 ? &index->place[i - 1] : NULL;
}

int64_t
media_seek(struct media *m, int64_t flicks, const struct media_index *index)
{
	const struct framer *framer = m->framer;
	const struct media_place *place = find_place(index, flicks);
	int64_t at = 0;
	struct frame f;

	if (framer->skip != NULL)
		at = framer->skip(m->reader, flicks);
	else if (place != NULL && m->stream == NULL) {
		framer->go(m->reader, place->off);
		at = place->at;
	}
	if (flicks - at > MEDIA_SEEK_MAX)
		return at;
	while (at < flicks && framer->next(m->reader, &f) == 1)
		at += flick_of_samples(f.samples, f.rate);
	return at;
}

void
media_close(struct media *m)
{
	int fd;

	if (m == NULL)
		return;
	fd = m->fd;
	end(m);
	close(fd);
}
