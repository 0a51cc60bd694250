/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "judges.h"

/* Queries come every 125 s (RFC 3376 section 8.2); who has waited for longer
 * knows that there are none. */
#define QUERIER_SURE_NS	(126 * NS_PER_S)
#define NAME_MAX_BYTES	(PLIST_TEXT_MAX + ADDR_TEXT_MAX + 4)

static enum check_state
interface_of_server(const struct facts *f, const struct facts_iface *i,
    struct sentence *s)
{
	const char *who = f->daemon.is_running ? "the daemon sends here" :
	    "a daemon without -i would send here";
	char group[ADDR_TEXT_MAX];

	addr_format(&f->group, group);
	if (i->is_loopback && i->why == FACTS_ROUTE)
		return judges_say(CHECK_WRONG, s, "no network leads to %s: on "
		    "loopback (%s) nobody hears it but this machine; name an "
		    "interface (-i, or interface in netradiod.conf), or make "
		    "a route (ip route add %s/18 dev INTERFACE)", group,
		    i->name, group);
	if (i->is_loopback)
		return judges_say(CHECK_NOTE, s, "%s is loopback: nobody hears "
		    "it but this machine", i->name);
	if (i->why == FACTS_ROUTE)
		return judges_say(CHECK_OK, s, "%s: %s, because the route to "
		    "%s leads there", i->name, who, group);
	return judges_say(CHECK_OK, s, "%s: %s, because -i or the "
	    "configuration names it", i->name, who);
}

enum check_state
judge_interface(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_iface *i = &f->ifaces[n];

	if (i->index == 0)
		return judges_say(CHECK_WRONG, s, "there is no interface %s: "
		    "is the name right (ip link)?", i->name);
	if (f->view == FACTS_OF_SERVER)
		return interface_of_server(f, i, s);
	return judges_say(CHECK_OK, s, "%s is listened on, because %s",
	    i->name, i->why == FACTS_NAMED ? "-i names it" : "it is up");
}

enum check_state
judge_up(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_iface *i = &f->ifaces[n];

	if (!i->is_up)
		return judges_say(CHECK_WRONG, s, "%s is down: "
		    "ip link set %s up", i->name, i->name);
	return judges_say(CHECK_OK, s, "%s is up", i->name);
}

enum check_state
judge_carrier(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_iface *i = &f->ifaces[n];

	if (!i->has_carrier)
		return judges_say(CHECK_WRONG, s, "%s is up and has no "
		    "carrier: is the cable plugged in, is the other end on?",
		    i->name);
	return judges_say(CHECK_OK, s, "%s has a carrier", i->name);
}

enum check_state
judge_multicast(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_iface *i = &f->ifaces[n];

	if (i->is_loopback)	/* does it without the flag */
		return CHECK_NOTHING;
	if (!i->is_multicast)
		return judges_say(judges_grave(f, n), s, "%s has multicast "
		    "turned off: ip link set %s multicast on", i->name,
		    i->name);
	return judges_say(CHECK_OK, s, "%s does multicast", i->name);
}

enum check_state
judge_address(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_iface *i = &f->ifaces[n];
	char text[ADDR_TEXT_MAX];

	if (i->addr.len > 0)
		return judges_say(CHECK_OK, s, "%s has address %s", i->name,
		    addr_format(&i->addr, text));
	return judges_say(judges_grave(f, n), s, "%s has no IPv4 address: %s; "
	    "give it one (DHCP, or ip addr add ADDRESS/LENGTH dev %s)",
	    i->name, f->view == FACTS_OF_SERVER ?
	    "packets leave with another one's or none, and listeners may throw "
	    "them away" : "its switch may not know who listens there",
	    i->name);
}

enum check_state
judge_join(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_iface *i = &f->ifaces[n];
	char group[ADDR_TEXT_MAX];

	/* A port that is held has a judge of its own. */
	if (i->join_error == 0 || i->join_error == EADDRINUSE)
		return CHECK_NOTHING;
	return judges_say(judges_grave(f, n), s, "%s cannot be joined on %s: "
	    "%s", addr_format(&f->group, group), i->name,
	    strerror(i->join_error));
}

/* Nothing was to be seen, but the kernel counts what it throws away. */
static enum check_state
rpfilter_unseen(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_iface *i = &f->ifaces[n];
	char text[IF_NAMESIZE];

	if (i->can_see || f->filtered <= 0 || judges_heard_on(f) != -1)
		return judges_say(CHECK_OK, s, "%s: the reverse-path filter "
		    "(rp_filter %d) lets pass what comes", i->name,
		    i->rp_filter);
	return judges_say(CHECK_WRONG, s, "no list is heard on %s, and the "
	    "reverse-path filter (rp_filter %d) has thrown %lld packets away "
	    "meanwhile: make a route to the server (ip route add SERVER dev "
	    "%s), or turn the filter off (sysctl -w net.ipv4.conf.all."
	    "rp_filter=0 net.ipv4.conf.%s.rp_filter=0)", i->name,
	    i->rp_filter, (long long)f->filtered, i->name, judges_sysctl(i,
	    text));
}

/* Whether the filter is why a list that comes there is lost.  Strict: the way
 * back must be the same; loose: there must be one. */
static int
is_filtered(const struct facts_iface *i)
{
	return i->rp_filter == 1 ? !i->is_routed ||
	    strcmp(i->route, i->name) != 0 : i->rp_filter == 2 &&
	    !i->is_routed;
}

enum check_state
judge_rpfilter(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_iface *i = &f->ifaces[n];
	const struct facts_server *lost = judges_lost(f, n);
	char name[NAME_MAX_BYTES], from[ADDR_TEXT_MAX], text[IF_NAMESIZE];

	if (i->is_loopback || i->rp_filter == FACTS_UNKNOWN)
		return CHECK_NOTHING;
	if (i->rp_filter == 0)
		return judges_say(CHECK_OK, s, "%s: the reverse-path filter is "
		    "off", i->name);
	if (lost == NULL)
		return rpfilter_unseen(f, n, s);
	if (!is_filtered(i))
		return CHECK_NOTHING;
	judges_name(lost, name, sizeof(name));
	addr_format(&lost->from, from);
	if (!i->is_routed)
		return judges_say(judges_grave(f, n), s, "the list of %s "
		    "arrives on %s and is thrown away by the reverse-path "
		    "filter (rp_filter %d), because no route leads to %s: ip "
		    "route add %s dev %s", name, i->name, i->rp_filter, from,
		    from, i->name);
	return judges_say(judges_grave(f, n), s, "the list of %s arrives on %s "
	    "and is thrown away by the strict reverse-path filter (rp_filter "
	    "1), because the route to %s leads to %s: sysctl -w net.ipv4.conf."
	    "all.rp_filter=2 net.ipv4.conf.%s.rp_filter=2, or ip route add %s "
	    "dev %s", name, i->name, from, i->route, judges_sysctl(i, text),
	    from, i->name);
}

enum check_state
judge_firewall(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_iface *i = &f->ifaces[n];
	const struct facts_server *lost = judges_lost(f, n);
	char name[NAME_MAX_BYTES], group[ADDR_TEXT_MAX];

	if (lost == NULL || is_filtered(i))
		return CHECK_NOTHING;
	return judges_say(judges_grave(f, n), s, "the list of %s arrives on %s "
	    "and no program gets it: a firewall on this machine is in the way; "
	    "let UDP port %u to %s pass (nft list ruleset)",
	    judges_name(lost, name, sizeof(name)), i->name,
	    (unsigned)addr_port(&f->group), addr_format(&f->group, group));
}

/* Without the right to hear queries: what the kernel has made of them. */
static enum check_state
querier_unseen(const struct facts *f, const struct facts_iface *i,
    struct sentence *s)
{
	if (i->igmp_version == 1 || i->igmp_version == 2)
		return judges_say(CHECK_OK, s, "%s has an IGMP querier of "
		    "version %d (/proc/net/igmp)", i->name, i->igmp_version);
	return judges_say(CHECK_NOTE, s, "whether %s has an IGMP querier "
	    "cannot be heard without the right CAP_NET_RAW: as root, %s "
	    "does", i->name, judges_longer(f));
}

enum check_state
judge_querier(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_iface *i = &f->ifaces[n];
	int64_t ran = f->now_ns - f->begun_ns;
	char text[ADDR_TEXT_MAX];

	if (i->is_loopback)
		return CHECK_NOTHING;
	if (i->queries.n > 0)
		return judges_say(CHECK_OK, s, "%s has an IGMP querier: %s",
		    i->name, addr_format(&i->querier, text));
	if (!i->can_see)
		return querier_unseen(f, i, s);
	if (ran >= QUERIER_SURE_NS)
		return judges_say(CHECK_WRONG, s, "%s has no IGMP querier: "
		    "none has asked within %lld s, so switches that snoop cut "
		    "listeners off after some minutes; turn the querier on in "
		    "the router or a switch (Linux: ip link set BRIDGE type "
		    "bridge mcast_querier 1)", i->name,
		    (long long)(ran / NS_PER_S));
	if (i->bridge[0] != '\0' && i->snooping == 1 && i->querier_on == 0)
		return judges_say(CHECK_NOTE, s, "%s: bridge %s snoops IGMP "
		    "and does not ask itself (ip link set %s type bridge "
		    "mcast_querier 1 would); no query was heard within %lld "
		    "s, %s is sure", i->name, i->bridge, i->bridge,
		    (long long)(ran / NS_PER_S), judges_longer(f));
	return judges_say(CHECK_NOTE, s, "%s: no IGMP query was heard within "
	    "%lld s; they come every 125 s, so %s is sure", i->name,
	    (long long)(ran / NS_PER_S), judges_longer(f));
}

/* What we send is what we hear: a firewall in between is ours. */
enum check_state
judge_return(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_iface *i = &f->ifaces[n];
	const struct facts_server *own = judges_own(f, n);
	char since[JUDGES_TEXT_MAX];

	if (!f->daemon.is_running || i->join_error == EADDRINUSE)
		return CHECK_NOTHING;
	if (own != NULL && own->heard.n > 0)
		return judges_say(judges_is_late(f, &own->heard) ?
		    CHECK_WRONG : CHECK_OK, s, "our list comes back on %s, "
		    "last %s ago", i->name, judges_since(f, &own->heard,
		    since));
	if (own != NULL && own->sent.n > 0)
		return judges_say(CHECK_WRONG, s, "our list leaves on %s and "
		    "does not come back: a firewall on this machine is in the "
		    "way of what comes in (nft list ruleset)", i->name);
	if (i->can_see)
		return judges_say(CHECK_WRONG, s, "our list does not leave on "
		    "%s: the daemon sends nothing, or a firewall on this "
		    "machine is in the way of what goes out (netradioctl "
		    "status, nft list ruleset)", i->name);
	return judges_say(CHECK_WRONG, s, "our list does not come back on %s: "
	    "a firewall on this machine is in the way, or the daemon sends "
	    "nothing (netradioctl status, nft list ruleset)", i->name);
}
