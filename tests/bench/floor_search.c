// SPDX-License-Identifier: MIT
/* floor_search: see floor_search.h. */
#include "tests/bench/floor_search.h"

#include "tests/bench/clock.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define RUN 1024 /* rows in a transaction */

struct floor_search {
    pthread_t thread;
    int bell; /* eventfd */
    sqlite3_int64 count, done;
    double indexed;
    sqlite3 *db; /* search.db, with floor.db attached as `wire` */
    sqlite3_stmt *select, *insert;
};

static void sql(struct floor_search *s, const char *text)
{
    check(sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK, text);
}

static void open_index(struct floor_search *s)
{
    check(sqlite3_open("search.db", &s->db) == SQLITE_OK, "search.db");
    sql(s, "pragma page_size = 16384; pragma journal_mode = wal; pragma synchronous = off;"
           "create virtual table text using fts5(body, content = '');"
           "insert into text (text, rank) values ('automerge', 0);"
           "insert into text (text, rank) values ('crisismerge', 1000);"
           "attach 'file:floor.db' as wire;");
    const char *select = "select seq, text from wire.record where seq > ?1 order by seq limit ?2";
    const char *insert = "insert into text (rowid, body) values (?1, ?2)";
    check(sqlite3_prepare_v2(s->db, select, -1, &s->select, NULL) == SQLITE_OK, select);
    check(sqlite3_prepare_v2(s->db, insert, -1, &s->insert, NULL) == SQLITE_OK, insert);
}

/* Rows after the last one, at most RUN of them; how many there were. */
static int index_run(struct floor_search *s)
{
    int n = 0;
    sql(s, "begin");
    sqlite3_bind_int64(s->select, 1, s->done);
    sqlite3_bind_int(s->select, 2, RUN);
    while (sqlite3_step(s->select) == SQLITE_ROW) {
        s->done = sqlite3_column_int64(s->select, 0);
        sqlite3_bind_int64(s->insert, 1, s->done);
        sqlite3_bind_text(s->insert, 2, sqlite3_column_blob(s->select, 1), sqlite3_column_bytes(s->select, 1),
                          SQLITE_STATIC);
        check(sqlite3_step(s->insert) == SQLITE_DONE, "insert into text");
        sqlite3_reset(s->insert);
        n++;
    }
    check(sqlite3_reset(s->select) == SQLITE_OK, "select from wire.record");
    sql(s, "commit");
    return n;
}

static void *work(void *arg)
{
    struct floor_search *s = arg;
    open_index(s);
    while (s->done < s->count) {
        uint64_t rung;
        if (index_run(s) == 0)
            check(read(s->bell, &rung, sizeof rung) == sizeof rung, "bell");
    }
    s->indexed = now();
    sqlite3_finalize(s->select);
    sqlite3_finalize(s->insert);
    sqlite3_close(s->db);
    return NULL;
}

struct floor_search *floor_search_start(long count)
{
    struct floor_search *s = calloc(1, sizeof *s);
    check(s != NULL, "memory");
    s->count = count;
    s->bell = eventfd(0, EFD_CLOEXEC);
    check(s->bell >= 0 && pthread_create(&s->thread, NULL, work, s) == 0, "the search thread");
    return s;
}

void floor_search_ring(struct floor_search *s)
{
    uint64_t one = 1;
    check(write(s->bell, &one, sizeof one) == sizeof one, "bell");
}

double floor_search_end(struct floor_search *s)
{
    pthread_join(s->thread, NULL);
    return s->indexed;
}
