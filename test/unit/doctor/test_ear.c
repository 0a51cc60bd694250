/* SPDX-License-Identifier: ISC */
/* What passes on the wire, from its bytes. */
#include "doctor/ear.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "doctor/gather.h"
#include "tap.h"
#include "wire/ipv4.h"
#include "wire/ports.h"

#define SECOND	NS_PER_S

static struct facts f;
static uint8_t packet[1500];

/* An IPv4 packet from 10.9.0.7 to that address. */
static size_t
wrap(uint8_t protocol, uint32_t to, const void *payload, size_t n)
{
	struct wr w;

	wr_init(&w, packet, sizeof(packet));
	wr_u32(&w, 0x45000000 | (uint32_t)(20 + n));
	wr_u32(&w, 0);
	wr_u8(&w, 1);
	wr_u8(&w, protocol);
	wr_u16(&w, 0);
	wr_u32(&w, 0x0a090007);
	wr_u32(&w, to);
	wr_bytes(&w, payload, n);
	return wr_len(&w);
}

static size_t
wrap_udp(uint32_t to, uint16_t port, const void *payload, size_t n)
{
	uint8_t udp[1400];
	struct wr w;

	wr_init(&w, udp, sizeof(udp));
	wr_u16(&w, 40000);
	wr_u16(&w, port);
	wr_u16(&w, (uint16_t)(8 + n));
	wr_u16(&w, 0);
	wr_bytes(&w, payload, n);
	return wrap(IPV4_UDP, to, udp, wr_len(&w));
}

static size_t
head(uint32_t to, uint16_t port)
{
	struct plist_stamp stamp = { .kind = PLIST_KIND_HEAD, .server = 77 };
	struct plist_head h = { .channels = 1, .cycle_s = 1,
	    .name = "attic" };
	uint8_t list[PLIST_ROOM];
	struct wr w;

	wr_init(&w, list, sizeof(list));
	plist_begin(&w, &stamp);
	plist_put_head(&w, &h);
	return wrap_udp(to, port, list, wr_len(&w));
}

int
main(void)
{
	static const uint8_t query[8] = { 0x11, 100 };
	char text[ADDR_TEXT_MAX];
	struct addr group;
	size_t len, n;

	addr_parse(&group, "239.255.64.0", PORTS_LIST);
	gather_init(&f, FACTS_OF_LISTENER, &group);
	f.n = 1;
	ear_see(&f, 0, packet, wrap(IPV4_IGMP, 0xe0000001, query,
	    sizeof(query)), 0, SECOND);
	is(f.ifaces[0].queries.n, 1, "a query");
	is_str(addr_format(&f.ifaces[0].querier, text), "10.9.0.7",
	    "and who asked");
	ear_see(&f, 0, packet, head(0xefff4000, PORTS_LIST), 0, SECOND);
	is(f.nservers, 1, "a list");
	is(f.servers[0].id, 77, "its server");
	is_str(f.servers[0].name, "attic", "by name");
	ok(f.servers[0].seen.n == 1 && f.servers[0].sent.n == 0 &&
	    f.servers[0].heard.n == 0, "was seen, and not heard");
	is(addr_port(&f.servers[0].from), 40000, "and its port");
	ear_see(&f, 0, packet, head(0xefff4000, PORTS_LIST), 1, 2 * SECOND);
	ok(f.servers[0].sent.n == 1 && f.servers[0].seen.n == 1,
	    "one that leaves was sent");
	ear_see(&f, 0, packet, head(0xefff4000, 1990), 0, SECOND);
	ear_see(&f, 0, packet, head(0xefff4001, PORTS_LIST), 0, SECOND);
	is(f.servers[0].seen.n, 1, "another port or group is not the list's");
	len = head(0xefff4000, PORTS_LIST);
	for (n = 0; n < len; n++)
		ear_see(&f, 0, packet, n, 0, SECOND);
	is(f.servers[0].seen.n, 1, "nor is one that is cut");
	ear_see(&f, 0, packet, wrap_udp(0xefff4003, 16400, "x", 1), 0, SECOND);
	is(f.ifaces[0].media_seen.n, 0, "a channel that is not asked for");
	addr_parse(&f.media, "239.255.64.3", 16400);
	ear_see(&f, 0, packet, wrap_udp(0xefff4003, 16400, "x", 1), 0, SECOND);
	ear_see(&f, 0, packet, wrap_udp(0xefff4003, 16406, "x", 1), 0, SECOND);
	ear_see(&f, 0, packet, wrap_udp(0xefff4003, 16401, "x", 1), 0, SECOND);
	is(f.ifaces[0].media_seen.n, 2, "one that is, on both of its ports");
	return tap_end();
}
