/* SPDX-License-Identifier: ISC */
#include "stats/json.h"

#include <inttypes.h>

#include "base/text.h"

static void
put_key(struct json *j, const char *key)
{
	if (j->has_some)
		fputs(", ", j->f);
	j->has_some = 1;
	if (key == NULL)
		return;
	text_json(j->f, key);
	fputs(": ", j->f);
}

void
json_begin(struct json *j, const char *key, char bracket)
{
	put_key(j, key);
	putc(bracket, j->f);
	j->has_some = 0;
}

void
json_end(struct json *j, char bracket)
{
	putc(bracket, j->f);
	j->has_some = 1;
}

void
json_text(struct json *j, const char *key, const char *value)
{
	put_key(j, key);
	text_json(j->f, value[0] != '\0' ? value : NULL);
}

void
json_number(struct json *j, const char *key, uint64_t value)
{
	put_key(j, key);
	fprintf(j->f, "%" PRIu64, value);
}

void
json_known(struct json *j, const char *key, uint64_t value)
{
	if (value > 0)
		json_number(j, key, value);
	else
		json_null(j, key);
}

void
json_bool(struct json *j, const char *key, int value)
{
	put_key(j, key);
	fputs(value ? "true" : "false", j->f);
}

void
json_null(struct json *j, const char *key)
{
	put_key(j, key);
	fputs("null", j->f);
}

void
json_seconds(struct json *j, const char *key, int64_t ms)
{
	if (ms < 0) {
		json_null(j, key);
		return;
	}
	put_key(j, key);
	fprintf(j->f, "%" PRId64 ".%03d", ms / 1000, (int)(ms % 1000));
}
