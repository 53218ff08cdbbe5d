// SPDX-License-Identifier: MIT
/* reparse_show: what --reparse tells on standard output. Private to reparse*.c. */
#ifndef DAEMON_FLOWS_REPARSE_SHOW_H
#define DAEMON_FLOWS_REPARSE_SHOW_H

#include "daemon/flows/reparse_plan.h"
#include "daemon/flows/show.h"
#include "daemon/hands/spool_archive.h"

#define REPARSE_KINDS (REPARSE_ELSEWHERE + 1)

struct reparse_sum {
    uint64_t files;               /* looked at */
    uint64_t changed;             /* of them */
    uint64_t unknown;             /* not in the store */
    uint64_t pruned;              /* some of what they brought lies behind the horizon */
    uint64_t refused;             /* no news at all, by the present rules */
    uint64_t unread;              /* failed */
    uint64_t what[REPARSE_KINDS]; /* dispatches, by enum reparse_what */
};

/* "revised" */
const char *reparse_word(enum reparse_what);

/* Whether a change is worth telling. */
bool reparse_told(enum reparse_what);

/* A file with changes that are told. */
void reparse_text(FILE *, const struct show_style *, const struct spool_archived *,
                  const struct reparse_change *, size_t n);
/* False: memory ran out. */
bool reparse_json(FILE *, const struct spool_archived *, const struct reparse_change *, size_t n);

void reparse_sum_text(FILE *, const struct reparse_sum *, bool dry_run);
bool reparse_sum_json(FILE *, const struct reparse_sum *, bool dry_run);

/* The id that all versions of what becomes of a slice have; NULL if it is none of these changes'. */
const uint8_t *reparse_id(const struct reparse_change *, size_t n, const struct reader_slice *);

#endif
