/* SPDX-License-Identifier: ISC */
#include "wire/control.h"

#include <limits.h>

#include "tap.h"

static void
fill(struct control_request *q)
{
	memset(q, 0, sizeof(*q));
	q->command = CONTROL_GET;
	q->now = 1;
	q->pid = 4711;
	q->seq = 0xdeadbeef;
	q->offset = UINT64_MAX - 1;
	q->file.size = 1;
	q->file.mtime_ns = -2;
	q->file.inode = 3;
	q->revision = 4;
	q->channel = 5;
	q->track = 6;
	memcpy(q->what, "3/a \xff b.mp3", sizeof("3/a \xff b.mp3"));
}

static void
test_request(void)
{
	struct control_request q, r;
	uint8_t data[CONTROL_MAX];
	size_t len, i;
	int good = 1;

	fill(&q);
	len = control_encode(&q, data);
	is(control_decode(&r, data, len), 0, "a request is read");
	ok(memcmp(&q, &r, sizeof(q)) == 0, "as it was written");
	for (i = 0; i < len; i++)
		good &= control_decode(&r, data, i) != 0;
	ok(good, "cut anywhere it is none");
	data[len] = 0;
	is(control_decode(&r, data, len + 1), -1, "nor with more behind it");
	memset(q.what, 'x', sizeof(q.what) - 1);
	len = control_encode(&q, data);
	ok(len <= CONTROL_MAX && control_decode(&r, data, len) == 0 &&
	    strlen(r.what) == CONTROL_WHAT_MAX - 1, "the longest one fits");
}

static void
test_pids(void)
{
	static const uint32_t bad[] = { 0, 1, 0x80000000, UINT32_MAX };
	struct control_request q, r;
	uint8_t data[CONTROL_MAX];
	size_t i;

	fill(&q);
	for (i = 0; i < 4; i++) {
		q.pid = bad[i];
		is(control_decode(&r, data, control_encode(&q, data)), -1,
		    "a number that is no process to answer");
	}
	q.pid = INT_MAX;
	is(control_decode(&r, data, control_encode(&q, data)), 0,
	    "the largest is one");
}

static void
test_versions(void)
{
	struct control_request q, r;
	uint8_t data[CONTROL_MAX];
	size_t len;

	fill(&q);
	len = control_encode(&q, data);
	data[2]++;
	is(control_decode(&r, data, 12), 1, "of another version");
	ok(r.pid == q.pid && r.seq == q.seq, "who asks is read all the same");
	data[2]--;
	data[3] = CONTROL_LAST + 1;
	is(control_decode(&r, data, len), 1, "a command that is not known");
	data[3] = 0;
	is(control_decode(&r, data, len), 1, "nor none");
	data[0] ^= 1;
	is(control_decode(&r, data, len), -1, "something else altogether");
}

static void
test_answer(void)
{
	struct control_file f = { 10, 20, 30 }, g;
	struct control_answer a;
	uint8_t data[64];
	char text[8];
	struct wr w;

	wr_init(&w, data, sizeof(data));
	control_begin(&w, 77, CONTROL_FORBIDDEN);
	is(wr_len(&w), CONTROL_HEAD_SIZE, "its head");
	control_put_text(&w, "a sentence", 100);
	control_put_file(&w, &f);
	is(control_open(&a, data, wr_len(&w)), 0, "an answer is read");
	ok(a.status == CONTROL_FORBIDDEN && a.seq == 77, "to what, and how");
	is(control_get_text(&a.body, text, sizeof(text)), 0, "its sentence");
	is_str(text, "a sente", "cut to what there is room for");
	control_get_file(&a.body, &g);
	ok(control_is_same_file(&f, &g), "what follows is read all the same");
	g.inode++;
	ok(!control_is_same_file(&f, &g), "another inode, another file");
	is(control_open(&a, data, 7), -1, "too short");
	data[2]++;
	is(control_open(&a, data, 30), -1, "of another version");
	wr_init(&w, data, sizeof(data));
	control_put_text(&w, "abcdef", 3);
	is(wr_len(&w), 5, "a text is cut when it is written, too");
	memcpy(data + 2, "a\0c", 3);
	rd_init(&a.body, data, 5);
	control_get_text(&a.body, text, sizeof(text));
	is_str(text, "a?c", "a NUL in it ends nothing");
}

static void
test_entries(void)
{
	struct control_entry e, got;
	uint8_t data[CONTROL_MAX];
	struct wr w;
	struct rd r;
	size_t len;
	int n = 0;

	memset(&e, 0, sizeof(e));
	memset(e.path, 'p', sizeof(e.path) - 1);
	memset(e.title, 't', sizeof(e.title) - 1);
	memset(e.artist, 'a', sizeof(e.artist) - 1);
	memset(e.album, 'l', sizeof(e.album) - 1);
	memset(e.name, 'n', sizeof(e.name) - 1);
	memset(e.problem, 'b', sizeof(e.problem) - 1);
	e.channel = 16383;
	e.duration_ms = -1;
	wr_init(&w, data, CONTROL_MAX - CONTROL_HEAD_SIZE - 12);
	is(control_put_entry(&w, &e), 0, "the longest entry has room");
	len = wr_len(&w);
	is(control_put_entry(&w, &e), -1, "but no two of them");
	is(wr_len(&w), len, "and the first one stands");
	rd_init(&r, data, len);
	is(control_get_entry(&r, &got), 1, "it is read");
	ok(memcmp(&e, &got, sizeof(e)) == 0, "as it was written");
	is(control_get_entry(&r, &got), 0, "and was the last");
	rd_init(&r, data, len - 1);
	is(control_get_entry(&r, &got), -1, "cut, it is damaged");
	memset(&e, 0, sizeof(e));
	memcpy(e.title, "a\033b", sizeof("a\033b"));
	memcpy(e.path, "a\033\xff", sizeof("a\033\xff"));
	wr_init(&w, data, sizeof(data));
	while (control_put_entry(&w, &e) == 0)
		n++;
	ok(n > 50, "of short ones there are many in a message");
	rd_init(&r, data, wr_len(&w));
	control_get_entry(&r, &got);
	is_str(got.title, "a?b", "texts come out clean");
	is_str(got.path, "a\033\xff", "paths as they are");
}

int
main(void)
{
	test_request();
	test_pids();
	test_versions();
	test_answer();
	test_entries();
	return tap_end();
}
