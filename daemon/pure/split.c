// SPDX-License-Identifier: MIT
/* split: see split.h. Here the rooms are put in a row, and of the heads that were chosen slices are made and
 * their lines get their final classes. */
#include "daemon/pure/split.h"

#include "daemon/pure/frames.h"
#include "daemon/pure/habits.h"
#include "daemon/pure/heads.h"
#include "daemon/pure/numbering.h"
#include "daemon/pure/refrain.h"
#include "daemon/pure/stencil.h"
#include "daemon/pure/tails.h"
#include "daemon/pure/text.h"
#include "daemon/pure/twin.h"

#include <string.h>

#define BUTTON_WORDS 4
#define OPENED_MIN 3    /* dispatches of a file that has an opening */
#define OPENING_LINES 2
#define TOLD_WORDS 8   /* of a sentence behind a dateline, and of that */
#define OPENING_BARE 4 /* lines: who made it, what it is called, of when, for whom */
#define WRAPPED_MIN 50  /* bytes */
#define LISTED_MIN 2    /* headlines that a list has */
#define LISTED_MAX 20   /* ... that are looked for, */
#define LIST_LINES 60   /* in so many lines */
#define SIGNS_MAX 12 /* bytes: four signs beyond ASCII */

struct splitter {
    struct arena *arena;
    const struct rules *rules;
    struct line *lines;
    size_t n;
    uint64_t max_items;
    struct page page;
    struct heads heads;
    struct choice *choices; /* of each head */
    struct err *e;
};

static enum fate no_memory(struct err *e)
{
    err_set(e, "no memory to split the file");
    return FATE_RETRY;
}

/* --- choosing ---------------------------------------------------------------------------------------------
 */

static void choices_score(struct splitter *s)
{
    const int *weights = rules_evidence(s->rules);
    for (size_t k = 0; k < s->heads.n; k++)
        s->choices[k].score = evidence_sum(weights, s->heads.all[k].evidence);
}

static bool choices_make(struct splitter *s)
{
    s->choices = arena_alloc(s->arena, s->heads.n * sizeof *s->choices);
    if (s->choices == NULL)
        return false;
    for (size_t k = 0; k < s->heads.n; k++) {
        const struct head *head = &s->heads.all[k];
        s->choices[k] = (struct choice){.first = head->first,
                                        .end = head->end,
                                        .brief = head->evidence & EVIDENCE_BIT(EVIDENCE_TITLE_FLASH)};
    }
    choices_score(s);
    return true;
}

/* First as if headlines needed no text, for a file of headlines has that habit too; then with the habits. */
static bool split_choose(struct splitter *s)
{
    const int *weights = rules_evidence(s->rules);
    struct choose_costs first = {.orphan = -weights[EVIDENCE_TEXT_LEFT_OVER]};
    struct choose_costs costs = {.bare = -weights[EVIDENCE_NO_TEXT],
                                 .thin = -weights[EVIDENCE_NO_SENTENCE],
                                 .orphan = -weights[EVIDENCE_TEXT_LEFT_OVER]};
    habits_borders(&s->heads);
    if (!choices_make(s))
        return false;
    struct chooser *chooser = choose_new(s->arena, s->page.looks.text, s->n, s->heads.n);
    if (chooser == NULL)
        return false;
    choose(chooser, s->choices, s->heads.n, &first);
    if (!habits_layouts(&s->heads, s->choices))
        return false;
    choices_score(s);
    choose(chooser, s->choices, s->heads.n, &costs);
    return true;
}

/* --- slices -----------------------------------------------------------------------------------------------
 */

static bool text_class(uint8_t class)
{
    return class == LINE_BODY || class == LINE_HEADING || class == LINE_DATELINE;
}

static struct split_slice slice_of(const struct head *head, const struct choice *choice)
{
    struct split_slice slice = {.first = head->first,
                                .title = head->title,
                                .title_end = head->title_end,
                                .head_end = head->text,
                                .dateline = head->dateline == UINT32_MAX ? SIZE_MAX : head->dateline,
                                .author = head->author == 0 ? SIZE_MAX : head->text - head->author,
                                .score = choice->score,
                                .margin = choice->margin,
                                .evidence = head->evidence};
    slice.found = head->evidence & EVIDENCE_BIT(EVIDENCE_ANCHOR_NONE)      ? TITLE_GUESSED
                  : head->title == head->title_end                         ? TITLE_NONE
                  : head->evidence & EVIDENCE_BIT(EVIDENCE_TITLE_SENTENCE) ? TITLE_DOUBTFUL
                                                                           : TITLE_SURE;
    return slice;
}

/* What ends a slice and is none of it. */
static bool trimmed(uint8_t class)
{
    return class == LINE_BLANK || class == LINE_SEPARATOR || class == LINE_FURNITURE || class == LINE_MAIL;
}

/* Whether line i, of several words, stands between a text that has ended and furniture: "Follow Lake News on
 * ..." is in no list of buttons. A name signs. */
static bool button_like(const struct splitter *s, const struct split_slice *slice, size_t i, size_t furniture)
{
    const struct view v = s->lines[i].text;
    bool upon = furniture < slice->end && furniture == i + 1, text = i > slice->head_end + 1;
    return upon && text && s->page.looks.text[i] == CHOOSE_LINE && scan_words(v) >= BUTTON_WORDS &&
           s->page.looks.text[i - 1] == CHOOSE_SENTENCE && scan_ends_sentence(s->lines[i - 1].text) &&
           !(s->page.looks.of[i] & (LOOK_ENDS | LOOK_MARK | LOOK_ITEM));
}

/* A line that goes on with one of furniture that was wrapped is furniture. */
static void slice_wrapped(const struct splitter *s, const struct split_slice *slice)
{
    for (size_t i = slice->head_end + 1; i < slice->end; i++) {
        const struct line *above = &s->lines[i - 1];
        if (above->class == LINE_FURNITURE && s->lines[i].class == LINE_BODY &&
            (s->page.looks.of[i] & LOOK_LOWER) && above->text.n >= WRAPPED_MIN &&
            !scan_ends_sentence(above->text))
            s->lines[i].class = LINE_FURNITURE;
    }
}

/* Headlines that a page shows under the text, behind furniture that announces them, are furniture too. */
static void slice_related(const struct splitter *s, const struct split_slice *slice)
{
    size_t furniture = slice->end, i = slice->end;
    for (; i > slice->head_end; i--) {
        const struct line *line = &s->lines[i - 1];
        if (line->class == LINE_FURNITURE || button_like(s, slice, i - 1, furniture))
            furniture = i - 1;
        bool plain = s->page.looks.text[i - 1] == CHOOSE_LINE;
        bool listed = i > 1 && s->page.looks.text[i - 2] == CHOOSE_LINE; // a name right under others is one of them
        if (s->page.looks.text[i - 1] == CHOOSE_SENTENCE || line->class == LINE_BYLINE ||
            (plain && !listed && name_like(s->rules, line->text)))
            break;
    }
    for (i = furniture; i < slice->end; i++)
        if (s->page.looks.text[i] == CHOOSE_LINE)
            s->lines[i].class = LINE_FURNITURE;
}

/* The last line of the text that is no credit: a byline of any form, or a name alone, says who wrote it. */
static void slice_signature(const struct splitter *s, const struct split_slice *slice)
{
    struct byline byline;
    size_t i = slice->end;
    while (i > slice->head_end && !text_class(s->lines[i - 1].class) && s->lines[i - 1].class != LINE_BYLINE)
        i--;
    if (i < slice->head_end + 2)
        return;
    struct line *last = &s->lines[i - 1];
    size_t above = i - 1;
    while (above > slice->head_end && s->lines[above - 1].class == LINE_BLANK)
        above--;
    bool gap = above<i - 1, text = above> slice->head_end;
    size_t dash = scan_dash(last->text.p, last->text.n); // "- Anna Example"
    struct view name = scan_trim(view_from(last->text, dash));
    if (last->class == LINE_BODY && text && dash > 0 && gap && name_like(s->rules, name)) {
        last->class = LINE_BYLINE;
        last->text = name;
    }
    if (last->class == LINE_BODY && text && (gap || scan_ends_sentence(s->lines[above - 1].text)) &&
        author_read(s->rules, last->text, &byline))
        last->class = LINE_BYLINE;
}

/* Whether the paragraph that begins with line i says who its author is: "Anna Example is a reporter in
 * Telavi." */
static bool tells_author(const struct splitter *s, const struct split_slice *slice, size_t i)
{
    static const char *const says[] = {" is a", " is the ", " are ",      " ist ",
                                       " est ", " es ",     " является ", " — "};
    struct byline byline;
    struct view v = s->lines[i].text;
    for (size_t k = slice->first; k < slice->head_end; k++) {
        if (s->lines[k].class != LINE_BYLINE || !author_read(s->rules, s->lines[k].text, &byline))
            continue;
        size_t n = byline.names.n;
        bool named = n > 0 && v.n > n && memcmp(v.p, byline.names.p, n) == 0;
        for (size_t w = 0; named && w < sizeof says / sizeof *says; w++)
            if (v.n > n + strlen(says[w]) && memcmp(v.p + n, says[w], strlen(says[w])) == 0)
                return true;
    }
    return false;
}

/* The last paragraph, when it says who its author is, is an editor's. */
static void slice_author(const struct splitter *s, const struct split_slice *slice)
{
    size_t end = slice->end, first;
    while (end > slice->head_end && !text_class(s->lines[end - 1].class))
        end--;
    for (first = end; first > slice->head_end && s->lines[first - 1].class == LINE_BODY;)
        first--;
    if (first == end || first < slice->head_end + 2 || !tells_author(s, slice, first))
        return;
    for (size_t i = first; i < end; i++)
        s->lines[i].class = LINE_EDITED;
}

/* Whether a line above the headline stands over the date, and is called as a house or stands where exports print
 * it: first behind "3 of 50 DOCUMENTS", or under who owns it. */
static bool over_date(const struct splitter *s, const struct split_slice *slice, size_t i, bool owned)
{
    size_t below = i + 1, above = i;
    while (below < slice->title && page_passed_over(&s->page, below))
        below++;
    while (above > 0 && s->lines[above - 1].class == LINE_BLANK)
        above--;
    struct view v = above > 0 ? s->lines[above - 1].text : (struct view){"", 0};
    bool counted = above > 0 && s->lines[above - 1].class == LINE_SEPARATOR && text_has_letter(v.p, v.n);
    return below < s->n && (s->page.looks.of[below] & LOOK_DATE) &&
           (owned || counted || house_named(s->rules, s->lines[i].text));
}

/* Whether line i, too long for a house or going on with such a line, tells what the text is about. */
static bool slice_summary(const struct splitter *s, const struct split_slice *slice, size_t i)
{
    size_t used;
    if (i > slice->title_end && s->lines[i - 1].class == LINE_TITLE && (s->page.looks.of[i] & LOOK_LOWER))
        return true;
    struct view v = s->lines[i].text;
    return !(s->page.looks.of[i] & (LOOK_SHORT | LOOK_DATED)) && !house_named(s->rules, v) &&
           rules_agency_at(s->rules, v.p, v.n, &used) == NULL;
}

/* The lines of the head: what is plain there is the headline, the kicker above it, or an agency's name. */
static void slice_head_classes(const struct splitter *s, const struct split_slice *slice)
{
    const uint64_t divides = EVIDENCE_BIT(EVIDENCE_SEPARATOR_ABOVE) | EVIDENCE_BIT(EVIDENCE_END_ABOVE) |
                             EVIDENCE_BIT(EVIDENCE_BORDER_USUAL);
    bool dated = false,
         owned = (slice->evidence & divides) && !(slice->evidence & EVIDENCE_BIT(EVIDENCE_FILE_BEGINS));
    for (size_t i = slice->first; i < slice->head_end; i++) {
        struct line *line = &s->lines[i];
        owned = owned || line->class == LINE_COPYRIGHT;
        bool title = i >= slice->title && i < slice->title_end;
        bool twice = slice->evidence & EVIDENCE_BIT(EVIDENCE_TITLE_TWICE);
        dated = dated || (s->page.looks.of[i] & LOOK_DATE);
        if (title)
            line->class = LINE_TITLE;
        else if (line->class != LINE_BODY && line->class != LINE_HEADING)
            continue;
        else if (i < slice->title && !twice)
            line->class = over_date(s, slice, i, owned) ? LINE_AGENCY : LINE_KICKER;
        else if (s->page.looks.of[i] & LOOK_DATED)
            line->class = LINE_TIME;
        else if (i == slice->author)
            line->class = LINE_BYLINE;
        else if (dated && i > slice->title_end && !(twice && (s->page.looks.of[i] & LOOK_UPPER)) &&
                 name_like(s->rules, line->text))
            line->class = LINE_BYLINE;
        else if (twice && i > slice->title_end && page_passed_over(&s->page, i - 1) && !(s->page.looks.of[i] & LOOK_UPPER) &&
                 name_like(s->rules, line->text))
            line->class = LINE_AGENCY; // a house or a person
        else if (twice || (i == slice->title_end && !(s->page.looks.of[i] & LOOK_SHORT)) ||
                 slice_summary(s, slice, i))
            line->class = LINE_TITLE; // once more, a second one, what the text is about
        else
            line->class = LINE_AGENCY;
    }
}

/* What looked like an anchor in the middle of the text is text; behind the last paragraph it stays what it
 * is. */
static void slice_classes(const struct splitter *s, const struct split_slice *slice)
{
    slice_head_classes(s, slice);
    size_t last = slice->end;
    while (last > slice->head_end && !text_class(s->lines[last - 1].class))
        last--;
    for (size_t i = slice->head_end; i < last; i++) {
        struct line *line = &s->lines[i];
        bool seeming = line->class == LINE_TIME || line->class == LINE_AGENCY ||
                       line->class == LINE_COUNTRY || line->class == LINE_PLACE ||
                       line->class == LINE_LABEL || line->class == LINE_SEPARATOR ||
                       line->class == LINE_BYLINE || line->class == LINE_KICKER ||
                       line->class == LINE_TITLE || (line->class == LINE_DATELINE && i != slice->dateline);
        if (seeming)
            line->class = LINE_BODY;
    }
    slice_author(s, slice);
    slice_signature(s, slice);
}

/* Lines in front of the first slice are no text. */
static void preamble_classes(const struct splitter *s, size_t end)
{
    for (size_t i = 0; i < end; i++)
        if (!trimmed(s->lines[i].class))
            s->lines[i].class = LINE_PREAMBLE;
}

/* Whether a line of [first, end) says a date. */
static bool dated(const struct splitter *s, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if (s->lines[i].says & LINE_SAYS_DATE)
            return true;
    return false;
}

/* Whether a date alone stands above the headline. */
static bool dated_above(const struct splitter *s, const struct split_slice *slice)
{
    size_t i = slice->first;
    return i + 1 < slice->title && s->lines[i + 1].class == LINE_BLANK && dated(s, i, i + 1);
}

/* Whether head or dateline say a date, the head from line i on. */
static bool dated_head(const struct splitter *s, const struct split_slice *slice, size_t i)
{
    return dated(s, i, slice->head_end) ||
           (slice->dateline != SIZE_MAX && dated(s, slice->dateline, slice->dateline + 1));
}

/* Whether dates stand under the texts of a file, each above the next headline: the first dispatch has none
 * above, and one stands under the last. */
static bool dates_below(const struct splitter *s, const struct split *split)
{
    size_t last = s->n, above = 0;
    if (split->n < 2 || dated_head(s, &split->slices[0], split->slices[0].first))
        return false;
    for (size_t k = 1; k < split->n; k++)
        above += dated_above(s, &split->slices[k]);
    while (last > split->slices[split->n - 1].head_end && trimmed(s->lines[last - 1].class))
        last--;
    return above + 1 == split->n && s->lines[last - 1].class == LINE_TIME && dated(s, last - 1, last);
}

/* A date alone above a headline whose dispatch has another is that of the dispatch before, when that has
 * none: "June 20, 2006" under the last paragraph. */
static void slice_last_date(const struct splitter *s, const struct split_slice *before, bool below,
                            struct split_slice *slice)
{
    size_t i = slice->first, k = i + 1;
    bool own = !dated_head(s, slice, i + 1) || dated_head(s, before, before->first);
    if (!dated_above(s, slice) || (own && !below))
        return;
    while (k < slice->title && s->lines[k].class == LINE_BLANK)
        k++;
    slice->first = k;
}

/* The first line that shows at or, behind blanks and furniture, after line i. */
static size_t shown_from(const struct splitter *s, size_t i, size_t end)
{
    while (i < end && page_passed_over(&s->page, i))
        i++;
    return i;
}

/* Whether a house stands alone at line i, blanks around it. */
static bool house_alone(const struct splitter *s, size_t i, size_t end)
{
    bool above = i == 0 || page_passed_over(&s->page, i - 1),
         below = i + 1 >= s->n || page_passed_over(&s->page, i + 1);
    return i < end && s->lines[i].class == LINE_AGENCY && above && below;
}

/* Where the file ends with a house alone, and its first dispatch does not begin with one, such a line above a
 * headline signs the text above it: "BBC Monitoring", "APA 08.11.2008". */
static void slices_signed(struct splitter *s, struct split *out)
{
    size_t last = s->n;
    while (last > 0 && (page_passed_over(&s->page, last - 1) || trimmed(s->lines[last - 1].class)))
        last--;
    bool signs = out->n > 1 && last > 0 && house_alone(s, last - 1, s->n) &&
                 last - 1 > out->slices[out->n - 1].head_end &&
                 s->lines[out->slices[0].first].class != LINE_AGENCY;
    for (size_t k = 1; signs && k < out->n; k++) {
        struct split_slice *slice = &out->slices[k];
        if (house_alone(s, slice->first, slice->title))
            slice->first = shown_from(s, slice->first + 1, slice->title);
    }
}

/* Whether the first dispatch has headlines that come again, most of them or, where nothing anchors it, a few: a
 * list with some words on each. */
static bool lists_rest(const struct splitter *s, const struct split *split)
{
    const struct split_slice *first = &split->slices[0];
    size_t again = 0, most = split->n - 1 < LISTED_MAX ? split->n - 1 : LISTED_MAX;
    for (size_t k = 1; k < split->n && k <= LISTED_MAX; k++) {
        const struct split_slice *slice = &split->slices[k];
        bool found = false;
        for (size_t i = first->first; i < split->slices[1].first && i < first->first + LIST_LINES && !found; i++) {
            enum twin twin = slice->title == slice->title_end || page_passed_over(&s->page, i)
                                 ? TWIN_NONE
                                 : twin_of(s->lines, slice->title, slice->title_end, i, i + 1);
            found = twin == TWIN_SAME || twin == TWIN_LONGER || twin == TWIN_SHORTER;
        }
        again += found;
    }
    return again >= LISTED_MIN && (first->found == TITLE_GUESSED || again * 2 >= most);
}

/* Whether a line of [first, end) is of a list of what the file brings. */
static bool lists_contents(const struct splitter *s, size_t first, size_t end)
{
    size_t i = first;
    while (i < end && !(s->page.looks.of[i] & LOOK_ENTRY))
        i++;
    return i < end;
}

/* "Turkish Press Review - English-language sources": begins like a dateline, and that is all. */
static bool seems_dateline(const struct line *line)
{
    return line->class == LINE_DATELINE && !(line->says & LINE_SAYS_DATE) &&
           scan_words(line->text) < TOLD_WORDS && !scan_ends_sentence(line->text);
}

/* Whether a line of [first, end) has a sentence. */
static bool tells(const struct splitter *s, size_t first, size_t end)
{
    size_t i = first;
    while (i < end && (s->page.looks.text[i] != CHOOSE_SENTENCE || seems_dateline(&s->lines[i])))
        i++;
    return i < end;
}

/* A few lines without a sentence and without a known house, where all others tell something. */
static bool opens_bare(const struct splitter *s, const struct split *split, size_t lines)
{
    const struct split_slice *first = &split->slices[0];
    bool brief = first->evidence & (EVIDENCE_BIT(EVIDENCE_AGENCY) | EVIDENCE_BIT(EVIDENCE_TITLE_FLASH));
    if (brief || lines > OPENING_BARE || tells(s, first->first, split->slices[1].first))
        return false;
    for (size_t k = 1; k < split->n; k++)
        if (!tells(s, split->slices[k].head_end, k + 1 < split->n ? split->slices[k + 1].first : s->n))
            return false;
    return true;
}

/* Whether the first dispatch of several is no more than what the file says of itself: a list of what it brings;
 * a line or two without headline, date or town, where all others have one of them; words over such a list. */
static bool opens_file(const struct splitter *s, const struct split *split)
{
    const uint64_t heads = EVIDENCE_BIT(EVIDENCE_DATE) | EVIDENCE_BIT(EVIDENCE_DATELINE);
    const struct split_slice *first = &split->slices[0];
    size_t lines = 0;
    if (split->n < OPENED_MIN)
        return false;
    for (size_t i = first->first; i < split->slices[1].first; i++)
        lines += !page_passed_over(&s->page, i);
    bool untitled = first->title == first->title_end;
    bool town = first->evidence & EVIDENCE_BIT(EVIDENCE_DATELINE);
    if (lists_rest(s, split) || opens_bare(s, split, lines) ||
        (untitled && !town && lists_contents(s, first->first, split->slices[1].first)))
        return true;
    if (!untitled || (first->evidence & heads))
        return false;
    for (size_t k = 1; k < split->n; k++)
        if (split->slices[k].title == split->slices[k].title_end && !(split->slices[k].evidence & heads))
            return false;
    return lines <= OPENING_LINES;
}

/* Whether the last dispatch of several is a date or a name without headline and text: what ends the file. */
static bool closes_file(const struct splitter *s, const struct split *split)
{
    const struct split_slice *last = &split->slices[split->n - 1];
    bool text = false;
    for (size_t i = last->head_end; i < s->n && !text; i++)
        text = text_class(s->lines[i].class);
    return split->n >= OPENED_MIN && last->title == last->title_end && !text;
}

/* Chosen heads, each with the lines up to the next. */
static enum fate slices_make(struct splitter *s, struct split *out)
{
    size_t n = 0;
    for (size_t k = 0; k < s->heads.n; k++)
        n += s->choices[k].chosen;
    if (n > s->max_items) {
        err_set(s->e, "more than %llu dispatches", (unsigned long long)s->max_items);
        return FATE_BAD;
    }
    out->slices = arena_alloc(s->arena, n * sizeof *out->slices);
    if (out->slices == NULL)
        return no_memory(s->e);
    for (size_t k = 0; k < s->heads.n; k++)
        if (s->choices[k].chosen)
            out->slices[out->n++] = slice_of(&s->heads.all[k], &s->choices[k]);
    if (opens_file(s, out)) {
        out->slices++;
        out->n = --n;
    }
    size_t end = s->n;
    if (closes_file(s, out)) {
        out->n = --n;
        end = out->slices[n].first;
    }
    bool below = dates_below(s, out);
    for (size_t k = 1; k < n; k++)
        slice_last_date(s, &out->slices[k - 1], below, &out->slices[k]);
    slices_signed(s, out);
    for (size_t k = 0; k < n; k++)
        out->slices[k].end = k + 1 < n ? out->slices[k + 1].first : end;
    tails_cut(&s->page, s->lines, out);
    for (size_t k = 0; k < n; k++) {
        struct split_slice *slice = &out->slices[k];
        slice_wrapped(s, slice);
        slice_related(s, slice);
        while (slice->end > slice->head_end && trimmed(s->lines[slice->end - 1].class))
            slice->end--;
        slice_classes(s, slice);
    }
    numbering_strip(s->lines, out);
    for (size_t i = end; i < s->n; i++)
        if (!trimmed(s->lines[i].class))
            s->lines[i].class = LINE_FURNITURE;
    preamble_classes(s, n > 0 ? out->slices[0].first : s->n);
    return FATE_DONE;
}

/* A file that has lines but no head that pays is one dispatch for all that: the first candidate is taken. */
static void split_whole(struct splitter *s)
{
    bool any = false;
    for (size_t k = 0; k < s->heads.n; k++)
        any = any || s->choices[k].chosen;
    if (any || s->heads.n == 0)
        return;
    size_t best = 0;
    for (size_t k = 1; k < s->heads.n && s->heads.all[k].first == s->heads.all[0].first; k++)
        best = s->choices[k].score > s->choices[best].score ? k : best;
    s->choices[best].chosen = true;
}

/* A line of nothing but a sign or two divides as well as one of three. */
static void split_signs(struct line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct view v = lines[i].text;
        bool signs = lines[i].class == LINE_BODY && v.n > 0 && v.n <= SIGNS_MAX;
        for (size_t at = 0; signs && at < v.n; at++)
            signs = scan_letter(v.p + at, v.n - at) == 0;
        lines[i].class = signs ? LINE_SEPARATOR : lines[i].class;
    }
}

enum fate split_lines(struct arena *arena, const struct rules *rules, struct line *lines, size_t n,
                      uint64_t max_items, struct split *out, struct err *e)
{
    struct splitter s = {
        .arena = arena, .rules = rules, .lines = lines, .n = n, .max_items = max_items, .e = e};
    *out = (struct split){0};
    lines_classify(rules, lines, n);
    split_signs(lines, n);
    frames_classify(lines, n);
    if (!stencil_classify(arena, rules, lines, n) || !refrains_classify(arena, rules, lines, n))
        return no_memory(e);
    s.page = (struct page){.rules = rules, .lines = lines, .n = n};
    if (!looks_take(arena, &s.page) || !twin_contents(arena, &s.page))
        return no_memory(e);
    s.heads = (struct heads){.arena = arena, .page = &s.page};
    if (!heads_find(&s.heads) || !split_choose(&s))
        return no_memory(e);
    split_whole(&s);
    return slices_make(&s, out);
}
