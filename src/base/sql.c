/* SPDX-License-Identifier: ISC */
#include "base/sql.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

void
sql_table(FILE *f, const char *name, const char *columns)
{
	fprintf(f, "/*!40101 SET NAMES utf8mb4 */;\n"
	    "DROP TABLE IF EXISTS %s;\nCREATE TABLE %s (%s) "
	    "/*!40101 DEFAULT CHARACTER SET utf8mb4 */;\n", name, name,
	    columns);
}

void
sql_begin(struct sql_row *r, FILE *f, const char *table)
{
	r->f = f;
	r->has_some = 0;
	fprintf(f, "INSERT INTO %s VALUES (", table);
}

void
sql_end(struct sql_row *r)
{
	fputs(");\n", r->f);
}

static void
separate(struct sql_row *r)
{
	if (r->has_some)
		fputs(", ", r->f);
	r->has_some = 1;
}

void
sql_number(struct sql_row *r, int64_t value)
{
	separate(r);
	fprintf(r->f, "%" PRId64, value);
}

void
sql_null(struct sql_row *r)
{
	separate(r);
	fputs("NULL", r->f);
}

/* Whether it may stand between quotes. */
static int
is_plain(const char *s)
{
	const char *p;

	if (!text_is_utf8(s, strlen(s)))
		return 0;
	for (p = s; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f || *p == '\\')
			return 0;
	return 1;
}

void
sql_text(struct sql_row *r, const char *value)
{
	const char *p;

	if (value == NULL || *value == '\0') {
		sql_null(r);
		return;
	}
	separate(r);
	if (!is_plain(value)) {
		fputs("CAST(X'", r->f);
		for (p = value; *p != '\0'; p++)
			fprintf(r->f, "%02x", (unsigned)(unsigned char)*p);
		fprintf(r->f, "' AS CHAR%s)", text_is_utf8(value,
		    strlen(value)) ? "" : " " SQL_BINARY);
		return;
	}
	putc('\'', r->f);
	for (p = value; *p != '\0'; p++) {
		if (*p == '\'')
			putc('\'', r->f);
		putc(*p, r->f);
	}
	putc('\'', r->f);
}
