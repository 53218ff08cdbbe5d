// SPDX-License-Identifier: MIT
/* store_search: the indexer; see store_search.h. Newest first, so that what was just said is found soon,
 * however much an index that was lost has to catch up with.
 *
 * Refuses to mend: an index that is damaged, or is not of this segment, is taken away and made anew. */
#include "daemon/hands/store_search.h"

#include "daemon/base/crash.h"
#include "daemon/base/log.h"
#include "daemon/hands/store_catalogue.h"
#include "daemon/hands/store_search_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUN_ROWS 1024               /* in a transaction, at most */
#define RUN_BYTES ((size_t)4 << 20) /* of blobs */
#define MERGE_PAGES 500             /* of 4 KB, in a step: some 20 ms */
/* A run, the one blob that may go past it, and the topics of each record, with their tokens. */
#define ARENA_BYTES (RUN_BYTES + FRAMES_BYTES_MAX + (size_t)RUN_ROWS * TOPICS_PER_RECORD * (TOPIC_MAX + 56))

/* What is known of the index of one segment. */
struct progress {
    uint64_t n;
    bool known;
    uint64_t done;
    bool merged; /* for good */
    bool begun;  /* merging all of a sealed one has begun, */
    bool rested; /* and there is nothing to merge now */
};

struct store_indexer {
    char *directory;
    struct store_catalogue catalogue;
    struct store_reader *reader;
    struct arena *arena;
    struct search_file file; /* the one that was last worked at */
    struct progress *all;    /* by n; of each part that has records */
    size_t n;
    uint64_t head, oldest;
};

/* --- opening -------------------------------------------------------------------------------------------- */

struct store_indexer *store_indexer_open(const char *directory, struct err *e)
{
    struct store_indexer *x = calloc(1, sizeof *x);
    if (x == NULL || (x->directory = strdup(directory)) == NULL ||
        (x->arena = arena_new(ARENA_BYTES)) == NULL) {
        err_set(e, "search: out of memory");
        store_indexer_close(x);
        return NULL;
    }
    if (store_catalogue_open(&x->catalogue, directory, false, e) == FATE_DONE &&
        (x->reader = store_reader_open(directory, e)) != NULL)
        return x;
    store_indexer_close(x);
    return NULL;
}

void store_indexer_close(struct store_indexer *x)
{
    if (x == NULL)
        return;
    search_file_close(&x->file);
    store_reader_close(x->reader);
    store_catalogue_close(&x->catalogue);
    arena_free(x->arena);
    free(x->all);
    free(x->directory);
    free(x);
}

/* --- what there is -------------------------------------------------------------------------------------- */

static uint64_t last_of(const struct store_indexer *x, const struct store_part *part)
{
    return part->state == PART_OPEN ? x->head : part->last;
}

static bool is_here(const struct store_indexer *x, const struct store_part *part)
{
    return part->state != PART_IDS && part->first <= last_of(x, part) && last_of(x, part) >= x->oldest;
}

/* The head first: every record up to it is in a part that the catalogue has then. */
static enum fate read_parts(struct store_indexer *x, struct err *e)
{
    struct store_page page;
    uint64_t dispatches;
    enum fate fate = store_reader_counts(x->reader, &page, &dispatches, e);
    if (fate == FATE_DONE)
        fate = store_catalogue_read(&x->catalogue, e);
    if (fate != FATE_DONE)
        return fate;
    x->head = page.head;
    x->oldest = page.oldest;
    struct progress *all = calloc(x->catalogue.n + 1, sizeof *all);
    size_t n = 0, old = 0;
    if (all == NULL) {
        err_set(e, "search: out of memory");
        return FATE_RETRY;
    }
    for (const struct store_part *part = x->catalogue.parts; part < x->catalogue.parts + x->catalogue.n;
         part++) {
        while (old < x->n && x->all[old].n < part->n)
            old++;
        bool same = old < x->n && x->all[old].n == part->n;
        if (is_here(x, part))
            all[n++] = same ? x->all[old] : (struct progress){.n = part->n, .done = part->first - 1};
    }
    free(x->all);
    x->all = all;
    x->n = n;
    return FATE_DONE;
}

uint64_t store_indexer_done(const struct store_indexer *x)
{
    uint64_t lacking = 0;
    for (size_t i = 0; i < x->n; i++)
        lacking += last_of(x, store_catalogue_part(&x->catalogue, x->all[i].n)) - x->all[i].done;
    return x->head - lacking;
}

/* --- one index ------------------------------------------------------------------------------------------ */

/* As if it had never been looked at. */
static void let_go(struct store_indexer *x, struct progress *p)
{
    if (x->file.n == p->n)
        search_file_close(&x->file);
    *p = (struct progress){.n = p->n, .done = store_catalogue_part(&x->catalogue, p->n)->first - 1};
}

/* What is wrong with it goes away with it. Always FATE_RETRY: a disk that damages whatever is written must
 * not keep us busy. */
static enum fate give_up(struct store_indexer *x, struct progress *p, const char *why, struct err *e)
{
    log_at(LOG_WARN, "search", "an index is of no use and is made anew", "segment=%llu why=%s",
           (unsigned long long)p->n, why);
    let_go(x, p);
    search_file_unlink(x->directory, p->n);
    err_set(e, "the index of segment %llu is made anew", (unsigned long long)p->n);
    return FATE_RETRY;
}

/* The index of that segment is the open one. */
static enum fate open_index(struct store_indexer *x, struct progress *p, struct err *e)
{
    struct store_head segment;
    if (x->file.n == p->n && search_file_there(&x->file, x->directory))
        return FATE_DONE;
    if (x->file.n == p->n) // taken away under us
        let_go(x, p);
    search_file_close(&x->file);
    enum fate fate = store_head_peek(x->directory, p->n, &segment, e);
    if (fate != FATE_DONE || segment.segment == 0)
        return fate != FATE_DONE ? fate : FATE_RETRY;
    struct search_head born = {.segment = p->n, .epoch = segment.epoch, .done = segment.first - 1};
    fate = search_file_open(&x->file, x->directory, p->n, true, &born, e);
    if (fate == FATE_STOP)
        return give_up(x, p, "damaged, or of another version", e);
    if (fate != FATE_DONE) {
        search_file_close(&x->file);
        return fate;
    }
    const struct search_head *h = &x->file.head;
    uint64_t last = last_of(x, store_catalogue_part(&x->catalogue, p->n));
    if (h->segment != p->n || h->epoch != segment.epoch || h->done < born.done || h->done > last)
        return give_up(x, p, "of another store", e);
    *p = (struct progress){.n = p->n, .known = true, .done = h->done, .merged = h->merged};
    return FATE_DONE;
}

/* A failure within a transaction of the open index. */
static enum fate roll_back(struct store_indexer *x, struct progress *p, enum fate fate, struct err *e)
{
    if (x->file.db != NULL && !sqlite3_get_autocommit(x->file.db))
        sql_script(x->file.db, "rollback", NULL);
    if (fate == FATE_STOP)
        return give_up(x, p, "damaged", e);
    let_go(x, p);
    return fate;
}

/* --- filling it ----------------------------------------------------------------------------------------- */

static enum fate put_record(struct store_indexer *x, const struct store_record *r, struct search_head *h,
                            struct err *e)
{
    enum fate fate;
    struct sql *words = search_sql(&x->file, X_WORDS, &fate, e);
    struct sql *moment = words != NULL ? search_sql(&x->file, X_MOMENT, &fate, e) : NULL;
    struct newswire_dispatch *d = moment != NULL ? dispatch_unpack(r->blob, r->blob_n, e) : NULL;
    h->done = r->seq;
    if (d == NULL) // A blob that nobody can read has no words.
        return fate;
    struct arena_mark mark = arena_mark(x->arena);
    fate = search_put(words, x->arena, r, d, e);
    arena_release(x->arena, mark);
    int64_t time = search_moment(r, d);
    dispatch_free(d);
    if (fate != FATE_DONE)
        return fate;
    h->low = h->timed && h->low < time ? h->low : time;
    h->high = h->timed && h->high > time ? h->high : time;
    h->timed = true;
    sql_int(moment, 1, (int64_t)r->seq);
    sql_int(moment, 2, time);
    return sql_run(moment, e);
}

static enum fate put_page(struct store_indexer *x, const struct store_page *page, uint64_t last,
                          struct search_head *h, struct err *e)
{
    enum fate fate = sql_script(x->file.db, "begin", e);
    for (size_t i = 0; i < page->n && page->records[i].seq <= last && fate == FATE_DONE; i++)
        fate = put_record(x, &page->records[i], h, e);
    crash_point("index-put", NULL);
    if (fate == FATE_DONE)
        fate = search_file_set_head(&x->file, h, e);
    return fate == FATE_DONE ? sql_script(x->file.db, "commit", e) : fate;
}

/* Some records of the segment into its index. The store's read has ended before the first is put. */
static enum fate fill(struct store_indexer *x, struct progress *p, uint64_t last, struct err *e)
{
    struct store_page page;
    struct search_head h = x->file.head;
    uint64_t after = h.done + 1 < x->oldest ? x->oldest - 1 : h.done;
    arena_reset(x->arena);
    enum fate fate = store_reader_page(x->reader, x->arena, after, NULL, 0, RUN_ROWS, RUN_BYTES, &page, e);
    if (fate != FATE_DONE)
        return fate;
    h.done = after;
    fate = put_page(x, &page, last, &h, e);
    if (fate != FATE_DONE)
        return roll_back(x, p, fate, e);
    crash_point("index-done", NULL);
    x->file.head = h;
    p->done = h.done;
    p->rested = false;
    return FATE_DONE;
}

/* --- merging -------------------------------------------------------------------------------------------- */

/* FTS5 changes at least two rows if it merged anything. */
static enum fate merge_some(struct store_indexer *x, int pages, bool *merged, struct err *e)
{
    enum fate fate;
    struct sql *q = search_sql(&x->file, X_MERGE, &fate, e);
    if (q == NULL)
        return fate;
    int before = sqlite3_total_changes(x->file.db);
    sql_int(q, 1, pages);
    fate = sql_run(q, e);
    *merged = sqlite3_total_changes(x->file.db) - before >= 2;
    return fate;
}

/* One file from now on; not while somebody reads it: then at another time. */
static enum fate finish(struct store_indexer *x, struct progress *p, struct err *e)
{
    struct search_head h = x->file.head;
    int keep_log = 0;
    h.merged = true;
    sql_finalize(x->file.sql, X_COUNT);
    sqlite3_busy_timeout(x->file.db, 0);
    sqlite3_file_control(x->file.db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep_log);
    if (sql_script(x->file.db, "search_whole", NULL) != FATE_DONE)
        return FATE_DONE;
    enum fate fate = search_file_set_head(&x->file, &h, e);
    if (fate == FATE_DONE)
        p->merged = true;
    search_file_close(&x->file);
    return fate == FATE_STOP ? give_up(x, p, "damaged", e) : fate;
}

static enum fate merge(struct store_indexer *x, struct progress *p, bool sealed, struct err *e)
{
    bool merged = false;
    enum fate fate = merge_some(x, sealed && !p->begun ? -MERGE_PAGES : MERGE_PAGES, &merged, e);
    if (fate != FATE_DONE)
        return roll_back(x, p, fate, e);
    p->begun = sealed;
    p->rested = !merged;
    return p->rested && sealed ? finish(x, p, e) : FATE_DONE;
}

/* --- the steps ------------------------------------------------------------------------------------------ */

static enum fate find_out(struct store_indexer *x, struct err *e)
{
    enum fate fate = read_parts(x, e);
    for (size_t i = x->n; i-- > 0 && fate == FATE_DONE;)
        if (!x->all[i].known)
            fate = open_index(x, &x->all[i], e);
    return fate;
}

/* The newest one with something to do. */
static struct progress *choose(struct store_indexer *x, bool *lacks)
{
    for (size_t i = x->n; i-- > 0;)
        if ((*lacks = x->all[i].done < last_of(x, store_catalogue_part(&x->catalogue, x->all[i].n))))
            return &x->all[i];
    for (size_t i = x->n; i-- > 0;)
        if (!x->all[i].merged && !x->all[i].rested)
            return &x->all[i];
    return NULL;
}

enum fate store_indexer_step(struct store_indexer *x, bool *more, struct err *e)
{
    bool lacks;
    *more = false;
    enum fate fate = find_out(x, e);
    struct progress *p = fate == FATE_DONE ? choose(x, &lacks) : NULL;
    if (p == NULL)
        return fate;
    const struct store_part *part = store_catalogue_part(&x->catalogue, p->n);
    fate = open_index(x, p, e);
    if (fate == FATE_DONE)
        fate = lacks ? fill(x, p, last_of(x, part), e) : merge(x, p, part->state == PART_SEALED, e);
    *more = fate == FATE_DONE;
    return fate;
}

/* --- files ---------------------------------------------------------------------------------------------- */

static bool is_listed(const uint64_t *numbers, size_t n, uint64_t wanted)
{
    for (size_t i = 0; i < n; i++)
        if (numbers[i] == wanted)
            return true;
    return false;
}

static bool is_known(const struct store_indexer *x, uint64_t n)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->all[i].n == n)
            return true;
    return false;
}

/* Numbers of the index files there are; none without a directory. */
static enum fate list_files(const char *directory, uint64_t **numbers, size_t *n, struct err *e)
{
    char path[SEGMENT_PATH];
    *numbers = NULL;
    *n = 0;
    if (!search_directory(path, sizeof path, directory)) {
        err_sys(e, "search: %s", directory);
        return FATE_RETRY;
    }
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return FATE_DONE;
    return store_segment_list(path, ".db", numbers, n, e);
}

enum fate store_indexer_look(struct store_indexer *x, struct err *e)
{
    uint64_t *numbers;
    size_t n;
    enum fate fate = read_parts(x, e);
    if (fate != FATE_DONE || (fate = list_files(x->directory, &numbers, &n, e)) != FATE_DONE)
        return fate;
    for (size_t i = 0; i < n; i++)
        if (!is_known(x, numbers[i]))
            search_file_unlink(x->directory, numbers[i]);
    for (struct progress *p = x->all; p < x->all + x->n; p++) {
        if (p->known && !is_listed(numbers, n, p->n))
            let_go(x, p);
        if (p->begun && !p->merged) // somebody was reading it
            p->rested = false;
    }
    free(numbers);
    return FATE_DONE;
}

enum fate store_search_clear(const char *directory, struct err *e)
{
    uint64_t *numbers;
    size_t n;
    enum fate fate = list_files(directory, &numbers, &n, e);
    for (size_t i = 0; i < n && fate == FATE_DONE; i++)
        if (!search_file_unlink(directory, numbers[i])) {
            err_sys(e, "search: %s/search", directory);
            fate = FATE_RETRY;
        }
    free(numbers);
    return fate;
}
