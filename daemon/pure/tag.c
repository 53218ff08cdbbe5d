// SPDX-License-Identifier: MIT
/* tag: see tag.h. Folds the text once, has it looked at by the rooms that know something (terms, subjects)
 * and makes topics with reasons of what they say.
 *
 * The memory of the folded text is given back before the first topic is made; what was found meanwhile lies
 * in the search and names words of the rules. */
#include "daemon/pure/tag.h"

#include "daemon/pure/subjects.h"
#include "daemon/pure/terms.h"
#include "daemon/pure/text.h"
#include "proto/topic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK 800         /* bytes of folded text whose words are looked up: some 130 words */
#define WORDS_SHOWN 5    /* of a reason */
#define REASON_BYTES 400 /* WORDS_SHOWN words of 60 and where they stand */
#define MENTIONS_MAX 16  /* countries of a headline */
#define MENTION_WORDS 4  /* "Democratic Republic of Congo", "Papua New Guinea" */

struct tagger {
    const struct rules *rules;
    struct terms *terms;
};

struct tagger *tagger_new(const struct rules *rules, struct err *e)
{
    struct tagger *t = calloc(1, sizeof *t);
    if (t == NULL) {
        err_set(e, "no memory for the topic rules");
        return NULL;
    }
    t->rules = rules;
    t->terms = terms_new(rules, e);
    if (t->terms != NULL)
        return t;
    tagger_free(t);
    return NULL;
}

void tagger_free(struct tagger *t)
{
    if (t == NULL)
        return;
    terms_free(t->terms);
    free(t);
}

/* --- looking ---------------------------------------------------------------------------------- */

/* What the text says. */
struct seen {
    struct terms_search *search;
    struct subjects_verdict subjects;
    const char *mentions[MENTIONS_MAX]; /* codes, each once */
    size_t nmentions;
};

static void add_mention(struct seen *seen, const char *country)
{
    for (size_t i = 0; i < seen->nmentions; i++)
        if (strcmp(seen->mentions[i], country) == 0)
            return;
    if (seen->nmentions < MENTIONS_MAX)
        seen->mentions[seen->nmentions++] = country;
}

/* The longest name that begins with the word at p: its bytes, 0 = none. */
static size_t mention_at(struct seen *seen, const struct rules *rules, struct view v)
{
    const char *found = NULL;
    size_t used = 0, end = 0;
    for (int words = 0; words < MENTION_WORDS && end < v.n; words++) {
        size_t gap = 0, n;
        while (end + gap < v.n && scan_letter(v.p + end + gap, v.n - end - gap) == 0)
            gap++;
        n = scan_word(v.p + end + gap, v.n - end - gap);
        if (n == 0)
            break;
        end += gap + n;
        const char *country = rules_mention(rules, v.p, end, end - n);
        found = country != NULL ? country : found;
        used = country != NULL ? end : used;
        if (words == 0 && !rules_mention_begins(rules, v.p, end))
            break;
    }
    if (found != NULL)
        add_mention(seen, found);
    return used;
}

static void find_mentions(struct seen *seen, const struct rules *rules, struct view v)
{
    while (v.n > 0) {
        size_t word = scan_word(v.p, v.n);
        size_t used = word > 0 ? mention_at(seen, rules, v) : 1;
        v = view_from(v, used > 0 ? used : word);
    }
}

static bool fold(struct arena *arena, const char *text, struct view *out)
{
    *out = (struct view){"", 0};
    if (text == NULL)
        return true;
    out->p = text_fold(arena, text, strlen(text), &out->n);
    return out->p != NULL;
}

/* Up to a blank within LOOK, with WORDS_BEYOND bytes behind it. */
static struct view beginning(struct view text, char out[LOOK + WORDS_BEYOND])
{
    size_t n = text.n < LOOK ? text.n : LOOK;
    while (n > 0 && n < text.n && text.p[n] != ' ')
        n--;
    memcpy(out, text.p, n);
    memset(out + n, 0, WORDS_BEYOND);
    return (struct view){out, n};
}

static enum fate no_memory(struct err *e)
{
    err_set(e, "no memory to tag the text");
    return FATE_RETRY;
}

/* The fields by their bits, as far as any term asks for them; headline and body always. */
static enum fate look_at(struct arena *arena, const struct tagger *t, const struct newswire_dispatch *d,
                         struct seen *seen, struct err *e)
{
    const char *texts[QUERY_FIELDS] = {d->headline, d->body, d->agency, d->by, d->located, d->language};
    struct view folded[QUERY_FIELDS];
    unsigned wanted = terms_fields(t->terms) | QUERY_TEXT;
    for (size_t i = 0; i < QUERY_FIELDS; i++) {
        if ((wanted >> i & 1) == 0)
            continue;
        if (!fold(arena, texts[i], &folded[i]))
            return no_memory(e);
        enum fate fate = terms_look(t->terms, seen->search, (enum query_field)(1u << i), folded[i], e);
        if (fate != FATE_DONE)
            return fate;
    }
    char padded[2][LOOK + WORDS_BEYOND];
    struct view headline = beginning(folded[0], padded[0]), text = beginning(folded[1], padded[1]);
    subjects_judge(t->rules, d->language, headline, text, &seen->subjects);
    find_mentions(seen, t->rules, headline);
    return FATE_DONE;
}

/* --- giving ----------------------------------------------------------------------------------- */

struct given {
    struct arena *arena;
    struct reader_topic *topics;
    size_t n, room;
    bool no_memory;
};

/* The texts one behind the other, up to a NULL; NULL when memory ran out. */
static const char *join(struct arena *arena, const char *const *texts)
{
    size_t n = 0;
    for (const char *const *text = texts; *text != NULL; text++)
        n += strlen(*text);
    char *out = arena_room(arena, n + 1), *at = out;
    for (; out != NULL && *texts != NULL; texts++)
        at = stpcpy(at, *texts);
    return out;
}
#define JOIN(arena, ...) join(arena, (const char *const[]){__VA_ARGS__, NULL})

static void give(struct given *g, const char *topic, const char *reason, int relevance)
{
    if (topic == NULL || reason == NULL) {
        g->no_memory = true;
        return;
    }
    for (size_t i = 0; i < g->n; i++)
        if (strcmp(g->topics[i].topic, topic) == 0)
            return;
    if (g->n < g->room && topic_valid(topic)) // not valid: a name too long for a topic
        g->topics[g->n++] = (struct reader_topic){topic, reason, relevance};
}

static void give_agency(struct given *g, const struct rules *rules, const char *agency)
{
    if (agency == NULL)
        return;
    const struct rules_agency *known = rules_agency(rules, agency, strlen(agency));
    const char *segment = known != NULL ? known->segment : text_segment(g->arena, agency, strlen(agency));
    if (segment == NULL || segment[0] != '\0')
        give(g, segment != NULL ? JOIN(g->arena, "agency/", segment, "/") : NULL,
             JOIN(g->arena, "agency ", agency), 0);
}

static void give_place(struct given *g, const struct rules *rules, const struct newswire_dispatch *d)
{
    const char *country = d->country != NULL ? d->country : "zz";
    if (d->located == NULL && d->country != NULL)
        give(g, JOIN(g->arena, "place/", country, "/"), JOIN(g->arena, "country ", country), 0);
    if (d->located == NULL)
        return;
    // A town has one topic in all spellings that the rules know.
    const struct rules_place *place = rules_place(rules, d->located, strlen(d->located), country);
    const char *town = place != NULL && strcmp(place->country, country) == 0
                           ? place->segment
                           : text_segment(g->arena, d->located, strlen(d->located));
    if (town == NULL || town[0] != '\0')
        give(g, town != NULL ? JOIN(g->arena, "place/", country, "/", town, "/") : NULL,
             JOIN(g->arena, "dateline ", d->located), 0);
}

static void give_language(struct given *g, const char *language, const struct conf_feed *feed)
{
    if (language == NULL)
        return;
    const char *code = text_segment(g->arena, language, strlen(language));
    bool set = strcmp(feed->language, language) == 0;
    give(g, code != NULL ? JOIN(g->arena, "language/", code, "/") : NULL,
         set ? JOIN(g->arena, "[feed ", feed->name, "] language") : "the words of the text", 0);
}

/* Where, and words with the fields they stand in: "'strike' in headline, 'miners' 'coal' in body". */
struct reason {
    char text[REASON_BYTES];
    size_t n;
    const char *field; /* of the last word */
};

/* What has no room is left out whole. */
static void reason_add(struct reason *r, const char *text)
{
    size_t n = strlen(text);
    if (n >= sizeof r->text - r->n)
        return;
    memcpy(r->text + r->n, text, n);
    r->n += n;
}

static void reason_field(struct reason *r)
{
    reason_add(r, " in ");
    reason_add(r, r->field);
}

static void reason_word(struct reason *r, const char *word, const char *field)
{
    if (r->field != NULL && r->field != field) {
        reason_field(r);
        reason_add(r, ",");
    }
    reason_add(r, " '");
    reason_add(r, word);
    reason_add(r, "'");
    r->field = field;
}

static const char *reason_end(struct reason *r, struct arena *arena)
{
    reason_field(r);
    return arena_text(arena, r->text, r->n);
}

/* Half for the first term, half of what is left for each further one; the headline counts twice. */
static int relevance_of(const struct terms_hit *hits, size_t n)
{
    int left = 100;
    for (size_t i = 0; i < n; i++)
        left /= strcmp(hits[i].field, query_fields[0]) == 0 ? 4 : 2;
    return 100 - left;
}

static void give_rule(struct given *g, const struct rules_topic *topic, const struct terms_hit *hits,
                      size_t n)
{
    struct reason r = {.n = 0};
    char line[16];
    const char *slash = strrchr(topic->file, '/');
    snprintf(line, sizeof line, ":%d", hits[0].term->line);
    reason_add(&r, slash != NULL ? slash + 1 : topic->file);
    reason_add(&r, line);
    for (size_t i = 0; i < n && i < WORDS_SHOWN; i++)
        reason_word(&r, hits[i].term->text, hits[i].field);
    give(g, topic->topic, reason_end(&r, g->arena), relevance_of(hits, n));
}

static void give_rules(struct given *g, const struct tagger *t, const struct seen *seen)
{
    struct terms_hit hits[2 * WORDS_SHOWN];
    size_t n;
    for (size_t i = 0; i < terms_topics(seen->search); i++) {
        const struct rules_topic *topic =
            terms_topic(t->terms, seen->search, i, hits, sizeof hits / sizeof *hits, &n);
        if (topic != NULL && (topic->within < 0 || seen->subjects.near[topic->within]))
            give_rule(g, topic, hits, n);
    }
}

static void give_subjects(struct given *g, const struct tagger *t, const struct seen *seen)
{
    const struct rules_subject *subjects;
    size_t n = rules_subjects(t->rules, &subjects), nwords;
    struct subjects_hit words[WORDS_SHOWN];
    for (size_t i = 0; i < n; i++) {
        struct reason r = {.n = 0};
        if (!seen->subjects.given[i] ||
            (nwords = subjects_words(&seen->subjects, i, words, WORDS_SHOWN)) == 0)
            continue;
        reason_add(&r, "weights of");
        for (size_t k = 0; k < 2 * nwords; k++) // once for those of the headline, once for the others
            if (words[k % nwords].headline == (k < nwords))
                reason_word(&r, words[k % nwords].weight->word, query_fields[k < nwords ? 0 : 1]);
        give(g, subjects[i].topic, reason_end(&r, g->arena), seen->subjects.share[i]);
    }
}

static int by_topic(const void *a, const void *b)
{
    return strcmp(((const struct reader_topic *)a)->topic, ((const struct reader_topic *)b)->topic);
}

/* Those of the fields first: when there are too many, the last ones found by words go. */
static void give_all(struct given *g, const struct tagger *t, const struct newswire_dispatch *d,
                     const struct conf_feed *feed, const struct seen *seen)
{
    give(g, JOIN(g->arena, "feed/", feed->name, "/"), JOIN(g->arena, "dropped into feed ", feed->name), 0);
    give_agency(g, t->rules, d->agency);
    give_place(g, t->rules, d);
    give_language(g, d->language, feed);
    for (size_t i = 0; i < feed->ntopics; i++)
        give(g, feed->topics[i], JOIN(g->arena, "[feed ", feed->name, "] topics"), 0);
    for (size_t i = 0; i < seen->nmentions; i++)
        give(g, JOIN(g->arena, "mention/", seen->mentions[i], "/"), "named in the headline", 0);
    give_subjects(g, t, seen);
    give_rules(g, t, seen);
}

static enum fate tag(struct arena *arena, const struct tagger *t, const struct newswire_dispatch *d,
                     const struct conf_feed *feed, struct seen *seen, struct given *g, struct err *e)
{
    struct arena_mark mark = arena_mark(arena);
    enum fate fate = look_at(arena, t, d, seen, e);
    arena_release(arena, mark);
    if (fate != FATE_DONE)
        return fate;
    // Of the fields there are four: feed, agency, place, language.
    size_t room = 4 + feed->ntopics + seen->nmentions + terms_topics(seen->search) + RULES_SUBJECTS_MAX;
    g->room = room < TOPICS_PER_RECORD ? room : TOPICS_PER_RECORD;
    g->topics = arena_alloc(arena, g->room * sizeof *g->topics);
    if (g->topics != NULL)
        give_all(g, t, d, feed, seen);
    return g->topics == NULL || g->no_memory ? no_memory(e) : FATE_DONE;
}

enum fate tag_dispatch(struct arena *arena, const struct tagger *t, const struct newswire_dispatch *d,
                       const struct conf_feed *feed, const struct reader_topic **out, size_t *n,
                       struct err *e)
{
    struct seen seen;
    struct given g = {.arena = arena};
    seen.nmentions = 0;
    seen.search = terms_begin(t->terms);
    if (seen.search == NULL)
        return no_memory(e);
    enum fate fate = tag(arena, t, d, feed, &seen, &g, e);
    terms_end(t->terms, seen.search);
    if (fate != FATE_DONE)
        return fate;
    qsort(g.topics, g.n, sizeof *g.topics, by_topic);
    *out = g.topics;
    *n = g.n;
    return FATE_DONE;
}
