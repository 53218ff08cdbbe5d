// SPDX-License-Identifier: MIT
#include "tests/unit.h"

#include "proto/rfc3339.h"

#include <stdlib.h>
#include <time.h>

static void assert_time(const char *text, int64_t ms)
{
    int64_t got = -1;
    assert_true(rfc3339_read(text, &got));
    assert_true(got == ms);
}

static void reads_what_rfc3339_allows(void **state)
{
    (void)state;
    assert_time("1970-01-01T00:00:00Z", 0);
    assert_time("2023-11-08T14:58:00+04:00", 1699441080000);
    assert_time("2023-11-08T10:58:00-00:00", 1699441080000);
    assert_time("2023-11-08t10:58:00.250z", 1699441080250);
    assert_time("2024-02-29 00:00:00Z", 1709164800000);
    assert_time("1969-12-31T23:59:59Z", -1000);
}

static void a_time_without_zone_is_local(void **state)
{
    (void)state;
    setenv("TZ", "Asia/Yerevan", 1);
    tzset();
    assert_time("2023-11-08", 1699387200000); // midnight in Yerevan is 20:00 the day before in UTC
    assert_time("2023-11-08T14:58", 1699441080000);
    unsetenv("TZ");
    tzset();
}

static void refuses_what_is_no_time(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "now", "2023", "2023-11", "2023-11-31", "2023-02-29T00:00:00Z",
                                        "2023-13-01", "23-11-08", "2023-11-08T25:00:00Z", "2023-11-08T10:60:00Z",
                                        "2023-11-08T10:58:00+4", "2023-11-08T10:58:00Zulu", "2023-11-08x", "12345",
                                        "2026- 1-03", "2026-+1-03", "2026-11-24T10:-5Z", "2026-11-24T+9:05Z",
                                        "2026-11-24T10:05: 1Z"};
    int64_t ms;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(rfc3339_read(wrong[i], &ms));
}

static void writes_utc(void **state)
{
    (void)state;
    char out[RFC3339_MAX];
    assert_string_equal(rfc3339_write(out, 1699441080999), "2023-11-08T10:58:00Z");
    assert_string_equal(rfc3339_write(out, -1), "1969-12-31T23:59:59Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_rfc3339_allows),
        cmocka_unit_test(a_time_without_zone_is_local),
        cmocka_unit_test(refuses_what_is_no_time),
        cmocka_unit_test(writes_utc),
    };
    return cmocka_run_group_tests_name("rfc3339", tests, NULL, NULL);
}
