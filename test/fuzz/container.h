/* SPDX-License-Identifier: ISC */
/*
 * What holds of every container, whatever the bytes: the readers end, frames
 * are whole and of a rate, the survey counts what is read, and what is
 * playable under no name is so under one that claims sound.
 */
#ifndef FUZZ_CONTAINER_H
#define FUZZ_CONTAINER_H

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "media.h"

/* A few bytes may say that they are very many frames. */
#define FUZZ_FRAMES_MAX	10000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned fuzz_sum;	/* so that reading is not optimised away */

/* Read all that there is; the survey has said what that comes to. */
static void
fuzz_read(int fd, const struct media_facts *facts)
{
	const char *problem;
	struct media *m;
	struct frame f;
	int64_t frames = 0;
	size_t i;
	int n;

	if ((m = media_open(fd, &problem)) == NULL) {
		assert(facts->frames == 0 && problem != NULL);
		return;
	}
	assert(media_facts(m)->sound == facts->sound);
	for (n = 0; n < FUZZ_FRAMES_MAX && media_next(m, &f) == 1; n++) {
		assert(f.len > 0 && f.rate > 0 && f.samples > 0);
		assert(f.len <= MEDIA_UNIT_MAX);
		for (i = 0; i < f.len; i++)
			fuzz_sum += f.data[i];
		frames += facts->sound == MEDIA_PCM ? f.samples : 1;
	}
	assert(n == FUZZ_FRAMES_MAX || frames == facts->frames);
	media_close(m);
}

static unsigned
fuzz_sum_of(const struct frame *f)
{
	unsigned sum = (unsigned)f->len;
	size_t i;

	for (i = 0; i < f->len; i++)
		sum = sum * 31 + f->data[i];
	return sum;
}

/* To go over the first half is to stand where reading it leads to, where play
 * time is exact.  An index may lead elsewhere, among made-up frames, but into
 * the file. */
static void
fuzz_seek(int fd, const struct media_index *index)
{
	static struct { int64_t at; unsigned sum; } frame[FUZZ_FRAMES_MAX];
	const char *problem;
	int64_t at = 0, got;
	struct media *m;
	struct frame f;
	int n = 0, r;

	if ((m = media_open(dup(fd), &problem)) == NULL)
		return;
	for (; n < FUZZ_FRAMES_MAX && media_next(m, &f) == 1; n++) {
		frame[n].at = at;
		frame[n].sum = fuzz_sum_of(&f);
		at += flick_of_samples(f.samples, f.rate);
	}
	media_close(m);
	if (n == 0 || (m = media_open(dup(fd), &problem)) == NULL)
		return;
	at = frame[n / 2].at;
	got = media_seek(m, at, index);
	r = media_next(m, &f);
	if (index == NULL && at <= MEDIA_SEEK_MAX && FLICK_HZ % f.rate == 0)
		assert(got == at && r == 1 &&
		    fuzz_sum_of(&f) == frame[n / 2].sum);
	media_close(m);
}

/* A survey that is given up, a file that is cut while it is read, and one that
 * cannot be read at all. */
static void
fuzz_trouble(int fd, const struct media_facts *facts, size_t size)
{
	_Atomic int stop = 1;
	struct media_facts f = *facts;
	struct media_tags tags;
	const char *problem;
	struct media *m;
	struct frame frame;
	int n, dir = open("/", O_RDONLY | O_CLOEXEC);

	assert(media_survey(fd, &f, NULL, &stop) == 0 || errno == EINTR);
	assert(media_probe(dir, "x.mp4", "auto", &f, &tags, &problem) ==
	    MEDIA_UNREADABLE && errno == EISDIR);
	assert(media_survey(dir, &f, NULL, NULL) == -1);
	assert(media_open(dir, &problem) == NULL && problem != NULL);
	assert(media_unsendable(facts) == NULL ||
	    facts->sound != MEDIA_MPA);
	assert(media_unsendable(facts) != NULL ||
	    facts->sound != MEDIA_OTHER);
	media_close(NULL);
	if ((m = media_open(dup(fd), &problem)) == NULL)
		return;
	if (ftruncate(fd, (off_t)size * 3 / 4) == -1)
		abort();
	for (n = 0; n < FUZZ_FRAMES_MAX && media_next(m, &frame) == 1; n++)
		;
	media_close(m);
}

static void
fuzz_container(const uint8_t *data, size_t size)
{
	struct media_facts strict, facts;
	struct media_tags tags;
	struct media_index *index;
	const char *problem;
	enum media_kind kind;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd == -1 || write(fd, data, size) != (ssize_t)size)
		abort();
	kind = media_probe(fd, "x", "auto", &strict, &tags, &problem);
	assert(kind != MEDIA_PROBLEM && problem == NULL);
	kind = media_probe(fd, "x.mp4", "auto", &facts, &tags, &problem);
	assert(text_is_utf8(tags.title, strlen(tags.title)));
	assert(text_is_utf8(tags.artist, strlen(tags.artist)));
	assert(facts.channels <= 65535 && facts.config_len <=
	    MEDIA_CONFIG_MAX);
	if (kind == MEDIA_PROBLEM) {
		assert(problem != NULL && facts.frames == 0);
		close(fd);
		return;
	}
	assert(kind == MEDIA_PLAYABLE && problem == NULL);
	assert(facts.sound != MEDIA_OTHER && facts.codec[0] != '\0');
	assert(media_survey(fd, &facts, &index, NULL) == 0);
	assert(facts.frames >= 0 && facts.duration >= 0);
	fuzz_read(dup(fd), &facts);
	fuzz_seek(fd, NULL);
	fuzz_seek(fd, index);
	free(index);
	fuzz_trouble(fd, &facts, size);
	close(fd);
}

#endif
