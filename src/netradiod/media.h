/* SPDX-License-Identifier: ISC */
/*
 * Media readers: a file becomes access units (frames) with a duration; nobody
 * downstream knows the container.  A container is one ops table and one file
 * media_<container>.c.
 */
#ifndef MEDIA_H
#define MEDIA_H

#include <stddef.h>
#include <stdint.h>

#define MEDIA_TEXT_MAX	256
/* Counts up whenever the readers find something else in a file: a catalogue
 * of before is then of no use. */
#define MEDIA_READERS	1

/* One access unit, as it stands in the file. */
struct frame {
	const uint8_t *data;	/* valid until the next call on this reader */
	size_t len;		/* at most MPA_FRAME_MAX for MPEG audio */
	uint32_t samples;	/* per channel */
	uint32_t rate;		/* Hz */
};

struct media_tags {
	char title[MEDIA_TEXT_MAX];	/* clean UTF-8; "" if absent */
	char artist[MEDIA_TEXT_MAX];
	char album[MEDIA_TEXT_MAX];
};

/* Facts of a file.  What is not known is 0 or "". */
struct media_facts {
	char container[8];	/* mpeg adts mp4 avi wav */
	char codec[16];		/* mp1 mp2 mp3 aac-lc ... */
	char mpeg_version[4];	/* "1" "2" "2.5" */
	unsigned layer;		/* 1 2 3 */
	uint32_t rate;		/* Hz, of the first frame */
	unsigned channels;	/* of the first frame */
	uint32_t bitrate;	/* bit/s, mean */
	int64_t frames;		/* access units that are sent; 0: not counted */
	int64_t duration;	/* flicks (base/clock.h); 0: not counted */
};

enum media_kind {
	MEDIA_PLAYABLE,		/* facts are set */
	MEDIA_NONE,		/* no media by its content: pass over it */
	MEDIA_PROBLEM,		/* claims to be media and cannot be played */
	MEDIA_UNREADABLE	/* cannot be told: errno; another time perhaps */
};

/*
 * First look at an open regular file: a few KiB.  Recognised by content,
 * never by name; name is used only to tell MEDIA_NONE from MEDIA_PROBLEM (its
 * suffix claims sound or video).  charset as in charset_to_utf8.  On
 * MEDIA_PROBLEM *problem is a static sentence such as "no MPEG audio frame
 * found", on MEDIA_NONE it is NULL.  facts->frames and facts->duration stay
 * 0, facts->bitrate is the first frame's; tags are set if the file plays.
 */
enum media_kind media_probe(int fd, const char *name, const char *charset,
    struct media_facts *facts, struct media_tags *tags, const char **problem);

/*
 * The exact facts: reads the whole file once (frames, duration, mean bitrate)
 * on top of what media_probe found.  stop may be NULL; when *stop becomes
 * non-zero the survey is given up.  0, or -1 (given up, or read error).
 */
int media_survey(int fd, struct media_facts *facts, const _Atomic int *stop);

/* A reader from the first frame on.  Heap; no more than about 8 KiB. */
struct media;
/* Takes fd over (closed also on failure).  NULL with *problem set. */
struct media *media_open(int fd, const char **problem);
/*
 * The next frame: 1; end of the file: 0; -1: the file cannot be read on
 * (errno), it is then at its end.  Junk, tags and info frames inside are
 * skipped; a cut last frame is not given out.  A file that shrinks ends, one
 * that grows goes on.
 */
int media_next(struct media *m, struct frame *f);
void media_close(struct media *m);	/* NULL is fine */

#endif
