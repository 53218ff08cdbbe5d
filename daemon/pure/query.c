// SPDX-License-Identifier: MIT
/* query: see query.h. A parser by recursive descent, DEPTH_MAX deep at most, and the tree it makes.
 *
 * Invariant: no query is true of a text in which nothing was found, so that only those with a term in the
 * text need to be asked. */
#include "daemon/pure/query.h"

#include "daemon/pure/scan.h"

#include <string.h>

#define DEPTH_MAX 32 /* of brackets and NOTs; a person loses count far earlier */

const char *const query_fields[QUERY_FIELDS] = {"headline", "body", "agency", "by", "located", "language"};

enum op { TERM, NOT, AND, OR };

struct query {
    enum op op;
    size_t term;
    const struct query *left, *right; /* NOT has no right one */
};

struct parser {
    struct arena *arena;
    const char *p; /* what is left */
    int line, depth;
    struct query_terms *terms;
    struct err *e;
};

static const struct query *read_or(struct parser *r);

static const struct query *no_memory(struct parser *r)
{
    err_set(r->e, "out of memory");
    return NULL;
}

static const struct query *node(struct parser *r, enum op op, const struct query *left,
                                const struct query *right)
{
    struct query *q = arena_alloc(r->arena, sizeof *q);
    if (q == NULL)
        return no_memory(r);
    *q = (struct query){.op = op, .left = left, .right = right};
    return q;
}

static void skip_blanks(struct parser *r)
{
    r->p += scan_blanks(r->p, strlen(r->p));
}

/* Whether the word stands next; it is taken if so. */
static bool take_word(struct parser *r, const char *word)
{
    size_t n = strlen(word);
    skip_blanks(r);
    bool is = strncmp(r->p, word, n) == 0 && strchr(" \t()\"", r->p[n]) != NULL;
    r->p += is ? n : 0;
    return is;
}

static uint8_t take_field(struct parser *r)
{
    for (size_t i = 0; i < QUERY_FIELDS; i++) {
        size_t n = strlen(query_fields[i]);
        if (strncmp(r->p, query_fields[i], n) == 0 && r->p[n] == ':') {
            r->p += n + 1;
            return (uint8_t)(1u << i);
        }
    }
    return QUERY_TEXT;
}

static bool add_term(struct arena *arena, struct query_terms *terms, struct view v,
                     const struct query_term *like)
{
    struct query_term *term = arena_alloc(arena, sizeof *term);
    if (term == NULL)
        return false;
    *term = *like;
    term->begins = !term->regex && v.n > 1 && v.p[v.n - 1] == '*';
    term->text = arena_text(arena, v.p, v.n - term->begins);
    term->next = NULL;
    *(terms->n == 0 ? &terms->first : terms->end) = term;
    terms->end = &term->next;
    terms->n++;
    return term->text != NULL;
}

bool query_phrase(struct arena *arena, const char *text, int line, struct query_terms *terms)
{
    return add_term(arena, terms, (struct view){text, strlen(text)},
                    &(struct query_term){.line = line, .fields = QUERY_TEXT, .alone = true});
}

static bool view_is(struct view v, const char *word)
{
    return v.n == strlen(word) && memcmp(v.p, word, v.n) == 0;
}

/* The text up to the sign that ended it, which a backslash in front keeps in. */
static bool take_quoted(struct parser *r, char sign, struct view *out)
{
    out->p = ++r->p;
    while (*r->p != '\0' && *r->p != sign)
        r->p += 1 + (r->p[0] == '\\' && r->p[1] != '\0');
    out->n = (size_t)(r->p - out->p);
    if (*r->p == '\0')
        return err_set(r->e, "the %c that ends %c%.40s is missing", sign, sign, out->p);
    r->p++;
    return out->n > 0 || err_set(r->e, "nothing stands between %c and %c", sign, sign);
}

static const struct query *read_term(struct parser *r)
{
    struct query_term like = {.line = r->line, .fields = take_field(r)};
    struct view v = {r->p, strcspn(r->p, " \t()\"")};
    like.regex = *r->p == '/';
    bool quoted = like.regex || *r->p == '"';
    if (quoted && !take_quoted(r, *r->p, &v))
        return NULL;
    if (v.n == 0 || (!quoted && (view_is(v, "AND") || view_is(v, "OR")))) {
        err_set(r->e, *r->p == '\0' ? "a word is missing at the end" : "a word is missing before '%.20s'",
                r->p);
        return NULL;
    }
    r->p += quoted ? 0 : v.n;
    struct query *q = arena_alloc(r->arena, sizeof *q);
    if (q == NULL || !add_term(r->arena, r->terms, v, &like))
        return no_memory(r);
    q->term = r->terms->n - 1;
    return q;
}

static const struct query *read_one(struct parser *r)
{
    const struct query *q;
    if (++r->depth > DEPTH_MAX) {
        err_set(r->e, "more than %d brackets within each other", DEPTH_MAX);
        return NULL;
    }
    skip_blanks(r);
    if (take_word(r, "NOT")) {
        q = read_one(r);
        q = q != NULL ? node(r, NOT, q, NULL) : NULL;
    } else if (*r->p == '(') {
        r->p++;
        q = read_or(r);
        skip_blanks(r);
        if (q != NULL && *r->p++ != ')') {
            err_set(r->e, "a ')' is missing");
            q = NULL;
        }
    } else {
        q = read_term(r);
    }
    r->depth--;
    return q;
}

/* Whether a further term of an AND follows, the word itself or not. */
static bool more(struct parser *r)
{
    const char *before = r->p;
    if (take_word(r, "AND"))
        return true;
    bool other = take_word(r, "OR");
    if (other)
        r->p = before;
    return !other && *r->p != '\0' && *r->p != ')';
}

static const struct query *read_and(struct parser *r)
{
    const struct query *q = read_one(r);
    while (q != NULL && more(r)) {
        const struct query *right = read_one(r);
        q = right != NULL ? node(r, AND, q, right) : NULL;
    }
    return q;
}

static const struct query *read_or(struct parser *r)
{
    const struct query *q = read_and(r);
    while (q != NULL && take_word(r, "OR")) {
        const struct query *right = read_and(r);
        q = right != NULL ? node(r, OR, q, right) : NULL;
    }
    return q;
}

bool query_true(const struct query *q, bool (*found)(const void *context, size_t term), const void *context)
{
    // The left side of a row of ANDs or ORs is as deep as the row is long: it is walked down, not called.
    switch (q->op) {
    case TERM:
        return found(context, q->term);
    case NOT:
        return !query_true(q->left, found, context);
    case AND:
    case OR:
        break;
    }
    bool stops = q->op == OR; /* the answer of one side that settles it */
    const struct query *row = q;
    for (; row->op == q->op; row = row->left)
        if (query_true(row->right, found, context) == stops)
            return stops;
    return query_true(row, found, context);
}

static bool nothing_found(const void *context, size_t term)
{
    (void)context;
    (void)term;
    return false;
}

const struct query *query_read(struct arena *arena, const char *text, int line, struct query_terms *terms,
                               struct err *e)
{
    struct parser r = {.arena = arena, .p = text, .line = line, .terms = terms, .e = e};
    const struct query *q = read_or(&r);
    if (q == NULL)
        return NULL;
    if (*r.p != '\0') {
        err_set(e, "what is '%.20s' for?", r.p);
        return NULL;
    }
    if (query_true(q, nothing_found, NULL)) {
        err_set(e, "it is true of every text that has none of its words; say what must be there too");
        return NULL;
    }
    return q;
}
