/* SPDX-License-Identifier: ISC */
/*
 *   size(4) type(4) [size(8), if size is 1] ...
 *
 * The size counts the header; 0: to the end of the file.
 */
#include "mp4_box.h"

#include <string.h>

#include "os/file.h"

uint32_t
mp4_u16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

uint32_t
mp4_u32(const uint8_t *p)
{
	return mp4_u16(p) << 16 | mp4_u16(p + 2);
}

uint64_t
mp4_u64(const uint8_t *p)
{
	return (uint64_t)mp4_u32(p) << 32 | mp4_u32(p + 4);
}

int
mp4_box_at(int fd, int64_t off, int64_t end, struct mp4_box *b)
{
	uint8_t h[16];
	uint64_t size;
	size_t head = 8;
	ssize_t n;

	if (off < 0 || off >= end ||
	    (n = file_read_at(fd, h, sizeof(h), off)) < 8)
		return 0;
	size = mp4_u32(h);
	b->type = mp4_u32(h + 4);
	if (size == 1) {
		if (n < 16)
			return 0;
		head = 16;
		size = mp4_u64(h + 8);
	} else if (size == 0)
		size = (uint64_t)(end - off);
	if (size < head || end - off < (int64_t)head)
		return 0;
	b->start = off;
	b->off = off + (int64_t)head;
	b->end = size < (uint64_t)(end - off) ? off + (int64_t)size : end;
	return 1;
}

size_t
mp4_box_read(int fd, const struct mp4_box *b, int64_t at, void *buf, size_t n)
{
	ssize_t got = 0;
	int64_t room = b->end - b->off - at;

	if (room > 0)
		got = file_read_at(fd, buf, room < (int64_t)n ? (size_t)room :
		    n, b->off + at);
	if (got < 0)
		got = 0;
	memset((uint8_t *)buf + got, 0, n - (size_t)got);
	return (size_t)got;
}

void
mp4_box_walk(int fd, int64_t off, int64_t end, const struct mp4_handler *table,
    void *arg)
{
	const struct mp4_handler *h;
	struct mp4_box b;
	int n;

	for (n = 0; n < MP4_BOXES_MAX && mp4_box_at(fd, off, end, &b);
	    n++, off = b.end)
		for (h = table; h->type != 0; h++)
			if (h->type == b.type) {
				h->handle(arg, &b);
				break;
			}
}

void
mp4_table_init(struct mp4_table *t, const struct mp4_box *b, int64_t at,
    uint64_t count, uint32_t width)
{
	int64_t room = b->end - b->off - at;
	uint64_t most = room > 0 ? (uint64_t)room / width : 0;

	if (count > most)
		count = most;
	t->off = b->off + at;
	t->count = count > MP4_TABLE_MAX ? MP4_TABLE_MAX : (uint32_t)count;
	t->width = width;
}

void
mp4_column_init(struct mp4_column *c, int fd, const struct mp4_table *t)
{
	c->fd = fd;
	c->t = *t;
	c->first = c->have = 0;
}

const uint8_t *
mp4_column_at(struct mp4_column *c, uint32_t i)
{
	static const uint8_t zeros[MP4_COLUMN_SIZE];
	uint32_t width = c->t.width, n;
	ssize_t got;

	if (i >= c->t.count)
		return zeros;
	if (i < c->first || i - c->first >= c->have) {
		n = MP4_COLUMN_SIZE / width;
		if (n > c->t.count - i)
			n = c->t.count - i;
		c->first = i;
		c->have = 0;
		got = file_read_at(c->fd, c->buf, n * width,
		    c->t.off + (int64_t)i * width);
		if (got < (ssize_t)width)
			return zeros;
		c->have = (uint32_t)got / width;
	}
	return c->buf + (size_t)(i - c->first) * width;
}
