// SPDX-License-Identifier: MIT
/* anchor: the runs of lines that stand between a headline and its text, and the headline that each leads back
 * to. The first half of the splitter; split.c makes slices of what is found here. */
#ifndef DAEMON_PURE_ANCHOR_H
#define DAEMON_PURE_ANCHOR_H

#include "daemon/pure/split.h"

/* Lines [first, end) of one anchor; blank lines and furniture may stand among them. */
struct anchor {
    size_t first, end;
    bool date, time, agency, country, byline, dateline;
};

/* The anchor that begins with line i, if one does. */
bool anchor_at(const struct rules *, const struct line *lines, size_t n, size_t i, struct anchor *out);

/* Walks back from the anchor, not behind line `floor`: fills in first, title, title_end, found and head_end
 * of the slice. `untitled`: the file began with a dateline and no headline, so others will do so too. False:
 * nothing begins here. FATE_RETRY in *fate when memory ran out. */
bool anchor_slice(struct arena *, const struct line *lines, size_t n, size_t floor, const struct anchor *,
                  bool untitled, struct split_slice *out, enum fate *fate);

#endif
