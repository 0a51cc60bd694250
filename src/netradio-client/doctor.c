/* SPDX-License-Identifier: ISC */
#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "doctor/check.h"
#include "doctor/ear.h"
#include "doctor/gather.h"
#include "doctor/show.h"
#include "listing.h"
#include "options.h"
#include "resolve.h"

#define RUN_NS		(4 * NS_PER_S)	/* unless -T says otherwise */
#define RUN_MIN_NS	(2 * NS_PER_S)	/* heads come each second */

struct patient {
	const struct options *o;
	struct facts facts;
	struct check check;
	struct listing listing;
	struct resolve resolve;
};

static void
tune(struct patient *p, struct ear *e, unsigned number)
{
	struct addr media = addr_plus(&p->o->base.of[RECEIVE_4], number,
	    ports_of_channel(number));

	p->facts.number = number;
	ear_tune(e, &media);
	gather_port(&p->facts, addr_port(&media), number);
}

/* A name that resolves is an address as any other. */
static void
read_resolved(struct patient *p)
{
	struct addr found[RESOLVE_MAX];
	int n, i;

	if (p->resolve.fd == -1 || (n = resolve_get(&p->resolve, found)) ==
	    -1)
		return;
	for (i = 0; i < n && p->listing.n_want < LISTING_WANT_MAX; i++)
		p->listing.want[p->listing.n_want++] = found[i];
}

static void
on_list(void *arg, struct ear *e, const void *data, size_t len,
    const struct addr *from, int64_t now_ns)
{
	struct patient *p = arg;
	unsigned number;
	int several;

	read_resolved(p);
	listing_take(&p->listing, data, len, from, now_ns);
	if (!p->listing.has_server)
		return;
	p->facts.has_server = 1;
	p->facts.server = p->listing.server;
	ear_trust(e, &p->listing.source);
	if (p->o->channel != NULL && p->facts.number == 0 &&
	    (number = listing_find(&p->listing, p->o->channel, &several)) !=
	    0)
		tune(p, e, number);
}

/* Whom to listen to, as any session of ours does. */
static void
find_server(struct patient *p)
{
	const char *server = p->o->server;

	if (server == NULL)
		return;
	p->facts.wanted = server;
	if (addr_parse(&p->listing.want[0], server, 0) == 0) {
		p->listing.n_want = 1;
		return;
	}
	p->listing.want_name = server;
	resolve_start(&p->resolve, server);
}

static void
begin(struct patient *p)
{
	unsigned i;

	gather_init(&p->facts, FACTS_OF_LISTENER,
	    &p->o->base.of[RECEIVE_4]);
	listing_init(&p->listing);
	resolve_init(&p->resolve);
	find_server(p);
	for (i = 0; i < p->o->where.n; i++)
		gather_iface(&p->facts, p->o->where.name[i], FACTS_NAMED);
	if (p->o->where.n == 0)
		gather_ifaces_up(&p->facts);
	gather_machine(&p->facts);
	gather_port(&p->facts, PORTS_LIST, 0);
	if (p->o->channel != NULL)
		text_copy(p->facts.channel, sizeof(p->facts.channel),
		    p->o->channel);
}

static void
listen_for(struct patient *p)
{
	int64_t run_ns = p->o->time_ns == 0 ? RUN_NS :
	    p->o->time_ns < RUN_MIN_NS ? RUN_MIN_NS : p->o->time_ns;
	struct ear *e = ear_new(&p->facts, on_list, p);
	char why[64];
	int64_t number;

	if (p->o->channel != NULL && num_parse(p->o->channel, 1,
	    PORTS_CHANNEL_MAX, &number, why, sizeof(why)) == 0)
		tune(p, e, (unsigned)number);
	ear_listen(e, p->facts.begun_ns + run_ns);
	ear_free(e);
}

/* What the list says of the channel. */
static void
end(struct patient *p)
{
	struct listing *l = &p->listing;
	const struct listing_entry *c;
	struct facts *f = &p->facts;

	gather_routes(f);
	resolve_end(&p->resolve);
	c = f->number != 0 ? listing_get(l, f->number) : NULL;
	if (c != NULL) {
		f->is_listed = 1;
		f->is_on_air = (c->e.flags & PLIST_F_ON_AIR) != 0;
		text_copy(f->note, sizeof(f->note), c->e.note);
	} else if (listing_is_complete(l, f->now_ns))
		f->is_listed = 0;
	listing_done(l);
}

int
doctor_run(const struct options *o)
{
	struct patient *p = xcalloc(1, sizeof(*p));
	int code;

	p->o = o;
	begin(p);
	listen_for(p);
	end(p);
	check_all(&p->check, &p->facts);
	if (o->json)
		show_findings_json(stdout, &p->check);
	else
		show_findings(stdout, &p->check, &p->facts, o->verbose);
	code = check_wrong(&p->check) > 0 ? EX_UNAVAILABLE : EX_OK;
	if (fflush(stdout) == EOF || ferror(stdout)) {
		log_error("cannot write");
		code = EX_IOERR;
	}
	free(p);
	return code;
}
