/* SPDX-License-Identifier: ISC */
/*
 * One group heard on many interfaces, over IPv4 and IPv6: sockets (the kernel
 * grants 20 memberships each), joins, and what the kernel had to drop.  What
 * the server sends to this host alone, or to all of the network, is heard too.
 */
#ifndef RECEIVE_H
#define RECEIVE_H

#include <stddef.h>
#include <stdint.h>

#include "os/iface.h"
#include "os/udp.h"

struct pollfd;

#define RECEIVE_PER_SOCKET	16
enum { RECEIVE_4, RECEIVE_6, RECEIVE_FAMILIES };

/* Sockets that hear groups, as many of IPv4 as it takes; one of IPv6, where
 * there is no such limit; and those that hear what is for this host. */
#define RECEIVE_SOCKETS_4	(IFACE_MAX / RECEIVE_PER_SOCKET)
#define RECEIVE_SOCKET_6	RECEIVE_SOCKETS_4
#define RECEIVE_HOST		(RECEIVE_SOCKET_6 + 1)
#define RECEIVE_SOCKETS		(RECEIVE_HOST + RECEIVE_FAMILIES)

/* On which interfaces, and from whom. */
struct receive_where {
	const char *name[IFACE_MAX];
	unsigned n;			/* 0: all that are up */
	struct addr source;		/* the one whom to join (RFC 4607); len
					 * 0: anybody */
};

/* A group of each family, with the port; len 0: none of that one. */
struct receive_group {
	struct addr of[RECEIVE_FAMILIES];
};

struct receive {
	struct receive_group group;	/* [c] */
	const struct receive_where *where; /* [c] */
	unsigned flags;			/* [c] */
	int fd[RECEIVE_SOCKETS];	/* -1: not needed so far */
	uint32_t dropped[RECEIVE_SOCKETS]; /* by the kernel, in all */
	struct addr only;		/* heard alone; len 0: everybody is */
	uint32_t only_id;
	unsigned n;			/* interfaces */
	struct {
		unsigned index;		/* of the interface */
		int socket[RECEIVE_FAMILIES];	/* joined by; -1: not */
		int is_there;		/* while refreshing */
		char name[IF_NAMESIZE];
	} joined[IFACE_MAX];
};

/* The n-th group above the base, with that port. */
struct receive_group receive_group_plus(const struct receive_group *base,
    unsigned n, uint16_t port);
/* The address to name in a message: the IPv4 one, if there is one. */
const struct addr *receive_group_name(const struct receive_group *g);

enum {
	RECEIVE_HEARS_HOST = 1,	/* also what is for this host alone */
	RECEIVE_ANYBODY = 2	/* where.source only where there is no other
				 * way (232/8, ff3x::/32) */
};

/* Join where we can: 0; -1 with errno if there is not even a socket. */
int receive_open(struct receive *r, const struct receive_group *group,
    const struct receive_where *where, unsigned flags);
/* Look at the interfaces again: join new ones, forget those that are gone. */
void receive_refresh(struct receive *r);
/*
 * Leave everywhere, to join again by receive_refresh: a switch may have
 * forgotten us.  The kernel tells the network only of the first socket of this
 * host that joins a group and of the last one that leaves it, so all that are
 * in it leave first.
 */
void receive_leave(struct receive *r);
void receive_close(struct receive *r);

/*
 * Hear only what comes from that address and, if it has a port, from that port
 * with that id (udp_only); NULL: everybody.  The group of the other family is
 * left.  Cheap if it is so already.  What others send is thrown away by the
 * kernel then: no flood can take the room or the time of the radio.
 */
void receive_only(struct receive *r, const struct addr *from, uint32_t id);

/* What to wait for, into up to RECEIVE_SOCKETS of pfd; how many. */
unsigned receive_poll(const struct receive *r, struct pollfd *pfd);
/* One datagram, as udp_recv; -1 with EAGAIN when no socket has any. */
ssize_t receive_get(struct receive *r, void *data, size_t size,
    struct udp_info *info);
uint64_t receive_dropped(const struct receive *r);
/* "eth0, lo" into text; returns text. */
const char *receive_names(const struct receive *r, char *text, size_t size);

#endif
