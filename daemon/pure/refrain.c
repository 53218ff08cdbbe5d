// SPDX-License-Identifier: MIT
/* refrain: see refrain.h. A line is known by a hash of its words; what two lines share by chance would have
 * to stand under a text three times. */
#include "daemon/pure/refrain.h"

#include "daemon/pure/credit.h"
#include "daemon/pure/twin.h"

#include <string.h>

#define REFRAIN_MAX 160 /* bytes of a line */
#define WRAPPED_MIN 40  /* characters */
#define POINTS_WORDS 4
#define TIMES 3
#define TABLE_MAX 65536 /* forms of one file; those that come later are not counted */
#define SURE 70

struct refrains {
    const struct rules *rules;
    struct line *lines;
    size_t n;
    struct form {
        uint64_t hash; /* 0 = free */
        uint32_t times;
    } * forms;
    size_t mask; /* slots less one, a power of two less one */
    size_t used;
};

/* The words of a line, any number like any other; never 0. */
static uint64_t form_of(struct view v)
{
    uint64_t hash = 14695981039346656037u; // FNV-1a
    bool digit = false;
    for (size_t i = 0; i < v.n; i++) {
        bool figure = v.p[i] >= '0' && v.p[i] <= '9',
             again = digit && (figure || v.p[i] == ',' || v.p[i] == '.');
        digit = figure || again;
        if (!again)
            hash = (hash ^ (digit ? '0' : (unsigned char)v.p[i])) * 1099511628211u;
    }
    return hash == 0 ? 1 : hash;
}

/* The line shown next above or below line i; SIZE_MAX = none. A blank run is one line. */
static size_t shown_above(const struct refrains *r, size_t i)
{
    i -= i > 0 && r->lines[i - 1].class == LINE_BLANK;
    return i == 0 ? SIZE_MAX : i - 1;
}

static size_t shown_below(const struct refrains *r, size_t i)
{
    i += 1 + (i + 1 < r->n && r->lines[i + 1].class == LINE_BLANK);
    return i >= r->n ? SIZE_MAX : i;
}

/* Whether a text ends above line i. */
static bool text_above(const struct refrains *r, size_t i)
{
    size_t above = shown_above(r, i);
    if (above == SIZE_MAX)
        return false;
    switch (r->lines[above].class) {
    case LINE_BODY:
    case LINE_DATELINE:
        return scan_ends_sentence(r->lines[above].text) && scan_last(r->lines[above].text) != ':';
    case LINE_FURNITURE:
    case LINE_SOURCE:
    case LINE_COPYRIGHT:
    case LINE_EDITED:
    case LINE_END:
        return true;
    case LINE_TIME: // alone between text and buttons
    case LINE_BYLINE:
        return above > 0 && r->lines[above - 1].class == LINE_BLANK && above + 1 < i;
    default:
        return false;
    }
}

/* Whether line i stands over no text, nor over who and when. */
static bool nothing_below(const struct refrains *r, size_t i)
{
    size_t below = shown_below(r, i);
    if (below == SIZE_MAX)
        return true;
    switch (r->lines[below].class) {
    case LINE_BODY: // right below, a headline that was wrapped may go on
        return !scan_ends_sentence(r->lines[below].text) &&
               (below > i + 1 || scan_length(r->lines[i].text) < WRAPPED_MIN);
    case LINE_SEPARATOR:
    case LINE_FURNITURE:
    case LINE_COPYRIGHT:
    case LINE_SOURCE:
    case LINE_KICKER:
    case LINE_END:
    case LINE_MAIL:
        return true;
    default:
        return false;
    }
}

/* "Read more...": what ends in points and is a few words is no sentence. */
static bool points_on(struct view v)
{
    bool points =
        v.n > 3 && (memcmp(v.p + v.n - 3, "...", 3) == 0 || memcmp(v.p + v.n - 3, "\xe2\x80\xa6", 3) == 0);
    return points && scan_words(v) <= POINTS_WORDS;
}

static bool may_be(const struct refrains *r, size_t i)
{
    struct view v = r->lines[i].text;
    return r->lines[i].class == LINE_BODY && v.n <= REFRAIN_MAX && (!scan_ends_sentence(v) || points_on(v)) &&
           !name_like(r->rules, v);
}

static struct form *form_slot(const struct refrains *r, uint64_t hash)
{
    size_t slot = hash & r->mask;
    while (r->forms[slot].hash != 0 && r->forms[slot].hash != hash)
        slot = (slot + 1) & r->mask;
    return &r->forms[slot];
}

static void form_count(struct refrains *r, size_t i)
{
    uint64_t hash = form_of(r->lines[i].text);
    struct form *form = form_slot(r, hash);
    if (form->hash == 0 && r->used * 2 > r->mask)
        return;
    r->used += form->hash == 0;
    form->hash = hash;
    form->times++;
}

/* Several in a row: what stands under one stands under the text. */
static bool counts(const struct refrains *r, size_t i, size_t chain)
{
    return may_be(r, i) && (chain == shown_above(r, i) || text_above(r, i)) && nothing_below(r, i);
}

/* A headline of a column is printed twice each time. */
static bool title_twice(const struct refrains *r, size_t i)
{
    size_t below = shown_below(r, i);
    return below != SIZE_MAX && r->lines[below].class == LINE_BODY &&
           twin_of(r->lines, i, i + 1, below, below + 1) != TWIN_NONE;
}

bool refrains_classify(struct arena *arena, const struct rules *rules, struct line *lines, size_t n)
{
    struct refrains r = {.rules = rules, .lines = lines, .n = n, .mask = 15};
    size_t candidates = 0, chain = SIZE_MAX - 1;
    for (size_t i = 0; i < n; i++)
        if (counts(&r, i, chain)) {
            candidates++;
            chain = i;
        }
    if (candidates < TIMES)
        return true;
    while (r.mask < 2 * candidates && r.mask < TABLE_MAX)
        r.mask = 2 * r.mask + 1;
    r.forms = arena_alloc(arena, (r.mask + 1) * sizeof *r.forms);
    if (r.forms == NULL)
        return false;
    chain = SIZE_MAX - 1;
    for (size_t i = 0; i < n; i++)
        if (counts(&r, i, chain)) {
            form_count(&r, i);
            chain = i;
        }
    for (size_t i = 0; i < n; i++)
        if (may_be(&r, i) && text_above(&r, i) && form_slot(&r, form_of(lines[i].text))->times >= TIMES &&
            !title_twice(&r, i)) {
            lines[i].class = LINE_FURNITURE;
            lines[i].score = SURE;
        }
    return true;
}
