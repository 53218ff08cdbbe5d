// SPDX-License-Identifier: MIT
/* Segments and catalogues that are missing, damaged, of another copy or older than the rest: what can be made
 * anew is, and what would be a hole stops the daemon. And a copy taken of a running store. */
#include "tests/store_row.h"

static void refused(enum fate wanted, const char *words)
{
    struct err e = {""};
    enum fate fate = FATE_DONE;
    assert_null(store_open(k.directory, k.mark, &fate, &e));
    if (fate != wanted || strstr(e.text, words) == NULL)
        fail_msg("%s, not %s with \"%s\": %s", fate_word(fate), fate_word(wanted), words, e.text);
}

static void test_missing_segment(void **state)
{
    (void)state;
    struct store *s = kit_open(&k);
    drop_files(s, 1, 12);
    store_close(s);
    char away[500];
    struct kit newest = k, next = k;
    for (uint64_t n = 1; kit_segment(&next, n); n++)
        newest = next;
    snprintf(away, sizeof away, "%s/away", k.root);
    assert_int_equal(rename(in_store("segment-00000002.db"), away), 0);
    refused(FATE_STOP, "segment-00000002.db, with the records from 9 on, is missing");
    assert_int_equal(rename(away, in_store("segment-00000002.db")), 0);
    assert_int_equal(rename(newest.database, away), 0);
    refused(FATE_STOP, "is missing");
    assert_int_equal(rename(away, newest.database), 0);
    store_close(kit_open(&k));
    check_readers(1, 48);
}

/* Nor is it made anew where one is missing, or where the first ones are. */
static void test_missing_segment_and_catalogue(void **state)
{
    (void)state;
    char away[500];
    struct store *s = kit_open(&k);
    drop_files(s, 1, 12);
    store_close(s);
    snprintf(away, sizeof away, "%s/away", k.root);
    assert_int_equal(unlink(in_store("newswire.db")), 0);
    assert_int_equal(rename(in_store("segment-00000003.db"), away), 0);
    refused(FATE_STOP, "segment-00000003.db, with the records from 1 on, is missing");
    assert_int_equal(rename(away, in_store("segment-00000003.db")), 0);
    assert_int_equal(unlink(in_store("newswire.db")), 0);
    assert_int_equal(rename(in_store("segment-00000001.db"), away), 0);
    refused(FATE_STOP, "segment-00000001.db, with the records from 1 on, is missing");
    assert_int_equal(rename(away, in_store("segment-00000001.db")), 0);
    assert_int_equal(unlink(in_store("newswire.db")), 0);
    store_close(kit_open(&k));
    check_readers(1, 48);
}

static void copy(const char *from, const char *to)
{
    char command[1200];
    snprintf(command, sizeof command, "cp -r %s %s", from, to);
    assert_int_equal(system(command), 0);
}

/* A segment of another number under that name, and one that was cut off. */
static void test_segment_replaced(void **state)
{
    (void)state;
    struct store *s = kit_open(&k);
    drop_files(s, 1, 12);
    settle(s, 3);
    store_close(s);
    char two[500], kept[500];
    snprintf(two, sizeof two, "%s", in_store("segment-00000002.db"));
    snprintf(kept, sizeof kept, "%s/kept", k.root);
    copy(two, kept);
    copy(in_store("segment-00000003.db"), two);
    refused(FATE_STOP, "segment-00000002.db has the records 17 to 24 of segment 3, not 9 to 16");
    assert_int_equal(truncate(two, 0), 0);
    refused(FATE_STOP, "segment-00000002.db is empty");
    assert_int_equal(rename(kept, two), 0);
    store_close(kit_open(&k));
    check_readers(1, 48);
}

/* An older copy laid over the store, whose later files stay: they are not taken for what comes next. */
static void test_copies_mixed(void **state)
{
    (void)state;
    char older[400], all[420];
    snprintf(older, sizeof older, "%s/older", k.root);
    snprintf(all, sizeof all, "%s/.", older);
    struct store *s = kit_open(&k);
    drop_files(s, 1, 3);
    store_close(s);
    copy(k.directory, older);
    s = kit_open(&k);
    drop_files(s, 4, 12);
    store_close(s);
    copy(all, k.directory);
    refused(FATE_STOP, "segment-00000002.db was never full");
}

/* The same under the running daemon. */
static void test_copies_mixed_meanwhile(void **state)
{
    (void)state;
    struct err e = {""};
    char later[400];
    const char *topic = "a/";
    snprintf(later, sizeof later, "%s/later", k.root);
    struct store *s = kit_open(&k);
    drop_files(s, 1, 6);
    store_close(s);
    assert_int_equal(rename(in_store("segment-00000002.db"), later), 0);
    char command[700];
    snprintf(command, sizeof command, "rm -r %s", k.directory);
    assert_int_equal(system(command), 0);
    s = kit_open(&k);
    drop_files(s, 1, 1);
    copy(later, in_store("segment-00000002.db"));
    drop_files(s, 2, 2); // the first segment is full
    struct kit_file f = {.claim = "3", .first = 12, .count = 4, .size = 100, .topics = &topic, .ntopics = 1};
    assert_int_equal(kit_try(s, &f, &e), FATE_STOP);
    assert_non_null(strstr(e.text, "segment-00000002.db was there before its time"));
    assert_int_equal(store_head(s), 8);
    store_close(s);
}

static void test_damaged_segment(void **state)
{
    (void)state;
    static const char garbage[16384] = {"\x7f\x7f\x7f\x7f"};
    struct store *s = kit_open(&k);
    drop_files(s, 1, 12);
    settle(s, 2); // what is still in a log is read there, damaged file or not
    store_close(s);
    int fd = open(in_store("segment-00000002.db"), O_WRONLY);
    assert_true(fd >= 0);
    for (off_t at = 0; at < 10 * 16384; at += 16384)
        assert_int_equal(pwrite(fd, garbage, sizeof garbage, at), sizeof garbage);
    close(fd);
    refused(FATE_STOP, "segment-00000002.db");
}

/* Made anew from the segments; and brought up to them, when it is an old copy. */
static void test_catalogue_behind(void **state)
{
    (void)state;
    struct store *s = kit_open(&k);
    drop_files(s, 1, 4);
    store_close(s);
    char old[500], command[1200];
    snprintf(old, sizeof old, "%s/old", k.root);
    snprintf(command, sizeof command, "cp '%s' '%s'", in_store("newswire.db"), old);
    assert_int_equal(system(command), 0);
    s = kit_open(&k);
    drop_files(s, 5, 12);
    store_close(s);
    assert_int_equal(rename(old, in_store("newswire.db")), 0);
    s = kit_open(&k);
    check_readers(1, 48);
    drop_files(s, 1, 13);
    assert_int_equal(store_head(s), 52);
    store_close(s);

    assert_int_equal(unlink(in_store("newswire.db")), 0);
    s = kit_open(&k);
    drop_files(s, 1, 14);
    assert_int_equal(store_head(s), 56);
    check_readers(1, 56);
    store_close(s);
    kit_check_whole(&k);
}

static void vacuum_into(uint64_t n, const char *to)
{
    struct kit one = k;
    char sql[700];
    if (!kit_segment(&one, n))
        return; // pruned meanwhile
    snprintf(sql, sizeof sql, "vacuum into '%s/segment-%08llu.db'", to, (unsigned long long)n);
    kit_sql(&one, sql);
}

/* A copy taken as newswired(8) says, while the store is written and pruned: each segment that was there at
 * the beginning, in order, then the ids. It is whole, and is what the store was when its newest was copied.
 */
static void test_copy_of_a_running_store(void **state)
{
    (void)state;
    char to[400], command[2000];
    for (uint64_t at = 0; at <= 7; at++) { // after so many segments the store goes on
        struct store *s = kit_open(&k);
        drop_files(s, 1, 12);
        uint64_t last = (uint64_t)count_files(".db") - 1, head = 0;
        snprintf(to, sizeof to, "%s/copy", k.root);
        assert_int_equal(mkdir(to, 0700), 0);
        for (uint64_t n = 1; n <= last; n++) {
            if (n == at) {
                drop_files(s, 13, 20);
                now = 100000;
                prune(s, 9000, 0);
            }
            head = n == last ? store_head(s) : head;
            vacuum_into(n, to);
        }
        snprintf(command, sizeof command, "cp %s/*.ids %s 2>&-; rm -r %s; mv %s %s", k.directory, to,
                 k.directory, to, k.directory);
        store_close(s);
        assert_int_equal(system(command), 0);
        s = kit_open(&k);
        assert_true(store_head(s) >= 48 && store_head(s) <= head);
        check_readers(oldest(), store_head(s));
        head = store_head(s);
        drop_files(s, 1, 12); // all of it is known
        assert_int_equal(store_head(s), head);
        store_close(s);
        kit_check_whole(&k);
        kit_end(&k);
        kit_new(&k);
    }
}

/* The newest segments taken away as a whole, catalogue and all: an older copy, which the mark tells. */
static void test_older_copy(void **state)
{
    (void)state;
    char command[1200];
    struct store *s = kit_open(&k);
    drop_files(s, 1, 4);
    uint64_t epoch = store_epoch(s);
    store_close(s);
    snprintf(command, sizeof command, "cp -r '%s' '%s/copy'", k.directory, k.root);
    assert_int_equal(system(command), 0);
    s = kit_open(&k);
    drop_files(s, 5, 12);
    store_close(s);
    snprintf(command, sizeof command, "rm -r '%s' && mv '%s/copy' '%s'", k.directory, k.root, k.directory);
    assert_int_equal(system(command), 0);
    s = kit_open(&k);
    assert_true(store_was_restored(s));
    assert_true(store_epoch(s) != epoch);
    assert_int_equal(store_head(s), 16);
    drop_files(s, 5, 12); // the new epoch goes from segment to segment
    check_readers(1, 48);
    epoch = store_epoch(s);
    store_close(s);
    s = kit_open(&k);
    assert_false(store_was_restored(s));
    assert_int_equal(store_epoch(s), epoch);
    store_close(s);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        T(test_missing_segment),  T(test_missing_segment_and_catalogue), T(test_segment_replaced),
        T(test_copies_mixed),     T(test_copies_mixed_meanwhile),        T(test_damaged_segment),
        T(test_catalogue_behind), T(test_copy_of_a_running_store),       T(test_older_copy),
    };
    return cmocka_run_group_tests_name("store_copies", tests, NULL, NULL);
}
