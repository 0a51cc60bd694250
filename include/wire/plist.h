/* SPDX-License-Identifier: ISC */
/*
 * The program list: what the server tells every second on the base group,
 * UDP port 1989.  Big-endian; a fixed head, then type-length-value items.
 * Types that are not known are skipped, so old and new understand each other.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |      'N'      |      'R'      |      'P'      |      'L'      |
 *   |   version 1   |     kind      |          reserved 0           |
 *   |                           server id                           |
 *   |                      (64 bits, lasts)                         |
 *   |                 start-up id (new at each start)               |
 *   |                           revision                            |
 *   |  items: type (16) | length of value (16) | value ...          |
 *
 * kind 0 is the head datagram (its items: PLIST_H_*), kind 1 carries entries:
 * items of type PLIST_ENTRY, one a channel, whose value is the channel number
 * (16 bits) and then items of its own (PLIST_E_*).  An item that is absent
 * means "not known".  Texts are UTF-8 without NUL.
 */
#ifndef WIRE_PLIST_H
#define WIRE_PLIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define PLIST_VERSION	1
#define PLIST_HEAD_SIZE	24
#define PLIST_TEXT_MAX	240	/* with NUL: at most 239 bytes on the wire */
#define PLIST_CODEC_MAX	16
#define PLIST_CONFIG_MAX 24
/* Hz: sample rates of what is sent on P+6. */
#define PLIST_CLOCK_MIN	1000
#define PLIST_CLOCK_MAX	768000

enum plist_kind { PLIST_KIND_HEAD, PLIST_KIND_ENTRIES };

/* The fixed head of every datagram. */
struct plist_stamp {
	enum plist_kind kind;
	uint64_t server;	/* lasts over restarts; tells servers apart */
	uint32_t startup;	/* another one: the server began anew */
	uint32_t revision;	/* another one: something in the list changed */
};

/* Items of the head datagram. */
enum {
	PLIST_H_CHANNELS = 1,	/* u32: channels in the list */
	PLIST_H_CYCLE = 2,	/* u16: seconds in which all entries come by */
	PLIST_H_NAME = 3,	/* text: the server's name */
	PLIST_H_ADDRESS = 4,	/* 4 or 16 bytes: an address of the server;
				 * may come several times */
	PLIST_H_HTTP = 5	/* u16: TCP port of its HTTP server, at the
				 * address that this datagram comes from */
};

struct plist_head {
	uint32_t channels;
	uint16_t cycle_s;
	uint16_t http_port;	/* 0: it has none */
	char name[PLIST_TEXT_MAX];
};

/* An item of kind 1, and the items inside it. */
#define PLIST_ENTRY	16
enum {
	PLIST_E_NAME = 1,	/* text */
	PLIST_E_DESCRIPTION = 2, /* text */
	PLIST_E_FLAGS = 3,	/* u8: PLIST_F_* */
	PLIST_E_STREAM = 4,	/* group 4 or 16 bytes last; before it port
				 * u16, payload type u8, ssrc u32 */
	PLIST_E_FORMAT = 5,	/* bitrate u32, sample rate u32, channels u8,
				 * codec text (rest of the value) */
	PLIST_E_TITLE = 6,	/* text */
	PLIST_E_ARTIST = 7,	/* text */
	PLIST_E_TRACK = 8,	/* RTP timestamp of the track's first sample
				 * u32, position ms u32 at sending, duration
				 * ms u32 (2^32-1: not known) */
	PLIST_E_NOTE = 9,	/* text: why it is off air or silent */
	PLIST_E_LISTENERS = 10,	/* u32: known listeners */
	PLIST_E_SECOND = 11,	/* the other format on P+6, as PLIST_E_STREAM */
	PLIST_E_FEC = 12,	/* columns L u8, rows D u8 */
	PLIST_E_SECOND_FORMAT = 13, /* clock Hz u32, RTP timestamp at which it
				 * begins u32, channels u8, length of the
				 * configuration u8, configuration, codec text
				 * (rest of the value) */
	PLIST_E_NEXT = 14,	/* the format after that: payload type u8,
				 * SSRC u32, and on as PLIST_E_SECOND_FORMAT */
	PLIST_E_HEARD = 15	/* what those listeners report: loss in 1/1000
				 * u16 and jitter in ms u16 of the median, the
				 * same two of the worst */
};

enum {
	PLIST_F_ON_AIR = 1,	/* packets are sent */
	PLIST_F_SILENT = 2,	/* but nothing is there to play */
	PLIST_F_SECOND = 4,	/* the track, and its timestamp, are on P+6 */
	PLIST_F_MPA = 8,	/* some of its tracks are MPEG audio: P is
				 * never without packets for long */
	PLIST_F_FIXED = 16	/* all others have the format of P+6 now */
};

/*
 * The other format of a channel: what P+6 carries, or will with the next track
 * of that kind.  Another format has another SSRC, so a packet tells by itself
 * whether this is its description.
 */
struct plist_second {
	uint16_t port;		/* 0: there is none; group as the entry's */
	uint8_t payload_type;
	uint8_t channels;
	uint32_t ssrc;
	uint32_t clock_hz;	/* of timestamps: the sample rate */
	uint32_t begin_ts;	/* where it began; if it has not, the next */
	char codec[PLIST_CODEC_MAX];	/* "pcm", "aac-lc", ... */
	uint8_t config_len;	/* AAC: AudioSpecificConfig; else 0 */
	uint8_t config[PLIST_CONFIG_MAX];
};

struct plist_entry {
	uint16_t channel;	/* 1 to PORTS_CHANNEL_MAX */
	uint8_t flags;
	uint8_t group_len;	/* 4, 16; 0: no stream */
	uint8_t group[16];	/* network byte order */
	uint16_t port;
	uint8_t payload_type;
	uint32_t ssrc;
	char codec[PLIST_CODEC_MAX];	/* "" not known; "mp3", ... */
	uint32_t bitrate;	/* bit/s, mean */
	uint32_t sample_rate;	/* Hz */
	uint8_t channels;	/* 1, 2 */
	char name[PLIST_TEXT_MAX];
	char description[PLIST_TEXT_MAX];
	char title[PLIST_TEXT_MAX];
	char artist[PLIST_TEXT_MAX];
	char note[PLIST_TEXT_MAX];
	int has_track;		/* the next three mean something */
	uint32_t track_ts;	/* RTP timestamp at which the track begins */
	uint32_t position_ms;	/* into the track, when this was sent */
	int64_t duration_ms;	/* -1: not known */
	int64_t listeners;	/* -1: not known */
	int has_heard;		/* the next four mean something */
	uint16_t loss_median, jitter_median_ms;
	uint16_t loss_worst, jitter_worst_ms;
	struct plist_second second;
	struct plist_second next;	/* the format that follows it; left
				 * out where there is no room */
};

/* Begin a datagram in w. */
void plist_begin(struct wr *w, const struct plist_stamp *stamp);
/* Add the head's items. 0, or -1 if they do not fit (w is then bad). */
int plist_put_head(struct wr *w, const struct plist_head *head);
/* Add an entry whole: 0; or -1 and w as before if there is no room. An empty
 * datagram of PLIST_ROOM bytes has room for any entry, but perhaps not for
 * next and what was heard. */
int plist_put_entry(struct wr *w, const struct plist_entry *entry);
#define PLIST_ROOM	1424

/*
 * Take the fixed head off r: 0; -1 if this is no program list of version 1.
 * Then either plist_get_head, or plist_get_entry until it returns 0.
 */
int plist_open(struct rd *r, struct plist_stamp *stamp);
int plist_get_head(struct rd *r, struct plist_head *head);
/* The next entry: 1; none left: 0; -1: damaged, what was read before stands.
 * Texts come out clean (text_clean), lengths bounded, channel in range. */
int plist_get_entry(struct rd *r, struct plist_entry *entry);

#endif
