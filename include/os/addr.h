/* SPDX-License-Identifier: ISC */
/* Addresses: a thin value around sockaddr for IPv4 and IPv6. */
#ifndef OS_ADDR_H
#define OS_ADDR_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

struct addr {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} u;
	socklen_t len;
};

#define ADDR_TEXT_MAX	64

/* A numeric address, IPv4 or IPv6, with that port: 0, or -1 if text is none. */
int addr_parse(struct addr *a, const char *text, uint16_t port);
/* From 4 or 16 bytes in network order: 0, or -1 for another length. */
int addr_of_bytes(struct addr *a, const uint8_t *bytes, unsigned len,
    uint16_t port);
int addr_is_multicast(const struct addr *a);
int addr_is_ipv6(const struct addr *a);
/* A group of the ranges for source-specific multicast (RFC 4607 section 1). */
int addr_is_source_specific(const struct addr *a);
/* The n-th group above the base, with that port. */
struct addr addr_plus(const struct addr *base, unsigned n, uint16_t port);
uint16_t addr_port(const struct addr *a);
/* Address bytes in network order; their number (4 or 16) is returned. */
unsigned addr_bytes(const struct addr *a, uint8_t out[static 16]);
/* Same host; ports are not compared. */
int addr_is_same_host(const struct addr *a, const struct addr *b);
/* "239.255.64.3" into text[ADDR_TEXT_MAX]; returns text. */
const char *addr_format(const struct addr *a, char *text);

#endif
