/* SPDX-License-Identifier: ISC */
#include "survey.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "library.h"
#include "os/thread.h"

#define STACK_SIZE	(128 * 1024)

struct survey {
	struct library *library;	/* [c] */
	_Atomic int stop;
	pthread_t thread;
};

static void
survey_track(struct survey *s, const struct channel_def *d, struct track *t)
{
	struct media_facts facts = t->facts;
	char path[4096];
	int fd;

	if (text_format(path, sizeof(path), "%s/%s", d->dir, t->path) == -1)
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1)
		return;		/* the channel will say so */
	if (media_survey(fd, &facts, &s->stop) == 0) {
		t->bitrate = facts.bitrate;
		t->duration = facts.duration;
		t->frames = facts.frames;
	}
	close(fd);
}

static void *
survey_main(void *arg)
{
	struct survey *s = arg;
	struct channel_def *d;
	struct track *t;
	size_t i, k;

	thread_be_polite();
	for (i = 0; i < s->library->nchannels; i++) {
		d = &s->library->channels[i];
		for (k = 0; k < d->list->ntracks; k++) {
			t = &d->list->tracks[k];
			if (s->stop)
				return NULL;
			if (t->problem == NULL && t->frames == 0)
				survey_track(s, d, t);
		}
	}
	return NULL;
}

struct survey *
survey_start(struct library *l)
{
	struct survey *s;
	int saved;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return NULL;
	s->library = library_get(l);
	if (thread_start(&s->thread, STACK_SIZE, "survey", survey_main, s) ==
	    -1) {
		saved = errno;
		library_put(s->library);
		free(s);
		errno = saved;
		return NULL;
	}
	return s;
}

int
survey_stop(struct survey *s, int64_t deadline_ns)
{
	if (s == NULL)
		return 0;
	s->stop = 1;
	if (thread_join_until(s->thread, deadline_ns) == -1)
		return -1;
	library_put(s->library);
	free(s);
	return 0;
}
