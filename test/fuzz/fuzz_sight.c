/* SPDX-License-Identifier: ISC */
/*
 * A packet as it passes on the wire: what netradioctl doctor sees of it is
 * inside of it, and what it says about it is fit for a terminal.
 *
 * Answers for: src/wire/ipv4.c
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "doctor/check.h"
#include "doctor/ear.h"
#include "doctor/gather.h"
#include "wire/ipv4.h"
#include "wire/ports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_inside(const uint8_t *data, size_t size)
{
	struct ipv4_udp u;
	struct ipv4 p;

	if (ipv4_decode(&p, data, size) == -1)
		return;
	assert(!p.payload.bad && p.payload.p >= data + 20 &&
	    p.payload.end <= data + size);
	assert(ipv4_get_query(&p) >= 0 && ipv4_get_query(&p) <= 3);
	if (ipv4_get_udp(&p, &u) == 0)
		assert(u.payload.p == p.payload.p + 8 &&
		    u.payload.end <= p.payload.end);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct facts f;
	static struct check c;
	struct addr group;
	const char *s;
	size_t i;

	check_inside(data, size);
	addr_parse(&group, PORTS_GROUP_DEFAULT, PORTS_LIST);
	gather_init(&f, FACTS_OF_LISTENER, &group);
	addr_parse(&f.media, "239.255.64.1", ports_of_channel(1));
	f.n = 1;
	f.ifaces[0].index = 1;
	f.ifaces[0].is_up = f.ifaces[0].has_carrier = 1;
	ear_see(&f, 0, data, size, 0, 1);
	ear_see(&f, 0, data, size, 1, 2);
	check_all(&c, &f);
	for (i = 0; i < c.n; i++)
		for (s = c.findings[i].text; *s != '\0'; s++)
			assert((unsigned char)*s >= ' ');
	return 0;
}
