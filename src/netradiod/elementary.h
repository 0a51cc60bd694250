/* SPDX-License-Identifier: ISC */
/*
 * A packet's frames as they stand in an elementary stream: MPEG audio as it is,
 * AAC with ADTS headers (ISO 14496-3, 1.A.2), PCM as WAV has it, 16 bits,
 * little-endian.
 */
#ifndef ELEMENTARY_H
#define ELEMENTARY_H

#include <stddef.h>
#include <stdint.h>

struct rtpstream;
struct tape;

/* Put what is packed for s, and was not sent yet, on its tape. */
void elementary_put(struct tape *t, const struct rtpstream *s, int64_t now_ns);

/* The head of a WAV file without an end; its length. */
#define ELEMENTARY_WAV_HEAD	44
void elementary_wav_head(uint32_t rate, unsigned channels,
    uint8_t out[static ELEMENTARY_WAV_HEAD]);

#endif
