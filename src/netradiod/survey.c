/* SPDX-License-Identifier: ISC */
#include "survey.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "catalog_file.h"
#include "library.h"
#include "os/thread.h"

#define SETTLE_NS	(3 * NS_PER_S)
#define AGAIN_NS	(15 * NS_PER_S)	/* to a disk that was full */
#define STACK_SIZE	(128 * 1024)
/* On a full machine one that is as nice as can be would not even come to its
 * end within a second when it is told to. */
#define NICE		10

enum { MAIL_STOP = 1, MAIL_LIBRARY = 2 };

struct survey {
	struct library *library;	/* [t] */
	_Atomic(struct library *) next;	/* that takes its place; or NULL */
	_Atomic int interrupt;		/* leave the file at hand */
	struct mailbox mailbox;
	struct catalog_file *catalog;	/* [t] */
	pthread_t thread;
};

static void
survey_track(struct survey *s, const struct channel_def *d, struct track *t)
{
	struct media_facts facts = t->facts;
	struct media_index *index;
	char path[4096];
	int fd;

	if (text_format(path, sizeof(path), "%s/%s", d->dir, t->path) == -1)
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1)
		return;		/* the channel will say so */
	if (media_survey(fd, &facts, &index, &s->interrupt) == 0) {
		/* Whoever sees frames may look at the rest. */
		if (facts.frames > 0)
			t->index = index;
		else
			free(index);
		t->bitrate = facts.bitrate;
		t->duration = facts.duration;
		t->frames = facts.frames;
	}
	close(fd);
}

/* Read what is new: 1 when all is known, 0 if there is mail before that. */
static int
survey_all(struct survey *s)
{
	struct channel_def *d;
	struct track *t;
	size_t i, k;

	for (i = 0; i < s->library->nchannels; i++) {
		d = &s->library->channels[i];
		for (k = 0; k < d->list->ntracks; k++) {
			t = &d->list->tracks[k];
			if (s->interrupt)
				return 0;
			if (t->problem == NULL && t->frames == 0)
				survey_track(s, d, t);
		}
	}
	return !s->interrupt;
}

static void
take_library(struct survey *s)
{
	struct library *l;

	/* In this order: what comes in between interrupts once more. */
	s->interrupt = 0;
	if ((l = atomic_exchange(&s->next, NULL)) == NULL)
		return;
	library_put(s->library);
	s->library = l;
}

static void *
survey_main(void *arg)
{
	struct survey *s = arg;
	int64_t until_ns;
	uint32_t mail;

	thread_be_polite(NICE);
	for (mail = MAIL_LIBRARY; !(mail & MAIL_STOP); ) {
		until_ns = INT64_MAX;
		if (mail & MAIL_LIBRARY) {
			take_library(s);
			/* While others still copy files, every few seconds
			 * would be too often for a whole catalogue. */
			if (survey_all(s))
				until_ns = clock_mono_ns() + SETTLE_NS;
		} else {
			catalog_file_save(s->catalog, s->library, 1);
			if (s->catalog->is_failing)
				until_ns = clock_mono_ns() + AGAIN_NS;
		}
		mail = mailbox_wait(&s->mailbox, until_ns);
	}
	return NULL;
}

struct survey *
survey_start(struct library *l, struct catalog_file *catalog)
{
	struct survey *s;
	int saved;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return NULL;
	mailbox_init(&s->mailbox);
	s->library = library_get(l);
	s->catalog = catalog;
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

void
survey_replace(struct survey *s, struct library *l)
{
	if (s == NULL)
		return;
	library_put(atomic_exchange(&s->next, library_get(l)));
	s->interrupt = 1;
	mailbox_post(&s->mailbox, MAIL_LIBRARY);
}

int
survey_stop(struct survey *s, int64_t deadline_ns)
{
	if (s == NULL)
		return 0;
	s->interrupt = 1;
	mailbox_post(&s->mailbox, MAIL_STOP);
	if (thread_join_until(s->thread, deadline_ns) == -1)
		return -1;
	library_put(s->library);
	library_put(s->next);
	free(s);
	return 0;
}
