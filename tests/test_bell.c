// SPDX-License-Identifier: MIT
#include "tests/unit.h"

#include "daemon/hands/bell.h"

#include <errno.h>
#include <poll.h>

static bool rings(int bell)
{
    struct pollfd p = {.fd = bell, .events = POLLIN};
    return poll(&p, 1, 0) == 1;
}

static void rings_add_up_until_hushed(void **state)
{
    (void)state;
    int bell = bell_new(NULL);
    assert_true(bell >= 0);
    assert_false(rings(bell));
    for (int i = 0; i < 1000; i++)
        bell_ring(bell);
    assert_true(rings(bell));
    bell_hush(bell);
    assert_false(rings(bell));
    bell_ring(bell);
    assert_true(rings(bell));
    bell_free(bell);
}

static void nothing_blocks_and_errno_is_kept(void **state)
{
    (void)state;
    int bell = bell_new(NULL);
    errno = ENOSPC;
    bell_hush(bell);
    assert_int_equal(errno, ENOSPC);
    bell_ring(-1);
    assert_int_equal(errno, ENOSPC);
    bell_free(bell);
    bell_free(-1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rings_add_up_until_hushed),
        cmocka_unit_test(nothing_blocks_and_errno_is_kept),
    };
    return cmocka_run_group_tests_name("bell", tests, NULL, NULL);
}
