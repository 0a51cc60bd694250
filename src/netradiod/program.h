/* SPDX-License-Identifier: ISC */
/*
 * A channel's program: its tracks one after another for ever, as one endless
 * run of frames.  What cannot be played is said once and passed over; with
 * nothing left to play there is silence, and the directory is looked at again
 * from time to time.  A voice on all channels goes before everything, the live
 * pipe before the tracks; the one that was playing then waits where it is.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdint.h>

#include "library.h"
#include "media.h"
#include "shuffle.h"
#include "voice.h"

#define PROGRAM_LOOK_NS		INT64_C(5000000000)
/*
 * A reader may take so much longer than what it gives lasts: that is prepared
 * for by the bucket's depth.  Then there is silence, twice as long as it took.
 */
#define PROGRAM_PATIENCE_NS	INT64_C(100000000)
/* With nothing at all to play: how often to ask for it. */
#define PROGRAM_IDLE_NS		INT64_C(200000000)

enum program_event {
	PROGRAM_FRAME,		/* the next frame of the same track */
	PROGRAM_TRACK,		/* the first frame of a track, or of what
				 * comes in between */
	PROGRAM_AGAIN,		/* what began goes on, after a pause or after
				 * what came in between */
	PROGRAM_SILENCE,	/* no frame: nothing to play, or not yet */
	PROGRAM_PAUSE		/* no frame: paused */
};

/* What the frames are of. */
enum program_source { PROGRAM_FILE, PROGRAM_LIVE, PROGRAM_VOICE };

struct program {
	unsigned number;	/* [c] channel, for messages */
	char *dir;		/* [c] */
	int is_root;		/* [c] files of the library's root */
	char *charset;		/* [c] */
	struct playlist *list;
	struct playlist *next_list;	/* NULL, or takes its place when the
				 * track that plays has ended */
	unsigned char *said;	/* by track: its problem was told */
	struct shuffle shuffle;	/* the order of a list that has none */
	size_t at;		/* where the round is, index into list */
	int begun;		/* at is valid */
	size_t on;		/* the track that plays: at, or the wish */
	char *wish;		/* path of what is to play next out of turn */
	int is_paused;
	int was_paused;		/* since the last frame */
	int fresh;		/* no frame of this track was given yet */
	enum program_source source;	/* of the last frame */
	struct livepipe *live;	/* NULL: there is none */
	int has_live;		/* there is to be one */
	int64_t live_at;	/* flicks of it that were given out */
	struct voice *voice;	/* [c] NULL: there is none */
	struct voice_listener listener;
	int64_t voice_at;	/* flicks of it that were given out */
	int64_t at_flicks;	/* flicks of the track that were given out */
	int64_t position;	/* program_position */
	uint32_t resume;	/* path hash of the first track; 0: any */
	int64_t resume_at;	/* flicks: where in it */
	int64_t skipped;	/* flicks gone over at the track's begin */
	struct media *media;	/* open track, or NULL */
	size_t tried;		/* tracks in a row that gave no frame */
	size_t failed;		/* of these, that should have given some */
	int is_news;		/* one of these had not been told before */
	int is_silent;		/* nothing plays, and that was said */
	int64_t debt_ns;	/* that readers took longer than it plays */
	int64_t rest_ns;	/* when they are asked again */
	int64_t look_ns;	/* when to look at the directory again */
	int has_played;		/* a frame was given out */
	uint64_t bad_tracks;	/* could not be played, or not to the end */
};

/* 0, or -1 with errno; program_done is due in both cases. */
int program_init(struct program *p, const struct channel_def *def,
    int is_root, const char *charset);
void program_done(struct program *p);

/* How a track is known from one run to the next: not 0. */
uint32_t program_hash(const char *path);
/* Begin so far in the track of that hash, if it is still there. */
void program_resume(struct program *p, uint32_t hash, int64_t flicks);
/* Flicks of what plays that come before the frame at hand; without one, of
 * the track. */
int64_t program_position(const struct program *p);
/* Let it be interrupted by what all channels hear. */
void program_listen(struct program *p, struct voice *v);

/* Play this list from the next track boundary on; takes over a reference. */
void program_replace(struct program *p, struct playlist *list);

/* End the track that plays: the next frame is of another one. */
void program_skip(struct program *p);
/* Silence until told otherwise; the track stays where it is. */
void program_pause(struct program *p, int on);
/* After the track that plays, this one (takes its path over); then the round
 * goes on where it was.  A later wish overtakes an earlier one. */
void program_play(struct program *p, char *path);

/*
 * The next frame (valid until the next call).  now_ns: CLOCK_MONOTONIC, only
 * to know when to look again.
 */
enum program_event program_next(struct program *p, int64_t now_ns,
    struct frame *f);

/* The track of the last frame; NULL while silent, and while it is of something
 * else.  Valid until program_next says that something else begins. */
const struct track *program_track(const struct program *p);
/* The track that waits while something else is played, and in *flicks where;
 * NULL: none does. */
const struct track *program_waiting(const struct program *p, int64_t *flicks);
/* What it is when it is no track, for people; NULL: it is one, or nothing. */
const char *program_name(const struct program *p);
/* What the last frame's sound is like; NULL: nothing is open. */
const struct media_facts *program_facts(const struct program *p);
/* The first playable track that fits, from the one that plays on (or from the
 * one behind it, if that is gone over), in the order of the list; NULL: there
 * is none. */
const struct track *program_ahead(const struct program *p, int is_over,
    int (*fits)(void *arg, const struct media_facts *facts), void *arg);

#endif
