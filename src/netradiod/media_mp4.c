/* SPDX-License-Identifier: ISC */
/* MP4, M4A, MOV, 3GP: one sound track of it. */
#include "media_ops.h"

#include <sys/stat.h>

#include "framer.h"
#include "mp4_samples.h"
#include "mp4_tags.h"
#include "mp4_track.h"

struct mp4 {
	struct mp4_track track;
	struct mp4_samples samples;
};

static const struct framer *
mp4_begin(void *state, int fd, struct media_facts *facts,
    const char **problem)
{
	struct mp4 *m = state;
	struct stat st;

	*problem = "cannot be read";
	if (fstat(fd, &st) == -1 ||
	    mp4_track_find(&m->track, fd, st.st_size, problem) == -1)
		return NULL;
	*facts = m->track.facts;
	if (m->track.framer == NULL) {
		*problem = m->track.problem;
		return NULL;
	}
	mp4_samples_init(&m->samples, fd, st.st_size, &m->track);
	return m->track.framer;
}

static int
mp4_next(void *state, struct piece *p)
{
	return mp4_samples_next(&((struct mp4 *)state)->samples, p);
}

static void
mp4_rewind(void *state)
{
	mp4_samples_rewind(&((struct mp4 *)state)->samples);
}

static int64_t
mp4_duration(void *state, const struct media_sum *sum)
{
	return mp4_samples_heard(&((struct mp4 *)state)->samples,
	    sum->duration, sum->frames);
}

const struct media_ops media_mp4_ops = {
	"mp4", sizeof(struct mp4), mp4_begin, mp4_next, mp4_rewind,
	mp4_duration, mp4_tags_read
};
