// SPDX-License-Identifier: MIT
/* store_run: see store_run.h. Entries on the disk have one length and no order of bytes of a machine: the
 * key, then the number with its highest byte first. So comparing bytes compares keys, then numbers. */
#include "daemon/hands/store_run.h"

#include <stdlib.h>
#include <string.h>

#define ENTRY_BYTES (KEY_BYTES + 8)
#define BLOCK_BYTES 64
#define BLOCK_BITS (8 * BLOCK_BYTES)
#define BITS_PER_KEY 32 /* one key in twenty thousand is not turned away; 256 KB for 65,536 */
#define BITS_SET 7      /* of 9 bits each, out of 64 */

static enum fate no_memory(struct err *e)
{
    err_set(e, "store: run: out of memory");
    return FATE_RETRY;
}

/* --- filters -------------------------------------------------------------------------------------------- */

/* The highest bits choose, others than those that choose a bucket. */
static size_t block_of(uint64_t hash, size_t blocks)
{
    return (size_t)((hash >> 32) * blocks >> 32);
}

/* Other bits than those that chose the block. */
static uint64_t places(uint64_t hash)
{
    return hash * 0x9e3779b97f4a7c15u;
}

static void set_bits(uint8_t *block, uint64_t hash)
{
    uint64_t at = places(hash);
    for (int i = 0; i < BITS_SET; i++, at >>= 9)
        block[at % BLOCK_BITS / 8] |= (uint8_t)(1 << (at % 8));
}

static const uint8_t *block_in(const struct store_filter *f, uint64_t hash)
{
    return f->bits + BLOCK_BYTES * block_of(hash, f->blocks);
}

void store_filters_fetch(const struct store_filters *f, uint64_t hash)
{
    for (size_t i = 0; i < f->n; i++)
        __builtin_prefetch(block_in(&f->at[i], hash));
}

bool store_filters_maybe(const struct store_filters *f, size_t i, uint64_t hash)
{
    const uint8_t *block = block_in(&f->at[i], hash);
    uint64_t at = places(hash);
    for (int set = 0; set < BITS_SET; set++, at >>= 9)
        if (!(block[at % BLOCK_BITS / 8] >> (at % 8) & 1))
            return false;
    return true;
}

void store_filters_free(struct store_filters *f)
{
    while (f->n > 0)
        store_filters_drop(f, f->n - 1);
    free(f->at);
    *f = (struct store_filters){0};
}

void store_filters_drop(struct store_filters *f, size_t i)
{
    free(f->at[i].bits);
    memmove(&f->at[i], &f->at[i + 1], (--f->n - i) * sizeof *f->at);
}

static enum fate read_filter(struct store_filter *f, struct sql *q, struct err *e)
{
    bool row;
    enum fate fate = sql_row(q, &row, e);
    size_t n = row ? (size_t)sqlite3_column_bytes(q->stmt, 0) : 0;
    if (fate != FATE_DONE)
        return fate;
    f->blocks = n / BLOCK_BYTES;
    if (f->blocks == 0 || n % BLOCK_BYTES != 0)
        return sql_damaged(e, "%s is sealed and has no filter",
                           sqlite3_db_filename(sqlite3_db_handle(q->stmt), "main"));
    if ((f->bits = aligned_alloc(BLOCK_BYTES, n)) == NULL)
        return no_memory(e);
    memcpy(f->bits, sqlite3_column_blob(q->stmt, 0), n);
    return FATE_DONE;
}

enum fate store_filters_put(struct store_filters *f, size_t i, uint64_t n, int state, sqlite3 *db,
                            struct err *e)
{
    const char *const name = "filter";
    struct sql q;
    struct store_filter fresh = {.n = n, .state = state}, *more = realloc(f->at, (f->n + 1) * sizeof *more);
    if (more == NULL)
        return no_memory(e);
    f->at = more;
    enum fate fate = sql_prepare(db, &q, &name, 1, e);
    if (fate == FATE_DONE)
        fate = read_filter(&fresh, &q, e);
    sql_finalize(&q, 1);
    if (fate != FATE_DONE)
        return fate;
    memmove(&more[i + 1], &more[i], (f->n++ - i) * sizeof *more);
    more[i] = fresh;
    return FATE_DONE;
}

/* --- writing -------------------------------------------------------------------------------------------- */

static uint32_t bucket_of(const struct store_key *key)
{
    return (uint32_t)(store_key_hash(key) % RUN_BUCKETS);
}

static void put_entry(uint8_t *out, const struct store_entry *entry)
{
    memcpy(out, entry->key.b, KEY_BYTES);
    for (int i = 0; i < 8; i++)
        out[KEY_BYTES + i] = (uint8_t)(entry->value >> (56 - 8 * i));
}

static int compare_entries(const void *a, const void *b)
{
    return memcmp(a, b, ENTRY_BYTES);
}

/* All entries, by bucket; ends[b] is where the entries of bucket b end. */
static uint8_t *arrange(const struct store_keys *keys, size_t ends[RUN_BUCKETS])
{
    uint8_t *all = malloc(keys->n * ENTRY_BYTES + 1);
    size_t at = 0;
    memset(ends, 0, RUN_BUCKETS * sizeof *ends);
    for (size_t i = 0; i < keys->n; i++)
        ends[bucket_of(&keys->at[i].key)]++;
    for (size_t b = 0; b < RUN_BUCKETS; b++) {
        at += ends[b];
        ends[b] = at - ends[b];
    }
    for (size_t i = 0; all != NULL && i < keys->n; i++)
        put_entry(all + ENTRY_BYTES * ends[bucket_of(&keys->at[i].key)]++, &keys->at[i]);
    return all;
}

static enum fate write_bucket(struct sql *q, size_t bucket, uint8_t *entries, size_t n, struct err *e)
{
    if (n == 0)
        return FATE_DONE;
    qsort(entries, n, ENTRY_BYTES, compare_entries);
    sql_int(q, 1, (int64_t)bucket);
    sql_blob(q, 2, entries, n * ENTRY_BYTES);
    return sql_run(q, e);
}

static enum fate write_buckets(struct sql *q, const struct store_keys *keys, struct err *e)
{
    size_t ends[RUN_BUCKETS], from = 0;
    uint8_t *all = arrange(keys, ends);
    enum fate fate = all != NULL ? FATE_DONE : no_memory(e);
    for (size_t b = 0; b < RUN_BUCKETS && fate == FATE_DONE; from = ends[b++])
        fate = write_bucket(q, b, all + ENTRY_BYTES * from, ends[b] - from, e);
    free(all);
    return fate;
}

static enum fate write_filter(struct sql *q, const struct store_keys *keys, struct err *e)
{
    size_t blocks = keys->n * BITS_PER_KEY / BLOCK_BITS + 1;
    uint8_t *bits = calloc(blocks, BLOCK_BYTES);
    if (bits == NULL)
        return no_memory(e);
    for (size_t i = 0; i < keys->n; i++) {
        uint64_t hash = store_key_hash(&keys->at[i].key);
        set_bits(bits + BLOCK_BYTES * block_of(hash, blocks), hash);
    }
    sql_blob(q, 1, bits, blocks * BLOCK_BYTES);
    enum fate fate = sql_run(q, e);
    free(bits);
    return fate;
}

enum fate store_run_write(sqlite3 *db, const struct store_keys *keys, struct err *e)
{
    static const char *const names[] = {"put_run", "put_filter"};
    struct sql q[2];
    enum fate fate = sql_prepare(db, q, names, 2, e);
    if (fate == FATE_DONE)
        fate = write_buckets(&q[0], keys, e);
    if (fate == FATE_DONE)
        fate = write_filter(&q[1], keys, e);
    sql_finalize(q, 2);
    return fate;
}

/* --- finding -------------------------------------------------------------------------------------------- */

static uint64_t value_of(const uint8_t *entry)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | entry[KEY_BYTES + i];
    return value;
}

/* The first entry whose key is greater: those under the key lie before it, the newest last. */
static size_t behind(const uint8_t *entries, size_t n, const struct store_key *key)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(entries + ENTRY_BYTES * middle, key->b, KEY_BYTES) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum fate store_run_find(struct sql *q, const struct store_key *key, uint64_t *values, size_t max, size_t *n,
                         struct err *e)
{
    bool row;
    *n = 0;
    sql_int(q, 1, bucket_of(key));
    enum fate fate = sql_row(q, &row, e);
    if (fate != FATE_DONE || !row)
        return fate;
    const uint8_t *entries = sqlite3_column_blob(q->stmt, 0);
    size_t at = behind(entries, (size_t)sqlite3_column_bytes(q->stmt, 0) / ENTRY_BYTES, key);
    for (; at > 0 && *n < max; at--) {
        const uint8_t *entry = entries + ENTRY_BYTES * (at - 1);
        if (memcmp(entry, key->b, KEY_BYTES) != 0)
            break;
        values[(*n)++] = value_of(entry);
    }
    sql_reset(q);
    return fate;
}

/* --- collecting ----------------------------------------------------------------------------------------- */

static bool collect_bucket(struct sql *q, enum store_key_kind kind, struct store_keys *keys)
{
    const uint8_t *entries = sqlite3_column_blob(q->stmt, 0);
    size_t n = (size_t)sqlite3_column_bytes(q->stmt, 0) / ENTRY_BYTES;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *entry = entries + ENTRY_BYTES * i;
        struct store_key key;
        memcpy(key.b, entry, KEY_BYTES);
        if (key.b[0] == (uint8_t)kind && !store_keys_add(keys, &key, value_of(entry)))
            return false;
    }
    return true;
}

enum fate store_run_collect(sqlite3 *db, enum store_key_kind kind, struct store_keys *keys, struct err *e)
{
    const char *const name = "runs";
    struct sql q;
    bool row = true;
    enum fate fate = sql_prepare(db, &q, &name, 1, e);
    while (fate == FATE_DONE && (fate = sql_row(&q, &row, e)) == FATE_DONE && row)
        if (!collect_bucket(&q, kind, keys))
            fate = no_memory(e);
    sql_finalize(&q, 1);
    return fate;
}
