/* SPDX-License-Identifier: ISC */
/*
 * The program list as a client hears it: any datagrams from several places,
 * at any times.  Whatever comes, the list is one server's, each number stands
 * in it once and is found, and what is shown of it are whole lines of clean
 * text.
 *
 *   byte 0     bit 0: one address is wanted; bit 1: a name is; bit 2: the table
 *              may be of any width
 *   then records of
 *   byte 0     tenths of a second until it comes
 *   byte 1     bit 0-1: from which source
 *   byte 2-3   length of the datagram, big-endian; of what is left if less
 *
 * Answers for: src/netradio-client/listing.c
 * src/netradio-client/listing_show.c
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/text.h"
#include "listing.h"
#include "listing_show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
source_of(struct addr *a, unsigned n)
{
	uint8_t host[4] = { 192, 0, 2, (uint8_t)(1 + n) };

	addr_of_bytes(a, host, sizeof(host), PORTS_LIST);
}

/* The index and the entries say the same. */
static void
check_index(const struct listing *l)
{
	unsigned channel, n = 0;
	size_t i;

	assert(l->n <= PORTS_CHANNEL_MAX && l->n <= l->cap);
	assert(l->at[0] == 0);
	for (i = 0; i < l->n; i++)
		assert(listing_get(l, l->entry[i].e.channel) == &l->entry[i]);
	for (channel = 1; channel <= PORTS_CHANNEL_MAX; channel++)
		n += l->at[channel] != 0;
	assert(n == l->n);
	assert(listing_get(l, PORTS_CHANNEL_MAX + 1) == NULL);
}

/* Each step goes to another number, and round. */
static void
check_steps(const struct listing *l)
{
	unsigned up = 0, down = 0;
	size_t i;

	for (i = 0; i < l->n; i++) {
		assert(listing_step(l, up, 1) > up);
		up = listing_step(l, up, 1);
		assert(down == 0 || listing_step(l, down, -1) < down);
		down = listing_step(l, down, -1);
	}
	assert(listing_step(l, up, 1) == down);
	assert(listing_step(l, down, -1) == up);
}

static void
check_search(const struct listing *l, const char *text)
{
	unsigned near[LISTING_NEAR], found, n, i;
	int several;

	found = listing_find(l, text, &several);
	assert(found == 0 || (listing_get(l, found) != NULL && !several));
	n = listing_nearest(l, text, near);
	assert(n == (l->n < LISTING_NEAR ? l->n : LISTING_NEAR));
	for (i = 0; i < n; i++) {
		assert(listing_get(l, near[i]) != NULL);
		assert(i == 0 || near[i] != near[i - 1]);
	}
}

/* So many lines, in which nothing stands that moves a terminal's cursor. */
static void
check_lines(const char *text, size_t n, size_t lines)
{
	size_t i;

	assert(text_is_utf8(text, n));
	assert(n == 0 || text[n - 1] == '\n');
	for (i = 0; i < n; i++) {
		assert(text[i] == '\n' || (unsigned char)text[i] >= 0x20);
		lines -= text[i] == '\n';
	}
	assert(lines == 0);
}

/* Outside of its strings JSON has few letters; there a text would show that
 * got out. */
static void
check_json(const char *text)
{
	int is_string = 0;

	for (; *text != '\0'; text++) {
		if (is_string && *text == '\\')
			text++;
		else if (*text == '"')
			is_string = !is_string;
		else
			assert(is_string ? *text != '\n' :
			    strchr("{}:, .-0123456789nultrefas\n",
			    *text) != NULL);
	}
	assert(!is_string);
}

static void
check_show(const struct listing *l, unsigned columns, int64_t now)
{
	char *shown = NULL;
	size_t n = 0;
	FILE *f;

	if ((f = open_memstream(&shown, &n)) == NULL)
		abort();
	listing_show_table(f, l, columns);
	fclose(f);
	check_lines(shown, n, l->n + 1 + (l->n == 0));
	free(shown);
	if ((f = open_memstream(&shown, &n)) == NULL)
		abort();
	listing_show_json(f, l, now);
	fclose(f);
	check_lines(shown, n, l->n);
	check_json(shown);
	free(shown);
}

/* Lines of one letter, "=" and a text; of an entry that has a stream. */
static void
check_sdp(const struct listing *l, const struct listing_entry *c)
{
	char *shown = NULL, *p;
	size_t n = 0;
	FILE *f;

	if ((f = open_memstream(&shown, &n)) == NULL)
		abort();
	assert((listing_show_sdp(f, l, c) == 0) == (c->e.group_len > 0));
	fclose(f);
	assert(text_is_utf8(shown, n));
	for (p = shown; *p != '\0'; p += 2) {
		assert(*p >= 'a' && *p <= 'z' && p[1] == '=');
		p += strcspn(p, "\r\n");
		assert(p[0] == '\r' && p[1] == '\n');
	}
	free(shown);
}

static void
check_m3u(const struct listing *l, const struct listing_entry *c)
{
	int has_stream = c->e.group_len > 0;
	char *shown = NULL;
	size_t n = 0;
	FILE *f;

	if ((f = open_memstream(&shown, &n)) == NULL)
		abort();
	assert((listing_show_m3u(f, l, c) == 0) == has_stream);
	fclose(f);
	check_lines(shown, n, has_stream ? 3 : 0);
	free(shown);
}

static void
take(struct listing *l, struct rd *r, int64_t *now)
{
	int had_server = l->has_server;
	uint64_t server = l->server;
	struct addr from, only;
	enum listing_news news;
	uint32_t id;
	size_t len;

	*now += rd_u8(r) * (NS_PER_S / 10);
	source_of(&from, rd_u8(r) & 3);
	len = rd_u16(r);
	len = len < rd_left(r) ? len : rd_left(r);
	news = listing_take(l, rd_bytes(r, len), len, &from, *now);
	assert(!had_server || l->has_server);
	assert(!had_server || news == LISTING_NEW || l->server == server);
	if (news != LISTING_NOTHING)
		assert(addr_is_same_host(&l->source, &from));
	assert(listing_silent_ns(l, *now) >= -1);
	if (listing_only(l, *now, &only, &id))
		assert(addr_is_same_host(&l->source, &only));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct listing l;
	static const char *const asked[] = { "", "1", "7x", "radio", "J",
	    "99999", "-1" };
	int64_t now = NS_PER_S;
	unsigned wants;
	struct rd r;
	size_t i;

	listing_init(&l);
	rd_init(&r, data, size);
	wants = rd_u8(&r);
	if (wants & 1)
		source_of(&l.want[l.n_want++], 0);
	if (wants & 2)
		l.want_name = "Radio";
	while (rd_left(&r) > 4)
		take(&l, &r, &now);
	check_index(&l);
	check_steps(&l);
	for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		check_search(&l, asked[i]);
	for (i = 0; i < l.n && i < 4; i++) {
		check_search(&l, l.entry[i].e.name);
		check_sdp(&l, &l.entry[i]);
		check_m3u(&l, &l.entry[i]);
	}
	check_show(&l, wants & 4 ? 0 : 60, now);
	listing_is_complete(&l, now);
	listing_done(&l);
	return 0;
}
