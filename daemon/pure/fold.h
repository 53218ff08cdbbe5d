// SPDX-License-Identifier: MIT
/* fold: text_fold() of the head of a line, with the way back: which byte of the text each folded byte came
 * from. With it a phrase of the rules is looked for in folded text and found in the text as printed. */
#ifndef DAEMON_PURE_FOLD_H
#define DAEMON_PURE_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOLD_HEAD 160 /* bytes of the text that are looked at, at most */
#define FOLD_SIZE (3 * FOLD_HEAD)

struct fold_head {
    char text[FOLD_SIZE + 1];
    uint16_t from[FOLD_SIZE + 1]; /* from[i]: where the character of text[i] begins; from[n]: the end */
    size_t n;
    bool whole; /* all of the text is in it */
};

/* False when memory ran out (only text beyond ASCII and common punctuation needs any). */
bool fold_head(const char *p, size_t n, struct fold_head *out);

/* Whether a word may end before text[i]. */
bool fold_boundary(const struct fold_head *f, size_t i);

#endif
