// SPDX-License-Identifier: MIT
/* What goes behind the horizon, what is remembered of it, and that readers hold nothing back. */
#include "tests/store_row.h"

static void test_prune(void **state)
{
    (void)state;
    struct store *s = kit_open(&k);
    drop_files(s, 1, 12); // two or three files to a segment
    uint64_t bytes, after, left;
    store_sizes(s, &bytes, &left);
    assert_int_equal(prune(s, 1000, 0), 0);
    size_t pruned = prune(s, 7000, 0);
    assert_true(pruned >= 16 && pruned <= 24); // nothing younger, and nothing much older is left
    store_sizes(s, &after, &left);
    assert_true(after < bytes);
    check_readers(pruned + 1, 48);

    // The ids are still known, the files are not: what comes again is read, and found to be old.
    struct err e = {""};
    struct store_file file = kit_store_file(&(struct kit_file){.claim = "again", .first = 4, .count = 4});
    enum file_fate settled;
    bool whole;
    uint64_t seen, seq;
    kit_done(store_begin(s, &e), &e);
    kit_done(store_file_begin(s, &file, &settled, &e), &e);
    kit_done(store_file_repeat(s, &file, &whole, &seen, &e), &e);
    assert_false(whole);
    kit_done(kit_put_one(s, &(struct kit_file){.size = 9}, 4, &seq, &e), &e);
    assert_int_equal(seq, 0);
    store_abort(s);

    // Everything may go, and numbers go on.
    now = 1000000;
    assert_int_equal(prune(s, 999000, 0), 48 - pruned);
    check_readers(49, 48);
    store_close(s);
    s = kit_open(&k);
    assert_int_equal(store_head(s), 48);
    drop_files(s, 1, 12);
    assert_int_equal(store_head(s), 48);
    drop_files(s, 13, 13);
    check_readers(49, 52);
    store_close(s);
    kit_check_whole(&k);
}

/* Ids are forgotten when they were last met before that: those that came again since are not. */
static void test_forget(void **state)
{
    (void)state;
    struct store *s = kit_open(&k);
    drop_files(s, 1, 6);
    now = 20000;
    kit_drop(s, "again", 4, 4, "odd/");    // number 4 to 7, whole
    kit_drop(s, "part", 8, 1, "odd/");     // number 8
    for (uint64_t n = 100; n < 103; n++) { // until that segment is sealed
        char claim[8];
        snprintf(claim, sizeof claim, "%d", (int)n);
        kit_drop(s, claim, 4 * n, 4, NULL);
    }
    uint64_t head = store_head(s);
    assert_int_equal(prune(s, 10000, 10000), 24);
    kit_drop(s, "x", 4, 5, "odd/");
    assert_int_equal(store_head(s), head); // 4 to 8 are known
    kit_drop(s, "y", 9, 3, "odd/");
    assert_int_equal(store_head(s), head + 3); // 9 to 11 are not
    store_close(s);
    s = kit_open(&k);
    kit_drop(s, "z", 4, 8, "odd/");
    assert_int_equal(store_head(s), head + 3);
    store_close(s);
    kit_check_whole(&k);
}

/* A segment in which no file brought anything new stays for as long as its claims may be asked for. */
static void test_segment_without_records(void **state)
{
    (void)state;
    struct err e = {""};
    enum file_fate settled_as;
    size_t pruned;
    struct store *s = kit_open(&k);
    for (int i = 0; i < 12; i++) {
        char claim[8];
        snprintf(claim, sizeof claim, "bad%d", i);
        struct store_file file = kit_store_file(&(struct kit_file){.claim = claim});
        kit_done(store_begin(s, &e), &e);
        kit_done(store_file_begin(s, &file, &settled_as, &e), &e);
        kit_done(store_file_end(s, 0, "no dispatch in it", &e), &e);
        kit_done(store_commit(s, &e), &e);
    }
    drop_files(s, 2, 4);
    store_close(s);
    s = kit_open(&k);
    check_readers(1, 12);
    struct store_file file = kit_store_file(&(struct kit_file){.claim = "bad0"});
    kit_done(store_begin(s, &e), &e);
    kit_done(store_file_begin(s, &file, &settled_as, &e), &e);
    assert_int_equal(settled_as, FILE_BAD);
    store_abort(s);
    kit_done(store_prune(s, 1500, 0, &pruned, &e), &e);
    assert_int_equal(pruned, 0);
    assert_int_equal(count_files(".ids"), 1);
    check_readers(1, 12);
    store_close(s);
}

/* Files of ids that are kept for ever are joined; and the store remembers less when it is told to. */
static void test_ids_together(void **state)
{
    (void)state;
    struct store *s = kit_open(&k);
    drop_files(s, 1, 40);
    uint64_t head = store_head(s);
    assert_true(prune(s, 33000, 0) > 100);
    assert_int_equal(count_files(".ids"), 1);
    drop_files(s, 1, 40);
    assert_int_equal(store_head(s), head);
    now = 100000;
    prune(s, 37000, 35000); // one with ids, and one without
    assert_int_equal(count_files(".ids"), 1);
    prune(s, 39000, 39000);
    assert_int_equal(count_files(".ids"), 0);
    drop_files(s, 41, 42);
    kit_drop(s, "anew", 4 * 10, 4, NULL); // it was met again since
    kit_drop(s, "and", 4 * 30, 4, NULL);
    store_close(s);
    s = kit_open(&k);
    assert_true(store_head(s) >= head + 8);
    store_close(s);
    kit_check_whole(&k);
}

/* --- readers ---------------------------------------------------------------------------------------------
 */

/* A reader holds nothing back: what was pruned is gone for it at its next look, and its files are closed. */
static void test_prune_under_a_reader(void **state)
{
    (void)state;
    struct err e = {""};
    struct store_page page;
    struct arena *a = arena_new(1 << 24);
    struct store *s = kit_open(&k);
    drop_files(s, 1, 12);
    store_close(s);
    s = kit_open(&k);
    struct store_reader *r = kit_reader(&k);
    kit_done(store_reader_page(r, a, 0, NULL, 0, 1, 1, &page, &e), &e);
    assert_int_equal(page.records[0].seq, 1);
    size_t pruned = prune(s, 7000, 0);
    kit_done(store_reader_page(r, a, 0, NULL, 0, 1, 1, &page, &e), &e);
    assert_int_equal(page.records[0].seq, pruned + 1);
    assert_int_equal(page.oldest, pruned + 1);
    drop_files(s, 13, 16);
    kit_done(store_reader_page(r, a, 60, NULL, 0, 10, 1 << 20, &page, &e), &e);
    assert_int_equal(page.n, 4);
    store_reader_close(r);
    store_close(s);
    arena_free(a);
}

/* A segment that is sealed is one file, as soon as nobody has it open: no log, no shared memory. */
static void test_settled(void **state)
{
    (void)state;
    struct stat st;
    struct store *s = kit_open(&k);
    struct store_reader *r = kit_reader(&k);
    drop_files(s, 1, 3);
    assert_int_equal(stat(in_store("segment-00000001.db-wal"), &st), 0);
    drop_files(s, 4, 12);
    struct err e = {""};
    struct store_page page;
    uint64_t n;
    kit_done(store_reader_counts(r, &page, &n, &e), &e); // the reader goes on to the newest
    while (stat(in_store("segment-00000001.db-wal"), &st) == 0 ||
           stat(in_store("segment-00000004.db-wal"), &st) == 0) {
        store_tidy(s); // the store's own thread does it
        sched_yield();
    }
    assert_int_equal(stat(in_store("segment-00000001.db-shm"), &st), -1);
    check_readers(1, 48);
    store_reader_close(r);
    store_close(s);
    kit_check_whole(&k);
}

/* Whether this process has an unlinked file open. */
static bool holds_unlinked(void)
{
    bool held = false;
    struct dirent *entry;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        char at[400], target[400] = "";
        snprintf(at, sizeof at, "/proc/self/fd/%s", entry->d_name);
        ssize_t n = readlink(at, target, sizeof target - 1);
        held |= n > 0 && strstr(target, k.directory) != NULL && strstr(target, "(deleted)") != NULL;
    }
    closedir(dir);
    return held;
}

/* A reader whom nobody asks holds nothing back if it rests now and then: no log, and no room on the disk. And
 * one that does not keeps only its own segment's. */
static void test_idle_reader(void **state)
{
    (void)state;
    struct err e = {""};
    struct store_page page;
    struct arena *a = arena_new(1 << 24);
    struct store *s = kit_open(&k);
    drop_files(s, 1, 1);
    struct store_reader *idle = kit_reader(&k), *r = kit_reader(&k);
    drop_files(s, 2, 12);
    settle(s, 2);
    assert_false(settled(1));
    store_reader_rest(idle);
    store_reader_rest(r);
    settle(s, 1);

    kit_done(store_reader_page(r, a, 0, NULL, 0, 12, 1 << 20, &page, &e), &e);
    assert_int_equal(page.n, 12);
    assert_true(prune(s, 9000, 0) > 12);
    assert_true(holds_unlinked());
    store_reader_rest(r);
    assert_false(holds_unlinked());
    store_reader_close(idle);
    store_reader_close(r);
    store_close(s);
    arena_free(a);
}

/* Somebody amid reading the catalogue does not hold up the writer. */
static void test_catalogue_read_for_long(void **state)
{
    (void)state;
    sqlite3 *db;
    sqlite3_stmt *stmt;
    struct store *s = kit_open(&k);
    drop_files(s, 1, 5);
    assert_int_equal(sqlite3_open_v2(in_store("newswire.db"), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "select n from segment", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    drop_files(s, 6, 12);
    prune(s, 9000, 0);
    check_readers(oldest(), 48);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    store_close(s);
    kit_check_whole(&k);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        T(test_prune),
        T(test_forget),
        T(test_segment_without_records),
        T(test_ids_together),
        T(test_prune_under_a_reader),
        T(test_settled),
        T(test_idle_reader),
        T(test_catalogue_read_for_long),
    };
    return cmocka_run_group_tests_name("store_segments", tests, NULL, NULL);
}
