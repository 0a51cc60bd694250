/* SPDX-License-Identifier: ISC */
/*
 * Finding the daemon of a state directory: by STATEDIR/ipc, else by the key;
 * believed only if the segment names that directory.
 */
#ifndef ATTACH_H
#define ATTACH_H

#include <stddef.h>

#include "wire/statseg.h"

struct attach {
	char *state;			/* the directory */
	const struct statseg *segment;	/* mapped to read */
};

/*
 * The daemon that runs with this state directory; NULL: root's for root, else
 * the user's own, or root's where he has none.  0, or the exit code, a
 * sentence in why and nothing to close: 69 there is none, it was killed, or it
 * is of another version; 77 we are not allowed to look.
 */
int attach_open(struct attach *a, const char *state, char *why, size_t size);
void attach_close(struct attach *a);

#endif
