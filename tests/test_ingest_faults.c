// SPDX-License-Identifier: MIT
/* ingest and take when the world breaks: moves that fail, a daemon that dies at each point, a disk that is full. */
#include "tests/ingest_world.h"

#include "daemon/flows/trial.h"

#include <sys/resource.h>

// --- moves ----------------------------------------------------------------------------------------------------------

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

static unsigned errors;
static char last_error[600];

static void hear_errors(enum log_level level, const char *text)
{
    errors += level == LOG_ERROR;
    if (level == LOG_ERROR)
        snprintf(last_error, sizeof last_error, "%s", text);
}

/* Files that cannot go to archive/ and others that cannot go to rejected/: nobody wants to read that for each of them. */
static void two_reasons_are_said_one_after_the_other(void **state)
{
    (void)state;
    char name[20];
    log_tap(hear_errors);
    errors = 0;
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%d-%s", i, i % 2 == 0 ? "news" : "junk");
        drop(w, name, i % 2 == 0 ? news(name) : "");
    }
    broken_at = ".0.default.";
    take_all();
    for (int i = 0; i < 3; i++) {
        push_clocks(60 * 1000);
        turns();
    }
    assert_int_equal(errors, 1);
    assert_non_null(strstr(last_error, "into archive/"));
    broken_at = "junk"; // The first reason is mended: now the other one is why files stay.
    push_clocks(60 * 1000);
    turns();
    assert_int_equal(errors, 2);
    assert_non_null(strstr(last_error, "into rejected/"));
    broken_at = NULL;
    push_clocks(60 * 1000);
    turns();
    log_tap(NULL);
    assert_int_equal(errors, 2);
    assert_null(ingest_unmoved(in));
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
    kit_holds(&kit, "count(*) = 0 from again");
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

// --- crashes --------------------------------------------------------------------------------------------------------

static void recovered_files_run_one_per_transaction(void **state)
{
    (void)state;
    drop_news("a");
    drop(w, "junk", "");
    drop_news("c");
    dies("claims-durable", NULL);
    assert_int_equal(files("work/*.1.default.*", NULL), 3); // They were being read meanwhile.
    dies("before-commit", NULL);
    assert_int_equal(files("work/*.1.default.a", NULL), 1); // And is no more: the store has it.
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

static void ends_its_process(const char *point, const char *file)
{
    if (strcmp(point, "parsed") == 0 && strcmp(file, "killer") == 0)
        raise(SIGKILL);
}

static void what_ends_the_daemon_twice_is_rejected(void **state)
{
    (void)state;
    drop_news("a");
    drop_news("killer");
    drop_news("z");
    dies("parsed", "killer");
    assert_int_equal(files("work/*.1.default.*", NULL), 3); // All three were in memory.
    assert_records(0);
    dies("parsed", "killer"); // Alone this time: what stood before it is done.
    assert_int_equal(files("work/*.2.default.killer", NULL), 1);
    assert_records(1);
    at_point = ends_its_process; // The third time it is only a child.
    take_all();
    at_point = NULL;
    assert_why("default.killer", "ended the daemon twice: reading it ends in signal 9 (Killed)\n");
    assert_archived("default.a");
    assert_archived("default.z");
    assert_records(2);
    assert_int_equal(ingest_rejected(in), 1);
}

static void what_was_only_there_twice_is_taken(void **state)
{
    (void)state;
    drop_news("innocent");
    dies("read", "innocent");
    dies("file-ended", "innocent");
    assert_int_equal(files("work/*.2.default.innocent", NULL), 1);
    take_all();
    assert_archived("default.innocent");
    assert_records(1);
}

static pid_t daemon_pid;

static void never_end(const char *point, const char *file)
{
    (void)file;
    while (strcmp(point, "parsed") == 0 && getpid() != daemon_pid)
        pause();
}

/* Whatever signals the thread has blocked that is to try it. */
static void what_never_ends_is_rejected(void **state)
{
    (void)state;
    sigset_t all, before;
    unsigned seconds = trial_seconds;
    drop_news("endless");
    dies("read", "endless");
    dies("file-ended", "endless");
    daemon_pid = getpid();
    at_point = never_end;
    trial_seconds = 1;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    take_all();
    sigprocmask(SIG_SETMASK, &before, NULL);
    trial_seconds = seconds;
    at_point = NULL;
    assert_why("default.endless", "ended the daemon twice: reading it ends in signal 14 (Alarm clock)\n");
    assert_records(0);
}

static void what_ends_the_daemon_again_and_again_is_rejected(void **state)
{
    (void)state;
    drop_news("killer");
    for (int i = 0; i < 5; i++)
        dies("file-ended", "killer"); // Reading it does no harm.
    take_all();
    assert_why("default.killer", "ended the daemon 5 times\n");
    assert_records(0);
}

static void every_step_can_be_repeated(void **state)
{
    (void)state;
    static const char *const points[] = {"claimed",    "claims-durable", "read",      "parsed", "slices-written",
                                         "file-ended", "before-commit",  "committed", "rung",   "settled"};
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
    kit_holds(&kit, "count(*) = 0 from again");
    assert_int_equal(kit_sql(&kit, "select count(*) from file"), sizeof points / sizeof points[0]);
}

// --- pausing --------------------------------------------------------------------------------------------------------

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
    char elsewhere[400];
    snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", kit.root);
    drop_news("a");
    assert_int_equal(rename(kit.directory, elsewhere), 0);
    push_clocks(5000);
    for (int i = 0; i < 5 && fate == FATE_DONE; i++)
        fate = ingest_turn(in, &slept, &w->e);
    assert_int_equal(fate, FATE_STOP);
    assert_non_null(strstr(w->e.text, "was removed or replaced"));
    assert_int_equal(files("work/*.0.default.a", NULL), 1);
    shut();
    reopen(); // A new one: the file is there for it.
    take_all();
    assert_records(1);
    assert_archived("default.a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
        T(a_move_that_fails_silences_nothing),
        T(two_reasons_are_said_one_after_the_other),
        T(what_was_committed_is_only_moved_after_a_crash),
        T(intake_waits_when_too_many_cannot_be_moved),
        T(recovered_files_run_one_per_transaction),
        T(what_ends_the_daemon_twice_is_rejected),
        T(what_was_only_there_twice_is_taken),
        T(what_never_ends_is_rejected),
        T(what_ends_the_daemon_again_and_again_is_rejected),
        T(every_step_can_be_repeated),
        T(too_little_room_pauses_and_says_why),
        T(a_full_disk_holds_the_batch_and_does_it_one_by_one),
        T(a_directory_that_is_gone_is_waited_for),
        T(a_store_that_is_taken_away_ends_the_daemon),
    };
    return cmocka_run_group_tests_name("ingest_faults", tests, compile, forget);
}
