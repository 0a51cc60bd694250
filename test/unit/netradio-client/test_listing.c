/* SPDX-License-Identifier: ISC */
/* The program list: one server's, complete, aged, searched; and hostile. */
#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "listing.h"
#include "random.h"
#include "tap.h"

static struct listing l;
static struct addr here, there, elsewhere;

static size_t
head(uint8_t *room, uint64_t server, uint32_t startup, unsigned channels)
{
	struct plist_stamp st = { .kind = PLIST_KIND_HEAD, .server = server,
	    .startup = startup };
	struct plist_head h = { .channels = channels, .cycle_s = 2,
	    .name = "Attic" };
	struct wr w;

	wr_init(&w, room, PLIST_ROOM);
	plist_begin(&w, &st);
	plist_put_head(&w, &h);
	return wr_len(&w);
}

static size_t
entry(uint8_t *room, uint64_t server, unsigned channel, const char *name)
{
	struct plist_stamp st = { .kind = PLIST_KIND_ENTRIES,
	    .server = server };
	struct plist_entry e;
	struct wr w;

	memset(&e, 0, sizeof(e));
	e.channel = (uint16_t)channel;
	e.flags = PLIST_F_ON_AIR;
	e.duration_ms = e.listeners = -1;
	snprintf(e.name, sizeof(e.name), "%s", name);
	wr_init(&w, room, PLIST_ROOM);
	plist_begin(&w, &st);
	plist_put_entry(&w, &e);
	return wr_len(&w);
}

static enum listing_news
take_head(uint64_t server, uint32_t startup, unsigned channels,
    const struct addr *from, int64_t now)
{
	uint8_t room[PLIST_ROOM];

	return listing_take(&l, room, head(room, server, startup, channels),
	    from, now);
}

static enum listing_news
take_entry(uint64_t server, unsigned channel, const char *name,
    const struct addr *from, int64_t now)
{
	uint8_t room[PLIST_ROOM];

	return listing_take(&l, room, entry(room, server, channel, name),
	    from, now);
}

static void
test_server(void)
{
	listing_init(&l);
	is(take_entry(1, 3, "early", &here, 0), LISTING_NOTHING,
	    "an entry before any head is nobody's");
	is(take_head(1, 7, 2, &here, NS_PER_S), LISTING_NEW, "a server");
	is(take_head(2, 7, 9, &there, NS_PER_S), LISTING_NOTHING,
	    "another one is not mixed in");
	is(take_entry(2, 3, "false", &there, NS_PER_S), LISTING_NOTHING,
	    "nor are its channels");
	is(take_entry(1, 3, "false", &there, NS_PER_S), LISTING_NOTHING,
	    "nor what another address says under the same id");
	is(take_head(1, 8, 2, &here, 2 * NS_PER_S), LISTING_BACK,
	    "a new start-up id");
	is(take_entry(1, 3, "jazz", &here, 2 * NS_PER_S), LISTING_UPDATED,
	    "an entry");
	is(listing_is_complete(&l, 2 * NS_PER_S), 0, "one of two");
	take_entry(1, 5, "news", &here, 2 * NS_PER_S);
	is(listing_is_complete(&l, 2 * NS_PER_S), 1, "two of two");
	is_str(listing_get(&l, 3)->e.name, "jazz", "by number");
	ok(listing_get(&l, 4) == NULL && listing_get(&l, 0) == NULL &&
	    listing_get(&l, 70000) == NULL, "what is not there");
	is(listing_step(&l, 3, 1), 5, "the next");
	is(listing_step(&l, 5, 1), 3, "wraps");
	is(listing_step(&l, 0, -1), 5, "the last");
	is(take_head(2, 7, 1, &there, 13 * NS_PER_S), LISTING_NEW,
	    "after ten silent seconds another server is taken");
	is(l.n, 0, "with a list of its own");
	listing_done(&l);
}

/* Whom the kernel shall let in. */
static void
test_only(void)
{
	struct addr a, own = here;
	uint32_t id = 0;

	own.u.in.sin_port = htons(PORTS_LIST);
	listing_init(&l);
	is(listing_only(&l, 0, &a, &id), 0,
	    "nobody is heard: everybody may be");
	take_head(UINT64_C(0x1234567800000001), 7, 2, &own, NS_PER_S);
	ok(listing_only(&l, 2 * NS_PER_S, &a, &id) == 1 &&
	    addr_is_same_host(&a, &here) && addr_port(&a) == PORTS_LIST,
	    "a server, from the list's port");
	is(id, 0x12345678, "and half of its id");
	is(listing_only(&l, 4 * NS_PER_S, &a, &id), 0,
	    "a head is missing: it may be elsewhere");
	take_head(UINT64_C(0x1234567800000001), 7, 2, &here, 4 * NS_PER_S);
	ok(listing_only(&l, 5 * NS_PER_S, &a, &id) == 1 && addr_port(&a) == 0,
	    "from another port now: any of its ports");
	take_head(UINT64_C(0x1234567800000001), 7, 2, &own, 5 * NS_PER_S);
	take_head(UINT64_C(0x1234567800000001), 7, 2, &there, 7 * NS_PER_S);
	ok(listing_only(&l, 7 * NS_PER_S, &a, &id) == 1 && addr_port(&a) == 0 &&
	    addr_is_same_host(&a, &there), "moved: at the new address");
	listing_done(&l);
}

static void
test_moved(void)
{
	listing_init(&l);
	take_head(1, 7, 1, &here, 0);
	take_entry(1, 3, "jazz", &here, 0);
	is(take_head(1, 7, 1, &there, NS_PER_S), LISTING_NOTHING,
	    "the server's other address, while it is heard at the first");
	take_head(1, 7, 1, &here, NS_PER_S);
	is(take_head(1, 7, 1, &there, 2 * NS_PER_S), LISTING_NOTHING,
	    "one head is missing");
	is(take_head(2, 7, 1, &there, 3 * NS_PER_S), LISTING_NOTHING,
	    "two are, but it is another server");
	is(take_head(1, 8, 1, &there, 3 * NS_PER_S), LISTING_NOTHING,
	    "or was started elsewhere");
	is(take_head(1, 7, 1, &there, 3 * NS_PER_S), LISTING_MOVED,
	    "two are: the server has moved");
	ok(addr_is_same_host(&l.source, &there), "there");
	ok(listing_get(&l, 3) != NULL, "and its list stays");
	is(take_head(1, 7, 1, &here, 3 * NS_PER_S), LISTING_NOTHING,
	    "not back at once");
	is(take_head(1, 8, 1, &here, 13 * NS_PER_S), LISTING_MOVED,
	    "started anew elsewhere: after ten seconds");
	ok(listing_get(&l, 3) != NULL, "it is still that server's list");
	listing_done(&l);
	listing_init(&l);
	l.want[0] = here;
	l.n_want = 1;
	take_head(1, 7, 1, &here, 0);
	is(take_head(1, 7, 1, &there, 20 * NS_PER_S), LISTING_NOTHING,
	    "but not away from the address that is wanted");
	listing_done(&l);
}

static void
test_wanted(void)
{
	listing_init(&l);
	ok(listing_may_be(&l, &here), "anybody may be the one");
	l.want[0] = elsewhere;
	l.want[1] = there;
	l.n_want = 2;
	ok(!listing_may_be(&l, &here) && listing_may_be(&l, &there),
	    "only who has an address that is wanted");
	is(take_head(1, 7, 2, &here, 0), LISTING_NOTHING, "not wanted");
	is(take_head(2, 7, 2, &there, 0), LISTING_NEW, "wanted");
	listing_done(&l);
	listing_init(&l);
	l.want_name = "cellar";
	ok(!listing_may_be(&l, &here) && !listing_may_be(&l, &there),
	    "whose name it is is not known: nobody");
	is(take_head(1, 7, 2, &here, 0), LISTING_NOTHING, "not that name");
	is_str(l.unwanted_name, "Attic", "who is there instead");
	ok(addr_is_same_host(&l.unwanted, &here), "and where");
	l.want[0] = there;
	l.n_want = 1;
	ok(!listing_may_be(&l, &here) && listing_may_be(&l, &there),
	    "its address is known now");
	is(take_head(2, 7, 2, &there, 0), LISTING_NEW,
	    "that address, whatever the list calls it");
	listing_done(&l);
	listing_init(&l);
	l.want_name = "attic";
	is(take_head(1, 7, 2, &here, 0), LISTING_NEW, "that name");
	listing_done(&l);
}

static void
test_age(void)
{
	int64_t now;

	listing_init(&l);
	take_head(1, 7, 2, &here, 0);
	take_entry(1, 1, "stays", &here, 0);
	take_entry(1, 2, "goes", &here, 0);
	for (now = NS_PER_S; now < 9 * NS_PER_S; now += NS_PER_S) {
		take_head(1, 7, 2, &here, now);
		take_entry(1, 1, "stays", &here, now);
	}
	is(l.n, 2, "not yet");
	/* An hour without the server forgets nothing. */
	take_head(1, 7, 2, &here, 3600 * NS_PER_S);
	is(l.n, 2, "an outage forgets nothing");
	for (now = 3601 * NS_PER_S; now < 3605 * NS_PER_S; now += NS_PER_S) {
		take_head(1, 7, 2, &here, now);
		take_entry(1, 1, "stays", &here, now);
	}
	is(l.n, 1, "what does not come by is gone");
	ok(listing_get(&l, 1) != NULL && listing_get(&l, 2) == NULL,
	    "and only that");
	listing_done(&l);
}

static void
test_find(void)
{
	unsigned near[LISTING_NEAR], n;
	int several;

	listing_init(&l);
	take_head(1, 7, 6, &here, 0);
	take_entry(1, 1, "jazz", &here, 0);
	take_entry(1, 2, "Jazz FM", &here, 0);
	take_entry(1, 3, "news", &here, 0);
	take_entry(1, 7, "12", &here, 0);
	take_entry(1, 12, "Nachrichten", &here, 0);
	is(listing_find(&l, "jazz", &several), 1, "exactly");
	is(listing_find(&l, "JAZZ", &several), 1, "in another case");
	is(listing_find(&l, "jazz f", &several), 2, "a beginning");
	is(listing_find(&l, "n", &several), 0, "a beginning of two");
	is(several, 1, "is told");
	is(listing_find(&l, "ne", &several), 3, "a beginning of one");
	is(listing_find(&l, "12", &several), 12, "a number before a name");
	is(listing_find(&l, "rock", &several), 0, "none");
	is(several, 0, "is not several");
	is(listing_find(&l, "", &several), 0, "nothing is no channel");
	n = listing_nearest(&l, "jaz fm", near);
	is(n, 3, "three nearest");
	is(near[0], 2, "the nearest first");
	n = listing_nearest(&l, "4", near);
	is(near[0], 3, "the nearest number");
	is(near[1], 2, "and the next");
	n = listing_nearest(&l, "n", near);
	ok(n >= 2 && near[0] == 3 && near[1] == 12,
	    "those that begin so come first");
	listing_done(&l);
}

static void
test_hostile(void)
{
	uint8_t room[PLIST_ROOM], bad[PLIST_ROOM];
	size_t len, cut, i;
	unsigned n;

	listing_init(&l);
	take_head(1, 7, UINT32_MAX, &here, 0);
	is(listing_is_complete(&l, NS_PER_S), 0, "four billion channels");
	is(listing_is_complete(&l, 4 * NS_PER_S), 1,
	    "are not waited for longer than the cycle");
	take_entry(1, 9, "red\033[31m\007\xff" "alert\r\n", &here, 0);
	ok(strpbrk(listing_get(&l, 9)->e.name, "\033\007\r\n") == NULL,
	    "no control character comes through");
	for (n = 1; n <= PORTS_CHANNEL_MAX; n++)
		take_entry(1, n, "x", &here, 0);
	is(l.n, PORTS_CHANNEL_MAX, "as many channels as there can be");
	len = entry(room, 1, 100, "a name of some length");
	for (cut = 0; cut < len; cut++)
		listing_take(&l, room, cut, &here, 0);
	for (n = 0; n < 20000; n++) {
		memcpy(bad, room, len);
		for (i = 0; i < 4; i++)
			bad[24 + random_below((uint32_t)len - 24)] =
			    (uint8_t)random_u32();
		listing_take(&l, bad, len, &here, 0);
	}
	ok(l.n <= PORTS_CHANNEL_MAX, "cut and damaged ones are survived");
	ok(l.damaged > 0, "and counted");
	listing_done(&l);
}

int
main(void)
{
	random_seed(1);
	addr_parse(&here, "192.0.2.1", 1);
	addr_parse(&there, "192.0.2.2", 1);
	addr_parse(&elsewhere, "192.0.2.3", 1);
	test_server();
	test_moved();
	test_only();
	test_wanted();
	test_age();
	test_find();
	test_hostile();
	return tap_end();
}
