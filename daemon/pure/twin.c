// SPDX-License-Identifier: MIT
/* twin: see twin.h. A list is found with a table of its entries' first letters, so every line is looked at
 * once. */
#include "daemon/pure/twin.h"

#include "daemon/pure/fold.h"

#include <string.h>

#define CUT_MIN 20      /* folded bytes that a headline cut off has at least */
#define ENTRIES_MAX 300 /* headlines of a list: a page of a monthly digest */
#define SAID_LINES 3 /* of a paragraph of a sentence or two, */
#define SAID_MAX 240 /* and its bytes */
#define OPENING 3       /* lines in which a file speaks of itself */
#define TABLE 1024      /* a power of two, three times as many */
#define KEY 40          /* letters and figures of an entry that are compared */

/* --- headlines printed twice ------------------------------------------------------------------------------
 */

/* The line without the number or the sign in front: "12. ", "[3] ", "- ", a bullet; and without the house in
 * brackets behind: "(Armenpress)". */
static struct view entry_text(struct view v)
{
    bool open = v.n > 0 && (*v.p == '[' || *v.p == '(');
    size_t at = open;
    while (at < v.n && v.p[at] >= '0' && v.p[at] <= '9')
        at++;
    at = at > open && at < v.n && strchr(".)]/", v.p[at]) != NULL ? at + 1 : 0;
    const char *bracket = v.n > 2 && v.p[v.n - 1] == ')' ? memrchr(v.p, '(', v.n) : NULL;
    v.n = bracket != NULL && bracket > v.p + at + KEY / 4 ? (size_t)(bracket - v.p) : v.n;
    at += scan_blanks(v.p + at, v.n - at);
    at += scan_dash(v.p + at, v.n - at);
    while (at < v.n && (v.p[at] == '*' || v.p[at] == '#'))
        at++;
    while (at < v.n && v.p[v.n - 1] == '*')
        v.n--;
    at += v.n - at > 3 && memcmp(v.p + at, "\xe2\x80\xa2", 3) == 0 ? 3 : 0;
    return scan_trim(view_from(v, at));
}

/* The lines as one, the first of them as `front`, as far as can be folded at once. */
static bool folded(struct view front, const struct line *lines, size_t first, size_t end, struct fold_head *out)
{
    char joined[FOLD_HEAD + 1];
    size_t n = 0;
    for (size_t i = first; i < end && n < FOLD_HEAD; i++) {
        struct view v = i == first ? front : lines[i].text;
        size_t room = FOLD_HEAD - n, some = v.n < room ? v.n : room;
        while (some < v.n && some > 0 && ((unsigned char)v.p[some] & 0xc0) == 0x80)
            some--;
        memcpy(joined + n, v.p, some);
        n += some;
        if (n < FOLD_HEAD && i + 1 < end)
            joined[n++] = ' ';
    }
    return fold_head(joined, n, out);
}

/* Without the dots that say it is cut off. */
static size_t uncut(const struct fold_head *f)
{
    size_t n = f->n;
    while (n > 0 && (f->text[n - 1] == '.' || f->text[n - 1] == ' '))
        n--;
    if (n >= 3 && memcmp(f->text + n - 3, "\xe2\x80\xa6", 3) == 0)
        n -= 3;
    return n;
}

/* Letters beyond ASCII are left to the folding. */
static bool begin_alike(struct view a, struct view b)
{
    for (size_t i = 0; i < 8 && i < a.n && i < b.n; i++) {
        unsigned char x = (unsigned char)a.p[i], y = (unsigned char)b.p[i];
        if (x >= 0x80 || y >= 0x80)
            return true;
        if ((x | 0x20) != (y | 0x20))
            return false;
    }
    return true;
}

enum twin twin_of(const struct line *lines, size_t a, size_t a_end, size_t b, size_t b_end)
{
    struct fold_head fa, fb;
    struct view va = lines[a].text, vb = lines[b].text;
    if (!begin_alike(va, vb))
        va = entry_text(va); // "3. Ferry sails" / "FERRY SAILS"
    if (!begin_alike(va, vb))
        return TWIN_NONE;
    if (!folded(va, lines, a, a_end, &fa) || !folded(vb, lines, b, b_end, &fb))
        return TWIN_NO_MEMORY;
    size_t na = uncut(&fa), nb = uncut(&fb), n = na < nb ? na : nb;
    if (n == 0 || memcmp(fa.text, fb.text, n) != 0)
        return TWIN_NONE;
    if (na == nb)
        return TWIN_SAME;
    return n < CUT_MIN ? TWIN_NONE : na < nb ? TWIN_LONGER : TWIN_SHORTER;
}

/* --- the list at the top ----------------------------------------------------------------------------------
 */

struct entries {
    struct {
        char key[KEY];
        uint8_t n;
        bool again;      /* it came again */
        uint32_t number; /* 1.. in order; 0 = free */
        size_t line;
    } at[TABLE];
    uint32_t n, again;
    size_t first, last; /* line of the first entry, and the one behind the last */
};

/* The slot of the entry that begins as this line does, or the free one where it belongs; -1: memory ran out,
 * TABLE: the line has too few letters. */
static int entry_slot(struct entries *e, struct view text, char key[KEY], size_t *n)
{
    struct fold_head f;
    text = entry_text(text);
    if (!fold_head(text.p, text.n, &f))
        return -1;
    uint32_t hash = 2166136261u; // FNV-1a
    *n = 0;
    for (size_t i = 0; i < f.n && *n < KEY; i++) {
        if (scan_letter(f.text + i, f.n - i) == 0 && (unsigned char)f.text[i] < 0x80)
            continue;
        key[(*n)++] = f.text[i];
        hash = (hash ^ (unsigned char)f.text[i]) * 16777619u;
    }
    if (*n < 4)
        return TABLE;
    size_t slot = hash % TABLE;
    while (e->at[slot].number != 0 && (e->at[slot].n != *n || memcmp(e->at[slot].key, key, *n) != 0))
        slot = (slot + 1) % TABLE;
    return (int)slot;
}

/* Whether the lines so far are one headline and it comes again at line i: no list. */
static bool printed_twice(const struct entries *e, const struct line *lines, size_t n, size_t i)
{
    size_t first = e->first, end = first;
    while (end < i && lines[end].class != LINE_BLANK)
        end++;
    size_t behind = i + (end - first);
    if (e->last != end || end - first > TWIN_LINES)
        return false;
    for (size_t stop = behind > i + 1 ? behind - 1 : i + 1; stop <= behind + 1 && stop <= n; stop++) {
        enum twin twin = twin_of(lines, first, end, i, stop);
        if (twin == TWIN_SAME || twin == TWIN_LONGER || twin == TWIN_SHORTER)
            return true;
    }
    return false;
}

/* Whether a sentence stands alone, or ends a paragraph of a few lines under the file's name: "There are 5
 * messages in this issue." */
static bool said_alone(const struct page *page, size_t i)
{
    bool below = i + 1 == page->n || page_passed_over(page, i + 1);
    size_t first = i, bytes = page->lines[i].text.n;
    while (first > 0 && i - first < SAID_LINES && !page_passed_over(page, first - 1))
        bytes += page->lines[--first].text.n;
    bool above = first < 2 || (first == i && page_passed_over(page, i - 1));
    return above && below && page_class(page, first) != LINE_DATELINE && bytes <= SAID_MAX;
}

/* Takes the lines at the top until text begins or an entry, not the one just taken, comes again. A file says
 * a sentence or two of itself. */
static bool entries_take(struct entries *e, const struct page *page)
{
    const struct looks *looks = &page->looks;
    const struct line *lines = page->lines;
    size_t sentences = 0;
    for (size_t i = 0; i < page->n && e->n < ENTRIES_MAX && sentences <= OPENING; i++) {
        sentences += looks->text[i] != CHOOSE_SENTENCE ? 0 : said_alone(page, i) ? 1 : OPENING + 1;
        char key[KEY];
        size_t key_n;
        if (!(looks->of[i] & LOOK_TITLE) || !(looks->of[i] & LOOK_PLAIN))
            continue;
        int slot = entry_slot(e, lines[i].text, key, &key_n);
        if (slot < 0)
            return false;
        if (slot == TABLE || (e->n > 0 && e->at[slot].number == e->n))
            continue;
        if (e->at[slot].number == 1 && printed_twice(e, lines, page->n, i))
            e->n = 0;
        if (e->at[slot].number != 0)
            return true;
        memcpy(e->at[slot].key, key, key_n);
        e->at[slot].n = (uint8_t)key_n;
        e->at[slot].number = ++e->n;
        e->at[slot].line = i;
        e->first = e->n == 1 ? i : e->first;
        e->last = i + 1;
    }
    return true;
}

/* Marks the lines below that have an entry, and counts the entries that are there again. */
static bool entries_find(struct entries *e, struct page *page)
{
    struct looks *looks = &page->looks;
    for (size_t i = e->last; i < page->n; i++) {
        char key[KEY];
        size_t key_n;
        if (!(looks->of[i] & LOOK_TITLE))
            continue;
        int slot = entry_slot(e, page->lines[i].text, key, &key_n);
        if (slot < 0)
            return false;
        if (slot == TABLE || e->at[slot].number == 0)
            continue;
        e->again += !e->at[slot].again;
        e->at[slot].again = true;
        looks->of[i] |= LOOK_LISTED;
    }
    return true;
}

/* Lines [*first, *end) of the entries that came again, and of what stands with them. */
static void entries_span(const struct entries *e, const struct page *page, size_t *first, size_t *end)
{
    const struct line *lines = page->lines;
    const uint32_t *of = page->looks.of;
    *first = page->n;
    *end = 0;
    for (size_t slot = 0; slot < TABLE; slot++) {
        if (!e->at[slot].again)
            continue;
        *first = e->at[slot].line < *first ? e->at[slot].line : *first;
        *end = e->at[slot].line + 1 > *end ? e->at[slot].line + 1 : *end;
    }
    // "Contents:" announces it; below, some headlines are worded otherwise.
    while (*first > 0 && (lines[*first - 1].class == LINE_BLANK || (of[*first - 1] & LOOK_COLON)))
        --*first;
    while (*end < page->n && (of[*end] & LOOK_TITLE) && (of[*end] & LOOK_PLAIN))
        ++*end;
}

/* Where the words end that stand between the list and the rule over its first headline: "Not for onward
 * distribution." */
static size_t opening_end(const struct page *page, size_t end)
{
    size_t i = end, shown = 0;
    for (; i < page->n && page_class(page, i) != LINE_SEPARATOR && shown <= OPENING; i++)
        shown += !page_passed_over(page, i);
    size_t below = i < page->n ? i + 1 : i;
    while (below < page->n && page_passed_over(page, below))
        below++;
    return shown <= OPENING && below < page->n && (page->looks.of[below] & LOOK_LISTED) ? i : end;
}

/* The list is no text, nor is what the file says of itself around it. */
static void contents_mark(const struct entries *e, struct page *page)
{
    size_t first, end;
    entries_span(e, page, &first, &end);
    for (size_t i = first; i < end; i++)
        page->looks.of[i] |= page_plain(page, i) ? LOOK_ENTRY : 0;
    memset(page->looks.text, CHOOSE_NOTHING, opening_end(page, end));
}

bool twin_contents(struct arena *arena, struct page *page)
{
    struct entries *e = arena_alloc(arena, sizeof *e);
    if (e == NULL || !entries_take(e, page))
        return false;
    if (e->n < 2)
        return true;
    if (!entries_find(e, page))
        return false;
    if (e->again >= 2)
        contents_mark(e, page);
    for (size_t i = 0; e->again == 1 && i < page->n; i++)
        page->looks.of[i] &= ~(uint32_t)LOOK_LISTED;
    return true;
}
