// SPDX-License-Identifier: MIT
/* take: see take.h. Order inside a file: load, read, rejected slices to disk, rows, look again whether it changed meanwhile. */
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
static enum fate reject_slices(struct spool *spool, const struct taking *t, struct err *e)
{
    struct job *job = t->job;
    for (size_t i = 0; i < t->result.nslices; i++) {
        const struct reader_slice *slice = &t->result.slices[i];
        if (slice->why == NULL)
            continue;
        if (job->rejected == 0 && !spool_unchanged(spool, &job->claim)) { // nobody wants pieces of what was half-written
            job->fate = FATE_RETRY;
            return FATE_DONE;
        }
        enum fate fate = spool_reject_slice(spool, &job->claim, t->bytes + slice->offset, slice->length, slice->offset,
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

/* Puts what the file says. FATE_BAD: the file is at fault. */
static enum fate put_slices(struct spool *spool, struct store *store, const struct taking *t, struct err *e)
{
    if (t->fate != FATE_DONE) {
        *e = t->why;
        return t->fate;
    }
    enum fate fate = reject_slices(spool, t, e);
    for (size_t i = 0; fate == FATE_DONE && t->job->fate == FATE_DONE && i < t->result.nslices; i++) {
        if (t->result.slices[i].why == NULL)
            fate = put_slice(store, &t->result.slices[i], t->job, e);
    }
    return fate;
}

/* The part between file_begin and file_end, for a file that was not settled before. */
static enum fate store_fresh(struct spool *spool, struct store *store, const struct taking *t, struct err *e)
{
    struct job *job = t->job;
    bool whole = false;
    if (job->refused) {
        *e = job->why;
        return FATE_BAD;
    }
    enum fate fate = store_file_repeat(store, &t->file, &whole, &job->seen, e);
    if (fate != FATE_DONE || whole)
        return fate;
    fate = put_slices(spool, store, t, e);
    if (fate == FATE_DONE && (job->fate == FATE_RETRY || !spool_unchanged(spool, &job->claim))) {
        log_at(LOG_NOTICE, "ingest", "changed while it was read; put back", "file=%s", job->claim.name);
        job->fate = FATE_RETRY;
    }
    return fate;
}

static enum fate store_it(struct spool *spool, struct store *store, const struct taking *t, struct err *e)
{
    struct job *job = t->job;
    enum file_fate settled;
    enum fate fate = store_file_begin(store, &t->file, &settled, e);
    if (settled == FILE_BAD)
        refuse(job, e);
    if (fate != FATE_DONE || settled != FILE_UNKNOWN) // Settled: a crash came before the move, which is all that is left.
        return fate;
    fate = store_fresh(spool, store, t, e);
    if (fate == FATE_BAD) { // Nothing of a bad file stays but the record of its fate.
        refuse(job, e);
        store_file_undo(store);
        fate = store_rolled_back(store) ? FATE_RETRY : store_file_begin(store, &t->file, &settled, e);
        return fate == FATE_DONE ? store_file_end(store, 0, job->why.text, e) : fate;
    }
    if (fate != FATE_DONE || job->fate == FATE_RETRY) {
        store_file_undo(store);
        return fate;
    }
    return store_file_end(store, job->rejected, NULL, e);
}

enum fate take_store(struct spool *spool, struct store *store, struct taking *t, struct err *e)
{
    if (t->job->fate == FATE_RETRY)
        return FATE_DONE;
    enum fate fate = store_it(spool, store, t, e);
    if (fate == FATE_DONE)
        crash_point("file-ended", t->job->claim.name);
    return fate;
}

// --- into memory ------------------------------------------------------------------------------------------------------

static void load(struct spool *spool, struct taking *t)
{
    struct job *job = t->job;
    size_t n = 0;
    struct err e = {""};
    enum fate fate = spool_read(spool, &job->claim, t->arena, &t->bytes, &n, &e);
    t->file.size = n;
    if (fate == FATE_RETRY && job->claim.stat.st_size > TAKE_MEMORY) {
        err_set(&e, "reading it needs more than %u MiB of memory", TAKE_MEMORY >> 20);
        fate = FATE_BAD;
    }
    if (fate == FATE_RETRY || fate == FATE_STOP) { // This file's trouble, nobody else's: it goes back to wait.
        log_at(LOG_WARN, "ingest", "cannot be read now; put back", "file=%s why=%s", job->claim.name, e.text);
        job->fate = FATE_RETRY;
    }
    if (fate == FATE_BAD) {
        refuse(job, &e);
        job->refused = true;
    }
    t->loaded = fate == FATE_DONE;
}

static struct reader_input input_of(struct taking *t)
{
    const struct conf *conf = t->with->conf;
    return (struct reader_input){
        .bytes = t->bytes,
        .n = t->file.size,
        .name = t->name,
        .digest = t->file.digest,
        .feed = conf_feed(conf, t->file.feed, &t->feed),
        .rules = t->with->rules,
        .tagger = t->with->tagger,
        .arrival = t->file.arrival,
        .max_items = conf->spool.max_items,
        .max_lines = conf->spool.max_lines,
        .max_dispatch = conf->spool.max_dispatch,
    };
}

/* On the main thread, where nobody else is in the pure rooms while a child is made. */
static void try_out(struct taking *t)
{
    struct reader_input input = input_of(t);
    if (trial_survived(t->arena, &input, &t->why))
        return;
    err_in(&t->why, "ended the daemon twice: ");
    t->fate = FATE_BAD;
}

void take_load(struct spool *spool, const struct take_settings *with, struct arena *arena, struct job *job,
               struct taking *out)
{
    arena_reset(arena);
    job->fate = FATE_DONE;
    job->fresh = job->seen = job->rejected = 0;
    *out = (struct taking){.job = job, .with = with, .arena = arena, .fate = FATE_DONE};
    out->file = (struct store_file){
        .claim = job->claim.id,
        .name = out->name,
        .feed = job->claim.feed,
        .arrival = job->claim.arrival,
    };
    spool_known_as(out->name, job->claim.name);
    memcpy(out->file.rules, rules_digest(with->rules), sizeof out->file.rules);
    if (!job->refused)
        load(spool, out);
    crash_point("read", job->claim.name);
    if (out->loaded && job->claim.deaths >= SPOOL_DEATHS_MAX)
        try_out(out);
}

void take_read(struct taking *t)
{
    if (!t->loaded)
        return;
    identity_digest(t->bytes, t->file.size, t->file.digest);
    struct reader_input input = input_of(t);
    if (t->fate == FATE_DONE)
        t->fate = reader_read(t->arena, &input, &t->result, &t->why);
}
