// SPDX-License-Identifier: MIT
/* test_subjects: how weights make a subject; and that the shipped ones tell the dispatches of
 * tests/data/topics/own.tsv, which they were not made from. */
#include "tests/unit.h"

#include "daemon/pure/subjects.h"
#include "daemon/pure/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;

static int up(void **state)
{
    (void)state;
    arena = arena_new((size_t)64 << 20);
    return arena == NULL;
}

static int down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct rules *rules_of(const char *text)
{
    struct conf_problems problems = {0};
    struct err e = {""};
    struct rules *rules = rules_new();
    assert_non_null(rules);
    bool good = text != NULL ? rules_add(rules, "s.rules", text, strlen(text), &problems)
                             : rules_shipped(rules, &problems);
    if (!good || !rules_seal(rules, &e))
        fail_msg("%s%s", problems.text != NULL ? problems.text : "", e.text);
    return rules;
}

/* With bytes of a word behind it that is not part of it. */
static struct view padded(const char *text)
{
    size_t n;
    char *folded = text_fold(arena, text, strlen(text), &n);
    return (struct view){arena_printf(arena, "%sballballball", folded), n};
}

static struct subjects_verdict judge(const struct rules *rules, const char *language, const char *headline,
                                     const char *text)
{
    struct subjects_verdict v;
    subjects_judge(rules, language, padded(headline), padded(text), &v);
    return v;
}

static const char small[] = "[subject ball]\ntopic = subject/sport\nleast = 60\n"
                            "[subject war]\ntopic = subject/conflict\ngroup = state\nleast = 60\n"
                            "[subject vote]\ntopic = subject/politics\ngroup = state\nleast = 60\n"
                            "[subject other]\nleast = 1\n"
                            "[weights]\nball = ball 300 war -50\ngoal = ball 200\nwar = war 400\nvote = vote 400\n"
                            "telecommunications = war 300 vote -100\nattack = ball 120 war 120\n"
                            "[weights ru]\nфутбол* = ball 400\nмяч* = ball 300\n";
enum { BALL, WAR, VOTE, OTHER };

static void words_make_a_subject(void **state)
{
    (void)state;
    struct rules *rules = rules_of(small);
    struct subjects_verdict v = judge(rules, "en", "A goal", "The ball, the BALL, and a goal");
    assert_int_equal(v.nhits, 2);
    assert_true(v.given[BALL] && v.near[BALL]);
    assert_false(v.given[WAR] || v.given[VOTE] || v.given[OTHER] || v.near[WAR]);
    assert_in_range(v.share[BALL] + v.share[WAR] + v.share[VOTE] + v.share[OTHER], 98, 102);
    // A word alone is no subject, and words that speak for two are none either.
    assert_false(judge(rules, "en", "ball", "").given[BALL]);
    v = judge(rules, "en", "attack", "war ball");
    assert_false(v.given[BALL]);
    // Near each other: either would be too little.
    v = judge(rules, "en", "", "war and a vote");
    assert_true(v.share[WAR] < 60 && v.share[VOTE] < 60 && v.given[WAR] && v.given[VOTE]);
    v = judge(rules, "en", "telecommunications war", "vote");
    assert_true(v.given[WAR] && !v.given[VOTE] && v.near[VOTE]);
    rules_free(rules);
}

static void the_headline_says_more(void **state)
{
    (void)state;
    struct rules *rules = rules_of(small);
    struct subjects_hit words[4];
    assert_true(judge(rules, "en", "war", "ball").share[WAR] > judge(rules, "en", "ball", "war").share[WAR]);
    struct subjects_verdict v = judge(rules, "en", "goal", "ball ball attack");
    assert_int_equal(subjects_words(&v, BALL, words, 4), 3);
    assert_string_equal(words[0].weight->word, "ball"); // 2 x 238 is more than 3 x 150
    assert_string_equal(words[1].weight->word, "goal");
    assert_true(words[1].headline && !words[0].headline);
    assert_int_equal(subjects_words(&v, BALL, words, 1), 1);
    rules_free(rules);
}

static void words_belong_to_languages(void **state)
{
    (void)state;
    struct rules *rules = rules_of(small);
    assert_true(judge(rules, "ru", "Футболисты", "с мячом").given[BALL]);
    assert_int_equal(judge(rules, "ru-RU", "Футболисты", "и goal").nhits, 2);
    assert_int_equal(judge(rules, "en", "Футболисты", "с мячом").nhits, 0);
    assert_int_equal(judge(rules, NULL, "ball", "война goal").nhits, 2);
    rules_free(rules);
}

/* Words at, before and behind the borders of 64 bytes, and at the end. */
static void words_are_seen_wherever_they_stand(void **state)
{
    (void)state;
    struct rules *rules = rules_of(small);
    for (int i = 0; i < 140; i++) {
        char text[200];
        snprintf(text, sizeof text, "%*sgoal", i, "");
        memset(text, '.', (size_t)i);
        struct subjects_verdict v = judge(rules, "en", "", text);
        assert_int_equal(v.nhits, 1);
        snprintf(text, sizeof text, "%*sgoals", i, "");
        assert_int_equal(judge(rules, "en", "", text).nhits, 0);
    }
    rules_free(rules);
}

static bool right(const struct subjects_verdict *v, const struct rules_subject *subjects, size_t n, const char *label)
{
    bool world = strcmp(label, "world") == 0;
    for (size_t i = 0; i < n; i++) {
        bool is = strcmp(subjects[i].name, label) == 0 ||
                  (world && subjects[i].group != NULL && strcmp(subjects[i].group, "affairs") == 0);
        if (v->given[i] && is)
            return true;
    }
    return false;
}

/* At least nine in ten, and of the four that are judged none where it is not. */
static void the_shipped_weights_tell_ours(void **state)
{
    (void)state;
    struct rules *rules = rules_of(NULL);
    const struct rules_subject *subjects;
    size_t n = rules_subjects(rules, &subjects), all = 0, found = 0, astray = 0;
    FILE *f = fopen("tests/data/topics/own.tsv", "r");
    char line[1000];
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        char *tab = strchr(line, '\t'), *tab2 = tab == NULL ? NULL : strchr(tab + 1, '\t');
        if (*line == '#' || tab2 == NULL)
            continue;
        *tab = *tab2 = '\0';
        struct subjects_verdict v = judge(rules, "en", tab + 1, tab2 + 1);
        bool other = strcmp(line, "other") == 0;
        all += !other;
        found += !other && right(&v, subjects, n, line);
        for (size_t i = 0; i < 5; i++) // sport, economy, science, politics, conflict
            astray += v.given[i] && !right(&v, subjects, n, line);
    }
    fclose(f);
    assert_true(all >= 60);
    assert_true(found * 10 >= all * 9);
    assert_true(astray * 20 <= all);
    rules_free(rules);
}

static void the_shipped_weights_know_languages(void **state)
{
    (void)state;
    struct rules *rules = rules_of(NULL);
    const struct rules_subject *subjects;
    size_t n = rules_subjects(rules, &subjects), all = 0;
    FILE *f = fopen("tests/data/topics/languages.tsv", "r");
    char line[2000], *column[4];
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        size_t k = 0;
        for (char *p = line; k < 4 && (column[k] = strsep(&p, "\t\n")) != NULL; k++)
            ;
        if (*line == '#' || k < 4)
            continue;
        struct subjects_verdict v = judge(rules, column[3], column[1], column[2]);
        if (!right(&v, subjects, n, column[0]))
            fail_msg("%s: %s", column[3], column[1]);
        all++;
    }
    fclose(f);
    assert_int_equal(all, 8);
    rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_make_a_subject),
                                       cmocka_unit_test(the_headline_says_more),
                                       cmocka_unit_test(words_belong_to_languages),
                                       cmocka_unit_test(words_are_seen_wherever_they_stand),
                                       cmocka_unit_test(the_shipped_weights_tell_ours),
                                       cmocka_unit_test(the_shipped_weights_know_languages)};
    return cmocka_run_group_tests_name("subjects", tests, up, down);
}
