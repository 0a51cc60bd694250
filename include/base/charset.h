/* SPDX-License-Identifier: ISC */
/* Text of unknown or named encoding to UTF-8, by libc's iconv. */
#ifndef BASE_CHARSET_H
#define BASE_CHARSET_H

#include <stddef.h>

/*
 * Convert in[0..n) into out[size], NUL-ended clean UTF-8 (text_clean), cut
 * between characters if too long.  charset: a name that iconv knows, or
 * "auto": valid UTF-8, else GB18030 if plausible (decodes whole, and most
 * two-byte characters are in the common Han range), else CP1252.
 * Returns 0; -1 if charset is unknown to iconv (out is then empty).
 */
int charset_to_utf8(const char *charset, const void *in, size_t n,
    char *out, size_t size);
/* Whether iconv knows it (or it is "auto"): for checking configuration. */
int charset_is_known(const char *charset);

#endif
