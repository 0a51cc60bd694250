/* SPDX-License-Identifier: ISC */
#include "os/addr.h"

#include <arpa/inet.h>
#include <string.h>

int
addr_of_bytes(struct addr *a, const uint8_t *bytes, unsigned len,
    uint16_t port)
{
	memset(a, 0, sizeof(*a));
	if (len == 4) {
		a->u.in.sin_family = AF_INET;
		a->u.in.sin_port = htons(port);
		memcpy(&a->u.in.sin_addr, bytes, 4);
		a->len = sizeof(a->u.in);
		return 0;
	}
	if (len == 16) {
		a->u.in6.sin6_family = AF_INET6;
		a->u.in6.sin6_port = htons(port);
		memcpy(&a->u.in6.sin6_addr, bytes, 16);
		a->len = sizeof(a->u.in6);
		return 0;
	}
	return -1;
}

int
addr_parse(struct addr *a, const char *text, uint16_t port)
{
	uint8_t bytes[16];

	if (inet_pton(AF_INET, text, bytes) == 1)
		return addr_of_bytes(a, bytes, 4, port);
	if (inet_pton(AF_INET6, text, bytes) == 1)
		return addr_of_bytes(a, bytes, 16, port);
	return -1;
}

int
addr_is_ipv6(const struct addr *a)
{
	return a->u.sa.sa_family == AF_INET6;
}

int
addr_is_multicast(const struct addr *a)
{
	if (a->u.sa.sa_family == AF_INET)
		return IN_MULTICAST(ntohl(a->u.in.sin_addr.s_addr));
	return a->u.sa.sa_family == AF_INET6 &&
	    IN6_IS_ADDR_MULTICAST(&a->u.in6.sin6_addr);
}

int
addr_is_source_specific(const struct addr *a)
{
	if (a->u.sa.sa_family == AF_INET)
		return ntohl(a->u.in.sin_addr.s_addr) >> 24 == 232;
	return addr_is_multicast(a) &&
	    (a->u.in6.sin6_addr.s6_addr[1] & 0xf0) == 0x30;
}

struct addr
addr_plus(const struct addr *base, unsigned n, uint16_t port)
{
	struct addr a = *base;
	uint8_t *low;
	uint32_t v;

	if (a.u.sa.sa_family == AF_INET) {
		a.u.in.sin_addr.s_addr =
		    htonl(ntohl(a.u.in.sin_addr.s_addr) + n);
		a.u.in.sin_port = htons(port);
	} else {
		low = a.u.in6.sin6_addr.s6_addr + 12;
		memcpy(&v, low, 4);
		v = htonl(ntohl(v) + n);
		memcpy(low, &v, 4);
		a.u.in6.sin6_port = htons(port);
	}
	return a;
}

uint16_t
addr_port(const struct addr *a)
{
	return ntohs(a->u.sa.sa_family == AF_INET6 ? a->u.in6.sin6_port :
	    a->u.in.sin_port);
}

unsigned
addr_bytes(const struct addr *a, uint8_t out[static 16])
{
	if (a->u.sa.sa_family == AF_INET6) {
		memcpy(out, &a->u.in6.sin6_addr, 16);
		return 16;
	}
	memcpy(out, &a->u.in.sin_addr, 4);
	return 4;
}

int
addr_is_same_host(const struct addr *a, const struct addr *b)
{
	uint8_t x[16], y[16];
	unsigned n = addr_bytes(a, x);

	return a->len > 0 && b->len > 0 && n == addr_bytes(b, y) &&
	    memcmp(x, y, n) == 0;
}

const char *
addr_format(const struct addr *a, char *text)
{
	const void *src = &a->u.in.sin_addr;

	if (a->u.sa.sa_family == AF_INET6)
		src = &a->u.in6.sin6_addr;
	if (a->len == 0 || inet_ntop(a->u.sa.sa_family, src, text,
	    ADDR_TEXT_MAX) == NULL)
		memcpy(text, "-", 2);
	return text;
}
