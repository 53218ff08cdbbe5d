// SPDX-License-Identifier: MIT
/* stamp: lines that stand alone; see dateline.h. Piece by piece, and every piece must be understood. */
#include "daemon/pure/dateline.h"

#include <string.h>

#define COUNTRY_WORDS 4

/* Signs that may stand between the pieces. */
static size_t stamp_gap(const char *p, size_t n)
{
    size_t i = 0, used;
    while (i < n) {
        if ((used = scan_blank(p + i, n - i)) > 0 || (used = scan_dash(p + i, n - i)) > 0)
            i += used;
        else if (p[i] != '\0' && strchr(",.|/()[];:", p[i]) != NULL)
            i++;
        else if (n - i >= 2 && (memcmp(p + i, "\xc2\xb7", 2) == 0 || memcmp(p + i, "\xd5\x9d", 2) == 0))
            i += 2; /* middle dot, Armenian comma */
        else if (n - i >= 3 && memcmp(p + i, "\xe2\x80\xa2", 3) == 0)
            i += 3; /* bullet */
        else
            break;
    }
    return i;
}

/* The longest name of a country that begins at p. */
static size_t stamp_country(const struct rules *rules, const char *p, size_t n, const char **code)
{
    size_t end = 0, best = 0;
    for (int words = 0; words < COUNTRY_WORDS && end < n; words++) {
        end += scan_blanks(p + end, n - end);
        size_t word = scan_word(p + end, n - end);
        if (word == 0)
            break;
        end += word;
        const char *found = rules_country(rules, p, end);
        if (found != NULL) {
            *code = found;
            best = end;
        }
    }
    return best;
}

static size_t stamp_piece(const struct rules *rules, const char *p, size_t n, struct stamp *s)
{
    size_t used = 0;
    bool digit = *p >= '0' && *p <= '9';
    if (digit && !s->when.has_time && (used = when_time(p, n, &s->when)) > 0)
        return used;
    if (s->when.day == 0 && (used = when_date(rules, p, n, false, &s->when)) > 0)
        return used;
    size_t word = scan_word(p, n);
    if (word == 0)
        return 0;
    if (s->agency == NULL && (s->agency = rules_agency_at(rules, p, n, &used)) != NULL)
        return used;
    if (digit)
        return 0;
    if (rules_weekday(rules, p, word) != 0 || rules_filler(rules, p, word))
        return word;
    return s->country == NULL ? stamp_country(rules, p, n, &s->country) : 0;
}

bool stamp_read(const struct rules *rules, struct view line, struct stamp *out)
{
    *out = (struct stamp){0};
    line = scan_trim(line);
    if (line.n == 0 || line.n > STAMP_MAX)
        return false;
    for (size_t at = stamp_gap(line.p, line.n); at < line.n; at += stamp_gap(line.p + at, line.n - at)) {
        size_t used = stamp_piece(rules, line.p + at, line.n - at, out);
        if (used == 0)
            return false;
        at += used;
    }
    return out->agency != NULL || out->country != NULL || out->when.day != 0 || out->when.has_time;
}
