/* SPDX-License-Identifier: ISC */
/*
 * What is known of the network as seen from here, in plain numbers: gather and
 * ear find it out, check judges it.  What could not be found out, for want of
 * rights or because the kernel does not tell, is "not known", and never a
 * guess.
 */
#ifndef DOCTOR_FACTS_H
#define DOCTOR_FACTS_H

#include <stdint.h>

#include "os/addr.h"
#include "os/iface.h"
#include "wire/plist.h"

#define FACTS_UNKNOWN	(-1)
#define FACTS_SERVERS	64	/* rows; further servers are only counted */
#define FACTS_PORTS	8	/* that are not as they should be */
#define FACTS_TEXT_MAX	256

/* Times are CLOCK_MONOTONIC. */
struct facts_count {
	uint64_t n;
	int64_t last_ns;	/* if n > 0 */
};

enum facts_why {
	FACTS_NAMED,		/* -i, or the configuration */
	FACTS_UP,		/* because it is up */
	FACTS_ROUTE		/* the route to the group names it */
};

struct facts_iface {
	char name[IF_NAMESIZE];
	enum facts_why why;
	unsigned index;		/* 0: there is none of that name */
	int is_up, has_carrier, is_multicast, is_loopback;
	struct addr addr;	/* len 0: none */
	int rp_filter;		/* in effect: 0 off, 1 strict, 2 loose */
	int join_error;		/* errno of joining the group; 0: joined */
	int can_see;		/* what passes is seen before the kernel throws
				 * it away; else for want of that right: 0 */
	int igmp_version;	/* that the kernel speaks there */
	struct facts_count queries; /* of IGMP, heard */
	struct addr querier;	/* who asked last */
	char bridge[IF_NAMESIZE]; /* it is one, or a port of that; "": none */
	int snooping, querier_on; /* of that bridge */
	/* Where a packet back to the sender of our list would go. */
	int is_routed;		/* there is a way */
	char route[IF_NAMESIZE]; /* it leads there */
	/* RTP of the channel, from our server. */
	struct facts_count media, media_seen;
	struct facts_count media_others;
	struct addr media_other; /* the last one who is not our server */
};

/* The heads of one server's list on one interface. */
struct facts_server {
	unsigned iface;		/* place in the array of interfaces */
	uint64_t id;
	struct addr from;	/* and the port that it sends from */
	char name[PLIST_TEXT_MAX];
	struct facts_count heard; /* by a socket, as any program would */
	struct facts_count seen; /* came on the wire */
	struct facts_count sent; /* left from here */
};

struct facts_port {
	uint16_t port;
	unsigned channel;	/* 0: that of the list */
	int is_held;		/* by another program; else nobody has it, and
				 * it is missed */
	char holder[FACTS_TEXT_MAX]; /* "": not known */
};

enum facts_view { FACTS_OF_SERVER, FACTS_OF_LISTENER };

/* The daemon on this machine; only seen by netradioctl. */
struct facts_daemon {
	int is_running;
	char why_not[2 * FACTS_TEXT_MAX]; /* a sentence, if not */
	int pid;
	unsigned ttl;
	int64_t still_ns;	/* for so long it has written nothing */
	uint64_t errors;	/* sends that failed since it began */
	uint64_t new_errors;	/* of those, while we looked */
};

struct facts {
	enum facts_view view;
	int64_t begun_ns, now_ns; /* when listening began, and ended */
	struct addr group;	/* of the list, with its port */
	struct facts_daemon daemon;

	/* Which server is ours. */
	int has_server;
	uint64_t server;
	const char *wanted;	/* that one only, as the user named it; NULL */

	/* The channel that is asked for; "" none. */
	char channel[FACTS_TEXT_MAX];
	unsigned number;	/* 0: it is none, or not known */
	int is_listed;		/* our server has it; else not known */
	int is_on_air;		/* so the list says */
	char note[PLIST_TEXT_MAX]; /* why it is not */
	struct addr media;	/* its group and port; len 0: not listened to */
	int media_error;	/* errno of that */

	int64_t memberships;	/* net.ipv4.igmp_max_memberships */
	int64_t rcvbuf, rcvbuf_wanted; /* bytes granted, asked for */
	int64_t filtered;	/* packets that the reverse-path filter threw
				 * away meanwhile */
	int list_error;		/* errno of listening to the list; 0: none */

	unsigned nports;
	struct facts_port ports[FACTS_PORTS];
	unsigned more_ports;	/* further ones like these */

	unsigned n;
	struct facts_iface ifaces[IFACE_MAX];
	unsigned nservers;
	struct facts_server servers[FACTS_SERVERS];
	uint64_t more_servers;	/* heads that found no row */
};

/* The row of that server on that interface, made if there is room, and in any
 * case for ours; NULL: there is none.  Valid until the next call. */
struct facts_server *facts_server(struct facts *f, unsigned iface,
    uint64_t id);

#endif
