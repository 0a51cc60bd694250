/* SPDX-License-Identifier: ISC */
/*
 * The survey: a thread at idle priority that reads every new file once and
 * finds its exact facts, after a first look has put it on air.  When all is
 * known and has been quiet for a moment it writes the catalogue.
 */
#ifndef SURVEY_H
#define SURVEY_H

#include <stdint.h>

struct catalog_file;
struct library;
struct survey;

/* Start on a snapshot (a reference is taken); until survey_stop the catalogue
 * belongs to it.  NULL with errno. */
struct survey *survey_start(struct library *l, struct catalog_file *catalog);
/* Go on with another snapshot (a reference is taken); does not wait. */
void survey_replace(struct survey *s, struct library *l);
/* End it: 0, and s is gone; -1: stuck at CLOCK_MONOTONIC deadline_ns. */
int survey_stop(struct survey *s, int64_t deadline_ns);

#endif
