/* SPDX-License-Identifier: ISC */
/* The program list for people and for programs. */
#ifndef LISTING_SHOW_H
#define LISTING_SHOW_H

#include <stdint.h>
#include <stdio.h>

struct listing;
struct listing_entry;

/* A table in order of the numbers, as wide as columns allow (0: as wide as
 * needed). */
void listing_show_table(FILE *f, const struct listing *l, unsigned columns);
/* One JSON object a line and channel. */
void listing_show_json(FILE *f, const struct listing *l, int64_t now_ns);
/*
 * A channel for other players: as a session description, or as a playlist
 * that VLC takes.  0; -1 if it has no stream.
 */
int listing_show_sdp(FILE *f, const struct listing *l,
    const struct listing_entry *c);
int listing_show_m3u(FILE *f, const struct listing *l,
    const struct listing_entry *c);

#endif
