/* SPDX-License-Identifier: ISC */
/*
 * Tables as SQL that sqlite3 and MySQL (MariaDB) load alike.
 *
 *	sql_table(f, "tracks", "channel INTEGER, path TEXT");
 *	sql_begin(&r, f, "tracks");
 *	sql_number(&r, 3), sql_text(&r, "a.mp3");
 *	sql_end(&r);
 *
 * What stands in a comment that begins with an exclamation mark MySQL reads,
 * and sqlite3 does not.  By such ones it is told that all of it is UTF-8,
 * whatever its client and its database take for granted.
 */
#ifndef BASE_SQL_H
#define BASE_SQL_H

#include <stdint.h>
#include <stdio.h>

/* Behind the type of a column that may hold bytes that are no UTF-8. */
#define SQL_BINARY	"/*!40101 CHARACTER SET binary */"

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
 * that are no UTF-8), is written in hexadecimal and comes out the same;
 * bytes that are no UTF-8 only in a column that is SQL_BINARY.
 */
void sql_text(struct sql_row *r, const char *value);

#endif
