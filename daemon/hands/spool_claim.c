// SPDX-License-Identifier: MIT
/* spool_claim: from incoming/ into work/, and from there into memory. What is no regular file is never
 * opened; a link is never followed; what a writer has open is never taken while the kernel says so. All
 * checks are made before the claim, for its fate, and the ones that matter again at the read, because anybody
 * may rename over a name in between. */
#include "daemon/hands/spool_dirs.h"

#include "daemon/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *kind(mode_t mode)
{
    if (S_ISLNK(mode))
        return "a symbolic link; links are never followed";
    if (S_ISFIFO(mode))
        return "a FIFO; only regular files are read";
    if (S_ISSOCK(mode))
        return "a socket; only regular files are read";
    return "a device; only regular files are read";
}

/* Nobody's fault: the next look sees what is there now. */
static enum fate vanished(struct err *e)
{
    err_set(e, "%s", "");
    return FATE_RETRY;
}

static enum fate cannot_open(const char *name, const struct stat *st, struct err *e)
{
    char shown[SPOOL_SHOW];
    if (errno == ENOENT || errno == ELOOP)
        return vanished(e);
    if (errno == EACCES || errno == EPERM) {
        err_set(e, "not readable by the daemon (mode %04o, owner %u): give group newswire read permission, "
                "then newswire retry %s", (unsigned)(st->st_mode & 07777), (unsigned)st->st_uid,
                spool_show(shown, name));
        return FATE_BAD;
    }
    if (errno == EAGAIN)
        err_set(e, "still being written");
    else
        err_sys(e, "cannot be opened");
    return FATE_RETRY;
}

/* FATE_DONE: *fd reads a regular file of at most max_file bytes. `called` is its name for a person. */
static enum fate open_file(const struct conf *conf, int dir, const char *name, const char *called,
                           struct stat *st, int *fd, struct err *e)
{
    *fd = -1;
    if (fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno == ENOENT)
            return vanished(e);
        err_sys(e, "cannot be looked at");
        return FATE_RETRY;
    }
    if (S_ISDIR(st->st_mode))
        return vanished(e);
    if (!S_ISREG(st->st_mode)) {
        err_set(e, "%s", kind(st->st_mode));
        return FATE_BAD;
    }
    if ((uint64_t)st->st_size > conf->spool.max_file) {
        char size[32], most[32];
        err_set(e, "%s, more than [spool] max_file = %s", spool_show_size(size, (uint64_t)st->st_size),
                spool_show_size(most, conf->spool.max_file));
        return FATE_BAD;
    }
    *fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    if (*fd < 0)
        return cannot_open(called, st, e);
    if (fstat(*fd, st) == 0 && S_ISREG(st->st_mode))
        return FATE_DONE;
    close(*fd);
    *fd = -1;
    return vanished(e);
}

bool spool_writer_has(int fd)
{
    // A writer that comes while the lease stands makes the kernel send SIGIO, which would end us; not SIGURG.
    fcntl(fd, F_SETSIG, SIGURG);
    // EACCES (not ours and no CAP_LEASE) and EINVAL (no leases here): nobody can say.
    if (fcntl(fd, F_SETLEASE, F_RDLCK) < 0)
        return errno == EAGAIN;
    fcntl(fd, F_SETLEASE, F_UNLCK);
    return false;
}

// --- the claim -------------------------------------------------------------------------------------------

static enum fate check(struct spool *s, int dir, const char *name, struct claim *c, struct err *e)
{
    int fd;
    enum fate fate = open_file(s->conf, dir, name, c->name, &c->stat, &fd, e);
    if (fate != FATE_DONE)
        return fate;
    bool writing = spool_writer_has(fd);
    close(fd);
    if (!writing)
        return FATE_DONE;
    err_set(e, "still being written");
    return FATE_RETRY;
}

static uint64_t next_id(const struct spool *s)
{
    struct timespec fine;
    clock_gettime(CLOCK_REALTIME, &fine);
    uint64_t id = (uint64_t)spool_seams.now_ms() * 1000000 + (uint64_t)fine.tv_nsec % 1000000;
    return id > s->last ? id : s->last + 1;
}

/* What only a person can mend is said, once per feed: its files would wait for ever. */
static bool cannot_move(struct spool *s, struct claim *c, int work, struct err *e)
{
    int why = errno;
    if (why == ENOENT)
        return err_set(e, "%s", "");
    bool denied = why == EACCES || why == EPERM;
    if (denied && faccessat(work, ".", W_OK | X_OK, AT_EACCESS) < 0)
        err_set(e, "the daemon may not write into %s/work: give it to the user it runs as, mode 0750", s->path);
    else if (why == EXDEV)
        err_set(e, "feed %s lies on another file system than work/, so its files cannot be renamed: "
                "mount the whole spool directory instead", c->feed);
    else if (denied)
        err_set(e, "the daemon may not take files out of the directory of feed %s: "
                "give it group newswire and mode 2770", c->feed);
    else
        return err_sys(e, "cannot be renamed into work/");
    c->stuck = true;
    if (spool_say_once(s, "claim", c->feed, ""))
        log_at(LOG_ERROR, "spool", "a file cannot be taken", "feed=%s file=%s why=%s", c->feed, c->name,
               e->text);
    return false;
}

static bool move_in(struct spool *s, int dir, int work, const char *name, struct claim *c, struct err *e)
{
    char target[256];
    int rc = -1;
    errno = EEXIST;
    // EEXIST: somebody else's file has that name.
    for (int tries = 0; rc < 0 && errno == EEXIST && tries < 3; tries++) {
        spool_newest(s, next_id(s));
        snprintf(c->id, sizeof c->id, "%016llx", (unsigned long long)s->last);
        spool_name_work(target, c);
        rc = spool_rename(dir, name, work, target);
    }
    return rc == 0 || cannot_move(s, c, work, e);
}

static enum fate claim_from(struct spool *s, int dir, const struct spool_name *from, struct claim *c,
                            struct err *e)
{
    enum fate fate = check(s, dir, from->name, c, e);
    if (fate == FATE_RETRY)
        return fate;
    c->arrival = c->stat.st_ctim.tv_sec * INT64_C(1000) + c->stat.st_ctim.tv_nsec / 1000000;
    int work = spool_dir_make(s->base, "work", 0750);
    if (work < 0) {
        err_sys(e, "%s/work", s->path);
        return FATE_RETRY;
    }
    if (!move_in(s, dir, work, from->name, c, e))
        fate = FATE_RETRY;
    close(work);
    return fate;
}

enum fate spool_claim(struct spool *s, const struct spool_name *from, struct claim *c, struct err *e)
{
    memset(c, 0, sizeof *c);
    snprintf(c->feed, sizeof c->feed, "%s", from->feed);
    spool_name_shorten(c->name, from->name);
    int dir = spool_feed_dir(s->base, from->feed);
    if (dir < 0) {
        if (errno == ENOENT)
            return vanished(e);
        err_sys(e, "the directory of feed %s", from->feed);
        return FATE_RETRY;
    }
    enum fate fate = claim_from(s, dir, from, c, e);
    close(dir);
    return fate;
}

enum fate spool_claimed(struct spool *s, struct err *e)
{
    int work = spool_dir(s->base, "work");
    bool fine = work >= 0 && fsync(work) == 0;
    if (!fine)
        err_sys(e, "%s/work", s->path);
    if (work >= 0)
        close(work);
    return fine ? FATE_DONE : FATE_RETRY;
}

// --- reading ---------------------------------------------------------------------------------------------

static bool same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static enum fate open_claimed(const struct spool *s, const struct claim *c, struct stat *st, int *fd,
                              struct err *e)
{
    char name[256];
    spool_name_work(name, c);
    *fd = -1;
    int work = spool_dir(s->base, "work");
    if (work < 0) {
        err_sys(e, "%s/work", s->path);
        return FATE_RETRY;
    }
    enum fate fate = open_file(s->conf, work, name, c->name, st, fd, e);
    close(work);
    if (fate == FATE_RETRY && e != NULL && e->text[0] == '\0')
        err_set(e, "somebody took it out of work/");
    return fate;
}

static enum fate read_all(int fd, uint8_t *p, size_t n, struct err *e)
{
    size_t have = 0;
    while (have < n) {
        ssize_t got = read(fd, p + have, n - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            err_sys(e, "offset %zu: cannot be read", have);
            return FATE_RETRY;
        }
        if (got == 0) {
            err_set(e, "offset %zu: cut short while it was read", have);
            return FATE_RETRY;
        }
        have += (size_t)got;
    }
    return FATE_DONE;
}

enum fate spool_read(struct spool *s, struct claim *c, struct arena *arena, uint8_t **bytes, size_t *n,
                     struct err *e)
{
    struct stat after;
    int fd;
    *bytes = NULL;
    *n = 0;
    enum fate fate = open_claimed(s, c, &c->stat, &fd, e);
    if (fate != FATE_DONE)
        return fate;
    *n = (size_t)c->stat.st_size;
    *bytes = arena_alloc(arena, *n);
    if (*bytes == NULL) {
        err_set(e, "no memory for its %zu bytes", *n);
        fate = FATE_RETRY;
    } else {
        fate = read_all(fd, *bytes, *n, e);
    }
    if (fate == FATE_DONE && (fstat(fd, &after) < 0 || !same(&c->stat, &after))) {
        err_set(e, "changed while it was read");
        fate = FATE_RETRY;
    }
    close(fd);
    return fate;
}

bool spool_unchanged(struct spool *s, const struct claim *c)
{
    struct stat now;
    struct err unsaid;
    int fd;
    if (open_claimed(s, c, &now, &fd, &unsaid) != FATE_DONE)
        return false;
    bool fine = same(&c->stat, &now) && !spool_writer_has(fd);
    close(fd);
    return fine;
}
