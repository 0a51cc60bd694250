/* SPDX-License-Identifier: ISC */
/* Which sound output there is. */
#ifndef DEVICE_H
#define DEVICE_H

#include <stddef.h>

/*
 * mpg123's name for the output to use, "pulse" or "alsa"; or NULL and in why
 * a sentence on what is missing and what to do.
 */
const char *device_find(char *why, size_t size);

#endif
