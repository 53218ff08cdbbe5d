// SPDX-License-Identifier: MIT
/* watch: see watch.h. One watch per directory, found by its descriptor in a short list. The kernel answers an
 * inotify_add_watch() for a directory that is watched already with the same descriptor, so a refresh is: add
 * all again, take away what was not met. Where that cannot work, this room polls: it says so and hints at
 * nothing. */
#include "daemon/hands/watch.h"

#include "daemon/base/log.h"
#include "daemon/pure/conf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* IN_CREATE is for what is never closed after writing: hard links, FIFOs, symbolic links, new feeds. */
#define MASK                                                                                                 \
    (IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |                 \
     IN_DONT_FOLLOW | IN_EXCL_UNLINK)

struct place {
    int wd;
    bool met; /* in this refresh */
    char feed[CONF_FEED_NAME_MAX + 1];
};

struct watch {
    char *incoming;
    int fd;               /* inotify, -1 while polling */
    bool gone, stale;     /* stale: the list of feeds may be wrong */
    dev_t dev;            /* of incoming/ as it is watched */
    ino_t ino;
    struct place *places;
    size_t n, room;
    char how[CONF_PATH_MAX + 64];
    char feed[CONF_FEED_NAME_MAX + 1]; /* of the hint given last */
    size_t at, have;                   /* of `events` */
    _Alignas(struct inotify_event) char events[16384];
};

const char *watch_remote(int fd)
{
    static const struct {
        unsigned long magic;
        const char *name;
    } kinds[] = {
        {NFS_SUPER_MAGIC, "NFS"},   {SMB_SUPER_MAGIC, "SMB"},     {CIFS_SUPER_MAGIC, "CIFS"},
        {SMB2_SUPER_MAGIC, "SMB"},  {FUSE_SUPER_MAGIC, "FUSE"},   {V9FS_MAGIC, "9P"},
        {CEPH_SUPER_MAGIC, "Ceph"}, {AFS_SUPER_MAGIC, "AFS"},     {AFS_FS_MAGIC, "AFS"},
        {CODA_SUPER_MAGIC, "Coda"}, {OCFS2_SUPER_MAGIC, "OCFS2"}, {0x01161970, "GFS2"},
        {0x0bd00bd0, "Lustre"},     {0x786f4256, "vboxsf"},       {0x47504653, "GPFS"},
    };
    struct statfs fs;
    if (fstatfs(fd, &fs) < 0)
        return NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (((unsigned long)fs.f_type & 0xffffffff) == kinds[i].magic)
            return kinds[i].name;
    }
    return NULL;
}

// --- how -------------------------------------------------------------------------------------------------

/* Said in the log when it becomes another one. */
static void become(struct watch *w, enum log_level level, const char *how, const char *what)
{
    char text[sizeof w->how];
    snprintf(text, sizeof text, "%s%s", how, what);
    if (strcmp(text, w->how) == 0)
        return;
    log_at(level, "watch", "watching incoming/", "how=%s", text);
    memcpy(w->how, text, sizeof text);
}

static void stop(struct watch *w)
{
    if (w->fd >= 0)
        close(w->fd); // Takes all its watches along.
    w->fd = -1;
    w->n = w->at = w->have = 0;
}

static void poll_instead(struct watch *w, const char *why)
{
    stop(w);
    w->gone = false;
    become(w, LOG_WARN, "polling: ", why);
}

static void be_gone(struct watch *w)
{
    stop(w);
    w->gone = true;
    become(w, LOG_WARN, "gone: ", w->incoming);
}

// --- places ----------------------------------------------------------------------------------------------

static struct place *find_wd(struct watch *w, int wd)
{
    for (size_t i = 0; i < w->n; i++) {
        if (w->places[i].wd == wd)
            return &w->places[i];
    }
    return NULL;
}

/* The words for what made inotify fail, if it is a limit that a person can raise. */
static const char *limit(int why)
{
    if (why == ENOSPC)
        return "inotify has no watch left; raise sysctl fs.inotify.max_user_watches";
    if (why == EMFILE)
        return "inotify has no instance left; raise sysctl fs.inotify.max_user_instances";
    return why == ENOMEM ? "inotify has no memory" : NULL;
}

/* False: inotify cannot go on (errno). A directory that is gone or not to be read is no failure. */
static bool add(struct watch *w, const char *feed)
{
    char path[CONF_PATH_MAX + CONF_FEED_NAME_MAX + 2];
    bool top = strcmp(feed, "default") == 0;
    snprintf(path, sizeof path, "%s%s%s", w->incoming, top ? "" : "/", top ? "" : feed);
    int wd = inotify_add_watch(w->fd, path, MASK);
    if (wd < 0) {
        w->stale = true;
        return limit(errno) == NULL;
    }
    struct place *place = find_wd(w, wd);
    if (place == NULL) {
        if (w->n == w->room) {
            size_t more = w->room == 0 ? 16 : w->room * 2;
            void *bigger = reallocarray(w->places, more, sizeof *w->places);
            if (bigger == NULL)
                return false;
            w->places = bigger;
            w->room = more;
        }
        place = &w->places[w->n++];
    }
    place->wd = wd;
    place->met = true;
    snprintf(place->feed, sizeof place->feed, "%s", feed); // Another one, if the directory was renamed.
    return true;
}

static void drop(struct watch *w, struct place *place)
{
    inotify_rm_watch(w->fd, place->wd); // Fails if the kernel has dropped it already.
    *place = w->places[--w->n];
}

static bool is_directory(int above, const struct dirent *ent)
{
    struct stat st;
    if (ent->d_type != DT_UNKNOWN)
        return ent->d_type == DT_DIR;
    return fstatat(above, ent->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static bool is_feed(const char *name)
{
    return conf_feed_name_valid(name) && strcmp(name, "default") != 0;
}

/* Adds incoming/ first and then looks for feeds, so that none comes in between unseen. */
static bool add_all(struct watch *w, int incoming)
{
    for (size_t i = 0; i < w->n; i++)
        w->places[i].met = false;
    w->stale = false;
    if (!add(w, "default"))
        return false;
    int again = openat(incoming, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = again >= 0 ? fdopendir(again) : NULL;
    if (d == NULL) {
        if (again >= 0)
            close(again);
        w->stale = true;
        return true;
    }
    bool fine = true;
    for (struct dirent *ent; fine && (ent = readdir(d)) != NULL;) {
        if (is_feed(ent->d_name) && is_directory(incoming, ent))
            fine = add(w, ent->d_name);
    }
    int why = errno;
    closedir(d);
    for (size_t i = w->n; i-- > 0;) {
        if (!w->places[i].met)
            drop(w, &w->places[i]);
    }
    errno = why;
    return fine;
}

static void refresh(struct watch *w, int incoming)
{
    struct stat st;
    const char *poll = getenv("NEWSWIRE_POLL");
    const char *remote = watch_remote(incoming);
    char why[160];
    if (poll != NULL && strcmp(poll, "1") == 0) {
        poll_instead(w, "NEWSWIRE_POLL=1");
        return;
    }
    if (remote != NULL) {
        snprintf(why, sizeof why, "%s has no inotify", remote);
        poll_instead(w, why);
        return;
    }
    if (fstat(incoming, &st) == 0 && w->fd >= 0 && !w->stale && w->dev == st.st_dev && w->ino == st.st_ino)
        return;
    w->dev = st.st_dev;
    w->ino = st.st_ino;
    if (w->fd < 0)
        w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (w->fd < 0 || !add_all(w, incoming)) {
        snprintf(why, sizeof why, "%s", limit(errno) != NULL ? limit(errno) : strerror(errno));
        poll_instead(w, why);
        return;
    }
    w->gone = false;
    become(w, LOG_NOTICE, "inotify", "");
}

void watch_refresh(struct watch *w)
{
    int incoming = open(w->incoming, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (incoming < 0) {
        be_gone(w);
        return;
    }
    refresh(w, incoming);
    close(incoming);
}

struct watch *watch_new(const char *incoming, struct err *e)
{
    struct watch *w = calloc(1, sizeof *w);
    if (w == NULL || (w->incoming = strdup(incoming)) == NULL) {
        free(w);
        err_set(e, "out of memory");
        return NULL;
    }
    w->fd = -1;
    watch_refresh(w);
    return w;
}

void watch_free(struct watch *w)
{
    if (w == NULL)
        return;
    stop(w);
    free(w->places);
    free(w->incoming);
    free(w);
}

int watch_fd(const struct watch *w)
{
    return w->fd;
}

const char *watch_how(const struct watch *w)
{
    return w->how;
}

bool watch_polling(const struct watch *w)
{
    return w->fd < 0;
}

// --- hints -----------------------------------------------------------------------------------------------

static const struct inotify_event *next_event(struct watch *w)
{
    if (w->at >= w->have) {
        ssize_t n = w->fd >= 0 ? read(w->fd, w->events, sizeof w->events) : 0;
        w->at = 0;
        w->have = n > 0 ? (size_t)n : 0;
        if (w->have == 0)
            return NULL;
    }
    const struct inotify_event *event = (const void *)(w->events + w->at);
    w->at += sizeof *event + event->len;
    return event;
}

/* A directory that we watched went away, or is called otherwise now: only a refresh knows. */
static enum watch_hint lost(struct watch *w, struct place *place)
{
    drop(w, place);
    w->stale = true;
    return WATCH_LOOK;
}

static enum watch_hint new_directory(struct watch *w, const struct place *above, const char *name)
{
    if (strcmp(above->feed, "default") != 0 || !is_feed(name))
        return WATCH_NOTHING;
    if (!add(w, name))
        w->stale = true; // The next refresh finds the same and says why.
    snprintf(w->feed, sizeof w->feed, "%s", name);
    return WATCH_LOOK;
}

static enum watch_hint hint_of(struct watch *w, const struct inotify_event *event)
{
    if (event->mask & IN_Q_OVERFLOW) {
        w->stale = true;
        return WATCH_OVERFLOW;
    }
    struct place *place = find_wd(w, event->wd);
    if (place == NULL)
        return WATCH_NOTHING;
    memcpy(w->feed, place->feed, sizeof w->feed);
    if (event->mask & (IN_IGNORED | IN_UNMOUNT | IN_DELETE_SELF | IN_MOVE_SELF))
        return lost(w, place);
    if (event->len == 0 || event->name[0] == '.') // Writers' dot-names are nobody's business.
        return WATCH_NOTHING;
    if (event->mask & IN_ISDIR)
        return new_directory(w, place, event->name);
    if (event->mask & IN_MOVED_TO)
        return WATCH_MOVED;
    return event->mask & IN_CLOSE_WRITE ? WATCH_CLOSED : WATCH_LOOK;
}

enum watch_hint watch_next(struct watch *w, const char **feed, const char **name)
{
    const struct inotify_event *event;
    *feed = w->feed;
    *name = "";
    while ((event = next_event(w)) != NULL) {
        enum watch_hint hint = hint_of(w, event);
        if (hint == WATCH_NOTHING)
            continue;
        if (event->len > 0)
            *name = event->name;
        if (hint == WATCH_OVERFLOW)
            snprintf(w->feed, sizeof w->feed, "default");
        return hint;
    }
    return WATCH_NOTHING;
}
