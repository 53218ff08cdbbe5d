// SPDX-License-Identifier: MIT
/* body: the text of a dispatch from its lines: paragraphs with one empty line between. Lines that are clearly
 * one paragraph wrapped at a margin are joined, all others stay paragraphs of their own. */
#ifndef DAEMON_PURE_BODY_H
#define DAEMON_PURE_BODY_H

#include "daemon/pure/split.h"

/* Lines of classes other than text are left out. NULL when memory ran out; "" when there is no text. */
char *body_text(struct arena *, const struct line *lines, const struct split_slice *, size_t *out_n);

/* The lines [first, end) of one class, or those with text if class is LINE_BLANK, put together with
 * `between`. NULL when memory ran out. */
char *body_join(struct arena *, const struct line *lines, size_t first, size_t end, enum line_class class,
                const char *between, size_t *out_n);

#endif
