// SPDX-License-Identifier: MIT
/* tails: what stands behind the last words of a dispatch and is none of it, by the evidence of the whole
 * file: lines that come again at the ends of others and are no sentence, what follows a mark that ends a
 * text, the heading of the next section, the foot of the page behind the last separator.
 *
 * Never takes the first line of a text. Time n log n in the number of dispatches, linear in lines. */
#ifndef DAEMON_PURE_TAILS_H
#define DAEMON_PURE_TAILS_H

#include "daemon/pure/look.h"
#include "daemon/pure/split.h"

/* `lines` are those of the page; the slices have their ends, which may come to stand earlier, and a slice may
 * begin earlier by its section's heading. False when memory ran out. */
bool tails_cut(struct arena *, const struct page *, struct line *lines, struct split *);

#endif
