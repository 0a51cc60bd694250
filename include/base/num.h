/* SPDX-License-Identifier: ISC */
/* Numbers that people type. */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdint.h>

/*
 * Parse the whole of text as a decimal integer in [min, max].  0, or -1 and
 * in why (size bytes) what was expected, e.g. "a number from 1 to 255".
 */
int num_parse(const char *text, int64_t min, int64_t max, int64_t *out,
    char *why, unsigned size);

#endif
