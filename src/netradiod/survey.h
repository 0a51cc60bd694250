/* SPDX-License-Identifier: ISC */
/*
 * The survey: a thread at idle priority that reads every new file once and
 * finds its exact facts, after a first look has put it on air.
 */
#ifndef SURVEY_H
#define SURVEY_H

#include <stdint.h>

struct library;
struct survey;

/* Start on a snapshot (a reference is taken).  NULL with errno. */
struct survey *survey_start(struct library *l);
/* End it: 0, and s is gone; -1: stuck at CLOCK_MONOTONIC deadline_ns. */
int survey_stop(struct survey *s, int64_t deadline_ns);

#endif
