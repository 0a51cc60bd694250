/* SPDX-License-Identifier: ISC */
#include "timeline.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "random.h"
#include "tap.h"

static void
random_stream(struct timeline *t, unsigned channel)
{
	memset(t, 0, sizeof(*t));
	t->channel = (uint16_t)channel;
	t->kind = random_u64() & 1;
	t->exact = random_u64() & 1;
	t->ssrc = (uint32_t)random_u64();
	t->seq = (uint16_t)random_u64();
	t->ts = (uint32_t)random_u64();
	t->boot_ns = (int64_t)(random_u64() >> 2);
	t->real_ns = (int64_t)(random_u64() >> 2);
	t->dir = random_u64();
	t->boot_id = random_u64();
	t->clock_hz = 1 + random_u32() / 2;
	t->track = random_u32();
	t->position_ms = random_u32();
}

static int
is_equal(const struct timeline *a, const struct timeline *b)
{
	return a->channel == b->channel && a->kind == b->kind &&
	    !a->exact == !b->exact && a->ssrc == b->ssrc &&
	    a->seq == b->seq && a->ts == b->ts && a->boot_ns == b->boot_ns &&
	    a->real_ns == b->real_ns && a->dir == b->dir &&
	    a->boot_id == b->boot_id && a->clock_hz == b->clock_hz &&
	    a->track == b->track && a->position_ms == b->position_ms;
}

static void
test_record(void)
{
	static const uint8_t want[60] = { 0x01, 0x02, 0, 1,
	    0xaa, 0xbb, 0xcc, 0xdd, 0x12, 0x34, 0, 1, 0x55, 0x66, 0x77, 0x88,
	    1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0x3b, 0x9a, 0xca, 0x00,
	    0, 0, 0, 0, 0x77, 0x35, 0x94, 0x00,
	    9, 10, 11, 12, 13, 14, 15, 16, 0, 0, 0xac, 0x44,
	    0x21, 0x22, 0x23, 0x24, 0x00, 0x01, 0xd4, 0xc0 };
	struct timeline t = { .channel = 0x0102, .kind = 0, .exact = 1,
	    .ssrc = 0xaabbccdd, .seq = 0x1234, .ts = 0x55667788,
	    .boot_ns = NS_PER_S, .real_ns = 2 * NS_PER_S,
	    .dir = 0x090a0b0c0d0e0f10, .boot_id = 0x0102030405060708,
	    .clock_hz = 0x0000ac44, .track = 0x21222324,
	    .position_ms = 120000 }, u;
	uint8_t p[TIMELINE_RECORD + 1], q[TIMELINE_RECORD];
	unsigned bit, taken = 0;
	int k, same = 1;
	size_t cut;

	p[TIMELINE_RECORD] = 0x77;
	timeline_encode(&t, p);
	ok(memcmp(p, want, sizeof(want)) == 0, "a record is as drawn");
	is((uint32_t)p[60] << 24 | (uint32_t)p[61] << 16 |
	    (uint32_t)p[62] << 8 | p[63], crc32_of(want, 60), "with its CRC");
	is(p[TIMELINE_RECORD], 0x77, "and no longer than 64 bytes");
	for (bit = 0; bit < 8 * TIMELINE_RECORD; bit++) {
		memcpy(q, p, sizeof(q));
		q[bit / 8] ^= (uint8_t)(1 << bit % 8);
		taken += timeline_decode(q, &u) == 0;
	}
	is(taken, 0, "every single flipped bit is noticed");
	/* A write that stopped there: the rest is what was before. */
	for (cut = 1; cut < TIMELINE_RECORD; cut++) {
		random_stream(&u, 5);
		timeline_encode(&u, q);
		memcpy(q, p, cut);
		taken += timeline_decode(q, &u) == 0;
		memset(q, 0, sizeof(q));
		memcpy(q, p, cut);
		taken += timeline_decode(q, &u) == 0;
	}
	is(taken, 0, "so is every half-written record");
	memset(q, 0, sizeof(q));
	is(timeline_decode(q, &u), -1, "zeros are no record");
	for (k = 0; k < 100000; k++) {
		random_stream(&t, 1 + random_u64() % 16383);
		timeline_encode(&t, p);
		same = same && timeline_decode(p, &u) == 0 && is_equal(&t, &u);
	}
	ok(same, "decode(encode(x)) is x, for 100000 of them");
	t.channel = 0;
	timeline_encode(&t, p);
	is(timeline_decode(p, &u), -1, "there is no channel 0");
	t.channel = 16384;
	timeline_encode(&t, p);
	is(timeline_decode(p, &u), -1, "nor one beyond 16383");
}

/* Random bytes with the right version and CRC. */
static void
test_any_record(void)
{
	uint8_t p[TIMELINE_RECORD], q[TIMELINE_RECORD];
	struct timeline t, u;
	unsigned taken = 0;
	int k, same = 1;
	struct wr w;

	for (k = 0; k < 100000; k++) {
		random_bytes(p, 60);
		/* Of the version and the channels there are. */
		p[0] &= 0x3f;
		p[10] = 0, p[11] = 1;
		p[16 + 8] &= 0x7f, p[16 + 16] &= 0x7f;
		wr_init(&w, p + 60, 4);
		wr_u32(&w, crc32_of(p, 60));
		if (timeline_decode(p, &t) == -1)
			continue;
		taken++;
		timeline_encode(&t, q);
		same = same && timeline_decode(q, &u) == 0 && is_equal(&t, &u);
		timeline_encode(&u, p);
		same = same && memcmp(p, q, sizeof(q)) == 0;
	}
	ok(taken > 99000, "of 100000 records of random bytes %u are taken",
	    taken);
	ok(same, "and encode(decode(b)) stays what it is");
}

static void
test_head(void)
{
	uint8_t p[TIMELINE_RECORD], q[TIMELINE_RECORD];
	uint64_t server = 0;
	unsigned bit, taken = 0;

	timeline_encode_head(0x1122334455667788, p);
	ok(memcmp(p, "NRTL\0\1\0\0\x11\x22\x33\x44\x55\x66\x77\x88", 16) == 0,
	    "the head is as drawn");
	ok(timeline_decode_head(p, &server) == 0 &&
	    server == 0x1122334455667788, "and comes back");
	for (bit = 0; bit < 8 * TIMELINE_RECORD; bit++) {
		memcpy(q, p, sizeof(q));
		q[bit / 8] ^= (uint8_t)(1 << bit % 8);
		taken += timeline_decode_head(q, &server) == 0;
	}
	is(taken, 0, "every single flipped bit is noticed");
	is(server == 0x1122334455667788, 1, "and nothing is taken from it");
}

/* Resume so many ns after the next packet was due, by either clock. */
static int
resume(const struct timeline *old, uint64_t boot_id, int64_t boot_elapsed,
    int64_t real_elapsed, struct timeline *t)
{
	static const uint32_t random[3] = { 0x11111111, 0x22222, 0x33333333 };

	memset(t, 0, sizeof(*t));
	return timeline_resume(old, boot_id, old == NULL ? 0 :
	    old->boot_ns + boot_elapsed, old == NULL ? 0 :
	    old->real_ns + real_elapsed, random, t);
}

static void
test_resume(void)
{
	struct timeline old, t;
	const int64_t s = NS_PER_S;

	random_stream(&old, 3);
	old.exact = 0;
	old.seq = 1000;
	old.ts = 5000;
	old.clock_hz = 90000;
	is(resume(NULL, 1, 0, 0, &t), 0, "without a record it begins anew");
	ok(t.ssrc == 0x11111111 && t.seq == 0x2222 && t.ts == 0x33333333,
	    "from the random numbers");
	is(t.track, 0, "with any track");
	is(resume(&old, old.boot_id, 9 * s, -5000 * s, &t), 1,
	    "same boot: the wall clock is not asked");
	ok(t.ssrc == old.ssrc, "the SSRC stays");
	ok(t.track == old.track && t.position_ms == old.position_ms,
	    "and so does the place in the track");
	is(t.ts, 5000 + 9 * 90000, "the timestamp is 9 s ahead");
	ok((uint16_t)(t.seq - 1000) >= 2 && (uint16_t)(t.seq - 1000) < 2999,
	    "the sequence number ahead, by no more than VLC takes");
	is(resume(&old, old.boot_id, 100 * 86400 * s, 0, &t), 1,
	    "same boot: any time goes on");
	is(t.ts, (uint32_t)(5000 + 100ull * 86400 * 90000),
	    "modulo 2^32");
	is(resume(&old, old.boot_id, s / 90000 + 1, 0, &t), 1, "11112 ns");
	is(t.ts, 5001, "are one tick");
	is(resume(&old, old.boot_id, -50 * NS_PER_MS, 0, &t), 1,
	    "a packet that was not due yet");
	is(t.ts, 5000, "is due now");
	is(resume(&old, old.boot_id, -3600 * s, 0, &t), 0,
	    "a clock that has gone back cannot be told");
	is(resume(&old, old.boot_id ^ 1, -9 * s, 9 * s, &t), 1,
	    "another boot: the wall clock counts");
	is(t.ts, 5000 + 9 * 90000, "and CLOCK_BOOTTIME is not asked");
	is(resume(&old, old.boot_id ^ 1, 0, 3600 * s, &t), 1, "up to an hour");
	is(resume(&old, old.boot_id ^ 1, 0, 3600 * s + 1, &t), 0, "no more");
	is(resume(&old, old.boot_id ^ 1, 0, 0, &t), 1, "from nothing on");
	is(resume(&old, old.boot_id ^ 1, 0, -1, &t), 0,
	    "not if it has gone back");
	is(t.ssrc, 0x11111111, "then it is a new stream");
	is(t.track, 0, "and begins with any track");
	old.boot_id = 0;
	is(resume(&old, 0, 5 * s, 7 * s, &t), 1,
	    "an unknown boot is never the same");
	is(t.ts, 5000 + 7 * 90000, "as an unknown one");
	is(t.clock_hz, 90000, "with the clock of P");
	old.kind = TIMELINE_SECOND;
	old.clock_hz = 44100;
	is(resume(&old, 0, 0, 7 * s, &t), 1, "the other format");
	is(t.ts, 5000 + 7 * 44100, "has its own clock");
	is(t.clock_hz, 44100, "which stays");
	ok((uint16_t)(t.seq - 1000) >= 1200 && (uint16_t)(t.seq - 1000) < 2999,
	    "and more packets in a second");
}

static void
test_resume_wrap(void)
{
	static const uint32_t zero[3] = { 0, 0, 0 };
	struct timeline old, t;

	random_stream(&old, 3);
	old.exact = 1;
	old.seq = 65535;
	old.ts = 0xffffff00;
	old.clock_hz = 90000;
	is(resume(&old, old.boot_id, NS_PER_S, 0, &t), 1, "over the wraps");
	is(t.ts, 90000 - 256, "of the timestamp");
	is(t.seq, 0, "and of the sequence number, which leaves one out when "
	    "nothing was sent since");
	timeline_resume(NULL, 1, 0, 0, zero, &t);
	ok(t.ssrc != 0, "a new SSRC is never 0");
}

static char dir[] = "/tmp/netradio-timeline.XXXXXX";
static char file[64];

static void
put_file(const void *data, size_t len)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd == -1 || write(fd, data, len) != (ssize_t)len)
		perror(file);
	close(fd);
}

static void
test_file(void)
{
	struct timeline s[5];
	struct timeline_file f;
	struct stat st;
	uint64_t server;
	size_t i;

	is(timeline_open(&f, dir), 0, "a new file");
	ok(f.n == 0 && f.fd != -1 && f.server != 0 && f.boot_id != 0,
	    "holds nothing; a server id is made up");
	ok(timeline_find(&f, 1, 0) == NULL, "no stream is found in it");
	is(timeline_number(&f, "1-jazz"), 0, "nor a number");
	server = f.server;
	for (i = 0; i < 5; i++)
		random_stream(&s[i], (unsigned)i + 1);
	s[2].dir = hash64_of("jazz", 4);
	s[2].kind = s[3].kind = 0;
	s[4].kind = 1;
	is(timeline_save(&f, s, 5), 0, "it is saved");
	timeline_close(&f);
	ok(stat(file, &st) == 0 && st.st_size == 6 * TIMELINE_RECORD,
	    "64 bytes each");
	is(timeline_open(&f, dir), 0, "opened again");
	ok(f.server == server && f.n == 5, "it is what was saved");
	for (i = 0; i < f.n; i++)
		if (!is_equal(&f.streams[i], &s[i]))
			break;
	is(i, 5, "every stream of it");
	ok(timeline_find(&f, 4, 0) == &f.streams[3], "found by channel");
	ok(timeline_find(&f, 5, 0) == NULL && timeline_find(&f, 5, 1) ==
	    &f.streams[4], "and kind");
	is(timeline_number(&f, "jazz"), 3, "a directory finds its number");
	is(timeline_save(&f, s, 2), 0, "fewer streams");
	timeline_close(&f);
	ok(stat(file, &st) == 0 && st.st_size == 3 * TIMELINE_RECORD,
	    "make the file shorter");
	timeline_open(&f, dir);
	is(f.n, 2, "and are all there is");
	timeline_close(&f);
}

/* Everything before the cut is right, whatever comes behind it. */
static void
test_file_damage(void)
{
	uint8_t data[4 * TIMELINE_RECORD], bad[sizeof(data)];
	struct timeline_file f;
	struct timeline s;
	size_t i, cut;
	int right = 1, k, wild = 0;

	timeline_encode_head(77, data);
	for (i = 1; i < 4; i++) {
		random_stream(&s, (unsigned)i);
		timeline_encode(&s, data + i * TIMELINE_RECORD);
	}
	for (cut = 0; cut <= sizeof(data); cut++) {
		put_file(data, cut);
		right = right && timeline_open(&f, dir) == 0 && f.n ==
		    (cut < 128 ? 0 : cut / TIMELINE_RECORD - 1) &&
		    (cut < 64 || f.server == 77);
		timeline_close(&f);
	}
	ok(right, "cut at any byte, the whole records stand");
	memcpy(bad, data, sizeof(bad));
	bad[2 * TIMELINE_RECORD + 5] ^= 1;
	put_file(bad, sizeof(bad));
	timeline_open(&f, dir);
	ok(f.n == 2 && f.streams[0].channel == 1 && f.streams[1].channel == 3,
	    "of a damaged record only itself is lost");
	timeline_close(&f);
	for (k = 0; k < 300; k++) {
		for (i = 0; i < sizeof(bad); i++)
			bad[i] = (uint8_t)random_u64();
		put_file(bad, random_u64() % sizeof(bad));
		wild += timeline_open(&f, dir) != 0 || f.n != 0 ||
		    f.server == 0;
		timeline_close(&f);
	}
	is(wild, 0, "a file full of garbage is as if it had not been there");
	timeline_open(&f, dir);
	ok(timeline_save(&f, &s, 1) == 0, "and is written over");
	timeline_close(&f);
	timeline_open(&f, dir);
	ok(f.n == 1 && is_equal(&f.streams[0], &s), "by what is right");
	timeline_close(&f);
}

static void
test_unusable(void)
{
	struct timeline_file f;
	struct timeline s;
	char away[64];

	snprintf(away, sizeof(away), "%s/elsewhere", dir);
	random_stream(&s, 1);
	unlink(file);
	mkdir(file, 0700);
	is(timeline_open(&f, dir), -1, "a directory in its place is an error");
	ok(f.fd == -1 && f.n == 0 && f.server != 0 && f.boot_id != 0,
	    "but the file is usable");
	is(timeline_save(&f, &s, 1), 0, "and saves nothing");
	timeline_keep(&f, &s);
	is(f.n, 1, "but remembers");
	timeline_close(&f);
	rmdir(file);
	mkfifo(file, 0600);
	is(timeline_open(&f, dir), -1, "so is a named pipe");
	timeline_close(&f);
	unlink(file);
	if (symlink(away, file) == -1)
		perror("symlink");
	errno = 0;
	ok(timeline_open(&f, dir) == -1 && access(away, F_OK) == -1,
	    "a symbolic link is not followed");
	timeline_close(&f);
	unlink(file);
	ok(timeline_open(&f, "/nonexistent/state") == -1 && errno == ENOENT,
	    "no directory: errno says so");
	timeline_close(&f);
}

/* A full disk, played by a limit on the size of files; in a child. */
static void
test_full(void)
{
	struct rlimit little = { 96, 96 };
	struct timeline_file f;
	struct timeline s[3];
	int i, status = 0;
	pid_t pid;

	for (i = 0; i < 3; i++)
		random_stream(&s[i], (unsigned)i + 1);
	if ((pid = fork()) == 0) {
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &little);
		timeline_open(&f, dir);
		errno = 0;
		_exit(timeline_save(&f, s, 3) == -1 && errno != 0 ? 42 : 1);
	}
	waitpid(pid, &status, 0);
	is(WEXITSTATUS(status), 42, "a write that does not fit is an error");
	is(timeline_open(&f, dir), 0, "what it left");
	is(f.n, 0, "is no half stream");
	timeline_close(&f);
	unlink(file);
}

static void
test_keep(void)
{
	struct timeline_file f;
	struct timeline s, later;

	timeline_open(&f, dir);
	random_stream(&s, 9);
	s.kind = 0;
	timeline_keep(&f, &s);
	ok(f.n == 1 && is_equal(timeline_find(&f, 9, 0), &s),
	    "a stream that has ended is remembered");
	later = s;
	later.seq++;
	later.exact = 1;
	timeline_keep(&f, &later);
	ok(f.n == 1 && is_equal(timeline_find(&f, 9, 0), &later),
	    "in place of its older record");
	s.kind = 1;
	timeline_keep(&f, &s);
	ok(f.n == 2 && is_equal(timeline_find(&f, 9, 0), &later),
	    "but not of the channel's other stream");
	timeline_close(&f);
	unlink(file);
}

static void
test_begin(void)
{
	struct timeline_file f;
	struct timeline s;

	timeline_open(&f, dir);
	is(timeline_begin(&f), 0, "an empty file may begin");
	random_stream(&s, 9);
	s.kind = 0;
	s.exact = 1;
	is(timeline_save(&f, &s, 1), 0, "a stream that came to a clean end");
	timeline_close(&f);
	timeline_open(&f, dir);
	is(timeline_begin(&f), 0, "begin again");
	ok(timeline_find(&f, 9, 0)->exact, "we go on with the next number");
	timeline_close(&f);
	timeline_open(&f, dir);
	s.exact = 0;
	ok(f.n == 1 && is_equal(timeline_find(&f, 9, 0), &s),
	    "whoever finds the file before it was saved again does not");
	timeline_close(&f);
	unlink(file);
}

static void
test_live(void)
{
	struct timeline_file f;
	struct timeline s;

	timeline_open(&f, dir);
	ok(!timeline_is_live(&f, 0, 0), "an empty file is not live");
	random_stream(&s, 1);
	s.boot_id = f.boot_id;
	timeline_keep(&f, &s);
	ok(timeline_is_live(&f, s.boot_ns + TIMELINE_LIVE_NS, 0),
	    "a minute ago is live");
	ok(!timeline_is_live(&f, s.boot_ns + TIMELINE_LIVE_NS + 1, 0),
	    "more is not");
	timeline_close(&f);
	unlink(file);
}

int
main(void)
{
	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(file, sizeof(file), "%s/timeline", dir);
	random_seed(13);
	test_record();
	test_any_record();
	test_head();
	test_resume();
	test_resume_wrap();
	test_file();
	test_file_damage();
	unlink(file);
	test_unusable();
	test_full();
	test_keep();
	test_begin();
	test_live();
	rmdir(dir);
	ok(access(dir, F_OK) == -1, "nothing is left behind");
	return tap_end();
}
