/* SPDX-License-Identifier: ISC */
/*
 * The way from a file to a decoder: what the server's reader makes of any
 * bytes goes through the reservoir, the packer and, without loss, through the
 * client's tuner.  All frames come out as they were sent, in their order, and
 * no silence between them.  (Free format, whose headers do not tell the
 * length, may hold what looks like one; it is survived.)
 *
 *   byte 0     room in a packet, 4 bytes to one, from 300 on
 *   the rest   a file
 *
 * Answers for: nothing, it joins what others answer for.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "media.h"
#include "pack.h"
#include "tuner.h"
#include "wire/mpa.h"

#define FRAMES_MAX	4096
#define HOLD_NS		(150 * NS_PER_MS)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was sent, and how much of it came out. */
static struct {
	uint8_t *frame[FRAMES_MAX];
	size_t len[FRAMES_MAX];
	unsigned n;
	unsigned out;
	unsigned packets;
	int is_free;		/* a frame was of free format */
} air;

static struct tuner tuner;

static int
put(void *arg, const struct mpa *m, const uint8_t *frame, size_t len,
    enum unpack_kind kind)
{
	(void)arg, (void)m;
	if (air.is_free)
		return 0;
	if (kind == UNPACK_SILENT) {
		/* Before the first and behind the last. */
		assert(air.out == 0 || air.out == air.n);
		return 0;
	}
	assert(air.out < air.n && len == air.len[air.out]);
	assert(memcmp(frame, air.frame[air.out], len) == 0);
	air.out++;
	return 0;
}

static void
play(int64_t *now, int64_t then)
{
	int64_t wake;

	for (;;) {
		tuner_play(&tuner, *now, &wake);
		if (wake > then)
			break;
		*now = wake;
	}
	*now = then;
}

/* All packets of what is packed, at the time when it is due. */
static void
send_packed(struct pack *p, struct rtp *h, size_t room, int64_t *now,
    int64_t *flicks)
{
	static const uint8_t host[4] = { 192, 0, 2, 1 };
	const uint8_t *packet;
	struct addr from;
	int64_t played = p->flicks;
	size_t len;

	addr_of_bytes(&from, host, sizeof(host), 16384);
	play(now, NS_PER_S + flick_to_ns(*flicks));
	h->ts = (uint32_t)flick_to_ticks(*flicks);
	while ((len = pack_next(p, h, room, &packet)) > 0) {
		assert(len <= RTP_PACKET_MAX);
		tuner_take(&tuner, packet, len, &from, *now);
		h->seq++;
		air.packets++;
	}
	*flicks += played;
}

/* A frame as the channel sends it. */
static void
keep(struct mpa_reservoir *r, uint8_t *copy, size_t len)
{
	struct mpa m;

	assert(mpa_decode(&m, copy) == 0 && (m.length == 0 || m.length == len));
	mpa_reservoir_pass(r, &m, copy, len);
	air.is_free |= m.length == 0;
	if ((air.frame[air.n] = malloc(len)) == NULL)
		abort();
	memcpy(air.frame[air.n], copy, len);
	air.len[air.n++] = len;
}

static void
broadcast(struct media *m, size_t room)
{
	struct mpa_reservoir reservoir = { 0 };
	struct rtp h = { .type = RTP_PT_MPA, .ssrc = 1, .seq = 65534 };
	int64_t now = 0, flicks = 0;
	struct frame f;
	struct pack p;
	uint8_t *copy;

	if (pack_init(&p) == -1)
		abort();
	while (air.n < FRAMES_MAX && media_next(m, &f) == 1) {
		if ((copy = pack_add(&p, &f, room)) == NULL) {
			send_packed(&p, &h, room, &now, &flicks);
			copy = pack_add(&p, &f, room);
		}
		assert(copy != NULL);
		keep(&reservoir, copy, f.len);
	}
	send_packed(&p, &h, room, &now, &flicks);
	play(&now, now + NS_PER_S);
	pack_done(&p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *problem;
	struct media *m;
	size_t room;
	unsigned i;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (size == 0) {
		close(fd);
		return 0;
	}
	room = 300 + 4 * (size_t)data[0];
	if (fd == -1 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1))
		abort();
	air.n = air.out = air.packets = 0;
	air.is_free = 0;
	tuner_init(&tuner, HOLD_NS, HOLD_NS, put, NULL);
	if ((m = media_open(fd, &problem)) == NULL)
		return 0;
	if (media_facts(m)->sound == MEDIA_MPA)
		broadcast(m, room);
	assert(air.out == air.n || air.packets < JITTER_AGREE || air.is_free);
	for (i = 0; i < air.n; i++)
		free(air.frame[i]);
	media_close(m);
	return 0;
}
