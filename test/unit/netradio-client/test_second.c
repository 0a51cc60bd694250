/* SPDX-License-Identifier: ISC */
/* The other format: what comes out for what goes in, with time handed in. */
#include "second.h"

#include "base/clock.h"
#include "tap.h"
#include "wire/rtp.h"

#define HOLD_NS		(100 * NS_PER_MS)
#define UNITS		1024		/* samples of an access unit */
#define BLOCK		480		/* samples of a packet of PCM */

static const struct plist_second aac = { .port = 16390, .payload_type = 97,
	.channels = 2, .ssrc = 0xaac, .clock_hz = 44100, .codec = "aac-lc",
	.config_len = 2, .config = { 0x12, 0x10 } };
static const struct plist_second pcm = { .port = 16390, .payload_type = 98,
	.channels = 1, .ssrc = 0x9c3, .clock_hz = 48000, .codec = "pcm" };

static struct second s;
static int64_t now;
static uint16_t seq;
static uint32_t ts;
/* What came out: the mark of each unit, '-' for silence, "a(" where AAC
 * begins, "p(" where PCM does, ")" where it is over. */
static char out[1024];
static size_t out_len;
static int64_t played;		/* ns */

static void
note(char c)
{
	if (out_len + 1 < sizeof(out))
		out[out_len++] = c;
	out[out_len] = '\0';
}

static int
put(void *arg, const uint8_t *data, size_t len, int64_t play_ns)
{
	int is_adts = len > ADTS_HEADER_SIZE && data[0] == 0xff;

	(void)arg;
	played += play_ns;
	if (is_adts && len == ADTS_HEADER_SIZE + 6)
		note('-');
	else if (is_adts)
		note((char)data[ADTS_HEADER_SIZE]);
	else
		note(data[0] == 0 ? '-' : (char)data[0]);
	return 0;
}

static void
turn(void *arg, const struct plist_second *format)
{
	(void)arg;
	if (format == NULL) {
		note(')');
		return;
	}
	note(format->payload_type == 97 ? 'a' : 'p');
	note('(');
}

/* Let time pass in small steps. */
static void
pass(int64_t ns)
{
	int64_t until = now + ns, wake;

	while (now < until) {
		now = now + NS_PER_MS < until ? now + NS_PER_MS : until;
		second_play(&s, now, &wake);
	}
}

static void
send_rtp(const struct plist_second *f, const uint8_t *payload, size_t n)
{
	uint8_t packet[RTP_PACKET_MAX];
	struct rtp h = { .type = f->payload_type, .ssrc = f->ssrc, .seq = seq,
	    .ts = ts };

	rtp_encode(&h, packet);
	memcpy(packet + RTP_HEADER_SIZE, payload, n);
	second_take(&s, packet, RTP_HEADER_SIZE + n, now);
}

/* An access unit, and the time that it plays. */
static void
send_unit(char mark, int is_lost)
{
	uint16_t size = 20;
	uint8_t payload[64] = { 0 };

	payload_aac_encode(&size, 1, payload);
	payload[4] = (uint8_t)mark;
	if (!is_lost)
		send_rtp(&aac, payload, 4 + (size_t)size);
	seq++;
	ts += UNITS;
	pass(UNITS * NS_PER_S / 44100);
}

static void
send_block(char mark, int is_lost)
{
	uint8_t payload[2 * BLOCK] = { 0 };

	payload[1] = (uint8_t)mark;	/* the low byte, which comes first */
	if (!is_lost)
		send_rtp(&pcm, payload, sizeof(payload));
	seq++;
	ts += BLOCK;
	pass(BLOCK * NS_PER_S / 48000);
}

static void
begin(void)
{
	second_init(&s, HOLD_NS, 0, put, turn, NULL);
	second_describe(&s, &aac);
	second_describe(&s, &pcm);
	now = NS_PER_S;
	seq = 65530;		/* they wrap in each test */
	ts = 0xffffff00;
	out_len = 0;
	out[0] = '\0';
	played = 0;
}

static void
test_aac(void)
{
	const char *c;

	begin();
	ok(!second_is_on(&s, now), "nothing is on");
	for (c = "ABCDEFGHIJ"; *c != '\0'; c++)
		send_unit(*c, 0);
	ok(second_is_on(&s, now), "something is");
	pass(NS_PER_S);
	is_str(out, "a(ABCDEFGHIJ)", "all units in order, then it is over");
	is(played / NS_PER_MS, 10 * UNITS * 1000 / 44100, "in their time");
	is(s.jitter.counts.lost, 0, "nothing is lost");
	ok(!second_is_on(&s, now), "and nothing is on");
}

static void
test_lost(void)
{
	const char *c;

	begin();
	for (c = "ABCDEFGHIJ"; *c != '\0'; c++)
		send_unit(*c, *c == 'D' || *c == 'G' || *c == 'H');
	pass(NS_PER_S);
	is_str(out, "a(ABC-EF--IJ)", "silence for what is missing");
	is(s.jitter.counts.lost, 3, "which is counted");
}

static void
test_pcm(void)
{
	const char *c;

	begin();
	for (c = "abcdefghijklmnopqrstuvwxyz"; *c != '\0'; c++)
		send_block(*c, *c == 'm');
	pass(NS_PER_S);
	is_str(out, "p(abcdefghijkl-nopqrstuvwxyz)", "PCM, in the order of "
	    "a file's bytes");
	is(played / NS_PER_MS, 260, "in its time");
}

/* One format behind the other, without a gap in between. */
static void
test_change(void)
{
	const char *c;

	begin();
	for (c = "ABCDEFGH"; *c != '\0'; c++)
		send_unit(*c, 0);
	ts = 12345;
	for (c = "abcdefghijklmnop"; *c != '\0'; c++)
		send_block(*c, 0);
	ts = 77;
	for (c = "IJKLMNOP"; *c != '\0'; c++)
		send_unit(*c, 0);
	pass(NS_PER_S);
	is_str(out, "a(ABCDEFGHp(abcdefghijklmnopa(IJKLMNOP)",
	    "each begins where the other ends");
	is(s.jitter.counts.lost, 0, "nothing is lost");
	is(s.jitter.counts.gaps, 1, "no gap but at the end");
}

/* The server leaves out a number for a format that it did not foresee. */
static void
test_jump(void)
{
	const char *c;

	begin();
	for (c = "ABCDEFGH"; *c != '\0'; c++)
		send_unit(*c, 0);
	seq++;
	ts = 12345;
	for (c = "abcdefghijklmnop"; *c != '\0'; c++)
		send_block(*c, *c == 'e');
	seq++;
	ts = 77;
	for (c = "IJKLMNOP"; *c != '\0'; c++)
		send_unit(*c, *c == 'L');
	pass(NS_PER_S);
	is_str(out, "a(ABCDEFGHp(abcd-fghijklmnopa(IJK-MNOP)",
	    "each is heard, with what was lost as silence");
	is(s.jitter.counts.lost, 2, "only that is lost");
}

/* After a while the numbers leave one out. */
static void
test_again(void)
{
	const char *c;

	begin();
	for (c = "ABCDEFGH"; *c != '\0'; c++)
		send_unit(*c, 0);
	pass(5 * NS_PER_S);
	seq++;
	ts += 5 * 44100;
	for (c = "IJKLMNOP"; *c != '\0'; c++)
		send_unit(*c, 0);
	pass(NS_PER_S);
	is_str(out, "a(ABCDEFGH)a(IJKLMNOP)", "it ends and begins again");
	is(s.jitter.counts.lost, 0, "what was left out is not lost");
}

/* A unit in three packets. */
static void
test_pieces(void)
{
	uint16_t size = 300;
	uint8_t payload[4 + 100] = { 0 };
	int i;

	begin();
	send_unit('A', 0);
	send_unit('B', 0);
	send_unit('C', 0);
	for (i = 0; i < 3; i++) {
		payload_aac_encode(&size, 1, payload);
		payload[4] = i == 0 ? 'X' : 'y';
		send_rtp(&aac, payload, sizeof(payload));
		seq++;
	}
	ts += UNITS;
	pass(UNITS * NS_PER_S / 44100);
	send_unit('D', 0);
	pass(NS_PER_S);
	is_str(out, "a(ABCXD)", "pieces become one unit");
}

static void
test_refused(void)
{
	struct plist_second other = pcm;
	uint8_t payload[64] = { 0 };

	begin();
	other.ssrc = 1;
	send_rtp(&other, payload, sizeof(payload));
	is(s.counts.unfit, 1, "what no description names is not taken");
	other = aac;
	other.payload_type = 98;
	send_rtp(&other, payload, sizeof(payload));
	is(s.counts.unfit, 2, "nor with another payload type");
	second_take(&s, payload, 3, now);
	is(s.counts.unfit, 3, "nor what is no RTP");
	other = aac;
	other.ssrc = 99;
	other.config_len = 0;
	second_describe(&s, &other);
	send_rtp(&other, payload, sizeof(payload));
	is(s.counts.unfit, 4, "a description that says nothing is none");
	other = pcm;
	other.ssrc = 98;
	other.clock_hz = 7;
	second_describe(&s, &other);
	send_rtp(&other, payload, sizeof(payload));
	is(s.counts.unfit, 5, "nor is one of 7 Hz");
	pass(NS_PER_S);
	is_str(out, "", "nothing comes out");
}

static void
test_heard(void)
{
	uint32_t heard, hz;
	int i;

	begin();
	ok(!second_heard(&s, &heard, &hz), "nothing is heard");
	for (i = 0; i < 50; i++)
		send_unit('A', 0);
	ok(second_heard(&s, &heard, &hz) && hz == 44100, "something is");
	i = (int)(int32_t)(ts - heard) * 1000 / 44100;
	ok(i >= 60 && i <= 140, "what was sent %d ms ago", i);
}

static void
test_wav(void)
{
	static const uint8_t want[] = {
		'R', 'I', 'F', 'F', 0xff, 0xff, 0xff, 0xff, 'W', 'A', 'V',
		'E', 'f', 'm', 't', ' ', 16, 0, 0, 0, 1, 0, 1, 0, 0x80, 0xbb,
		0, 0, 0, 0x77, 1, 0, 2, 0, 16, 0, 'd', 'a', 't', 'a', 0xff,
		0xff, 0xff, 0xff
	};
	uint8_t header[SECOND_WAV_HEADER];

	second_wav_header(&pcm, header);
	ok(memcmp(header, want, sizeof(want)) == 0, "the header of a WAV file");
}

int
main(void)
{
	test_aac();
	test_lost();
	test_pcm();
	test_change();
	test_jump();
	test_again();
	test_pieces();
	test_refused();
	test_heard();
	test_wav();
	return tap_end();
}
