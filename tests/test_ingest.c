// SPDX-License-Identifier: MIT
/* ingest, take and upkeep: drop files through a real spool into a real store, turn by turn, without threads and without a
 * wire. The world is broken through the spool's seams, crash points and limits of the process. */
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
#include <sys/resource.h>

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

// --- the world breaks ---------------------------------------------------------------------------------------------------

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

static int broken_rename(int from, const char *old, int to, const char *name, unsigned flags)
{
    if (broken_at == NULL || strstr(old, broken_at) == NULL)
        return real_seams.rename(from, old, to, name, flags);
    errno = EACCES;
    return -1;
}

// --- the daemon, as far as it is needed ---------------------------------------------------------------------------------

static void open_ingest(void)
{
    struct ingest_hands hands = {w->spool, store, watch, {bell, -1}};
    in = ingest_new(&hands, &w->e);
    assert_non_null(in);
    ingest_settings(in, w->conf, shipped, tagger);
    for (int i = 0; i < STAT_COUNT; i++)
        stats_before[i] = stats_get(i);
    commits = 0;
}

static void shut(void)
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

static void reopen(void)
{
    w->spool = spool_open(w->conf, &w->e);
    if (w->spool == NULL)
        fail_msg("%s", w->e.text);
    store = kit_open(&kit);
    open_ingest();
}

static int begin(void **state)
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

static int end(void **state)
{
    at_point = NULL;
    shut();
    bell_free(bell);
    kit_end(&kit);
    return world_end(state);
}

static void turn(void)
{
    enum fate fate = ingest_turn(in, &slept, &w->e);
    if (fate != FATE_DONE)
        fail_msg("%s: %s", fate_word(fate), w->e.text);
    assert_in_range(slept, 0, 1000);
}

/* Until nothing is left to do now. */
static void turns(void)
{
    for (int i = 0; i < 200; i++) {
        turn();
        if (ingest_idle(in, false) || ingest_paused(in) != NULL)
            return;
    }
    fail_msg("never idle");
}

/* A few, whatever there is to do. */
static void some_turns(void)
{
    for (int i = 0; i < 5; i++)
        turn();
}

/* What was dropped so far is old enough, and taken. */
static void take_all(void)
{
    push_clocks(5000);
    turns();
}

/* Ends as a SIGKILL would, at `point` with `file` in hand (NULL: any); a process of its own opens everything. */
static const char *kill_point, *kill_file;

static void kill_at(const char *point, const char *file)
{
    if (strcmp(point, kill_point) == 0 && (kill_file == NULL || (file != NULL && strcmp(file, kill_file) == 0)))
        raise(SIGKILL);
}

static void dies(const char *point, const char *file)
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

// --- what is seen of it -------------------------------------------------------------------------------------------------

/* A dispatch of its own for each name. */
static const char *news(const char *name)
{
    static char out[1000];
    snprintf(out, sizeof out,
             "Parliament of %s meets again\n\n14:58, 8 November 2023\n\n"
             "YEREVAN, NOVEMBER 8, ARMENPRESS. The parliament of %s met again today, and spoke at length.\n",
             name, name);
    return out;
}

static void drop_news(const char *name)
{
    drop(w, name, news(name));
    usleep(15 * 1000); // the grain of ctime: the next one is younger
}

static uint64_t since(enum stat_number n)
{
    return stats_get(n) - stats_before[n];
}

static size_t files(const char *pattern, char out[600])
{
    glob_t found = {0};
    size_t n = glob(in_world(w, "%s", pattern), 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    if (n > 0 && out != NULL)
        snprintf(out, 600, "%s", found.gl_pathv[0]);
    globfree(&found);
    return n;
}

static void assert_archived(const char *name)
{
    char pattern[300];
    snprintf(pattern, sizeof pattern, "archive/*/*.%s", name);
    assert_int_equal(files(pattern, NULL), 1);
}

static void assert_why(const char *name, const char *begins)
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

static void assert_records(int n)
{
    assert_int_equal(kit_sql(&kit, "select count(*) from record"), n);
    assert_int_equal(store_head(store), kit_sql(&kit, "select seq from head"));
    kit_check_whole(&kit);
}

static void assert_came_from(int seq, const char *name)
{
    char condition[300];
    snprintf(condition, sizeof condition,
             "(select f.name from dispatch d join file f on f.n = d.file where d.record = %d) = '%s'", seq, name);
    kit_holds(&kit, condition);
}

static bool rung(void)
{
    struct pollfd p = {bell, POLLIN, 0};
    bool yes = poll(&p, 1, 0) == 1;
    bell_hush(bell);
    return yes;
}

// --- batches ------------------------------------------------------------------------------------------------------------

static void a_batch_is_one_commit_in_order_of_arrival(void **state)
{
    (void)state;
    drop_news("c");
    drop_news("a");
    drop_news("desk/b");
    some_turns();
    assert_records(0); // Too young.
    assert_false(rung());
    take_all();
    assert_int_equal(commits, 1);
    assert_true(rung());
    assert_records(3);
    assert_came_from(1, "c");
    assert_came_from(2, "a");
    assert_came_from(3, "b");
    assert_archived("default.a");
    assert_archived("default.c");
    assert_archived("desk.b");
    assert_int_equal(files("work/*", NULL), 0);
    assert_int_equal(since(STAT_DONE), 3);
    assert_int_equal(since(STAT_FRESH), 3);
    assert_int_equal(stats_get(STAT_BACKLOG), 0);
    assert_int_equal(ingest_rejected(in), 0);
}

static void a_bad_file_is_rejected_alone(void **state)
{
    (void)state;
    drop_news("a");
    drop(w, "junk", "");
    assert_int_equal(symlink("a", in_world(w, "incoming/link")), 0);
    drop_news("z");
    take_all();
    assert_int_equal(commits, 1);
    assert_records(2);
    assert_archived("default.a");
    assert_archived("default.z");
    assert_why("default.junk", "empty file\n");
    assert_why("default.link", "a symbolic link");
    assert_int_equal(since(STAT_DONE), 2);
    assert_int_equal(since(STAT_BAD), 2);
    assert_int_equal(ingest_rejected(in), 2);
    kit_holds(&kit, "count(*) = 2 from file where fate = 2 and why <> '' and fresh = 0");
}

static void a_broken_slice_is_set_aside_and_the_others_stored(void **state)
{
    (void)state;
    char text[4000], tail[1500];
    w->conf->spool.max_dispatch = 1000;
    snprintf(tail, sizeof tail, "%01200d", 7);
    snprintf(text, sizeof text, "%s\n\n", news("one"));
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s\n\n\n", news("two"), tail);
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s", news("three"));
    drop(w, "mixed", text);
    take_all();
    assert_records(2);
    assert_archived("default.mixed");
    assert_int_equal(files("rejected/*.default.mixed.*.why", NULL), 1);
    assert_int_equal(files("rejected/*", NULL), 2);
    assert_int_equal(since(STAT_SLICES_REJECTED), 1);
    assert_int_equal(since(STAT_DONE), 1);
    assert_int_equal(ingest_rejected(in), 1); // --once says 3.
}

static void the_same_file_again_is_seen_and_not_stored(void **state)
{
    (void)state;
    drop(w, "a", news("a"));
    take_all();
    drop(w, "again", news("a"));
    take_all();
    assert_records(1);
    assert_int_equal(since(STAT_SEEN), 1);
    assert_int_equal(since(STAT_DONE), 2);
    assert_archived("default.again");
}

static void append_to_a(const char *file)
{
    char path[600];
    if (strcmp(file, "a") != 0 || files("work/*.a", path) != 1)
        return;
    at_point = NULL;
    FILE *f = fopen(path, "a");
    assert_non_null(f);
    fprintf(f, "\n\n%s", news("more"));
    fclose(f);
}

static void change_after_reading(const char *point, const char *file)
{
    if (strcmp(point, "parsed") == 0)
        append_to_a(file);
}

static void what_changes_while_it_is_read_goes_back(void **state)
{
    (void)state;
    drop_news("a");
    drop_news("b");
    at_point = change_after_reading;
    push_clocks(5000);
    turn();
    assert_null(at_point);
    assert_records(1); // Nothing of it is stored; its neighbour is.
    assert_came_from(1, "b");
    assert_true(there(in_world(w, "incoming/a")));
    assert_int_equal(since(STAT_RETRY), 1);
    assert_int_equal(since(STAT_DONE), 1);
    assert_int_equal(kit_sql(&kit, "select count(*) from file"), 1);
    take_all();
    assert_records(3);
    assert_archived("default.a");
    assert_int_equal(since(STAT_FRESH), 3);
}

// --- moves --------------------------------------------------------------------------------------------------------------

static void a_move_that_fails_silences_nothing(void **state)
{
    (void)state;
    drop_news("a");
    drop(w, "junk", "");
    broken_at = ".0.default.";
    take_all();
    assert_records(1);
    assert_true(rung());
    assert_int_equal(files("work/*", NULL), 2);
    assert_non_null(strstr(ingest_unmoved(in), "cannot be moved"));
    assert_null(ingest_paused(in));
    broken_at = ".0.default.a"; // Others go on, and the one may be moved before the other.
    drop_news("c");
    take_all();
    assert_records(2);
    assert_archived("default.c");
    push_clocks(60 * 1000);
    turns();
    assert_why("default.junk", "empty file\n");
    assert_int_equal(files("work/*", NULL), 1);
    assert_non_null(ingest_unmoved(in));
    broken_at = NULL;
    push_clocks(60 * 1000);
    turns();
    assert_null(ingest_unmoved(in));
    assert_archived("default.a");
    assert_int_equal(files("work/*", NULL), 0);
    assert_records(2);
    assert_int_equal(since(STAT_DONE), 2);
    assert_int_equal(since(STAT_BAD), 1);
}

static void what_was_committed_is_only_moved_after_a_crash(void **state)
{
    (void)state;
    char path[600];
    drop_news("a");
    drop(w, "junk", "");
    broken_at = ".0.default.";
    take_all();
    assert_records(1);
    shut();
    assert_int_equal(files("rejected/*.why", path), 1);
    assert_int_equal(unlink(path), 0); // The reason is in the store.
    broken_at = NULL;
    reopen();
    take_all();
    assert_int_equal(since(STAT_FRESH) + since(STAT_SEEN), 0);
    assert_records(1);
    kit_holds(&kit, "seen = 1 from dispatch");
    kit_holds(&kit, "count(*) = 2 from file");
    assert_archived("default.a");
    assert_why("default.junk", "empty file\n");
    assert_int_equal(files("work/*", NULL), 0);
}

static void intake_waits_when_too_many_cannot_be_moved(void **state)
{
    (void)state;
    char name[20];
    drop(w, "0000", news("a"));
    for (int i = 1; i < 1100; i++) {
        snprintf(name, sizeof name, "%04d", i);
        assert_int_equal(link(in_world(w, "incoming/0000"), in_world(w, "incoming/%s", name)), 0);
    }
    broken_at = ".0.default.";
    take_all();
    assert_non_null(strstr(ingest_paused(in), "too many files"));
    assert_int_equal(files("work/*", NULL), 1024);
    assert_int_equal(files("incoming/*", NULL) - 2 /* feeds */, 1100 - 1024);
    assert_false(ingest_idle(in, true));
    push_clocks(60 * 1000);
    turn();
    assert_non_null(ingest_paused(in));
    assert_true(slept > 0);
    broken_at = NULL;
    push_clocks(60 * 1000);
    turn();
    take_all();
    assert_null(ingest_paused(in));
    assert_null(ingest_unmoved(in));
    assert_int_equal(files("work/*", NULL), 0);
    assert_int_equal(since(STAT_DONE), 1100);
    assert_records(1);
}

// --- crashes ------------------------------------------------------------------------------------------------------------

static void recovered_files_run_one_per_transaction(void **state)
{
    (void)state;
    drop_news("a");
    drop(w, "junk", "");
    drop_news("c");
    dies("claims-durable", NULL);
    assert_int_equal(files("work/*.0.default.*", NULL), 3); // None was in hand.
    drop_news("later");
    assert_false(ingest_idle(in, true));
    take_all();
    assert_int_equal(commits, 4);
    assert_records(3);
    assert_came_from(1, "a");
    assert_came_from(2, "c");
    assert_came_from(3, "later");
    assert_why("default.junk", "empty file\n");
}

static void what_ends_the_daemon_twice_is_rejected(void **state)
{
    (void)state;
    drop_news("a");
    drop_news("killer");
    drop_news("z");
    dies("parsed", "killer");
    assert_int_equal(files("work/*.1.default.killer", NULL), 1);
    assert_int_equal(files("work/*.0.default.*", NULL), 2);
    assert_records(0);
    dies("parsed", "killer"); // Alone this time: what stood before it is done.
    assert_int_equal(files("work/*.2.default.killer", NULL), 1);
    assert_records(1);
    take_all();
    assert_why("default.killer", "ended the daemon twice\n");
    assert_archived("default.a");
    assert_archived("default.z");
    assert_records(2);
    assert_int_equal(ingest_rejected(in), 1);
}

static void every_step_can_be_repeated(void **state)
{
    (void)state;
    static const char *const points[] = {"claimed",       "claims-durable", "read", "parsed", "slices-written", "file-ended",
                                         "before-commit", "committed",      "rung", "settled"};
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        char name[20], pattern[60], text[3000], tail[1500];
        w->conf->spool.max_dispatch = 1000;
        snprintf(tail, sizeof tail, "%01200zu", i);
        snprintf(name, sizeof name, "f%zu", i);
        snprintf(text, sizeof text, "%s\n\n", news(name));
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s\n", news("long"), tail);
        drop(w, name, text);
        dies(points[i], NULL);
        take_all();
        assert_records((int)i + 1);
        snprintf(pattern, sizeof pattern, "default.%s", name);
        assert_archived(pattern);
        snprintf(pattern, sizeof pattern, "rejected/*.default.%s.*", name);
        assert_int_equal(files(pattern, NULL), 2); // The slice once, and its reason.
        assert_int_equal(files("work/*", NULL), 0);
    }
    kit_holds(&kit, "max(seen) = 1 from dispatch");
    assert_int_equal(kit_sql(&kit, "select count(*) from file"), sizeof points / sizeof points[0]);
}

// --- pausing ------------------------------------------------------------------------------------------------------------

static void too_little_room_pauses_and_says_why(void **state)
{
    (void)state;
    char text[STATS_TEXT_MAX];
    struct conf roomy = *w->conf;
    w->conf->store.reserve = UINT64_MAX;
    drop_news("a");
    drop_news("b");
    take_all();
    assert_non_null(strstr(ingest_paused(in), "disk full"));
    assert_non_null(strstr(ingest_paused(in), "[store] reserve"));
    assert_non_null(strstr(ingest_paused(in), kit.directory));
    stats_read(TEXT_PAUSED, text);
    assert_string_equal(text, ingest_paused(in));
    assert_false(ingest_idle(in, true)); // They are claimed and held.
    assert_records(0);
    assert_int_equal(stats_get(STAT_BACKLOG), 2);
    for (int waited = 500; waited <= 30 * 1000; waited *= 2) { // Each wait is twice as long.
        assert_int_equal(commits, 0);
        uint64_t tries = since(STAT_RETRY);
        pushed_mono += waited - 300;
        turn();
        assert_true(slept > 0);
        assert_int_equal(since(STAT_RETRY), tries);
        pushed_mono += 300;
        turn();
        assert_int_equal(since(STAT_RETRY), tries + 1);
    }
    ingest_settings(in, &roomy, shipped, tagger);
    pushed_mono += 30 * 1000;
    turns();
    assert_null(ingest_paused(in));
    stats_read(TEXT_PAUSED, text);
    assert_string_equal(text, "");
    assert_records(2);
    assert_came_from(1, "a");
    assert_archived("default.a");
    assert_archived("default.b");
    ingest_settings(in, w->conf, shipped, tagger);
}

static void a_full_disk_holds_the_batch_and_does_it_one_by_one(void **state)
{
    (void)state;
    struct rlimit before, small;
    struct stat st;
    char log[400];
    drop_news("a");
    take_all();
    drop_news("small");
    FILE *f = fopen(in_world(w, "incoming/big"), "w");
    assert_non_null(f);
    fputs(news("big"), f);
    for (int i = 0; i < 9000; i++)
        fprintf(f, "And %d is what the parliament said, line by line, this afternoon in the capital.\n", i * 7919);
    assert_int_equal(fclose(f), 0);
    usleep(15 * 1000);
    drop_news("z");
    assert_int_equal(stat(in_world(w, "incoming/big"), &st), 0);
    assert_in_range(st.st_size, 600 * 1000, 1000 * 1000);
    w->conf->spool.max_dispatch = 1 << 20;
    signal(SIGXFSZ, SIG_IGN);
    snprintf(log, sizeof log, "%s-wal", kit.database);
    assert_int_equal(stat(log, &st), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = (rlim_t)st.st_size + 400 * 1000; // room for the small one
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    push_clocks(5000);
    int sleep_ms, tries = 0;
    enum fate fate;
    do
        fate = ingest_turn(in, &sleep_ms, &w->e);
    while (fate == FATE_DONE && ingest_paused(in) == NULL && ++tries < 20);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(fate, FATE_DONE);
    assert_non_null(ingest_paused(in));
    assert_non_null(strstr(ingest_paused(in), kit.directory));
    assert_records(2); // The small one went in by itself.
    assert_came_from(2, "small");
    assert_archived("default.small");
    assert_int_equal(files("work/*", NULL), 2);
    push_clocks(1000);
    turns();
    assert_null(ingest_paused(in));
    assert_records(4);
    assert_came_from(3, "big");
    assert_came_from(4, "z");
    assert_int_equal(since(STAT_DONE), 4);
    assert_int_equal(since(STAT_SEEN), 0);
}

static void a_directory_that_is_gone_is_waited_for(void **state)
{
    (void)state;
    drop_news("a");
    assert_int_equal(rename(in_world(w, "incoming"), in_world(w, "away")), 0);
    push_clocks(5000);
    turn();
    assert_true(slept > 0);
    assert_records(0);
    assert_int_equal(rename(in_world(w, "away"), in_world(w, "incoming")), 0);
    take_all();
    assert_records(1);
}

static void a_store_that_is_taken_away_ends_the_daemon(void **state)
{
    (void)state;
    enum fate fate = FATE_DONE;
    drop_news("a");
    assert_int_equal(unlink(kit.database), 0);
    push_clocks(5000);
    for (int i = 0; i < 5 && fate == FATE_DONE; i++)
        fate = ingest_turn(in, &slept, &w->e);
    assert_int_equal(fate, FATE_STOP);
    assert_non_null(strstr(w->e.text, "newswire.db was removed"));
    assert_int_equal(files("work/*.0.default.a", NULL), 1);
    shut();
    reopen(); // A new one: the file is there for it.
    take_all();
    assert_records(1);
    assert_archived("default.a");
}

// --- idle ---------------------------------------------------------------------------------------------------------------

static void once_ends_when_nothing_can_become_ready(void **state)
{
    (void)state;
    assert_false(ingest_idle(in, true)); // work/ was not looked at.
    turns();
    assert_true(ingest_idle(in, false));
    assert_true(slept > 0);
    drop_news("young");
    push_clocks(100); // less than settle
    shut();
    reopen();
    turn();
    assert_false(ingest_idle(in, false));
    assert_true(ingest_idle(in, true));
    assert_in_range(slept, 1, 1000);
    take_all();
    assert_true(ingest_idle(in, false));
    assert_records(1);
}

static void what_cannot_be_claimed_is_waited_for_without_spinning(void **state)
{
    (void)state;
    drop_news("stuck");
    broken_at = "stuck";
    push_clocks(5000);
    turn();
    assert_true(slept > 0);
    assert_true(ingest_idle(in, false)); // --once would wait for ever.
    assert_int_equal(stats_get(STAT_BACKLOG), 0);
    drop_news("a");
    take_all();
    assert_records(1);
    broken_at = NULL;
    take_all();
    assert_records(2);
}

static void more_than_a_batch_is_several(void **state)
{
    (void)state;
    char name[20];
    for (int i = 0; i < 150; i++) {
        snprintf(name, sizeof name, "%03d", i);
        drop(w, name, news(name));
    }
    push_clocks(5000);
    turn();
    assert_int_equal(commits, 1);
    assert_records(64);
    assert_int_equal(slept, 0);
    assert_false(ingest_idle(in, true));
    turns();
    assert_int_equal(commits, 3);
    assert_records(150);
    assert_came_from(150, "149");
}

// --- settings and hints -------------------------------------------------------------------------------------------------

static struct rules *rules_with(const char *more, struct tagger **t)
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

static void new_settings_are_in_force_from_the_next_file_on(void **state)
{
    (void)state;
    struct conf_problems problems = {0};
    struct stats_feed feeds[STATS_FEEDS_MAX];
    struct tagger *tagger2;
    struct rules *rules2 = rules_with("[watch meeting]\nwords = met again\n", &tagger2);
    static const char text[] = "[feed default]\ntopics = watch/always/\nexpect = 1h\n";
    struct conf *conf2 = conf_read("test.conf", text, sizeof text - 1, &problems);
    assert_non_null(conf2);
    assert_int_equal(problems.count, 0);
    conf2->spool = w->conf->spool;
    conf2->store = w->conf->store;
    drop_news("a");
    take_all();
    ingest_settings(in, conf2, rules2, tagger2);
    drop_news("b");
    take_all();
    kit_holds(&kit, "count(*) = 0 from records where seq = 1 and topics like '%watch/%'");
    kit_holds(&kit, "count(*) = 1 from records where seq = 2 and topics like '%watch/meeting/%'"
                    " and topics like '%watch/always/%'");
    assert_true(stats_feeds(feeds, STATS_FEEDS_MAX) >= 1);
    assert_int_equal(feeds[0].expect_ms, 3600 * 1000);
    ingest_settings(in, w->conf, shipped, tagger);
    assert_true(stats_feeds(feeds, STATS_FEEDS_MAX) >= 1);
    assert_int_equal(feeds[0].expect_ms, 0);
    drop_news("c");
    take_all();
    kit_holds(&kit, "count(*) = 0 from records where seq = 3 and topics like '%watch/%'");
    conf_free(conf2);
    tagger_free(tagger2);
    rules_free(rules2);
}

static void a_hint_spares_the_wait(void **state)
{
    (void)state;
    shut();
    watch = watch_new(in_world(w, "incoming"), &w->e);
    assert_non_null(watch);
    if (watch_polling(watch))
        skip();
    reopen();
    turns();
    put(in_world(w, "incoming/.a"), news("a"));
    assert_int_equal(rename(in_world(w, "incoming/.a"), in_world(w, "incoming/a")), 0);
    drop(w, "desk/b", news("b"));
    drop(w, "wire/c", news("c")); // trust_close
    turn();
    assert_records(2);
    assert_archived("default.a");
    assert_archived("wire.c");
    assert_true(there(in_world(w, "incoming/desk/b"))); // Only closed: it waits its time.
    take_all();
    assert_records(3);
}

// --- upkeep -------------------------------------------------------------------------------------------------------------

static void old_records_and_old_days_go(void **state)
{
    (void)state;
    int64_t day = INT64_C(86400) * 1000;
    drop_news("a");
    drop_news("b");
    take_all();
    assert_int_equal(files("archive/*/*", NULL), 2);
    w->conf->store.keep_ms = 20 * day;
    push_clocks(15 * day);
    some_turns();
    assert_records(2);
    push_clocks(10 * day);
    some_turns();
    assert_records(0);
    kit_holds(&kit, "oldest = 3 and seq = 2 from head");
    assert_int_equal(files("archive/*/*", NULL), 2); // These are kept for thirty.
    push_clocks(10 * day);
    some_turns();
    assert_int_equal(files("archive/*", NULL), 0);
    drop(w, "again", news("a")); // Its id is still known.
    take_all();
    assert_int_equal(since(STAT_FRESH), 2);
    assert_int_equal(since(STAT_SEEN), 1);
}

static void sizes_and_rates_are_measured(void **state)
{
    (void)state;
    drop_news("a");
    some_turns();
    push_clocks(5000);
    turns();
    push_clocks(2000);
    turn();
    uint64_t rate = stats_get(STAT_RATE_1M);
    assert_in_range(rate, 1, 999);
    assert_true(stats_get(STAT_STORE_BYTES) > 4096);
    assert_true(stats_get(STAT_STORE_FREE) > 0);
    push_clocks(600 * 1000);
    turn();
    assert_true(stats_get(STAT_RATE_1M) < rate);
    uint64_t beats = since(STAT_BEAT_INGEST);
    turn();
    assert_int_equal(since(STAT_BEAT_INGEST), beats + 1); // The watchdog looks here.
}

static int compile(void **state)
{
    (void)state;
    log_level_set(LOG_ERROR);
    shipped = rules_with("", &tagger);
    return 0;
}

static int forget(void **state)
{
    (void)state;
    tagger_free(tagger);
    rules_free(shipped);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
        T(a_batch_is_one_commit_in_order_of_arrival),
        T(a_bad_file_is_rejected_alone),
        T(a_broken_slice_is_set_aside_and_the_others_stored),
        T(the_same_file_again_is_seen_and_not_stored),
        T(what_changes_while_it_is_read_goes_back),
        T(a_move_that_fails_silences_nothing),
        T(what_was_committed_is_only_moved_after_a_crash),
        T(intake_waits_when_too_many_cannot_be_moved),
        T(recovered_files_run_one_per_transaction),
        T(what_ends_the_daemon_twice_is_rejected),
        T(every_step_can_be_repeated),
        T(too_little_room_pauses_and_says_why),
        T(a_full_disk_holds_the_batch_and_does_it_one_by_one),
        T(a_directory_that_is_gone_is_waited_for),
        T(a_store_that_is_taken_away_ends_the_daemon),
        T(once_ends_when_nothing_can_become_ready),
        T(what_cannot_be_claimed_is_waited_for_without_spinning),
        T(more_than_a_batch_is_several),
        T(new_settings_are_in_force_from_the_next_file_on),
        T(a_hint_spares_the_wait),
        T(old_records_and_old_days_go),
        T(sizes_and_rates_are_measured),
    };
    return cmocka_run_group_tests_name("ingest", tests, compile, forget);
}
