/* SPDX-License-Identifier: ISC */
#include "os/iface.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/text.h"

/* An interface's name is also what ioctl wants in its request. */
static int
ask(int fd, const char *name, unsigned long what, struct ifreq *ifr)
{
	memset(ifr, 0, sizeof(*ifr));
	text_copy(ifr->ifr_name, sizeof(ifr->ifr_name), name);
	return ioctl(fd, what, ifr);
}

/* Link speed as the driver tells it; 0: unknown. */
static int64_t
read_speed(int fd, const char *name)
{
	struct ethtool_cmd cmd;
	struct ifreq ifr;
	uint32_t mbit;

	memset(&cmd, 0, sizeof(cmd));
	cmd.cmd = ETHTOOL_GSET;
	memset(&ifr, 0, sizeof(ifr));
	text_copy(ifr.ifr_name, sizeof(ifr.ifr_name), name);
	ifr.ifr_data = (void *)&cmd;
	if (ioctl(fd, SIOCETHTOOL, &ifr) == -1)
		return 0;
	mbit = ethtool_cmd_speed(&cmd);
	return mbit == 0 || mbit > INT32_MAX ? 0 : (int64_t)mbit * 1000000;
}

/* The last address of its network; one of two hosts, or of one, has none.
 * What was configured as such may be nothing at all. */
static void
find_broadcast(struct iface *f, const struct ifreq *ifr)
{
	struct sockaddr_in mask;

	memcpy(&mask, &ifr->ifr_netmask, sizeof(mask));
	if (ntohl(~mask.sin_addr.s_addr) <= 1)
		return;
	f->broadcast = f->addr;
	f->broadcast.u.in.sin_addr.s_addr |= ~mask.sin_addr.s_addr;
}

int
iface_by_name(struct iface *f, const char *name)
{
	struct ifreq ifr;
	int fd;

	memset(f, 0, sizeof(*f));
	text_copy(f->name, sizeof(f->name), name);
	if ((fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return -1;
	if (ask(fd, name, SIOCGIFINDEX, &ifr) == 0) {
		f->index = (unsigned)ifr.ifr_ifindex;
		if (ask(fd, name, SIOCGIFFLAGS, &ifr) == 0) {
			f->is_up = (ifr.ifr_flags & IFF_UP) != 0 &&
			    (ifr.ifr_flags & IFF_RUNNING) != 0;
			f->is_loopback = (ifr.ifr_flags & IFF_LOOPBACK) != 0;
		}
		if (ask(fd, name, SIOCGIFMTU, &ifr) == 0)
			f->mtu = (unsigned)ifr.ifr_mtu;
		if (ask(fd, name, SIOCGIFADDR, &ifr) == 0) {
			memcpy(&f->addr.u.in, &ifr.ifr_addr,
			    sizeof(f->addr.u.in));
			f->addr.len = sizeof(f->addr.u.in);
		}
		if (f->addr.len > 0 && !f->is_loopback &&
		    ask(fd, name, SIOCGIFNETMASK, &ifr) == 0)
			find_broadcast(f, &ifr);
		f->speed_bps = read_speed(fd, name);
	}
	close(fd);
	return f->index != 0 ? 0 : -1;
}

int
iface_loopback(struct iface *f)
{
	return iface_by_name(f, "lo");
}

struct route_request {
	struct nlmsghdr nh;
	struct rtmsg rt;
	struct rtattr attr;
	uint8_t dst[16];
};

/* The answer's outgoing interface, 0 if it has none. */
static unsigned
route_answer(const void *answer, ssize_t n)
{
	const struct nlmsghdr *nh = answer;
	const struct rtmsg *rt;
	const struct rtattr *a;
	unsigned oif = 0;
	size_t len;

	if (n < 0 || !NLMSG_OK(nh, (size_t)n) ||
	    nh->nlmsg_type != RTM_NEWROUTE)
		return 0;
	rt = NLMSG_DATA(nh);
	len = RTM_PAYLOAD(nh);
	for (a = RTM_RTA(rt); RTA_OK(a, len); a = RTA_NEXT(a, len))
		if (a->rta_type == RTA_OIF &&
		    RTA_PAYLOAD(a) >= sizeof(oif))
			memcpy(&oif, RTA_DATA(a), sizeof(oif));
	return oif;
}

int
iface_by_route(struct iface *f, const struct addr *dest)
{
	struct route_request q;
	struct timeval patience = { .tv_sec = 1 };
	_Alignas(struct nlmsghdr) char answer[4096];
	char name[IF_NAMESIZE];
	unsigned oif = 0, n;
	int fd;

	memset(f, 0, sizeof(*f));
	memset(&q, 0, sizeof(q));
	n = addr_bytes(dest, q.dst);
	q.nh.nlmsg_len = (uint32_t)(offsetof(struct route_request, dst) + n);
	q.nh.nlmsg_type = RTM_GETROUTE;
	q.nh.nlmsg_flags = NLM_F_REQUEST;
	q.rt.rtm_family = dest->u.sa.sa_family;
	q.rt.rtm_dst_len = (unsigned char)(8 * n);
	q.attr.rta_type = RTA_DST;
	q.attr.rta_len = (unsigned short)RTA_LENGTH(n);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (send(fd, &q, q.nh.nlmsg_len, 0) != -1)
		oif = route_answer(answer, recv(fd, answer, sizeof(answer),
		    0));
	close(fd);
	if (oif == 0 || if_indextoname(oif, name) == NULL) {
		errno = ENETUNREACH;
		return -1;
	}
	return iface_by_name(f, name);
}

int
iface_list(struct iface *f, int max)
{
	struct if_nameindex *all, *i;
	int n = 0;

	if ((all = if_nameindex()) == NULL)
		return 0;
	for (i = all; i->if_index != 0 && n < max; i++)
		if (iface_by_name(&f[n], i->if_name) == 0 && f[n].is_up)
			n++;
	if_freenameindex(all);
	return n;
}
