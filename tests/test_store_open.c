// SPDX-License-Identifier: MIT
/* Opening a store: what is refused, with which words, and left as it was; what is noticed (an older copy put
 * back); and what does not matter (the mark). */
#include "tests/store_kit.h"

#include <fcntl.h>
#include <inttypes.h>

static void copy_file(const char *from, const char *to)
{
    char buffer[65536];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, in)) > 0;)
        assert_int_equal(fwrite(buffer, 1, n, out), n);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void test_restored_copy(void **state)
{
    (void)state;
    struct kit k;
    char copy[300], log[400];
    kit_new(&k);
    snprintf(copy, sizeof copy, "%s/copy", k.root);
    snprintf(log, sizeof log, "%s-wal", k.database);
    struct store *s = kit_open(&k);
    uint64_t epoch = store_epoch(s);
    kit_drop(s, "a", 1, 3, "a/");
    store_close(s);
    copy_file(k.database, copy);

    s = kit_open(&k);
    assert_int_equal(store_epoch(s), epoch);
    kit_drop(s, "b", 4, 3, "a/");
    store_close(s);

    copy_file(copy, k.database);
    assert_int_equal(truncate(log, 0), 0);
    s = kit_open(&k);
    assert_true(store_was_restored(s));
    assert_true(store_epoch(s) != epoch && store_epoch(s) != 0);
    assert_int_equal(store_head(s), 3);
    uint64_t renewed = store_epoch(s);
    char lineage[200];
    snprintf(lineage, sizeof lineage, "select lineage = '%016" PRIx64 " 3' || char(10) from head", epoch);
    assert_int_equal(kit_sql(&k, lineage), 1);
    kit_drop(s, "b", 4, 1, "a/");
    store_close(s);

    // Only once.
    s = kit_open(&k);
    assert_false(store_was_restored(s));
    assert_int_equal(store_epoch(s), renewed);
    store_close(s);
    kit_check_whole(&k);
    kit_end(&k);
}

static void test_mark_never_fails(void **state)
{
    (void)state;
    struct kit k;
    kit_new(&k);
    struct store *s = kit_open(&k);
    uint64_t epoch = store_epoch(s);
    kit_drop(s, "a", 1, 3, "a/");
    store_close(s);

    static const char *const marks[] = {
        "", "junk", "newswire-mark 2 zzzz\n", "newswire-mark 1 0123456789abcdef -1\n",
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        write_text(k.mark, marks[i]);
        s = kit_open(&k);
        assert_false(store_was_restored(s));
        assert_int_equal(store_epoch(s), epoch);
        store_close(s);
    }
    assert_int_equal(unlink(k.mark), 0);
    assert_int_equal(mkdir(k.mark, 0700), 0); // not a file at all
    s = kit_open(&k);
    kit_drop(s, "b", 4, 1, "a/");
    store_close(s);
    assert_int_equal(rmdir(k.mark), 0);
    snprintf(k.mark, sizeof k.mark, "%s/not/there", k.root);
    store_close(kit_open(&k));
    kit_end(&k);
}

/* Another store ran on this spool in the meantime, and this one was put back: its seqs go on from where others were
 * given out. */
static void test_mark_of_another_store(void **state)
{
    (void)state;
    struct kit k;
    kit_new(&k);
    write_text(k.mark, "newswire-mark 1 0123456789abcdef 00000000000000000900\n");
    struct store *s = kit_open(&k);
    assert_false(store_was_restored(s)); // a new one
    uint64_t epoch = store_epoch(s);
    kit_drop(s, "a", 1, 3, "a/");
    store_close(s);
    write_text(k.mark, "newswire-mark 1 0123456789abcdef 00000000000000000001\n");
    s = kit_open(&k);
    assert_true(store_was_restored(s));
    assert_true(store_epoch(s) != epoch);
    store_close(s);
    kit_end(&k);
}

/* Opening must be refused with this fate, and words that hold `words`. */
static void refused(const struct kit *k, enum fate wanted, const char *words)
{
    struct err e = {""};
    enum fate fate = FATE_DONE;
    assert_null(store_open(k->directory, k->mark, &fate, &e));
    if (fate != wanted || strstr(e.text, words) == NULL)
        fail_msg("%s, not %s with \"%s\": %s", fate_word(fate), fate_word(wanted), words, e.text);
}

static void test_second_holder(void **state)
{
    (void)state;
    struct kit k;
    char words[60];
    kit_new(&k);
    struct store *s = kit_open(&k);
    snprintf(words, sizeof words, "another newswired (pid %ld)", (long)getpid());
    refused(&k, FATE_BAD, words);
    store_close(s);
    store_close(kit_open(&k));
    kit_end(&k);
}

/* Both versions are named, and nothing is changed. */
static void test_other_version(void **state)
{
    (void)state;
    struct kit k;
    struct err e = {""};
    kit_new(&k);
    store_close(kit_open(&k));
    kit_sql(&k, "pragma user_version = 7");
    refused(&k, FATE_STOP, "version 7, this program knows version 3");
    assert_null(store_reader_open(k.directory, &e));
    assert_non_null(strstr(e.text, "version 7"));
    assert_int_equal(kit_sql(&k, "pragma user_version"), 7);
    kit_end(&k);
}

static void test_head_against_records(void **state)
{
    (void)state;
    struct kit k;
    kit_new(&k);
    struct store *s = kit_open(&k);
    kit_drop(s, "a", 1, 3, "a/");
    store_close(s);
    kit_sql(&k, "update head set seq = 4");
    refused(&k, FATE_STOP, "its head says 1 to 4, its records are 1 to 3");
    kit_sql(&k, "update head set seq = 3, first = 2");
    refused(&k, FATE_STOP, "its head says 2 to 3, its records are 1 to 3");
    kit_sql(&k, "delete from head");
    refused(&k, FATE_STOP, "no head");
    kit_end(&k);
}

/* What is not ours is left as it was found. */
static void test_strangers(void **state)
{
    (void)state;
    struct kit k;
    struct stat st;
    kit_new(&k);
    assert_int_equal(mkdir(k.directory, 0750), 0);
    kit_sql_in(&k, "create table other (a)", 1);
    refused(&k, FATE_STOP, "another program");
    kit_holds(&k, "count(*) = 1 from sqlite_master");
    kit_end(&k);

    kit_new(&k);
    assert_int_equal(mkdir(k.directory, 0750), 0);
    static char junk[100000];
    memset(junk, 'j', sizeof junk - 1);
    write_text(k.database, junk);
    refused(&k, FATE_STOP, "not a database");
    assert_int_equal(stat(k.database, &st), 0);
    assert_int_equal(st.st_size, sizeof junk - 1);
    kit_end(&k);
}

static void test_no_directory(void **state)
{
    (void)state;
    struct kit k;
    struct err e = {""};
    kit_new(&k);
    snprintf(k.directory, sizeof k.directory, "%s/not/there", k.root);
    refused(&k, FATE_RETRY, "No such file");
    assert_null(store_reader_open(k.directory, &e));
    assert_non_null(strstr(e.text, "not/there"));
    kit_end(&k);
}

/* Pages overwritten behind the first one. */
static void test_damaged_later(void **state)
{
    (void)state;
    struct kit k;
    struct err e = {""};
    const char *topics[] = {"agency/armenpress/", "place/am/yerevan/"};
    kit_new(&k);
    struct store *s = kit_open(&k);
    struct kit_file f = {
        .claim = "a", .first = 1, .count = 200, .size = 3000, .topics = topics, .ntopics = 2,
    };
    kit_done(kit_try(s, &f, &e), &e);
    store_close(s);
    struct stat st;
    assert_int_equal(stat(k.database, &st), 0);
    int fd = open(k.database, O_WRONLY);
    static const char garbage[16384] = {"\x7f\x7f\x7f\x7f"};
    for (off_t at = 16384; at < st.st_size; at += 16384)
        assert_int_equal(pwrite(fd, garbage, sizeof garbage, at), sizeof garbage);
    close(fd);
    refused(&k, FATE_STOP, "damaged");
    kit_end(&k);
}

static void test_modes(void **state)
{
    (void)state;
    struct kit k;
    kit_new(&k);
    mode_t old = umask(077);
    store_close(kit_open(&k));
    umask(old);
    // Group readable, and the log stays when the daemon is down, whatever the umask.
    for (const char *const *end = (const char *const[]){"", "-wal", "-shm", NULL}; *end != NULL; end++) {
        char path[400];
        struct stat st;
        snprintf(path, sizeof path, "%s%s", k.database, *end);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0640);
    }
    kit_end(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restored_copy),
        cmocka_unit_test(test_mark_never_fails),
        cmocka_unit_test(test_mark_of_another_store),
        cmocka_unit_test(test_second_holder),
        cmocka_unit_test(test_other_version),
        cmocka_unit_test(test_head_against_records),
        cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_no_directory),
        cmocka_unit_test(test_damaged_later),
        cmocka_unit_test(test_modes),
    };
    return cmocka_run_group_tests_name("store_open", tests, NULL, NULL);
}
