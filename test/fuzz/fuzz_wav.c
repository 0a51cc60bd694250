/* SPDX-License-Identifier: ISC */
/*
 * WAV and RF64: see container.h.
 *
 * Answers for: src/netradiod/media_wav.c src/netradiod/media_pcm.c
 */
#include "container.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_container(data, size);
	return 0;
}
