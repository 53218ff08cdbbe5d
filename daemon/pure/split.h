// SPDX-License-Identifier: MIT
/* split: where one dispatch ends and the next begins. Classified lines in, slices out.
 *
 * An anchor is what news prints between headline and text: a time line, an agency line with its date, a
 * dateline, or several of them in a row. From each anchor it walks back to the headline; where there is none
 * that could be one, the anchor is a quotation and splits nothing. A file without any anchor is one dispatch.
 *
 * Invariant: slices are in order and disjoint; every line is in one slice or in none (furniture). Linear. */
#ifndef DAEMON_PURE_SPLIT_H
#define DAEMON_PURE_SPLIT_H

#include "daemon/base/arena.h"
#include "daemon/base/fate.h"
#include "daemon/pure/lines.h"
#include "proto/err.h"

enum split_title {
    TITLE_SURE,
    TITLE_DOUBTFUL, /* ends like a sentence */
    TITLE_NONE,     /* an anchor without a headline */
    TITLE_GUESSED,  /* no anchor at all: the first line */
};

struct split_slice {
    size_t first, end;       /* lines [first, end) */
    size_t title, title_end; /* the headline's lines; empty with TITLE_NONE */
    size_t head_end;         /* first line of the text; the dateline's paragraph belongs to the text */
    enum split_title found;
};

struct split {
    struct split_slice *slices;
    size_t n;
};

/* Sets the final classes of the lines too: LINE_TITLE, LINE_PREAMBLE, and LINE_BODY for what only looked like
 * an anchor. FATE_BAD: "more than N dispatches". */
enum fate split_lines(struct arena *, const struct rules *, struct line *lines, size_t n, uint64_t max_items,
                      struct split *out, struct err *e);

#endif
