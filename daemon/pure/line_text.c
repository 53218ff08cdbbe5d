// SPDX-License-Identifier: MIT
/* line_text: line_open() and line_title_like() of lines.h: what the words of one line tell, whatever stands
 * around it. */
#include "daemon/pure/lines.h"

#include "daemon/pure/text.h"

#define SMALL_WORD 3  /* letters: "the", "of", "для" */
#define SMALL_BYTES 6 /* two a letter */

bool line_open(struct view v)
{
    size_t at = v.n;
    while (at > 0 && scan_blank(v.p + at - 1, 1) == 0)
        at--;
    struct view last = view_from(v, at);
    return at > 0 && last.n <= SMALL_BYTES && scan_length(last) <= SMALL_WORD &&
           text_is_lower(last.p, last.n);
}

/* "U.S.", "J. P.": a full stop that ends an abbreviation, not a sentence. */
static bool ends_short(struct view v)
{
    v = scan_trim(v);
    if (v.n < 3 || v.p[v.n - 1] != '.')
        return false;
    size_t word = v.n - 1;
    while (word > 0 && v.p[word - 1] >= 'A' && v.p[word - 1] <= 'Z')
        word--;
    size_t letters = v.n - 1 - word;
    bool begins = word == 0 || v.p[word - 1] == '.' || v.p[word - 1] == ' ';
    return letters == 1 && begins;
}

bool line_title_like(struct view text)
{
    if (text.n < 2 || text.n > TITLE_MAX || !text_has_letter(text.p, text.n))
        return false;
    uint32_t last = scan_last(text);
    bool stops = last == '.' || last == ',' || last == ';' || last == ':' || last == 0x589 || last == 0x3002;
    return !stops || ends_short(text);
}
