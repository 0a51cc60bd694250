/* SPDX-License-Identifier: ISC */
#include "receive.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

/* Two seconds of the fastest stream with all overhead: what comes while we
 * are not scheduled waits here. */
#define RCVBUF	262144

struct receive_group
receive_group_plus(const struct receive_group *base, unsigned n,
    uint16_t port)
{
	struct receive_group g;
	unsigned f;

	memset(&g, 0, sizeof(g));
	for (f = 0; f < RECEIVE_FAMILIES; f++)
		if (base->of[f].len > 0)
			g.of[f] = addr_plus(&base->of[f], n, port);
	return g;
}

const struct addr *
receive_group_name(const struct receive_group *g)
{
	return &g->of[g->of[RECEIVE_4].len > 0 ? RECEIVE_4 : RECEIVE_6];
}

static unsigned
family_of(const struct addr *a)
{
	return addr_is_ipv6(a) ? RECEIVE_6 : RECEIVE_4;
}

static unsigned
family_of_socket(unsigned i)
{
	return i == RECEIVE_SOCKET_6 || i == RECEIVE_HOST + RECEIVE_6 ?
	    RECEIVE_6 : RECEIVE_4;
}

/* Whether that family is listened to now. */
static int
is_wanted(const struct receive *r, unsigned family)
{
	return r->group.of[family].len > 0 && (r->only.len == 0 ||
	    family_of(&r->only) == family);
}

/* Interfaces to be on now; how many. */
static int
wanted(const struct receive *r, struct iface *f)
{
	unsigned i;
	int n = 0;

	if (r->where->n == 0)
		return iface_list(f, IFACE_MAX);
	for (i = 0; i < r->where->n; i++)
		if (iface_by_name(&f[n], r->where->name[i]) == 0 &&
		    f[n].is_up)
			n++;
	return n;
}

static void
hear_only(struct receive *r, unsigned i)
{
	char text[ADDR_TEXT_MAX];
	const struct addr *from = r->only.len > 0 ? &r->only : NULL;

	/* Without a route to it we do without: it is heard, and whoever reads
	 * looks at the source, too. */
	if ((i >= RECEIVE_HOST ? udp_only_listen : udp_only)(r->fd[i], from,
	    r->only_id) == -1)
		log_debug("cannot hear only %s: %s", from != NULL ?
		    addr_format(from, text) : "all", strerror(errno));
}

/* The descriptor of a socket, made when first needed; -1 with errno. */
static int
socket_at(struct receive *r, unsigned i)
{
	static const int families[RECEIVE_FAMILIES] = { AF_INET, AF_INET6 };
	unsigned f = family_of_socket(i);
	const struct addr *group = &r->group.of[f];

	if (r->fd[i] != -1)
		return r->fd[i];
	r->fd[i] = i >= RECEIVE_HOST ? udp_listener(families[f],
	    addr_port(group), RCVBUF) : udp_receiver(group, RCVBUF);
	if (r->fd[i] != -1 && r->only.len > 0)
		hear_only(r, i);
	return r->fd[i];
}

/* The source to join from, or NULL. */
static const struct addr *
source_of(const struct receive *r, unsigned family)
{
	const struct addr *s = &r->where->source;

	if (s->len == 0 || family_of(s) != family ||
	    ((r->flags & RECEIVE_ANYBODY) &&
	    !addr_is_source_specific(&r->group.of[family])))
		return NULL;
	return s;
}

/* A socket of that family with room for one membership more; -1: none. */
static int
roomy_socket(const struct receive *r, unsigned family)
{
	unsigned per[RECEIVE_SOCKETS] = { 0 }, i, s = 0;

	if (family == RECEIVE_6)
		return RECEIVE_SOCKET_6;
	for (i = 0; i < r->n; i++)
		if (r->joined[i].socket[RECEIVE_4] >= 0)
			per[r->joined[i].socket[RECEIVE_4]]++;
	while (s < RECEIVE_SOCKETS_4 && per[s] >= RECEIVE_PER_SOCKET)
		s++;
	return s < RECEIVE_SOCKETS_4 ? (int)s : -1;
}

static void
join(struct receive *r, unsigned i, unsigned family)
{
	int s = roomy_socket(r, family), fd;

	if (r->joined[i].socket[family] >= 0 || s == -1 ||
	    (fd = socket_at(r, (unsigned)s)) == -1)
		return;
	if (udp_join(fd, &r->group.of[family], r->joined[i].index,
	    source_of(r, family)) == -1)
		log_debug("%s: cannot join: %s", r->joined[i].name,
		    strerror(errno));
	else
		r->joined[i].socket[family] = s;
}

static void
leave(struct receive *r, unsigned i, unsigned family)
{
	int s = r->joined[i].socket[family];

	/* The interface may be gone, and the membership with it. */
	if (s >= 0)
		udp_leave(r->fd[s], &r->group.of[family], r->joined[i].index,
		    source_of(r, family));
	r->joined[i].socket[family] = -1;
}

/* The place of an interface, a new one if need be; -1: there is no room. */
static int
place_of(struct receive *r, const struct iface *f)
{
	unsigned i, k;

	for (i = 0; i < r->n; i++)
		if (r->joined[i].index == f->index)
			return (int)i;
	if (r->n == IFACE_MAX)
		return -1;
	r->joined[i].index = f->index;
	for (k = 0; k < RECEIVE_FAMILIES; k++)
		r->joined[i].socket[k] = -1;
	text_copy(r->joined[i].name, IF_NAMESIZE, f->name);
	return (int)r->n++;
}

static void
forget(struct receive *r, unsigned i)
{
	unsigned f;

	for (f = 0; f < RECEIVE_FAMILIES; f++)
		leave(r, i, f);
	r->joined[i] = r->joined[--r->n];
}

void
receive_refresh(struct receive *r)
{
	struct iface f[IFACE_MAX];
	int count = wanted(r, f), k, at;
	unsigned i, family;

	for (i = 0; i < r->n; i++)
		r->joined[i].is_there = 0;
	for (k = 0; k < count; k++) {
		if ((at = place_of(r, &f[k])) == -1)
			continue;
		r->joined[at].is_there = 1;
		for (family = 0; family < RECEIVE_FAMILIES; family++)
			if (is_wanted(r, family))
				join(r, (unsigned)at, family);
	}
	for (i = 0; i < r->n; )
		if (r->joined[i].is_there)
			i++;
		else
			forget(r, i);
	for (family = 0; family < RECEIVE_FAMILIES; family++)
		if ((r->flags & RECEIVE_HEARS_HOST) && is_wanted(r, family))
			socket_at(r, RECEIVE_HOST + family);
}

void
receive_leave(struct receive *r)
{
	while (r->n > 0)
		forget(r, r->n - 1);
}

int
receive_open(struct receive *r, const struct receive_group *group,
    const struct receive_where *where, unsigned flags)
{
	unsigned i;

	memset(r, 0, sizeof(*r));
	r->group = *group;
	r->where = where;
	r->flags = flags;
	for (i = 0; i < RECEIVE_SOCKETS; i++)
		r->fd[i] = -1;
	receive_refresh(r);
	/* A socket without any membership, too: there may be one later. */
	if (is_wanted(r, RECEIVE_4) && socket_at(r, 0) != -1)
		return 0;
	return is_wanted(r, RECEIVE_6) && socket_at(r, RECEIVE_SOCKET_6) !=
	    -1 ? 0 : -1;
}

static void
close_at(struct receive *r, unsigned i)
{
	if (r->fd[i] != -1)
		close(r->fd[i]);
	r->fd[i] = -1;
}

void
receive_close(struct receive *r)
{
	unsigned i;

	/* Closing leaves the groups, too. */
	for (i = 0; i < RECEIVE_SOCKETS; i++)
		close_at(r, i);
	r->n = 0;
}

/* Away with what is not listened to now; the rest, anew. */
static void
change_families(struct receive *r)
{
	unsigned i, f;

	for (i = 0; i < r->n; i++)
		for (f = 0; f < RECEIVE_FAMILIES; f++)
			if (!is_wanted(r, f))
				leave(r, i, f);
	for (i = 0; i < RECEIVE_SOCKETS; i++)
		if (!is_wanted(r, family_of_socket(i)))
			close_at(r, i);
	receive_refresh(r);
}

void
receive_only(struct receive *r, const struct addr *from, uint32_t id)
{
	int was = r->only.len > 0 ? (int)family_of(&r->only) : -1, now = -1;
	unsigned i;

	if (from == NULL ? r->only.len == 0 : r->only.len > 0 &&
	    addr_is_same_host(&r->only, from) &&
	    addr_port(&r->only) == addr_port(from) && r->only_id == id)
		return;
	r->only_id = id;
	r->only.len = 0;
	if (from != NULL) {
		r->only = *from;
		now = (int)family_of(from);
	}
	if (was != now)
		change_families(r);
	for (i = 0; i < RECEIVE_SOCKETS; i++)
		if (r->fd[i] != -1)
			hear_only(r, i);
}

unsigned
receive_poll(const struct receive *r, struct pollfd *pfd)
{
	unsigned i, n = 0;

	for (i = 0; i < RECEIVE_SOCKETS; i++) {
		if (r->fd[i] == -1)
			continue;
		pfd[n].fd = r->fd[i];
		pfd[n++].events = POLLIN;
	}
	return n;
}

ssize_t
receive_get(struct receive *r, void *data, size_t size, struct udp_info *info)
{
	unsigned i;
	ssize_t n;

	for (i = 0; i < RECEIVE_SOCKETS; i++) {
		if (r->fd[i] == -1)
			continue;
		n = udp_recv(r->fd[i], data, size, info);
		if (n == -1)
			continue;
		if (info->dropped > r->dropped[i])
			r->dropped[i] = info->dropped;
		return n;
	}
	errno = EAGAIN;
	return -1;
}

uint64_t
receive_dropped(const struct receive *r)
{
	uint64_t sum = 0;
	unsigned i;

	for (i = 0; i < RECEIVE_SOCKETS; i++)
		sum += r->dropped[i];
	return sum;
}

const char *
receive_names(const struct receive *r, char *text, size_t size)
{
	size_t len = 0;
	unsigned i;

	text[0] = '\0';
	for (i = 0; i < r->n; i++) {
		text_format(text + len, size - len, "%s%s", i > 0 ? ", " : "",
		    r->joined[i].name);
		len = strlen(text);
	}
	if (r->n == 0)
		text_copy(text, size, "no interface");
	return text;
}
