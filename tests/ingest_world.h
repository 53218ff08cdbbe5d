// SPDX-License-Identifier: MIT
/* ingest_world: a real spool and a real store around one ingest, turn by turn, without threads and without a wire. The
 * world is broken through the spool's seams, crash points and limits of the process. */
#ifndef TESTS_INGEST_WORLD_H
#define TESTS_INGEST_WORLD_H

#include "tests/spool_world.h"
#include "tests/store_kit.h"

#include "daemon/base/crash.h"
#include "daemon/base/log.h"
#include "daemon/base/stats.h"
#include "daemon/flows/ingest.h"
#include "daemon/hands/bell.h"
#include "daemon/pure/tag.h"

#include <glob.h>
#include <poll.h>
#include <signal.h>

static struct rules *shipped; /* compiled once for all tests */
static struct tagger *tagger;

static struct world *w;
static struct kit kit;
static struct store *store;
static struct watch *watch;
static struct ingest *in;
static int bell;
static int slept; /* what the last turn said */
static uint64_t stats_before[STAT_COUNT];

// --- the world breaks -----------------------------------------------------------------------------------------------

/* In place of the product's empty function: what happens at each point, and how often each was passed. */
static void (*at_point)(const char *point, const char *file);
static unsigned commits;

void crash_point(const char *point, const char *file)
{
    commits += strcmp(point, "committed") == 0;
    if (at_point != NULL)
        at_point(point, file);
}

static const char *broken_at; /* renames of names that hold this fail */

static inline int broken_rename(int from, const char *old, int to, const char *name, unsigned flags)
{
    if (broken_at == NULL || strstr(old, broken_at) == NULL)
        return real_seams.rename(from, old, to, name, flags);
    errno = EACCES;
    return -1;
}

// --- the daemon, as far as it is needed -----------------------------------------------------------------------------

static inline void open_ingest(void)
{
    struct ingest_hands hands = {.spool = w->spool, .store = store, .watch = watch, .bells = {bell, -1}};
    in = ingest_new(&hands, &w->e);
    assert_non_null(in);
    ingest_settings(in, w->conf, shipped, tagger);
    for (int i = 0; i < STAT_COUNT; i++)
        stats_before[i] = stats_get(i);
    commits = 0;
}

static inline void shut(void)
{
    ingest_free(in);
    watch_free(watch);
    store_close(store);
    spool_close(w->spool);
    in = NULL;
    watch = NULL;
    store = NULL;
    w->spool = NULL;
}

static inline void reopen(void)
{
    w->spool = spool_open(w->conf, &w->e);
    if (w->spool == NULL)
        fail_msg("%s", w->e.text);
    store = kit_open(&kit);
    open_ingest();
}

static inline int begin(void **state)
{
    if (world_make(state) != 0)
        return -1;
    w = *state;
    spool_seams.rename = broken_rename;
    broken_at = NULL;
    at_point = NULL;
    kit_new(&kit);
    snprintf(w->conf->store.directory, sizeof w->conf->store.directory, "%s", kit.directory);
    w->conf->store.reserve = 0;
    bell = bell_new(&w->e);
    store = kit_open(&kit);
    open_ingest();
    return 0;
}

static inline int end(void **state)
{
    at_point = NULL;
    shut();
    bell_free(bell);
    kit_end(&kit);
    return world_end(state);
}

static inline void turn(void)
{
    enum fate fate = ingest_turn(in, &slept, &w->e);
    if (fate != FATE_DONE)
        fail_msg("%s: %s", fate_word(fate), w->e.text);
    assert_in_range(slept, 0, 1000);
}

/* Until nothing is left to do now. */
static inline void turns(void)
{
    for (int i = 0; i < 200; i++) {
        turn();
        if (ingest_idle(in, false) || ingest_paused(in) != NULL)
            return;
    }
    fail_msg("never idle");
}

/* A few, whatever there is to do. */
static inline void some_turns(void)
{
    for (int i = 0; i < 5; i++)
        turn();
}

/* What was dropped so far is old enough, and taken. */
static inline void take_all(void)
{
    push_clocks(5000);
    turns();
}

/* Ends as a SIGKILL would, at `point` with `file` in hand (NULL: any); a process of its own opens everything. */
static const char *kill_point, *kill_file;

static inline void kill_at(const char *point, const char *file)
{
    if (strcmp(point, kill_point) == 0 && (kill_file == NULL || (file != NULL && strcmp(file, kill_file) == 0)))
        raise(SIGKILL);
}

static inline void dies(const char *point, const char *file)
{
    int status;
    shut();
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        kill_point = point;
        kill_file = file;
        at_point = kill_at;
        reopen();
        pushed_now += 5000;
        pushed_mono += 5000;
        for (int i = 0; i < 50; i++)
            (void)ingest_turn(in, &slept, &w->e);
        _exit(1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    push_clocks(5000);
    reopen();
}

// --- what is seen of it ---------------------------------------------------------------------------------------------

/* A dispatch of its own for each name. */
static inline const char *news(const char *name)
{
    static char out[1000];
    snprintf(out, sizeof out,
             "Parliament of %s meets again\n\n14:58, 8 November 2023\n\n"
             "YEREVAN, NOVEMBER 8, ARMENPRESS. The parliament of %s met again today, and spoke at length.\n",
             name, name);
    return out;
}

static inline void drop_news(const char *name)
{
    drop(w, name, news(name));
    usleep(15 * 1000); // the grain of ctime: the next one is younger
}

static inline uint64_t since(enum stat_number n)
{
    return stats_get(n) - stats_before[n];
}

static inline size_t files(const char *pattern, char out[600])
{
    glob_t found = {0};
    size_t n = glob(in_world(w, "%s", pattern), 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    if (n > 0 && out != NULL)
        snprintf(out, 600, "%s", found.gl_pathv[0]);
    globfree(&found);
    return n;
}

static inline void assert_archived(const char *name)
{
    char pattern[300];
    snprintf(pattern, sizeof pattern, "archive/*/*.%s", name);
    assert_int_equal(files(pattern, NULL), 1);
}

static inline void assert_why(const char *name, const char *begins)
{
    char pattern[300], path[600], text[4096];
    snprintf(pattern, sizeof pattern, "rejected/*.%s.why", name);
    assert_int_equal(files(pattern, path), 1);
    contents(path, text, sizeof text);
    if (strncmp(text, begins, strlen(begins)) != 0)
        fail_msg("%s, and not: %s", text, begins);
    snprintf(pattern, sizeof pattern, "rejected/*.%s", name);
    assert_int_equal(files(pattern, NULL), 1);
}

static inline void assert_records(int n)
{
    assert_int_equal(kit_sql(&kit, "select count(*) from record"), n);
    assert_int_equal(store_head(store), kit_sql(&kit, "select seq from head"));
    kit_check_whole(&kit);
}

static inline void assert_came_from(int seq, const char *name)
{
    char condition[300];
    snprintf(condition, sizeof condition,
             "(select file from records where seq = %d) = '%s'", seq, name);
    kit_holds(&kit, condition);
}

static inline bool rung(void)
{
    struct pollfd p = {bell, POLLIN, 0};
    bool yes = poll(&p, 1, 0) == 1;
    bell_hush(bell);
    return yes;
}

// --- once for all tests ---------------------------------------------------------------------------------------------

static inline struct rules *rules_with(const char *more, struct tagger **t)
{
    struct conf_problems problems = {0};
    struct err e = {""};
    struct rules *r = rules_new();
    assert_non_null(r);
    assert_true(rules_shipped(r, &problems));
    assert_true(rules_add(r, "own.rules", more, strlen(more), &problems));
    assert_true(rules_seal(r, &e));
    *t = tagger_new(r, &e);
    assert_non_null(*t);
    return r;
}

static inline int compile(void **state)
{
    (void)state;
    log_level_set(LOG_ERROR);
    shipped = rules_with("", &tagger);
    return 0;
}

static inline int forget(void **state)
{
    (void)state;
    tagger_free(tagger);
    rules_free(shipped);
    return 0;
}

#endif
