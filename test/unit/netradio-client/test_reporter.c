/* SPDX-License-Identifier: ISC */
/* How a stream is received, and when and what is reported of it. */
#include "reporter.h"

#include <stdlib.h>

#include "base/clock.h"
#include "random.h"
#include "reception.h"
#include "tap.h"
#include "wire/rtcp.h"

static struct reporter r;
static struct reception rx;
static struct addr server, stranger;

static void
begin(void)
{
	uint8_t chance[REPORTER_CHANCE];
	size_t i;

	for (i = 0; i < sizeof(chance); i++)
		chance[i] = (uint8_t)random_u32();
	reporter_init(&r, chance);
	reception_init(&rx);
	addr_parse(&server, "10.0.0.1", 16385);
	addr_parse(&stranger, "10.0.0.2", 16385);
}

static void
test_reception(void)
{
	struct rtcp_block b;
	uint32_t ts = 0;
	int64_t t = NS_PER_S;
	unsigned i;

	begin();
	ok(!reception_is_fresh(&rx), "nothing came");
	/* 100 packets over the wrap, of which each tenth is lost. */
	for (i = 0; i < 100; i++, ts += 4500, t += 50 * NS_PER_MS)
		if (i % 10 != 9)
			reception_take(&rx, 7, (uint16_t)(65500 + i), ts,
			    90000, t);
	ok(reception_is_fresh(&rx), "something came");
	reception_report(&rx, &b);
	is(b.ssrc, 7, "of that source");
	is(b.lost, 9, "nine are missing; of the tenth nobody knows");
	is(b.fraction, 9 * 256 / 99, "as a fraction");
	is(b.highest, 65500 + 98, "the highest number, with its cycle");
	is(b.jitter, 0, "no jitter: the gaps are in the timestamps, too");
	ok(!reception_is_fresh(&rx), "and nothing since");
	reception_take(&rx, 7, (uint16_t)(65500 + 99), ts, 90000, t);
	reception_take(&rx, 7, (uint16_t)(65500 + 99), ts, 90000, t);
	reception_report(&rx, &b);
	is(b.fraction, 0, "a duplicate is no loss");
	is(b.lost, 8, "but makes up for one (RFC 3550 A.3)");
	for (i = 0; i < 5; i++)
		reception_take(&rx, 7, (uint16_t)(65500 + 99), ts, 90000, t);
	for (i = 0; i < 6; i++)
		reception_take(&rx, 7, (uint16_t)(65500 + 99), ts, 90000, t);
	reception_report(&rx, &b);
	is(b.lost, -3, "so there may be less than none");
	reception_take(&rx, 8, 5, 0, 44100, t);
	reception_report(&rx, &b);
	is(b.highest, 5, "another source begins anew");
	reception_take(&rx, 8, 40000, 0, 44100, t);
	reception_report(&rx, &b);
	is(b.highest, 5, "a stray packet is none of its");
	reception_take(&rx, 8, 40001, 0, 44100, t);
	reception_report(&rx, &b);
	is(b.highest, 40001, "two in a row are");
	is(b.lost, 0, "from there on");
}

static void
test_jitter(void)
{
	struct rtcp_block b;
	int64_t t = NS_PER_S;
	uint32_t ts = 0;
	int i;

	begin();
	for (i = 0; i < 2000; i++, ts += 4500, t += 50 * NS_PER_MS)
		reception_take(&rx, 7, (uint16_t)i, ts, 90000,
		    t + (i % 2) * 10 * NS_PER_MS);
	reception_report(&rx, &b);
	ok(b.jitter >= 890 && b.jitter <= 900,
	    "10 ms more and less are 900 ticks of jitter");
}

/* The server's report from there: what reporter_take says. */
static int
hear(const struct addr *from, uint32_t ssrc, int is_bye, int64_t now)
{
	struct rtcp_sender s = { .ntp = UINT64_C(0x1111222233334444) };
	uint8_t data[RTCP_MAX];
	struct addr source = addr_plus(&server, 0, 16384);
	struct wr w;

	wr_init(&w, data, sizeof(data));
	rtcp_put_sr(&w, ssrc, &s);
	rtcp_put_sdes(&w, ssrc, "c", "t");
	if (is_bye)
		rtcp_put_bye(&w, ssrc);
	return reporter_take(&r, REPORTER_P, data, wr_len(&w), from, &source,
	    7, now);
}

static void
test_report(void)
{
	uint8_t out[RTCP_MAX];
	struct rtcp p;
	struct rd rd;
	int64_t t = 100 * NS_PER_S;
	size_t n;

	begin();
	reporter_tune(&r, t);
	reception_take(&rx, 7, 1, 0, 90000, t);
	is(reporter_due_ns(&r, 1, 128000), INT64_MAX, "to nobody, never");
	is(reporter_say(&r, 0, &rx, t, out), 0, "nor is there a report");
	is(hear(&stranger, 7, 1, t), 0, "a stranger says BYE: nothing");
	is(hear(&server, 8, 1, t), 0, "another stream's: nothing");
	is(reporter_due_ns(&r, 1, 128000), INT64_MAX, "nor is it one to tell");
	is(hear(&server, 7, 0, t), 0, "the server's own");
	ok(reporter_due_ns(&r, 1, 128000) > t && reporter_due_ns(&r, 1, 128000)
	    <= t + 15 * NS_PER_S / 4, "within half an interval");
	n = reporter_say(&r, 0, &rx, t + NS_PER_S / 2, out);
	ok(n > 0 && n + 28 <= RTCP_REPORT_BYTES,
	    "no longer than it is reckoned with");
	is(rtcp_open(&rd, out, n), 0, "a compound");
	ok(rtcp_next(&rd, &p) && p.type == RTCP_RR && p.nblocks == 1 &&
	    p.block[0].ssrc == 7, "a receiver report on it");
	is(p.block[0].last_sr, 0x22223333, "with the time that was heard");
	is(p.block[0].since_sr, 0x8000, "and how long ago");
	is(reporter_say(&r, 0, &rx, t, out), 0, "no packet since: no report");
	is(reporter_say(&r, 1, &rx, t, out), 0, "nor on the other stream");
	is(hear(&server, 7, 1, t), 1, "its own BYE counts");
	ok(reporter_bye(&r, 0, 50, out) > 0, "a good-bye for a few");
	is(reporter_bye(&r, 0, 1, out), 0, "once");
	reception_take(&rx, 7, 2, 0, 90000, t);
	reporter_say(&r, 0, &rx, t, out);
	is(reporter_bye(&r, 0, 51, out), 0, "none when there are many");
	is(reporter_bye(&r, 1, 1, out), 0, "none where nothing was said");
}

static void
test_interval(void)
{
	int64_t t = 100 * NS_PER_S, due, least = INT64_MAX, most = 0;
	int i;

	begin();
	reporter_tune(&r, t);
	hear(&server, 7, 0, t);
	for (i = 0; i < 10000; i++) {
		reporter_next(&r, t);
		due = reporter_due_ns(&r, 3, 128000) - t;
		least = due < least ? due : least;
		most = due > most ? due : most;
	}
	ok(least > 249 * NS_PER_S / 100 && least < 26 * NS_PER_S / 10 &&
	    most <= 15 * NS_PER_S / 2 && most > 74 * NS_PER_S / 10,
	    "0.5 to 1.5 times five seconds, all of it");
	reporter_next(&r, t);
	due = reporter_due_ns(&r, 3, 128000);
	ok(reporter_due_ns(&r, 10000, 128000) > due, "later when many come");
	is(reporter_due_ns(&r, 3, 128000), reporter_due_ns(&r, 10000, 128000),
	    "not earlier when they go");
	reporter_next(&r, t);
	ok(reporter_due_ns(&r, -1, 128000) <= t + 15 * NS_PER_S / 2,
	    "but the next time");
}

/* 10,000 listeners and a server that counts them and tells in its list: what
 * they send, in bit/s of each ten seconds, headers included. */
static void
test_many(void)
{
	enum { N = 10000 };
	static struct reporter all[N];
	static uint8_t has[N];
	const int64_t step = 500 * NS_PER_MS;
	uint8_t out[RTCP_MAX], chance[REPORTER_CHANCE];
	int64_t t, bits = 0, worst = 0, late = 0, listeners = 0, told = 0;
	unsigned i, k;

	begin();
	for (i = 0; i < N; i++) {
		for (k = 0; k < sizeof(chance); k++)
			chance[k] = (uint8_t)random_u32();
		reporter_init(&all[i], chance);
		/* They come one by one, in an hour. */
		reporter_tune(&all[i], (int64_t)i * 3600 * NS_PER_S / N);
	}
	for (t = 0; t < 3 * 3600 * NS_PER_S; t += step) {
		if (t % NS_PER_S == 0)
			told = listeners;	/* in the list */
		for (i = 0; i < N; i++) {
			if ((int64_t)i * 3600 * NS_PER_S / N > t)
				break;
			if (all[i].heard_ns == 0) {
				r = all[i];
				hear(&server, 7, 0, t);
				all[i] = r;
			}
			if (reporter_due_ns(&all[i], told, 128000) > t)
				continue;
			reception_init(&rx);
			reception_take(&rx, 7, 1, 0, 90000, t);
			bits += 8 * (int64_t)(28 + reporter_say(&all[i], 0,
			    &rx, t, out));
			reporter_next(&all[i], t);
			listeners += !has[i];
			has[i] = 1;
		}
		if ((t + step) % (10 * NS_PER_S) != 0)
			continue;
		worst = bits > worst ? bits : worst;
		if (t > 3600 * NS_PER_S)
			late += bits;
		bits = 0;
	}
	is(listeners, N, "all are counted");
	printf("# %lld bit/s in the worst ten seconds, %lld in the long run "
	    "(bound 4800)\n", (long long)worst / 10,
	    (long long)late / 7200);
	ok(late / 7200 <= 4800, "in the long run 3.75 %% of the session");
	ok(worst / 10 <= 2 * 4800, "and twice that while they come");
}

int
main(void)
{
	random_seed(20261129);
	test_reception();
	test_jitter();
	test_report();
	test_interval();
	test_many();
	return tap_end();
}
