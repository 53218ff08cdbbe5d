// SPDX-License-Identifier: MIT
/* utf8: the one way both ends look at bytes as text. No tables, no locale, no allocation but where said. */
#ifndef PROTO_UTF8_H
#define PROTO_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the longest prefix of `p` that is valid UTF-8 (RFC 3629: no surrogates, no overlong forms, at most
 * U+10FFFF) and holds no NUL. Equal to `n` when all of it is. */
size_t utf8_valid(const char *p, size_t n);

/* How much of p[0..n) fits into `max` bytes without cutting a character in two; all of it if it fits. */
size_t utf8_cut(const char *p, size_t n, size_t max);

/* Decodes one character of valid UTF-8 at p[0..n), n > 0: sets *c, returns its length in bytes, 1 to 4. On
 * an invalid byte sets *c to U+FFFD and returns 1. */
size_t utf8_next(const char *p, size_t n, uint32_t *c);

/* Writes a character; returns its length, 1 to 4. */
size_t utf8_put(char out[4], uint32_t c);

/* Makes text safe to show to a person: C0, DEL, C1 and the bidirectional controls (U+200E U+200F
 * U+202A..U+202E U+2066..U+2069 U+061C) become \xNN or \u{NNNN}, a line's end \n, a tab \t, invalid bytes
 * \xNN, a backslash stays. Writes at most `size` - 1 bytes and a NUL, cut at a whole character. Returns `out`. */
char *utf8_show(char *out, size_t size, const char *p, size_t n);

/* How many columns of a terminal the text takes: 0 for combining marks, 2 for wide East Asian, else 1. */
size_t utf8_width(const char *p, size_t n);

#endif
