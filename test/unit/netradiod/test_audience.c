/* SPDX-License-Identifier: ISC */
/* The table of listeners, with the time handed in. */
#include "audience.h"

#include <stdlib.h>

#include "base/clock.h"
#include "random.h"
#include "tap.h"
#include "wire/rtcp.h"

static struct audience *a;

static struct audience_report
report_of(unsigned channel, uint32_t host, uint16_t port, uint32_t ssrc)
{
	struct audience_report r = { .channel = channel, .ssrc = ssrc };
	uint8_t bytes[4] = { 10, (uint8_t)(host >> 16), (uint8_t)(host >> 8),
	    (uint8_t)host };

	addr_of_bytes(&r.from, bytes, 4, port);
	return r;
}

static struct onair_audience
turn(unsigned channel, int64_t now)
{
	struct onair_audience out;

	memset(&out, 0xff, sizeof(out));
	audience_turn(a, channel, 128000, now, &out);
	return out;
}

static void
test_come_and_go(void)
{
	struct audience_report r = report_of(3, 1, 5000, 77);
	struct audience_report other = report_of(3, 2, 5000, 77);
	struct onair_audience o;
	int64_t t = NS_PER_S;

	a = audience_new();
	is(turn(3, t).listeners, 0, "nobody");
	is(audience_take(a, &r, t), AUDIENCE_NEW, "one comes");
	is(audience_take(a, &r, t), AUDIENCE_KNOWN, "and is known");
	is(audience_take(a, &other, t), AUDIENCE_NEW,
	    "the same SSRC at another address is another one");
	is(audience_count(a, 3), 2, "two");
	is(audience_count(a, 4), 0, "on that channel only");
	is(audience_bye(a, 4, &r.from, 77), 0, "a BYE on another channel");
	is(audience_bye(a, 3, &r.from, 78), 0, "of another SSRC");
	r.from = addr_plus(&r.from, 0, 5001);
	is(audience_bye(a, 3, &r.from, 77), 0, "or port: nobody goes");
	r.from = addr_plus(&r.from, 0, 5000);
	is(audience_bye(a, 3, &r.from, 77), 1, "his own: he goes");
	is(audience_bye(a, 3, &r.from, 77), 0, "once");
	o = turn(3, t + 24 * NS_PER_S);
	is(o.listeners, 1, "the other one stays for five intervals");
	o = turn(3, t + 26 * NS_PER_S);
	is(o.listeners, 0, "not longer");
	audience_free(a);
}

static void
test_sum(void)
{
	static const uint8_t loss[] = { 0, 0, 13, 26, 255 };
	struct audience_report r;
	struct onair_audience o;
	int64_t t = NS_PER_S;
	unsigned i;

	a = audience_new();
	for (i = 0; i < 5; i++) {
		r = report_of(1, i, 1, i);
		r.fraction = loss[i];
		r.jitter_ms = i * 10;
		audience_take(a, &r, t);
	}
	o = turn(1, t);
	is(o.listeners, 5, "five");
	is(o.loss_median, 50, "the median loses 50 of 1000");
	is(o.loss_worst, 996, "the worst all");
	is(o.jitter_median_ms, 20, "jitter: median");
	is(o.jitter_worst_ms, 40, "and worst");
	/* The other stream of the best one is bad. */
	r = report_of(1, 0, 1, 0);
	r.stream = AUDIENCE_SECOND;
	r.fraction = 128;
	r.jitter_ms = 100000;
	audience_take(a, &r, t);
	o = turn(1, t);
	is(o.listeners, 5, "who hears two streams is one listener");
	is(o.loss_median, 101, "and hears the worse of them");
	is(o.jitter_worst_ms, 1023, "jitter is bounded");
	o = turn(1, t + 16 * NS_PER_S);
	is(o.listeners, 5, "old reports are no news, but he may be there");
	is(o.loss_worst, 0, "what he hears is not known any more");
	audience_free(a);
}

static void
test_many(void)
{
	struct audience_report r;
	unsigned i, new = 0, refused = 0;
	int64_t t = NS_PER_S;

	a = audience_new();
	r = report_of(1, 0xabcdef, 9, 9);
	audience_take(a, &r, t);
	for (i = 0; i < 3000; i++) {
		r = report_of(1 + i % 3, 5, (uint16_t)i, i);
		switch (audience_take(a, &r, t)) {
		case AUDIENCE_NEW:
			new++;
			break;
		case AUDIENCE_REFUSED:
			refused++;
			break;
		case AUDIENCE_KNOWN:
			break;
		}
	}
	is(new, AUDIENCE_PER_HOST, "one host is so many listeners at most");
	is(refused, 3000 - AUDIENCE_PER_HOST, "the rest is refused");
	for (i = 0; i < 300000; i++) {
		r = report_of(1 + random_u32() % PORTS_CHANNEL_MAX,
		    random_u32() & 0xffffff, (uint16_t)random_u32(),
		    random_u32());
		audience_take(a, &r, t);
	}
	for (i = 1, new = 0; i <= PORTS_CHANNEL_MAX; i++)
		new += audience_count(a, i);
	is(new, AUDIENCE_MAX, "and all of them so many");
	r = report_of(1, 0xabcdef, 9, 9);
	is(audience_take(a, &r, t), AUDIENCE_KNOWN, "who was there stays");
	for (i = 1; i <= PORTS_CHANNEL_MAX; i++)
		audience_clear(a, i);
	for (i = 1, new = 0; i <= PORTS_CHANNEL_MAX; i++)
		new += audience_count(a, i);
	is(new, 0, "all forgotten");
	r = report_of(1, 5, 1, 1);
	is(audience_take(a, &r, t), AUDIENCE_NEW, "there is room again");
	audience_free(a);
}

/* Against a plain list: whoever came and has not gone is counted. */
static void
test_model(void)
{
	static unsigned char is_in[4][64];
	unsigned count[4] = { 0 }, i, c, k;
	struct audience_report r;
	int same = 1, verdict;

	a = audience_new();
	for (i = 0; i < 200000; i++) {
		c = random_u32() % 4;
		k = random_u32() % 64;
		r = report_of(c + 1, k % 8, (uint16_t)k, k % 5);
		if (random_u32() % 2) {
			verdict = audience_take(a, &r, NS_PER_S);
			same &= verdict == (is_in[c][k] ? AUDIENCE_KNOWN :
			    AUDIENCE_NEW);
			count[c] += !is_in[c][k];
			is_in[c][k] = 1;
		} else {
			same &= audience_bye(a, c + 1, &r.from, r.ssrc) ==
			    is_in[c][k];
			count[c] -= is_in[c][k];
			is_in[c][k] = 0;
		}
		same &= audience_count(a, c + 1) == count[c];
	}
	ok(same, "any order of reports and good-byes is counted right");
	audience_free(a);
}

/* 10,000 who report each half hour: nobody is forgotten, also when most have
 * gone without a word and the interval becomes shorter. */
static void
test_patience(void)
{
	enum { N = 10000, STAY = 1000 };
	static int64_t next[N];
	const int64_t T = INT64_C(1833) * NS_PER_S;
	struct audience_report r;
	struct onair_audience o;
	unsigned i, least = N;
	int64_t t;

	a = audience_new();
	for (i = 0; i < N; i++)
		next[i] = (int64_t)(random_u32() % 1833) * NS_PER_S;
	for (t = 0; t < 12 * T; t += 5 * NS_PER_S) {
		for (i = 0; i < (t < 2 * T ? N : STAY); i++) {
			if (next[i] > t)
				continue;
			r = report_of(1, i, 1, i);
			audience_take(a, &r, t + 1);
			/* As a client reckons with the list's number. */
			next[i] = t + rtcp_interval_ns(audience_count(a, 1),
			    128000) / 1024 * (512 + random_u32() % 1024);
		}
		o = turn(1, t + 1);
		if (t > 2 * T && o.listeners < least)
			least = (unsigned)o.listeners;
	}
	is(least, STAY, "who listens on was always counted");
	is(o.listeners, STAY, "who went is forgotten in the end");
	audience_free(a);
}

int
main(void)
{
	random_seed(20261128);
	test_come_and_go();
	test_sum();
	test_many();
	test_model();
	test_patience();
	return tap_end();
}
