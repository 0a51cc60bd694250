/* SPDX-License-Identifier: ISC */
/*
 * Playlists, M3U and PLS: whatever stands in one, no entry becomes a path that
 * leaves the library, and a path once made does not change when it is made
 * again.
 *
 * Answers for: src/netradiod/m3u.c
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "m3u.h"

#define DIRECTORY	"/srv/radio/1-jazz"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Components "." or "..", or empty ones. */
static int
has_dots(const char *p)
{
	size_t n;

	for (; *p != '\0'; p += n, p += *p == '/') {
		n = strcspn(p, "/");
		if (n == 0 || (n == 1 && p[0] == '.') ||
		    (n == 2 && p[0] == '.' && p[1] == '.'))
			return 1;
	}
	return 0;
}

static void
check(const char *entry, int is_root)
{
	char path[256], again[256];
	const char *p = path;

	if (m3u_path(entry, DIRECTORY, is_root, path, sizeof(path)) == -1)
		return;
	assert(path[0] != '/');
	if (!is_root && strncmp(path, "../", 3) == 0)
		p += 3;
	assert(!has_dots(p));
	assert(m3u_path(path, DIRECTORY, is_root, again, sizeof(again)) == 0);
	assert(strcmp(path, again) == 0);
}

static void
check_list(const uint8_t *data, size_t size, int is_pls)
{
	char entry[300];
	struct m3u m;
	size_t entries = 0;
	int got;

	m3u_init(&m, (const char *)data, size, is_pls);
	while ((got = m3u_next(&m, entry, sizeof(entry))) != 0) {
		assert(++entries <= size);
		assert(is_pls || entry[0] != '#' || got == -1);
		if (got == -1 || m3u_is_url(entry))
			continue;
		check(entry, 0);
		check(entry, 1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_list(data, size, 0);
	check_list(data, size, 1);
	return 0;
}
