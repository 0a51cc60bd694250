/* SPDX-License-Identifier: ISC */
/*
 * A file seen through a small window that moves forward: what parsers read
 * from.  Never mapped, so a file that is cut while we read it only ends.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A frame of any bit rate that has a number (at most 1729 bytes) and what a
 * search looks at; thousands are open at once. */
#define WINDOW_SIZE	2304

/* Bytes that do not stand in the file as they are read (stream.h). */
struct window_source {
	/* As file_read_at(): fewer than n only at the end. */
	ssize_t (*read)(struct window_source *s, void *buf, size_t n,
	    int64_t off);
	/* How many there are; INT64_MAX as long as the end was not seen. */
	int64_t (*size)(struct window_source *s);
};

struct window {
	int fd;			/* the caller's */
	struct window_source *source;	/* the caller's; NULL: the file */
	int error;		/* errno of a call that failed; kept; or 0 */
	int64_t full;		/* no hole in the file in front of here */
	int64_t off;		/* of buf[0] in the file */
	size_t len;		/* bytes in buf */
	uint8_t buf[WINDOW_SIZE];
};

void window_init(struct window *w, int fd);
void window_init_source(struct window *w, struct window_source *source);
/*
 * At least want bytes (<= WINDOW_SIZE) from off on, in place until the next
 * call; the file is read if they are not there.  Returns how many there are,
 * which is fewer only at the end of the file, and *p.
 */
size_t window_view(struct window *w, int64_t off, size_t want,
    const uint8_t **p);
/*
 * The same for a frame of any length up to most: one that the window does not
 * hold is copied into *big, which is made (most bytes, the caller's to free)
 * when the first one comes.  Fewer than want also if there is no memory.
 */
size_t window_frame(struct window *w, int64_t off, size_t want,
    uint8_t **big, size_t most, const uint8_t **p);
/* What it holds from off on: so many bytes at *p, or 0.  Nothing is read. */
size_t window_held(const struct window *w, int64_t off, const uint8_t **p);
/*
 * Copy up to n bytes at off into buf without moving the window.  Returns how
 * many; the rest of buf is zero.
 */
size_t window_peek(struct window *w, int64_t off, void *buf, size_t n);
/* Where the next bytes are that may be other than zero: off, or behind a hole
 * of the file, but never behind end. */
int64_t window_data(struct window *w, int64_t off, int64_t end);
/* Size of the file, or source, now; 0 if it cannot be told. */
int64_t window_file_size(struct window *w);

#endif
