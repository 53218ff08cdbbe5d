// SPDX-License-Identifier: MIT
/* map: see map.h. Open addressing, at most half full. The keys come from rules, which the operator writes: no
 * stranger can choose them to collide. */
#include "daemon/pure/map.h"

#include <stdlib.h>
#include <string.h>

/* The up to seven bytes at p as a number, another one for any other bytes of that length. */
static uint64_t tail(const char *p, size_t n)
{
    uint32_t a = 0, b = 0;
    if (n >= sizeof a) {
        memcpy(&a, p, sizeof a);
        memcpy(&b, p + n - sizeof b, sizeof b);
    } else if (n > 0) {
        a = (unsigned char)p[0] | (uint32_t)(unsigned char)p[n / 2] << 8 | (uint32_t)(unsigned char)p[n - 1] << 16;
    }
    return (uint64_t)a << 32 | b;
}

/* Eight bytes at a time, each step a multiplication by 2^64 over the golden ratio; the high half is the best
 * mixed. */
static uint64_t hash(const char *p, size_t n)
{
    const uint64_t golden = 0x9e3779b97f4a7c15u;
    uint64_t h = n * golden, w;
    for (; n >= sizeof w; p += sizeof w, n -= sizeof w) {
        memcpy(&w, p, sizeof w);
        h = (h ^ w) * golden;
        h ^= h >> 32;
    }
    h = (h ^ tail(p, n)) * golden;
    return h ^ h >> 32;
}

static struct map_slot *find(const struct map *m, const char *key, size_t n, uint64_t sum)
{
    size_t i = sum & (m->size - 1);
    for (struct map_slot *at; (at = &m->slots[i])->key != NULL; i = (i + 1) & (m->size - 1))
        if (at->sum == (uint32_t)(sum >> 32) && at->n == n && memcmp(at->key, key, n) == 0)
            break;
    return &m->slots[i];
}

static bool grow(struct map *m)
{
    struct map bigger = {.size = m->size == 0 ? 64 : m->size * 2, .used = m->used};
    bigger.slots = calloc(bigger.size, sizeof *bigger.slots);
    if (bigger.slots == NULL)
        return false;
    for (size_t i = 0; i < m->size; i++)
        if (m->slots[i].key != NULL)
            *find(&bigger, m->slots[i].key, m->slots[i].n, hash(m->slots[i].key, m->slots[i].n)) = m->slots[i];
    free(m->slots);
    *m = bigger;
    return true;
}

bool map_put(struct map *m, const char *key, size_t n, const void *value)
{
    if ((m->used + 1) * 2 > m->size && !grow(m))
        return false;
    uint64_t sum = hash(key, n);
    struct map_slot *slot = find(m, key, n, sum);
    m->used += slot->key == NULL;
    *slot = (struct map_slot){key, (uint32_t)n, (uint32_t)(sum >> 32), value};
    return true;
}

const void *map_get(const struct map *m, const char *key, size_t n)
{
    return m->size == 0 ? NULL : find(m, key, n, hash(key, n))->value;
}

void map_free(struct map *m)
{
    free(m->slots);
    *m = (struct map){0};
}
