// SPDX-License-Identifier: MIT
/* store_topics: private to the store's rooms. The numbers of topics by name, as far as the writer has met
 * them, so that a dispatch with six topics costs no six look-ups. A cache: forgetting is always allowed, and
 * a must when a number may have been rolled back. */
#ifndef DAEMON_HANDS_STORE_TOPICS_H
#define DAEMON_HANDS_STORE_TOPICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store_topic {
    char *name;
    int64_t n;
    uint64_t touched; /* 1 + the round in which it was last put into `touched`, 0 never */
};
struct store_topics {
    struct store_topic *slots; /* open addressing; a name NULL is free */
    size_t nslots, used;       /* nslots: 0 or a power of two */
    int64_t *touched;          /* numbers that got or lost records in this transaction, perhaps some twice */
    size_t ntouched, room;
    uint64_t round;            /* one per transaction */
};

void store_topics_free(struct store_topics *);
struct store_topic *store_topics_find(const struct store_topics *, const char *name);
/* `name` is not there yet and is copied. NULL when memory ran out. */
struct store_topic *store_topics_add(struct store_topics *, const char *name, int64_t n);
/* Notes that the topic's counters are to follow. False when memory ran out. */
bool store_topics_touch(struct store_topics *, struct store_topic *);
/* Forgets names and numbers, but not what was touched: an undone file must not take its neighbours' counters
 * along. */
void store_topics_forget(struct store_topics *);
/* The transaction is over: nothing is touched, and a cache that has grown great begins anew. */
void store_topics_settle(struct store_topics *);

#endif
