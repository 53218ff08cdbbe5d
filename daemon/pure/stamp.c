// SPDX-License-Identifier: MIT
/* stamp: lines that stand alone; see dateline.h. Piece by piece, and every piece must be understood. */
#include "daemon/pure/dateline.h"

#include "daemon/pure/credit.h"
#include "daemon/pure/text.h"

#include <string.h>

#define STRANGE_MAX 40 /* bytes of a town that nobody knows */
#define COUNTRY_WORDS 4
#define TOWN_WORDS 4
#define NAME_WORDS 4
#define SIGNED_MAX 60 /* bytes of a name and a date */
#define LOOSE_WORDS 5 /* that no piece is: a name, a section */
#define HOUSE_WORDS 8 /* "The Atlanta Journal and Constitution, The (GA)" */

/* Bytes of a sign between the pieces: a middle dot, an Armenian comma, a bullet, quotation marks. */
static size_t stamp_sign(const char *p, size_t n)
{
    static const char *const signs[] = {"\xc2\xb7",     "\xd5\x9d",     "\xc2\xab",
                                        "\xc2\xbb",     "\xe2\x80\xa2", "\xe2\x80\x9c",
                                        "\xe2\x80\x9d", "\xe2\x80\xb9", "\xe2\x80\xba"};
    if (*p != '\0' && strchr(",.|/()[];:\"", *p) != NULL)
        return 1;
    for (size_t i = 0; (unsigned char)*p >= 0x80 && i < sizeof signs / sizeof *signs; i++)
        if (n >= strlen(signs[i]) && memcmp(p, signs[i], strlen(signs[i])) == 0)
            return strlen(signs[i]);
    return 0;
}

/* Signs that may stand between the pieces. */
static size_t stamp_gap(const char *p, size_t n)
{
    size_t i = 0, used;
    while (i < n && ((used = scan_blank(p + i, n - i)) > 0 || (used = scan_dash(p + i, n - i)) > 0 ||
                     (used = stamp_sign(p + i, n - i)) > 0))
        i += used;
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

/* The longest name of a town that begins at p. */
static size_t stamp_town(const struct rules *rules, const char *p, size_t n)
{
    size_t end = 0, best = 0;
    for (int words = 0; words < TOWN_WORDS && end < n; words++) {
        end += scan_blanks(p + end, n - end);
        size_t word = scan_word(p + end, n - end);
        if (word == 0)
            break;
        end += word;
        while (end < n && p[end] == '-' && (word = scan_word(p + end + 1, n - end - 1)) > 0)
            end += 1 + word; /* "Rostov-on-Don" */
        best = rules_place(rules, p, end, NULL) != NULL ? end : best;
    }
    return best;
}

/* "#198", "No. 198", "N198", "Page A4" */
static size_t stamp_issue(const char *p, size_t n)
{
    static const char *const signs[] = {"#",     "No.",    "No",      "N",      "\xe2\x84\x96", "n\xc2\xb0",
                                        "Page",  "page",   "Pg.",     "p.",     "стр.",         "Seite",
                                        "Issue", "Volume", "Vol.",    "Nr.",    "Numéro",       "Número",
                                        "Núm.",  "Heft",   "Ausgabe", "Выпуск", "Номер",        "Համար"};
    int number;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t sign = strlen(signs[i]);
        if (*p != *signs[i] || n <= sign || memcmp(p, signs[i], sign) != 0)
            continue;
        size_t at = sign + scan_blanks(p + sign, n - sign);
        at += n - at > 1 && p[at] >= 'A' && p[at] <= 'F' ? 1 : 0; /* "Page A4" */
        size_t digits = scan_number(p + at, n - at, 6, &number);
        if (digits > 0)
            return at + digits;
    }
    return 0;
}

/* Whether a date stands behind what may be a time of day: "15.18, 14.02.2008". */
static bool date_follows(const struct rules *rules, const char *p, size_t n)
{
    struct when clock = {0}, date = {0};
    size_t at = when_dotted(p, n, &clock);
    at += at > 0 ? stamp_gap(p + at, n - at) : 0;
    return at > 0 && when_date(rules, p + at, n - at, false, &date) > 0 && date.year != 0;
}

/* A date or a time; behind "updated" it counts only when there is no other. */
static size_t stamp_when(const struct rules *rules, const char *p, size_t n, struct stamp *s, bool updated)
{
    struct when later = {0};
    bool dated = s->when.day != 0, printed = dated || s->when.has_time;
    struct when *w = updated && printed && !s->updated ? &later : &s->when;
    size_t used = w->day == 0 && !w->has_time ? when_group(rules, p, n, w) : 0;
    s->group = s->group || used > 0;
    if (used == 0 && (w == &later || !w->has_time))
        used = when_time(rules, p, n, w);
    if (used == 0 && (w == &later || !dated))
        used = when_date(rules, p, n, false, w);
    if (used == 0 && !w->has_time && (w->day != 0 || date_follows(rules, p, n)))
        used = when_dotted(p, n, w);
    s->updated = s->updated || (used > 0 && updated && w == &s->when);
    return used;
}

/* "(Trend)", "/Trend/", "— Trend": a common word with such signs is a house. */
static bool stamp_marked(struct view line, size_t at, size_t end)
{
    size_t dash = scan_dash(line.p, line.n);
    bool signs = dash > 0 && dash + scan_blanks(line.p + dash, line.n - dash) == at && end == line.n;
    return signs || (at > 0 && end < line.n && strchr("(/[*_", line.p[at - 1]) != NULL &&
                     strchr(")/]*_", line.p[end]) != NULL);
}

static size_t stamp_agency(const struct rules *rules, struct view line, size_t at, struct stamp *s)
{
    size_t used;
    const struct rules_agency *agency = rules_agency_at(rules, line.p + at, line.n - at, &used);
    if (agency == NULL)
        return 0;
    bool common = rules_agency_common(rules, line.p + at, used) && !stamp_marked(line, at, at + used);
    if (s->agency == NULL || (s->common && !common)) {
        s->agency = agency;
        s->agency_words = (struct view){line.p + at, used};
        s->common = common;
    }
    return used;
}

/* The desk behind a wire's name, a date behind that: "AP-NY-11-08-04 0612EST". */
static size_t stamp_desk(struct view line, size_t at, const struct stamp *s)
{
    const char *p = line.p + at;
    bool behind =
        s->agency != NULL && p > line.p && p[-1] == '-' && p - 1 == s->agency_words.p + s->agency_words.n;
    return behind && line.n - at > 3 && scan_word(p, line.n - at) == 2 && text_is_upper(p, 2) &&
                   p[2] == '-' && p[3] >= '0' && p[3] <= '9'
               ? 2
               : 0;
}

/* A country or a town, the longer name of both; Armenia is a town in Colombia. */
static size_t stamp_place(const struct rules *rules, const char *p, size_t n, struct stamp *s)
{
    const char *code = NULL;
    size_t country = s->country == NULL ? stamp_country(rules, p, n, &code) : 0;
    bool name = s->town.n == 0 && text_is_upper(p, scan_letter(p, n));
    size_t town = name ? stamp_town(rules, p, n) : 0;
    if (town > country)
        s->town = (struct view){p, town};
    else if (country > 0)
        s->country = code;
    return town > country ? town : country;
}

/* 'Газета "Коммерсантъ"', "ИА REGNUM": what houses are called, in front of one. Then it is no common word. */
static size_t stamp_called(const struct rules *rules, struct view line, size_t at, size_t word, struct stamp *s)
{
    size_t name = at + word + stamp_gap(line.p + at + word, line.n - at - word);
    size_t used = name < line.n ? stamp_agency(rules, line, name, s) : 0;
    s->common = s->common && used == 0;
    return used == 0 ? 0 : name + used - at;
}

/* "#039 (1811)": a number in brackets behind a date counts issues. */
static size_t stamp_count(struct view line, size_t at, const struct stamp *s)
{
    int number;
    size_t digits = scan_number(line.p + at, line.n - at, 6, &number);
    bool round = at > 0 && line.p[at - 1] == '(' && at + digits < line.n && line.p[at + digits] == ')';
    return round && s->when.year != 0 ? digits : 0;
}

/* "SADAKHLO, Georgia": a town that nobody knows at the front, its country behind it. Bytes of the town. */
static size_t stamp_strange(const struct rules *rules, struct view line)
{
    const char *comma = memchr(line.p, ',', line.n < STRANGE_MAX ? line.n : STRANGE_MAX), *code;
    struct view town = {line.p, comma == NULL ? 0 : (size_t)(comma - line.p)};
    size_t first = scan_letter(town.p, town.n), words = scan_words(town);
    bool name = first > 0 && *town.p > '9' && text_is_upper(town.p, first) && !memchr(town.p, '.', town.n) &&
                (words == 1 || (words <= 3 && text_is_upper(town.p, town.n)));
    struct view rest = scan_trim(view_from(line, name ? town.n + 1 : line.n));
    return name && rest.n > 0 && stamp_country(rules, rest.p, rest.n, &code) > 0 ? town.n : 0;
}

/* The piece of the line at `at`: its bytes, 0 = it has no meaning here. */
static size_t stamp_piece(const struct rules *rules, struct view line, size_t at, struct stamp *s,
                          bool *updated)
{
    const char *p = line.p + at;
    size_t n = line.n - at, word = scan_word(p, n), used = 0;
    bool digit = *p >= '0' && *p <= '9';
    unsigned begins = word == 0 ? 0 : rules_word(rules, p, word);
    if ((used = stamp_desk(line, at, s)) > 0) {
        s->group = true;
        return used;
    }
    bool figure = scan_figure_behind(p, n, word);
    if (word > 0 && figure && (used = stamp_issue(p, n)) > 0)
        return used; // "№ 88, 14 мая"
    // A misprinted month is no word of the rules: "NVEMBER 8".
    if (digit || (begins & WORD_DATE) || figure)
        used = stamp_when(rules, p, n, s, *updated);
    if (used == 0 && (begins & WORD_AGENCY))
        used = stamp_agency(rules, line, at, s);
    if (used > 0 || begins == 0)
        return used > 0 ? used : digit ? stamp_count(line, at, s) : stamp_issue(p, n);
    enum rules_filler filler = begins & WORD_FILLER ? rules_filler(rules, p, word) : FILLER_NONE;
    if (filler == FILLER_HOUSE && (used = stamp_called(rules, line, at, word, s)) > 0)
        return used;
    // "Updated: June 5, 2018 | Published: June 4, 2018"
    if (s->updated && filler == FILLER_WORD && word < n && p[word] == ':') {
        s->when = (struct when){0};
        s->updated = *updated = false;
    }
    *updated = *updated || filler == FILLER_UPDATED;
    if (filler == FILLER_ROLE ? s->agency != NULL : filler != FILLER_NONE && filler < FILLER_LENGTH)
        return word;
    if (((begins & WORD_DATE) && rules_weekday(rules, p, word) != 0) ||
        ((begins & WORD_LINE) && rules_line(rules, p, word) == RULES_LINE_KICKER))
        return word;
    if ((used = stamp_issue(p, n)) > 0 || digit)
        return used > 0 ? used : stamp_count(line, at, s);
    bool told = s->when.day != 0 && (begins & WORD_LINE);
    if (told && rules_line(rules, p, n) == RULES_LINE_FURNITURE)
        return n; // a button behind the date: "12 May 2016 - View original"
    return begins & WORD_PLACE ? stamp_place(rules, p, n, s) : 0;
}

/* What the pieces say together. False: nothing. */
static bool stamp_settle(const struct rules *rules, struct stamp *s)
{
    bool dated = s->when.day != 0 || s->when.has_time || s->when.odd;
    s->common = s->common && !dated;
    when_settle(&s->when);
    if (s->agency != NULL && s->country != NULL)
        s->agency = rules_agency_near(rules, s->agency_words.p, s->agency_words.n, s->country);
    return s->agency != NULL || s->country != NULL || s->town.n > 0 || dated;
}

bool stamp_read(const struct rules *rules, struct view line, struct stamp *out)
{
    bool updated = false;
    *out = (struct stamp){0};
    line = scan_trim(line);
    if (line.n == 0 || line.n > STAMP_MAX)
        return false;
    bool strange = false;
    for (size_t at = stamp_gap(line.p, line.n); at < line.n; at += stamp_gap(line.p + at, line.n - at)) {
        size_t used = stamp_piece(rules, line, at, out, &updated);
        if (used == 0 && at == 0 && (used = stamp_strange(rules, line)) > 0) {
            strange = true;
            out->town = (struct view){line.p, used};
        }
        if (used == 0)
            return false;
        at += used;
    }
    return stamp_settle(rules, out) && (!strange || out->when.day != 0);
}

/* Up to the next blank. */
static size_t stamp_token(const char *p, size_t n)
{
    size_t end = 0;
    while (end < n && scan_blank(p + end, n - end) == 0)
        end++;
    return end;
}

/* "lake.news.example": bytes of the address of a page at p. */
static size_t stamp_address(const char *p, size_t n)
{
    size_t end = stamp_token(p, n);
    const char *dot = memrchr(p, '.', end);
    size_t front = dot == NULL ? 0 : scan_word(p, n), behind = dot == NULL ? 0 : end - (size_t)(dot - p) - 1;
    bool letters =
        front > 1 && behind > 1 && *p > '9' && scan_word(dot + 1, behind) == behind && dot[1] >= 'a';
    return letters ? end : 0;
}

/* Bytes of a word that no piece is: with a capital or a figure in front, or any. */
static size_t stamp_word(const char *p, size_t n, bool any)
{
    size_t first = scan_letter(p, n);
    bool capital = first > 0 && (text_is_upper(p, first) || !text_has_letter(p, first));
    return capital || any ? stamp_token(p, n) : 0;
}

/* A person's name at the front of a line, up to a sign, a figure or a town: none of its words means anything
 * here but that of a town, "Sofia". */
static size_t stamp_name(const struct rules *rules, struct view line)
{
    size_t end = 0, word;
    for (size_t words = 0; words < NAME_WORDS; words++) {
        size_t at = end + scan_blanks(line.p + end, line.n - end);
        word = at < line.n && line.p[at] > '9' ? scan_word(line.p + at, line.n - at) : 0;
        bool place = word > 0 && words > 1 && rules_place(rules, line.p + at, word, NULL) != NULL;
        if (word == 0 || place)
            break;
        size_t used;
        if ((rules_word(rules, line.p + at, word) & (WORD_DATE | WORD_FILLER | WORD_LINE | WORD_CREDIT)) ||
            rules_agency_at(rules, line.p + at, line.n - at, &used) != NULL)
            return 0;
        end = at + word;
    }
    return name_like(rules, (struct view){line.p, end}) ? end : 0;
}

/* Bytes of a word that houses are called by, right behind one that nobody knows: "Lake News". */
static size_t stamp_called_so(const struct rules *rules, struct view rest)
{
    size_t blank = scan_blanks(rest.p, rest.n), word = scan_word(rest.p + blank, rest.n - blank);
    enum rules_filler filler = blank == 1 && word > 0 ? rules_filler(rules, rest.p + blank, word) : FILLER_NONE;
    bool called = (filler == FILLER_HOUSE || filler == FILLER_WORD) &&
                  text_is_upper(rest.p + blank, scan_letter(rest.p + blank, word));
    return called ? blank + word : 0;
}

bool stamp_clock(struct view line)
{
    const char *at = line.n > STAMP_MAX ? NULL : memchr(line.p, ':', line.n);
    for (; at != NULL; at = memchr(at + 1, ':', (size_t)(line.p + line.n - at - 1)))
        if (at > line.p && at + 1 < line.p + line.n && at[-1] >= '0' && at[-1] <= '9' && at[1] >= '0' &&
            at[1] <= '5')
            return true;
    return false;
}

/* Bytes of a field that says nothing of who and when: "Category: Foreign Policy". */
static size_t stamp_field(const struct rules *rules, struct view line, size_t at)
{
    size_t used;
    struct view rest = view_from(line, at);
    if (rules_label(rules, rest.p, rest.n, &used) != LABEL_DATA)
        return 0;
    while (used < rest.n && rest.p[used] != '|' && rest.p[used] != ';')
        used++;
    return used;
}

bool stamp_loose(const struct rules *rules, struct view line, bool anchor, struct stamp *out,
                 struct view *front)
{
    bool updated = false, begun = false, clock = stamp_clock(line);
    size_t words = 0, end = 0, first = 0, last = 0;
    *out = (struct stamp){0};
    *front = (struct view){line.p, 0};
    bool may = line.n > 0 && line.n <= SIGNED_MAX && line.p[line.n - 1] >= '0' &&
               line.p[line.n - 1] <= '9'; // "Anna Example 8/11/05"
    if (line.n > STAMP_MAX || (!anchor && !clock && !may) || (!anchor && scan_ends_sentence(line)))
        return false;
    bool named = !clock && !anchor;
    if (named && stamp_name(rules, line) == 0)
        return false;
    for (size_t at = stamp_gap(line.p, line.n); at < line.n; at += stamp_gap(line.p + at, line.n - at)) {
        size_t used = stamp_address(line.p + at, line.n - at);
        if (at == 0 && (end = stamp_name(rules, line)) > 0) {
            at = end;
            begun = true;
            continue;
        }
        used = used > 0 ? used : stamp_field(rules, line, at);
        used = used > 0 ? used : stamp_piece(rules, line, at, out, &updated);
        begun = begun || used > 0;
        size_t word = used > 0 ? 0 : scan_word(line.p + at, line.n - at);
        bool any = anchor || (word > 0 && rules_filler(rules, line.p + at, word) != FILLER_NONE);
        word = used > 0 ? 0 : stamp_word(line.p + at, line.n - at, any);
        word += anchor && word > 0 ? stamp_called_so(rules, view_from(line, at + word)) : 0;
        first = word > 0 && words == 0 ? at : first;
        last = word > 0 && (words == 0 || at == last + 1) ? at + word : last; // up to a sign
        if (used + word == 0 || (word > 0 && (named || ++words > LOOSE_WORDS)))
            return false;
        at += used + word;
        // "20. September 1944: Ein Brief aus Gjumri" is a headline.
        if (used > 0 && out->when.day != 0 && line.n - at > 2 && line.p[at] == ':' && line.p[at + 1] == ' ' &&
            scan_words(view_from(line, at + 1)) > 2)
            return false;
        end = begun ? end : at;
    }
    front->n = end;
    if (end == 0 && last > first) // "/ 16 октября 2010, 18:20 / Lake Online"
        *front = (struct view){line.p + first, last - first};
    bool full = anchor || named ? out->when.year != 0 || out->when.has_time
                                : out->when.day != 0 && out->when.has_time;
    return full && stamp_settle(rules, out);
}

/* Bytes of a sign between a name and a date. */
static size_t behind_sign(const char *p, size_t n)
{
    size_t blank = scan_blanks(p, n), dash = scan_dash(p + blank, n - blank);
    if (n > 1 && (*p == ',' || *p == ';'))
        return 1;
    bool sign = dash > 0 || (blank < n && strchr("|/(", p[blank]) != NULL);
    return blank > 0 && sign ? blank + (dash > 0 ? dash : 1) : 0;
}

/* Without "(RI)" and ", The" behind it. */
static struct view name_plain(struct view name)
{
    const char *bracket = memchr(name.p, '(', name.n);
    name.n = bracket != NULL && bracket > name.p ? (size_t)(bracket - name.p) : name.n;
    name = scan_trim(name);
    name.n -= name.n > 5 && memcmp(name.p + name.n - 5, ", The", 5) == 0 ? 5 : 0;
    return scan_trim(name);
}

/* Whether a stamp with a whole date. */
static bool dated_whole(const struct rules *rules, struct view v, struct stamp *out)
{
    return stamp_read(rules, v, out) && out->when.day != 0 && out->when.year != 0 && !out->when.odd;
}

/* Whether it is a house by its last word: "Lake Gazette". */
static bool called_house(const struct rules *rules, struct view v)
{
    size_t last = v.n;
    while (last > 0 && scan_letter(v.p + last - 1, v.n - last + 1) > 0)
        last--;
    return last < v.n && rules_filler(rules, v.p + last, v.n - last) == FILLER_HOUSE && house_named(rules, v);
}

bool stamp_behind(const struct rules *rules, struct view line, struct view *name, struct stamp *out)
{
    for (size_t at = 0, used; at < line.n && line.n <= STAMP_MAX; at++) {
        struct view front = {line.p, at};
        bool figure = at + 1 < line.n && line.p[at] == ' ' && line.p[at + 1] >= '0' && line.p[at + 1] <= '9';
        used = behind_sign(line.p + at, line.n - at);
        if (used == 0 && (!figure || !called_house(rules, front)))
            continue; // "Lake Gazette 20.09.2014" needs no sign
        struct view back = scan_trim(view_from(line, at + used));
        bool behind = dated_whole(rules, back, out);
        *name = name_plain(behind ? front : back);
        size_t first = scan_letter(name->p, name->n);
        bool named = first > 0 && (*name->p < '0' || *name->p > '9') && text_is_upper(name->p, first) &&
                     scan_words(*name) <= HOUSE_WORDS &&
                     rules_weekday(rules, name->p, scan_word(name->p, name->n)) == 0;
        if (named && (behind || dated_whole(rules, front, out)))
            return true;
    }
    return false;
}
