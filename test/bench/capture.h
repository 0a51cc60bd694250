/* SPDX-License-Identifier: ISC */
/*
 * UDP datagrams as they arrive on an interface, with the kernel's own
 * receive timestamps.
 *
 * A packet socket with a ring that is mapped (TPACKET_V3): no join is needed,
 * whatever the number of groups, and no system call per packet, so that the
 * meter takes little from the sender it measures beside it.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stddef.h>
#include <stdint.h>

struct datagram {
	int64_t at_ns;		/* CLOCK_REALTIME, when the kernel had it */
	uint32_t group;		/* destination address, host order */
	uint16_t port;		/* destination */
	int is_fragment;	/* of an IP packet: no port, no data */
	unsigned ip_len;	/* bytes with the IP header */
	const uint8_t *data;	/* what UDP carries */
	size_t len;
};

struct capture;

/* Only UDP over IPv4 that comes in on the interface, with a ring of so many
 * MiB.  Exits with a sentence if that cannot be had (needs CAP_NET_RAW). */
struct capture *capture_open(const char *ifname, unsigned ring_mib);
void capture_close(struct capture *c);

/*
 * The next datagram: 1, its data valid until the next call; 0: none within
 * timeout_ms; -1 with errno.
 */
int capture_next(struct capture *c, int timeout_ms, struct datagram *d);

/* Datagrams that the kernel had no room for in the ring, so far. */
unsigned long capture_dropped(struct capture *c);

/* MTU of the interface. */
unsigned capture_mtu(const struct capture *c);

#endif
