// SPDX-License-Identifier: MIT
/* store_sql: see store_sql.h. Knows how store.sql is written and how SQLite fails, and nothing of what the
 * statements are for. Invariant: no function here leaves a statement behind that failed and was not reset. */
#include "daemon/hands/store_sql.h"

#include "daemon/base/embedded.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* How long to wait for a lock. There is one writer, so whoever holds one is another person's SQL, or a
 * start-up. */
#define BUSY_MS 2000

#define ADVICE "restore it from a copy, or move the store away to begin an empty one (subscribers are told)"

/* --- failing -------------------------------------------------------------------------------------------- */

/* Of the file behind a connection, without its directory. */
static const char *file_name(sqlite3 *db)
{
    const char *path = db != NULL ? sqlite3_db_filename(db, "main") : NULL;
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;
    return slash != NULL ? slash + 1 : "the store";
}

/* Only a store that no later attempt can mend is worth stopping for; what may pass is tried again. */
static enum fate fate_of(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_IOERR:
        return rc == SQLITE_IOERR_CORRUPTFS ? FATE_STOP : FATE_RETRY;
    case SQLITE_READONLY:
        return rc == SQLITE_READONLY_DBMOVED ? FATE_STOP : FATE_RETRY;
    case SQLITE_FULL:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
        return FATE_RETRY;
    default:
        return FATE_STOP;
    }
}

enum fate sql_fail(sqlite3 *db, const char *name, int rc, struct err *e)
{
    int primary = rc & 0xff;
    // A disk can also run full behind a sync, or while the log's index grows: SQLite calls these I/O errors.
    // Of a failed commit sqlite3_system_errno() knows nothing; errno is still the one of the write that
    // failed.
    int kept = errno,
        sys = primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN ? sqlite3_system_errno(db) : 0;
    if (primary == SQLITE_IOERR && sys == 0)
        sys = kept;

    if (primary == SQLITE_FULL || sys == ENOSPC)
        err_set(e, "store: %s: disk full", name);
    else if (sys == EDQUOT)
        err_set(e, "store: %s: disk full (quota used up)", name);
    else if (primary == SQLITE_NOMEM || rc == SQLITE_IOERR_NOMEM)
        err_set(e, "store: %s: out of memory", name);
    else if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB)
        err_set(e, "store: %s: %s is damaged (%s): " ADVICE, name, file_name(db), sqlite3_errmsg(db));
    else if (rc == SQLITE_READONLY_ROLLBACK)
        err_set(e, "store: %s: %s was left amid a change, which newswired takes back when it starts", name,
                file_name(db));
    else if (sys != 0)
        err_set(e, "store: %s: %s: %s", name, sqlite3_errmsg(db), strerror(sys));
    else
        err_set(e, "store: %s: %s", name, sqlite3_errmsg(db));
    return fate_of(rc);
}

enum fate sql_damaged(struct err *e, const char *fmt, ...)
{
    char what[200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    err_set(e, "store: damaged: %s: " ADVICE, what);
    return FATE_STOP;
}

/* --- the text ------------------------------------------------------------------------------------------- */

#define MARK "\n-- ."

/* What stands under `name`, up to the next name: the statement, and the reason of the one that follows it. */
static const char *find(const char *name, size_t *n)
{
    const char *text = store_sql[0].text, *at = text;
    size_t length = strlen(name);
    while ((at = strstr(at, MARK)) != NULL) {
        at += strlen(MARK);
        if (strncmp(at, name, length) == 0 && at[length] == '\n') {
            const char *begin = at + length, *end = strstr(begin, MARK);
            *n = end != NULL ? (size_t)(end - begin) : strlen(begin);
            return begin;
        }
    }
    assert(!"a statement that store.sql does not have");
    *n = 0;
    return "";
}

enum fate sql_prepare(sqlite3 *db, struct sql *out, const char *const *names, size_t n, struct err *e)
{
    memset(out, 0, n * sizeof *out);
    for (size_t i = 0; i < n; i++) {
        size_t length;
        const char *text = find(names[i], &length);
        out[i].name = names[i];
        int rc = sqlite3_prepare_v3(db, text, (int)length, SQLITE_PREPARE_PERSISTENT, &out[i].stmt, NULL);
        if (rc != SQLITE_OK)
            return sql_fail(db, names[i], rc, e);
    }
    return FATE_DONE;
}

enum fate sql_need(sqlite3 *db, struct sql *s, const char *name, struct err *e)
{
    return s->stmt != NULL ? FATE_DONE : sql_prepare(db, s, &name, 1, e);
}

void sql_finalize(struct sql *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sqlite3_finalize(s[i].stmt);
        s[i].stmt = NULL;
    }
}

enum fate sql_script(sqlite3 *db, const char *name, struct err *e)
{
    size_t left;
    for (const char *at = find(name, &left), *next; left > 0; left -= (size_t)(next - at), at = next) {
        sqlite3_stmt *stmt = NULL;
        int rc = sqlite3_prepare_v2(db, at, (int)left, &stmt, &next);
        if (rc == SQLITE_OK && stmt == NULL)
            break; // only a comment is left
        while (rc == SQLITE_OK || rc == SQLITE_ROW)
            rc = sqlite3_step(stmt);
        enum fate fate = rc == SQLITE_DONE ? FATE_DONE : sql_fail(db, name, rc, e);
        sqlite3_finalize(stmt);
        if (fate != FATE_DONE)
            return fate;
    }
    return FATE_DONE;
}

enum fate sql_number(sqlite3 *db, const char *name, int64_t *value, struct err *e)
{
    struct sql s;
    bool row = false;
    enum fate fate = sql_prepare(db, &s, &name, 1, e);
    if (fate == FATE_DONE)
        fate = sql_row(&s, &row, e);
    *value = row ? sqlite3_column_int64(s.stmt, 0) : 0;
    sql_finalize(&s, 1);
    return fate;
}

/* --- statements ----------------------------------------------------------------------------------------- */

static void bound(struct sql *s, int rc)
{
    if (s->failed == SQLITE_OK)
        s->failed = rc;
}

void sql_int(struct sql *s, int at, int64_t value)
{
    bound(s, sqlite3_bind_int64(s->stmt, at, value));
}

void sql_text(struct sql *s, int at, const char *text)
{
    bound(s, sqlite3_bind_text(s->stmt, at, text, -1, SQLITE_STATIC));
}

void sql_blob(struct sql *s, int at, const void *p, size_t n)
{
    bound(s, sqlite3_bind_blob64(s->stmt, at, p, n, SQLITE_STATIC));
}

void sql_reset(struct sql *s)
{
    sqlite3_reset(s->stmt);
    // What was bound belongs to the caller, and only until now.
    sqlite3_clear_bindings(s->stmt);
    s->failed = SQLITE_OK;
}

enum fate sql_row(struct sql *s, bool *row, struct err *e)
{
    errno = 0; // sql_fail looks at it
    int rc = s->failed != SQLITE_OK ? s->failed : sqlite3_step(s->stmt);
    *row = rc == SQLITE_ROW;
    if (*row)
        return FATE_DONE;
    // Worded before the reset: it may change the connection's last error.
    enum fate fate = rc == SQLITE_DONE ? FATE_DONE : sql_fail(sqlite3_db_handle(s->stmt), s->name, rc, e);
    sql_reset(s);
    return fate;
}

enum fate sql_run(struct sql *s, struct err *e)
{
    bool row = true;
    enum fate fate = FATE_DONE;
    while (fate == FATE_DONE && row)
        fate = sql_row(s, &row, e);
    return fate;
}

/* --- connections ---------------------------------------------------------------------------------------- */

sqlite3 *sql_open(const char *path, int flags, enum fate *fate, struct err *e)
{
    sqlite3 *db = NULL;
    errno = 0;
    // Each connection has one thread: no mutex.
    int rc = sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_extended_result_codes(db, 1);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(db, BUSY_MS);
    if (rc != SQLITE_OK) {
        *fate = sql_fail(db, path, rc, e);
        sql_close(db);
        db = NULL;
    }
    return db;
}

void sql_close(sqlite3 *db)
{
    sqlite3_close(db);
}

void sql_keep_log(sqlite3 *db)
{
    int on = 1;
    sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
}

enum fate sql_recognise(sqlite3 *db, bool *empty, struct err *e)
{
    int64_t application, version, tables;
    enum fate fate = sql_number(db, "application", &application, e);
    if (fate == FATE_DONE)
        fate = sql_number(db, "version", &version, e);
    if (fate == FATE_DONE)
        fate = sql_number(db, "tables", &tables, e);
    if (fate != FATE_DONE)
        return fate;

    *empty = application == 0 && version == 0 && tables == 0;
    if (!*empty && application != STORE_APPLICATION) {
        err_set(e, "store: %s is a database of another program: name another directory as [store] directory",
                file_name(db));
        return FATE_STOP;
    }
    if (!*empty && version != STORE_VERSION) {
        err_set(e,
                "store: %s is of version %lld, this program knows version %d: run the newswired that goes "
                "with it, or move the store away to begin an empty one (subscribers are told)",
                file_name(db), (long long)version, STORE_VERSION);
        return FATE_STOP;
    }
    return FATE_DONE;
}

enum fate sql_check_wal(sqlite3 *db, struct err *e)
{
    const char *const name = "journal_mode";
    struct sql mode;
    bool row = false;
    enum fate fate = sql_prepare(db, &mode, &name, 1, e);
    if (fate == FATE_DONE)
        fate = sql_row(&mode, &row, e);
    const char *text = row ? (const char *)sqlite3_column_text(mode.stmt, 0) : NULL;
    if (fate == FATE_DONE && (text == NULL || strcmp(text, "wal") != 0)) {
        err_set(e,
                "store: the file system of %s has no shared memory for a write-ahead log: "
                "put the store on a local disk",
                sqlite3_db_filename(db, "main"));
        fate = FATE_STOP;
    }
    sql_finalize(&mode, 1);
    return fate;
}
