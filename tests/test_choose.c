// SPDX-License-Identifier: MIT
/* test_choose: the choice against trying all sets of heads, on thousands of small random cases. */
#include "tests/unit.h"

#include "daemon/pure/choose.h"

#include <string.h>

#define CASES 20000
#define LINES 9
#define HEADS 8

/* xorshift: the same cases in every run. */
static uint64_t seed = 88172645463325252u;

static uint32_t below(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed % n);
}

struct small {
    struct choice heads[HEADS];
    size_t n, nlines;
    uint8_t text[LINES];
    struct choose_costs costs;
};

static void small_make(struct small *s)
{
    *s = (struct small){.n = below(HEADS + 1), .nlines = 1 + below(LINES)};
    s->costs.thin = (int32_t)below(5);
    s->costs.bare = s->costs.thin + (int32_t)below(5);
    s->costs.orphan = (int32_t)below(10);
    for (size_t x = 0; x < s->nlines; x++)
        s->text[x] = (uint8_t)below(3);
    uint32_t first = 0;
    for (size_t k = 0; k < s->n; k++) {
        first += below(3);
        first = first < s->nlines ? first : (uint32_t)s->nlines - 1;
        uint32_t span = below(4), left = (uint32_t)s->nlines - first;
        s->heads[k] = (struct choice){.first = first,
                                      .end = first + (span < left ? span : left),
                                      .score = (int32_t)below(30) - 12,
                                      .brief = below(4) == 0};
    }
}

static int64_t between(const struct small *s, const struct choice *head, size_t first, size_t end)
{
    bool line = false, sentence = false;
    for (size_t x = first; x < end; x++) {
        line = line || s->text[x] != CHOOSE_NOTHING;
        sentence = sentence || s->text[x] == CHOOSE_SENTENCE;
    }
    if (head == NULL)
        return sentence ? s->costs.orphan : 0;
    return head->brief || sentence ? 0 : line ? s->costs.thin : s->costs.bare;
}

/* The total of a set of heads, a bit each; *fits: they do not overlap. Two empty heads at a line would, and
 * an empty head has the line it stands at to itself. */
static int64_t total_of(const struct small *s, unsigned set, bool *fits)
{
    const struct choice *before = NULL;
    size_t at = 0;
    int64_t total = 0;
    *fits = true;
    for (size_t k = 0; k < s->n; k++) {
        const struct choice *head = &s->heads[k];
        if ((set >> k & 1) == 0)
            continue;
        *fits = *fits && head->first >= at && (before == NULL || head->first > before->first);
        if (!*fits)
            return 0;
        total += head->score - between(s, before, at, head->first);
        before = head;
        at = head->end;
    }
    return total - between(s, before, at, s->nlines);
}

/* The best of all sets that have not `without`. */
static int64_t best_of(const struct small *s, unsigned without)
{
    int64_t best = INT64_MIN;
    for (unsigned set = 0; set < 1u << s->n; set++) {
        bool fits;
        int64_t total = total_of(s, set, &fits);
        if ((set & without) == 0 && fits && total > best)
            best = total;
    }
    return best;
}

static void the_choice_is_the_best_of_all(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    for (int i = 0; i < CASES; i++) {
        struct small s;
        int64_t total;
        unsigned set = 0;
        bool fits;
        small_make(&s);
        arena_reset(arena);
        struct chooser *chooser = choose_new(arena, s.text, s.nlines, HEADS);
        assert_non_null(chooser);
        total = choose(chooser, s.heads, s.n, &s.costs);
        for (size_t k = 0; k < s.n; k++)
            set |= (unsigned)s.heads[k].chosen << k;
        assert_int_equal(total, best_of(&s, 0));
        assert_int_equal(total_of(&s, set, &fits), total);
        assert_true(fits);
        for (size_t k = 0; k < s.n; k++)
            if (s.heads[k].chosen)
                assert_int_equal(s.heads[k].margin, total - best_of(&s, 1u << k));
    }
    arena_free(arena);
}

static void no_memory_is_told(void **state)
{
    (void)state;
    struct arena *arena = arena_new(16);
    uint8_t text[LINES] = {0};
    assert_null(choose_new(arena, text, LINES, 1));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_choice_is_the_best_of_all),
        cmocka_unit_test(no_memory_is_told),
    };
    return cmocka_run_group_tests_name("choose", tests, NULL, NULL);
}
