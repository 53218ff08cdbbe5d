// SPDX-License-Identifier: MIT
/* store_seal: from one segment to the next.
 *
 * The transaction of a segment's last row seals it: the keys and postings that were kept in memory are
 * written beside it, sorted, once. There is no state in which a segment is full but not sealed. The next
 * segment is begun with the next transaction, in steps that each can be repeated: make its file, name it in
 * the catalogue, go on in it. A crash before the last of them is met by the next start, which does the same
 * steps. */
#include "daemon/hands/store_writer.h"

#include "daemon/base/crash.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[W_COUNT] = {
    [W_BEGIN] = "begin",
    [W_COMMIT] = "commit",
    [W_ROLLBACK] = "rollback",
    [W_SAVEPOINT] = "savepoint",
    [W_RELEASE] = "release",
    [W_ROLLBACK_TO] = "rollback_to",
    [W_SET_HEAD] = "set_head",
    [W_SET_OLDEST] = "set_oldest",
    [W_PUT_FILE] = "put_file",
    [W_PUT_RECORD] = "put_record",
    [W_PUT_DISPATCH] = "put_dispatch",
    [W_PUT_AGAIN] = "put_again",
};

/* --- sealing -------------------------------------------------------------------------------------------- */

static enum fate put_topic(struct sql *q, const struct store_index *x, const struct store_postings *all,
                           const struct store_posted *topic, uint8_t *scratch, struct err *e)
{
    const uint32_t *records = all->order + topic->at;
    uint32_t last = records[topic->records - 1];
    sql_text(q, 1, topic->name);
    sql_int(q, 2, (int64_t)topic->records);
    sql_int(q, 3, (int64_t)(x->first + last));
    sql_int(q, 4, x->stored[last]);
    sql_blob(q, 5, scratch, store_postings_pack(records, topic->records, scratch));
    return sql_run(q, e);
}

static enum fate put_topics(struct store *s, struct err *e)
{
    const char *const name = "put_topic";
    struct store_postings all;
    struct sql q = {0};
    uint8_t *scratch = malloc(5 * s->index.nrecords + 1);
    enum fate fate = store_indexed(store_index_postings(&s->index, &all) && scratch != NULL, e);
    if (fate == FATE_DONE)
        fate = sql_prepare(s->db, &q, &name, 1, e);
    for (size_t i = 0; i < all.n && fate == FATE_DONE; i++)
        fate = put_topic(&q, &s->index, &all, &all.topics[i], scratch, e);
    sql_finalize(&q, 1);
    store_postings_free(&all);
    free(scratch);
    return fate;
}

enum fate store_seal(struct store *s, struct err *e)
{
    enum fate fate = put_topics(s, e);
    if (fate == FATE_DONE)
        fate = store_run_write(s->db, &s->index.keys, e);
    s->next.sealed = fate == FATE_DONE;
    return fate;
}

/* --- the open segment ----------------------------------------------------------------------------------- */

static int on_commit(void *store, sqlite3 *db, const char *name, int pages)
{
    (void)db, (void)name;
    struct store *s = store;
    if (pages < s->wal_pages) // the log begins anew
        s->rung_pages = 0;
    s->wal_pages = pages;
    return SQLITE_OK;
}

void store_close_segment(struct store *s)
{
    sql_finalize(s->sql, W_COUNT);
    sql_finalize(s->reads.sql, S_COUNT);
    sql_close(s->db);
    s->db = s->reads.db = NULL;
}

enum fate store_take_over(struct store *s, sqlite3 *db, const struct store_head *head, struct err *e)
{
    struct sql sql[W_COUNT];
    enum fate fate = sql_prepare(db, sql, names, W_COUNT, e);
    if (fate != FATE_DONE) {
        sql_finalize(sql, W_COUNT);
        sql_close(db);
        return fate;
    }
    store_close_segment(s);
    s->db = db;
    memcpy(s->sql, sql, sizeof sql);
    s->reads = (struct store_segment){.n = head->segment, .db = db};
    s->head = s->next = *head;
    s->wal_pages = s->rung_pages = 0;
    s->rows = s->bytes = 0;
    sqlite3_wal_hook(db, on_commit, s);
    store_index_begin(&s->index, head->first, 0);
    return FATE_DONE;
}

/* --- the next one --------------------------------------------------------------------------------------- */

struct store_head store_head_after(const struct store_head *sealed)
{
    struct store_head h = *sealed;
    h.segment++;
    h.first = sealed->seq + 1;
    h.sealed = false;
    return h;
}

enum fate store_name_next(struct store *s, const struct store_head *sealed, struct err *e)
{
    struct store_part part = {.n = sealed->segment,
                              .state = PART_SEALED,
                              .first = sealed->first,
                              .last = sealed->seq,
                              .stored = sealed->stored};
    if (s->catalogue.parts[s->catalogue.n - 1].n > part.n)
        return FATE_DONE; // done at an attempt before, which failed later
    enum fate fate;
    struct store_segment *segment = store_sealed_open(&s->sealed, &part, &fate, e);
    return segment != NULL ? store_catalogue_seal(&s->catalogue, &part, segment, e) : fate;
}

/* The next segment may be there: from an attempt before, which failed later. Then it is as it was made. */
static enum fate check_made(const struct store_head *made, const struct store_head *after, struct err *e)
{
    if (made->epoch == after->epoch && made->seq == after->seq && !made->sealed)
        return FATE_DONE;
    err_set(e,
            "store: segment-%08llu.db was there before its time: it is of another copy of the store; move it "
            "away",
            (unsigned long long)made->segment);
    return FATE_STOP;
}

enum fate store_next_segment(struct store *s, struct err *e)
{
    if (!s->head.sealed)
        return FATE_DONE;
    sqlite3 *db;
    struct store_head head = store_head_after(&s->head);
    enum fate fate = store_segment_write(&db, s->directory, &head, e);
    if (fate == FATE_DONE)
        fate = check_made(&head, &s->head, e);
    crash_point("store-next-made", NULL);
    if (fate == FATE_DONE)
        fate = store_name_next(s, &s->head, e);
    // From here on its keys are found on the disk, and no longer in memory.
    if (fate == FATE_DONE)
        fate = store_sealed_filters(&s->sealed, &s->catalogue, e);
    crash_point("store-next-named", NULL);
    store_sealed_rest(&s->sealed, &s->catalogue, s->head.oldest);
    if (fate != FATE_DONE) {
        sql_close(db);
        return fate;
    }
    fate = store_take_over(s, db, &head, e);
    if (fate == FATE_DONE)
        store_opened(s);
    return fate;
}
