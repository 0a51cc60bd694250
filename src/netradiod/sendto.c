/* SPDX-License-Identifier: ISC */
#include "sendto.h"

#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "wire/ports.h"

#define BLANK	" \t"
#define WORD_MAX 64

/* The next word: its length, 0: there is none. */
static size_t
next_word(const char **text, char word[static WORD_MAX])
{
	size_t n;

	*text += strspn(*text, BLANK);
	n = strcspn(*text, BLANK);
	text_copyn(word, WORD_MAX, *text, n);
	*text += n;
	return n;
}

static int
parse_channels(struct sendto *s, char *word)
{
	char why[64], *dash = strchr(word, '-');
	int64_t first, last;

	if (s->nranges == SENDTO_RANGES)
		return -1;
	if (dash != NULL)
		*dash++ = '\0';
	if (num_parse(word, 1, PORTS_CHANNEL_MAX, &first, why, sizeof(why)) ==
	    -1 || num_parse(dash != NULL ? dash : word, first,
	    PORTS_CHANNEL_MAX, &last, why, sizeof(why)) == -1)
		return -1;
	s->range[s->nranges].first = (unsigned)first;
	s->range[s->nranges++].last = (unsigned)last;
	return 0;
}

int
sendto_parse(struct sendto *s, const char *text, char *why, size_t size)
{
	char word[WORD_MAX];
	int bad;

	memset(s, 0, sizeof(*s));
	bad = next_word(&text, word) == 0 ||
	    (strcmp(word, "broadcast") != 0 &&
	    (addr_parse(&s->to, word, 0) == -1 || addr_is_multicast(&s->to)));
	while (!bad && next_word(&text, word) > 0)
		bad = parse_channels(s, word) == -1;
	if (!bad && s->nranges > 0)
		return 0;
	text_format(why, size, "the address of a host, or broadcast, and up "
	    "to %d channels or ranges of them, as 192.0.2.7 1 4-6",
	    SENDTO_RANGES);
	return -1;
}

int
sendto_is_equal(const struct sendto *a, const struct sendto *b)
{
	unsigned i;

	if (a->to.len != b->to.len || a->nranges != b->nranges ||
	    (a->to.len > 0 && !addr_is_same_host(&a->to, &b->to)))
		return 0;
	for (i = 0; i < a->nranges; i++)
		if (a->range[i].first != b->range[i].first ||
		    a->range[i].last != b->range[i].last)
			return 0;
	return 1;
}

int
sendto_is_broadcast(const struct sendto *s)
{
	return s->to.len == 0 || (!addr_is_ipv6(&s->to) &&
	    s->to.u.in.sin_addr.s_addr == htonl(INADDR_BROADCAST));
}

int
sendto_has(const struct sendto *s, unsigned channel)
{
	unsigned i;

	if (channel == 0)
		return 1;
	for (i = 0; i < s->nranges; i++)
		if (channel >= s->range[i].first && channel <= s->range[i].last)
			return 1;
	return 0;
}

unsigned
sendto_copies(const struct sendto *s, unsigned n, unsigned channel)
{
	unsigned i, copies = 0;

	for (i = 0; i < n; i++)
		copies += (unsigned)sendto_has(&s[i], channel);
	return copies;
}
