/* SPDX-License-Identifier: ISC */
/*
 * The catalogue.  No fuzzer finds a CRC-32 nor the hash of a version, so the
 * input is what stands in one block behind its CRC, and then the same as a
 * whole file.  What comes out of it is encoded and must come out again.
 *
 * Answers for: src/netradiod/catalog.c
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "catalog.h"
#include "library.h"
#include "playlist.h"

#define ROOT	"/srv/radio"
#define BASE	"1-jazz"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct catalog *
around(const uint8_t *block, size_t size)
{
	struct library l = { .root = (char *)ROOT, .nchannels = 1 };
	uint8_t *file = malloc(CATALOG_HEAD + 8 + size);
	struct wr w;

	catalog_encode_head(&l, file);
	wr_init(&w, file + CATALOG_HEAD, 8 + size);
	wr_u32(&w, (uint32_t)size);
	wr_u32(&w, crc32_of(block, size));
	wr_bytes(&w, block, size);
	return catalog_new(file, CATALOG_HEAD + 8 + size, ROOT);
}

static void
check_again(struct playlist *p)
{
	struct channel_def d = { .number = 1, .base = (char *)BASE,
	    .list = p };
	size_t n = catalog_size(&d);
	uint8_t *out = malloc(n);
	struct playlist *again;
	struct catalog *c;

	catalog_encode(&d, out, n);
	c = around(out + 8, n - 8);
	assert(c != NULL && catalog_number(c, BASE) == 1);
	again = catalog_playlist(c, BASE);
	assert(again != NULL && playlist_is_same(p, again));
	assert(again->nplayable == p->nplayable);
	playlist_put(again);
	catalog_free(c);
	free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct catalog *c = around(data, size);
	struct playlist *p;
	uint8_t *file;

	if (c != NULL) {
		catalog_number(c, BASE);
		p = catalog_playlist(c, BASE);
		if (p != NULL)
			check_again(p);
		playlist_put(p);
	}
	catalog_free(c);
	file = malloc(size + 1);
	memcpy(file, data, size);
	catalog_free(catalog_new(file, size, ROOT));
	return 0;
}
