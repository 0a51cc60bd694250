/* SPDX-License-Identifier: ISC */
#include "os/udp.h"

#include <errno.h>
#include <linux/filter.h>
#include <netinet/udp.h>
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

int
udp_sender(uint16_t port, unsigned ttl)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd, saved;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	in.sin_port = htons(port);
	/* Listeners on this host bind the group and the same port. */
	if (set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1) == -1 ||
	    set_int(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) == -1 ||
	    set_int(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 1) == -1 ||
	    set_int(fd, IPPROTO_IP, IP_MULTICAST_TTL, (int)ttl) == -1 ||
	    bind(fd, (struct sockaddr *)&in, sizeof(in)) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	set_int(fd, SOL_SOCKET, SO_RCVBUF, SENDER_RCVBUF);
	return fd;
}

void
udp_room(int fd, int bytes)
{
	set_int(fd, SOL_SOCKET, SO_RCVBUF, bytes);
}

int
udp_send(int fd, unsigned ifindex, int is_loopback, const struct addr *to,
    const void *data, size_t len)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)data,
	    .iov_len = len };
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct in_pktinfo info;
	struct cmsghdr *c;
	ssize_t n;

	memset(&control, 0, sizeof(control));
	msg.msg_name = (void *)(uintptr_t)&to->u.sa;
	msg.msg_namelen = to->len;
	msg.msg_control = control.room;
	msg.msg_controllen = sizeof(control.room);
	memset(&info, 0, sizeof(info));
	info.ipi_ifindex = (int)ifindex;
	if (is_loopback)
		info.ipi_spec_dst.s_addr = htonl(INADDR_LOOPBACK);
	c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	do {
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
	} while (n == -1 && errno == EINTR);
	return n == -1 ? -1 : 0;
}

int
udp_receiver(const struct addr *group, int rcvbuf)
{
	int fd, saved;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	if (set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1) == -1 ||
	    set_int(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) == -1 ||
	    set_int(fd, IPPROTO_IP, IP_PKTINFO, 1) == -1 ||
	    set_int(fd, SOL_SOCKET, SO_RXQ_OVFL, 1) == -1 ||
	    bind(fd, &group->u.sa, group->len) == -1) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	/* More than the system allows only with the right to do so. */
	if (set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, rcvbuf) == -1)
		set_int(fd, SOL_SOCKET, SO_RCVBUF, rcvbuf);
	return fd;
}

static int
membership(int fd, int join, const struct addr *group, unsigned ifindex,
    const struct addr *source)
{
	struct group_source_req with;
	struct group_req any;

	if (source != NULL) {
		memset(&with, 0, sizeof(with));
		with.gsr_interface = ifindex;
		memcpy(&with.gsr_group, &group->u.sa, group->len);
		memcpy(&with.gsr_source, &source->u.sa, source->len);
		return setsockopt(fd, IPPROTO_IP, join ?
		    MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP, &with,
		    sizeof(with));
	}
	memset(&any, 0, sizeof(any));
	any.gr_interface = ifindex;
	memcpy(&any.gr_group, &group->u.sa, group->len);
	return setsockopt(fd, IPPROTO_IP, join ? MCAST_JOIN_GROUP :
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

/* Only that id, or whatever comes.  What a socket's filter sees begins with
 * the UDP header. */
static int
filter(int fd, int is_wanted, uint32_t id)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    sizeof(struct udphdr) + UDP_ID_AT),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, id, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0)
	};
	struct sock_fprog program = { .filter = is_wanted ? code : code + 2,
	    .len = is_wanted ? 4 : 1 };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
	    sizeof(program));
}

int
udp_only(int fd, const struct addr *from, uint32_t id)
{
	struct sockaddr anybody = { .sa_family = AF_UNSPEC };

	if (filter(fd, from != NULL && addr_port(from) != 0, id) == -1)
		return -1;
	return from != NULL ? connect(fd, &from->u.sa, from->len) :
	    connect(fd, &anybody, sizeof(anybody));
}

static void
read_control(struct msghdr *msg, struct udp_info *info)
{
	struct in_pktinfo pkt;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IP &&
		    c->cmsg_type == IP_PKTINFO) {
			memcpy(&pkt, CMSG_DATA(c), sizeof(pkt));
			info->ifindex = (unsigned)pkt.ipi_ifindex;
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
		char room[CMSG_SPACE(sizeof(struct in_pktinfo)) +
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
