/* SPDX-License-Identifier: ISC */
/* Network interfaces as the kernel has them now. */
#ifndef OS_IFACE_H
#define OS_IFACE_H

#include <net/if.h>
#include <stdint.h>

#include "os/addr.h"

#define IFACE_MAX	32	/* as many as one call of iface_list returns */

struct iface {
	char name[IF_NAMESIZE];
	unsigned index;		/* 0: there is none of that name */
	int is_up;		/* administratively up and running */
	int is_loopback;
	unsigned mtu;		/* bytes */
	int64_t speed_bps;	/* of the link; 0: not known */
	struct addr addr;	/* first IPv4 address; len 0: none */
	struct addr broadcast;	/* of its network; len 0: none */
};

/* By name: 0, or -1 with errno if there is none (f->index 0, name set). */
int iface_by_name(struct iface *f, const char *name);
/* The interface that the route to dest names (rtnetlink), of either family: 0;
 * -1: no route. */
int iface_by_route(struct iface *f, const struct addr *dest);
/* The loopback interface. */
int iface_loopback(struct iface *f);
/* All that are up, loopback included; how many, at most max. */
int iface_list(struct iface *f, int max);

#endif
