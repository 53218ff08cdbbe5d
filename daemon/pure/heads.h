// SPDX-License-Identifier: MIT
/* heads: every place where a dispatch could begin, with what speaks for and against it. Here nothing is
 * decided: candidates overlap and contradict each other, and choose.c finds the set that holds together.
 *
 * A head is, in this order, each part but one optional: lines that say who and when, a kicker, the headline
 * of one to three lines, the same again, more lines that say who and when in any order, a dateline, which
 * belongs to the text. Invariant: candidates are sorted by their first line; each looks at a bounded number
 * of lines around it, so that all of them cost linear time. */
#ifndef DAEMON_PURE_HEADS_H
#define DAEMON_PURE_HEADS_H

#include "daemon/pure/border.h"

struct head {
    uint32_t first, end;       /* lines that no other head may have */
    uint32_t text;             /* first line of the text, text <= end */
    uint32_t title, title_end; /* empty: untitled */
    uint32_t dateline;         /* line of the dateline; UINT32_MAX = none */
    uint64_t evidence;         /* EVIDENCE_BIT of each that was found */
    uint64_t layout;           /* the same for heads of the same form */
    uint8_t border;            /* enum border */
    uint8_t author;            /* a line that only its place makes a byline, so many above text; 0 = none */
    bool deck;                 /* a second headline stands under the first */
};

struct heads {
    struct arena *arena;
    const struct page *page;
    struct head *all;
    size_t n;
    size_t size; /* room in `all` */
    bool full;   /* memory ran out */
};

/* Finds all candidates worth weighing; .arena and .page are the caller's. False when memory ran out. */
bool heads_find(struct heads *);

#endif
