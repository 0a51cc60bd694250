/* SPDX-License-Identifier: ISC */
/*
 * The configuration file: any bytes end in a count of errors, each with one
 * line that can be shown.  On top of it come all options without a value, as
 * from the command line.
 *
 * Answers for: src/netradiod/config_file.c
 * src/netradiod/config_item.c
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config.h"
#include "config_item.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
set_options(struct config *c)
{
	const struct config_item *item;
	char why[160];
	size_t i;

	for (i = 0; (item = config_item(i)) != NULL; i++) {
		assert(config_item_of_letter(item->letter) ==
		    (item->letter != 0 ? item : NULL));
		if (item->arg == NULL && item->set != NULL)
			assert(item->set(c, NULL, why, sizeof(why)) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *c = malloc(sizeof(*c));
	char *said = NULL, *p;
	size_t n = 0;
	int errors, lines = 0;
	FILE *err;

	if (c == NULL || (err = open_memstream(&said, &n)) == NULL)
		abort();
	config_defaults(c);
	errors = config_parse(c, "fuzz", (const char *)data, size, err);
	fclose(err);
	for (p = said; *p != '\0'; p++)
		if (*p == '\n')
			lines++;
	assert(lines == errors);
	assert(text_is_utf8(said, n));
	assert(c->ttl <= 255 && c->nifaces <= CONFIG_IFACES_MAX);
	assert(c->max_rate == -1 || c->max_rate > 0);
	assert(addr_is_multicast(&c->group));
	assert(c->media == NULL || c->media[0] == '/');
	free(said);
	set_options(c);
	config_free(c);
	return 0;
}
