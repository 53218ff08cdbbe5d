// SPDX-License-Identifier: MIT
/* dateline: what a first paragraph begins with; see dateline.h.
 *
 * town [, region] then, in any order and with any signs between, a date and an agency, then a sign that ends
 * it. What is taken as a dateline must have an agency, or be a town in capitals with a date and a dash. */
#include "daemon/pure/dateline.h"

#include "daemon/pure/text.h"

#include <string.h>

#define TOWN_WORDS 5
#define TOWN_MAX 60

/* A reading in progress. */
struct head {
    const struct rules *rules;
    const char *p;
    size_t n, at;
    bool marked; /* the agency stood in brackets or slashes */
};

static bool at_sign(const struct head *h, const char *signs)
{
    return h->at < h->n && h->p[h->at] != '\0' && strchr(signs, h->p[h->at]) != NULL;
}

/* A letter of a name; or, behind the first, a hyphen or an apostrophe that a letter follows. */
static size_t name_letter(const char *p, size_t n, bool first)
{
    size_t used = scan_letter(p, n);
    if (used > 0 || first || n == 0)
        return used;
    size_t mark = *p == '-' || *p == '\'' ? 1 : n >= 3 && memcmp(p, "\xe2\x80\x99", 3) == 0 ? 3 : 0;
    return mark > 0 && scan_letter(p + mark, n - mark) > 0 ? mark : 0;
}

/* Small words inside the names of towns. */
static bool small_word(struct view w)
{
    static const char *const small[] = {"de", "la",  "le",   "du",  "del", "am",  "an", "on",
                                        "of", "sur", "upon", "the", "los", "las", "al", "el",
                                        "na", "на",  "im",   "der", "den", "and"};
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        if (strlen(small[i]) == w.n && memcmp(small[i], w.p, w.n) == 0)
            return true;
    return false;
}

/* A word of a name at `at`; .n 0 = none: it begins in lower case, with a figure, or is a month behind another
 * word. */
static struct view name_word(const struct head *h, size_t at, bool first)
{
    const char *p = h->p + at;
    size_t n = h->n - at, end = 0, used;
    while ((used = name_letter(p + end, n - end, end == 0)) > 0)
        end += used;
    struct view word = {p, end};
    bool name = end > 0 && !(*p >= '0' && *p <= '9') && text_is_upper(p, scan_letter(p, n));
    if (name && (first || rules_month(h->rules, p, end) == 0))
        return word;
    return !first && small_word(word) ? word : (struct view){p, 0};
}

/* A name of a place at h->at: words that begin with a capital, small ones between. Moves on behind it. */
static struct view place_name(struct head *h)
{
    size_t start = h->at, end = start;
    for (int words = 0; words < TOWN_WORDS && end < h->n && end - start < TOWN_MAX; words++) {
        size_t at = end + (words > 0 ? scan_blanks(h->p + end, h->n - end) : 0);
        struct view word = name_word(h, at, words == 0);
        if (word.n == 0)
            break;
        end = at + word.n;
        if (end < h->n && h->p[end] == '.' && word.n <= 2)
            end++; /* "St. Petersburg" */
    }
    h->at = end;
    return scan_trim((struct view){h->p + start, end - start});
}

/* Signs between the parts. */
static void parts_gap(struct head *h)
{
    size_t used;
    while (h->at < h->n) {
        if ((used = scan_blank(h->p + h->at, h->n - h->at)) > 0 ||
            (used = scan_dash(h->p + h->at, h->n - h->at)) > 0)
            h->at += used;
        else if (at_sign(h, ",.;"))
            h->at++;
        else
            break;
    }
}

/* The agency at h->at, in brackets, between slashes or bare. */
static bool part_agency(struct head *h, struct dateline *d)
{
    size_t at = h->at, used;
    char open = at < h->n ? h->p[at] : '\0';
    bool marked = open == '(' || open == '/' || open == '[';
    if (marked)
        at++;
    at += scan_blanks(h->p + at, h->n - at);
    const struct rules_agency *agency = rules_agency_at(h->rules, h->p + at, h->n - at, &used);
    if (agency == NULL)
        return false;
    at += used;
    if (marked) {
        // "(AFP/Getty)", "(Reuters, Nov 8)": the bracket ends soon or it is another thing.
        const char *end = memchr(h->p + at, open == '(' ? ')' : open == '[' ? ']' : '/', h->n - at);
        if (end == NULL || end - (h->p + at) > 40)
            return false;
        at = (size_t)(end - h->p) + 1;
    }
    h->at = at;
    h->marked = marked;
    d->agency = agency;
    return true;
}

static bool part_date(struct head *h, struct dateline *d)
{
    size_t word = scan_word(h->p + h->at, h->n - h->at);
    if (word > 0 && rules_weekday(h->rules, h->p + h->at, word) != 0) {
        h->at += word;
        parts_gap(h);
    }
    size_t used = when_date(h->rules, h->p + h->at, h->n - h->at, true, &d->when);
    if (used == 0)
        return false;
    h->at += used;
    // "2023 г.", "2023թ."
    size_t at = h->at + scan_blanks(h->p + h->at, h->n - h->at), unit = scan_word(h->p + at, h->n - at);
    if (d->when.year != 0 && unit > 0 && unit <= 8 && rules_filler(h->rules, h->p + at, unit))
        h->at = at + unit;
    return true;
}

/* The sign that ends a dateline, or the line's end. *dash: it was a dash, which is no part of it. */
static bool ended(struct head *h, size_t *end, bool *dash)
{
    size_t at = h->at + scan_blanks(h->p + h->at, h->n - h->at);
    *end = h->at;
    *dash = false;
    if (at >= h->n)
        return true;
    size_t used = scan_dash(h->p + at, h->n - at);
    if (used > 0) {
        *dash = true;
        return true;
    }
    size_t stop =
        h->n - at >= 2 && memcmp(h->p + at, "\xd6\x89", 2) == 0 ? 2 : at_sign(h, ".:"); /* Armenian, Latin */
    if (at == h->at && stop > 0) {
        *end = at + stop;
        at += stop + scan_blanks(h->p + at + stop, h->n - at - stop);
        *dash = scan_dash(h->p + at, h->n - at) > 0;
        return true;
    }
    return false;
}

static bool town_known(const struct head *h, struct view town)
{
    return text_is_upper(town.p, town.n) || rules_place(h->rules, town.p, town.n, NULL) != NULL;
}

/* Whether what was read is enough to be a dateline. */
static bool convincing(const struct head *h, const struct dateline *d, bool end, bool dash,
                       struct view agency)
{
    bool capitals = d->town.n > 0 && text_is_upper(d->town.p, d->town.n);
    if (d->agency == NULL)
        return capitals && d->town.n >= 3 && d->when.day != 0 && dash;
    if (d->town.n == 0)
        return h->marked ? end && (dash || d->when.day != 0) : d->when.day != 0 && end;
    if (h->marked || end)
        return d->when.day != 0 || h->marked || capitals;
    return d->when.day != 0 && (capitals || (text_is_upper(agency.p, agency.n) && town_known(h, d->town)));
}

/* Town and region in front of date and agency. */
static void place_parts(struct head *h, struct dateline *d)
{
    d->town = place_name(h);
    if (d->town.n == 0)
        return;
    size_t second = h->at;
    if (at_sign(h, "/") && scan_letter(h->p + h->at + 1, h->n - h->at - 1) > 0) {
        // "MOSCOW/KYIV (Reuters)": the first counts. "CITY /AGENCY/" has a blank before.
        h->at++;
        if (place_name(h).n == 0)
            h->at = second;
    }
    if (!at_sign(h, ","))
        return;
    second = h->at;
    parts_gap(h);
    struct when date = {0};
    struct dateline other = {0};
    struct head probe = *h;
    if (part_agency(&probe, &other) || when_date(h->rules, h->p + h->at, h->n - h->at, true, &date) > 0) {
        h->at = second;
        return;
    }
    d->region = place_name(h);
    if (at_sign(h, "."))
        h->at++; /* "Mass." */
    if (d->region.n == 0)
        h->at = second;
}

/* Whether a word in small letters follows without a sign between: "The minister said". So begin nearly all
 * paragraphs, hence it is asked before anything is looked up. */
static bool goes_on(const struct head *h)
{
    size_t at = h->at + scan_blanks(h->p + h->at, h->n - h->at);
    return at > h->at && at < h->n && h->p[at] >= 'a' && h->p[at] <= 'z';
}

bool dateline_read(const struct rules *rules, struct view paragraph, struct dateline *out)
{
    struct head h = {
        .rules = rules, .p = paragraph.p, .n = paragraph.n < DATELINE_MAX ? paragraph.n : DATELINE_MAX};
    *out = (struct dateline){0};
    size_t start = h.at;
    struct view agency = {"", 0};
    bool bare = h.n > 0 && (*h.p == '(' || *h.p == '/');
    if (!bare && (h.n == 0 || scan_letter(h.p, h.n) == 0 || (*h.p >= '0' && *h.p <= '9')))
        return false;
    if (!bare && !part_agency(&h, out))
        place_parts(&h, out);
    if (out->town.n > 0 && goes_on(&h))
        return false;
    size_t end = h.at;
    for (int parts = 0; parts < 3; parts++) {
        end = h.at;
        parts_gap(&h);
        size_t at = h.at;
        if (out->agency == NULL && part_agency(&h, out))
            agency = scan_trim((struct view){h.p + at, h.at - at});
        else if (!(out->when.day == 0 && !out->when.odd && part_date(&h, out)))
            break;
        end = h.at;
    }
    h.at = end;
    bool dash, stop = ended(&h, &end, &dash);
    if (out->town.n > 0 && out->when.day == 0 && !(h.marked && stop) && !town_known(&h, out->town))
        return false;
    out->words = scan_trim((struct view){h.p + start, end - start});
    return convincing(&h, out, stop, dash, agency);
}
