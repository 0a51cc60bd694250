/* SPDX-License-Identifier: ISC */
#include "base/num.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int
num_parse(const char *text, int64_t min, int64_t max, int64_t *out,
    char *why, unsigned size)
{
	char *end;
	long long v;

	errno = 0;
	v = strtoll(text, &end, 10);
	/* strtoll takes leading white space; we do not. */
	if (errno != 0 || end == text || *end != '\0' ||
	    !((text[0] >= '0' && text[0] <= '9') || text[0] == '-') ||
	    v < min || v > max) {
		snprintf(why, size, "a number from %" PRId64 " to %" PRId64,
		    min, max);
		return -1;
	}
	*out = v;
	return 0;
}
