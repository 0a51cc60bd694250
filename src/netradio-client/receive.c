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

/* The descriptor of a socket, made when first needed; -1 with errno. */
static int
socket_at(struct receive *r, unsigned i)
{
	if (r->fd[i] == -1) {
		r->fd[i] = udp_receiver(&r->group, RCVBUF);
		if (r->fd[i] != -1 && r->only.len > 0)
			udp_only(r->fd[i], &r->only, r->only_id);
	}
	return r->fd[i];
}

static void
join(struct receive *r, const struct iface *f)
{
	unsigned per[RECEIVE_SOCKETS] = { 0 }, i, s = 0;
	int fd;

	if (r->n == IFACE_MAX)
		return;
	for (i = 0; i < r->n; i++)
		per[r->joined[i].socket]++;
	while (s < RECEIVE_SOCKETS && per[s] >= RECEIVE_PER_SOCKET)
		s++;
	if (s == RECEIVE_SOCKETS || (fd = socket_at(r, s)) == -1)
		return;
	if (udp_join(fd, &r->group, f->index, NULL) == -1) {
		log_debug("%s: cannot join: %s", f->name, strerror(errno));
		return;
	}
	r->joined[r->n].index = f->index;
	r->joined[r->n].socket = s;
	r->joined[r->n].is_there = 1;
	text_copy(r->joined[r->n].name, IF_NAMESIZE, f->name);
	r->n++;
}

static void
forget(struct receive *r, unsigned i)
{
	/* The interface may be gone, and the membership with it. */
	udp_leave(r->fd[r->joined[i].socket], &r->group, r->joined[i].index,
	    NULL);
	r->joined[i] = r->joined[--r->n];
}

void
receive_refresh(struct receive *r)
{
	struct iface f[IFACE_MAX];
	int count = wanted(r, f), k;
	unsigned i;

	for (i = 0; i < r->n; i++)
		r->joined[i].is_there = 0;
	for (k = 0; k < count; k++) {
		for (i = 0; i < r->n && r->joined[i].index != f[k].index; i++)
			;
		if (i < r->n)
			r->joined[i].is_there = 1;
		else
			join(r, &f[k]);
	}
	for (i = 0; i < r->n; )
		if (r->joined[i].is_there)
			i++;
		else
			forget(r, i);
}

void
receive_rejoin(struct receive *r)
{
	while (r->n > 0)
		forget(r, r->n - 1);
	receive_refresh(r);
}

int
receive_open(struct receive *r, const struct addr *group,
    const struct receive_where *where)
{
	unsigned i;

	memset(r, 0, sizeof(*r));
	r->group = *group;
	r->where = where;
	for (i = 0; i < RECEIVE_SOCKETS; i++)
		r->fd[i] = -1;
	if (socket_at(r, 0) == -1)
		return -1;
	receive_refresh(r);
	return 0;
}

void
receive_close(struct receive *r)
{
	unsigned i;

	/* Closing leaves the groups, too. */
	for (i = 0; i < RECEIVE_SOCKETS; i++) {
		if (r->fd[i] != -1)
			close(r->fd[i]);
		r->fd[i] = -1;
	}
	r->n = 0;
}

void
receive_only(struct receive *r, const struct addr *from, uint32_t id)
{
	char text[ADDR_TEXT_MAX];
	unsigned i;

	if (from == NULL ? r->only.len == 0 : r->only.len > 0 &&
	    addr_is_same_host(&r->only, from) &&
	    addr_port(&r->only) == addr_port(from) && r->only_id == id)
		return;
	r->only_id = id;
	r->only.len = 0;
	if (from != NULL)
		r->only = *from;
	for (i = 0; i < RECEIVE_SOCKETS; i++)
		/* Without a route to it we do without: it is heard, and
		 * whoever reads looks at the source, too. */
		if (r->fd[i] != -1 && udp_only(r->fd[i], from, id) == -1)
			log_debug("cannot hear only %s: %s", from != NULL ?
			    addr_format(from, text) : "all", strerror(errno));
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
