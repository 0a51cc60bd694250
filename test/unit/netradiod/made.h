/* SPDX-License-Identifier: ISC */
/*
 * Files made byte by byte in memory: frames with a payload that tells them
 * apart, tags and junk, as struct file to be read through a descriptor.
 */
#ifndef MADE_H
#define MADE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "random.h"

#define MADE	__attribute__((unused)) static

struct made {
	uint8_t *p;
	size_t len, size;
};

MADE void
put(struct made *f, const void *data, size_t n)
{
	if (f->len + n > f->size) {
		f->size = 2 * (f->len + n) + 4096;
		if ((f->p = realloc(f->p, f->size)) == NULL)
			abort();
	}
	if (n > 0)
		memcpy(f->p + f->len, data, n);
	f->len += n;
}

MADE void
put_text(struct made *f, const char *s)
{
	put(f, s, strlen(s));
}

MADE void
put_fill(struct made *f, int c, size_t n)
{
	uint8_t b = (uint8_t)c;

	while (n-- > 0)
		put(f, &b, 1);
}

MADE void
put_be(struct made *f, uint32_t v, int bytes)
{
	while (bytes-- > 0)
		put_fill(f, (int)(v >> (8 * bytes) & 0xff), 1);
}

MADE void
put_le(struct made *f, uint32_t v)
{
	int i;

	for (i = 0; i < 4; i++)
		put_fill(f, (int)(v >> (8 * i) & 0xff), 1);
}

/* 28 bits, 7 to the byte. */
MADE void
put_seven(struct made *f, uint32_t v)
{
	put_be(f, (v & 0x7f) | (v & 0x3f80) << 1 | (v & 0x1fc000) << 2 |
	    (v & 0xfe00000) << 3, 4);
}

/* The same bytes every time. */
MADE void
put_random(struct made *f, uint32_t seed, size_t n)
{
	uint64_t state = seed;

	while (n-- > 0)
		put_fill(f, (int)(random_of(&state) & 0xff), 1);
}

/* A frame with this header and length: payload of its number n, no 0xff. */
MADE void
put_frame(struct made *f, uint32_t header, size_t len, unsigned n)
{
	size_t i;

	put_be(f, header, 4);
	for (i = 4; i < len; i++)
		put_fill(f, (int)((n * 31 + i * 7) % 251), 1);
}

MADE void
put_file(struct made *f, const struct made *other)
{
	put(f, other->p, other->len);
}

/* An ID3v2 tag of this version and flags around a body. */
MADE void
put_id3(struct made *f, int version, int flags, const struct made *body)
{
	put_text(f, "ID3");
	put_be(f, (uint32_t)version << 16 | (uint32_t)flags, 3);
	put_seven(f, (uint32_t)body->len);
	put_file(f, body);
	if (version == 4 && flags & 0x10) {
		put_text(f, "3DI");
		put_be(f, (uint32_t)version << 16 | (uint32_t)flags, 3);
		put_seven(f, (uint32_t)body->len);
	}
}

/* One item of an APE tag. */
MADE void
put_item(struct made *f, uint32_t flags, const char *key, const void *value,
    size_t n)
{
	put_le(f, (uint32_t)n);
	put_le(f, flags);
	put(f, key, strlen(key) + 1);
	put(f, value, n);
}

/* Header (0x20000000) or footer (0) of an APE tag. */
MADE void
put_ape_end(struct made *f, uint32_t size, uint32_t items, uint32_t flags)
{
	put_text(f, "APETAGEX");
	put_le(f, 2000);
	put_le(f, size);
	put_le(f, items);
	put_le(f, flags);
	put_fill(f, 0, 8);
}

MADE void
put_ape(struct made *f, const struct made *items, uint32_t n, int header)
{
	uint32_t size = (uint32_t)items->len + 32;
	uint32_t flags = header ? 0x80000000u : 0;

	if (header)
		put_ape_end(f, size, n, flags | 0x20000000u);
	put_file(f, items);
	put_ape_end(f, size, n, flags);
}

MADE void
put_id3v1(struct made *f, const char *title, const char *artist,
    const char *album)
{
	const char *field[3] = { title, artist, album };
	int i;

	put_text(f, "TAG");
	for (i = 0; i < 3; i++) {
		size_t n = strlen(field[i]);

		put(f, field[i], n < 30 ? n : 30);
		put_fill(f, ' ', n < 30 ? 30 - n : 0);
	}
	put_fill(f, 0, 35);
}

MADE void
made_free(struct made *f)
{
	free(f->p);
	memset(f, 0, sizeof(*f));
}

/* A descriptor of a file with these bytes. */
MADE int
made_fd(const struct made *f)
{
	int fd = memfd_create("made", MFD_CLOEXEC);

	if (fd == -1 || (f->len > 0 &&
	    write(fd, f->p, f->len) != (ssize_t)f->len)) {
		perror("memfd");
		exit(1);
	}
	return fd;
}

#endif
