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
#include "wire/rtp.h"

#define IP_UDP_HEADERS	28	/* IPv4 without options, and UDP */
#define MTU_LEAST	68	/* RFC 791; less cannot be */
#define PORTS		65536

struct exit {
	char name[IF_NAMESIZE];	/* [c] when named by -i, else the route's */
	_Atomic unsigned index;	/* [list thread] 0: not there or down */
	_Atomic int64_t speed_bps; /* [list thread] */
	_Atomic int is_loopback; /* [list thread] */
	struct addr source;	/* [list thread] its first address */
};

struct port {
	int fd;
	int refs;
};

struct outlet {
	struct addr group;	/* [c] base group: the route to it decides */
	unsigned ttl;		/* [c] */
	unsigned nexits;
	int by_route;		/* one exit, named by the route */
	struct exit exits[CONFIG_IFACES_MAX];
	_Atomic size_t room;
	_Atomic uint64_t errors;
	_Atomic int last_errno;	/* of the last failure */
	_Atomic uint64_t sent;	/* datagrams that left */
	uint64_t errors_seen;	/* [list thread] at the last refresh */
	uint64_t sent_seen;	/* [list thread] */
	int failing;		/* [list thread] said so */
	struct port *ports;	/* [m] by port number */
};

static void
log_change(const struct exit *e, const struct iface *f, int by_route)
{
	if (f->is_up && f->is_loopback && by_route)
		log_notice("no network leads to the group: sending on "
		    "loopback (%s) only", f->name);
	else if (f->is_up)
		log_notice("sending on %s", f->name);
	else if (f->index != 0)
		log_warnx("interface %s is down: waiting for it", e->name);
	else
		log_warnx("interface %s is missing: waiting for it", e->name);
}

/* What is to be used now for this exit: 0; -1: that cannot be told for want of
 * memory or descriptors. */
static int
look(const struct outlet *o, const struct exit *e, struct iface *f)
{
	int found;

	if (!o->by_route)
		found = iface_by_name(f, e->name);
	else
		found = iface_by_route(f, &o->group);
	if (found == -1 && file_is_scarce(errno))
		return -1;
	if (o->by_route && (found == -1 || !f->is_up))
		iface_loopback(f);
	return 0;
}

/* Look at them all; whether another link is in use than before. */
static int
refresh_exits(struct outlet *o, int first)
{
	size_t room = RTP_PACKET_MAX, fits;
	struct iface f;
	struct exit *e;
	unsigned i, index;
	int changed = 0;

	for (i = 0; i < o->nexits; i++) {
		e = &o->exits[i];
		if (look(o, e, &f) == -1 && !first)
			return changed;		/* all stays as it is */
		index = f.is_up ? f.index : 0;
		if (index != 0 && (e->speed_bps != f.speed_bps ||
		    e->is_loopback != f.is_loopback)) {
			e->speed_bps = f.speed_bps;
			e->is_loopback = f.is_loopback;
			changed = 1;
		}
		e->source = f.addr;
		fits = (f.mtu > MTU_LEAST ? f.mtu : MTU_LEAST) -
		    IP_UDP_HEADERS;
		if (index != 0 && fits < room)
			room = fits;
		if (first || index != e->index) {
			/* An ordinary start is told in one line by main. */
			if (!first || index == 0 || (o->by_route &&
			    f.is_loopback))
				log_change(e, &f, o->by_route);
			if (o->by_route)
				text_copy(e->name, sizeof(e->name), f.name);
			e->index = index;
		}
	}
	o->room = room;
	return changed;
}

struct outlet *
outlet_new(const struct config *c)
{
	struct outlet *o = xcalloc(1, sizeof(*o));
	unsigned i;

	o->group = c->group;
	o->ttl = c->ttl;
	o->by_route = c->nifaces == 0;
	o->nexits = o->by_route ? 1 : c->nifaces;
	for (i = 0; i < c->nifaces; i++)
		text_copy(o->exits[i].name, sizeof(o->exits[i].name),
		    c->ifaces[i]);
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
			close(o->ports[i].fd);
	free(o->ports);
	free(o);
}

int
outlet_open(struct outlet *o, uint16_t port)
{
	struct port *p = &o->ports[port];
	int fd;

	if (p->refs > 0) {
		p->refs++;
		return p->fd;
	}
	fd = udp_sender(port, o->ttl);
	if (fd == -1 && errno == EADDRINUSE) {
		log_warnx("UDP port %u is held by another program: sending "
		    "from another port; GStreamer will need a restart of the "
		    "stream when we restart", port);
		fd = udp_sender(0, o->ttl);
	}
	if (fd == -1)
		return -1;
	p->fd = fd;
	p->refs = 1;
	return fd;
}

void
outlet_close(struct outlet *o, uint16_t port)
{
	struct port *p = &o->ports[port];

	if (--p->refs == 0)
		close(p->fd);
}

int
outlet_send_on(struct outlet *o, unsigned i, int fd, const struct addr *to,
    const void *data, size_t len)
{
	unsigned index = i < o->nexits ? o->exits[i].index : 0;

	if (index == 0) {
		errno = ENETDOWN;
		return -1;
	}
	if (udp_send(fd, index, o->exits[i].is_loopback, to, data, len) == 0)
		return 0;
	o->last_errno = errno;
	o->errors++;
	return -1;
}

int
outlet_send(struct outlet *o, int fd, const struct addr *to, const void *data,
    size_t len, int *error)
{
	unsigned i;
	int took = 0;

	for (i = 0; i < o->nexits; i++) {
		if (o->exits[i].index == 0)
			continue;
		if (outlet_send_on(o, i, fd, to, data, len) == 0)
			took++;
		else if (error != NULL)
			*error = errno;
	}
	if (took > 0)
		o->sent++;
	return took;
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

int
outlet_refresh(struct outlet *o)
{
	uint64_t errors = o->errors, sent = o->sent;
	int changed = refresh_exits(o, 0);

	/* That an interface has gone was said; it explains the rest. */
	if (errors > o->errors_seen && !o->failing && !is_waiting(o)) {
		errno = o->last_errno;
		log_warn("sending fails");
		o->failing = 1;
	} else if (errors == o->errors_seen && sent > o->sent_seen &&
	    o->failing) {
		log_notice("sending works again (%llu datagrams were lost "
		    "so far)", (unsigned long long)errors);
		o->failing = 0;
	}
	o->errors_seen = errors;
	o->sent_seen = sent;
	return changed;
}

void
outlet_describe(const struct outlet *o, char *text, size_t size)
{
	size_t used = 0;
	unsigned i;

	text[0] = '\0';
	for (i = 0; i < o->nexits && used < size; i++) {
		text_format(text + used, size - used, "%s%s%s",
		    i > 0 ? ", " : "", o->exits[i].name,
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
outlet_ifaces(const struct outlet *o, unsigned *index, unsigned max)
{
	unsigned i, n = 0;

	for (i = 0; i < o->nexits && n < max; i++)
		if (o->exits[i].index != 0)
			index[n++] = o->exits[i].index;
	return n;
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
