// SPDX-License-Identifier: MIT
/* dateline_judge: whether what dateline.c has read from the front of a paragraph is enough to be a dateline,
 * or only begins like one. For dateline.c alone. */
#ifndef DAEMON_PURE_DATELINE_JUDGE_H
#define DAEMON_PURE_DATELINE_JUDGE_H

#include "daemon/pure/dateline.h"

#define TOWN_MIN 3 /* bytes: "UFA" */

/* A reading in progress. */
struct dateline_head {
    const struct rules *rules;
    const char *p;
    size_t n, at;
    bool marked; /* an agency stood in brackets or slashes */
};

/* Whether the words are a town's name: the rules know it, or it stands in capitals. */
bool dateline_town(const struct dateline_head *, struct view town);

/* `stop`: a sign ends it, `dash`: that is a dash; `end`: of what was read. Sets d->sure. */
bool dateline_convinces(const struct dateline_head *, struct dateline *d, bool stop, bool dash, size_t end);

#endif
