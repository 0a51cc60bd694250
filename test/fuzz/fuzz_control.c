/* SPDX-License-Identifier: ISC */
/*
 * Messages of the queue: a request as the daemon takes it apart, an answer as
 * netradioctl does.  Whatever comes: a request names a process that can be
 * answered, texts end, and what is written again is read as the same.
 *
 * Answers for: src/wire/control.c
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "wire/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
request(const uint8_t *data, size_t size)
{
	struct control_request q, again;
	uint8_t out[CONTROL_MAX];
	size_t len;

	if (control_decode(&q, data, size) != 0)
		return;
	assert(q.pid > CONTROL_REQUEST && q.pid <= INT32_MAX);
	assert(memchr(q.what, '\0', sizeof(q.what)) != NULL);
	/* What we write ourselves of it says the same. */
	len = control_encode(&q, out);
	assert(len <= CONTROL_MAX);
	assert(control_decode(&again, out, len) == 0);
	assert(memcmp(&q, &again, sizeof(q)) == 0);
}

static void
answer(const uint8_t *data, size_t size)
{
	uint8_t out[CONTROL_MAX], twice[CONTROL_MAX];
	struct control_answer a;
	struct control_entry e, again;
	struct control_file f;
	struct wr w, v;
	struct rd r;
	char text[64];

	if (control_open(&a, data, size) == -1)
		return;
	r = a.body;
	control_get_text(&r, text, sizeof(text));
	assert(memchr(text, '\0', sizeof(text)) != NULL);
	r = a.body;
	control_get_file(&r, &f);
	assert(control_is_same_file(&f, &f));
	rd_bytes(&a.body, 12);
	while (control_get_entry(&a.body, &e) == 1) {
		wr_init(&w, out, sizeof(out));
		assert(control_put_entry(&w, &e) == 0);
		rd_init(&r, out, wr_len(&w));
		assert(control_get_entry(&r, &again) == 1);
		wr_init(&v, twice, sizeof(twice));
		assert(control_put_entry(&v, &again) == 0);
		assert(wr_len(&v) == wr_len(&w) &&
		    memcmp(out, twice, wr_len(&w)) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	request(data, size);
	answer(data, size);
	return 0;
}
