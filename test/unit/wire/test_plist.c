/* SPDX-License-Identifier: ISC */
#include "wire/plist.h"

#include <stdlib.h>

#include "random.h"
#include "tap.h"
#include "wire/ports.h"

#define ENTRIES	2000

/* Clean UTF-8 of at most size - 1 bytes, without spaces at its ends. */
static void
random_text(char *s, size_t size)
{
	static const char *const pieces[] = { "a", "Z", "7", "-", "\"", "x y",
	    "\xc3\xa9", "\xe4\xb8\xad", "\xf0\x9f\x8e\xb5" };
	size_t n = 0, k, want = random_u32() % 3 ? random_u32() % size : 0;
	const char *p;

	for (;;) {
		p = pieces[random_u32() % 9];
		k = strlen(p);
		if (n + k >= size || n + k > want)
			break;
		memcpy(s + n, p, k);
		n += k;
	}
	s[n] = '\0';
}

static void
random_entry(struct plist_entry *e)
{
	size_t i;

	memset(e, 0, sizeof(*e));
	e->channel = (uint16_t)(1 + random_u32() % PORTS_CHANNEL_MAX);
	e->flags = (uint8_t)random_u32();
	random_text(e->name, sizeof(e->name));
	random_text(e->description, sizeof(e->description));
	random_text(e->title, sizeof(e->title));
	random_text(e->artist, sizeof(e->artist));
	random_text(e->note, sizeof(e->note));
	random_text(e->codec, sizeof(e->codec));
	e->duration_ms = e->listeners = -1;
	if (random_u32() & 1)
		e->group_len = random_u32() & 1 ? 4 : 16;
	if (e->group_len > 0) {
		for (i = 0; i < e->group_len; i++)
			e->group[i] = (uint8_t)random_u32();
		e->port = (uint16_t)random_u32();
		e->payload_type = (uint8_t)random_u32();
		e->ssrc = random_u32();
	}
	if (e->group_len > 0 && (random_u32() & 1)) {
		e->second.port = (uint16_t)(1 + random_u32() % 65535);
		e->second.payload_type = (uint8_t)random_u32();
		e->second.channels = (uint8_t)random_u32();
		e->second.ssrc = random_u32();
		e->second.clock_hz = 1 + random_u32() / 2;
		e->second.begin_ts = random_u32();
		random_text(e->second.codec, sizeof(e->second.codec));
		e->second.config_len = (uint8_t)(random_u32() %
		    (PLIST_CONFIG_MAX + 1));
		for (i = 0; i < e->second.config_len; i++)
			e->second.config[i] = (uint8_t)random_u32();
		if (random_u32() & 1) {
			e->next = e->second;
			e->next.ssrc = random_u32();
			e->next.payload_type = (uint8_t)random_u32();
		}
	}
	if (e->codec[0] != '\0') {
		e->bitrate = random_u32();
		e->sample_rate = random_u32();
		e->channels = (uint8_t)random_u32();
	}
	if (random_u32() & 1) {
		e->has_track = 1;
		e->track_ts = random_u32();
		e->position_ms = random_u32();
		if (random_u32() & 1)
			e->duration_ms = random_u32() >> 1;
	}
	if (random_u32() & 1)
		e->listeners = random_u32();
	if (random_u32() & 1) {
		e->has_heard = 1;
		e->loss_median = (uint16_t)random_u32();
		e->loss_worst = (uint16_t)random_u32();
		e->jitter_median_ms = (uint16_t)random_u32();
		e->jitter_worst_ms = (uint16_t)random_u32();
	}
}

static int
is_equal(const struct plist_entry *a, const struct plist_entry *b)
{
	return a->channel == b->channel && a->flags == b->flags &&
	    a->group_len == b->group_len &&
	    memcmp(a->group, b->group, sizeof(a->group)) == 0 &&
	    a->port == b->port && a->payload_type == b->payload_type &&
	    memcmp(&a->second, &b->second, sizeof(a->second)) == 0 &&
	    memcmp(&a->next, &b->next, sizeof(a->next)) == 0 &&
	    a->ssrc == b->ssrc && strcmp(a->codec, b->codec) == 0 &&
	    a->bitrate == b->bitrate && a->sample_rate == b->sample_rate &&
	    a->channels == b->channels && strcmp(a->name, b->name) == 0 &&
	    strcmp(a->description, b->description) == 0 &&
	    strcmp(a->title, b->title) == 0 &&
	    strcmp(a->artist, b->artist) == 0 &&
	    strcmp(a->note, b->note) == 0 &&
	    !a->has_track == !b->has_track && a->track_ts == b->track_ts &&
	    a->position_ms == b->position_ms &&
	    a->duration_ms == b->duration_ms && a->listeners == b->listeners &&
	    !a->has_heard == !b->has_heard &&
	    a->loss_median == b->loss_median &&
	    a->loss_worst == b->loss_worst &&
	    a->jitter_median_ms == b->jitter_median_ms &&
	    a->jitter_worst_ms == b->jitter_worst_ms;
}

static const struct plist_stamp stamp = { .kind = PLIST_KIND_ENTRIES,
	.server = 0x0102030405060708, .startup = 0x11121314,
	.revision = 0x21222324 };

/* A datagram with the entries that fit into it; how many. */
static size_t
make_datagram(uint8_t *data, size_t size, struct plist_entry *e, size_t max,
    size_t *len)
{
	struct wr w;
	size_t n;

	wr_init(&w, data, size);
	plist_begin(&w, &stamp);
	for (n = 0; n < max; n++) {
		random_entry(&e[n]);
		*len = wr_len(&w);
		if (plist_put_entry(&w, &e[n]) == -1)
			break;
	}
	*len = wr_len(&w);
	return n;
}

static void
test_head(void)
{
	static const uint8_t want[] = { 'N', 'R', 'P', 'L', 1, 0, 0, 0,
	    1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12, 0x13, 0x14,
	    0x21, 0x22, 0x23, 0x24,
	    0, 1, 0, 4, 0, 0, 1, 0x2c,
	    0, 2, 0, 2, 0, 3,
	    0, 3, 0, 3, 'F', 'o', 'o',
	    0, 5, 0, 2, 0x1f, 0x40 };
	struct plist_head head = { 300, 3, 8000, "Foo" }, got;
	struct plist_stamp s = stamp, t;
	uint8_t data[PLIST_ROOM];
	struct wr w;
	struct rd r;

	s.kind = PLIST_KIND_HEAD;
	wr_init(&w, data, sizeof(data));
	plist_begin(&w, &s);
	is(wr_len(&w), PLIST_HEAD_SIZE, "the fixed head has its size");
	is(plist_put_head(&w, &head), 0, "the head's items fit");
	is(wr_len(&w), sizeof(want), "the head datagram is as long as drawn");
	ok(memcmp(data, want, sizeof(want)) == 0, "byte for byte");
	rd_init(&r, data, wr_len(&w));
	ok(plist_open(&r, &t) == 0 && t.kind == PLIST_KIND_HEAD &&
	    t.server == s.server && t.startup == s.startup &&
	    t.revision == s.revision, "the stamp comes back");
	is(plist_get_head(&r, &got), 0, "so do the items");
	is(got.channels, 300, "channels");
	is(got.cycle_s, 3, "cycle");
	is_str(got.name, "Foo", "name");
	is(got.http_port, 8000, "port");
	wr_init(&w, data, sizeof(want) - 1);
	plist_begin(&w, &s);
	ok(plist_put_head(&w, &head) == -1 && w.bad,
	    "a head that does not fit is refused");
}

static void
test_head_odd(void)
{
	static const uint8_t zero_cycle[] = { 0, 2, 0, 2, 0, 0 };
	static const uint8_t odd[] = { 0, 99, 0, 1, 7,	/* not known */
	    0, 4, 0, 4, 10, 0, 0, 1, 0, 4, 0, 4, 10, 0, 0, 2,
	    0, 1, 0, 2, 1, 1,		/* too short for its type */
	    0, 1, 0, 6, 0, 0, 0, 9, 5, 5, /* longer than we know */
	    0, 3, 0, 4, 'a', '\n', 27, 'b' };
	struct plist_head h;
	struct rd r;
	size_t cut;
	int bad = 1;

	rd_init(&r, "", 0);
	ok(plist_get_head(&r, &h) == 0 && h.channels == 0 && h.cycle_s == 1 &&
	    h.name[0] == '\0', "an empty head says nothing");
	rd_init(&r, zero_cycle, sizeof(zero_cycle));
	ok(plist_get_head(&r, &h) == 0 && h.cycle_s == 1,
	    "a cycle of 0 s is none: nobody divides by it");
	rd_init(&r, odd, sizeof(odd));
	is(plist_get_head(&r, &h), 0, "items of any type and length");
	is(h.channels, 9, "what is longer than we know begins as we know");
	is_str(h.name, "a ?b", "no control character in the name");
	for (cut = sizeof(odd) - 7; cut < sizeof(odd); cut++) {
		rd_init(&r, odd, cut);
		bad = bad && plist_get_head(&r, &h) == -1;
	}
	ok(bad, "an item that is cut is damage");
}

static void
test_open(void)
{
	uint8_t data[PLIST_HEAD_SIZE];
	struct plist_stamp s;
	struct wr w;
	struct rd r;
	size_t i, len;
	int v, refused = 1, taken = 0;

	wr_init(&w, data, sizeof(data));
	plist_begin(&w, &stamp);
	for (len = 0; len < sizeof(data); len++) {
		rd_init(&r, data, len);
		refused = refused && plist_open(&r, &s) == -1;
	}
	ok(refused, "a head that is cut is none");
	for (i = 0; i < 6; i++)
		for (v = 0; v < 256; v++) {
			uint8_t was = data[i];

			data[i] = (uint8_t)v;
			rd_init(&r, data, sizeof(data));
			taken += plist_open(&r, &s) == 0;
			data[i] = was;
		}
	is(taken, 5 + 2, "only magic, version 1 and the two kinds are taken");
	data[6] = 0xff;
	rd_init(&r, data, sizeof(data));
	is(plist_open(&r, &s), 0, "the reserved bytes may come to mean more");
}

static void
test_round_trip(void)
{
	static struct plist_entry e[64];
	struct plist_entry got;
	struct plist_stamp s;
	uint8_t data[PLIST_ROOM], again[PLIST_ROOM];
	struct wr w;
	struct rd r;
	size_t n, i, len;
	int k, same = 1, all = 1, stable = 1;

	for (k = 0; k < ENTRIES; k++) {
		n = make_datagram(data, sizeof(data), e, 64, &len);
		rd_init(&r, data, len);
		all = all && n > 0 && plist_open(&r, &s) == 0 &&
		    s.kind == PLIST_KIND_ENTRIES;
		wr_init(&w, again, sizeof(again));
		plist_begin(&w, &s);
		for (i = 0; plist_get_entry(&r, &got) == 1; i++) {
			same = same && i < n && is_equal(&e[i], &got);
			plist_put_entry(&w, &got);
		}
		all = all && i == n && plist_get_entry(&r, &got) == 0;
		stable = stable && wr_len(&w) == len &&
		    memcmp(data, again, len) == 0;
	}
	ok(same, "decode(encode(x)) is x");
	ok(all, "for as many as were put in");
	ok(stable, "and encode(decode(b)) is b");
}

/* The longest entry there can be; and one byte less room than it takes. */
static void
test_room(void)
{
	struct plist_entry e;
	uint8_t data[PLIST_ROOM + 1];
	struct wr w;
	size_t len, small;
	int kept = 1;

	memset(&e, 0, sizeof(e));
	e.channel = 1;
	e.group_len = 16;
	memset(e.codec, 'c', sizeof(e.codec) - 1);
	memset(e.name, 'n', sizeof(e.name) - 1);
	memset(e.description, 'd', sizeof(e.description) - 1);
	memset(e.title, 't', sizeof(e.title) - 1);
	memset(e.artist, 'a', sizeof(e.artist) - 1);
	memset(e.note, 'o', sizeof(e.note) - 1);
	e.has_track = 1;
	e.duration_ms = 5;
	e.listeners = 5;
	e.second.port = 1;
	e.second.clock_hz = 1;
	memset(e.second.codec, 'c', sizeof(e.second.codec) - 1);
	e.second.config_len = PLIST_CONFIG_MAX;
	wr_init(&w, data, PLIST_ROOM);
	plist_begin(&w, &stamp);
	is(plist_put_entry(&w, &e), 0, "PLIST_ROOM holds the longest entry");
	len = wr_len(&w);
	for (small = PLIST_HEAD_SIZE; small < len; small++) {
		memset(data, 0xee, sizeof(data));
		wr_init(&w, data, small);
		plist_begin(&w, &stamp);
		kept = kept && plist_put_entry(&w, &e) == -1 && !w.bad &&
		    wr_len(&w) == PLIST_HEAD_SIZE && data[small] == 0xee;
	}
	ok(kept, "with any less it is refused and the writer as before");
	e.next = e.second;
	wr_init(&w, data, PLIST_ROOM);
	plist_begin(&w, &stamp);
	is(plist_put_entry(&w, &e), 0, "what follows it does not keep it out");
	is(wr_len(&w), len, "but is left out itself");
	e.title[0] = '\0';
	wr_init(&w, data, PLIST_ROOM);
	plist_begin(&w, &stamp);
	is(plist_put_entry(&w, &e), 0, "where there is room");
	ok(wr_len(&w) > len - sizeof(e.title) - 3, "it is there");
	memset(e.title, 't', sizeof(e.title) - 1);
	e.next.port = 0;
	wr_init(&w, data, len);
	plist_begin(&w, &stamp);
	is(plist_put_entry(&w, &e), 0, "exactly enough is enough");
	wr_init(&w, data, 3);
	plist_begin(&w, &stamp);
	is(plist_put_entry(&w, &e), -1, "a bad writer takes nothing");
}

/* Read all entries of an exact copy, so that a sanitizer sees one step
 * beyond it; what they returned at last.  Their promises are checked. */
static int
read_all(const uint8_t *data, size_t len, int *entries, int *broken)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	struct plist_entry e;
	struct plist_head h;
	struct plist_stamp s;
	struct rd r;
	const char *texts[6] = { e.name, e.description, e.title, e.artist,
	    e.note, e.codec };
	const char *p;
	size_t i;
	int more = -1;

	memcpy(copy, data, len);
	rd_init(&r, copy, len);
	if (plist_open(&r, &s) == 0 && s.kind == PLIST_KIND_HEAD)
		more = plist_get_head(&r, &h);
	else if (plist_open(&(struct rd){ copy, copy + len, 0 }, &s) == 0)
		while ((more = plist_get_entry(&r, &e)) == 1) {
			++*entries;
			if (e.channel == 0 || e.channel > PORTS_CHANNEL_MAX ||
			    (e.group_len != 0 && e.group_len != 4 &&
			    e.group_len != 16))
				++*broken;
			for (i = 0; i < 6; i++) {
				if (memchr(texts[i], '\0', i < 5 ?
				    PLIST_TEXT_MAX : PLIST_CODEC_MAX) == NULL) {
					++*broken;
					continue;
				}
				for (p = texts[i]; *p != '\0'; p++)
					if ((unsigned char)*p < 0x20 ||
					    *p == 0x7f)
						++*broken;
			}
		}
	free(copy);
	return more;
}

static void
test_damage(void)
{
	static struct plist_entry e[64];
	uint8_t data[PLIST_ROOM], bad[PLIST_ROOM];
	size_t n, len, cut, i, hits;
	int k, before = 0, entries = 0, broken = 0, order = 1, whole = 1;

	n = make_datagram(data, sizeof(data), e, 64, &len);
	is(read_all(data, len, &before, &broken), 0, "undamaged: to the end");
	is(before, n, "with all entries");
	for (before = 0, cut = PLIST_HEAD_SIZE; cut <= len; cut++) {
		entries = 0;
		k = read_all(data, cut, &entries, &broken);
		/* What stands before the cut is there, and no more. */
		order = order && entries >= before && entries <= before + 1 &&
		    (k == 0) == (entries > before || cut == PLIST_HEAD_SIZE);
		before = entries;
	}
	ok(order && before == (int)n, "cut at any byte, what is whole stands");
	for (k = 0; k < 100000; k++) {
		if (k % 100 == 0)
			make_datagram(data, sizeof(data), e, 64, &len);
		memcpy(bad, data, len);
		hits = 1 + random_u32() % 8;
		for (i = 0; i < hits; i++)
			bad[random_u32() % len] = (uint8_t)random_u32();
		cut = random_u32() % 4 ? len : random_u32() % len;
		whole = whole && read_all(bad, cut, &entries, &broken) <= 0;
	}
	ok(whole, "100000 mutations all come to an end");
	is(broken, 0, "and no promise about lengths and texts is broken");
	ok(entries > 100000, "although entries were read");
}

static void
test_unknown(void)
{
	static const uint8_t data[] = { 'N', 'R', 'P', 'L', 1, 1, 0, 0,
	    0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3,
	    0, 17, 0, 3, 1, 2, 3,		/* an item of another kind */
	    0, 16, 0, 27, 0, 42,		/* an entry, channel 42 */
	    0, 200, 0, 2, 9, 9,		/* an item not known in it */
	    0, 12, 0, 2, 5, 4,		/* FEC: known, not used yet */
	    0, 3, 0, 1, 3,			/* flags */
	    0, 1, 0, 4, 'a', 0xc2, 0x9b, 'b',	/* name with a CSI */
	    0, 255, 0, 0,			/* an item without a value */
	    0, 16, 0, 2, 0x3f, 0xff };	/* an entry, channel 16383 */
	static const uint8_t zero[] = { 0, 16, 0, 2, 0, 0 };
	static const uint8_t high[] = { 0, 16, 0, 2, 0x40, 0 };
	static const uint8_t none[] = { 0, 16, 0, 1, 1 };
	struct plist_entry e;
	struct plist_stamp s;
	struct rd r;

	rd_init(&r, data, sizeof(data));
	is(plist_open(&r, &s), 0, "a list of somebody newer");
	is(plist_get_entry(&r, &e), 1, "has an entry we understand");
	is(e.channel, 42, "channel");
	is(e.flags, PLIST_F_ON_AIR | PLIST_F_SILENT, "flags");
	is_str(e.name, "a?b", "the name is clean");
	ok(e.group_len == 0 && e.codec[0] == '\0' && !e.has_track &&
	    e.duration_ms == -1 && e.listeners == -1,
	    "what is absent is not known");
	is(plist_get_entry(&r, &e), 1, "and another one");
	ok(e.channel == 16383 && e.name[0] == '\0' && e.flags == 0,
	    "which inherits nothing");
	is(plist_get_entry(&r, &e), 0, "and no more");
	rd_init(&r, zero, sizeof(zero));
	is(plist_get_entry(&r, &e), -1, "channel 0 is damage");
	rd_init(&r, high, sizeof(high));
	is(plist_get_entry(&r, &e), -1, "so is 16384");
	rd_init(&r, none, sizeof(none));
	is(plist_get_entry(&r, &e), -1, "so is half a number");
}

static void
test_ports(void)
{
	is(ports_of_channel(1), 16384, "channel 1: port 16384");
	is(ports_of_channel(3), 16400, "channel 3: port 16400");
	is(ports_of_channel(2048), 16384 + 8 * 2047, "channel 2048");
	is(ports_of_channel(2049), 16384, "channel 2049 as channel 1");
	ok(ports_of_channel(2048) + 7 < 32768,
	    "below Linux' ephemeral ports");
}

int
main(void)
{
	random_seed(3);
	test_head();
	test_head_odd();
	test_open();
	test_round_trip();
	test_room();
	test_damage();
	test_unknown();
	test_ports();
	return tap_end();
}
