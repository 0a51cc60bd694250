/* SPDX-License-Identifier: ISC */
/*
 * The timeline file: record by record, and as the daemon opens it and writes
 * it again.  No fuzzer finds a CRC-32, so every second look is at the same
 * bytes with the right ones.
 *
 * Answers for: src/netradiod/timeline.c
 */
#include <assert.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/text.h"
#include "timeline.h"
#include "wire/ports.h"

#define RECORDS_MAX	16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A state directory of our own, as long as we run. */
static char dir[256], path[272];

static void
remove_dir(void)
{
	unlink(path);
	rmdir(dir);
}

static void
make_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	text_format(dir, sizeof(dir), "%s/netradio-fuzz.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(dir) == NULL ||
	    text_format(path, sizeof(path), "%s/timeline", dir) == -1)
		abort();
	atexit(remove_dir);
}

static int
is_equal(const struct timeline *a, const struct timeline *b)
{
	return a->channel == b->channel && a->kind == b->kind &&
	    a->exact == b->exact && a->ssrc == b->ssrc && a->seq == b->seq &&
	    a->ts == b->ts && a->boot_ns == b->boot_ns &&
	    a->real_ns == b->real_ns && a->dir == b->dir &&
	    a->boot_id == b->boot_id;
}

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
	assert(timeline_decode(out, &again) == 0 && is_equal(&t, &again));
	for (i = 0; i < sizeof(now) / sizeof(now[0]); i++) {
		timeline_resume(&t, t.boot_id, now[i], now[i], random,
		    &begin);
		timeline_resume(&t, ~t.boot_id, now[i], now[i], random,
		    &begin);
		assert(begin.ssrc == t.ssrc || begin.ssrc == random[0]);
	}
}

/* What the daemon read it writes, and reads again the same. */
static void
check_saved(struct timeline_file *f)
{
	struct timeline_file again;
	size_t i;

	assert(timeline_save(f, f->streams, f->n) == 0);
	assert(timeline_open(&again, dir) == 0);
	assert(again.server == f->server && again.n == f->n);
	for (i = 0; i < f->n; i++)
		assert(is_equal(&f->streams[i], &again.streams[i]));
	timeline_close(&again);
	/* Once the first packet is sent nothing is exact any more. */
	assert(timeline_begin(f) == 0);
	assert(timeline_open(&again, dir) == 0 && again.n == f->n);
	for (i = 0; i < f->n; i++)
		assert(!again.streams[i].exact &&
		    again.streams[i].ts == f->streams[i].ts);
	timeline_close(&again);
}

static void
check_file(const uint8_t *data, size_t size)
{
	static const struct timeline late = { .channel = 7, .kind = 1 };
	struct timeline_file f;
	const struct timeline *t;
	size_t i, n;
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd == -1 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
	timeline_give(dir, getuid(), getgid());
	assert(timeline_open(&f, dir) == 0);
	assert((f.n + 1) * TIMELINE_RECORD <= size || f.n == 0);
	for (i = 0; i < f.n; i++) {
		t = timeline_find(&f, f.streams[i].channel,
		    f.streams[i].kind);
		assert(t != NULL && t <= &f.streams[i]);
	}
	assert(timeline_is_live(&f, 0, 0) == 0 || f.n > 0);
	check_saved(&f);
	n = f.n + (timeline_find(&f, 7, 1) == NULL);
	timeline_keep(&f, &late);
	assert(f.n == n && timeline_find(&f, 7, 1)->seq == 0);
	assert(timeline_number(&f, "1-jazz") <= PORTS_CHANNEL_MAX);
	timeline_close(&f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t file[RECORDS_MAX * TIMELINE_RECORD], *p;
	uint64_t server;
	struct wr w;

	if (dir[0] == '\0')
		make_dir();
	if (size > sizeof(file))
		size = sizeof(file);
	check_file(data, size);
	memcpy(file, data, size);
	for (p = file; (size_t)(p - file) + TIMELINE_RECORD <= size;
	    p += TIMELINE_RECORD) {
		timeline_decode_head(p, &server);
		check_record(p);
		wr_init(&w, p + 60, 4);
		wr_u32(&w, crc32_of(p, 60));
		timeline_decode_head(p, &server);
		check_record(p);
	}
	check_file(file, size);
	return 0;
}
