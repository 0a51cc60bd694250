/* SPDX-License-Identifier: ISC */
/* What a container is to media.c: one table and one file media_<name>.c. */
#ifndef MEDIA_OPS_H
#define MEDIA_OPS_H

#include "media.h"

struct framer;
struct media_sum;
struct piece;

struct media_ops {
	const char *container;	/* as in struct media_facts */
	size_t size;		/* of its state, which begins as zeros */
	/*
	 * Find the sound in the file; fd stays the caller's and open as long
	 * as the state.  Returns who makes frames of it, and facts as far as
	 * the container tells them; NULL with *problem set, facts may be set
	 * all the same, and errno if the file cannot be read.  NULL here: the
	 * whole file is the sound.
	 */
	const struct framer *(*begin)(void *state, int fd,
	    struct media_facts *facts, const char **problem);
	/* The next piece of it: 1; 0: there is none.  And back to the first. */
	int (*next)(void *state, struct piece *p);
	void (*rewind)(void *state);
	/* Flicks of what shall be heard, if that is not all of sum; NULL: it
	 * is.  Called when all pieces were taken. */
	int64_t (*duration)(void *state, const struct media_sum *sum);
	void (*tags)(int fd, const char *charset, struct media_tags *t);
};

extern const struct media_ops media_mp4_ops;
extern const struct media_ops media_avi_ops;
extern const struct media_ops media_wav_ops;

#endif
