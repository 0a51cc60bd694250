/* SPDX-License-Identifier: ISC */
/*
 * A network interface in detail, as rtnetlink tells it: its flags one by one,
 * and the bridge that it is a port of.  Unlike /sys it is always that of our
 * own network namespace.
 */
#ifndef OS_LINK_H
#define OS_LINK_H

#include <net/if.h>

struct link {
	char name[IF_NAMESIZE];
	unsigned index;
	int is_up;		/* administratively */
	int has_carrier;	/* and something is at the other end */
	int is_multicast;	/* its flag */
	int is_loopback;
	unsigned master;	/* index of the bridge or the like; 0: none */
	/* Of a bridge; -1: it is none, or the kernel does not tell. */
	int snooping;		/* forwards groups only where they are joined */
	int querier;		/* asks by itself who has joined what */
};

/* By index: 0, or -1 with errno. */
int link_get(struct link *l, unsigned index);

#endif
