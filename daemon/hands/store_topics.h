// SPDX-License-Identifier: MIT
/* store_topics: private to the store's rooms. The topics of a segment by name, numbered 0, 1, 2 ... in the
 * order in which they were met. */
#ifndef DAEMON_HANDS_STORE_TOPICS_H
#define DAEMON_HANDS_STORE_TOPICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store_topics {
    char **names;
    size_t n, room;
    uint32_t *slots; /* open addressing: 1 + the number, 0 free */
    size_t nslots;   /* 0 or a power of two */
};

void store_topics_free(struct store_topics *);
/* The number of the name (n bytes), a new one if it is not there. False when memory ran out. */
bool store_topics_number(struct store_topics *, const char *name, size_t n, uint32_t *number);

#endif
