// SPDX-License-Identifier: MIT
/* spool_dirs: what the spool's own files share and nobody else sees: its directories, its names, its renames.
 *
 * No directory is held open but the top one: each step opens what it needs by openat() from there without
 * following links. So a directory that was unmounted, or deleted and made again, is never confused with its
 * successor, and nothing of ours keeps a file system busy that a person wants to unmount. */
#ifndef DAEMON_HANDS_SPOOL_DIRS_H
#define DAEMON_HANDS_SPOOL_DIRS_H

#include "daemon/hands/spool.h"

/* A file as it was seen: while ino, size and ctime stay, nobody has written to it. */
struct known {
    ino_t ino;
    off_t size;
    int64_t ctime; /* ns */
    int64_t since; /* monotonic ms of the first look that saw it so; KNOWN_COMPLETE */
};
#define KNOWN_COMPLETE INT64_MIN
struct knowns {
    struct known *v;
    size_t n, room;
};

#define LOOK_BACK 64 /* files put back lately, whose rename into place means nothing */
struct look {
    struct spool_name *names;
    size_t n, room;
    uint32_t *heap; /* slots of `names`, the newest on top; NULL until the list is full */
    struct knowns known, next;
    struct known back[LOOK_BACK];
    size_t nback;
    size_t waiting;
    int64_t oldest, now, mono;
    int again_ms;
    dev_t dev; /* of incoming/ at the last look */
    ino_t ino;
};

#define SAID_MAX 256
struct spool {
    const struct conf *conf;
    char *path, *mark;
    int base, lock;
    uint64_t last; /* the newest claim ever given */
    char **left;   /* names in work/ at start, oldest first; NULL = handed out */
    size_t nleft, next_left;
    struct look look;
    uint64_t said[SAID_MAX]; /* hashes of what was said once */
    size_t nsaid;
};

/* --- directories (spool.c); a descriptor, or -1 with errno -------------------------------------------- */
int spool_dir(int at, const char *name);
int spool_dir_make(int at, const char *name, mode_t mode); /* opens it, made when missing */
int spool_feed_dir(int base, const char *feed);            /* incoming/ or incoming/FEED/ */
void spool_feeds_make(struct spool *, int incoming);       /* of the configured feeds */
/* The top directory is still the one that was locked, or the one in its place could be locked. */
bool spool_base(struct spool *, struct err *e);
/* True the first time. */
bool spool_say_once(struct spool *, const char *what, const char *feed, const char *name);

/* --- spool_recover.c ---------------------------------------------------------------------------------- */
bool spool_find_left(struct spool *, struct err *e); /* fills `left` and `last`, counts the death */
void spool_newest(struct spool *, uint64_t id);      /* remembers the newest claim given */

/* --- claims as names (spool_name.c) ------------------------------------------------------------------- */
void spool_name_shorten(char out[256], const char *name);           /* to SPOOL_NAME_MAX */
void spool_name_work(char out[256], const struct claim *);          /* CLAIM.DEATHS.FEED.NAME */
void spool_name_kept(char out[256], const struct claim *);          /* CLAIM.FEED.NAME */
bool spool_name_work_read(const char *text, struct claim *out);     /* id, deaths, feed, name, arrival */
bool spool_name_kept_read(const char *text, struct claim *out);     /* id, feed, name */
bool spool_id_read(const char *text, uint64_t *id);                 /* its first 16 characters */
/* By its dot or a pattern of [spool] skip, which is told (NULL is fine). */
bool spool_skipped(const struct conf *, const char *name, const char **pattern);
#define SPOOL_SHOW 512
const char *spool_show(char out[SPOOL_SHOW], const char *name);
const char *spool_show_size(char out[32], uint64_t bytes); /* "70.3 MiB" */

/* --- moving (spool_name.c); 0, or -1 with errno ------------------------------------------------------- */
/* Never replaces. Where the file system cannot promise that: link and unlink, or a look before the rename. */
int spool_rename(int from, const char *old, int to, const char *name);
/* The same under NAME, NAME~2, NAME~3 ... `got` gets the name taken. */
int spool_rename_free(int from, const char *old, int to, const char *name, char got[256]);
/* Writes a whole file under a dot-name, fsync, rename over; for names that only we give out. */
int spool_write(int dir, const char *name, const void *p, size_t n, bool sync);

/* --- one file (spool_claim.c) ------------------------------------------------------------------------- */
bool spool_writer_has(int fd); /* the kernel says that somebody has it open for writing */
/* spool_look.c: a file just put back is not complete because we renamed it into place. */
void spool_look_put_back(struct spool *, const struct stat *);

#endif
