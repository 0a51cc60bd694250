/* SPDX-License-Identifier: ISC */
/*
 * The jitter buffer as properties over a simulated server, network and
 * listener.  The listener is what tuner.c is: it plays a packet for PACKET
 * ticks, and silence for FRAME ticks.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "jitter.h"
#include "random.h"
#include "tap.h"

#define FRAME	2340		/* 26 ms */
#define FRAME_NS (26 * NS_PER_MS)
#define PACKET	(3 * FRAME)	/* three frames each */
#define PACKET_NS (78 * NS_PER_MS)
#define HOLD_NS	(150 * NS_PER_MS)
#define LEAD_NS	(150 * NS_PER_MS)
#define SSRC	0x1234

static struct jitter j;

/* What came out. */
static struct out {
	uint64_t packets, silence, pauses, begun, ended;
	uint64_t disorder;	/* a packet after a later one, or twice */
	uint64_t late;		/* wholly over when released */
	uint64_t early;		/* released before it was due */
	uint32_t last_id;
	int64_t first_ns, last_ns;
	int64_t least_ns;	/* from one release to the next */
	int64_t want;
	int64_t ids;		/* sum of the identities released */
} out;

static void
begin(int64_t hold, int64_t lead)
{
	jitter_init(&j, hold, lead);
	memset(&out, 0, sizeof(out));
}

static enum jitter_verdict
push_as(uint32_t ssrc, uint16_t seq, uint32_t ts, int marker, uint32_t id,
    int64_t now)
{
	struct rtp h = { .marker = marker, .type = 14, .seq = seq, .ts = ts,
	    .ssrc = ssrc };
	uint8_t payload[4] = { (uint8_t)(id >> 24), (uint8_t)(id >> 16),
	    (uint8_t)(id >> 8), (uint8_t)id };

	return jitter_push(&j, &h, payload, sizeof(payload), now);
}

static int64_t
run(int64_t now)
{
	const struct jitter_packet *p;
	enum jitter_next what;
	int64_t wake;
	uint32_t id;

	while ((what = jitter_next(&j, out.want, FRAME, now, &p, &wake)) !=
	    JITTER_WAIT) {
		if (what == JITTER_SILENCE) {
			out.silence++;
			out.want += FRAME;
		} else if (what == JITTER_PAUSE) {
			out.pauses++;
			jitter_grow(&j, FRAME_NS);
		} else if (what == JITTER_END)
			out.ended++;
		else {
			id = (uint32_t)p->data[0] << 24 |
			    (uint32_t)p->data[1] << 16 |
			    (uint32_t)p->data[2] << 8 | p->data[3];
			if (p->is_first) {
				out.begun++;
				out.want = p->ts;
				if (out.first_ns == 0)
					out.first_ns = now;
			}
			if (out.packets > 0 && id <= out.last_id)
				out.disorder++;
			out.last_id = id;
			if (now - out.last_ns < out.least_ns)
				out.least_ns = now - out.last_ns;
			out.packets++;
			out.ids += id;
			if (p->ts + PACKET - FRAME / 2 <= out.want) {
				out.late++;
				jitter_used(&j, 1, now);
			} else {
				jitter_used(&j, 0, now);
				out.want = p->ts + PACKET;
			}
			out.last_ns = now;
		}
	}
	return wake;
}

/* Let time pass from *now to then, waking as the buffer asks. */
static void
pass(int64_t *now, int64_t then)
{
	int64_t wake;

	for (;;) {
		wake = run(*now);
		if (wake > then)
			break;
		/* A buffer that asks for the past would spin. */
		if (wake < *now) {
			out.disorder += 1000;
			break;
		}
		*now = wake;
	}
	*now = then;
}

/* Packets n to m - 1 arrive in time, one after the other. */
static void
feed(int64_t *now, uint32_t n, uint32_t m, uint16_t seq0, uint32_t ts0)
{
	for (; n < m; n++) {
		pass(now, *now + PACKET_NS);
		push_as(SSRC, (uint16_t)(seq0 + n), ts0 + n * PACKET, 0,
		    n + 1, *now);
	}
}

static void
test_plain(void)
{
	int64_t now = NS_PER_S, start;

	begin(HOLD_NS, LEAD_NS);
	start = now + PACKET_NS;
	feed(&now, 0, 500, 65000, 0xffff0000);
	pass(&now, now + HOLD_NS);
	is(out.packets, 500, "all come out, over both wraparounds");
	is(out.disorder, 0, "in order");
	is(out.silence, 0, "without silence");
	is(out.begun, 1, "one line");
	is(out.first_ns - start, HOLD_NS + LEAD_NS,
	    "the first after hold and lead");
	is(j.counts.lost + j.counts.late + j.counts.duplicated +
	    j.counts.reordered + j.counts.gaps, 0, "nothing is counted");
}

/* Every packet is delayed by up to most; so they overtake each other. */
static void
test_permutation(uint32_t round, int64_t most, int copies)
{
	enum { N = 300 };
	static struct { int64_t at; uint32_t n; } q[2 * N], t;
	unsigned i, k, total = (unsigned)(N * copies);
	int64_t now = 0;

	begin(HOLD_NS, LEAD_NS);
	for (i = 0; i < total; i++) {
		q[i].n = i % N;
		/* The first ones in order: they make the stream. */
		q[i].at = NS_PER_S + (int64_t)(i % N) * PACKET_NS +
		    (i % N < 4 ? 0 : random_below((uint32_t)most));
	}
	for (i = 1; i < total; i++)
		for (k = i; k > 0 && q[k - 1].at > q[k].at; k--)
			t = q[k], q[k] = q[k - 1], q[k - 1] = t;
	for (i = 0; i < total; i++) {
		pass(&now, q[i].at);
		push_as(SSRC, (uint16_t)(65500 + q[i].n), q[i].n * PACKET, 0,
		    q[i].n + 1, now);
	}
	/* Those of the last seconds may all have taken some time. */
	pass(&now, NS_PER_S + (N - 1) * PACKET_NS + HOLD_NS + PACKET_NS / 2);
	ok(out.packets == N && out.ids == (int64_t)N * (N + 1) / 2 &&
	    out.disorder == 0 && out.silence == 0,
	    "round %u: delays up to %d ms, %d copies: each once and in order",
	    round, (int)(most / NS_PER_MS), copies);
	is(j.counts.lost, 0, "none lost");
	if (copies == 2)
		/* Copies of the first two, before there was a stream. */
		is(j.counts.duplicated, N - 2, "copies are counted");
	if (most > 2 * PACKET_NS && copies == 1)
		ok(j.counts.reordered > 0, "overtaking is counted");
}

static void
test_loss(void)
{
	int64_t now = NS_PER_S;
	unsigned n, lost = 0;

	begin(HOLD_NS, LEAD_NS);
	for (n = 0; n < 1000; n++) {
		pass(&now, now + PACKET_NS);
		if (n > 4 && n < 990 && random_below(10) == 0) {
			lost++;
			continue;
		}
		push_as(SSRC, (uint16_t)(n + 65000), n * PACKET, 0, n + 1,
		    now);
	}
	pass(&now, now + HOLD_NS);
	is(j.counts.lost, lost, "losses are counted");
	is(out.packets, 1000 - lost, "the others come out");
	is(out.silence, 3 * lost, "three silent frames for each lost packet");
	is(out.disorder + out.late, 0, "in order, in time");
}

static void
test_late_packet(void)
{
	int64_t now = NS_PER_S, base;

	begin(HOLD_NS, 0);
	feed(&now, 0, 10, 100, 0);
	base = now;
	/* Packet 10 is missing, 11 to 14 come, then 10 after its time. */
	now += PACKET_NS;
	feed(&now, 11, 15, 100, 0);
	is(j.counts.lost, 1, "given up");
	is(push_as(SSRC, 110, 10 * PACKET, 0, 11, now), JITTER_LATE,
	    "then it comes");
	is(j.counts.lost, 0, "received, so not lost");
	is(j.counts.late, 1, "but late");
	is(push_as(SSRC, 110, 10 * PACKET, 0, 11, now), JITTER_DUPLICATE,
	    "and again");
	pass(&now, base + 10 * PACKET_NS);
	is(out.disorder, 0, "it never comes out");
	is(out.silence >= 3, 1, "silence stood in");
}

/* A hole is waited for; what fills it within the patience is played. */
static void
test_patience(void)
{
	int64_t now = NS_PER_S;

	begin(HOLD_NS, LEAD_NS);
	feed(&now, 0, 20, 100, 0);
	/* Packet 20 is 170 ms late: due after 150, patience at least 25. */
	pass(&now, now + PACKET_NS + 170 * NS_PER_MS);
	push_as(SSRC, 120, 20 * PACKET, 0, 21, now);
	pass(&now, now + NS_PER_MS);
	is(out.packets >= 20, 1, "played");
	is(out.silence, 0, "nothing stood in for it");
	is(j.counts.lost + j.counts.late, 0, "neither lost nor late");
}

/* The same with later packets already there. */
static void
test_patience_for_a_hole(void)
{
	int64_t now = NS_PER_S, sent;

	begin(HOLD_NS, LEAD_NS);
	feed(&now, 0, 20, 100, 0);
	sent = now + PACKET_NS;
	pass(&now, sent + PACKET_NS);
	push_as(SSRC, 121, 21 * PACKET, 0, 22, now);
	pass(&now, sent + 170 * NS_PER_MS);
	push_as(SSRC, 120, 20 * PACKET, 0, 21, now);
	pass(&now, sent + PACKET_NS + HOLD_NS);
	is(out.packets, 22, "a hole is waited for: both are played");
	is(out.silence + out.late + out.disorder, 0, "in order, in time");
	is(j.counts.reordered, 1, "one overtook the other");
}

/* The way becomes faster by 200 ms from one packet to the next. */
static void
test_slew(void)
{
	int64_t now = NS_PER_S;

	begin(HOLD_NS, LEAD_NS);
	feed(&now, 0, 50, 100, 0);
	run(now);
	out.least_ns = NS_PER_S;
	now -= 200 * NS_PER_MS;
	now = out.last_ns > now ? out.last_ns : now;
	feed(&now, 50, 300, 100, 0);
	is(out.packets + j.n, 300, "all are taken");
	ok(out.least_ns >= PACKET_NS * 98 / 100 &&
	    out.least_ns < PACKET_NS, "the line follows, but slowly (%d us)",
	    (int)(out.least_ns / 1000));
	is(out.silence + out.late + out.disorder, 0, "without a break");
}

static void
test_silence_goes_on(void)
{
	int64_t now = NS_PER_S, end;

	begin(HOLD_NS, LEAD_NS);
	feed(&now, 0, 20, 100, 0);
	end = now + 10 * NS_PER_S;
	pass(&now, end);
	/* 10 s less what was held, in 26 ms frames. */
	ok(out.silence > 370 && out.silence < 386,
	    "an outage of 10 s: time goes on (%d silent frames)",
	    (int)out.silence);
	is(j.counts.gaps, 1, "one gap");
	is(j.counts.lost, 0, "nothing known to be lost");
	pass(&now, now + 100 * NS_PER_S);
	is(out.ended, 1, "after a minute it ends");
	ok(out.silence < 2330, "and no more silence is made");
	feed(&now, 2000, 2020, 100, 0);
	is(out.begun, 2, "then it begins anew");
}

/* kill -9 and restart: same SSRC, +200, time by the wall clock, marker. */
static void
test_restart(int with_marker)
{
	int64_t now = NS_PER_S;
	unsigned n;
	uint64_t before;

	begin(HOLD_NS, LEAD_NS);
	feed(&now, 0, 50, 100, 0);
	pass(&now, now + 2 * NS_PER_S);
	before = out.packets;
	for (n = 0; n < 50; n++) {
		push_as(SSRC, (uint16_t)(149 + 200 + n), 49 * PACKET +
		    180000 + n * PACKET, n == 0 && with_marker, 1000 + n, now);
		pass(&now, now + PACKET_NS);
	}
	pass(&now, now + HOLD_NS);
	is(out.packets - before, 50, "all packets after a restart are played");
	is(out.late + out.disorder, 0, "none late");
	if (with_marker)
		is(j.counts.lost, 0, "the jump is no loss");
	else
		ok(j.counts.lost <= 26, "at most what the time has room for");
	is(out.begun, 1, "the line goes on");
	is(j.counts.gaps, 1, "one gap");
	is(j.counts.spliced, 0, "without a splice");
}

/* The server stalls for a while and then sends what it owes at once. */
static void
test_stall(void)
{
	int64_t now = NS_PER_S;
	unsigned n;

	begin(HOLD_NS, LEAD_NS);
	feed(&now, 0, 50, 100, 0);
	pass(&now, now + PACKET_NS + 250 * NS_PER_MS);
	for (n = 50; n < 54; n++) {
		push_as(SSRC, (uint16_t)(100 + n), n * PACKET, 0, n + 1, now);
		pass(&now, now + 2 * NS_PER_MS);
	}
	now += PACKET_NS - 258 * NS_PER_MS + 250 * NS_PER_MS;
	feed(&now, 54, 100, 100, 0);
	pass(&now, now + HOLD_NS);
	is(j.counts.spliced, 0, "a stall of 250 ms: the line stands");
	is(out.packets, 100, "all packets are taken");
	is(out.disorder, 0, "in order");
	is(j.counts.gaps <= 1, 1, "one gap at most");
}

/* All packets are late by 800 ms from now on. */
static void
test_rebase(void)
{
	int64_t now = NS_PER_S;
	uint64_t late;

	begin(HOLD_NS, LEAD_NS);
	feed(&now, 0, 50, 100, 0);
	pass(&now, now + 800 * NS_PER_MS);
	feed(&now, 50, 70, 100, 0);
	late = out.late;
	ok(late > 0 && late < 12, "late ones are dropped for half a second "
	    "(%d)", (int)late);
	is(j.counts.spliced, 1, "then the line is moved");
	feed(&now, 70, 200, 100, 0);
	is(out.late, late, "and all are in time again");
	is(j.counts.lost, 0, "none is lost");
}

static void
test_drift(int ppm)
{
	int64_t now = NS_PER_S, at = now;
	uint32_t n;

	begin(HOLD_NS, LEAD_NS);
	/* Three hours; jitter of up to 20 ms. */
	for (n = 0; n < 138000; n++) {
		at += PACKET_NS + PACKET_NS * ppm / 1000000;
		pass(&now, at + random_below(20) * NS_PER_MS);
		push_as(SSRC, (uint16_t)n, n * PACKET, 0, n + 1, now);
	}
	pass(&now, now + HOLD_NS + 20 * NS_PER_MS);
	is(out.packets, 138000, "three hours of drift: all come out");
	is(out.silence + out.late + j.counts.lost + j.counts.late, 0,
	    "without silence");
	ok(now - out.last_ns < HOLD_NS + 40 * NS_PER_MS,
	    "the delay has not grown (%d ppm)", ppm);
}

static void
test_forged(void)
{
	int64_t now = NS_PER_S;
	unsigned n;

	begin(HOLD_NS, LEAD_NS);
	feed(&now, 0, 20, 100, 0);
	for (n = 20; n < 200; n++) {
		pass(&now, now + PACKET_NS / 2);
		/* Other streams, far ahead, far in time; single packets. */
		push_as(random_below(1000), (uint16_t)random_u32(),
		    random_below(1 << 30), 1, 0, now);
		push_as(SSRC, (uint16_t)(100 + n + 1000), n * PACKET, 1,
		    0, now);
		push_as(SSRC, (uint16_t)(100 + n + 2), n * PACKET + 800000,
		    1, 0, now);
		push_as(SSRC, (uint16_t)(100 + n + 9), (n - 10) * PACKET, 1,
		    0, now);
		/* A whole false stream, while the true one goes on. */
		push_as(0x666, (uint16_t)n, n * PACKET, 0, 0, now);
		pass(&now, now + PACKET_NS / 2);
		push_as(SSRC, (uint16_t)(100 + n), n * PACKET, 0, n + 1, now);
	}
	pass(&now, now + HOLD_NS);
	is(out.packets, 200, "forged packets change nothing");
	is(out.disorder + out.silence + out.late, 0, "no order, no time");
	is(j.counts.lost + j.counts.spliced, 0, "and no count");
}

static void
test_new_stream(void)
{
	int64_t now = NS_PER_S;
	unsigned n;

	begin(HOLD_NS, LEAD_NS);
	feed(&now, 0, 20, 100, 0);
	for (n = 0; n < 40; n++) {
		pass(&now, now + PACKET_NS);
		push_as(0x777, (uint16_t)(5 + n), 0x80000000 + n * PACKET, 0,
		    100 + n, now);
	}
	pass(&now, now + HOLD_NS);
	is(out.packets, 60, "another stream after the first: taken whole");
	is(j.counts.spliced, 1, "by a splice");
	is(out.disorder + out.late, 0, "in order");
	is(out.begun, 1, "on the same line of frames");
}

/* We were stopped for a minute, then all is there at once. */
static void
test_we_slept(void)
{
	int64_t now = NS_PER_S;
	uint64_t silence;
	unsigned n;

	begin(HOLD_NS, LEAD_NS);
	feed(&now, 0, 50, 100, 0);
	pass(&now, now + PACKET_NS);
	now += 60 * NS_PER_S;
	silence = out.silence;
	/* The kernel kept the first 40 after we fell asleep. */
	for (n = 50; n < 90; n++)
		push_as(SSRC, (uint16_t)(100 + n), n * PACKET, 0, n + 1, now);
	run(now);
	for (n = 820; n < 900; n++) {
		pass(&now, now + PACKET_NS);
		push_as(SSRC, (uint16_t)(100 + n), n * PACKET, 0, n + 1, now);
	}
	pass(&now, now + HOLD_NS);
	ok(out.silence - silence < 40, "no minute of silence at once (%d)",
	    (int)(out.silence - silence));
	ok(now - out.last_ns < NS_PER_S, "sound is back");
	is(out.last_id, 900, "up to the last packet");
}

static void
test_prime(void)
{
	int64_t now = NS_PER_S, at;
	uint64_t before;

	begin(HOLD_NS, LEAD_NS);
	feed(&now, 0, 50, 100, 0);
	run(now);
	before = out.packets;
	jitter_prime(&j, now);
	at = now;
	feed(&now, 50, 51, 100, 0);
	is(out.packets, before, "nothing leaves while the cushion is filled");
	feed(&now, 51, 60, 100, 0);
	ok(out.packets > before && now - at > LEAD_NS, "then it goes on");
	is(out.silence + out.late, 0, "without a hole");
}

static void
test_bounds(void)
{
	struct rtp h = { .ssrc = 1 };
	static uint8_t big[JITTER_PAYLOAD_MAX + 1];
	int64_t now = NS_PER_S;
	unsigned n;

	begin(5 * NS_PER_S, 0);
	is(jitter_push(&j, &h, big, sizeof(big), now), JITTER_REFUSED,
	    "too long a packet is refused");
	for (n = 0; n < 3000; n++)
		push_as(SSRC, (uint16_t)n, n * 10, 0, n + 1, now += 1000);
	is(j.n, JITTER_POOL, "the pool is the limit");
	ok(j.counts.overflow > 0, "what has no room is counted");
}

static void
begin_in_a_hurry(void)
{
	begin(HOLD_NS, LEAD_NS);
	jitter_hurry(&j);
}

/* The first packet leaves at once; what was put in makes the rest wait. */
static void
test_hurry(void)
{
	int64_t now = NS_PER_S, start;
	unsigned n;

	begin_in_a_hurry();
	start = now + PACKET_NS;
	feed(&now, 0, 1, 65000, 0xffff0000);
	run(now);
	is(out.first_ns, start, "in a hurry: the first leaves at once");
	is(j.short_ns, HOLD_NS + LEAD_NS, "all of the delay is missing");
	jitter_grow(&j, FRAME_NS);
	for (n = 1; jitter_is_short(&j, FRAME_NS); n++) {
		jitter_grow(&j, FRAME_NS);
		feed(&now, n, n + 1, 65000, 0xffff0000);
		run(now);
	}
	is(n, 12, "twelve frames more and it is there");
	feed(&now, n, n + 1, 65000, 0xffff0000);
	start = now;
	pass(&now, now + HOLD_NS + NS_PER_MS);
	ok(out.last_ns - start >= HOLD_NS - FRAME_NS / 2 &&
	    out.last_ns - start <= HOLD_NS, "a packet is held for %d ms",
	    (int)((out.last_ns - start) / NS_PER_MS));
	is(out.silence + out.pauses + out.late + out.disorder, 0,
	    "nothing was silent or late");
	jitter_grow(&j, -3 * FRAME_NS);
	is(jitter_is_short(&j, FRAME_NS), 0, "and it stays so");
}

/* A packet that is not there in time is waited for while silence goes out. */
static void
test_hurry_late(void)
{
	int64_t now = NS_PER_S;

	begin_in_a_hurry();
	feed(&now, 0, 1, 100, 0);
	run(now);
	jitter_grow(&j, 2 * FRAME_NS);
	pass(&now, now + PACKET_NS + 70 * NS_PER_MS);
	push_as(SSRC, 101, PACKET, 0, 2, now);
	run(now);
	is(out.pauses, 3, "70 ms late in the first seconds: three frames of "
	    "silence");
	is(out.packets, 2, "it is played all the same");
	is(out.silence + out.late + j.counts.lost + j.counts.late, 0,
	    "and nothing of it is lost");
	is(j.counts.gaps, 1, "it was a gap");
	pass(&now, now + 2 * NS_PER_S);
	ok(out.pauses >= 8 && out.pauses <= 10 && out.silence > 50,
	    "the stream is over: %d more, then time goes on",
	    (int)out.pauses - 3);
}

/* What is not heard yet of what was before is a cushion, too. */
static void
test_hurry_again(void)
{
	int64_t now = NS_PER_S;

	begin_in_a_hurry();
	feed(&now, 0, 1, 100, 0);
	run(now);
	jitter_grow(&j, HOLD_NS + LEAD_NS);
	jitter_is_short(&j, FRAME_NS);
	feed(&now, 1, 20, 100, 0);
	pass(&now, now + 30 * NS_PER_MS);
	jitter_reset(&j);
	jitter_dropped(&j, FRAME_NS);
	pass(&now, now + 20 * NS_PER_MS);
	push_as(SSRC + 1, 7, 5, 0, 1000, now);
	run(now);
	ok(j.ready_ns > LEAD_NS - FRAME_NS - 20 * NS_PER_MS - NS_PER_MS &&
	    j.ready_ns <= LEAD_NS + PACKET_NS,
	    "another stream: %d ms of the old one are still to be heard",
	    (int)(j.ready_ns / NS_PER_MS));
	is(j.short_ns, HOLD_NS + LEAD_NS - j.ready_ns,
	    "and count for its delay");
}

/* We were stopped for a second and a half: what came meanwhile is past, and
 * would have all that follows heard so much later. */
static void
test_hurry_slept(void)
{
	int64_t now = NS_PER_S;
	uint64_t packets;
	unsigned n;

	begin_in_a_hurry();
	feed(&now, 0, 1, 100, 0);
	run(now);
	jitter_grow(&j, HOLD_NS + LEAD_NS);
	jitter_is_short(&j, FRAME_NS);
	feed(&now, 1, 20, 100, 0);
	pass(&now, now + PACKET_NS);
	packets = out.packets;
	for (n = 20; n < 40; n++) {
		now += PACKET_NS;
		push_as(SSRC, (uint16_t)(100 + n), n * PACKET, 0, n + 1, now);
	}
	run(now);
	is(out.packets, packets, "we slept: what came meanwhile is not heard");
	is(out.ended, 1, "the stream is over");
	feed(&now, 40, 60, 100, 0);
	run(now);
	is(out.begun, 2, "and begins anew");
	is(out.packets, packets + 20, "with what comes now");
	is(out.silence + out.late + out.disorder + j.counts.lost, 0,
	    "and nothing is lost");
}

/* The first packet is believed at once, but three of another stream are
 * believed instead; or that it was right is seen. */
static void
test_trial(void)
{
	int64_t now = NS_PER_S;
	unsigned n;

	begin_in_a_hurry();
	push_as(SSRC + 1, 5000, 99, 0, 1, now);
	run(now);
	is(out.packets, 1, "a forged packet comes first");
	for (n = 0; n < 3; n++) {
		push_as(SSRC, (uint16_t)(100 + n), n * PACKET, 0, 2 + n, now);
		run(now);
		pass(&now, now + PACKET_NS);
	}
	is(j.ssrc, SSRC, "three of the real stream");
	is(out.begun, 2, "and it begins at once");
	is(out.packets, 4, "with all of its packets");
	is(j.trial, 0, "nothing is on trial now");
	for (n = 0; n < 3; n++)
		push_as(SSRC + 2, (uint16_t)n, n * PACKET, 0, 100, now);
	is(j.ssrc, SSRC, "three forged ones change nothing");
}

int
main(void)
{
	uint32_t round;

	random_seed(1);
	test_hurry();
	test_hurry_late();
	test_hurry_again();
	test_hurry_slept();
	test_trial();

	test_plain();
	for (round = 1; round <= 6; round++) {
		test_permutation(round, 140 * NS_PER_MS, 1);
		test_permutation(round, 170 * NS_PER_MS, 1);
		test_permutation(round, 140 * NS_PER_MS, 2);
	}
	test_loss();
	test_late_packet();
	test_patience();
	test_patience_for_a_hole();
	test_slew();
	test_silence_goes_on();
	test_restart(1);
	test_restart(0);
	test_stall();
	test_rebase();
	test_drift(200);
	test_drift(-200);
	test_forged();
	test_new_stream();
	test_we_slept();
	test_prime();
	test_bounds();
	return tap_end();
}
