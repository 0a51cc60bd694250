/* SPDX-License-Identifier: ISC */
/*
 * Each finding from facts that are made up: a network in which all is well, and
 * one thing that is not.
 */
#include "doctor/check.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "doctor/facts.h"
#include "doctor/show.h"
#include "tap.h"

#define NOW	(1000 * NS_PER_S)
#define OURS	UINT64_C(0x1111)
#define THEIRS	UINT64_C(0x2222)

static struct facts f;
static struct facts_iface *eth0;
static struct check c;

static struct addr
addr(const char *text, uint16_t port)
{
	struct addr a;

	addr_parse(&a, text, port);
	return a;
}

static struct facts_count
some(int64_t ago_ns)
{
	struct facts_count k = { 3, NOW - ago_ns };

	return k;
}

static struct facts_server *
list_on(unsigned iface, uint64_t id, const char *name, const char *from)
{
	struct facts_server *s = facts_server(&f, iface, id);

	s->from = addr(from, 1989);
	snprintf(s->name, sizeof(s->name), "%s", name);
	s->heard = s->seen = some(NS_PER_S / 2);
	return s;
}

/* All is well: eth0, our list on it, a querier. */
static void
healthy(enum facts_view view)
{
	memset(&f, 0, sizeof(f));
	f.view = view;
	f.begun_ns = NOW - 4 * NS_PER_S;
	f.now_ns = NOW;
	f.group = addr("239.255.64.0", 1989);
	f.has_server = 1;
	f.server = OURS;
	f.is_listed = f.is_on_air = FACTS_UNKNOWN;
	f.memberships = 20;
	f.rcvbuf = f.rcvbuf_wanted = 262144;
	f.daemon.is_running = 1;
	f.daemon.pid = 42;
	f.daemon.ttl = 2;
	f.n = 1;
	eth0 = &f.ifaces[0];
	snprintf(eth0->name, sizeof(eth0->name), "eth0");
	eth0->why = view == FACTS_OF_SERVER ? FACTS_NAMED : FACTS_UP;
	eth0->index = 2;
	eth0->is_up = eth0->has_carrier = eth0->is_multicast = 1;
	eth0->addr = addr("10.9.0.1", 0);
	eth0->can_see = 1;
	eth0->igmp_version = 3;
	eth0->queries = some(NS_PER_S);
	eth0->querier = addr("10.9.0.254", 0);
	eth0->snooping = eth0->querier_on = FACTS_UNKNOWN;
	eth0->is_routed = 1;
	snprintf(eth0->route, sizeof(eth0->route), "eth0");
	list_on(0, OURS, "attic", view == FACTS_OF_SERVER ? "10.9.0.1" :
	    "10.9.0.7");
}

static const struct check_finding *
finding(const char *name)
{
	size_t i;

	for (i = 0; i < c.n; i++)
		if (strcmp(c.findings[i].check, name) == 0)
			return &c.findings[i];
	return NULL;
}

/* That check says exactly this now. */
static void
says(const char *name, enum check_state state, const char *text)
{
	const struct check_finding *k;

	check_all(&c, &f);
	k = finding(name);
	if (!ok(k != NULL && k->state == state && strcmp(k->text, text) == 0,
	    "%s: %s", name, text) && k != NULL)
		printf("#   got state %d: %s\n", (int)k->state, k->text);
	else if (k == NULL)
		printf("#   it says nothing\n");
}

static void
silent(const char *name)
{
	check_all(&c, &f);
	ok(finding(name) == NULL, "%s says nothing", name);
}

/* Our list comes to eth0, and no program gets it. */
static struct facts_server *
lose_list(void)
{
	f.servers[0].heard.n = 0;
	return &f.servers[0];
}

static void
test_healthy(void)
{
	size_t i;
	int bad;

	healthy(FACTS_OF_SERVER);
	check_all(&c, &f);
	for (i = 0, bad = 0; i < c.n; i++)
		bad += c.findings[i].state != CHECK_OK;
	is(bad, 0, "all is well at the server");
	ok(c.n >= 12, "%d checks were made", (int)c.n);
	healthy(FACTS_OF_LISTENER);
	eth0->media = some(NS_PER_S / 50);
	f.media = addr("239.255.64.3", 16400);
	snprintf(f.channel, sizeof(f.channel), "3");
	f.number = 3;
	f.is_listed = f.is_on_air = 1;
	check_all(&c, &f);
	for (i = 0, bad = 0; i < c.n; i++)
		bad += c.findings[i].state != CHECK_OK;
	is(bad, 0, "all is well at the listener");
	is(check_wrong(&c), 0, "nothing wrong");
	says("channel", CHECK_OK, "channel 3 (239.255.64.3 port 16400) is "
	    "heard on eth0, last 0.0 s ago");
	says("list", CHECK_OK, "the list of attic (10.9.0.7) is heard on "
	    "eth0, last 0.5 s ago");
}

static void
test_interface(void)
{
	healthy(FACTS_OF_SERVER);
	eth0->index = 0;
	says("interface", CHECK_WRONG, "there is no interface eth0: is the "
	    "name right (ip link)?");
	silent("up");
	healthy(FACTS_OF_SERVER);
	says("interface", CHECK_OK, "eth0: the daemon sends here, because -i "
	    "or the configuration names it");
	eth0->why = FACTS_ROUTE;
	says("interface", CHECK_OK, "eth0: the daemon sends here, because the "
	    "route to 239.255.64.0 leads there");
	eth0->is_loopback = 1;
	snprintf(eth0->name, sizeof(eth0->name), "lo");
	says("interface", CHECK_WRONG, "no network leads to 239.255.64.0: on "
	    "loopback (lo) nobody hears it but this machine; name an "
	    "interface (-i, or interface in netradiod.conf), or make a route "
	    "(ip route add 239.255.64.0/18 dev INTERFACE)");
	eth0->why = FACTS_NAMED;
	says("interface", CHECK_NOTE, "lo is loopback: nobody hears it but "
	    "this machine");
	silent("querier");
	silent("rp_filter");
	silent("multicast");
	healthy(FACTS_OF_SERVER);
	eth0->is_up = 0;
	says("up", CHECK_WRONG, "eth0 is down: ip link set eth0 up");
	is(check_wrong(&c), 1, "and that is all");
	healthy(FACTS_OF_SERVER);
	eth0->has_carrier = 0;
	says("carrier", CHECK_WRONG, "eth0 is up and has no carrier: is the "
	    "cable plugged in, is the other end on?");
	silent("return");
	healthy(FACTS_OF_SERVER);
	eth0->is_multicast = 0;
	says("multicast", CHECK_WRONG, "eth0 has multicast turned off: ip "
	    "link set eth0 multicast on");
	healthy(FACTS_OF_SERVER);
	eth0->addr.len = 0;
	says("address", CHECK_WRONG, "eth0 has no IPv4 address: packets leave "
	    "with another one's or none, and listeners may throw them away; "
	    "give it one (DHCP, or ip addr add ADDRESS/LENGTH dev eth0)");
	healthy(FACTS_OF_SERVER);
	eth0->join_error = ENOBUFS;
	says("join", CHECK_WRONG, "239.255.64.0 cannot be joined on eth0: No "
	    "buffer space available");
}

/* What is one of several interfaces, and nobody named it, may be as it is, if
 * the list is heard. */
static void
test_gravity(void)
{
	healthy(FACTS_OF_LISTENER);
	f.n = 2;
	f.ifaces[1] = *eth0;
	snprintf(f.ifaces[1].name, sizeof(f.ifaces[1].name), "wg0");
	f.ifaces[1].is_multicast = 0;
	check_all(&c, &f);
	is(check_wrong(&c), 0, "a tunnel without multicast is not wrong");
	f.ifaces[1].why = FACTS_NAMED;
	check_all(&c, &f);
	is(check_wrong(&c), 1, "unless it was named");
	f.ifaces[1].why = FACTS_UP;
	f.nservers = 0;
	check_all(&c, &f);
	is(check_wrong(&c), 2, "or nothing is heard");
	list_on(0, OURS, "attic", "10.9.0.7")->heard.n = 0;
	check_all(&c, &f);
	is(check_wrong(&c), 1, "but not if it arrives on another one");
}

static void
test_rpfilter(void)
{
	struct facts_server *s;

	healthy(FACTS_OF_LISTENER);
	s = lose_list();
	eth0->rp_filter = 1;
	snprintf(eth0->route, sizeof(eth0->route), "eth1");
	says("rp_filter", CHECK_WRONG, "the list of attic (10.9.0.7) arrives "
	    "on eth0 and is thrown away by the strict reverse-path filter "
	    "(rp_filter 1), because the route to 10.9.0.7 leads to eth1: "
	    "sysctl -w net.ipv4.conf.all.rp_filter=2 "
	    "net.ipv4.conf.eth0.rp_filter=2, or ip route add 10.9.0.7 dev "
	    "eth0");
	silent("firewall");
	silent("list");
	snprintf(eth0->name, sizeof(eth0->name), "eth0.5");
	check_all(&c, &f);
	ok(strstr(finding("rp_filter")->text,
	    " net.ipv4.conf.eth0/5.rp_filter=2, ") != NULL,
	    "a name with a point, as sysctl wants it");
	snprintf(eth0->name, sizeof(eth0->name), "eth0");
	eth0->is_routed = 0;
	says("rp_filter", CHECK_WRONG, "the list of attic (10.9.0.7) arrives "
	    "on eth0 and is thrown away by the reverse-path filter "
	    "(rp_filter 1), because no route leads to 10.9.0.7: ip route add "
	    "10.9.0.7 dev eth0");
	eth0->rp_filter = 2;
	check_all(&c, &f);
	ok(finding("rp_filter")->state == CHECK_WRONG,
	    "a loose one wants a route, too");
	eth0->is_routed = 1;
	silent("rp_filter");
	says("firewall", CHECK_WRONG, "the list of attic (10.9.0.7) arrives "
	    "on eth0 and no program gets it: a firewall on this machine is in "
	    "the way; let UDP port 1989 to 239.255.64.0 pass (nft list "
	    "ruleset)");
	eth0->rp_filter = 0;
	says("rp_filter", CHECK_OK, "eth0: the reverse-path filter is off");
	s->heard = some(0);
	eth0->rp_filter = 1;
	says("rp_filter", CHECK_OK, "eth0: the reverse-path filter (rp_filter "
	    "1) lets pass what comes");
	/* Nothing is to be seen. */
	f.nservers = 0;
	eth0->can_see = 0;
	f.filtered = 7;
	says("rp_filter", CHECK_WRONG, "no list is heard on eth0, and the "
	    "reverse-path filter (rp_filter 1) has thrown 7 packets away "
	    "meanwhile: make a route to the server (ip route add SERVER dev "
	    "eth0), or turn the filter off (sysctl -w "
	    "net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0)");
	eth0->rp_filter = FACTS_UNKNOWN;
	silent("rp_filter");
}

static void
test_querier(void)
{
	healthy(FACTS_OF_SERVER);
	says("querier", CHECK_OK, "eth0 has an IGMP querier: 10.9.0.254");
	eth0->queries.n = 0;
	says("querier", CHECK_NOTE, "eth0: no IGMP query was heard within 4 "
	    "s; they come every 125 s, so netradioctl doctor 130 is sure");
	f.begun_ns = NOW - 130 * NS_PER_S;
	says("querier", CHECK_WRONG, "eth0 has no IGMP querier: none has "
	    "asked within 130 s, so switches that snoop cut listeners off "
	    "after some minutes; turn the querier on in the router or a "
	    "switch (Linux: ip link set BRIDGE type bridge mcast_querier 1)");
	healthy(FACTS_OF_LISTENER);
	eth0->queries.n = 0;
	snprintf(eth0->bridge, sizeof(eth0->bridge), "br0");
	eth0->snooping = 1;
	eth0->querier_on = 0;
	says("querier", CHECK_NOTE, "eth0: bridge br0 snoops IGMP and does "
	    "not ask itself (ip link set br0 type bridge mcast_querier 1 "
	    "would); no query was heard within 4 s, netradio-client --doctor "
	    "-T 130 is sure");
	eth0->can_see = 0;
	says("querier", CHECK_NOTE, "whether eth0 has an IGMP querier cannot "
	    "be heard without the right CAP_NET_RAW: as root, netradio-client "
	    "--doctor -T 130 does");
	eth0->igmp_version = 2;
	says("querier", CHECK_OK, "eth0 has an IGMP querier of version 2 "
	    "(/proc/net/igmp)");
}

static void
test_return(void)
{
	struct facts_server *s;

	healthy(FACTS_OF_SERVER);
	says("return", CHECK_OK, "our list comes back on eth0, last 0.5 s "
	    "ago");
	f.servers[0].heard = some(5 * NS_PER_S);
	says("return", CHECK_WRONG, "our list comes back on eth0, last 5.0 s "
	    "ago");
	s = lose_list();
	s->sent = some(0);
	says("return", CHECK_WRONG, "our list leaves on eth0 and does not "
	    "come back: a firewall on this machine is in the way of what "
	    "comes in (nft list ruleset)");
	s->sent.n = 0;
	says("return", CHECK_WRONG, "our list does not leave on eth0: the "
	    "daemon sends nothing, or a firewall on this machine is in the "
	    "way of what goes out (netradioctl status, nft list ruleset)");
	eth0->can_see = 0;
	says("return", CHECK_WRONG, "our list does not come back on eth0: a "
	    "firewall on this machine is in the way, or the daemon sends "
	    "nothing (netradioctl status, nft list ruleset)");
	f.daemon.is_running = 0;
	silent("return");
}

static void
test_daemon(void)
{
	healthy(FACTS_OF_SERVER);
	f.daemon.is_running = 0;
	snprintf(f.daemon.why_not, sizeof(f.daemon.why_not),
	    "no netradiod runs");
	says("daemon", CHECK_WRONG, "no netradiod runs");
	says("interface", CHECK_OK, "eth0: a daemon without -i would send "
	    "here, because -i or the configuration names it");
	healthy(FACTS_OF_SERVER);
	f.daemon.still_ns = 12 * NS_PER_S;
	says("age", CHECK_WRONG, "netradiod (process 42) has not moved for 12 "
	    "s: it is stopped or stuck (ps -o stat,wchan -L -p 42)");
	f.daemon.errors = 5;
	says("errors", CHECK_NOTE, "5 datagrams could not be sent since the "
	    "daemon began, but none meanwhile");
	f.daemon.new_errors = 3;
	says("errors", CHECK_WRONG, "3 datagrams could not be sent meanwhile: "
	    "netradioctl status says which channels, its --json why "
	    "(failed_...)");
	says("ttl", CHECK_OK, "TTL 2: up to 1 routers may pass it on, if they "
	    "route multicast");
	f.daemon.ttl = 1;
	says("ttl", CHECK_NOTE, "TTL 1: heard in the networks of the server's "
	    "interfaces, no router passes it on");
	f.daemon.ttl = 0;
	says("ttl", CHECK_WRONG, "TTL 0: nothing leaves this machine; ttl = 1 "
	    "in netradiod.conf (or -t 1), and restart");
	eth0->is_loopback = 1;
	silent("ttl");
}

static void
test_machine(void)
{
	healthy(FACTS_OF_LISTENER);
	f.memberships = 0;
	says("memberships", CHECK_WRONG, "the kernel lets a program join a "
	    "group on 0 interfaces only (igmp_max_memberships), and there are "
	    "1: sysctl -w net.ipv4.igmp_max_memberships=20");
	f.memberships = FACTS_UNKNOWN;
	silent("memberships");
	f.rcvbuf = 212992;
	says("buffer", CHECK_OK, "the kernel grants a receive buffer of 212992 "
	    "bytes");
	f.rcvbuf = 65536;
	says("buffer", CHECK_WRONG, "the kernel grants a receive buffer of "
	    "65536 bytes only (net.core.rmem_max) instead of 262144, so "
	    "packets are lost when this machine is busy: sysctl -w "
	    "net.core.rmem_max=262144");
	f.rcvbuf = FACTS_UNKNOWN;
	silent("buffer");
	healthy(FACTS_OF_LISTENER);
	eth0->is_loopback = 1;
	says("network", CHECK_NOTE, "no interface but loopback is up and has a "
	    "carrier, so only a server on this machine can be heard: ip link "
	    "set INTERFACE up, or plug the cable in");
	f.nservers = 0;
	check_all(&c, &f);
	is(finding("network")->state, CHECK_WRONG, "and wrong if none is");
	eth0->why = FACTS_NAMED;
	silent("network");
}

static void
test_port(void)
{
	healthy(FACTS_OF_LISTENER);
	f.nports = 1;
	f.ports[0].port = 1989;
	f.ports[0].is_held = 1;
	snprintf(f.ports[0].holder, sizeof(f.ports[0].holder),
	    "mpd (process 7)");
	says("port", CHECK_WRONG, "UDP port 1989 is held by mpd (process 7), "
	    "the program list cannot be heard: end that program");
	f.view = FACTS_OF_SERVER;
	f.ports[0].channel = 3;
	f.ports[0].port = 16400;
	f.ports[0].holder[0] = '\0';
	says("port", CHECK_WRONG, "UDP port 16400 is held by a program that "
	    "only root may see, channel 3 leaves from another port: end that "
	    "program and restart netradiod");
	f.ports[0].is_held = 0;
	says("port", CHECK_WRONG, "UDP port 16400 is not the daemon's, "
	    "channel 3 leaves from another port: another program had it when "
	    "the daemon began; restart netradiod");
	f.nports = FACTS_PORTS;
	f.more_ports = 4;
	check_all(&c, &f);
	ok(strstr(c.findings[c.n - 4].text, "; 4 more ports are like it") !=
	    NULL, "further ones are counted: %s", c.findings[c.n - 4].text);
}

static void
test_list(void)
{
	healthy(FACTS_OF_LISTENER);
	f.servers[0].heard = some(4 * NS_PER_S);
	says("list", CHECK_WRONG, "the list of attic (10.9.0.7) was heard on "
	    "eth0, but not for 4.0 s: has the server stopped, or the "
	    "network?");
	f.nservers = 0;
	f.has_server = 0;
	says("list", CHECK_WRONG, "no program list is heard on 239.255.64.0 "
	    "port 1989 (eth0) within 4 s: is netradiod running, in this "
	    "network and on this group (-g)? Is a firewall in the way, here "
	    "or at the server (UDP 1989, 16384 and up)? Does a switch or "
	    "access point stop multicast?");
	f.wanted = "cellar";
	list_on(0, THEIRS, "", "10.9.0.8");
	says("list", CHECK_WRONG, "no program list of cellar is heard on "
	    "eth0, but that of 10.9.0.8: is the name or address right?");
	silent("server");
}

static void
test_server(void)
{
	healthy(FACTS_OF_SERVER);
	says("server", CHECK_OK, "no other server is heard on the group");
	list_on(0, THEIRS, "cel\033lar", "10.9.0.8");
	says("server", CHECK_WRONG, "another server is heard on group "
	    "239.255.64.0 on eth0: cel?lar (10.9.0.8); other players hear "
	    "both at once, so give one of the two another group (-g)");
	healthy(FACTS_OF_LISTENER);
	list_on(0, THEIRS, "cellar", "10.9.0.8");
	says("server", CHECK_WRONG, "another server is heard on group "
	    "239.255.64.0 on eth0: cellar (10.9.0.8); choose by --server, and "
	    "have one of the two sent to another group");
	f.wanted = "attic";
	says("server", CHECK_NOTE, "another server is heard on group "
	    "239.255.64.0 on eth0: cellar (10.9.0.8)");
}

static void
test_channel(void)
{
	healthy(FACTS_OF_LISTENER);
	silent("channel");
	snprintf(f.channel, sizeof(f.channel), "jazz");
	f.is_listed = 0;
	says("channel", CHECK_WRONG, "the list has no channel jazz: "
	    "netradio-client -l shows which there are");
	f.is_listed = FACTS_UNKNOWN;
	silent("channel");
	f.number = 3;
	f.media = addr("239.255.64.3", 16400);
	says("channel", CHECK_WRONG, "channel 3 (239.255.64.3 port 16400) is "
	    "not heard, but the list is: is a firewall in the way, here or at "
	    "the server, or a switch that does not know who listens?");
	eth0->media_seen = some(0);
	says("channel", CHECK_WRONG, "channel 3 (239.255.64.3 port 16400) "
	    "arrives on eth0 and no program gets it: a firewall on this "
	    "machine is in the way; let UDP port 16400 pass (nft list "
	    "ruleset)");
	eth0->media_others = some(0);
	eth0->media_other = addr("10.9.0.8", 16400);
	says("channel", CHECK_WRONG, "channel 3 (239.255.64.3 port 16400): "
	    "what is heard on eth0 is from 10.9.0.8 and not from the list's "
	    "server");
	eth0->media = some(9 * NS_PER_S);
	says("channel", CHECK_WRONG, "channel 3 (239.255.64.3 port 16400) was "
	    "heard on eth0, but not for 9.0 s: has the server stopped, or the "
	    "network?");
	f.is_on_air = 0;
	snprintf(f.note, sizeof(f.note), "max-rate");
	says("channel", CHECK_NOTE, "channel 3 (239.255.64.3 port 16400) is "
	    "off air: max-rate");
	f.media_error = EADDRINUSE;
	silent("channel");
}

static char *
shown(void (*show)(FILE *out))
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	show(out);
	fclose(out);
	return text;
}

static void
show_short(FILE *out)
{
	show_findings(out, &c, &f, 0);
}

static void
show_long(FILE *out)
{
	show_findings(out, &c, &f, 1);
}

static void
show_json(FILE *out)
{
	show_findings_json(out, &c);
}

static void
test_show(void)
{
	char *text;

	healthy(FACTS_OF_SERVER);
	check_all(&c, &f);
	text = shown(show_short);
	is_str(text, "eth0 is up, 10.9.0.1; our list heard 0.5 s ago\n"
	    "nothing wrong found\n", "a healthy run in two lines");
	free(text);
	text = shown(show_long);
	ok(strstr(text, "\nok    eth0 is up\n") != NULL, "or in all");
	free(text);
	eth0->is_up = 0;
	f.nservers = 0;
	check_all(&c, &f);
	text = shown(show_short);
	is_str(text, "eth0 is down, 10.9.0.1; our list not heard\n"
	    "WRONG eth0 is down: ip link set eth0 up\n"
	    "1 thing is wrong\n", "what is wrong");
	free(text);
	text = shown(show_json);
	ok(strstr(text, "{\"check\": \"up\", \"interface\": \"eth0\", "
	    "\"state\": \"wrong\", \"text\": \"eth0 is down: ip link set eth0 "
	    "up\"}\n") != NULL, "as JSON");
	free(text);
}

/* However many there are, nothing overflows. */
static void
test_bounds(void)
{
	unsigned i;

	healthy(FACTS_OF_LISTENER);
	for (i = 0; i < 1000; i++)
		facts_server(&f, 0, 100 + i);
	is(f.nservers, FACTS_SERVERS, "servers fill their rows");
	is(f.more_servers, 1000 - FACTS_SERVERS + 1, "and are counted");
	f.nservers = FACTS_SERVERS;
	f.servers[0].id = THEIRS;
	ok(facts_server(&f, 0, 5) == NULL && facts_server(&f, 0, OURS) !=
	    NULL, "but ours finds room");
	f.n = IFACE_MAX;
	for (i = 1; i < IFACE_MAX; i++)
		f.ifaces[i] = *eth0;
	f.nports = FACTS_PORTS;
	check_all(&c, &f);
	ok(c.n > 100 && c.n < CHECK_FINDINGS_MAX, "%d findings fit",
	    (int)c.n);
}

/* What is looked at stands in the manuals, in a list of words. */
static void
test_manual(void)
{
	static const char *const pages[] = { "doc/man/netradioctl.8",
	    "doc/man/netradio-client.1" };
	char line[256], *word, *rest;
	const char *name;
	size_t i, page;
	int found;
	FILE *man;

	for (i = 0; (name = check_name(i)) != NULL; i++) {
		found = 0;
		for (page = 0; page < 2; page++) {
			if ((man = fopen(pages[page], "r")) == NULL)
				continue;
			while (fgets(line, sizeof(line), man) != NULL) {
				if (strncmp(line, ".It Cm ", 7) != 0)
					continue;
				for (rest = line + 7; (word = strsep(&rest,
				    " ,\n")) != NULL; )
					found |= strcmp(word, name) == 0;
			}
			fclose(man);
		}
		ok(found, "%s is in a manual", name);
	}
}

int
main(void)
{
	test_manual();
	test_healthy();
	test_interface();
	test_gravity();
	test_rpfilter();
	test_querier();
	test_return();
	test_daemon();
	test_machine();
	test_port();
	test_list();
	test_server();
	test_channel();
	test_show();
	test_bounds();
	return tap_end();
}
