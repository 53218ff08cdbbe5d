// SPDX-License-Identifier: MIT
/* spool_look: which drop files are there, and which of them are complete. Looking changes nothing.
 *
 * A file is complete when somebody who knows said so (spool_complete), or when it has been quiet for
 * `settle`: by its ctime where this machine's clock set it, else by having been seen unchanged for so long.
 * mtime is never asked: it can be forged. What is remembered from one look to the next is bounded, and losing
 * it costs only time. */
#include "daemon/hands/spool_dirs.h"

#include "daemon/base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BACK_MS 1000     /* what was put back rests so long, though `settle` be 0: no file is tried without a pause */
#define ROOM_FIRST 64u   /* entries of a list that begins */
#define ROOM_KEPT 4096u  /* entries that a list may keep when it has become short */

static int64_t ns(struct timespec t)
{
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* Room for one more, at most `max` entries. */
static bool grow(void **v, size_t *room, size_t n, size_t size, size_t max)
{
    if (n < *room)
        return true;
    size_t more = *room == 0 ? ROOM_FIRST : *room * 2;
    if (more > max)
        more = max;
    void *bigger = n < more ? reallocarray(*v, more, size) : NULL;
    if (bigger == NULL)
        return false;
    *v = bigger;
    *room = more;
    return true;
}

/* A list that was long once does not hold that memory for ever. */
static void shrink(void **v, size_t *room, size_t n, size_t size)
{
    if (*room <= ROOM_KEPT || n > ROOM_KEPT / 4)
        return;
    void *smaller = reallocarray(*v, ROOM_KEPT, size);
    if (smaller != NULL) {
        *v = smaller;
        *room = ROOM_KEPT;
    }
}

// --- files known from before -----------------------------------------------------------------------------

static struct known known_of(const struct stat *st, int64_t since)
{
    return (struct known){st->st_ino, st->st_size, ns(st->st_ctim), since};
}

static bool known_same(const struct known *a, const struct known *b)
{
    return a->ino == b->ino && a->size == b->size && a->ctime == b->ctime;
}

/* Complete ones come first among the same, so that they are found first. */
static int known_order(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    if (x->ino != y->ino)
        return x->ino < y->ino ? -1 : 1;
    return (x->since > y->since) - (x->since < y->since);
}

static void known_add(struct knowns *k, const struct known *one)
{
    void *v = k->v;
    if (grow(&v, &k->room, k->n, sizeof *k->v, SPOOL_LOOK_MAX)) {
        k->v = v;
        k->v[k->n++] = *one;
    }
}

static const struct known *known_find(const struct knowns *k, const struct known *one)
{
    size_t from = 0, to = k->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (k->v[middle].ino < one->ino)
            from = middle + 1;
        else
            to = middle;
    }
    for (; from < k->n && k->v[from].ino == one->ino; from++) {
        if (known_same(&k->v[from], one))
            return &k->v[from];
    }
    return NULL;
}

static bool was_put_back(const struct look *l, const struct known *one)
{
    bool put_back = false;
    for (size_t i = 0; i < LOOK_BACK && !put_back; i++)
        put_back = known_same(&l->back[i], one);
    return put_back;
}

void spool_complete(struct spool *s, const char *feed, const char *name)
{
    struct stat st;
    int dir = spool_feed_dir(s->base, feed);
    if (dir < 0)
        return;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        struct known one = known_of(&st, KNOWN_COMPLETE);
        if (!was_put_back(&s->look, &one))
            known_add(&s->look.known, &one);
    }
    close(dir);
}

void spool_look_put_back(struct spool *s, const struct stat *st)
{
    s->look.back[s->look.nback++ % LOOK_BACK] = known_of(st, 0);
}

// --- the oldest names ------------------------------------------------------------------------------------

static int by_arrival(const void *a, const void *b)
{
    const struct spool_name *x = a, *y = b;
    int64_t t = ns(x->ctime), u = ns(y->ctime);
    if (t != u)
        return t < u ? -1 : 1;
    int names = strcmp(x->name, y->name);
    return names != 0 ? names : strcmp(x->feed, y->feed);
}

static void sift_down(struct look *l, size_t at)
{
    for (;;) {
        size_t newest = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < l->n; child++) {
            if (by_arrival(&l->names[l->heap[child]], &l->names[l->heap[newest]]) > 0)
                newest = child;
        }
        if (newest == at)
            return;
        uint32_t slot = l->heap[at];
        l->heap[at] = l->heap[newest];
        l->heap[newest] = slot;
        at = newest;
    }
}

static bool make_heap(struct look *l)
{
    l->heap = malloc(l->n * sizeof *l->heap);
    if (l->heap == NULL)
        return false;
    for (size_t i = 0; i < l->n; i++)
        l->heap[i] = (uint32_t)i;
    for (size_t i = l->n / 2; i-- > 0;)
        sift_down(l, i);
    return true;
}

/* Of too many names the oldest stay. Without memory a name is left for the next look. */
static void keep(struct look *l, const char *feed, const char *name, const struct stat *st)
{
    struct spool_name one = {.ctime = st->st_ctim};
    snprintf(one.feed, sizeof one.feed, "%s", feed);
    snprintf(one.name, sizeof one.name, "%s", name);
    void *v = l->names;
    if (l->n < spool_seams.look_max) {
        if (grow(&v, &l->room, l->n, sizeof *l->names, spool_seams.look_max)) {
            l->names = v;
            l->names[l->n++] = one;
        }
        return;
    }
    if ((l->heap == NULL && !make_heap(l)) || by_arrival(&one, &l->names[l->heap[0]]) >= 0)
        return;
    l->names[l->heap[0]] = one;
    sift_down(l, 0);
}

// --- one look --------------------------------------------------------------------------------------------

/* Ready, or how long it may take until it is. */
static bool ripe(struct spool *s, const struct stat *st, bool remote)
{
    struct look *l = &s->look;
    int64_t settle = s->conf->spool.settle_ms;
    int64_t quiet = l->now - ns(st->st_ctim) / 1000000;
    bool clocks_agree = !remote && quiet >= 0;
    struct known one = known_of(st, l->mono);
    if (settle < BACK_MS && was_put_back(l, &one))
        settle = BACK_MS;
    if (clocks_agree && quiet >= settle)
        return true;
    const struct known *before = known_find(&l->known, &one);
    if (before != NULL)
        one.since = before->since;
    known_add(&l->next, &one);
    if (one.since == KNOWN_COMPLETE || l->mono - one.since >= settle)
        return true;
    int64_t wait = settle - (l->mono - one.since);
    if (clocks_agree && settle - quiet < wait)
        wait = settle - quiet;
    if (l->again_ms < 0 || wait < l->again_ms)
        l->again_ms = wait > INT32_MAX ? INT32_MAX : (int)wait;
    return false;
}

static void see_file(struct spool *s, const char *feed, const char *name, const struct stat *st, bool remote)
{
    struct look *l = &s->look;
    int64_t arrival = ns(st->st_ctim) / 1000000;
    if (l->waiting++ == 0 || arrival < l->oldest)
        l->oldest = arrival;
    if (ripe(s, st, remote))
        keep(l, feed, name, st);
}

static bool scan(struct spool *s, int dir, const char *feed);

static void see_directory(struct spool *s, int above, const char *feed, const char *name)
{
    const char *why = NULL;
    if (strcmp(feed, "default") != 0)
        why = "feeds are one level deep";
    else if (strcmp(name, "default") == 0)
        why = "the files of feed default lie directly in incoming/";
    else if (!conf_feed_name_valid(name))
        why = "no name of a feed: at most 40 of a-z, 0-9 and -";
    int dir = why == NULL ? spool_dir(above, name) : -1;
    // Its files could not be claimed, and so many of them would leave no room in the list for other feeds'.
    if (dir >= 0 && faccessat(dir, ".", W_OK | X_OK, AT_EACCESS) < 0) {
        close(dir);
        why = "the daemon may not take files out of it: give it group newswire and mode 2770";
    }
    if (why == NULL && (dir < 0 || !scan(s, dir, name)) && errno != ENOENT)
        why = strerror(errno);
    if (why != NULL && spool_say_once(s, "directory", feed, name))
        log_at(LOG_WARN, "spool", "a directory in incoming/ is left alone", "feed=%s directory=%s why=%s",
               feed, name, why);
}

/* Takes `dir` over. False: errno. */
static bool scan(struct spool *s, int dir, const char *feed)
{
    DIR *d = fdopendir(dir);
    if (d == NULL) {
        int why = errno;
        close(dir);
        errno = why;
        return false;
    }
    bool remote = spool_seams.remote(dir);
    for (struct dirent *ent; (errno = 0, ent = readdir(d)) != NULL;) {
        struct stat st;
        if (spool_skipped(s->conf, ent->d_name, NULL))
            continue;
        if (ent->d_type == DT_DIR)
            see_directory(s, dir, feed, ent->d_name);
        else if (fstatat(dir, ent->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue; // Gone since.
        else if (S_ISDIR(st.st_mode))
            see_directory(s, dir, feed, ent->d_name);
        else
            see_file(s, feed, ent->d_name, &st, remote);
    }
    int why = errno;
    closedir(d);
    errno = why;
    return why == 0;
}

/* incoming/ is there; another one than before gets the directories of the feeds. */
static int open_incoming(struct spool *s, struct err *e)
{
    struct stat st;
    if (!spool_base(s, e))
        return -1;
    int dir = spool_dir(s->base, "incoming");
    if (dir < 0 || fstat(dir, &st) < 0) {
        err_sys(e, "%s/incoming is gone", s->path);
        if (dir >= 0)
            close(dir);
        return -1;
    }
    if (s->look.ino != 0 && (s->look.ino != st.st_ino || s->look.dev != st.st_dev))
        spool_feeds_make(s, dir);
    s->look.dev = st.st_dev;
    s->look.ino = st.st_ino;
    return dir;
}

static void begin(struct look *l)
{
    void *names = l->names, *known = l->known.v, *next = l->next.v;
    shrink(&names, &l->room, l->n, sizeof *l->names);
    shrink(&known, &l->known.room, l->known.n, sizeof *l->known.v);
    shrink(&next, &l->next.room, 0, sizeof *l->next.v);
    l->names = names;
    l->known.v = known;
    l->next.v = next;
    if (l->known.n > 1)
        qsort(l->known.v, l->known.n, sizeof *l->known.v, known_order);
    l->n = l->next.n = l->waiting = 0;
    l->oldest = 0;
    l->again_ms = -1;
    l->now = spool_seams.now_ms();
    l->mono = spool_seams.mono_ms();
}

/* What was not seen in this look is forgotten. */
static void end(struct look *l)
{
    struct knowns seen = l->next;
    l->next = l->known;
    l->known = seen;
    free(l->heap);
    l->heap = NULL;
    if (l->n > 1)
        qsort(l->names, l->n, sizeof *l->names, by_arrival);
}

bool spool_look(struct spool *s, const struct spool_name **out, size_t *n, size_t *waiting, int *again_ms,
                int64_t *oldest, struct err *e)
{
    struct look *l = &s->look;
    *out = NULL;
    *n = *waiting = 0;
    *again_ms = -1;
    *oldest = 0;
    int incoming = open_incoming(s, e);
    if (incoming < 0)
        return false;
    begin(l);
    bool fine = scan(s, incoming, "default");
    int why = errno;
    end(l);
    errno = why;
    if (!fine)
        return err_sys(e, "cannot look into %s/incoming", s->path);
    *out = l->names;
    *n = l->n;
    *waiting = l->waiting;
    *again_ms = l->again_ms;
    *oldest = l->oldest;
    return true;
}
