/* SPDX-License-Identifier: ISC */
#include "pack.h"

#include "base/clock.h"
#include "media.h"
#include "random.h"
#include "tap.h"
#include "wire/mpa.h"
#include "wire/payload_mpa.h"

static uint8_t bytes[MPA_FRAME_MAX];

static struct frame
frame_of(size_t len, uint32_t samples, uint32_t rate)
{
	struct frame f = { .data = bytes, .len = len, .samples = samples,
	    .rate = rate };

	return f;
}

static const struct rtp head = { .type = RTP_PT_MPA, .seq = 7, .ts = 1000,
	.ssrc = 42 };

/* Check one packet's headers; its frame data and offset. */
static const uint8_t *
open_packet(const uint8_t *p, size_t len, uint16_t *offset, size_t *n)
{
	const uint8_t *payload, *data = NULL;
	struct rtp h;
	size_t k;

	if (rtp_decode(&h, p, len, &payload, &k) == -1 ||
	    h.type != RTP_PT_MPA || h.ts != 1000 || h.ssrc != 42 ||
	    payload_mpa_decode(payload, k, offset, &data, n) == -1)
		return NULL;
	return data;
}

/* How many such frames one packet takes. */
static int
fits(size_t len, uint32_t samples, uint32_t rate)
{
	struct frame f = frame_of(len, samples, rate);
	struct pack p;
	int n = 0;

	pack_init(&p);
	while (n < 100 && pack_add(&p, &f, PACK_PAYLOAD_MAX) != NULL)
		n++;
	pack_done(&p);
	return n;
}

static void
test_limits(void)
{
	is(fits(417, 1152, 44100), 3, "128 kbit/s at 44.1 kHz: 78 ms");
	is(fits(384, 1152, 48000), 3, "at 48 kHz: 72 ms");
	is(fits(100, 1152, 32000), 2, "at 32 kHz: 72 ms");
	is(fits(96, 576, 8000), 1, "72 ms of 8 kHz: a second would be 144");
	is(fits(100, 384, 48000), 10, "layer I: exactly 80 ms");
	is(fits(684, 576, 24000), 2, "2 x 684 and 4 bytes are 1372");
	is(fits(685, 576, 24000), 1, "2 x 685 are too many");
	is(fits(1368, 1152, 44100), 1, "1368 fill a packet");
	is(fits(1044, 1152, 44100), 1, "320 kbit/s: one");
	is(fits(1441, 1152, 8000), 1, "always one, be it too long in bytes");
	is(fits(720, 1152, 8000), 1, "or in time");
	is(fits(MPA_FRAME_MAX, 1152, 44100), 1, "the longest there is");
}

static void
test_two_rates(void)
{
	struct frame a = frame_of(100, 1152, 44100);
	struct frame b = frame_of(100, 1152, 48000);
	const uint8_t *out;
	struct pack p;

	pack_init(&p);
	ok(pack_add(&p, &a, PACK_PAYLOAD_MAX) == p.room + PACK_HEADERS,
	    "a frame's copy is "
	    "the caller's to change");
	ok(pack_add(&p, &b, PACK_PAYLOAD_MAX) == NULL,
	    "another sample rate waits");
	is(p.flicks, flick_of_samples(1152, 44100), "and adds no time");
	is(pack_next(&p, &head, PACK_PAYLOAD_MAX, &out), 12 + 4 + 100,
	    "the first one leaves");
	is(pack_next(&p, &head, PACK_PAYLOAD_MAX, &out), 0, "alone");
	ok(pack_add(&p, &b, PACK_PAYLOAD_MAX) != NULL, "then it goes in");
	is(p.flicks, flick_of_samples(1152, 48000), "with its own time only");
	pack_done(&p);
}

/*
 * Random frames of random formats, room for random MTUs: what comes out is
 * what went in, every packet within its limits, every fragment where its
 * offset says.
 */
static void
test_property(void)
{
	static const uint32_t rates[] = { 8000, 11025, 22050, 32000, 44100,
	    48000 };
	static uint8_t in[PACK_PAYLOAD_MAX + MPA_FRAME_MAX];
	uint8_t got[MPA_FRAME_MAX];
	const uint8_t *out;
	const uint8_t *data;
	uint16_t offset;
	struct pack p;
	struct frame f;
	size_t max, total, len, n, back, i, frames, pieces;
	uint32_t rate;
	int k, large = 0, whole = 0, order = 0, edited = 0, times = 0;
	int fragments = 0, several = 0, left = 0;
	int64_t flicks;

	pack_init(&p);
	for (k = 0; k < 100000; k++) {
		max = 524 + random_u32() % (PACK_PAYLOAD_MAX - 523);
		rate = rates[random_u32() % 6];
		total = frames = 0;
		flicks = 0;
		for (;;) {
			uint8_t *copy;

			len = 24 + random_u32() % (random_u32() % 8 ? 500 :
			    MPA_FRAME_MAX - 23);
			f = frame_of(len, 1152 >> (random_u32() & 1),
			    random_u32() % 50 ? rate : 16000);
			for (i = 0; i < len; i++)
				bytes[i] = (uint8_t)(total + i + (size_t)k);
			if ((copy = pack_add(&p, &f, max)) == NULL)
				break;
			copy[0] ^= 0xff;
			memcpy(in + total, copy, len);
			edited += (bytes[0] ^ copy[0]) != 0xff ||
			    memcmp(bytes + 1, copy + 1, len - 1) != 0;
			total += len;
			flicks += flick_of_samples(f.samples, f.rate);
			frames++;
		}
		times += p.flicks != flicks || (frames > 1 &&
		    flicks > PACK_TIME_MAX);
		several += frames > 1;
		back = pieces = 0;
		while ((n = pack_next(&p, &head, max, &out)) > 0) {
			pieces++;
			large += n > RTP_HEADER_SIZE + max;
			data = open_packet(out, n, &offset, &n);
			if (data == NULL || offset != back ||
			    back + n > total) {
				order++;
				break;
			}
			memcpy(got + back, data, n);
			back += n;
			left += pack_has(&p) != (back < total);
		}
		whole += back != total || memcmp(got, in, total) != 0;
		/* Only one frame alone may be cut. */
		order += pieces > 1 && frames > 1;
		fragments += pieces > 1;
		left += p.len != 0 || p.flicks != 0;
	}
	is(large, 0, "no payload is longer than it may be");
	is(times, 0, "nor longer than 80 ms unless it is one frame");
	is(order, 0, "offsets follow each other; only one frame alone is cut");
	is(whole, 0, "what comes out is what went in");
	is(edited, 0, "with what was changed in the copy");
	is(left, 0, "pack_has tells of more; at the end all is empty");
	ok(fragments > 1000 && several > 1000, "both kinds came by");
	pack_done(&p);
}

static void
test_headers(void)
{
	struct frame f = frame_of(3000, 1152, 44100);
	static const size_t want[] = { 1368, 1368, 264 };
	const uint8_t *out;
	struct rtp h = head;
	struct pack p;
	size_t i, n;

	pack_init(&p);
	pack_add(&p, &f, PACK_PAYLOAD_MAX);
	h.marker = 1;
	for (i = 0; i < 3; i++) {
		n = pack_next(&p, &h, PACK_PAYLOAD_MAX, &out);
		ok(n == 16 + want[i] && out[0] == 0x80 &&
		    out[1] == (h.marker ? 0x8e : 0x0e) &&
		    out[3] == 7 + i && (size_t)(out[14] << 8 | out[15]) ==
		    i * 1368 && out[12] == 0 && out[13] == 0,
		    "piece %zu of 3000 bytes, as in RFC 2250", i + 1);
		h.marker = 0;
		h.seq++;
	}
	is(pack_next(&p, &h, PACK_PAYLOAD_MAX, &out), 0, "three they are");
	is(pack_next(&p, &h, PACK_PAYLOAD_MAX, &out), 0,
	    "an empty one is none");
	pack_done(&p);
}

/*
 * The room may shrink while a packet waits for its time (an interface came
 * up): of several whole frames none may then go out as a fragment at an
 * offset that is not within its frame.
 */
static void
test_shrunk_room(void)
{
	struct frame f = frame_of(417, 1152, 44100);
	const uint8_t *out;
	uint16_t offset;
	struct pack p;
	size_t n, k;
	int inside = 1;

	pack_init(&p);
	while (pack_add(&p, &f, PACK_PAYLOAD_MAX) != NULL)
		;
	while ((n = pack_next(&p, &head, 1000, &out)) > 0)
		if (open_packet(out, n, &offset, &k) == NULL || offset >= 417)
			inside = 0;
	ok(inside, "a smaller room makes no offset beyond a frame");
	pack_done(&p);
}

/* Access units under their headers, and one that is too long in pieces. */
static void
test_aac(void)
{
	struct frame f = frame_of(300, 1024, 44100);
	struct payload_aac units;
	const uint8_t *out, *payload;
	struct rtp h = head;
	struct pack p;
	size_t n, k, back = 0;
	int markers = 0;

	h.type = 97;
	pack_init(&p);
	pack_use(&p, PACK_AAC, 1);
	while (pack_add(&p, &f, PACK_PAYLOAD_MAX) != NULL)
		;
	n = pack_next(&p, &h, PACK_PAYLOAD_MAX, &out);
	ok(rtp_decode(&h, out, n, &payload, &k) == 0 && h.marker &&
	    payload_aac_decode(&units, payload, k) == 0, "a packet of units");
	is(units.n, 3, "70 ms of them");
	is(n, 12 + 2 + 3 * 2 + 3 * 300, "and nothing else in it");
	is(pack_next(&p, &h, PACK_PAYLOAD_MAX, &out), 0, "one packet");

	f.len = 3000;
	pack_add(&p, &f, 600);
	h.marker = 1;
	while ((n = pack_next(&p, &h, 600, &out)) > 0) {
		struct rtp got;

		if (rtp_decode(&got, out, n, &payload, &k) == -1 || k > 600 ||
		    payload_aac_decode(&units, payload, k) == -1 ||
		    units.n != 1 || units.unit[0].size != 3000 ||
		    got.ts != head.ts)
			break;
		back += units.unit[0].len;
		markers += got.marker;
	}
	is(back, 3000, "the pieces of a long unit, each with its whole size");
	is(markers, 1, "and a marker on the last one only");
	pack_done(&p);
}

/* Samples go without a header, cut only between samples, each in its time. */
static void
test_l16(void)
{
	struct frame f = frame_of(4 * 343, 343, 44100);
	struct rtp h = head, got;
	const uint8_t *out, *payload;
	struct pack p;
	size_t n, k, back = 0, i;
	int wrong = 0;

	for (i = 0; i < f.len; i++)
		bytes[i] = (uint8_t)i;
	h.type = 10;
	pack_init(&p);
	pack_use(&p, PACK_L16, 4);
	ok(pack_add(&p, &f, PACK_PAYLOAD_MAX) != NULL, "a block of samples");
	ok(pack_add(&p, &f, PACK_PAYLOAD_MAX) == NULL, "fills a packet");
	is(pack_next(&p, &h, PACK_PAYLOAD_MAX, &out), 12 + 4 * 343,
	    "without a header");
	pack_next(&p, &h, PACK_PAYLOAD_MAX, &out);
	pack_add(&p, &f, PACK_PAYLOAD_MAX);
	while ((n = pack_next(&p, &h, 502, &out)) > 0) {
		if (rtp_decode(&got, out, n, &payload, &k) == -1 || k > 502 ||
		    k % 4 != 0 || got.ts != head.ts + back / 4 ||
		    memcmp(payload, bytes + back, k) != 0)
			wrong++;
		back += k;
	}
	is(wrong, 0, "cut between samples, with the time of the first one");
	is(back, f.len, "and all there");
	f = frame_of(2 * 100, 100, 8000);
	pack_use(&p, PACK_L16, 2);
	pack_add(&p, &f, PACK_PAYLOAD_MAX);
	ok(pack_add(&p, &f, PACK_PAYLOAD_MAX) == NULL,
	    "more than 20 ms wait");
	pack_done(&p);
}

int
main(void)
{
	random_seed(9);
	test_limits();
	test_two_rates();
	test_headers();
	test_property();
	test_shrunk_room();
	test_aac();
	test_l16();
	return tap_end();
}
