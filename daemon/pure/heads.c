// SPDX-License-Identifier: MIT
/* heads: see heads.h. From each line that could be a headline it walks down and up; from each line that says
 * who and when it walks down without a headline. */
#include "daemon/pure/heads.h"

#include "daemon/pure/beneath.h"
#include "daemon/pure/twin.h"

#include <string.h>

#define FILE_HEAD 60    /* lines of the file's own head with its list of headlines */
#define ABOVE_LINES 16  /* ... and above it, a letterhead among them */
#define KICKER_MAX 30   /* characters */
#define WRAPPED_MIN 30  /* characters: no line that was wrapped is shorter */
#define TITLE_BYTES 300 /* of a wrapped headline */
#define LONG_TITLE 150  /* bytes: most headlines are shorter */
#define CAPTION_MAX 240 /* bytes of the one line between a time line and a dateline that is late */
#define DIGEST_WORDS 5
#define HOPELESS (-900) /* what no evidence of the file as a whole can make good */

#define BIT EVIDENCE_BIT

/* --- the headline -----------------------------------------------------------------------------------------
 */

/* "DAILY NEWS BULLETIN": nothing but words that stand beside dates and houses. */
static bool digest_name(const struct rules *rules, struct view v)
{
    size_t at = 0, words = 0, word;
    for (; (word = scan_word(v.p + at, v.n - at)) > 0 && words <= DIGEST_WORDS; words++) {
        if (rules_filler(rules, v.p + at, word) == FILLER_NONE)
            return false;
        at += word + scan_blanks(v.p + at + word, v.n - at - word);
    }
    return at == v.n && words > 1;
}

/* A word or two above the headline: "ECONOMY"; more of them in capitals: "PRÈS DE CHEZ NOUS". */
static bool kicker_at(const struct page *p, size_t i)
{
    uint32_t look = p->looks.of[i];
    struct view v = p->lines[i].text;
    bool border = (i == 0 || !page_plain(p, i - 1)) && scan_letter(v.p, v.n) > 0;
    return border && (look & LOOK_TITLE) && (look & LOOK_PLAIN) && !(look & (LOOK_ENDS | LOOK_ITEM)) &&
           scan_length(v) <= KICKER_MAX && scan_words(v) <= (look & LOOK_UPPER ? 4 : 3) &&
           !name_like(p->rules, v);
}

/* Whether the headline could be the section's name in capitals, right over a headline that is not in
 * capitals. */
static bool over_headline(const struct page *p, const struct head *c)
{
    size_t i = c->title, below = c->title_end;
    uint32_t quiet = LOOK_UPPER | LOOK_LOWER | LOOK_LONG | LOOK_COLON;
    return below == i + 1 && below < p->n && kicker_at(p, i) && page_plain(p, below) &&
           (p->looks.of[below] & LOOK_TITLE) && !(p->looks.of[below] & quiet);
}

static uint64_t evidence_title(const struct page *p, const struct head *c)
{
    uint32_t first = p->looks.of[c->title], last = p->looks.of[c->title_end - 1];
    struct view v = p->lines[c->title].text;
    size_t bytes = 0, used;
    for (size_t i = c->title; i < c->title_end; i++)
        bytes += p->lines[i].text.n;
    if (!(first & LOOK_PLAIN) && page_passed_over(p, c->title))
        return BIT(EVIDENCE_TITLE_FURNITURE);
    if (!(first & LOOK_PLAIN))
        return BIT(EVIDENCE_TITLE) | BIT(EVIDENCE_ANCHOR_UNSURE);
    uint64_t found = BIT(last & LOOK_TITLE   ? EVIDENCE_TITLE
                         : last & LOOK_COLON ? EVIDENCE_TITLE_COLON
                                             : EVIDENCE_TITLE_SENTENCE);
    // A name and a date right under what may be a headline are hardly one.
    found |= (first & LOOK_SIGNED) && c->title > 0 && page_plain(p, c->title - 1)
                 ? BIT(EVIDENCE_TITLE_FURNITURE)
                 : 0;
    found |= last & LOOK_BROKEN ? BIT(EVIDENCE_TITLE_BROKEN) : 0;
    found |= first & LOOK_NAMED ? BIT(EVIDENCE_LABEL) : 0;
    found |= bytes > LONG_TITLE ? BIT(EVIDENCE_TITLE_LONG) : 0;
    found |= (first & LOOK_UPPER) && !over_headline(p, c) ? BIT(EVIDENCE_TITLE_UPPER) : 0;
    found |= first & LOOK_LOWER ? BIT(EVIDENCE_TITLE_LOWER) : 0;
    found |= first & LOOK_ITEM ? BIT(EVIDENCE_TITLE_ITEM) : 0;
    found |= first & LOOK_ENTRY ? BIT(EVIDENCE_LIST_ENTRY) : 0;
    found |= first & LOOK_LISTED ? BIT(EVIDENCE_TITLE_LISTED) : 0;
    found |= c->title_end - c->title > 1 ? BIT(EVIDENCE_TITLE_WRAPPED) : 0;
    if (rules_credit(p->rules, v.p, v.n, &used) == CREDIT_FLASH)
        found |= BIT(EVIDENCE_TITLE_FLASH);
    else if ((first & LOOK_SHORT) && c->title_end - c->title == 1 &&
             (digest_name(p->rules, v) || (!(first & LOOK_UPPER) && name_like(p->rules, v))))
        found |= BIT(EVIDENCE_TITLE_NAME);
    return found;
}

/* Lines of the block that begins at i: plain lines without a gap, each but the last long enough to have been
 * wrapped or followed by a small letter. At most TWIN_LINES. */
static size_t block_lines(const struct page *p, size_t i)
{
    size_t k = 1, bytes = p->lines[i].text.n;
    while (k < TWIN_LINES && i + k < p->n && page_plain(p, i + k)) {
        uint32_t above = p->looks.of[i + k - 1], look = p->looks.of[i + k];
        bool wrapped = (look & LOOK_LOWER) ||
                       (!p->looks.unwrapped && scan_length(p->lines[i + k - 1].text) >= WRAPPED_MIN &&
                        !head_fits(p, i + k));
        bytes += p->lines[i + k].text.n + 1;
        bool labelled = p->lines[i + k].says & LINE_SAYS_LABEL;
        bool quieter = (above & LOOK_UPPER) && !(look & LOOK_UPPER); // a headline in capitals stays so
        bool other = labelled || quieter || (look & LOOK_SIGNED) || (look & above & LOOK_ITEM);
        bool goes_on = (above & LOOK_TITLE) && !(above & (LOOK_ENDS | LOOK_COLON)) && !other;
        if (!goes_on || !wrapped || bytes > TITLE_BYTES)
            break;
        k++;
    }
    return k;
}

/* --- under the headline -----------------------------------------------------------------------------------
 */

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
    TOKEN_DECK,
    TOKEN_CLASS, /* + enum line_class */
};

static void take_line(const struct page *p, struct head *c, size_t i)
{
    static const uint8_t says[] = {
        [LINE_AGENCY] = EVIDENCE_AGENCY,    [LINE_COUNTRY] = EVIDENCE_PLACE, [LINE_PLACE] = EVIDENCE_PLACE,
        [LINE_BYLINE] = EVIDENCE_BYLINE,    [LINE_LABEL] = EVIDENCE_LABEL,   [LINE_SOURCE] = EVIDENCE_SOURCE,
        [LINE_COPYRIGHT] = EVIDENCE_SOURCE, [LINE_KICKER] = EVIDENCE_KICKER, [LINE_NOTE] = EVIDENCE_NOTE,
        [LINE_SLUG] = EVIDENCE_SLUG,
    };
    uint8_t class = page_class(p, i);
    uint32_t look = p->looks.of[i];
    c->evidence |= look & LOOK_DATE ? BIT(EVIDENCE_DATE) : 0;
    c->evidence |= look & LOOK_CLOCK ? BIT(EVIDENCE_TIME) : 0;
    c->evidence |= p->lines[i].score < LOOK_UNSURE ? BIT(EVIDENCE_ANCHOR_UNSURE) : 0;
    if (class < sizeof says && says[class] != 0)
        c->evidence |= BIT(says[class]);
    layout_add(c, TOKEN_CLASS + class + (look & LOOK_DATE ? 32 : 0));
}

/* If the block at i says the headline again, takes it and returns its lines; else 0. */
static size_t take_twin(struct heads *h, struct head *c, size_t i)
{
    const struct page *p = h->page;
    size_t most = block_lines(p, i);
    for (size_t k = most; k > 0; k--) {
        enum twin twin = twin_of(p->lines, c->title, c->title_end, i, i + k);
        h->full = h->full || twin == TWIN_NO_MEMORY;
        // The text may begin with the headline's words: "Ferry sails" / "Ferry sails again, the port says."
        uint32_t stops = LOOK_ENDS | LOOK_BROKEN;
        bool text = twin == TWIN_LONGER && (p->looks.of[i + k - 1] & stops) &&
                    !(p->looks.of[c->title_end - 1] & stops);
        if (twin == TWIN_NONE || twin == TWIN_NO_MEMORY || (twin == TWIN_SHORTER && k < most) || text)
            continue;
        bool second = twin == TWIN_LONGER || (twin == TWIN_SAME && (p->looks.of[c->title] & LOOK_UPPER) &&
                                              !(p->looks.of[i] & LOOK_UPPER));
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

/* Whether line i is no caption but the headline of a dispatch under its date, and the head so far that of the
 * file: it says another date. */
static bool heads_dispatch(const struct page *p, const struct head *c, size_t i)
{
    size_t dates = 0;
    for (size_t k = c->title; k < i; k++)
        dates += (p->looks.of[k] & (LOOK_DATE | LOOK_DATED)) != 0;
    uint32_t look = p->looks.of[i];
    return dates > 1 && (look & LOOK_TITLE) && !(look & LOOK_ENDS) && page_says_when(p, i - 1);
}

/* The dateline at or, behind one line that is a caption, after line i. */
static void take_dateline(const struct page *p, struct head *c, size_t i)
{
    // A headline stands right over its dateline, a caption does not.
    bool titled = i > 0 && i + 1 < p->n && page_passed_over(p, i - 1) &&
                  page_class(p, i + 1) == LINE_DATELINE && (p->looks.of[i] & LOOK_TITLE) &&
                  !(p->looks.of[i] & LOOK_ENDS);
    bool late = i < p->n && page_plain(p, i) && !titled && !heads_dispatch(p, c, i) &&
                p->lines[i].text.n <= CAPTION_MAX &&
                (c->evidence & (BIT(EVIDENCE_DATE) | BIT(EVIDENCE_TIME))) &&
                !(c->evidence & BIT(EVIDENCE_TITLE_FLASH));
    size_t caption = i;
    i = late ? head_shown(p, i + 1) : i;
    if (i >= p->n || page_class(p, i) != LINE_DATELINE || i - c->first >= CHOOSE_SPAN)
        return;
    c->evidence |= BIT(EVIDENCE_DATELINE) | (late ? BIT(EVIDENCE_DATELINE_LATE) : 0);
    c->evidence |= p->looks.of[i] & LOOK_DATE ? BIT(EVIDENCE_DATELINE_DATE) : 0;
    c->evidence |= p->lines[i].score < LOOK_UNSURE ? BIT(EVIDENCE_ANCHOR_UNSURE) : 0;
    c->text = (uint32_t)(late ? caption : i);
    c->end = c->dateline = (uint32_t)i;
    layout_add(c, late ? TOKEN_CAPTION : TOKEN_DATELINE);
}

/* Takes what stands under the headline, or with none what begins at line i. */
static void take_below(struct heads *h, struct head *c, size_t i)
{
    const struct page *p = h->page;
    size_t most = i + HEAD_LINES < p->n ? i + HEAD_LINES : p->n, k;
    bool titled = c->title < c->title_end, gap = false;
    size_t author = SIZE_MAX;
    enum evidence unknown;
    c->text = c->end = (uint32_t)i;
    for (; i < most; i += k) {
        uint8_t class = page_class(p, i);
        k = 1;
        gap = gap || class == LINE_BLANK;
        if (page_passed_over(p, i))
            continue;
        if (gap)
            layout_add(c, TOKEN_GAP);
        gap = false;
        if (head_holds(p, i)) {
            take_line(p, c, i);
        } else if (!titled || !page_plain(p, i)) {
            break;
        } else if (!(c->evidence & BIT(EVIDENCE_TITLE_TWICE)) && (k = take_twin(h, c, i)) > 0) {
            // taken
        } else if (!(p->looks.of[i] & LOOK_NAMED) && (unknown = beneath_unknown(p, c, i)) != EVIDENCE_N &&
                   !(c->evidence & BIT(unknown))) {
            c->evidence |= BIT(unknown);
            layout_add(c, TOKEN_UNKNOWN);
        } else if (beneath_house(p, c, i)) {
            c->evidence |= BIT(EVIDENCE_ANCHOR_UNSURE);
            layout_add(c, TOKEN_CLASS + LINE_AGENCY);
        } else if (beneath_author(p, c, i)) {
            c->evidence |= BIT(EVIDENCE_BYLINE);
            author = i;
            layout_add(c, TOKEN_CLASS + LINE_BYLINE);
        } else if (beneath_house_dated(p, c, i)) {
            c->evidence |= BIT(EVIDENCE_AGENCY_UNKNOWN);
            layout_add(c, TOKEN_CLASS + LINE_AGENCY);
        } else if (beneath_deck(p, c, i)) {
            bool own = page_passed_over(p, i - 1) || head_fits(p, i) || (p->looks.of[i - 1] & LOOK_ENDS);
            c->evidence |= own ? 0 : BIT(EVIDENCE_ANCHOR_UNSURE);
            c->deck = true;
            layout_add(c, TOKEN_DECK);
        } else if ((k = beneath_credits(p, c, i)) > 0) {
            c->evidence |= BIT(EVIDENCE_BYLINE);
            layout_add(c, TOKEN_CLASS + LINE_BYLINE);
        } else if ((k = beneath_summary(p, c, i)) > 0) {
            layout_add(c, TOKEN_DECK);
        } else {
            break;
        }
        k += k == 0; // no twin was there
        c->text = c->end = (uint32_t)(i + k);
    }
    take_dateline(p, c, i < most ? i : p->n);
    c->author = author == SIZE_MAX ? 0 : (uint8_t)(c->text - author);
}

/* --- above the headline -----------------------------------------------------------------------------------
 */

/* Who owns it, and short lines that nobody knows, stand above all when a separator, or in the beginning of
 * the file a copyright line, divides them from the text before. */
static size_t first_owned(const struct page *p, size_t first)
{
    size_t top = first, strange = 0;
    bool owned = false;
    while (top > 0 && first - top < ABOVE_LINES) {
        uint8_t class = page_class(p, top - 1);
        uint32_t look = p->looks.of[top - 1];
        bool unknown = (look & (LOOK_SHORT | LOOK_DATED)) && (look & LOOK_TITLE) && !(look & LOOK_ENDS);
        if (class != LINE_COPYRIGHT && class != LINE_BLANK && !page_says_when(p, top - 1) &&
            !(unknown && ++strange <= 2))
            break;
        owned = owned || class == LINE_COPYRIGHT;
        top--;
    }
    bool divided = top == 0 ? owned : page_class(p, top - 1) == LINE_SEPARATOR;
    while (divided && top < first && page_class(p, top) == LINE_BLANK)
        top++;
    return divided ? top : first;
}

/* The first of the lines above line i that say who and when; i: there are none. Among the fields over a
 * headline with a label, no gap between, is who wrote it; elsewhere that signs the text above. */
static size_t first_above(const struct page *p, size_t i)
{
    size_t first = i;
    bool fields = i < p->n && (p->looks.of[i] & LOOK_NAMED);
    for (size_t steps = 0; i > 0 && steps < ABOVE_LINES; i--, steps++) {
        fields = fields && page_class(p, i - 1) != LINE_BLANK;
        bool author = fields && page_class(p, i - 1) == LINE_BYLINE;
        if (page_says_when(p, i - 1) || page_leads(p, i - 1) || author)
            first = i - 1;
        else if (!page_passed_over(p, i - 1))
            break;
    }
    return first_owned(p, first);
}

/* --- candidates -------------------------------------------------------------------------------------------
 */

#define ANCHORS                                                                                              \
    (BIT(EVIDENCE_DATE) | BIT(EVIDENCE_TIME) | BIT(EVIDENCE_AGENCY) | BIT(EVIDENCE_BYLINE) |                 \
     BIT(EVIDENCE_LABEL) | BIT(EVIDENCE_DATELINE) | BIT(EVIDENCE_ANCHOR_UNKNOWN) | BIT(EVIDENCE_NOTE) |      \
     BIT(EVIDENCE_SLUG))

static void head_add(struct heads *h, const struct head *c)
{
    if (h->n == h->size) {
        size_t size = h->size == 0 ? 64 : h->size * 2;
        struct head *all = arena_alloc(h->arena, size * sizeof *all);
        if (all == NULL) {
            h->full = true;
            return;
        }
        if (h->n > 0)
            memcpy(all, h->all, h->n * sizeof *all);
        h->all = all;
        h->size = size;
    }
    // A head may begin above one that was found before it.
    size_t at = h->n++;
    for (; at > 0 && h->all[at - 1].first > c->first; at--)
        h->all[at] = h->all[at - 1];
    h->all[at] = *c;
}

/* Whether line i begins a list of headlines, or nothing stands between it and a separator. */
static bool heads_list(const struct page *p, size_t i)
{
    for (; i < p->n && page_passed_over(p, i); i++)
        if (rules_line(p->rules, p->lines[i].text.p, p->lines[i].text.n) == RULES_LINE_CONTENTS)
            return true;
    return i < p->n && (page_class(p, i) == LINE_SEPARATOR || (p->looks.of[i] & LOOK_ENTRY));
}

/* Whether a word of it stands beside dates and houses: "Caucasus News Digest". */
static bool digest_word(const struct rules *rules, struct view v)
{
    for (size_t at = 0, word; at < v.n; at += word > 0 ? word : 1) {
        word = scan_word(v.p + at, v.n - at);
        if (word > 0 && rules_filler(rules, v.p + at, word) != FILLER_NONE)
            return true;
    }
    return false;
}

/* Whether a head called as digests are has another head right under it, with who or when of its own, over the
 * first sentence. */
static bool heads_other(const struct page *p, const struct head *c, size_t most)
{
    size_t i = head_shown(p, c->text), when = 0;
    if (c->title == c->title_end || !(c->evidence & BIT(EVIDENCE_DATE)) ||
        !digest_word(p->rules, p->lines[c->title].text))
        return false;
    bool title = i < most && page_plain(p, i) && (p->looks.of[i] & LOOK_TITLE) && !(p->looks.of[i] & LOOK_ENDS);
    for (; i < most && p->looks.text[i] != CHOOSE_SENTENCE; i++)
        when += page_says_when(p, i);
    // A line under a headline may be a second one, under a name in capitals it is not.
    bool loud = (p->looks.of[c->title] & LOOK_UPPER) && i < most && page_class(p, i) == LINE_DATELINE;
    return title && i < most && (when > 0 || loud);
}

/* Whether the head is that of the file: at its beginning, a separator, a list of headlines or another head behind
 * it, and a text soon: where dispatches have none a headline needs none. */
static bool heads_file(const struct page *p, const struct head *c)
{
    size_t i = c->text, most = i + FILE_HEAD < p->n ? i + FILE_HEAD : p->n;
    if (!(c->evidence & BIT(EVIDENCE_FILE_BEGINS)) || (c->evidence & BIT(EVIDENCE_TITLE_FLASH)) ||
        (!heads_list(p, i) && !heads_other(p, c, most)))
        return false;
    while (i < most && p->looks.text[i] != CHOOSE_SENTENCE)
        i++;
    return i < most;
}

/* Candidates without a chance are left out but the one to keep, for the file's first text must go somewhere.
 */
static void head_weigh(struct heads *h, struct head *c, bool keep)
{
    const struct page *p = h->page;
    bool titled = c->title < c->title_end;
    c->evidence |= BIT(EVIDENCE_START) | border_evidence(p, c->first, &c->border);
    c->evidence |= titled ? 0 : BIT(EVIDENCE_UNTITLED);
    // A paragraph with a dateline is a dispatch by itself only where dispatches have no headlines.
    c->evidence &= titled ? ~BIT(EVIDENCE_DATELINE_ABOVE) : ~UINT64_C(0);
    // Labels without a headline are what an export puts behind the text.
    uint64_t anchors = titled ? ANCHORS : ANCHORS & ~BIT(EVIDENCE_LABEL);
    c->evidence |= c->evidence & anchors ? 0 : BIT(EVIDENCE_ANCHOR_NONE);
    bool undivided = c->border == BORDER_NONE || c->border == BORDER_WIDE_GAP;
    if (titled && undivided && !(c->evidence & ANCHORS) && (p->looks.of[c->title_end - 1] & LOOK_QUESTION))
        c->evidence |= BIT(EVIDENCE_TITLE_QUESTION);
    if (titled && c->text == c->title_end && c->text < p->n && page_plain(p, c->text)) {
        uint32_t look = p->looks.of[c->text];
        bool list = (look & LOOK_SHORT) && (look & LOOK_TITLE) && (p->looks.of[c->title] & LOOK_SHORT);
        c->evidence |= BIT(EVIDENCE_NO_GAP_BELOW) | (list ? BIT(EVIDENCE_TITLE_ITEM) : 0);
    }
    size_t below = head_shown(p, c->text);
    if (below < p->n && (p->looks.of[below] & LOOK_LOWER))
        c->evidence |= BIT(EVIDENCE_LOWER_BELOW);
    if (keep || (!heads_file(p, c) && evidence_sum(rules_evidence(p->rules), c->evidence) > HOPELESS))
        head_add(h, c);
}

/* Whether a headline stands alone at line i: then what the rules know as a kicker above it is one. */
static bool titled_below(const struct page *p, size_t i)
{
    i = head_shown(p, i);
    return i + 1 < p->n && page_plain(p, i) && (p->looks.of[i] & LOOK_TITLE) &&
           !(p->looks.of[i] & LOOK_ENDS) && page_passed_over(p, i - 1) && page_passed_over(p, i + 1);
}

/* The candidate with the headline [i, i + k), with and without what stands above it. */
static void head_titled(struct heads *h, size_t i, size_t k)
{
    const struct page *p = h->page;
    struct head c = {
        .first = (uint32_t)i, .title = (uint32_t)i, .title_end = (uint32_t)(i + k), .dateline = UINT32_MAX};
    c.evidence = evidence_title(p, &c);
    layout_add(&c, c.evidence & BIT(EVIDENCE_TITLE_SENTENCE) ? TOKEN_SENTENCE
                   : c.evidence & BIT(EVIDENCE_TITLE_COLON)  ? TOKEN_COLON
                                                             : TOKEN_TITLE);
    take_below(h, &c, i + k);
    // A label below says where the headline is.
    size_t below = head_shown(p, c.text);
    if (below < p->n && (p->looks.of[below] & LOOK_NAMED) && !(p->looks.of[i] & LOOK_NAMED))
        return;
    if (page_class(p, i) == LINE_KICKER && titled_below(p, c.text))
        return;
    struct head plainly = c;
    head_weigh(h, &plainly, false);
    size_t top = i > 0 && kicker_at(p, i - 1) ? i - 1 : i, first = first_above(p, top);
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
        if (!head_holds(p, line))
            continue;
        take_line(p, &c, line);
        c.evidence |= page_leads(p, line) ? 0 : BIT(EVIDENCE_ANCHOR_FIRST);
    }
    c.first = (uint32_t)first;
    head_weigh(h, &c, false);
}

static void head_untitled(struct heads *h, size_t i, bool first)
{
    struct head c = {
        .first = (uint32_t)i, .title = (uint32_t)i, .title_end = (uint32_t)i, .dateline = UINT32_MAX};
    take_below(h, &c, i);
    head_weigh(h, &c, first);
}

/* Whether what comes at line i, perhaps behind a blank run, could stand under a headline. */
static bool head_goes_on(const struct page *p, size_t i)
{
    i = head_shown(p, i);
    bool signs = i < p->n && page_plain(p, i) && (p->looks.of[i] & LOOK_SIGNED); // a house that nobody knows
    return i < p->n && (signs || head_holds(p, i) || page_class(p, i) == LINE_DATELINE);
}

/* Candidates whose headline begins at line i. In the middle of a paragraph only the lines that stand over an
 * anchor are worth the walk. */
static void heads_titled_at(struct heads *h, size_t i)
{
    const struct page *p = h->page;
    bool inside = i > 0 && (page_plain(p, i - 1) || page_class(p, i - 1) == LINE_DATELINE);
    size_t most = block_lines(p, i);
    for (size_t k = 1; k <= most; k++) {
        bool open = k < most && line_open(p->lines[i + k - 1].text);
        if (!open && (!inside || head_goes_on(p, i + k)))
            head_titled(h, i, k);
    }
}

/* A line of a doubtful class with a gap on both sides over an anchor may be a headline after all: "Next",
 * "PRESS REVIEW". */
static bool doubtful_alone(const struct page *p, size_t i)
{
    bool above = i == 0 || page_class(p, i - 1) == LINE_BLANK;
    size_t below = head_shown(p, i + 1);
    bool gap = i + 1 < p->n && page_class(p, i + 1) == LINE_BLANK;
    return above && gap && below < p->n &&
           (head_holds(p, below) || page_class(p, below) == LINE_DATELINE ||
            (page_class(p, i) == LINE_KICKER && below + 1 < p->n && head_holds(p, below + 1)));
}

/* Whether an anchor without a headline begins at line i: none of its lines stands above. */
static bool anchor_begins(const struct page *p, size_t i)
{
    uint8_t class = page_class(p, i);
    if (!page_says_when(p, i) && class != LINE_DATELINE && class != LINE_BYLINE)
        return false;
    struct above a = border_look(p, i);
    return a.line == SIZE_MAX || !head_holds(p, a.line);
}

bool heads_find(struct heads *h)
{
    const struct page *p = h->page;
    bool begun = false;
    for (size_t i = 0; i < p->n && !h->full; i++) {
        uint8_t class = page_class(p, i);
        uint32_t look = p->looks.of[i];
        bool text = page_plain(p, i) || class == LINE_DATELINE;
        if ((text && (!begun || border_above(p, i) == BORDER_END)) || anchor_begins(p, i))
            head_untitled(h, i, text && !begun);
        if (page_plain(p, i) && !(look & LOOK_LONG))
            heads_titled_at(h, i);
        else if (!page_plain(p, i) && (look & LOOK_TITLE) && doubtful_alone(p, i))
            head_titled(h, i, 1);
        begun = begun || text;
    }
    return !h->full;
}
