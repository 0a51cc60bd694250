/* SPDX-License-Identifier: ISC */
/*
 * What passes on an interface, before the kernel has thrown anything of it
 * away (AF_PACKET): IPv4 packets to a few groups, and IGMP.  It takes the right
 * to look (CAP_NET_RAW).
 */
#ifndef OS_SIGHT_H
#define OS_SIGHT_H

#include <stddef.h>
#include <sys/types.h>

#include "os/addr.h"

#define SIGHT_GROUPS_MAX	2

/* See what goes to these groups (IPv4), n at most SIGHT_GROUPS_MAX, on the
 * interface of that index, and all IGMP.  The descriptor, non-blocking; -1 with
 * errno (EPERM: no right to). */
int sight_open(unsigned ifindex, const struct addr *groups, unsigned n);

/* One packet from its IP header on: its length (cut to size; 0: it is none of
 * IPv4), and whether it leaves this machine; -1 with errno (EAGAIN: none
 * there). */
ssize_t sight_get(int fd, void *data, size_t size, int *is_leaving);

#endif
