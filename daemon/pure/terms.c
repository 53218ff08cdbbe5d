// SPDX-License-Identifier: MIT
/* terms: see terms.h.
 *
 * All terms lie in one database. Where a phrase begins or ends is looked up around each match: hence no
 * HS_FLAG_SINGLEMATCH, whose only match may lie inside another word. What a search found is noted under its
 * round, so that nothing needs to be cleared for the next: a search costs what it finds, however many terms
 * there are. */
#include "daemon/pure/terms.h"

#include "daemon/pure/text.h"
#include "proto/utf8.h"

#include <hs.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

/* A pattern of one byte that no folded text has. Without one, vectorscan steps over text by the length of the
 * shortest phrase, and what that costs jumps with every phrase: 500 took 1.8 to 7.3 us for 3 KB of the bench,
 * with it 2.0 to 2.3, ten thousand more among them. */
#define EVEN "\\x01"

struct term {
    const struct query_term *is;
    uint32_t topic;              /* of rules_topics() */
    uint32_t n;                  /* bytes of the phrase folded */
    bool word_begins, word_ends; /* with a letter or digit */
};

struct terms {
    const struct rules_topic *const *topics;
    size_t ntopics;
    struct term *terms; /* their index is vectorscan's id */
    uint32_t *first;    /* of each topic */
    size_t n;
    unsigned fields;
    hs_database_t *database; /* NULL: no terms, which vectorscan would refuse */
    hs_scratch_t *scratch;   /* those of searches are cloned from it */
    /* One search is kept at hand; who finds it taken (another thread) makes another. */
    _Atomic(struct terms_search *) *spare;
};

/* A topic with terms found: the first and the last of them. */
struct touched {
    uint32_t round, first, last;
};
struct found {
    uint32_t round, next; /* next of its topic */
    uint8_t field;        /* 0: headline, as in query_fields */
};

struct terms_search {
    hs_scratch_t *scratch;
    uint32_t round;
    struct found *found;     /* per term */
    struct touched *touched; /* per topic */
    uint32_t *topics;        /* those touched in this round */
    size_t ntopics;
    const struct terms *of; /* what is being looked for, where */
    struct view text;
    unsigned field, index;
};

/* --- compiling -------------------------------------------------------------------------------- */

/* Whether the character that begins at p, or ends before it, belongs to a word. */
static bool word_at(const char *p, const char *end)
{
    uint32_t c;
    if (p >= end)
        return false;
    if ((unsigned char)*p < 0x80)
        return scan_letter(p, 1) > 0;
    size_t n = utf8_next(p, (size_t)(end - p), &c);
    return text_has_letter(p, n);
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

struct build {
    struct arena *arena; /* of the patterns, needed only while compiling */
    const char **patterns;
    unsigned *flags, *ids;
};

/* A phrase as an expression: every byte by its number. Vectorscan takes it for the plain text that it is. */
static char *escaped(struct arena *arena, const char *p, size_t n)
{
    static const char hex[] = "0123456789abcdef";
    char *out = arena_alloc(arena, 4 * n + 1), *at = out;
    for (size_t i = 0; out != NULL && i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        memcpy(at, (const char[4]){'\\', 'x', hex[c >> 4], hex[c & 15]}, 4);
        at += 4;
    }
    return out;
}

static bool at_fault(const struct terms *t, const struct term *term, const char *why, struct err *e)
{
    const struct rules_topic *topic = t->topics[term->topic];
    return err_set(e, "%s:%d: '%s': %s", topic->file, term->is->line, term->is->text, why);
}

static bool build_term(struct terms *t, struct build *b, uint32_t topic, const struct query_term *is,
                       struct err *e)
{
    size_t n, at = t->n++;
    struct term *term = &t->terms[at];
    *term = (struct term){.is = is, .topic = topic};
    t->fields |= is->fields;
    b->ids[at] = (unsigned)at;
    b->patterns[at] = is->text;
    b->flags[at] = HS_FLAG_CASELESS | HS_FLAG_DOTALL | HS_FLAG_UTF8 | HS_FLAG_SINGLEMATCH;
    if (is->regex)
        return true;
    char *folded = text_fold(b->arena, is->text, strlen(is->text), &n);
    if (folded != NULL && n == 0)
        return at_fault(t, term, "nothing to look for", e);
    b->flags[at] = 0;
    b->patterns[at] = folded != NULL ? escaped(b->arena, folded, n) : NULL;
    if (b->patterns[at] == NULL)
        return err_set(e, "no memory for the topic rules");
    term->n = (uint32_t)n;
    term->word_begins = word_at(folded, folded + n);
    term->word_ends = !is->begins && word_before(folded, folded + n);
    return true;
}

static bool compile(struct terms *t, struct build *b, struct err *e)
{
    hs_compile_error_t *fault = NULL;
    if (hs_valid_platform() != HS_SUCCESS)
        return err_set(e, "vectorscan needs a processor with SSE4.2 (or NEON)");
    b->patterns[t->n] = EVEN;
    if (hs_compile_multi(b->patterns, b->flags, b->ids, (unsigned)t->n + 1, HS_MODE_BLOCK, NULL, &t->database,
                         &fault) != HS_SUCCESS) {
        const char *why = fault != NULL ? fault->message : "no memory";
        if (fault != NULL && fault->expression >= 0 && (size_t)fault->expression < t->n)
            at_fault(t, &t->terms[fault->expression], why, e);
        else
            err_set(e, "topic rules: %s", why);
        hs_free_compile_error(fault);
        return false;
    }
    return hs_alloc_scratch(t->database, &t->scratch) == HS_SUCCESS ||
           err_set(e, "no memory for the topic rules");
}

static bool build(struct terms *t, size_t n, struct build *b, struct err *e)
{
    // A phrase folds to at most 12 times its bytes (U+FDFA), each four signs; in sum they are far below that.
    b->arena = arena_new((size_t)256 << 20);
    b->patterns = calloc(n + 1, sizeof *b->patterns);
    b->flags = calloc(n + 1, sizeof *b->flags);
    b->ids = calloc(n + 1, sizeof *b->ids);
    t->terms = calloc(n, sizeof *t->terms);
    t->first = calloc(t->ntopics, sizeof *t->first);
    if (b->arena == NULL || b->patterns == NULL || b->flags == NULL || b->ids == NULL || t->terms == NULL ||
        t->first == NULL)
        return err_set(e, "no memory for the topic rules");
    for (uint32_t i = 0; i < t->ntopics; i++) {
        t->first[i] = (uint32_t)t->n;
        for (const struct query_term *is = t->topics[i]->terms.first; is != NULL; is = is->next)
            if (!build_term(t, b, i, is, e))
                return false;
    }
    return compile(t, b, e);
}

struct terms *terms_new(const struct rules *rules, struct err *e)
{
    struct terms *t = calloc(1, sizeof *t);
    struct build b = {0};
    size_t n = 0;
    bool good = t != NULL && (t->spare = calloc(1, sizeof *t->spare)) != NULL;
    if (good) {
        t->ntopics = rules_topics(rules, &t->topics);
        for (size_t i = 0; i < t->ntopics; i++)
            n += t->topics[i]->terms.n;
        good = n == 0 || build(t, n, &b, e);
    } else {
        err_set(e, "no memory for the topic rules");
    }
    arena_free(b.arena);
    free(b.patterns);
    free(b.flags);
    free(b.ids);
    if (good)
        return t;
    terms_free(t);
    return NULL;
}

static void search_free(struct terms_search *s)
{
    if (s == NULL)
        return;
    hs_free_scratch(s->scratch);
    free(s->found);
    free(s->touched);
    free(s->topics);
    free(s);
}

void terms_free(struct terms *t)
{
    if (t == NULL)
        return;
    if (t->spare != NULL)
        search_free(atomic_load(t->spare));
    hs_free_scratch(t->scratch);
    hs_free_database(t->database);
    free((void *)t->spare);
    free(t->first);
    free(t->terms);
    free(t);
}

unsigned terms_fields(const struct terms *t)
{
    return t->fields;
}

/* --- finding ---------------------------------------------------------------------------------- */

static struct terms_search *search_new(const struct terms *t)
{
    struct terms_search *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->found = calloc(t->n + 1, sizeof *s->found);
    s->touched = calloc(t->ntopics + 1, sizeof *s->touched);
    s->topics = calloc(t->ntopics + 1, sizeof *s->topics);
    bool good = s->found != NULL && s->touched != NULL && s->topics != NULL;
    if (good && (t->scratch == NULL || hs_clone_scratch(t->scratch, &s->scratch) == HS_SUCCESS))
        return s;
    search_free(s);
    return NULL;
}

struct terms_search *terms_begin(const struct terms *t)
{
    struct terms_search *s = atomic_exchange(t->spare, NULL);
    if (s != NULL && s->round == UINT32_MAX) { /* no round may come twice */
        search_free(s);
        s = NULL;
    }
    if (s == NULL && (s = search_new(t)) == NULL)
        return NULL;
    s->round++;
    s->ntopics = 0;
    return s;
}

void terms_end(const struct terms *t, struct terms_search *s)
{
    if (s != NULL)
        search_free(atomic_exchange(t->spare, s));
}

static void note(struct terms_search *s, uint32_t id)
{
    uint32_t topic = s->of->terms[id].topic;
    struct touched *touched = &s->touched[topic];
    s->found[id] = (struct found){s->round, NONE, (uint8_t)s->index};
    if (touched->round == s->round) {
        s->found[touched->last].next = id;
        touched->last = id;
        return;
    }
    *touched = (struct touched){s->round, id, id};
    s->topics[s->ntopics++] = topic;
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *context)
{
    (void)from; /* not kept by vectorscan; a phrase's length says it */
    (void)flags;
    struct terms_search *s = context;
    const struct term *term = &s->of->terms[id];
    if (s->found[id].round == s->round || (term->is->fields & s->field) == 0)
        return 0;
    const char *end = s->text.p + to, *begin = end - term->n;
    if ((term->word_begins && word_before(s->text.p, begin)) ||
        (term->word_ends && word_at(end, s->text.p + s->text.n)))
        return 0;
    note(s, id);
    return 0;
}

enum fate terms_look(const struct terms *t, struct terms_search *s, enum query_field field,
                     struct view folded, struct err *e)
{
    if (t->database == NULL || folded.n == 0 || (t->fields & field) == 0)
        return FATE_DONE;
    if (folded.n > UINT32_MAX) {
        err_set(e, "no memory to tag the text");
        return FATE_RETRY;
    }
    s->of = t;
    s->text = folded;
    s->field = field;
    s->index = (unsigned)__builtin_ctz(field);
    hs_error_t code = hs_scan(t->database, folded.p, (unsigned)folded.n, 0, s->scratch, on_match, s);
    if (code == HS_SUCCESS)
        return FATE_DONE;
    err_set(e, "vectorscan: error %d", code);
    return FATE_RETRY;
}

/* --- telling ---------------------------------------------------------------------------------- */

size_t terms_topics(const struct terms_search *s)
{
    return s->ntopics;
}

struct asked {
    const struct terms_search *s;
    uint32_t first;
};

static bool was_found(const void *context, size_t term)
{
    const struct asked *asked = context;
    return asked->s->found[asked->first + term].round == asked->s->round;
}

static bool topic_true(const struct terms *t, const struct terms_search *s, uint32_t topic)
{
    struct asked asked = {s, t->first[topic]};
    for (uint32_t id = s->touched[topic].first; id != NONE; id = s->found[id].next)
        if (t->terms[id].is->alone)
            return true;
    for (const struct rules_query *q = t->topics[topic]->queries; q != NULL; q = q->next)
        if (query_true(q->is, was_found, &asked))
            return true;
    return false;
}

const struct rules_topic *terms_topic(const struct terms *t, const struct terms_search *s, size_t i,
                                      struct terms_hit *hits, size_t most, size_t *n)
{
    uint32_t topic = s->topics[i], id = s->touched[topic].first;
    *n = 0;
    if (!topic_true(t, s, topic))
        return NULL;
    for (; id != NONE && *n < most; id = s->found[id].next)
        hits[(*n)++] = (struct terms_hit){t->terms[id].is, query_fields[s->found[id].field]};
    return t->topics[topic];
}
