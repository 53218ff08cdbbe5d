// SPDX-License-Identifier: MIT
/* test_mark: where a text ends and its marks begin. */
#include "tests/unit.h"

#include "daemon/pure/mark.h"
#include "tests/shipped.h"

static void text_ends_before_its_mark(void **state)
{
    (void)state;
    static const struct {
        const char *line, *text;
    } cases[] = {
        {"-0-", ""},
        {"L.D. –0–", ""},
        {"–0–", ""},
        {"ENDS", ""},
        {"-30-", ""},
        {"—06D—", ""},
        {"- 2 -", "- 2 -"},
        {"flour. -07C-", "flour."},
        {"($1 = AMD 504.50) A.B. -0-", "($1 = AMD 504.50)"},
        {"jh/pvh/rl", ""},
        {"MK/LS/210", ""},
        {"==Kyodo", ""},
        {"He said so. L.D. –0–", "He said so."},
        {"(up by 3%). A.H.-0--", "(up by 3%)."},
        {"made in the U.S. -0-", "made in the U.S."},
        {"It will be built.  Enditem", "It will be built."},
        {"“It will be built.” ENDS", "“It will be built.”"},
        {"she said. dpa at fs", "she said."},
        {"normal by Diwali. PTI KR SAB", "normal by Diwali."},
        {"vor dem Schnee. (Schluss) hg/lo", "vor dem Schnee."},
        {"Here the road ends", "Here the road ends"},
        {"So the tale ends. The end is near", "So the tale ends. The end is near"},
        {"It was 3-0", "It was 3-0"},
        {"He lives in the U.S.", "He lives in the U.S."},
        {"They joined the EU", "They joined the EU"},
        {"It was told to Reuters", "It was told to Reuters"},
        {"AFP", "AFP"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct view line = {cases[i].line, strlen(cases[i].line)};
        same_view(cases[i].line, (struct view){line.p, end_mark(shipped, line)}, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_ends_before_its_mark),
    };
    return cmocka_run_group_tests_name("mark", tests, shipped_begin, shipped_end);
}
