// SPDX-License-Identifier: MIT
/* hold: copies that came before their turn, in order of seq, each seq once. Knows nothing of turns or bounds:
 * that is catchup's business. Owns what it holds. */
#ifndef CLIENTS_HOLD_H
#define CLIENTS_HOLD_H

#include "clients/catchup.h"

struct held {
    struct catchup_copy copy;
    bool wanted; /* false: only noted as not mine; it has no frames and no size */
};

struct hold {
    struct held *slots; /* room for `room`; n of them used, from `first` on */
    size_t first, n, room;
    size_t bytes;
    catchup_drop_fn *drop;
};

/* False: memory; nothing was taken. The seq must not be there yet. */
bool hold_put(struct hold *, const struct held *);
bool hold_has(const struct hold *, uint64_t seq);
const struct held *hold_lowest(const struct hold *); /* NULL: empty */
void hold_take(struct hold *, struct held *out);     /* the lowest; its frames are the caller's now */
void hold_drop(struct hold *);                       /* the lowest */
void hold_clear(struct hold *);
void hold_free(struct hold *); /* what it holds, not the struct */

#endif
