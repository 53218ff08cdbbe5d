// SPDX-License-Identifier: MIT
/* reading: what tests of the reader share: a set of shipped rules, a file in, a readable account out. */
#ifndef TESTS_READING_H
#define TESTS_READING_H

#include "daemon/pure/reader.h"
#include "daemon/pure/tag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 2023-11-10T12:00:00Z: when every file of a test came in. */
#define READING_ARRIVAL INT64_C(1699617600000)

struct reading {
    struct rules *rules;
    struct tagger *tagger;
    struct conf_feed feed;
    struct arena *arena;
    struct err e;
};

static inline bool reading_open(struct reading *r)
{
    struct conf_problems problems = {0};
    *r = (struct reading){.rules = rules_new(), .arena = arena_new((size_t)256 << 20)};
    snprintf(r->feed.name, sizeof r->feed.name, "default");
    bool open = r->rules != NULL && r->arena != NULL && rules_shipped(r->rules, &problems) &&
                rules_seal(r->rules, &r->e) && (r->tagger = tagger_new(r->rules, &r->e)) != NULL;
    if (!open)
        fprintf(stderr, "%s%s\n", problems.text != NULL ? problems.text : "", r->e.text);
    conf_problems_free(&problems);
    return open;
}

static inline void reading_close(struct reading *r)
{
    tagger_free(r->tagger);
    rules_free(r->rules);
    arena_free(r->arena);
}

/* What it returns lives until the next call. */
static inline enum fate reading_read(struct reading *r, const void *bytes, size_t n,
                                     struct reader_result *out)
{
    struct reader_input in = {.bytes = bytes,
                              .n = n,
                              .name = "digest.txt",
                              .feed = &r->feed,
                              .rules = r->rules,
                              .tagger = r->tagger,
                              .arrival = READING_ARRIVAL,
                              .max_items = 10000,
                              .max_lines = 2000000,
                              .max_dispatch = 1 << 20};
    arena_reset(r->arena);
    r->e.text[0] = '\0';
    return reader_read(r->arena, &in, out, &r->e);
}

/* Whether slices and furniture are in order, disjoint and cover 0..n. */
static inline bool reading_covers(const struct reader_result *result, size_t n)
{
    uint64_t at = 0;
    size_t s = 0, f = 0;
    while (s < result->nslices || f < result->nfurniture) {
        bool slice = s < result->nslices &&
                     (f == result->nfurniture || result->slices[s].offset < result->furniture[f].offset);
        uint64_t offset = slice ? result->slices[s].offset : result->furniture[f].offset;
        uint64_t length = slice ? result->slices[s].length : result->furniture[f].length;
        if (offset != at || length == 0)
            return false;
        at += length;
        s += slice;
        f += !slice;
    }
    return at == n;
}

/* --- the account, as it stands in tests/data/parse/<case>.want ------------------------------------------ */

static inline void account_field(FILE *out, const char *name, const char *value)
{
    if (value != NULL)
        fprintf(out, "%s: %s\n", name, value);
}

static inline void account_slice(FILE *out, const struct reader_slice *slice)
{
    const struct newswire_dispatch *d = &slice->dispatch;
    fprintf(out, "--- %u: %llu+%llu\n", d->index, (unsigned long long)slice->offset,
            (unsigned long long)slice->length);
    account_field(out, "why", slice->why);
    account_field(out, "headline", d->headline);
    account_field(out, "agency", d->agency);
    account_field(out, "by", d->by);
    account_field(out, "located", d->located);
    account_field(out, "country", d->country);
    account_field(out, "dateline", d->dateline);
    account_field(out, "time", d->content_created);
    account_field(out, "precision", d->time_precision);
    account_field(out, "language", d->language);
    account_field(out, "note", d->ed_note);
    account_field(out, "terms", d->usage_terms);
    fprintf(out, "confidence: %.2f\n", d->confidence);
    for (const char *const *w = d->warnings; *w != NULL; w++)
        account_field(out, "warning", *w);
    if (d->body != NULL)
        fprintf(out, "\n%s\n", d->body);
}

static inline void account_write(FILE *out, enum fate fate, const struct reader_result *result,
                                 const struct err *e)
{
    fprintf(out, "%s", fate_word(fate));
    if (fate != FATE_DONE) {
        fprintf(out, ": %s\n", e->text);
        return;
    }
    fprintf(out, " %s\n", result->charset);
    for (size_t i = 0; i < result->nslices; i++)
        account_slice(out, &result->slices[i]);
    fprintf(out, "--- furniture\n");
    for (size_t i = 0; i < result->nfurniture; i++)
        if (strcmp(result->furniture[i].rule, "blank") != 0)
            fprintf(out, "%llu+%llu %s\n", (unsigned long long)result->furniture[i].offset,
                    (unsigned long long)result->furniture[i].length, result->furniture[i].rule);
}

#endif
