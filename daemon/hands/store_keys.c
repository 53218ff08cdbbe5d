// SPDX-License-Identifier: MIT
/* store_keys: see store_keys.h. Invariant: a chain goes from newer entries to older ones, so that the newest
 * is found first, and taking back the last entry is taking it off the front of its chain. */
#include "daemon/hands/store_keys.h"

#include "daemon/pure/identity.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 1024

static struct store_key key_of(enum store_key_kind kind, const void *p, size_t n)
{
    struct store_key key = {.b = {(uint8_t)kind}};
    memcpy(key.b + 1, p, n);
    return key;
}

struct store_key store_key_id(const uint8_t id[NEWSWIRE_ID_LEN])
{
    return key_of(KEY_ID, id, NEWSWIRE_ID_LEN);
}

struct store_key store_key_newest(uint64_t first)
{
    uint8_t b[8];
    for (int i = 0; i < 8; i++)
        b[i] = (uint8_t)(first >> (56 - 8 * i));
    return key_of(KEY_NEWEST, b, sizeof b);
}

struct store_key store_key_claim(const char *claim)
{
    uint8_t digest[IDENTITY_DIGEST];
    identity_digest(claim, strlen(claim), digest);
    return key_of(KEY_CLAIM, digest, NEWSWIRE_ID_LEN);
}

struct store_key store_key_file(const uint8_t digest[32], const char *feed)
{
    uint8_t both[32 + 41], out[IDENTITY_DIGEST];
    size_t n = strnlen(feed, sizeof both - 32);
    memcpy(both, digest, 32);
    memcpy(both + 32, feed, n);
    identity_digest(both, 32 + n, out);
    return key_of(KEY_FILE, out, NEWSWIRE_ID_LEN);
}

static uint64_t word(const uint8_t *p, size_t n)
{
    uint64_t w = 0;
    for (size_t i = 0; i < n; i++)
        w |= (uint64_t)p[i] << (8 * i);
    return w;
}

static uint64_t mix(uint64_t h)
{
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u; // splitmix64
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
    return h ^ (h >> 31);
}

uint64_t store_key_hash(const struct store_key *key)
{
    uint64_t h = mix(word(key->b, 8));
    h = mix(h ^ word(key->b + 8, 8));
    return mix(h ^ word(key->b + 16, KEY_BYTES - 16));
}

void store_keys_free(struct store_keys *k)
{
    free(k->at);
    free(k->slots);
    *k = (struct store_keys){0};
}

static void link_entry(struct store_keys *k, size_t i)
{
    uint32_t *slot = &k->slots[store_key_hash(&k->at[i].key) & (k->nslots - 1)];
    k->at[i].older = *slot;
    *slot = (uint32_t)i + 1;
}

/* Twice the room, and a slot for each entry. */
static bool grow(struct store_keys *k)
{
    size_t room = k->room == 0 ? ROOM_FIRST : 2 * k->room;
    struct store_entry *at = realloc(k->at, room * sizeof *at);
    if (at == NULL)
        return false;
    k->at = at;
    uint32_t *slots = calloc(room, sizeof *slots);
    if (slots == NULL)
        return false;
    free(k->slots);
    k->slots = slots;
    k->room = k->nslots = room;
    for (size_t i = 0; i < k->n; i++)
        link_entry(k, i);
    return true;
}

bool store_keys_add(struct store_keys *k, const struct store_key *key, uint64_t value)
{
    if (k->n == k->room && !grow(k))
        return false;
    k->at[k->n] = (struct store_entry){.key = *key, .value = value};
    link_entry(k, k->n++);
    return true;
}

void store_keys_cut(struct store_keys *k, size_t n)
{
    while (k->n > n) {
        const struct store_entry *last = &k->at[--k->n];
        k->slots[store_key_hash(&last->key) & (k->nslots - 1)] = last->older;
    }
}

size_t store_keys_find(const struct store_keys *k, const struct store_key *key, uint64_t *values, size_t max)
{
    size_t n = 0;
    if (k->nslots == 0)
        return 0;
    uint32_t at = k->slots[store_key_hash(key) & (k->nslots - 1)];
    for (; at != 0 && n < max; at = k->at[at - 1].older)
        if (memcmp(&k->at[at - 1].key, key, sizeof *key) == 0)
            values[n++] = k->at[at - 1].value;
    return n;
}
