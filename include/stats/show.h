/* SPDX-License-Identifier: ISC */
/* A snapshot as programs read it: netradioctl prints it, the daemon serves it
 * over HTTP. */
#ifndef STATS_SHOW_H
#define STATS_SHOW_H

#include <stdio.h>

struct snapshot;

/* One object. */
void show_status_json(FILE *f, const struct snapshot *p);
/* One object a line and channel. */
void show_channels_json(FILE *f, const struct snapshot *p);
/* Prometheus' text exposition format; p NULL: there is no daemon. */
void show_prometheus(FILE *f, const struct snapshot *p);

#endif
