// SPDX-License-Identifier: MIT
/* trails: see trails.h. The window is a short array with the oldest record in front; it holds the records
 * head - n + 1 .. head, always without a hole. */
#include "daemon/flows/trails.h"

#include <stdlib.h>
#include <string.h>

struct trails {
    uint64_t epoch, head;
    size_t n;
    size_t fresh; /* of those n, how many no trail has told of */
    struct trail_set sets[TRAILS_WINDOW];
    int64_t at[TRAILS_WINDOW];
};

struct trails *trails_new(uint64_t epoch, uint64_t head)
{
    struct trails *t = calloc(1, sizeof *t);
    if (t != NULL)
        trails_restart(t, epoch, head);
    return t;
}

void trails_free(struct trails *t)
{
    if (t != NULL)
        trails_restart(t, 0, 0);
    free(t);
}

static void drop_oldest(struct trails *t, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free((void *)t->sets[i].hashes);
    t->n -= n;
    memmove(t->sets, t->sets + n, t->n * sizeof *t->sets);
    memmove(t->at, t->at + n, t->n * sizeof *t->at);
    if (t->fresh > t->n)
        t->fresh = t->n;
}

void trails_restart(struct trails *t, uint64_t epoch, uint64_t head)
{
    drop_oldest(t, t->n);
    t->epoch = epoch;
    t->head = head;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static size_t distinct(uint32_t *hashes, size_t n)
{
    if (n == 0)
        return 0;
    qsort(hashes, n, sizeof *hashes, by_value);
    size_t kept = 1;
    for (size_t i = 1; i < n; i++)
        if (hashes[i] != hashes[kept - 1])
            hashes[kept++] = hashes[i];
    return kept;
}

static size_t count_segments(const char *topic)
{
    size_t n = 0;
    for (; *topic != '\0'; topic++)
        n += *topic == '/';
    return n;
}

/* Topics of a record share ancestors: each hash once. */
static bool make_set(const char *const *topics, size_t ntopics, struct trail_set *out)
{
    size_t room = 0, n = 0;
    for (size_t i = 0; i < ntopics; i++)
        room += count_segments(topics[i]);
    uint32_t *hashes = malloc((room > 0 ? room : 1) * sizeof *hashes);
    if (hashes == NULL)
        return false;
    for (size_t i = 0; i < ntopics; i++)
        n += topic_hashes(topics[i], hashes + n, room - n);
    *out = (struct trail_set){.hashes = hashes, .n = distinct(hashes, n)};
    return true;
}

void trails_add(struct trails *t, uint64_t seq, const char *const *topics, size_t ntopics, int64_t now_ms)
{
    struct trail_set set;
    if (!make_set(topics, ntopics, &set)) {
        trails_restart(t, t->epoch, seq);
        return;
    }
    if (seq != t->head + 1)
        trails_restart(t, t->epoch, seq - 1);
    if (t->n == TRAILS_WINDOW)
        drop_oldest(t, 1);
    t->sets[t->n] = set;
    t->at[t->n] = now_ms;
    t->n++;
    t->fresh++;
    t->head = seq;
}

/* What this trail need not repeat no later one will: records only grow older. */
static size_t stale(const struct trails *t, int64_t now_ms)
{
    size_t n = 0;
    while (t->n - n > t->fresh && (t->n - n > TRAILS_BACK || now_ms - t->at[n] >= TRAILS_BACK_MS))
        n++;
    return n;
}

void trails_make(struct trails *t, int64_t now_ms, struct trail *out)
{
    drop_oldest(t, stale(t, now_ms));
    t->fresh = 0;
    *out = (struct trail){
        .epoch = t->epoch,
        .head = t->head,
        .from = t->head - t->n + 1,
        .sets = t->sets,
        .nsets = t->n,
    };
}
