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

#include "base/clock.h"
#include "wire/payload_l16.h"

#define MEDIA_TEXT_MAX	256
/* Counts up whenever the readers find something else in a file: a catalogue
 * of before is then of no use. */
#define MEDIA_READERS	5
#define MEDIA_CONFIG_MAX 64	/* bytes; longer ones have no sound in them */
#define MEDIA_UNIT_MAX	8191	/* bytes of an access unit of AAC */

/* One access unit, as it stands in the file. */
struct frame {
	const uint8_t *data;	/* valid until the next call on this reader */
	size_t len;		/* MPEG audio: at most MPA_FRAME_MAX; AAC: at
				 * most MEDIA_UNIT_MAX, without a header */
	uint32_t samples;	/* per channel */
	uint32_t rate;		/* Hz */
};

struct media_tags {
	char title[MEDIA_TEXT_MAX];	/* clean UTF-8; "" if absent */
	char artist[MEDIA_TEXT_MAX];
	char album[MEDIA_TEXT_MAX];
};

/* What kind of frames a file gives. */
enum media_sound {
	MEDIA_OTHER,		/* none */
	MEDIA_MPA,		/* frames of MPEG audio, layers I to III */
	MEDIA_AAC,		/* access units of AAC, raw */
	MEDIA_PCM		/* some samples of all channels, interleaved */
};

/* Facts of a file.  What is not known is 0 or "". */
struct media_facts {
	char container[8];	/* mpeg adts mp4 avi wav */
	char codec[16];		/* mp1 mp2 mp3 aac-lc ... */
	char mpeg_version[4];	/* "1" "2" "2.5" */
	enum media_sound sound;
	unsigned layer;		/* 1 2 3 */
	uint32_t rate;		/* Hz, of the first frame; AAC: of the output
				 * if that is signalled, else the core's */
	unsigned channels;	/* of the first frame */
	uint32_t samples;	/* AAC: of an access unit, at rate */
	uint32_t bitrate;	/* bit/s, mean */
	int64_t frames;		/* access units that are sent (PCM: samples of
				 * a channel); 0: not counted */
	int64_t duration;	/* flicks (base/clock.h); 0: not counted */
	struct payload_l16_pcm pcm;	/* how samples stand in the file */
	uint8_t config_len;	/* AAC: AudioSpecificConfig (ISO 14496-3) */
	uint8_t config[MEDIA_CONFIG_MAX];
};

enum media_kind {
	MEDIA_PLAYABLE,		/* facts are set */
	MEDIA_NONE,		/* no media by its content: pass over it */
	MEDIA_PROBLEM,		/* claims to be media and cannot be played;
				 * facts are what is known of it all the same */
	MEDIA_UNREADABLE	/* cannot be told now: errno */
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
 * A coarse index of what has to be read to be counted: where frames stand that
 * begin at about equal distances of play time.
 */
#define MEDIA_INDEX_MAX	64
struct media_place {
	int64_t at;		/* flicks from the first frame, > 0 */
	int64_t off;		/* bytes into the file */
};
struct media_index {
	unsigned n;
	struct media_place place[];	/* in order */
};

/*
 * The exact facts (frames, duration, mean bitrate) on top of what media_probe
 * found: from the container's tables if they tell, else by reading the whole
 * file once.  *index (index may be NULL) is then on the heap and the caller's;
 * NULL if none is needed, or no memory was left for it.  stop may be NULL;
 * when *stop becomes non-zero the survey is given up.  0, or -1 (given up, or
 * read error; *index is NULL).
 */
int media_survey(int fd, struct media_facts *facts, struct media_index **index,
    const _Atomic int *stop);

/*
 * Why frames with these facts cannot be sent, although they can be read: a
 * static sentence; NULL: they can.
 */
const char *media_unsendable(const struct media_facts *facts);

/* A reader from the first frame on.  Heap; no more than about 8 KiB. */
struct media;
/* Takes fd over (closed also on failure).  NULL with *problem set. */
struct media *media_open(int fd, const char **problem);
/* The same of any file: it is searched for sound only where its name claims
 * some. */
struct media *media_open_named(int fd, const char *name,
    const char **problem);
/* What media_probe finds. */
const struct media_facts *media_facts(const struct media *m);
/*
 * The next frame: 1; end of the file: 0; -1: the file cannot be read on
 * (errno), it is then at its end.  Junk, tags and info frames inside are
 * skipped; a cut last frame is not given out.  A file that shrinks ends, one
 * that grows goes on.
 */
int media_next(struct media *m, struct frame *f);
/*
 * From the first frame on, go over so many flicks: the next frame is the first
 * that begins there or later.  index (may be NULL) is what a survey found; of
 * an index of another file only the place is wrong.  Without one no more than
 * MEDIA_SEEK_MAX is read through.  Returns flicks that were gone over, fewer
 * where the file ends.
 */
#define MEDIA_SEEK_MAX	(600 * FLICK_HZ)
int64_t media_seek(struct media *m, int64_t flicks,
    const struct media_index *index);
void media_close(struct media *m);	/* NULL is fine */

#endif
