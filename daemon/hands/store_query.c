// SPDX-License-Identifier: MIT
/* store_query: see store_query.h. SQLite reads ten databases at once at most, and a store has hundreds: so
 * each view is a virtual table here that goes from segment to segment, one open at a time, with the same
 * question.
 *
 * Refuses everything but reading, so that a slip of a pen cannot create or attach what another program would
 * then find. */
#include "daemon/hands/store_query.h"

#include "daemon/hands/store_catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const views[] = {"records", "dispatches", "files", "seen_again"};

struct store_query {
    char *directory;
    struct store_catalogue catalogue;
    sqlite3 *db;
    sqlite3_stmt *stmt;
};

struct view {
    sqlite3_vtab base;
    const struct store_query *query;
    char *name;
    char *columns[32];
    int ncolumns;
    bool by_seq; /* its first column is a seq, and not a number of a file */
    bool keyed;  /* its first column names one row, as a rowid does */
};

/* One walk over the segments. */
struct walk {
    sqlite3_vtab_cursor base;
    char *sql;
    int64_t low, high; /* of the first column */
    bool backwards, end;
    size_t at; /* part of the catalogue */
    struct store_segment segment;
    sqlite3_stmt *rows;
};

/* --- the table ------------------------------------------------------------------------------------------ */

/* What a view has is the same in each segment; the newest is asked. */
static int read_columns(struct view *v, sqlite3_str *declared)
{
    const struct store_catalogue *c = &v->query->catalogue;
    struct store_segment s;
    sqlite3_stmt *stmt = NULL;
    char *sql = sqlite3_mprintf("select name, type from pragma_table_info(%Q)", v->name);
    int rc = SQLITE_ERROR;
    if (sql != NULL &&
        store_segment_open(&s, v->query->directory, c->parts[c->n - 1].n, ".db", NULL) == FATE_DONE)
        rc = sqlite3_prepare_v2(s.db, sql, -1, &stmt, NULL);
    while (rc == SQLITE_OK && v->ncolumns < 32 && sqlite3_step(stmt) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        sqlite3_str_appendf(declared, "%s%w %s", v->ncolumns > 0 ? ", " : "", name,
                            sqlite3_column_text(stmt, 1));
        v->columns[v->ncolumns++] = sqlite3_mprintf("%s", name);
    }
    sqlite3_finalize(stmt);
    sqlite3_free(sql);
    store_segment_close(&s);
    return rc;
}

static int view_free(sqlite3_vtab *table)
{
    struct view *v = (struct view *)table;
    for (int i = 0; i < v->ncolumns; i++)
        sqlite3_free(v->columns[i]);
    sqlite3_free(v->name);
    sqlite3_free(v);
    return SQLITE_OK;
}

/* create virtual table NAME using segments(NAME) */
static int view_connect(sqlite3 *db, void *query, int argc, const char *const *argv, sqlite3_vtab **out,
                        char **error)
{
    struct view *v = sqlite3_malloc64(sizeof *v);
    sqlite3_str *declared = sqlite3_str_new(db);
    (void)argc, (void)error;
    if (v == NULL) {
        sqlite3_free(sqlite3_str_finish(declared));
        return SQLITE_NOMEM;
    }
    memset(v, 0, sizeof *v);
    v->query = query;
    v->name = sqlite3_mprintf("%s", argv[3]);
    sqlite3_str_appendall(declared, "create table t (");
    int rc = v->name != NULL ? read_columns(v, declared) : SQLITE_NOMEM;
    sqlite3_str_appendall(declared, ")");
    char *sql = sqlite3_str_finish(declared);
    if (rc == SQLITE_OK)
        rc = sql != NULL ? sqlite3_declare_vtab(db, sql) : SQLITE_NOMEM;
    sqlite3_free(sql);
    v->by_seq = v->ncolumns > 0 && strcmp(v->columns[0], "seq") == 0;
    v->keyed = v->name != NULL && strcmp(v->name, "seen_again") != 0;
    if (rc != SQLITE_OK)
        view_free(&v->base);
    else
        *out = &v->base;
    return rc;
}

/* --- planning ------------------------------------------------------------------------------------------- */

#define BACKWARDS 1 /* idxNum */

/* What is asked of the first column, an operator a letter: = < > [ (at most) ] (at least). Where it may not
 * be unique nothing is offered: SQLite would make use of it for one side of an OR, and leave out, as seen
 * already, rows that have the rowid of another. */
static char letter_of(const struct view *v, const struct sqlite3_index_constraint *c)
{
    if (!v->keyed || !c->usable || c->iColumn > 0)
        return '\0';
    switch (c->op) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
        return '=';
    case SQLITE_INDEX_CONSTRAINT_LT:
        return '<';
    case SQLITE_INDEX_CONSTRAINT_GT:
        return '>';
    case SQLITE_INDEX_CONSTRAINT_LE:
        return '[';
    case SQLITE_INDEX_CONSTRAINT_GE:
        return ']';
    default:
        return '\0';
    }
}

/* idxStr: the letters, a blank, then 0 or 1 for each column that is used. */
static int view_plan(sqlite3_vtab *table, sqlite3_index_info *info)
{
    const struct view *v = (const struct view *)table;
    sqlite3_str *plan = sqlite3_str_new(NULL);
    int n = 0;
    for (int i = 0; i < info->nConstraint; i++) {
        char letter = letter_of(v, &info->aConstraint[i]);
        if (letter == '\0')
            continue;
        info->aConstraintUsage[i].argvIndex = ++n; // and SQLite looks once more
        sqlite3_str_appendchar(plan, 1, letter);
    }
    sqlite3_str_appendchar(plan, 1, ' ');
    for (int i = 0; i < v->ncolumns; i++)
        sqlite3_str_appendchar(plan, 1, info->colUsed >> i & 1 ? '1' : '0');
    if (info->nOrderBy == 1 && info->aOrderBy[0].iColumn <= 0) {
        info->orderByConsumed = 1;
        info->idxNum = info->aOrderBy[0].desc ? BACKWARDS : 0;
    }
    info->estimatedCost = n > 0 ? 1000 : 1e6;
    info->idxStr = sqlite3_str_finish(plan);
    info->needToFreeIdxStr = 1;
    return info->idxStr != NULL ? SQLITE_OK : SQLITE_NOMEM;
}

/* --- walking -------------------------------------------------------------------------------------------- */

static int walk_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    struct walk *w = sqlite3_malloc64(sizeof *w);
    (void)table;
    if (w == NULL)
        return SQLITE_NOMEM;
    memset(w, 0, sizeof *w);
    *out = &w->base;
    return SQLITE_OK;
}

static void let_go(struct walk *w)
{
    sqlite3_finalize(w->rows);
    w->rows = NULL;
    store_segment_close(&w->segment);
}

static int walk_close(sqlite3_vtab_cursor *cursor)
{
    struct walk *w = (struct walk *)cursor;
    let_go(w);
    sqlite3_free(w->sql);
    sqlite3_free(w);
    return SQLITE_OK;
}

static const struct view *view_of(const struct walk *w)
{
    return (const struct view *)w->base.pVtab;
}

/* The segment has none of it. */
static bool passed_over(const struct walk *w, const struct store_part *part)
{
    return part->state == PART_IDS ||
           (view_of(w)->by_seq &&
            ((int64_t)part->first > w->high || (part->state == PART_SEALED && (int64_t)part->last < w->low)));
}

static int fail(struct walk *w, const char *words)
{
    sqlite3_free(w->base.pVtab->zErrMsg);
    w->base.pVtab->zErrMsg = sqlite3_mprintf("%s", words);
    return SQLITE_ERROR;
}

/* Retention took it away since the catalogue was read. */
static bool is_gone(const struct walk *w, uint64_t n)
{
    struct store_catalogue now;
    const char *directory = view_of(w)->query->directory;
    const struct store_part *part = NULL;
    bool known = store_catalogue_open(&now, directory, false, NULL) == FATE_DONE;
    if (known)
        part = store_catalogue_part(&now, n);
    bool gone = known && (part == NULL || part->state == PART_IDS);
    store_catalogue_close(&now);
    return gone;
}

/* Without rows if it is gone. */
static int begin_segment(struct walk *w, const struct store_part *part)
{
    struct err e = {""};
    if (store_segment_open(&w->segment, view_of(w)->query->directory, part->n, ".db", &e) != FATE_DONE)
        return is_gone(w, part->n) ? SQLITE_OK : fail(w, e.text);
    int rc = sqlite3_prepare_v2(w->segment.db, w->sql, -1, &w->rows, NULL);
    if (rc != SQLITE_OK)
        return fail(w, sqlite3_errmsg(w->segment.db));
    sqlite3_bind_int64(w->rows, 1, w->low);
    sqlite3_bind_int64(w->rows, 2, w->high);
    return SQLITE_OK;
}

static int walk_next(sqlite3_vtab_cursor *cursor)
{
    struct walk *w = (struct walk *)cursor;
    const struct store_catalogue *c = &view_of(w)->query->catalogue;
    while (w->rows == NULL || sqlite3_step(w->rows) != SQLITE_ROW) {
        if (w->rows != NULL && sqlite3_errcode(w->segment.db) != SQLITE_DONE)
            return fail(w, sqlite3_errmsg(w->segment.db));
        let_go(w);
        while (w->at < c->n && passed_over(w, &c->parts[w->backwards ? c->n - 1 - w->at : w->at]))
            w->at++;
        if (w->at == c->n) {
            w->end = true;
            return SQLITE_OK;
        }
        int rc = begin_segment(w, &c->parts[w->backwards ? c->n - 1 - w->at : w->at]);
        if (rc != SQLITE_OK)
            return rc;
        w->at++;
    }
    return SQLITE_OK;
}

static void narrow(struct walk *w, char letter, sqlite3_value *value)
{
    if (sqlite3_value_type(value) != SQLITE_INTEGER)
        return; // whatever it means, SQLite looks itself
    int64_t n = sqlite3_value_int64(value);
    if ((letter == '=' || letter == ']' || letter == '>') && n > w->low)
        w->low = n;
    if ((letter == '=' || letter == '[' || letter == '<') && n < w->high)
        w->high = n;
}

static int walk_filter(sqlite3_vtab_cursor *cursor, int plan, const char *letters, int argc,
                       sqlite3_value **argv)
{
    struct walk *w = (struct walk *)cursor;
    const struct view *v = view_of(w);
    const char *used = strchr(letters, ' ') + 1;
    sqlite3_str *sql = sqlite3_str_new(NULL);
    let_go(w);
    w->low = INT64_MIN;
    w->high = INT64_MAX;
    w->backwards = plan & BACKWARDS;
    w->at = 0;
    w->end = false;
    for (int i = 0; i < argc; i++)
        narrow(w, letters[i], argv[i]);
    sqlite3_str_appendf(sql, "select \"%w\"", v->columns[0]);
    for (int i = 1; i < v->ncolumns; i++)
        sqlite3_str_appendf(sql, used[i] == '1' ? ", \"%w\"" : ", null", v->columns[i]);
    sqlite3_str_appendf(sql, " from \"%w\" where \"%w\" between ?1 and ?2 order by 1%s", v->name,
                        v->columns[0], w->backwards ? " desc" : "");
    sqlite3_free(w->sql);
    w->sql = sqlite3_str_finish(sql);
    return w->sql != NULL ? walk_next(cursor) : SQLITE_NOMEM;
}

static int walk_end(sqlite3_vtab_cursor *cursor)
{
    return ((struct walk *)cursor)->end;
}

static int walk_column(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int column)
{
    sqlite3_result_value(out, sqlite3_column_value(((struct walk *)cursor)->rows, column));
    return SQLITE_OK;
}

static int walk_number(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
    *out = sqlite3_column_int64(((struct walk *)cursor)->rows, 0);
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .iVersion = 1,
    .xCreate = view_connect,
    .xConnect = view_connect,
    .xBestIndex = view_plan,
    .xDisconnect = view_free,
    .xDestroy = view_free,
    .xOpen = walk_open,
    .xClose = walk_close,
    .xFilter = walk_filter,
    .xNext = walk_next,
    .xEof = walk_end,
    .xColumn = walk_column,
    .xRowid = walk_number,
};

/* --- queries -------------------------------------------------------------------------------------------- */

static int allow(void *unused, int action, const char *a, const char *b, const char *c, const char *d)
{
    (void)unused, (void)a, (void)b, (void)c, (void)d;
    return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION ||
                   action == SQLITE_RECURSIVE
               ? SQLITE_OK
               : SQLITE_DENY;
}

static bool make_tables(struct store_query *q, struct err *e)
{
    int rc = sqlite3_open(":memory:", &q->db);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_module(q->db, "segments", &module, q);
    for (size_t i = 0; i < sizeof views / sizeof *views && rc == SQLITE_OK; i++) {
        char *sql = sqlite3_mprintf("create virtual table %s using segments(%s)", views[i], views[i]);
        rc = sql != NULL ? sqlite3_exec(q->db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
        sqlite3_free(sql);
    }
    sqlite3_set_authorizer(q->db, allow, NULL);
    return rc == SQLITE_OK || err_set(e, "store: %s", sqlite3_errmsg(q->db));
}

struct store_query *store_query_open(const char *directory, struct err *e)
{
    struct store_query *q = calloc(1, sizeof *q);
    if (q == NULL || (q->directory = strdup(directory)) == NULL) {
        err_set(e, "store: out of memory");
        store_query_close(q);
        return NULL;
    }
    bool good = store_catalogue_open(&q->catalogue, directory, false, e) == FATE_DONE;
    if (good && q->catalogue.n == 0)
        good = err_set(e, "store: %s is empty: no newswired has opened it yet", directory);
    if (good && make_tables(q, e))
        return q;
    store_query_close(q);
    return NULL;
}

void store_query_close(struct store_query *q)
{
    if (q == NULL)
        return;
    sqlite3_finalize(q->stmt);
    sqlite3_close(q->db);
    store_catalogue_close(&q->catalogue);
    free(q->directory);
    free(q);
}

/* Only blanks, comments and semicolons are left. */
static bool is_over(sqlite3 *db, const char *rest)
{
    sqlite3_stmt *more = NULL;
    rest += strspn(rest, "; \t\r\n");
    bool over = sqlite3_prepare_v2(db, rest, -1, &more, NULL) == SQLITE_OK && more == NULL;
    sqlite3_finalize(more);
    return over;
}

/* The same rows as objects, made by SQLite. n: bytes of the statement. */
static char *as_json(sqlite3_stmt *stmt, const char *sql, int n)
{
    sqlite3_str *out = sqlite3_str_new(NULL);
    int columns = sqlite3_column_count(stmt);
    sqlite3_str_appendall(out, "with q(");
    for (int i = 0; i < columns; i++)
        sqlite3_str_appendf(out, "%sc%d", i > 0 ? ", " : "", i);
    sqlite3_str_appendf(out, ") as (%.*s\n) select json_object(", n, sql);
    for (int i = 0; i < columns; i++)
        sqlite3_str_appendf(out, "%s%Q, c%d", i > 0 ? ", " : "", sqlite3_column_name(stmt, i), i);
    sqlite3_str_appendall(out, ") from q");
    return sqlite3_str_finish(out);
}

bool store_query_begin(struct store_query *q, const char *sql, bool json, struct err *e)
{
    const char *rest = sql;
    sqlite3_finalize(q->stmt);
    q->stmt = NULL;
    if (sqlite3_prepare_v2(q->db, sql, -1, &q->stmt, &rest) != SQLITE_OK)
        return err_set(e, "%s", sqlite3_errmsg(q->db));
    if (q->stmt == NULL || sqlite3_column_count(q->stmt) == 0)
        return err_set(e, "there is nothing to answer in it");
    if (!is_over(q->db, rest))
        return err_set(e, "one statement at a time");
    if (!json)
        return true;
    int n = (int)(rest - sql);
    while (n > 0 && strchr("; \t\r\n", sql[n - 1]) != NULL)
        n--;
    char *wrapped = as_json(q->stmt, sql, n);
    sqlite3_finalize(q->stmt);
    q->stmt = NULL;
    bool good = wrapped != NULL && sqlite3_prepare_v2(q->db, wrapped, -1, &q->stmt, NULL) == SQLITE_OK;
    sqlite3_free(wrapped);
    return good || err_set(e, "%s", sqlite3_errmsg(q->db));
}

bool store_query_row(struct store_query *q, bool *failed, struct err *e)
{
    int rc = sqlite3_step(q->stmt);
    *failed = rc != SQLITE_ROW && rc != SQLITE_DONE;
    if (*failed)
        err_set(e, "%s", sqlite3_errmsg(q->db));
    return rc == SQLITE_ROW;
}

size_t store_query_columns(const struct store_query *q)
{
    return (size_t)sqlite3_column_count(q->stmt);
}

const char *store_query_name(const struct store_query *q, size_t column)
{
    return sqlite3_column_name(q->stmt, (int)column);
}

const char *store_query_text(struct store_query *q, size_t column, size_t *n)
{
    const char *text = (const char *)sqlite3_column_text(q->stmt, (int)column);
    *n = (size_t)sqlite3_column_bytes(q->stmt, (int)column);
    return text;
}
