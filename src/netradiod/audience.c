/* SPDX-License-Identifier: ISC */
/*
 * Entries lie in one array and are found by a hash with a secret key, so that
 * nobody can choose where he lies; those of a channel, and those that are
 * free, are lists by index.
 */
#include "audience.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "wire/rtcp.h"

#define HEADS		16384	/* power of 2 */
#define HOSTS		16384	/* power of 2 */
#define NONE		0	/* entry 0 is never used */
#define JITTER_MAX_MS	1023
#define FORGET_AFTER	5	/* intervals (RFC 3550 section 6.3.5) */
#define RECENT		3	/* intervals in which a report is news */
#define KEYS		6

struct key {
	uint32_t word[KEYS];	/* address, port and channel, SSRC */
};

struct entry {
	struct key key;
	uint32_t next_same;	/* with this hash; free: the next free one */
	uint32_t next, prev;	/* of the channel */
	uint32_t host;		/* place in hosts */
	int64_t seen_ns[AUDIENCE_STREAMS];	/* 0: never */
	uint8_t fraction[AUDIENCE_STREAMS];
	uint16_t jitter_ms[AUDIENCE_STREAMS];
};

struct audience {
	uint32_t secret[KEYS];
	uint32_t used;		/* entries that were ever used; those after
				 * them were never touched */
	uint32_t free;		/* first of those that are free again */
	uint32_t total;		/* listeners */
	uint32_t heads[HEADS];
	uint16_t hosts[HOSTS];	/* listeners by hash of their address */
	uint32_t first[PORTS_CHANNEL_MAX + 1];
	uint32_t count[PORTS_CHANNEL_MAX + 1];
	int64_t interval_ns[PORTS_CHANNEL_MAX + 1];	/* at the last turn */
	int64_t turn_ns[PORTS_CHANNEL_MAX + 1];
	struct entry entry[AUDIENCE_MAX + 1];
};

struct audience *
audience_new(void)
{
	struct audience *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	if (getrandom(a->secret, sizeof(a->secret), 0) !=
	    (ssize_t)sizeof(a->secret))
		a->secret[0] = (uint32_t)clock_real_ns();
	a->used = 1;
	return a;
}

void
audience_free(struct audience *a)
{
	free(a);
}

/* Sums of products with secret words: for any two keys the chance to collide
 * is that of a coin with 2^32 sides (NH, RFC 4418). */
static uint32_t
hash(const struct audience *a, const struct key *k)
{
	uint64_t h = 0;
	unsigned i;

	for (i = 0; i < KEYS; i += 2)
		h += (uint64_t)(uint32_t)(k->word[i] + a->secret[i]) *
		    (uint32_t)(k->word[i + 1] + a->secret[i + 1]);
	return (uint32_t)(h >> 32);
}

static struct key
key_of(unsigned channel, const struct addr *from, uint32_t ssrc)
{
	uint8_t bytes[16] = { 0 };
	struct key k;

	addr_bytes(from, bytes);
	memcpy(k.word, bytes, sizeof(bytes));
	k.word[4] = (uint32_t)channel << 16 | addr_port(from);
	k.word[5] = ssrc;
	return k;
}

static uint32_t
host_of(const struct audience *a, const struct key *k)
{
	struct key host = *k;

	host.word[4] = host.word[5] = 0;
	return hash(a, &host) % HOSTS;
}

/* What points to that entry, or would: *where is NONE if there is none. */
static uint32_t *
find(struct audience *a, const struct key *k)
{
	uint32_t *where = &a->heads[hash(a, k) % HEADS];

	while (*where != NONE &&
	    memcmp(&a->entry[*where].key, k, sizeof(*k)) != 0)
		where = &a->entry[*where].next_same;
	return where;
}

/* A new entry at that place, or NULL. */
static struct entry *
add(struct audience *a, uint32_t *where, const struct key *k,
    unsigned channel)
{
	uint32_t host = host_of(a, k), i;
	struct entry *e;

	if (a->hosts[host] >= AUDIENCE_PER_HOST)
		return NULL;
	if ((i = a->free) != NONE)
		a->free = a->entry[i].next_same;
	else if (a->used <= AUDIENCE_MAX)
		i = a->used++;
	else
		return NULL;
	e = &a->entry[i];
	memset(e, 0, sizeof(*e));
	e->key = *k;
	e->host = host;
	a->hosts[host]++;
	*where = i;
	e->next = a->first[channel];
	if (e->next != NONE)
		a->entry[e->next].prev = i;
	a->first[channel] = i;
	a->count[channel]++;
	a->total++;
	return e;
}

static void
drop(struct audience *a, uint32_t *where, unsigned channel)
{
	uint32_t i = *where;
	struct entry *e = &a->entry[i];

	*where = e->next_same;
	if (e->prev != NONE)
		a->entry[e->prev].next = e->next;
	else
		a->first[channel] = e->next;
	if (e->next != NONE)
		a->entry[e->next].prev = e->prev;
	a->hosts[e->host]--;
	a->count[channel]--;
	a->total--;
	e->next_same = a->free;
	a->free = i;
}

enum audience_verdict
audience_take(struct audience *a, const struct audience_report *r,
    int64_t now_ns)
{
	struct key k = key_of(r->channel, &r->from, r->ssrc);
	enum audience_verdict verdict = AUDIENCE_KNOWN;
	uint32_t *where = find(a, &k);
	struct entry *e = &a->entry[*where];

	if (*where == NONE) {
		verdict = AUDIENCE_NEW;
		if ((e = add(a, where, &k, r->channel)) == NULL)
			return AUDIENCE_REFUSED;
	}
	e->seen_ns[r->stream] = now_ns;
	e->fraction[r->stream] = r->fraction;
	e->jitter_ms[r->stream] = (uint16_t)(r->jitter_ms < JITTER_MAX_MS ?
	    r->jitter_ms : JITTER_MAX_MS);
	return verdict;
}

int
audience_bye(struct audience *a, unsigned channel, const struct addr *from,
    uint32_t ssrc)
{
	struct key k = key_of(channel, from, ssrc);
	uint32_t *where = find(a, &k);

	if (*where == NONE)
		return 0;
	drop(a, where, channel);
	return 1;
}

static int64_t
last_seen(const struct entry *e)
{
	return e->seen_ns[AUDIENCE_P] > e->seen_ns[AUDIENCE_SECOND] ?
	    e->seen_ns[AUDIENCE_P] : e->seen_ns[AUDIENCE_SECOND];
}

static void
forget(struct audience *a, unsigned channel, int64_t before_ns)
{
	uint32_t i = a->first[channel], next;

	for (; i != NONE; i = next) {
		next = a->entry[i].next;
		if (last_seen(&a->entry[i]) < before_ns)
			drop(a, find(a, &a->entry[i].key), channel);
	}
}

void
audience_clear(struct audience *a, unsigned channel)
{
	forget(a, channel, INT64_MAX);
	a->interval_ns[channel] = 0;
}

unsigned
audience_count(const struct audience *a, unsigned channel)
{
	return a->count[channel];
}

unsigned
audience_total(const struct audience *a)
{
	return a->total;
}

/* The value that half of n are not above, and the largest one. */
static void
sum_up(const uint32_t *histogram, unsigned size, unsigned n, uint64_t *median,
    uint64_t *worst)
{
	unsigned i, below = 0;

	*median = *worst = 0;
	for (i = 0; i < size; i++) {
		if (histogram[i] == 0)
			continue;
		*worst = i;
		if (2 * below < n)
			*median = i;
		below += histogram[i];
	}
}

static void
sum(const struct audience *a, unsigned channel, int64_t since_ns,
    struct onair_audience *out)
{
	uint32_t loss[256] = { 0 }, jitter[JITTER_MAX_MS + 1] = { 0 };
	const struct entry *e;
	unsigned n = 0, s, l, j;
	uint32_t i;
	int heard;

	for (i = a->first[channel]; i != NONE; i = e->next) {
		e = &a->entry[i];
		/* Of its two streams the worse one is what it hears. */
		for (s = l = j = 0, heard = 0; s < AUDIENCE_STREAMS; s++) {
			if (e->seen_ns[s] == 0 || e->seen_ns[s] < since_ns)
				continue;
			heard = 1;
			l = e->fraction[s] > l ? e->fraction[s] : l;
			j = e->jitter_ms[s] > j ? e->jitter_ms[s] : j;
		}
		if (!heard)
			continue;
		n++;
		loss[l]++;
		jitter[j]++;
	}
	out->listeners = a->count[channel];
	sum_up(loss, 256, n, &out->loss_median, &out->loss_worst);
	out->loss_median = out->loss_median * 1000 / 256;
	out->loss_worst = out->loss_worst * 1000 / 256;
	sum_up(jitter, JITTER_MAX_MS + 1, n, &out->jitter_median_ms,
	    &out->jitter_worst_ms);
}

/* Who made his plans when there were more of them waits longer: it goes down
 * four times slower than time goes by. */
static int64_t
interval_of(struct audience *a, unsigned channel, int64_t session_bps,
    int64_t now_ns)
{
	int64_t now = rtcp_interval_ns(a->count[channel], session_bps);
	int64_t was = a->interval_ns[channel] -
	    (now_ns - a->turn_ns[channel]) / 4;

	a->turn_ns[channel] = now_ns;
	return a->interval_ns[channel] = now > was ? now : was;
}

void
audience_turn(struct audience *a, unsigned channel, int64_t session_bps,
    int64_t now_ns, struct onair_audience *out)
{
	int64_t interval = interval_of(a, channel, session_bps, now_ns);

	forget(a, channel, now_ns - FORGET_AFTER * interval);
	sum(a, channel, now_ns - RECENT * interval, out);
}
