// SPDX-License-Identifier: MIT
/* spool: see spool.h. This file opens and closes: the directories, and the lock that one daemon may hold. */
#include "daemon/hands/spool_dirs.h"

#include "daemon/base/log.h"
#include "daemon/hands/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int rename_real(int from, const char *old, int to, const char *name, unsigned flags)
{
    return renameat2(from, old, to, name, flags);
}

static int64_t clock_ms(clockid_t which)
{
    struct timespec now;
    clock_gettime(which, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static int64_t now_real(void)
{
    return clock_ms(CLOCK_REALTIME);
}

static int64_t mono_real(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

static bool remote_real(int dir)
{
    return watch_remote(dir) != NULL;
}

struct spool_seams spool_seams = {rename_real, now_real, mono_real, remote_real, SPOOL_LOOK_MAX};

// --- directories -----------------------------------------------------------------------------------------

int spool_dir(int at, const char *name)
{
    return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* mkdir heeds the umask and knows no set-group-id. The shipped unit (RestrictSUIDSGID=) lets nobody set
 * that either: below a directory that has it, a new one has it already. */
static bool set_mode(int dir, mode_t mode)
{
    struct stat st;
    if (fchmod(dir, mode) == 0)
        return true;
    if (errno != EPERM || fstat(dir, &st) < 0)
        return false;
    if ((st.st_mode & 07777) == mode)
        return true;
    if (fchmod(dir, mode & 0777) < 0)
        return false;
    log_at(LOG_WARN, "spool",
           "a directory could not be made set-group-id: what others drop may not be readable", NULL);
    return true;
}

int spool_dir_make(int at, const char *name, mode_t mode)
{
    int dir = spool_dir(at, name);
    if (dir >= 0 || errno != ENOENT)
        return dir;
    bool made = mkdirat(at, name, mode & 0777) == 0;
    if (!made && errno != EEXIST)
        return -1;
    dir = spool_dir(at, name);
    if (made && dir >= 0 && !set_mode(dir, mode)) {
        close(dir);
        return -1;
    }
    return dir;
}

int spool_feed_dir(int base, const char *feed)
{
    int incoming = spool_dir(base, "incoming");
    if (incoming < 0 || strcmp(feed, "default") == 0)
        return incoming;
    int dir = spool_dir(incoming, feed);
    int why = errno;
    close(incoming);
    errno = why;
    return dir;
}

void spool_feeds_make(struct spool *s, int incoming)
{
    for (size_t i = 0; i < s->conf->nfeeds; i++) {
        const char *feed = s->conf->feeds[i].name;
        if (strcmp(feed, "default") == 0)
            continue;
        int dir = spool_dir_make(incoming, feed, 02770);
        if (dir < 0 && spool_say_once(s, "feed", feed, ""))
            log_at(LOG_WARN, "spool", "cannot make the directory of a feed", "feed=%s why=%s", feed,
                   strerror(errno));
        if (dir >= 0)
            close(dir);
    }
}

bool spool_say_once(struct spool *s, const char *what, const char *feed, const char *name)
{
    const char *parts[] = {what, feed, name};
    uint64_t hash = UINT64_C(14695981039346656037); // FNV-1a: a collision costs one line of log.
    for (size_t i = 0; i < 3; i++) {
        for (const char *p = parts[i]; p == parts[i] || p[-1] != '\0'; p++)
            hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
    }
    for (size_t i = 0; i < s->nsaid; i++) {
        if (s->said[i] == hash)
            return false;
    }
    if (s->nsaid == SAID_MAX)
        return false;
    s->said[s->nsaid++] = hash;
    return true;
}

/* Every rename goes through work/, so what lies on another file system can never be reached. */
static bool make_dirs(const char *path, int base, struct err *e)
{
    static const struct {
        const char *name;
        mode_t mode;
    } dirs[] = {{"work", 0750}, {"incoming", 02770}, {"archive", 0750}, {"rejected", 0770}};
    dev_t device = 0;
    for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++) {
        int dir = spool_dir_make(base, dirs[i].name, dirs[i].mode);
        struct stat st;
        if (dir < 0 || fstat(dir, &st) < 0) {
            err_sys(e, "%s/%s", path, dirs[i].name);
            if (dir >= 0)
                close(dir);
            return false;
        }
        close(dir);
        if (i > 0 && st.st_dev != device)
            return err_set(e, "%s/%s and %s/work are different file systems: files are renamed between them, "
                           "so mount the whole spool directory instead", path, dirs[i].name, path);
        device = st.st_dev;
    }
    return true;
}

// --- the lock --------------------------------------------------------------------------------------------

static int take_lock(const char *path, int base, struct err *e)
{
    int fd = openat(base, ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) {
        err_sys(e, "%s/.lock", path);
        return -1;
    }
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char pid[24] = "";
    if (fcntl(fd, F_OFD_SETLK, &whole) < 0) {
        if (errno != EAGAIN && errno != EACCES)
            err_sys(e, "cannot lock %s/.lock", path);
        else if (pread(fd, pid, sizeof pid - 1, 0) > 0)
            err_set(e, "another newswired (pid %ld) holds %s", strtol(pid, NULL, 10), path);
        else
            err_set(e, "another newswired holds %s", path);
        close(fd);
        return -1;
    }
    snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    // The lock is the lock; the pid in it is only for a person, and a full disk must not stop us here.
    if (ftruncate(fd, 0) < 0 || pwrite(fd, pid, strlen(pid), 0) < 0)
        log_at(LOG_WARN, "spool", "cannot write the pid into the lock", "why=%s", strerror(errno));
    return fd;
}

static void make_path(const char *path)
{
    char part[CONF_PATH_MAX];
    snprintf(part, sizeof part, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(part, 0755); // Whether it is there now is found out by who opens the whole path.
        *slash = '/';
    }
    mkdir(part, 0755);
}

static int open_base(const char *path, struct err *e)
{
    int base = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (base < 0)
        err_sys(e, "%s", path);
    return base;
}

/* Another directory lies where ours lay. Without incoming/ it is only the place where ours was mounted. */
static bool renew_base(struct spool *s, struct err *e)
{
    int base = open_base(s->path, e);
    if (base < 0)
        return false;
    int incoming = spool_dir(base, "incoming");
    int lock = -1;
    if (incoming < 0) {
        err_sys(e, "%s/incoming is gone", s->path);
    } else {
        close(incoming);
        lock = take_lock(s->path, base, e);
    }
    if (lock < 0 || !make_dirs(s->path, base, e)) {
        if (lock >= 0)
            close(lock);
        close(base);
        return false;
    }
    close(s->lock);
    close(s->base);
    s->lock = lock;
    s->base = base;
    log_at(LOG_WARN, "spool", "another directory took the spool's place; its work/ waits for the next start",
           "directory=%s", s->path);
    spool_reconf(s, s->conf);
    return true;
}

bool spool_base(struct spool *s, struct err *e)
{
    struct stat here, ours;
    if (stat(s->path, &here) < 0)
        return err_sys(e, "%s is gone", s->path);
    if (fstat(s->base, &ours) == 0 && here.st_dev == ours.st_dev && here.st_ino == ours.st_ino)
        return true;
    return renew_base(s, e);
}

// --- opening ---------------------------------------------------------------------------------------------

static bool open_all(struct spool *s, struct err *e)
{
    make_path(s->path);
    if ((s->base = open_base(s->path, e)) < 0 || (s->lock = take_lock(s->path, s->base, e)) < 0)
        return false;
    return make_dirs(s->path, s->base, e) && spool_find_left(s, e);
}

struct spool *spool_open(const struct conf *conf, struct err *e)
{
    struct spool *s = calloc(1, sizeof *s);
    if (s == NULL) {
        err_sys(e, "%s", conf->spool.directory);
        return NULL;
    }
    s->conf = conf;
    s->base = s->lock = -1;
    s->path = strdup(conf->spool.directory);
    if (s->path == NULL || asprintf(&s->mark, "%s/work/.mark", s->path) < 0) {
        s->mark = NULL;
        err_set(e, "%s: out of memory", conf->spool.directory);
        spool_close(s);
        return NULL;
    }
    if (!open_all(s, e)) {
        spool_close(s);
        return NULL;
    }
    spool_reconf(s, conf);
    return s;
}

void spool_close(struct spool *s)
{
    if (s == NULL)
        return;
    if (s->lock >= 0)
        close(s->lock);
    if (s->base >= 0)
        close(s->base);
    while (s->next_left < s->nleft)
        free(s->left[s->next_left++]);
    free(s->left);
    free(s->look.names);
    free(s->look.heap);
    free(s->look.known.v);
    free(s->look.next.v);
    free(s->mark);
    free(s->path);
    free(s);
}

void spool_reconf(struct spool *s, const struct conf *conf)
{
    s->conf = conf;
    int incoming = spool_dir(s->base, "incoming");
    if (incoming < 0)
        return; // Gone: spool_look says so, and makes the feeds when it is back.
    spool_feeds_make(s, incoming);
    close(incoming);
}

const char *spool_mark_path(const struct spool *s)
{
    return s->mark;
}
