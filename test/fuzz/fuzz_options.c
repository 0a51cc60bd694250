/* SPDX-License-Identifier: ISC */
/*
 * The client's command line, one word a line: it is understood, with values
 * that hold what is promised of them, or there is a sentence.  Its numbers and
 * addresses, once understood, are understood again as they are printed.
 *
 * Answers for: src/netradio-client/options.c src/base/num.c
 */
#include <assert.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "base/text.h"
#include "options.h"

#define WORDS_MAX	32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_number(const char *word)
{
	int64_t v, again;
	char text[32], why[128];

	if (num_parse(word, INT64_MIN, INT64_MAX, &v, why, sizeof(why)) == -1) {
		assert(strncmp(why, "a number from ", 14) == 0);
		return;
	}
	assert(word[strspn(word, "-0123456789")] == '\0');
	text_format(text, sizeof(text), "%" PRId64, v);
	assert(num_parse(text, v, v, &again, why, sizeof(why)) == 0);
	assert(again == v);
	assert(v == INT64_MAX || num_parse(word, v + 1, INT64_MAX, &again,
	    why, sizeof(why)) == -1);
}

static void
check_address(const char *word)
{
	char text[ADDR_TEXT_MAX];
	struct addr a, again;

	if (addr_parse(&a, word, 1989) == -1)
		return;
	assert(addr_parse(&again, addr_format(&a, text), 1989) == 0);
	assert(addr_is_same_host(&a, &again) && addr_port(&again) == 1989);
}

static void
check(const struct options *o)
{
	const struct addr *base = receive_group_name(&o->base);
	struct addr last = addr_plus(base, 16383, 0);

	assert(o->delay_ns >= 20 * NS_PER_MS && o->delay_ns <= 5 * NS_PER_S);
	assert(o->time_ns >= 0);
	assert(o->where.n <= IFACE_MAX);
	assert(addr_is_multicast(base) && addr_is_multicast(&last));
	assert(o->channel == NULL || o->channel[0] != '\0');
	assert(o->server == NULL || o->server[0] != '\0');
	if (o->help || o->version)
		return;
	assert(o->task == OPTIONS_LISTEN || o->output == NULL);
	assert(o->task != OPTIONS_LIST || o->channel == NULL);
	assert((o->task != OPTIONS_SDP && o->task != OPTIONS_M3U) ||
	    o->channel != NULL);
	assert(o->output == NULL || o->decoder_of[0] == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1), *words[WORDS_MAX + 2], *p, why[256];
	static char program[] = "netradio-client";
	struct options o;
	FILE *null;
	int n = 0, i;

	if (line == NULL)
		return 0;
	memcpy(line, data, size);
	line[size] = '\0';
	words[n++] = program;
	for (p = line; n <= WORDS_MAX && p < line + size; n++) {
		words[n] = p;
		p += strcspn(p, "\n");
		*p++ = '\0';
	}
	words[n] = NULL;
	for (i = 1; i < n; i++) {
		check_number(words[i]);
		check_address(words[i]);
	}
	why[0] = '\0';
	if (options_parse(&o, n, words, why, sizeof(why)) == 0)
		check(&o);
	else
		assert(why[0] != '\0');
	if (o.help && (null = fopen("/dev/null", "w")) != NULL) {
		options_usage(null, 1);
		fclose(null);
	}
	free(line);
	return 0;
}
