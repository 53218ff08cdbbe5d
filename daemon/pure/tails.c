// SPDX-License-Identifier: MIT
/* tails: see tails.h. */
#include "daemon/pure/tails.h"

#include "daemon/pure/border.h"
#include "daemon/pure/text.h"

#include <string.h>

#define TAIL_LINES 6    /* of a dispatch that are compared with others' */
#define REFRAIN_MAX 160 /* bytes */
#define REFRAINS 3      /* dispatches that end alike; both, of two */
#define SECTION_MAX 80  /* bytes of the heading of a section */
#define SHORT_RULE 3    /* signs of a rule that is drawn; stars divide a text, too */
#define LONG_RULE 10    /* signs of a rule across the page */
#define LAST_WORDS 300  /* bytes of what a file says of itself in the end */
#define SPONSOR_MAX 2000
#define BUTTONS_MIN 2 /* lines of them, in a row */

struct tails {
    const struct page *page;
    struct line *lines;
    struct split *split;
};

static bool is_text(const struct line *line)
{
    return line->class == LINE_BODY || line->class == LINE_HEADING || line->class == LINE_DATELINE;
}

/* Bytes of text in lines [first, end). */
static size_t text_bytes(const struct tails *t, size_t first, size_t end)
{
    size_t bytes = 0;
    for (size_t i = first; i < end; i++)
        bytes += is_text(&t->lines[i]) ? t->lines[i].text.n : 0;
    return bytes;
}

/* A name among them is the author's. */
static void furnish(const struct tails *t, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if (is_text(&t->lines[i]) && !name_like(t->page->rules, t->lines[i].text))
            t->lines[i].class = LINE_FURNITURE;
}

/* --- marks ---------------------------------------------------------------------------------------------- */

/* What stands behind a line that ends with a mark, when it is less than what stands before. */
static void slice_marked(const struct tails *t, const struct split_slice *slice)
{
    size_t i = slice->head_end;
    while (i < slice->end && !(is_text(&t->lines[i]) && (t->page->looks.of[i] & LOOK_MARK)))
        i++;
    if (i < slice->end && text_bytes(t, slice->head_end, i + 1) > text_bytes(t, i + 1, slice->end))
        furnish(t, i + 1, slice->end);
}

/* --- the next section ----------------------------------------------------------------------------------- */

/* "2. ", "II. " */
static bool numbered(struct view v)
{
    size_t at = 0;
    while (at < v.n && at < 4 && strchr("0123456789IVX", v.p[at]) != NULL)
        at++;
    return at > 0 && at + 1 < v.n && (v.p[at] == '.' || v.p[at] == ')') && v.p[at + 1] == ' ';
}

/* A line in capitals or with a number, alone behind the text and over the next headline. */
static void slice_section(const struct tails *t, struct split_slice *slice, struct split_slice *next)
{
    const struct page *p = t->page;
    size_t i = slice->end;
    while (i > slice->head_end && page_passed_over(p, i - 1))
        i--;
    if (i < slice->head_end + 2 || t->lines[i - 1].class != LINE_BODY)
        return;
    size_t line = i - 1, above = line;
    while (above > slice->head_end && page_passed_over(p, above - 1))
        above--;
    uint32_t look = p->looks.of[line];
    struct view v = t->lines[line].text;
    bool alone = above < line && above > slice->head_end && page_passed_over(p, line + 1);
    bool heading =
        (look & LOOK_TITLE) && !(look & (LOOK_ENDS | LOOK_COLON | LOOK_MARK)) && v.n <= SECTION_MAX;
    bool form = numbered(v) ? !numbered(t->lines[above - 1].text) : (look & LOOK_UPPER) != 0;
    if (!alone || !heading || !form || name_like(p->rules, v))
        return;
    t->lines[line].class = LINE_KICKER;
    next->first = line;
    slice->end = above;
}

/* --- the foot ------------------------------------------------------------------------------------------- */

/* Heads that stand under a rule of that sign. */
static size_t heads_under(const struct tails *t, char sign)
{
    size_t heads = 0;
    for (size_t k = 1; k < t->split->n; k++) {
        struct above a = border_look(t->page, t->split->slices[k].first);
        heads += a.line != SIZE_MAX && page_class(t->page, a.line) == LINE_SEPARATOR &&
                 *t->lines[a.line].text.p == sign;
    }
    return heads;
}

/* Behind the last buttons of several, when all of it ends with whose it is. */
static void split_footer(const struct tails *t)
{
    const struct split_slice *last = &t->split->slices[t->split->n - 1];
    size_t bottom = last->end, i, buttons = 0;
    while (bottom > last->head_end && page_passed_over(t->page, bottom - 1))
        bottom--;
    for (i = bottom; i > last->head_end && t->lines[i - 1].class != LINE_FURNITURE;)
        i--;
    while (i - buttons > last->head_end && t->lines[i - buttons - 1].class == LINE_FURNITURE)
        buttons++;
    bool owned = bottom > i && t->lines[bottom - 1].class == LINE_COPYRIGHT;
    if (t->split->n > 1 && owned && buttons >= BUTTONS_MIN &&
        text_bytes(t, i, bottom) < text_bytes(t, last->head_end, i))
        furnish(t, i, bottom);
}

/* Whether the rule at line i is the only one without words among the texts, one short line behind it. */
static bool rule_once(const struct tails *t, size_t i, size_t bottom)
{
    size_t rules = 0;
    for (size_t k = t->split->slices[0].head_end; k < i; k++) {
        struct view v = t->lines[k].text;
        rules += t->lines[k].class == LINE_SEPARATOR && !text_has_letter(v.p, v.n);
    }
    size_t shown = i + 1;
    while (shown < bottom && page_passed_over(t->page, shown))
        shown++;
    return rules == 0 && shown + 1 == bottom && t->lines[shown].class == LINE_BODY &&
           t->lines[shown].text.n <= REFRAIN_MAX;
}

/* Behind the last rule, when the others stand over headlines or there are none, or when all of it ends with
 * whose it is. */
static void split_foot(const struct tails *t)
{
    const struct split_slice *last = &t->split->slices[t->split->n - 1];
    size_t i = last->end, bottom = last->end;
    while (bottom > last->head_end && page_passed_over(t->page, bottom - 1))
        bottom--;
    while (i > last->head_end && t->lines[i - 1].class != LINE_SEPARATOR)
        i--;
    if (i <= last->head_end + 1)
        return;
    struct view rule = t->lines[i - 1].text;
    uint8_t ends = t->lines[bottom - 1].class;
    bool long_rule = rule.n >= LONG_RULE, drawn = rule.n >= SHORT_RULE && strchr("-=_", *rule.p) != NULL;
    bool owned = (long_rule && (ends == LINE_COPYRIGHT || ends == LINE_MAIL)) ||
                 ((long_rule || drawn) && rule_once(t, i - 1, bottom));
    bool less = text_bytes(t, i, last->end) < text_bytes(t, last->head_end, i);
    if (t->split->n > 1 && less && (owned || heads_under(t, *rule.p) * 2 >= t->split->n))
        furnish(t, i, last->end);
}

/* Whether a paragraph speaks of the file: "This digest is prepared by ...", "The next issue will ...". */
static bool speaks_of_file(struct view v)
{
    static const char *const fronts[] = {"This digest",
                                         "This bulletin",
                                         "This newsletter",
                                         "This review",
                                         "This list ",
                                         "This service",
                                         "This issue",
                                         "The next issue",
                                         "The next digest",
                                         "The next bulletin",
                                         "The next news",
                                         "Next issue",
                                         "End of ",
                                         "END OF ",
                                         "Compiled by ",
                                         "Prepared by ",
                                         "Этот дайджест",
                                         "Обзор подготов",
                                         "Дайджест подготов",
                                         "Подготовлен",
                                         "Дайджест под",
                                         "Следующий выпуск",
                                         "Следующий дайджест",
                                         "Конец ",
                                         "Ce bulletin",
                                         "Cette revue",
                                         "Prochain ",
                                         "Prochaine ",
                                         "Fin de ",
                                         "Fin du ",
                                         "Diese Ausgabe",
                                         "Dieser Presse",
                                         "Der Presse",
                                         "Esta selección",
                                         "Nächste Ausgabe",
                                         "Ende de",
                                         "Este boletín",
                                         "Este resumen",
                                         "Próximo ",
                                         "Próxima ",
                                         "Հաջորդ համարը",
                                         "Yahoo! Groups Links"};
    for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++)
        if (v.n > strlen(fronts[i]) && memcmp(v.p, fronts[i], strlen(fronts[i])) == 0)
            return true;
    // "The Lake Review is compiled from public sources."
    static const char *const names[] = {"Digest",  "Review", "Bulletin", "Newsletter",
                                        "Summary", "digest", "review"};
    static const char *const made[] = {" is compiled ",  " is a compilation ", " is prepared ",
                                       " is published ", " is produced ",      " is distributed ",
                                       " is edited "};
    bool named = false, making = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        named = named || scan_find(v, names[i]) != NULL;
        making = making || scan_find(v, made[i]) != NULL;
    }
    return named && making;
}

/* What the file says of itself in its last paragraph. */
static void split_last_words(const struct tails *t)
{
    const struct split_slice *last = &t->split->slices[t->split->n - 1];
    size_t bottom = last->end;
    while (bottom > last->head_end && page_passed_over(t->page, bottom - 1))
        bottom--;
    size_t i = bottom;
    while (i > last->head_end && t->lines[i - 1].class != LINE_BLANK &&
           t->lines[i - 1].class != LINE_SEPARATOR)
        i--;
    if (i > last->head_end + 1 && i < bottom && speaks_of_file(t->lines[i].text) &&
        text_bytes(t, i, bottom) <= LAST_WORDS)
        furnish(t, i, bottom);
}

/* Whatever a mailing list puts behind the sign of its sponsor. */
static void split_sponsor(const struct tails *t)
{
    static const char sign[] = "Yahoo! Groups Sponsor";
    const struct split_slice *last = &t->split->slices[t->split->n - 1];
    size_t i = last->head_end + 1;
    while (i < last->end && memmem(t->lines[i].text.p, t->lines[i].text.n, sign, sizeof sign - 1) == NULL)
        i++;
    if (i < last->end && text_bytes(t, i, last->end) < SPONSOR_MAX)
        furnish(t, i, last->end);
}

/* --- */

void tails_cut(const struct page *page, struct line *lines, struct split *split)
{
    const struct tails t = {.page = page, .lines = lines, .split = split};
    if (split->n == 0)
        return;
    split_foot(&t);
    split_footer(&t);
    split_sponsor(&t);
    split_last_words(&t);
    for (size_t k = 0; k < split->n; k++) {
        slice_marked(&t, &split->slices[k]);
        if (k + 1 < split->n)
            slice_section(&t, &split->slices[k], &split->slices[k + 1]);
    }
}
