// SPDX-License-Identifier: MIT
/* rules: see rules.h. This file reads rules files into a set; rules_find.c looks things up in it.
 *
 * What is wrong in a file is told with its line and left out; the rest of the file counts. */
#include "daemon/pure/rules.h"

#include "daemon/base/embedded.h"
#include "daemon/pure/evidence.h"
#include "daemon/pure/rules_read.h"
#include "daemon/pure/rules_set.h"
#include "daemon/pure/scan.h"
#include "daemon/pure/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All shipped towns are 3 MB; an operator may bring ten times as many and more. */
#define RULES_MEMORY ((size_t)256 << 20)

bool rulefile_problem(struct reading *r, int line, const char *fmt, ...)
{
    char message[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    r->good = false;
    size_t old = r->out->text == NULL ? 0 : strlen(r->out->text);
    size_t more = strlen(r->file) + strlen(message) + sizeof ":2147483647: \n";
    char *text = realloc(r->out->text, old + more);
    if (text == NULL) {
        r->full = true;
        return true;
    }
    snprintf(text + old, more, "%s:%d: %s\n", r->file, line, message);
    r->out->text = text;
    r->out->count++;
    return true;
}

static void ini_problem(void *user, int line, const char *message)
{
    rulefile_problem(user, line, "%s", message);
}

bool rulefile_full(struct reading *r)
{
    r->good = false;
    r->full = true;
    return false;
}

bool rulefile_text(struct reading *r, const char *value, const char **out)
{
    *out = arena_text(r->rules->arena, value, strlen(value));
    return *out != NULL || rulefile_full(r);
}

bool rulefile_code(struct reading *r, int line, const char *value, const char **out)
{
    char code[3] = "";
    for (int i = 0; i < 2 && value[i] != '\0'; i++)
        code[i] = (char)(value[i] >= 'A' && value[i] <= 'Z' ? value[i] + ('a' - 'A') : value[i]);
    if (strlen(value) != 2 || code[0] < 'a' || code[0] > 'z' || code[1] < 'a' || code[1] > 'z')
        return rulefile_problem(r, line, "'%s' is no country code of two letters (ISO 3166-1)", value);
    return rulefile_text(r, code, out);
}

bool rulefile_key(struct reading *r, struct map *map, const char *key, const void *value)
{
    size_t n;
    char *folded = text_fold(r->rules->arena, key, strlen(key), &n);
    return (folded != NULL && map_put(map, folded, n, value)) || rulefile_full(r);
}

bool rulefile_phrase(struct reading *r, struct phrase **list, const char *value, bool fold, int kind)
{
    struct phrase *phrase = arena_alloc(r->rules->arena, sizeof *phrase);
    if (phrase == NULL)
        return rulefile_full(r);
    *phrase = (struct phrase){.next = *list, .n = strlen(value), .kind = kind};
    phrase->text = fold ? text_fold(r->rules->arena, value, phrase->n, &phrase->n)
                        : arena_text(r->rules->arena, value, phrase->n);
    *list = phrase;
    return phrase->text != NULL || rulefile_full(r);
}

/* --- sections ------------------------------------------------------------------------------------------- */

static bool agency_begin(struct reading *r, const char *name, int line)
{
    size_t n;
    char *key = text_fold(r->rules->arena, name, strlen(name), &n);
    if (key == NULL)
        return rulefile_full(r);
    struct agency *agency = r->rules->agencies;
    while (agency != NULL && strcmp(agency->key, key) != 0)
        agency = agency->next;
    if (agency != NULL && agency->file == r->file)
        return rulefile_problem(r, line, "[agency %s] stands twice in this file", name);
    if (agency == NULL) {
        agency = arena_alloc(r->rules->arena, sizeof *agency);
        if (agency == NULL)
            return rulefile_full(r);
        agency->next = r->rules->agencies;
        r->rules->agencies = agency;
    }
    *agency = (struct agency){.next = agency->next, .key = key, .file = r->file};
    agency->is.segment = text_segment(r->rules->arena, name, strlen(name));
    if (agency->is.segment == NULL)
        return rulefile_full(r);
    if (agency->is.segment[0] == '\0')
        return rulefile_problem(r, line, "'%s' has no letter or digit that could stand in a topic", name);
    r->agency = agency;
    const char *whose = map_get(&r->spellings, key, n);
    if (whose != NULL)
        rulefile_problem(r, line, "'%s' is already a name of [agency %s]", name, whose);
    agency->is.name = name;
    return map_put(&r->spellings, key, n, name) || rulefile_full(r);
}

/* A word that two agencies of a file claim would belong to the later one, and nobody would know. */
static bool agency_alias(struct reading *r, const char *value, int line, bool common, bool namesake)
{
    struct agency *a = r->agency;
    if (!rulefile_phrase(r, &a->aliases, value, true, CREDIT_NONE))
        return false;
    a->aliases->namesake = namesake;
    if (namesake)
        return true;
    a->aliases->common = common;
    const char *whose = map_get(&r->spellings, a->aliases->text, a->aliases->n);
    if (whose != NULL && !(common && whose == a->is.name))
        return rulefile_problem(r, line, "'%s' is already a name of [agency %s]", value, whose);
    return map_put(&r->spellings, a->aliases->text, a->aliases->n, a->is.name) || rulefile_full(r);
}

/* Towns are read before an operator's agencies, but behind the shipped ones (a test looks after those). */
static bool agency_town(struct reading *r, const char *value, int line)
{
    if (r->rules->places.used > 0 && rules_place(r->rules, value, strlen(value), NULL) == NULL)
        return rulefile_problem(r, line, "no town '%s' is known: a .tsv read before this file may name it",
                                value);
    return rulefile_text(r, value, &r->agency->is.town);
}

static bool agency_key(struct reading *r, const char *key, const char *value, int line)
{
    struct agency *a = r->agency;
    if (a == NULL)
        return true;
    bool word = strcmp(key, "word") == 0, namesake = strcmp(key, "namesake") == 0;
    if (word || namesake || strcmp(key, "alias") == 0)
        return agency_alias(r, value, line, word, namesake);
    if (strcmp(key, "town") == 0)
        return agency_town(r, value, line);
    if (strcmp(key, "country") == 0)
        return rulefile_code(r, line, value, &a->is.country);
    if (strcmp(key, "language") == 0)
        return rulefile_text(r, value, &a->is.language);
    if (strcmp(key, "zone") != 0)
        return rulefile_problem(
            r, line, "unknown key '%s' in [agency]: alias, word, namesake, town, country, zone, language",
            key);
    if (!text_zone_known(value))
        return rulefile_problem(r, line, "'%s' is no zone of the tz database", value);
    return rulefile_text(r, value, &a->is.zone);
}

static bool countries_key(struct reading *r, const char *key, const char *value, int line)
{
    const char *code = NULL;
    if (!rulefile_code(r, line, value, &code))
        return false;
    return code == NULL || rulefile_key(r, &r->rules->countries, key, code);
}

/* A weight is a whole number, -9999 to 9999. */
static bool evidence_key(struct reading *r, const char *key, const char *value, int line)
{
    enum evidence e = evidence_named(key);
    int number = 0;
    bool minus = value[0] == '-';
    size_t n = strlen(value + minus);
    if (e == EVIDENCE_N)
        return rulefile_problem(r, line, "there is no evidence of the name '%s'", key);
    if (scan_number(value + minus, n, 4, &number) != n)
        return rulefile_problem(r, line, "'%s' is no weight: a whole number from -9999 to 9999", value);
    r->rules->evidence[e] = minus ? -number : number;
    r->rules->weighed |= EVIDENCE_BIT(e);
    return true;
}

static bool section_begin(struct reading *r, const char *section, int line)
{
    static const struct {
        const char *name;
        enum section is;
    } lists[] = {
        {"months", SECTION_MONTHS},   {"weekdays", SECTION_WEEKDAYS},   {"zones", SECTION_ZONES},
        {"fillers", SECTION_FILLERS}, {"lines", SECTION_LINES},         {"labels", SECTION_LABELS},
        {"credits", SECTION_CREDITS}, {"countries", SECTION_COUNTRIES}, {"evidence", SECTION_EVIDENCE},
        {"mentions", SECTION_MENTIONS},
    };
    r->agency = NULL;
    r->topic = NULL;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (strcmp(section, lists[i].name) == 0) {
            r->section = lists[i].is;
            return true;
        }
    }
    struct view word = {section, strcspn(section, " ")};
    struct view name = scan_trim((struct view){section + word.n, strlen(section) - word.n});
    bool agency = word.n == 6 && memcmp(word.p, "agency", 6) == 0;
    bool topic = word.n == 5 && memcmp(word.p, "topic", 5) == 0;
    bool watch = word.n == 5 && memcmp(word.p, "watch", 5) == 0;
    bool subject = word.n == 7 && memcmp(word.p, "subject", 7) == 0;
    bool weights = word.n == 7 && memcmp(word.p, "weights", 7) == 0;
    r->section = weights     ? SECTION_WEIGHTS
                 : name.n == 0 ? SECTION_NONE
                 : agency    ? SECTION_AGENCY
                 : topic     ? SECTION_TOPIC
                 : watch     ? SECTION_WATCH
                 : subject   ? SECTION_SUBJECT
                             : SECTION_NONE;
    if (r->section == SECTION_NONE)
        return rulefile_problem(r, line, "unknown section [%s]", section);
    const char *kept = arena_text(r->rules->arena, name.p, name.n);
    if (kept == NULL)
        return rulefile_full(r);
    return weights   ? rulefile_weights_begin(r, kept, line)
           : agency  ? agency_begin(r, kept, line)
           : subject ? rulefile_subject_begin(r, kept, line)
                     : rulefile_topic_begin(r, kept, line);
}

static bool ini_each(void *user, const char *section, const char *key, const char *value, int line)
{
    struct reading *r = user;
    if (key == NULL)
        return section_begin(r, section, line);
    if (section[0] == '\0')
        return rulefile_problem(r, line, "'%s' stands before the first section", key);
    if (value[0] == '\0')
        return rulefile_problem(r, line, "'%s' has no value", key);
    switch (r->section) {
    case SECTION_AGENCY:
        return agency_key(r, key, value, line);
    case SECTION_TOPIC:
    case SECTION_WATCH:
        return rulefile_topic(r, key, value, line);
    case SECTION_SUBJECT:
        return rulefile_subject_key(r, key, value, line);
    case SECTION_WEIGHTS:
        return rulefile_weights(r, key, value, line);
    case SECTION_MENTIONS:
        return rulefile_mentions(r, key, value, line);
    case SECTION_MONTHS:
        return rulefile_months(r, key, value, line);
    case SECTION_WEEKDAYS:
        return rulefile_weekdays(r, key, value, line);
    case SECTION_ZONES:
        return rulefile_zones(r, key, value, line);
    case SECTION_FILLERS:
        return rulefile_fillers(r, key, value, line);
    case SECTION_LINES:
        return rulefile_lines(r, key, value, line);
    case SECTION_LABELS:
        return rulefile_labels(r, key, value, line);
    case SECTION_CREDITS:
        return rulefile_credits(r, key, value, line);
    case SECTION_COUNTRIES:
        return countries_key(r, key, value, line);
    case SECTION_EVIDENCE:
        return evidence_key(r, key, value, line);
    case SECTION_NONE:
        break;
    }
    return true;
}

/* --- places --------------------------------------------------------------------------------------------- */

/* Puts a town among those of its name, the biggest first. The map holds a link to the first. */
static bool place_put(struct reading *r, struct place *place, const char *key, size_t n)
{
    struct place *first = (struct place *)(uintptr_t)map_get(&r->rules->places, key, n);
    if (first == NULL || place->is.population > first->is.population) {
        place->next = first;
        return map_put(&r->rules->places, key, n, place) || rulefile_full(r);
    }
    while (first->next != NULL && first->next->is.population >= place->is.population)
        first = first->next;
    place->next = first->next;
    first->next = place;
    return true;
}

static bool place_line(struct reading *r, const char *p, size_t n, int line)
{
    const char *tab = memchr(p, '\t', n);
    const char *tab2 = tab == NULL ? NULL : memchr(tab + 1, '\t', n - (size_t)(tab + 1 - p));
    const char *tab3 = tab2 == NULL ? NULL : memchr(tab2 + 1, '\t', n - (size_t)(tab2 + 1 - p));
    int population = 0;
    size_t digits = tab2 == NULL ? 0 : tab3 != NULL ? (size_t)(tab3 - tab2 - 1) : n - (size_t)(tab2 + 1 - p);
    if (digits == 0 || scan_number(tab2 + 1, digits, 9, &population) != digits || tab == p || tab2 != tab + 3)
        return rulefile_problem(r, line, "not a town: name, country code and population with tabs between");
    struct view topic = tab3 == NULL ? (struct view){p, (size_t)(tab - p)}
                                     : (struct view){tab3 + 1, n - (size_t)(tab3 + 1 - p)};
    struct arena *arena = r->rules->arena;
    struct place *place = arena_alloc(arena, sizeof *place);
    size_t name_n = (size_t)(tab - p), key_n;
    char *name = arena_text(arena, p, name_n), *key = text_fold(arena, p, name_n, &key_n);
    char *segment = text_segment(arena, topic.p, topic.n), *code = arena_text(arena, tab + 1, 2);
    if (place == NULL || name == NULL || key == NULL || segment == NULL || code == NULL)
        return rulefile_full(r);
    const char *country = NULL;
    if (!rulefile_code(r, line, code, &country) || country == NULL)
        return !r->full;
    place->is = (struct rules_place){name, country, segment, (uint32_t)population};
    return place_put(r, place, key, key_n);
}

static void places_read(struct reading *r, const char *text, size_t n)
{
    int line = 0;
    for (size_t at = 0; at < n && !r->full;) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t length = end == NULL ? n - at : (size_t)(end - text) - at;
        struct view v = scan_trim((struct view){text + at, length});
        line++;
        if (v.n > 0 && *v.p != '#')
            place_line(r, v.p, v.n, line);
        at += length + 1;
    }
}

/* --- the set -------------------------------------------------------------------------------------------- */

struct rules *rules_new(void)
{
    struct rules *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->arena = arena_new(RULES_MEMORY);
    r->topic_end = &r->topic_rules;
    if (r->arena == NULL) {
        free(r);
        return NULL;
    }
    return r;
}

void rules_free(struct rules *r)
{
    if (r == NULL)
        return;
    struct map *maps[] = {&r->agency_keys, &r->agency_firsts, &r->words, &r->countries,
                          &r->months,      &r->weekdays,      &r->zones, &r->fillers,
                          &r->lines,       &r->labels,        &r->places};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        map_free(maps[i]);
    for (size_t i = 0; i < r->nlanguages; i++)
        words_free(&r->languages[i].words);
    words_free(&r->mentions);
    words_free(&r->mention_firsts);
    arena_free(r->arena);
    free(r);
}

/* The digest of a set is a chain: of the one before, the file's name and its text. */
static void digest_add(struct rules *r, const char *name, const char *text, size_t n)
{
    uint8_t of_text[IDENTITY_DIGEST], link[2 * IDENTITY_DIGEST + 256];
    size_t name_n = strnlen(name, 256);
    identity_digest(text, n, of_text);
    memcpy(link, r->digest, IDENTITY_DIGEST);
    memcpy(link + IDENTITY_DIGEST, of_text, IDENTITY_DIGEST);
    memcpy(link + 2 * IDENTITY_DIGEST, name, name_n);
    identity_digest(link, 2 * IDENTITY_DIGEST + name_n, r->digest);
}

bool rules_add(struct rules *rules, const char *name, const char *text, size_t n, struct conf_problems *out)
{
    struct reading r = {.rules = rules, .out = out, .good = true};
    r.file = arena_text(rules->arena, name, strlen(name));
    if (r.file == NULL)
        return false;
    size_t name_n = strlen(name);
    digest_add(rules, name, text, n);
    if (name_n > 4 && strcmp(name + name_n - 4, ".tsv") == 0)
        places_read(&r, text, n);
    else if (!ini_read(text, n, ini_each, ini_problem, &r))
        r.good = false;
    map_free(&r.spellings);
    if (r.full)
        rulefile_problem(&r, 0, "out of memory");
    return r.good;
}

/* Every evidence has a weight, or the splitter would be silently wrong. */
static bool evidence_complete(struct rules *rules, struct conf_problems *out)
{
    struct reading r = {.rules = rules, .file = "evidence.rules", .out = out, .good = true};
    for (enum evidence e = 0; e < EVIDENCE_N; e++)
        if ((rules->weighed & EVIDENCE_BIT(e)) == 0)
            rulefile_problem(&r, 1, "'%s' has no weight", evidence_name(e));
    return r.good;
}

bool rules_shipped(struct rules *r, struct conf_problems *out)
{
    for (const struct embedded *file = rules_data; file->name != NULL; file++)
        if (!rules_add(r, file->name, file->text, file->n, out))
            return false;
    return evidence_complete(r, out);
}

const uint8_t *rules_digest(const struct rules *r)
{
    return r->digest;
}
