/* SPDX-License-Identifier: ISC */
#include "os/linkwatch.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM	8192
#define READ_MAX 64	/* messages at a time */

int
linkwatch_open(void)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK };
	int fd, saved;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_ROUTE);
	if (fd == -1)
		return -1;
	nl.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
	    RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
	if (bind(fd, (struct sockaddr *)&nl, sizeof(nl)) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* What it says is looked up anyway, so it is not read. */
int
linkwatch_read(int fd)
{
	char room[ROOM];
	ssize_t n;
	int i, changed = 0;

	for (i = 0; i < READ_MAX; i++) {
		n = recv(fd, room, sizeof(room), 0);
		if (n == -1 && errno == EINTR)
			continue;
		/* ENOBUFS: so much that some of it is lost. */
		if (n == -1 && errno != ENOBUFS)
			break;
		changed = 1;
	}
	return changed;
}
