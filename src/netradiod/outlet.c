/* SPDX-License-Identifier: ISC */
#include "outlet.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "config.h"
#include "os/file.h"
#include "os/iface.h"
#include "os/udp.h"
#include "sendto.h"
#include "wire/rtp.h"

#define UDP_HEADER	8
#define IPV4_HEADER	20	/* without options */
#define IPV6_HEADER	40
#define MTU_LEAST	68	/* RFC 791; less cannot be */
#define PORTS		65536
#define APART_MAX	60	/* s; less often is another failure */

struct exit {
	char name[IF_NAMESIZE];	/* [c] when named by -i, else the route's */
	unsigned family;	/* [c] OUTLET_4, OUTLET_6 */
	_Atomic unsigned index;	/* [list thread] 0: not there or down */
	_Atomic int64_t speed_bps; /* [list thread] */
	_Atomic int is_loopback; /* [list thread] */
	struct addr source;	/* [list thread] from which it sends */
	_Atomic uint32_t broadcast; /* [list thread] network byte order; 0 */
};

struct port {
	struct outlet_port sockets;
	int refs;
};

struct outlet {
	struct addr group[OUTLET_FAMILIES];	/* [c] base groups */
	int is_used[OUTLET_FAMILIES];		/* [c] */
	unsigned ttl;		/* [c] */
	unsigned dscp;		/* [c] */
	unsigned nexits;	/* [c] */
	int by_route;		/* [c] the route to the base group decides */
	struct exit exits[OUTLET_EXITS];
	struct sendto sendto[SENDTO_MAX];	/* [c] */
	unsigned nsendto;	/* [c] */
	_Atomic size_t room;
	_Atomic uint64_t errors;
	_Atomic int last_errno;	/* of the last failure */
	_Atomic uint64_t sent;	/* datagrams that left */
	uint64_t errors_seen;	/* [list thread] at the last refresh */
	uint64_t sent_seen;	/* [list thread] */
	_Atomic uint64_t last_failed;	/* where: port, IPv4 address, and in
				 * the upper 16 bits whether it was IPv6 */
	int failing;		/* [list thread] said so */
	unsigned seconds;	/* [list thread] of its life */
	unsigned failed_at;	/* [list thread] the last one that had any */
	unsigned apart;		/* [list thread] most seconds between two */
	struct port *ports;	/* [m] by port number */
};

static const char *
family_name(const struct exit *e)
{
	return e->family == OUTLET_6 ? " (IPv6)" : "";
}

static void
log_change(const struct exit *e, const struct iface *f, int by_route,
    int has_address)
{
	const char *family = family_name(e);

	if (f->is_up && f->is_loopback && by_route)
		log_notice("no network leads to the group: sending on "
		    "loopback (%s%s) only", f->name, family);
	else if (f->is_up)
		log_notice("sending on %s%s", f->name, family);
	else if (!has_address)
		log_warnx("interface %s has no IPv6 address, or no route to "
		    "the group: waiting for it", f->name);
	else if (f->index != 0)
		log_warnx("interface %s is down: waiting for it", e->name);
	else
		log_warnx("interface %s is missing: waiting for it", e->name);
}

/* What is to be used now for this exit: 0; -1: that cannot be told for want of
 * memory or descriptors.  One that is up and has no address of this family is
 * as good as down. */
static int
look(const struct outlet *o, const struct exit *e, struct iface *f,
    int *has_address)
{
	struct addr source;
	int found;

	*has_address = 1;
	if (!o->by_route)
		found = iface_by_name(f, e->name);
	else
		/* Each interface is a route to IPv6 groups: the other family
		 * knows better. */
		found = iface_by_route(f, &o->group[o->is_used[OUTLET_4] ?
		    OUTLET_4 : OUTLET_6]);
	if (found == -1 && file_is_scarce(errno))
		return -1;
	if (o->by_route && (found == -1 || !f->is_up))
		iface_loopback(f);
	if (e->family != OUTLET_6 || !f->is_up)
		return 0;
	if (udp_source(&o->group[OUTLET_6], f->index, &source) == 0) {
		f->addr = source;
		return 0;
	}
	if (file_is_scarce(errno))
		return -1;
	f->is_up = *has_address = 0;
	return 0;
}

/* Bytes of payload that fit its MTU. */
static size_t
room_of(const struct exit *e, const struct iface *f)
{
	size_t headers = UDP_HEADER + (e->family == OUTLET_6 ? IPV6_HEADER :
	    IPV4_HEADER);

	return (f->mtu > MTU_LEAST ? f->mtu : MTU_LEAST) - headers;
}

/* Look at them all; whether another link is in use than before. */
static int
refresh_exits(struct outlet *o, int first)
{
	size_t room = RTP_PACKET_MAX;
	struct iface f;
	struct exit *e;
	unsigned i, index;
	int changed = 0, has_address;

	for (i = 0; i < o->nexits; i++) {
		e = &o->exits[i];
		if (look(o, e, &f, &has_address) == -1 && !first)
			return changed;		/* all stays as it is */
		index = f.is_up ? f.index : 0;
		if (index != 0 && (e->speed_bps != f.speed_bps ||
		    e->is_loopback != f.is_loopback)) {
			e->speed_bps = f.speed_bps;
			e->is_loopback = f.is_loopback;
			changed = 1;
		}
		e->source = f.addr;
		e->broadcast = f.broadcast.u.in.sin_addr.s_addr;
		if (index != 0 && room_of(e, &f) < room)
			room = room_of(e, &f);
		if (first || index != e->index) {
			/* An ordinary start is told in one line by main. */
			if (!first || index == 0 || (o->by_route &&
			    f.is_loopback))
				log_change(e, &f, o->by_route, has_address);
			if (o->by_route)
				text_copy(e->name, sizeof(e->name), f.name);
			e->index = index;
		}
	}
	o->room = room;
	return changed;
}

static void
add_exit(struct outlet *o, const char *name, unsigned family)
{
	struct exit *e = &o->exits[o->nexits++];

	e->family = family;
	text_copy(e->name, sizeof(e->name), name);
}

struct outlet *
outlet_new(const struct config *c)
{
	struct outlet *o = xcalloc(1, sizeof(*o));
	unsigned i, family;

	o->group[OUTLET_4] = c->group;
	o->group[OUTLET_6] = c->group6;
	o->is_used[OUTLET_4] = c->ipv6 != CONFIG_IPV6_ONLY;
	o->is_used[OUTLET_6] = c->ipv6 != CONFIG_IPV6_NO;
	o->ttl = c->ttl;
	o->dscp = c->dscp;
	memcpy(o->sendto, c->sendto, sizeof(o->sendto));
	o->nsendto = c->nsendto;
	o->by_route = c->nifaces == 0;
	for (family = 0; family < OUTLET_FAMILIES; family++) {
		if (!o->is_used[family])
			continue;
		if (o->by_route)
			add_exit(o, "", family);
		for (i = 0; i < c->nifaces; i++)
			add_exit(o, c->ifaces[i], family);
	}
	o->ports = xcalloc(PORTS, sizeof(*o->ports));
	refresh_exits(o, 1);
	return o;
}

void
outlet_free(struct outlet *o)
{
	int i;

	if (o == NULL)
		return;
	for (i = 0; i < PORTS; i++)
		if (o->ports[i].refs > 0)
			outlet_close_own(&o->ports[i].sockets);
	free(o->ports);
	free(o);
}

/* Sockets that send from that port, or none of them: 0, or -1 with errno. */
static int
open_port(const struct outlet *o, struct outlet_port *p, uint16_t port)
{
	static const int families[OUTLET_FAMILIES] = { AF_INET, AF_INET6 };
	unsigned i;
	int saved;

	p->fd[OUTLET_4] = p->fd[OUTLET_6] = -1;
	for (i = 0; i < OUTLET_FAMILIES; i++) {
		/* Hosts may be of either. */
		if (!o->is_used[i] && o->nsendto == 0)
			continue;
		p->fd[i] = udp_sender(families[i], port, o->ttl);
		if (p->fd[i] == -1 && o->is_used[i])
			break;
		if (p->fd[i] != -1 && o->dscp > 0)
			udp_mark(p->fd[i], families[i], o->dscp);
	}
	if (i == OUTLET_FAMILIES)
		return 0;
	saved = errno;
	outlet_close_own(p);
	errno = saved;
	return -1;
}

int
outlet_open_own(const struct outlet *o, struct outlet_port *p, uint16_t port)
{
	if (open_port(o, p, port) == 0)
		return 0;
	return errno == EADDRINUSE ? open_port(o, p, 0) : -1;
}

void
outlet_close_own(struct outlet_port *p)
{
	unsigned i;

	for (i = 0; i < OUTLET_FAMILIES; i++) {
		if (p->fd[i] != -1)
			close(p->fd[i]);
		p->fd[i] = -1;
	}
}

const struct outlet_port *
outlet_open(struct outlet *o, uint16_t port)
{
	struct port *p = &o->ports[port];

	if (p->refs > 0) {
		p->refs++;
		return &p->sockets;
	}
	if (open_port(o, &p->sockets, port) == -1) {
		if (errno != EADDRINUSE)
			return NULL;
		log_warnx("UDP port %u is held by another program: sending "
		    "from another port; GStreamer will need a restart of the "
		    "stream when we restart", port);
		if (open_port(o, &p->sockets, 0) == -1)
			return NULL;
	}
	p->refs = 1;
	return &p->sockets;
}

void
outlet_close(struct outlet *o, uint16_t port)
{
	struct port *p = &o->ports[port];

	if (--p->refs == 0)
		outlet_close_own(&p->sockets);
}

/* Which channel's group it is; 0: the list's, or none of ours. */
static unsigned
channel_of(const struct outlet *o, const struct addr *to)
{
	return addr_is_ipv6(to) ? 0 : ntohl(to->u.in.sin_addr.s_addr) -
	    ntohl(o->group[OUTLET_4].u.in.sin_addr.s_addr);
}

static int
count_send(struct outlet *o, const struct addr *to, int ret)
{
	if (ret == 0)
		return 0;
	o->last_errno = errno;
	o->last_failed = addr_is_ipv6(to) ? UINT64_C(1) << 48 | addr_port(to) :
	    (uint64_t)ntohl(to->u.in.sin_addr.s_addr) << 16 | addr_port(to);
	o->errors++;
	return -1;
}

int
outlet_send_on(struct outlet *o, unsigned i, const struct outlet_port *p,
    const struct addr *to, const void *data, size_t len)
{
	const struct exit *e = &o->exits[i];
	unsigned index = i < o->nexits ? e->index : 0;

	if (index == 0) {
		errno = ENETDOWN;
		return -1;
	}
	return count_send(o, to, udp_send(p->fd[e->family], index,
	    e->is_loopback, to, data, len));
}

/* To each network's broadcast address; how many took it. */
static int
broadcast(struct outlet *o, const struct outlet_port *p, uint16_t port,
    int is_limited, const void *data, size_t len, int *error)
{
	struct addr to;
	uint32_t host;
	unsigned i;
	int took = 0;

	for (i = 0; i < o->nexits; i++) {
		host = o->exits[i].broadcast;
		if (o->exits[i].family != OUTLET_4 || o->exits[i].index == 0 ||
		    host == 0)
			continue;
		if (is_limited)
			host = INADDR_BROADCAST;
		addr_of_bytes(&to, (const uint8_t *)&host, sizeof(host), port);
		if (outlet_send_on(o, i, p, &to, data, len) == 0)
			took++;
		else if (error != NULL)
			*error = errno;
	}
	return took;
}

/* To whom else it goes; how many took it. */
static int
send_beside(struct outlet *o, const struct outlet_port *p, unsigned channel,
    uint16_t port, const void *data, size_t len, int *error)
{
	const struct sendto *s;
	struct addr to;
	int took = 0, fd;

	for (s = o->sendto; s < o->sendto + o->nsendto; s++) {
		if (!sendto_has(s, channel))
			continue;
		if (sendto_is_broadcast(s)) {
			took += broadcast(o, p, port, s->to.len > 0, data,
			    len, error);
			continue;
		}
		to = addr_plus(&s->to, 0, port);
		fd = p->fd[addr_is_ipv6(&to) ? OUTLET_6 : OUTLET_4];
		errno = EAFNOSUPPORT;
		if (count_send(o, &to, fd == -1 ? -1 : udp_send(fd, 0, 0, &to,
		    data, len)) == 0)
			took++;
		else if (error != NULL)
			*error = errno;
	}
	return took;
}

int
outlet_send(struct outlet *o, const struct outlet_port *p,
    const struct addr *to, const void *data, size_t len, int *error)
{
	unsigned i, channel = channel_of(o, to);
	struct addr six = addr_plus(&o->group[OUTLET_6], channel,
	    addr_port(to));
	int took = 0;

	for (i = 0; i < o->nexits; i++) {
		if (o->exits[i].index == 0)
			continue;
		if (outlet_send_on(o, i, p, o->exits[i].family == OUTLET_6 ?
		    &six : to, data, len) == 0)
			took++;
		else if (error != NULL)
			*error = errno;
	}
	if (o->nsendto > 0)
		took += send_beside(o, p, channel, addr_port(to), data, len,
		    error);
	if (took > 0)
		o->sent++;
	return took;
}

void
outlet_join(const struct outlet *o, const struct outlet_port *p,
    const struct addr *group, int join)
{
	unsigned i, index, channel = channel_of(o, group);
	const struct exit *e;
	struct addr g;

	for (i = 0; i < o->nexits; i++) {
		e = &o->exits[i];
		if ((index = e->index) == 0)
			continue;
		g = addr_plus(&o->group[e->family], channel, 0);
		(join ? udp_join : udp_leave)(p->fd[e->family], &g, index,
		    NULL);
	}
}

struct addr
outlet_group_of(const struct outlet *o, unsigned family, unsigned channel,
    uint16_t port)
{
	return addr_plus(&o->group[family], channel, port);
}

struct addr
outlet_group(const struct outlet *o, unsigned channel, uint16_t port)
{
	return outlet_group_of(o, o->is_used[OUTLET_4] ? OUTLET_4 : OUTLET_6,
	    channel, port);
}

unsigned
outlet_families(const struct outlet *o)
{
	return (unsigned)(o->is_used[OUTLET_4] + o->is_used[OUTLET_6]);
}

int
outlet_source(const struct outlet *o, unsigned i, struct addr *a)
{
	const struct exit *e = &o->exits[i];

	if (i >= o->nexits || e->index == 0 || e->source.len == 0)
		return -1;
	*a = e->source;
	return 0;
}

int
outlet_find_source(const struct outlet *o, unsigned i, struct addr *a)
{
	const struct exit *e = &o->exits[i];
	unsigned index;

	if (i >= o->nexits || (index = e->index) == 0)
		return -1;
	if (e->family == OUTLET_4 && e->is_loopback)
		return addr_parse(a, "127.0.0.1", 0);
	return udp_source(&o->group[e->family], index, a);
}

size_t
outlet_room(const struct outlet *o)
{
	return o->room;
}

static int
is_waiting(const struct outlet *o)
{
	unsigned i;

	for (i = 0; i < o->nexits; i++)
		if (o->exits[i].index == 0)
			return 1;
	return 0;
}

/* Where it was: what is failing is one destination, or all. */
static void
say_failing(const struct outlet *o)
{
	char text[ADDR_TEXT_MAX];
	uint64_t last = o->last_failed;
	uint32_t host = htonl((uint32_t)(last >> 16));
	struct addr to;

	addr_of_bytes(&to, (const uint8_t *)&host, sizeof(host), 0);
	log_warnx("sending fails: %s (to %s port %u)", strerror(o->last_errno),
	    last >> 48 != 0 ? "IPv6" : addr_format(&to, text),
	    (unsigned)(last & UINT16_MAX));
}

/*
 * Sending that fails now and then, as when a firewall lets all but one
 * destination through, is one failure and not many: it is over when nothing
 * failed for longer than what lay between two.
 */
static void
watch_sending(struct outlet *o, uint64_t errors, uint64_t sent)
{
	unsigned since = ++o->seconds - o->failed_at;

	if (errors > o->errors_seen) {
		if (since > o->apart && since <= APART_MAX && o->failed_at > 0)
			o->apart = since;
		o->failed_at = o->seconds;
		/* That an interface has gone was said; it explains the
		 * rest. */
		if (!o->failing && !is_waiting(o)) {
			say_failing(o);
			o->failing = 1;
		}
	} else if (o->failing && sent > o->sent_seen && since > 2 * o->apart) {
		log_notice("sending works again (%llu datagrams were lost "
		    "so far)", (unsigned long long)errors);
		o->failing = 0;
	}
	o->errors_seen = errors;
	o->sent_seen = sent;
}

int
outlet_refresh(struct outlet *o)
{
	uint64_t errors = o->errors, sent = o->sent;
	int changed = refresh_exits(o, 0);

	watch_sending(o, errors, sent);
	return changed;
}

void
outlet_describe(const struct outlet *o, char *text, size_t size)
{
	size_t used = 0;
	unsigned i;

	text[0] = '\0';
	for (i = 0; i < o->nexits && used < size; i++) {
		text_format(text + used, size - used, "%s%s%s%s",
		    i > 0 ? ", " : "", o->exits[i].name,
		    family_name(&o->exits[i]),
		    o->exits[i].index == 0 ? " (waiting)" : "");
		used = strlen(text);
	}
}

int64_t
outlet_speed(const struct outlet *o)
{
	int64_t least = 0, bps;
	unsigned i;

	for (i = 0; i < o->nexits; i++) {
		bps = o->exits[i].speed_bps;
		if (bps > 0 && (least == 0 || bps < least))
			least = bps;
	}
	return least;
}

int
outlet_is_loopback(const struct outlet *o)
{
	unsigned i;

	for (i = 0; i < o->nexits; i++)
		if (!o->exits[i].is_loopback)
			return 0;
	return 1;
}

unsigned
outlet_ttl(const struct outlet *o)
{
	return o->ttl;
}

int
outlet_is_by_route(const struct outlet *o)
{
	return o->by_route;
}

uint64_t
outlet_errors(const struct outlet *o)
{
	return o->errors;
}
