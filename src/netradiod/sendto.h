/* SPDX-License-Identifier: ISC */
/*
 * Where channels go beside their groups, for networks and hosts that multicast
 * does not reach: hosts by name of their address, and broadcast.  Pure.
 */
#ifndef SENDTO_H
#define SENDTO_H

#include <stddef.h>

#include "os/addr.h"

#define SENDTO_MAX	64	/* in a configuration */
#define SENDTO_RANGES	16	/* in one of them */

struct sendto {
	struct addr to;		/* port 0; len 0: the broadcast address of
				 * each interface's network */
	unsigned nranges;
	struct {
		unsigned first, last;
	} range[SENDTO_RANGES];	/* of channels */
};

/* "10.0.0.7 1 3-5", "broadcast 2", "255.255.255.255 1": 0; -1: why says what
 * was expected. */
int sendto_parse(struct sendto *s, const char *text, char *why, size_t size);
/* Whether the two say the same. */
int sendto_is_equal(const struct sendto *a, const struct sendto *b);
int sendto_is_broadcast(const struct sendto *s);
/* Whether it gets that channel; 0, the program list, all of them do. */
int sendto_has(const struct sendto *s, unsigned channel);
/* How many of n get it. */
unsigned sendto_copies(const struct sendto *s, unsigned n, unsigned channel);

#endif
