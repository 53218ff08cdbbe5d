// SPDX-License-Identifier: MIT
/* test_tally: forms of lines, and that a tally neither grows nor forgets. */
#include "tests/unit.h"

#include "daemon/pure/tally.h"

#include <string.h>

static uint64_t key(const char *line, enum tally_apart apart)
{
    return tally_key((struct view){line, strlen(line)}, apart);
}

static void numbers_are_alike(void **state)
{
    (void)state;
    assert_true(key("Comments (4)", TALLY_NUMBERS) == key("Comments (1,245)", TALLY_NUMBERS));
    assert_true(key("Comments (4)", TALLY_NUMBERS) != key("Comment (4)", TALLY_NUMBERS));
    assert_true(key("Document LBA0014x", TALLY_NUMBERS) != key("Document RTR0015y", TALLY_NUMBERS));
    assert_true(key("Document LBA0014x", TALLY_CODES) == key("Document RTR0015y", TALLY_CODES));
    assert_true(key("Document LBA0014x here", TALLY_CODES) != key("Document LBA0014x there", TALLY_CODES));
    assert_true(key("", TALLY_CODES) != 0);
}

static void full_slots_take_nobody(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct tally tally;
    assert_non_null(arena);
    assert_true(tally_new(arena, 1, &tally));
    size_t taken = 0;
    assert_true(tally_find(&tally, 7) == TALLY_FULL);
    for (uint64_t i = 0; i < tally.size; i++) // all where one slot is
        taken += tally_take(&tally, 7 + i * tally.size) != TALLY_FULL;
    assert_true(taken > 0 && taken < tally.size);
    assert_true(tally_take(&tally, 7) == tally_find(&tally, 7));
    assert_true(tally_find(&tally, 7) == 7);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_alike),
        cmocka_unit_test(full_slots_take_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
