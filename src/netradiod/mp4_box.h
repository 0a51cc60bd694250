/* SPDX-License-Identifier: ISC */
/* Boxes of an MP4 or QuickTime file (ISO 14496-12, 4.2), read by pread. */
#ifndef MP4_BOX_H
#define MP4_BOX_H

#include <stddef.h>
#include <stdint.h>

#define FOURCC(a, b, c, d)	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | \
				    (uint32_t)(c) << 8 | (uint32_t)(d))

struct mp4_box {
	uint32_t type;
	int64_t start;		/* of its header, in the file */
	int64_t off;		/* of what it holds */
	int64_t end;		/* behind it; never behind its parent's end */
};

/*
 * The box at off in a parent that ends at end (of the file: its size).  One
 * that says that it is longer ends there too.  1; 0: no box, or one whose size
 * is impossible.
 */
int mp4_box_at(int fd, int64_t off, int64_t end, struct mp4_box *b);
/* Up to n bytes at at inside of a box; the rest of buf is zero.  How many. */
size_t mp4_box_read(int fd, const struct mp4_box *b, int64_t at, void *buf,
    size_t n);

/* What is done with a box of a type, inside of a box that is walked. */
struct mp4_handler {
	uint32_t type;		/* 0: the end of a table */
	void (*handle)(void *arg, const struct mp4_box *b);
};

/* So many boxes are looked at inside of one, or in a row in vain. */
#define MP4_BOXES_MAX	65536

/* Call the handlers of all boxes from off to end in their order.  The depth
 * is that of the tables: a box that nests in itself is not followed. */
void mp4_box_walk(int fd, int64_t off, int64_t end,
    const struct mp4_handler *table, void *arg);

/* Entries of one width, one behind the other.  More than a sound of four days
 * has access units are not believed; and so many in a row that tell nothing are
 * looked at. */
#define MP4_TABLE_MAX	(1u << 24)
#define MP4_EMPTY_MAX	(1 << 20)
struct mp4_table {
	int64_t off;
	uint32_t count;		/* no more than really are in the box */
	uint32_t width;		/* bytes */
};

/* The table that begins at at inside of a box and says to have count entries
 * of that width. */
void mp4_table_init(struct mp4_table *t, const struct mp4_box *b, int64_t at,
    uint64_t count, uint32_t width);

/* A table read forward, some bytes at a time. */
#define MP4_COLUMN_SIZE	192

struct mp4_column {
	int fd;
	struct mp4_table t;
	uint32_t first, have;	/* entries in buf */
	uint8_t buf[MP4_COLUMN_SIZE];
};

void mp4_column_init(struct mp4_column *c, int fd, const struct mp4_table *t);
/* The i-th entry, t.width bytes in place until the next call; zeros if there
 * is none. */
const uint8_t *mp4_column_at(struct mp4_column *c, uint32_t i);

uint32_t mp4_u16(const uint8_t *p);
uint32_t mp4_u32(const uint8_t *p);
uint64_t mp4_u64(const uint8_t *p);

#endif
