/* SPDX-License-Identifier: ISC */
#include "base/repeat.h"

#include <string.h>

#include "base/bytes.h"
#include "base/text.h"

int
repeat_pass(struct repeat *r, int level, const char *text, int64_t now_ns)
{
	struct repeat_line *l, *free_one = NULL;
	uint64_t hash = hash64_of(text, strlen(text)) | 1;

	for (l = r->lines; l < r->lines + REPEAT_LINES; l++) {
		/* Its minute is over, and what it counted is not said yet:
		 * this one belongs to it. */
		if (l->hash == hash && (l->count > 0 ||
		    now_ns - l->said_ns < REPEAT_NS)) {
			l->count++;
			return 0;
		}
		/* One that has not come again is not missed. */
		if (l->hash == hash || l->hash == 0 || (l->count == 0 &&
		    now_ns - l->said_ns >= REPEAT_NS))
			free_one = l;
		if (l->hash == hash)
			break;
	}
	if (free_one == NULL)
		return 1;
	free_one->hash = hash;
	free_one->said_ns = now_ns;
	free_one->count = 0;
	free_one->level = level;
	text_copy(free_one->text, sizeof(free_one->text), text);
	return 1;
}

/* How often a line came again, which is not said any more. */
static unsigned
take(struct repeat_line *l, int *level, char *text, size_t size)
{
	unsigned count = l->count;

	*level = l->level;
	text_copy(text, size, l->text);
	l->count = 0;
	return count;
}

unsigned
repeat_take(struct repeat *r, int64_t now_ns, int *level, char *text,
    size_t size)
{
	struct repeat_line *l;

	for (l = r->lines; l < r->lines + REPEAT_LINES; l++) {
		if (l->count == 0 || now_ns - l->said_ns < REPEAT_NS)
			continue;
		l->said_ns = now_ns;
		return take(l, level, text, size);
	}
	return 0;
}

unsigned
repeat_forget(struct repeat *r, int *level, char *text, size_t size)
{
	struct repeat_line *l;

	for (l = r->lines; l < r->lines + REPEAT_LINES; l++) {
		l->hash = 0;
		if (l->count > 0)
			return take(l, level, text, size);
	}
	return 0;
}
