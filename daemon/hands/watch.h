// SPDX-License-Identifier: MIT
/* watch: hints about incoming/ and its feeds. The only room that sees inotify. Hints wake, scans decide: a
 * hint may be early, doubled or lost, and nothing breaks; only "this name was renamed into place" and "this
 * name was closed after writing" carry meaning, and losing one only costs the settle time. */
#ifndef DAEMON_HANDS_WATCH_H
#define DAEMON_HANDS_WATCH_H

#include "proto/err.h"

#include <stddef.h>

struct watch;

/* Watches incoming/ and each feed below it. Falls back to polling where inotify is not to be had (NFS, CIFS,
 * FUSE by statfs, an exhausted limit, $NEWSWIRE_POLL=1 for tests); watch_how() says which and why. */
struct watch *watch_new(const char *incoming, struct err *e); /* NULL: memory */
void watch_free(struct watch *);

int watch_fd(const struct watch *);          /* -1 while polling */
const char *watch_how(const struct watch *); /* "inotify", "polling: NFS has no inotify", "gone: /path" */
bool watch_polling(const struct watch *); /* true while gone, too: nothing tells of a mount */

/* Adds or renews watches for the directory and every feed in it: at start, after an overflow, when a
 * directory came (back), and at each timer. Cheap when nothing changed (two system calls). */
void watch_refresh(struct watch *);

enum watch_hint {
    WATCH_NOTHING,
    WATCH_LOOK,    /* something happened in this feed: scan when due */
    WATCH_MOVED,   /* `name` was renamed into place: complete */
    WATCH_CLOSED,  /* `name` was closed by a writer */
    WATCH_OVERFLOW /* hints were lost: refresh and scan everything */
};
/* The next hint without waiting; WATCH_NOTHING when there is none. feed "default" for the top. Texts live
 * until the next call. */
enum watch_hint watch_next(struct watch *, const char **feed, const char **name);

/* The kind of file system ("NFS") if its files belong to another machine or program: no inotify, and another
 * clock. NULL: a local one. */
const char *watch_remote(int fd);

#endif
