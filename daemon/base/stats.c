// SPDX-License-Identifier: MIT
/* stats: see stats.h. A text lies in atomic words under a count that is odd while it is being written: a
 * reader that saw the count change looks again.
 *
 * No fence (ThreadSanitizer knows none): each word is stored with release and loaded with acquire, so that
 * a reader that met a new word also sees the odd count that was set before it. */
#include "daemon/base/stats.h"

#include "proto/utf8.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static _Atomic uint64_t numbers[STAT_COUNT];

void stats_add(enum stat_number which, uint64_t n)
{
    atomic_fetch_add_explicit(&numbers[which], n, memory_order_relaxed);
}

void stats_set(enum stat_number which, uint64_t value)
{
    atomic_store_explicit(&numbers[which], value, memory_order_relaxed);
}

uint64_t stats_get(enum stat_number which)
{
    return atomic_load_explicit(&numbers[which], memory_order_relaxed);
}

#define WORDS (STATS_TEXT_MAX / sizeof(uint64_t))

static struct slot {
    _Atomic uint64_t count;
    _Atomic uint64_t words[WORDS];
} slots[TEXT_COUNT];

void stats_say(enum stat_text which, const char *text)
{
    struct slot *slot = &slots[which];
    uint64_t packed[WORDS] = {0};
    memcpy(packed, text, utf8_cut(text, strnlen(text, STATS_TEXT_MAX), STATS_TEXT_MAX - 1));

    // Who finds the slot in use gives up: then another thread's error is shown, which is as new.
    uint64_t count = atomic_load_explicit(&slot->count, memory_order_relaxed);
    if (count % 2 != 0 ||
        !atomic_compare_exchange_strong_explicit(&slot->count, &count, count + 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return;
    for (size_t i = 0; i < WORDS; i++)
        atomic_store_explicit(&slot->words[i], packed[i], memory_order_release);
    atomic_store_explicit(&slot->count, count + 2, memory_order_release);
}

void stats_read(enum stat_text which, char out[STATS_TEXT_MAX])
{
    struct slot *slot = &slots[which];
    uint64_t packed[WORDS], before, after;
    do {
        while ((before = atomic_load_explicit(&slot->count, memory_order_acquire)) % 2 != 0)
            sched_yield();
        for (size_t i = 0; i < WORDS; i++)
            packed[i] = atomic_load_explicit(&slot->words[i], memory_order_acquire);
        after = atomic_load_explicit(&slot->count, memory_order_relaxed);
    } while (before != after);
    memcpy(out, packed, STATS_TEXT_MAX);
}

/* A feed's name is written before `nfeeds` counts it, and never again. */
static struct feed {
    char name[STATS_FEED_NAME_MAX];
    _Atomic uint64_t files, dispatches;
    _Atomic int64_t last, expect_ms;
} feeds[STATS_FEEDS_MAX];
static _Atomic size_t nfeeds;

/* The feed of that name, added if it is new; NULL when there are too many to keep count of. */
static struct feed *feed_of(const char *name)
{
    size_t n = atomic_load_explicit(&nfeeds, memory_order_relaxed);
    for (size_t i = 0; i < n; i++)
        if (strncmp(feeds[i].name, name, sizeof feeds[i].name - 1) == 0)
            return &feeds[i];
    if (n == STATS_FEEDS_MAX)
        return NULL;
    snprintf(feeds[n].name, sizeof feeds[n].name, "%s", name);
    atomic_store_explicit(&nfeeds, n + 1, memory_order_release);
    return &feeds[n];
}

void stats_feed_expect(const char *name, int64_t expect_ms)
{
    struct feed *f = feed_of(name);
    if (f != NULL)
        atomic_store_explicit(&f->expect_ms, expect_ms, memory_order_relaxed);
}

void stats_feed_count(const char *name, uint64_t files, uint64_t dispatches, int64_t last)
{
    struct feed *f = feed_of(name);
    if (f == NULL)
        return;
    atomic_fetch_add_explicit(&f->files, files, memory_order_relaxed);
    atomic_fetch_add_explicit(&f->dispatches, dispatches, memory_order_relaxed);
    if (last > atomic_load_explicit(&f->last, memory_order_relaxed))
        atomic_store_explicit(&f->last, last, memory_order_relaxed);
}

size_t stats_feeds(struct stats_feed *out, size_t max)
{
    size_t n = atomic_load_explicit(&nfeeds, memory_order_acquire);
    if (n > max)
        n = max;
    for (size_t i = 0; i < n; i++) {
        memcpy(out[i].name, feeds[i].name, sizeof out[i].name);
        out[i].files = atomic_load_explicit(&feeds[i].files, memory_order_relaxed);
        out[i].dispatches = atomic_load_explicit(&feeds[i].dispatches, memory_order_relaxed);
        out[i].last = atomic_load_explicit(&feeds[i].last, memory_order_relaxed);
        out[i].expect_ms = atomic_load_explicit(&feeds[i].expect_ms, memory_order_relaxed);
    }
    return n;
}

bool stats_feed_overdue(const struct stats_feed *feed, int64_t now_ms)
{
    int64_t started = (int64_t)stats_get(STAT_STARTED);
    int64_t since = feed->last > started ? feed->last : started;
    return feed->expect_ms > 0 && now_ms - since > feed->expect_ms;
}
