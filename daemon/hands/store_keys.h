// SPDX-License-Identifier: MIT
/* store_keys: private to the store's rooms. What things in a segment are found by, other than their number: a
 * key, and the numbers under it. In memory for the open segment; store_run.h is how a sealed one has them. */
#ifndef DAEMON_HANDS_STORE_KEYS_H
#define DAEMON_HANDS_STORE_KEYS_H

#include "newswire/newswire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum store_key_kind {
    KEY_ID = 1, /* identity of a text -> the record that brought it first */
    KEY_NEWEST, /* record of a version 1 -> its further records */
    KEY_CLAIM,  /* claim of a drop file -> file.n */
    KEY_FILE,   /* digest and feed of a drop file -> file.n */
};

#define KEY_BYTES (1 + NEWSWIRE_ID_LEN) /* the kind, and what identifies it among its kind */
struct store_key {
    uint8_t b[KEY_BYTES];
};
struct store_key store_key_id(const uint8_t id[NEWSWIRE_ID_LEN]);
struct store_key store_key_newest(uint64_t first);
struct store_key store_key_claim(const char *claim);
struct store_key store_key_file(const uint8_t digest[32], const char *feed);

/* The same on every machine: it decides where a key lies on the disk. */
uint64_t store_key_hash(const struct store_key *);

struct store_entry {
    struct store_key key;
    uint64_t value;
    uint32_t older; /* 1 + the entry before it with that hash, 0 none */
};
struct store_keys {
    struct store_entry *at; /* in the order in which they were added */
    size_t n, room;
    uint32_t *slots; /* 1 + the newest entry, 0 none */
    size_t nslots;   /* 0 or a power of two */
};
void store_keys_free(struct store_keys *);
/* False when memory ran out. */
bool store_keys_add(struct store_keys *, const struct store_key *, uint64_t value);
/* Takes back all but the first n. */
void store_keys_cut(struct store_keys *, size_t n);
/* The numbers under a key, newest first, at most `max`; returns how many. */
size_t store_keys_find(const struct store_keys *, const struct store_key *, uint64_t *values, size_t max);

#endif
