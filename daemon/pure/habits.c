// SPDX-License-Identifier: MIT
/* habits: see habits.h. */
#include "daemon/pure/habits.h"

#include <stdlib.h>

#define PLAUSIBLE (-365) /* a candidate that a usual border would bring above zero */
#define BORDERS_MIN 2    /* borders of a kind that make a habit */
#define MANY 4           /* heads in a file that has a layout of its own */

#define BIT EVIDENCE_BIT

/* --- borders ----------------------------------------------------------------------------------------------
 */

/* Whether a head could begin at line i, so that the border above it counts. */
static bool border_counts(const struct page *p, size_t i)
{
    switch (page_class(p, i)) {
    case LINE_BLANK:
    case LINE_FURNITURE:
    case LINE_SEPARATOR:
    case LINE_END:
    case LINE_MAIL:
        return false;
    case LINE_EDITED:
    case LINE_COPYRIGHT:
    case LINE_SOURCE:
        return border_above(p, i) >=
               BORDER_SIGN; // who owns it may stand above a headline, but under a separator
    default:
        return i > 0;
    }
}

void habits_borders(struct heads *h)
{
    size_t seen[BORDERS] = {0}, headed[BORDERS] = {0}, last = SIZE_MAX;
    const int *weights = rules_evidence(h->page->rules);
    for (size_t i = 0; i < h->page->n; i++)
        if (border_counts(h->page, i))
            seen[border_above(h->page, i)]++;
    for (size_t k = 0; k < h->n; k++) {
        const struct head *head = &h->all[k];
        if (head->first == last || !border_counts(h->page, head->first) ||
            evidence_sum(weights, head->evidence) < PLAUSIBLE)
            continue;
        headed[head->border]++;
        last = head->first;
    }
    for (size_t k = 0; k < h->n; k++) {
        struct head *head = &h->all[k];
        bool usual = head->border != BORDER_NONE && seen[head->border] >= BORDERS_MIN &&
                     headed[head->border] * 5 >= seen[head->border] * 4;
        head->evidence |= usual ? BIT(EVIDENCE_BORDER_USUAL) : 0;
    }
}

/* --- layouts ----------------------------------------------------------------------------------------------
 */

struct habit {
    uint64_t layout;
    size_t heads, bare; /* chosen ones, and those without text */
};

static int layout_compare(const void *a, const void *b)
{
    uint64_t x = ((const struct habit *)a)->layout, y = ((const struct habit *)b)->layout;
    return x < y ? -1 : x > y;
}

/* Whether nothing but blanks, furniture and borders stands between a head and the next. */
static bool without_text(const struct heads *h, size_t i, size_t end)
{
    while (i < end && h->page->looks.text[i] == CHOOSE_NOTHING)
        i++;
    return i == end;
}

/* The layouts of the chosen heads, sorted; returns how many. */
static size_t habits_count(const struct heads *h, const struct choice *choices, struct habit *habits)
{
    size_t n = 0, kinds = 0, next = h->page->n;
    for (size_t k = h->n; k-- > 0;) {
        if (!choices[k].chosen)
            continue;
        bool bare = without_text(h, h->all[k].end, next);
        next = h->all[k].first;
        habits[n++] = (struct habit){h->all[k].layout, 1, bare};
    }
    qsort(habits, n, sizeof *habits, layout_compare);
    for (size_t i = 0; i < n; i++) {
        if (kinds > 0 && habits[kinds - 1].layout == habits[i].layout) {
            habits[kinds - 1].heads++;
            habits[kinds - 1].bare += habits[i].bare;
        } else {
            habits[kinds++] = habits[i];
        }
    }
    return kinds;
}

/* A headline alone among anchors is a sub-heading, unless a list has it or a mark divides it. */
static bool alone(const struct head *head)
{
    const uint64_t divided = BIT(EVIDENCE_TITLE_LISTED) | BIT(EVIDENCE_END_ABOVE) |
                             BIT(EVIDENCE_SEPARATOR_ABOVE) | BIT(EVIDENCE_MAIL_ABOVE) |
                             BIT(EVIDENCE_BORDER_USUAL);
    return (head->evidence & BIT(EVIDENCE_ANCHOR_NONE)) && !(head->evidence & divided);
}

static uint64_t evidence_layout(const struct habit *habit, size_t all, size_t most)
{
    size_t heads = habit == NULL ? 0 : habit->heads;
    if (heads >= 2)
        return BIT(EVIDENCE_LAYOUT_REPEATED) |
               (heads * 2 >= all && heads >= 3 ? BIT(EVIDENCE_LAYOUT_USUAL) : 0);
    return all >= MANY && most * 5 >= all * 3 ? BIT(EVIDENCE_LAYOUT_ODD) : 0;
}

/* Where two of three dispatches stand under usual borders, one that has none above it is strange. */
static void habits_missing(struct heads *h, const struct choice *choices, size_t chosen)
{
    size_t bordered = 0;
    for (size_t k = 0; k < h->n; k++)
        bordered += choices[k].chosen && (h->all[k].evidence & BIT(EVIDENCE_BORDER_USUAL));
    if (bordered < MANY - 1 || bordered * 3 < chosen * 2)
        return;
    for (size_t k = 0; k < h->n; k++)
        if (!(h->all[k].evidence & (BIT(EVIDENCE_BORDER_USUAL) | BIT(EVIDENCE_FILE_BEGINS))))
            h->all[k].evidence |= BIT(EVIDENCE_BORDER_MISSING);
}

bool habits_layouts(struct heads *h, struct choice *choices)
{
    size_t chosen = 0, anchored = 0, decks = 0, most = 0, first = SIZE_MAX;
    for (size_t k = 0; k < h->n; k++) {
        decks += choices[k].chosen && h->all[k].deck;
        first = choices[k].chosen && first == SIZE_MAX ? k : first;
        chosen += choices[k].chosen;
        anchored += choices[k].chosen && !(h->all[k].evidence & BIT(EVIDENCE_ANCHOR_NONE));
    }
    struct habit *habits = arena_alloc(h->arena, chosen * sizeof *habits);
    if (habits == NULL)
        return false;
    habits_missing(h, choices, chosen);
    size_t kinds = habits_count(h, choices, habits);
    for (size_t i = 0; i < kinds; i++)
        most = habits[i].heads > most ? habits[i].heads : most;
    for (size_t k = 0; k < h->n; k++) {
        struct head *head = &h->all[k];
        const struct habit wanted = {.layout = head->layout};
        const struct habit *habit = bsearch(&wanted, habits, kinds, sizeof *habits, layout_compare);
        head->evidence |= evidence_layout(habit, chosen, most);
        head->evidence |= head->deck && decks >= 2 && decks * 2 >= chosen ? BIT(EVIDENCE_LAYOUT_REPEATED) : 0;
        head->evidence |=
            anchored >= 2 && anchored * 2 >= chosen && alone(head) ? BIT(EVIDENCE_LAYOUT_ODD) : 0;
        head->evidence &=
            head->evidence & BIT(EVIDENCE_TITLE_LISTED) ? ~BIT(EVIDENCE_LAYOUT_ODD) : ~UINT64_C(0);
        if (first < h->n && head->layout == h->all[first].layout && k != first &&
            (head->evidence & BIT(EVIDENCE_UNTITLED)))
            head->evidence |= BIT(EVIDENCE_LAYOUT_FIRST);
        choices[k].brief =
            choices[k].brief || (habit != NULL && habit->heads >= 3 && habit->bare * 2 > habit->heads);
    }
    return true;
}
