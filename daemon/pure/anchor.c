// SPDX-License-Identifier: MIT
/* anchor: see anchor.h. How much an anchor must show depends on what it leads back to: a time line with a
 * dateline behind it is believed even under a headline that ends in a full stop, a dateline alone is not. */
#include "daemon/pure/anchor.h"

#include "daemon/pure/dateline.h"
#include "daemon/pure/text.h"

#include <string.h>

#define ANCHOR_LINES 12 /* lines of an anchor, blank runs and furniture among them */
#define TITLE_LINES 3   /* a wrapped headline has at most so many */
#define WRAPPED_MIN 30  /* characters: no line that was wrapped is shorter */
#define AGENCY_MAX 60   /* bytes of the name of an agency that the rules do not know */
#define AGENCY_WORDS 6
#define PARAGRAPH_MIN 80 /* bytes: so long is text, never a headline's neighbour */

static bool in_anchor(uint8_t class)
{
    return class == LINE_TIME || class == LINE_AGENCY || class == LINE_COUNTRY || class == LINE_BYLINE;
}

static bool passed_over(uint8_t class)
{
    return class == LINE_BLANK || class == LINE_FURNITURE;
}

static void anchor_take(const struct rules *rules, const struct line *line, struct anchor *a)
{
    struct stamp stamp;
    a->byline = a->byline || line->class == LINE_BYLINE;
    a->agency = a->agency || line->class == LINE_AGENCY;
    a->country = a->country || line->class == LINE_COUNTRY;
    if ((line->class == LINE_TIME || line->class == LINE_AGENCY) && stamp_read(rules, line->text, &stamp)) {
        a->date = a->date || stamp.when.day != 0;
        a->time = a->time || stamp.when.has_time;
        a->country = a->country || stamp.country != NULL;
    }
}

bool anchor_at(const struct rules *rules, const struct line *lines, size_t n, size_t i, struct anchor *out)
{
    *out = (struct anchor){.first = i, .end = i};
    if (!in_anchor(lines[i].class) && lines[i].class != LINE_DATELINE)
        return false;
    size_t most = i + ANCHOR_LINES < n ? i + ANCHOR_LINES : n;
    for (; i < most && (in_anchor(lines[i].class) || passed_over(lines[i].class)); i++) {
        if (!in_anchor(lines[i].class))
            continue;
        anchor_take(rules, &lines[i], out);
        out->end = i + 1;
    }
    if (i < most && lines[i].class == LINE_DATELINE) {
        out->dateline = true;
        out->end = i;
    }
    return out->end > out->first || out->dateline;
}

/* Whether text follows the anchor: a long line or a sentence. */
static bool text_follows(const struct line *lines, size_t n, size_t i)
{
    while (i < n && passed_over(lines[i].class))
        i++;
    return i < n && (lines[i].text.n >= PARAGRAPH_MIN || scan_ends_sentence(lines[i].text));
}

/* --- the headline --------------------------------------------------------------------------------------- */

/* Plain lines that stand together. */
struct block {
    size_t first, end; /* empty: there is none */
};

static bool plain(uint8_t class)
{
    return class == LINE_BODY || class == LINE_HEADING;
}

/* The headline that ends before line `end`: its last line, and those above it that were wrapped into it. */
static struct block block_before(const struct line *lines, size_t floor, size_t end)
{
    while (end > floor && passed_over(lines[end - 1].class))
        end--;
    struct block b = {end, end};
    if (end == floor || !plain(lines[end - 1].class))
        return b;
    b.first = end - 1;
    size_t top = b.first;
    while (top > floor && plain(lines[top - 1].class) && end - top < TITLE_LINES + 1 &&
           line_title_like(lines[top - 1].text) && !scan_ends_sentence(lines[top - 1].text) &&
           scan_length(lines[top - 1].text) >= WRAPPED_MIN)
        top--;
    bool alone = top == floor || !plain(lines[top - 1].class);
    if (alone && end - top <= TITLE_LINES)
        b.first = top;
    return b;
}

static size_t block_bytes(const struct line *lines, struct block b)
{
    size_t n = 0;
    for (size_t i = b.first; i < b.end; i++)
        n += lines[i].text.n;
    return n;
}

static char *block_fold(struct arena *arena, const struct line *lines, struct block b, size_t *n)
{
    size_t size = 0;
    char *joined = arena_alloc(arena, block_bytes(lines, b) + (b.end - b.first));
    if (joined == NULL)
        return NULL;
    for (size_t i = b.first; i < b.end; i++) {
        memcpy(joined + size, lines[i].text.p, lines[i].text.n);
        size += lines[i].text.n;
        joined[size++] = ' ';
    }
    return text_fold(arena, joined, size, n);
}

/* -1: memory ran out. */
static int same_words(struct arena *arena, const struct line *lines, struct block a, struct block b)
{
    size_t na = 0, nb = 0, bytes_a = block_bytes(lines, a), bytes_b = block_bytes(lines, b);
    // Capitals and small letters take as many bytes, give or take a few.
    if (bytes_a > 1000 || bytes_a > bytes_b + 16 || bytes_b > bytes_a + 16)
        return 0;
    char *fa = block_fold(arena, lines, a, &na), *fb = block_fold(arena, lines, b, &nb);
    if (fa == NULL || fb == NULL)
        return -1;
    return na == nb && memcmp(fa, fb, na) == 0;
}

static bool block_upper(const struct line *lines, struct block b)
{
    return text_is_upper(lines[b.first].text.p, lines[b.first].text.n);
}

/* A short line directly above the anchor with a headline over it, a gap between them, is the name of an
 * agency that the rules do not know. */
static bool agency_unknown(const struct line *lines, size_t floor, const struct anchor *a, struct block b)
{
    if (a->agency || a->dateline || !a->date || b.end - b.first != 1 || b.end != a->first)
        return false;
    struct view name = lines[b.first].text;
    if (name.n > AGENCY_MAX || scan_words(name) > AGENCY_WORDS || scan_ends_sentence(name))
        return false;
    struct block above = block_before(lines, floor, b.first);
    return above.first < above.end && above.end < b.first && scan_words(lines[above.end - 1].text) >= 4 &&
           line_title_like(lines[above.end - 1].text) && block_bytes(lines, above) > name.n;
}

/* --- */

enum belief { NEVER, WEAK, STRONG };

static enum belief anchor_belief(const struct anchor *a, const struct line *lines, size_t n)
{
    if (a->dateline)
        return a->date || a->time ? STRONG : WEAK;
    if (a->date)
        return a->time || a->agency || a->country || a->byline ? STRONG : WEAK;
    if (a->agency && (a->time || a->byline))
        return WEAK;
    return a->byline && text_follows(lines, n, a->end) ? WEAK : NEVER;
}

/* Nothing but blanks, separators and furniture between floor and i. */
static bool opens(const struct line *lines, size_t floor, size_t i)
{
    while (i > floor && (passed_over(lines[i - 1].class) || lines[i - 1].class == LINE_SEPARATOR))
        i--;
    return i == floor;
}

static bool after_separator(const struct line *lines, size_t i)
{
    while (i > 0 && passed_over(lines[i - 1].class))
        i--;
    return i > 0 && lines[i - 1].class == LINE_SEPARATOR;
}

/* Whether a dateline begins the next of several dispatches without headlines: in a file of such, or right
 * behind a paragraph that is a dispatch by itself. What a colon announces is a quotation. */
static bool next_untitled(const struct line *lines, size_t first, bool untitled)
{
    while (first > 0 && passed_over(lines[first - 1].class))
        first--;
    if (first == 0 || !(untitled || lines[first - 1].class == LINE_DATELINE))
        return false;
    struct view above = lines[first - 1].text;
    return scan_ends_sentence(above) && scan_last(above) != ':';
}

static bool without_title(const struct line *lines, size_t floor, const struct anchor *a, enum belief belief,
                          bool untitled, struct split_slice *out)
{
    bool begins = (floor == 0 && opens(lines, 0, a->first)) || after_separator(lines, a->first) ||
                  (a->dateline && next_untitled(lines, a->first, untitled));
    if (!begins && !(belief == STRONG && a->dateline && !opens(lines, floor, a->first)))
        return false;
    out->first = out->title = out->title_end = a->first;
    out->found = TITLE_NONE;
    return true;
}

/* The line of furniture above the anchor, a gap on both sides, that is the headline when nothing else can be
 * ("Next"); empty: there is none. */
static struct block furniture_title(const struct line *lines, size_t floor, const struct anchor *a)
{
    size_t i = a->first;
    bool below = i > floor + 1 && lines[i - 1].class == LINE_BLANK && lines[i - 2].class == LINE_FURNITURE;
    if (!below)
        return (struct block){i, i};
    bool above = i - 2 == floor || lines[i - 3].class == LINE_BLANK;
    return (struct block){i - 2, above ? i - 1 : i - 2};
}

bool anchor_slice(struct arena *arena, const struct line *lines, size_t n, size_t floor,
                  const struct anchor *a, bool untitled, struct split_slice *out, enum fate *fate)
{
    *fate = FATE_DONE;
    *out = (struct split_slice){.head_end = a->end};
    enum belief belief = anchor_belief(a, lines, n);
    if (belief == NEVER)
        return false;
    struct block title = block_before(lines, floor, a->first);
    if (title.first < title.end && agency_unknown(lines, floor, a, title))
        title = block_before(lines, floor, title.first);
    bool like = title.first < title.end && line_title_like(lines[title.end - 1].text);
    bool lone = title.first == floor || lines[title.first - 1].class != LINE_BODY;
    bool doubtful = title.first < title.end && belief == STRONG && a->dateline && lone &&
                    block_bytes(lines, title) <= PARAGRAPH_MIN * 3;
    if (!like && !doubtful) {
        title = belief == STRONG ? furniture_title(lines, floor, a) : (struct block){0, 0};
        like = true;
    }
    if (title.first == title.end)
        return without_title(lines, floor, a, belief, untitled, out);
    out->found = like ? TITLE_SURE : TITLE_DOUBTFUL;
    out->first = out->title = title.first;
    out->title_end = title.end;
    struct block twin = block_before(lines, floor, title.first);
    int same = twin.first < twin.end ? same_words(arena, lines, twin, title) : 0;
    if (same < 0)
        *fate = FATE_RETRY;
    if (same > 0) {
        out->first = twin.first;
        if (!block_upper(lines, twin)) {
            out->title = twin.first;
            out->title_end = twin.end;
        }
    }
    return same >= 0;
}
