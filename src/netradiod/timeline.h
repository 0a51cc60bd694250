/* SPDX-License-Identifier: ISC */
/*
 * The timeline file: where every stream was, so that a restart or a crash
 * goes on with the same SSRC and with sequence numbers and timestamps a little
 * ahead.  Other players go mute for good on anything else.
 *
 * STATEDIR/timeline is a head of 64 bytes and one record of 64 bytes a stream,
 * big-endian, each with its own CRC-32, so that a kill in the middle of a write
 * (the kernel stops at a page's end) never leaves half a record.
 *
 *   head    0 "NRTL"  4 version u16  6 reserved u16  8 server id u64
 *          16 reserved 44 bytes     60 CRC-32 of the 60 bytes before
 *   record  0 channel u16  2 kind u8 (0: P, 1: P+6)  3 flags u8 (1: exact)
 *           4 SSRC u32     8 next seq u16  10 version u16  12 next ts u32
 *          16 boot id u64 (hash)  24 CLOCK_BOOTTIME ns of next ts u64
 *          32 CLOCK_REALTIME ns of next ts u64  40 directory u64 (hash)
 *          48 clock Hz u32 (0: 90000)  52 track u32 (hash; 0: none)
 *          56 position in it, in ms, of next ts u32
 *          60 CRC-32 of the 60 bytes before
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TIMELINE_RECORD		64
#define TIMELINE_STREAMS_MAX	(2 * 16383)

/* MPEG audio on P; the other format on P+6. */
enum { TIMELINE_P, TIMELINE_SECOND };

/* Where a stream is. */
struct timeline {
	uint16_t channel;
	uint8_t kind;		/* TIMELINE_P, TIMELINE_SECOND */
	int exact;		/* nothing was sent after this was written */
	uint32_t ssrc;
	uint16_t seq;		/* of the next packet */
	uint32_t ts;		/* of the next packet */
	uint32_t clock_hz;	/* of ts */
	int64_t boot_ns;	/* when that one is due, CLOCK_BOOTTIME */
	int64_t real_ns;	/* the same on CLOCK_REALTIME */
	uint64_t dir;		/* hash64_of the directory's name */
	uint64_t boot_id;	/* hash64_of the kernel's boot id */
	uint32_t track;		/* that plays: program_hash; 0: none */
	uint32_t position_ms;	/* in it, of the next packet */
};

/* Encode and decode, pure; out and in have TIMELINE_RECORD bytes. */
void timeline_encode_head(uint64_t server, uint8_t *out);
int timeline_decode_head(const uint8_t *in, uint64_t *server);
void timeline_encode(const struct timeline *t, uint8_t *out);
int timeline_decode(const uint8_t *in, struct timeline *t);

/* What the file held at start. */
struct timeline_file {
	int fd;			/* -1: could not be opened for writing */
	uint64_t server;	/* made up if there was none */
	uint64_t boot_id;	/* of this boot */
	int is_failing;		/* it cannot be written, and that was said */
	size_t n;
	struct timeline *streams;
};

/*
 * Open or make dir/timeline and read what is right in it; what is damaged is
 * as if it had not been there.  -1 with errno if it cannot be opened; f is
 * usable (and saves nothing) all the same.
 */
int timeline_open(struct timeline_file *f, const char *dir);
/* As root: give an existing file in dir to the user who will write it. */
void timeline_give(const char *dir, uid_t uid, gid_t gid);
void timeline_close(struct timeline_file *f);

/* Remember a stream that has ended, in place of an older record of it. */
void timeline_keep(struct timeline_file *f, const struct timeline *t);

/* The record of a channel's stream, or NULL. */
const struct timeline *timeline_find(const struct timeline_file *f,
    unsigned channel, unsigned kind);
/* Whether the last run was here not longer than TIMELINE_LIVE_NS ago. */
#define TIMELINE_LIVE_NS	INT64_C(60000000000)
int timeline_is_live(const struct timeline_file *f, int64_t boot_ns,
    int64_t real_ns);
/* The number that the directory had, 0 if none. */
unsigned timeline_number(const struct timeline_file *f, const char *base);

/*
 * Where a stream goes on: given its record (NULL: none) and the clocks now,
 * set *t's ssrc, seq, ts and clock for a first packet due at now, and the track
 * and position that it goes on with.  Elapsed time
 * counts by CLOCK_BOOTTIME if the boot is the same, else by CLOCK_REALTIME if
 * that makes 0 to 3600 s; otherwise the stream starts anew, numbers from the
 * random ones given and with the clock of P.  Returns 1 if it goes on, 0 if
 * anew.  Pure.
 */
int timeline_resume(const struct timeline *old, uint64_t boot_id,
    int64_t boot_ns, int64_t real_ns, const uint32_t random[3],
    struct timeline *t);

/*
 * Before the first packet is sent: no record in the file is exact any more, or
 * whoever starts after a kill would send the same numbers again.  0, or -1
 * with errno.
 */
int timeline_begin(struct timeline_file *f);

/* Write head and records in one pwrite: 0, or -1 with errno. */
int timeline_save(struct timeline_file *f, const struct timeline *streams,
    size_t n);
/* Log what one of the two came to (errno is its), if it is another thing than
 * the last time. */
void timeline_say(struct timeline_file *f, int result);

#endif
