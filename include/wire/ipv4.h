/* SPDX-License-Identifier: ISC */
/*
 * What is inside of an IPv4 packet, as far as a look at the network needs it:
 * UDP datagrams and IGMP queries (RFC 791, 768, 2236, 3376).
 */
#ifndef WIRE_IPV4_H
#define WIRE_IPV4_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define IPV4_ICMP	1
#define IPV4_IGMP	2
#define IPV4_UDP	17

struct ipv4 {
	uint8_t source[4], dest[4];
	uint8_t protocol;
	uint8_t ttl;
	struct rd payload;	/* inside of what was taken apart */
};

struct ipv4_udp {
	uint16_t source, dest;	/* ports */
	struct rd payload;
};

/* 0, or -1: it is no IPv4 packet, or its lengths go beyond its end, or it is a
 * fragment other than the first. */
int ipv4_decode(struct ipv4 *p, const void *data, size_t len);
/* 0, or -1: it is no UDP, or cut. */
int ipv4_get_udp(const struct ipv4 *p, struct ipv4_udp *u);
/* The version (1 to 3) of an IGMP membership query; 0: it is none. */
int ipv4_get_query(const struct ipv4 *p);

#endif
