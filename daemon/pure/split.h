// SPDX-License-Identifier: MIT
/* split: where one dispatch ends and the next begins. Classified lines in, slices out.
 *
 * Candidates (heads.c) are weighed by what speaks for and against them (evidence.h, weights in
 * daemon/rules/evidence.rules), and the set with the greatest total is taken (choose.c). It is done twice:
 * what was taken first shows the layouts and borders that the file repeats, and these are evidence the second
 * time.
 *
 * Invariant: slices are in order and disjoint; every line is in one slice or in none (furniture). Linear, but
 * for sorting the layouts of the heads taken. */
#ifndef DAEMON_PURE_SPLIT_H
#define DAEMON_PURE_SPLIT_H

#include "daemon/base/arena.h"
#include "daemon/base/fate.h"
#include "daemon/pure/evidence.h"
#include "daemon/pure/lines.h"
#include "proto/err.h"

enum split_title {
    TITLE_SURE,
    TITLE_DOUBTFUL, /* ends like a sentence */
    TITLE_NONE,     /* an anchor without a headline */
    TITLE_GUESSED,  /* no anchor at all */
};

struct split_slice {
    size_t first, end;       /* lines [first, end) */
    size_t title, title_end; /* the headline's lines; empty: there is none */
    size_t head_end;         /* first line of the text; the dateline's paragraph belongs to the text */
    size_t dateline;         /* line of the dateline; SIZE_MAX = none */
    size_t author;           /* a line of the head that only its place makes a byline; SIZE_MAX = none */
    enum split_title found;
    /* Why: the sum of the evidence, and by how much the best split without this head is worse, both in
     * hundredths of a nat; and the evidence, EVIDENCE_BIT() of each, whose weights rules_evidence() has. */
    int score, margin;
    uint64_t evidence;
};

struct split {
    struct split_slice *slices;
    size_t n;
};

/* Sets the final classes of the lines too: LINE_TITLE, LINE_KICKER, LINE_PREAMBLE, and LINE_BODY for what
 * only looked like an anchor. FATE_BAD: "more than N dispatches". */
enum fate split_lines(struct arena *, const struct rules *, struct line *lines, size_t n, uint64_t max_items,
                      struct split *out, struct err *e);

#endif
