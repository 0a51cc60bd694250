/* SPDX-License-Identifier: ISC */
/* The configuration file: any bytes end in a count of errors, each with one
 * line that can be shown. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	config_free(c);
	return 0;
}
