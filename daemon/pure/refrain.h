// SPDX-License-Identifier: MIT
/* refrain: lines that a file says again and again between its texts, figures aside: the buttons of a page
 * that no rule names ("Print Page   Photo Gallery", "Readers so far 1254"), the address under every text of a
 * list. They are furniture, whatever language they are in.
 *
 * Only lines that stand under a text and over no text count, thrice at least: so no sub-heading and no
 * headline of a column is one. A sentence is none, for a house tells the same background again and again, nor
 * is a person's name: somebody wrote it all. Pure, linear. */
#ifndef DAEMON_PURE_REFRAIN_H
#define DAEMON_PURE_REFRAIN_H

#include "daemon/base/arena.h"
#include "daemon/pure/lines.h"

/* Makes them LINE_FURNITURE; the lines have their classes. False when memory ran out. */
bool refrains_classify(struct arena *, const struct rules *, struct line *lines, size_t n);

#endif
