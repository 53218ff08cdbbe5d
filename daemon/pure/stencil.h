// SPDX-License-Identifier: MIT
/* stencil: what a file prints in every item, known to the rules or not: the fields of an export
 * ("Readability: 7-9 grade level"), its counts and codes ("164 words", "Document LBA0014x"), the buttons of a
 * page. A line is of the form when it comes once in each of several items and stands where a form's lines
 * stand. Items that are numbered are divided by their numbers.
 *
 * It never takes what could be a headline, a house or a name: those repeat too, and their places are weighed
 * elsewhere; nor what only stands under texts (refrain.h). Pure; a bounded table, so that time and memory
 * stay linear. */
#ifndef DAEMON_PURE_STENCIL_H
#define DAEMON_PURE_STENCIL_H

#include "daemon/base/arena.h"
#include "daemon/pure/lines.h"

/* Classifies such lines of those that have no class yet. False when memory ran out. */
bool stencil_classify(struct arena *, const struct rules *, struct line *lines, size_t n);

#endif
