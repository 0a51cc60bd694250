/* SPDX-License-Identifier: ISC */
#include "listing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"

#define HEAD_STEP_MAX_NS	(2 * NS_PER_S)	/* longer: an outage */
#define OTHER_AFTER_NS		(10 * NS_PER_S)
/* Two heads are missing: they come every second, give or take a little. */
#define MOVED_AFTER_NS		(1900 * NS_PER_MS)
#define HEAD_MISSING_NS		(2500 * NS_PER_MS)
#define CYCLE_GRACE_NS		(1500 * NS_PER_MS)
#define CYCLE_MAX_S		600		/* whatever the head says */
#define AGE_MIN_NS		(10 * NS_PER_S)

void
listing_init(struct listing *l)
{
	memset(l, 0, sizeof(*l));
}

void
listing_done(struct listing *l)
{
	free(l->entry);
	memset(l, 0, sizeof(*l));
}

static int64_t
cycle_ns(const struct listing *l)
{
	unsigned s = l->head.cycle_s;

	return (s < 1 ? 1 : s > CYCLE_MAX_S ? CYCLE_MAX_S : s) * NS_PER_S;
}

static void
drop(struct listing *l, size_t i)
{
	l->at[l->entry[i].e.channel] = 0;
	l->n--;
	if (i < l->n) {
		l->entry[i] = l->entry[l->n];
		l->at[l->entry[i].e.channel] = (uint16_t)(i + 1);
	}
}

/* What has not come by for three cycles is gone. */
static void
age(struct listing *l)
{
	int64_t most = 3 * cycle_ns(l);
	size_t i;

	if (most < AGE_MIN_NS)
		most = AGE_MIN_NS;
	for (i = 0; i < l->n; )
		if (l->clock_ns - l->entry[i].heard_ns > most)
			drop(l, i);
		else
			i++;
}

int
listing_may_be(const struct listing *l, const struct addr *from)
{
	unsigned i;

	for (i = 0; i < l->n_want; i++)
		if (addr_is_same_host(&l->want[i], from))
			return 1;
	return l->n_want == 0 && l->want_name == NULL;
}

int
listing_only(const struct listing *l, int64_t now, struct addr *from,
    uint32_t *id)
{
	int is_own;

	if (!l->has_server || now - l->head_ns > HEAD_MISSING_NS)
		return 0;
	is_own = l->own_port_ns != 0 &&
	    now - l->own_port_ns <= HEAD_MISSING_NS;
	*from = addr_plus(&l->source, 0, is_own ? PORTS_LIST : 0);
	*id = (uint32_t)(l->server >> 32);
	return 1;
}

static int
is_wanted(const struct listing *l, const struct addr *from,
    const struct plist_head *head)
{
	return listing_may_be(l, from) || (l->want_name != NULL &&
	    strcasecmp(l->want_name, head->name) == 0);
}

/* Whether to go over to the server of this head, which is another one or
 * elsewhere. */
static int
is_taken(struct listing *l, const struct plist_stamp *stamp,
    const struct addr *from, const struct plist_head *head, int64_t now)
{
	int64_t after = OTHER_AFTER_NS;

	if (!is_wanted(l, from, head)) {
		l->unwanted = *from;
		text_copy(l->unwanted_name, sizeof(l->unwanted_name),
		    head->name);
		return 0;
	}
	if (stamp->server == l->server && stamp->startup == l->startup)
		after = MOVED_AFTER_NS;
	return !l->has_server || now - l->head_ns >= after;
}

static enum listing_news
take_head(struct listing *l, struct rd *r, const struct plist_stamp *stamp,
    const struct addr *from, int64_t now)
{
	struct plist_head head;
	enum listing_news news = LISTING_UPDATED;
	int64_t step;

	if (plist_get_head(r, &head) == -1) {
		l->damaged++;
		return LISTING_NOTHING;
	}
	if (!l->has_server || stamp->server != l->server ||
	    !addr_is_same_host(from, &l->source)) {
		if (!is_taken(l, stamp, from, &head, now)) {
			l->others++;
			return LISTING_NOTHING;
		}
		news = LISTING_MOVED;
		if (!l->has_server || stamp->server != l->server) {
			news = LISTING_NEW;
			l->n = 0;
			memset(l->at, 0, sizeof(l->at));
			l->first_ns = now;
		}
		l->has_server = 1;
		l->server = stamp->server;
		l->source = *from;
		l->head_ns = now;
		l->own_port_ns = 0;
	} else if (stamp->startup != l->startup)
		news = LISTING_BACK;
	l->startup = stamp->startup;
	l->head = head;
	step = now - l->head_ns;
	l->clock_ns += step < HEAD_STEP_MAX_NS ? step : HEAD_STEP_MAX_NS;
	l->head_ns = now;
	if (addr_port(from) == PORTS_LIST)
		l->own_port_ns = now;
	age(l);
	return news;
}

static enum listing_news
take_entries(struct listing *l, struct rd *r, int64_t now)
{
	struct plist_entry e;
	void *array = l->entry;
	unsigned slot;
	int got;

	while ((got = plist_get_entry(r, &e)) == 1) {
		if (e.channel < 1 || e.channel > PORTS_CHANNEL_MAX)
			continue;
		slot = l->at[e.channel];
		if (slot == 0) {
			/* Bounded: one for each number there can be. */
			if (mem_grow(&array, &l->cap, l->n + 1,
			    sizeof(*l->entry)) == -1)
				break;
			l->entry = array;
			slot = (unsigned)++l->n;
			l->at[e.channel] = (uint16_t)slot;
		}
		l->entry[slot - 1].e = e;
		l->entry[slot - 1].heard_ns = l->clock_ns;
		l->entry[slot - 1].at_ns = now;
	}
	if (got == -1)
		l->damaged++;
	return LISTING_UPDATED;
}

enum listing_news
listing_take(struct listing *l, const void *data, size_t len,
    const struct addr *from, int64_t now)
{
	struct plist_stamp stamp;
	struct rd r;

	rd_init(&r, data, len);
	if (plist_open(&r, &stamp) == -1) {
		l->damaged++;
		return LISTING_NOTHING;
	}
	if (stamp.kind == PLIST_KIND_HEAD)
		return take_head(l, &r, &stamp, from, now);
	if (stamp.kind != PLIST_KIND_ENTRIES)
		return LISTING_NOTHING;
	if (!l->has_server || stamp.server != l->server ||
	    !addr_is_same_host(from, &l->source)) {
		l->others++;
		return LISTING_NOTHING;
	}
	return take_entries(l, &r, now);
}

int
listing_is_complete(const struct listing *l, int64_t now)
{
	return l->has_server && (l->n >= l->head.channels ||
	    now - l->first_ns >= cycle_ns(l) + CYCLE_GRACE_NS);
}

int64_t
listing_silent_ns(const struct listing *l, int64_t now)
{
	return l->has_server ? now - l->head_ns : -1;
}

const struct listing_entry *
listing_get(const struct listing *l, unsigned channel)
{
	if (channel > PORTS_CHANNEL_MAX || l->at[channel] == 0)
		return NULL;
	return &l->entry[l->at[channel] - 1];
}

unsigned
listing_step(const struct listing *l, unsigned channel, int step)
{
	unsigned i, n = channel;

	for (i = 0; i <= PORTS_CHANNEL_MAX; i++) {
		if (step > 0)
			n = n >= PORTS_CHANNEL_MAX ? 1 : n + 1;
		else
			n = n <= 1 ? PORTS_CHANNEL_MAX : n - 1;
		if (l->at[n] != 0)
			return n;
	}
	return 0;
}

unsigned
listing_find(const struct listing *l, const char *text, int *several)
{
	char why[64];
	int64_t number;
	unsigned found = 0, n = 0;
	size_t i, len = strlen(text);

	*several = 0;
	if (num_parse(text, 1, PORTS_CHANNEL_MAX, &number, why,
	    sizeof(why)) == 0 && l->at[number] != 0)
		return (unsigned)number;
	for (i = 0; i < l->n; i++)
		if (strcasecmp(l->entry[i].e.name, text) == 0 &&
		    (found == 0 || l->entry[i].e.channel < found))
			found = l->entry[i].e.channel;
	if (found != 0 || len == 0)
		return found;
	for (i = 0; i < l->n; i++)
		if (strncasecmp(l->entry[i].e.name, text, len) == 0) {
			found = l->entry[i].e.channel;
			n++;
		}
	*several = n > 1;
	return n == 1 ? found : 0;
}

#define NEAR_LENGTH	48	/* longer names are compared so far */

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* Insertions, deletions and changes from a to b, in bytes. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[NEAR_LENGTH + 1], i, j, diagonal, above;
	unsigned na = (unsigned)strnlen(a, NEAR_LENGTH);
	unsigned nb = (unsigned)strnlen(b, NEAR_LENGTH);

	for (j = 0; j <= nb; j++)
		row[j] = j;
	for (i = 1; i <= na; i++) {
		diagonal = row[0];
		row[0] = i;
		for (j = 1; j <= nb; j++) {
			above = row[j];
			row[j] = least(diagonal + (lower(a[i - 1]) !=
			    lower(b[j - 1])), least(above, row[j - 1]) + 1);
			diagonal = above;
		}
	}
	return row[nb];
}

/* How unlike a channel is to what was asked for. */
static unsigned
unlikeness(const struct listing_entry *c, const char *text, int64_t number)
{
	int64_t d;

	if (number > 0) {
		d = number > c->e.channel ? number - c->e.channel :
		    c->e.channel - number;
		return (unsigned)d;
	}
	if (strncasecmp(c->e.name, text, strlen(text)) == 0)
		return 0;	/* one of several that begin so */
	return distance(c->e.name, text);
}

unsigned
listing_nearest(const struct listing *l, const char *text,
    unsigned out[static LISTING_NEAR])
{
	unsigned score[LISTING_NEAR], n = 0, s, k;
	char why[64];
	int64_t number;
	size_t i;

	if (num_parse(text, 1, INT32_MAX, &number, why, sizeof(why)) == -1)
		number = 0;
	for (i = 0; i < l->n; i++) {
		s = unlikeness(&l->entry[i], text, number);
		for (k = n; k > 0 && (score[k - 1] > s || (score[k - 1] == s &&
		    out[k - 1] > l->entry[i].e.channel)); k--)
			if (k < LISTING_NEAR) {
				score[k] = score[k - 1];
				out[k] = out[k - 1];
			}
		if (k == LISTING_NEAR)
			continue;
		score[k] = s;
		out[k] = l->entry[i].e.channel;
		if (n < LISTING_NEAR)
			n++;
	}
	return n;
}
