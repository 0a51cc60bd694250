/* SPDX-License-Identifier: ISC */
#include "os/link.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/text.h"

#define ANSWER_MAX	32768	/* interfaces with many functions tell much */

struct request {
	struct nlmsghdr nh;
	struct ifinfomsg info;
};

/* The attribute of that type in n bytes of them, or NULL. */
static const struct rtattr *
find(const struct rtattr *a, size_t n, unsigned type)
{
	for (; RTA_OK(a, n); a = RTA_NEXT(a, n))
		if ((a->rta_type & NLA_TYPE_MASK) == type)
			return a;
	return NULL;
}

static const struct rtattr *
inside(const struct rtattr *a, unsigned type)
{
	return a != NULL ? find(RTA_DATA(a), RTA_PAYLOAD(a), type) : NULL;
}

static unsigned
get_u32(const struct rtattr *a)
{
	uint32_t v = 0;

	if (a != NULL && RTA_PAYLOAD(a) >= sizeof(v))
		memcpy(&v, RTA_DATA(a), sizeof(v));
	return v;
}

static int
get_flag(const struct rtattr *a)
{
	uint8_t v;

	if (a == NULL || RTA_PAYLOAD(a) < sizeof(v))
		return -1;
	memcpy(&v, RTA_DATA(a), sizeof(v));
	return v != 0;
}

static void
read_bridge(struct link *l, const struct rtattr *linkinfo)
{
	const struct rtattr *kind = inside(linkinfo, IFLA_INFO_KIND);
	const struct rtattr *data = inside(linkinfo, IFLA_INFO_DATA);

	l->snooping = l->querier = -1;
	if (kind == NULL || RTA_PAYLOAD(kind) < sizeof("bridge") - 1 ||
	    memcmp(RTA_DATA(kind), "bridge", sizeof("bridge") - 1) != 0)
		return;
	l->snooping = get_flag(inside(data, IFLA_BR_MCAST_SNOOPING));
	l->querier = get_flag(inside(data, IFLA_BR_MCAST_QUERIER));
}

static int
read_answer(struct link *l, const void *answer, ssize_t got)
{
	const struct nlmsghdr *nh = answer;
	const struct ifinfomsg *info;
	const struct rtattr *a, *name;
	size_t n;

	if (got < 0 || !NLMSG_OK(nh, (size_t)got) ||
	    nh->nlmsg_type != RTM_NEWLINK ||
	    nh->nlmsg_len < NLMSG_LENGTH(sizeof(*info)))
		return -1;
	info = NLMSG_DATA(nh);
	a = IFLA_RTA(info);
	n = IFLA_PAYLOAD(nh);
	l->index = (unsigned)info->ifi_index;
	l->is_up = (info->ifi_flags & IFF_UP) != 0;
	l->has_carrier = (info->ifi_flags & IFF_RUNNING) != 0;
	l->is_multicast = (info->ifi_flags & IFF_MULTICAST) != 0;
	l->is_loopback = (info->ifi_flags & IFF_LOOPBACK) != 0;
	l->master = get_u32(find(a, n, IFLA_MASTER));
	if ((name = find(a, n, IFLA_IFNAME)) != NULL)
		text_copyn(l->name, sizeof(l->name), RTA_DATA(name),
		    strnlen(RTA_DATA(name), RTA_PAYLOAD(name)));
	read_bridge(l, find(a, n, IFLA_LINKINFO));
	return 0;
}

int
link_get(struct link *l, unsigned index)
{
	_Alignas(struct nlmsghdr) char answer[ANSWER_MAX];
	struct timeval patience = { .tv_sec = 1 };
	struct request q;
	int fd, ret = -1;

	memset(l, 0, sizeof(*l));
	memset(&q, 0, sizeof(q));
	q.nh.nlmsg_len = sizeof(q);
	q.nh.nlmsg_type = RTM_GETLINK;
	q.nh.nlmsg_flags = NLM_F_REQUEST;
	q.info.ifi_family = AF_UNSPEC;
	q.info.ifi_index = (int)index;
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (send(fd, &q, sizeof(q), 0) != -1)
		ret = read_answer(l, answer, recv(fd, answer, sizeof(answer),
		    0));
	close(fd);
	if (ret == -1)
		errno = ENODEV;
	return ret;
}
