/* SPDX-License-Identifier: ISC */
#include "os/link.h"

#include "tap.h"

int
main(void)
{
	unsigned lo = if_nametoindex("lo");
	struct link l;

	is(link_get(&l, lo), 0, "loopback");
	is_str(l.name, "lo", "its name");
	is(l.index, lo, "its index");
	ok(l.is_loopback && !l.is_multicast, "its flags");
	is(l.master, 0, "it is in no bridge");
	ok(l.snooping == -1 && l.querier == -1, "nor is it one");
	is(link_get(&l, 99999), -1, "an interface that is not there");
	return tap_end();
}
