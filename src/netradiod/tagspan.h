/* SPDX-License-Identifier: ISC */
/*
 * Where tags lie in an MPEG audio file: their extents, not what they say.
 * Everything is learnt from a few bytes at their ends; what is in between is
 * never read, so a tag of hostile size costs nothing.
 */
#ifndef TAGSPAN_H
#define TAGSPAN_H

#include <stddef.h>
#include <stdint.h>

struct window;

enum tagspan_kind {
	TAGSPAN_NONE,
	TAGSPAN_ID3V2,
	TAGSPAN_APE,		/* with its header, or a bare footer */
	TAGSPAN_LYRICS3,	/* version 1 and 2 */
	TAGSPAN_ID3V1		/* with the rare "TAG+" in front of it */
};

/* The most bytes of a tag's beginning that tagspan_magic() looks at. */
#define TAGSPAN_MAGIC	11

/* Which tag begins with these bytes, by its magic word alone. */
enum tagspan_kind tagspan_magic(const uint8_t *p, size_t n);

/* Length of the ID3v2 tag with this 10-byte header, footer included; 0 if
 * the header is no valid one. */
int64_t tagspan_id3v2(const uint8_t header[static 10]);

/*
 * The tag that begins at off in a file of the given size: its length, and in
 * *kind (may be NULL) which; 0 if there is none or it says that it is longer
 * than the file.
 */
int64_t tagspan_at(struct window *w, int64_t off, int64_t size,
    enum tagspan_kind *kind);

/*
 * The tag that ends at end (and begins at or after 0): its length, or 0.
 * Called with its result subtracted again and again, this walks backwards
 * over any number of them.
 */
int64_t tagspan_before(struct window *w, int64_t end,
    enum tagspan_kind *kind);

/* Where the tags at the end of a file of the given size begin; size: none. */
int64_t tagspan_tail(struct window *w, int64_t size);

#endif
