// SPDX-License-Identifier: MIT
/* rules_find: the lookups of rules.h, and the sealing that makes them fast. Only the head of a text is looked
 * at (FOLD_HEAD bytes): no name or phrase is longer, and a long line costs no more than a short one. */
#include "daemon/pure/fold.h"
#include "daemon/pure/rules_set.h"
#include "daemon/pure/scan.h"

#include <string.h>

#define MONTH_MIN 4    /* letters of a month's name that a slip leaves readable */
#define ZONE_WORDS 4   /* "Central European Summer Time" */
#define LABEL_MAX 40   /* bytes of a label */
#define SECOND_BYTES 8 /* blanks, a sign, and one letter behind a word */
#define NAME_SLACK                                                                                           \
    16 /* bytes that folding takes away from a name, beyond half of it: quotes, blanks in a row */

/* --- sealing -------------------------------------------------------------------------------------------- */

static size_t first_word(const struct fold_head *f)
{
    size_t i = 1;
    while (i < f->n && !fold_boundary(f, i))
        i++;
    return i;
}

/* The bit of struct first_word for what stands behind the first word; of nothing it is that of U+0000. */
static uint64_t second_word(const struct fold_head *f, size_t first)
{
    size_t at = first + (first < f->n && f->text[first] == ' ');
    return UINT64_C(1) << (at < f->n ? (unsigned char)f->text[at] & 63 : 0);
}

static bool seal_agency_key(struct rules *r, const char *key, size_t n, const struct agency *agency,
                            bool common)
{
    struct fold_head f;
    struct spelling *spelling = arena_alloc(r->arena, sizeof *spelling);
    if (n == 0 || spelling == NULL || !fold_head(key, n, &f))
        return n == 0;
    *spelling = (struct spelling){NULL, &agency->is, common};
    size_t length = first_word(&f);
    struct first_word *first = (struct first_word *)(uintptr_t)map_get(&r->agency_firsts, key, length);
    if (first == NULL) {
        first = arena_alloc(r->arena, sizeof *first);
        if (first == NULL || !map_put(&r->agency_firsts, key, length, first))
            return false;
    }
    first->longest = n > first->longest ? n : first->longest;
    first->seconds |= second_word(&f, length);
    return map_put(&r->agency_keys, key, n, spelling);
}

/* A name that is another's first stands behind it. */
static bool seal_namesake(struct rules *r, const struct phrase *alias, const struct agency *agency)
{
    struct spelling *first = (struct spelling *)(uintptr_t)map_get(&r->agency_keys, alias->text, alias->n);
    if (first == NULL)
        return seal_agency_key(r, alias->text, alias->n, agency, false);
    struct spelling *spelling = arena_alloc(r->arena, sizeof *spelling);
    if (spelling == NULL)
        return false;
    *spelling = (struct spelling){first->namesake, &agency->is, first->common};
    first->namesake = spelling;
    return true;
}

/* A name is a common word when the agency says so of it (`word`). */
static bool name_common(const struct agency *a)
{
    for (const struct phrase *alias = a->aliases; alias != NULL; alias = alias->next)
        if (alias->common && strcmp(alias->text, a->key) == 0)
            return true;
    return false;
}

static bool seal_agencies(struct rules *r)
{
    for (struct agency *a = r->agencies; a != NULL; a = a->next)
        for (struct phrase *alias = a->aliases; alias != NULL; alias = alias->next)
            if (!alias->namesake && !seal_agency_key(r, alias->text, alias->n, a, alias->common))
                return false;
    // Names last: an alias never takes another agency's name.
    for (struct agency *a = r->agencies; a != NULL; a = a->next)
        if (a->is.name != NULL && !seal_agency_key(r, a->key, strlen(a->key), a, name_common(a)))
            return false;
    for (struct agency *a = r->agencies; a != NULL; a = a->next)
        for (struct phrase *alias = a->aliases; alias != NULL; alias = alias->next)
            if (alias->namesake && !seal_namesake(r, alias, a))
                return false;
    return true;
}

/* Notes what begins with the first word of a folded key; one that begins with a sign has none. */
static bool seal_word(struct rules *r, const char *key, size_t n, unsigned kind)
{
    size_t word = scan_word(key, n);
    if (word == 0)
        return true;
    struct numbered *known = (struct numbered *)(uintptr_t)map_get(&r->words, key, word);
    if (known == NULL) {
        known = arena_alloc(r->arena, sizeof *known);
        if (known == NULL || !map_put(&r->words, key, word, known))
            return false;
        known->number = 0;
    }
    known->number |= (int)kind;
    return true;
}

static bool seal_phrase_words(struct rules *r, const struct phrases *lists, unsigned kind)
{
    for (size_t i = 0; i < 256; i++)
        for (const struct phrase *at = lists->first[i]; at != NULL; at = at->next)
            if (!seal_word(r, at->text, at->n, kind))
                return false;
    return true;
}

static bool seal_words(struct rules *r)
{
    const struct {
        const struct map *map;
        unsigned kind;
    } keys[] = {{&r->months, WORD_DATE},   {&r->weekdays, WORD_DATE}, {&r->agency_keys, WORD_AGENCY},
                {&r->places, WORD_PLACE},  {&r->lines, WORD_LINE},    {&r->countries, WORD_PLACE},
                {&r->fillers, WORD_FILLER}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        for (size_t k = 0; k < keys[i].map->size; k++) {
            const struct map_slot *slot = &keys[i].map->slots[k];
            if (slot->key != NULL && !seal_word(r, slot->key, slot->n, keys[i].kind))
                return false;
        }
    return seal_phrase_words(r, &r->prefixes, WORD_LINE) && seal_phrase_words(r, &r->credits, WORD_CREDIT);
}

static bool seal_topics(struct rules *r)
{
    size_t n = 0;
    for (struct topic_rule *t = r->topic_rules; t != NULL; t = t->next)
        n++;
    r->topics = arena_alloc(r->arena, n * sizeof *r->topics);
    if (r->topics == NULL)
        return false;
    for (struct topic_rule *t = r->topic_rules; t != NULL; t = t->next)
        r->topics[r->ntopics++] = &t->is;
    return true;
}

static void seal_subjects(struct rules *r)
{
    for (size_t i = 0; i < r->nsubjects; i++) {
        size_t first = 0;
        while (strcmp(r->subjects[first].group, r->subjects[i].group) != 0)
            first++;
        r->subjects[i].near = first;
    }
}

/* The longest first, so that the first phrase that fits is the one. */
static void seal_phrases(struct phrase **list)
{
    struct phrase *sorted = NULL;
    while (*list != NULL) {
        struct phrase *phrase = *list, **at = &sorted;
        *list = phrase->next;
        while (*at != NULL && (*at)->n >= phrase->n)
            at = &(*at)->next;
        phrase->next = *at;
        *at = phrase;
    }
    *list = sorted;
}

bool rules_seal(struct rules *r, struct err *e)
{
    if (r->sealed)
        return true;
    for (size_t i = 0; i < 256; i++) {
        seal_phrases(&r->credits.first[i]);
        seal_phrases(&r->prefixes.first[i]);
    }
    seal_subjects(r);
    r->sealed = seal_agencies(r) && seal_words(r) && seal_topics(r);
    return r->sealed || err_set(e, "out of memory for the rules");
}

/* --- lookups -------------------------------------------------------------------------------------------- */

/* The value of a text as a whole. */
static const void *whole(const struct map *map, const char *p, size_t n)
{
    struct fold_head f;
    if (n == 0 || n > FOLD_HEAD || !fold_head(p, n, &f) || !f.whole)
        return NULL;
    return map_get(map, f.text, f.n);
}

unsigned rules_word(const struct rules *r, const char *p, size_t n)
{
    struct fold_head f;
    if (n == 0 || !fold_head(p, n < FOLD_HEAD ? n : FOLD_HEAD, &f) || f.n == 0)
        return 0;
    const struct numbered *known = map_get(&r->words, f.text, scan_word(f.text, f.n));
    return known == NULL ? 0 : (unsigned)known->number;
}

/* Whether the first word says that none of a kind's keys stands at p; a sign in front says nothing. So end
 * nearly all lookups that are no word's: long texts need not be folded. */
static bool begins_none(const struct rules *r, const char *p, size_t n, unsigned kind)
{
    size_t word = scan_word(p, n);
    return word > 0 && !(rules_word(r, p, word) & kind);
}

const struct rules_agency *rules_agency(const struct rules *r, const char *p, size_t n)
{
    const struct spelling *spelling = whole(&r->agency_keys, p, n);
    return spelling == NULL ? NULL : spelling->agency;
}

const struct rules_agency *rules_agency_near(const struct rules *r, const char *p, size_t n,
                                             const char *country)
{
    const struct spelling *first = whole(&r->agency_keys, p, n);
    for (const struct spelling *at = first; at != NULL && country != NULL; at = at->namesake)
        if (at->agency->country != NULL && strcmp(at->agency->country, country) == 0)
            return at->agency;
    return first == NULL ? NULL : first->agency;
}

bool rules_agency_common(const struct rules *r, const char *p, size_t n)
{
    const struct spelling *spelling = whole(&r->agency_keys, p, n);
    return spelling != NULL && spelling->common;
}

/* At most `most` of n bytes, and what goes on with the last character of these. */
static size_t head_bytes(const char *p, size_t n, size_t most)
{
    while (most < n && ((unsigned char)p[most] & 0xc0) == 0x80)
        most++;
    return most < n ? most : n;
}

const struct rules_agency *rules_agency_at(const struct rules *r, const char *p, size_t n, size_t *used)
{
    struct fold_head f;
    const struct rules_agency *found = NULL;
    *used = 0;
    n = n < FOLD_HEAD / 2 ? n : FOLD_HEAD / 2;
    // The first word, and what the second begins with, say nearly always that there is none.
    size_t word = scan_word(p, n), near = head_bytes(p, n, word + SECOND_BYTES);
    if (word == 0 || !fold_head(p, near, &f) || f.n == 0)
        return NULL;
    size_t length = first_word(&f);
    const struct first_word *first = map_get(&r->agency_firsts, f.text, length);
    if (first == NULL)
        return NULL;
    size_t most = first->seconds & second_word(&f, length) ? first->longest : length;
    if (most > length && !fold_head(p, head_bytes(p, n, most * 2 + NAME_SLACK), &f))
        return NULL;
    for (size_t i = 1; i <= f.n && i <= most; i++) {
        const struct spelling *spelling = fold_boundary(&f, i) ? map_get(&r->agency_keys, f.text, i) : NULL;
        if (spelling != NULL) {
            found = spelling->agency;
            *used = f.from[i];
        }
    }
    return found;
}

const struct rules_place *rules_place(const struct rules *r, const char *p, size_t n, const char *country)
{
    const struct place *biggest = whole(&r->places, p, n);
    for (const struct place *at = biggest; country != NULL && at != NULL; at = at->next)
        if (strcmp(at->is.country, country) == 0)
            return &at->is;
    return biggest == NULL ? NULL : &biggest->is;
}

const char *rules_country(const struct rules *r, const char *p, size_t n)
{
    return whole(&r->countries, p, n);
}

/* "Nov." is "Nov". */
static int numbered(const struct map *map, const char *p, size_t n)
{
    const struct numbered *found = whole(map, p, n > 1 && p[n - 1] == '.' ? n - 1 : n);
    return found == NULL ? 0 : found->number;
}

int rules_month(const struct rules *r, const char *p, size_t n)
{
    return numbered(&r->months, p, n);
}

int rules_weekday(const struct rules *r, const char *p, size_t n)
{
    return numbered(&r->weekdays, p, n);
}

enum rules_filler rules_filler(const struct rules *r, const char *p, size_t n)
{
    return (enum rules_filler)numbered(&r->fillers, p, n);
}

/* Whether one text becomes the other by one letter more, less or else, or by two that change places. */
static bool one_slip(const char *a, size_t na, const char *b, size_t nb)
{
    size_t front = 0, back = 0, least = na < nb ? na : nb;
    while (front < least && a[front] == b[front])
        front++;
    while (back < least - front && a[na - 1 - back] == b[nb - 1 - back])
        back++;
    size_t ma = na - front - back, mb = nb - front - back;
    // A letter beyond ASCII has two bytes or three, the first of which is often the same.
    bool one = ma <= 3 && mb <= 3 && scan_length((struct view){a + front, ma}) <= 1 &&
               scan_length((struct view){b + front, mb}) <= 1;
    bool swapped = ma == 2 && mb == 2 && a[front] == b[front + 1] && a[front + 1] == b[front];
    return one || swapped;
}

int rules_month_near(const struct rules *r, const char *p, size_t n)
{
    struct fold_head f;
    int found = 0;
    if (!fold_head(p, n, &f) || !f.whole || scan_length((struct view){f.text, f.n}) < MONTH_MIN)
        return 0;
    for (const struct month_name *name = r->month_names; name != NULL; name = name->next) {
        bool near = name->n + 3 >= f.n && f.n + 3 >= name->n &&
                    scan_length((struct view){name->text, name->n}) >= MONTH_MIN &&
                    one_slip(f.text, f.n, name->text, name->n);
        if (near && found != 0 && found != name->month)
            return 0;
        found = near ? name->month : found;
    }
    return found;
}

const struct rules_zone *rules_zone_at(const struct rules *r, const char *p, size_t n, size_t *used)
{
    const struct rules_zone *found = NULL;
    size_t end = 0;
    *used = 0;
    for (int words = 0; words < ZONE_WORDS && end < n; words++) {
        size_t at = end + scan_blanks(p + end, n - end), word = scan_word(p + at, n - at);
        const struct rules_zone *zone = word == 0 ? NULL : whole(&r->zones, p, at + word);
        if (word == 0)
            break;
        end = at + word;
        found = zone != NULL ? zone : found;
        *used = zone != NULL ? end : *used;
    }
    return found;
}

/* The longest of the phrases that the text begins with, as whole words. */
static const struct phrase *phrase_at(const struct phrases *lists, const struct fold_head *f)
{
    const struct phrase *list = f->n == 0 ? NULL : lists->first[(unsigned char)f->text[0]];
    for (; list != NULL; list = list->next) {
        if (list->n > f->n || list->n == 0 || memcmp(list->text, f->text, list->n) != 0)
            continue;
        size_t last = list->n - 1;
        while (last > 0 && ((unsigned char)list->text[last] & 0xc0) == 0x80)
            last--;
        bool word = scan_letter(list->text + last, list->n - last) > 0;
        if (!word || fold_boundary(f, list->n))
            return list;
    }
    return NULL;
}

/* Without the sign that announces or points: "Also read:", "Print >>". */
static size_t unsigned_end(const struct fold_head *f)
{
    size_t n = f->n;
    while (n > 0 && strchr(" :>", f->text[n - 1]) != NULL)
        n--;
    return n;
}

enum rules_line rules_line(const struct rules *r, const char *p, size_t n)
{
    struct fold_head f;
    if (n == 0 || n > FOLD_HEAD || begins_none(r, p, n, WORD_LINE) || !fold_head(p, n, &f) || !f.whole ||
        f.n == 0)
        return RULES_LINE_NONE;
    const struct numbered *line = map_get(&r->lines, f.text, f.n);
    if (line != NULL)
        return (enum rules_line)line->number;
    size_t n_unsigned = unsigned_end(&f);
    line = n_unsigned < f.n ? map_get(&r->lines, f.text, n_unsigned) : NULL;
    if (line != NULL && (line->number == RULES_LINE_FURNITURE || line->number == RULES_LINE_CONTENTS))
        return (enum rules_line)line->number;
    const struct phrase *phrase = phrase_at(&r->prefixes, &f);
    return phrase == NULL ? RULES_LINE_NONE : (enum rules_line)phrase->kind;
}

enum rules_label rules_label(const struct rules *r, const char *p, size_t n, size_t *used)
{
    size_t most = n < LABEL_MAX ? n : LABEL_MAX, at = 0;
    while (at < most && p[at] != ':' && p[at] != '=') // "TITLE=X" in radio's scripts
        at++;
    const char *colon = at > 0 && at < most ? p + at : NULL;
    *used = 0;
    if (colon == NULL)
        return LABEL_NONE;
    const struct numbered *label = whole(&r->labels, p, (size_t)(colon - p));
    if (label == NULL)
        return LABEL_NONE;
    *used = (size_t)(colon - p) + 1;
    return (enum rules_label)label->number;
}

enum rules_credit rules_credit(const struct rules *r, const char *p, size_t n, size_t *used)
{
    struct fold_head f;
    *used = 0;
    if (begins_none(r, p, n, WORD_CREDIT) || !fold_head(p, n < FOLD_HEAD / 2 ? n : FOLD_HEAD / 2, &f))
        return CREDIT_NONE;
    const struct phrase *phrase = phrase_at(&r->credits, &f);
    if (phrase == NULL)
        return CREDIT_NONE;
    *used = f.from[phrase->n];
    return (enum rules_credit)phrase->kind;
}

bool rules_mention_begins(const struct rules *r, const char *p, size_t n)
{
    return words_get(&r->mention_firsts, p, n, 1) != NULL;
}

size_t rules_topics(const struct rules *r, const struct rules_topic *const **out)
{
    *out = r->topics;
    return r->ntopics;
}

size_t rules_subjects(const struct rules *r, const struct rules_subject **out)
{
    *out = r->subjects;
    return r->nsubjects;
}

size_t rules_weights(const struct rules *r, const char *language, const struct words *out[2])
{
    size_t n = 0;
    // The tongue of a tag, "pt" of "pt-BR", is what words belong to.
    for (size_t i = r->nlanguages; i-- > 0;) {
        size_t length = strlen(r->languages[i].code);
        bool own = language != NULL && strncmp(r->languages[i].code, language, length) == 0 &&
                   (language[length] == '\0' || language[length] == '-');
        if (length == 0 || own)
            out[n++] = &r->languages[i].words;
    }
    return n;
}

const char *rules_mention(const struct rules *r, const char *p, size_t n, size_t last)
{
    return words_get(&r->mentions, p, n, last + 1);
}

const int *rules_evidence(const struct rules *r)
{
    return r->evidence;
}
