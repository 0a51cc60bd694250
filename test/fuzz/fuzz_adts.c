/* SPDX-License-Identifier: ISC */
/*
 * AAC in ADTS: see container.h.
 *
 * Answers for: src/netradiod/media_adts.c src/netradiod/content.c
 */
#include "container.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_container(data, size);
	return 0;
}
