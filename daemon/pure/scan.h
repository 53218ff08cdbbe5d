// SPDX-License-Identifier: MIT
/* scan: views of text and the small steps the digest rooms walk them with: white space, words, dashes,
 * numbers. Pure, no tables: what needs to know more of Unicode is in text.h. All views are valid UTF-8. */
#ifndef DAEMON_PURE_SCAN_H
#define DAEMON_PURE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct view {
    const char *p;
    size_t n;
};

/* The view behind its first `skip` bytes, skip <= v.n. */
static inline struct view view_from(struct view v, size_t skip)
{
    return (struct view){v.p + skip, v.n - skip};
}

/* Bytes of the white space, letter or digit, dash that stands at p; 0 = none does. White space is every kind
 * of blank, U+00A0 and U+FEFF among them. What is no ASCII counts as a letter unless it is a blank or known
 * punctuation. */
static inline size_t scan_blank(const char *p, size_t n);
static inline size_t scan_letter(const char *p, size_t n);
size_t scan_dash(const char *p, size_t n); /* "-", "--", an en or em dash; runs of them are one */

size_t scan_blanks(const char *p, size_t n); /* the run of white space at p */
size_t scan_word(const char *p, size_t n);   /* the run of letters and digits at p */
struct view scan_trim(struct view v);        /* without the white space at both ends */
struct view scan_unbracketed(struct view v); /* without the brackets around all of it */

/* One to `most` digits at p that no further digit follows: their value in *value. Returns bytes, 0 = none. */
size_t scan_number(const char *p, size_t n, size_t most, int *value);

/* The last character of a text behind which only closing quotes and brackets may stand; U+0000 when there is
 * none. */
uint32_t scan_last(struct view v);

/* Whether that is what a sentence ends with: . ! ? : ; or an ellipsis, and the signs of other scripts. */
bool scan_ends_sentence(struct view v);

/* Whether a figure follows the word of `word` bytes at p, blanks and a full stop between: "Nov. 8". */
bool scan_figure_behind(const char *p, size_t n, size_t word);

/* Characters, not bytes. */
size_t scan_length(struct view v);

/* Words separated by white space. */
size_t scan_words(struct view v);

/* Where a few words, of two bytes or more, first stand in the text, NULL = nowhere. In lines memmem()
 * prepares longer than it searches. */
const char *scan_find(struct view v, const char *words);

/* --- inline: ASCII is decided before anything is called ------------------------------------------------- */

size_t scan_blank_beyond(const char *p, size_t n); /* of what is no ASCII */
size_t scan_letter_beyond(const char *p, size_t n);

static inline size_t scan_blank(const char *p, size_t n)
{
    if (n == 0)
        return 0;
    unsigned char first = (unsigned char)*p;
    return first >= 0x80 ? scan_blank_beyond(p, n) : first == ' ' || (first >= '\t' && first <= '\r');
}

static inline size_t scan_letter(const char *p, size_t n)
{
    if (n == 0)
        return 0;
    unsigned char first = (unsigned char)*p;
    bool digit = first >= '0' && first <= '9', letter = (first | 0x20) >= 'a' && (first | 0x20) <= 'z';
    return first >= 0x80 ? scan_letter_beyond(p, n) : digit || letter;
}

#endif
