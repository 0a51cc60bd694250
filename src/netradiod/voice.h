/* SPDX-License-Identifier: ISC */
/*
 * A voice on all channels at once: announcements, one after another, from
 * files or from the named pipe "live" in the library's root.  One thread makes
 * frames of them as fast as they play and keeps the newest in a ring; every
 * channel's own thread reads there.  While nothing is announced a channel that
 * asks pays for one load.
 */
#ifndef VOICE_H
#define VOICE_H

#include <stdint.h>

#include "livepipe.h"

struct media;
struct voice;

#define VOICE_QUEUE	16	/* announcements that may wait */

/* root: the library's; may_hurry: the thread may run in real time.  NULL with
 * errno. */
struct voice *voice_start(const char *root, int may_hurry);
/* End it: 0; -1: stuck at CLOCK_MONOTONIC deadline_ns, and v must be left
 * alone.  Listeners may still ask until voice_free. */
int voice_stop(struct voice *v, int64_t deadline_ns);
void voice_free(struct voice *v);	/* NULL is fine */

/* Any thread: the library is at another place. */
void voice_move(struct voice *v, const char *root);
/*
 * Any thread: announce what m holds (which can be sent; taken over), known to
 * the log by that name.  How many are announced before; -1: too many, or no
 * memory.
 */
int voice_say(struct voice *v, struct media *m, const char *name);
/* Any thread: whether something is announced, or waits to be. */
int voice_is_on(struct voice *v);
/*
 * Any thread: end what is announced, at once even if it is stuck in its file,
 * and drop what waits.  A pipe is closed for a second, so who writes to it is
 * told.  Whether something was on; *dropped: how many waited.
 */
int voice_hush(struct voice *v, unsigned *dropped);

/* Who hears it: a channel's, used by one thread. */
struct voice_listener {
	uint64_t at;		/* next frame */
	uint32_t sound;		/* that its facts are of; 0: none */
	int is_hearing;		/* since the last LIVEPIPE_NONE */
	int is_broken;		/* something was missed */
	struct voice_heard *heard;	/* the last frame, and its facts */
};

/* From now on; v may be NULL: never anything. */
void voice_listen(const struct voice *v, struct voice_listener *l);
void voice_listen_done(struct voice_listener *l);
/* As livepipe_next; f is valid until the next call.  What is announced and
 * does not come is bridged as a live pipe is, and given up for so long. */
enum livepipe_event voice_next(struct voice *v, struct voice_listener *l,
    int64_t now_ns, struct frame *f);
/* Of the sound that began last. */
const struct media_facts *voice_facts(const struct voice_listener *l);

#endif
