/* SPDX-License-Identifier: ISC */
/*
 * Where packets leave: the interfaces in use, over IPv4 and IPv6, and one
 * socket per port.  A datagram to a channel's group goes out of every interface
 * that is there, and to whom else the channel is sent; with none it is counted
 * and forgotten, and the radio goes on: interfaces come and go.
 *
 * Who sends names IPv4 groups only: outlet knows which IPv6 group is the same
 * channel's.
 */
#ifndef OUTLET_H
#define OUTLET_H

#include <stddef.h>
#include <stdint.h>

#include "os/addr.h"

struct config;
struct outlet;

/* Chooses interfaces, says which.  Heap. */
struct outlet *outlet_new(const struct config *c);
void outlet_free(struct outlet *o);

enum { OUTLET_4, OUTLET_6, OUTLET_FAMILIES };

/* What sends from one port: a descriptor for each family, -1: none. */
struct outlet_port {
	int fd[OUTLET_FAMILIES];
};

/*
 * The sockets that send from that port, shared by all who ask for it; bound
 * elsewhere, with a warning, if another program holds the port.  NULL with
 * errno.  Main thread only.
 */
const struct outlet_port *outlet_open(struct outlet *o, uint16_t port);
void outlet_close(struct outlet *o, uint16_t port);
/* The same of the caller's own, with no warning.  Any thread.  0, or -1. */
int outlet_open_own(const struct outlet *o, struct outlet_port *p,
    uint16_t port);
void outlet_close_own(struct outlet_port *p);

/* Send a datagram out of every interface.  How many took it; failures are
 * counted, and the last one's errno is put into *error (may be NULL; untouched
 * when there is none).  Any thread, no lock. */
int outlet_send(struct outlet *o, const struct outlet_port *p,
    const struct addr *to, const void *data, size_t len, int *error);

/* Send it out of one exit only, the i-th of them, to an address of its family:
 * 0, or -1 with errno; counted as above. */
int outlet_send_on(struct outlet *o, unsigned i, const struct outlet_port *p,
    const struct addr *to, const void *data, size_t len);
/* An exit is an interface and a family; there are so many at most. */
#define OUTLET_EXITS	(OUTLET_FAMILIES * CONFIG_IFACES_MAX)
/* The address from which the i-th exit sends: 0; -1: it is not there, or has
 * none.  List thread. */
int outlet_source(const struct outlet *o, unsigned i, struct addr *a);
/* The same, asked of the kernel.  Any thread. */
int outlet_find_source(const struct outlet *o, unsigned i, struct addr *a);
/* Join, or leave, a group of ours wherever we send to it.  What fails is not
 * heard.  Any thread. */
void outlet_join(const struct outlet *o, const struct outlet_port *p,
    const struct addr *group, int join);
/* The group under which a channel is known (0: the list's), with that port: of
 * IPv4, if that is sent. */
struct addr outlet_group(const struct outlet *o, unsigned channel,
    uint16_t port);
/* The same of that family. */
struct addr outlet_group_of(const struct outlet *o, unsigned family,
    unsigned channel, uint16_t port);
/* How many families each packet is sent over. */
unsigned outlet_families(const struct outlet *o);

/* Bytes of UDP payload that fit every interface's MTU, at most
 * RTP_PACKET_MAX.  Any thread. */
size_t outlet_room(const struct outlet *o);

/*
 * Look at the interfaces again: one that has gone, come, or been made anew,
 * the route's choice.  Changes, and sending that began or ceased to fail, are
 * logged once.  List thread, once a second.  1 if another link is in use than
 * before, so that max-rate may come to something else; else 0.
 */
int outlet_refresh(struct outlet *o);

/* "eth0" or "eth0, lo" for messages; the speed of the slowest link in bit/s,
 * 0 if unknown; whether all of them are loopback.  Not while refreshing. */
void outlet_describe(const struct outlet *o, char *text, size_t size);
int64_t outlet_speed(const struct outlet *o);
int outlet_is_loopback(const struct outlet *o);
/* Constant: the hops that packets may go, and whether the interface is the one
 * that the route to the group names. */
unsigned outlet_ttl(const struct outlet *o);
int outlet_is_by_route(const struct outlet *o);

uint64_t outlet_errors(const struct outlet *o);	/* sends that failed */

#endif
