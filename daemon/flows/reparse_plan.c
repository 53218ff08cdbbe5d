// SPDX-License-Identifier: MIT
/* reparse_plan: see reparse_plan.h. */
#include "daemon/flows/reparse_plan.h"

#include "daemon/flows/fields.h"

#include <stdlib.h>
#include <string.h>

enum closeness { CLOSE_PLACE, CLOSE_HEADLINE, CLOSE_TEXT };

/* A held dispatch and a slice that have bytes in common. */
struct pair {
    size_t held, slice;
    uint64_t common;
    enum closeness close;
};

struct plan {
    const struct reader_result *r;
    const struct store_brought *b;
    struct newswire_dispatch *const *was;
    const struct store_held **of; /* per slice: what it is */
    bool *taken;                  /* per held */
    struct pair *pairs;
    size_t npairs;
};

static uint64_t common(uint64_t a, uint64_t an, uint64_t b, uint64_t bn)
{
    uint64_t from = a > b ? a : b, to = a + an < b + bn ? a + an : b + bn;
    return from < to ? to - from : 0;
}

/* The first slice that ends behind `offset`. */
static size_t slice_behind(const struct reader_result *r, uint64_t offset)
{
    size_t low = 0, high = r->nslices;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->slices[middle].offset + r->slices[middle].length <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum closeness closeness(const struct plan *p, size_t k, const struct newswire_dispatch *now)
{
    const char *was = p->was[k]->headline;
    if (memcmp(now->id, p->b->held[k].identity, NEWSWIRE_ID_LEN) == 0)
        return CLOSE_TEXT;
    bool same = was != NULL && now->headline != NULL && strcmp(was, now->headline) == 0;
    return same ? CLOSE_HEADLINE : CLOSE_PLACE;
}

/* --- matching ------------------------------------------------------------------------------------------- */

/* Pairs of one held dispatch; counted only while there is no list. */
static void add_pairs(struct plan *p, size_t k)
{
    const struct newswire_dispatch *was = p->was[k];
    for (size_t i = slice_behind(p->r, was->offset); i < p->r->nslices; i++) {
        const struct reader_slice *slice = &p->r->slices[i];
        if (slice->offset >= was->offset + was->length)
            break;
        if (slice->why != NULL || p->of[i] != NULL)
            continue;
        if (p->pairs != NULL)
            p->pairs[p->npairs] =
                (struct pair){k, i, common(was->offset, was->length, slice->offset, slice->length),
                              closeness(p, k, &slice->dispatch)};
        p->npairs++;
    }
}

static int by_closeness(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    if (a->close != b->close)
        return a->close > b->close ? -1 : 1;
    if (a->common != b->common)
        return a->common > b->common ? -1 : 1;
    if (a->slice != b->slice)
        return a->slice < b->slice ? -1 : 1;
    return a->held < b->held ? -1 : a->held > b->held;
}

static void collect(struct plan *p, bool canceled)
{
    p->npairs = 0;
    for (size_t k = 0; k < p->b->nheld; k++)
        if ((p->b->held[k].kind == NEWSWIRE_CANCELED) == canceled)
            add_pairs(p, k);
}

static bool match(struct plan *p, struct arena *arena, bool canceled)
{
    p->pairs = NULL;
    collect(p, canceled); // counts
    p->pairs = arena_alloc(arena, p->npairs * sizeof *p->pairs);
    if (p->pairs == NULL)
        return false;
    collect(p, canceled);
    qsort(p->pairs, p->npairs, sizeof *p->pairs, by_closeness);
    for (size_t i = 0; i < p->npairs; i++) {
        const struct pair *pair = &p->pairs[i];
        if (p->of[pair->slice] != NULL || p->taken[pair->held])
            continue;
        p->of[pair->slice] = &p->b->held[pair->held];
        p->taken[pair->held] = true;
    }
    return true;
}

/* --- judging -------------------------------------------------------------------------------------------- */

static bool same_fields(const struct newswire_dispatch *a, const struct newswire_dispatch *b)
{
    char of_a[FIELDS_SCRATCH], of_b[FIELDS_SCRATCH];
    for (size_t i = 0; fields_names[i] != NULL; i++) {
        const char *x = fields_value(a, i, of_a), *y = fields_value(b, i, of_b);
        if ((x == NULL) != (y == NULL) || (x != NULL && strcmp(x, y) != 0))
            return false;
    }
    return true;
}

static bool same_topics(const struct store_held *held, const struct reader_slice *slice)
{
    if (held->ntopics != slice->ntopics)
        return false;
    for (size_t i = 0; i < slice->ntopics; i++)
        if (strcmp(held->topics[i], slice->topics[i].topic) != 0)
            return false;
    return true;
}

/* They are in order and disjoint, as slices are: the last that begins in front of the slice's end will do. */
static bool met_again(const struct plan *p, const struct reader_slice *slice)
{
    size_t low = 0, high = p->b->nagain;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->b->again[middle].offset < slice->offset + slice->length)
            low = middle + 1;
        else
            high = middle;
    }
    const struct store_span *last = low > 0 ? &p->b->again[low - 1] : NULL;
    return last != NULL && common(last->offset, last->length, slice->offset, slice->length) > 0;
}

static struct reparse_change judge_slice(const struct plan *p, size_t i)
{
    const struct reader_slice *slice = &p->r->slices[i];
    const struct store_held *held = p->of[i];
    struct reparse_change out = {.slice = slice, .held = held};
    if (held == NULL) {
        out.what = met_again(p, slice) ? REPARSE_ELSEWHERE : REPARSE_NEW;
        return out;
    }
    out.was = p->was[held - p->b->held];
    bool back = held->kind == NEWSWIRE_CANCELED;
    out.what = back || !same_fields(out.was, &slice->dispatch) ? REPARSE_REVISED
               : !same_topics(held, slice)                     ? REPARSE_RETAGGED
                                                               : REPARSE_SAME;
    return out;
}

static size_t line_behind(const struct reader_result *r, uint64_t offset)
{
    size_t low = 0, high = r->nlines;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->lines[middle].offset + r->lines[middle].length <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A line that says something and stands in no dispatch would be lost: then it is not canceled. */
static struct reparse_change judge_gone(const struct plan *p, size_t k)
{
    const struct newswire_dispatch *was = p->was[k];
    struct reparse_change out = {.what = REPARSE_CANCELED, .held = &p->b->held[k], .was = was};
    for (size_t i = line_behind(p->r, was->offset); i < p->r->nlines; i++) {
        const struct reader_line *line = &p->r->lines[i];
        if (line->offset >= was->offset + was->length)
            break;
        if (line->text_n == 0)
            continue;
        const struct reader_slice *in = line->slice == 0 ? NULL : &p->r->slices[line->slice - 1];
        if (in == NULL || in->why != NULL)
            out.what = REPARSE_KEPT;
        if (out.successor == NULL)
            out.successor = in;
    }
    if (out.successor == NULL)
        out.what = REPARSE_KEPT;
    return out;
}

static int by_place(const void *left, const void *right)
{
    const struct reparse_change *a = left, *b = right;
    uint64_t x = a->slice != NULL ? a->slice->offset : a->was->offset;
    uint64_t y = b->slice != NULL ? b->slice->offset : b->was->offset;
    if (x != y)
        return x < y ? -1 : 1;
    // What is gone first. Slices never begin at the same byte; dispatches that are gone might.
    if (a->slice == NULL && b->slice == NULL)
        return a->held->first < b->held->first ? -1 : 1;
    return a->slice == NULL ? -1 : 1;
}

struct reparse_change *reparse_plan(struct arena *arena, const struct reader_result *r,
                                    const struct store_brought *b, struct newswire_dispatch *const *was,
                                    size_t *n)
{
    struct plan p = {.r = r, .b = b, .was = was};
    struct reparse_change *out = arena_alloc(arena, (r->nslices + b->nheld) * sizeof *out);
    p.of = arena_alloc(arena, r->nslices * sizeof *p.of);
    p.taken = arena_alloc(arena, b->nheld * sizeof *p.taken);
    *n = 0;
    if (out == NULL || p.of == NULL || p.taken == NULL || !match(&p, arena, false) || !match(&p, arena, true))
        return NULL;
    for (size_t i = 0; i < r->nslices; i++)
        if (r->slices[i].why == NULL)
            out[(*n)++] = judge_slice(&p, i);
    for (size_t k = 0; k < b->nheld; k++)
        if (!p.taken[k] && b->held[k].kind != NEWSWIRE_CANCELED)
            out[(*n)++] = judge_gone(&p, k);
    qsort(out, *n, sizeof *out, by_place);
    return out;
}
