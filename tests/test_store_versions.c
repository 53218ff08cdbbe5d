// SPDX-License-Identifier: MIT
/* Further versions of a dispatch, and the same version under other topics: what the wire is given, and what a
 * file is known to have brought. */
#include "tests/store_kit.h"

static const char *const sport = "subject/sport/";
static const char *const chess = "subject/chess/";

/* A change of what file "a" brought, as --reparse makes it. */
struct change {
    const char *claim;
    uint64_t first;          /* record of version 1 */
    enum newswire_kind kind; /* RETAGGED: only topics */
    uint64_t text;           /* number of the dispatch whose text it has now */
    const char *topic;
};

static uint64_t apply(struct store *s, const struct change *c)
{
    struct err e = {""};
    enum file_fate settled;
    uint64_t seq = 0;
    struct kit_dispatch k;
    struct kit_file f = {.claim = c->claim, .first = 1, .count = 2};
    struct store_file file = kit_store_file(&f);
    kit_dispatch(&k, c->text, 100);
    kit_done(store_begin(s, &e), &e);
    kit_done(store_file_begin(s, &file, &settled, &e), &e);
    if (c->kind == NEWSWIRE_RETAGGED)
        kit_done(store_retag(s, c->first, &c->topic, 1, &seq, &e), &e);
    else
        kit_done(store_revise(s, c->first, c->kind, &k.d, &c->topic, 1, &seq, &e), &e);
    store_file_kept(s, 1);
    kit_done(store_file_end(s, 0, NULL, &e), &e);
    kit_done(store_commit(s, &e), &e);
    free(k.body);
    return seq;
}

static void brought(const struct kit *k, struct arena *a, struct store_brought *out)
{
    struct err e = {""};
    struct kit_file f = {.first = 1, .count = 2};
    struct store_file file = kit_store_file(&f);
    struct store_reader *r = kit_reader(k);
    kit_done(store_reader_brought(r, a, file.digest, "default", out, &e), &e);
    store_reader_close(r);
}

static const struct store_record *record(const struct kit *k, struct arena *a, uint64_t seq)
{
    struct err e = {""};
    struct store_page page;
    struct store_reader *r = kit_reader(k);
    kit_done(store_reader_page(r, a, seq - 1, NULL, 0, 1, 1 << 20, &page, &e), &e);
    store_reader_close(r);
    assert_int_equal(page.n, 1);
    assert_int_equal(page.records[0].seq, seq);
    return page.records;
}

/* The blob says what the record says. */
static void check_blob(const struct store_record *record, const char *headline)
{
    struct err e = {""};
    struct newswire_dispatch *d = dispatch_unpack(record->blob, record->blob_n, &e);
    assert_non_null(d);
    assert_int_equal(d->version, record->version);
    assert_memory_equal(d->id, record->id, NEWSWIRE_ID_LEN);
    assert_string_equal(d->headline, headline);
    dispatch_free(d);
}

static void test_revised(void **state)
{
    (void)state;
    struct kit k;
    kit_new(&k);
    struct arena *a = arena_new(1 << 24);
    struct store *s = kit_open(&k);
    struct store_brought b;
    kit_drop(s, "a", 1, 2, sport);
    assert_int_equal(apply(s, &(struct change){"a@3", 1, NEWSWIRE_REVISED, 50, chess}), 3);

    const struct store_record *r = record(&k, a, 3);
    assert_int_equal(r->kind, NEWSWIRE_REVISED);
    assert_int_equal(r->version, 2);
    assert_memory_equal(r->id, record(&k, a, 1)->id, NEWSWIRE_ID_LEN);
    check_blob(r, "Headline 50");
    check_blob(record(&k, a, 1), "Headline 1"); // as it was
    kit_holds(&k, "count(distinct id) = 2 from records");
    kit_holds(&k, "max(version) = 2 from dispatches");

    brought(&k, a, &b);
    assert_true(b.known);
    assert_int_equal(b.arrival, 5000);
    assert_int_equal(b.nheld, 2);
    assert_int_equal(b.held[0].first, 1);
    assert_int_equal(b.held[0].version, 2);
    assert_int_equal(b.held[0].kind, NEWSWIRE_REVISED);
    assert_string_equal(b.held[0].topics[0], chess);
    assert_int_equal(b.held[1].version, 1);

    // Dropped again, either text is known.
    kit_drop(s, "b", 1, 1, sport);
    kit_drop(s, "c", 50, 1, sport);
    assert_int_equal(store_head(s), 3);
    kit_check_whole(&k);
    store_close(s);
    arena_free(a);
    kit_end(&k);
}

/* A field that is no part of the identity: the new version has that of the old one. */
static void test_revised_with_the_same_identity(void **state)
{
    (void)state;
    struct kit k;
    kit_new(&k);
    struct arena *a = arena_new(1 << 24);
    struct store *s = kit_open(&k);
    struct store_brought b;
    kit_drop(s, "a", 1, 2, sport);
    apply(s, &(struct change){"a@3", 2, NEWSWIRE_REVISED, 2, sport});
    apply(s, &(struct change){"a@4", 2, NEWSWIRE_CANCELED, 1, sport}); // that of another one
    assert_int_equal(record(&k, a, 4)->version, 3);
    assert_int_equal(record(&k, a, 4)->kind, NEWSWIRE_CANCELED);
    assert_memory_equal(record(&k, a, 4)->id, record(&k, a, 2)->id, NEWSWIRE_ID_LEN);
    brought(&k, a, &b);
    assert_int_equal(b.nheld, 2);
    assert_memory_equal(b.held[1].identity, record(&k, a, 1)->id, NEWSWIRE_ID_LEN);
    kit_check_whole(&k);
    store_close(s);
    arena_free(a);
    kit_end(&k);
}

static void test_retagged(void **state)
{
    (void)state;
    struct kit k;
    kit_new(&k);
    struct arena *a = arena_new(1 << 24);
    struct store *s = kit_open(&k);
    struct store_brought b;
    kit_drop(s, "a", 1, 2, sport);
    assert_int_equal(apply(s, &(struct change){"a@3", 1, NEWSWIRE_RETAGGED, 0, chess}), 3);
    const struct store_record *r = record(&k, a, 3);
    assert_int_equal(r->kind, NEWSWIRE_RETAGGED);
    assert_int_equal(r->version, 1);
    assert_string_equal(r->topics[0], chess);
    check_blob(r, "Headline 1");
    brought(&k, a, &b);
    assert_int_equal(b.held[0].kind, NEWSWIRE_RETAGGED);
    assert_string_equal(b.held[0].topics[0], chess);

    kit_check_whole(&k);
    store_close(s);
    arena_free(a);
    kit_end(&k);
}

/* Each step in a segment of its own, and then the first ones go. */
static void test_over_segments(void **state)
{
    (void)state;
    struct kit k;
    struct err e = {""};
    size_t pruned;
    kit_new(&k);
    store_seams.segment_rows = 1;
    struct arena *a = arena_new(1 << 24);
    struct store *s = kit_open(&k);
    struct store_brought b;
    kit_drop(s, "a", 1, 2, sport);
    assert_int_equal(apply(s, &(struct change){"a@3", 1, NEWSWIRE_REVISED, 50, chess}), 3);
    assert_int_equal(apply(s, &(struct change){"a@4", 1, NEWSWIRE_RETAGGED, 0, sport}), 4);
    assert_int_equal(apply(s, &(struct change){"a@5", 2, NEWSWIRE_RETAGGED, 0, chess}), 5);
    check_blob(record(&k, a, 4), "Headline 50");
    check_blob(record(&k, a, 5), "Headline 2");
    brought(&k, a, &b);
    assert_int_equal(b.nheld, 2);
    assert_int_equal(b.held[0].version, 2);
    assert_int_equal(b.held[0].kind, NEWSWIRE_RETAGGED);
    kit_check_whole(&k);

    // Without the segment of version 1 the later ones are what there is: with its id, and the next number.
    kit_done(store_prune(s, INT64_MAX, 0, &pruned, &e), &e);
    assert_int_equal(pruned, 2);
    brought(&k, a, &b);
    assert_true(b.known);
    assert_int_equal(b.nheld, 2);
    check_blob(record(&k, a, 4), "Headline 50");
    assert_int_equal(apply(s, &(struct change){"a@6", 1, NEWSWIRE_REVISED, 51, chess}), 6);
    assert_int_equal(record(&k, a, 6)->version, 3);
    assert_memory_equal(record(&k, a, 6)->id, record(&k, a, 4)->id, NEWSWIRE_ID_LEN);
    kit_drop(s, "b", 1, 2, sport);
    kit_drop(s, "c", 50, 2, sport);
    assert_int_equal(store_head(s), 6);
    store_close(s);
    arena_free(a);
    kit_end(&k);
    store_seams.segment_rows = 65536;
}

static void test_met_again(void **state)
{
    (void)state;
    struct kit k;
    kit_new(&k);
    struct arena *a = arena_new(1 << 24);
    struct store *s = kit_open(&k);
    struct store_brought b;
    kit_drop(s, "x", 2, 3, sport);
    kit_drop(s, "a", 1, 2, sport); // 2 was in the other file
    brought(&k, a, &b);
    assert_int_equal(b.nheld, 1);
    assert_int_equal(b.nagain, 1);
    store_close(s);
    arena_free(a);
    kit_end(&k);
}

static void test_nothing_is_known_of_it(void **state)
{
    (void)state;
    struct kit k;
    kit_new(&k);
    struct arena *a = arena_new(1 << 24);
    store_close(kit_open(&k));
    struct store_brought b;
    brought(&k, a, &b);
    assert_false(b.known);
    assert_int_equal(b.nheld + b.nagain, 0);
    arena_free(a);
    kit_end(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_revised),   cmocka_unit_test(test_revised_with_the_same_identity),
        cmocka_unit_test(test_retagged),  cmocka_unit_test(test_over_segments),
        cmocka_unit_test(test_met_again), cmocka_unit_test(test_nothing_is_known_of_it),
    };
    return cmocka_run_group_tests_name("store_versions", tests, NULL, NULL);
}
