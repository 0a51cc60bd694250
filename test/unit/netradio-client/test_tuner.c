/* SPDX-License-Identifier: ISC */
/* Whom the tuner believes, and what becomes of the stream when that changes. */
#include <stdint.h>

#include "base/clock.h"
#include "tap.h"
#include "tuner.h"

#define STEP	2340		/* ticks: 26 ms */
#define STEP_NS	(26 * NS_PER_MS)
#define SSRC	0x1234
#define DELAY_NS (100 * NS_PER_MS)

static struct tuner t;
static struct addr here, there;
static int64_t now;
static uint32_t sent;		/* by the server, whoever hears it */

static int
put(void *arg, const struct mpa *m, const uint8_t *frame, size_t len,
    enum unpack_kind kind)
{
	(void)arg, (void)m, (void)frame, (void)len, (void)kind;
	return 0;
}

static void
send_one(const struct addr *from)
{
	uint8_t data[RTP_HEADER_SIZE + 4] = { 0 };
	struct rtp h = { .type = RTP_PT_MPA, .seq = (uint16_t)sent,
	    .ts = sent * STEP, .ssrc = SSRC };

	rtp_encode(&h, data);
	tuner_take(&t, data, sizeof(data), from, now);
	sent++;
	now += STEP_NS;
}

static void
send_many(unsigned n, const struct addr *from)
{
	while (n-- > 0)
		send_one(from);
}

static void
begin(void)
{
	tuner_init(&t, DELAY_NS, 0, put, NULL);
	now = NS_PER_S;
	sent = 65000;		/* its numbers wrap in each test */
}

static void
test_chosen(void)
{
	begin();
	send_many(2, &here);
	is(t.source.len, 0, "two packets make no source");
	send_one(&here);
	ok(addr_is_same_host(&t.source, &here), "three do");
	send_many(5, &there);
	is(t.counts.foreign, 5, "another one does not count");
	now += 4 * NS_PER_S;
	send_many(3, &there);
	ok(addr_is_same_host(&t.source, &there),
	    "until the first was silent for three seconds");
}

static void
test_trust(void)
{
	begin();
	send_many(5, &here);
	is(tuner_trust(&t, &here), 0, "the list comes from the same one");
	is(t.jitter.n, 5, "what was heard stays");
	is(tuner_trust(&t, &there), 1, "it comes from another one");
	is(t.jitter.n, 0, "what was heard is not this one's");
	is(t.last_ns, 0, "nothing was");
	now += 4 * NS_PER_S;
	send_many(5, &here);
	is(t.counts.foreign, 5, "nobody else, however long it is silent");
}

/* A decoder is not kept waiting: but the list's word counts at once. */
static void
test_adapted(void)
{
	int64_t wake;

	begin();
	tuner_adapt(&t);
	send_one(&there);
	ok(t.jitter.has_stream && t.source.len == 0,
	    "the first packet is played, its source not chosen");
	is(tuner_play(&t, now, &wake), TUNER_BEGUN, "and it begins");
	is(tuner_trust(&t, &here), 1, "the list comes from elsewhere");
	is(t.jitter.has_stream, 0, "the stream is forgotten");
	send_one(&there);
	is(t.counts.foreign, 1, "and its source is nobody");
	send_one(&here);
	ok(t.jitter.has_stream, "the list's own is played at once");
	tuner_reset(&t, 0);
	is(tuner_trust(&t, &here), 0, "another channel: nothing was heard");

	begin();
	tuner_adapt(&t);
	send_one(&there);
	tuner_play(&t, now, &wake);
	sent += 30000;
	send_many(3, &here);
	ok(addr_is_same_host(&t.source, &here), "three of another source");
	is(t.jitter.highest_raw, (uint16_t)(sent - 1), "are the stream");
	is(t.jitter.n, 3, "all three of them");
}

static void
test_move(void)
{
	unsigned i, n;

	begin();
	tuner_trust(&t, &here);
	send_many(600, &here);
	n = t.jitter.n;
	is(t.jitter.highest_raw, (uint16_t)(sent - 1), "a stream");
	i = (unsigned)t.counts.packets;
	send_many(80, &there);
	is(t.counts.foreign, 80, "from elsewhere: not believed");
	tuner_move(&t, &there);
	ok(t.jitter.has_stream && t.jitter.n == n && t.last_ns != 0,
	    "the server has moved: what was heard stays");
	send_many(10, &there);
	is(t.counts.packets, i + 10, "it is heard from there");
	is(t.jitter.highest_raw, (uint16_t)(sent - 1),
	    "and its stream goes on");
	is(t.jitter.counts.spliced, 0, "on the line it was on");
	send_many(3, &here);
	is(t.counts.foreign, 83, "the old address is nobody's");
	tuner_reset(&t, 0);
	ok(t.source.len == 0, "another channel: the choice is open");
}

/* Whom the kernel shall let in. */
static void
test_only(void)
{
	struct addr a, own = here, other = here;
	uint32_t id = 0;

	own.u.in.sin_port = htons(5000);
	begin();
	t.port = 5000;
	is(tuner_only(&t, now, &a, &id), 0, "nobody is known: everybody");
	send_many(4, &own);
	ok(tuner_only(&t, now, &a, &id) == 1 && addr_is_same_host(&a, &here) &&
	    addr_port(&a) == 5000, "a stream flows: its address and port");
	is(tuner_only(&t, now + 3 * NS_PER_S, &a, &id), 0,
	    "it does not: anybody may be next");
	tuner_trust(&t, &here);
	ok(tuner_only(&t, now, &a, &id) == 1 && addr_port(&a) == 5000,
	    "by the list: its address and port");
	ok(tuner_only(&t, now + 3 * NS_PER_S, &a, &id) == 1 &&
	    addr_port(&a) == 0 && addr_is_same_host(&a, &here),
	    "it does not flow: its address");
	tuner_move(&t, &there);
	ok(tuner_only(&t, now, &a, &id) == 1 && addr_port(&a) == 0 &&
	    addr_is_same_host(&a, &there), "moved: the new address");
	begin();
	t.port = 5000;
	tuner_trust(&t, &here);
	send_many(5, &other);
	ok(tuner_only(&t, now, &a, &id) == 1 && addr_port(&a) == 0,
	    "it did not get its port: any of its ports");
	tuner_reset(&t, 0);
	is(tuner_only(&t, now, &a, &id), 0, "another channel: everybody");
}

int
main(void)
{
	addr_parse(&here, "192.0.2.1", 1);
	addr_parse(&there, "192.0.2.2", 1);
	test_chosen();
	test_trust();
	test_adapted();
	test_move();
	test_only();
	return tap_end();
}
