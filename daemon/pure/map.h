// SPDX-License-Identifier: MIT
/* map: texts to values, for the rules. A key is not copied: it must live as long as the map. A later value of
 * the same key replaces the earlier one. */
#ifndef DAEMON_PURE_MAP_H
#define DAEMON_PURE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_slot {
    const char *key; /* NULL = free */
    uint32_t n;
    uint32_t sum; /* of its hash: keys that differ are seldom looked at */
    const void *value;
};
struct map { /* all zero: empty */
    struct map_slot *slots;
    size_t size, used; /* size: 0 or a power of two */
};

bool map_put(struct map *, const char *key, size_t n, const void *value); /* false: memory ran out */
const void *map_get(const struct map *, const char *key, size_t n);       /* NULL: not there */
void map_free(struct map *);

#endif
