// SPDX-License-Identifier: MIT
/* store_sql: private to the store's rooms (store*.c). Statements by name out of store.sql, and what SQLite's
 * result codes mean for the file in hand. Every error names its statement: "store: put_record: disk full". */
#ifndef DAEMON_HANDS_STORE_SQL_H
#define DAEMON_HANDS_STORE_SQL_H

#include "daemon/base/fate.h"
#include "proto/err.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_APPLICATION 1314345815 /* "NWSW"; both as in .schema */
#define STORE_VERSION 3

/* A connection to one file of a store, to be used by one thread; `flags` as of sqlite3_open_v2. NULL with
 * *fate. */
sqlite3 *sql_open(const char *path, int flags, enum fate *fate, struct err *e);
void sql_close(sqlite3 *);
/* FATE_STOP with what to do if it is not a store of STORE_VERSION. *empty: nothing was ever put into it. */
enum fate sql_recognise(sqlite3 *, bool *empty, struct err *e);
/* So that mode=ro readers, who cannot make the files of its log, find them when it is closed too. */
void sql_keep_log(sqlite3 *);
/* FATE_STOP if it writes no write-ahead log. */
enum fate sql_check_wal(sqlite3 *, struct err *e);

/* A prepared statement. A bind that fails is remembered, and is the error of the next step. */
struct sql {
    sqlite3_stmt *stmt;
    const char *name;
    int failed;
};

/* Prepares names[0..n) into out[0..n). After a failure sql_finalize(out, n) is due all the same. */
enum fate sql_prepare(sqlite3 *, struct sql *out, const char *const *names, size_t n, struct err *e);
void sql_finalize(struct sql *, size_t n);

/* The same of one statement, when it is first needed: nothing is done if it was prepared before. */
enum fate sql_need(sqlite3 *, struct sql *, const char *name, struct err *e);

/* Parameters by their number. Text and blobs must live until the statement was reset; NULL is SQL's null. */
void sql_int(struct sql *, int at, int64_t value);
void sql_text(struct sql *, int at, const char *text);
void sql_blob(struct sql *, int at, const void *p, size_t n);

/* One step. *row: there is a row to read, and sql_reset() or further steps are due. Without a row, and after
 * an error, the statement is reset. */
enum fate sql_row(struct sql *, bool *row, struct err *e);
/* To its end. */
enum fate sql_run(struct sql *, struct err *e);
void sql_reset(struct sql *);

/* All statements under `name`, one after another; rows are dropped. */
enum fate sql_script(sqlite3 *, const char *name, struct err *e);
/* The first column of the first row, 0 without one. */
enum fate sql_number(sqlite3 *, const char *name, int64_t *value, struct err *e);

/* Words a failure and says what it means. */
enum fate sql_fail(sqlite3 *, const char *name, int rc, struct err *e);
/* What the tables say cannot be: FATE_STOP. `e` names what was found and gets the advice. */
enum fate sql_damaged(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
