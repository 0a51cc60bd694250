/* SPDX-License-Identifier: ISC */
/* What a container is to media.c: one table and one file media_<name>.c. */
#ifndef MEDIA_OPS_H
#define MEDIA_OPS_H

#include "media.h"

struct media_ops {
	const char *container;	/* as in struct media_facts */
	/*
	 * Whether the file is one of ours (1, 0, or -1 with errno: it cannot
	 * be read); sets facts of the first frame.  claims: its name says
	 * that it is sound, so look harder.
	 */
	int (*probe)(int fd, int claims, struct media_facts *facts);
	/* A reader of its own; fd stays the caller's.  NULL: no memory. */
	void *(*open)(int fd);
	/* Stand at the first frame: as media_next(), but takes nothing. */
	int (*first)(void *reader);
	int (*next)(void *reader, struct frame *f);
	void (*close)(void *reader);
};

const struct media_ops *media_mpa_ops(void);

#endif
