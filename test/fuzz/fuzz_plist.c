/* SPDX-License-Identifier: ISC */
/*
 * A datagram of the program list; what was understood is written again.
 *
 * Answers for: src/wire/plist.c
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "wire/plist.h"
#include "wire/ports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *s, size_t room)
{
	const char *end = memchr(s, '\0', room);

	assert(end != NULL);
	assert(text_is_utf8(s, (size_t)(end - s)));
	for (; *s != '\0'; s++)
		assert((unsigned char)*s >= 0x20 && *s != 0x7f);
}

static void
check_entry(const struct plist_stamp *stamp, const struct plist_entry *e)
{
	uint8_t room[PLIST_ROOM], again[PLIST_ROOM];
	struct plist_stamp s;
	struct plist_entry copy;
	struct wr w;
	struct rd r;
	size_t len;

	assert(e->channel >= 1 && e->channel <= PORTS_CHANNEL_MAX);
	assert(e->group_len == 0 || e->group_len == 4 || e->group_len == 16);
	check_text(e->name, sizeof(e->name));
	check_text(e->description, sizeof(e->description));
	check_text(e->title, sizeof(e->title));
	check_text(e->artist, sizeof(e->artist));
	check_text(e->note, sizeof(e->note));
	check_text(e->codec, sizeof(e->codec));
	wr_init(&w, room, sizeof(room));
	plist_begin(&w, stamp);
	assert(plist_put_entry(&w, e) == 0);
	len = wr_len(&w);
	rd_init(&r, room, len);
	assert(plist_open(&r, &s) == 0 && s.server == stamp->server);
	assert(plist_get_entry(&r, &copy) == 1 && rd_left(&r) == 0);
	/* From here on nothing changes any more. */
	wr_init(&w, again, sizeof(again));
	plist_begin(&w, &s);
	assert(plist_put_entry(&w, &copy) == 0 && wr_len(&w) == len);
	assert(memcmp(room, again, len) == 0);
	/* One byte less, and it is not written at all. */
	wr_init(&w, again, len - 1);
	plist_begin(&w, &s);
	assert(plist_put_entry(&w, &copy) == -1 && !w.bad &&
	    wr_len(&w) == PLIST_HEAD_SIZE);
}

static void
check_head(const struct plist_stamp *stamp, const struct plist_head *h)
{
	uint8_t room[PLIST_ROOM];
	struct plist_stamp s;
	struct plist_head again;
	struct wr w;
	struct rd r;

	check_text(h->name, sizeof(h->name));
	assert(h->cycle_s > 0);
	wr_init(&w, room, sizeof(room));
	plist_begin(&w, stamp);
	assert(plist_put_head(&w, h) == 0);
	rd_init(&r, room, wr_len(&w));
	assert(plist_open(&r, &s) == 0 && s.kind == PLIST_KIND_HEAD &&
	    s.server == stamp->server && s.startup == stamp->startup &&
	    s.revision == stamp->revision);
	assert(plist_get_head(&r, &again) == 0 && rd_left(&r) == 0);
	assert(again.channels == h->channels &&
	    again.cycle_s == h->cycle_s && strcmp(again.name, h->name) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plist_stamp stamp;
	struct plist_entry e;
	struct plist_head h;
	struct rd r;

	rd_init(&r, data, size);
	if (plist_open(&r, &stamp) == -1)
		return 0;
	if (stamp.kind == PLIST_KIND_HEAD) {
		if (plist_get_head(&r, &h) == 0)
			check_head(&stamp, &h);
		return 0;
	}
	while (plist_get_entry(&r, &e) == 1)
		check_entry(&stamp, &e);
	return 0;
}
