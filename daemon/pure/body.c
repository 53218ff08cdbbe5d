// SPDX-License-Identifier: MIT
/* body: see body.h. Text was wrapped by a program if a line never could have taken the next line's first word
 * within the margin, the longest line: where seven of ten neighbouring lines say so, the lines are joined. */
#include "daemon/pure/body.h"

#include <string.h>

#define MARGIN_MIN 50 /* characters: shorter lines are verses or a table */
#define MARGIN_MAX 100

static bool shown(const struct line *line)
{
    return line->class == LINE_BODY || line->class == LINE_HEADING || line->class == LINE_DATELINE;
}

/* Whether lines i and i + 1 are neighbours in the text. */
static bool neighbours(const struct line *lines, const struct split_slice *slice, size_t i)
{
    return i + 1 < slice->end && shown(&lines[i]) && shown(&lines[i + 1]);
}

static bool begins_item(struct view v)
{
    return scan_dash(v.p, v.n) > 0 || *v.p == '*' || (v.n > 3 && memcmp(v.p, "\xe2\x80\xa2", 3) == 0);
}

/* Whether the next line's first word would not have fitted into this one. */
static bool full(const struct line *lines, size_t i, size_t margin)
{
    struct view next = lines[i + 1].text;
    size_t word = 0;
    while (word < next.n && scan_blank(next.p + word, next.n - word) == 0)
        word++;
    return scan_length(lines[i].text) + 1 + scan_length((struct view){next.p, word}) > margin &&
           !begins_item(next);
}

/* The margin at which the text was wrapped; 0 = it was not. */
static size_t wrapped_at(const struct line *lines, const struct split_slice *slice)
{
    size_t margin = 0, pairs = 0, filled = 0, sentences = 0; /* filled lines that end one */
    for (size_t i = slice->head_end; i < slice->end; i++) {
        // Four bytes a character: what is longer need not be counted.
        size_t length =
            shown(&lines[i]) && lines[i].text.n <= MARGIN_MAX * 4 ? scan_length(lines[i].text) : 0;
        if (shown(&lines[i]) && lines[i].text.n > MARGIN_MAX * 4)
            return 0;
        margin = length > margin ? length : margin;
    }
    if (margin < MARGIN_MIN || margin > MARGIN_MAX)
        return 0;
    for (size_t i = slice->head_end; i < slice->end; i++) {
        if (!neighbours(lines, slice, i))
            continue;
        bool fills = full(lines, i, margin), ends = scan_ends_sentence(lines[i].text);
        // A short line that ends a sentence is the last of its paragraph.
        pairs += fills || !(ends || begins_item(lines[i + 1].text));
        filled += fills;
        sentences += fills && ends;
    }
    return filled > 0 && filled * 10 >= pairs * 7 && sentences * 2 < filled ? margin : 0;
}

char *body_text(struct arena *arena, const struct line *lines, const struct split_slice *slice, size_t *out_n)
{
    size_t size = 1, n = 0, margin = wrapped_at(lines, slice);
    for (size_t i = slice->head_end; i < slice->end; i++)
        size += shown(&lines[i]) ? lines[i].text.n + 2 : 0;
    char *body = arena_alloc(arena, size);
    if (body == NULL)
        return NULL;
    bool joined = false;
    for (size_t i = slice->head_end; i < slice->end; i++) {
        if (!shown(&lines[i]))
            continue;
        const char *between = n == 0 ? "" : joined ? " " : "\n\n";
        memcpy(body + n, between, strlen(between));
        n += strlen(between);
        memcpy(body + n, lines[i].text.p, lines[i].text.n);
        n += lines[i].text.n;
        joined = margin > 0 && neighbours(lines, slice, i) && full(lines, i, margin);
    }
    body[n] = '\0';
    *out_n = n;
    return body;
}

char *body_join(struct arena *arena, const struct line *lines, size_t first, size_t end,
                enum line_class class, const char *between, size_t *out_n)
{
    size_t size = 1, n = 0, gap = strlen(between);
    for (size_t i = first; i < end; i++)
        size += lines[i].text.n + gap;
    char *text = arena_alloc(arena, size);
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
