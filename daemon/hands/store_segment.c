// SPDX-License-Identifier: MIT
/* store_segment: see store_segment.h. Refuses to mend: a file of another version or a damaged one is left
 * exactly as it was found. */
#include "daemon/hands/store_segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- files ---------------------------------------------------------------------------------------------- */

bool store_segment_path(char out[SEGMENT_PATH], const char *directory, uint64_t n, const char *ending)
{
    if (snprintf(out, SEGMENT_PATH, "%s/segment-%08llu%s", directory, (unsigned long long)n, ending) <
        SEGMENT_PATH)
        return true;
    errno = ENAMETOOLONG;
    return false;
}

bool store_segment_there(const char *directory, uint64_t n, const char *ending)
{
    char path[SEGMENT_PATH];
    struct stat st;
    return store_segment_path(path, directory, n, ending) && stat(path, &st) == 0;
}

/* 0: it is not called so. */
static uint64_t number_of(const char *name, const char *ending)
{
    char same[64];
    unsigned long long n = 0;
    if (sscanf(name, "segment-%llu", &n) != 1)
        return 0;
    snprintf(same, sizeof same, "segment-%08llu%s", n, ending);
    return strcmp(name, same) == 0 ? n : 0;
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool list_names(DIR *dir, const char *ending, uint64_t **numbers, size_t *n)
{
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        uint64_t number = number_of(entry->d_name, ending);
        if (number == 0)
            continue;
        uint64_t *more = realloc(*numbers, (*n + 1) * sizeof *more);
        if (more == NULL)
            return false;
        *numbers = more;
        more[(*n)++] = number;
    }
    if (*n > 0)
        qsort(*numbers, *n, sizeof **numbers, compare_numbers);
    return true;
}

enum fate store_segment_list(const char *directory, const char *ending, uint64_t **numbers, size_t *n,
                             struct err *e)
{
    DIR *dir = opendir(directory);
    *numbers = NULL;
    *n = 0;
    bool good = dir != NULL && list_names(dir, ending, numbers, n);
    if (!good)
        err_sys(e, "store: %s", directory);
    if (dir != NULL)
        closedir(dir);
    return good ? FATE_DONE : FATE_RETRY;
}

enum fate store_make_file(const char *path, struct err *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    bool good = fd >= 0 ? fchmod(fd, 0640) == 0 : errno == EEXIST;
    if (!good)
        err_sys(e, "store: %s", path);
    if (fd >= 0)
        close(fd);
    return good ? FATE_DONE : FATE_RETRY;
}

enum fate store_sync_directory(const char *directory, struct err *e)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (!good)
        err_sys(e, "store: %s", directory);
    if (fd >= 0)
        close(fd);
    return good ? FATE_DONE : FATE_RETRY;
}

/* --- reading -------------------------------------------------------------------------------------------- */

static const char *const names[S_COUNT] = {
    [S_BEGIN] = "begin_read",
    [S_END] = "end_read",
    [S_HEAD] = "head",
    [S_CHECK] = "check",
    [S_RECORDS] = "records",
    [S_SCAN] = "scan",
    [S_TOPICS_FROM] = "topics_from",
    [S_STORED_AT] = "stored_at",
    [S_FIND_FILE] = "find_file",
    [S_RUN] = "run",
    [S_FILE] = "file",
    [S_IDS_BETWEEN] = "ids_between",
    [S_HELD] = "held",
    [S_BROUGHT] = "brought",
    [S_BROUGHT_AGAIN] = "brought_again",
};

static enum fate open_file(struct store_segment *s, const char *directory, uint64_t n, const char *ending,
                           bool *empty, struct err *e)
{
    char path[SEGMENT_PATH];
    enum fate fate = FATE_DONE;
    *s = (struct store_segment){.n = n};
    if (!store_segment_path(path, directory, n, ending)) {
        err_sys(e, "store: %s", directory);
        return FATE_RETRY;
    }
    s->db = sql_open(path, SQLITE_OPEN_READONLY, &fate, e);
    return s->db != NULL ? sql_recognise(s->db, empty, e) : fate;
}

enum fate store_segment_open(struct store_segment *s, const char *directory, uint64_t n, const char *ending,
                             struct err *e)
{
    bool empty = false;
    enum fate fate = open_file(s, directory, n, ending, &empty, e);
    if (fate == FATE_DONE && empty) // none is named before it is made
        fate = sql_damaged(e, "segment-%08llu%s is empty", (unsigned long long)n, ending);
    return fate == FATE_DONE ? sql_script(s->db, "pragmas_reader", e) : fate;
}

void store_segment_close(struct store_segment *s)
{
    sql_finalize(s->sql, S_COUNT);
    sql_close(s->db);
    *s = (struct store_segment){0};
}

struct sql *store_segment_sql(struct store_segment *s, enum segment_statement which, enum fate *fate,
                              struct err *e)
{
    *fate = sql_need(s->db, &s->sql[which], names[which], e);
    return *fate == FATE_DONE ? &s->sql[which] : NULL;
}

/* `q` is the statement "head". */
static enum fate read_head(struct sql *q, struct store_head *out, struct err *e)
{
    bool row;
    enum fate fate = sql_row(q, &row, e);
    if (fate != FATE_DONE)
        return fate;
    if (!row)
        return sql_damaged(e, "%s has no head", sqlite3_db_filename(sqlite3_db_handle(q->stmt), "main"));
    const char *lineage = (const char *)sqlite3_column_text(q->stmt, 10);
    *out = (struct store_head){
        .segment = (uint64_t)sqlite3_column_int64(q->stmt, 0),
        .epoch = (uint64_t)sqlite3_column_int64(q->stmt, 1),
        .first = (uint64_t)sqlite3_column_int64(q->stmt, 2),
        .seq = (uint64_t)sqlite3_column_int64(q->stmt, 3),
        .oldest = (uint64_t)sqlite3_column_int64(q->stmt, 4),
        .dispatches = (uint64_t)sqlite3_column_int64(q->stmt, 5),
        .files = (uint64_t)sqlite3_column_int64(q->stmt, 6),
        .stored = sqlite3_column_int64(q->stmt, 7),
        .sealed = sqlite3_column_int(q->stmt, 8) != 0,
        .renewed = sqlite3_column_int64(q->stmt, 9),
    };
    size_t n = lineage != NULL ? strlen(lineage) : 0, most = sizeof out->lineage - 1;
    snprintf(out->lineage, sizeof out->lineage, "%s", n == 0 ? "" : lineage + (n > most ? n - most : 0));
    sql_reset(q);
    return FATE_DONE;
}

enum fate store_segment_head(struct store_segment *s, struct store_head *out, struct err *e)
{
    enum fate fate;
    struct sql *q = store_segment_sql(s, S_HEAD, &fate, e);
    return q != NULL ? read_head(q, out, e) : fate;
}

enum fate store_head_peek(const char *directory, uint64_t n, struct store_head *out, struct err *e)
{
    struct store_segment s;
    bool empty = false;
    enum fate fate = FATE_DONE;
    *out = (struct store_head){0};
    if (!store_segment_there(directory, n, ".db"))
        return FATE_DONE;
    fate = open_file(&s, directory, n, ".db", &empty, e);
    if (fate == FATE_DONE && !empty)
        fate = store_segment_head(&s, out, e);
    store_segment_close(&s);
    return fate;
}

/* --- writing -------------------------------------------------------------------------------------------- */

static enum fate put_head(sqlite3 *db, const struct store_head *h, struct err *e)
{
    const char *const name = "put_head";
    struct sql q;
    enum fate fate = sql_prepare(db, &q, &name, 1, e);
    if (fate == FATE_DONE) {
        sql_int(&q, 1, (int64_t)h->segment);
        sql_int(&q, 2, (int64_t)h->epoch);
        sql_int(&q, 3, (int64_t)h->first);
        sql_int(&q, 4, (int64_t)h->seq);
        sql_int(&q, 5, (int64_t)h->oldest);
        sql_int(&q, 6, (int64_t)h->dispatches);
        sql_int(&q, 7, (int64_t)h->files);
        sql_int(&q, 8, h->stored);
        sql_int(&q, 9, h->renewed);
        sql_text(&q, 10, h->lineage);
        fate = sql_run(&q, e);
    }
    sql_finalize(&q, 1);
    return fate;
}

/* All or nothing: a crash in between leaves an empty file, and the next start begins again. */
static enum fate create(sqlite3 *db, const struct store_head *head, struct err *e)
{
    enum fate fate = sql_script(db, "begin", e);
    if (fate == FATE_DONE)
        fate = sql_script(db, "schema", e);
    if (fate == FATE_DONE)
        fate = put_head(db, head, e);
    if (fate == FATE_DONE)
        fate = sql_script(db, "commit", e);
    if (fate != FATE_DONE && !sqlite3_get_autocommit(db))
        sql_script(db, "rollback", NULL);
    return fate;
}

/* Reads the head, and compares it with the records and with what it should be. */
static enum fate check_sane(sqlite3 *db, struct store_head *head, struct err *e)
{
    static const char *const both[] = {"head", "sane"};
    struct sql q[2];
    struct store_head want = *head;
    bool row = false;
    enum fate fate = sql_prepare(db, q, both, 2, e);
    if (fate == FATE_DONE)
        fate = read_head(&q[0], head, e);
    if (fate == FATE_DONE)
        fate = sql_row(&q[1], &row, e);
    if (fate == FATE_DONE) {
        int64_t seq = sqlite3_column_int64(q[1].stmt, 0), first = sqlite3_column_int64(q[1].stmt, 1);
        bool none = sqlite3_column_type(q[1].stmt, 2) == SQLITE_NULL;
        int64_t from = none ? seq + 1 : sqlite3_column_int64(q[1].stmt, 2);
        int64_t last = none ? seq : sqlite3_column_int64(q[1].stmt, 3);
        if (seq < 0 || from != first || last != seq)
            fate = sql_damaged(e, "segment %llu: its head says %lld to %lld, its records are %lld to %lld",
                               (unsigned long long)want.segment, (long long)first, (long long)seq,
                               (long long)from, (long long)last);
        else if (head->segment != want.segment || (want.first != 0 && head->first != want.first))
            fate = sql_damaged(e,
                               "segment-%08llu.db says that it is segment %llu from record %llu on, not from "
                               "%llu on",
                               (unsigned long long)want.segment, (unsigned long long)head->segment,
                               (unsigned long long)head->first, (unsigned long long)want.first);
    }
    sql_finalize(q, 2);
    return fate;
}

static enum fate prepare_file(sqlite3 *db, const char *directory, struct store_head *head, struct err *e)
{
    bool empty;
    enum fate fate = sql_recognise(db, &empty, e);
    if (fate == FATE_DONE)
        fate = sql_script(db, "pragmas", e);
    if (fate == FATE_DONE)
        fate = sql_check_wal(db, e);
    if (fate == FATE_DONE && empty)
        fate = create(db, head, e);
    if (fate == FATE_DONE && empty)
        fate = store_sync_directory(directory, e);
    if (fate == FATE_DONE)
        fate = check_sane(db, head, e);
    if (fate != FATE_DONE)
        return fate;
    sql_keep_log(db);
    // The checkpoint that closing would do is another thread's: nobody waits for it here.
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return FATE_DONE;
}

enum fate store_segment_write(sqlite3 **db, const char *directory, struct store_head *head, struct err *e)
{
    char path[SEGMENT_PATH];
    *db = NULL;
    if (!store_segment_path(path, directory, head->segment, ".db")) {
        err_sys(e, "store: %s", directory);
        return FATE_RETRY;
    }
    enum fate fate = store_make_file(path, e);
    if (fate == FATE_DONE)
        *db = sql_open(path, SQLITE_OPEN_READWRITE, &fate, e);
    if (fate == FATE_DONE)
        fate = prepare_file(*db, directory, head, e);
    if (fate != FATE_DONE) {
        sql_close(*db);
        *db = NULL;
    }
    return fate;
}
