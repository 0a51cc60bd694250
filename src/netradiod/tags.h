/* SPDX-License-Identifier: ISC */
/* What the tags of an MPEG audio file say: ID3v2, APEv2, ID3v1. */
#ifndef TAGS_H
#define TAGS_H

struct media_tags;

/*
 * Read title, artist and album; each from ID3v2, else APEv2, else ID3v1, and
 * "" if none has it.  charset is what text of no stated encoding is in, as in
 * charset_to_utf8().  Only the bytes of these fields are read, whatever
 * else the tags hold; nothing in them can be an error.
 */
void tags_read(int fd, const char *charset, struct media_tags *t);

#endif
