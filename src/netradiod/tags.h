/* SPDX-License-Identifier: ISC */
/* What the tags of an MPEG audio file say: ID3v2, APEv2, ID3v1; and what the
 * readers of other tags share with it. */
#ifndef TAGS_H
#define TAGS_H

#include <stddef.h>
#include <stdint.h>

struct media_tags;

/*
 * Read title, artist and album; each from ID3v2, else APEv2, else ID3v1, and
 * "" if none has it.  charset is what text of no stated encoding is in, as in
 * charset_to_utf8().  Only the bytes of these fields are read, whatever
 * else the tags hold; nothing in them can be an error.
 */
void tags_read(int fd, const char *charset, struct media_tags *t);

/* Put a text of n bytes in a charset behind what a field of struct media_tags
 * has already. */
void tags_append(char *field, const char *charset, const uint8_t *p, size_t n);
/* Fields that are empty take what other has. */
void tags_merge(struct media_tags *t, const struct media_tags *other);
/* What the ID3v2 tag at off says of fields that are empty; nothing if there is
 * none. */
void tags_read_id3(int fd, const char *charset, int64_t off,
    struct media_tags *t);

#endif
