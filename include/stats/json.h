/* SPDX-License-Identifier: ISC */
/* Writing JSON: commas, and null for what is not known. */
#ifndef STATS_JSON_H
#define STATS_JSON_H

#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *f;
	int has_some;		/* the next value needs a comma before it */
};

/* begin writes key (NULL: none) and the bracket; end the other one. */
void json_begin(struct json *j, const char *key, char bracket);
void json_end(struct json *j, char bracket);
/* "" is null. */
void json_text(struct json *j, const char *key, const char *value);
void json_number(struct json *j, const char *key, uint64_t value);
/* 0 is null. */
void json_known(struct json *j, const char *key, uint64_t value);
void json_bool(struct json *j, const char *key, int value);
void json_null(struct json *j, const char *key);
/* Milliseconds as seconds; negative: null. */
void json_seconds(struct json *j, const char *key, int64_t ms);

#endif
