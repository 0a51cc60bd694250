/* SPDX-License-Identifier: ISC */
/*
 * A day of listening with clocks that differ: the whole chain from the
 * datagram to the decoder (tuner and queue as they are, and a pipe, a decoder
 * and a sound card made here), with the time handed in.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "queue.h"
#include "tap.h"
#include "tuner.h"
#include "wire/payload_mpa.h"

#define FRAME_LEN	417	/* 128 kbit/s, 44.1 kHz */
#define FRAMES		3	/* in a packet */
#define PIPE		4096
#define HOLD_NS		(150 * NS_PER_MS)
#define LEAD_NS		(150 * NS_PER_MS)
#define FEED		4096	/* frames between us and the decoder */
#define MINUTES(n)	((n) * 60 * NS_PER_S)

static struct tuner t;
static struct queue q;
static struct addr from;
static uint32_t seed;

/* The world. */
static struct {
	int64_t now, end;
	int64_t frame_ns;
	/* Server and network. */
	uint64_t sent;		/* packets */
	int64_t flicks;		/* play time before the next one */
	int64_t due_ns;		/* when that arrives */
	int64_t base_ns;
	int64_t jitter_ns;
	unsigned lose;		/* one of so many packets; 0: none */
	/* Pipe. */
	size_t pipe;
	uint16_t len[FEED];	/* of frames put, as a ring */
	unsigned first, n;
	/* Decoder: how much it reads at once (0: frame by frame), what it
	 * has of the next block and has to work on, and when it may write to
	 * the card. */
	size_t block, raw, has;
	int64_t write_ns;	/* INT64_MAX: it wants to read */
	int64_t open_ns;	/* when it has opened its output */
	/* Card: plays so much per ns, holds so much, is empty then. */
	double rate;
	int64_t card_ns;
	int64_t empty_ns;	/* 0: nothing was written */
	uint64_t gaps;
	int64_t gap_ns;
	int64_t longest_ns;	/* level */
	int64_t heard_ns;	/* of the first frame that sounds */
} w;

static uint32_t
rnd(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(seed >> 8) * n >> 24);
}

static void
fill_pipe(void)
{
	size_t n = PIPE - w.pipe < q.used ? PIPE - w.pipe : q.used;

	queue_pop(&q, n);
	w.pipe += n;
}

static int
put(void *arg, const struct mpa *m, const uint8_t *frame, size_t len,
    enum unpack_kind kind)
{
	(void)arg, (void)m, (void)kind;
	if (w.n == FEED || queue_push(&q, frame, len, w.frame_ns) == -1)
		return -1;
	w.len[(w.first + w.n++) % FEED] = (uint16_t)len;
	fill_pipe();
	return 0;
}

/* The decoder reads what it can: whether it has a frame to write. */
static int
decoder_reads(void)
{
	size_t want = w.n > 0 ? w.len[w.first] + 4u : SIZE_MAX, n;

	while (w.has < want && w.pipe > 0) {
		n = w.block > 0 ? w.block - w.raw : want - w.has;
		n = n < w.pipe ? n : w.pipe;
		w.pipe -= n;
		w.raw += n;
		if (w.block == 0 || w.raw == w.block) {
			w.has += w.raw;
			w.raw = 0;
		}
		fill_pipe();
	}
	return w.has >= want;
}

/* As far as it comes now. */
static void
decoder_runs(void)
{
	int64_t play = (int64_t)((double)w.frame_ns / w.rate);

	while (w.now >= w.open_ns) {
		if (w.write_ns == INT64_MAX) {
			if (!decoder_reads())
				return;
			w.has -= w.len[w.first];
			w.first = (w.first + 1) % FEED;
			w.n--;
			w.write_ns = w.empty_ns + play - w.card_ns;
			if (w.write_ns < w.now)
				w.write_ns = w.now;
		}
		if (w.write_ns > w.now)
			return;
		if (w.empty_ns > 0 && w.empty_ns < w.now) {
			w.gaps++;
			w.gap_ns += w.now - w.empty_ns;
		}
		if (w.empty_ns < w.now)
			w.empty_ns = w.now;
		w.empty_ns += play;
		w.write_ns = INT64_MAX;
	}
}

/* Three frames with random gains; every hundred or so a silent one. */
static void
send_packet(void)
{
	uint8_t data[RTP_HEADER_SIZE + 4 + FRAMES * FRAME_LEN] = { 0 }, *p;
	struct rtp h = { .type = RTP_PT_MPA, .seq = (uint16_t)w.sent,
	    .ts = (uint32_t)flick_to_ticks(w.flicks), .ssrc = 0x1234 };
	unsigned i;

	rtp_encode(&h, data);
	payload_mpa_encode(0, data + RTP_HEADER_SIZE);
	p = data + RTP_HEADER_SIZE + 4;
	for (i = 0; i < FRAMES; i++, p += FRAME_LEN) {
		memcpy(p, "\xff\xfb\x90\x00", 4);
		/* part2_3_length 64, global_gain at bit 41 */
		p[4 + 3] = 0x40 >> 2;
		if (rnd(100) > 0)
			p[4 + 5] = (uint8_t)(0x40 | rnd(0x20));
		else
			p[4 + 3] = 0;
	}
	if (w.lose == 0 || rnd(w.lose) != 0)
		tuner_take(&t, data, sizeof(data), &from, w.now);
	w.sent++;
	w.flicks += FRAMES * flick_of_samples(1152, 44100);
	w.due_ns = w.base_ns + flick_to_ns(w.flicks) +
	    (w.jitter_ns > 0 ? rnd((uint32_t)(w.jitter_ns / 1000)) * 1000 :
	    0);
}

static void
begin(double ppm, size_t block, int64_t card_ns)
{
	uint8_t host[4] = { 192, 0, 2, 1 };

	memset(&w, 0, sizeof(w));
	seed = 1;
	addr_of_bytes(&from, host, 4, 5004);
	queue_init(&q, NS_PER_S);
	tuner_init(&t, HOLD_NS, LEAD_NS, put, NULL);
	tuner_adapt(&t);
	w.frame_ns = flick_to_ns(flick_of_samples(1152, 44100));
	w.rate = 1 + ppm / 1e6;
	w.block = block;
	w.card_ns = card_ns;
	w.write_ns = INT64_MAX;
	w.now = w.base_ns = w.due_ns = NS_PER_S;
	w.jitter_ns = 3 * NS_PER_MS;
}

static void
pass(int64_t ns)
{
	int64_t wake, level, end = w.now + ns;

	while (w.now < end) {
		if (w.now >= w.due_ns)
			send_packet();
		if (w.now >= t.sample_ns) {
			level = queue_level_ns(&q, w.pipe);
			if (level > w.longest_ns)
				w.longest_ns = level;
			tuner_level(&t, level, w.now);
		}
		tuner_play(&t, w.now, &wake);
		decoder_runs();
		wake = wake < w.due_ns ? wake : w.due_ns;
		wake = wake < w.write_ns ? wake : w.write_ns;
		w.now = wake < end ? wake > w.now ? wake : w.now + 1 : end;
	}
}

static double
estimate(void)
{
	double ppm;

	return drift_ppm(&t.drift, &ppm) == 0 ? ppm : -1e9;
}

static int
is_near(double got, double want, double most)
{
	return got - want < most && want - got < most;
}

/* How much play time more than there was, in frames. */
static int64_t
frames_moved(void)
{
	return (int64_t)t.edit.repeated - (int64_t)t.edit.left_out;
}

static void
test_day(double ppm, int64_t time_ns)
{
	int64_t want, grown, off;
	double early;

	begin(ppm, 0, 60 * NS_PER_MS);
	pass(MINUTES(1));
	grown = frames_moved();
	ok(t.jitter.short_ns < w.frame_ns / 2 && grown > 0,
	    "%+.0f ppm: full delay after a minute, %d frames more", ppm,
	    (int)grown);
	is(w.gaps, 0, "without a gap");
	w.longest_ns = 0;
	pass(MINUTES(10));
	early = estimate();
	ok(is_near(early, ppm, 10), "after ten more: %.1f ppm", early);
	pass(time_ns - w.now);
	is(w.gaps, 0, "no gap all day");
	ok(w.longest_ns < 260 * NS_PER_MS, "at most %d ms wait for the "
	    "decoder", (int)(w.longest_ns / NS_PER_MS));
	ok(is_near(estimate(), ppm, 3), "at the end: %.2f ppm", estimate());
	want = (int64_t)(ppm * 1e-6 * (double)time_ns / (double)w.frame_ns);
	off = frames_moved() - grown - want;
	ok(off >= -3 && off <= 3, "%d frames made up, %d repeated, %d left "
	    "out", (int)(frames_moved() - grown), (int)t.edit.repeated,
	    (int)t.edit.left_out);
	is(t.unpack.counts.silent, 2, "no silence but at the start");
}

/* How far off it is allowed to be, and whatever is peculiar. */
static void
test_kind(const char *what, double ppm, size_t block, int64_t card_ns,
    unsigned lose, double most)
{
	uint64_t gaps;

	begin(ppm, block, card_ns);
	w.lose = lose;
	pass(MINUTES(2));
	gaps = w.gaps;
	pass(MINUTES(10));
	ok(is_near(estimate(), ppm, most), "%s: %+.0f is %.1f ppm", what, ppm,
	    estimate());
	pass(MINUTES(120));
	is(w.gaps - gaps, 0, "and no gap in two hours");
	ok(is_near(estimate(), ppm, most), "then %.1f ppm", estimate());
}

/* A card that takes more than there is ahead of it. */
static void
test_hidden(void)
{
	double ppm;

	begin(100, 0, 500 * NS_PER_MS);
	pass(MINUTES(15));
	is(drift_ppm(&t.drift, &ppm), -1, "a deep card: not known");
	begin(100, 0, 150 * NS_PER_MS);
	pass(MINUTES(15));
	ok(is_near(estimate(), 100, 10), "one that is a little too deep: "
	    "%.1f ppm, %d ms later", estimate(),
	    (int)(t.drift.more * 1000));
	is(w.gaps, 0, "no gap");
}

/* The decoder dies and is started anew every few minutes, and the channel is
 * changed. */
static void
test_restarts(void)
{
	unsigned i;

	begin(50, 0, 60 * NS_PER_MS);
	pass(MINUTES(1));
	for (i = 0; i < 6; i++) {
		pass(MINUTES(3));
		if (i % 2 == 0) {
			queue_clear(&q);
			w.pipe = w.raw = w.has = 0;
			w.first = w.n = 0;
			w.write_ns = INT64_MAX;
			w.empty_ns = 0;
			tuner_restart(&t, w.now);
		} else {
			tuner_reset(&t, 0);
			w.flicks += FLICK_HZ;
			w.base_ns -= NS_PER_S;
		}
	}
	pass(MINUTES(3));
	ok(is_near(estimate(), 50, 10), "with restarts and changes: %.1f ppm",
	    estimate());
}

/* The machine is held up now and then: the card runs dry and loses time. */
static void
test_stalls(void)
{
	unsigned i;

	begin(-50, 0, 60 * NS_PER_MS);
	pass(MINUTES(1));
	for (i = 0; i < 16; i++) {
		pass((20 + rnd(40)) * NS_PER_S);
		w.empty_ns += (10 + rnd(80)) * NS_PER_MS;
	}
	ok(is_near(estimate(), -50, 10), "with stalls of the card: %.1f ppm, "
	    "%d frames left out", estimate(), (int)t.edit.left_out);
	ok(t.drift.span > 240, "told by %d s", (int)t.drift.span);
}

/* The decoder needs a long time to open its output. */
static void
test_slow_start(void)
{
	begin(50, 0, 60 * NS_PER_MS);
	w.open_ns = w.now + 1500 * NS_PER_MS;
	pass(MINUTES(1) / 2);
	w.longest_ns = 0;
	pass(MINUTES(2));
	ok(w.longest_ns > 400 * NS_PER_MS, "a slow start: %d ms too much lie "
	    "before the decoder", (int)(w.longest_ns / NS_PER_MS));
	w.longest_ns = 0;
	pass(MINUTES(10));
	ok(w.longest_ns < LEAD_NS + 120 * NS_PER_MS, "minutes later: %d ms",
	    (int)(w.longest_ns / NS_PER_MS));
	ok(is_near(estimate(), 50, 10), "%.1f ppm", estimate());
	is(w.gaps, 0, "no gap");
}

/* Packets come late in the first seconds: silence instead, which counts as
 * delay. */
static void
test_late_start(void)
{
	begin(0, 0, 60 * NS_PER_MS);
	w.jitter_ns = 90 * NS_PER_MS;
	pass(MINUTES(1));
	ok(t.jitter.short_ns < w.frame_ns / 2, "90 ms of jitter: full delay");
	is(t.jitter.counts.lost + t.jitter.counts.late, 0,
	    "nothing is lost or late");
	is(w.gaps, 0, "and the decoder never runs dry");
}

int
main(void)
{
	static const double rates[] = { -200, -50, 0, 50, 200 };
	const char *slack = getenv("SLACK");
	int64_t day = MINUTES(24 * 60), n = 1;
	char why[80];
	unsigned i;

	/* Where a program watches itself, a part of the day. */
	if (slack != NULL && num_parse(slack, 1, 100, &n, why,
	    sizeof(why)) == 0)
		day /= n;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		test_day(rates[i], day);
	test_kind("fast beyond reason", 2000, 0, 60 * NS_PER_MS, 0, 20);
	test_kind("slow beyond reason", -2000, 0, 60 * NS_PER_MS, 0, 20);
	test_kind("loss", 100, 0, 60 * NS_PER_MS, 50, 10);
	test_kind("blocks", 100, 4096, 60 * NS_PER_MS, 0, 10);
	test_kind("blocks", -100, 4096, 60 * NS_PER_MS, 0, 10);
	test_hidden();
	test_restarts();
	test_stalls();
	test_slow_start();
	test_late_start();
	return tap_end();
}
