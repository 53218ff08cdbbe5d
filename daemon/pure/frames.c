// SPDX-License-Identifier: MIT
/* frames: see frames.h. Rules part a file into blocks: where short ones without a sentence and texts take turns, the
 * short ones are heads. */
#include "daemon/pure/frames.h"

#define HEAD_LINES 4 /* of a framed head */
#define FRAMES_MIN 2
#define STRAY 4 /* of so many frames one block may be out of turn */
#define SURE 90

enum piece { PIECE_NONE, PIECE_HEAD, PIECE_TEXT };

static bool rule(const struct line *line)
{
    return line->class == LINE_SEPARATOR && scan_letter(line->text.p, line->text.n) == 0;
}

/* The next rule at or behind line i; n = none. */
static size_t rule_from(const struct line *lines, size_t n, size_t i)
{
    while (i < n && !rule(&lines[i]))
        i++;
    return i;
}

static enum piece piece_of(const struct line *lines, size_t first, size_t end)
{
    size_t shown = 0;
    bool text = false;
    for (size_t i = first; i < end; i++) {
        bool blank = lines[i].class == LINE_BLANK || lines[i].class == LINE_FURNITURE;
        shown += !blank;
        text = text || lines[i].class == LINE_DATELINE || lines[i].class == LINE_MAIL ||
               (lines[i].class == LINE_BODY && !line_title_like(lines[i].text));
    }
    return shown == 0 ? PIECE_NONE : text || shown > HEAD_LINES ? PIECE_TEXT : PIECE_HEAD;
}

/* What the walk over the blocks found. */
struct frames {
    size_t framed; /* heads with a text behind */
    size_t stray;  /* blocks out of turn */
};

/* Walks over the blocks behind the first rule; `take`: the rule under each head divides no more. */
static struct frames frames_walk(struct line *lines, size_t n, bool take)
{
    struct frames found = {0, 0};
    enum piece above = PIECE_NONE;
    size_t first = rule_from(lines, n, 0), end;
    for (; first < n; first = end) {
        end = rule_from(lines, n, first + 1);
        enum piece piece = piece_of(lines, first + 1, end);
        bool framed = above == PIECE_HEAD && piece == PIECE_TEXT;
        if (piece == PIECE_NONE)
            continue;
        found.framed += framed;
        found.stray += !framed && above == piece;
        if (framed && take) {
            lines[first].class = LINE_FURNITURE;
            lines[first].score = SURE;
        }
        above = piece;
    }
    return found;
}

void frames_classify(struct line *lines, size_t n)
{
    struct frames found = frames_walk(lines, n, false);
    if (found.framed >= FRAMES_MIN && found.stray * STRAY <= found.framed)
        frames_walk(lines, n, true);
}
