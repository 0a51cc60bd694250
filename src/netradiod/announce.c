/* SPDX-License-Identifier: ISC */
/*
 * The channel with index k of n has its turn in second k * period / n of each
 * period, so a second's turns are a run of indices.  What was announced is
 * remembered by its version; what was not on air for a whole period is taken
 * back.
 */
#include "announce.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "config.h"
#include "outlet.h"
#include "roster.h"
#include "wire/plist.h"
#include "wire/ports.h"
#include "wire/rtp.h"
#include "wire/sap.h"

#define HEADERS		48	/* IPv6, the longer ones, and UDP */
#define TOOL		"netradiod/" VERSION
#define PERIOD_MAX_S	(1u << 20)
#define WITHDRAW_MAX	16	/* at a time */

struct session {
	uint32_t version;	/* announced; 0: not */
};

static void
add_group(struct announce *a, unsigned family, const char *text)
{
	addr_parse(&a->groups[family][a->ngroups[family]++], text, SAP_PORT);
}

/* Where players of the groups' scope listen (RFC 2974 section 3). */
static void
choose_groups(struct announce *a, const struct config *c)
{
	uint32_t net = ntohl(c->group.u.in.sin_addr.s_addr);

	add_group(a, OUTLET_4, SAP_GROUP_GLOBAL);
	if (net >> 16 == (239 << 8 | 255))
		add_group(a, OUTLET_4, SAP_GROUP_LOCAL);
	else if (net >> 18 == (239 << 6 | 192 >> 2))
		add_group(a, OUTLET_4, SAP_GROUP_ORGANISATION);
	add_group(a, OUTLET_6, SAP_GROUP_IPV6);
	a->groups[OUTLET_6][0].u.in6.sin6_addr.s6_addr[1] =
	    c->group6.u.in6.sin6_addr.s6_addr[1] & 0x0f;
}

int
announce_init(struct announce *a, const struct config *c, struct outlet *o,
    struct roster *r, uint64_t server)
{
	memset(a, 0, sizeof(*a));
	a->outlet = o;
	a->roster = r;
	a->server = server;
	a->ttl = c->ttl;
	choose_groups(a, c);
	a->sessions = calloc(PORTS_CHANNEL_MAX + 1, sizeof(*a->sessions));
	a->seen = calloc(PORTS_CHANNEL_MAX + 1, 1);
	if (a->sessions != NULL && a->seen != NULL &&
	    (a->port = outlet_open(o, 0)) != NULL)
		return 0;
	free(a->sessions);
	free(a->seen);
	a->sessions = NULL;
	return -1;
}

void
announce_done(struct announce *a)
{
	if (a->sessions == NULL)
		return;
	outlet_close(a->outlet, 0);
	free(a->sessions);
	free(a->seen);
}

unsigned
announce_period_s(size_t n, size_t bytes)
{
	unsigned s = ANNOUNCE_PERIOD_S;

	if (n == 0)
		return 0;
	while (s < PERIOD_MAX_S && bytes * 8 / s >= ANNOUNCE_BPS)
		s *= 2;
	return s;
}

/* The texts that a description points into. */
struct texts {
	char parameters[SDP_PARAMETERS_MAX];
	char group[ADDR_TEXT_MAX];
	char source[ADDR_TEXT_MAX];
};

static unsigned
family_of(const struct addr *a)
{
	return addr_is_ipv6(a) ? OUTLET_6 : OUTLET_4;
}

static void
describe(const struct announce *a, const struct plist_entry *e,
    const struct addr *source, struct texts *t, struct sdp *s)
{
	struct addr group = outlet_group_of(a->outlet, family_of(source),
	    e->channel, 0);

	addr_format(&group, t->group);
	addr_format(source, t->source);
	memset(s, 0, sizeof(*s));
	s->session = sdp_session(a->server, e->channel);
	s->source = t->source;
	s->name = e->name;
	s->description = e->description;
	s->collection = a->name;
	s->tool = TOOL;
	s->group = t->group;
	s->ttl = a->ttl;
	s->port = e->port;
	s->kbps = SDP_KBPS_MPA;
	s->payload_type = e->payload_type;
	s->encoding = SDP_ENCODING_MPA;
	s->clock_hz = RTP_CLOCK_MPA;
	if (!(e->flags & PLIST_F_MPA) && e->second.port != 0)
		sdp_use_second(s, &e->second, t->parameters);
	s->version = sdp_version(s);
}

/* The other format only where there is nothing else and it never changes. */
static int
is_on_air(const struct plist_entry *e)
{
	return (e->flags & PLIST_F_ON_AIR) && e->group_len > 0 &&
	    ((e->flags & PLIST_F_MPA) ||
	    ((e->flags & PLIST_F_FIXED) && e->second.port != 0));
}

static void
send_on(const struct announce *a, unsigned exit, const struct sdp *s,
    const struct addr *source, int is_deletion)
{
	uint8_t packet[SAP_PACKET_MAX], bytes[16];
	unsigned i, n = addr_bytes(source, bytes), f = family_of(source);
	size_t len;

	len = sap_encode(s, is_deletion, bytes, n, packet);
	for (i = 0; len > 0 && i < a->ngroups[f]; i++)
		outlet_send_on(a->outlet, exit, a->port, &a->groups[f][i],
		    packet, len);
}

/* Take a session back, on every interface. */
static void
withdraw(struct announce *a, unsigned number)
{
	struct plist_entry e;
	struct addr source;
	struct texts t;
	struct sdp s;
	unsigned exit;

	memset(&e, 0, sizeof(e));
	e.channel = (uint16_t)number;
	for (exit = 0; exit < OUTLET_EXITS; exit++) {
		if (outlet_source(a->outlet, exit, &source) == -1)
			continue;
		describe(a, &e, &source, &t, &s);
		s.version = a->sessions[number].version;
		send_on(a, exit, &s, &source, 1);
	}
	a->sessions[number].version = 0;
}

static void
announce(struct announce *a, const struct plist_entry *e)
{
	struct session *session = &a->sessions[e->channel];
	struct addr source;
	struct texts t;
	struct sdp s;
	unsigned exit;

	/* Each interface has its own address in its description. */
	for (exit = 0; exit < OUTLET_EXITS; exit++) {
		if (outlet_source(a->outlet, exit, &source) == -1)
			continue;
		describe(a, e, &source, &t, &s);
		if (session->version != 0 && session->version != s.version)
			withdraw(a, e->channel);
		send_on(a, exit, &s, &source, 0);
		session->version = s.version;
	}
}

/* Bytes of all announcements, each as long as the first interface's. */
static size_t
measure(const struct announce *a, size_t n)
{
	struct plist_entry e;
	struct addr source;
	struct texts t;
	struct sdp s;
	uint8_t packet[SAP_PACKET_MAX], bytes[16];
	size_t i, sum = 0;

	if (addr_parse(&source, "255.255.255.255", 0) == -1)
		return 0;
	addr_bytes(&source, bytes);
	for (i = 0; i < n; i++) {
		if (roster_entry(a->roster, i, &e) == -1 || !is_on_air(&e))
			continue;
		describe(a, &e, &source, &t, &s);
		sum += HEADERS + sap_encode(&s, 0, bytes, 4, packet);
	}
	return sum;
}

int
announce_sdp(struct outlet *o, struct roster *r, uint64_t server,
    unsigned ttl, unsigned number, char *out)
{
	struct announce a;
	struct plist_entry e;
	struct addr source;
	struct texts t;
	struct sdp s;
	unsigned exit = 0;
	size_t i = 0;

	memset(&a, 0, sizeof(a));
	a.outlet = o;
	a.roster = r;
	a.server = server;
	a.ttl = ttl;
	do {
		if (roster_entry(r, i++, &e) == -1)
			return -1;
	} while (e.channel != number);
	if (!is_on_air(&e))
		return -1;
	while (outlet_find_source(o, exit, &source) == -1)
		if (++exit == OUTLET_EXITS)
			return -1;
	describe(&a, &e, &source, &t, &s);
	return sdp_format(&s, out);
}

int
announce_withdraw(struct announce *a)
{
	unsigned number, n = 0;

	for (number = 1; number <= PORTS_CHANNEL_MAX; number++) {
		if (a->sessions[number].version == 0)
			continue;
		if (n++ == WITHDRAW_MAX)
			return 1;
		withdraw(a, number);
	}
	return 0;
}

/* At the end of a period: what was not on air in it is gone. */
static void
sweep(struct announce *a)
{
	unsigned number;

	for (number = 1; number <= PORTS_CHANNEL_MAX; number++) {
		if (a->sessions[number].version != 0 && !a->seen[number])
			withdraw(a, number);
		a->seen[number] = 0;
	}
}

/* The first index whose turn is in that second of the period or later. */
static size_t
first_of(const struct announce *a, unsigned second)
{
	return ((size_t)second * a->n + a->period_s - 1) / a->period_s;
}

size_t
announce_plan(struct announce *a, enum announce_mode mode, const char *name,
    int64_t second)
{
	size_t n = roster_count(a->roster);
	unsigned at;

	text_copy(a->name, sizeof(a->name), name);
	if (mode == ANNOUNCE_NO || (mode == ANNOUNCE_AUTO && n > ANNOUNCE_MAX))
		n = 0;
	if (n != a->n) {
		a->n = n;
		/* The turns have moved: who had none in this period is not
		 * gone for that. */
		memset(a->seen, 1, PORTS_CHANNEL_MAX + 1);
		a->period_s = announce_period_s(n, measure(a, n));
	}
	if (a->period_s == 0) {
		announce_withdraw(a);
		return 0;
	}
	at = (unsigned)(second % a->period_s);
	if (at == 0)
		sweep(a);
	return first_of(a, at + 1) - first_of(a, at);
}

void
announce_turn(struct announce *a, int64_t second, size_t i)
{
	unsigned at = (unsigned)(second % a->period_s);
	struct plist_entry e;

	if (roster_entry(a->roster, first_of(a, at) + i, &e) == -1 ||
	    !is_on_air(&e))
		return;
	a->seen[e.channel] = 1;
	announce(a, &e);
}
