// SPDX-License-Identifier: MIT
/* store_search_file: see store_search_file.h. A damaged file is told from one that cannot be had now, and
 * left as it is: who opened it decides. */
#include "daemon/hands/store_search_file.h"

#include "daemon/hands/store_segment.h"
#include "proto/rfc3339.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool search_directory(char *out, size_t size, const char *directory)
{
    if ((size_t)snprintf(out, size, "%s/search", directory) < size)
        return true;
    errno = ENAMETOOLONG;
    return false;
}

static bool file_path(char out[SEGMENT_PATH], const char *directory, uint64_t n, const char *ending)
{
    char below[SEGMENT_PATH];
    return search_directory(below, sizeof below, directory) && store_segment_path(out, below, n, ending);
}

/* --- opening -------------------------------------------------------------------------------------------- */

static enum fate make_directory(const char *directory, struct err *e)
{
    char path[SEGMENT_PATH];
    if (search_directory(path, sizeof path, directory) && (mkdir(path, 0750) == 0 || errno == EEXIST))
        return FATE_DONE;
    err_sys(e, "search: %s/search", directory);
    return FATE_RETRY;
}

enum fate search_file_set_head(struct search_file *f, const struct search_head *h, struct err *e)
{
    enum fate fate;
    struct sql *q = search_sql(f, X_SET_HEAD, &fate, e);
    if (q == NULL)
        return fate;
    sql_int(q, 1, (int64_t)h->segment);
    sql_int(q, 2, (int64_t)h->epoch);
    sql_int(q, 3, (int64_t)h->done);
    sql_int(q, 4, h->merged);
    if (h->timed) {
        sql_int(q, 5, h->low);
        sql_int(q, 6, h->high);
    } else {
        sql_text(q, 5, NULL);
        sql_text(q, 6, NULL);
    }
    return sql_run(q, e);
}

static enum fate read_head(struct search_file *f, struct err *e)
{
    const char *const name = "search_head";
    struct sql q;
    bool row = false;
    enum fate fate = sql_prepare(f->db, &q, &name, 1, e);
    if (fate == FATE_DONE)
        fate = sql_row(&q, &row, e);
    if (fate == FATE_DONE && !row)
        fate = sql_damaged(e, "search: no head");
    if (fate == FATE_DONE)
        f->head = (struct search_head){
            .segment = (uint64_t)sqlite3_column_int64(q.stmt, 0),
            .epoch = (uint64_t)sqlite3_column_int64(q.stmt, 1),
            .done = (uint64_t)sqlite3_column_int64(q.stmt, 2),
            .merged = sqlite3_column_int(q.stmt, 3) != 0,
            .timed = sqlite3_column_type(q.stmt, 4) != SQLITE_NULL,
            .low = sqlite3_column_int64(q.stmt, 4),
            .high = sqlite3_column_int64(q.stmt, 5),
        };
    sql_finalize(&q, 1);
    return fate;
}

/* All or nothing, so that a crash leaves an empty file. */
static enum fate create(struct search_file *f, const struct search_head *born, struct err *e)
{
    enum fate fate = sql_script(f->db, "begin", e);
    if (fate == FATE_DONE)
        fate = sql_script(f->db, "schema_search", e);
    if (fate == FATE_DONE)
        fate = search_file_set_head(f, born, e);
    return fate == FATE_DONE ? sql_script(f->db, "commit", e) : fate;
}

static enum fate prepare_file(struct search_file *f, bool write, const struct search_head *born,
                              struct err *e)
{
    bool empty = false;
    enum fate fate = sql_recognise(f->db, &empty, e);
    if (fate == FATE_DONE && !empty)
        fate = read_head(f, e);
    if (fate != FATE_DONE || f->head.merged || !write) // what is merged has no log any more
        return fate == FATE_DONE ? sql_script(f->db, "pragmas_reader", e) : fate;
    sql_keep_log(f->db);
    fate = sql_script(f->db, "pragmas_search", e);
    if (fate == FATE_DONE && empty)
        fate = create(f, born, e);
    return fate == FATE_DONE && empty ? read_head(f, e) : fate;
}

enum fate search_file_open(struct search_file *f, const char *directory, uint64_t n, bool write,
                           const struct search_head *born, struct err *e)
{
    char path[SEGMENT_PATH];
    enum fate fate = FATE_DONE;
    *f = (struct search_file){.n = n};
    if (!file_path(path, directory, n, ".db")) {
        err_sys(e, "search: %s", directory);
        return FATE_RETRY;
    }
    if (write)
        fate = make_directory(directory, e);
    if (fate == FATE_DONE && write)
        fate = store_make_file(path, e);
    if (fate == FATE_DONE)
        f->db = sql_open(path, write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, &fate, e);
    if (fate == FATE_DONE && stat(path, &f->id) != 0) {
        err_sys(e, "search: %s", path);
        fate = FATE_RETRY;
    }
    return fate == FATE_DONE ? prepare_file(f, write, born, e) : fate;
}

void search_file_close(struct search_file *f)
{
    sql_finalize(f->sql, X_COUNT);
    sql_close(f->db);
    *f = (struct search_file){0};
}

bool search_file_there(const struct search_file *f, const char *directory)
{
    char path[SEGMENT_PATH];
    struct stat st;
    return file_path(path, directory, f->n, ".db") && stat(path, &st) == 0 && st.st_ino == f->id.st_ino &&
           st.st_dev == f->id.st_dev;
}

bool search_file_unlink(const char *directory, uint64_t n)
{
    // The database first: a log without one is nobody's, and is taken away when it is made anew.
    static const char *const endings[] = {".db", ".db-wal", ".db-shm", ".db-journal"};
    char path[SEGMENT_PATH];
    bool good = true;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        good = file_path(path, directory, n, endings[i]) && (unlink(path) == 0 || errno == ENOENT) && good;
    return good;
}

struct sql *search_sql(struct search_file *f, enum search_statement which, enum fate *fate, struct err *e)
{
    static const char *const names[X_COUNT] = {
        [X_SET_HEAD] = "put_search_head", [X_WORDS] = "put_words",
        [X_MOMENT] = "put_moment",        [X_MERGE] = "merge",
        [X_NEWEST] = "find_newest",       [X_BEST] = "find_best",
    };
    *fate = sql_need(f->db, &f->sql[which], names[which], e);
    return *fate == FATE_DONE ? &f->sql[which] : NULL;
}

/* --- dispatches ----------------------------------------------------------------------------------------- */

void search_token(char out[SEARCH_TOKEN_MAX], uint32_t hash)
{
    snprintf(out, SEARCH_TOKEN_MAX, "t%08x", hash);
}

/* A token for each topic and each one above it, as a trail has its hashes. */
static const char *topic_tokens(struct arena *a, const struct store_record *r)
{
    uint32_t hashes[TOPIC_MAX];
    size_t room = sizeof SEARCH_TOKEN_ALL, used;
    for (size_t i = 0; i < r->ntopics; i++)
        room += SEARCH_TOKEN_MAX * topic_hashes(r->topics[i], hashes, TOPIC_MAX);
    char *out = arena_room(a, room);
    if (out == NULL)
        return NULL;
    used = (size_t)snprintf(out, room, SEARCH_TOKEN_ALL);
    for (size_t i = 0; i < r->ntopics; i++) {
        size_t n = topic_hashes(r->topics[i], hashes, TOPIC_MAX);
        for (size_t k = 0; k < n; k++) {
            out[used++] = ' ';
            search_token(out + used, hashes[k]);
            used += SEARCH_TOKEN_MAX - 1;
        }
    }
    return out;
}

enum fate search_put(struct sql *q, struct arena *a, const struct store_record *r,
                     const struct newswire_dispatch *d, struct err *e)
{
    const char *topics = topic_tokens(a, r);
    if (topics == NULL) {
        err_set(e, "search: out of memory");
        return FATE_RETRY;
    }
    sql_int(q, 1, (int64_t)r->seq);
    sql_text(q, 2, d->headline);
    sql_text(q, 3, d->body);
    sql_text(q, 4, d->by);
    sql_text(q, 5, topics);
    return sql_run(q, e);
}

int64_t search_moment(const struct store_record *r, const struct newswire_dispatch *d)
{
    int64_t ms;
    return d->content_created != NULL && rfc3339_read(d->content_created, &ms) ? ms : r->stored;
}
