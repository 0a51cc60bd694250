/* SPDX-License-Identifier: ISC */
/*
 * The HTTP server: what is on air and what is in the library, over stream
 * sockets, for those whom multicast does not reach and for those who want a
 * recording from its beginning.  One thread, and it only reads.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stdint.h>

struct config;
struct http;
struct outlet;
struct roster;
struct statseg;
struct statseg_daemon;

struct http_sources {
	struct roster *roster;
	struct outlet *outlet;
	const struct statseg *segment;
	uint64_t server;		/* its id */
	unsigned ttl;
};

/* listener: of tcp_listen, taken over; its port is c's.  The sources stay the
 * caller's.  NULL with errno. */
struct http *http_start(int listener, const struct config *c,
    const struct http_sources *from);
/* New limits, and the name, from now on.  Main thread; h may be NULL, here and
 * below. */
void http_configure(struct http *h, const struct config *c);
/* Its TCP port; 0: there is none.  Any thread. */
uint16_t http_port(const struct http *h);
/* Its part of the daemon's statistics.  Any thread. */
void http_count(const struct http *h, struct statseg_daemon *d);
/* End: 0; -1: not by CLOCK_MONOTONIC deadline_ns, and h must be left alone. */
int http_stop(struct http *h, int64_t deadline_ns);

#endif
