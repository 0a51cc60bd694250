/* SPDX-License-Identifier: ISC */
/*
 * What holds of the jitter buffer for any way that packets may take: they come
 * out in order, each once, at their place on the line, those that came in time
 * all of them, and nothing that was forged.
 *
 * The listener is what tuner.c is, with packets of FRAMES frames.
 */
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "jitter.h"
#include "random.h"
#include "tap.h"

#define HOLD_NS		(150 * NS_PER_MS)
#define LEAD_NS		(150 * NS_PER_MS)
#define FRAME		2340		/* ticks: 26 ms */
#define FRAME_NS	(26 * NS_PER_MS)
#define SSRC		0x5eed
#define LATE_NS		(9 * FRAME_NS)	/* nobody overtakes 16 others: that
					 * is a jump */
#define FORGED		UINT32_MAX	/* identity of what nobody sent */
#define FIRST		4		/* make the stream: not disturbed */
#define MANY		120		/* packets of a run */
#define COPIES		3		/* of a packet at most */
#define RUNS		2000

static struct jitter j;

/* A stream and what came out of it. */
static struct stream {
	uint16_t seq0;
	uint32_t ts0;
	unsigned frames;	/* in a packet */
	unsigned n;		/* packets sent */
	unsigned times[MANY];	/* each came out */
	int64_t want;		/* place of the next frame */
	int64_t origin;		/* place of packet 0 */
	int last;		/* packet that came out last; -1: none */
	unsigned silence;	/* frames, up to the last packet */
	unsigned over;		/* packets that came out when all was over */
	unsigned begun, ended;
	unsigned disorder;	/* came out after a later one */
	unsigned misplaced;	/* not where its number says */
	unsigned hasty;		/* before it was due, or asked for the past */
	unsigned forged;
} s;

static uint32_t
packet_ticks(void)
{
	return s.frames * FRAME;
}

static int64_t
sent_ns(unsigned k)
{
	return NS_PER_S + (int64_t)k * s.frames * FRAME_NS;
}

static void
begin(unsigned n, unsigned frames)
{
	memset(&s, 0, sizeof(s));
	s.n = n;
	s.frames = frames;
	/* Mostly near where numbers wrap. */
	s.seq0 = (uint16_t)(random_below(3) ? 65536 - random_below(150) :
	    random_below(65536));
	s.ts0 = random_below(3) ? 0 - random_below(900000) : random_u32();
	s.last = -1;
	jitter_reset(&j);
	memset(&j.counts, 0, sizeof(j.counts));
}

static void
push(uint32_t ssrc, uint16_t seq, uint32_t ts, uint32_t id, int64_t now)
{
	struct rtp h = { .type = RTP_PT_MPA, .seq = seq, .ts = ts,
	    .ssrc = ssrc };
	uint8_t payload[4];

	memcpy(payload, &id, sizeof(id));
	jitter_push(&j, &h, payload, sizeof(payload), now);
}

static void
push_packet(unsigned k, int64_t now)
{
	push(SSRC, (uint16_t)(s.seq0 + k), s.ts0 + k * packet_ticks(), k, now);
}

static void
come_out(const struct jitter_packet *p, int64_t now)
{
	uint32_t id;

	memcpy(&id, p->data, sizeof(id));
	if (id >= s.n) {
		s.forged++;
		return;
	}
	if (p->is_first) {
		s.begun++;
		s.want = p->ts;
		s.origin = p->ts - (int64_t)id * packet_ticks();
	}
	s.times[id]++;
	s.disorder += (int)id <= s.last;
	s.last = (int)id;
	s.misplaced += p->ts != s.origin + (int64_t)id * packet_ticks();
	/* The fastest packet took no time at all. */
	s.hasty += now < sent_ns(id) + HOLD_NS;
	if (p->ts + packet_ticks() - FRAME / 2 <= s.want) {
		s.over++;
		jitter_used(&j, 1, now);
		return;
	}
	jitter_used(&j, 0, now);
	s.want = p->ts + packet_ticks();
}

/* Let time pass from *now to then, waking as the buffer asks. */
static void
pass(int64_t *now, int64_t then)
{
	const struct jitter_packet *p;
	int64_t wake = *now;

	while (wake <= then) {
		if (wake < *now) {
			s.hasty++;
			break;
		}
		*now = wake;
		switch (jitter_next(&j, s.want, FRAME, *now, &p, &wake)) {
		case JITTER_PACKET:
			come_out(p, *now);
			wake = *now;
			break;
		case JITTER_PAUSE:	/* only in a hurry */
		case JITTER_SILENCE:
			s.silence += s.last < (int)s.n - 1;
			s.want += FRAME;
			wake = *now;
			break;
		case JITTER_END:
			s.ended++;
			wake = *now;
			break;
		case JITTER_WAIT:
			break;
		}
	}
	*now = then;
}

/* Nothing is ever wrong with these. */
static int
is_sound(void)
{
	unsigned k;

	for (k = 0; k < s.n; k++)
		if (s.times[k] > 1)
			return 0;
	return s.disorder == 0 && s.misplaced == 0 && s.hasty == 0 &&
	    s.forged == 0 && s.begun == 1 && s.ended == 0 &&
	    j.counts.spliced == 0;
}

/*
 * Every subset of a few packets in every order in which it can come, all at
 * once and in time.
 */
#define FEW	6

struct order {
	unsigned k[FEW];
	unsigned n;
};

static unsigned wrong, orders;

static void
try_order(const struct order *o, unsigned copies)
{
	unsigned i, lost = FEW - o->n;
	int64_t now = NS_PER_S;
	int good;

	begin(FIRST + FEW + 1, 1);
	for (i = 0; i < FIRST; i++) {
		pass(&now, sent_ns(i));
		push_packet(i, now);
	}
	pass(&now, sent_ns(FIRST + FEW - 1));
	for (i = 0; i < o->n; i++) {
		push_packet(FIRST + o->k[i], now);
		if (copies >> o->k[i] & 1)
			push_packet(FIRST + o->k[i], now);
	}
	pass(&now, sent_ns(FIRST + FEW));
	push_packet(FIRST + FEW, now);
	pass(&now, now + NS_PER_S);
	good = is_sound() && s.silence == lost && j.counts.lost == lost &&
	    j.counts.late == 0;
	for (i = 0; i < o->n; i++)
		good = good && s.times[FIRST + o->k[i]] == 1;
	wrong += !good;
	orders++;
}

static void
try_orders(struct order *o, unsigned used)
{
	unsigned k;

	try_order(o, 0);
	try_order(o, used);
	try_order(o, random_below(1 << FEW));
	for (k = 0; k < FEW; k++) {
		if (used >> k & 1)
			continue;
		o->k[o->n++] = k;
		try_orders(o, used | 1u << k);
		o->n--;
	}
}

static void
test_all_orders(void)
{
	struct order o = { .n = 0 };

	try_orders(&o, 0);
	is(orders, 3 * 1957, "every order of every part of six packets");
	is(wrong, 0, "each comes out once, in order, in its place; "
	    "one silent frame for each that is missing");
}

/*
 * A random way: losses, delays, copies, and packets that nobody sent.
 */
struct way {
	int64_t delay_ns;	/* at most */
	unsigned loss;		/* percent */
	unsigned copies;	/* percent of packets that come again */
	unsigned forged;	/* percent of arrivals */
};

struct arrival {
	int64_t at;
	unsigned k;
};

/* What comes when; *first: when a packet came first, INT64_MAX: never. */
static unsigned
travel(const struct way *w, struct arrival *a, int64_t *first)
{
	unsigned k, c, i, n = 0, copies;
	struct arrival t;

	for (k = 0; k < s.n; k++) {
		first[k] = INT64_MAX;
		copies = 1;
		if (k >= FIRST && k < s.n - 1)
			copies = random_below(100) >= w->loss;
		if (copies == 1 && random_below(100) < w->copies)
			copies += 1 + random_below(COPIES - 1);
		for (c = 0; c < copies; c++, n++) {
			t.k = k;
			t.at = sent_ns(k) + (k < FIRST || k == s.n - 1 ? 0 :
			    random_below_i64(w->delay_ns + 1));
			if (t.at < first[k])
				first[k] = t.at;
			for (i = n; i > 0 && a[i - 1].at > t.at; i--)
				a[i] = a[i - 1];
			a[i] = t;
		}
	}
	return n;
}

/* Another's packet, or ours with numbers that cannot be. */
static void
forge(unsigned k, int64_t now)
{
	uint16_t seq = (uint16_t)(s.seq0 + k);
	uint32_t ts = s.ts0 + k * packet_ticks();

	switch (random_below(4)) {
	case 0:
		push(random_u32(), (uint16_t)random_u32(), random_u32(),
		    FORGED, now);
		break;
	case 1:		/* numbers far ahead */
		push(SSRC, (uint16_t)(seq + 200 + random_below(20000)), ts,
		    FORGED, now);
		break;
	case 2:		/* time far ahead */
		push(SSRC, (uint16_t)(seq + 1 + random_below(8)),
		    ts + 900000 + random_below(1 << 28), FORGED, now);
		break;
	default:	/* far behind */
		push(SSRC, (uint16_t)(seq - random_below(20000)),
		    ts - 2000000 - random_below(1 << 28), FORGED, now);
		break;
	}
}

static unsigned unsound, missed, unaccounted;
static uint64_t all_sent, all_lost, all_late, all_copies, all_forged;

static void
try_way(const struct way *w)
{
	static struct arrival a[MANY * COPIES];
	int64_t first[MANY], now = 0;
	unsigned i, n, out = 0, lost = 0;

	begin(MANY, 1 + random_below(3));
	n = travel(w, a, first);
	for (i = 0; i < n; i++) {
		pass(&now, a[i].at);
		push_packet(a[i].k, now);
		if (a[i].k >= FIRST && random_below(100) < w->forged) {
			forge(a[i].k, now);
			all_forged++;
		}
	}
	pass(&now, sent_ns(s.n - 1) + NS_PER_S);
	unsound += !is_sound();
	for (i = 0; i < s.n; i++) {
		lost += first[i] == INT64_MAX;
		out += s.times[i];
		/* In time for sure; later ones may still be. */
		missed += first[i] <= sent_ns(i) + HOLD_NS && s.times[i] != 1;
		unaccounted += first[i] == INT64_MAX && s.times[i] != 0;
	}
	unaccounted += j.counts.lost != lost ||
	    out + lost + j.counts.late - s.over != s.n ||
	    s.silence < s.frames * lost ||
	    (w->delay_ns <= HOLD_NS && s.silence != s.frames * lost);
	all_sent += s.n;
	all_lost += lost;
	all_late += j.counts.late;
	all_copies += j.counts.duplicated;
}

static void
test_ways(const char *what, int64_t delay_ns, unsigned forged)
{
	struct way w = { .forged = forged };
	unsigned i;

	unsound = missed = unaccounted = 0;
	all_sent = all_lost = all_late = all_copies = all_forged = 0;
	for (i = 0; i < RUNS; i++) {
		w.delay_ns = random_below_i64(delay_ns + 1);
		w.loss = random_below(30);
		w.copies = random_below(40);
		try_way(&w);
	}
	printf("# %s: %d runs, %" PRIu64 " packets, %" PRIu64 " lost, %"
	    PRIu64 " late, %" PRIu64 " copies, %" PRIu64 " forged\n", what,
	    RUNS, all_sent, all_lost, all_late, all_copies, all_forged);
	is(unsound, 0, "in order, once, in their place, not too early");
	is(missed, 0, "what came in time came out");
	is(unaccounted, 0, "the others are counted, lost or late");
	ok(all_lost > 0 && all_copies > 0, "%s: there were such", what);
}

int
main(void)
{
	random_seed(1);
	jitter_init(&j, HOLD_NS, LEAD_NS);
	test_all_orders();
	test_ways("delays within the hold", HOLD_NS, 0);
	test_ways("delays beyond it", LATE_NS, 0);
	ok(all_late > 0, "some came when their time was over");
	test_ways("forged packets among them", HOLD_NS, 50);
	return tap_end();
}
