/* SPDX-License-Identifier: ISC */
/* Datagram sockets, as a multicast sender and as a receiver need them. */
#ifndef OS_UDP_H
#define OS_UDP_H

#include <stddef.h>
#include <stdint.h>

#include "os/addr.h"

/*
 * A socket of that family (AF_INET, AF_INET6) to send from, to groups, hosts
 * and broadcast addresses; bound to that local port (0: any), non-blocking,
 * IP_MULTICAST_ALL off, multicast loop on, small receive buffer, close on
 * exec.  The descriptor, or -1 with errno (EADDRINUSE: somebody else has the
 * port; EAFNOSUPPORT: the system has no such family).
 */
int udp_sender(int family, uint16_t port, unsigned ttl);
/* Mark what it sends from now on (DSCP, 0 to 63): 0, or -1 with errno. */
int udp_mark(int fd, int family, unsigned dscp);

/* Let so many bytes of what arrives wait there (as the kernel counts them). */
void udp_room(int fd, int bytes);

/*
 * Send one datagram out of the interface with that index (IP_PKTINFO, so one
 * socket serves all interfaces; 0: the one that the route names): 0, or -1
 * with errno.  The kernel chooses the source address, but on loopback, where
 * it would choose none at all for an IPv4 group: there it is 127.0.0.1.
 */
int udp_send(int fd, unsigned ifindex, int is_loopback, const struct addr *to,
    const void *data, size_t len);

/* The address that the kernel puts on what is sent to that group, or host, from
 * the interface with that index: 0; -1 with errno if there is none. */
int udp_source(const struct addr *to, unsigned ifindex, struct addr *source);

/*
 * A socket that hears what is sent to that port of this host by name or by
 * broadcast, and no group; else as udp_receiver.
 */
int udp_listener(int family, uint16_t port, int rcvbuf);

/*
 * A socket that hears one group: bound to group and port, IP_MULTICAST_ALL
 * off, SO_RXQ_OVFL and IP_PKTINFO on, receive buffer as large as granted up to
 * rcvbuf bytes, non-blocking.  The group is not joined yet.
 */
int udp_receiver(const struct addr *group, int rcvbuf);

/*
 * Join or leave the group on an interface; source may be NULL (any source).
 * Joining twice is no error.  0, or -1 with errno (ENODEV, ENOBUFS: the
 * kernel's limit on memberships).
 */
int udp_join(int fd, const struct addr *group, unsigned ifindex,
    const struct addr *source);
int udp_leave(int fd, const struct addr *group, unsigned ifindex,
    const struct addr *source);

/*
 * From now on let only datagrams from that address in; with a port other than
 * 0 only from that port, and with that number (32 bits, big-endian) at
 * UDP_ID_AT.  The kernel throws others away before they take room in the
 * buffer; it counts as dropped those that only the number tells apart.  NULL:
 * from anybody again.  0, or -1 with errno (no route leads there).
 */
#define UDP_ID_AT 8
int udp_only(int fd, const struct addr *from, uint32_t id);
/* The same for a udp_listener, which would hear no broadcast any more if it
 * were connected; all that others send is counted as dropped. */
int udp_only_listen(int fd, const struct addr *from, uint32_t id);

struct udp_info {
	struct addr from;
	unsigned ifindex;	/* on which it came; 0: not known */
	uint32_t dropped;	/* total the kernel dropped on this socket for
				 * want of buffer (SO_RXQ_OVFL) */
};

/* Receive one datagram: its length (longer ones are cut: a length of size
 * means "too long"), or -1 with errno (EAGAIN: none there). */
ssize_t udp_recv(int fd, void *data, size_t size, struct udp_info *info);

#endif
