// SPDX-License-Identifier: MIT
/* The writer: files in, each once, numbers without a gap; undone, repeated, rejected, pruned. Opening, pages,
 * and failing disks have tests of their own: test_store_open.c, test_store_read.c, test_store_faults.c. */
#include "tests/store_kit.h"

static const char *const two_topics[] = {"agency/armenpress/", "place/am/yerevan/"};

/* --- files ---------------------------------------------------------------------------------------------- */

static void test_file_in(void **state)
{
    (void)state;
    struct kit k;
    kit_new(&k);
    struct store *s = kit_open(&k);
    assert_int_equal(store_head(s), 0);
    assert_true(store_epoch(s) != 0);
    assert_false(store_was_restored(s));

    struct err e = {""};
    struct kit_file f = {
        .claim = "a", .first = 1, .count = 3, .size = 3000, .topics = two_topics, .ntopics = 2,
    };
    kit_done(kit_try(s, &f, &e), &e);
    assert_int_equal(store_head(s), 3);
    kit_check_whole(&k);
    assert_int_equal(kit_sql(&k, "pragma page_size"), 16384);
    kit_holds(&k, "count(*) = 3 from records where kind = 'new' and agency = 'ARMENPRESS'");
    assert_int_equal(kit_sql(&k, "select count(*) from dispatches where file = 'wire.txt'"), 3);

    uint64_t bytes, left;
    store_sizes(s, &bytes, &left);
    assert_true(bytes > 3 * 3000 && left > 0);
    store_tidy(s);
    store_close(s);
    store_close(NULL);

    s = kit_open(&k);
    assert_int_equal(store_head(s), 3);
    store_close(s);
    kit_end(&k);
}

static void test_same_dispatch(void **state)
{
    (void)state;
    struct kit k;
    struct err e = {""};
    kit_new(&k);
    struct store *s = kit_open(&k);
    struct kit_file f = {.size = 50};
    struct store_file file = {.claim = "a", .name = "a", .feed = "default"};
    enum file_fate settled;
    uint64_t seq;

    // Twice in one file: stored once.
    kit_done(store_begin(s, &e), &e);
    kit_done(store_file_begin(s, &file, &settled, &e), &e);
    kit_done(kit_put_one(s, &f, 7, &seq, &e), &e);
    assert_int_equal(seq, 1);
    kit_done(kit_put_one(s, &f, 7, &seq, &e), &e);
    assert_int_equal(seq, 0);
    kit_done(kit_put_one(s, &f, 8, &seq, &e), &e);
    assert_int_equal(seq, 2);
    kit_done(store_file_end(s, 0, NULL, &e), &e);
    kit_done(store_commit(s, &e), &e);
    assert_int_equal(kit_sql(&k, "select count(*) from seen_again where file = 'a'"), 1);

    // Again in another file, in another batch.
    kit_drop(s, "b", 7, 2, NULL);
    assert_int_equal(store_head(s), 2);
    assert_int_equal(kit_sql(&k, "select count(*) from seen_again"), 3);
    assert_int_equal(kit_sql(&k, "select seen from file where claim = 'b'"), 2);

    // The same claim again is no drop: the crash came between commit and move.
    kit_drop(s, "b", 7, 2, NULL);
    kit_done(store_begin(s, &e), &e);
    file.claim = "b";
    kit_done(store_file_begin(s, &file, &settled, &e), &e);
    assert_int_equal(settled, FILE_DONE);
    kit_done(store_commit(s, &e), &e);
    assert_int_equal(kit_sql(&k, "select count(*) from seen_again"), 3);
    kit_check_whole(&k);
    store_close(s);
    kit_end(&k);
}

/* The topics that readers are given, and how many records each has. */
static void check_topics(const struct kit *k, const char *const *names, const uint64_t *records)
{
    struct err e = {""};
    struct topic_count *topics;
    size_t n, i;
    struct store_reader *r = kit_reader(k);
    struct arena *a = arena_new(1 << 20);
    kit_done(store_reader_topics(r, a, "", "", 100, &topics, &n, &e), &e);
    for (i = 0; i < n && names[i] != NULL; i++) {
        assert_string_equal(topics[i].topic, names[i]);
        assert_int_equal(topics[i].records, records[i]);
    }
    assert_true(i == n && names[i] == NULL);
    arena_free(a);
    store_reader_close(r);
}

static void test_undo(void **state)
{
    (void)state;
    struct kit k;
    struct err e = {""};
    kit_new(&k);
    struct store *s = kit_open(&k);
    const char *both[] = {"kept/", "undone/"}, *kept[] = {"kept/"}, *after[] = {"after/", "undone/"};
    struct kit_file a = {.claim = "a", .first = 1, .count = 2, .size = 50, .topics = kept, .ntopics = 1};
    struct kit_file b = {.claim = "b", .first = 3, .count = 4, .size = 50, .topics = both, .ntopics = 2};
    struct kit_file c = {.claim = "c", .first = 3, .count = 1, .size = 50, .topics = after, .ntopics = 2};
    struct store_file file = kit_store_file(&b);
    enum file_fate settled;
    uint64_t seq;

    // The file in the middle of the batch goes, with the topic that it made; its numbers go to the next.
    kit_done(store_begin(s, &e), &e);
    kit_done(kit_put(s, &a, &e), &e);
    kit_done(store_file_begin(s, &file, &settled, &e), &e);
    for (uint64_t n = 3; n < 7; n++)
        kit_done(kit_put_one(s, &b, n, &seq, &e), &e);
    store_file_undo(s);
    assert_false(store_rolled_back(s));
    kit_done(kit_put(s, &c, &e), &e);
    kit_done(store_commit(s, &e), &e);
    assert_int_equal(store_head(s), 3);
    kit_check_whole(&k);
    check_topics(&k, (const char *const[]){"after/", "kept/", "undone/", NULL}, (const uint64_t[]){1, 2, 1});
    assert_int_equal(kit_sql(&k, "select count(*) from file"), 2);

    // An aborted batch leaves nothing, and the next one begins where the head is.
    kit_done(store_begin(s, &e), &e);
    kit_done(kit_put(s, &b, &e), &e);
    store_abort(s);
    assert_true(store_rolled_back(s));
    assert_int_equal(store_head(s), 3);
    kit_done(kit_try(s, &b, &e), &e);
    assert_int_equal(store_head(s), 6); // number 3 came with c
    kit_check_whole(&k);

    // Closing amid a transaction is an abort.
    kit_done(store_begin(s, &e), &e);
    store_close(s);
    kit_check_whole(&k);
    kit_end(&k);
}

/* A call that fails without taking the batch along: its file cannot be ended, only undone, and its neighbours
 * stay. */
static void test_too_large(void **state)
{
    (void)state;
    struct kit k;
    struct err e = {""};
    kit_new(&k);
    struct store *s = kit_open(&k);
    struct kit_file a = {.claim = "a", .first = 1, .count = 2, .size = 50};
    struct kit_file b = {.claim = "b", .size = FRAMES_BYTES_MAX};
    struct store_file file = kit_store_file(&b);
    enum file_fate settled;
    uint64_t seq;
    kit_done(store_begin(s, &e), &e);
    kit_done(kit_put(s, &a, &e), &e);
    kit_done(store_file_begin(s, &file, &settled, &e), &e);
    assert_int_equal(kit_put_one(s, &b, 3, &seq, &e), FATE_BAD);
    assert_non_null(strstr(e.text, "bytes"));
    assert_false(store_rolled_back(s));
    assert_int_equal(kit_put_one(s, &a, 4, &seq, &e), FATE_RETRY);
    assert_int_equal(store_file_end(s, 0, NULL, &e), FATE_RETRY);
    store_file_undo(s);
    kit_done(store_file_begin(s, &file, &settled, &e), &e);
    kit_done(store_file_end(s, 0, "a dispatch is too large", &e), &e);
    kit_done(store_commit(s, &e), &e);
    assert_int_equal(store_head(s), 2);
    kit_check_whole(&k);
    store_close(s);
    kit_end(&k);
}

static void test_rejected(void **state)
{
    (void)state;
    struct kit k;
    struct err e = {""};
    kit_new(&k);
    struct store *s = kit_open(&k);
    struct store_file file = {.claim = "a", .name = "junk.bin", .feed = "afp", .arrival = 100};
    enum file_fate settled;
    kit_done(store_begin(s, &e), &e);
    kit_done(store_file_begin(s, &file, &settled, &e), &e);
    kit_done(store_file_end(s, 0, "offset 0: not text", &e), &e);
    kit_done(store_commit(s, &e), &e);
    assert_int_equal(store_head(s), 0);

    struct store_reader *r = kit_reader(&k);
    struct arena *a = arena_new(1 << 20);
    struct file_outcome out;
    kit_done(store_reader_file(r, a, "afp", "junk.bin", 100, &out, &e), &e);
    assert_int_equal(out.fate, FILE_BAD);
    assert_string_equal(out.why, "offset 0: not text");
    kit_done(store_reader_file(r, a, "afp", "junk.bin", 101, &out, &e), &e);
    assert_int_equal(out.fate, FILE_UNKNOWN);
    kit_done(store_reader_file(r, a, "default", "junk.bin", 0, &out, &e), &e);
    assert_int_equal(out.fate, FILE_UNKNOWN);

    kit_drop(s, "b", 1, 3, NULL);
    kit_drop(s, "c", 2, 4, NULL);
    kit_done(store_reader_file(r, a, "default", "wire.txt", 0, &out, &e), &e);
    assert_int_equal(out.fate, FILE_DONE);
    assert_null(out.why);
    assert_int_equal(out.first, 4);
    assert_int_equal(out.last, 5);
    assert_int_equal(out.fresh, 2);
    assert_int_equal(out.seen, 2);
    arena_free(a);
    store_reader_close(r);
    store_close(s);
    kit_end(&k);
}

/* Whether the file, begun as a new drop, is known whole; how many were seen. */
static bool repeat(struct store *s, const struct store_file *file, uint64_t *seen)
{
    struct err e = {""};
    enum file_fate settled;
    bool whole;
    kit_done(store_begin(s, &e), &e);
    kit_done(store_file_begin(s, file, &settled, &e), &e);
    assert_int_equal(settled, FILE_UNKNOWN);
    kit_done(store_file_repeat(s, file, &whole, seen, &e), &e);
    kit_done(store_file_end(s, 0, NULL, &e), &e);
    kit_done(store_commit(s, &e), &e);
    return whole;
}

/* A store with one file of five dispatches; `file` is as it was dropped. */
static struct store *with_a_file(struct kit *k, struct store_file *file)
{
    struct err e = {""};
    struct kit_file f = {.claim = "a", .first = 1, .count = 5, .size = 50};
    kit_new(k);
    struct store *s = kit_open(k);
    kit_done(kit_try(s, &f, &e), &e);
    *file = kit_store_file(&f);
    return s;
}

static void test_repeat(void **state)
{
    (void)state;
    struct kit k;
    struct store_file file;
    uint64_t seen;
    struct store *s = with_a_file(&k, &file);
    file.claim = "b";
    assert_true(repeat(s, &file, &seen));
    assert_int_equal(seen, 5);
    file.claim = "c";
    assert_true(repeat(s, &file, &seen));
    kit_holds(&k, "count(*) = 10 from seen_again");
    kit_holds(&k, "seen = 5 and fresh = 0 from file where claim = 'c'");
    assert_int_equal(store_head(s), 5);

    // Not under other rules, not in another feed, not other bytes.
    struct store_file other = file;
    other.claim = "d";
    other.rules[0] = 1;
    assert_false(repeat(s, &other, &seen));
    other = file;
    other.claim = "e";
    other.feed = "afp";
    assert_false(repeat(s, &other, &seen));
    other = file;
    other.claim = "f";
    other.digest[31] = 1;
    assert_false(repeat(s, &other, &seen));
    kit_holds(&k, "count(*) = 10 from seen_again");
    store_close(s);
    kit_end(&k);
}

/* Not when it had dispatches that came with another file, or slices that were rejected. */
static void test_repeat_of_a_part(void **state)
{
    (void)state;
    struct kit k;
    struct err e = {""};
    struct store_file file;
    enum file_fate settled;
    uint64_t seen, seq;
    struct store *s = with_a_file(&k, &file);
    kit_drop(s, "b", 4, 4, NULL);
    file = kit_store_file(&(struct kit_file){.claim = "c", .first = 4, .count = 4});
    assert_false(repeat(s, &file, &seen));

    file = (struct store_file){.claim = "d", .name = "d", .feed = "default", .digest = {9}};
    kit_done(store_begin(s, &e), &e);
    kit_done(store_file_begin(s, &file, &settled, &e), &e);
    kit_done(kit_put_one(s, &(struct kit_file){.size = 9}, 50, &seq, &e), &e);
    kit_done(store_file_end(s, 1, NULL, &e), &e);
    kit_done(store_commit(s, &e), &e);
    file.claim = "e";
    assert_false(repeat(s, &file, &seen));
    store_close(s);
    kit_end(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_in),
        cmocka_unit_test(test_same_dispatch),
        cmocka_unit_test(test_undo),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_rejected),
        cmocka_unit_test(test_repeat),
        cmocka_unit_test(test_repeat_of_a_part),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
