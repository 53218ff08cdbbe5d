// SPDX-License-Identifier: MIT
/* border: what stands above a line, as far as it can divide dispatches: separators, marks that end one,
 * credits, mail footers, gaps; and the text above, which ends or goes on. A bounded number of lines is looked
 * at. */
#ifndef DAEMON_PURE_BORDER_H
#define DAEMON_PURE_BORDER_H

#include "daemon/pure/evidence.h"
#include "daemon/pure/look.h"

/* Each kind has its own habit in a file. */
enum border {
    BORDER_NONE,
    BORDER_WIDE_GAP,
    BORDER_END,
    BORDER_CREDIT,
    BORDER_MAIL,
    BORDER_SIGNATURE,
    BORDER_SIGN, /* + the separator's sign, 0..63 */
    BORDERS = BORDER_SIGN + 64,
};

/* What stands above line i, blank runs and furniture passed over. */
struct above {
    size_t line; /* SIZE_MAX: the file begins */
    bool gap, wide, furniture;
};
struct above border_look(const struct page *, size_t i);

/* The kind of border above line i. */
enum border border_above(const struct page *, size_t i);

/* What the lines above a head that begins at line `first` say for and against it; its kind in *border. */
uint64_t border_evidence(const struct page *, size_t first, uint8_t *border);

#endif
