/* SPDX-License-Identifier: ISC */
#include "stats.h"

#include <inttypes.h>
#include <stddef.h>

#include "base/clock.h"

enum stats_kind { COUNT, MS, S, PPM };

static const struct stats_row {
	const char *name;
	enum stats_kind kind;
	size_t offset;
} rows[] = {
#define STATS_ROW(field, k)						\
	{ #field, k, offsetof(struct stats, field) },
	STATS_FIELDS(STATS_ROW)
	STATS_DECODER_FIELDS(STATS_ROW)
#undef STATS_ROW
};

/* Those of a decoder come last. */
#define STATS_ONE(field, k)	0,
enum {
	ROWS = sizeof((char[]){ STATS_FIELDS(STATS_ONE) }),
	ROWS_DECODER = sizeof((char[]){ STATS_DECODER_FIELDS(STATS_ONE) })
};
#undef STATS_ONE

static void
show_value(FILE *f, const struct stats_row *row, int64_t v, const char *none)
{
	if (row->kind == PPM ? v == STATS_PPM_UNKNOWN : v < 0)
		fputs(none, f);
	else if (row->kind == PPM)
		fprintf(f, "%.1f", (double)v / 1000);
	else if (row->kind == COUNT)
		fprintf(f, "%" PRId64, v);
	else if (row->kind == MS)
		fprintf(f, "%" PRId64 ".%03d", v / NS_PER_MS,
		    (int)(v % NS_PER_MS / 1000));
	else
		fprintf(f, "%" PRId64 ".%03d", v / NS_PER_S,
		    (int)(v % NS_PER_S / NS_PER_MS));
}

void
stats_show(FILE *f, const struct stats *s, int has_decoder, int json)
{
	size_t i, n = has_decoder ? ROWS + ROWS_DECODER : ROWS;
	int64_t v;

	for (i = 0; i < n; i++) {
		v = *(const int64_t *)(const void *)((const char *)s +
		    rows[i].offset);
		if (json)
			fprintf(f, "%s\"%s\": ", i == 0 ? "{" : ", ",
			    rows[i].name);
		else
			fprintf(f, "%-15s ", rows[i].name);
		show_value(f, &rows[i], v, json ? "null" : "-");
		if (!json)
			putc('\n', f);
	}
	if (json)
		fputs("}\n", f);
}
