/* SPDX-License-Identifier: ISC */
/*
 * channel.conf: whatever stands in it, what comes out may be shown, and each
 * line is complained of once.
 *
 * Answers for: src/netradiod/channelconf.c
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "channelconf.h"
#include "wire/ports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_error(void *arg, unsigned line, const char *text)
{
	unsigned *last = arg;

	assert(line > *last);
	*last = line;
	assert(text_is_utf8(text, strlen(text)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct channelconf c;
	unsigned last = 0;

	channelconf_parse(&c, (const char *)data, size, on_error, &last);
	assert(c.number <= PORTS_CHANNEL_MAX);
	assert(c.order <= ORDER_PLAYLIST);
	assert(text_is_utf8(c.name, strlen(c.name)));
	assert(strchr(c.name, '\n') == NULL);
	return 0;
}
