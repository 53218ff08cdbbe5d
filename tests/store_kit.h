// SPDX-License-Identifier: MIT
/* store_kit: what the tests of the store share: a directory of their own, dispatches made of a number, drop
 * files made of runs of such numbers, and a look at the tables past the store. */
#ifndef TESTS_STORE_KIT_H
#define TESTS_STORE_KIT_H

#include "tests/unit.h"

#include "daemon/hands/store.h"

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct kit {
    char root[256], directory[300], mark[300], database[340]; /* database: that of kit_sql, the first segment */
};

static inline void kit_new(struct kit *k)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(k->root, sizeof k->root, "%s/newswire-store-XXXXXX", tmp != NULL ? tmp : "/tmp");
    assert_non_null(mkdtemp(k->root));
    snprintf(k->directory, sizeof k->directory, "%s/store", k->root);
    snprintf(k->mark, sizeof k->mark, "%s/mark", k->root);
    snprintf(k->database, sizeof k->database, "%s/segment-00000001.db", k->directory);
}

static inline int kit_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static inline void kit_end(struct kit *k)
{
    assert_int_equal(nftw(k->root, kit_remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static inline void kit_done(enum fate fate, const struct err *e)
{
    if (fate != FATE_DONE)
        fail_msg("%s: %s", fate_word(fate), e->text);
}

static inline struct store *kit_open(const struct kit *k)
{
    struct err e = {""};
    enum fate fate = FATE_DONE;
    struct store *s = store_open(k->directory, k->mark, &fate, &e);
    kit_done(fate, &e);
    assert_non_null(s);
    return s;
}

static inline struct store_reader *kit_reader(const struct kit *k)
{
    struct err e = {""};
    struct store_reader *r = store_reader_open(k->directory, &e);
    if (r == NULL)
        fail_msg("%s", e.text);
    return r;
}

/* Dispatch number `n`: its id is spread as hashes are, its body is `size` bytes. */
struct kit_dispatch {
    struct newswire_dispatch d;
    char headline[40];
    char *body;
};

static inline void kit_dispatch(struct kit_dispatch *k, uint64_t n, size_t size)
{
    static const char *const no_warnings[] = {NULL};
    memset(k, 0, sizeof *k);
    uint64_t spread = n * 0x9e3779b97f4a7c15u;
    k->d.id[0] = 1;
    memcpy(k->d.id + 1, &spread, 8);
    memcpy(k->d.id + 9, &n, 8);
    snprintf(k->headline, sizeof k->headline, "Headline %llu", (unsigned long long)n);
    k->body = malloc(size + 1);
    assert_non_null(k->body);
    for (size_t i = 0; i < size; i++)
        k->body[i] = (char)('a' + (i * 7 + n) % 26);
    k->body[size] = '\0';
    k->d.version = 1;
    k->d.feed = "default";
    k->d.agency = "ARMENPRESS";
    k->d.headline = k->headline;
    k->d.body = k->body;
    k->d.time_precision = "none";
    k->d.charset = "UTF-8";
    k->d.warnings = no_warnings;
}

/* A drop file: `count` dispatches numbered from `first`, under these topics. */
struct kit_file {
    const char *claim;
    uint64_t first, count;
    size_t size; /* of each body */
    const char *const *topics;
    size_t ntopics;
};

static inline struct store_file kit_store_file(const struct kit_file *f)
{
    struct store_file out = {.claim = f->claim, .name = "wire.txt", .feed = "default", .arrival = 5000};
    memcpy(out.digest, &f->first, sizeof f->first);
    memcpy(out.digest + 8, &f->count, sizeof f->count);
    return out;
}

static inline enum fate kit_put_one(struct store *s, const struct kit_file *f, uint64_t n, uint64_t *seq,
                                    struct err *e)
{
    struct kit_dispatch k;
    kit_dispatch(&k, n, f->size);
    enum fate fate = store_put(s, &k.d, f->topics, f->ntopics, seq, e);
    free(k.body);
    return fate;
}

/* Between begin and commit. What ingest does with a file. */
static inline enum fate kit_put(struct store *s, const struct kit_file *f, struct err *e)
{
    struct store_file file = kit_store_file(f);
    enum file_fate settled;
    enum fate fate = store_file_begin(s, &file, &settled, e);
    if (fate != FATE_DONE || settled)
        return fate;
    for (uint64_t n = f->first; n < f->first + f->count && fate == FATE_DONE; n++) {
        uint64_t seq;
        fate = kit_put_one(s, f, n, &seq, e);
    }
    return fate == FATE_DONE ? store_file_end(s, 0, NULL, e) : fate;
}

/* One file in a transaction of its own. */
static inline enum fate kit_try(struct store *s, const struct kit_file *f, struct err *e)
{
    enum fate fate = store_begin(s, e);
    if (fate != FATE_DONE)
        return fate;
    fate = kit_put(s, f, e);
    if (fate == FATE_DONE)
        return store_commit(s, e);
    store_abort(s);
    return fate;
}

static inline void kit_drop(struct store *s, const char *claim, uint64_t first, uint64_t count,
                            const char *topic)
{
    struct err e = {""};
    struct kit_file f = {.claim = claim, .first = first, .count = count, .size = 100, .topics = &topic,
                         .ntopics = topic != NULL};
    kit_done(kit_try(s, &f, &e), &e);
}

/* Any SQL, past the store: changes, or the first number it gives. */
static inline int64_t kit_sql_in(const struct kit *k, const char *sql, int create)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    if (sqlite3_open_v2(k->database, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE * create, NULL) != SQLITE_OK)
        fail_msg("%s: %s", k->database, sqlite3_errmsg(db));
    sqlite3_busy_timeout(db, 10000);
    int on = 1;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    int rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    int64_t number = rc == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return number;
}

static inline int64_t kit_sql(const struct kit *k, const char *sql)
{
    return kit_sql_in(k, sql, 0);
}

static inline void kit_holds(const struct kit *k, const char *condition)
{
    char sql[600];
    snprintf(sql, sizeof sql, "select %s", condition);
    if (kit_sql(k, sql) != 1)
        fail_msg("not so: %s", condition);
}

/* Makes segment n the one that kit_sql looks into. False if there is no such. */
static inline bool kit_segment(struct kit *k, uint64_t n)
{
    struct stat st;
    snprintf(k->database, sizeof k->database, "%s/segment-%08llu.db", k->directory, (unsigned long long)n);
    return stat(k->database, &st) == 0;
}

static inline void kit_check_segment(const struct kit *k)
{
    kit_holds(k, "integrity_check = 'ok' from pragma_integrity_check");
    // Records without a gap from the segment's first to the head.
    kit_holds(k, "count(*) = (select seq + 1 - first from head) from record");
    kit_holds(k, "count(*) = 0 from record, head where record.seq < head.first or record.seq > head.seq");
    // Each has its text, and comes from a file that says so.
    kit_holds(k, "count(*) = 0 from record where seq not in (select seq from dispatch)");
    kit_holds(k, "(select count(*) from dispatch) = (select count(*) from record)");
    kit_holds(k, "count(*) = 0 from record r where not exists (select 1 from file f where f.n = r.file and"
                 " r.seq between f.first_seq and f.last_seq)");
    kit_holds(k, "count(*) = 0 from file f where fresh > (select count(*) from record r where r.file = f.n)");
    kit_holds(k, "count(*) = 0 from again where file not in (select n from file)");
    // Sealed, it has its indexes; open, it has none.
    kit_holds(k, "(select sealed from head) = (select count(*) from filter)");
    kit_holds(k, "(select sealed from head) = (select count(*) > 0 from run)");
    kit_holds(k, "(select sealed from head) = 0 or (select sum(records) from topic) is (select nullif(sum(length(topics)"
                 " - length(replace(topics, char(10), '')) + 1), 0) from record where topics <> '')");
    kit_holds(k, "count(*) = 0 from topic t where last <> (select stored from record where seq = last_seq)");
}

/* What must hold of every store, at all times. */
static inline void kit_check_whole(const struct kit *k)
{
    struct kit each = *k;
    int64_t next = 0, files = -1;
    uint64_t n = 1;
    while (n < 1000 && !kit_segment(&each, n))
        n++;
    assert_true(n < 1000);
    for (; kit_segment(&each, n); n++) {
        kit_check_segment(&each);
        assert_int_equal(kit_sql(&each, "select segment from head"), n);
        if (next != 0)
            assert_int_equal(kit_sql(&each, "select first from head"), next);
        next = kit_sql(&each, "select seq + 1 from head");
        if (files >= 0)
            assert_true(kit_sql(&each, "select coalesce(min(n), 0) from file") == 0 ||
                        kit_sql(&each, "select min(n) from file") == files + 1);
        files = kit_sql(&each, "select files from head");
    }
}

#endif
