/* SPDX-License-Identifier: ISC */
/*
 * What people call a channel and a track: by number, by name, by its
 * beginning.
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <stddef.h>

struct channel_def;
struct library;
struct track;

/*
 * The channel that text[0..n) names: its number; its name; the only name that
 * begins so, whatever its case.  NULL, and in why a sentence that names those
 * it may be.
 */
const struct channel_def *lookup_channel(const struct library *l,
    const char *text, size_t n, char *why, size_t size);
/*
 * How many bytes of CH/TRACK are CH: up to the first slash; or the longest
 * name that it begins with, whatever its case, since names may have slashes.  A
 * number goes before a name.  The whole of it if there is no slash.
 */
size_t lookup_split(const struct library *l, const char *text);
/*
 * The track of d: its place in the list, from 1 on; its path; its title; the
 * only path, file name or title that begins so, whatever its case.  NULL and
 * why.
 */
const struct track *lookup_track(const struct channel_def *d,
    const char *text, char *why, size_t size);

#endif
