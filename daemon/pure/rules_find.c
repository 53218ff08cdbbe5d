// SPDX-License-Identifier: MIT
/* rules_find: the lookups of rules.h, and the sealing that makes them fast. Only the head of a text is looked
 * at (FOLD_HEAD bytes): no name or phrase is longer, and a long line costs no more than a short one. */
#include "daemon/pure/fold.h"
#include "daemon/pure/rules_set.h"
#include "daemon/pure/scan.h"

#include <string.h>

/* --- sealing -------------------------------------------------------------------------------------------- */

static size_t first_word(const struct fold_head *f)
{
    size_t i = 1;
    while (i < f->n && !fold_boundary(f, i))
        i++;
    return i;
}

static bool seal_agency_key(struct rules *r, const char *key, size_t n, const struct agency *agency)
{
    struct fold_head f;
    if (n == 0 || !fold_head(key, n, &f))
        return n == 0;
    size_t first = first_word(&f);
    const char *longest = map_get(&r->agency_firsts, key, first);
    if (longest == NULL || strlen(longest) < n)
        longest = key;
    return map_put(&r->agency_keys, key, n, &agency->is) && map_put(&r->agency_firsts, key, first, longest);
}

static bool seal_agencies(struct rules *r)
{
    for (struct agency *a = r->agencies; a != NULL; a = a->next)
        for (struct phrase *alias = a->aliases; alias != NULL; alias = alias->next)
            if (!seal_agency_key(r, alias->text, alias->n, a))
                return false;
    // Names last: an alias never takes another agency's name.
    for (struct agency *a = r->agencies; a != NULL; a = a->next)
        if (a->is.name != NULL && !seal_agency_key(r, a->key, strlen(a->key), a))
            return false;
    return true;
}

static bool seal_topics(struct rules *r)
{
    size_t n = 0;
    for (struct topic_rule *t = r->topic_rules; t != NULL; t = t->next)
        n++;
    r->topics = arena_alloc(r->arena, n * sizeof *r->topics);
    if (r->topics == NULL)
        return false;
    for (struct topic_rule *t = r->topic_rules; t != NULL; t = t->next) {
        const char **words = arena_alloc(r->arena, (t->nwords + 1) * sizeof *words);
        if (words == NULL)
            return false;
        size_t i = t->nwords;
        for (struct phrase *word = t->words; word != NULL; word = word->next)
            words[--i] = word->text;
        r->topics[r->ntopics++] = (struct rules_topic){t->topic, t->rule, words};
    }
    return true;
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
    seal_phrases(&r->credits);
    seal_phrases(&r->prefixes);
    r->sealed = seal_agencies(r) && seal_topics(r);
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

const struct rules_agency *rules_agency(const struct rules *r, const char *p, size_t n)
{
    return whole(&r->agency_keys, p, n);
}

const struct rules_agency *rules_agency_at(const struct rules *r, const char *p, size_t n, size_t *used)
{
    struct fold_head f;
    const struct rules_agency *found = NULL;
    *used = 0;
    n = n < FOLD_HEAD / 2 ? n : FOLD_HEAD / 2;
    // The first word alone says nearly always that there is none.
    size_t word = scan_word(p, n);
    if (word == 0 || !fold_head(p, word, &f) || f.n == 0)
        return NULL;
    const char *longest = map_get(&r->agency_firsts, f.text, first_word(&f));
    if (longest == NULL || !fold_head(p, n, &f))
        return NULL;
    for (size_t i = 1, most = strlen(longest); i <= f.n && i <= most; i++) {
        const struct rules_agency *agency = fold_boundary(&f, i) ? map_get(&r->agency_keys, f.text, i) : NULL;
        if (agency != NULL) {
            found = agency;
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
    const int *number = whole(map, p, n > 1 && p[n - 1] == '.' ? n - 1 : n);
    return number == NULL ? 0 : *number;
}

int rules_month(const struct rules *r, const char *p, size_t n)
{
    return numbered(&r->months, p, n);
}

int rules_weekday(const struct rules *r, const char *p, size_t n)
{
    return numbered(&r->weekdays, p, n);
}

bool rules_filler(const struct rules *r, const char *p, size_t n)
{
    return whole(&r->fillers, p, n) != NULL;
}

/* The longest phrase of the list that the text begins with, as whole words. */
static const struct phrase *phrase_at(const struct phrase *list, const struct fold_head *f)
{
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

bool rules_furniture(const struct rules *r, const char *p, size_t n)
{
    struct fold_head f;
    if (n == 0 || n > FOLD_HEAD || !fold_head(p, n, &f) || !f.whole || f.n == 0)
        return false;
    return map_get(&r->furniture, f.text, f.n) != NULL || phrase_at(r->prefixes, &f) != NULL;
}

enum rules_credit rules_credit(const struct rules *r, const char *p, size_t n, size_t *used)
{
    struct fold_head f;
    *used = 0;
    if (!fold_head(p, n < FOLD_HEAD / 2 ? n : FOLD_HEAD / 2, &f))
        return CREDIT_NONE;
    const struct phrase *phrase = phrase_at(r->credits, &f);
    if (phrase == NULL)
        return CREDIT_NONE;
    *used = f.from[phrase->n];
    return phrase->credit;
}

size_t rules_topics(const struct rules *r, const struct rules_topic **out)
{
    *out = r->topics;
    return r->ntopics;
}
