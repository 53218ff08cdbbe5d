// SPDX-License-Identifier: MIT
/* test_identity: vectors made with Python's hashlib.blake2b; ids must never change under a scheme. */
#include "tests/unit.h"

#include "daemon/pure/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *hex(const uint8_t *p, size_t n)
{
    static char out[2 * 64 + 1];
    for (size_t i = 0; i < n; i++)
        snprintf(out + 2 * i, 3, "%02x", p[i]);
    return out;
}

static const char *id(const char *agency, const char *date, const char *folded)
{
    uint8_t out[NEWSWIRE_ID_LEN];
    identity_dispatch(agency, date, folded, folded != NULL ? strlen(folded) : 0, out);
    return hex(out, sizeof out);
}

static const char *digest(const void *p, size_t n)
{
    uint8_t out[IDENTITY_DIGEST];
    identity_digest(p, n, out);
    return hex(out, sizeof out);
}

static void digests_are_blake2b(void **state)
{
    (void)state;
    assert_string_equal(digest("abc", 3), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    assert_string_equal(digest("", 0), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    assert_string_equal(digest(NULL, 0), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    void *zeroes = calloc(1, 1000000);
    assert_non_null(zeroes);
    assert_string_equal(digest(zeroes, 1000000),
                        "0cbf381956ec0d36533b813283c85bc12142a0512ae86f59e0d4342af99010b6");
    free(zeroes);
}

static void ids_are_pinned(void **state)
{
    (void)state;
    assert_string_equal(id("ARMENPRESS", "2023-11-08", "yerevan, november 8, armenpress. the talks went on."),
                        "0151e175c9f6345f72c6c762c6c832c5877f6f68");
    assert_string_equal(id("", "", ""), "0185001afd45fad6f81c6c35690a3cccc64f5d44");
    assert_string_equal(id(NULL, NULL, NULL), "0185001afd45fad6f81c6c35690a3cccc64f5d44");
}

static void fields_do_not_run_together(void **state)
{
    (void)state;
    assert_string_equal(id("AB", "C", ""), "01abf9db7abb1809d0df5be09949afb9c7151a21");
    assert_string_equal(id("A", "BC", ""), "010443455f5c570b0a82cbfdf5294e5252e666c8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(digests_are_blake2b),
                                       cmocka_unit_test(ids_are_pinned),
                                       cmocka_unit_test(fields_do_not_run_together)};
    return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
