/* SPDX-License-Identifier: ISC */
/*
 * Commands to the daemon, as messages on its queue.  A request is of type 1
 * and answered by one message whose type is the requester's process id.  All
 * of it is pulled: a request says what it wants and from where on, the answer
 * holds that much and nothing is remembered.  Whoever got no answer asks again
 * with the same sequence number, and what was done once is not done twice.
 *
 * Big-endian.  A text is its length (16 bits) and UTF-8, or for paths bytes.
 *
 *   request   "NC"  version u8  command u8  pid u32  seq u32  now u8
 *             offset u64  file: size u64 mtime u64 inode u64
 *             revision u32  channel u32  track u32  what: text
 *   answer    "NC"  version u8  status u8  seq u32  then by status and command
 *     a sentence    text
 *     GET           file: size u64 mtime u64 inode u64  offset u64  the bytes;
 *                   at the end of the transmission, that is with an offset
 *                   from the size on, no bytes but path: text, channel u32
 *                   (which older daemons do not say)
 *     LIBRARY       revision u32  next channel u32  next track u32 (both 0:
 *                   that was all)  entries
 */
#ifndef WIRE_CONTROL_H
#define WIRE_CONTROL_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define CONTROL_VERSION		1
#define CONTROL_REQUEST		1L	/* message type */
#define CONTROL_MAX		4096	/* bytes of a message */
#define CONTROL_WHAT_MAX	2048	/* CH, CH/TRACK or a path, with NUL */
#define CONTROL_TEXT_MAX	512	/* a sentence, with NUL */
#define CONTROL_HEAD_SIZE	8	/* of an answer */

enum control_command {
	CONTROL_RELOAD = 1,	/* answered when it is done */
	CONTROL_SKIP,		/* what: CH */
	CONTROL_PAUSE,		/* CH */
	CONTROL_RESUME,		/* CH */
	CONTROL_PLAY,		/* CH/TRACK; now */
	CONTROL_GET,		/* CH/TRACK; offset, file */
	CONTROL_LIBRARY,	/* revision, channel, track: from there on */
	CONTROL_ANNOUNCE,	/* full path of a file */
	CONTROL_HUSH,		/* no more announcements */
	CONTROL_LAST = CONTROL_HUSH
};

enum control_status {
	CONTROL_OK,
	CONTROL_NOT_FOUND,	/* no such channel or track */
	CONTROL_REFUSED,	/* it cannot be done now */
	CONTROL_FORBIDDEN,	/* it may not be done */
	CONTROL_CHANGED,	/* the file or the library is another one now:
				 * begin anew */
	CONTROL_UNKNOWN		/* no command of this version */
};

/* Which file it was; all 0: any. */
struct control_file {
	uint64_t size;
	int64_t mtime_ns;
	uint64_t inode;
};

struct control_request {
	uint8_t command;
	uint8_t now;
	uint32_t pid, seq;
	uint64_t offset;
	struct control_file file;
	uint32_t revision, channel, track;	/* 0: from the beginning */
	char what[CONTROL_WHAT_MAX];
};

/* Into out, which has CONTROL_MAX bytes; the length. */
size_t control_encode(const struct control_request *q, uint8_t *out);
/*
 * 0; -1: this is no request at all; 1: it is one of another version or a
 * command that we do not know, and only pid and seq mean something.
 */
int control_decode(struct control_request *q, const void *data, size_t len);

struct control_answer {
	uint8_t status;
	uint32_t seq;
	struct rd body;		/* the rest */
};

/* Begin an answer in w. */
void control_begin(struct wr *w, uint32_t seq, enum control_status status);
/* 0, or -1 if it is none of our version. */
int control_open(struct control_answer *a, const void *data, size_t len);

/* A text into w, as much as max bytes of it; out of r into text, cut to size,
 * ended by NUL (a NUL in it becomes '?').  -1: there is none. */
void control_put_text(struct wr *w, const char *text, size_t max);
int control_get_text(struct rd *r, char *text, size_t size);

void control_put_file(struct wr *w, const struct control_file *f);
void control_get_file(struct rd *r, struct control_file *f);
int control_is_same_file(const struct control_file *a,
    const struct control_file *b);

#define CONTROL_PATH_MAX	2048
#define CONTROL_NAME_MAX	256

/* A track of the library. */
struct control_entry {
	uint32_t channel;
	uint32_t track;			/* its place in the list, from 1 */
	char name[CONTROL_NAME_MAX];	/* of the channel */
	char path[CONTROL_PATH_MAX];	/* relative to its directory; bytes */
	char container[16], codec[16];
	char title[CONTROL_NAME_MAX], artist[CONTROL_NAME_MAX];
	char album[CONTROL_NAME_MAX];
	char problem[CONTROL_NAME_MAX];	/* "": it plays */
	uint32_t rate, channels, bitrate;	/* 0: not known */
	uint64_t frames, size;
	int64_t duration_ms;		/* -1: not known */
};

/* Whole, or -1 and w as before if there is no room; an answer that has none
 * yet has room for any. */
int control_put_entry(struct wr *w, const struct control_entry *e);
/* 1; 0: that was the last; -1: damaged. */
int control_get_entry(struct rd *r, struct control_entry *e);

#endif
