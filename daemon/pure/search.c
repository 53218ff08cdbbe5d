// SPDX-License-Identifier: MIT
/* search: see search.h. */
#include "daemon/pure/search.h"

#include "daemon/pure/text.h"
#include "proto/rfc3339.h"
#include "proto/utf8.h"

#include <stdio.h>
#include <string.h>

#define BLANKS " \t\r\n"

struct asking {
    struct arena *arena;
    const char *query, *p;
    struct search *out;
    const char *or_at; /* an OR that waits for its second half; NULL: none */
    bool joinable;     /* the item before can be one half of an OR */
    struct err *e;
};

/* One item as it stands there: [-][FIELD:]VALUE. */
struct item {
    const char *at;
    const char *field; /* "" = none */
    char *value;
    bool exclude, begins, quoted;
};

static bool wrong(const struct asking *a, const char *at, const char *words, const char *shown)
{
    size_t column = 1;
    for (const char *p = a->query; p < at; p++)
        column += ((unsigned char)p[1] & 0xc0) != 0x80;
    return err_set(a->e, "column %zu: %s%s", column, words, shown);
}

static bool no_memory(const struct asking *a)
{
    return err_set(a->e, "out of memory");
}

/* --- items ---------------------------------------------------------------------------------------------- */

/* A field is what stands before the first colon, if those are small letters. */
static bool read_field(struct asking *a, struct item *item)
{
    size_t n = strspn(a->p, "abcdefghijklmnopqrstuvwxyz");
    if (n == 0 || a->p[n] != ':') {
        item->field = "";
        return true;
    }
    item->field = arena_text(a->arena, a->p, n);
    a->p += n + 1;
    return item->field != NULL || no_memory(a);
}

static bool read_value(struct asking *a, struct item *item)
{
    item->quoted = *a->p == '"';
    const char *from = a->p + item->quoted;
    size_t n = strcspn(from, item->quoted ? "\"" : BLANKS);
    if (item->quoted && from[n] == '\0')
        return wrong(a, a->p, "a quotation mark is missing at the end of the phrase", "");
    a->p = from + n;
    if (item->quoted) {
        a->p++;
        item->begins = *a->p == '*';
        a->p += item->begins;
        if (*a->p != '\0' && strchr(BLANKS, *a->p) == NULL)
            return wrong(a, a->p, "a blank is missing behind the phrase", "");
    }
    item->value = arena_text(a->arena, from, n);
    return item->value != NULL || no_memory(a);
}

static bool read_item(struct asking *a, struct item *item)
{
    *item = (struct item){.at = a->p};
    item->exclude = *a->p == '-' && a->p[1] != '\0' && strchr(BLANKS, a->p[1]) == NULL;
    a->p += item->exclude;
    return read_field(a, item) && read_value(a, item);
}

/* --- terms ---------------------------------------------------------------------------------------------- */

static struct search_term *new_term(struct asking *a, const struct item *item, enum search_where where)
{
    struct search *s = a->out;
    if (s->n == SEARCH_TERMS_MAX) {
        wrong(a, item->at, "that is one term too many", "");
        return NULL;
    }
    if (a->or_at != NULL && item->exclude) {
        wrong(a, item->at, "what is left out cannot be an alternative", "");
        return NULL;
    }
    s->terms[s->n] = (struct search_term){
        .where = where, .exclude = item->exclude, .alternative = a->or_at != NULL, .begins = item->begins};
    a->or_at = NULL;
    a->joinable = !item->exclude;
    return &s->terms[s->n++];
}

/* Whether an index could have anything of it: a letter or a digit, of any script. */
static bool has_words(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text >= 0x80 || (*text >= '0' && *text <= '9') ||
            (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z'))
            return true;
    return false;
}

static bool put_words(struct asking *a, struct item *item, enum search_where where)
{
    size_t n = strlen(item->value);
    if (!item->quoted && n > 0 && item->value[n - 1] == '*') {
        item->value[n - 1] = '\0';
        item->begins = true;
    }
    if (!has_words(item->value))
        return wrong(a, item->at, "a word to look for was expected", "");
    struct search_term *term = new_term(a, item, where);
    if (term != NULL)
        term->text = item->value;
    return term != NULL;
}

static bool put_topic(struct asking *a, const struct item *item, const char *text)
{
    struct topic_pattern *pattern = arena_alloc(a->arena, sizeof *pattern);
    struct err why = {""};
    if (pattern == NULL)
        return no_memory(a);
    if (!topic_pattern(text, pattern, &why))
        return wrong(a, item->at, why.text, "");
    if (pattern->exclude)
        return wrong(a, item->at, "a topic is left out by a '-' before its field, not by a '!'", "");
    struct search_term *term = new_term(a, item, SEARCH_TOPIC);
    if (term == NULL)
        return false;
    term->topic = pattern;
    return true;
}

/* agency:"France Presse" is agency/france-presse/, place:am/yerevan is place/am/yerevan/. */
static bool put_below(struct asking *a, const struct item *item)
{
    const char *value = item->value;
    if (strcmp(item->field, "agency") == 0 && (value = text_segment(a->arena, value, strlen(value))) == NULL)
        return no_memory(a);
    if (*value == '\0')
        return wrong(a, item->at, "nothing stands behind the colon", "");
    char *topic = arena_printf(a->arena, "%s/%s", item->field, value);
    return topic != NULL ? put_topic(a, item, topic) : no_memory(a);
}

static bool put_time(struct asking *a, const struct item *item, int64_t *bound)
{
    if (item->exclude)
        return wrong(a, item->at, "a time cannot be left out: after: and before: are each other's contrary",
                     "");
    if (a->or_at != NULL)
        return wrong(a, a->or_at, "a time cannot be an alternative", "");
    a->joinable = false;
    return rfc3339_read(item->value, bound) ||
           wrong(a, item->at, "a time was expected, as in after:2026-11-23 or before:2026-11-23T09:00:00Z",
                 "");
}

/* --- the query ------------------------------------------------------------------------------------------ */

static bool put_item(struct asking *a, struct item *item)
{
    static const char *const words[] = {"", "headline", "body", "by"};
    static const char *const topics[] = {"agency", "feed", "place", "subject", "language", "watch"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(item->field, words[i]) == 0)
            return put_words(a, item, (enum search_where)i);
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
        if (strcmp(item->field, topics[i]) == 0)
            return put_below(a, item);
    if (strcmp(item->field, "topic") == 0)
        return put_topic(a, item, item->value);
    if (strcmp(item->field, "after") == 0)
        return put_time(a, item, &a->out->after);
    if (strcmp(item->field, "before") == 0)
        return put_time(a, item, &a->out->before);
    return wrong(
        a, item->at,
        "there are the fields headline, body, by, topic, agency, feed, place, subject, language, watch, "
        "after and before; a word with a colon goes into quotation marks: not ",
        item->field);
}

static bool is_or(const char *p)
{
    return p[0] == 'O' && p[1] == 'R' && (p[2] == '\0' || strchr(BLANKS, p[2]) != NULL);
}

static bool read_or(struct asking *a)
{
    if (a->or_at != NULL || !a->joinable)
        return wrong(a, a->p, "OR stands between two words, phrases or topics", "");
    a->or_at = a->p;
    a->p += 2;
    return true;
}

bool search_read(struct arena *arena, const char *query, struct search *out, struct err *e)
{
    struct asking a = {.arena = arena, .query = query, .p = query, .out = out, .e = e};
    struct item item;
    *out = (struct search){.after = INT64_MIN, .before = INT64_MAX};
    if (utf8_valid(query, strlen(query)) < strlen(query))
        return err_set(e, "the query is not in UTF-8");
    while (*(a.p += strspn(a.p, BLANKS)) != '\0') {
        if (is_or(a.p) ? !read_or(&a) : !read_item(&a, &item) || !put_item(&a, &item))
            return false;
    }
    if (a.or_at != NULL)
        return wrong(&a, a.or_at, "OR stands between two words, phrases or topics", "");
    return true;
}
