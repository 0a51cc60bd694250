/* SPDX-License-Identifier: ISC */
#include "os/udp.h"

#include <errno.h>
#include <linux/filter.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stddef.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* What arrives on a sender's port is nobody's: keep as little as we can. */
#define SENDER_RCVBUF	2048

static int
set_int(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

/* The same of both families. */
struct kinds {
	int level, all, loop, hops, pktinfo;
};

static const struct kinds *
kinds_of(int family)
{
	static const struct kinds v4 = { IPPROTO_IP, IP_MULTICAST_ALL,
	    IP_MULTICAST_LOOP, IP_MULTICAST_TTL, IP_PKTINFO };
	static const struct kinds v6 = { IPPROTO_IPV6, IPV6_MULTICAST_ALL,
	    IPV6_MULTICAST_LOOP, IPV6_MULTICAST_HOPS, IPV6_RECVPKTINFO };

	return family == AF_INET6 ? &v6 : &v4;
}

/* With what both senders and receivers have. */
static int
open_socket(int family)
{
	const struct kinds *k = kinds_of(family);
	int fd, saved;

	fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	/* Listeners on this host bind the group and the same port. */
	if (set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1) == 0 &&
	    (family == AF_INET ||
	    set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) == 0) &&
	    (set_int(fd, k->level, k->all, 0) == 0 || family == AF_INET6))
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static int
bind_port(int fd, int family, uint16_t port)
{
	struct addr any;

	memset(&any, 0, sizeof(any));
	any.u.sa.sa_family = (sa_family_t)family;
	any.len = family == AF_INET6 ? sizeof(any.u.in6) : sizeof(any.u.in);
	any = addr_plus(&any, 0, port);
	return bind(fd, &any.u.sa, any.len);
}

int
udp_sender(int family, uint16_t port, unsigned ttl)
{
	const struct kinds *k = kinds_of(family);
	int fd = open_socket(family), saved;

	if (fd == -1)
		return -1;
	if (set_int(fd, SOL_SOCKET, SO_BROADCAST, 1) == 0 &&
	    set_int(fd, k->level, k->loop, 1) == 0 &&
	    set_int(fd, k->level, k->hops, (int)ttl) == 0 &&
	    bind_port(fd, family, port) == 0) {
		set_int(fd, SOL_SOCKET, SO_RCVBUF, SENDER_RCVBUF);
		return fd;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int
udp_mark(int fd, int family, unsigned dscp)
{
	return family == AF_INET6 ?
	    set_int(fd, IPPROTO_IPV6, IPV6_TCLASS, (int)dscp << 2) :
	    set_int(fd, IPPROTO_IP, IP_TOS, (int)dscp << 2);
}

void
udp_room(int fd, int bytes)
{
	set_int(fd, SOL_SOCKET, SO_RCVBUF, bytes);
}

static void
put_control(struct cmsghdr *c, int level, int type, const void *data,
    size_t len)
{
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
}

int
udp_send(int fd, unsigned ifindex, int is_loopback, const struct addr *to,
    const void *data, size_t len)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)data,
	    .iov_len = len };
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct in6_pktinfo six = { .ipi6_ifindex = ifindex };
	struct in_pktinfo four = { .ipi_ifindex = (int)ifindex };
	ssize_t n;

	memset(&control, 0, sizeof(control));
	msg.msg_name = (void *)(uintptr_t)&to->u.sa;
	msg.msg_namelen = to->len;
	msg.msg_control = control.room;
	if (addr_is_ipv6(to)) {
		msg.msg_controllen = CMSG_SPACE(sizeof(six));
		put_control(&control.align, IPPROTO_IPV6, IPV6_PKTINFO, &six,
		    sizeof(six));
	} else {
		if (is_loopback)
			four.ipi_spec_dst.s_addr = htonl(INADDR_LOOPBACK);
		msg.msg_controllen = CMSG_SPACE(sizeof(four));
		put_control(&control.align, IPPROTO_IP, IP_PKTINFO, &four,
		    sizeof(four));
	}
	do {
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
	} while (n == -1 && errno == EINTR);
	return n == -1 ? -1 : 0;
}

int
udp_source(const struct addr *to, unsigned ifindex, struct addr *source)
{
	struct ip_mreqn via = { .imr_ifindex = (int)ifindex };
	struct addr dest = *to;
	int family = to->u.sa.sa_family, fd, ret, saved;

	fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	/* Nothing is sent: it only looks up where from it would be. */
	if (family == AF_INET6) {
		dest.u.in6.sin6_scope_id = ifindex;
		ret = set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF,
		    (int)ifindex);
	} else
		ret = setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &via,
		    sizeof(via));
	source->len = sizeof(source->u);
	if (ret == 0 && connect(fd, &dest.u.sa, dest.len) == 0)
		ret = getsockname(fd, &source->u.sa, &source->len);
	else
		ret = -1;
	saved = errno;
	close(fd);
	errno = saved;
	return ret;
}

/* With what tells from where and how many; memory as granted. */
static int
prepare_receiver(int fd, int family, int rcvbuf)
{
	const struct kinds *k = kinds_of(family);

	if (set_int(fd, k->level, k->pktinfo, 1) == -1 ||
	    set_int(fd, SOL_SOCKET, SO_RXQ_OVFL, 1) == -1)
		return -1;
	/* More than the system allows only with the right to do so. */
	if (set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, rcvbuf) == -1)
		set_int(fd, SOL_SOCKET, SO_RCVBUF, rcvbuf);
	return 0;
}

int
udp_receiver(const struct addr *group, int rcvbuf)
{
	int family = group->u.sa.sa_family, fd = open_socket(family), saved;

	if (fd == -1)
		return -1;
	if (prepare_receiver(fd, family, rcvbuf) == 0 &&
	    bind(fd, &group->u.sa, group->len) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int
udp_listener(int family, uint16_t port, int rcvbuf)
{
	int fd = open_socket(family), saved;

	if (fd == -1)
		return -1;
	if (prepare_receiver(fd, family, rcvbuf) == 0 &&
	    bind_port(fd, family, port) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static int
membership(int fd, int join, const struct addr *group, unsigned ifindex,
    const struct addr *source)
{
	int level = kinds_of(group->u.sa.sa_family)->level;
	struct group_source_req with;
	struct group_req any;

	if (source != NULL) {
		memset(&with, 0, sizeof(with));
		with.gsr_interface = ifindex;
		memcpy(&with.gsr_group, &group->u.sa, group->len);
		memcpy(&with.gsr_source, &source->u.sa, source->len);
		return setsockopt(fd, level, join ?
		    MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP, &with,
		    sizeof(with));
	}
	memset(&any, 0, sizeof(any));
	any.gr_interface = ifindex;
	memcpy(&any.gr_group, &group->u.sa, group->len);
	return setsockopt(fd, level, join ? MCAST_JOIN_GROUP :
	    MCAST_LEAVE_GROUP, &any, sizeof(any));
}

int
udp_join(int fd, const struct addr *group, unsigned ifindex,
    const struct addr *source)
{
	if (membership(fd, 1, group, ifindex, source) == 0)
		return 0;
	/* So the kernel says that it is joined already. */
	return errno == (source != NULL ? EADDRNOTAVAIL : EADDRINUSE) ? 0 :
	    -1;
}

int
udp_leave(int fd, const struct addr *group, unsigned ifindex,
    const struct addr *source)
{
	return membership(fd, 0, group, ifindex, source);
}

/* What a socket's filter does.  What it sees begins with the UDP header. */
struct code {
	struct sock_filter step[24];
	unsigned short n;
};

static void
add_step(struct code *c, uint16_t what, uint8_t yes, uint8_t no, uint32_t k)
{
	c->step[c->n++] = (struct sock_filter){ what, yes, no, k };
}

/* Throw away what does not have that value there. */
static void
demand(struct code *c, uint16_t size, uint32_t at, uint32_t value)
{
	add_step(c, BPF_LD | size | BPF_ABS, 0, 0, at);
	add_step(c, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, value);
	add_step(c, BPF_RET | BPF_K, 0, 0, 0);
}

static void
demand_id(struct code *c, uint32_t id)
{
	demand(c, BPF_W, sizeof(struct udphdr) + UDP_ID_AT, id);
}

/* The IP header lies before that. */
static void
demand_source(struct code *c, const struct addr *from)
{
	uint8_t bytes[16];
	unsigned n = addr_bytes(from, bytes), i;
	uint32_t word, at = (uint32_t)SKF_NET_OFF + (n == 4 ?
	    offsetof(struct iphdr, saddr) : offsetof(struct ip6_hdr,
	    ip6_src));

	for (i = 0; i < n; i += sizeof(word)) {
		memcpy(&word, bytes + i, sizeof(word));
		demand(c, BPF_W, at + i, ntohl(word));
	}
}

static int
attach(int fd, struct code *c)
{
	struct sock_fprog program = { .filter = c->step };

	add_step(c, BPF_RET | BPF_K, 0, 0, UINT32_MAX);
	program.len = c->n;
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
	    sizeof(program));
}

int
udp_only(int fd, const struct addr *from, uint32_t id)
{
	struct sockaddr anybody = { .sa_family = AF_UNSPEC };
	struct code c = { .n = 0 };

	if (from != NULL && addr_port(from) != 0)
		demand_id(&c, id);
	if (attach(fd, &c) == -1)
		return -1;
	return from != NULL ? connect(fd, &from->u.sa, from->len) :
	    connect(fd, &anybody, sizeof(anybody));
}

int
udp_only_listen(int fd, const struct addr *from, uint32_t id)
{
	struct code c = { .n = 0 };

	if (from != NULL)
		demand_source(&c, from);
	if (from != NULL && addr_port(from) != 0) {
		demand(&c, BPF_H, offsetof(struct udphdr, source),
		    addr_port(from));
		demand_id(&c, id);
	}
	return attach(fd, &c);
}

static void
read_control(struct msghdr *msg, struct udp_info *info)
{
	struct in_pktinfo pkt;
	struct in6_pktinfo six;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IP &&
		    c->cmsg_type == IP_PKTINFO) {
			memcpy(&pkt, CMSG_DATA(c), sizeof(pkt));
			info->ifindex = (unsigned)pkt.ipi_ifindex;
		} else if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&six, CMSG_DATA(c), sizeof(six));
			info->ifindex = six.ipi6_ifindex;
		} else if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SO_RXQ_OVFL)
			memcpy(&info->dropped, CMSG_DATA(c),
			    sizeof(info->dropped));
	}
}

ssize_t
udp_recv(int fd, void *data, size_t size, struct udp_info *info)
{
	struct iovec iov = { .iov_base = data, .iov_len = size };
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
		    CMSG_SPACE(sizeof(uint32_t))];
	} control;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	memset(info, 0, sizeof(*info));
	msg.msg_name = &info->from.u;
	msg.msg_namelen = sizeof(info->from.u);
	msg.msg_control = control.room;
	msg.msg_controllen = sizeof(control.room);
	do {
		n = recvmsg(fd, &msg, 0);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		return -1;
	info->from.len = msg.msg_namelen;
	read_control(&msg, info);
	return n;
}
