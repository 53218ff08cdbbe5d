// SPDX-License-Identifier: MIT
/* text: the only room that sees ICU: charsets, case, folding, transliteration, time zones. Pure.
 * Everything here takes UTF-8 with a length and writes into an arena or a buffer of the caller. */
#ifndef DAEMON_PURE_TEXT_H
#define DAEMON_PURE_TEXT_H

#include "daemon/base/arena.h"
#include "daemon/base/fate.h"
#include "proto/err.h"

#include <stddef.h>
#include <stdint.h>

/* Whether there is a converter (ICU's, and ARMSCII-8) / the tz database a zone of that name. */
bool text_charset_known(const char *name);
bool text_zone_known(const char *name);

/* Detects the charset of bytes that are not UTF-8 and carry no byte order mark; a name text_charset_known()
 * knows, never NULL. */
const char *text_charset_detect(const uint8_t *p, size_t n);

/* Converts from `charset` to UTF-8. Undecodable bytes and NULs become U+FFFD; *bad counts them. A byte order
 * mark at the front is the caller's to cut off. FATE_BAD: no such charset. */
enum fate text_to_utf8(struct arena *, const char *charset, const uint8_t *p, size_t n, char **out, size_t *out_n,
                       size_t *bad, struct err *e);

/* The least number of bytes of p[0..n) whose text in UTF-8 has `prefix` bytes or more. */
size_t text_raw_prefix(const char *charset, const uint8_t *p, size_t n, size_t prefix);

/* Case folded (ICU's NFKC_Casefold), accents stripped, every run of white space one blank, none at the ends,
 * curly quotes straight, dashes "-", the Armenian ligature "եվ": for comparing and hashing, not for showing.
 * Folding it again changes nothing. NULL when the arena is full. */
char *text_fold(struct arena *, const char *p, size_t n, size_t *out_n);

/* What text_fold() makes of one character where it needs no ICU; NULL where it does. `own` has room for it. */
const char *text_fold_known(uint32_t c, char own[5]);

/* "ԵՐԵՎԱՆ" -> "erevan", "Élysée" -> "elysee": a topic segment by ICU's Any-Latin; Latin-ASCII; Lower, of at
 * most 100 bytes, made of the first 256 of the text. "" if nothing is left. NULL when the arena is full. */
char *text_segment(struct arena *, const char *p, size_t n);

/* "YEREVAN" -> "Yerevan", "NEW YORK" -> "New York"; a text with a lower-case letter is left as it is. */
char *text_title(struct arena *, const char *p, size_t n);

bool text_is_upper(const char *p, size_t n); /* has a capital, and no small letter (Georgian never is) */
bool text_is_lower(const char *p, size_t n); /* has a small letter, and no capital */
bool text_has_letter(const char *p, size_t n);

/* Civil time in a zone -> offset from UTC in minutes. False: the zone is not known. */
bool text_zone_offset(const char *zone, int year, int month, int day, int hour, int minute, int *offset_minutes);

/* Civil date in `zone` (NULL: UTC) of a time in ms since 1970. */
void text_date(const char *zone, int64_t ms, int *year, int *month, int *day);

/* The language of a text by script and stop words: "en", "hy", "ru", "fr", ...; NULL when not sure. */
const char *text_language(const char *p, size_t n);

#endif
