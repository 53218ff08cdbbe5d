// SPDX-License-Identifier: MIT
/* filter: see filter.h. Patterns are found by the hash of their prefix: a topic that a pattern matches has
 * that prefix as an ancestor, so its hash is among the topic's hashes. */
#include "clients/filter.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX (TOPIC_MAX / 2) // a segment and its `/` are two bytes at least

struct key {
    uint32_t hash;    // of the prefix
    uint32_t pattern; // index in `takes`
};
struct filter {
    struct topic_pattern *takes, *leaves; // the plain ones, the `!` ones
    size_t ntakes, nleaves;
    struct key *keys; // of `takes`, sorted by hash
    bool takes_all;   // "all/" is among them, or nothing is
    bool is_open; // a record without any topic I named may be mine: takes_all, or a pattern begins with `*`
};

static int by_hash(const void *a, const void *b)
{
    uint32_t x = ((const struct key *)a)->hash, y = ((const struct key *)b)->hash;
    return (x > y) - (x < y);
}

/* Index of the first key that is not below `hash`. */
static size_t lower_bound(const struct filter *f, uint32_t hash)
{
    size_t low = 0, high = f->ntakes;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->keys[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_all(const char *text)
{
    return strcmp(text, TOPIC_ALL) == 0;
}

static void fill(struct filter *f, const struct topic_pattern *patterns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct topic_pattern *p = &patterns[i];
        if (p->exclude) {
            f->leaves[f->nleaves++] = *p;
            continue;
        }
        f->takes_all = f->takes_all || is_all(p->text);
        f->is_open = f->is_open || is_all(p->prefix);
        f->keys[f->ntakes] = (struct key){topic_hash(p->prefix, strlen(p->prefix)), (uint32_t)f->ntakes};
        f->takes[f->ntakes++] = *p;
    }
    if (f->ntakes == 0)
        f->takes_all = f->is_open = true;
    qsort(f->keys, f->ntakes, sizeof *f->keys, by_hash);
}

struct filter *filter_new(const struct topic_pattern *patterns, size_t n)
{
    struct filter *f = calloc(1, sizeof *f);
    if (f == NULL)
        return NULL;
    // One more than needed: calloc(0) may be NULL.
    f->takes = calloc(n + 1, sizeof *f->takes);
    f->leaves = calloc(n + 1, sizeof *f->leaves);
    f->keys = calloc(n + 1, sizeof *f->keys);
    if (f->takes == NULL || f->leaves == NULL || f->keys == NULL) {
        filter_free(f);
        return NULL;
    }
    fill(f, patterns, n);
    return f;
}

void filter_free(struct filter *f)
{
    if (f == NULL)
        return;
    free(f->takes);
    free(f->leaves);
    free(f->keys);
    free(f);
}

static bool taken_by_hash(const struct filter *f, uint32_t hash, const char *topic)
{
    for (size_t i = lower_bound(f, hash); i < f->ntakes && f->keys[i].hash == hash; i++)
        if (topic_matches(&f->takes[f->keys[i].pattern], topic))
            return true;
    return false;
}

static bool is_taken(const struct filter *f, const char *topic)
{
    uint32_t hashes[DEPTH_MAX];
    size_t n = topic_hashes(topic, hashes, DEPTH_MAX);
    for (size_t i = 0; i < n; i++)
        if (taken_by_hash(f, hashes[i], topic))
            return true;
    return f->is_open && taken_by_hash(f, topic_hash(TOPIC_ALL, strlen(TOPIC_ALL)), topic);
}

bool filter_wants(const struct filter *f, const char *const *topics, size_t ntopics)
{
    for (size_t i = 0; i < f->nleaves; i++)
        for (size_t t = 0; t < ntopics; t++)
            if (topic_matches(&f->leaves[i], topics[t]))
                return false;
    bool taken = f->takes_all;
    for (size_t t = 0; t < ntopics && !taken; t++)
        taken = is_taken(f, topics[t]);
    return taken;
}

bool filter_may_want(const struct filter *f, const uint32_t *hashes, size_t n)
{
    bool may = f->is_open;
    for (size_t i = 0; i < n && !may; i++) {
        size_t at = lower_bound(f, hashes[i]);
        may = at < f->ntakes && f->keys[at].hash == hashes[i];
    }
    return may;
}
