// SPDX-License-Identifier: MIT
/* credit_line: see credit_line.h. */
#include "daemon/pure/credit_line.h"

#include "daemon/pure/dateline.h"
#include "daemon/pure/text.h"

#include <string.h>

#define LABEL_WORDS 5

static const struct line_look no_look = {LINE_BODY, 50};

/* "Copyright Lake News. All rights reserved." */
static bool reserved(struct view v)
{
    static const char *const words[] = {"ights reserved", "IGHTS RESERVED", "ights Reserved", " защищены",
                                        "s réservés",     " vorbehalten",   "s reservados",   " իրավունքները"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (scan_find(v, words[i]) != NULL)
            return true;
    return false;
}

/* "Copyright" may begin a sentence and "(c)" the third point of a list: then a year or a house must follow, or that
 * the rights are reserved. */
static bool is_copyright(const struct rules *rules, struct view line, size_t phrase)
{
    size_t name;
    if (scan_words((struct view){line.p, phrase}) > 1 || (unsigned char)line.p[0] >= 0x80)
        return true;
    struct view rest = scan_trim(view_from(line, phrase));
    bool by = rest.n > 3 && (memcmp(rest.p, "by ", 3) == 0 || memcmp(rest.p, ": ", 2) == 0);
    rest = view_from(rest, by ? (*rest.p == ':' ? 2 : 3) : 0);
    bool house = rest.n > 0 && (rules_agency_at(rules, rest.p, rest.n, &name) != NULL || house_named(rules, rest));
    if ((house && !scan_ends_sentence(line)) || (reserved(line) && text_is_upper(rest.p, scan_letter(rest.p, rest.n))))
        return true;
    for (size_t at = phrase; at < line.n; at++) {
        int year;
        size_t used = scan_number(line.p + at, line.n - at, 4, &year);
        if (used == 4 && year > 1900 && year < 2200)
            return true;
    }
    return false;
}

/* Words of people: "Edited by X", not "Edited by the court in 1997, the text says". */
static bool people(struct view v)
{
    size_t first = scan_letter(v.p, v.n);
    return first > 0 && v.n <= CREDIT_MAX / 2 && scan_words(v) <= 12 && text_is_upper(v.p, first) &&
           scan_last(v) != ':' && scan_last(v) != ',';
}

/* Four figures of a year of our time and a comma in front of them: "Nouvelles du lac, 4 mars 2014, par X". */
static bool has_date(struct view v)
{
    const char *at = memchr(v.p, ',', v.n);
    for (; at != NULL && at + 5 < v.p + v.n; at++)
        if ((*at == '1' || *at == '2') && (at[1] == '9' || at[1] == '0') && at[2] >= '0' && at[2] <= '9')
            return true;
    return false;
}

/* Whether its first two words begin with capitals, as a name does. */
static bool two_capitals(struct view v)
{
    size_t second = 0;
    while (second < v.n && scan_blank(v.p + second, v.n - second) == 0)
        second++;
    second += scan_blanks(v.p + second, v.n - second);
    struct view rest = view_from(v, second);
    return text_is_upper(v.p, scan_letter(v.p, v.n)) && text_is_upper(rest.p, scan_letter(rest.p, rest.n));
}

/* Whether an editor is named behind a semicolon. */
static bool shares_credit(const struct rules *rules, struct view v)
{
    size_t used;
    const char *sign = memchr(v.p, ';', v.n);
    struct view rest = sign == NULL ? (struct view){"", 0} : scan_trim(view_from(v, (size_t)(sign - v.p) + 1));
    return rest.n > 0 && rules_credit(rules, rest.p, rest.n, &used) == CREDIT_EDITED;
}

/* "our own correspondent", "a staff reporter": in small letters, and what an author is at the end. */
static bool role_behind(const struct rules *rules, struct view v)
{
    size_t last = v.n;
    while (last > 0 && scan_letter(v.p + last - 1, v.n - last + 1) > 0)
        last--;
    return v.n > 0 && last < v.n && text_is_lower(v.p, scan_letter(v.p, v.n)) &&
           rules_filler(rules, v.p + last, v.n - last) == FILLER_ROLE;
}

/* "Source: X"; "SOURCE Lake Telecom", not "Source close to"; "First published in The Lake News", not "in 1920". */
static bool is_source(const struct rules *rules, struct view v, size_t used)
{
    size_t last = used;
    while (last > 0 && ((unsigned char)v.p[last - 1] & 0xc0) == 0x80)
        last--;
    last -= last > 0;
    bool word = used < v.n && scan_letter(v.p + last, used - last) > 0;
    struct view rest = scan_trim(view_from(v, used));
    size_t name;
    bool house = rest.n > 0 && (rules_agency_at(rules, rest.p, rest.n, &name) != NULL || house_named(rules, rest));
    return !word || text_is_upper(v.p, used) || (house && !scan_ends_sentence(rest));
}

struct line_look credit_look(const struct rules *rules, struct view v, unsigned begins)
{
    size_t used;
    struct byline byline;
    if (v.n > CREDIT_MAX)
        return no_look;
    struct view inside = scan_trim((struct view){v.p + 1, v.n > 2 && v.p[v.n - 1] == ')' ? v.n - 2 : 0});
    if (*v.p == '(' && inside.n > 0 && rules_credit(rules, inside.p, inside.n, &used) == CREDIT_SOURCE)
        return (struct line_look){LINE_SOURCE, 90};
    switch (begins & WORD_CREDIT ? rules_credit(rules, v.p, v.n, &used) : CREDIT_NONE) {
    case CREDIT_BY:
        // "Reporting by A; Editing by B", but "Author: A; photo: B"
        if (v.p[used - 1] != ':' && shares_credit(rules, v))
            return (struct line_look){LINE_EDITED, 90};
        if (byline_read(rules, v, &byline))
            return (struct line_look){LINE_BYLINE, 90};
        // "BYLINE: mm-kir/sjw" and "By our own correspondent" name nobody.
        bool nobody = v.p[used - 1] == ':' || role_behind(rules, scan_trim(view_from(v, used)));
        return nobody && scan_words(v) <= LABEL_WORDS ? (struct line_look){LINE_LABEL, 85} : no_look;
    case CREDIT_EDITED:
        // In brackets it is as long as there are people: "(Reporting by A and B; Editing by C)".
        return v.p[0] == '(' || people(scan_trim(view_from(v, used))) ? (struct line_look){LINE_EDITED, 90}
                                                                      : no_look;
    case CREDIT_COPYRIGHT:
        return is_copyright(rules, v, used) ? (struct line_look){LINE_COPYRIGHT, 95} : no_look;
    case CREDIT_SOURCE:
        return is_source(rules, v, used) ? (struct line_look){LINE_SOURCE, 90} : no_look;
    case CREDIT_FLASH:
    case CREDIT_NONE:
        break;
    }
    if (v.n > 4 && memcmp(v.p, "((", 2) == 0 && memcmp(v.p + v.n - 2, "))", 2) == 0)
        return (struct line_look){LINE_EDITED, 90}; // "((Writing by X; editing by Y))"
    // "samedi 8 novembre 2008, par X" needs no capitals: the phrase stands behind the date.
    bool named = two_capitals(v);
    bool dated = (begins & (WORD_DATE | WORD_FILLER)) != 0 || (*v.p >= '0' && *v.p <= '9');
    bool shaped = v.n <= STAMP_MAX && (named || dated || has_date(v)) && !scan_ends_sentence(v);
    return shaped && byline_read(rules, v, &byline) && (named || byline.phrase)
               ? (struct line_look){LINE_BYLINE, 55}
               : no_look;
}
