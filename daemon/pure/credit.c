// SPDX-License-Identifier: MIT
/* credit: see credit.h. A byline is read in chunks, between commas, bars and brackets, and each chunk is a
 * name, a house, a town, a role or a date. */
#include "daemon/pure/credit.h"

#include "daemon/pure/dateline.h"
#include "daemon/pure/text.h"

#include <string.h>

#define NAME_BYTES 60
#define NAMES_WORDS 10 /* of several, with titles, initials and "and" */
#define DATE_WORDS 12  /* "Published on Friday, May 29, 2013 - 11:27 am" */
#define ROLE_WORDS 6

/* --- names ---------------------------------------------------------------------------------------------- */

/* Words of names; titles, initials and "and" between two are fine. */
static bool names_loosely(struct view v)
{
    if (v.n == 0 || v.n > 2 * NAME_BYTES || scan_words(v) > NAMES_WORDS)
        return false;
    size_t first = scan_letter(v.p, v.n);
    uint32_t last = scan_last(v);
    bool end = last != '!' && last != '?' && last != ':' && last != ';' && last != ',';
    return first > 0 && text_is_upper(v.p, first) && end;
}

/* Bytes of the first of several names, up to the word "and". */
static size_t first_name(struct view v)
{
    static const char *const ands[] = {" and ", " AND ", " & ", " et ",  " und ",
                                       " y ",   " и ",   " և ", " with "};
    size_t end = v.n;
    for (size_t i = 0; i < sizeof ands / sizeof *ands; i++) {
        const char *at = scan_find((struct view){v.p, end}, ands[i]);
        end = at == NULL ? end : (size_t)(at - v.p);
    }
    return end;
}

/* Names with "and" between; one word alone is one only as the second of them or behind a phrase's colon. */
static bool names_strictly(const struct rules *rules, struct view v, bool phrase)
{
    struct view first = {v.p, first_name(v)}, name = scan_trim(first);
    return (phrase ? name_full(rules, name) : name_like(rules, name)) && (first.n == v.n || names_loosely(v));
}

/* --- chunks --------------------------------------------------------------------------------------------- */

/* A sign between chunks; a dash and a slash only with blanks around. */
static size_t chunk_sign(const char *p, size_t n)
{
    if (n > 0 && ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z')) // as nearly all are
        return 0;
    if (n > 0 && *p != '\0' && strchr(",|();", *p) != NULL)
        return 1;
    if (n > 3 && memcmp(p, "\xe2\x80\xa2", 3) == 0)
        return 3;
    size_t blank = n > 0 ? scan_blank(p, n) : 0;
    size_t dash = blank == 0 ? 0 : scan_dash(p + blank, n - blank);
    dash += blank > 0 && dash == 0 && n > blank && p[blank] == '/';
    return dash > 0 && scan_blank(p + blank + dash, n - blank - dash) > 0 ? blank + dash : 0;
}

static size_t chunk_end(struct view v, size_t at)
{
    while (at < v.n && chunk_sign(v.p + at, v.n - at) == 0)
        at++;
    return at;
}

/* The last word: "Staff Writer", "AFP correspondent"; or the first: "correspondent of the Daily Lake". */
static bool role_like(const struct rules *rules, struct view v)
{
    size_t last = v.n, first = scan_word(v.p, v.n);
    while (last > 0 && scan_letter(v.p + last - 1, v.n - last + 1) > 0)
        last--;
    return (first > 0 && rules_filler(rules, v.p, first) == FILLER_ROLE) ||
           (last < v.n && rules_filler(rules, v.p + last, v.n - last) == FILLER_ROLE);
}

bool role_alone(const struct rules *rules, struct view v)
{
    size_t words = v.n <= NAME_BYTES ? scan_words(v) : 0;
    return words > 0 && words <= ROLE_WORDS && !scan_ends_sentence(v) &&
           text_is_upper(v.p, scan_letter(v.p, v.n)) && role_like(rules, v);
}

/* The first agency that a word of the text begins with; in "the Lake Times" no other paper's name is. */
static const struct rules_agency *agency_inside(const struct rules *rules, struct view v, struct view *words)
{
    bool capital = false;
    for (size_t at = 0; at < v.n;) {
        size_t used, word = scan_word(v.p + at, v.n - at);
        bool named = capital && word > 0 && rules_filler(rules, v.p + at, word) == FILLER_HOUSE;
        const struct rules_agency *agency =
            word > 0 && !named ? rules_agency_at(rules, v.p + at, v.n - at, &used) : NULL;
        bool upper = word > 0 && text_is_upper(v.p + at, scan_letter(v.p + at, v.n - at));
        if (agency != NULL && upper) {
            *words = (struct view){v.p + at, used};
            return agency;
        }
        capital = word > 0 ? upper : capital && v.p[at] == ' ';
        at += word > 0 ? word : 1;
    }
    return NULL;
}

/* Bytes of a town at the front: one that is known, or up to three words with capitals. */
static size_t town_front(const struct rules *rules, struct view v)
{
    size_t end = 0, best = 0, first = scan_letter(v.p, v.n);
    for (int words = 0; words < 3 && end < v.n; words++) {
        end += scan_blanks(v.p + end, v.n - end);
        while (end < v.n && scan_blank(v.p + end, v.n - end) == 0)
            end++;
        best = rules_place(rules, v.p, end, NULL) != NULL ? end : best;
    }
    if (best > 0)
        return best;
    return first > 0 && text_is_upper(v.p, first) && scan_words(v) <= 3 ? v.n : 0;
}

/* Whether no further word with a capital stands right behind a town. */
static bool town_ends(struct view rest, size_t used)
{
    size_t next = used + scan_blanks(rest.p + used, rest.n - used),
           letter = scan_letter(rest.p + next, rest.n - next);
    return letter == 0 || !text_is_upper(rest.p + next, letter);
}

/* " in CITY" at the end of the names: cut off there. */
static void cut_town(const struct rules *rules, struct view *names, bool phrase, struct view *town)
{
    static const char *const ins[] = {" in ", " IN ", " \xc3\xa0 ", " в ", " en "};
    for (size_t i = 0; i < sizeof ins / sizeof *ins && town->n == 0; i++) {
        const char *at = scan_find(*names, ins[i]);
        if (at == NULL)
            continue;
        struct view rest = scan_trim(view_from(*names, (size_t)(at - names->p) + strlen(ins[i])));
        size_t used = town_front(rules, rest);
        // "Two Die in Mudslide" needs a phrase, or a town that is known; "Lake Choir in Lyon Sings" is a
        // headline.
        bool known = used > 0 && rules_place(rules, rest.p, used, NULL) != NULL;
        if (used == 0 || (!phrase && (!known || !town_ends(rest, used))))
            continue;
        *town = (struct view){rest.p, used};
        names->n = (size_t)(at - names->p);
    }
}

/* " for HOUSE" at the end of the names: cut off there. */
static void cut_house(const struct rules *rules, struct view *names, struct byline *b)
{
    static const char *const fors[] = {" for ", " FOR ", " pour ", " für ", " para ", " для "};
    for (size_t i = 0; i < sizeof fors / sizeof *fors; i++) {
        const char *at = scan_find(*names, fors[i]);
        if (at == NULL)
            continue;
        size_t used;
        struct view rest = scan_trim(view_from(*names, (size_t)(at - names->p) + strlen(fors[i])));
        if (rest.n == 0 || !text_is_upper(rest.p, scan_letter(rest.p, rest.n)))
            continue;
        b->agency = rules_agency_at(rules, rest.p, rest.n, &used);
        b->agency_words = b->agency != NULL ? (struct view){rest.p, used} : rest;
        names->n = (size_t)(at - names->p);
        return;
    }
}

/* Bytes up to the date that stands at p, behind a weekday and a comma. */
static size_t to_date(const struct rules *rules, struct view v)
{
    size_t day = scan_word(v.p, v.n);
    if (day == 0 || rules_weekday(rules, v.p, day) == 0)
        return 0;
    day += day < v.n && v.p[day] == ',';
    return day + scan_blanks(v.p + day, v.n - day);
}

/* " on 8 November 2011 at 14:58 ..." behind the names: cut off there, with what a page says behind it. */
static void cut_when(const struct rules *rules, struct view *line, size_t front, struct byline *b)
{
    static const char *const ons[] = {" on ", " le ", " am ", " el ", " at "}, *const ats[] = {"at ", "à ",
                                                                                               "- ",  ", ",
                                                                                               "um ", ""};
    for (size_t i = 0; i < sizeof ons / sizeof *ons; i++) {
        const char *on = scan_find(view_from(*line, front), ons[i]);
        struct when when = {0};
        if (on == NULL)
            continue;
        struct view rest = view_from(*line, (size_t)(on - line->p) + strlen(ons[i]));
        rest = view_from(rest, to_date(rules, rest));
        size_t used = when_date(rules, rest.p, rest.n, false, &when);
        if (used == 0)
            continue;
        rest = scan_trim(view_from(rest, used));
        for (size_t k = 0; k < sizeof ats / sizeof *ats && !when.has_time; k++)
            if (rest.n > strlen(ats[k]) && memcmp(rest.p, ats[k], strlen(ats[k])) == 0)
                when_time(rules, rest.p + strlen(ats[k]), rest.n - strlen(ats[k]), &when);
        b->when = when;
        line->n = (size_t)(on - line->p);
        return;
    }
}

/* Whether a comma divides names and not a name from its house: two commas, or "and". */
static bool enumerates(struct view v)
{
    size_t commas = 0;
    for (size_t i = 0; i < v.n; i++)
        commas += v.p[i] == ',';
    return commas > 1 || first_name(v) < v.n;
}

/* A house, a town, a date, or all of them. */
static bool take_stamp(const struct rules *rules, struct view chunk, struct byline *b)
{
    struct stamp stamp;
    if (stamp_read(rules, chunk, &stamp)) {
        b->agency = b->agency == NULL ? stamp.agency : b->agency;
        b->agency_words =
            stamp.agency != NULL && b->agency_words.n == 0 ? stamp.agency_words : b->agency_words;
        b->town = b->town.n == 0 ? stamp.town : b->town;
        b->when = stamp.when.day != 0 ? stamp.when : b->when;
        return true;
    }
    return false;
}

/* A number behind a blank at the end: an issue's. */
static bool counts(struct view v)
{
    size_t at = v.n;
    while (at > 0 && v.p[at - 1] >= '0' && v.p[at - 1] <= '9')
        at--;
    return at < v.n && at > 0 && strchr(" #.", v.p[at - 1]) != NULL;
}

/* A chunk behind the first. False: it is nothing that may stand there. */
static bool take_chunk(const struct rules *rules, struct view chunk, bool several, struct byline *b)
{
    size_t used;
    enum rules_credit credit = rules_credit(rules, chunk.p, chunk.n, &used);
    if (credit == CREDIT_SOURCE && b->agency == NULL)
        b->agency = agency_inside(rules, view_from(chunk, used), &b->agency_words);
    if (credit == CREDIT_EDITED || credit == CREDIT_SOURCE)
        return b->phrase; // "Author: A B; source: Lake News"
    if (take_stamp(rules, chunk, b))
        return true;
    if (role_like(rules, chunk)) {
        b->role = chunk;
        b->agency = b->agency == NULL ? agency_inside(rules, chunk, &b->agency_words) : b->agency;
        return true;
    }
    if (several && names_strictly(rules, chunk, true) && b->agency_words.n == 0 && b->role.n == 0) {
        b->names.n = (size_t)(chunk.p + chunk.n - b->names.p); // "A B, C D and E F"
        return true;
    }
    size_t first = scan_letter(chunk.p, chunk.n);
    if (!b->phrase && b->town.n > 0 && b->agency_words.n == 0 && house_named(rules, chunk)) {
        b->agency_words = chunk; // "Anna Example in Gyumri | The Lake Gazette | June 6, 2018"
        return true;
    }
    if (b->phrase && counts(chunk))
        return true; // "CRS No. 312"
    if (!b->phrase || b->agency_words.n > 0 || first == 0 || !text_is_upper(chunk.p, first))
        return false;
    b->agency_words = chunk;
    return true;
}

/* Phrases in front, also two: "BYLINE: By X". *colon: the last ended with one. */
static size_t phrases(const struct rules *rules, struct view line, bool *colon)
{
    size_t at = 0, used;
    *colon = false;
    while (at < line.n && rules_credit(rules, line.p + at, line.n - at, &used) == CREDIT_BY) {
        at += used;
        *colon = *colon || line.p[at - 1] == ':';
        at += scan_blanks(line.p + at, line.n - at);
    }
    return at;
}

/* A date in front of the phrase, perhaps a house in front of that: "samedi 8 novembre 2008, par X", "May 29,
 * 2013
 * - 11:27am, by X", "publié le 8 novembre par X", "Nouvelles du lac, 8 novembre 2008, par X". Bytes up to the
 * phrase. */
static size_t dated_front(const struct rules *rules, struct view line, struct byline *b)
{
    size_t used, at = 0;
    bool figure = *line.p >= '0' && *line.p <= '9';
    bool dates = figure || (rules_word(rules, line.p, scan_word(line.p, line.n)) & (WORD_DATE | WORD_FILLER));
    struct view house = {line.p, 0};
    struct stamp stamp;
    if (!dates && scan_find(line, " 20") == NULL && scan_find(line, " 19") == NULL)
        return 0; // a house stands in front of a year alone
    for (int words = 0; at < line.n && words < DATE_WORDS; words++) {
        while (at < line.n && scan_blank(line.p + at, line.n - at) == 0)
            at++;
        size_t next = at + scan_blanks(line.p + at, line.n - at);
        bool word = scan_letter(line.p + next, line.n - next) > 0;
        if (word && rules_credit(rules, line.p + next, line.n - next, &used) == CREDIT_BY) {
            struct view front = {line.p, at};
            bool dated = stamp_read(rules, front, &stamp) || stamp_behind(rules, front, &house, &stamp);
            if (!dated || stamp.when.day == 0)
                return 0;
            b->when = stamp.when;
            b->agency_words = house;
            b->agency = house.n > 0 ? rules_agency(rules, house.p, house.n) : NULL;
            return next;
        }
        at = next;
    }
    return 0;
}

/* A first name alone, which is one in front of a known house: "Jean / armenews". */
static bool first_alone(const struct rules *rules, struct view v)
{
    size_t first = scan_letter(v.p, v.n), word = scan_word(v.p, v.n);
    return first > 0 && word == v.n && word > first && text_is_upper(v.p, first) &&
           !text_is_upper(v.p, v.n) && rules_word(rules, v.p, word) == 0;
}

/* "De notre correspondante à Bakou, Anne Exemple", or the name in the next line. */
static bool placed(const struct rules *rules, struct view line, size_t end, struct byline *out)
{
    struct view rest = scan_trim(view_from(line, end < line.n ? end + 1 : end));
    if (rest.n > 0 && !name_full(rules, rest))
        return false;
    out->names = rest;
    return true;
}

/* "AUS TIFLIS ANNA BEISPIEL": a town in front of the name, both in capitals. Bytes up to the name. */
static size_t from_town(const struct rules *rules, struct view line, struct view *town)
{
    static const char *const froms[] = {"AUS ", "DESDE ", "DEPUIS "};
    for (size_t i = 0; i < sizeof froms / sizeof *froms; i++) {
        size_t at = strlen(froms[i]);
        if (line.n <= at || memcmp(line.p, froms[i], at) != 0 || !text_is_upper(line.p, line.n))
            continue;
        struct view rest = view_from(line, at), first = {rest.p, scan_word(rest.p, rest.n)};
        size_t known = town_front(rules, rest);
        first.n = known > 0 && known < rest.n ? known : first.n;
        size_t name = first.n + scan_blanks(rest.p + first.n, rest.n - first.n);
        if (!name_full(rules, view_from(rest, name)))
            continue;
        *town = first;
        return at + name;
    }
    return 0;
}

/* Cuts off house and role in front of a name: "By Lake News correspondent Anna Example", "By Radio Lake's Anna
 * Example". */
static void cut_front(const struct rules *rules, struct byline *b)
{
    struct view rest = b->names, words;
    size_t house = 0, word, roles = 0;
    const struct rules_agency *agency = rules_agency_at(rules, rest.p, rest.n, &house);
    words = (struct view){rest.p, house};
    rest = view_from(rest, agency != NULL ? house : 0);
    bool owns = agency != NULL && rest.n > 2 && memcmp(rest.p, "'s", 2) == 0;
    rest = view_from(rest, owns ? 2 : 0);
    for (; (rest = view_from(rest, scan_blanks(rest.p, rest.n))).n > 0; roles++) {
        word = scan_word(rest.p, rest.n);
        if (word == 0 || rules_filler(rules, rest.p, word) != FILLER_ROLE)
            break;
        rest = view_from(rest, word);
    }
    if ((roles == 0 && !owns) || !names_strictly(rules, rest, true))
        return;
    b->agency = agency != NULL ? agency : b->agency;
    b->agency_words = agency != NULL ? words : b->agency_words;
    b->names = rest;
}

bool byline_read(const struct rules *rules, struct view line, struct byline *out)
{
    bool colon, bar = false;
    *out = (struct byline){0};
    if (line.n == 0 || line.n > CREDIT_MAX)
        return false;
    size_t from = from_town(rules, line, &out->town);
    if (from > 0) {
        out->names = view_from(line, from);
        return out->phrase = true;
    }
    line = view_from(line, dated_front(rules, line, out));
    size_t at = phrases(rules, line, &colon);
    out->phrase = at > 0;
    if (out->phrase)
        cut_when(rules, &line, at, out);
    size_t end = chunk_end(line, at);
    size_t blank = out->phrase && line.p[at - 1] == ' ';
    out->names = (struct view){line.p + at - blank, end - at + blank}; // " in Lyon" may be all
    bool told = out->phrase || memchr(line.p, '|', line.n) != NULL;    // "Anna Example in Telavi | Lake News"
    cut_town(rules, &out->names, told, &out->town);
    out->names = scan_trim(out->names);
    if (out->phrase && out->names.n == 0 && out->town.n > 0)
        return placed(rules, line, end, out);
    if (out->phrase)
        cut_house(rules, &out->names, out);
    if (out->phrase)
        cut_front(rules, out);
    bool lone = !colon && first_alone(rules, out->names);
    if (!lone && !(colon ? names_loosely(out->names) : names_strictly(rules, out->names, out->phrase)))
        return false;
    if (!out->phrase && text_is_upper(line.p, line.n) && out->town.n > 0)
        return false; // "BAKERS TO COMPETE IN LYON"
    bool in_town = out->town.n > 0, several = end < line.n && enumerates(view_from(line, at));
    while (end < line.n) {
        size_t next = end + chunk_sign(line.p + end, line.n - end);
        bar = bar || line.p[end] == '|';
        if (take_stamp(rules, view_from(line, next), out))
            break; // a date has commas of its own
        end = chunk_end(line, next);
        struct view chunk = scan_trim((struct view){line.p + next, end - next});
        if (chunk.n > 0 && !take_chunk(rules, chunk, several, out))
            return false;
    }
    if (lone && (out->agency == NULL || (out->when.day != 0 && !out->phrase)))
        return false;
    bool known = out->agency != NULL || out->role.n > 0 || in_town || bar;
    return out->phrase || (known && (out->when.day == 0 || bar));
}

/* --- houses --------------------------------------------------------------------------------------------- */

/* Years, the sign again, "by": what stands between the phrase and the house. */
static size_t copyright_gap(const char *p, size_t n)
{
    size_t at = 0, used = 1;
    int year;
    while (used > 0 && at < n) {
        used = scan_blanks(p + at, n - at);
        used += scan_dash(p + at + used, n - at - used);
        if (used == 0 && n - at >= 2 && memcmp(p + at, "\xc2\xa9", 2) == 0)
            used = 2;
        if (used == 0 && n - at >= 3 && strncasecmp(p + at, "(c)", 3) == 0)
            used = 3;
        if (used == 0 && n - at > 3 && strncasecmp(p + at, "by ", 3) == 0)
            used = 3;
        if (used == 0 && (p[at] == ',' || p[at] == ':' || p[at] == '/'))
            used = 1;
        if (used == 0)
            used = scan_number(p + at, n - at, 4, &year);
        at += used;
    }
    return at;
}

/* The address of a page: "http://www.armenpress.am/eng/1.html" -> "armenpress.am". */
static struct view host(struct view v)
{
    static const char *const fronts[] = {"https://", "http://", "www."};
    for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++)
        if (v.n > strlen(fronts[i]) && strncasecmp(v.p, fronts[i], strlen(fronts[i])) == 0)
            v = view_from(v, strlen(fronts[i]));
    const char *end = memchr(v.p, '/', v.n);
    bool dot = memchr(v.p, '.', v.n) != NULL && memchr(v.p, ' ', v.n) == NULL;
    return end != NULL && dot ? (struct view){v.p, (size_t)(end - v.p)} : v;
}

/* Up to what ends the name: a comma, a sentence, "All rights reserved". */
static struct view house_words(struct view v)
{
    static const char *const ends[] = {", ",          ". ",          "; ",  " All rights",
                                       " ALL RIGHTS", " All Rights", " - ", " | "};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const char *at = scan_find(v, ends[i]);
        v.n = at == NULL ? v.n : (size_t)(at - v.p);
    }
    v = scan_trim(v);
    while (v.n > 0 && strchr(".,)]", v.p[v.n - 1]) != NULL)
        v.n--;
    return v;
}

/* Bytes in front of an editor: "Xinhua| 2022-02-14 20:15:33|Editor: anna". */
static size_t uncredited(const struct rules *rules, struct view v)
{
    size_t used;
    for (size_t at = chunk_end(v, 0); at < v.n; at = chunk_end(v, at)) {
        size_t behind = at + chunk_sign(v.p + at, v.n - at);
        behind += scan_blanks(v.p + behind, v.n - behind);
        if (behind < v.n && rules_credit(rules, v.p + behind, v.n - behind, &used) == CREDIT_EDITED)
            return at;
        at = behind;
    }
    return v.n;
}

/* "Lake Gazette, June 12", "Zerkalo newspaper": a house with nothing but a date behind it. */
static bool house_front(const struct rules *rules, struct view v, struct house *out)
{
    struct stamp stamp;
    size_t end = chunk_end(v, 0);
    struct view name = scan_trim((struct view){v.p, end}), rest = scan_trim(view_from(v, end < v.n ? end + 1 : end));
    if (stamp_read(rules, v, &stamp) && stamp.agency != NULL && !stamp.common) {
        *out = (struct house){stamp.agency_words, stamp.agency, stamp.when};
        return true;
    }
    size_t last = name.n; // "Lake newspaper"
    while (last > 0 && scan_letter(name.p + last - 1, name.n - last + 1) > 0)
        last--;
    bool called = last > 0 && text_is_upper(name.p, scan_letter(name.p, name.n)) &&
                  rules_filler(rules, name.p + last, name.n - last) == FILLER_HOUSE;
    if ((!called && !house_named(rules, name)) || (rest.n > 0 && (!stamp_read(rules, rest, &stamp) || stamp.when.day == 0)))
        return false;
    *out = (struct house){.words = name};
    out->when = rest.n > 0 ? stamp.when : out->when;
    return true;
}

bool house_read(const struct rules *rules, struct view line, struct house *out)
{
    size_t used, same;
    struct stamp stamp;
    *out = (struct house){0};
    if (line.n > CREDIT_MAX)
        return false;
    enum rules_credit credit = rules_credit(rules, line.p, line.n, &used);
    bool round = *line.p == '(';
    if (credit == CREDIT_NONE) {
        line = scan_unbracketed(line);                            // "(Source: Lake News)"
        const char *sign = memmem(line.p, line.n, "\xc2\xa9", 2); // "Posted by us (c) Lake News"
        line = sign != NULL ? view_from(line, (size_t)(sign - line.p)) : line;
        credit = rules_credit(rules, line.p, line.n, &used);
    }
    if (credit == CREDIT_NONE && round && house_front(rules, line, out))
        return true;
    if (credit != CREDIT_COPYRIGHT && credit != CREDIT_SOURCE) {
        // "[FBIS Translated Text]" begins with who read and translated it.
        size_t monitor = *line.p == '[' && rules_agency_at(rules, line.p + 1, line.n - 1, &same) != NULL ? 1 + same : 0;
        bool note = rules_line(rules, line.p, line.n) == RULES_LINE_NOTE;
        line = view_from(line, monitor);
        out->agency = note ? agency_inside(rules, line, &out->words) : NULL;
        return out->agency != NULL;
    }
    used += credit == CREDIT_COPYRIGHT ? copyright_gap(line.p + used, line.n - used) : 0;
    struct view rest = scan_trim(view_from(line, used));
    rest.n = uncredited(rules, rest);
    bool stamped = credit == CREDIT_SOURCE && stamp_read(rules, rest, &stamp);
    out->when = stamped ? stamp.when : out->when;
    rest = house_words(host(rest));
    out->agency = rules_agency_at(rules, rest.p, rest.n, &same);
    struct view inside = rest;
    bool called = rules_filler(rules, rest.p, scan_word(rest.p, rest.n)) == FILLER_HOUSE; // "ИА REGNUM"
    if (out->agency == NULL && called && (out->agency = agency_inside(rules, rest, &inside)) != NULL) {
        out->words = inside;
        return true;
    }
    if (out->agency == NULL && text_is_lower(rest.p, scan_letter(rest.p, rest.n)))
        return false; // "When reprinting or using"
    out->words = out->agency != NULL ? (struct view){rest.p, same} : rest;
    return out->words.n > 0 && out->words.n <= 2 * NAME_BYTES;
}
