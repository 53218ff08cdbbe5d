// SPDX-License-Identifier: MIT
/* test_split: what a line looks like, what a dateline is and is not, and that splitting says why and
 * costs linear time. */
#include "tests/unit.h"

#include "daemon/pure/dateline.h"
#include "daemon/pure/split.h"

#include <stdlib.h>
#include <string.h>

static struct rules *rules;

static int begin(void **state)
{
    (void)state;
    struct conf_problems problems = {0};
    struct err e;
    rules = rules_new();
    bool good = rules != NULL && rules_shipped(rules, &problems) && rules_seal(rules, &e);
    conf_problems_free(&problems);
    return good ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    rules_free(rules);
    return 0;
}

static void lines_look_like_what_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum line_class class;
    } cases[] = {
        {"14:58, 8 November 2023", LINE_TIME},
        {"09:43,", LINE_TIME},
        {"10:25, 5 March, 2020", LINE_TIME},
        {"08.11.2023 14:58", LINE_TIME},
        {"Nov 8 2023", LINE_TIME},
        {"April 14 2010", LINE_TIME},
        {"Armenia – Feb 23 2023", LINE_TIME},
        {"2023-11-08T14:58:00Z", LINE_TIME},
        {"Wed, 8 Nov 2023 14:58:00 +0400", LINE_TIME},
        {"31 November 2023", LINE_TIME},
        {"Modern Diplomacy", LINE_AGENCY},
        {"Panorama.am, Nov 8, 2023", LINE_AGENCY},
        {"Armenia", LINE_COUNTRY},
        {"By: Dr. Anna Example", LINE_BYLINE},
        {"By Anna Example", LINE_BYLINE},
        {"By noon the square was full", LINE_BODY},
        {"By Anna Example and Peter Muster", LINE_BYLINE},
        {"By Anna Example, Staff Writer", LINE_BYLINE},
        {"By Monday, the storm had gone", LINE_BODY},
        {"(Reporting by Anna Example; Editing by Peter Muster)", LINE_EDITED},
        {"14h58, 8 novembre 2023", LINE_TIME},
        {"The Yerevan office of TASS, November 8", LINE_BODY},
        {"YEREVAN, NOVEMBER 8, ARMENPRESS. Text", LINE_DATELINE},
        {"Yerevan, November 8, Armenpress reports", LINE_BODY},
        {"On Thursday, November 9, Armenpress reported", LINE_BODY},
        {"The Palestinian Authority (PA) said on Monday", LINE_BODY},
        {"Reuters reports that all is well.", LINE_BODY},
        {"“MOSCOW, November 8. /TASS/. Text”", LINE_BODY},
        {"WHAT CAN BE DONE?", LINE_HEADING},
        {"-----", LINE_SEPARATOR},
        {"* * *", LINE_SEPARATOR},
        {"====", LINE_SEPARATOR},
        {"Save", LINE_FURNITURE},
        {"Edited and translated by Anna Example", LINE_EDITED},
        {"© ARMENPRESS", LINE_COPYRIGHT},
        {"(c) 2023 ARMENPRESS", LINE_COPYRIGHT},
        {"(c) the third point of the list", LINE_BODY},
        {"Copyright law changes again", LINE_BODY},
        {"8 of 10 ferries were late in November 2023", LINE_BODY},
        {"In 2023", LINE_BODY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct line line = {.text = {cases[i].text, strlen(cases[i].text)}, .class = LINE_BODY};
        lines_classify(rules, &line, 1);
        if (line.class != cases[i].class)
            fail_msg("'%s' is taken for %s", cases[i].text, line_word(line.class));
    }
}

static void datelines_are_taken_apart(void **state)
{
    (void)state;
    struct dateline d;
    struct view text = {"ST. PETERSBURG, Russia, Nov. 8, 2023 (Reuters) - Text", 0};
    text.n = strlen(text.p);
    assert_true(dateline_read(rules, text, &d));
    assert_memory_equal(d.town.p, "ST. PETERSBURG", d.town.n);
    assert_memory_equal(d.region.p, "Russia", d.region.n);
    assert_string_equal(d.agency->name, "Reuters");
    assert_int_equal(d.when.year, 2023);
    assert_int_equal(d.when.month, 11);
    assert_int_equal(d.when.day, 8);
    assert_int_equal(d.words.n, strlen("ST. PETERSBURG, Russia, Nov. 8, 2023 (Reuters)"));
}

static void dates_are_reckoned(void **state)
{
    (void)state;
    assert_int_equal(when_days(1970, 1, 1), 0);
    assert_int_equal(when_days(2000, 3, 1), 11017);
    assert_int_equal(when_days(1969, 12, 31), -1);
    assert_int_equal(when_month_days(1900, 2), 28);
    assert_int_equal(when_month_days(2000, 2), 29);
    assert_int_equal(when_near(1, 1, when_days(2022, 12, 31)), 2023);
    assert_int_equal(when_near(12, 31, when_days(2023, 1, 1)), 2022);
    assert_int_equal(when_near(2, 29, when_days(2023, 6, 1)), 2024);
}

static struct split split_text(struct arena *arena, const char *text, struct decoded *decoded)
{
    struct split split;
    struct err e;
    assert_int_equal(decode(arena, (const uint8_t *)text, strlen(text), NULL, 1000, decoded, &e), FATE_DONE);
    assert_int_equal(split_lines(arena, rules, decoded->lines, decoded->nlines, 100, &split, &e), FATE_DONE);
    return split;
}

static bool says(const struct split_slice *slice, enum evidence e)
{
    return (slice->evidence & EVIDENCE_BIT(e)) != 0;
}

/* The score is the sum of the weights of the evidence; the evidence is what a reader of the file would say.
 */
static void slices_say_why(void **state)
{
    (void)state;
    struct arena *arena = arena_new(16 << 20);
    struct decoded decoded;
    struct split split =
        split_text(arena,
                   "Ferry sails\n10:00, 8 November 2023\n\nThe ferry sails on Sundays.\n-----\n"
                   "FERRY STOPS\n\nFerry stops\n11:00, 8 November 2023\n\nIt stops on Mondays.\n",
                   &decoded);
    assert_int_equal(split.n, 2);
    for (size_t k = 0; k < split.n; k++) {
        const struct split_slice *slice = &split.slices[k];
        assert_int_equal(slice->score, evidence_sum(rules_evidence(rules), slice->evidence));
        assert_true(slice->margin > 0);
        assert_true(says(slice, EVIDENCE_TITLE) && says(slice, EVIDENCE_DATE) && says(slice, EVIDENCE_TIME));
        assert_false(says(slice, EVIDENCE_AGENCY));
    }
    assert_true(says(&split.slices[0], EVIDENCE_FILE_BEGINS));
    assert_true(says(&split.slices[1], EVIDENCE_SEPARATOR_ABOVE));
    assert_true(says(&split.slices[1], EVIDENCE_TITLE_TWICE));
    assert_memory_equal(decoded.lines[split.slices[1].title].text.p, "Ferry stops", strlen("Ferry stops"));
    assert_int_equal(decoded.lines[split.slices[1].first].class, LINE_TITLE);
    arena_free(arena);
}

/* An operator's weight changes the split: who gives nothing for a separator has one dispatch. */
static void weights_are_rules(void **state)
{
    (void)state;
    static const char text[] =
        "Ferry sails\n\nThe ferry sails on Sundays.\n\n-----\n\nFerry stops\n\nIt stops on "
        "Mondays.\n\n-----\n\nFerry burns\n\nIt burnt on a Tuesday.\n";
    static const char weights[] = "[evidence]\nseparator-above = -2000\n";
    struct conf_problems problems = {0};
    struct arena *arena = arena_new(16 << 20);
    struct decoded decoded;
    struct err e;
    assert_int_equal(split_text(arena, text, &decoded).n, 3);
    struct rules *shipped = rules, *own = rules_new();
    assert_non_null(own);
    assert_true(rules_shipped(own, &problems) &&
                rules_add(own, "own.rules", weights, strlen(weights), &problems));
    assert_true(rules_seal(own, &e));
    rules = own;
    assert_int_equal(split_text(arena, text, &decoded).n, 1);
    rules = shipped;
    rules_free(own);
    arena_free(arena);
}

/* Instructions cannot be counted here, but work that grew with the square of these lines would never end. */
static void hostile_lines_cost_linear_time(void **state)
{
    (void)state;
    static const char *const hostile[] = {"-----\n",
                                          "Save\n",
                                          "14:58\n",
                                          "By Anna Example\n",
                                          "Armenia\n\n",
                                          "A headline of five words\n14:58, 8 November 2023\n",
                                          "-----\nHeadline here\n\ntext\n",
                                          "A headline of five words\n\n",
                                          "A headline that is long enough to have been wrapped here\n",
                                          "> x\n",
                                          "-0-\n",
                                          "1. Entry\n",
                                          "YEREVAN, NOVEMBER 8, ARMENPRESS. x\n"};
    size_t size = 2 << 20;
    char *text = malloc(size);
    assert_non_null(text);
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        size_t n = 0, length = strlen(hostile[i]);
        struct arena *arena = arena_new((size_t)512 << 20);
        struct decoded decoded;
        struct split split;
        struct err e;
        for (; n + length <= size; n += length)
            memcpy(text + n, hostile[i], length);
        assert_int_equal(decode(arena, (const uint8_t *)text, n, NULL, n, &decoded, &e), FATE_DONE);
        assert_int_equal(split_lines(arena, rules, decoded.lines, decoded.nlines, UINT64_MAX, &split, &e),
                         FATE_DONE);
        size_t at = 0;
        for (size_t k = 0; k < split.n; k++) {
            assert_true(split.slices[k].first >= at && split.slices[k].end > split.slices[k].first);
            assert_true(split.slices[k].head_end <= split.slices[k].end);
            at = split.slices[k].end;
        }
        assert_true(at <= decoded.nlines);
        arena_free(arena);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_look_like_what_they_are),
        cmocka_unit_test(datelines_are_taken_apart),
        cmocka_unit_test(dates_are_reckoned),
        cmocka_unit_test(slices_say_why),
        cmocka_unit_test(weights_are_rules),
        cmocka_unit_test(hostile_lines_cost_linear_time),
    };
    return cmocka_run_group_tests_name("split", tests, begin, end);
}
