/* SPDX-License-Identifier: ISC */
/*
 * The last seconds of a stream as an elementary stream: what its decoder would
 * read from a file.  The channel's thread writes it, packet by packet, and the
 * HTTP thread reads; neither waits for the other.  Places are counted in bytes
 * from the beginning of the tape and never go back.
 */
#ifndef TAPE_H
#define TAPE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TAPE_SIZE	(64 * 1024)	/* 4 s of 128 kbit/s */
#define TAPE_SIZE_PCM	(512 * 1024)	/* 3 s of 44.1 kHz in stereo */
#define TAPE_TITLE_MAX	256

struct tape;

/* What is on it; memset before it is filled. */
struct tape_format {
	uint32_t sound;		/* enum media_sound */
	uint32_t rate;		/* Hz */
	uint32_t channels;
	uint32_t bitrate;	/* bit/s */
};

struct tape_title {
	uint64_t at;		/* it begins there */
	uint64_t count;		/* of titles so far; 0: there was none */
	char text[TAPE_TITLE_MAX];	/* "Artist - Title"; "": silence */
};

/* size: one of the above.  One reference; NULL with errno. */
struct tape *tape_new(size_t size);
/* Any thread. */
struct tape *tape_get(struct tape *t);
void tape_put(struct tape *t);	/* the last one frees; NULL is fine */

/* The writer. */
void tape_describe(struct tape *t, const struct tape_format *f);
/* What comes next belongs to another title. */
void tape_entitle(struct tape *t, const char *title);
/* A decoder may begin with what comes next; now_ns: CLOCK_MONOTONIC. */
void tape_mark(struct tape *t, int64_t now_ns);
void tape_write(struct tape *t, const void *data, size_t n);
/* Nothing will be written any more. */
void tape_end(struct tape *t);

/* Readers. */
int tape_is_over(const struct tape *t);
uint64_t tape_head(const struct tape *t);
/* Where to begin so as to have what was written since since_ns, as far as it
 * is there. */
uint64_t tape_start(const struct tape *t, int64_t since_ns);
/*
 * Up to n bytes from there on: how many came, 0 if nothing is written yet; -1:
 * they are there no more.
 */
ssize_t tape_read(const struct tape *t, uint64_t at, void *buf, size_t n);
void tape_format(const struct tape *t, struct tape_format *f);
void tape_title(const struct tape *t, struct tape_title *title);

#endif
