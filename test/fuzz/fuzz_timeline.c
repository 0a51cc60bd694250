/* SPDX-License-Identifier: ISC */
/*
 * The timeline file, record by record.  No fuzzer finds a CRC-32, so every
 * second look is at the same bytes with the right one.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "timeline.h"
#include "wire/ports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_record(const uint8_t *p)
{
	static const uint32_t random[3] = { 1, 2, 3 };
	static const int64_t now[] = { 0, 1, INT64_C(1000000000000),
	    INT64_MAX };
	struct timeline t, again, begin;
	uint8_t out[TIMELINE_RECORD];
	size_t i;

	if (timeline_decode(p, &t) == -1)
		return;
	assert(t.channel >= 1 && t.channel <= PORTS_CHANNEL_MAX);
	timeline_encode(&t, out);
	assert(timeline_decode(out, &again) == 0);
	assert(again.ssrc == t.ssrc && again.seq == t.seq &&
	    again.ts == t.ts && again.boot_ns == t.boot_ns &&
	    again.real_ns == t.real_ns && again.dir == t.dir);
	for (i = 0; i < sizeof(now) / sizeof(now[0]); i++) {
		timeline_resume(&t, t.boot_id, now[i], now[i], random,
		    &begin);
		timeline_resume(&t, ~t.boot_id, now[i], now[i], random,
		    &begin);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t record[TIMELINE_RECORD];
	uint64_t server;
	struct wr w;

	for (; size >= TIMELINE_RECORD; data += TIMELINE_RECORD,
	    size -= TIMELINE_RECORD) {
		memcpy(record, data, sizeof(record));
		timeline_decode_head(record, &server);
		check_record(record);
		wr_init(&w, record + 60, 4);
		wr_u32(&w, crc32_of(record, 60));
		timeline_decode_head(record, &server);
		check_record(record);
	}
	return 0;
}
