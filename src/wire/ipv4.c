/* SPDX-License-Identifier: ISC */
#include "wire/ipv4.h"

#include <string.h>

#define HEADER_MIN	20
#define OFFSET_MASK	0x1fff	/* of the fragment */
#define UDP_HEADER	8
#define IGMP_QUERY	0x11
#define IGMP_MIN	8
#define IGMP3_MIN	12

int
ipv4_decode(struct ipv4 *p, const void *data, size_t len)
{
	unsigned first, header, total, fragment;
	const uint8_t *source, *dest;
	struct rd r;

	memset(p, 0, sizeof(*p));
	rd_init(&r, data, len);
	first = rd_u8(&r);
	rd_u8(&r);			/* type of service */
	total = rd_u16(&r);
	rd_u16(&r);			/* identification */
	fragment = rd_u16(&r);
	p->ttl = rd_u8(&r);
	p->protocol = rd_u8(&r);
	rd_u16(&r);			/* checksum: the kernel's business */
	source = rd_bytes(&r, sizeof(p->source));
	dest = rd_bytes(&r, sizeof(p->dest));
	header = (first & 15) * 4;
	if (r.bad || first >> 4 != 4 || header < HEADER_MIN ||
	    total < header || total > len || (fragment & OFFSET_MASK) != 0)
		return -1;
	memcpy(p->source, source, sizeof(p->source));
	memcpy(p->dest, dest, sizeof(p->dest));
	rd_bytes(&r, header - HEADER_MIN);	/* options */
	p->payload = rd_sub(&r, total - header);
	return p->payload.bad ? -1 : 0;
}

int
ipv4_get_udp(const struct ipv4 *p, struct ipv4_udp *u)
{
	struct rd r = p->payload;
	unsigned len;

	memset(u, 0, sizeof(*u));
	if (p->protocol != IPV4_UDP)
		return -1;
	u->source = rd_u16(&r);
	u->dest = rd_u16(&r);
	len = rd_u16(&r);
	rd_u16(&r);			/* checksum */
	if (r.bad || len < UDP_HEADER)
		return -1;
	u->payload = rd_sub(&r, len - UDP_HEADER);
	return u->payload.bad ? -1 : 0;
}

/* RFC 3376 section 7.1: by length, and by the code of those of eight bytes. */
int
ipv4_get_query(const struct ipv4 *p)
{
	struct rd r = p->payload;
	size_t len = rd_left(&r);
	unsigned code;

	if (p->protocol != IPV4_IGMP || len < IGMP_MIN ||
	    rd_u8(&r) != IGMP_QUERY)
		return 0;
	code = rd_u8(&r);
	if (len >= IGMP3_MIN)
		return 3;
	return len == IGMP_MIN ? code == 0 ? 1 : 2 : 0;
}
