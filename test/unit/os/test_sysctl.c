/* SPDX-License-Identifier: ISC */
#include "os/sysctl.h"

#include "tap.h"

static const char text[] =
    "TcpExt: SyncookiesSent IPReversePathFilter Last\n"
    "TcpExt: 1 23 -4\n"
    "IpExt: InNoRoutes\n"
    "IpExt: 7\n";

int
main(void)
{
	int64_t v = 0;

	is(sysctl_get("net/ipv4/igmp_max_memberships", &v), 0, "a number");
	ok(v >= 0, "%lld", (long long)v);
	is(sysctl_get("net/ipv4/no_such_number", &v), -1, "there is none");
	is(sysctl_get("kernel/ostype", &v), -1, "it is no number");
	is(sysctl_netstat_parse(text, "TcpExt", "IPReversePathFilter", &v), 0,
	    "a counter");
	is(v, 23, "its value");
	is(sysctl_netstat_parse(text, "TcpExt", "Last", &v), 0, "the last");
	is(v, -4, "its value");
	is(sysctl_netstat_parse(text, "IpExt", "InNoRoutes", &v), 0,
	    "of another table");
	is(v, 7, "its value");
	is(sysctl_netstat_parse(text, "IpExt", "Last", &v), -1,
	    "not in that table");
	is(sysctl_netstat_parse(text, "Ip", "Last", &v), -1,
	    "half the name of a table");
	is(sysctl_netstat_parse("TcpExt: a b\nTcpExt: 1\n", "TcpExt", "b",
	    &v), -1, "without its number");
	is(sysctl_netstat_parse("TcpExt: a", "TcpExt", "a", &v), -1,
	    "half a file");
	is(sysctl_netstat_parse("", "TcpExt", "a", &v), -1, "nothing");
	is(sysctl_netstat("TcpExt", "IPReversePathFilter", &v), 0,
	    "the kernel's own");
	return tap_end();
}
