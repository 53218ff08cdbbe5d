// SPDX-License-Identifier: MIT
/* words: see words.h. A word of up to 16 bytes is two numbers, which say all of it: they are hashed and
 * compared. The words come from rules, which the operator writes: no stranger can choose them to collide. */
#include "daemon/pure/words.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The first eight bytes and the last eight; those that are not there are zero. */
struct ends {
    uint64_t first, last;
};

struct words_entry {
    struct ends ends;
    const char *key;
    size_t n;
    const void *value;
};

static uint64_t eight(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

/* Of the bytes of a number as they lie in memory the first n, up to eight. */
static uint64_t first_bytes(uint64_t w, size_t n)
{
    static const unsigned char ones[16] = {255, 255, 255, 255, 255, 255, 255, 255};
    return w & eight((const char *)ones + (n < 8 ? 8 - n : 0));
}

static inline struct ends ends_of(const char *p, size_t n)
{
    return (struct ends){first_bytes(eight(p), n), n > 8 ? eight(p + n - 8) : 0};
}

/* The multipliers are 2^64 over the golden ratio and a random odd number; the high half is the best mixed. */
static inline uint64_t hash(struct ends ends, size_t n)
{
    uint64_t h = (ends.first ^ n << 56) * 0x9e3779b97f4a7c15u ^ ends.last * 0xd6e8feb86659fd93u;
    return h ^ h >> 32;
}

static bool same(const struct words_entry *entry, struct ends ends, const char *p, size_t n)
{
    return entry->ends.first == ends.first && entry->ends.last == ends.last && entry->n == n &&
           (n <= 16 || memcmp(entry->key, p, n) == 0);
}

/* The slot of a word, or the free one where its number would stand. */
static inline uint64_t *slot_of(const struct words_table *t, struct ends ends, const char *p, size_t n)
{
    uint64_t h = hash(ends, n), part = h >> 32;
    size_t i = h & (t->size - 1);
    for (; t->slots[i] != 0; i = (i + 1) & (t->size - 1))
        if (t->slots[i] >> 32 == part && same(&t->entries[(uint32_t)t->slots[i] - 1], ends, p, n))
            break;
    return &t->slots[i];
}

static bool grow(struct words_table *t)
{
    size_t size = t->size == 0 ? 64 : 2 * t->size;
    struct words_entry *entries = realloc(t->entries, size / 2 * sizeof *entries);
    if (entries == NULL)
        return false;
    t->entries = entries;
    uint64_t *slots = calloc(size, sizeof *slots);
    if (slots == NULL)
        return false;
    free(t->slots);
    t->slots = slots;
    t->size = size;
    for (size_t i = 0; i < t->n; i++) {
        const struct words_entry *entry = &entries[i];
        *slot_of(t, entry->ends, entry->key, entry->n) = hash(entry->ends, entry->n) >> 32 << 32 | (i + 1);
    }
    return true;
}

static bool put(struct words_table *t, const char *p, size_t n, const void *value)
{
    char padded[8 + WORDS_BEYOND] = ""; // a key has nothing behind it that may be read
    if (2 * t->n == t->size && !grow(t))
        return false;
    memcpy(padded, p, n < 8 ? n : 8);
    struct ends ends = ends_of(padded, n < 8 ? n : 8);
    ends.last = n > 8 ? eight(p + n - 8) : 0;
    uint64_t *slot = slot_of(t, ends, p, n);
    if (*slot == 0) {
        *slot = hash(ends, n) >> 32 << 32 | (t->n + 1);
        t->entries[t->n++] = (struct words_entry){.ends = ends, .key = p, .n = n};
    }
    t->entries[(uint32_t)*slot - 1].value = value;
    return true;
}

static inline const void *get(const struct words_table *t, const char *p, size_t n)
{
    uint64_t slot = t->size == 0 ? 0 : *slot_of(t, ends_of(p, n), p, n);
    return slot == 0 ? NULL : t->entries[(uint32_t)slot - 1].value;
}

bool words_put(struct words *w, const char *word, size_t n, const void *value)
{
    return put(&w->whole, word, n, value);
}

bool words_put_begin(struct words *w, const char *begin, size_t n, const void *value)
{
    assert(n > 0 && n <= WORDS_BEGIN_MAX);
    w->lengths[(unsigned char)*begin] |= UINT64_C(1) << n;
    return put(&w->begins, begin, n, value);
}

void words_free(struct words *w)
{
    free(w->whole.entries);
    free(w->whole.slots);
    free(w->begins.entries);
    free(w->begins.slots);
    *w = (struct words){0};
}

const void *words_get(const struct words *w, const char *word, size_t n, size_t least)
{
    const void *value = get(&w->whole, word, n);
    if (value != NULL || n == 0)
        return value;
    uint64_t lengths =
        w->lengths[(unsigned char)*word] & (n < WORDS_BEGIN_MAX ? (UINT64_C(2) << n) - 1 : UINT64_MAX);
    for (; value == NULL && lengths != 0; lengths &= ~(UINT64_C(1) << (63 - __builtin_clzll(lengths)))) {
        size_t length = 63 - (size_t)__builtin_clzll(lengths);
        if (length < least)
            break;
        value = get(&w->begins, word, length);
    }
    return value;
}
