// SPDX-License-Identifier: MIT
/* ingest: takes drop files in: look, claim, read, store, ring, settle. Runs on the main thread.
 *
 * Order per batch: write rejected slices, commit, ring the bells, move the files. Each step can be
 * repeated after a crash and the repeat changes nothing. */
#ifndef DAEMON_FLOWS_INGEST_H
#define DAEMON_FLOWS_INGEST_H

#include "daemon/base/fate.h"
#include "daemon/hands/spool.h"
#include "daemon/hands/store.h"
#include "daemon/hands/watch.h"
#include "daemon/pure/reader.h"

struct ingest;

/* What it works with; all outlive it. */
struct ingest_hands {
    struct spool *spool;
    struct store *store;
    struct watch *watch; /* NULL with --once */
    int bells[2];        /* to ring after a commit, -1 = none: of the live wire, of the search index */
};
struct ingest *ingest_new(const struct ingest_hands *, struct err *e);
void ingest_free(struct ingest *);

/* Configuration and rules in force from the next file on; swapped whole, not taken over. */
void ingest_settings(struct ingest *, const struct conf *, const struct rules *, const struct tagger *);

/* One turn: at most one batch, and one step of upkeep. Sets how long it may sleep (ms, 0 = more to do at
 * once). FATE_DONE, or FATE_STOP with the reason: end with exit code 4. */
enum fate ingest_turn(struct ingest *, int *sleep_ms, struct err *e);

/* Nothing waits, nothing is held, nothing may become ready (for --once). `impatient`: what is still being
 * written to is not waited for. */
bool ingest_idle(const struct ingest *, bool impatient);

/* Why files that are settled in the store cannot be moved out of work/; NULL when all were. As
 * ingest_paused. */
const char *ingest_unmoved(const struct ingest *);

/* Why complete files could not even be taken out of incoming/ at the last look, until a person mends it; NULL when none was
 * so. As ingest_paused. */
const char *ingest_stuck(const struct ingest *);

/* Why intake stands still; NULL when it does not. Belongs to the flow, until its next turn. */
const char *ingest_paused(const struct ingest *);

/* Files rejected since the start (for the exit code 3 of --once). */
uint64_t ingest_rejected(const struct ingest *);

/* Crash points (daemon/base/crash.h), in order: claimed, read, claims-durable, parsed, slices-written,
 * file-ended, before-commit, committed, rung, settled; from the second file of a batch on, "read" is passed
 * before the file in front of it is stored.
 * ingest-turn at the start of each turn (live-turn and replay-turn in the other two threads). */

#endif
