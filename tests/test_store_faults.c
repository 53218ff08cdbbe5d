// SPDX-License-Identifier: MIT
/* The store when the world breaks: a write or a sync fails at each place where there is one, and a process
 * dies at any moment. Whatever happens: what was committed is there, once; what was not is not; seqs have no
 * gap. */
#include "tests/store_kit.h"
#include "tests/store_disk.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

/* A batch of three files, each of which begins with the last dispatch of the one before. */
#define FILES 3
#define EACH 4
#define FRESH (1 + FILES * (EACH - 1))
#define BEFORE 2 /* dispatches in the store when the batch begins */

static const char *const topics[] = {"agency/tass/", "place/ru/moscow/", "language/en/"};

static struct kit_file file_number(int i, size_t size)
{
    static const char *const claims[FILES] = {"one", "two", "three"};
    return (struct kit_file){.claim = claims[i], .first = 100 + (uint64_t)i * (EACH - 1), .count = EACH,
                             .size = size, .topics = topics, .ntopics = (size_t)i + 1};
}

/* Once SQLite has rolled back by itself, nothing may go in: it would be committed singly, without its
 * file. */
static void check_closed(struct store *s, const struct kit_file *f)
{
    struct err e;
    uint64_t seq;
    if (store_rolled_back(s)) {
        assert_int_equal(kit_put_one(s, f, 5000, &seq, &e), FATE_RETRY);
        assert_non_null(strstr(e.text, "rolled back"));
    }
}

/* As ingest does it: a file that fails is undone and the others go on, unless all is gone. */
static enum fate batch(struct store *s, size_t size, struct err *e)
{
    enum fate fate = store_begin(s, e), first_failure = FATE_DONE;
    if (fate != FATE_DONE)
        return fate;
    for (int i = 0; i < FILES; i++) {
        struct kit_file f = file_number(i, size);
        fate = kit_put(s, &f, e);
        if (fate == FATE_DONE)
            continue;
        first_failure = fate;
        check_closed(s, &f);
        store_file_undo(s);
        if (store_rolled_back(s))
            return fate;
    }
    fate = store_commit(s, e);
    return fate != FATE_DONE ? fate : first_failure;
}

static void check_all_there(const struct kit *k)
{
    kit_check_whole(k);
    assert_int_equal(kit_sql(k, "select seq from head"), BEFORE + FRESH + 1);
    assert_int_equal(kit_sql(k, "select count(*) from dispatch"), BEFORE + FRESH + 1);
    assert_int_equal(kit_sql(k, "select count(*) from again"), FILES - 1);
    assert_int_equal(kit_sql(k, "select count(*) from file"), 1 + FILES + 1);
}

static uint64_t head_for_readers(const struct kit *k)
{
    struct err e = {""};
    struct store_page page;
    uint64_t dispatches;
    struct store_reader *r = kit_reader(k);
    kit_done(store_reader_counts(r, &page, &dispatches, &e), &e);
    store_reader_close(r);
    return page.head;
}

/* How a disk fails, and what is done then. */
struct failure {
    int code;
    bool lasting;
    bool reopen;
    size_t size; /* of a body */
};

/* A batch on a disk that fails at operation `at`, and the same files one by one when it is well again. False
 * when there were not so many operations. */
static bool fail_at(const struct failure *how, long at)
{
    struct kit k;
    struct err e = {""};
    kit_new(&k);
    struct store *s = kit_open(&k);
    kit_drop(s, "before", 1, BEFORE, topics[0]);

    disk_break(at, how->code, how->lasting);
    enum fate fate = batch(s, how->size, &e);
    bool failed = disk.failed > 0;
    disk_mend();
    assert_true(store_rolled_back(s));
    assert_int_equal(fate, failed ? FATE_RETRY : FATE_DONE);
    if (failed) {
        assert_int_equal(strncmp(e.text, "store: ", 7), 0);
        assert_true(strstr(e.text, "disk full") != NULL || strstr(e.text, "disk I/O error") != NULL);
        assert_true(store_head(s) == head_for_readers(&k));
    }
    if (how->reopen) {
        store_close(s);
        s = kit_open(&k);
    }
    // What was stored all the same (after a failed sync the next start may find it in the log) is settled by
    // its claim.
    for (int i = 0; i < FILES; i++) {
        struct kit_file f = file_number(i, how->size);
        kit_done(kit_try(s, &f, &e), &e);
    }
    kit_drop(s, "after", 1000, 1, topics[2]);
    check_all_there(&k);
    store_close(s);
    check_all_there(&k);
    kit_end(&k);
    return failed;
}

static void sweep(const struct failure *how, long step)
{
    long at = 1;
    while (fail_at(how, at))
        at += step;
    assert_true(at > 10 * step); // the sweep went through something
}

static void test_disk_full_once(void **state)
{
    (void)state;
    sweep(&(struct failure){.code = SQLITE_FULL, .size = 300}, 1);
}

static void test_disk_full_for_a_while(void **state)
{
    (void)state;
    sweep(&(struct failure){.code = SQLITE_FULL, .lasting = true, .size = 300}, 1);
}

static void test_io_error_and_restart(void **state)
{
    (void)state;
    sweep(&(struct failure){.code = SQLITE_IOERR_WRITE, .lasting = true, .reopen = true, .size = 300}, 1);
}

/* Bodies beyond the cache, so that a write fails in the middle of a file and takes the whole batch with
 * it. */
static void test_disk_full_within_a_file(void **state)
{
    (void)state;
    sweep(&(struct failure){.code = SQLITE_FULL, .lasting = true, .size = 1200000}, 127);
}

static void test_opening(void **state)
{
    (void)state;
    struct err e;
    enum fate fate = FATE_RETRY;
    long at = 1;
    for (; fate != FATE_DONE; at++) {
        struct kit k;
        kit_new(&k);
        disk_break(at, SQLITE_FULL, 1);
        struct store *s = store_open(k.directory, k.mark, &fate, &e);
        disk_mend();
        assert_true((s == NULL) == (fate == FATE_RETRY));
        store_close(s);
        s = kit_open(&k);
        assert_true(store_epoch(s) != 0);
        kit_drop(s, "a", 1, 1, topics[0]);
        store_close(s);
        kit_check_whole(&k);
        kit_end(&k);
    }
    assert_true(at > 10);
}

/* Committed means on the disk: the log is synced before a commit returns, each time. */
static void test_commit_is_synced(void **state)
{
    (void)state;
    struct kit k;
    kit_new(&k);
    struct store *s = kit_open(&k);
    for (uint64_t i = 0; i < 3; i++) {
        char claim[8];
        snprintf(claim, sizeof claim, "%d", (int)i);
        disk_break(0, 0, 0);
        kit_drop(s, claim, 1 + i, 1, topics[0]);
        assert_true(disk.synced >= 1);
    }
    store_close(s);
    kit_end(&k);
}

/* A checkpoint that fails costs nothing: all is in the log. */
static void test_checkpoint(void **state)
{
    (void)state;
    struct kit k;
    struct err e = {""};
    kit_new(&k);
    struct store *s = kit_open(&k);
    struct kit_file f = {
        .claim = "a", .first = 1, .count = 10, .size = 900000, .topics = topics, .ntopics = 3,
    };
    kit_done(kit_try(s, &f, &e), &e);
    disk.everywhere = 1;
    disk_break(3, SQLITE_FULL, 1);
    store_tidy(s);
    while (disk.failed == 0) // on a thread of its own
        sched_yield();
    disk_mend();
    disk.everywhere = 0;
    kit_drop(s, "b", 11, 2, topics[0]);
    store_tidy(s);
    kit_check_whole(&k);
    store_close(s);
    kit_check_whole(&k);
    assert_int_equal(kit_sql(&k, "select seq from head"), 12);
    kit_end(&k);
}

/* --- a process that dies -------------------------------------------------------------------------------- */

#define ROUNDS 20
#define BATCH_FILES 3
#define FILE_DISPATCHES 5

static bool put_batch(struct store *s, uint64_t number, struct err *e)
{
    bool good = store_begin(s, e) == FATE_DONE;
    for (uint64_t i = 0; i < BATCH_FILES && good; i++) {
        char claim[48];
        snprintf(claim, sizeof claim, "%llu-%llu", (unsigned long long)number, (unsigned long long)i);
        struct kit_file f = {.claim = claim, .first = (number * BATCH_FILES + i) * FILE_DISPATCHES,
                             .count = FILE_DISPATCHES, .size = 2000, .topics = topics, .ntopics = 3};
        good = kit_put(s, &f, e) == FATE_DONE;
    }
    return good && store_commit(s, e) == FATE_DONE;
}

/* Stores batch after batch from `next` on and says so after each commit; ends only by a signal, or when all
 * is lost. */
static void write_for_ever(const struct kit *k, uint64_t next, int out)
{
    struct err e = {""};
    enum fate fate;
    struct store *s = store_open(k->directory, k->mark, &fate, &e);
    while (s != NULL && put_batch(s, next, &e) && write(out, &next, sizeof next) == (ssize_t)sizeof next) {
        next++;
        if (next % 4 == 0)
            store_tidy(s);
    }
    fprintf(stderr, "# the writer ended: %s\n", e.text);
    _exit(1);
}

/* Kills a writer after some commits, at some moment. Returns the batch after the last that was announced. */
static uint64_t kill_a_writer(const struct kit *k, uint64_t next)
{
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        write_for_ever(k, next, ends[1]);
    close(ends[1]);

    uint64_t number;
    for (int i = rand() % 6; i >= 0; i--) {
        assert_int_equal(read(ends[0], &number, sizeof number), sizeof number);
        assert_int_equal(number, next++);
    }
    struct timespec moment = {.tv_nsec = rand() % 3000000};
    nanosleep(&moment, NULL);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    while (read(ends[0], &number, sizeof number) == (ssize_t)sizeof number)
        assert_int_equal(number, next++);
    close(ends[0]);
    return next;
}

static void test_killed(void **state)
{
    (void)state;
    struct kit k;
    uint64_t next = 0, epoch = 0;
    kit_new(&k);
    srand(7);
    for (int round = 0; round < ROUNDS; round++) {
        next = kill_a_writer(&k, next);
        kit_check_whole(&k);
        // At least what was announced, at most the one batch on its way.
        int64_t head = kit_sql(&k, "select seq from head");
        int64_t announced = (int64_t)next * BATCH_FILES * FILE_DISPATCHES;
        assert_true(head == announced || head == announced + BATCH_FILES * FILE_DISPATCHES);
        assert_int_equal(kit_sql(&k, "select count(*) from again"), 0);
        struct store *s = kit_open(&k);
        assert_false(store_was_restored(s));
        assert_true(epoch == 0 || store_epoch(s) == epoch);
        assert_int_equal(store_head(s), head);
        epoch = store_epoch(s);
        store_close(s);
    }
    kit_end(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_disk_full_once),
        cmocka_unit_test(test_disk_full_for_a_while),
        cmocka_unit_test(test_io_error_and_restart),
        cmocka_unit_test(test_disk_full_within_a_file),
        cmocka_unit_test(test_opening),
        cmocka_unit_test(test_commit_is_synced),
        cmocka_unit_test(test_checkpoint),
        cmocka_unit_test(test_killed),
    };
    disk_install();
    return cmocka_run_group_tests_name("store_faults", tests, NULL, NULL);
}
