/* SPDX-License-Identifier: ISC */
#include "sendto.h"

#include "tap.h"

static struct sendto s, t;
static char why[200];

static int
parses(const char *text)
{
	return sendto_parse(&s, text, why, sizeof(why)) == 0;
}

int
main(void)
{
	static const char *const bad[] = { "", " ", "10.0.0.1", "nobody 1",
	    "239.1.1.1 1", "ff15::1 1", "10.0.0.1 0", "10.0.0.1 16384",
	    "10.0.0.1 5-3", "10.0.0.1 1-", "10.0.0.1 -3", "10.0.0.1 1,2",
	    "10.0.0.1 1 x", "broadcast", "broadcast all",
	    "10.0.0.1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17",
	    "10.0.0.000000000000000000000000000000000000000000000000000000001 1"
	};
	char text[ADDR_TEXT_MAX];
	size_t i;
	int refused = 1;

	ok(parses("192.0.2.7 1 4-6"), "a host and its channels");
	is_str(addr_format(&s.to, text), "192.0.2.7", "that host");
	ok(sendto_has(&s, 1) && !sendto_has(&s, 2) && !sendto_has(&s, 3) &&
	    sendto_has(&s, 4) && sendto_has(&s, 5) && sendto_has(&s, 6) &&
	    !sendto_has(&s, 7), "gets those");
	ok(sendto_has(&s, 0), "and the program list");
	is(sendto_copies(&s, 1, 4), 1, "one copy");
	is(sendto_copies(&s, 1, 7), 0, "or none");
	is(sendto_copies(&s, 0, 4), 0, "none of nobody");
	t = s;
	ok(sendto_is_equal(&s, &t), "equal to itself");
	parses("192.0.2.7 1 4-7");
	ok(!sendto_is_equal(&s, &t), "not to another one");
	ok(parses("\tfd00::7   16383 "), "IPv6, blanks");
	ok(addr_is_ipv6(&s.to) && sendto_has(&s, 16383), "of the last one");
	ok(parses("broadcast 1-16383") && s.to.len == 0 && sendto_has(&s, 9),
	    "each network's broadcast address");
	ok(sendto_is_broadcast(&s), "is one");
	ok(parses("255.255.255.255 1") && sendto_is_broadcast(&s),
	    "and so is the limited one");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parses(bad[i])) {
			printf("# taken: \"%s\"\n", bad[i]);
			refused = 0;
		}
	ok(refused, "all else is refused");
	ok(strstr(why, "192.0.2.7 1 4-6") != NULL, "with an example");
	return tap_end();
}
