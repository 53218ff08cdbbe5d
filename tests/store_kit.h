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
    char root[256], directory[300], mark[300], database[330];
};

static inline void kit_new(struct kit *k)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(k->root, sizeof k->root, "%s/newswire-store-XXXXXX", tmp != NULL ? tmp : "/tmp");
    assert_non_null(mkdtemp(k->root));
    snprintf(k->directory, sizeof k->directory, "%s/store", k->root);
    snprintf(k->mark, sizeof k->mark, "%s/mark", k->root);
    snprintf(k->database, sizeof k->database, "%s/newswire.db", k->directory);
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
static inline int64_t kit_sql(const struct kit *k, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_open(k->database, &db), SQLITE_OK);
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

static inline void kit_holds(const struct kit *k, const char *condition)
{
    char sql[600];
    snprintf(sql, sizeof sql, "select %s", condition);
    if (kit_sql(k, sql) != 1)
        fail_msg("not so: %s", condition);
}

/* What must hold of every store, at all times. */
static inline void kit_check_whole(const struct kit *k)
{
    kit_holds(k, "integrity_check = 'ok' from pragma_integrity_check");
    // Records without a gap from the oldest to the head.
    kit_holds(k, "count(*) = (select seq + 1 - oldest from head) from record");
    kit_holds(k, "count(*) = 0 from record, head where record.seq < head.oldest or record.seq > head.seq");
    // Each has its dispatch, and each version went out once, under new topics more often.
    kit_holds(k, "count(*) = 0 from record where dispatch not in (select n from dispatch)");
    kit_holds(k, "count(*) = count(distinct dispatch) from record where kind <> 5");
    // The topics of the records, their index and the counters agree.
    kit_holds(k, "count(*) = 0 from topic t"
                 " where records <> (select count(*) from record_topic where topic = t.n)");
    kit_holds(k, "count(*) = 0 from topic t"
                 " where last_seq < (select max(seq) from record_topic where topic = t.n)");
    kit_holds(k, "count(*) = 0 from record_topic i where not exists"
                 " (select 1 from record r, topic t where r.seq = i.seq and t.n = i.topic and"
                 " instr(char(10) || r.topics || char(10), char(10) || t.name || char(10)))");
    kit_holds(k, "(select count(*) from record_topic) = coalesce(sum(length(topics)"
                 " - length(replace(topics, char(10), '')) + 1), 0) from record where topics <> ''");
    kit_holds(k, "count(*) = 0 from file where fate = 0");
}

#endif
