/* SPDX-License-Identifier: ISC */
/* Findings on paper. */
#ifndef DOCTOR_SHOW_H
#define DOCTOR_SHOW_H

#include <stdio.h>

struct check;
struct facts;

/* A line for each interface, then what is wrong or good to know; all: what is
 * well, too. */
void show_findings(FILE *out, const struct check *c, const struct facts *f,
    int all);
/* An object a line and finding. */
void show_findings_json(FILE *out, const struct check *c);

#endif
