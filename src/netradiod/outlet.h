/* SPDX-License-Identifier: ISC */
/*
 * Where packets leave: the interfaces in use and one socket per port.  A
 * datagram goes out of every interface that is there; with none it is counted
 * and forgotten, and the radio goes on: interfaces come and go.
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

/*
 * The socket that sends from that port, shared by all who ask for it; bound
 * elsewhere, with a warning, if another program holds the port.  The
 * descriptor, or -1 with errno.  Main thread only.
 */
int outlet_open(struct outlet *o, uint16_t port);
void outlet_close(struct outlet *o, uint16_t port);

/* Send a datagram out of every interface.  How many took it; failures are
 * counted, and the last one's errno is put into *error (may be NULL; untouched
 * when there is none).  Any thread, no lock. */
int outlet_send(struct outlet *o, int fd, const struct addr *to,
    const void *data, size_t len, int *error);

/* Send it out of one interface only, the i-th of them: 0, or -1 with errno;
 * counted as above. */
int outlet_send_on(struct outlet *o, unsigned i, int fd,
    const struct addr *to, const void *data, size_t len);
/* The address from which the i-th interface sends (i below CONFIG_IFACES_MAX):
 * 0; -1: it is not there, or has none.  List thread. */
int outlet_source(const struct outlet *o, unsigned i, struct addr *a);

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
/* The indices in use now, at most max; how many. */
unsigned outlet_ifaces(const struct outlet *o, unsigned *index, unsigned max);

/* Constant: the hops that packets may go, and whether the interface is the one
 * that the route to the group names. */
unsigned outlet_ttl(const struct outlet *o);
int outlet_is_by_route(const struct outlet *o);

uint64_t outlet_errors(const struct outlet *o);	/* sends that failed */

#endif
