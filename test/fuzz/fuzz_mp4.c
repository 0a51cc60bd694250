/* SPDX-License-Identifier: ISC */
/*
 * MP4 and QuickTime: see container.h.
 *
 * Answers for: src/netradiod/media_mp4.c src/netradiod/mp4_box.c
 * src/netradiod/mp4_frag.c src/netradiod/mp4_samples.c
 * src/netradiod/mp4_sound.c src/netradiod/mp4_tags.c
 * src/netradiod/mp4_times.c src/netradiod/mp4_track.c
 * src/netradiod/media_units.c src/netradiod/media_pcm.c
 */
#include "container.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_container(data, size);
	return 0;
}
