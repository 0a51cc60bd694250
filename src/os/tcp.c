/* SPDX-License-Identifier: ISC */
#include "os/tcp.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG	512

static void
set(int fd, int level, int name, int value)
{
	/* Without it goes as well. */
	setsockopt(fd, level, name, &value, sizeof(value));
}

static int
listen_at(const struct addr *at)
{
	int fd, saved, only = 0;

	fd = socket(at->u.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	/* Connections of the run before do not hold the port. */
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (addr_is_ipv6(at))
		set(fd, IPPROTO_IPV6, IPV6_V6ONLY, only);
	if (bind(fd, &at->u.sa, at->len) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int
tcp_listen(const struct addr *at)
{
	struct addr any;
	int fd = listen_at(at);

	if (fd != -1 || !addr_is_ipv6(at) ||
	    !IN6_IS_ADDR_UNSPECIFIED(&at->u.in6.sin6_addr) ||
	    (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL))
		return fd;
	addr_parse(&any, "0.0.0.0", addr_port(at));
	return listen_at(&any);
}

/* ::ffff:192.0.2.1 is 192.0.2.1. */
static void
unmap(struct addr *a)
{
	struct in6_addr in6;
	uint16_t port = addr_port(a);

	if (!addr_is_ipv6(a))
		return;
	in6 = a->u.in6.sin6_addr;
	if (IN6_IS_ADDR_V4MAPPED(&in6))
		addr_of_bytes(a, &in6.s6_addr[12], 4, port);
}

int
tcp_accept(int fd, struct addr *from)
{
	int s;

	memset(from, 0, sizeof(*from));
	do {
		from->len = sizeof(from->u);
		s = accept4(fd, &from->u.sa, &from->len, SOCK_CLOEXEC |
		    SOCK_NONBLOCK);
		/* One that has gone again while it waited. */
	} while (s == -1 && (errno == EINTR || errno == ECONNABORTED ||
	    errno == EPROTO));
	if (s == -1)
		return -1;
	unmap(from);
	set(s, IPPROTO_TCP, TCP_NODELAY, 1);
	return s;
}

int
tcp_connect(const struct addr *to)
{
	int fd, saved;

	fd = socket(to->u.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	if (connect(fd, &to->u.sa, to->len) == 0 || errno == EINPROGRESS)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int
tcp_error(int fd)
{
	int error = 0;
	socklen_t n = sizeof(error);

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) == -1 ? errno :
	    error;
}

void
tcp_room(int fd, int bytes)
{
	set(fd, SOL_SOCKET, SO_SNDBUF, bytes);
}

ssize_t
tcp_send(int fd, const void *data, size_t n, int more)
{
	ssize_t sent;

	do {
		sent = send(fd, data, n, MSG_NOSIGNAL | MSG_DONTWAIT |
		    (more ? MSG_MORE : 0));
	} while (sent == -1 && errno == EINTR);
	return sent;
}
