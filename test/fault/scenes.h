/* SPDX-License-Identifier: ISC */
/*
 * What a program does while a call fails, and how that is judged.
 *
 * A run is well if the program refuses to begin, with a documented exit code
 * and a sentence, or does what it is there for and ends with 0 when told to.
 * What a fault has taken off the air must be named, and be back after a
 * reload without one.
 */
#ifndef SCENES_H
#define SCENES_H

#include "world.h"

enum verdict {
	REFUSED,
	WENT_ON,
	MENDED,			/* went on, and all is well after a SIGHUP */
	LATE,			/* bad; or the machine was held up */
	BAD,
	VERDICTS
};

struct scene {
	const char *name;
	/* Something that is there for all runs: 0 or -1; NULL: nothing. */
	int (*begin)(struct world *w);
	enum verdict (*play)(struct world *w);
	int is_brief;
};

/* The i-th, or NULL. */
const struct scene *scene(unsigned i);

#endif
