/* SPDX-License-Identifier: ISC */
#include "doctor/check.h"

#include <string.h>

#include "base/text.h"
#include "judges.h"

#define OF_SERVER	(1U << FACTS_OF_SERVER)
#define OF_LISTENER	(1U << FACTS_OF_LISTENER)
#define OF_BOTH		(OF_SERVER | OF_LISTENER)

enum scope { MACHINE, IFACE, PORT };

struct row {
	const char *name;
	judge *judge;
	enum scope scope;
	unsigned views;
	int is_base;		/* if it is wrong, those that follow on the
				 * same interface have nothing to say */
};

static const struct row rows[] = {
	{ "daemon", judge_daemon, MACHINE, OF_SERVER, 0 },
	{ "age", judge_age, MACHINE, OF_SERVER, 0 },
	{ "interface", judge_interface, IFACE, OF_BOTH, 1 },
	{ "up", judge_up, IFACE, OF_BOTH, 1 },
	{ "carrier", judge_carrier, IFACE, OF_BOTH, 1 },
	{ "multicast", judge_multicast, IFACE, OF_BOTH, 0 },
	{ "address", judge_address, IFACE, OF_BOTH, 0 },
	{ "join", judge_join, IFACE, OF_BOTH, 0 },
	{ "rp_filter", judge_rpfilter, IFACE, OF_BOTH, 0 },
	{ "firewall", judge_firewall, IFACE, OF_BOTH, 0 },
	{ "querier", judge_querier, IFACE, OF_BOTH, 0 },
	{ "return", judge_return, IFACE, OF_SERVER, 0 },
	{ "port", judge_port, PORT, OF_BOTH, 0 },
	{ "memberships", judge_memberships, MACHINE, OF_LISTENER, 0 },
	{ "buffer", judge_rcvbuf, MACHINE, OF_LISTENER, 0 },
	{ "network", judge_network, MACHINE, OF_LISTENER, 0 },
	{ "list", judge_list, MACHINE, OF_LISTENER, 0 },
	{ "server", judge_server, MACHINE, OF_BOTH, 0 },
	{ "channel", judge_channel, MACHINE, OF_LISTENER, 0 },
	{ "ttl", judge_ttl, MACHINE, OF_SERVER, 0 },
	{ "errors", judge_errors, MACHINE, OF_SERVER, 0 }
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

const char *
check_name(size_t i)
{
	return i < ROWS ? rows[i].name : NULL;
}

/* Ask one judge, and keep what it says. */
static enum check_state
ask(struct check *c, const struct row *row, const struct facts *f, unsigned n)
{
	struct sentence s = { "" };
	struct check_finding *k;
	enum check_state state;

	if ((row->views & 1U << f->view) == 0 ||
	    (state = row->judge(f, n, &s)) == CHECK_NOTHING ||
	    c->n == CHECK_FINDINGS_MAX)
		return CHECK_NOTHING;
	k = &c->findings[c->n++];
	memset(k, 0, sizeof(*k));
	k->check = row->name;
	k->state = state;
	if (row->scope == IFACE)
		text_copy(k->interface, sizeof(k->interface),
		    f->ifaces[n].name);
	text_copy(k->text, sizeof(k->text), s.text);
	return state;
}

static void
check_iface(struct check *c, const struct facts *f, unsigned n)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (rows[i].scope == IFACE &&
		    ask(c, &rows[i], f, n) == CHECK_WRONG && rows[i].is_base)
			return;
}

/* The table's order, but all of an interface stands together. */
void
check_all(struct check *c, const struct facts *f)
{
	int ifaces_done = 0;
	unsigned n;
	size_t i;

	c->n = 0;
	for (i = 0; i < ROWS; i++) {
		if (rows[i].scope == MACHINE)
			ask(c, &rows[i], f, 0);
		for (n = 0; rows[i].scope == PORT && n < f->nports; n++)
			ask(c, &rows[i], f, n);
		if (rows[i].scope != IFACE || ifaces_done)
			continue;
		for (n = 0; n < f->n; n++)
			check_iface(c, f, n);
		ifaces_done = 1;
	}
}

unsigned
check_wrong(const struct check *c)
{
	unsigned wrong = 0;
	size_t i;

	for (i = 0; i < c->n; i++)
		wrong += c->findings[i].state == CHECK_WRONG;
	return wrong;
}

void
check_summary(const struct facts *f, unsigned n, char *text, size_t size)
{
	const struct facts_iface *i = &f->ifaces[n];
	const struct facts_server *own = judges_own(f, n);
	char address[ADDR_TEXT_MAX], since[JUDGES_TEXT_MAX] = "";

	if (i->index == 0) {
		text_format(text, size, "%s is missing", i->name);
		return;
	}
	if (own != NULL && own->heard.n > 0)
		judges_since(f, &own->heard, since);
	text_format(text, size, "%s is %s, %s; %s list %s%s%s", i->name,
	    !i->is_up ? "down" : !i->has_carrier ? "without carrier" : "up",
	    i->addr.len > 0 ? addr_format(&i->addr, address) : "no address",
	    f->view == FACTS_OF_SERVER ? "our" : "the", since[0] != '\0' ?
	    "heard " : "not heard", since, since[0] != '\0' ? " ago" : "");
	text_clean(text);
}
