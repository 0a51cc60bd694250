/* SPDX-License-Identifier: ISC */
/*
 * netradioctl doctor: what is wrong with the network, as the server's machine
 * sees it.  Where and what the daemon sends stands in its statistics; without a
 * daemon the usual group is looked at.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "attach.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "commands.h"
#include "doctor/check.h"
#include "doctor/ear.h"
#include "doctor/gather.h"
#include "doctor/show.h"
#include "options.h"
#include "os/iface.h"
#include "stats/snapshot.h"
#include "wire/ports.h"

#define IPV6		" (IPv6)"	/* as outlet_describe writes it */
#define SECONDS		4	/* unless told otherwise: heads come each
				 * second */
#define PORT_WORDS	(65536 / 64)

struct patient {
	const struct options *o;
	struct facts facts;
	struct check check;
	struct snapshot before, after;
	int code;		/* why there are no statistics; 0 */
};

/* The daemon's statistics now: 0, or the exit code, and why says so. */
static int
look(const struct options *o, struct snapshot *p, char *why, size_t size)
{
	struct attach a;
	int code;

	memset(p, 0, sizeof(*p));
	if ((code = attach_open(&a, o->state, why, size)) != 0)
		return code;
	if (snapshot_take(p, a.segment, clock_mono_ns()) == -1) {
		text_format(why, size, "out of memory");
		code = EX_UNAVAILABLE;
	}
	attach_close(&a);
	if (code == 0 && p->daemon.tick_ns == 0) {
		text_format(why, size, "netradiod (process %d) is starting: "
		    "ask again when it sends", p->pid);
		snapshot_done(p);
		code = EX_UNAVAILABLE;
	} else if (code == 0 && strchr(p->daemon.group, ':') != NULL) {
		text_format(why, size, "netradiod (process %d) sends over "
		    "IPv6 only, which this does not look at", p->pid);
		snapshot_done(p);
		code = EX_UNAVAILABLE;
	}
	return code;
}

/* "eth0, eth1 (waiting), eth0 (IPv6)": the names, of IPv4. */
static void
read_ifaces(struct facts *f, const struct statseg_daemon *d)
{
	char name[IF_NAMESIZE];
	const char *s = d->interface;
	size_t n;

	for (; *s != '\0'; s += strspn(s, ", ")) {
		n = strcspn(s, ", ");
		text_copyn(name, sizeof(name), s, n);
		if (strncmp(s + n, IPV6, strlen(IPV6)) != 0)
			gather_iface(f, name, d->by_route ? FACTS_ROUTE :
			    FACTS_NAMED);
		s += strcspn(s, ",");
	}
}

/* The ports that the daemon sends from, each once: the list's and the first of
 * each channel. */
static void
read_ports(struct facts *f, const struct snapshot *p)
{
	uint64_t seen[PORT_WORDS] = { 0 };
	unsigned number;
	uint16_t port;
	size_t i;

	gather_port(f, PORTS_LIST, 0);
	for (i = 0; i < p->n; i++) {
		number = p->channels[i].seat.number;
		port = ports_of_channel(number);
		if (!snapshot_is_on_air(&p->channels[i]) ||
		    (seen[port / 64] >> port % 64 & 1) != 0)
			continue;
		seen[port / 64] |= UINT64_C(1) << port % 64;
		gather_port(f, port, number);
	}
}

/* What it would be if a daemon were started. */
static void
assume(struct facts *f)
{
	struct iface i;

	if (iface_by_route(&i, &f->group) == -1)
		iface_loopback(&i);
	gather_iface(f, i.name, FACTS_ROUTE);
}

static void
begin(struct patient *p)
{
	const struct statseg_daemon *d = &p->before.daemon;
	char why[sizeof(p->facts.daemon.why_not)];
	struct facts *f = &p->facts;
	struct addr group;
	unsigned i;

	addr_parse(&group, PORTS_GROUP_DEFAULT, PORTS_LIST);
	p->code = look(p->o, &p->before, why, sizeof(why));
	if (p->code != 0) {
		gather_init(f, FACTS_OF_SERVER, &group);
		text_copy(f->daemon.why_not, sizeof(f->daemon.why_not), why);
		assume(f);
		return;
	}
	if (addr_parse(&group, d->group, PORTS_LIST) == -1)
		addr_parse(&group, PORTS_GROUP_DEFAULT, PORTS_LIST);
	gather_init(f, FACTS_OF_SERVER, &group);
	f->daemon.is_running = 1;
	f->daemon.pid = p->before.pid;
	f->daemon.ttl = d->ttl;
	f->has_server = 1;
	f->server = d->server;
	read_ifaces(f, d);
	read_ports(f, &p->before);
	/* However many others there are, ours has its row. */
	for (i = 0; i < f->n; i++)
		facts_server(f, i, f->server);
}

/* What has changed meanwhile. */
static void
end(struct patient *p)
{
	struct facts_daemon *d = &p->facts.daemon;

	gather_routes(&p->facts);
	if (!d->is_running)
		return;
	p->code = look(p->o, &p->after, d->why_not, sizeof(d->why_not));
	if (p->code != 0) {
		d->is_running = 0;
		return;
	}
	d->still_ns = p->after.still_ns;
	d->errors = p->after.daemon.send_errors;
	if (d->errors > p->before.daemon.send_errors)
		d->new_errors = d->errors - p->before.daemon.send_errors;
}

int
doctor_run(const struct options *o)
{
	struct patient *p = xcalloc(1, sizeof(*p));
	int64_t seconds = o->seconds > 0 ? o->seconds : SECONDS;
	struct ear *e;
	int code;

	p->o = o;
	begin(p);
	gather_machine(&p->facts);
	e = ear_new(&p->facts, NULL, NULL);
	ear_listen(e, p->facts.begun_ns + seconds * NS_PER_S);
	ear_free(e);
	end(p);
	check_all(&p->check, &p->facts);
	if (o->form == OPTIONS_JSON)
		show_findings_json(stdout, &p->check);
	else
		show_findings(stdout, &p->check, &p->facts, 0);
	code = p->code != 0 ? p->code : check_wrong(&p->check) > 0 ?
	    EX_UNAVAILABLE : EX_OK;
	if (fflush(stdout) == EOF || ferror(stdout)) {
		log_error("cannot write");
		code = EX_UNAVAILABLE;
	}
	snapshot_done(&p->before);
	snapshot_done(&p->after);
	free(p);
	return code;
}
