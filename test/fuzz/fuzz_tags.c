/* SPDX-License-Identifier: ISC */
/*
 * Tags: any bytes give three clean texts, in any charset.
 *
 * Answers for: src/netradiod/tags.c src/netradiod/tagspan.c
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "media.h"
#include "tags.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const char *s)
{
	char clean[MEDIA_TEXT_MAX];

	assert(memchr(s, '\0', MEDIA_TEXT_MAX) != NULL);
	text_copy(clean, sizeof(clean), s);
	text_clean(clean);
	assert(strcmp(clean, s) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const charsets[] = { "auto", "GB18030" };
	struct media_tags t;
	int i, fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd == -1 || write(fd, data, size) != (ssize_t)size)
		abort();
	for (i = 0; i < 2; i++) {
		tags_read(fd, charsets[i], &t);
		check(t.title);
		check(t.artist);
		check(t.album);
	}
	close(fd);
	return 0;
}
