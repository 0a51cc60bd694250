/* SPDX-License-Identifier: ISC */
#include "wire/counters.h"

#include <string.h>

#include "base/clock.h"
#include "wire/onair.h"
#include "wire/statseg.h"

#define CHANNEL_ROW(kind, name, sentence) { COUNTERS_##kind, #name, sentence, \
	offsetof(struct onair_line, name) },
#define AUDIENCE_ROW(kind, name, sentence) { COUNTERS_##kind, #name, \
	sentence, offsetof(struct onair_audience, name) },
#define DAEMON_ROW(kind, name, sentence) { COUNTERS_##kind, #name, sentence, \
	offsetof(struct statseg_daemon, name) },

static const struct counter channel_rows[] = {
	COUNTERS_OF_CHANNEL(CHANNEL_ROW)
};

static const struct counter audience_rows[] = {
	COUNTERS_OF_AUDIENCE(AUDIENCE_ROW)
};

static const struct counter daemon_rows[] = {
	COUNTERS_OF_DAEMON(DAEMON_ROW)
};

const struct counter *
counters_of_channel(size_t i)
{
	return i < sizeof(channel_rows) / sizeof(channel_rows[0]) ?
	    &channel_rows[i] : NULL;
}

const struct counter *
counters_of_audience(size_t i)
{
	return i < sizeof(audience_rows) / sizeof(audience_rows[0]) ?
	    &audience_rows[i] : NULL;
}

const struct counter *
counters_of_daemon(size_t i)
{
	return i < sizeof(daemon_rows) / sizeof(daemon_rows[0]) ?
	    &daemon_rows[i] : NULL;
}

uint64_t
counters_value(const struct counter *c, const void *values)
{
	uint64_t v;

	memcpy(&v, (const char *)values + c->offset, sizeof(v));
	return v;
}

unsigned
counters_late_bucket(int64_t late_ns)
{
	int64_t end = NS_PER_MS;
	unsigned i = 0;

	for (; late_ns > end && i < COUNTERS_LATE_BUCKETS - 1; i++)
		end *= 2;
	return i;
}

unsigned
counters_late_end_ms(unsigned bucket)
{
	return bucket < COUNTERS_LATE_BUCKETS - 1 ? 1U << bucket : 0;
}
