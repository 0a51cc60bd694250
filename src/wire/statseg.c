/* SPDX-License-Identifier: ISC */
#include "wire/statseg.h"

#include <string.h>

#include "base/text.h"

void
statseg_init(struct statseg *s, const struct statseg_id *id, int queue,
    int sem)
{
	struct statseg_head *h = &s->head;

	h->layout = STATSEG_LAYOUT;
	h->size = sizeof(*s);
	h->device = id->device;
	h->inode = id->inode;
	h->queue = queue;
	h->sem = sem;
	h->pid = id->pid;
	h->start_real_ns = id->start_real_ns;
	h->start_mono_ns = id->start_mono_ns;
	text_copy(h->version, sizeof(h->version), VERSION);
	text_copy(h->path, sizeof(h->path), id->path);
	atomic_store_explicit(&h->magic, STATSEG_MAGIC, memory_order_release);
}

void
statseg_set_daemon(struct statseg *s, const struct statseg_daemon *d)
{
	slot_write(s->daemon, d, sizeof(*d));
}

void
statseg_set_seat(struct statseg *s, unsigned number,
    const struct onair_seat *seat)
{
	static const struct onair_seat nobody;
	_Atomic uint64_t *word = &s->used[number / 64];
	uint64_t bit = UINT64_C(1) << number % 64;

	onair_set_seat(&s->channel[number - 1], seat != NULL ? seat : &nobody);
	if (seat != NULL)
		atomic_fetch_or(word, bit);
	else
		atomic_fetch_and(word, ~bit);
}

unsigned
statseg_next(const struct statseg *s, unsigned n)
{
	uint64_t word;

	for (n++; n <= PORTS_CHANNEL_MAX; n = (n / 64 + 1) * 64) {
		word = s->used[n / 64] >> n % 64;
		if (word == 0)
			continue;
		n += (unsigned)__builtin_ctzll(word);
		return n <= PORTS_CHANNEL_MAX ? n : 0;
	}
	return 0;
}

enum statseg_kind
statseg_check(const void *data, size_t size, uint32_t *layout)
{
	const struct statseg *s = data;

	if (size < sizeof(s->head.magic) + sizeof(s->head.layout) ||
	    atomic_load_explicit(&s->head.magic, memory_order_acquire) !=
	    STATSEG_MAGIC)
		return STATSEG_FOREIGN;
	*layout = s->head.layout;
	if (s->head.layout != STATSEG_LAYOUT || size < sizeof(*s) ||
	    s->head.size != sizeof(*s))
		return STATSEG_OTHER;
	return STATSEG_OURS;
}

static void
clean(char *text, size_t size)
{
	text[size - 1] = '\0';
	text_clean(text);
}

int
statseg_get_daemon(const struct statseg *s, struct statseg_daemon *d)
{
	int ret = slot_peek(s->daemon, d, sizeof(*d));

	clean(d->interface, sizeof(d->interface));
	clean(d->group, sizeof(d->group));
	clean(d->media, sizeof(d->media));
	return ret;
}

int
statseg_get_channel(const struct statseg *s, unsigned number,
    struct statseg_channel *c)
{
	const struct onair *o = &s->channel[number - 1];
	int ret = 0;

	memset(c, 0, sizeof(*c));
	ret |= slot_peek(o->seat, &c->seat, sizeof(c->seat));
	if (c->seat.number != number) {
		c->seat.number = 0;
		return ret;
	}
	ret |= slot_peek(o->now, &c->now, sizeof(c->now));
	ret |= slot_peek(o->line, &c->line, sizeof(c->line));
	ret |= slot_peek(o->audience, &c->audience, sizeof(c->audience));
	clean(c->seat.name, sizeof(c->seat.name));
	clean(c->seat.note, sizeof(c->seat.note));
	clean(c->now.title, sizeof(c->now.title));
	clean(c->now.artist, sizeof(c->now.artist));
	clean(c->now.codec, sizeof(c->now.codec));
	return ret;
}
