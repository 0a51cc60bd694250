/* SPDX-License-Identifier: ISC */
/*
 * A segment that somebody else wrote, and STATEDIR/ipc: what netradioctl copies
 * out of it and prints is bounded and clean whatever stands there.  The input
 * is laid over the parts that are read (daemon, three boards, head, which are
 * used); the rest is zero.  What was read is written again by the daemon's own
 * hand.
 *
 * Answers for: src/wire/statseg.c src/netradioctl/snapshot.c
 * src/netradioctl/show.c src/netradioctl/show_json.c
 * src/netradioctl/show_prometheus.c
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "show.h"
#include "stats/show.h"
#include "stats/snapshot.h"
#include "top_show.h"
#include "wire/ipcfile.h"

#define CHANNELS	3	/* as many boards as are filled */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Take as much of the input as there is. */
static void
fill(void *to, size_t n, const uint8_t **p, size_t *left)
{
	size_t k = n < *left ? n : *left;

	memcpy(to, *p, k);
	*p += k;
	*left -= k;
}

static void
read_file(const uint8_t *data, size_t size)
{
	char text[IPCFILE_BYTES_MAX + 1];
	struct ipcfile f;

	size = size < IPCFILE_BYTES_MAX ? size : IPCFILE_BYTES_MAX;
	memcpy(text, data, size);
	text[size] = '\0';
	ipcfile_parse(&f, text);
	assert(f.segment >= -1 && f.queue >= -1 && f.semaphore >= -1);
}

static void
print(struct snapshot *p)
{
	static struct snapshot none;
	char *text = NULL;
	size_t len = 0, i;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL)
		return;
	show_daemon(f, p);
	show_channels(f, p, 0);
	show_channels(f, p, 40);
	show_status_json(f, p);
	show_channels_json(f, p);
	show_prometheus(f, p);
	top_sort(p, &none, TOP_BY_TROUBLE);
	fclose(f);
	/* Nothing that moves a terminal's cursor but ends of lines. */
	for (i = 0; i < len; i++)
		assert((unsigned char)text[i] >= ' ' || text[i] == '\n');
	free(text);
}

/* What was read is written as the daemon does, and read again the same. */
static void
write_again(struct statseg *s)
{
	struct statseg_id id = { .path = "/state", .pid = 1 };
	struct statseg_channel c, again;
	struct statseg_daemon d, d_again;
	uint32_t layout = 0;
	unsigned n;

	statseg_init(s, &id, 1, 2);
	assert(statseg_check(s, sizeof(*s), &layout) == STATSEG_OURS);
	if (statseg_get_daemon(s, &d) == 0) {
		statseg_set_daemon(s, &d);
		assert(statseg_get_daemon(s, &d_again) == 0 &&
		    memcmp(&d, &d_again, sizeof(d)) == 0);
	}
	for (n = 1; n <= CHANNELS; n++) {
		if (statseg_get_channel(s, n, &c) == -1)
			continue;
		statseg_set_seat(s, n, &c.seat);
		assert(statseg_get_channel(s, n, &again) == 0 &&
		    memcmp(&c.seat, &again.seat, sizeof(c.seat)) == 0);
		statseg_set_seat(s, n, NULL);
		assert(statseg_get_channel(s, n, &again) == 0 &&
		    again.seat.number == 0);
	}
	assert(statseg_next(s, 0) == 0 || statseg_next(s, 0) > CHANNELS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct statseg *s;
	struct snapshot p;
	uint32_t layout = 0;
	unsigned i;

	read_file(data, size);
	if (s == NULL && (s = calloc(1, sizeof(*s))) == NULL)
		return 0;
	memset(s, 0, offsetof(struct statseg, channel) +
	    CHANNELS * sizeof(s->channel[0]));
	fill((void *)&s->daemon, sizeof(s->daemon), &data, &size);
	for (i = 0; i < CHANNELS; i++)
		fill(&s->channel[i], sizeof(s->channel[i]), &data, &size);
	fill(&s->head, sizeof(s->head), &data, &size);
	fill((void *)&s->used, sizeof(s->used), &data, &size);
	(void)statseg_check(s, sizeof(*s), &layout);
	/* A slot that is being written is waited for: not here. */
	s->daemon[0] &= ~UINT64_C(1);
	for (i = 0; i < CHANNELS; i++) {
		s->channel[i].seat[0] &= ~UINT64_C(1);
		s->channel[i].now[0] &= ~UINT64_C(1);
		s->channel[i].line[0] &= ~UINT64_C(1);
		s->used[(i + 1) / 64] |= UINT64_C(1) << (i + 1) % 64;
	}
	if (snapshot_take(&p, s, INT64_C(1) << 40) == -1)
		return 0;
	assert(p.n <= PORTS_CHANNEL_MAX);
	print(&p);
	snapshot_done(&p);
	write_again(s);
	return 0;
}
