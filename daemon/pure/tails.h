// SPDX-License-Identifier: MIT
/* tails: what stands behind the last words of a dispatch and is none of it, by where it stands: what follows
 * a mark that ends a text, the heading of the next section, the foot of the page behind the last separator.
 *
 * It refuses what is known by coming again, which has gone before the split (refrain.h), and never takes the
 * first line of a text. Pure, linear. */
#ifndef DAEMON_PURE_TAILS_H
#define DAEMON_PURE_TAILS_H

#include "daemon/pure/look.h"
#include "daemon/pure/split.h"

/* `lines` are those of the page; the slices have their ends, which may come to stand earlier, and a slice may
 * begin earlier by its section's heading. */
void tails_cut(const struct page *, struct line *lines, struct split *);

#endif
