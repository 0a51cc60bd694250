/* SPDX-License-Identifier: ISC */
/* What is taken out of the library for a requester: a piece of a file, a piece
 * of the list. */
#ifndef TAKE_H
#define TAKE_H

#include <stddef.h>
#include <stdint.h>

#include "wire/control.h"

struct channel_def;
struct library;
struct stat;

/*
 * Open dir/path to read, without waiting; it must be a regular file and lie
 * below root, wherever links lead.  The descriptor, and what it is in *st; -1:
 * *status, and a sentence in why.
 */
int take_open(const char *root, const char *dir, const char *path,
    struct stat *st, enum control_status *status, char *why, size_t size);

/*
 * Append to an answer the piece of a channel's file that q asks for: as much as
 * fits from its offset on, at the end its path and its channel.  Anything but
 * CONTROL_OK: a sentence is in why.
 */
enum control_status take_chunk(struct wr *w, const char *root,
    const struct channel_def *d, const char *path,
    const struct control_request *q, char *why, size_t size);

/* Append tracks from that place on (channel number and place in its list, 0:
 * the first), as many as fit, after where to go on. */
void take_entries(struct wr *w, const struct library *l, uint32_t revision,
    uint32_t channel, uint32_t track);

#endif
