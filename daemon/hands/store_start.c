// SPDX-License-Identifier: MIT
/* store_start: finds the newest segment, whatever a crash or a restored copy left behind, and makes the first
 * one.
 *
 * The segments are the truth. A catalogue that is behind is brought up to them, an empty one is made anew;
 * but a segment that the catalogue names and that is not there stops the daemon: a store with a hole would
 * answer as if nothing had ever been in it. What is read here is opened for reading only, and such a
 * connection cannot roll back: hence the changes that a crash cut off are taken back first. */
#include "daemon/hands/store_writer.h"

#include "daemon/base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

uint64_t store_random_epoch(void)
{
    uint64_t epoch = 0;
    while (epoch == 0)
        if (getrandom(&epoch, sizeof epoch, 0) != sizeof epoch && errno != EINTR)
            return 0;
    return epoch;
}

/* --- the catalogue -------------------------------------------------------------------------------------- */

/* A rollback journal that was left, as by a crash while a segment's log is put away (store_tend.c): whoever
 * opens the segment for writing and reads takes that change back. */
static enum fate take_back_one(const char *directory, uint64_t n, struct err *e)
{
    char path[SEGMENT_PATH];
    int64_t version;
    enum fate fate = FATE_DONE;
    if (!store_segment_there(directory, n, ".db")) // it was pruned, and its journal goes with what is left
        return FATE_DONE;
    if (!store_segment_path(path, directory, n, ".db")) {
        err_sys(e, "store: %s", directory);
        return FATE_RETRY;
    }
    sqlite3 *db = sql_open(path, SQLITE_OPEN_READWRITE, &fate, e);
    if (db != NULL)
        fate = sql_number(db, "version", &version, e);
    sql_close(db);
    return fate;
}

static enum fate take_back(const char *directory, struct err *e)
{
    uint64_t *numbers;
    size_t n;
    enum fate fate = store_segment_list(directory, ".db-journal", &numbers, &n, e);
    for (size_t i = 0; i < n && fate == FATE_DONE; i++)
        fate = take_back_one(directory, numbers[i], e);
    free(numbers);
    return fate;
}

/* Makes the segment, or finds that it is there. */
static enum fate make(struct store *s, struct store_head *head, struct err *e)
{
    sqlite3 *db;
    enum fate fate = store_segment_write(&db, s->directory, head, e);
    sql_close(db);
    return fate;
}

static enum fate make_first(struct store *s, struct err *e)
{
    struct store_head head = {
        .segment = 1,
        .epoch = store_random_epoch(),
        .first = 1,
        .oldest = 1,
        .stored = store_now(),
    };
    if (head.epoch == 0) {
        err_sys(e, "store: no random numbers");
        return FATE_RETRY;
    }
    enum fate fate = make(s, &head, e);
    struct store_part part = {.n = 1, .state = PART_OPEN, .first = 1};
    return fate == FATE_DONE ? store_catalogue_fill(&s->catalogue, &part, 1, e) : fate;
}

/* In the place of a catalogue that was lost: `low` is the head of its first segment. Of ids whose segments
 * are gone it is no longer known how old they are: they count as new. */
static enum fate make_anew(struct store *s, const struct store_head *low, struct err *e)
{
    uint64_t *ids;
    size_t n, old = 0;
    enum fate fate = store_segment_list(s->directory, ".ids", &ids, &n, e);
    struct store_part *parts = fate == FATE_DONE ? calloc(n + 1, sizeof *parts) : NULL;
    log_at(LOG_NOTICE, "store", "no catalogue: made anew", "from=%llu", (unsigned long long)low->segment);
    for (; parts != NULL && old < n && ids[old] < low->segment; old++)
        parts[old] = (struct store_part){.n = ids[old], .state = PART_IDS, .stored = store_now()};
    if (parts != NULL) {
        parts[old] = (struct store_part){.n = low->segment, .state = PART_OPEN, .first = low->first};
        fate = store_catalogue_fill(&s->catalogue, parts, old + 1, e);
    } else if (fate == FATE_DONE) {
        err_set(e, "store: out of memory");
        fate = FATE_RETRY;
    }
    free(parts);
    free(ids);
    return fate;
}

/* From the lowest number from which on all are there, up to the newest. One before a gap was pruned while a
 * copy was taken: it came into the copy, and its neighbour did not. */
static enum fate begin_catalogue(struct store *s, struct err *e)
{
    struct store_head head = {0};
    uint64_t *numbers;
    size_t n;
    enum fate fate = store_segment_list(s->directory, ".db", &numbers, &n, e);
    size_t low = n;
    while (low > 0 && (low == n || numbers[low] == numbers[low - 1] + 1))
        low--;
    if (fate == FATE_DONE && n > 0)
        fate = store_head_peek(s->directory, numbers[low], &head, e);
    free(numbers);
    if (fate != FATE_DONE)
        return fate;
    return head.segment == 0 ? make_first(s, e) : make_anew(s, &head, e);
}

/* --- the newest segment --------------------------------------------------------------------------------- */

static enum fate missing(uint64_t n, uint64_t first, struct err *e)
{
    return sql_damaged(e, "segment-%08llu.db, with the records from %llu on, is missing",
                       (unsigned long long)n, (unsigned long long)first);
}

static enum fate mixed(uint64_t newest, uint64_t after, struct err *e)
{
    err_set(e,
            "store: segment-%08llu.db is there, but segment-%08llu.db was never full: they are of two copies "
            "of the "
            "store; move away those of one",
            (unsigned long long)after, (unsigned long long)newest);
    return FATE_STOP;
}

/* The number of the last segment that is there. */
static enum fate highest(const char *directory, uint64_t *high, struct err *e)
{
    uint64_t *numbers;
    size_t n;
    enum fate fate = store_segment_list(directory, ".db", &numbers, &n, e);
    *high = n > 0 ? numbers[n - 1] : 0;
    free(numbers);
    return fate;
}

/* The segment after a sealed one: it is made, if that is not done yet, and named. */
static enum fate go_on(struct store *s, struct store_head *head, uint64_t high, struct err *e)
{
    struct store_head next = store_head_after(head);
    if (head->segment < high && !store_segment_there(s->directory, next.segment, ".db"))
        return missing(next.segment, next.first, e);
    enum fate fate = make(s, &next, e);
    if (fate == FATE_DONE)
        fate = store_name_next(s, head, e);
    *head = next;
    return fate;
}

/* The head of the first segment that is not sealed. Those before it are named in the catalogue, in the order
 * in which the writer does it: a segment is made before it is named. */
static enum fate find_newest(struct store *s, struct store_head *head, struct err *e)
{
    const struct store_part *last = &s->catalogue.parts[s->catalogue.n - 1];
    uint64_t high = 0;
    enum fate fate = store_head_peek(s->directory, last->n, head, e);
    if (fate == FATE_DONE && head->segment == 0)
        return missing(last->n, last->first, e);
    if (fate == FATE_DONE)
        fate = highest(s->directory, &high, e);
    while (fate == FATE_DONE && head->sealed)
        fate = go_on(s, head, high, e);
    store_sealed_rest(&s->sealed, &s->catalogue, s->head.oldest);
    return fate == FATE_DONE && head->segment < high ? mixed(head->segment, high, e) : fate;
}

/* Every record from the horizon on is in a segment that is there. */
static enum fate check_sealed(struct store *s, uint64_t oldest, struct err *e)
{
    const struct store_part *part = s->catalogue.parts, *end = part + s->catalogue.n;
    while (part->state == PART_IDS) // the last one is open
        part++;
    if (part->first > oldest)
        return missing(part->n - 1, oldest, e);
    for (; part < end; part++)
        if (part->state == PART_SEALED && !store_part_behind(part, oldest) &&
            !store_segment_there(s->directory, part->n, ".db"))
            return missing(part->n, part->first, e);
    return FATE_DONE;
}

static enum fate open_for_writing(struct store *s, struct store_head *head, struct err *e)
{
    sqlite3 *db;
    char path[SEGMENT_PATH];
    struct stat st;
    enum fate fate = store_segment_write(&db, s->directory, head, e);
    if (fate == FATE_DONE)
        fate = store_take_over(s, db, head, e);
    if (fate == FATE_DONE)
        fate = store_index_catch_up(&s->index, s->db, e);
    s->rows = s->index.keys.n;
    if (store_segment_path(path, s->directory, head->segment, ".db") && stat(path, &st) == 0)
        s->bytes = (uint64_t)st.st_size;
    return fate;
}

enum fate store_open_newest(struct store *s, struct err *e)
{
    struct store_head head;
    enum fate fate = take_back(s->directory, e);
    if (fate == FATE_DONE && s->catalogue.n == 0)
        fate = begin_catalogue(s, e);
    if (fate == FATE_DONE)
        fate = find_newest(s, &head, e);
    if (fate == FATE_DONE)
        fate = check_sealed(s, head.oldest, e);
    if (fate == FATE_DONE)
        fate = open_for_writing(s, &head, e);
    if (fate == FATE_DONE)
        fate = store_finish_leaving(s, e);
    store_sealed_rest(&s->sealed, &s->catalogue, s->head.oldest);
    return fate;
}
