/* SPDX-License-Identifier: ISC */
/*
 * MPEG audio files: whatever the bytes, the reader ends, what it gives are
 * pieces of the file in their order, and the survey counts the same.  What is
 * playable under no name is playable under one that claims sound.  Of other
 * containers: see container.h.
 *
 * Answers for: src/netradiod/media.c src/netradiod/media_mpa.c
 * src/netradiod/window.c
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "container.h"
#include "media.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct media_facts strict, facts;
	struct media_tags tags;
	const char *problem;
	struct media *m;
	struct media_index *index;
	struct frame f;
	int64_t frames = 0, duration = 0;
	enum media_kind kind;
	const uint8_t *p = data, *end = data + size;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd == -1 || write(fd, data, size) != (ssize_t)size)
		abort();
	kind = media_probe(fd, "x", "auto", &strict, &tags, &problem);
	assert(kind != MEDIA_PROBLEM && problem == NULL);
	if (media_probe(fd, "x.mp3", "auto", &facts, &tags, &problem) ==
	    MEDIA_PROBLEM) {
		/* Made-up mixtures of tags and headers exist in which the two
		 * ways of searching settle on different frames. */
		assert(problem != NULL);
		close(fd);
		return 0;
	}
	if (strcmp(facts.container, "mpeg") != 0) {
		close(fd);
		fuzz_container(data, size);
		return 0;
	}
	assert(text_is_utf8(tags.title, strlen(tags.title)));
	assert(media_survey(fd, &facts, &index, NULL) == 0);
	if ((m = media_open(dup(fd), &problem)) == NULL) {
		assert(facts.frames == 0 && problem != NULL);
		free(index);
		close(fd);
		return 0;
	}
	while (media_next(m, &f) == 1) {
		p = memmem(p, (size_t)(end - p), f.data, f.len);
		assert(p != NULL && f.len >= 4 && f.rate > 0);
		p += f.len;
		frames++;
		duration += flick_of_samples(f.samples, f.rate);
	}
	assert(frames == facts.frames && duration == facts.duration);
	media_close(m);
	fuzz_seek(fd, NULL);
	fuzz_seek(fd, index);
	free(index);
	fuzz_trouble(fd, &facts, size);
	close(fd);
	return 0;
}
