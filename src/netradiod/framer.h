/* SPDX-License-Identifier: ISC */
/*
 * Framers: the bytes of a sound become frames, whatever container they were
 * taken from.  One table and one file media_<sound>.c for each.
 */
#ifndef FRAMER_H
#define FRAMER_H

#include "media.h"

struct adts;
struct mpa;
struct stream;

/* Bytes of junk between two frames of a run of bytes that are searched through:
 * with more the sound ends there. */
#define FRAMER_JUNK_MAX	(4 << 20)

/* What a framer works on; all the caller's, and it stays. */
struct framing {
	int fd;
	struct stream *stream;	/* NULL: the file as it stands */
	const struct media_facts *facts;	/* what the container says */
};

/* What a sound comes to. */
struct media_sum {
	int64_t frames, bytes;
	int64_t duration;	/* flicks */
};

struct framer {
	const char *problem;	/* what to say if there is no first frame */
	/*
	 * Whether there is a frame (1, 0, or -1 with errno: it cannot be
	 * read); sets facts of the first one.  claims: the file's name says
	 * that it is sound, so look harder.  NULL: the container has told
	 * all.
	 */
	int (*probe)(const struct framing *in, int claims,
	    struct media_facts *facts);
	/* A reader on the heap.  NULL: no memory. */
	void *(*open)(const struct framing *in);
	/* Stand at the first frame: as media_next(), but takes nothing. */
	int (*first)(void *reader);
	int (*next)(void *reader, struct frame *f);
	void (*close)(void *reader);
	/*
	 * Where frames stand in a file without a container: what comes next,
	 * and to go on there.  Both NULL: skip() it is.
	 */
	int64_t (*tell)(const void *reader);
	void (*go)(void *reader, int64_t off);
	/* Go over no more than so many flicks without reading: what was. */
	int64_t (*skip)(void *reader, int64_t flicks);
	/* What all frames come to without reading them; 0, -1 (EINTR) if
	 * *stop (may be NULL) became non-zero.  NULL: they have to be read. */
	int (*count)(const struct framing *in, struct media_sum *sum,
	    const _Atomic int *stop);
};

extern const struct framer framer_mpa;	/* frames in a run of bytes */
extern const struct framer framer_adts;	/* the same */
extern const struct framer framer_pcm;
extern const struct framer framer_units;	/* AAC, as the pieces say */

/* What a first frame says of its sound (len: its length); the container's
 * name stays as it is. */
void framer_mpa_facts(struct media_facts *f, const struct mpa *m, size_t len);
void framer_adts_facts(struct media_facts *f, const struct adts *a);

#endif
