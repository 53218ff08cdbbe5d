// SPDX-License-Identifier: MIT
/* stats: the numbers that one thread writes and any may read, and nothing else. Relaxed atomics, no lock;
 * a text is a slot under a sequence count, with one writer. One set per process: a daemon is one. */
#ifndef DAEMON_BASE_STATS_H
#define DAEMON_BASE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stat_number {
    STAT_STARTED,        /* ms since 1970 */
    STAT_BACKLOG,        /* files seen waiting at the last look */
    STAT_BACKLOG_OLDEST, /* ms since 1970, 0 none */
    STAT_DONE, STAT_BAD, STAT_RETRY,
    STAT_FRESH, STAT_SEEN, STAT_SLICES_REJECTED,
    STAT_RATE_1M, STAT_RATE_15M, /* thousandths of dispatches per second */
    STAT_SUBSCRIBERS, STAT_REPLAYS, STAT_REPLAYING, STAT_PUBLISHED,
    STAT_STORE_BYTES, STAT_STORE_FREE,
    STAT_INDEXED,        /* the head, less the records that the search index lacks */
    STAT_LAST_ERROR_AT,
    STAT_BEAT_INGEST, STAT_BEAT_LIVE, STAT_BEAT_REPLAY, /* turns of each thread's loop: the watchdog looks here */
    STAT_COUNT
};

void stats_add(enum stat_number, uint64_t n);
void stats_set(enum stat_number, uint64_t value);
uint64_t stats_get(enum stat_number);

/* Texts. One thread writes each; a reader gets a whole one. "" = nothing to say. */
enum stat_text { TEXT_WATCHING, TEXT_PAUSED, TEXT_LAST_ERROR, TEXT_COUNT };
#define STATS_TEXT_MAX 512
void stats_say(enum stat_text, const char *text); /* cut at STATS_TEXT_MAX - 1; TEXT_LAST_ERROR: any thread */
void stats_read(enum stat_text, char out[STATS_TEXT_MAX]);

/* Feeds, in the order in which they were first met. Only the ingest thread adds and writes. */
#define STATS_FEEDS_MAX 256
#define STATS_FEED_NAME_MAX 41
struct stats_feed {
    char name[STATS_FEED_NAME_MAX];
    uint64_t files, dispatches;
    int64_t last;      /* last arrival, ms since 1970, 0 never */
    int64_t expect_ms; /* a gap longer than this is an alarm; 0 none */
};
void stats_feed_expect(const char *name, int64_t expect_ms);
void stats_feed_count(const char *name, uint64_t files, uint64_t dispatches, int64_t last);
/* Whether the gap since its last arrival (since the start, before the first) is an alarm. */
bool stats_feed_overdue(const struct stats_feed *, int64_t now_ms);
size_t stats_feeds(struct stats_feed *out, size_t max);

#endif
