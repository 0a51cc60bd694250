/* SPDX-License-Identifier: ISC */
/*
 * One RTP stream of a channel: what is packed for it, where its sequence and
 * its timestamps are, and the silence that it can put in.  A channel has two:
 * P for MPEG audio and P+6 for AAC and PCM.  Both stand on the channel's line
 * of play time: a flick is the same moment in either.
 */
#ifndef RTPSTREAM_H
#define RTPSTREAM_H

#include <stddef.h>
#include <stdint.h>

#include "bucket.h"
#include "media.h"
#include "os/addr.h"
#include "pack.h"
#include "silence.h"
#include "wire/rtp.h"

struct outlet;
struct outlet_port;

struct rtpstream {
	struct outlet *outlet;		/* [c] */
	struct addr to;			/* [c] group and port */
	const struct outlet_port *port;	/* the outlet's; NULL: not open */
	struct bucket bucket;
	struct pack pack;
	struct silence silence;
	uint32_t base_ssrc;		/* [c] what the formats' are made of */
	uint32_t ssrc;
	uint8_t type;			/* payload type */
	uint32_t clock_hz;
	uint32_t ts_origin;		/* timestamp of flick 0 */
	uint16_t seq;			/* of the next packet */
	int moved;			/* set the marker: the line has moved */
	int on_air;			/* something was sent */
	struct payload_l16_pcm pcm;
	uint8_t config_len;		/* AAC: its AudioSpecificConfig */
	uint8_t config[MEDIA_CONFIG_MAX];
};

/* Where a stream begins. */
struct rtpstream_start {
	uint32_t ssrc;
	uint16_t seq;
	uint32_t ts;			/* at flick 0 */
	uint32_t clock_hz;
};

/* port stays NULL until rtpstream_open; MPEG audio until rtpstream_use. */
void rtpstream_init(struct rtpstream *s, struct outlet *o,
    const struct addr *to, const struct bucket *bucket,
    const struct rtpstream_start *start);
/* Take a socket and memory, unless that was done: 0, or -1 with errno. */
int rtpstream_open(struct rtpstream *s);
void rtpstream_done(struct rtpstream *s);

/*
 * Frames of these facts from now on; nothing is packed.  Of another format than
 * before: with its own SSRC and clock, since one source has one clock (RFC 3550
 * section 5.1); timestamps go on from the last.  MPEG audio is one format.
 */
void rtpstream_use(struct rtpstream *s, const struct media_facts *facts);
/* The SSRC that a format has.  Pure. */
uint32_t rtpstream_ssrc(uint32_t base, const struct media_facts *facts);
/* The payload type of frames with these facts. */
unsigned rtpstream_type(const struct media_facts *facts);

/* Where the next frame goes: flicks; and its timestamp. */
int64_t rtpstream_end(const struct rtpstream *s);
uint32_t rtpstream_ts(const struct rtpstream *s, int64_t flicks);

/* Bytes of payload that fit a packet now. */
size_t rtpstream_room(const struct rtpstream *s);
/*
 * Pack a frame: 1; 0: the packet is full, send it first (or, with nothing
 * packed, there is no memory for it).  Of PCM as many samples as there is room
 * for are taken off f.  *copy (may be NULL) is where it lies now.
 */
int rtpstream_add(struct rtpstream *s, struct frame *f, uint8_t **copy);
int rtpstream_is_packed(const struct rtpstream *s);

/* Go on at so many flicks, ahead of where it is; nothing is packed. */
void rtpstream_jump(struct rtpstream *s, int64_t flicks);
/* The line has moved by so much real time. */
void rtpstream_move(struct rtpstream *s, int64_t ns);

/* The next packet of what is packed: its length, 0: no more, and its place in
 * the line is spent.  Valid until the next call. */
size_t rtpstream_next(struct rtpstream *s, int64_t now_ns,
    const uint8_t **packet);

#endif
