/* SPDX-License-Identifier: ISC */
#include "doctor/ear.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "os/sight.h"
#include "os/sysctl.h"
#include "os/udp.h"
#include "wire/ipv4.h"
#include "wire/ports.h"
#include "wire/rtp.h"

#define DATAGRAM_MAX	2048
#define READ_MAX	64	/* of one socket in one turn */

enum { AT_LIST, AT_MEDIA, AT_SECOND, AT_SIGHT, PLACES };

struct ear {
	struct facts *f;
	ear_on_list *take;
	void *arg;
	struct addr trusted;	/* whose RTP is right; len 0: everybody's */
	int fd[IFACE_MAX][PLACES]; /* -1: none */
	int64_t now_ns;
	int64_t filtered;	/* by the kernel so far; FACTS_UNKNOWN */
};

static void
count(struct facts_count *c, int64_t now_ns)
{
	c->n++;
	c->last_ns = now_ns;
}

/*
 * Heads of lists.  A packet that is seen and one that is heard end here alike.
 */

enum way { HEARD, SEEN, SENT };

static void
take_head(struct facts *f, unsigned iface, const void *data, size_t len,
    const struct addr *from, enum way way, int64_t now_ns)
{
	struct plist_stamp stamp;
	struct facts_server *s;
	struct plist_head head;
	struct rd r;

	rd_init(&r, data, len);
	if (plist_open(&r, &stamp) == -1 || stamp.kind != PLIST_KIND_HEAD ||
	    plist_get_head(&r, &head) == -1 ||
	    (s = facts_server(f, iface, stamp.server)) == NULL)
		return;
	s->from = *from;
	text_copy(s->name, sizeof(s->name), head.name);
	count(way == HEARD ? &s->heard : way == SEEN ? &s->seen : &s->sent,
	    now_ns);
}

void
ear_see(struct facts *f, unsigned i, const void *data, size_t len,
    int is_leaving, int64_t now_ns)
{
	struct facts_iface *iface = &f->ifaces[i];
	struct addr from, to;
	struct ipv4_udp u;
	struct ipv4 p;

	if (ipv4_decode(&p, data, len) == -1)
		return;
	/* Our own bridge may be the querier; that counts as well. */
	if (ipv4_get_query(&p) != 0) {
		count(&iface->queries, now_ns);
		addr_of_bytes(&iface->querier, p.source, sizeof(p.source), 0);
		return;
	}
	if (ipv4_get_udp(&p, &u) == -1)
		return;
	addr_of_bytes(&from, p.source, sizeof(p.source), u.source);
	addr_of_bytes(&to, p.dest, sizeof(p.dest), u.dest);
	if (addr_is_same_host(&to, &f->group) &&
	    u.dest == addr_port(&f->group))
		take_head(f, i, u.payload.p, rd_left(&u.payload), &from,
		    is_leaving ? SENT : SEEN, now_ns);
	else if (f->media.len > 0 && addr_is_same_host(&to, &f->media) &&
	    (u.dest == addr_port(&f->media) ||
	    u.dest == addr_port(&f->media) + PORTS_SECOND) && !is_leaving)
		count(&iface->media_seen, now_ns);
}

/*
 * Sockets.
 */

/* Hear a group on one interface; errno into *error if that fails. */
static int
open_group(const struct addr *group, unsigned index, int *error)
{
	int fd = udp_receiver(group, EAR_RCVBUF);

	*error = 0;
	if (fd != -1 && udp_join(fd, group, index, NULL) == 0)
		return fd;
	*error = errno;
	if (fd != -1)
		close(fd);
	return -1;
}

static void
open_sight(struct ear *e, unsigned i)
{
	struct addr groups[SIGHT_GROUPS_MAX];
	unsigned n = 0;
	int fd;

	groups[n++] = e->f->group;
	if (e->f->media.len > 0)
		groups[n++] = e->f->media;
	fd = sight_open(e->f->ifaces[i].index, groups, n);
	if (e->fd[i][AT_SIGHT] != -1)
		close(e->fd[i][AT_SIGHT]);
	e->fd[i][AT_SIGHT] = fd;
	e->f->ifaces[i].can_see = fd != -1;
}

static void
open_list(struct ear *e, unsigned i)
{
	struct facts_iface *iface = &e->f->ifaces[i];

	e->fd[i][AT_LIST] = open_group(&e->f->group, iface->index,
	    &iface->join_error);
	/* That a port is held is no matter of one interface. */
	if (iface->join_error == EADDRINUSE)
		e->f->list_error = iface->join_error;
	/* Loopback knows neither IGMP nor what filters there are. */
	if (!iface->is_loopback)
		open_sight(e, i);
}

struct ear *
ear_new(struct facts *f, ear_on_list *take, void *arg)
{
	struct ear *e = xcalloc(1, sizeof(*e));
	unsigned i, k;

	e->f = f;
	e->take = take;
	e->arg = arg;
	for (i = 0; i < IFACE_MAX; i++)
		for (k = 0; k < PLACES; k++)
			e->fd[i][k] = -1;
	for (i = 0; i < f->n; i++)
		if (f->ifaces[i].index != 0)
			open_list(e, i);
	if (sysctl_netstat("TcpExt", "IPReversePathFilter", &e->filtered) ==
	    -1)
		e->filtered = FACTS_UNKNOWN;
	f->begun_ns = f->now_ns = clock_mono_ns();
	return e;
}

void
ear_tune(struct ear *e, const struct addr *media)
{
	struct addr second = addr_plus(media, 0,
	    (uint16_t)(addr_port(media) + PORTS_SECOND));
	unsigned i;
	int error;

	if (e->f->media.len > 0)
		return;
	e->f->media = *media;
	for (i = 0; i < e->f->n; i++) {
		if (e->f->ifaces[i].index == 0)
			continue;
		e->fd[i][AT_MEDIA] = open_group(media, e->f->ifaces[i].index,
		    &error);
		if (error == EADDRINUSE)
			e->f->media_error = error;
		e->fd[i][AT_SECOND] = open_group(&second,
		    e->f->ifaces[i].index, &error);
		if (!e->f->ifaces[i].is_loopback)
			open_sight(e, i);
	}
}

void
ear_trust(struct ear *e, const struct addr *from)
{
	e->trusted = *from;
}

void
ear_free(struct ear *e)
{
	unsigned i, k;

	for (i = 0; i < IFACE_MAX; i++)
		for (k = 0; k < PLACES; k++)
			if (e->fd[i][k] != -1)
				close(e->fd[i][k]);
	free(e);
}

/*
 * What came.
 */

static void
take_media(struct ear *e, unsigned i, const void *data, size_t len,
    const struct addr *from)
{
	struct facts_iface *iface = &e->f->ifaces[i];
	const uint8_t *payload;
	size_t payload_len;
	struct rtp h;

	if (rtp_decode(&h, data, len, &payload, &payload_len) == -1)
		return;
	if (e->trusted.len == 0 || addr_is_same_host(from, &e->trusted)) {
		count(&iface->media, e->now_ns);
		return;
	}
	count(&iface->media_others, e->now_ns);
	iface->media_other = *from;
}

static void
read_socket(struct ear *e, unsigned i, unsigned place)
{
	uint8_t data[DATAGRAM_MAX];
	struct udp_info info;
	int left = READ_MAX;
	ssize_t n;

	while (left-- > 0 && (n = udp_recv(e->fd[i][place], data,
	    sizeof(data), &info)) != -1) {
		if (place != AT_LIST) {
			take_media(e, i, data, (size_t)n, &info.from);
			continue;
		}
		/* First, as that may say which server is ours. */
		if (e->take != NULL)
			e->take(e->arg, e, data, (size_t)n, &info.from,
			    e->now_ns);
		take_head(e->f, i, data, (size_t)n, &info.from, HEARD,
		    e->now_ns);
	}
}

static void
read_sight(struct ear *e, unsigned i)
{
	uint8_t data[DATAGRAM_MAX];
	int left = READ_MAX, is_leaving;
	ssize_t n;

	while (left-- > 0 && (n = sight_get(e->fd[i][AT_SIGHT], data,
	    sizeof(data), &is_leaving)) != -1)
		ear_see(e->f, i, data, (size_t)n, is_leaving, e->now_ns);
}

static unsigned
collect(const struct ear *e, struct pollfd *pfd)
{
	unsigned i, k, n = 0;

	for (i = 0; i < e->f->n; i++)
		for (k = 0; k < PLACES; k++)
			if (e->fd[i][k] != -1) {
				pfd[n].fd = e->fd[i][k];
				pfd[n++].events = POLLIN;
			}
	return n;
}

static void
turn(struct ear *e, int64_t until_ns)
{
	struct pollfd pfd[IFACE_MAX * PLACES];
	int64_t left = until_ns - e->now_ns;
	struct timespec ts = { (time_t)(left / NS_PER_S),
	    (long)(left % NS_PER_S) };
	unsigned i, k;

	memset(pfd, 0, sizeof(pfd));
	ppoll(pfd, collect(e, pfd), &ts, NULL);
	e->now_ns = clock_mono_ns();
	for (i = 0; i < e->f->n; i++)
		for (k = 0; k < PLACES; k++)
			if (e->fd[i][k] != -1 && k == AT_SIGHT)
				read_sight(e, i);
			else if (e->fd[i][k] != -1)
				read_socket(e, i, k);
}

void
ear_listen(struct ear *e, int64_t until_ns)
{
	int64_t filtered;

	for (e->now_ns = clock_mono_ns(); e->now_ns < until_ns; )
		turn(e, until_ns);
	e->f->now_ns = e->now_ns;
	if (e->filtered != FACTS_UNKNOWN && sysctl_netstat("TcpExt",
	    "IPReversePathFilter", &filtered) == 0)
		e->f->filtered = filtered - e->filtered;
}
