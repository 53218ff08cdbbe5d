// SPDX-License-Identifier: MIT
/* store_prune: takes out whole segments that lie behind the horizon. What is left is always a run of records
 * without a gap, from `oldest` to the head; the head itself never moves.
 *
 * In steps that each can be repeated after a crash: the open segment says from where on records are here (and
 * readers go by that), the ids are copied aside, the catalogue lets go of the segment, its file is unlinked;
 * what the catalogue does not name is unlinked at the next start. The ids outlive it until they are to be
 * forgotten too; those that are to stay for ever are put together, so that there are no more files than ids
 * ask for. */
#include "daemon/hands/store_writer.h"

#include "daemon/base/crash.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define KEPT_TOO_LONG 8    /* a segment spans at most this part of the time that records are kept */
#define IDS_TOGETHER 65536 /* in one file: as many as a segment has */

/* --- leaving -------------------------------------------------------------------------------------------- */

/* The database last: by it the next start finds what was not done. */
static const char *const segment_files[] = {".db-wal", ".db-shm", ".db-journal", ".db", NULL};
static const char *const ids_files[] = {".ids", NULL};
static const char *const ids_parts[] = {".ids.part", ".ids.part-journal", NULL};

static void unlink_files(struct store *s, uint64_t n, const char *const *endings)
{
    char path[SEGMENT_PATH];
    for (; *endings != NULL; endings++)
        if (store_segment_path(path, s->directory, n, *endings))
            unlink(path);
}

/* The ids of a segment; and those of the file of ids before it, *joined, if all of them are few. */
static enum fate collect_ids(struct store *s, const struct store_part *part, const struct store_part *before,
                             struct store_keys *ids, uint64_t *joined, struct err *e)
{
    enum fate fate;
    struct store_segment *segment = store_sealed_open(&s->sealed, part, &fate, e);
    if (segment != NULL)
        fate = store_run_collect(segment->db, KEY_ID, ids, e);
    size_t own = ids->n;
    if (fate != FATE_DONE || before == NULL)
        return fate;
    segment = store_sealed_open(&s->sealed, before, &fate, e);
    if (segment != NULL)
        fate = store_run_collect(segment->db, KEY_ID, ids, e);
    *joined = ids->n <= IDS_TOGETHER ? before->n : 0;
    if (*joined == 0)
        store_keys_cut(ids, own);
    return fate;
}

static enum fate fill_ids(sqlite3 *to, const struct store_keys *ids, struct err *e)
{
    enum fate fate = sql_script(to, "pragmas_ids", e);
    if (fate == FATE_DONE)
        fate = sql_script(to, "begin", e);
    if (fate == FATE_DONE)
        fate = sql_script(to, "schema_ids", e);
    if (fate == FATE_DONE)
        fate = store_run_write(to, ids, e);
    return fate == FATE_DONE ? sql_script(to, "commit", e) : fate;
}

/* Into a file that is named only when it is whole and on the disk. */
static enum fate write_ids(struct store *s, uint64_t n, const struct store_keys *ids, struct err *e)
{
    char part[SEGMENT_PATH], path[SEGMENT_PATH];
    sqlite3 *to = NULL;
    if (!store_segment_path(part, s->directory, n, ".ids.part") ||
        !store_segment_path(path, s->directory, n, ".ids")) {
        err_sys(e, "store: %s", s->directory);
        return FATE_RETRY;
    }
    unlink_files(s, n, ids_parts);
    enum fate fate = store_make_file(part, e);
    if (fate == FATE_DONE)
        to = sql_open(part, SQLITE_OPEN_READWRITE, &fate, e);
    if (to != NULL)
        fate = fill_ids(to, ids, e);
    sql_close(to);
    if (fate == FATE_DONE && rename(part, path) != 0) {
        err_sys(e, "store: %s", path);
        fate = FATE_RETRY;
    }
    return fate == FATE_DONE ? store_sync_directory(s->directory, e) : fate;
}

static enum fate keep_ids(struct store *s, const struct store_part *part, const struct store_part *before,
                          uint64_t *joined, struct err *e)
{
    struct store_keys ids = {0};
    enum fate fate = collect_ids(s, part, before, &ids, joined, e);
    if (fate == FATE_DONE)
        fate = write_ids(s, part->n, &ids, e);
    store_keys_free(&ids);
    return fate;
}

enum remember { FORGET, REMEMBER, FOR_EVER };

/* The part before, if there are ids in it. */
static const struct store_part *ids_before(const struct store *s, const struct store_part *part)
{
    const struct store_part *before = part > s->catalogue.parts ? part - 1 : NULL;
    return before != NULL && store_segment_there(s->directory, before->n, ".ids") ? before : NULL;
}

/* The first sealed segment. */
static const struct store_part *oldest_part(const struct store *s)
{
    for (size_t i = 0; i < s->catalogue.n; i++)
        if (s->catalogue.parts[i].state == PART_SEALED)
            return &s->catalogue.parts[i];
    return NULL;
}

/* A segment all of whose records are behind the horizon: it is the first of the sealed ones. */
static enum fate leave(struct store *s, enum remember remember, struct err *e)
{
    const struct store_part *part = oldest_part(s);
    const uint64_t n = part->n;
    struct store_segment *segment = NULL;
    uint64_t joined = 0;
    enum fate fate = FATE_DONE;
    bool there = store_segment_there(s->directory, n, ".db");
    if (there && remember != FORGET)
        fate = keep_ids(s, part, remember == FOR_EVER ? ids_before(s, part) : NULL, &joined, e);
    crash_point("store-ids-kept", NULL);
    if (fate == FATE_DONE && there)
        segment = store_sealed_open(&s->sealed, part, &fate, e);
    if (fate == FATE_DONE)
        fate = store_catalogue_leave(&s->catalogue, part, segment, remember != FORGET, joined, e);
    store_sealed_rest(&s->sealed, &s->catalogue, s->head.oldest);
    if (fate != FATE_DONE)
        return fate;
    crash_point("store-left", NULL);
    unlink_files(s, n, segment_files);
    if (joined != 0)
        unlink_files(s, joined, ids_files);
    return store_sealed_filters(&s->sealed, &s->catalogue, e);
}

/* Unlinks what lies there under a number whose part is not in that state. */
static enum fate sweep(struct store *s, const char *ending, enum part_state state, const char *const *files,
                       struct err *e)
{
    uint64_t *numbers;
    size_t n;
    enum fate fate = store_segment_list(s->directory, ending, &numbers, &n, e);
    for (size_t i = 0; i < n; i++) {
        const struct store_part *part = store_catalogue_part(&s->catalogue, numbers[i]);
        if (numbers[i] < s->head.segment && (part == NULL || part->state != state))
            unlink_files(s, numbers[i], files);
    }
    free(numbers);
    return fate;
}

enum fate store_finish_leaving(struct store *s, struct err *e)
{
    const struct store_part *part;
    enum fate fate = FATE_DONE;
    while (fate == FATE_DONE && (part = oldest_part(s)) != NULL && store_part_behind(part, s->head.oldest))
        fate = leave(s, REMEMBER, e);
    // Before anything is unlinked the catalogue must have been found to be that of these segments.
    if (fate == FATE_DONE)
        fate = store_sealed_filters(&s->sealed, &s->catalogue, e);
    if (fate == FATE_DONE)
        fate = sweep(s, ".db", PART_SEALED, segment_files, e);
    return fate == FATE_DONE ? sweep(s, ".ids", PART_IDS, ids_files, e) : fate;
}

/* --- the horizon ---------------------------------------------------------------------------------------- */

/* A segment that fills slowly is sealed before its time: records would be kept for as long as it takes
 * otherwise. */
static enum fate seal_slow(struct store *s, int64_t before, struct err *e)
{
    int64_t now = store_now(),
            most = before < now ? before + (now - before) / KEPT_TOO_LONG * (KEPT_TOO_LONG - 1) : before;
    if (s->index.nrecords == 0 || s->index.stored[0] >= most)
        return FATE_DONE;
    enum fate fate = store_transaction(s, e);
    if (fate == FATE_DONE)
        fate = store_seal(s, e);
    if (fate != FATE_DONE) {
        store_transaction_drop(s);
        return fate;
    }
    fate = store_transaction_commit(s, e);
    return fate == FATE_DONE ? store_next_segment(s, e) : fate;
}

static enum fate set_oldest(struct store *s, uint64_t oldest, struct err *e)
{
    enum fate fate = store_transaction(s, e);
    if (fate != FATE_DONE)
        return fate;
    sql_int(&s->sql[W_SET_OLDEST], 1, (int64_t)oldest);
    fate = sql_run(&s->sql[W_SET_OLDEST], e);
    s->next.oldest = oldest;
    if (fate == FATE_DONE)
        return store_transaction_commit(s, e);
    store_transaction_drop(s);
    return fate;
}

/* *pruned: records that went, 0 also when the segment had none. */
static enum fate prune_one(struct store *s, int64_t before, int64_t remember_before, size_t *pruned,
                           struct err *e)
{
    const struct store_part *part = oldest_part(s);
    if (part == NULL || part->stored >= before)
        return FATE_DONE;
    struct store_part leaving = *part;
    enum remember remember = remember_before == 0                ? FOR_EVER
                             : leaving.stored >= remember_before ? REMEMBER
                                                                 : FORGET;
    enum fate fate = set_oldest(s, leaving.last + 1, e);
    crash_point("store-horizon", NULL);
    if (fate == FATE_DONE)
        fate = leave(s, remember, e);
    if (fate == FATE_DONE)
        *pruned = (size_t)(leaving.last + 1 - leaving.first);
    return fate;
}

/* Ids, when it is time. */
static enum fate forget(struct store *s, int64_t remember_before, struct err *e)
{
    enum fate fate = FATE_DONE;
    while (fate == FATE_DONE && s->catalogue.parts[0].state == PART_IDS &&
           s->catalogue.parts[0].stored < remember_before) {
        uint64_t n = s->catalogue.parts[0].n;
        fate = store_catalogue_forget(&s->catalogue, n, e);
        if (fate == FATE_DONE)
            unlink_files(s, n, ids_files);
    }
    return fate == FATE_DONE ? store_sealed_filters(&s->sealed, &s->catalogue, e) : fate;
}

enum fate store_prune(struct store *s, int64_t before, int64_t remember_before, size_t *pruned, struct err *e)
{
    *pruned = 0;
    enum fate fate = store_next_segment(s, e);
    if (fate == FATE_DONE)
        fate = seal_slow(s, before, e);
    if (fate == FATE_DONE)
        fate = prune_one(s, before, remember_before, pruned, e);
    if (fate == FATE_DONE)
        fate = forget(s, remember_before, e);
    if (*pruned > 0)
        store_opened(s);
    return fate;
}
