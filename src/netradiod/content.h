/* SPDX-License-Identifier: ISC */
/*
 * What a file is, by its first bytes.  The kinds that are not played are known
 * too: frames of MPEG audio inside of them would be found one by one, but not
 * the sound that they make up.
 */
#ifndef CONTENT_H
#define CONTENT_H

struct window;

enum content {
	CONTENT_OPEN,		/* nothing known: look for frames */
	CONTENT_ADTS,
	CONTENT_MP4,
	CONTENT_AVI,
	CONTENT_WAV,
	CONTENT_FOREIGN,	/* sound or video that is not played */
	CONTENT_OTHER		/* no sound at all */
};

/* What stands behind the leading tags.  CONTENT_FOREIGN: *problem says what
 * it is; else it stays. */
enum content content_of(struct window *w, const char **problem);

/* Whether the suffix of a file's name claims sound or video. */
int content_is_claimed(const char *name);

#endif
