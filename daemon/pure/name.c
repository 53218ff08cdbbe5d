// SPDX-License-Identifier: MIT
/* name: what a person's name looks like, and a house's; see credit.h. It knows no names, only their form. */
#include "daemon/pure/credit.h"

#include "daemon/pure/text.h"

#include <string.h>

#define NAME_BYTES 60
#define NAME_WORDS 4  /* with a capital */
#define HOUSE_WORDS 6 /* "The Atlanta Journal and Constitution" */
#define GLUED_MIN 3   /* bytes of a name behind an initial */
#define BARE_MAX 100 /* bytes */
#define FILLER_MIN 4  /* bytes: shorter ones are in names too, "De", "El" */

/* A sign inside a name, a letter before and behind it: "Anna-Maria", "O'Neil", "A.B."; or a full stop. */
static size_t name_sign(const char *p, size_t n)
{
    if (n > 3 && memcmp(p, "\xe2\x80\x99", 3) == 0)
        return 3;
    return n > 0 && (*p == '.' || (n > 1 && (*p == '-' || *p == '\''))) ? 1 : 0;
}

/* Words that join others, in capitals: "SPORT AND CULTURE" is nobody. */
static bool joins(struct view v)
{
    static const char *const words[] = {"AND", "OF",   "THE", "IN",   "FOR", "TO",  "ON",  "И",  "В",  "НА",
                                        "ET",  "UND",  "EN",  "DES",  "LES", "AU",  "AUX", "IM", "ԵՎ", "DES",
                                        "PAR", "POUR", "SUR", "AVEC", "MIT", "CON", "ДЛЯ", "ПО"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == v.n && memcmp(words[i], v.p, v.n) == 0)
            return true;
    return false;
}

/* Words in small letters inside a house's name: "News of the Lake". */
static bool joins_names(struct view v)
{
    static const char *const words[] = {"of", "and", "the", "in", "&", "de", "la"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == v.n && memcmp(words[i], v.p, v.n) == 0)
            return true;
    return false;
}

struct view house_bare(const struct rules *rules, struct view line)
{
    struct view v = line;
    if (v.n == 0 || v.n > BARE_MAX)
        return line;
    const char *bracket = v.p[v.n - 1] == ')' ? memrchr(v.p, '(', v.n) : NULL;
    size_t front = bracket != NULL ? (size_t)(bracket - v.p) : 0, left = front + 1;
    bool address = bracket != NULL && (memmem(v.p + left, v.n - left, "www.", 4) != NULL ||
                                       memmem(v.p + left, v.n - left, "http", 4) != NULL);
    v.n = address ? front : v.n;
    while (v.n > 0 && strchr("*_~:|- ", v.p[v.n - 1]) != NULL)
        v.n--;
    while (v.n > 0 && strchr("*_~| ", *v.p) != NULL)
        v = view_from(v, 1);
    size_t dash = scan_dash(v.p, v.n);
    size_t blank = scan_blanks(v.p + dash, v.n - dash);
    bool sign = dash > 1 || (dash > 0 && blank > 0); // "--SPA" is a mark
    v = view_from(v, sign ? dash + blank : 0);
    bool house = v.n < line.n && v.n > 0 && rules_agency(rules, v.p, v.n) != NULL;
    // The sign in front tells that "Trend" is a house.
    return house && (v.p == line.p || !rules_agency_common(rules, v.p, v.n)) ? v : line;
}

/* "Lake Gazette, The (CA)", "Daily Lake (CA)": where it appears, as libraries list papers. */
static bool house_listed(const struct rules *rules, struct view v)
{
    static const char article[] = ", The";
    const char *open = memrchr(v.p, '(', v.n);
    bool state = open != NULL && open > v.p + 1 && v.p + v.n - open == 4 && open[-1] == ' ' &&
                 open[1] >= 'A' && open[1] <= 'Z' && open[2] >= 'A' && open[2] <= 'Z' && open[3] == ')' &&
                 rules_agency(rules, open + 1, 2) == NULL;
    struct view name = state ? scan_trim((struct view){v.p, (size_t)(open - v.p)}) : v;
    const size_t used = sizeof article - 1;
    bool turned = name.n > used && memcmp(name.p + name.n - used, article, used) == 0;
    size_t small = 0, word;
    for (size_t at = 0; at < name.n; at += word + scan_blanks(name.p + at + word, name.n - at - word)) {
        for (word = 0; at + word < name.n && scan_blank(name.p + at + word, name.n - at - word) == 0;)
            word++;
        bool capital = text_is_upper(name.p + at, scan_letter(name.p + at, word));
        small += !capital && !joins_names((struct view){name.p + at, word});
    }
    return (state || turned) && small == 0;
}

bool house_named(const struct rules *rules, struct view v)
{
    size_t first = scan_letter(v.p, v.n), words = v.n <= NAME_BYTES ? scan_words(v) : 0;
    if (words < 2 || words > HOUSE_WORDS || first == 0 || !text_is_upper(v.p, first) || scan_ends_sentence(v))
        return false;
    bool found = false;
    for (size_t at = 0; at < v.n;) {
        size_t word = scan_word(v.p + at, v.n - at);
        bool capital = word >= FILLER_MIN && text_is_upper(v.p + at, scan_letter(v.p + at, word));
        enum rules_filler filler = capital ? rules_filler(rules, v.p + at, word) : FILLER_NONE;
        bool last = at + word == v.n; // "Lake News", "Kura Press"
        found = found || filler == FILLER_HOUSE || (last && filler == FILLER_WORD);
        at += word > 0 ? word : 1;
    }
    return found || house_listed(rules, v);
}

/* Words in small letters inside a person's name: "Arnaud de la Tour". */
static bool particle(struct view v)
{
    static const char *const words[] = {"de",  "la",  "du",  "des", "d'",  "von", "van", "der", "den",
                                        "zu",  "zur", "vom", "di",  "da",  "dos", "del", "las", "los",
                                        "bin", "ibn", "al",  "el",  "ten", "ter", "af",  "av",  "le"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == v.n && memcmp(words[i], v.p, v.n) == 0)
            return true;
    return false;
}

/* Bytes of a word of a name at p: a capital, letters and signs of names; 0 = it is none. */
static size_t name_word(const char *p, size_t n)
{
    size_t first = scan_letter(p, n), at = 0;
    if (first == 0 || !text_is_upper(p, first))
        return 0;
    while (at < n && scan_blank(p + at, n - at) == 0) {
        size_t used = scan_letter(p + at, n - at);
        used = used > 0 ? used : name_sign(p + at, n - at);
        if (used == 0 || (p[at] >= '0' && p[at] <= '9'))
            return 0;
        at += used;
    }
    bool stop = at == n && p[at - 1] == '.' && at > 3;
    return stop || joins((struct view){p, at}) ? 0 : at;
}

/* "S.Mehdiyarova", "A.B.Petrov": initials that no blank parts from their name. */
static bool initial_glued(struct view word)
{
    size_t at = 0, first;
    while ((first = scan_letter(word.p + at, word.n - at)) > 0 && at + first < word.n && word.p[at + first] == '.')
        at += first + 1;
    return at > 0 && word.n >= at + GLUED_MIN && text_is_upper(word.p + at, first) &&
           memchr(word.p + at, '.', word.n - at) == NULL;
}

/* Whether its words are those of a name, with particles between if they may be. */
static bool name_words(struct view text, bool particles)
{
    size_t words = 0, used = 0;
    if (text.n > NAME_BYTES)
        return false;
    for (size_t at = 0; at < text.n; at += used + scan_blanks(text.p + at + used, text.n - at - used)) {
        size_t small = particles && at > 0 ? scan_word(text.p + at, text.n - at) : 0;
        if (small > 0 && at + small < text.n && particle((struct view){text.p + at, small})) {
            used = small;
            continue;
        }
        used = name_word(text.p + at, text.n - at);
        words += 1 + initial_glued((struct view){text.p + at, used});
        if (used == 0)
            return false;
    }
    return words >= 2 && words <= NAME_WORDS;
}

/* Words that look like a name and are not one: "Published Monday", "Lake Times", "Associated Press Newswires". */
static bool nobody(const struct rules *rules, struct view text)
{
    size_t first = scan_word(text.p, text.n), last = text.n, house;
    while (last > 0 && scan_blank(text.p + last - 1, 1) == 0)
        last--;
    bool front = first >= FILLER_MIN && rules_filler(rules, text.p, first) != FILLER_NONE;
    bool back =
        text.n - last >= FILLER_MIN && rules_filler(rules, text.p + last, text.n - last) != FILLER_NONE;
    if (front || back || house_named(rules, text) || (first == 3 && memcmp(text.p, "The", 3) == 0))
        return true;
    if (scan_words(text) > 2 && rules_agency_at(rules, text.p, text.n, &house) != NULL &&
        scan_words((struct view){text.p, house}) > 1)
        return true;
    return rules_country(rules, text.p, text.n) != NULL || rules_agency(rules, text.p, text.n) != NULL ||
           rules_place(rules, text.p, text.n, NULL) != NULL;
}

bool name_like(const struct rules *rules, struct view text)
{
    return name_words(text, false) && !nobody(rules, text);
}

bool name_full(const struct rules *rules, struct view text)
{
    return name_words(text, true) && !nobody(rules, text);
}

size_t house_over(const struct rules *rules, struct view text)
{
    const char *sign = text.n > NAME_BYTES ? NULL : memmem(text.p, text.n, " - ", 3);
    if (sign == NULL || scan_ends_sentence(text) || !text_is_upper(text.p, scan_letter(text.p, text.n)))
        return text.n;
    struct view name = {text.p, (size_t)(sign - text.p)}, place = scan_trim(view_from(text, name.n + 3));
    const char *comma = memrchr(place.p, ',', place.n);
    struct view land = comma == NULL ? place : scan_trim(view_from(place, (size_t)(comma - place.p) + 1));
    return rules_country(rules, land.p, land.n) != NULL && scan_words(name) < HOUSE_WORDS ? name.n : text.n;
}

size_t house_in_town(const struct rules *rules, struct view text)
{
    const char *open = memrchr(text.p, '(', text.n);
    size_t name = open == NULL ? 0 : (size_t)(open - text.p);
    while (name > 0 && text.p[name - 1] == ' ')
        name--;
    if (name == 0 || text.p[text.n - 1] != ')' || text.n > NAME_BYTES)
        return text.n;
    struct view town = {open + 1, (size_t)(text.p + text.n - open) - 2};
    bool place = rules_place(rules, town.p, town.n, NULL) != NULL || rules_country(rules, town.p, town.n) != NULL;
    return place ? name : text.n;
}
