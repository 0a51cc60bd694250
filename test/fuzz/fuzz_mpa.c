/* SPDX-License-Identifier: ISC */
/*
 * A run of MPEG audio as it may come out of packets: headers at any place,
 * silence in their place, the bit reservoir, with breaks where a byte says so.
 *
 * Answers for: src/wire/mpa.c
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/mpa.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_silence(const struct mpa *m, const uint8_t *header, size_t left)
{
	uint8_t out[MPA_FRAME_MAX];
	struct mpa s;
	unsigned n;

	n = mpa_silence(header, m->length > 0 ? m->length : (unsigned)left,
	    out);
	assert(n <= MPA_FRAME_MAX);
	if (n == 0)
		return;
	assert(mpa_decode(&s, out) == 0 && mpa_is_alike(m, &s));
	assert(!s.has_crc && !s.padding && s.samples == m->samples);
	assert(mpa_main_data_begin(&s, out, n) == 0);
}

/* A header made for the format of one that came: silence is sent with it. */
static void
check_encode(const struct mpa *m)
{
	uint8_t header[MPA_HEADER_SIZE];
	struct mpa made;

	if (mpa_encode(m, header) == -1)
		return;
	assert(mpa_decode(&made, header) == 0 && mpa_is_alike(m, &made));
	assert(!made.has_crc && made.bitrate > 0);
	assert(m->bitrate == 0 || made.bitrate == m->bitrate);
}

/* Pass a frame that has len bytes, in memory that ends there. */
static void
check_pass(struct mpa_reservoir *r, const struct mpa *m, const uint8_t *p,
    size_t len)
{
	uint8_t *copy = malloc(len);
	unsigned before = r->avail;
	int muted;

	if (copy == NULL)
		return;
	memcpy(copy, p, len);
	mpa_is_info(m, copy, len);
	muted = mpa_reservoir_pass(r, m, copy, len);
	assert(muted || memcmp(copy, p, len) == 0);
	assert(memcmp(copy, p, MPA_HEADER_SIZE) == 0);
	assert(r->avail <= 511);
	if (len >= MPA_HEADER_SIZE + 2 + mpa_side_size(m))
		assert(mpa_main_data_begin(m, copy, len) <= before ||
		    m->layer != 3);
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mpa_reservoir r = { 0 };
	struct mpa m;
	size_t len;

	while (size >= MPA_HEADER_SIZE) {
		if (mpa_decode(&m, data) == -1) {
			if (data[0] == 0)
				mpa_reservoir_break(&r);
			data++, size--;
			continue;
		}
		check_silence(&m, data, size);
		check_encode(&m);
		len = m.length > 0 && m.length < size ? m.length : size;
		if (len > MPA_FRAME_MAX)
			len = MPA_FRAME_MAX;
		check_pass(&r, &m, data, len);
		data += len;
		size -= len;
	}
	return 0;
}
