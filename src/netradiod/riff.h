/* SPDX-License-Identifier: ISC */
/* Chunks of RIFF files, and what WAV and AVI have in common. */
#ifndef RIFF_H
#define RIFF_H

#include <stddef.h>
#include <stdint.h>

#include "media.h"

struct framer;

/* A chunk: id(4) size(4, little-endian) and so many bytes, padded to even. */
struct riff_chunk {
	char id[5];
	int64_t off;		/* of what it holds */
	int64_t len;		/* as it says; the file may end before */
	char type[5];		/* of LIST and RIFF: what it lists; else "" */
};

/* The chunk at off in [0, end): 1; 0: there is no room for one. */
int riff_at(int fd, int64_t off, int64_t end, struct riff_chunk *c);
/* Where the next one begins. */
int64_t riff_next(const struct riff_chunk *c);
int riff_is(const struct riff_chunk *c, const char *id);
/* A list of that type. */
int riff_lists(const struct riff_chunk *c, const char *type);

/* How sound is described in both: WAVEFORMATEX. */
struct riff_format {
	unsigned tag;
	unsigned channels, align, bits;
	uint32_t rate;
	unsigned extra_len;
	uint8_t extra[MEDIA_CONFIG_MAX];	/* behind the structure */
};

/* n bytes of it; 0, or -1 if that is too few. */
int riff_format_decode(struct riff_format *f, const uint8_t *p, size_t n);
/*
 * What it means: sets facts and returns who makes frames; NULL with *problem.
 * AAC is said to be in ADTS; where it is not, the container knows better.
 */
const struct framer *riff_format_read(const struct riff_format *f,
    struct media_facts *facts, const char **problem);

/* Tags: of all INFO lists and ID3 chunks from off on, up to end. */
void riff_tags_read(int fd, const char *charset, int64_t off, int64_t end,
    struct media_tags *t);

#endif
