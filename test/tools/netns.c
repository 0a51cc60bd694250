/* SPDX-License-Identifier: ISC */
/*
 * netns: what a story does to the network of its own namespace, by rtnetlink,
 * because a minimal system has no ip(8).
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/num.h"

#define ROOM	1024

struct request {
	_Alignas(struct nlmsghdr) char room[ROOM];
	size_t n;
};

static void
put(struct request *q, const void *data, size_t n)
{
	size_t padded = (n + 3) & ~(size_t)3;

	if (padded > ROOM - q->n)
		errx(EX_SOFTWARE, "request too long");
	if (n > 0)
		memcpy(q->room + q->n, data, n);
	q->n += padded;
}

/* Begin an attribute; what is put after it until end_attr is inside. */
static size_t
begin_attr(struct request *q, unsigned type)
{
	struct rtattr a = { .rta_type = (unsigned short)type };
	size_t at = q->n;

	put(q, &a, sizeof(a));
	return at;
}

static void
end_attr(struct request *q, size_t at)
{
	unsigned short n = (unsigned short)(q->n - at);

	memcpy(q->room + at, &n, sizeof(n));
}

static void
put_attr(struct request *q, unsigned type, const void *data, size_t n)
{
	struct rtattr a = { .rta_type = (unsigned short)type,
	    .rta_len = (unsigned short)(sizeof(a) + n) };

	put(q, &a, sizeof(a));
	put(q, data, n);
}

/* Ask the kernel, wait for its word, end if it is no. */
static void
ask(struct request *q, unsigned type, unsigned flags, const char *what)
{
	_Alignas(struct nlmsghdr) char answer[4096];
	struct nlmsghdr h = { .nlmsg_type = (unsigned short)type,
	    .nlmsg_flags = (unsigned short)(NLM_F_REQUEST | NLM_F_ACK |
	    flags) };
	struct nlmsgerr e;
	ssize_t n;
	int fd;

	h.nlmsg_len = (uint32_t)q->n;
	memcpy(q->room, &h, sizeof(h));
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd == -1 || send(fd, q->room, q->n, 0) == -1 ||
	    (n = recv(fd, answer, sizeof(answer), 0)) == -1)
		err(EX_OSERR, "netlink");
	close(fd);
	if ((size_t)n < sizeof(h) + sizeof(e))
		errx(EX_OSERR, "netlink: short answer");
	memcpy(&e, answer + sizeof(h), sizeof(e));
	if (e.error != 0) {
		errno = -e.error;
		err(EX_OSERR, "%s", what);
	}
}

static void
begin(struct request *q)
{
	static const struct nlmsghdr h;

	q->n = 0;
	put(q, &h, sizeof(h));
}

static int
index_of(const char *name)
{
	unsigned i = if_nametoindex(name);

	if (i == 0)
		err(EX_UNAVAILABLE, "%s", name);
	return (int)i;
}

static uint32_t
number(const char *text, int64_t max)
{
	char why[80];
	int64_t n;

	if (num_parse(text, 0, max, &n, why, sizeof(why)) == -1)
		errx(EX_USAGE, "%s: expected %s", text, why);
	return (uint32_t)n;
}

static void
set_flag(const char *name, unsigned flag, int on)
{
	struct ifinfomsg i = { .ifi_family = AF_UNSPEC,
	    .ifi_index = index_of(name), .ifi_change = flag,
	    .ifi_flags = on ? flag : 0 };
	struct request q;

	begin(&q);
	put(&q, &i, sizeof(i));
	ask(&q, RTM_NEWLINK, 0, name);
}

static void
set_mtu(const char *name, const char *mtu)
{
	struct ifinfomsg i = { .ifi_family = AF_UNSPEC,
	    .ifi_index = index_of(name) };
	uint32_t n = number(mtu, 65536);
	struct request q;

	begin(&q);
	put(&q, &i, sizeof(i));
	put_attr(&q, IFLA_MTU, &n, sizeof(n));
	ask(&q, RTM_NEWLINK, 0, name);
}

static void
delete_link(const char *name)
{
	struct ifinfomsg i = { .ifi_family = AF_UNSPEC,
	    .ifi_index = index_of(name) };
	struct request q;

	begin(&q);
	put(&q, &i, sizeof(i));
	ask(&q, RTM_DELLINK, 0, name);
}

/* A pair of cable ends; the second goes to the namespace of pid, if given. */
static void
make_veth(const char *a, const char *b, const char *pid)
{
	struct ifinfomsg i = { .ifi_family = AF_UNSPEC };
	size_t info, data, peer;
	struct request q;
	uint32_t n;

	begin(&q);
	put(&q, &i, sizeof(i));
	put_attr(&q, IFLA_IFNAME, a, strlen(a) + 1);
	info = begin_attr(&q, IFLA_LINKINFO);
	put_attr(&q, IFLA_INFO_KIND, "veth", 4);
	data = begin_attr(&q, IFLA_INFO_DATA);
	peer = begin_attr(&q, VETH_INFO_PEER);
	put(&q, &i, sizeof(i));
	put_attr(&q, IFLA_IFNAME, b, strlen(b) + 1);
	if (pid != NULL) {
		n = number(pid, INT32_MAX);
		put_attr(&q, IFLA_NET_NS_PID, &n, sizeof(n));
	}
	end_attr(&q, peer);
	end_attr(&q, data);
	end_attr(&q, info);
	ask(&q, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, a);
}

/* "10.0.0.1/24": the address, and the length. */
static uint8_t
parse_prefix(const char *text, struct in_addr *in)
{
	char host[INET_ADDRSTRLEN];
	const char *slash = strchr(text, '/');

	if (slash == NULL || (size_t)(slash - text) >= sizeof(host))
		errx(EX_USAGE, "%s: expected ADDRESS/LENGTH", text);
	memcpy(host, text, (size_t)(slash - text));
	host[slash - text] = '\0';
	if (inet_pton(AF_INET, host, in) != 1)
		errx(EX_USAGE, "%s: expected ADDRESS/LENGTH", text);
	return (uint8_t)number(slash + 1, 32);
}

/* type: RTM_NEWADDR or RTM_DELADDR. */
static void
change_address(const char *name, const char *prefix, unsigned short type)
{
	struct ifaddrmsg a = { .ifa_family = AF_INET,
	    .ifa_index = (unsigned)index_of(name) };
	struct in_addr in;
	struct request q;

	a.ifa_prefixlen = parse_prefix(prefix, &in);
	begin(&q);
	put(&q, &a, sizeof(a));
	put_attr(&q, IFA_LOCAL, &in, sizeof(in));
	put_attr(&q, IFA_ADDRESS, &in, sizeof(in));
	ask(&q, type, type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_EXCL : 0,
	    prefix);
}

static void
add_route(const char *prefix, const char *name)
{
	struct rtmsg r = { .rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN,
	    .rtm_protocol = RTPROT_BOOT, .rtm_scope = RT_SCOPE_LINK,
	    .rtm_type = RTN_UNICAST };
	int oif = index_of(name);
	struct in_addr in;
	struct request q;

	r.rtm_dst_len = parse_prefix(prefix, &in);
	begin(&q);
	put(&q, &r, sizeof(r));
	put_attr(&q, RTA_DST, &in, sizeof(in));
	put_attr(&q, RTA_OIF, &oif, sizeof(oif));
	ask(&q, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, prefix);
}

static void
usage(void)
{
	fputs("usage: netns up IF | down IF | mtu IF BYTES | del IF |\n"
	    "             multicast IF | unicast IF |\n"
	    "             veth IF IF [PID] | addr IF ADDRESS/LENGTH |\n"
	    "             unaddr IF ADDRESS/LENGTH |\n"
	    "             route ADDRESS/LENGTH IF\n", stderr);
	exit(EX_USAGE);
}

int
main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "";

	if (argc == 3 && strcmp(verb, "up") == 0)
		set_flag(argv[2], IFF_UP, 1);
	else if (argc == 3 && strcmp(verb, "down") == 0)
		set_flag(argv[2], IFF_UP, 0);
	else if (argc == 3 && strcmp(verb, "multicast") == 0)
		set_flag(argv[2], IFF_MULTICAST, 1);
	else if (argc == 3 && strcmp(verb, "unicast") == 0)
		set_flag(argv[2], IFF_MULTICAST, 0);
	else if (argc == 4 && strcmp(verb, "mtu") == 0)
		set_mtu(argv[2], argv[3]);
	else if (argc == 3 && strcmp(verb, "del") == 0)
		delete_link(argv[2]);
	else if ((argc == 4 || argc == 5) && strcmp(verb, "veth") == 0)
		make_veth(argv[2], argv[3], argv[4]);
	else if (argc == 4 && strcmp(verb, "addr") == 0)
		change_address(argv[2], argv[3], RTM_NEWADDR);
	else if (argc == 4 && strcmp(verb, "unaddr") == 0)
		change_address(argv[2], argv[3], RTM_DELADDR);
	else if (argc == 4 && strcmp(verb, "route") == 0)
		add_route(argv[2], argv[3]);
	else
		usage();
	return 0;
}
