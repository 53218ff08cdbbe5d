// SPDX-License-Identifier: MIT
/* The arena keeps its limit, hands out zeroed and aligned bytes, and comes back from a reset as good as
 * new. */
#include "tests/unit.h"

#include "daemon/base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <string.h>

static void gives_zeroed_aligned_bytes(void **state)
{
    (void)state;
    struct arena *a = arena_new(1u << 20);
    assert_non_null(a);
    for (size_t n = 0; n < 300; n++) {
        unsigned char *p = arena_alloc(a, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, n);
    }
    // The same bytes again: they were dirtied.
    arena_reset(a);
    assert_int_equal(arena_used(a), 0);
    for (int k = 0; k < 100; k++) {
        unsigned char *p = arena_alloc(a, 100);
        for (size_t i = 0; i < 100; i++)
            assert_int_equal(p[i], 0);
    }
    arena_free(a);
}

static void nothing_overlaps(void **state)
{
    (void)state;
    struct arena *a = arena_new(64u << 20);
    unsigned char *p[400];
    for (size_t i = 0; i < 400; i++) { // up to 1.2 MB: some share a block, some have one of their own
        p[i] = arena_alloc(a, 1 + i * i * (i % 7 == 0 ? 8 : 1));
        assert_non_null(p[i]);
        memset(p[i], (int)(i & 0xff), 1 + i * i * (i % 7 == 0 ? 8 : 1));
    }
    for (size_t i = 0; i < 400; i++)
        for (size_t k = 0; k < 1 + i * i * (i % 7 == 0 ? 8 : 1); k++)
            if (p[i][k] != (i & 0xff))
                fail_msg("byte %zu of piece %zu was overwritten", k, i);
    arena_free(a);
}

static void released_bytes_come_again(void **state)
{
    (void)state;
    struct arena *a = arena_new(8u << 20);
    struct arena_mark empty = arena_mark(a);
    char *kept = arena_text(a, "kept", 4);
    struct arena_mark mark = arena_mark(a);
    size_t used = arena_used(a);
    for (int k = 0; k < 20; k++) { // far more than the limit in all
        char *small = arena_alloc(a, 10), *large = arena_alloc(a, 3u << 20);
        assert_non_null(small);
        assert_non_null(large);
        memset(small, 'x', 10);
        for (size_t i = 0; i < 20; i++)
            assert_non_null(arena_alloc(a, 100000));
        arena_release(a, mark);
        assert_int_equal(arena_used(a), used);
        assert_string_equal(kept, "kept");
    }
    arena_release(a, empty);
    assert_int_equal(arena_used(a), 0);
    assert_string_equal(arena_text(a, "again", 5), "again");
    arena_free(a);
}

static void zero_bytes_are_unique(void **state)
{
    (void)state;
    struct arena *a = arena_new(1000);
    void *p = arena_alloc(a, 0), *q = arena_alloc(a, 0);
    assert_non_null(p);
    assert_non_null(q);
    assert_ptr_not_equal(p, q);
    arena_free(a);
}

static void refuses_past_its_limit(void **state)
{
    (void)state;
    struct arena *a = arena_new(100 * 1024);
    assert_null(arena_alloc(a, 100 * 1024 + 1));
    volatile size_t absurd = SIZE_MAX; // the compiler would refuse it in plain sight
    assert_null(arena_alloc(a, absurd));
    assert_null(arena_alloc(a, absurd - 20));
    assert_null(arena_alloc(a, absurd / 2));
    assert_null(arena_text(a, "x", SIZE_MAX));
    size_t got = 0;
    while (arena_alloc(a, 1024) != NULL)
        got += 1024;
    assert_in_range(got, 64 * 1024, 100 * 1024);
    assert_null(arena_alloc(a, 64 * 1024));
    arena_reset(a);
    assert_non_null(arena_alloc(a, 30 * 1024)); // usable again
    arena_free(a);
}

static void one_large_piece_may_be_the_whole(void **state)
{
    (void)state;
    struct arena *a = arena_new(4096);
    assert_non_null(arena_alloc(a, 4096));
    assert_null(arena_alloc(a, 1));
    arena_free(a);
}

static void large_pieces_go_at_reset(void **state)
{
    (void)state;
    struct arena *a = arena_new(8u << 20);
    for (int round = 0; round < 20; round++) {
        assert_non_null(arena_alloc(a, 10));
        assert_non_null(arena_alloc(a, 6u << 20)); // would not fit twice
        arena_reset(a);
    }
    arena_free(a);
}

static void copies_and_formats(void **state)
{
    (void)state;
    struct arena *a = arena_new(1u << 20);
    assert_string_equal(arena_text(a, "Yerevan, Nov", 7), "Yerevan");
    assert_string_equal(arena_text(a, NULL, 0), "");
    assert_string_equal(arena_printf(a, "offset %d: %s", 412, "not text"), "offset 412: not text");
    char *wide = arena_printf(a, "%0200000d", 7);
    assert_int_equal(strlen(wide), 200000);
    struct arena *small = arena_new(16);
    assert_null(arena_printf(small, "%s", "longer than sixteen bytes"));
    arena_free(small);
    arena_free(a);
    arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_zeroed_aligned_bytes),
        cmocka_unit_test(nothing_overlaps),
        cmocka_unit_test(released_bytes_come_again),
        cmocka_unit_test(zero_bytes_are_unique),
        cmocka_unit_test(refuses_past_its_limit),
        cmocka_unit_test(one_large_piece_may_be_the_whole),
        cmocka_unit_test(large_pieces_go_at_reset),
        cmocka_unit_test(copies_and_formats),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
