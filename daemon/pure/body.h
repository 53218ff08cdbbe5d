// SPDX-License-Identifier: MIT
/* body: the text of a dispatch from its lines: paragraphs with one empty line between. Lines that are clearly
 * one paragraph wrapped at a margin are joined, all others stay paragraphs of their own. An end mark behind
 * the last words ("... he said. -0-") is no part of it, nor is what stands behind a line that is one. */
#ifndef DAEMON_PURE_BODY_H
#define DAEMON_PURE_BODY_H

#include "daemon/pure/split.h"

struct body {
    char *text; /* "" when there is none */
    size_t n;
    size_t first, end; /* its lines; first == end: there are none */
    size_t breaks;     /* lines in it that look like a headline or an anchor */
};

/* Lines of classes other than text are left out. `margin`: of the file's other dispatches (body_margin()),
 * for texts too short to show their own; 0 = none. False when memory ran out. */
bool body_make(struct arena *, const struct rules *, const struct line *lines, const struct split_slice *,
               size_t margin, struct body *out);

/* The margin at which the text of the dispatch was wrapped; 0 = it was not, or is too short to tell. */
size_t body_margin(const struct line *lines, const struct split_slice *);

/* The lines [first, end) of one class, or those with text if class is LINE_BLANK, put together with
 * `between`. NULL when memory ran out. */
char *body_join(struct arena *, const struct line *lines, size_t first, size_t end, enum line_class class,
                const char *between, size_t *out_n);

#endif
