// SPDX-License-Identifier: MIT
/* twin: headlines printed twice, plain and in capitals, one of them perhaps cut off; and lists of headlines
 * at the top of a file that come again as headlines further down. */
#ifndef DAEMON_PURE_TWIN_H
#define DAEMON_PURE_TWIN_H

#include "daemon/pure/look.h"

#define TWIN_LINES 3 /* a wrapped headline has at most so many */

enum twin {
    TWIN_NONE,
    TWIN_SAME,
    TWIN_LONGER,  /* the second goes on where the first is cut off */
    TWIN_SHORTER, /* the second is cut off */
    TWIN_NO_MEMORY,
};

/* Compares the headlines of lines [a, a_end) and [b, b_end), case and accents apart. */
enum twin twin_of(const struct line *lines, size_t a, size_t a_end, size_t b, size_t b_end);

/* Looks for a list of at least two headlines at the top that come again: marks LOOK_ENTRY and LOOK_LISTED,
 * and takes what the lines of the list give as text away. False when memory ran out. */
bool twin_contents(struct arena *, struct page *);

#endif
