/* SPDX-License-Identifier: ISC */
#include "os/addr.h"

#include "random.h"
#include "tap.h"

static int
parses(const char *text)
{
	struct addr a;

	return addr_parse(&a, text, 1) == 0;
}

static void
test_text(void)
{
	struct addr a;
	char text[ADDR_TEXT_MAX];
	uint8_t b[16];

	is(addr_parse(&a, "239.255.64.3", 16400), 0, "a group");
	is_str(addr_format(&a, text), "239.255.64.3", "comes back");
	is(addr_port(&a), 16400, "with its port");
	ok(addr_bytes(&a, b) == 4 && memcmp(b, "\357\377\100\3", 4) == 0,
	    "four bytes in network order");
	ok(addr_is_multicast(&a), "is multicast");
	is(a.u.sa.sa_family, AF_INET, "a sockaddr of its family");
	is(a.len, sizeof(struct sockaddr_in), "of its length");
	ok(!parses("") && !parses("239.255.64") && !parses("239.255.64.256") &&
	    !parses("239.255.64.3 ") && !parses(" 1.2.3.4") &&
	    !parses("1.2.3.4:5") && !parses("localhost") && !parses("1") &&
	    !parses("0x7f.1.1.1"), "what is no address is none");
	ok(parses("0.0.0.0") && parses("255.255.255.255"), "these two are");
	memset(&a, 0, sizeof(a));
	is_str(addr_format(&a, text), "-", "no address is a dash");
}

static void
test_multicast(void)
{
	static const struct { const char *text; int is; } t[] = {
		{ "223.255.255.255", 0 }, { "224.0.0.0", 1 },
		{ "239.255.255.255", 1 }, { "240.0.0.0", 0 },
		{ "127.0.0.1", 0 } };
	static const uint8_t ff15[16] = { 0xff, 0x15 };
	static const uint8_t loop[16] = { [15] = 1 };
	struct addr a;
	size_t i;
	int right = 1;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		addr_parse(&a, t[i].text, 1);
		right = right && !addr_is_multicast(&a) == !t[i].is;
	}
	ok(right, "224/4 is multicast");
	addr_of_bytes(&a, ff15, 16, 1);
	ok(addr_is_multicast(&a), "so is ff00::/8");
	addr_of_bytes(&a, loop, 16, 1);
	ok(!addr_is_multicast(&a), "and not ::1");
	ok(addr_parse(&a, "232.1.2.3", 1) == 0 &&
	    addr_is_source_specific(&a) && addr_parse(&a, "ff3e::1", 1) == 0 &&
	    addr_is_source_specific(&a), "232/8 and ff3x:: want a source");
	ok(addr_parse(&a, "233.1.2.3", 1) == 0 &&
	    !addr_is_source_specific(&a) && addr_parse(&a, "ff15::1", 1) ==
	    0 && !addr_is_source_specific(&a) && addr_is_ipv6(&a),
	    "others do not");
}

static void
test_bytes(void)
{
	static const uint8_t six[16] = { 0xff, 0x15, [12] = 0xef, 0xff, 0x40,
	    0 };
	struct addr a, b;
	char text[ADDR_TEXT_MAX];
	uint8_t out[16];
	unsigned n, refused = 1;

	is(addr_of_bytes(&a, six, 16, 1989), 0, "sixteen bytes");
	is(addr_bytes(&a, out), 16, "come back");
	ok(memcmp(out, six, 16) == 0 && addr_port(&a) == 1989, "unchanged");
	is_str(addr_format(&a, text), "ff15::efff:4000", "as text");
	b = addr_plus(&a, 300, 7);
	is_str(addr_format(&b, text), "ff15::efff:412c", "plus 300");
	is(addr_port(&b), 7, "with its own port");
	for (n = 0; n < 64; n++)
		if (n != 4 && n != 16)
			refused = refused && addr_of_bytes(&a, six, n, 1) == -1;
	ok(refused, "no other length is an address");
}

static void
test_plus(void)
{
	struct addr base, a;
	char text[ADDR_TEXT_MAX];

	addr_parse(&base, "239.255.64.0", 1989);
	a = addr_plus(&base, 3, 16400);
	is_str(addr_format(&a, text), "239.255.64.3", "channel 3's group");
	is(addr_port(&a), 16400, "channel 3's port");
	a = addr_plus(&base, 256, 1);
	is_str(addr_format(&a, text), "239.255.65.0", "256 carries over");
	a = addr_plus(&base, 16383, 1);
	is_str(addr_format(&a, text), "239.255.127.255", "the last channel");
	is_str(addr_format(&base, text), "239.255.64.0", "the base stays");
	is(addr_port(&base), 1989, "with its port");
}

static void
test_same_host(void)
{
	static const uint8_t mapped[16] = { [10] = 0xff, 0xff, 10, 0, 0, 1 };
	struct addr a, b, none;

	memset(&none, 0, sizeof(none));
	addr_parse(&a, "10.0.0.1", 5);
	addr_parse(&b, "10.0.0.1", 6);
	ok(addr_is_same_host(&a, &b), "ports are not compared");
	addr_parse(&b, "10.0.0.2", 5);
	ok(!addr_is_same_host(&a, &b), "addresses are");
	addr_of_bytes(&b, mapped, 16, 5);
	ok(!addr_is_same_host(&a, &b) && !addr_is_same_host(&b, &a),
	    "and families");
	ok(!addr_is_same_host(&none, &none) && !addr_is_same_host(&a, &none),
	    "no address is nobody's");
}

/* Bytes, text and bytes again; what is read of text is written as it was. */
static void
test_round_trips(void)
{
	static const char letters[] = "0123456789.. :abf";
	struct addr a, b;
	char text[ADDR_TEXT_MAX], again[ADDR_TEXT_MAX];
	uint8_t in[16], out[16];
	int i, k, n, port, same = 1, stable = 1, taken = 0;

	for (i = 0; i < 200000; i++) {
		n = i % 2 ? 4 : 16;
		random_bytes(in, sizeof(in));
		port = (int)random_below(65536);
		same = same && addr_of_bytes(&a, in, (unsigned)n,
		    (uint16_t)port) == 0 &&
		    addr_bytes(&a, out) == (unsigned)n &&
		    memcmp(in, out, (size_t)n) == 0 && addr_port(&a) == port;
		if (n == 4)
			same = same && addr_parse(&b, addr_format(&a, text),
			    (uint16_t)port) == 0 &&
			    memcmp(&a.u.in, &b.u.in, sizeof(a.u.in)) == 0 &&
			    addr_is_same_host(&a, &b);
	}
	ok(same, "200000 addresses to bytes and text and back");
	for (i = 0; i < 2000000; i++) {
		n = 1 + (int)random_below(15);
		for (k = 0; k < n; k++)
			text[k] = letters[random_below(k % 2 ? 12 :
			    (uint32_t)sizeof(letters) - 1)];
		text[n] = '\0';
		if (addr_parse(&a, text, 1) == -1)
			continue;
		taken++;
		stable = stable && strcmp(addr_format(&a, again), text) == 0;
	}
	ok(taken > 100, "of random letters %d are addresses", taken);
	ok(stable, "and come out as they were written");
}

int
main(void)
{
	random_seed(2);
	test_text();
	test_multicast();
	test_bytes();
	test_plus();
	test_same_host();
	test_round_trips();
	return tap_end();
}
