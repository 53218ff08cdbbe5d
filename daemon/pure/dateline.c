// SPDX-License-Identifier: MIT
/* dateline: what a first paragraph begins with; see dateline.h.
 *
 * town [, region] then, in any order and with any signs between, a date, a time and an agency, then a sign
 * that ends it. What is taken as a dateline has an agency, or a date behind a town, or is a town in capitals
 * that the rules know in front of a dash (which is not sure). */
#include "daemon/pure/dateline.h"

#include "daemon/pure/credit.h"
#include "daemon/pure/dateline_judge.h"
#include "daemon/pure/text.h"

#include <string.h>

#define TOWN_WORDS 5
#define TOWN_MAX 60
#define UNIT_MAX 8  /* bytes of "года" */
#define MARK_MAX 70 /* bytes between brackets */
#define AGENCY_MAX 50
#define AGENCY_WORDS 5
#define LEAP_YEAR 2000
#define INITIAL_MAX 4 /* bytes: two letters, "Ju. Petrova" */

static bool at_sign(const struct dateline_head *h, const char *signs)
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
    for (size_t i = 0; w.n > 0 && i < sizeof small / sizeof *small; i++)
        if (small[i][0] == *w.p && strlen(small[i]) == w.n && memcmp(small[i], w.p, w.n) == 0)
            return true;
    return false;
}

/* A word of a name at `at`; .n 0 = none: it begins in lower case, with a figure, or is a month behind another
 * word. */
static struct view name_word(const struct dateline_head *h, size_t at, bool first)
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
static struct view place_name(struct dateline_head *h)
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
static void parts_gap(struct dateline_head *h)
{
    size_t used;
    while (h->at < h->n) {
        if ((used = scan_blank(h->p + h->at, h->n - h->at)) > 0 ||
            (used = scan_dash(h->p + h->at, h->n - h->at)) > 0)
            h->at += used;
        else if (at_sign(h, ",.;|_"))
            h->at++;
        else
            break;
    }
}

static const struct rules_agency *agency_at(const struct dateline_head *h, size_t at, size_t *used)
{
    return rules_agency_at(h->rules, h->p + at, h->n - at, used);
}

/* An agency that stands bare. */
static bool part_agency(struct dateline_head *h, struct dateline *d)
{
    size_t used;
    const struct rules_agency *agency = agency_at(h, h->at, &used);
    if (agency == NULL)
        return false;
    d->agency = agency;
    d->agency_words = (struct view){h->p + h->at, used};
    h->at += used;
    return true;
}

static bool part_date(struct dateline_head *h, struct dateline *d)
{
    size_t word = scan_word(h->p + h->at, h->n - h->at), start = h->at, used = 0;
    if (word > 0 && rules_weekday(h->rules, h->p + h->at, word) != 0) {
        h->at += word;
        parts_gap(h);
        used = when_date(h->rules, h->p + h->at, h->n - h->at, true, &d->when);
    }
    if (used == 0) { // "Mar 05": a Tuesday in other languages
        h->at = start;
        used = when_date(h->rules, h->p + h->at, h->n - h->at, true, &d->when);
    }
    if (used == 0)
        return false;
    h->at += used;
    // "2023 г.", "2023թ."
    size_t at = h->at + scan_blanks(h->p + h->at, h->n - h->at), unit = scan_word(h->p + at, h->n - at);
    bool filler = unit > 0 && unit <= UNIT_MAX && rules_filler(h->rules, h->p + at, unit) != FILLER_NONE;
    if (d->when.year != 0 && filler)
        h->at = at + unit;
    return true;
}

static bool part_time(struct dateline_head *h, struct dateline *d)
{
    size_t used = d->when.has_time ? 0 : when_time(h->rules, h->p + h->at, h->n - h->at, &d->when);
    h->at += used;
    return used > 0;
}

/* The bracket or slash that closes the one at h->at; 0 = there is none near. */
static size_t mark_end(const struct dateline_head *h)
{
    char open = h->p[h->at], close = open == '(' ? ')' : open == '[' ? ']' : '/';
    size_t most = h->n - h->at < MARK_MAX ? h->n - h->at : MARK_MAX;
    const char *end = memchr(h->p + h->at + 1, close, most - 1);
    // "/RFE/RL/": the last of several in a row that no blank parts.
    while (end != NULL && close == '/' && end + 1 < h->p + h->n &&
           scan_letter(end + 1, (size_t)(h->p + h->n - end - 1)) > 0) {
        size_t used, at = (size_t)(end + 1 - h->p);
        const char *next = memchr(h->p + at, close, h->n - at < MARK_MAX ? h->n - at : MARK_MAX);
        if (next == NULL || agency_at(h, h->at + 1, &used) == NULL || h->at + 1 + used <= at)
            break;
        end = next;
    }
    return end == NULL ? 0 : (size_t)(end - h->p);
}

/* Whether what stands between marks may be the name of an agency that the rules do not know. */
static bool agency_like(const struct dateline_head *h, struct view v)
{
    size_t first = scan_letter(v.p, v.n);
    return v.n >= 2 && v.n <= AGENCY_MAX && scan_words(v) <= AGENCY_WORDS && first > 0 &&
           text_is_upper(v.p, first) && rules_country(h->rules, v.p, v.n) == NULL &&
           rules_weekday(h->rules, v.p, v.n) == 0 && rules_month(h->rules, v.p, scan_word(v.p, v.n)) == 0;
}

/* A person's name among what stands between marks: [from, end) is neither agency nor date. */
static void part_named(const struct dateline_head *h, struct dateline *d, size_t from, size_t end)
{
    while (end > from && strchr(" .,;:-", h->p[end - 1]) != NULL)
        end--;
    struct view v = {h->p + from, end - from};
    if (d->person.n == 0 && from < end && name_like(h->rules, v))
        d->person = v;
}

/* Moves on behind a word that may belong to a name, which begins at *from; "Corr." belongs to none. */
static void part_skip(struct dateline_head *in, size_t *from)
{
    size_t word = scan_word(in->p + in->at, in->n - in->at);
    *from = *from == SIZE_MAX ? in->at : *from;
    in->at += word > 0 ? word : 1;
    bool role = word > 0 && rules_filler(in->rules, in->p + in->at - word, word) == FILLER_ROLE;
    if (role || (word > INITIAL_MAX && at_sign(in, ".")))
        *from = SIZE_MAX;
}

/* The house that nobody knows in front of a comma and a date; .n 0 = none. */
static struct view house_dated(const struct dateline_head *h, struct view all)
{
    const char *comma = memchr(all.p, ',', all.n);
    struct view house = {all.p, comma == NULL ? 0 : (size_t)(comma - all.p)};
    return agency_like(h, house) ? house : (struct view){all.p, 0};
}

/* What stands between brackets or slashes: an agency, a date, a person, in any order, "Corr. Trend I.
 * Musayev".
 */
static bool part_marked(struct dateline_head *h, struct dateline *d, bool known)
{
    size_t end = at_sign(h, "(/[") ? mark_end(h) : 0, from = SIZE_MAX;
    if (end == 0 || (d->agency_words.n > 0 && d->when.day != 0))
        return false;
    struct dateline_head in = {.rules = h->rules, .p = h->p, .n = end, .at = h->at + 1};
    in.at += scan_blanks(in.p + in.at, in.n - in.at);
    struct view all = scan_trim((struct view){in.p + in.at, end - in.at});
    struct dateline named = {0};
    bool agency = false, date = false;
    while (in.at < in.n) {
        size_t start = in.at;
        bool is_agency = !agency && d->agency_words.n == 0 && part_agency(&in, d);
        bool is_date = !is_agency && !date && d->when.day == 0 && part_date(&in, d);
        agency = agency || is_agency;
        date = date || is_date;
        if (!is_agency && !is_date) {
            part_skip(&in, &from);
        } else if (from != SIZE_MAX) {
            part_named(&in, &named, from, start);
            from = SIZE_MAX;
        }
        parts_gap(&in);
    }
    if (from != SIZE_MAX)
        part_named(&in, &named, from, in.n);
    if (agency && d->person.n == 0)
        d->person = named.person;
    if (known && date && !agency && d->agency_words.n == 0)
        d->agency_words = house_dated(h, all); // "[Lake Bulletin, 05.11.2008] The"
    if (!agency && !date && !known && d->agency_words.n == 0 && agency_like(h, all))
        d->agency_words = all;
    else if (!agency && !date)
        return false;
    h->at = end + 1;
    h->marked = h->marked || d->agency_words.n > 0;
    return true;
}

/* "Lachin Mehraliyeva-APA": cuts the agency off. Its bytes. */
static size_t person_agency(const struct dateline_head *h, struct view *person)
{
    size_t used;
    const char *sign = memrchr(person->p, '-', person->n);
    size_t at = sign == NULL ? 0 : (size_t)(sign + 1 - h->p);
    if (sign == NULL || agency_at(h, at, &used) == NULL || h->p + at + used != person->p + person->n)
        return 0;
    person->n = (size_t)(sign - person->p);
    return used;
}

/* "Elchin Musayev - " in front of an agency. */
static bool part_person(struct dateline_head *h, struct dateline *d)
{
    struct dateline_head probe = *h;
    struct dateline other = {0};
    struct view person = place_name(&probe);
    probe.at -= person_agency(h, &person);
    size_t words = scan_words(person);
    parts_gap(&probe);
    if (words < 2 || words > 3)
        return false;
    bool marked = at_sign(&probe, "/(") && name_like(h->rules, person) && part_marked(&probe, &other, false);
    if (!marked && !part_agency(&probe, &other))
        return false;
    if (other.agency == NULL)
        return false; // "Gyumri. Lusine Vardazaryan/ARMENPRESS/."
    h->marked = h->marked || marked;
    d->person = person;
    d->agency = other.agency;
    d->agency_words = other.agency_words;
    h->at = probe.at;
    return true;
}

/* The sign that ends a dateline, or the line's end. *dash: it was a dash, which is no part of it. */
static bool ended(struct dateline_head *h, size_t *end, bool *dash)
{
    size_t at = h->at + scan_blanks(h->p + h->at, h->n - h->at);
    *end = h->at;
    *dash = false;
    if (at >= h->n)
        return true;
    *dash =
        scan_dash(h->p + at, h->n - at) > 0 || strchr("_=|", h->p[at]) != NULL; /* AP's wire, Belga's, taz */
    if (*dash)
        return true;
    size_t stop =
        h->n - at >= 2 && memcmp(h->p + at, "\xd6\x89", 2) == 0 ? 2 : at_sign(h, ".:,"); /* Armenian, Latin */
    bool comma = stop == 1 && h->p[at] == ',';
    if (at != h->at || stop == 0)
        return false;
    at += stop + scan_blanks(h->p + at + stop, h->n - at - stop);
    *dash = at < h->n && (scan_dash(h->p + at, h->n - at) > 0 || strchr("_=", h->p[at]) != NULL);
    *end += comma ? 0 : stop;
    return !comma || *dash;
}

/* A house that the rules do not know, in capitals behind town and date: "TBILISI, OCTOBER 17, LAKE PRESS.
 * The". */
static bool part_house(struct dateline_head *h, struct dateline *d)
{
    struct dateline_head probe = *h;
    struct view house = place_name(&probe);
    size_t end;
    bool dash;
    bool sign = h->at > 1 && h->p[h->at - 1] == ' ' && strchr(",.-", h->p[h->at - 2]) != NULL;
    if (!sign || d->when.day == 0 || d->when.month == 0 || !text_is_upper(d->town.p, d->town.n) ||
        house.n < 2 || house.n > AGENCY_MAX || !text_is_upper(house.p, house.n) ||
        !ended(&probe, &end, &dash))
        return false;
    d->agency_words = house;
    h->at = probe.at;
    return true;
}

/* Whether an agency, a mark or a date stands at h->at, so that no place does. */
static bool other_part(const struct dateline_head *h)
{
    size_t used;
    struct when date = {0};
    return at_sign(h, "(/[") || agency_at(h, h->at, &used) != NULL ||
           when_date(h->rules, h->p + h->at, h->n - h->at, true, &date) > 0;
}

/* A further place behind a slash ("MOSCOW/KYIV (Reuters)": the first counts) or a hyphen; not "City/Agency/".
 */
static void place_second(struct dateline_head *h, struct dateline *d)
{
    size_t second = h->at;
    if (!at_sign(h, "/") || scan_letter(h->p + h->at + 1, h->n - h->at - 1) == 0)
        return;
    h->at++;
    struct view town = other_part(h) ? (struct view){"", 0} : place_name(h);
    if (town.n == 0 || at_sign(h, "/"))
        h->at = second;
    else
        d->second = town;
}

/* Town and region in front of date and agency. */
static void place_parts(struct dateline_head *h, struct dateline *d)
{
    d->town = place_name(h);
    if (d->town.n == 0)
        return;
    place_second(h, d);
    if (!at_sign(h, ","))
        return;
    size_t second = h->at;
    parts_gap(h);
    bool other = other_part(h);
    if (!other)
        d->region = place_name(h);
    if (other || d->region.n == 0) {
        h->at = second;
        return;
    }
    if (at_sign(h, "."))
        h->at++; /* "Mass." */
    // "AZERBAIJAN, BAKU": the country comes first.
    const char *country = rules_country(h->rules, d->town.p, d->town.n);
    if (country != NULL && rules_place(h->rules, d->region.p, d->region.n, country) != NULL) {
        struct view town = d->region;
        d->region = d->town;
        d->town = town;
    }
}

/* Whether a word in small letters follows without a sign between: "The minister said". So begin nearly all
 * paragraphs, hence it is asked before anything is looked up. */
static bool goes_on(const struct dateline_head *h)
{
    size_t at = h->at + scan_blanks(h->p + h->at, h->n - h->at);
    if (at == h->at || at >= h->n || h->p[at] < 'a' || h->p[at] > 'z')
        return false;
    size_t word = scan_word(h->p + at, h->n - at), used;
    return rules_month(h->rules, h->p + at, word) == 0 && agency_at(h, at, &used) == NULL; // "BERLIN taz |"
}

/* "By ANNA EXAMPLE PARIS (AP) -- The": no town is called so. */
static bool byline_begins(const struct dateline_head *h)
{
    size_t word = scan_word(h->p, h->n), used;
    return word > 0 && word < h->n && h->p[word] == ' ' && (rules_word(h->rules, h->p, word) & WORD_CREDIT) &&
           rules_credit(h->rules, h->p, h->n, &used) == CREDIT_BY;
}

/* "07/11" behind the town, or "07.11.": the day comes first if it can. */
static bool part_figures(struct dateline_head *h, struct dateline *d)
{
    int first, second;
    size_t used = scan_number(h->p + h->at, h->n - h->at, 2, &first), slash = h->at + used;
    if (used == 0 || slash >= h->n || (h->p[slash] != '/' && h->p[slash] != '.'))
        return false;
    used = scan_number(h->p + slash + 1, h->n - slash - 1, 2, &second);
    size_t end = slash + 1 + used;
    bool stop = end < h->n && h->p[end] == '.', day_first = second <= 12;
    int day = day_first ? first : second, month = day_first ? second : first;
    if (used == 0 || (h->p[slash] == '.' && !stop) || day == 0 || day > when_month_days(LEAP_YEAR, month))
        return false;
    d->when.day = day;
    d->when.month = month;
    h->at = end;
    return true;
}

/* ", Gamlet Matinyan." behind the agency. */
static bool part_behind(struct dateline_head *h, struct dateline *d)
{
    struct dateline_head probe = *h;
    size_t end;
    bool dash;
    if (d->person.n > 0 || h->at < 2 || h->p[h->at - 1] != ' ' || h->p[h->at - 2] != ',')
        return false;
    struct view person = place_name(&probe);
    if (!name_like(h->rules, person) || !ended(&probe, &end, &dash))
        return false;
    d->person = person;
    h->at = probe.at;
    return true;
}

/* "corr. Trend A. Musayev:" behind a date. */
static bool part_correspondent(struct dateline_head *h, struct dateline *d)
{
    struct dateline_head probe = *h;
    struct dateline other = {0};
    size_t word = scan_word(h->p + h->at, h->n - h->at), end;
    bool dash, role = word > 0 && rules_filler(h->rules, h->p + h->at, word) == FILLER_ROLE;
    probe.at += word;
    parts_gap(&probe);
    if (!role || d->when.day == 0 || !part_agency(&probe, &other))
        return false;
    parts_gap(&probe);
    struct view person = place_name(&probe);
    if (!name_like(h->rules, person) || !ended(&probe, &end, &dash))
        return false;
    d->person = person;
    d->agency = other.agency;
    d->agency_words = other.agency_words;
    h->marked = true;
    h->at = probe.at;
    return true;
}

/* A town behind an agency: "(ANSA) - ROME, NOV 8 -", and with a date behind it "ArmInfo. YEREVAN, May 31." */
static bool part_town(struct dateline_head *h, struct dateline *d)
{
    struct dateline_head probe = *h;
    struct when date = d->when;
    struct view town = place_name(&probe);
    size_t behind = probe.at;
    parts_gap(&probe);
    bool known = town.n > 0 && rules_place(h->rules, town.p, town.n, NULL) != NULL;
    bool then = town.n > 0 && when_date(h->rules, h->p + probe.at, h->n - probe.at, true, &date) > 0;
    if (!(known && (h->marked || then)) && !(h->marked && then && town.n >= TOWN_MIN))
        return false;
    d->town = town;
    h->at = behind;
    return true;
}

/* Date, time, agency and person, each once, in any order. Returns the end of the last. */
static size_t parts(struct dateline_head *h, struct dateline *d)
{
    size_t end = h->at;
    for (;;) {
        end = h->at;
        parts_gap(h);
        bool agency = d->agency_words.n > 0, date = d->when.day != 0 || d->when.odd;
        bool first = d->town.n == 0 && agency && !date && end > 0;
        if (part_marked(h, d, d->town.n == 0) || (!agency && part_agency(h, d)) ||
            (!date && part_date(h, d)) || part_time(h, d) || (!date && d->town.n > 0 && part_figures(h, d)) ||
            (!agency && d->town.n > 0 && (part_person(h, d) || part_correspondent(h, d) || part_house(h, d))) ||
            (agency && d->town.n > 0 && part_behind(h, d)) || (first && part_town(h, d)))
            continue;
        break;
    }
    h->at = end;
    return end;
}

/* Two houses may share a name: the one in the country of the town is meant, of two towns the second, for
 * there the desk is: "Baku/Wien (APA)". */
static void agency_settle(const struct rules *rules, struct dateline *d)
{
    struct view town = d->second.n > 0 ? d->second : d->town;
    const struct rules_place *place = town.n == 0 ? NULL : rules_place(rules, town.p, town.n, NULL);
    if (d->agency != NULL && place != NULL)
        d->agency = rules_agency_near(rules, d->agency_words.p, d->agency_words.n, place->country);
}

/* A day and a month at the front, a bracket or a slash behind them, perhaps behind a town: "February 12
 * (Bloomberg) --", "8 November, Minsk /BelTA/.". Moves on to the town. */
static bool date_begins(struct dateline_head *h, struct dateline *d)
{
    struct when date = {0};
    size_t word = scan_word(h->p, h->n);
    bool may = (*h->p >= '0' && *h->p <= '9') || rules_month(h->rules, h->p, word) != 0;
    struct dateline_head probe = *h;
    probe.at = may ? when_date(h->rules, h->p, h->n, true, &date) : 0;
    if (probe.at == 0)
        return false;
    parts_gap(&probe);
    if (at_sign(&probe, "(/"))
        return true;
    struct dateline_head town = probe;
    struct view name = place_name(&town);
    parts_gap(&town);
    if (!at_sign(&town, "(/") || rules_place(h->rules, name.p, name.n, NULL) == NULL)
        return false;
    d->when = date;
    d->town = name;
    h->at = (size_t)(name.p - h->p) + name.n;
    return true;
}

/* "(Berlin, May 15, 2012) - The": town and date between brackets. Moves on behind them. */
static bool bracketed(struct dateline_head *h, struct dateline *d)
{
    size_t end = mark_end(h);
    struct dateline_head in = {.rules = h->rules, .p = h->p, .n = end, .at = 1};
    if (end == 0 || *h->p != '(')
        return false;
    struct view town = place_name(&in), region = {"", 0};
    parts_gap(&in);
    if (town.n < TOWN_MIN || (!part_date(&in, d) && (region = place_name(&in)).n == 0))
        return false;
    parts_gap(&in);
    if ((d->when.day == 0 && !part_date(&in, d)) || scan_blanks(in.p + in.at, end - in.at) < end - in.at)
        return false;
    h->at = end + 1;
    d->town = town;
    d->region = region;
    d->words = (struct view){h->p, h->at};
    d->sure = true;
    when_settle(&d->when);
    return true;
}

bool dateline_read(const struct rules *rules, struct view paragraph, struct dateline *out)
{
    struct dateline_head h = {
        .rules = rules, .p = paragraph.p, .n = paragraph.n < DATELINE_MAX ? paragraph.n : DATELINE_MAX};
    *out = (struct dateline){0};
    if (h.n == 0)
        return false;
    bool bare = *h.p == '(' || *h.p == '/' || *h.p == '[', dated = date_begins(&h, out);
    bool figure = *h.p >= '0' && *h.p <= '9';
    if (!bare && !dated && (figure || scan_letter(h.p, h.n) == 0))
        return false;
    size_t end;
    bool dash;
    if (bare && bracketed(&h, out))
        return ended(&h, &end, &dash) && dash;
    if (!dated && (bare ? !part_marked(&h, out, true) : !part_agency(&h, out)))
        place_parts(&h, out);
    if ((out->town.n > 0 || !bare) && goes_on(&h))
        return false;
    struct dateline_head behind = h;
    struct dateline place = *out;
    end = parts(&h, out);
    bool stop = ended(&h, &end, &dash);
    if (place.town.n > 0 && !stop && !h.marked && out->agency_words.n > 0 && out->when.day == 0) {
        h = behind; // "YEREVAN. - Lake News writes: ..." begins with the town alone
        *out = place;
        end = h.at;
        stop = ended(&h, &end, &dash);
    }
    bool all = out->agency != NULL && out->when.day != 0; /* then nobody need know the town */
    bool alone = end == paragraph.n && !h.marked; // "Anna Example, TNN | Aug 15, 2012" over a text
    if (out->town.n > 0 && !((h.marked || all) && stop && !alone) && !dateline_town(&h, out->town))
        return false;
    out->words = scan_trim((struct view){h.p, end});
    h.at = end;
    when_settle(&out->when);
    agency_settle(rules, out);
    return dateline_convinces(&h, out, stop, dash, end) && !byline_begins(&h);
}
