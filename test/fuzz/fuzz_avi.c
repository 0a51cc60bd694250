/* SPDX-License-Identifier: ISC */
/*
 * AVI: see container.h.
 *
 * Answers for: src/netradiod/media_avi.c src/netradiod/riff.c
 * src/netradiod/stream.c
 */
#include "container.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_container(data, size);
	return 0;
}
