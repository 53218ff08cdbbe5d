// SPDX-License-Identifier: MIT
/* refrain: see refrain.h. A line is known by a hash of its form (tally.h); what two lines share by chance
 * would have to stand under a text three times. */
#include "daemon/pure/refrain.h"

#include "daemon/pure/credit.h"
#include "daemon/pure/tally.h"
#include "daemon/pure/twin.h"

#include <string.h>

#define REFRAIN_MAX 160 /* bytes of a line */
#define WRAPPED_MIN 40  /* characters */
#define POINTS_WORDS 4
#define TIMES 3
#define TEXT_MIN 60   /* bytes of a paragraph behind a dateline */
#define HEAD_FIELDS 3 /* lines of who and when over a headline */
#define SURE 70

struct refrains {
    const struct rules *rules;
    struct line *lines;
    size_t n;
    struct tally tally;
    size_t text;     /* line of the first sentence */
    uint32_t *times; /* of each slot of the tally */
    bool *early;     /* ... whether it stands above that, too */
};

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

/* Whether it announces something; in Armenian a colon ends a sentence. */
static bool announces(struct view v)
{
    v = scan_trim(v);
    return v.n > 1 && v.p[v.n - 1] == ':' && !(v.n > 2 && (v.p[v.n - 3] & 0xfc) == 0xd4);
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
        return scan_ends_sentence(r->lines[above].text) && !announces(r->lines[above].text);
    case LINE_FURNITURE:
    case LINE_SOURCE:
    case LINE_COPYRIGHT:
    case LINE_EDITED:
    case LINE_END:
        return true;
    case LINE_SEPARATOR: // what is called as a house is one, over each headline
        return !house_named(r->rules, r->lines[i].text);
    case LINE_TIME: // alone between text and buttons
    case LINE_BYLINE:
        return above > 0 && r->lines[above - 1].class == LINE_BLANK && above + 1 < i;
    default:
        return false;
    }
}

static bool says_when(uint8_t class)
{
    return class == LINE_TIME || class == LINE_AGENCY || class == LINE_COUNTRY || class == LINE_PLACE;
}

/* Whether who and when, from line i on, stand over a headline: then no headline is above them. */
static bool over_headline(const struct refrains *r, size_t i)
{
    for (size_t k = 0; k < HEAD_FIELDS && i != SIZE_MAX && says_when(r->lines[i].class); k++)
        i = shown_below(r, i);
    return i != SIZE_MAX && r->lines[i].class == LINE_BODY && r->lines[i].text.n <= REFRAIN_MAX &&
           !scan_ends_sentence(r->lines[i].text);
}

/* Whether line i stands over no text, nor over who and when of it. */
static bool nothing_below(const struct refrains *r, size_t i)
{
    size_t below = shown_below(r, i);
    if (below == SIZE_MAX)
        return true;
    if (says_when(r->lines[below].class))
        return below > i + 1 && over_headline(r, below);
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
    return r->lines[i].class == LINE_BODY && v.n <= REFRAIN_MAX && (!scan_ends_sentence(v) || points_on(v));
}

/* Several in a row: what stands under one stands under the text; or above all text, for it may be said over
 * each text as well. */
static bool counts(const struct refrains *r, size_t i, size_t chain)
{
    return may_be(r, i) && (chain == shown_above(r, i) || text_above(r, i) || i < r->text) &&
           nothing_below(r, i);
}

/* A headline of a column is printed twice each time. */
static bool title_twice(const struct refrains *r, size_t i)
{
    size_t below = shown_below(r, i);
    return below != SIZE_MAX && r->lines[below].class == LINE_BODY &&
           twin_of(r->lines, i, i + 1, below, below + 1) != TWIN_NONE;
}

/* Whether a line like line i often stands under a text and over none. A name signs, unless it stands above the
 * first text, too. */
static bool said_again(const struct refrains *r, size_t i)
{
    size_t slot = tally_find(&r->tally, tally_key(r->lines[i].text, TALLY_NUMBERS));
    return slot != TALLY_FULL && r->times[slot] >= TIMES &&
           ((r->early[slot] && !house_named(r->rules, r->lines[i].text)) ||
            !name_like(r->rules, r->lines[i].text));
}

static void refrains_count(struct refrains *r)
{
    size_t chain = SIZE_MAX - 1;
    for (size_t i = 0; i < r->n; i++) {
        if (!counts(r, i, chain))
            continue;
        chain = i;
        size_t slot = tally_take(&r->tally, tally_key(r->lines[i].text, TALLY_NUMBERS));
        if (slot == TALLY_FULL)
            continue;
        r->times[slot]++;
        r->early[slot] = r->early[slot] || i < r->text;
    }
}

static bool begins_text(const struct line *line)
{
    return (line->class == LINE_BODY && scan_ends_sentence(line->text)) ||
           (line->class == LINE_DATELINE && line->text.n >= TEXT_MIN);
}

bool refrains_classify(struct arena *arena, const struct rules *rules, struct line *lines, size_t n)
{
    struct refrains r = {.rules = rules, .lines = lines, .n = n};
    struct arena_mark mark = arena_mark(arena);
    if (!tally_new(arena, n, &r.tally) ||
        (r.times = arena_alloc(arena, r.tally.size * sizeof *r.times)) == NULL ||
        (r.early = arena_alloc(arena, r.tally.size * sizeof *r.early)) == NULL)
        return false;
    while (r.text < n && !begins_text(&lines[r.text]))
        r.text++;
    refrains_count(&r);
    for (size_t i = 0; i < n; i++)
        if (may_be(&r, i) && (text_above(&r, i) || i < r.text) && said_again(&r, i) && !title_twice(&r, i)) {
            lines[i].class = LINE_FURNITURE;
            lines[i].score = SURE;
        }
    arena_release(arena, mark);
    return true;
}
