/* SPDX-License-Identifier: ISC */
#include "demand_find.h"

#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/num.h"
#include "base/text.h"
#include "listing.h"
#include "options.h"

#define PATIENCE_NS	(3 * NS_PER_S)
#define DATAGRAM_MAX	2048
#define HOST_MAX	256

/* HOST:PORT or [ADDRESS]:PORT: 1 and its parts; 0: there is no port. */
static int
cut(const char *text, char host[static HOST_MAX], char port[static 8])
{
	const char *colon = strrchr(text, ':');
	size_t n = colon != NULL ? (size_t)(colon - text) : 0;
	char ignored[64];
	int64_t v;

	if (n == 0 || num_parse(colon + 1, 1, 65535, &v, ignored,
	    sizeof(ignored)) == -1)
		return 0;
	if (text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	} else if (memchr(text, ':', n) != NULL)
		return 0;	/* an IPv6 address, and no port */
	text_copy(port, 8, colon + 1);
	return text_copyn(host, HOST_MAX, text, n) == 0;
}

static int
find_named(const char *host, const char *port, struct addr *to)
{
	struct addrinfo hints, *found;
	int error;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	if ((error = getaddrinfo(host, port, &hints, &found)) != 0) {
		log_errorx("%s: %s", host, gai_strerror(error));
		return EX_UNAVAILABLE;
	}
	memset(to, 0, sizeof(*to));
	to->len = found->ai_addrlen;
	memcpy(&to->u, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return 0;
}

/* Hear the list until its head has come: 1; 0: it has not. */
static int
hear(const struct options *o, struct listing *l, struct receive *rx)
{
	int64_t until = clock_mono_ns() + PATIENCE_NS, now;
	struct pollfd pfd[RECEIVE_SOCKETS];
	uint8_t data[DATAGRAM_MAX];
	struct udp_info info;
	unsigned n;
	ssize_t len;

	if (o->server != NULL && addr_parse(&l->want[0], o->server, 0) == 0)
		l->n_want = 1;
	else
		l->want_name = o->server;
	while (!l->has_server && (now = clock_mono_ns()) < until) {
		n = receive_poll(rx, pfd);
		poll(pfd, n, (int)((until - now) / NS_PER_MS) + 1);
		while ((len = receive_get(rx, data, sizeof(data), &info)) !=
		    -1)
			listing_take(l, data, (size_t)len, &info.from,
			    clock_mono_ns());
	}
	return l->has_server;
}

static int
find_heard(const struct options *o, struct addr *to)
{
	char text[ADDR_TEXT_MAX];
	uint8_t bytes[16];
	struct listing l;
	struct receive rx;
	int code = 0;

	if (receive_open(&rx, &o->base, &o->where, RECEIVE_HEARS_HOST |
	    RECEIVE_ANYBODY) == -1) {
		log_error("cannot listen to the program list");
		return EX_OSERR;
	}
	listing_init(&l);
	if (!hear(o, &l, &rx)) {
		log_errorx("no program list is heard on %s: name the server "
		    "and its port, --server HOST:PORT", addr_format(
		    receive_group_name(&o->base), text));
		code = EX_UNAVAILABLE;
	} else if (l.head.http_port == 0) {
		log_errorx("the server at %s has nothing on demand (http in "
		    "its netradiod.conf)", addr_format(&l.source, text));
		code = EX_UNAVAILABLE;
	} else
		addr_of_bytes(to, bytes, addr_bytes(&l.source, bytes),
		    l.head.http_port);
	listing_done(&l);
	receive_close(&rx);
	return code;
}

int
demand_find(const struct options *o, struct addr *to)
{
	char host[HOST_MAX], port[8];

	if (o->server != NULL && cut(o->server, host, port))
		return find_named(host, port, to);
	return find_heard(o, to);
}
