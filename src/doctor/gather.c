/* SPDX-License-Identifier: ISC */
#include "doctor/gather.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "doctor/ear.h"
#include "os/holder.h"
#include "os/link.h"
#include "os/sysctl.h"
#include "os/udp.h"

#define LINE_BYTES	256

void
gather_init(struct facts *f, enum facts_view view, const struct addr *group)
{
	memset(f, 0, sizeof(*f));
	f->view = view;
	f->group = *group;
	f->is_listed = f->is_on_air = FACTS_UNKNOWN;
	f->memberships = f->filtered = f->rcvbuf = FACTS_UNKNOWN;
	f->rcvbuf_wanted = EAR_RCVBUF;
}

/* The kernel takes the larger one of that of all and that of the interface. */
static int
read_rp_filter(const char *name)
{
	char path[64 + IF_NAMESIZE];
	int64_t all, own;

	text_format(path, sizeof(path), "net/ipv4/conf/%s/rp_filter", name);
	if (sysctl_get("net/ipv4/conf/all/rp_filter", &all) == -1 ||
	    sysctl_get(path, &own) == -1)
		return FACTS_UNKNOWN;
	return (int)(all > own ? all : own);
}

/* "2	eth0      :     3      V3": what is spoken there, which is what the
 * querier speaks. */
static int
read_igmp_version(unsigned index)
{
	char line[LINE_BYTES];
	unsigned i, version;
	int found = FACTS_UNKNOWN;
	FILE *f = fopen("/proc/net/igmp", "re");

	if (f == NULL)
		return FACTS_UNKNOWN;
	while (found == FACTS_UNKNOWN &&
	    fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%u %*s : %*u V%1u", &i, &version) == 2 &&
		    i == index)
			found = (int)version;
	fclose(f);
	return found;
}

/* The bridge that it is, or is a port of. */
static void
read_bridge(struct facts_iface *i, const struct link *l)
{
	struct link master;

	i->snooping = i->querier_on = FACTS_UNKNOWN;
	if (l->snooping == -1 && l->master != 0 &&
	    link_get(&master, l->master) == 0)
		l = &master;
	if (l->snooping == -1)
		return;
	text_copy(i->bridge, sizeof(i->bridge), l->name);
	i->snooping = l->snooping;
	i->querier_on = l->querier;
}

void
gather_iface(struct facts *f, const char *name, enum facts_why why)
{
	struct facts_iface *i;
	struct iface known;
	struct link l;

	if (f->n == IFACE_MAX)
		return;
	i = &f->ifaces[f->n++];
	memset(i, 0, sizeof(*i));
	text_copy(i->name, sizeof(i->name), name);
	i->why = why;
	i->rp_filter = i->igmp_version = FACTS_UNKNOWN;
	i->snooping = i->querier_on = FACTS_UNKNOWN;
	if (iface_by_name(&known, name) == -1 ||
	    link_get(&l, known.index) == -1)
		return;
	i->index = known.index;
	i->addr = known.addr;
	i->is_up = l.is_up;
	i->has_carrier = l.has_carrier;
	i->is_multicast = l.is_multicast;
	i->is_loopback = l.is_loopback;
	i->rp_filter = read_rp_filter(name);
	i->igmp_version = read_igmp_version(i->index);
	read_bridge(i, &l);
}

void
gather_ifaces_up(struct facts *f)
{
	struct iface all[IFACE_MAX];
	int n = iface_list(all, IFACE_MAX), i;

	for (i = 0; i < n; i++)
		gather_iface(f, all[i].name, FACTS_UP);
}

/* What the kernel grants of it, as it would to the client. */
static int64_t
granted(const struct addr *group)
{
	struct addr any = addr_plus(group, 0, 0);
	int value = 0, fd = udp_receiver(&any, EAR_RCVBUF);
	socklen_t len = sizeof(value);
	int64_t bytes = FACTS_UNKNOWN;

	if (fd == -1)
		return FACTS_UNKNOWN;
	/* It doubles what it grants, for its own needs. */
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &value, &len) == 0)
		bytes = value / 2;
	close(fd);
	return bytes;
}

void
gather_machine(struct facts *f)
{
	if (sysctl_get("net/ipv4/igmp_max_memberships", &f->memberships) ==
	    -1)
		f->memberships = FACTS_UNKNOWN;
	f->rcvbuf = granted(&f->group);
}

void
gather_port(struct facts *f, uint16_t port, unsigned channel)
{
	enum holder_state state = holder_look(port);
	struct facts_port *p;

	if (state == HOLDER_UNKNOWN || state == HOLDER_SHARED ||
	    (state == HOLDER_NOBODY && f->view == FACTS_OF_LISTENER))
		return;
	if (f->nports == FACTS_PORTS) {
		f->more_ports++;
		return;
	}
	p = &f->ports[f->nports++];
	memset(p, 0, sizeof(*p));
	p->port = port;
	p->channel = channel;
	p->is_held = state == HOLDER_ALONE;
	if (p->is_held && holder_name(port, p->holder, sizeof(p->holder)) ==
	    -1)
		p->holder[0] = '\0';
}

/* Of those that came on the wire, the one that the route is asked for: ours,
 * else the first. */
static const struct facts_server *
sender_on(const struct facts *f, unsigned iface)
{
	const struct facts_server *s, *found = NULL;
	unsigned i;

	for (i = 0; i < f->nservers; i++) {
		s = &f->servers[i];
		if (s->iface == iface && s->seen.n + s->heard.n > 0 &&
		    (found == NULL || (f->has_server && s->id == f->server)))
			found = s;
	}
	return found;
}

void
gather_routes(struct facts *f)
{
	const struct facts_server *s;
	struct facts_iface *i;
	struct iface way;
	unsigned k;

	for (k = 0; k < f->n; k++) {
		i = &f->ifaces[k];
		if ((s = sender_on(f, k)) == NULL || s->from.len == 0 ||
		    iface_by_route(&way, &s->from) == -1)
			continue;
		i->is_routed = 1;
		text_copy(i->route, sizeof(i->route), way.name);
	}
}
