// SPDX-License-Identifier: MIT
/* spool_settle: the one fate of a drop file: out of work/ into archive/, rejected/ or back into incoming/.
 * Every step can be repeated after a crash and the repeat changes nothing: the reason is written first, the
 * file moves last. */
#include "daemon/hands/spool_dirs.h"

#include "daemon/base/log.h"
#include "proto/rfc3339.h"
#include "proto/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DAY_MS INT64_C(86400000)
#define PRUNE_MAX 4096 /* files per call: well under a second on any disk */

// --- the reason ------------------------------------------------------------------------------------------

/* What to type: the name if a shell and a terminal take it as it is, else the claim. */
static const char *retry_name(const char *kept, char id[17])
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+,@%=:-";
    if (kept[strspn(kept, plain)] == '\0')
        return kept;
    snprintf(id, 17, "%.16s", kept);
    return id;
}

/* For a person, so nothing in it moves a terminal. `slice`: a line on what part of the file it is, or "". */
static int write_why(int dir, const struct claim *c, const char *kept, const char *why, const char *slice,
                     bool sync)
{
    char text[4096], name[256], arrived[RFC3339_MAX], rejected[RFC3339_MAX], id[17];
    char reason[SPOOL_SHOW * 2], shown[SPOOL_SHOW * 2];
    if (snprintf(name, sizeof name, "%s.why", kept) >= (int)sizeof name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int n = snprintf(text, sizeof text,
                     "%s\n"
                     "file: %s\n"
                     "feed: %s\n"
                     "%s"
                     "arrived: %s\n"
                     "rejected: %s\n"
                     "claim: %s\n"
                     "to put it back: newswire retry %s\n",
                     utf8_show(reason, sizeof reason, why, strlen(why)),
                     utf8_show(shown, sizeof shown, c->name, strlen(c->name)), c->feed, slice,
                     rfc3339_write(arrived, c->arrival), rfc3339_write(rejected, spool_seams.now_ms()), c->id,
                     retry_name(kept, id));
    return spool_write(dir, name, text, (size_t)n, sync);
}

static bool why_is_there(int dir, const char *kept)
{
    char name[256];
    return snprintf(name, sizeof name, "%s.why", kept) < (int)sizeof name &&
           faccessat(dir, name, F_OK, 0) == 0;
}

// --- fates -----------------------------------------------------------------------------------------------

static bool there(int dir, const char *name)
{
    struct stat st;
    return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A rename out of work/ failed. Nothing is left to do when the file is where it should be, or nowhere. */
static bool move_failed(const struct claim *c, int work, const char *from, int to, const char *name,
                        const char *where, struct err *e)
{
    int why = errno;
    if (why == ENOENT && !there(work, from)) {
        if (!there(to, name))
            log_at(LOG_WARN, "spool", "a file has vanished from work/", "file=%s claim=%s", c->name, c->id);
        return true;
    }
    errno = why;
    if (why == EXDEV)
        return err_set(e, "%s is on another file system than work/: mount the whole spool directory instead",
                       where);
    return err_sys(e, "cannot be moved from work/ into %s", where);
}

static bool archive(struct spool *s, const struct claim *c, int work, const char *from, struct err *e)
{
    char day[RFC3339_MAX], kept[256], got[256];
    rfc3339_write(day, spool_seams.now_ms());
    day[10] = '\0'; // "2026-11-23"
    int top = spool_dir_make(s->base, "archive", 0750);
    int dir = top >= 0 ? spool_dir_make(top, day, 0750) : -1;
    bool fine = dir >= 0;
    spool_name_kept(kept, c);
    if (!fine)
        err_sys(e, "%s/archive/%s", s->path, day);
    else if (spool_rename_free(work, from, dir, kept, got) < 0)
        fine = move_failed(c, work, from, dir, kept, "archive/", e);
    if (dir >= 0)
        close(dir);
    if (top >= 0)
        close(top);
    return fine;
}

static bool reject(const struct claim *c, int work, const char *from, int dir, const char *why, struct err *e)
{
    char kept[256], got[256];
    bool given = why != NULL && why[0] != '\0';
    spool_name_kept(kept, c);
    if ((given || !why_is_there(dir, kept)) && there(work, from) &&
        write_why(dir, c, kept, given ? why : "no reason was recorded", "", true) < 0)
        return err_sys(e, "cannot write the reason into rejected/");
    if (spool_rename_free(work, from, dir, kept, got) < 0)
        return move_failed(c, work, from, dir, kept, "rejected/", e);
    // The file is where it belongs; without the sync a crash may bring it back into work/.
    if (fsync(dir) < 0)
        log_at(LOG_WARN, "spool", "cannot sync rejected/", "why=%s", strerror(errno));
    return true;
}

static bool put_back(struct spool *s, const struct claim *c, int work, const char *from, int dir,
                     struct err *e)
{
    char got[256];
    struct stat st;
    if (spool_rename_free(work, from, dir, c->name, got) < 0)
        return move_failed(c, work, from, dir, c->name, "incoming/", e);
    if (fstatat(dir, got, &st, AT_SYMLINK_NOFOLLOW) == 0)
        spool_look_put_back(s, &st);
    return true;
}

/* The directory of a feed that is gone is made again: the file was dropped there. */
static int open_feed(const struct spool *s, const char *feed)
{
    int dir = spool_feed_dir(s->base, feed);
    if (dir >= 0 || errno != ENOENT)
        return dir;
    int incoming = spool_dir(s->base, "incoming");
    if (incoming < 0)
        return -1;
    dir = spool_dir_make(incoming, feed, 02770);
    int why = errno;
    close(incoming);
    errno = why;
    return dir;
}

static bool settle_from(struct spool *s, const struct claim *c, int work, enum fate fate, const char *why,
                        struct err *e)
{
    char from[256];
    spool_name_work(from, c);
    if (fate == FATE_DONE && s->conf->spool.after == CONF_DELETE)
        return unlinkat(work, from, 0) == 0 || errno == ENOENT || err_sys(e, "cannot be deleted from work/");
    if (fate == FATE_DONE)
        return archive(s, c, work, from, e);
    int to = fate == FATE_BAD ? spool_dir_make(s->base, "rejected", 0770) : open_feed(s, c->feed);
    if (to < 0)
        return err_sys(e, "%s/%s", s->path, fate == FATE_BAD ? "rejected" : "incoming");
    bool fine = fate == FATE_BAD ? reject(c, work, from, to, why, e) : put_back(s, c, work, from, to, e);
    close(to);
    return fine;
}

bool spool_settle(struct spool *s, const struct claim *c, enum fate fate, const char *why, struct err *e)
{
    int work = spool_dir(s->base, "work");
    if (work < 0 && errno == ENOENT)
        work = spool_dir_make(s->base, "work", 0750);
    if (work < 0)
        return err_sys(e, "%s/work", s->path);
    bool fine = settle_from(s, c, work, fate, why, e);
    close(work);
    return fine;
}

// --- slices ----------------------------------------------------------------------------------------------

enum fate spool_reject_slice(struct spool *s, const struct claim *c, const uint8_t *p, size_t n,
                             uint64_t offset, const char *why, struct err *e)
{
    char kept[256], name[256 + 24], slice[96];
    spool_name_kept(kept, c);
    snprintf(name, sizeof name, "%s.%llu", kept, (unsigned long long)offset);
    snprintf(slice, sizeof slice, "slice: %zu bytes from offset %llu\n", n, (unsigned long long)offset);
    int dir = spool_dir_make(s->base, "rejected", 0770);
    bool fine = dir >= 0 && write_why(dir, c, name, why, slice, false) == 0 &&
                spool_write(dir, name, p, n, false) == 0;
    if (!fine)
        err_sys(e, "%s/rejected", s->path);
    if (dir >= 0)
        close(dir);
    return fine ? FATE_DONE : FATE_RETRY;
}

enum fate spool_slices_durable(struct spool *s, struct err *e)
{
    int dir = spool_dir(s->base, "rejected");
    bool fine = dir >= 0 && syncfs(dir) == 0;
    if (!fine)
        err_sys(e, "%s/rejected", s->path);
    if (dir >= 0)
        close(dir);
    return fine ? FATE_DONE : FATE_RETRY;
}

// --- old days --------------------------------------------------------------------------------------------

/* The end of the day that a directory is named after. */
static bool day_end(const char *name, int64_t *ms)
{
    char text[RFC3339_MAX];
    if (strlen(name) != 10 || snprintf(text, sizeof text, "%sT00:00:00Z", name) != 20 ||
        !rfc3339_read(text, ms))
        return false;
    *ms += DAY_MS;
    return true;
}

/* Files removed; takes `dir` over. What the spool did not put there stays. */
static size_t empty_day(int dir)
{
    size_t removed = 0;
    DIR *d = fdopendir(dir);
    if (d == NULL) {
        close(dir);
        return 0;
    }
    for (struct dirent *ent; removed < PRUNE_MAX && (ent = readdir(d)) != NULL;) {
        struct claim c;
        if (spool_name_kept_read(ent->d_name, &c) && unlinkat(dir, ent->d_name, 0) == 0)
            removed++;
    }
    closedir(d);
    return removed;
}

/* A day that only holds what is not ours is passed over: true is only said when something went away. */
static bool prune_day(int archive_dir, const char *day)
{
    int dir = spool_dir(archive_dir, day);
    if (dir < 0)
        return false;
    size_t removed = empty_day(dir);
    bool gone = removed < PRUNE_MAX && unlinkat(archive_dir, day, AT_REMOVEDIR) == 0;
    return gone || removed > 0;
}

bool spool_archive_prune(struct spool *s, int64_t now_ms)
{
    bool more = false;
    int64_t keep = s->conf->spool.archive_keep_ms;
    int dir = keep > 0 ? spool_dir(s->base, "archive") : -1;
    DIR *d = dir >= 0 ? fdopendir(dir) : NULL;
    if (d == NULL) {
        if (dir >= 0)
            close(dir);
        return false;
    }
    for (struct dirent *ent; !more && (ent = readdir(d)) != NULL;) {
        int64_t end;
        if (day_end(ent->d_name, &end) && end + keep <= now_ms)
            more = prune_day(dir, ent->d_name);
    }
    closedir(d);
    return more;
}
