// SPDX-License-Identifier: MIT
/* upkeep: what must be done now and then, a small step at a time, so that it never delays a drop file:
 * retention of the store and of the archive, the write-ahead log, sizes and rates for the status. */
#ifndef DAEMON_FLOWS_UPKEEP_H
#define DAEMON_FLOWS_UPKEEP_H

#include "daemon/base/stats.h"
#include "daemon/hands/spool.h"
#include "daemon/hands/store.h"

struct upkeep {
    int64_t measured; /* monotonic ms of the last look at sizes and rates */
    int64_t pruned;   /* of the last step of retention that found nothing to do */
    uint64_t counted; /* dispatches stored at `measured` */
    double rate_1m, rate_15m;
    bool overdue[STATS_FEEDS_MAX]; /* said so in the log, until something arrives */
};

/* One step. `idle`: no drop file waits, so that a longer step is fine. Sets *more when there is more to
 * do. Only FATE_STOP is an error; anything else is logged and tried again later. */
enum fate upkeep_turn(struct upkeep *, struct spool *, struct store *, const struct conf *, bool idle,
                      bool *more, struct err *e);

#endif
