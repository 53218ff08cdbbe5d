// SPDX-License-Identifier: MIT
/* body: see body.h. Text was wrapped by a program if a line never could have taken the next line's first word
 * within the margin, the longest line: where seven of ten neighbouring lines say so, the lines are joined.
 * Lines longer than any margin are paragraphs and say nothing of it. An indented line begins a paragraph. */
#include "daemon/pure/body.h"

#include "daemon/pure/dateline.h"
#include "daemon/pure/mark.h"
#include "daemon/pure/sign.h"
#include "daemon/pure/text.h"

#include <string.h>

#define MARGIN_MIN 50 /* characters: shorter lines are verses or a table */
#define MARGIN_MAX 100
#define SLACK 3 /* columns: some programs count the indent, or the line's end, and others do not */

static bool shown(const struct line *line)
{
    return line->class == LINE_BODY || line->class == LINE_HEADING || line->class == LINE_DATELINE;
}

/* Whether lines i and i + 1 are neighbours in the text, and the second begins no paragraph by its indent. */
static bool neighbours(const struct line *lines, size_t end, size_t i)
{
    return i + 1 < end && shown(&lines[i]) && shown(&lines[i + 1]) && lines[i + 1].indent <= lines[i].indent;
}

static bool begins_item(struct view v)
{
    return scan_dash(v.p, v.n) > 0 || *v.p == '*' || (v.n > 3 && memcmp(v.p, "\xe2\x80\xa2", 3) == 0);
}

/* Columns that the line takes, MARGIN_MAX + 1 for all that take more. */
static size_t columns(const struct line *line)
{
    // Four bytes a character: what is longer need not be counted.
    size_t length = line->text.n > MARGIN_MAX * 4 ? MARGIN_MAX + 1 : line->indent + scan_length(line->text);
    return length <= MARGIN_MAX ? length : MARGIN_MAX + 1;
}

/* Whether the next line's first word would not have fitted into this one. */
static bool full(const struct line *lines, size_t i, size_t margin)
{
    struct view next = lines[i + 1].text;
    size_t word = 0;
    while (word < next.n && scan_blank(next.p + word, next.n - word) == 0)
        word++;
    size_t length = columns(&lines[i]);
    size_t needed = length + 1 + scan_length((struct view){next.p, word});
    return length <= MARGIN_MAX && needed + SLACK > margin && !begins_item(next);
}

size_t body_margin(const struct line *lines, const struct split_slice *slice)
{
    size_t margin = 0, pairs = 0, filled = 0, sentences = 0; /* filled lines that end one */
    for (size_t i = slice->head_end; i < slice->end; i++) {
        size_t length = shown(&lines[i]) ? columns(&lines[i]) : 0;
        margin = length > margin && length <= MARGIN_MAX ? length : margin;
    }
    if (margin < MARGIN_MIN)
        return 0;
    for (size_t i = slice->head_end; i < slice->end; i++) {
        if (!neighbours(lines, slice->end, i) || columns(&lines[i]) > MARGIN_MAX)
            continue;
        bool fills = full(lines, i, margin), ends = scan_ends_sentence(lines[i].text);
        // A short line that ends a sentence is the last of its paragraph.
        pairs += fills || !(ends || begins_item(lines[i + 1].text));
        filled += fills;
        sentences += fills && ends;
    }
    return filled > 0 && filled * 10 >= pairs * 7 && sentences * 2 < filled ? margin : 0;
}

/* Whether, in a text that was wrapped, line i goes on in the next: it is full, or a word in small letters
 * follows. */
static bool goes_on(const struct line *lines, size_t end, size_t i, size_t margin)
{
    if (!neighbours(lines, end, i) || columns(&lines[i]) > MARGIN_MAX)
        return false;
    struct view next = lines[i + 1].text;
    bool small = *next.p >= 'a' && *next.p <= 'z';
    return full(lines, i, margin) || (small && !scan_ends_sentence(lines[i].text) && !begins_item(next));
}

/* The line behind the text: that of an end mark, unless more text stands behind it than before. */
static size_t text_end(const struct line *lines, const struct split_slice *slice)
{
    size_t before = 0, behind = 0, end = slice->end;
    for (size_t i = slice->head_end; i < slice->end; i++) {
        if (lines[i].class == LINE_END && before > 0 && end == slice->end)
            end = i;
        size_t n = shown(&lines[i]) ? lines[i].text.n : 0;
        before += end == slice->end ? n : 0;
        behind += end == slice->end ? 0 : n;
    }
    return behind > before ? slice->end : end;
}

/* --- what stands behind the last words ------------------------------------------------------------------ */

#define ANNOUNCE_MAX 24 /* bytes: "Contact:" */
#define CONTACT_LINE 90  /* bytes */
#define LOOSE_WORDS 6
#define FOOT_LINES 4
#define RULE_MIN 10

/* A date alone. */
static bool dated(const struct rules *rules, struct view v)
{
    struct stamp stamp;
    return stamp_read(rules, v, &stamp) && stamp.when.day != 0;
}

/* "###", "- 0 -", "Contact:" with nothing behind, a date alone: no text ends so. */
static bool only_signs(const struct rules *rules, struct view v)
{
    bool announces = v.n <= ANNOUNCE_MAX && v.p[v.n - 1] == ':';
    return announces || dated(rules, v) ||
           (v.n <= CONTACT_LINE && (!text_has_letter(v.p, v.n) || end_mark(rules, v) == 0));
}

/* A rule across the page near the end: what stands behind it is the digest's own foot. Its line; `end` =
 * there is none. */
static size_t foot_rule(const struct line *lines, size_t first, size_t end)
{
    for (size_t i = end, looked = 0; i > first && looked < FOOT_LINES; i--) {
        struct view v = lines[i - 1].text;
        if (!shown(&lines[i - 1]))
            continue;
        looked++;
        size_t n = 0;
        while (n < v.n && (v.p[n] == '=' || v.p[n] == '-' || v.p[n] == '_') && v.p[n] == v.p[0])
            n++;
        if (n >= RULE_MIN && n == v.n)
            return i - 1;
        if (v.n > 2 * CONTACT_LINE)
            break;
    }
    return end;
}

/* "Tel: +374 00 123456", "press@lake.example", "http://www.lake.example" */
static bool is_address(struct view v)
{
    static const char *const marks[] = {"http://", "https://", "www.", "Tel.", "Tel:",    "Tel ",
                                        "tel.",    "Phone:",   "Fax:", "Fax ", "E-mail:", "Email:"};
    bool found = memchr(v.p, '@', v.n) != NULL && memchr(v.p, '.', v.n) != NULL;
    for (size_t i = 0; i < sizeof marks / sizeof *marks && !found; i++)
        found = scan_find(v, marks[i]) != NULL;
    return found;
}

/* The first line of a block at the end that tells whom to ask: short lines without a full stop, an address
 * among them; `end` if the last block is none. A line that announces it ("For further information:") belongs
 * to it. */
static size_t contact_block(const struct line *lines, size_t first, size_t end)
{
    size_t i = end;
    bool address = false;
    for (; i > first && shown(&lines[i - 1]); i--) {
        struct view v = lines[i - 1].text;
        bool told = v.n <= CONTACT_LINE && is_address(v);
        if (v.n > CONTACT_LINE || (scan_last(v) == '.' && !told))
            break;
        address = address || told;
    }
    bool gap = i < end && i > first && lines[i - 1].class == LINE_BLANK;
    bool announced = i < end && scan_last(lines[i].text) == ':';
    return address && (gap || announced) ? i : end;
}

/* A few words that end no sentence and are neither an item of a list nor in brackets. */
static bool loose(struct view v)
{
    return scan_letter(v.p, v.n) > 0 && strchr(")]", v.p[v.n - 1]) == NULL && v.n <= CONTACT_LINE && scan_words(v) <= LOOSE_WORDS && !scan_ends_sentence(v) && !begins_item(v);
}

/* The first of such lines behind a paragraph that ends a sentence: a page's, "Follow Lake News"; `end` = there is
 * none. */
static size_t loose_lines(const struct line *lines, size_t first, size_t end)
{
    size_t i = end, cut = end;
    for (size_t n = 0; i > first && n <= FOOT_LINES; i--) {
        const struct line *line = &lines[i - 1];
        if (!shown(line))
            continue;
        if (scan_ends_sentence(line->text) && scan_words(line->text) > LOOSE_WORDS)
            return cut < end && lines[cut - 1].class != LINE_BODY ? cut : end;
        if (!loose(line->text))
            return end;
        cut = i - 1;
        n++;
    }
    return end;
}

static size_t shown_end(const struct line *lines, size_t first, size_t end)
{
    while (end > first && !shown(&lines[end - 1]))
        end--;
    return end;
}

/* Cuts off, from behind, what is no text. Never the first paragraph. */
static size_t tail_cut(const struct rules *rules, const struct line *lines, size_t first, size_t end)
{
    for (;;) {
        size_t last = shown_end(lines, first, end),
               before = shown_end(lines, first, last > first ? last - 1 : first);
        if (before == first || last == first)
            return last;
        bool ended = scan_ends_sentence(lines[before - 1].text) || dated(rules, lines[before - 1].text);
        bool goes_on = before + 1 == last && !ended && scan_last(lines[last - 1].text) == '.';
        if ((only_signs(rules, lines[last - 1].text) && !goes_on) ||
            (ended && sign_alone(rules, lines[last - 1].text))) {
            end = last - 1;
            continue;
        }
        end = contact_block(lines, first + 1, foot_rule(lines, first + 1, last));
        end = end == last ? loose_lines(lines, first + 1, last) : end;
        if (end == last)
            return last;
    }
}

/* --- */

/* Looks like the beginning of another dispatch: short, without a sign at its end, alone, a paragraph above.
 */
static bool breaks(const struct line *lines, size_t first, size_t end, size_t i)
{
    bool gaps = i > first && i + 1 < end && lines[i - 1].class == LINE_BLANK;
    return gaps && lines[i].class == LINE_BODY && lines[i].text.n > 20 && line_title_like(lines[i].text) &&
           lines[i + 1].class == LINE_BLANK;
}

static void find_lines(const struct rules *rules, const struct line *lines, const struct split_slice *slice,
                       struct body *out)
{
    out->end = text_end(lines, slice);
    out->first = slice->head_end;
    while (out->first < out->end && !shown(&lines[out->first]))
        out->first++;
    out->end = tail_cut(rules, lines, out->first, out->end);
    for (size_t i = out->first; i < out->end; i++)
        out->breaks += breaks(lines, out->first, out->end, i);
}

bool body_make(struct arena *arena, const struct rules *rules, const struct line *lines,
               const struct split_slice *slice, size_t margin, struct body *out)
{
    size_t size = 1, own = body_margin(lines, slice);
    *out = (struct body){0};
    find_lines(rules, lines, slice, out);
    margin = own > 0 ? own : margin;
    for (size_t i = out->first; i < out->end; i++)
        size += shown(&lines[i]) ? lines[i].text.n + 2 : 0;
    if ((out->text = arena_room(arena, size)) == NULL)
        return false;
    bool joined = false;
    for (size_t i = out->first; i < out->end; i++) {
        if (!shown(&lines[i]))
            continue;
        struct view text = lines[i].text;
        struct sign sign;
        if (i + 1 == out->end) {
            sign_behind(rules, (struct view){text.p, end_mark(rules, text)}, &sign);
            text.n = sign.text;
        }
        const char *between = out->n == 0 ? "" : joined ? " " : "\n\n";
        memcpy(out->text + out->n, between, strlen(between));
        out->n += strlen(between);
        memcpy(out->text + out->n, text.p, text.n);
        out->n += text.n;
        joined = margin > 0 && goes_on(lines, out->end, i, margin);
    }
    out->text[out->n] = '\0';
    return true;
}

char *body_join(struct arena *arena, const struct line *lines, size_t first, size_t end,
                enum line_class class, const char *between, size_t *out_n)
{
    size_t size = 1, n = 0, gap = strlen(between);
    for (size_t i = first; i < end; i++)
        size += lines[i].text.n + gap;
    char *text = arena_room(arena, size);
    if (text == NULL)
        return NULL;
    for (size_t i = first; i < end; i++) {
        if (lines[i].class == LINE_BLANK || (class != LINE_BLANK && lines[i].class != class))
            continue;
        memcpy(text + n, between, n > 0 ? gap : 0);
        n += n > 0 ? gap : 0;
        memcpy(text + n, lines[i].text.p, lines[i].text.n);
        n += lines[i].text.n;
    }
    text[n] = '\0';
    *out_n = n;
    return text;
}
