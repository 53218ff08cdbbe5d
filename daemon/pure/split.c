// SPDX-License-Identifier: MIT
/* split: see split.h. Anchors first (anchor.c), then what separators alone divide, then what is in front of
 * it all; at last every slice is trimmed and its lines get their final classes. */
#include "daemon/pure/split.h"

#include "daemon/pure/anchor.h"
#include "daemon/pure/text.h"

#include <stdlib.h>
#include <string.h>

#define PREAMBLE_MAX 300 /* bytes in front of the first headline that are no dispatch of their own */
#define HEADLINE_MAX 300 /* bytes: a longer first line of a file without anchors is text */

struct splitter {
    struct arena *arena;
    const struct rules *rules;
    struct line *lines;
    size_t n;
    uint64_t max_items;
    struct found *found; /* in file order, but for those that separators added until found_sort() */
    size_t nfound, size;
    struct err *e;
};

struct found {
    struct split_slice slice;
    struct anchor anchor;
};

static enum fate no_memory(struct err *e)
{
    err_set(e, "no memory to split the file");
    return FATE_RETRY;
}

/* --- the list of slices --------------------------------------------------------------------------------- */

static enum fate slice_add(struct splitter *s, struct split_slice slice, struct anchor anchor)
{
    if (s->nfound == s->max_items) {
        err_set(s->e, "more than %llu dispatches", (unsigned long long)s->max_items);
        return FATE_BAD;
    }
    if (s->nfound == s->size) {
        size_t size = s->size == 0 ? 64 : s->size * 2;
        struct found *found = arena_alloc(s->arena, size * sizeof *found);
        if (found == NULL)
            return no_memory(s->e);
        if (s->nfound > 0)
            memcpy(found, s->found, s->nfound * sizeof *found);
        s->found = found;
        s->size = size;
    }
    s->found[s->nfound++] = (struct found){slice, anchor};
    return FATE_DONE;
}

static int found_compare(const void *a, const void *b)
{
    size_t x = ((const struct found *)a)->slice.first, y = ((const struct found *)b)->slice.first;
    return x < y ? -1 : x > y;
}

static void found_sort(struct splitter *s)
{
    if (s->nfound > 1)
        qsort(s->found, s->nfound, sizeof *s->found, found_compare);
}

/* --- anchors -------------------------------------------------------------------------------------------- */

/* Whether the anchor is the dateline that an item with a time line had still to come: headline, time line,
 * one more line (the headline again in capitals, or what is in the picture), and only then the dateline. */
static bool dateline_late(const struct splitter *s, const struct split_slice *slice, const struct anchor *a)
{
    if (s->nfound == 0 || !a->dateline || a->date || a->time)
        return false;
    const struct found *before = &s->found[s->nfound - 1];
    if (before->anchor.dateline || !(before->anchor.date || before->anchor.time))
        return false;
    struct view headline = s->lines[before->slice.title].text;
    size_t used;
    if (rules_credit(s->rules, headline.p, headline.n, &used) == CREDIT_FLASH)
        return false;
    for (size_t i = before->slice.head_end; i < slice->first; i++)
        if (s->lines[i].class != LINE_BLANK && s->lines[i].class != LINE_FURNITURE)
            return false;
    return true;
}

/* The line between begins nothing: it is the headline printed twice, or the first of the text. */
static enum fate dateline_join(struct splitter *s, const struct split_slice *slice, const struct anchor *a)
{
    struct found *before = &s->found[s->nfound - 1];
    before->anchor.dateline = a->dateline;
    if (before->slice.title == before->slice.title_end)
        return FATE_DONE;
    struct view once = s->lines[before->slice.title].text, again = s->lines[slice->title].text;
    size_t na, nb;
    char *fa = text_fold(s->arena, once.p, once.n, &na), *fb = text_fold(s->arena, again.p, again.n, &nb);
    if (fa == NULL || fb == NULL)
        return no_memory(s->e);
    if (na == nb && memcmp(fa, fb, na) == 0) {
        for (size_t i = slice->title; i < slice->title_end; i++)
            s->lines[i].class = LINE_TITLE;
        before->slice.head_end = slice->head_end;
    }
    return FATE_DONE;
}

static enum fate split_anchors(struct splitter *s)
{
    size_t floor = 0;
    struct anchor a;
    struct split_slice slice;
    enum fate fate = FATE_DONE;
    for (size_t i = 0; i < s->n && fate == FATE_DONE;) {
        if (!anchor_at(s->rules, s->lines, s->n, i, &a)) {
            i++;
            continue;
        }
        i = a.end + a.dateline;
        bool untitled = s->nfound > 0 && s->found[0].slice.found == TITLE_NONE && s->found[0].anchor.dateline;
        if (!anchor_slice(s->arena, s->lines, s->n, floor, &a, untitled, &slice, &fate))
            continue;
        fate = dateline_late(s, &slice, &a) ? dateline_join(s, &slice, &a) : slice_add(s, slice, a);
        floor = i;
    }
    return fate;
}

/* --- separators ----------------------------------------------------------------------------------------- */

/* Signs of a separator that divides items; stars divide sections of an article as well. */
static unsigned char divider(const struct line *line)
{
    if (line->class != LINE_SEPARATOR)
        return 0;
    unsigned char sign = (unsigned char)line->text.p[0];
    return sign == '*' || sign == '~' || sign == '+' ? 0 : sign;
}

static size_t next_shown(const struct splitter *s, size_t i)
{
    while (i < s->n && (s->lines[i].class == LINE_BLANK || s->lines[i].class == LINE_FURNITURE ||
                        s->lines[i].class == LINE_SEPARATOR))
        i++;
    return i;
}

/* A headline with a gap and text behind it. */
static bool headline_alone(const struct splitter *s, size_t i)
{
    return i + 2 < s->n && s->lines[i].class == LINE_BODY && line_title_like(s->lines[i].text) &&
           s->lines[i + 1].class == LINE_BLANK && s->lines[i + 2].class == LINE_BODY;
}

/* Walks through the runs of separators: sets *sign and *next, the first line behind the run that begins at or
 * behind *at, and moves *at there. A run with several signs has that of its first. */
static bool next_run(const struct splitter *s, size_t *at, unsigned char *sign, size_t *next)
{
    while (*at < s->n && divider(&s->lines[*at]) == 0)
        ++*at;
    if (*at == s->n)
        return false;
    *sign = divider(&s->lines[*at]);
    *next = next_shown(s, *at);
    *at = *next;
    return true;
}

/* Where a sign divides anchored items, it divides the others too: what follows it with a headline is a
 * dispatch. What is in front of the first anchored one is left to split_preamble(). */
static enum fate split_separators(struct splitter *s)
{
    bool divides[256] = {false};
    unsigned char sign;
    size_t next, k = 0, anchored = s->nfound;
    for (size_t at = 0; next_run(s, &at, &sign, &next);) {
        while (k < anchored && s->found[k].slice.first < next)
            k++;
        divides[sign] = divides[sign] || (k < anchored && s->found[k].slice.first == next);
    }
    k = 0;
    for (size_t at = 0; next_run(s, &at, &sign, &next);) {
        while (k < anchored && s->found[k].slice.first < next)
            k++;
        bool taken = k < anchored && s->found[k].slice.first == next;
        if (!divides[sign] || k == 0 || taken || !headline_alone(s, next))
            continue;
        struct split_slice slice = {.first = next,
                                    .title = next,
                                    .title_end = next + 1,
                                    .head_end = next + 1,
                                    .found = TITLE_GUESSED};
        enum fate fate = slice_add(s, slice, (struct anchor){.first = next, .end = next});
        if (fate != FATE_DONE)
            return fate;
    }
    found_sort(s);
    return FATE_DONE;
}

/* --- what is in front of the first headline ------------------------------------------------------------- */

/* A slice of lines [first, end) without an anchor. */
static struct split_slice slice_guessed(const struct splitter *s, size_t first, size_t end)
{
    first = next_shown(s, first);
    struct split_slice slice = {
        .first = first, .title = first, .title_end = first, .head_end = first, .found = TITLE_GUESSED};
    if (first < end && s->lines[first].text.n <= HEADLINE_MAX)
        slice.head_end = slice.title_end = first + 1;
    return slice;
}

/* The line without the number or the sign in front: "12. ", "- ". */
static struct view contents_entry(struct view v)
{
    size_t at = 0;
    while (at < v.n && v.p[at] >= '0' && v.p[at] <= '9')
        at++;
    at += at < v.n && (v.p[at] == '.' || v.p[at] == ')');
    at += scan_dash(v.p + at, v.n - at);
    at += at < v.n && v.p[at] == '*';
    at += v.n - at > 3 && memcmp(v.p + at, "\xe2\x80\xa2", 3) == 0 ? 3 : 0; /* bullet */
    return scan_trim(view_from(v, at));
}

/* Whether lines [first, end) are a table of contents: headlines of found[k] and later ones, in their order,
 * and at most two short lines that announce them ("Contents:"). Linear: only those two are looked for in
 * vain. */
static bool is_contents(const struct splitter *s, size_t first, size_t end, size_t k)
{
    size_t entries = 0, strange = 0;
    for (size_t i = first; i < end; i++) {
        struct view line = contents_entry(s->lines[i].text);
        if (s->lines[i].class != LINE_BODY && s->lines[i].class != LINE_HEADING)
            continue;
        size_t at = k;
        for (; at < s->nfound; at++) {
            struct view title = s->lines[s->found[at].slice.title].text;
            if (title.n == line.n && memcmp(title.p, line.p, line.n) == 0)
                break;
        }
        entries += at < s->nfound;
        strange += at == s->nfound;
        if (at == s->nfound && (entries > 0 || strange > 2 || line.n > 80))
            return false;
        k = at < s->nfound ? at + 1 : k;
    }
    return entries > 0;
}

static bool has_text(const struct splitter *s, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if (s->lines[i].class == LINE_BODY || s->lines[i].class == LINE_HEADING ||
            s->lines[i].class == LINE_DATELINE)
            return true;
    return false;
}

/* A digest's own heading looks like a dispatch: words, a date, and nothing else before the next headline. */
static void drop_heading(struct splitter *s)
{
    if (s->nfound < 2 || s->found[0].slice.found == TITLE_GUESSED)
        return;
    const struct anchor *a = &s->found[0].anchor;
    size_t next = s->found[1].slice.first;
    if (!a->date || a->time || a->byline || a->dateline ||
        (has_text(s, a->end, next) && !is_contents(s, a->end, next, 1)))
        return;
    s->nfound--;
    memmove(s->found, s->found + 1, s->nfound * sizeof *s->found);
}

static enum fate split_preamble(struct splitter *s)
{
    size_t end = s->nfound > 0 ? s->found[0].slice.first : s->n, bytes = 0;
    bool text = s->nfound == 0;
    for (size_t i = 0; i < end; i++) {
        if (s->lines[i].class == LINE_BODY || s->lines[i].class == LINE_HEADING) {
            bytes += s->lines[i].text.n;
            text = text || bytes > PREAMBLE_MAX || scan_last(s->lines[i].text) == '.';
        }
    }
    if (text && next_shown(s, 0) < end && !is_contents(s, 0, end, 0)) {
        struct split_slice slice = slice_guessed(s, 0, end);
        enum fate fate = slice_add(s, slice, (struct anchor){.first = slice.first, .end = slice.first});
        found_sort(s);
        return fate;
    }
    for (size_t i = 0; i < end; i++)
        if (s->lines[i].class != LINE_BLANK && s->lines[i].class != LINE_SEPARATOR &&
            s->lines[i].class != LINE_FURNITURE)
            s->lines[i].class = LINE_PREAMBLE;
    return FATE_DONE;
}

/* --- final classes -------------------------------------------------------------------------------------- */

static bool credit(uint8_t class)
{
    return class == LINE_EDITED || class == LINE_COPYRIGHT || class == LINE_SOURCE;
}

/* The last line of the text that is no credit: a byline of any form, or a name alone, says who wrote it. */
static void slice_signature(const struct splitter *s, const struct split_slice *slice)
{
    size_t i = slice->end;
    while (i > slice->head_end && (s->lines[i - 1].class == LINE_BLANK || credit(s->lines[i - 1].class) ||
                                   s->lines[i - 1].class == LINE_FURNITURE))
        i--;
    if (i < slice->head_end + 2)
        return;
    struct line *last = &s->lines[i - 1];
    size_t above = i - 1;
    while (above > slice->head_end && s->lines[above - 1].class == LINE_BLANK)
        above--;
    bool gap = above<i - 1, text = above> slice->head_end;
    if (last->class == LINE_BODY && text && (gap || scan_ends_sentence(s->lines[above - 1].text)) &&
        name_like(s->rules, last->text))
        last->class = LINE_BYLINE;
}

static size_t last_shown(const struct splitter *s, const struct split_slice *slice)
{
    size_t i = slice->end;
    while (i > slice->head_end && (s->lines[i - 1].class == LINE_BLANK || credit(s->lines[i - 1].class)))
        i--;
    return i;
}

/* The line of the dateline: the first of the text, or behind what dateline_join() left in front of it. */
static size_t dateline_line(const struct splitter *s, const struct split_slice *slice, const struct anchor *a)
{
    size_t i = slice->head_end;
    while (a->dateline && i < slice->end && s->lines[i].class != LINE_DATELINE)
        i++;
    return i;
}

static void slice_classes(const struct splitter *s, const struct split_slice *slice, const struct anchor *a)
{
    size_t dateline = dateline_line(s, slice, a);
    for (size_t i = slice->first; i < slice->head_end; i++) {
        struct line *line = &s->lines[i];
        bool title = i >= slice->title && i < slice->title_end;
        if (line->class == LINE_BODY || line->class == LINE_HEADING ||
            (title && line->class == LINE_FURNITURE))
            line->class = i < slice->title_end ? LINE_TITLE : LINE_AGENCY;
    }
    if (slice->found == TITLE_GUESSED && slice->title < slice->title_end)
        s->lines[slice->title].class = LINE_TITLE;
    size_t last = last_shown(s, slice);
    for (size_t i = slice->head_end; i < slice->end; i++) {
        struct line *line = &s->lines[i];
        bool seeming = line->class == LINE_TIME || line->class == LINE_AGENCY ||
                       line->class == LINE_COUNTRY || line->class == LINE_SEPARATOR ||
                       (line->class == LINE_DATELINE && i != dateline) ||
                       (line->class == LINE_BYLINE && i + 1 != last);
        if (seeming)
            line->class = LINE_BODY;
    }
    slice_signature(s, slice);
}

static enum fate slices_finish(struct splitter *s, struct split *out)
{
    out->slices = arena_alloc(s->arena, s->nfound * sizeof *out->slices);
    if (out->slices == NULL)
        return no_memory(s->e);
    for (size_t k = 0; k < s->nfound; k++) {
        struct split_slice *slice = &out->slices[k];
        size_t end = k + 1 < s->nfound ? s->found[k + 1].slice.first : s->n;
        *slice = s->found[k].slice;
        while (end > slice->head_end &&
               (s->lines[end - 1].class == LINE_BLANK || s->lines[end - 1].class == LINE_SEPARATOR ||
                s->lines[end - 1].class == LINE_FURNITURE))
            end--;
        slice->end = end;
        slice_classes(s, slice, &s->found[k].anchor);
    }
    out->n = s->nfound;
    return FATE_DONE;
}

enum fate split_lines(struct arena *arena, const struct rules *rules, struct line *lines, size_t n,
                      uint64_t max_items, struct split *out, struct err *e)
{
    struct splitter s = {
        .arena = arena, .rules = rules, .lines = lines, .n = n, .max_items = max_items, .e = e};
    *out = (struct split){0};
    lines_classify(rules, lines, n);
    enum fate fate = split_anchors(&s);
    if (fate == FATE_DONE)
        fate = split_separators(&s);
    if (fate != FATE_DONE)
        return fate;
    drop_heading(&s);
    fate = split_preamble(&s);
    return fate == FATE_DONE ? slices_finish(&s, out) : fate;
}
