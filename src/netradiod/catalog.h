/* SPDX-License-Identifier: ISC */
/*
 * The catalogue, STATEDIR/catalog: what a library's files were when they were
 * last looked at, so that one that did not change costs one stat at the next
 * start.  It is only ever a shortcut: what is damaged, of another version or
 * of another library is as if it were not there.
 *
 * A head of 64 bytes and one block for each directory, big-endian.  A text has
 * its length in front, u8 (t8) or u16 (t16), and no NUL.
 *
 *   head    0 "NRCT"  4 version u16  6 reserved u16
 *           8 program u64 (hash: what its readers know)
 *          16 library u64 (hash of its path)  24 blocks u32
 *          28 reserved 32 bytes     60 CRC-32 of the 60 bytes before
 *   block   0 length of the rest u32  4 CRC-32 of the rest u32
 *           8 number u16 (0: none)  directory t16  charset t8
 *             rows u32, each one:
 *   row     kind u8 (1 plays, 2 has a problem, 3 no media)  path t16
 *           size u64  mtime in ns u64  inode u64
 *           2: problem t16, and what 1 has
 *           1: container t8  codec t8  MPEG version t8  layer u8
 *              channels u8  rate u32  bit rate of the first frame u32
 *              frames u64  duration in flicks u64  mean bit rate u32
 *              (these three 0: not counted)  title t16  artist t16  album t16
 *              sound u8 (enum media_sound)  samples u32  configuration t8
 *              PCM: bytes u8  big-endian u8  unsigned u8
 *              index u8 (places), each one: flicks u64  offset u64
 */
#ifndef CATALOG_H
#define CATALOG_H

#include <stddef.h>
#include <stdint.h>

struct catalog;
struct channel_def;
struct library;
struct playlist;

#define CATALOG_HEAD	64

/* All of it is pure; catalog_file.h reads and writes. */
void catalog_encode_head(const struct library *l, uint8_t *out);
/* Bytes that a block needs; catalog_encode fills exactly so many. */
size_t catalog_size(const struct channel_def *d);
void catalog_encode(const struct channel_def *d, uint8_t *out, size_t size);
/* Take over a heap block that holds a catalogue of the library at root; NULL,
 * and it is freed, if it holds none. */
struct catalog *catalog_new(uint8_t *data, size_t len, const char *root);
void catalog_free(struct catalog *c);	/* NULL is fine */

/* The rows of a directory (base as in struct channel_def), with the charset
 * that its tags were read in: one reference, or NULL.  Any thread. */
struct playlist *catalog_playlist(const struct catalog *c, const char *base);
/* The number that the directory had, 0: none. */
unsigned catalog_number(const struct catalog *c, const char *base);

#endif
