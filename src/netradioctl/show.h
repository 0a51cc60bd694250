/* SPDX-License-Identifier: ISC */
/* A snapshot in words and as a table, for people. */
#ifndef SHOW_H
#define SHOW_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct snapshot;
struct statseg_channel;

/* Columns of the terminal that f is; 0: it is none. */
unsigned show_columns(FILE *f);

/* The daemon in two or three lines. */
void show_daemon(FILE *f, const struct snapshot *p);
/* A line a channel, cut to so many columns; 0: not cut. */
void show_channels(FILE *f, const struct snapshot *p, unsigned columns);
/* "Artist - Title", or why there is none. */
void show_playing(const struct statseg_channel *c, char *text, size_t size);
/* What went wrong with a channel so far, "" if nothing did. */
void show_trouble(const struct statseg_channel *c, char *text, size_t size);
/* "1:02:03" or "2:03"; "-" if negative. */
void show_time(int64_t ms, char *text, size_t size);

#endif
