// SPDX-License-Identifier: MIT
/* take: see take.h. Order inside a file: read, rejected slices to disk, rows, look again whether it changed meanwhile. */
#include "daemon/flows/take.h"

#include "daemon/base/crash.h"
#include "daemon/base/log.h"
#include "daemon/flows/trial.h"
#include "daemon/pure/identity.h"
#include "proto/topic.h"

#include <string.h>

static enum fate put_slice(struct store *store, const struct reader_slice *slice, struct job *job, struct err *e)
{
    const char *topics[TOPICS_PER_RECORD];
    size_t n = slice->ntopics < TOPICS_PER_RECORD ? slice->ntopics : TOPICS_PER_RECORD;
    for (size_t i = 0; i < n; i++)
        topics[i] = slice->topics[i].topic;
    uint64_t seq = 0;
    enum fate fate = store_put(store, &slice->dispatch, topics, n, &seq, e);
    if (fate == FATE_DONE && seq != 0)
        job->fresh++;
    else if (fate == FATE_DONE)
        job->seen++;
    return fate;
}

/* What is broken is set aside and on the disk before the rest is committed: then no crash can lose it. */
static enum fate reject_slices(struct spool *spool, const struct reader_result *result, const uint8_t *bytes,
                               struct job *job, struct err *e)
{
    for (size_t i = 0; i < result->nslices; i++) {
        const struct reader_slice *slice = &result->slices[i];
        if (slice->why == NULL)
            continue;
        if (job->rejected == 0 && !spool_unchanged(spool, &job->claim)) { // nobody wants pieces of what was half-written
            job->fate = FATE_RETRY;
            return FATE_DONE;
        }
        enum fate fate = spool_reject_slice(spool, &job->claim, bytes + slice->offset, slice->length, slice->offset,
                                            slice->why, e);
        if (fate != FATE_DONE)
            return fate;
        job->rejected++;
    }
    if (job->rejected == 0)
        return FATE_DONE;
    enum fate fate = spool_slices_durable(spool, e);
    crash_point("slices-written", job->claim.name);
    return fate;
}

static void refuse(struct job *job, const struct err *why)
{
    job->fate = FATE_BAD;
    job->why = *why;
    job->fresh = job->seen = 0;
}

/* Parses the bytes and puts what they say. FATE_BAD: the file is at fault. */
static enum fate read_and_put(struct spool *spool, struct store *store, const struct take_settings *with,
                              struct arena *arena, const struct store_file *file, const uint8_t *bytes,
                              struct job *job, struct err *e)
{
    struct conf_feed scratch;
    struct reader_input input = {
        .bytes = bytes,
        .n = file->size,
        .name = file->name,
        .digest = file->digest,
        .feed = conf_feed(with->conf, job->claim.feed, &scratch),
        .rules = with->rules,
        .tagger = with->tagger,
        .arrival = job->claim.arrival,
        .max_items = with->conf->spool.max_items,
        .max_lines = with->conf->spool.max_lines,
        .max_dispatch = with->conf->spool.max_dispatch,
    };
    if (job->claim.deaths >= SPOOL_DEATHS_MAX && !trial_survived(arena, &input, e)) {
        err_in(e, "ended the daemon twice: ");
        return FATE_BAD;
    }
    struct reader_result result;
    enum fate fate = reader_read(arena, &input, &result, e);
    crash_point("parsed", job->claim.name);
    if (fate != FATE_DONE)
        return fate;
    fate = reject_slices(spool, &result, bytes, job, e);
    for (size_t i = 0; fate == FATE_DONE && job->fate == FATE_DONE && i < result.nslices; i++) {
        if (result.slices[i].why == NULL)
            fate = put_slice(store, &result.slices[i], job, e);
    }
    return fate;
}

/* The part between file_begin and file_end, for a file that was not settled before. */
static enum fate take_fresh(struct spool *spool, struct store *store, const struct take_settings *with,
                            struct arena *arena, const struct store_file *file, const uint8_t *bytes,
                            struct job *job, struct err *e)
{
    bool whole = false;
    if (job->refused) {
        *e = job->why;
        return FATE_BAD;
    }
    enum fate fate = store_file_repeat(store, file, &whole, &job->seen, e);
    if (fate != FATE_DONE || whole)
        return fate;
    fate = read_and_put(spool, store, with, arena, file, bytes, job, e);
    if (fate == FATE_DONE && (job->fate == FATE_RETRY || !spool_unchanged(spool, &job->claim))) {
        log_at(LOG_NOTICE, "ingest", "changed while it was read; put back", "file=%s", job->claim.name);
        job->fate = FATE_RETRY;
    }
    return fate;
}

static enum fate take_into(struct spool *spool, struct store *store, const struct take_settings *with,
                           struct arena *arena, const struct store_file *file, const uint8_t *bytes,
                           struct job *job, struct err *e)
{
    enum file_fate settled;
    enum fate fate = store_file_begin(store, file, &settled, e);
    if (settled == FILE_BAD)
        refuse(job, e);
    if (fate != FATE_DONE || settled != FILE_UNKNOWN) // Settled: a crash came before the move, which is all that is left.
        return fate;
    fate = take_fresh(spool, store, with, arena, file, bytes, job, e);
    if (fate == FATE_BAD) { // Nothing of a bad file stays but the record of its fate.
        refuse(job, e);
        store_file_undo(store);
        fate = store_rolled_back(store) ? FATE_RETRY : store_file_begin(store, file, &settled, e);
        return fate == FATE_DONE ? store_file_end(store, 0, job->why.text, e) : fate;
    }
    if (fate != FATE_DONE || job->fate == FATE_RETRY) {
        store_file_undo(store);
        return fate;
    }
    return store_file_end(store, job->rejected, NULL, e);
}

enum fate take_file(struct spool *spool, struct store *store, const struct take_settings *with, struct arena *arena,
                    struct job *job, struct err *e)
{
    uint8_t *bytes = NULL;
    size_t n = 0;
    arena_reset(arena);
    job->fate = FATE_DONE;
    job->fresh = job->seen = job->rejected = 0;
    if (!job->refused) {
        enum fate fate = spool_read(spool, &job->claim, arena, &bytes, &n, e);
        crash_point("read", job->claim.name);
        if (fate == FATE_RETRY && job->claim.stat.st_size > TAKE_MEMORY) {
            err_set(e, "reading it needs more than %u MiB of memory", TAKE_MEMORY >> 20);
            fate = FATE_BAD;
        }
        if (fate == FATE_RETRY || fate == FATE_STOP) { // This file's trouble, nobody else's: it goes back to wait.
            log_at(LOG_WARN, "ingest", "cannot be read now; put back", "file=%s why=%s", job->claim.name, e->text);
            job->fate = FATE_RETRY;
            return FATE_DONE;
        }
        if (fate == FATE_BAD) {
            refuse(job, e);
            job->refused = true;
        }
    }
    char name[SPOOL_KNOWN_AS];
    spool_known_as(name, job->claim.name);
    struct store_file file = {
        .claim = job->claim.id,
        .name = name,
        .feed = job->claim.feed,
        .size = n,
        .arrival = job->claim.arrival,
    };
    memcpy(file.rules, rules_digest(with->rules), sizeof file.rules);
    if (!job->refused)
        identity_digest(bytes, n, file.digest);
    enum fate fate = take_into(spool, store, with, arena, &file, bytes, job, e);
    if (fate == FATE_DONE)
        crash_point("file-ended", job->claim.name);
    return fate;
}
