/* SPDX-License-Identifier: ISC */
/*
 * The program list as it is heard: one server's, kept up to date, aged out.
 * Pure: datagrams and time are handed in.
 *
 * The first server heard is stayed with (its id and its address); another one
 * on the group is not mixed in.  Only when it has been silent for ten seconds
 * is another one taken.  The same one under a new address (its lease ended, its
 * other interface took over) is followed when two of its heads are missing at
 * the old one.  Time stands still for the entries while no head is heard, so
 * an outage of the server forgets nothing.
 */
#ifndef LISTING_H
#define LISTING_H

#include <stddef.h>
#include <stdint.h>

#include "os/addr.h"
#include "wire/plist.h"
#include "wire/ports.h"

struct listing_entry {
	struct plist_entry e;
	int64_t heard_ns;	/* on the listing's own clock */
	int64_t at_ns;		/* when, for the position in the track */
};

#define LISTING_WANT_MAX	8

struct listing {
	/* Which server is wanted: one at any of these addresses, or of this
	 * name; any, if neither is given. */
	struct addr want[LISTING_WANT_MAX];
	unsigned n_want;
	const char *want_name;	/* NULL: none */

	int has_server;
	uint64_t server;
	uint32_t startup;
	struct addr source;	/* where its datagrams come from */
	struct plist_head head;
	int64_t first_ns;	/* when its first head came */
	int64_t head_ns;	/* when its last head came */
	int64_t own_port_ns;	/* and the last from port PORTS_LIST */
	int64_t clock_ns;	/* runs while heads come */
	uint64_t others;	/* datagrams of other servers */
	struct addr unwanted;	/* a server that is not wanted; len 0: none */
	char unwanted_name[PLIST_TEXT_MAX];
	uint64_t damaged;

	size_t n, cap;
	struct listing_entry *entry;	/* in no order */
	uint16_t at[PORTS_CHANNEL_MAX + 1]; /* number to index + 1; 0: none */
};

void listing_init(struct listing *l);
void listing_done(struct listing *l);

enum listing_news {
	LISTING_NOTHING,
	LISTING_NEW,		/* a server is heard for the first time */
	LISTING_BACK,		/* it has begun anew */
	LISTING_MOVED,		/* it has another address */
	LISTING_UPDATED
};

/* A datagram came on the list's group. */
enum listing_news listing_take(struct listing *l, const void *data,
    size_t len, const struct addr *from, int64_t now_ns);

/* Whether what comes from there may be the wanted server's, while that is
 * not heard: what a name stands for is not known before. */
int listing_may_be(const struct listing *l, const struct addr *from);

/* Whom alone to hear while heads come (receive_only): 1 and its address, with
 * port 0 if it does not send from the list's port; 0: everybody. */
int listing_only(const struct listing *l, int64_t now_ns, struct addr *from,
    uint32_t *id);

/* Whether all entries have come by since the server was first heard. */
int listing_is_complete(const struct listing *l, int64_t now_ns);
/* The server said nothing for so long; -1: none was heard so far. */
int64_t listing_silent_ns(const struct listing *l, int64_t now_ns);

/* NULL if there is none.  Valid until the next listing_take. */
const struct listing_entry *listing_get(const struct listing *l,
    unsigned channel);
/* The next higher (step 1) or lower (-1) number than channel; 0 begins at the
 * lowest; wraps.  0 if the list is empty. */
unsigned listing_step(const struct listing *l, unsigned channel, int step);

/*
 * The channel that text names: a number, a name, or the only one whose name
 * begins so, in whatever case (ASCII).  0 if there is none; *several says
 * that it was the beginning of more than one.
 */
unsigned listing_find(const struct listing *l, const char *text,
    int *several);

#define LISTING_NEAR	3
/* The channels whose names (or numbers) are most like text; how many. */
unsigned listing_nearest(const struct listing *l, const char *text,
    unsigned out[static LISTING_NEAR]);

#endif
