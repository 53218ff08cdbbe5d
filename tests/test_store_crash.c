// SPDX-License-Identifier: MIT
/* A process that dies, and a disk that fails, at each step and at each write of the way from one segment to
 * the next and out again: the next start goes on where it was. */
#include "tests/store_row.h"
#include "tests/store_disk.h"

#include "daemon/base/crash.h"

#include <signal.h>

/* Named, so that the linker takes the tests' half of crash.h. */
static void (*const points)(const char *, const char *) = crash_point;

/* From one write to the next that is the last; more by CRASH_STRIDE in the environment, for sanitizers: a fork is slow there. */
static long stride = 1;

static int begin_to_die(void **state)
{
    const char *text = getenv("CRASH_STRIDE");
    stride = text != NULL ? strtol(text, NULL, 10) : 1;
    assert_true(stride > 0);
    assert_non_null(points);
    return begin(state);
}

/* In a child that dies at the N-th pass of that point; or comes to its end. */
static bool dies(const char *point, int pass, void (*work)(struct store *))
{
    int status;
    char crash[64];
    snprintf(crash, sizeof crash, "%s:%d", point, pass);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        setenv("NEWSWIRE_CRASH", crash, 1);
        struct store *s = kit_open(&k);
        work(s);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status))
        assert_int_equal(WEXITSTATUS(status), 0);
    return WIFSIGNALED(status);
}

static void drop_some(struct store *s)
{
    drop_files(s, 1, 12);
}

static void test_killed_between_segments(void **state)
{
    (void)state;
    static const char *const steps[] = {"store-sealed", "store-next-made", "store-next-named"};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        for (int pass = 1; pass <= 3; pass++) {
            assert_true(dies(steps[i], pass, drop_some));
            struct store *s = kit_open(&k);
            uint64_t head = store_head(s);
            assert_int_equal(head % 4, 0); // whole files
            check_readers(1, head);
            drop_files(s, 1, 12); // those that were stored are settled by their claims
            assert_int_equal(store_head(s), 48);
            check_readers(1, 48);
            store_close(s);
            kit_check_whole(&k);
            kit_end(&k);
            kit_new(&k);
        }
}

static void prune_some(struct store *s)
{
    now = 100000;
    prune(s, 9000, 0);
}

static void test_killed_while_pruning(void **state)
{
    (void)state;
    static const char *const steps[] = {"store-horizon", "store-ids-kept", "store-left"};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        for (int pass = 1; pass <= 2; pass++) {
            now = 1000;
            struct store *s = kit_open(&k);
            drop_files(s, 1, 12);
            store_close(s);
            assert_true(dies(steps[i], pass, prune_some));
            s = kit_open(&k);
            prune_some(s);
            drop_files(s, 1, 12); // every id is remembered
            assert_int_equal(store_head(s), 48);
            store_close(s);
            kit_check_whole(&k);
            assert_true(oldest() > 20);
            check_readers(oldest(), 48);
            kit_end(&k);
            kit_new(&k);
        }
}

/* In a child whose disk ends it at that write or sync, on whatever thread. */
static bool dies_writing(long at, void (*work)(struct store *))
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct store *s = kit_open(&k);
        disk.everywhere = 1;
        disk_break(at, DISK_KILL, 1);
        work(s);
        store_close(s); // waits for its thread
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) ? WEXITSTATUS(status) == 0 : WTERMSIG(status) == SIGKILL);
    return WIFSIGNALED(status);
}

static void drop_two_segments(struct store *s)
{
    drop_files(s, 1, 6);
}

static void test_killed_at_each_write(void **state)
{
    (void)state;
    long at = 1;
    for (bool died = true; died; at += stride) {
        died = dies_writing(at, drop_two_segments);
        struct store *s = kit_open(&k);
        assert_int_equal(store_head(s) % 4, 0);
        check_readers(1, store_head(s));
        drop_files(s, 1, 7);
        assert_int_equal(store_head(s), 28);
        check_readers(1, 28);
        store_close(s);
        kit_check_whole(&k);
        kit_end(&k);
        kit_new(&k);
    }
    assert_true(at > 40);
}

static void test_killed_at_each_write_of_pruning(void **state)
{
    (void)state;
    long at = 1;
    for (bool died = true; died; at += stride) {
        now = 1000;
        struct store *s = kit_open(&k);
        drop_files(s, 1, 12);
        store_close(s);
        died = dies_writing(at, prune_some);
        s = kit_open(&k);
        prune_some(s);
        drop_files(s, 1, 12); // every id is remembered
        assert_int_equal(store_head(s), 48);
        store_close(s);
        s = kit_open(&k);
        assert_true(count_files(".ids") <= 2); // what a start has to finish it does not join
        store_close(s);
        kit_check_whole(&k);
        check_readers(oldest(), 48);
        kit_end(&k);
        kit_new(&k);
    }
    assert_true(at > 30);
}

static void settle_first(struct store *s)
{
    struct stat st;
    while (stat(in_store("segment-00000001.db-wal"), &st) == 0) {
        store_tidy(s);
        sched_yield();
    }
}

/* To take the log's mode out of a file is a change with a rollback journal. One that was left is no obstacle
 * to the next start, nor to readers, and in the end the segment is one file all the same. */
static void test_killed_while_settling(void **state)
{
    (void)state;
    struct stat st;
    long at = 1;
    int journals = 0;
    for (bool died = true; died; at++) {
        struct store *s = kit_open(&k);
        drop_files(s, 1, 2); // fills the first segment
        store_close(s);
        died = dies_writing(at, settle_first);
        journals += stat(in_store("segment-00000001.db-journal"), &st) == 0;
        s = kit_open(&k);
        assert_int_equal(store_head(s), 8);
        check_readers(1, 8);
        drop_files(s, 1, 5);
        check_readers(1, 20);
        settle(s, 1);
        store_close(s);
        assert_int_equal(stat(in_store("segment-00000001.db-journal"), &st), -1);
        assert_int_equal(stat(in_store("segment-00000001.db-wal"), &st), -1);
        kit_check_whole(&k);
        kit_end(&k);
        kit_new(&k);
    }
    assert_true(journals > 1);
}

/* --- a disk that fails ---------------------------------------------------------------------------------- */

/* At each write from the last file of a segment to the first of the next. */
static void test_disk_full_between_segments(void **state)
{
    (void)state;
    long at = 1;
    for (bool failed = true; failed; at += stride) {
        struct err e = {""};
        const char *topic = "a/";
        struct store *s = kit_open(&k);
        drop_files(s, 1, 1);
        disk_break(at, SQLITE_FULL, 1);
        for (uint64_t n = 2; n <= 3; n++) {
            struct kit_file f = {.claim = n == 2 ? "2" : "3",
                                 .first = 4 * n,
                                 .count = 4,
                                 .size = 100,
                                 .topics = &topic,
                                 .ntopics = 1};
            enum fate fate = kit_try(s, &f, &e);
            assert_true(fate == FATE_DONE || fate == FATE_RETRY);
            assert_true(store_rolled_back(s));
        }
        failed = disk.failed > 0;
        disk_mend();
        drop_files(s, 2, 5);
        assert_int_equal(store_head(s), 20);
        check_readers(1, 20);
        store_close(s);
        kit_check_whole(&k);
        kit_end(&k);
        kit_new(&k);
    }
    assert_true(at > 40);
}

static void test_disk_full_while_pruning(void **state)
{
    (void)state;
    long at = 1;
    for (bool failed = true; failed; at += stride) {
        struct err e = {""};
        size_t pruned;
        now = 1000;
        struct store *s = kit_open(&k);
        drop_files(s, 1, 7);
        disk_break(at, SQLITE_FULL, 1);
        enum fate fate = store_prune(s, 100000, 0, &pruned, &e);
        failed = disk.failed > 0;
        disk_mend();
        assert_true(fate == FATE_DONE || fate == FATE_RETRY);
        prune(s, 100000, 0);
        check_readers(29, 28);
        drop_files(s, 1, 7);
        assert_int_equal(store_head(s), 28);
        store_close(s);
        kit_check_whole(&k);
        kit_end(&k);
        kit_new(&k);
    }
    assert_true(at > 30);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin_to_die, end)
    const struct CMUnitTest tests[] = {
        T(test_killed_between_segments), T(test_killed_while_pruning),
        T(test_killed_at_each_write),    T(test_killed_at_each_write_of_pruning),
        T(test_killed_while_settling),   T(test_disk_full_between_segments),
        T(test_disk_full_while_pruning),
    };
    disk_install();
    return cmocka_run_group_tests_name("store_crash", tests, NULL, NULL);
}
