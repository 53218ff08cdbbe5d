// SPDX-License-Identifier: MIT
/* store: opening, and all that must be known before the first file is taken in: that nobody else writes here,
 * that this is a store of ours and not damaged, and that it is not an older copy of what clients have seen
 * already.
 *
 * Refuses to mend: a store of another version or a damaged one is left exactly as it was found. Invariant:
 * the mark is written after the commit it speaks of, so that it is never ahead of the database, unless the
 * database was put back. */
#include "daemon/hands/store.h"

#include "daemon/base/log.h"
#include "daemon/hands/store_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define TIDY_PAGES 256 /* 4 MB in the log: worth moving when there is nothing else to do */

static const char *const names[W_COUNT] = {
    [W_BEGIN] = "begin", [W_COMMIT] = "commit", [W_ROLLBACK] = "rollback",
    [W_SAVEPOINT] = "savepoint", [W_RELEASE] = "release", [W_ROLLBACK_TO] = "rollback_to",
    [W_HEAD] = "head", [W_SET_HEAD] = "set_head",
    [W_FIND_CLAIM] = "find_claim", [W_PUT_FILE] = "put_file", [W_END_FILE] = "end_file",
    [W_FIND_REPEAT] = "find_repeat", [W_SEE_FILE] = "see_file",
    [W_FIND_DISPATCH] = "find_dispatch", [W_SEE_DISPATCH] = "see_dispatch", [W_PUT_DISPATCH] = "put_dispatch",
    [W_PUT_RECORD] = "put_record", [W_PUT_AGAIN] = "put_again", [W_NEWEST] = "newest",
    [W_SET_RECORD] = "set_record",
    [W_FIND_TOPIC] = "find_topic", [W_PUT_TOPIC] = "put_topic", [W_PUT_RECORD_TOPIC] = "put_record_topic",
    [W_COUNT_TOPIC] = "count_topic",
    [W_PRUNE_UPTO] = "prune_upto", [W_PRUNE_TOPICS] = "prune_topics",
    [W_PRUNE_RECORD_TOPIC] = "prune_record_topic", [W_UNCOUNT_TOPIC] = "uncount_topic",
    [W_PRUNE_BLOBS] = "prune_blobs", [W_PRUNE_RECORDS] = "prune_records",
    [W_SET_OLDEST] = "set_oldest", [W_FORGET_FIRST] = "forget_first", [W_FORGET] = "forget",
};

/* --- the directory and its lock ------------------------------------------------------------------------- */

static int open_below(const char *directory, const char *name, int flags)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return open(path, flags | O_CLOEXEC, 0640);
}

/* An open file description lock dies with the process, however it dies, and survives a fork that closes its
 * copy. */
static enum fate take_lock(struct store *s, struct err *e)
{
    s->lock = open_below(s->directory, ".lock", O_RDWR | O_CREAT);
    if (s->lock < 0) {
        err_sys(e, "store: %s/.lock", s->directory);
        return FATE_RETRY;
    }
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(s->lock, F_OFD_SETLK, &whole) == 0) {
        // Only for the words below: an old pid, or none, does no harm.
        char pid[24];
        int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
        if (ftruncate(s->lock, 0) != 0 || pwrite(s->lock, pid, (size_t)n, 0) != n)
            log_at(LOG_WARN, "store", "pid not written", "file=%s why=%s", ".lock", strerror(errno));
        return FATE_DONE;
    }
    if (errno != EAGAIN && errno != EACCES) {
        err_sys(e, "store: %s/.lock", s->directory);
        return FATE_RETRY;
    }
    char pid[24] = "";
    ssize_t n = pread(s->lock, pid, sizeof pid - 1, 0);
    pid[n > 0 ? strcspn(pid, "\n") : 0] = '\0';
    err_set(e, "store: another newswired (pid %s) holds %s", pid[0] != '\0' ? pid : "unknown", s->directory);
    return FATE_BAD;
}

/* The log and its index get the mode of the database: group readable, whatever the umask, for other people's
 * SQL. */
static enum fate make_files(struct store *s, struct err *e)
{
    int fd = open_below(s->directory, "newswire.db", O_RDWR | O_CREAT | O_EXCL);
    bool good = fd >= 0 ? fchmod(fd, 0640) == 0 : errno == EEXIST;
    if (!good)
        err_sys(e, "store: %s/newswire.db", s->directory);
    if (fd >= 0)
        close(fd);
    return good ? FATE_DONE : FATE_RETRY;
}

/* --- epoch and mark ------------------------------------------------------------------------------------- */

/* 0 only when the kernel has no random numbers yet. */
static uint64_t random_epoch(void)
{
    uint64_t epoch = 0;
    while (epoch == 0)
        if (getrandom(&epoch, sizeof epoch, 0) != sizeof epoch && errno != EINTR)
            return 0;
    return epoch;
}

#define MARK_FORMAT "newswire-mark 1 %016" PRIx64 " %020" PRIu64 "\n"
#define MARK_SIZE (16 + 16 + 1 + 20 + 1) /* of always the same length: it is written over itself */

void store_mark(struct store *s)
{
    char text[MARK_SIZE + 1];
    if (s->mark < 0)
        return;
    snprintf(text, sizeof text, MARK_FORMAT, s->epoch, s->head);
    // No fsync: after a power cut it may be behind, which says nothing wrong.
    if (pwrite(s->mark, text, MARK_SIZE, 0) == MARK_SIZE)
        return;
    log_at(LOG_WARN, "store", "mark not written: a restored copy may go unnoticed", "why=%s",
           strerror(errno));
    close(s->mark);
    s->mark = -1;
}

/* Whether the mark remembers more than the database does, or another one: then this one was put back. */
static bool unlike_mark(const struct store *s)
{
    char text[MARK_SIZE + 1] = "";
    uint64_t epoch, head;
    if (s->mark < 0 || pread(s->mark, text, MARK_SIZE, 0) != MARK_SIZE)
        return false;
    return sscanf(text, "newswire-mark 1 %16" SCNx64 " %20" SCNu64, &epoch, &head) == 2 &&
           (epoch == s->epoch ? head > s->head : s->head > 0); // of a new store nothing was given out yet
}

/* A random epoch into the head's row, by the statement `name`: "put_head" or "renew". */
static enum fate give_epoch(struct store *s, const char *name, struct err *e)
{
    struct sql give;
    uint64_t epoch = random_epoch();
    if (epoch == 0) {
        err_sys(e, "store: %s: no random numbers", name);
        return FATE_RETRY;
    }
    enum fate fate = sql_prepare(s->db, &give, &name, 1, e);
    if (fate == FATE_DONE) {
        sql_int(&give, 1, (int64_t)epoch);
        sql_int(&give, 2, store_now());
        fate = sql_run(&give, e);
    }
    sql_finalize(&give, 1);
    if (fate == FATE_DONE)
        s->epoch = epoch;
    return fate;
}

/* --- opening -------------------------------------------------------------------------------------------- */

/* All or nothing: a crash in between leaves an empty file, and the next start begins again. */
static enum fate create(struct store *s, struct err *e)
{
    enum fate fate = sql_script(s->db, "begin", e);
    if (fate == FATE_DONE)
        fate = sql_script(s->db, "schema", e);
    if (fate == FATE_DONE)
        fate = give_epoch(s, "put_head", e);
    if (fate == FATE_DONE)
        fate = sql_script(s->db, "commit", e);
    if (fate != FATE_DONE && !sqlite3_get_autocommit(s->db))
        sql_script(s->db, "rollback", NULL);
    return fate;
}

static enum fate check_journal(struct store *s, struct err *e)
{
    const char *const name = "journal_mode";
    struct sql mode;
    bool row = false;
    enum fate fate = sql_prepare(s->db, &mode, &name, 1, e);
    if (fate == FATE_DONE)
        fate = sql_row(&mode, &row, e);
    const char *text = row ? (const char *)sqlite3_column_text(mode.stmt, 0) : NULL;
    if (fate == FATE_DONE && (text == NULL || strcmp(text, "wal") != 0)) {
        err_set(e, "store: the file system of %s has no shared memory for a write-ahead log: "
                "put the store on a local disk", s->directory);
        fate = FATE_STOP;
    }
    sql_finalize(&mode, 1);
    return fate;
}

/* Reads the head, and compares it with the records. */
static enum fate check_sane(struct store *s, struct err *e)
{
    const char *const name = "sane";
    struct sql sane;
    bool row = false;
    enum fate fate = sql_prepare(s->db, &sane, &name, 1, e);
    if (fate == FATE_DONE)
        fate = sql_row(&sane, &row, e);
    if (fate == FATE_DONE && !row)
        fate = sql_damaged(e, "it has no head");
    if (fate == FATE_DONE) {
        int64_t seq = sqlite3_column_int64(sane.stmt, 0), oldest = sqlite3_column_int64(sane.stmt, 1);
        bool none = sqlite3_column_type(sane.stmt, 2) == SQLITE_NULL;
        int64_t first = none ? seq + 1 : sqlite3_column_int64(sane.stmt, 2);
        int64_t last = none ? seq : sqlite3_column_int64(sane.stmt, 3);
        if (seq < 0 || first != oldest || last != seq)
            fate = sql_damaged(e, "its head says %lld to %lld, its records are %lld to %lld",
                               (long long)oldest, (long long)seq, (long long)first, (long long)last);
    }
    sql_finalize(&sane, 1);
    return fate;
}

static int on_commit(void *store, sqlite3 *db, const char *name, int pages)
{
    (void)db, (void)name;
    ((struct store *)store)->wal_pages = pages;
    return SQLITE_OK;
}

static bool stat_database(const struct store *s, struct stat *st)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/newswire.db", s->directory);
    return stat(path, st) == 0;
}

bool store_there(const struct store *s)
{
    struct stat now;
    return stat_database(s, &now) && now.st_dev == s->file_id.st_dev && now.st_ino == s->file_id.st_ino;
}

static enum fate open_database(struct store *s, struct err *e)
{
    enum fate fate = FATE_DONE;
    bool empty;
    s->db = sql_open(s->directory, SQLITE_OPEN_READWRITE, &fate, e);
    if (s->db == NULL)
        return fate;
    fate = sql_recognise(s->db, s->directory, &empty, e);
    if (fate == FATE_DONE)
        fate = sql_script(s->db, "pragmas", e);
    if (fate == FATE_DONE)
        fate = check_journal(s, e);
    if (fate == FATE_DONE && empty)
        fate = create(s, e);
    if (fate == FATE_DONE)
        fate = check_sane(s, e);
    if (fate == FATE_DONE)
        fate = sql_prepare(s->db, s->sql, names, W_COUNT, e);
    if (fate != FATE_DONE)
        return fate;

    if (!stat_database(s, &s->file_id)) {
        err_sys(e, "store: %s/newswire.db", s->directory);
        return FATE_RETRY;
    }
    // So that mode=ro readers, who cannot make these files, find them with the daemon down too.
    int on = 1;
    sqlite3_file_control(s->db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
    sqlite3_wal_hook(s->db, on_commit, s);
    return FATE_DONE;
}

/* The mark can be missing, unreadable or a stranger's: then nothing is known, and it is written anew. */
static enum fate open_mark(struct store *s, const char *path, struct err *e)
{
    enum fate fate = store_transaction(s, e);
    if (fate != FATE_DONE)
        return fate;
    s->head = s->next.seq;
    store_transaction_drop(s);

    s->mark = path != NULL ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640) : -1;
    if (path != NULL && s->mark < 0)
        log_at(LOG_WARN, "store", "no mark: a restored copy may go unnoticed", "file=%s why=%s", path,
               strerror(errno));
    s->restored = unlike_mark(s);
    if (s->restored)
        fate = give_epoch(s, "renew", e);
    if (fate == FATE_DONE)
        store_mark(s);
    return fate;
}

static enum fate open_all(struct store *s, const char *directory, const char *mark, struct err *e)
{
    s->directory = strdup(directory);
    if (s->directory == NULL) {
        err_set(e, "store: out of memory");
        return FATE_RETRY;
    }
    if (mkdir(directory, 0750) != 0 && errno != EEXIST) {
        err_sys(e, "store: %s", directory);
        return FATE_RETRY;
    }
    enum fate fate = take_lock(s, e);
    if (fate == FATE_DONE)
        fate = make_files(s, e);
    if (fate == FATE_DONE)
        fate = open_database(s, e);
    if (fate == FATE_DONE)
        fate = open_mark(s, mark, e);
    return fate;
}

struct store *store_open(const char *directory, const char *mark, enum fate *fate, struct err *e)
{
    struct store *s = calloc(1, sizeof *s);
    if (s == NULL) {
        err_set(e, "store: out of memory");
        *fate = FATE_RETRY;
        return NULL;
    }
    s->lock = s->mark = -1;
    *fate = open_all(s, directory, mark, e);
    if (*fate == FATE_DONE)
        return s;
    store_close(s);
    return NULL;
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    if (s->db != NULL && !sqlite3_get_autocommit(s->db))
        store_abort(s);
    sql_finalize(s->sql, W_COUNT);
    sql_close(s->db);
    store_topics_free(&s->topics);
    if (s->mark >= 0)
        close(s->mark);
    // Last: until now nobody else may open what was closed above.
    if (s->lock >= 0)
        close(s->lock);
    free(s->directory);
    free(s);
}

/* --- what is known of it -------------------------------------------------------------------------------- */

uint64_t store_epoch(const struct store *s)
{
    return s->epoch;
}

uint64_t store_head(const struct store *s)
{
    return s->head;
}

bool store_was_restored(const struct store *s)
{
    return s->restored;
}

void store_sizes(const struct store *s, uint64_t *bytes, uint64_t *free_bytes)
{
    char path[4096];
    struct stat st;
    struct statvfs fs;
    *bytes = 0;
    // By name, never by opening it: closing a second descriptor would drop SQLite's locks.
    for (const char *const *end = (const char *const[]){"", "-wal", "-shm", NULL}; *end != NULL; end++) {
        snprintf(path, sizeof path, "%s/newswire.db%s", s->directory, *end);
        if (stat(path, &st) == 0)
            *bytes += (uint64_t)st.st_blocks * 512;
    }
    *free_bytes = statvfs(s->directory, &fs) == 0 ? (uint64_t)fs.f_bavail * fs.f_frsize : 0;
}

void store_checkpoint(struct store *s, int pages)
{
    if (s->wal_pages <= pages)
        return;
    // A failure (a full disk) costs nothing: all is in the log, and the next call tries again.
    if (sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) == SQLITE_OK)
        s->wal_pages = 0;
}

void store_tidy(struct store *s)
{
    store_checkpoint(s, TIDY_PAGES);
}
