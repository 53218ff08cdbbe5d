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
#define STORE_VERSION 2

/* A connection to the database of a store, to be used by one thread; `flags` as of sqlite3_open_v2. NULL with
 * *fate. */
sqlite3 *sql_open(const char *directory, int flags, enum fate *fate, struct err *e);
void sql_close(sqlite3 *);
/* FATE_STOP with what to do if it is not a store of STORE_VERSION. *empty: nothing was ever put into it. */
enum fate sql_recognise(sqlite3 *, const char *directory, bool *empty, struct err *e);

/* A prepared statement. A bind that fails is remembered, and is the error of the next step. */
struct sql {
    sqlite3_stmt *stmt;
    const char *name;
    int failed;
};

/* Prepares names[0..n) into out[0..n). After a failure sql_finalize(out, n) is due all the same. */
enum fate sql_prepare(sqlite3 *, struct sql *out, const char *const *names, size_t n, struct err *e);
void sql_finalize(struct sql *, size_t n);

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
