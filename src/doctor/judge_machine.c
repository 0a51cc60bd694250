/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "judges.h"
#include "wire/ports.h"

#define NAME_MAX_BYTES	(PLIST_TEXT_MAX + ADDR_TEXT_MAX + 4)
#define PLACES_BYTES	256
#define PER_SOCKET	16	/* interfaces, as netradio-client joins them */
/* Of the receive buffer: half of what is asked for is a second of the fastest
 * stream, and less than the 212992 bytes that Linux grants by itself. */
#define RCVBUF_ENOUGH(wanted) ((wanted) / 2)

enum check_state
judge_daemon(const struct facts *f, unsigned n, struct sentence *s)
{
	(void)n;
	if (!f->daemon.is_running)
		return judges_say(CHECK_WRONG, s, "%s", f->daemon.why_not);
	return judges_say(CHECK_OK, s, "netradiod runs, process %d",
	    f->daemon.pid);
}

enum check_state
judge_age(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_daemon *d = &f->daemon;

	(void)n;
	if (!d->is_running)
		return CHECK_NOTHING;
	if (d->still_ns > JUDGES_LATE_NS)
		return judges_say(CHECK_WRONG, s, "netradiod (process %d) has "
		    "not moved for %lld s: it is stopped or stuck (ps -o "
		    "stat,wchan -L -p %d)", d->pid, (long long)(d->still_ns /
		    NS_PER_S), d->pid);
	return judges_say(CHECK_OK, s, "netradiod moves");
}

enum check_state
judge_errors(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_daemon *d = &f->daemon;

	(void)n;
	if (!d->is_running)
		return CHECK_NOTHING;
	if (d->new_errors > 0)
		return judges_say(CHECK_WRONG, s, "%llu datagrams could not be "
		    "sent meanwhile: netradioctl status says which channels, "
		    "its --json why (failed_...)",
		    (unsigned long long)d->new_errors);
	if (d->errors > 0)
		return judges_say(CHECK_NOTE, s, "%llu datagrams could not be "
		    "sent since the daemon began, but none meanwhile",
		    (unsigned long long)d->errors);
	return judges_say(CHECK_OK, s, "every datagram could be sent");
}

static int
is_loopback_only(const struct facts *f)
{
	unsigned i;

	for (i = 0; i < f->n; i++)
		if (!f->ifaces[i].is_loopback)
			return 0;
	return 1;
}

enum check_state
judge_ttl(const struct facts *f, unsigned n, struct sentence *s)
{
	(void)n;
	if (!f->daemon.is_running || is_loopback_only(f))
		return CHECK_NOTHING;
	if (f->daemon.ttl == 0)
		return judges_say(CHECK_WRONG, s, "TTL 0: nothing leaves this "
		    "machine; ttl = 1 in netradiod.conf (or -t 1), and "
		    "restart");
	if (f->daemon.ttl == 1)
		return judges_say(CHECK_NOTE, s, "TTL 1: heard in the networks "
		    "of the server's interfaces, no router passes it on");
	return judges_say(CHECK_OK, s, "TTL %u: up to %u routers may pass it "
	    "on, if they route multicast", f->daemon.ttl,
	    f->daemon.ttl - 1);
}

enum check_state
judge_memberships(const struct facts *f, unsigned n, struct sentence *s)
{
	unsigned most = f->n < PER_SOCKET ? f->n : PER_SOCKET;

	(void)n;
	if (f->memberships == FACTS_UNKNOWN)
		return CHECK_NOTHING;
	if (f->memberships < most)
		return judges_say(CHECK_WRONG, s, "the kernel lets a program "
		    "join a group on %lld interfaces only "
		    "(igmp_max_memberships), and there are %u: sysctl -w "
		    "net.ipv4.igmp_max_memberships=20",
		    (long long)f->memberships, f->n);
	return judges_say(CHECK_OK, s, "a program may join a group on %lld "
	    "interfaces", (long long)f->memberships);
}

enum check_state
judge_rcvbuf(const struct facts *f, unsigned n, struct sentence *s)
{
	(void)n;
	if (f->rcvbuf == FACTS_UNKNOWN)
		return CHECK_NOTHING;
	if (f->rcvbuf < RCVBUF_ENOUGH(f->rcvbuf_wanted))
		return judges_say(CHECK_WRONG, s, "the kernel grants a receive "
		    "buffer of %lld bytes only (net.core.rmem_max) instead of "
		    "%lld, so packets are lost when this machine is busy: "
		    "sysctl -w net.core.rmem_max=%lld", (long long)f->rcvbuf,
		    (long long)f->rcvbuf_wanted,
		    (long long)f->rcvbuf_wanted);
	return judges_say(CHECK_OK, s, "the kernel grants a receive buffer of "
	    "%lld bytes", (long long)f->rcvbuf);
}

/* What is not heard, or goes elsewhere, because of that. */
static void
consequence(const struct facts *f, const struct facts_port *p, char *text,
    size_t size)
{
	if (p->channel == 0)
		text_format(text, size, "the program list %s",
		    f->view == FACTS_OF_SERVER ? "leaves from another port" :
		    "cannot be heard");
	else
		text_format(text, size, "channel %u %s", p->channel,
		    f->view == FACTS_OF_SERVER ? "leaves from another port" :
		    "cannot be heard");
}

enum check_state
judge_port(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_port *p = &f->ports[n];
	const char *who = p->holder[0] != '\0' ? p->holder :
	    "a program that only root may see";
	char what[JUDGES_TEXT_MAX], more[JUDGES_TEXT_MAX] = "";

	consequence(f, p, what, sizeof(what));
	if (n + 1 == FACTS_PORTS && f->more_ports > 0)
		text_format(more, sizeof(more), "; %u more ports are like it",
		    f->more_ports);
	if (!p->is_held)
		return judges_say(CHECK_WRONG, s, "UDP port %u is not the "
		    "daemon's, %s: another program had it when the daemon "
		    "began; restart netradiod%s", (unsigned)p->port, what,
		    more);
	return judges_say(CHECK_WRONG, s, "UDP port %u is held by %s, %s: end "
	    "that program%s%s", (unsigned)p->port, who, what,
	    f->view == FACTS_OF_SERVER ? " and restart netradiod" : "", more);
}

/* Somebody else's list that is heard; NULL. */
static const struct facts_server *
other_server(const struct facts *f)
{
	unsigned i;

	for (i = 0; i < f->nservers; i++)
		if (f->servers[i].heard.n > 0 && (!f->has_server ||
		    f->servers[i].id != f->server))
			return &f->servers[i];
	return NULL;
}

static enum check_state
list_not_heard(const struct facts *f, struct sentence *s)
{
	const struct facts_server *other = other_server(f);
	char name[NAME_MAX_BYTES], places[PLACES_BYTES];
	char group[ADDR_TEXT_MAX];
	long long seconds = (f->now_ns - f->begun_ns) / NS_PER_S;

	/* Another judge has said why. */
	if (f->list_error != 0 || judges_is_lost(f))
		return CHECK_NOTHING;
	addr_format(&f->group, group);
	judges_places(f, places, sizeof(places));
	if (f->wanted != NULL && other != NULL)
		return judges_say(CHECK_WRONG, s, "no program list of %.80s is "
		    "heard on %s, but that of %s: is the name or address "
		    "right?", f->wanted, places, judges_name(other, name,
		    sizeof(name)));
	return judges_say(CHECK_WRONG, s, "no program list is heard on %s port "
	    "%u (%s) within %lld s: is netradiod running, in this network and "
	    "on this group (-g)? Is a firewall in the way, here or at the "
	    "server (UDP %u, %u and up)? Does a switch or access point stop "
	    "multicast?", group, (unsigned)addr_port(&f->group), places,
	    seconds, (unsigned)addr_port(&f->group), ports_of_channel(1));
}

/* Without -i all are listened on that are up. */
enum check_state
judge_network(const struct facts *f, unsigned n, struct sentence *s)
{
	(void)n;
	if (!is_loopback_only(f) || (f->n > 0 &&
	    f->ifaces[0].why == FACTS_NAMED))
		return CHECK_NOTHING;
	return judges_say(judges_heard_on(f) == -1 ? CHECK_WRONG : CHECK_NOTE,
	    s, "no interface but loopback is up and has a carrier, so only a "
	    "server on this machine can be heard: ip link set INTERFACE up, "
	    "or plug the cable in");
}

enum check_state
judge_list(const struct facts *f, unsigned n, struct sentence *s)
{
	char since[JUDGES_TEXT_MAX], name[NAME_MAX_BYTES];
	const struct facts_server *own;
	int on = judges_heard_on(f);

	(void)n;
	if (on == -1)
		return list_not_heard(f, s);
	own = judges_own(f, (unsigned)on);
	judges_since(f, &own->heard, since);
	judges_name(own, name, sizeof(name));
	if (judges_is_late(f, &own->heard))
		return judges_say(CHECK_WRONG, s, "the list of %s was heard on "
		    "%s, but not for %s: has the server stopped, or the "
		    "network?", name, f->ifaces[on].name, since);
	return judges_say(CHECK_OK, s, "the list of %s is heard on %s, last %s "
	    "ago", name, f->ifaces[on].name, since);
}

enum check_state
judge_server(const struct facts *f, unsigned n, struct sentence *s)
{
	const struct facts_server *other = other_server(f);
	char name[NAME_MAX_BYTES], group[ADDR_TEXT_MAX];

	(void)n;
	/* Without one of our own there is no other one. */
	if (other == NULL || !f->has_server)
		return f->has_server ? judges_say(CHECK_OK, s, "no other "
		    "server is heard on the group") : CHECK_NOTHING;
	judges_name(other, name, sizeof(name));
	addr_format(&f->group, group);
	if (f->view == FACTS_OF_LISTENER && f->wanted != NULL)
		return judges_say(CHECK_NOTE, s, "another server is heard on "
		    "group %s on %s: %s", group,
		    f->ifaces[other->iface].name, name);
	return judges_say(CHECK_WRONG, s, "another server is heard on group %s "
	    "on %s: %s; %s", group, f->ifaces[other->iface].name, name,
	    f->view == FACTS_OF_SERVER ? "other players hear both at once, so "
	    "give one of the two another group (-g)" : "choose by --server, "
	    "and have one of the two sent to another group");
}

/* The RTP of the channel on the interface where it was heard last; -1. */
static int
media_on(const struct facts *f)
{
	int found = -1;
	unsigned i;

	for (i = 0; i < f->n; i++)
		if (f->ifaces[i].media.n > 0 && (found == -1 ||
		    f->ifaces[i].media.last_ns >
		    f->ifaces[found].media.last_ns))
			found = (int)i;
	return found;
}

static enum check_state
channel_not_heard(const struct facts *f, const char *what,
    struct sentence *s)
{
	char other[ADDR_TEXT_MAX];
	unsigned i;

	for (i = 0; i < f->n; i++)
		if (f->ifaces[i].media_others.n > 0)
			return judges_say(CHECK_WRONG, s, "%s: what is heard "
			    "on %s is from %s and not from the list's "
			    "server", what, f->ifaces[i].name,
			    addr_format(&f->ifaces[i].media_other, other));
	for (i = 0; i < f->n; i++)
		if (f->ifaces[i].media_seen.n > 0)
			return judges_say(CHECK_WRONG, s, "%s arrives on %s "
			    "and no program gets it: a firewall on this "
			    "machine is in the way; let UDP port %u pass (nft "
			    "list ruleset)", what, f->ifaces[i].name,
			    (unsigned)addr_port(&f->media));
	return judges_say(CHECK_WRONG, s, "%s is not heard%s: is a firewall in "
	    "the way, here or at the server, or a switch that does not know "
	    "who listens?", what, judges_heard_on(f) != -1 ?
	    ", but the list is" : "");
}

enum check_state
judge_channel(const struct facts *f, unsigned n, struct sentence *s)
{
	char what[FACTS_TEXT_MAX], group[ADDR_TEXT_MAX];
	char since[JUDGES_TEXT_MAX];
	const struct facts_count *c;
	int on = media_on(f);

	(void)n;
	if (f->channel[0] == '\0')
		return CHECK_NOTHING;
	if (f->is_listed == 0)
		return judges_say(CHECK_WRONG, s, "the list has no channel "
		    "%.80s: netradio-client -l shows which there are",
		    f->channel);
	/* Its port is held, or its number not to be known without a list:
	 * that was said. */
	if (f->media.len == 0 || f->media_error == EADDRINUSE)
		return CHECK_NOTHING;
	text_format(what, sizeof(what), "channel %u (%s port %u)", f->number,
	    addr_format(&f->media, group), (unsigned)addr_port(&f->media));
	if (f->is_on_air == 0)
		return judges_say(CHECK_NOTE, s, "%s is off air%s%s", what,
		    f->note[0] != '\0' ? ": " : "", f->note);
	if (on == -1)
		return channel_not_heard(f, what, s);
	c = &f->ifaces[on].media;
	judges_since(f, c, since);
	if (judges_is_late(f, c))
		return judges_say(CHECK_WRONG, s, "%s was heard on %s, but not "
		    "for %s: has the server stopped, or the network?", what,
		    f->ifaces[on].name, since);
	return judges_say(CHECK_OK, s, "%s is heard on %s, last %s ago", what,
	    f->ifaces[on].name, since);
}
