// SPDX-License-Identifier: MIT
/* tally: see tally.h. */
#include "daemon/pure/tally.h"

#define PROBES 8
#define SLOTS_MIN 64
#define SLOTS_MAX (1 << 16)
#define FNV_FIRST UINT64_C(14695981039346656037) // FNV-1a, of 64 bits
#define FNV_PRIME UINT64_C(1099511628211)

bool tally_new(struct arena *arena, size_t lines, struct tally *out)
{
    out->size = SLOTS_MIN;
    while (out->size < lines && out->size < SLOTS_MAX)
        out->size *= 2;
    out->keys = arena_alloc(arena, out->size * sizeof *out->keys);
    return out->keys != NULL;
}

static bool figure(char c)
{
    return c >= '0' && c <= '9';
}

/* The end of the number that begins at `at`: "1,245". */
static size_t number_end(struct view v, size_t at)
{
    while (at < v.n && (figure(v.p[at]) || v.p[at] == ',' || v.p[at] == '.'))
        at++;
    return at;
}

/* The end of the word around the figure at `at`. */
static size_t code_end(struct view v, size_t at)
{
    while (at < v.n && scan_blank(v.p + at, v.n - at) == 0)
        at++;
    return at;
}

static uint64_t mix(uint64_t key, char c)
{
    return (key ^ (unsigned char)c) * FNV_PRIME;
}

uint64_t tally_key(struct view v, enum tally_apart apart)
{
    uint64_t key = FNV_FIRST, word = FNV_FIRST; // `word`: the key in front of the word
    for (size_t i = 0; i < v.n;) {
        if (figure(v.p[i])) {
            key = mix(apart == TALLY_CODES ? word : key, '0');
            i = apart == TALLY_CODES ? code_end(v, i) : number_end(v, i);
            continue;
        }
        key = mix(key, v.p[i]);
        word = scan_blank(v.p + i, v.n - i) > 0 ? key : word;
        i++;
    }
    return key == 0 ? 1 : key;
}

/* The key's slot, or the free one where it belongs. */
static size_t slot_of(const struct tally *t, uint64_t key)
{
    for (size_t i = 0; i < PROBES; i++) {
        size_t slot = (key + i) & (t->size - 1);
        if (t->keys[slot] == 0 || t->keys[slot] == key)
            return slot;
    }
    return TALLY_FULL;
}

size_t tally_take(struct tally *t, uint64_t key)
{
    size_t slot = slot_of(t, key);
    if (slot != TALLY_FULL)
        t->keys[slot] = key;
    return slot;
}

size_t tally_find(const struct tally *t, uint64_t key)
{
    size_t slot = slot_of(t, key);
    return slot != TALLY_FULL && t->keys[slot] == key ? slot : TALLY_FULL;
}
