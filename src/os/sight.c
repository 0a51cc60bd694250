/* SPDX-License-Identifier: ISC */
#include "os/sight.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* In the IPv4 header. */
#define AT_PROTOCOL	9
#define AT_DESTINATION	16
#define CODE_MAX	(5 + SIGHT_GROUPS_MAX)

/*
 *	ldb [9]; jeq #2, take; ld [16]; jeq group, take; ...; drop; take
 * so that a busy network costs us nothing.
 */
static int
filter(int fd, const struct addr *groups, unsigned n)
{
	struct sock_filter code[CODE_MAX];
	struct sock_fprog program = { .filter = code };
	unsigned i, k = 0;

	code[k++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_B | BPF_ABS,
	    AT_PROTOCOL);
	code[k++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
	    IPPROTO_IGMP, (uint8_t)(n + 2), 0);
	code[k++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    AT_DESTINATION);
	for (i = 0; i < n; i++)
		code[k++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ |
		    BPF_K, ntohl(groups[i].u.in.sin_addr.s_addr),
		    (uint8_t)(n - i), 0);
	code[k++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	code[k++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, UINT32_MAX);
	program.len = (unsigned short)k;
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
	    sizeof(program));
}

int
sight_open(unsigned ifindex, const struct addr *groups, unsigned n)
{
	struct sockaddr_ll ll;
	int fd, saved;

	if (n > SIGHT_GROUPS_MAX) {
		errno = EINVAL;
		return -1;
	}
	/* Of protocol 0 it hears nothing until it has filter and place. */
	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	memset(&ll, 0, sizeof(ll));
	ll.sll_family = AF_PACKET;
	/* What leaves is seen only by those who want all protocols. */
	ll.sll_protocol = htons(ETH_P_ALL);
	ll.sll_ifindex = (int)ifindex;
	if (filter(fd, groups, n) == 0 &&
	    bind(fd, (struct sockaddr *)&ll, sizeof(ll)) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

ssize_t
sight_get(int fd, void *data, size_t size, int *is_leaving)
{
	struct sockaddr_ll ll;
	socklen_t len;
	ssize_t n;

	do {
		memset(&ll, 0, sizeof(ll));
		len = sizeof(ll);
		n = recvfrom(fd, data, size, 0, (struct sockaddr *)&ll, &len);
	} while (n == -1 && errno == EINTR);
	*is_leaving = ll.sll_pkttype == PACKET_OUTGOING;
	/* The filter does not know the protocol. */
	return n > 0 && ll.sll_protocol != htons(ETH_P_IP) ? 0 : n;
}
