/* SPDX-License-Identifier: ISC */
/*
 * What an MP4 or QuickTime file says of itself: iTunes' list, QuickTime's
 * keys, 3GPP's boxes, QuickTime's old texts; the first that has a field.
 */
#ifndef MP4_TAGS_H
#define MP4_TAGS_H

struct media_tags;

/* As tags_read(). */
void mp4_tags_read(int fd, const char *charset, struct media_tags *t);

#endif
