/* SPDX-License-Identifier: ISC */
#include "wire/ipv4.h"

#include "tap.h"

static uint8_t packet[256];
static struct ipv4 p;

/* A packet of that protocol around n bytes of payload; its length. */
static size_t
make(uint8_t protocol, const void *payload, size_t n, unsigned options)
{
	size_t header = 20 + options;
	struct wr w;

	wr_init(&w, packet, sizeof(packet));
	wr_u8(&w, (uint8_t)(0x40 | header / 4));
	wr_u8(&w, 0);
	wr_u16(&w, (uint16_t)(header + n));
	wr_u32(&w, 0x00004000);		/* not to be cut */
	wr_u8(&w, 1);
	wr_u8(&w, protocol);
	wr_u16(&w, 0);
	wr_u32(&w, 0x0a090001);
	wr_u32(&w, 0xefff4000);
	for (; options > 0; options--)
		wr_u8(&w, 1);
	wr_bytes(&w, payload, n);
	return wr_len(&w);
}

static int
query(const void *igmp, size_t n)
{
	size_t len = make(IPV4_IGMP, igmp, n, 4);

	return ipv4_decode(&p, packet, len) == 0 ? ipv4_get_query(&p) : -1;
}

static void
test_packet(void)
{
	size_t len = make(IPV4_UDP, "12345678", 8, 0), n;

	is(ipv4_decode(&p, packet, len), 0, "a packet");
	ok(p.source[0] == 10 && p.source[3] == 1 && p.dest[0] == 239,
	    "its addresses");
	is(p.ttl, 1, "its TTL");
	is(rd_left(&p.payload), 8, "its payload");
	is(ipv4_decode(&p, packet, len + 6), 0, "padding behind it");
	is(rd_left(&p.payload), 8, "is not payload");
	for (n = 0; n < len && ipv4_decode(&p, packet, n) == -1; n++)
		;
	is(n, len, "cut anywhere it is refused");
	packet[0] = 0x65;
	is(ipv4_decode(&p, packet, len), -1, "another version");
	packet[0] = 0x44;
	is(ipv4_decode(&p, packet, len), -1, "too short a header");
	packet[0] = 0x4f;
	is(ipv4_decode(&p, packet, len), -1, "one that is too long");
	make(IPV4_UDP, "12345678", 8, 0);
	packet[7] = 1;
	is(ipv4_decode(&p, packet, len), -1, "a later fragment");
}

static void
test_udp(void)
{
	static const uint8_t good[] = { 0x07, 0xc5, 0x40, 0, 0, 10, 0, 0, 'h',
		'i' };
	static const uint8_t cut[] = { 0x07, 0xc5, 0x40, 0, 0, 11, 0, 0, 'h',
		'i' };
	struct ipv4_udp u;

	ipv4_decode(&p, packet, make(IPV4_UDP, good, sizeof(good), 8));
	is(ipv4_get_udp(&p, &u), 0, "a datagram behind options");
	ok(u.source == 1989 && u.dest == 16384, "its ports");
	is(rd_left(&u.payload), 2, "its payload");
	is(ipv4_get_query(&p), 0, "is no query");
	ipv4_decode(&p, packet, make(IPV4_UDP, cut, sizeof(cut), 0));
	is(ipv4_get_udp(&p, &u), -1, "a length beyond the end");
	ipv4_decode(&p, packet, make(IPV4_UDP, cut, 7, 0));
	is(ipv4_get_udp(&p, &u), -1, "half a header");
	ipv4_decode(&p, packet, make(IPV4_ICMP, good, sizeof(good), 0));
	is(ipv4_get_udp(&p, &u), -1, "no UDP at all");
}

static void
test_query(void)
{
	static const uint8_t v1[8] = { 0x11 };
	static const uint8_t v2[8] = { 0x11, 100 };
	static const uint8_t v3[12] = { 0x11, 100 };
	static const uint8_t report[8] = { 0x16, 0 };

	is(query(v1, sizeof(v1)), 1, "a query of version 1");
	is(query(v2, sizeof(v2)), 2, "of version 2");
	is(query(v3, sizeof(v3)), 3, "of version 3");
	is(query(v3, 10), 0, "of no version");
	is(query(report, sizeof(report)), 0, "a report");
	is(query(v2, 7), 0, "one that is cut");
}

int
main(void)
{
	test_packet();
	test_udp();
	test_query();
	return tap_end();
}
