// SPDX-License-Identifier: MIT
/* numbering: numbers and signs that a compiler puts in front of the headlines of a file, and that are none of
 * their words: "1. ", "(2) ", "* ", "## ", "**...**".
 *
 * It refuses what one headline alone begins with: only what all have is the file's. Pure, linear. */
#ifndef DAEMON_PURE_NUMBERING_H
#define DAEMON_PURE_NUMBERING_H

#include "daemon/pure/split.h"

/* Takes them off the first lines of the headlines. */
void numbering_strip(struct line *lines, const struct split *);

#endif
