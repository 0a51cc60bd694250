/* SPDX-License-Identifier: ISC */
/*
 * One group heard on many interfaces: sockets (the kernel grants 20
 * memberships each), joins, and what the kernel had to drop.
 */
#ifndef RECEIVE_H
#define RECEIVE_H

#include <stddef.h>
#include <stdint.h>

#include "os/iface.h"
#include "os/udp.h"

struct pollfd;

#define RECEIVE_PER_SOCKET	16
#define RECEIVE_SOCKETS		(IFACE_MAX / RECEIVE_PER_SOCKET)

/* On which interfaces: those named, or all that are up. */
struct receive_where {
	const char *name[IFACE_MAX];
	unsigned n;			/* 0: all */
};

struct receive {
	struct addr group;		/* [c] with the port */
	const struct receive_where *where; /* [c] */
	int fd[RECEIVE_SOCKETS];	/* -1: not needed so far */
	uint32_t dropped[RECEIVE_SOCKETS]; /* by the kernel, in all */
	struct addr only;		/* heard alone; len 0: everybody is */
	uint32_t only_id;
	unsigned n;			/* memberships */
	struct {
		unsigned index;		/* of the interface */
		unsigned socket;
		int is_there;		/* while refreshing */
		char name[IF_NAMESIZE];
	} joined[IFACE_MAX];
};

/* Join where we can: 0; -1 with errno if there is not even a socket. */
int receive_open(struct receive *r, const struct addr *group,
    const struct receive_where *where);
/* Look at the interfaces again: join new ones, forget those that are gone. */
void receive_refresh(struct receive *r);
/* Leave and join everywhere: a switch may have forgotten us. */
void receive_rejoin(struct receive *r);
void receive_close(struct receive *r);

/*
 * Hear only what comes from that address and, if it has a port, from that port
 * with that id (udp_only); NULL: everybody.  Cheap if it is so already.  What
 * others send is thrown away by the kernel then: no flood can take the room or
 * the time of the radio.
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
