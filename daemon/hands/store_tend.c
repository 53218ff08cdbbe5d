// SPDX-License-Identifier: MIT
/* store_tend: see store_tend.h. */
#include "daemon/hands/store_tend.h"

#include "daemon/base/log.h"
#include "daemon/hands/bell.h"
#include "daemon/hands/store_segment.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct store_tender {
    pthread_t thread;
    int bell;
    atomic_bool stop;
    _Atomic uint64_t open;    /* written by the store */
    _Atomic uint64_t settled; /* written by the thread: no segment before this one has a log */
    char *directory;
    sqlite3 *db;  /* the open segment, as the thread last knew it */
    uint64_t at;  /* its number */
    bool failing; /* said once */
};

/* Closing is to change nothing. */
static void keep_log(sqlite3 *db)
{
    sql_keep_log(db);
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

static sqlite3 *open_segment(const struct store_tender *t, uint64_t n)
{
    char path[SEGMENT_PATH];
    enum fate fate;
    sqlite3 *db = store_segment_path(path, t->directory, n, ".db")
                      ? sql_open(path, SQLITE_OPEN_READWRITE, &fate, NULL)
                      : NULL;
    int64_t version;
    // A connection that has not read yet does not know that there is a log, and checkpoints nothing.
    if (db != NULL && sql_number(db, "version", &version, NULL) != FATE_DONE) {
        sql_close(db);
        db = NULL;
    }
    if (db != NULL) // whoever is in the way is met again at the next bell
        sqlite3_busy_timeout(db, 0);
    return db;
}

static void let_go(struct store_tender *t)
{
    sql_close(t->db);
    t->db = NULL;
}

/* Out of the log and without one: only when nobody else has it open. Else the log is emptied, if nobody is
 * amid reading it. True: it is done for good. Not only where there is a log: a crash between taking it away
 * and saying so in the file leaves a file that asks for one. */
static bool settle(struct store_tender *t, uint64_t n)
{
    if (!store_segment_there(t->directory, n, ".db"))
        return true;
    sqlite3 *db = open_segment(t, n);
    if (db == NULL)
        return false;
    bool alone = sqlite3_exec(db, "pragma journal_mode = delete", NULL, NULL, NULL) == SQLITE_OK &&
                 !store_segment_there(t->directory, n, ".db-wal");
    if (!alone) {
        keep_log(db);
        sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    sql_close(db);
    return alone;
}

static void settle_sealed(struct store_tender *t, uint64_t open)
{
    uint64_t done = atomic_load(&t->settled);
    if (t->at != open)
        let_go(t);
    for (uint64_t n = done; n < open && !atomic_load(&t->stop); n++)
        if (settle(t, n) && n == done)
            atomic_store(&t->settled, ++done);
}

static void checkpoint(struct store_tender *t, uint64_t open)
{
    if (t->db == NULL) {
        t->db = open_segment(t, open);
        t->at = open;
        if (t->db != NULL)
            keep_log(t->db);
    }
    int rc = t->db != NULL ? sqlite3_wal_checkpoint_v2(t->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL)
                           : SQLITE_CANTOPEN;
    bool failed = rc != SQLITE_OK && rc != SQLITE_BUSY && rc != SQLITE_LOCKED;
    if (failed && !t->failing)
        log_at(LOG_WARN, "store", "the log cannot be moved into its segment, and grows",
               "segment=%llu why=%s", (unsigned long long)open, sqlite3_errstr(rc));
    t->failing = failed;
}

static void *tend(void *arg)
{
    struct store_tender *t = arg;
    struct pollfd wait = {.fd = t->bell, .events = POLLIN};
    while (poll(&wait, 1, -1) >= 0 || errno == EINTR) {
        bell_hush(t->bell);
        if (atomic_load(&t->stop))
            break;
        uint64_t open = atomic_load(&t->open);
        settle_sealed(t, open);
        checkpoint(t, open);
    }
    let_go(t);
    return NULL;
}

/* Signals are for the main thread. */
static int spawn(struct store_tender *t)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int rc = pthread_create(&t->thread, NULL, tend, t);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc == 0)
        pthread_setname_np(t->thread, "store");
    return rc;
}

struct store_tender *store_tend_start(const char *directory, uint64_t first, uint64_t open, struct err *e)
{
    struct store_tender *t = calloc(1, sizeof *t);
    char *copy = strdup(directory);
    if (t == NULL || copy == NULL) {
        err_set(e, "store: out of memory");
        free(copy);
        free(t);
        return NULL;
    }
    t->directory = copy;
    atomic_init(&t->open, open);
    atomic_init(&t->settled, first);
    t->bell = bell_new(e);
    int rc = t->bell >= 0 ? spawn(t) : 0;
    if (t->bell >= 0 && rc == 0)
        return t;
    if (rc != 0) {
        errno = rc;
        err_sys(e, "store: thread");
        bell_free(t->bell);
    }
    free(t->directory);
    free(t);
    return NULL;
}

void store_tend_ring(struct store_tender *t, uint64_t open)
{
    atomic_store(&t->open, open);
    bell_ring(t->bell);
}

bool store_tend_behind(const struct store_tender *t)
{
    return atomic_load(&t->settled) < atomic_load(&t->open);
}

void store_tend_stop(struct store_tender *t)
{
    if (t == NULL)
        return;
    atomic_store(&t->stop, true);
    bell_ring(t->bell);
    pthread_join(t->thread, NULL);
    bell_free(t->bell);
    free(t->directory);
    free(t);
}
