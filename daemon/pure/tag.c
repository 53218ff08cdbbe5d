// SPDX-License-Identifier: MIT
/* tag: see tag.h.
 *
 * The rule: one of a topic's phrases anywhere in headline or body, as whole words, gives the topic. Phrases
 * and text are both folded (text_fold), so case, accents, curly quotes and line breaks inside a phrase do not
 * matter, in any script, and vectorscan looks for plain bytes. Where a phrase begins or ends is looked up
 * around each match: hence no HS_FLAG_SINGLEMATCH, whose only match may lie inside another word.
 *
 * No judgement by counting: an operator must be able to say beforehand which dispatch a rule catches. */
#include "daemon/pure/tag.h"
#include "daemon/pure/text.h"
#include "proto/topic.h"
#include "proto/utf8.h"

#include <hs.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct phrase {
    size_t topic; /* of rules_topics() */
    const char *printed;
    size_t n; /* bytes of it folded */
    bool word_begins, word_ends; /* with a letter or digit */
};

/* One scratch is kept at hand; who finds it taken (another thread) makes another. */
struct scratch {
    _Atomic(hs_scratch_t *) spare;
};

struct tagger {
    const struct rules *rules;
    const struct rules_topic *topics;
    size_t ntopics;
    struct phrase *phrases; /* their index is vectorscan's id */
    size_t nphrases;
    hs_database_t *database; /* NULL: no phrases, which vectorscan would refuse */
    hs_scratch_t *first;     /* further ones are cloned from it */
    struct scratch *scratch;
};

/* Whether the character that begins at p, or ends before it, belongs to a word. */
static bool word_at(const char *p, const char *end)
{
    uint32_t c;
    if (p >= end)
        return false;
    size_t n = utf8_next(p, (size_t)(end - p), &c);
    return (c >= '0' && c <= '9') || text_has_letter(p, n);
}

static bool word_before(const char *begin, const char *p)
{
    if (p <= begin)
        return false;
    const char *q = p - 1;
    while (q > begin && ((unsigned char)*q & 0xc0) == 0x80)
        q--;
    return word_at(q, p);
}

/* --- compiling -------------------------------------------------------------------------------- */

struct build {
    struct arena *arena; /* of the folded phrases, needed only while compiling */
    const char **literals;
    size_t *lengths;
    unsigned *flags, *ids;
};

static size_t count_phrases(const struct rules_topic *topics, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        for (const char *const *word = topics[i].words; *word != NULL; word++)
            count++;
    return count;
}

static bool build_phrase(struct tagger *t, struct build *b, size_t topic, const char *printed, struct err *e)
{
    size_t n, at = t->nphrases;
    char *folded = text_fold(b->arena, printed, strlen(printed), &n);
    if (folded == NULL)
        return err_set(e, "no memory for the topic rules");
    if (n == 0)
        return err_set(e, "%s: '%s' holds nothing to look for", t->topics[topic].rule, printed);
    b->literals[at] = folded;
    b->lengths[at] = n;
    b->ids[at] = (unsigned)at;
    t->phrases[at] = (struct phrase){.topic = topic,
                                     .printed = printed,
                                     .n = n,
                                     .word_begins = word_at(folded, folded + n),
                                     .word_ends = word_before(folded, folded + n)};
    t->nphrases++;
    return true;
}

static bool compile(struct tagger *t, struct build *b, struct err *e)
{
    hs_compile_error_t *fault = NULL;
    if (hs_valid_platform() != HS_SUCCESS)
        return err_set(e, "vectorscan needs a processor with SSE4.2 (or NEON)");
    if (hs_compile_lit_multi(b->literals, b->flags, b->ids, b->lengths, (unsigned)t->nphrases, HS_MODE_BLOCK,
                             NULL, &t->database, &fault) != HS_SUCCESS) {
        bool known = fault != NULL && fault->expression >= 0 && (size_t)fault->expression < t->nphrases;
        err_set(e, "%s: %s", known ? t->topics[t->phrases[fault->expression].topic].rule : "topic rules",
                fault != NULL ? fault->message : "no memory");
        hs_free_compile_error(fault);
        return false;
    }
    hs_scratch_t *spare = NULL;
    if (hs_alloc_scratch(t->database, &t->first) != HS_SUCCESS ||
        hs_clone_scratch(t->first, &spare) != HS_SUCCESS)
        return err_set(e, "no memory for the topic rules");
    atomic_store(&t->scratch->spare, spare);
    return true;
}

static bool build(struct tagger *t, size_t count, struct build *b, struct err *e)
{
    // Each phrase folds to at most 12 times its bytes (U+FDFA); in sum they are far below the files' limits.
    b->arena = arena_new((size_t)64 << 20);
    b->literals = calloc(count, sizeof *b->literals);
    b->lengths = calloc(count, sizeof *b->lengths);
    b->flags = calloc(count, sizeof *b->flags);
    b->ids = calloc(count, sizeof *b->ids);
    t->phrases = calloc(count, sizeof *t->phrases);
    if (b->arena == NULL || b->literals == NULL || b->lengths == NULL || b->flags == NULL || b->ids == NULL ||
        t->phrases == NULL)
        return err_set(e, "no memory for the topic rules");
    for (size_t i = 0; i < t->ntopics; i++)
        for (const char *const *word = t->topics[i].words; *word != NULL; word++)
            if (!build_phrase(t, b, i, *word, e))
                return false;
    return compile(t, b, e);
}

struct tagger *tagger_new(const struct rules *rules, struct err *e)
{
    struct tagger *t = calloc(1, sizeof *t);
    struct build b = {0};
    bool good = t != NULL && (t->scratch = calloc(1, sizeof *t->scratch)) != NULL;
    if (good) {
        t->rules = rules;
        t->ntopics = rules_topics(rules, &t->topics);
        size_t count = count_phrases(t->topics, t->ntopics);
        good = count == 0 || build(t, count, &b, e);
    } else {
        err_set(e, "no memory for the topic rules");
    }
    arena_free(b.arena);
    free(b.literals);
    free(b.lengths);
    free(b.flags);
    free(b.ids);
    if (good)
        return t;
    tagger_free(t);
    return NULL;
}

void tagger_free(struct tagger *t)
{
    if (t == NULL)
        return;
    if (t->scratch != NULL)
        hs_free_scratch(atomic_load(&t->scratch->spare));
    hs_free_scratch(t->first);
    hs_free_database(t->database);
    free(t->scratch);
    free(t->phrases);
    free(t);
}

/* --- finding ---------------------------------------------------------------------------------- */

struct search {
    const struct tagger *tagger;
    const char *text, *end;
    const struct phrase **found; /* per topic: the phrase that gave it */
};

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *context)
{
    (void)from; /* not kept by vectorscan; a literal's length says it */
    (void)flags;
    struct search *s = context;
    const struct phrase *phrase = &s->tagger->phrases[id];
    if (s->found[phrase->topic] != NULL)
        return 0;
    const char *end = s->text + to, *begin = end - phrase->n;
    if ((phrase->word_begins && word_before(s->text, begin)) || (phrase->word_ends && word_at(end, s->end)))
        return 0;
    s->found[phrase->topic] = phrase;
    return 0;
}

/* Headline and body are looked at each by itself: no phrase reaches from one into the other. */
static enum fate scan(struct arena *arena, const struct tagger *t, hs_scratch_t *scratch, const char *text,
                      const struct phrase **found, struct err *e)
{
    size_t n;
    if (text == NULL)
        return FATE_DONE;
    struct arena_mark mark = arena_mark(arena);
    char *folded = text_fold(arena, text, strlen(text), &n);
    if (folded == NULL || n > UINT32_MAX) {
        err_set(e, "no memory to tag the text");
        return FATE_RETRY;
    }
    struct search s = {.tagger = t, .text = folded, .end = folded + n, .found = found};
    hs_error_t code = hs_scan(t->database, folded, (unsigned)n, 0, scratch, on_match, &s);
    arena_release(arena, mark);
    if (code == HS_SUCCESS)
        return FATE_DONE;
    err_set(e, "vectorscan: error %d", code);
    return FATE_RETRY;
}

static enum fate find(struct arena *arena, const struct tagger *t, const struct newswire_dispatch *d,
                      const struct phrase **found, struct err *e)
{
    if (t->database == NULL)
        return FATE_DONE;
    hs_scratch_t *scratch = atomic_exchange(&t->scratch->spare, NULL);
    if (scratch == NULL && hs_clone_scratch(t->first, &scratch) != HS_SUCCESS) {
        err_set(e, "no memory to tag the text");
        return FATE_RETRY;
    }
    enum fate fate = scan(arena, t, scratch, d->headline, found, e);
    if (fate == FATE_DONE)
        fate = scan(arena, t, scratch, d->body, found, e);
    hs_free_scratch(atomic_exchange(&t->scratch->spare, scratch));
    return fate;
}

/* --- giving ----------------------------------------------------------------------------------- */

struct given {
    struct reader_topic *topics;
    size_t n, room;
    bool no_memory;
};

static void give(struct given *g, const char *topic, const char *reason)
{
    if (topic == NULL || reason == NULL) {
        g->no_memory = true;
        return;
    }
    for (size_t i = 0; i < g->n; i++)
        if (strcmp(g->topics[i].topic, topic) == 0)
            return;
    if (g->n < g->room && topic_valid(topic)) // not valid: a name too long for a topic
        g->topics[g->n++] = (struct reader_topic){topic, reason};
}

static void give_agency(struct given *g, struct arena *arena, const struct rules *rules, const char *agency)
{
    if (agency == NULL)
        return;
    const struct rules_agency *known = rules_agency(rules, agency, strlen(agency));
    const char *segment = known != NULL ? known->segment : text_segment(arena, agency, strlen(agency));
    if (segment == NULL || segment[0] != '\0')
        give(g, segment != NULL ? arena_printf(arena, "agency/%s/", segment) : NULL,
             arena_printf(arena, "agency %s", agency));
}

static void give_place(struct given *g, struct arena *arena, const struct rules *rules,
                       const struct newswire_dispatch *d)
{
    const char *country = d->country != NULL ? d->country : "zz";
    if (d->located == NULL && d->country != NULL)
        give(g, arena_printf(arena, "place/%s/", country), arena_printf(arena, "country %s", country));
    if (d->located == NULL)
        return;
    // A town has one topic in all spellings that the rules know.
    const struct rules_place *place = rules_place(rules, d->located, strlen(d->located), country);
    const char *town = place != NULL && strcmp(place->country, country) == 0
                           ? place->segment
                           : text_segment(arena, d->located, strlen(d->located));
    if (town == NULL || town[0] != '\0')
        give(g, town != NULL ? arena_printf(arena, "place/%s/%s/", country, town) : NULL,
             arena_printf(arena, "dateline %s", d->located));
}

static void give_language(struct given *g, struct arena *arena, const char *language,
                          const struct conf_feed *feed)
{
    if (language == NULL)
        return;
    const char *code = text_segment(arena, language, strlen(language));
    bool set = strcmp(feed->language, language) == 0;
    give(g, code != NULL ? arena_printf(arena, "language/%s/", code) : NULL,
         set ? arena_printf(arena, "[feed %s] language", feed->name) : "the words of the text");
}

static int by_topic(const void *a, const void *b)
{
    return strcmp(((const struct reader_topic *)a)->topic, ((const struct reader_topic *)b)->topic);
}

/* Those of the fields first: when there are too many, the last ones found by words go. */
static void give_all(struct given *g, struct arena *arena, const struct tagger *t,
                     const struct newswire_dispatch *d, const struct conf_feed *feed,
                     const struct phrase **found)
{
    give(g, arena_printf(arena, "feed/%s/", feed->name),
         arena_printf(arena, "dropped into feed %s", feed->name));
    give_agency(g, arena, t->rules, d->agency);
    give_place(g, arena, t->rules, d);
    give_language(g, arena, d->language, feed);
    for (size_t i = 0; i < feed->ntopics; i++)
        give(g, feed->topics[i], arena_printf(arena, "[feed %s] topics", feed->name));
    for (size_t i = 0; i < t->ntopics; i++)
        if (found[i] != NULL)
            give(g, t->topics[i].topic, arena_printf(arena, "%s '%s'", t->topics[i].rule, found[i]->printed));
}

enum fate tag_dispatch(struct arena *arena, const struct tagger *t, const struct newswire_dispatch *d,
                       const struct conf_feed *feed, const struct reader_topic **out, size_t *n,
                       struct err *e)
{
    const struct phrase **found = arena_alloc(arena, t->ntopics * sizeof *found);
    if (found == NULL) {
        err_set(e, "no memory to tag the text");
        return FATE_RETRY;
    }
    enum fate fate = find(arena, t, d, found, e);
    if (fate != FATE_DONE)
        return fate;
    struct given g = {.room = 4 + feed->ntopics}; /* feed, agency, place, language */
    for (size_t i = 0; i < t->ntopics; i++)
        g.room += found[i] != NULL;
    g.room = g.room < TOPICS_PER_RECORD ? g.room : TOPICS_PER_RECORD;
    g.topics = arena_alloc(arena, g.room * sizeof *g.topics);
    if (g.topics != NULL)
        give_all(&g, arena, t, d, feed, found);
    if (g.topics == NULL || g.no_memory) {
        err_set(e, "no memory to tag the text");
        return FATE_RETRY;
    }
    qsort(g.topics, g.n, sizeof *g.topics, by_topic);
    *out = g.topics;
    *n = g.n;
    return FATE_DONE;
}
