// SPDX-License-Identifier: MIT
/* test_split: splitting says why and costs linear time; what it makes of digests is in tests/data/parse. */
#include "tests/unit.h"

#include "daemon/pure/split.h"
#include "tests/shipped.h"

#include <stdlib.h>
#include <string.h>

static struct split split_text(struct arena *arena, const char *text, struct decoded *decoded)
{
    struct split split;
    struct err e;
    assert_int_equal(decode(arena, (const uint8_t *)text, strlen(text), NULL, 1000, decoded, &e), FATE_DONE);
    assert_int_equal(split_lines(arena, shipped, decoded->lines, decoded->nlines, 100, &split, &e), FATE_DONE);
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
        assert_int_equal(slice->score, evidence_sum(rules_evidence(shipped), slice->evidence));
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
    struct rules *usual = shipped, *own = rules_new();
    assert_non_null(own);
    assert_true(rules_shipped(own, &problems) &&
                rules_add(own, "own.rules", weights, strlen(weights), &problems));
    assert_true(rules_seal(own, &e));
    shipped = own;
    assert_int_equal(split_text(arena, text, &decoded).n, 1);
    shipped = usual;
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
        assert_int_equal(split_lines(arena, shipped, decoded.lines, decoded.nlines, UINT64_MAX, &split, &e),
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
        cmocka_unit_test(slices_say_why),
        cmocka_unit_test(weights_are_rules),
        cmocka_unit_test(hostile_lines_cost_linear_time),
    };
    return cmocka_run_group_tests_name("split", tests, shipped_begin, shipped_end);
}
