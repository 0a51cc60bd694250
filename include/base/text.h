/* SPDX-License-Identifier: ISC */
/* Text: bounded strings, UTF-8, and what may be shown to a terminal. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Copy src into dst[size], always ended by NUL; cut between UTF-8
 * characters if it does not fit.  Returns 0, or -1 if it was cut. */
int text_copy(char *dst, size_t size, const char *src);
int text_copyn(char *dst, size_t size, const char *src, size_t n);

/* snprintf that says -1 when cut; the result is always ended by NUL. */
int text_format(char *dst, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The character at s[0..n): its length (1 to 4) and code point, or 0 if the
 * bytes are no valid UTF-8 (RFC 3629: no surrogates, no overlong forms). */
unsigned text_utf8(const char *s, size_t n, uint32_t *cp);
int text_is_utf8(const char *s, size_t n);

/* n without the beginning of a character that is cut off at s[n]. */
size_t text_whole(const char *s, size_t n);

/*
 * Make s fit for a terminal, a log line or the wire: C0 and C1 controls,
 * line separators, bidirectional overrides and invalid bytes become '?',
 * runs of white space one space, none at either end.  In place.
 */
void text_clean(char *s);

/* Columns that s occupies on a terminal (East Asian wide: 2, combining: 0);
 * s is clean UTF-8. */
unsigned text_columns(const char *s);
/* Print s padded with spaces, or cut with "…", to exactly that many columns. */
void text_pad(FILE *f, const char *s, unsigned columns);

/*
 * Print s as a JSON string with quotes; NULL prints null.  A byte that is no
 * UTF-8 becomes the escape \udcXX (as Python's surrogateescape), so every
 * file name comes out whole.
 */
void text_json(FILE *f, const char *s);

#endif
