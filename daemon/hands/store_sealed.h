// SPDX-License-Identifier: MIT
/* store_sealed: private to the store's rooms. The sealed segments as one thread has them: a bounded number of
 * open ones, and the filters of all, so that a key is looked for only where it may be. */
#ifndef DAEMON_HANDS_STORE_SEALED_H
#define DAEMON_HANDS_STORE_SEALED_H

#include "daemon/hands/store_catalogue.h"
#include "daemon/hands/store_run.h"

#define SEALED_OPEN                                                                                          \
    64 /* with fewer, finding known ids at random takes ten times as long; a descriptor each */

struct store_sealed {
    const char *directory;
    struct sealed_slot {
        struct store_segment segment;
        enum part_state state; /* as what it was opened */
        bool settled;          /* its log was gone then */
        uint64_t used;
    } slots[SEALED_OPEN];
    uint64_t clock;
    struct store_filters filters;
};

void store_sealed_close(struct store_sealed *);
/* The segment of that part, open; belongs to `sealed`, until the next such call. NULL with *fate: FATE_RETRY
 * when it is not there. */
struct store_segment *store_sealed_open(struct store_sealed *, const struct store_part *, enum fate *fate,
                                        struct err *e);
/* To be called when nothing of them is in use. Lets go of those whose log could not be put away while they
 * are open, and of those that lie before record `oldest`. */
void store_sealed_rest(struct store_sealed *, const struct store_catalogue *, uint64_t oldest);

/* Reads the filters that are missing, and forgets those of segments that went. */
enum fate store_sealed_filters(struct store_sealed *, const struct store_catalogue *, struct err *e);

struct store_place {
    uint64_t segment, value;
};
/* What is under the key, newest first, at most `max`. */
enum fate store_sealed_find(struct store_sealed *, const struct store_catalogue *, const struct store_key *,
                            struct store_place *out, size_t max, size_t *n, struct err *e);

#endif
