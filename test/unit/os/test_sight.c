/* SPDX-License-Identifier: ISC */
#include "os/sight.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <unistd.h>

#include "os/udp.h"
#include "tap.h"

/* The next packet, within a second: its length, or -1. */
static ssize_t
next(int fd, uint8_t *data, size_t size, int *is_leaving)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 1000) == 1 ? sight_get(fd, data, size,
	    is_leaving) : -1;
}

int
main(void)
{
	struct addr groups[SIGHT_GROUPS_MAX + 1], other;
	unsigned lo = if_nametoindex("lo");
	uint8_t data[128];
	int fd, out, is_leaving;
	ssize_t n;

	addr_parse(&groups[0], "239.255.99.1", 9);
	addr_parse(&groups[1], "239.255.99.2", 9);
	addr_parse(&other, "239.255.99.3", 9);
	is(sight_open(lo, groups, SIGHT_GROUPS_MAX + 1), -1,
	    "more groups than there are");
	if ((fd = sight_open(lo, groups, 2)) == -1 && errno == EPERM) {
		tap_skip("no right to look");
		return tap_end();
	}
	ok(fd != -1, "a look");
	is(sight_get(fd, data, sizeof(data), &is_leaving), -1,
	    "nothing there");
	out = udp_sender(AF_INET, 0, 0);
	if (udp_send(out, lo, 1, &other, "no", 2) == -1 ||
	    udp_send(out, lo, 1, &groups[1], "yes", 3) == -1) {
		tap_skip("loopback is down");
		return tap_end();
	}
	n = next(fd, data, sizeof(data), &is_leaving);
	is(n, 20 + 8 + 3, "what goes to one of the groups, and no other");
	ok(n == 31 && memcmp(data + 28, "yes", 3) == 0, "from the IP header");
	is(is_leaving, 1, "leaves");
	close(fd);
	close(out);
	return tap_end();
}
