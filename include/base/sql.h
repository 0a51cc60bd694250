/* SPDX-License-Identifier: ISC */
/*
 * Tables as SQL that sqlite3 and MySQL (MariaDB) load alike.
 *
 *	sql_table(f, "tracks", "channel INTEGER, path TEXT");
 *	sql_begin(&r, f, "tracks");
 *	sql_number(&r, 3), sql_text(&r, "a.mp3");
 *	sql_end(&r);
 */
#ifndef BASE_SQL_H
#define BASE_SQL_H

#include <stdint.h>
#include <stdio.h>

struct sql_row {
	FILE *f;
	int has_some;		/* the next value needs a comma before it */
};

/* Make the table anew; columns as in CREATE TABLE. */
void sql_table(FILE *f, const char *name, const char *columns);

/* One row: all its values between begin and end, in the columns' order. */
void sql_begin(struct sql_row *r, FILE *f, const char *table);
void sql_end(struct sql_row *r);

void sql_number(struct sql_row *r, int64_t value);
void sql_null(struct sql_row *r);
/*
 * NULL and "" are NULL.  Text that the two would read differently (a backslash
 * is an escape only in MySQL), or that no terminal should see (controls, bytes
 * that are no UTF-8), is written in hexadecimal and comes out the same.
 */
void sql_text(struct sql_row *r, const char *value);

#endif
