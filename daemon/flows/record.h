// SPDX-License-Identifier: MIT
/* record: a record of the store as the wire calls it. Live copies and replayed ones are the same because both come by here. */
#ifndef DAEMON_FLOWS_RECORD_H
#define DAEMON_FLOWS_RECORD_H

#include "daemon/hands/store.h"

#include <string.h>

/* Points into the record. */
static inline struct head record_head(const struct store_record *r, uint64_t epoch)
{
    struct head head = {
        .epoch = epoch,
        .seq = r->seq,
        .kind = r->kind,
        .version = r->version,
        .stored = r->stored,
        .topics = r->topics,
        .ntopics = r->ntopics,
    };
    memcpy(head.id, r->id, sizeof head.id);
    return head;
}

#endif
