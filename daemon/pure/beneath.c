// SPDX-License-Identifier: MIT
/* beneath: see beneath.h. */
#include "daemon/pure/beneath.h"

#include "daemon/pure/credit.h"
#include "daemon/pure/dateline.h"

#define HOUSE_WORDS 3
#define CREDITS_LINES 3
#define SUMMARY_LINES 4
#define SUMMARY_MAX 300 /* bytes */
#define SUMMARY_HEAD 4  /* lines: who and when */
#define TEXT_LINES 8    /* of a wrapped paragraph in which a sentence must end */
#define UNWRAPPED 50    /* characters: a headline that is shorter was not wrapped */

#define BIT EVIDENCE_BIT

bool head_holds(const struct page *p, size_t i)
{
    uint8_t class = page_class(p, i);
    return page_says_when(p, i) || page_leads(p, i) || class == LINE_NOTE || class == LINE_BYLINE ||
           class == LINE_SOURCE || class == LINE_EDITED || class == LINE_COPYRIGHT || class == LINE_MAIL;
}

size_t head_shown(const struct page *p, size_t i)
{
    size_t most = i + HEAD_LINES < p->n ? i + HEAD_LINES : p->n;
    while (i < most && page_passed_over(p, i))
        i++;
    return i < most ? i : p->n;
}

/* Characters of its first word. */
static size_t word_length(struct view v)
{
    struct view word = {v.p, 0};
    while (word.n < v.n && scan_blank(v.p + word.n, v.n - word.n) == 0)
        word.n++;
    return scan_length(word);
}

bool head_fits(const struct page *p, size_t i)
{
    struct view v = p->lines[i].text;
    return scan_length(p->lines[i - 1].text) + 1 + word_length(v) <= scan_length(v);
}

/* A plain line and what is around it. */
struct around {
    const struct page *p;
    const struct head *c;
    size_t i, below; /* the next line shown */
    struct view v;
    uint32_t look;
    bool figure;            /* it begins with one */
    bool gap, within, upon; /* a gap above; a line of the head above; no gap below */
    bool over_date, dated;  /* a date below; above */
};

static struct around around(const struct page *p, const struct head *c, size_t i)
{
    size_t below = head_shown(p, i + 1);
    uint32_t look = below < p->n ? p->looks.of[below] : 0;
    bool time = below < p->n && page_class(p, below) == LINE_TIME && (look & LOOK_DATE);
    struct view v = p->lines[i].text;
    return (struct around){.p = p,
                           .c = c,
                           .i = i,
                           .below = below,
                           .v = v,
                           .look = p->looks.of[i],
                           .figure = *v.p >= '0' && *v.p <= '9',
                           .gap = page_class(p, i - 1) == LINE_BLANK,
                           .within = head_holds(p, i - 1),
                           .upon = below == i + 1,
                           .over_date = time || (look & LOOK_DATED),
                           .dated = c->evidence & BIT(EVIDENCE_DATE)};
}

/* A house that the rules know by a common word ("Trend"), or that is called as houses are. Text may begin
 * right under it only where lines stand close. */
static bool house_told(const struct around *a)
{
    const struct page *p = a->p;
    bool text = a->within && a->below < p->n && p->looks.text[a->below] == CHOOSE_SENTENCE &&
                !(p->looks.of[a->below] & LOOK_LOWER);
    bool goes_on = a->upon && a->below < p->n && page_plain(p, a->below) && !a->over_date && !text;
    bool common = a->dated && (a->gap || a->within) && (a->look & LOOK_SHORT);
    if (common && rules_agency(p->rules, a->v.p, a->v.n) != NULL)
        return true;
    return (a->gap || a->within || a->i == a->c->title_end) && !goes_on && house_named(p->rules, a->v);
}

/* A house that nothing but its place tells: a short line over the date, or between headline and dateline. */
static bool house_placed(const struct around *a)
{
    const struct page *p = a->p;
    struct view title = p->lines[a->c->title].text;
    // No headline is wrapped where no paragraph is.
    bool room = scan_length(title) + 1 + word_length(a->v) <= p->looks.width;
    bool unwrapped = p->looks.unwrapped || (room && scan_length(title) < UNWRAPPED && scan_words(title) > 2);
    bool place = a->gap || a->within || (a->upon && unwrapped && !(a->look & LOOK_LOWER));
    bool known = (a->c->evidence & BIT(EVIDENCE_AGENCY)) && !(a->within && a->upon);
    bool over_dateline = p->looks.unwrapped && a->i == a->c->title_end && !a->upon && a->below < p->n &&
                         page_class(p, a->below) == LINE_DATELINE && !(a->look & LOOK_LOWER);
    // "Anne Example | Lake Gazette | 4 Apr 2012" below says who itself.
    struct stamp stamp;
    bool named = a->below < p->n && stamp_behind(p->rules, p->lines[a->below].text, &(struct view){0}, &stamp) &&
                 !stamp_read(p->rules, p->lines[a->below].text, &stamp);
    bool over_date = a->over_date && !named && !a->figure && !(a->look & LOOK_DATED) && place && !known && !a->dated;
    return (a->look & LOOK_SHORT) && (over_dateline || over_date);
}

/* A date that the rules cannot read, or with words that they do not know. */
static bool date_unknown(const struct around *a)
{
    bool text = a->below < a->p->n && a->p->looks.text[a->below] == CHOOSE_SENTENCE;
    return (a->look & LOOK_DATED) &&
           (a->figure || (a->look & LOOK_SIGNED) || (!a->dated && (a->gap || a->within) && text));
}

enum evidence beneath_unknown(const struct page *p, const struct head *c, size_t i)
{
    struct around a = around(p, c, i);
    bool stop = a.upon && a.over_date && (a.look & LOOK_SHORT); // "... Czech Rep." may stand over a date
    if ((a.look & (LOOK_QUESTION | LOOK_COLON | LOOK_BROKEN)) || ((a.look & LOOK_ENDS) && !stop))
        return EVIDENCE_N;
    if (house_told(&a))
        return EVIDENCE_AGENCY;
    if (date_unknown(&a))
        return EVIDENCE_ANCHOR_UNKNOWN;
    return house_placed(&a) ? EVIDENCE_AGENCY_UNKNOWN : EVIDENCE_N;
}

bool beneath_deck(const struct page *p, const struct head *c, size_t i)
{
    uint32_t look = p->looks.of[i];
    size_t below = head_shown(p, i + 1);
    struct view v = p->lines[i].text;
    bool dashed = scan_dash(v.p, v.n) > 0 && (look & LOOK_TITLE) && !(look & (LOOK_ENDS | LOOK_COLON));
    if (dashed && page_passed_over(p, i - 1) && page_passed_over(p, i + 1) && below < p->n &&
        page_class(p, below) == LINE_DATELINE)
        return true; // "-- Twenty Senators Sign Letter"
    return i == c->title_end && page_plain(p, i - 1) && (look & LOOK_TITLE) &&
           !(look & (LOOK_SHORT | LOOK_ENDS | LOOK_COLON | LOOK_LOWER)) && below < p->n &&
           (head_holds(p, below) ||
            ((p->looks.of[i - 1] & LOOK_QUESTION) && (p->looks.of[below] & LOOK_SIGNED)));
}

/* Whether the lines from i to the next gap hold a sentence: the first of those that a program wrapped often
 * ends in none. */
static bool text_begins(const struct page *p, size_t i)
{
    size_t end = i + TEXT_LINES < p->n ? i + TEXT_LINES : p->n;
    while (i < end && p->looks.text[i] == CHOOSE_LINE)
        i++;
    return i < end && p->looks.text[i] == CHOOSE_SENTENCE;
}

size_t beneath_summary(const struct page *p, const struct head *c, size_t i)
{
    size_t end = i, bytes = 0;
    bool sentence = text_begins(p, i);
    for (; end < p->n && end - i < SUMMARY_LINES && page_plain(p, end) && bytes <= SUMMARY_MAX; end++) {
        sentence = sentence || (p->looks.of[end] & LOOK_BROKEN);
        bytes += p->lines[end].text.n;
    }
    size_t by = head_shown(p, end), below = by;
    bool told = by < p->n && page_class(p, by) == LINE_BYLINE;
    if (bytes > SUMMARY_MAX || !told || !sentence ||
        (c->evidence & (BIT(EVIDENCE_BYLINE) | BIT(EVIDENCE_DATELINE))))
        return 0;
    for (size_t k = 0; k < SUMMARY_HEAD && below < p->n && head_holds(p, below); k++)
        below = head_shown(p, below + 1);
    bool text = below < p->n && (page_class(p, below) == LINE_DATELINE || text_begins(p, below));
    return text && head_shown(p, c->title_end) == i ? end - i : 0;
}

/* Whether a line is a house, or a town and who sits there: "Istanbul - Lake News Desk". */
static bool house_or_town(const struct page *p, struct view v)
{
    size_t town = 0, used;
    while (town < v.n && scan_dash(v.p + town, v.n - town) == 0)
        town++;
    struct view front = scan_trim((struct view){v.p, town});
    return house_named(p->rules, v) || rules_agency_at(p->rules, v.p, v.n, &used) != NULL ||
           (town < v.n && rules_place(p->rules, front.p, front.n, NULL) != NULL);
}

size_t beneath_credits(const struct page *p, const struct head *c, size_t i)
{
    size_t end = i, people = 0;
    for (; end < p->n && end - i < CREDITS_LINES; end++) {
        uint8_t class = page_class(p, end);
        if (class == LINE_AGENCY || class == LINE_PLACE || class == LINE_COUNTRY)
            continue;
        if (!page_plain(p, end))
            break;
        uint32_t look = p->looks.of[end];
        struct view v = p->lines[end].text;
        bool person = name_like(p->rules, v) && !house_named(p->rules, v);
        if (!(look & LOOK_SHORT) || !(look & LOOK_TITLE) || (look & (LOOK_ENDS | LOOK_COLON | LOOK_QUESTION)) ||
            (!person && !house_or_town(p, v)))
            return 0;
        people += person;
    }
    size_t below = head_shown(p, end);
    bool text = below < p->n && (page_class(p, below) == LINE_DATELINE || text_begins(p, below));
    bool dated = (c->evidence & BIT(EVIDENCE_DATE)) && !(c->evidence & BIT(EVIDENCE_BYLINE));
    return dated && end - i > 1 && people == 1 && text && end < p->n && page_passed_over(p, end) ? end - i : 0;
}

bool beneath_author(const struct page *p, const struct head *c, size_t i)
{
    struct byline byline;
    size_t below = head_shown(p, i + 1);
    if (below == p->n)
        return false;
    bool gap = page_passed_over(p, i + 1), gap_above = page_passed_over(p, i - 1);
    bool said = (c->evidence & (BIT(EVIDENCE_DATE) | BIT(EVIDENCE_AGENCY))) ||
                (c->title > 0 && page_says_when(p, c->title - 1)); // or over the headline
    bool line = page_class(p, below) == LINE_DATELINE;
    bool text = text_begins(p, below) || head_holds(p, below) || line;
    bool ends = gap || (head_holds(p, i - 1) && head_fits(p, below));
    // Right under a headline that nobody wrapped, too.
    struct view title = p->lines[i - 1].text;
    bool room = scan_length(title) + 1 + word_length(p->lines[i].text) <= p->looks.width &&
                scan_words(p->lines[i].text) <= 3 && name_like(p->rules, p->lines[i].text);
    bool under = i == c->title_end && (p->looks.unwrapped || room) && !(p->looks.of[i - 1] & LOOK_LOWER);
    bool over = (gap_above || under) && page_says_when(p, below);
    return (gap_above || under || head_holds(p, i - 1)) && ((ends && text && (said || line)) || over) &&
           !(c->evidence & BIT(EVIDENCE_BYLINE)) && !(p->looks.of[i] & LOOK_QUESTION) &&
           author_read(p->rules, p->lines[i].text, &byline);
}

/* A few words that could be a headline, over text. */
static bool house_above(const struct page *p, size_t i, size_t text, size_t words)
{
    uint32_t look = p->looks.of[i];
    return (look & LOOK_SHORT) && (look & LOOK_TITLE) && !(look & (LOOK_ENDS | LOOK_COLON | LOOK_LOWER)) &&
           scan_words(p->lines[i].text) <= words && text < p->n && text_begins(p, text);
}

bool beneath_house(const struct page *p, const struct head *c, size_t i)
{
    size_t words = HOUSE_WORDS + (page_passed_over(p, i + 1) ? 2u : 0u); // what stands alone may be called longer
    return i == c->title_end && page_plain(p, i - 1) && c->title > 0 &&
           page_class(p, c->title - 1) == LINE_TIME && house_above(p, i, head_shown(p, i + 1), words) &&
           !line_open(p->lines[i - 1].text);
}

bool beneath_house_dated(const struct page *p, const struct head *c, size_t i)
{
    bool apart = c->title == 0 || page_passed_over(p, c->title - 1);
    bool known = c->evidence & (BIT(EVIDENCE_AGENCY) | BIT(EVIDENCE_AGENCY_UNKNOWN));
    return apart && page_class(p, i - 1) == LINE_TIME && i + 1 < p->n && page_passed_over(p, i + 1) &&
           !known && !(p->looks.of[i] & LOOK_ITEM) && house_above(p, i, head_shown(p, i + 1), HOUSE_WORDS);
}
