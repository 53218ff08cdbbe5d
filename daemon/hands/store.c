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

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define TIDY_PAGES 256 /* 4 MB more in the log: worth moving when there is nothing else to do */

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

/* --- epoch and mark ------------------------------------------------------------------------------------- */

#define MARK_FORMAT "newswire-mark 1 %016" PRIx64 " %020" PRIu64 "\n"
#define MARK_SIZE (16 + 16 + 1 + 20 + 1) /* of always the same length: it is written over itself */

void store_mark(struct store *s)
{
    char text[MARK_SIZE + 1];
    if (s->mark < 0)
        return;
    snprintf(text, sizeof text, MARK_FORMAT, s->head.epoch, s->head.seq);
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
           // Of a new store nothing was given out yet.
           (epoch == s->head.epoch ? head > s->head.seq : s->head.seq > 0);
}

/* A new epoch into the head's row. */
static enum fate renew(struct store *s, struct err *e)
{
    const char *const name = "renew";
    struct sql q;
    uint64_t epoch = store_random_epoch();
    if (epoch == 0) {
        err_sys(e, "store: renew: no random numbers");
        return FATE_RETRY;
    }
    enum fate fate = sql_prepare(s->db, &q, &name, 1, e);
    if (fate == FATE_DONE) {
        sql_int(&q, 1, (int64_t)epoch);
        sql_int(&q, 2, store_now());
        fate = sql_run(&q, e);
    }
    sql_finalize(&q, 1);
    return fate == FATE_DONE ? store_segment_head(&s->reads, &s->head, e) : fate;
}

/* The mark can be missing, unreadable or a stranger's: then nothing is known, and it is written anew. */
static enum fate open_mark(struct store *s, const char *path, struct err *e)
{
    enum fate fate = FATE_DONE;
    s->mark = path != NULL ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640) : -1;
    if (path != NULL && s->mark < 0)
        log_at(LOG_WARN, "store", "no mark: a restored copy may go unnoticed", "file=%s why=%s", path,
               strerror(errno));
    s->restored = unlike_mark(s);
    if (s->restored)
        fate = renew(s, e);
    if (fate == FATE_DONE)
        store_mark(s);
    return fate;
}

/* --- opening -------------------------------------------------------------------------------------------- */

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool stat_files(const struct store *s, struct stat *catalogue, struct stat *segment)
{
    char path[SEGMENT_PATH];
    snprintf(path, sizeof path, "%s/newswire.db", s->directory);
    return stat(path, catalogue) == 0 && store_segment_path(path, s->directory, s->head.segment, ".db") &&
           stat(path, segment) == 0;
}

bool store_there(const struct store *s)
{
    struct stat catalogue, segment;
    return stat_files(s, &catalogue, &segment) && same_file(&catalogue, &s->catalogue_id) &&
           same_file(&segment, &s->segment_id);
}

/* Bytes on disk of one file and its log. By name, never by opening it: closing a second descriptor would drop
 * SQLite's locks. */
static uint64_t bytes_of(const char *directory, const char *name)
{
    char path[SEGMENT_PATH];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return stat(path, &st) == 0 ? (uint64_t)st.st_blocks * 512 : 0;
}

static uint64_t open_bytes(const struct store *s)
{
    uint64_t bytes = 0;
    char name[64];
    for (const char *const *end = (const char *const[]){".db", ".db-wal", ".db-shm", NULL}; *end != NULL;
         end++) {
        snprintf(name, sizeof name, "segment-%08llu%s", (unsigned long long)s->head.segment, *end);
        bytes += bytes_of(s->directory, name);
    }
    return bytes;
}

void store_measure(struct store *s)
{
    struct dirent *entry;
    DIR *dir = opendir(s->directory);
    uint64_t all = 0, open = open_bytes(s);
    while (dir != NULL && (entry = readdir(dir)) != NULL)
        all += bytes_of(s->directory, entry->d_name);
    if (dir != NULL)
        closedir(dir);
    s->sealed_bytes = all > open ? all - open : 0;
}

bool store_opened(struct store *s)
{
    if (s->tender != NULL)
        store_tend_ring(s->tender, s->head.segment);
    store_measure(s);
    s->settling = true;
    return stat_files(s, &s->catalogue_id, &s->segment_id);
}

static enum fate open_files(struct store *s, struct err *e)
{
    enum fate fate = store_catalogue_open(&s->catalogue, s->directory, true, e);
    if (fate == FATE_DONE)
        fate = store_open_newest(s, e);
    if (fate == FATE_DONE && !store_opened(s)) {
        err_sys(e, "store: %s", s->directory);
        fate = FATE_RETRY;
    }
    return fate;
}

static enum fate open_all(struct store *s, const char *directory, const char *mark, struct err *e)
{
    s->directory = strdup(directory);
    s->sealed.directory = s->directory;
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
        fate = open_files(s, e);
    if (fate == FATE_DONE)
        fate = open_mark(s, mark, e);
    if (fate != FATE_DONE)
        return fate;
    s->tender = store_tend_start(directory, s->catalogue.parts[0].n, s->head.segment, e);
    return s->tender != NULL ? FATE_DONE : FATE_RETRY;
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
    store_tend_stop(s->tender);
    // Now there is time for it: who copies the store away finds all in one file.
    if (s->db != NULL)
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    store_close_segment(s);
    store_sealed_close(&s->sealed);
    store_catalogue_close(&s->catalogue);
    store_index_free(&s->index);
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
    return s->head.epoch;
}

uint64_t store_head(const struct store *s)
{
    return s->head.seq;
}

bool store_was_restored(const struct store *s)
{
    return s->restored;
}

void store_sizes(const struct store *s, uint64_t *bytes, uint64_t *free_bytes)
{
    struct statvfs fs;
    *bytes = s->sealed_bytes + open_bytes(s);
    *free_bytes = statvfs(s->directory, &fs) == 0 ? (uint64_t)fs.f_bavail * fs.f_frsize : 0;
}

void store_tidy(struct store *s)
{
    if (s->settling && !store_tend_behind(s->tender)) {
        store_measure(s);
        s->settling = false;
    }
    if (s->wal_pages - s->rung_pages < TIDY_PAGES && !store_tend_behind(s->tender))
        return;
    s->rung_pages = s->wal_pages;
    store_tend_ring(s->tender, s->head.segment);
}
