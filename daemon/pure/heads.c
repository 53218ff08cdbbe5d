// SPDX-License-Identifier: MIT
/* heads: see heads.h. From each line that could be a headline it walks down and up; from each line that says
 * who and when it walks down without a headline. */
#include "daemon/pure/heads.h"

#include "daemon/pure/twin.h"

#include <string.h>

#define HEAD_LINES 24   /* lines of a head under its headline, blank runs and furniture among them */
#define ABOVE_LINES 8   /* ... and above it */
#define WRAPPED_MIN 30  /* characters: no line that was wrapped is shorter */
#define TITLE_BYTES 300 /* of a wrapped headline */
#define LONG_TITLE 150  /* bytes: most headlines are shorter */
#define CAPTION_MAX 240 /* bytes of the one line between a time line and a dateline that is late */
#define UNWRAPPED 50    /* characters: a headline that is shorter was not wrapped */
#define HOPELESS (-900) /* what no evidence of the file as a whole can make good */

#define BIT EVIDENCE_BIT

/* --- classes ---------------------------------------------------------------------------------------------- */

static uint8_t class_of(const struct heads *h, size_t i)
{
    return h->lines[i].class;
}

static bool passed_over(uint8_t class)
{
    return class == LINE_BLANK || class == LINE_FURNITURE;
}

static bool plain(const struct heads *h, size_t i)
{
    return (h->looks->of[i] & LOOK_PLAIN) != 0;
}

/* Lines that say who, where and when, and stand above or under a headline. */
static bool says_when(uint8_t class)
{
    return class == LINE_TIME || class == LINE_AGENCY || class == LINE_COUNTRY || class == LINE_PLACE ||
           class == LINE_LABEL;
}

/* Lines that stand above a headline and say nothing of time or place. */
static bool leads(uint8_t class)
{
    return class == LINE_KICKER || class == LINE_SLUG;
}

static bool in_head(uint8_t class)
{
    return says_when(class) || leads(class) || class == LINE_NOTE || class == LINE_BYLINE || class == LINE_SOURCE || class == LINE_EDITED ||
           class == LINE_COPYRIGHT || class == LINE_MAIL;
}

static size_t shown_from(const struct heads *h, size_t i)
{
    size_t most = i + HEAD_LINES < h->n ? i + HEAD_LINES : h->n;
    while (i < most && passed_over(class_of(h, i)))
        i++;
    return i < most ? i : h->n;
}

/* --- the border above ------------------------------------------------------------------------------------- */

/* What stands above line i, blank runs and furniture passed over. */
struct above {
    size_t line; /* SIZE_MAX: the file begins */
    bool gap, wide, furniture;
};

static struct above look_above(const struct heads *h, size_t i)
{
    struct above a = {SIZE_MAX, false, false, false};
    for (size_t steps = 0; i > 0 && steps < HEAD_LINES; i--, steps++) {
        uint8_t class = class_of(h, i - 1);
        a.gap = a.gap || class == LINE_BLANK;
        a.wide = a.wide || (h->looks->of[i - 1] & LOOK_WIDE);
        a.furniture = a.furniture || class == LINE_FURNITURE;
        if (!passed_over(class)) {
            a.line = i - 1;
            break;
        }
    }
    return a;
}

/* Whether the byline at line i stands under text, not under a headline. */
static bool signature(const struct heads *h, size_t i)
{
    struct above a = look_above(h, i);
    return a.line != SIZE_MAX && h->looks->text[a.line] == CHOOSE_SENTENCE;
}

/* Signs divide by their kind; numbers ("3 of 50") are one kind. */
static enum border border_sign(struct view v)
{
    return BORDER_SIGN + (scan_letter(v.p, v.n) > 0 ? 0 : ((unsigned char)*v.p & 63));
}

static enum border border_of(const struct heads *h, const struct above *a)
{
    uint8_t class = a->line == SIZE_MAX ? LINE_BLANK : class_of(h, a->line);
    switch (class) {
    case LINE_SEPARATOR:
        return border_sign(h->lines[a->line].text);
    case LINE_END:
        return BORDER_END;
    case LINE_MAIL:
        return BORDER_MAIL;
    case LINE_EDITED:
    case LINE_COPYRIGHT:
    case LINE_SOURCE:
        return BORDER_CREDIT;
    case LINE_BYLINE:
        return signature(h, a->line) ? BORDER_SIGNATURE : BORDER_NONE;
    default:
        if (a->line != SIZE_MAX && (h->looks->of[a->line] & LOOK_MARK))
            return BORDER_END;
        return a->wide ? BORDER_WIDE_GAP : BORDER_NONE;
    }
}

enum border heads_border(const struct heads *h, size_t i)
{
    struct above a = look_above(h, i);
    return border_of(h, &a);
}

static bool stars(struct view v)
{
    return *v.p == '*' || *v.p == '~' || *v.p == '+';
}

/* What the line above a head, which is no border, says. */
static uint64_t evidence_text_above(const struct heads *h, size_t i)
{
    uint32_t look = h->looks->of[i];
    uint8_t class = class_of(h, i);
    if (says_when(class) || leads(class) || class == LINE_NOTE)
        return BIT(EVIDENCE_ANCHOR_ABOVE);
    if (class == LINE_BYLINE)
        return BIT(signature(h, i) ? EVIDENCE_SIGNATURE_ABOVE : EVIDENCE_ANCHOR_ABOVE);
    uint64_t found = class == LINE_DATELINE ? BIT(EVIDENCE_DATELINE_ABOVE) : 0;
    if (look & LOOK_COLON)
        return found | BIT(EVIDENCE_COLON_ABOVE);
    if (look & LOOK_ENDS)
        return found | BIT(EVIDENCE_SENTENCE_ABOVE);
    if ((look & LOOK_TITLE) && (look & LOOK_SHORT) && name_like(h->rules, h->lines[i].text))
        return BIT(EVIDENCE_SIGNATURE_ABOVE);
    return found | (look & LOOK_TITLE ? BIT(EVIDENCE_TITLE_ABOVE) : BIT(EVIDENCE_OPEN_TEXT_ABOVE));
}

static uint64_t evidence_above(const struct heads *h, size_t first, uint8_t *border)
{
    struct above a = look_above(h, first);
    *border = (uint8_t)border_of(h, &a);
    uint64_t found = a.gap ? BIT(EVIDENCE_GAP_ABOVE) : 0;
    found |= a.wide ? BIT(EVIDENCE_WIDE_GAP_ABOVE) : 0;
    found |= a.furniture ? BIT(EVIDENCE_FURNITURE_ABOVE) : 0;
    if (a.line == SIZE_MAX)
        return found | BIT(EVIDENCE_FILE_BEGINS);
    switch (*border) {
    case BORDER_END:
        return found | BIT(EVIDENCE_END_ABOVE);
    case BORDER_MAIL:
        return found | BIT(EVIDENCE_MAIL_ABOVE);
    case BORDER_CREDIT:
        return found | BIT(EVIDENCE_CREDIT_ABOVE);
    case BORDER_NONE:
    case BORDER_WIDE_GAP:
    case BORDER_SIGNATURE:
        found |= a.gap || a.furniture ? 0 : BIT(EVIDENCE_NO_GAP_ABOVE);
        return found | evidence_text_above(h, a.line);
    default:
        return found | BIT(stars(h->lines[a.line].text) ? EVIDENCE_STARS_ABOVE : EVIDENCE_SEPARATOR_ABOVE);
    }
}

/* --- the headline ----------------------------------------------------------------------------------------- */

static uint64_t evidence_title(const struct heads *h, const struct head *c)
{
    uint32_t first = h->looks->of[c->title], last = h->looks->of[c->title_end - 1];
    struct view v = h->lines[c->title].text;
    size_t bytes = 0, used;
    for (size_t i = c->title; i < c->title_end; i++)
        bytes += h->lines[i].text.n;
    if (!(first & LOOK_PLAIN) && passed_over(class_of(h, c->title)))
        return BIT(EVIDENCE_TITLE_FURNITURE);
    if (!(first & LOOK_PLAIN))
        return BIT(EVIDENCE_TITLE) | BIT(EVIDENCE_ANCHOR_UNSURE);
    uint64_t found = BIT(last & LOOK_TITLE    ? EVIDENCE_TITLE
                         : last & LOOK_COLON ? EVIDENCE_TITLE_COLON
                                             : EVIDENCE_TITLE_SENTENCE);
    found |= last & LOOK_BROKEN ? BIT(EVIDENCE_TITLE_BROKEN) : 0;
    found |= first & LOOK_NAMED ? BIT(EVIDENCE_LABEL) : 0;
    found |= bytes > LONG_TITLE ? BIT(EVIDENCE_TITLE_LONG) : 0;
    found |= first & LOOK_UPPER ? BIT(EVIDENCE_TITLE_UPPER) : 0;
    found |= first & LOOK_LOWER ? BIT(EVIDENCE_TITLE_LOWER) : 0;
    found |= first & LOOK_ITEM ? BIT(EVIDENCE_TITLE_ITEM) : 0;
    found |= first & LOOK_ENTRY ? BIT(EVIDENCE_LIST_ENTRY) : 0;
    found |= first & LOOK_LISTED ? BIT(EVIDENCE_TITLE_LISTED) : 0;
    found |= c->title_end - c->title > 1 ? BIT(EVIDENCE_TITLE_WRAPPED) : 0;
    if (rules_credit(h->rules, v.p, v.n, &used) == CREDIT_FLASH)
        found |= BIT(EVIDENCE_TITLE_FLASH);
    else if ((first & LOOK_SHORT) && !(first & LOOK_UPPER) && c->title_end - c->title == 1 && name_like(h->rules, v))
        found |= BIT(EVIDENCE_TITLE_NAME);
    return found;
}

/* Lines of the block that begins at i: plain lines without a gap, each but the last long enough to have been
 * wrapped or followed by a small letter. At most TWIN_LINES. */
static size_t block_lines(const struct heads *h, size_t i)
{
    size_t k = 1, bytes = h->lines[i].text.n;
    while (k < TWIN_LINES && i + k < h->n && plain(h, i + k)) {
        uint32_t above = h->looks->of[i + k - 1], look = h->looks->of[i + k];
        bool wrapped = scan_length(h->lines[i + k - 1].text) >= WRAPPED_MIN || (look & LOOK_LOWER);
        bytes += h->lines[i + k].text.n + 1;
        if (!(above & LOOK_TITLE) || (above & (LOOK_ENDS | LOOK_COLON)) || !wrapped || bytes > TITLE_BYTES)
            break;
        k++;
    }
    return k;
}

/* --- under the headline ----------------------------------------------------------------------------------- */

static void layout_add(struct head *c, unsigned token)
{
    c->layout = c->layout * 31 + token; // as good as any: layouts are compared, never read
}

enum token {
    TOKEN_GAP = 1,
    TOKEN_KICKER,
    TOKEN_TITLE,
    TOKEN_SENTENCE,
    TOKEN_COLON,
    TOKEN_TWIN,
    TOKEN_UNKNOWN,
    TOKEN_DATELINE,
    TOKEN_CAPTION,
    TOKEN_CLASS, /* + enum line_class */
};

static void take_line(const struct heads *h, struct head *c, size_t i)
{
    static const uint8_t says[] = {
        [LINE_AGENCY] = EVIDENCE_AGENCY,   [LINE_COUNTRY] = EVIDENCE_PLACE, [LINE_PLACE] = EVIDENCE_PLACE,
        [LINE_BYLINE] = EVIDENCE_BYLINE,   [LINE_LABEL] = EVIDENCE_LABEL,   [LINE_SOURCE] = EVIDENCE_SOURCE,
        [LINE_COPYRIGHT] = EVIDENCE_SOURCE, [LINE_KICKER] = EVIDENCE_KICKER, [LINE_NOTE] = EVIDENCE_NOTE,
        [LINE_SLUG] = EVIDENCE_SLUG,
    };
    uint8_t class = class_of(h, i);
    uint32_t look = h->looks->of[i];
    c->evidence |= look & LOOK_DATE ? BIT(EVIDENCE_DATE) : 0;
    c->evidence |= look & LOOK_CLOCK ? BIT(EVIDENCE_TIME) : 0;
    c->evidence |= h->lines[i].score < LOOK_UNSURE ? BIT(EVIDENCE_ANCHOR_UNSURE) : 0;
    if (class < sizeof says && says[class] != 0)
        c->evidence |= BIT(says[class]);
    layout_add(c, TOKEN_CLASS + class + (look & LOOK_DATE ? 32 : 0));
}

/* What a plain line under a headline is when it is neither text nor the headline again: one with figures of a
 * date that the rules cannot read, or a short one over a time line, which names an agency or an author that
 * they do not know. EVIDENCE_N: it is text. */
static enum evidence unknown_line(const struct heads *h, const struct head *c, size_t i)
{
    uint32_t look = h->looks->of[i];
    size_t below = shown_from(h, i + 1);
    bool date = below < h->n && ((class_of(h, below) == LINE_TIME && (h->looks->of[below] & LOOK_DATE)) ||
                                 (h->looks->of[below] & LOOK_DATED));
    bool gap = class_of(h, i - 1) == LINE_BLANK, within = in_head(class_of(h, i - 1)), upon = below == i + 1;
    if (look & (LOOK_QUESTION | LOOK_COLON | LOOK_BROKEN))
        return EVIDENCE_N;
    if ((look & LOOK_ENDS) && !(upon && date && (look & LOOK_SHORT))) // "... Czech Rep." may stand over a date
        return EVIDENCE_N;
    if ((look & LOOK_DATED) && *h->lines[i].text.p >= '0' && *h->lines[i].text.p <= '9')
        return EVIDENCE_ANCHOR_UNKNOWN;
    if ((look & LOOK_DATED) && (gap || within) && below < h->n && h->looks->text[below] == CHOOSE_SENTENCE)
        return EVIDENCE_ANCHOR_UNKNOWN;
    bool unwrapped = scan_length(h->lines[c->title].text) < UNWRAPPED && scan_words(h->lines[c->title].text) > 2;
    bool place = gap || within || (upon && unwrapped && !(look & LOOK_LOWER));
    bool known = (c->evidence & BIT(EVIDENCE_AGENCY)) && !(within && upon);
    bool named = date && (look & LOOK_SHORT) && !(look & LOOK_DATED) && place && !known && !(c->evidence & BIT(EVIDENCE_DATE));
    return named ? EVIDENCE_AGENCY_UNKNOWN : EVIDENCE_N;
}

/* If the block at i says the headline again, takes it and returns its lines; else 0. */
static size_t take_twin(struct heads *h, struct head *c, size_t i)
{
    size_t most = block_lines(h, i);
    for (size_t k = most; k > 0; k--) {
        enum twin twin = twin_of(h->lines, c->title, c->title_end, i, i + k);
        h->full = h->full || twin == TWIN_NO_MEMORY;
        if (twin == TWIN_NONE || twin == TWIN_NO_MEMORY || (twin == TWIN_SHORTER && k < most))
            continue;
        bool second = twin == TWIN_LONGER ||
                      (twin == TWIN_SAME && (h->looks->of[c->title] & LOOK_UPPER) &&
                       !(h->looks->of[i] & LOOK_UPPER));
        if (second) {
            c->title = (uint32_t)i;
            c->title_end = (uint32_t)(i + k);
        }
        c->evidence |= BIT(EVIDENCE_TITLE_TWICE);
        layout_add(c, TOKEN_TWIN);
        return k;
    }
    return 0;
}

/* The dateline at or, behind one line that is a caption, after line i. */
static void take_dateline(const struct heads *h, struct head *c, size_t i)
{
    bool late = i < h->n && plain(h, i) && h->lines[i].text.n <= CAPTION_MAX &&
                (c->evidence & (BIT(EVIDENCE_DATE) | BIT(EVIDENCE_TIME))) &&
                !(c->evidence & BIT(EVIDENCE_TITLE_FLASH));
    size_t caption = i;
    i = late ? shown_from(h, i + 1) : i;
    if (i >= h->n || class_of(h, i) != LINE_DATELINE || i - c->first >= CHOOSE_SPAN)
        return;
    c->evidence |= BIT(EVIDENCE_DATELINE) | (late ? BIT(EVIDENCE_DATELINE_LATE) : 0);
    c->evidence |= h->looks->of[i] & LOOK_DATE ? BIT(EVIDENCE_DATELINE_DATE) : 0;
    c->evidence |= h->lines[i].score < LOOK_UNSURE ? BIT(EVIDENCE_ANCHOR_UNSURE) : 0;
    c->text = (uint32_t)(late ? caption : i);
    c->end = c->dateline = (uint32_t)i;
    layout_add(c, late ? TOKEN_CAPTION : TOKEN_DATELINE);
}

/* Takes what stands under the headline, or with none what begins at line i. */
static void take_below(struct heads *h, struct head *c, size_t i)
{
    size_t most = i + HEAD_LINES < h->n ? i + HEAD_LINES : h->n, k;
    bool titled = c->title < c->title_end, gap = false;
    enum evidence unknown;
    c->text = c->end = (uint32_t)i;
    for (; i < most; i += k) {
        uint8_t class = class_of(h, i);
        k = 1;
        gap = gap || class == LINE_BLANK;
        if (passed_over(class))
            continue;
        if (gap)
            layout_add(c, TOKEN_GAP);
        gap = false;
        if (in_head(class)) {
            take_line(h, c, i);
        } else if (!titled || !plain(h, i)) {
            break;
        } else if (!(c->evidence & BIT(EVIDENCE_TITLE_TWICE)) && (k = take_twin(h, c, i)) > 0) {
            // taken
        } else if ((unknown = unknown_line(h, c, i)) != EVIDENCE_N && !(c->evidence & BIT(unknown))) {
            c->evidence |= BIT(unknown);
            layout_add(c, TOKEN_UNKNOWN);
            k = 1;
        } else {
            break;
        }
        c->text = c->end = (uint32_t)(i + k);
    }
    take_dateline(h, c, i < most ? i : h->n);
}

/* --- above the headline ----------------------------------------------------------------------------------- */

/* Who owns it, and short lines that nobody knows, stand above all when a separator, or in the beginning of the
 * file a copyright line, divides them from the text before. */
static size_t first_owned(const struct heads *h, size_t first)
{
    size_t top = first, strange = 0;
    bool owned = false;
    while (top > 0 && first - top < ABOVE_LINES) {
        uint8_t class = class_of(h, top - 1);
        uint32_t look = h->looks->of[top - 1];
        bool unknown = (look & (LOOK_SHORT | LOOK_DATED)) && (look & LOOK_TITLE) && !(look & LOOK_ENDS);
        if (class != LINE_COPYRIGHT && class != LINE_BLANK && !says_when(class) && !(unknown && ++strange <= 2))
            break;
        owned = owned || class == LINE_COPYRIGHT;
        top--;
    }
    bool divided = top == 0 ? owned : class_of(h, top - 1) == LINE_SEPARATOR;
    while (divided && top < first && class_of(h, top) == LINE_BLANK)
        top++;
    return divided ? top : first;
}

/* The first of the lines above line i that say who and when; i: there are none. */
static size_t first_above(const struct heads *h, size_t i)
{
    size_t first = i;
    for (size_t steps = 0; i > 0 && steps < ABOVE_LINES; i--, steps++) {
        uint8_t class = class_of(h, i - 1);
        if (says_when(class) || leads(class))
            first = i - 1;
        else if (!passed_over(class))
            break;
    }
    return first_owned(h, first);
}

/* A word or two above the headline: "ECONOMY". */
static bool kicker_at(const struct heads *h, size_t i)
{
    uint32_t look = h->looks->of[i];
    struct view v = h->lines[i].text;
    bool border = i == 0 || !plain(h, i - 1);
    return border && (look & LOOK_TITLE) && (look & LOOK_PLAIN) && !(look & (LOOK_ENDS | LOOK_ITEM)) &&
           v.n <= WRAPPED_MIN && scan_words(v) <= 3 && !name_like(h->rules, v);
}

/* --- candidates ------------------------------------------------------------------------------------------- */

#define ANCHORS                                                                                               \
    (BIT(EVIDENCE_DATE) | BIT(EVIDENCE_TIME) | BIT(EVIDENCE_AGENCY) | BIT(EVIDENCE_BYLINE) |                  \
     BIT(EVIDENCE_LABEL) | BIT(EVIDENCE_DATELINE) | BIT(EVIDENCE_ANCHOR_UNKNOWN) | BIT(EVIDENCE_NOTE) | BIT(EVIDENCE_SLUG))

static void head_add(struct heads *h, const struct head *c)
{
    if (h->nall == h->size) {
        size_t size = h->size == 0 ? 64 : h->size * 2;
        struct head *all = arena_alloc(h->arena, size * sizeof *all);
        if (all == NULL) {
            h->full = true;
            return;
        }
        if (h->nall > 0)
            memcpy(all, h->all, h->nall * sizeof *all);
        h->all = all;
        h->size = size;
    }
    // A head may begin above one that was found before it.
    size_t at = h->nall++;
    for (; at > 0 && h->all[at - 1].first > c->first; at--)
        h->all[at] = h->all[at - 1];
    h->all[at] = *c;
}

/* Candidates without a chance are left out but the one to keep, for the file's first text must go somewhere. */
static void head_weigh(struct heads *h, struct head *c, bool keep)
{
    bool titled = c->title < c->title_end;
    c->evidence |= BIT(EVIDENCE_START) | evidence_above(h, c->first, &c->border);
    c->evidence |= titled ? 0 : BIT(EVIDENCE_UNTITLED);
    // A paragraph with a dateline is a dispatch by itself only where dispatches have no headlines.
    c->evidence &= titled ? ~BIT(EVIDENCE_DATELINE_ABOVE) : ~UINT64_C(0);
    c->evidence |= c->evidence & ANCHORS ? 0 : BIT(EVIDENCE_ANCHOR_NONE);
    bool undivided = c->border == BORDER_NONE || c->border == BORDER_WIDE_GAP;
    if (titled && undivided && !(c->evidence & ANCHORS) && (h->looks->of[c->title_end - 1] & LOOK_QUESTION))
        c->evidence |= BIT(EVIDENCE_TITLE_QUESTION);
    if (titled && c->text == c->title_end && c->text < h->n && plain(h, c->text)) {
        uint32_t look = h->looks->of[c->text];
        bool list = (look & LOOK_SHORT) && (look & LOOK_TITLE) && (h->looks->of[c->title] & LOOK_SHORT);
        c->evidence |= BIT(EVIDENCE_NO_GAP_BELOW) | (list ? BIT(EVIDENCE_TITLE_ITEM) : 0);
    }
    size_t below = shown_from(h, c->text);
    if (below < h->n && (h->looks->of[below] & LOOK_LOWER))
        c->evidence |= BIT(EVIDENCE_LOWER_BELOW);
    if (keep || evidence_sum(rules_evidence(h->rules), c->evidence) > HOPELESS)
        head_add(h, c);
}

/* The candidate with the headline [i, i + k), with and without what stands above it. */
static void head_titled(struct heads *h, size_t i, size_t k)
{
    struct head c = {.first = (uint32_t)i,
                     .title = (uint32_t)i,
                     .title_end = (uint32_t)(i + k),
                     .dateline = UINT32_MAX};
    c.evidence = evidence_title(h, &c);
    layout_add(&c, c.evidence & BIT(EVIDENCE_TITLE_SENTENCE) ? TOKEN_SENTENCE
                   : c.evidence & BIT(EVIDENCE_TITLE_COLON)  ? TOKEN_COLON
                                                             : TOKEN_TITLE);
    take_below(h, &c, i + k);
    struct head plainly = c;
    head_weigh(h, &plainly, false);
    size_t top = i > 0 && kicker_at(h, i - 1) ? i - 1 : i, first = first_above(h, top);
    if (first == i)
        return;
    if (top < i) {
        c.evidence |= BIT(EVIDENCE_KICKER);
        layout_add(&c, TOKEN_KICKER);
        c.first = (uint32_t)top;
        plainly = c;
        head_weigh(h, &plainly, false);
    }
    if (first == top)
        return;
    for (size_t line = first; line < top; line++) {
        if (!in_head(class_of(h, line)))
            continue;
        take_line(h, &c, line);
        c.evidence |= leads(class_of(h, line)) ? 0 : BIT(EVIDENCE_ANCHOR_FIRST);
    }
    c.first = (uint32_t)first;
    head_weigh(h, &c, false);
}

static void head_untitled(struct heads *h, size_t i, bool first)
{
    struct head c = {.first = (uint32_t)i,
                     .title = (uint32_t)i,
                     .title_end = (uint32_t)i,
                     .dateline = UINT32_MAX};
    take_below(h, &c, i);
    head_weigh(h, &c, first);
}

/* Whether what comes at line i, perhaps behind a blank run, could stand under a headline. */
static bool head_goes_on(const struct heads *h, size_t i)
{
    i = shown_from(h, i);
    return i < h->n && (in_head(class_of(h, i)) || class_of(h, i) == LINE_DATELINE);
}

/* Candidates whose headline begins at line i. In the middle of a paragraph only the lines that stand over an
 * anchor are worth the walk. */
static void heads_titled_at(struct heads *h, size_t i)
{
    bool inside = i > 0 && (plain(h, i - 1) || class_of(h, i - 1) == LINE_DATELINE);
    size_t most = block_lines(h, i);
    for (size_t k = 1; k <= most; k++)
        if (!inside || head_goes_on(h, i + k))
            head_titled(h, i, k);
}

/* A line of a doubtful class with a gap on both sides over an anchor may be a headline after all: "Next",
 * "PRESS REVIEW". */
static bool doubtful_alone(const struct heads *h, size_t i)
{
    bool above = i == 0 || class_of(h, i - 1) == LINE_BLANK;
    size_t below = shown_from(h, i + 1);
    bool gap = i + 1 < h->n && class_of(h, i + 1) == LINE_BLANK;
    return above && gap && below < h->n &&
           (in_head(class_of(h, below)) || class_of(h, below) == LINE_DATELINE ||
            (class_of(h, i) == LINE_KICKER && below + 1 < h->n && in_head(class_of(h, below + 1))));
}

/* Whether an anchor without a headline begins at line i: none of its lines stands above. */
static bool anchor_begins(const struct heads *h, size_t i)
{
    uint8_t class = class_of(h, i);
    if (!says_when(class) && class != LINE_DATELINE && class != LINE_BYLINE)
        return false;
    struct above a = look_above(h, i);
    return a.line == SIZE_MAX || !in_head(class_of(h, a.line));
}

bool heads_find(struct heads *h)
{
    bool begun = false;
    for (size_t i = 0; i < h->n && !h->full; i++) {
        uint8_t class = class_of(h, i);
        uint32_t look = h->looks->of[i];
        bool text = plain(h, i) || class == LINE_DATELINE;
        if ((text && (!begun || heads_border(h, i) == BORDER_END)) || anchor_begins(h, i))
            head_untitled(h, i, text && !begun);
        if (plain(h, i) && !(look & LOOK_LONG))
            heads_titled_at(h, i);
        else if (!plain(h, i) && (look & LOOK_TITLE) && doubtful_alone(h, i))
            head_titled(h, i, 1);
        begun = begun || text;
    }
    return !h->full;
}
