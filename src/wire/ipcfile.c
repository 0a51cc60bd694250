/* SPDX-License-Identifier: ISC */
#include "wire/ipcfile.h"

#include <limits.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"

void
ipcfile_format(const struct ipcfile *f, char *text)
{
	text_format(text, IPCFILE_BYTES_MAX, "segment %d\nqueue %d\n"
	    "semaphore %d\n", f->segment, f->queue, f->semaphore);
}

/* The number after that word at the beginning of a line; -1: none. */
static int
number_after(const char *text, const char *word)
{
	char number[16], why[64];
	size_t n = strlen(word);
	const char *line;
	int64_t v;

	for (line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, word, n) != 0 || line[n] != ' ')
			continue;
		line += n + 1;
		text_copyn(number, sizeof(number), line, strcspn(line, "\n"));
		if (num_parse(number, 0, INT_MAX, &v, why, sizeof(why)) == 0)
			return (int)v;
	}
	return -1;
}

void
ipcfile_parse(struct ipcfile *f, const char *text)
{
	f->segment = number_after(text, "segment");
	f->queue = number_after(text, "queue");
	f->semaphore = number_after(text, "semaphore");
}
