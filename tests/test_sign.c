// SPDX-License-Identifier: MIT
/* test_sign: who signs a text behind its last sentence. */
#include "tests/unit.h"

#include "daemon/pure/sign.h"
#include "tests/shipped.h"

static void text_ends_before_its_sign(void **state)
{
    (void)state;
    static const struct {
        const char *line, *text, *house;
        bool marked;
    } cases[] = {
        {"The road is open. (ARMENPRESS)", "The road is open.", "ARMENPRESS", true},
        {"“The road is open.” [Reuters]", "“The road is open.”", "Reuters", true},
        {"The road is open. - Trend", "The road is open.", "Trend", true},
        {"The road is open.—Trend", "The road is open.", "Trend", true},
        {"The road is open. — Armenian Weekly", "The road is open.", "Armenian Weekly", true},
        {"The road is open. /ARKA/", "The road is open.", "ARKA", true},
        {"The road is open. (AFP, 8 November 2012)", "The road is open.", "AFP", true},
        {"The road is open. (The Lake Gazette)", "The road is open.", "The Lake Gazette", true},
        {"The road is open. - 0 -", "The road is open.", "", true},
        {"The road is open. dpa at fs", "The road is open.", "dpa", false},
        {"The road is open. EFE", "The road is open.", "EFE", false},
        {"The road is open (Reuters).", NULL, "", false},
        {"The road is open. (Anna Example)", NULL, "", false},
        {"The road is open. (It was closed on Monday)", NULL, "", false},
        {"The road is open, says (ARMENPRESS)", NULL, "", false},
        {"The road is open. Trend lines rise steeply", NULL, "", false},
        {"ARMENPRESS", NULL, "", false},
        {".", NULL, "", false},
        {"", NULL, "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct view line = {cases[i].line, strlen(cases[i].line)};
        struct sign sign;
        bool found = sign_behind(shipped, line, &sign);
        assert_int_equal(found, cases[i].text != NULL);
        same_view(cases[i].line, (struct view){line.p, sign.text}, found ? cases[i].text : cases[i].line);
        same_view(cases[i].line, sign.house, cases[i].house);
        assert_int_equal(sign.marked, cases[i].marked);
    }
}

static void a_house_with_its_hands_signs_alone(void **state)
{
    (void)state;
    assert_true(sign_alone(shipped, (struct view){"dpa at fs", 9}));
    assert_true(sign_alone(shipped, (struct view){"(EFE)", 5}));
    assert_false(sign_alone(shipped, (struct view){"EFE said it.", 12}));
    assert_false(sign_alone(shipped, (struct view){"", 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_ends_before_its_sign),
        cmocka_unit_test(a_house_with_its_hands_signs_alone),
    };
    return cmocka_run_group_tests_name("sign", tests, shipped_begin, shipped_end);
}
