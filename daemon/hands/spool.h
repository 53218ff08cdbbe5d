// SPDX-License-Identifier: MIT
/* spool: the drop directory and the three beside it. A drop file has exactly one fate, whatever happens.
 *
 *     incoming/[FEED/]NAME --claim--> work/CLAIM.DEATHS.FEED.NAME
 *                          --settle--> archive/YYYY-MM-DD/CLAIM.FEED.NAME
 *                                                                  +--------> rejected/CLAIM.FEED.NAME + .why
 * CLAIM is 16 hex digits, unique and rising. Every rename is renameat2(RENAME_NOREPLACE). Links are never
 * followed, FIFOs and devices never opened. Who calls decides when; this room does, one step at a time. */
#ifndef DAEMON_HANDS_SPOOL_H
#define DAEMON_HANDS_SPOOL_H

#include "daemon/base/arena.h"
#include "daemon/base/fate.h"
#include "daemon/pure/conf.h"
#include "proto/err.h"

#include <sys/stat.h>
#include <time.h>

#define SPOOL_LOOK_MAX 65536 /* names per look: a million waiting files cost no memory */
/* Longer names are shortened in the middle: 255 - dot 1 - claim 17 - feed 41 - offset 21 - ".why" 4 = 171. */
#define SPOOL_NAME_MAX 170
#define SPOOL_DEATHS_MAX 2
#define SPOOL_HANDS 4 /* files that may be in hand */

struct spool;

/* Makes the directories (incoming/ and its feeds 2770, rejected/ 0770, work/ and archive/ 0750), takes the
 * lock (.lock, with the pid). NULL: reason in `e`, e.g. "another newswired (pid 4711) holds
 * /var/spool/newswire". `conf` must outlive it or be replaced by spool_reconf, which makes the directories of
 * new feeds. */
struct spool *spool_open(const struct conf *conf, struct err *e);
void spool_close(struct spool *);
void spool_reconf(struct spool *, const struct conf *conf);
const char *spool_mark_path(const struct spool *); /* work/.mark: for store_open */

/* --- looking ------------------------------------------------------------------------------------------ */
struct spool_name {
    char feed[CONF_FEED_NAME_MAX + 1];
    char name[256];
    struct timespec ctime; /* arrival, for the order */
};
/* Says that a name is complete although it is young (renamed into place, or closed in a feed that trusts
 * that). Holds for the file as it is now: one that changes afterwards, or that spool_settle has just put
 * back, waits its time. */
void spool_complete(struct spool *, const char *feed, const char *name);
/* Looks at incoming/ and every feed: the names that are ready to be claimed, oldest first by (ctime, name),
 * at most SPOOL_LOOK_MAX; *waiting = all names seen that are drop files, ready or not; *again_ms = when to
 * look again because a young file may be ready then (-1: no need); *oldest = arrival of the oldest (ms).
 * False: incoming/ is gone, or cannot be read (reason in `e`). The list belongs to the spool until the next
 * look. */
bool spool_look(struct spool *, const struct spool_name **out, size_t *n, size_t *waiting, int *again_ms,
                int64_t *oldest, struct err *e);

/* --- one drop file ------------------------------------------------------------------------------------ */
struct claim {
    char id[17];     /* 16 hex digits */
    unsigned deaths; /* of the daemon with this file in hand */
    char feed[CONF_FEED_NAME_MAX + 1];
    char name[256];  /* as dropped, shortened to SPOOL_NAME_MAX */
    bool recovered;  /* was in work/ at start */
    bool stuck;      /* could not be claimed, and only a person can mend that */
    int64_t arrival; /* ms since 1970: its ctime when claimed; of a recovered file: when it was claimed */
    struct stat stat; /* as claimed, then as read; for spool_unchanged */
};
/* Claims by rename. FATE_DONE: claimed. FATE_RETRY: not now (a writer has it open; errno in words; no words:
 * it has vanished). FATE_BAD is for what must not be read (a link, a FIFO, too big, unreadable): claimed too,
 * and to be settled as BAD with `e`. */
enum fate spool_claim(struct spool *, const struct spool_name *, struct claim *, struct err *e);
/* Makes the claims so far durable (one fsync of work/ for all). */
enum fate spool_claimed(struct spool *, struct err *e);
/* What a dead daemon left in work/, oldest first; call once at start until false. A file that was in hand
 * when it died has its deaths counted, durably. */
bool spool_recover(struct spool *, struct claim *out);
/* Which files are in hand, one in each of SPOOL_HANDS: survives the death of the process, not of the machine
 * (which no file kills). A file stays in hand until another is taken into it, or all are laid down. */
void spool_in_hand(struct spool *, size_t hand, const struct claim *);
void spool_laid_down(struct spool *);

/* Reads the file into the arena: read(2), never mmap; regular files up to max_file only. */
enum fate spool_read(struct spool *, struct claim *, struct arena *, uint8_t **bytes, size_t *n,
                     struct err *e);
/* fstat again: whether the file is as it was when read, and no writer has it open. */
bool spool_unchanged(struct spool *, const struct claim *);

/* Writes a rejected slice as rejected/CLAIM.FEED.NAME.OFFSET with .why beside it; repeating it changes
 * nothing. */
enum fate spool_reject_slice(struct spool *, const struct claim *, const uint8_t *p, size_t n,
                             uint64_t offset, const char *why, struct err *e);
/* Makes the slices written so far durable: once per file, whatever their number (a file may have
 * thousands). */
enum fate spool_slices_durable(struct spool *, struct err *e);
/* Ends a claim: DONE archives or deletes it, BAD rejects it with `why` (NULL or "": keeps a reason written
 * before), RETRY puts it back into incoming/ (taken: NAME~2). After a crash it can be called again. Only BAD
 * is fsynced: what the disk forgets of the others is found in work/ again, where the store knows the claim. A
 * file that somebody took out of work/ is settled (said in the log). False: could not be moved now (reason in
 * `e`), try again later. */
bool spool_settle(struct spool *, const struct claim *, enum fate, const char *why, struct err *e);

/* Removes archive days (UTC, of the settling) older than archive_keep; a bounded number of files of one day
 * per call, and nothing that the spool did not put there. True if there may be more. */
bool spool_archive_prune(struct spool *, int64_t now_ms);

/* The name under which the store, the wire and `drop --wait` speak of a drop file: shortened as in a
 * claim, and shown (utf8_show), so that it is text whatever the bytes. */
#define SPOOL_KNOWN_AS (4 * 256)
void spool_known_as(char out[SPOOL_KNOWN_AS], const char *name);

/* --- for `newswire drop` and `newswire retry` (no lock taken, no struct spool) ------------------------ */
/* Copies a file into incoming/[feed/] under a dot-name, fsync, rename. feed NULL: "default"; of `wanted` the
 * last part of the path counts. `name` gets the name it was given: NAME~2 if NAME is there. */
bool spool_drop(const struct conf *, const char *feed, int fd, const char *wanted, char name[256],
                struct err *e);
/* Puts rejected/NAME (or the one file whose original name, or whose claim, is NAME) back into incoming/ and
 * removes its .why. Several fit: the candidates are in `e`. */
bool spool_retry(const struct conf *, const char *name, struct err *e);

/* Seams for tests: replaced to break the world. */
struct spool_seams {
    int (*rename)(int olddir, const char *oldname, int newdir, const char *newname, unsigned flags);
    int64_t (*now_ms)(void);      /* wall clock */
    int64_t (*mono_ms)(void);     /* monotonic */
    bool (*remote)(int dir);      /* as watch_remote: another machine's clock sets the ctimes */
    size_t look_max;              /* SPOOL_LOOK_MAX */
};
extern struct spool_seams spool_seams;

#endif
