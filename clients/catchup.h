// SPDX-License-Identifier: MIT
/* catchup: the client's state machine (proto/README.md): what to deliver, what is a gap, what to ask.
 *
 * Pure: no socket, no clock, no random source of its own (time and jitter come with the call), no file.
 * Events go in by catchup_copy/trail/entry/end/gone/epoch/tick; what is to be done comes out by catchup_next,
 * one thing at a time, until it says CATCHUP_NOTHING. Every event is handled completely before the next goes
 * in; only catchup_subscribe and catchup_tick may come in between.
 *
 * Invariants (asserted by tests/test_catchup.c after every event): each record of mine up to D was delivered
 * exactly once or reported gone; delivered seqs strictly increase within an epoch; what is delivered matches
 * subscription and epoch; D never decreases within an epoch and never passes the committed head; the buffer
 * is bounded and holds nothing at or below D; from any state, once the network heals, D = head and mode =
 * LIVE. */
#ifndef CLIENTS_CATCHUP_H
#define CLIENTS_CATCHUP_H

#include "proto/topic.h"

#include <stdint.h>

struct catchup;

struct catchup_limits {
    size_t copies;     /* buffered at most, e.g. 10000 */
    size_t bytes;      /* of their blobs, e.g. 64 MiB */
    uint32_t credit;   /* entries asked for per page */
};

/* A copy as it came: frames are opaque here. catchup takes them over, and calls `drop` on what it does not
 * keep. */
struct catchup_copy {
    uint64_t epoch, seq, check;    /* check: first 8 bytes of the id, big endian */
    const char *const *topics; /* of the record, all of them; looked at only while the copy is handed in */
    size_t ntopics;
    size_t size;                   /* bytes, for the bound */
    void *frames;                  /* never NULL */
};
typedef void catchup_drop_fn(void *frames);

/* NULL: memory. epoch 0 = knows no epoch yet (the first answer will tell). */
struct catchup *catchup_new(const struct catchup_limits *, uint64_t epoch, uint64_t seen, uint64_t check,
                            catchup_drop_fn *drop);
void catchup_free(struct catchup *);

/* The subscription as a whole replaces the one before; nothing at all takes everything. Changed while
 * running: the buffer is dropped, the cursor is to be saved, and a page under way is asked for again. False:
 * memory, nothing changed. */
bool catchup_subscribe(struct catchup *, const struct topic_pattern *patterns, size_t n, int64_t now_ms,
                       double jitter);

/* Begins: asks. `now_ms` is a clock that never goes back; `jitter` in 0..1, here and below, spreads timers:
 * the caller draws it anew for every call. */
void catchup_start(struct catchup *, int64_t now_ms, double jitter);

/* What follows is for a machine that was started. From PUB. */
void catchup_copy(struct catchup *, struct catchup_copy *);
struct trail;
void catchup_trail(struct catchup *, const struct trail *, int64_t now_ms, double jitter);
/* From ROUTER. */
void catchup_entry(struct catchup *, uint64_t rid, uint64_t idx, struct catchup_copy *, int64_t now_ms);
void catchup_end(struct catchup *, uint64_t rid, uint64_t count, uint64_t upto, uint64_t head, int64_t now_ms,
                 double jitter);
void catchup_gone(struct catchup *, uint64_t rid, uint64_t oldest, int64_t now_ms, double jitter);
void catchup_epoch(struct catchup *, uint64_t rid, uint64_t epoch, int64_t now_ms, double jitter);
/* Time passed. Returns ms until it wants to be called again. */
int catchup_tick(struct catchup *, int64_t now_ms, double jitter);

enum catchup_what {
    CATCHUP_NOTHING,
    CATCHUP_DELIVER, /* copy: frames now belong to the caller */
    CATCHUP_GONE,    /* from..to */
    CATCHUP_EPOCH,   /* epoch: report it, save the cursor (epoch, 0, 0); copies received before are of a dead
                        store */
    CATCHUP_ASK,     /* send a Request: rid, epoch, after, check, prefixes of the subscription, credit */
    CATCHUP_SAVE,    /* save the cursor: the subscription changed, or the first epoch was learnt */
};
struct catchup_todo {
    enum catchup_what what;
    struct catchup_copy copy;
    uint64_t from, to;
    uint64_t rid, epoch, after, check;
    uint32_t credit;
};
void catchup_next(struct catchup *, struct catchup_todo *out);

/* D: moves as catchup_next() hands out, so that what was not handed out never counts as delivered. */
uint64_t catchup_seen(const struct catchup *);
uint64_t catchup_check(const struct catchup *); /* of the record at D; 0 if not known */
uint64_t catchup_epoch_now(const struct catchup *);
uint64_t catchup_head(const struct catchup *);  /* newest head heard of in this epoch */
bool catchup_live(const struct catchup *);
size_t catchup_buffered(const struct catchup *, size_t *bytes, uint64_t *lowest);

#endif
