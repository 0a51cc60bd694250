/* SPDX-License-Identifier: ISC */
/*
 * Where frames go: a decoder (player.c) or a file or pipe (sink_file.c).
 * A sink never blocks; what it waits for, the session's poll waits for.
 */
#ifndef SINK_H
#define SINK_H

#include <stddef.h>
#include <stdint.h>

struct pollfd;
struct sink;

#define SINK_POLL_MAX	2	/* descriptors that a sink waits for */

struct sink_ops {
	/* Sound will come, if all goes well: what can be done before. */
	void (*prepare)(struct sink *k, int64_t now_ns);
	/* Sound is about to come: 0; -1: it cannot be taken, see code. */
	int (*open)(struct sink *k, int64_t now_ns);
	/* Take a frame that plays so long: 0, or -1: no room, or nobody is
	 * there who takes it. */
	int (*put)(struct sink *k, const uint8_t *frame, size_t len,
	    int64_t play_ns, int64_t now_ns);
	/* Another channel: drop what has not left yet; its play time. */
	int64_t (*drop)(struct sink *k);
	/* Play time of what was put and is not being decoded yet; -1: that
	 * is not known. */
	int64_t (*level)(const struct sink *k);
	/* Fill in what to wait for; lower *wake_ns to when to be served. */
	unsigned (*poll)(struct sink *k, struct pollfd *pfd,
	    int64_t *wake_ns);
	/* After each wait: 0; -1: it is over, see code. */
	int (*serve)(struct sink *k, int64_t now_ns);
	/* No more frames.  drain: what is held may still play out. */
	void (*finish)(struct sink *k, int drain, int64_t now_ns);
	void (*free)(struct sink *k);
};

struct sink {
	const struct sink_ops *ops;
	int is_open;		/* somebody is there who takes frames */
	unsigned opened;	/* how often that began */
	int64_t first_ns;	/* the first frame was written; 0: not yet */
	int is_done;		/* after finish: all is gone */
	int code;		/* exit code when open or serve said it is over;
				 * why has been logged */
};

#endif
