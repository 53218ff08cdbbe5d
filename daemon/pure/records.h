// SPDX-License-Identifier: MIT
/* records: the fields that a data base prints with a text, one a line and without labels: how many words it has,
 * when it came out, in which paper under which code, in which language; and the number of the document that ends
 * it. Only paragraphs that say how many words there are; what else stands there is known by its place.
 *
 * Pure, linear. */
#ifndef DAEMON_PURE_RECORDS_H
#define DAEMON_PURE_RECORDS_H

#include "daemon/pure/lines.h"

/* Cuts off the two letters that announce each field in some exports ("HD   Ferry sails again"), where a part of
 * the dispatch stands behind. Before the lines have their classes. */
void records_uncode(struct line *lines, size_t n);

/* Sets the classes of such paragraphs' lines; the others have theirs already. */
void records_classify(const struct rules *, struct line *lines, size_t n);

#endif
