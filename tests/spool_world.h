// SPDX-License-Identifier: MIT
/* spool_world: a drop directory for each test of the spool's rooms, and clocks that a test can push. */
#ifndef TESTS_SPOOL_WORLD_H
#define TESTS_SPOOL_WORLD_H

#include "tests/unit.h"

#include "daemon/hands/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct world {
    char path[200];
    struct conf *conf;
    struct spool *spool;
    struct err e;
};

/* Ms by which a test has pushed each clock; seams as they were. */
static int64_t pushed_now, pushed_mono;
static struct spool_seams real_seams;

static int64_t world_now(void)
{
    return real_seams.now_ms() + pushed_now;
}

static int64_t world_mono(void)
{
    return real_seams.mono_ms() + pushed_mono;
}

static inline void push_clocks(int64_t ms)
{
    pushed_now += ms;
    pushed_mono += ms;
}

/* Paths below the world, several at a time. */
static inline const char *in_world(const struct world *w, const char *fmt, ...)
{
    static char paths[8][600];
    static unsigned next;
    char *out = paths[next++ % 8];
    int n = snprintf(out, sizeof paths[0], "%s/", w->path);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(out + n, sizeof paths[0] - (size_t)n, fmt, ap);
    va_end(ap);
    return out;
}

static inline int world_make(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    const char *tmp = getenv("TMPDIR");
    struct conf_problems problems = {0};
    static const char text[] = "[feed desk]\n[feed wire]\ntrust_close = yes\n";
    real_seams = spool_seams;
    pushed_now = pushed_mono = 0;
    spool_seams.now_ms = world_now;
    spool_seams.mono_ms = world_mono;
    umask(022);
    snprintf(w->path, sizeof w->path, "%s/newswire-spool-XXXXXX",
             tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
    assert_non_null(mkdtemp(w->path));
    assert_int_equal(chmod(w->path, 0755), 0);
    w->conf = conf_read("test.conf", text, sizeof text - 1, &problems);
    assert_non_null(w->conf);
    assert_int_equal(problems.count, 0);
    snprintf(w->conf->spool.directory, sizeof w->conf->spool.directory, "%s", w->path);
    w->conf->spool.settle_ms = 2000;
    w->spool = spool_open(w->conf, &w->e);
    if (w->spool == NULL)
        fail_msg("%s", w->e.text);
    *state = w;
    return 0;
}

static inline int world_remove(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static inline int world_end(void **state)
{
    struct world *w = *state;
    spool_close(w->spool);
    conf_free(w->conf);
    nftw(w->path, world_remove, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    free(w);
    spool_seams = real_seams;
    return 0;
}

/* The daemon dies here and comes again. */
static inline void restart(struct world *w)
{
    spool_close(w->spool);
    w->spool = spool_open(w->conf, &w->e);
    if (w->spool == NULL)
        fail_msg("%s", w->e.text);
}

static inline void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    if (f == NULL)
        fail_msg("%s: %s", path, strerror(errno));
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

/* Puts a drop file; `where` is "NAME" or "FEED/NAME". */
static inline void drop(struct world *w, const char *where, const char *text)
{
    put(in_world(w, "incoming/%s", where), text);
}

static inline char *contents(const char *path, char *out, size_t size)
{
    FILE *f = fopen(path, "r");
    if (f == NULL)
        fail_msg("%s: %s", path, strerror(errno));
    size_t n = fread(out, 1, size - 1, f);
    out[n] = '\0';
    fclose(f);
    return out;
}

static inline bool there(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static inline size_t count(const char *path)
{
    size_t n = 0;
    DIR *d = opendir(path);
    assert_non_null(d);
    for (struct dirent *ent; (ent = readdir(d)) != NULL;)
        n += ent->d_name[0] != '.';
    closedir(d);
    return n;
}

struct seen {
    const struct spool_name *names;
    size_t n, waiting;
    int again_ms;
    int64_t oldest;
};

static inline struct seen look(struct world *w)
{
    struct seen seen = {0};
    if (!spool_look(w->spool, &seen.names, &seen.n, &seen.waiting, &seen.again_ms, &seen.oldest, &w->e))
        fail_msg("%s", w->e.text);
    return seen;
}

static inline struct spool_name named(const char *feed, const char *name)
{
    struct spool_name out = {0};
    snprintf(out.feed, sizeof out.feed, "%s", feed);
    snprintf(out.name, sizeof out.name, "%s", name);
    return out;
}

static inline enum fate claim(struct world *w, const char *feed, const char *name, struct claim *c)
{
    struct spool_name from = named(feed, name);
    return spool_claim(w->spool, &from, c, &w->e);
}

/* A file dropped and claimed. */
static inline struct claim claimed(struct world *w, const char *feed, const char *name, const char *text)
{
    struct claim c;
    char where[300];
    snprintf(where, sizeof where, "%s%s%s", strcmp(feed, "default") == 0 ? "" : feed,
             strcmp(feed, "default") == 0 ? "" : "/", name);
    drop(w, where, text);
    enum fate fate = claim(w, feed, name, &c);
    if (fate != FATE_DONE)
        fail_msg("%s: %s", fate_word(fate), w->e.text);
    return c;
}

/* Runs `body` in a child, as somebody who owns nothing if `stranger` (root only; others are who they are). */
static inline void in_child(struct world *w, bool stranger, int (*body)(struct world *))
{
    int status;
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (stranger && geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
            _exit(99);
        _exit(body(w));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        skip();
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("in the child: %d (line %d)", status, WEXITSTATUS(status));
}

#endif
