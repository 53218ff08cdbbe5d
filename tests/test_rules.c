// SPDX-License-Identifier: MIT
/* test_rules: shipped rules are whole, an operator's lie over them, problems name file and line, lookups
 * ignore case. */
#include "tests/unit.h"

#include "daemon/pure/dateline.h"
#include "daemon/pure/evidence.h"
#include "daemon/pure/fold.h"
#include "daemon/pure/rules.h"
#include "daemon/pure/text.h"
#include "proto/utf8.h"
#include "tests/shipped.h"

#include <stdio.h>
#include <string.h>

#define TEXT(s) (s), strlen(s)

static void shipped_rules_know_the_world(void **state)
{
    (void)state;
    const struct rules_agency *a = rules_agency(shipped, TEXT(" Armenpress "));
    assert_non_null(a);
    assert_string_equal(a->name, "ARMENPRESS");
    assert_string_equal(a->zone, "Asia/Yerevan");
    assert_string_equal(a->segment, "armenpress");
    assert_ptr_equal(rules_agency(shipped, TEXT("АРМЕНПРЕСС")), a);
    assert_null(rules_agency(shipped, TEXT("Armenpresse")));
    assert_int_equal(rules_month(shipped, TEXT("NOV.")), 11);
    assert_int_equal(rules_month(shipped, TEXT("Ноября")), 11);
    assert_int_equal(rules_month(shipped, TEXT("fevrier")), 2);
    assert_int_equal(rules_month(shipped, TEXT("NVEMBER")), 0);
    assert_int_equal(rules_weekday(shipped, TEXT("dimanche")), 7);
    assert_string_equal(rules_country(shipped, TEXT("UNITED STATES")), "us");
    assert_string_equal(rules_place(shipped, TEXT("YEREVAN"), NULL)->country, "am");
    assert_string_equal(rules_place(shipped, TEXT("Birmingham"), NULL)->country, "gb");
    assert_string_equal(rules_place(shipped, TEXT("Birmingham"), "us")->country, "us");
    assert_null(rules_place(shipped, TEXT("No Such Town"), NULL));
}

static void agencies_are_found_in_text(void **state)
{
    (void)state;
    size_t used;
    assert_string_equal(rules_agency_at(shipped, TEXT("RIA Novosti. Text"), &used)->name, "RIA Novosti");
    assert_int_equal(used, strlen("RIA Novosti"));
    assert_string_equal(rules_agency_at(shipped, TEXT("РИА  Новости."), &used)->name, "RIA Novosti");
    assert_int_equal(used, strlen("РИА  Новости"));
    assert_null(rules_agency_at(shipped, TEXT("TASSK reports"), &used));
    assert_null(rules_agency_at(shipped, TEXT(" TASS"), &used));
}

static void credits_and_furniture(void **state)
{
    (void)state;
    size_t used;
    assert_int_equal(rules_credit(shipped, TEXT("BY:\xc2\xa0 Dr. X"), &used), CREDIT_BY);
    assert_int_equal(used, 3);
    assert_int_equal(rules_credit(shipped, TEXT("Edited  and translated by X"), &used), CREDIT_EDITED);
    assert_int_equal(used, strlen("Edited  and translated by"));
    assert_int_equal(rules_credit(shipped, TEXT("Bystanders saw it"), &used), CREDIT_NONE);
    assert_int_equal(rules_line(shipped, TEXT("SAVE")), RULES_LINE_FURNITURE);
    assert_int_equal(rules_line(shipped, TEXT("Skip to main content")), RULES_LINE_FURNITURE);
    assert_int_equal(rules_line(shipped, TEXT("Save the lake")), RULES_LINE_NONE);
}

static struct rules *over(const char *text, struct conf_problems *problems)
{
    struct rules *r = rules_new();
    struct err e;
    assert_non_null(r);
    assert_true(rules_add(r, "shipped.rules",
                          TEXT("[agency Old]\nalias = Elder\ntown = Paris\n"
                               "[topic subject/sport]\nwords = ball\nwords = goal\n"
                               "[lines]\nfurniture = Save\n"),
                          problems));
    bool good = rules_add(r, "own.rules", text, strlen(text), problems);
    assert_int_equal(good, problems->count == 0);
    assert_true(rules_seal(r, &e));
    return r;
}

static void sections_replace_and_lists_add(void **state)
{
    (void)state;
    struct conf_problems problems = {0};
    struct rules *r = over("[agency OLD]\nalias = Ancient\n[topic subject/sport/]\nwords = regatta\n"
                           "[watch Ferry Line]\nwords = ferry\n[lines]\nfurniture = Gem\n",
                           &problems);
    const struct rules_topic *const *topics;
    assert_int_equal(problems.count, 0);
    assert_null(rules_agency(r, TEXT("Elder")));
    assert_string_equal(rules_agency(r, TEXT("Ancient"))->name, "OLD");
    assert_null(rules_agency(r, TEXT("Old"))->town);
    assert_int_equal(rules_topics(r, &topics), 2);
    assert_string_equal(topics[0]->topic, "subject/sport/");
    assert_string_equal(topics[0]->file, "own.rules");
    assert_int_equal(topics[0]->terms.n, 1);
    assert_string_equal(topics[0]->terms.first->text, "regatta");
    assert_int_equal(topics[0]->terms.first->line, 4);
    assert_string_equal(topics[1]->topic, "watch/ferry-line/");
    assert_int_equal(rules_line(r, TEXT("save")), RULES_LINE_FURNITURE);
    assert_int_equal(rules_line(r, TEXT("gem")), RULES_LINE_FURNITURE);
    rules_free(r);
}

static void problems_name_file_and_line(void **state)
{
    (void)state;
    struct conf_problems problems = {0};
    struct rules *r =
        over("[agency A]\nzone = Mars/Base\ncountry = Armenia\ncolour = red\n[months]\nsmarch = 13\n"
             "[nonsense]\nkey = 1\n[topic UPPER CASE]\nwords = x\n"
             "[evidence]\ntitel = 1\ntitle = much\ntitle = -250\n",
             &problems);
    const char *const told[] = {"own.rules:2: ",
                                "own.rules:3: ",
                                "own.rules:4: unknown key 'colour'",
                                "own.rules:6: ",
                                "own.rules:7: unknown section [nonsense]",
                                "own.rules:9: ",
                                "own.rules:12: there is no evidence of the name 'titel'",
                                "own.rules:13: 'much' is no weight"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (strstr(problems.text, told[i]) == NULL)
            fail_msg("'%s' is not told in\n%s", told[i], problems.text);
    assert_int_equal(problems.count, sizeof told / sizeof *told);
    assert_int_equal(rules_evidence(r)[EVIDENCE_TITLE], -250);
    conf_problems_free(&problems);
    rules_free(r);
    struct rules *towns = rules_new();
    problems = (struct conf_problems){0};
    assert_false(rules_add(towns, "own.tsv",
                           TEXT("# name\n\nLakeside\tam\t12\nbroken line\nSeeseite\tam\t9\tLakeside\n"),
                           &problems));
    assert_non_null(strstr(problems.text, "own.tsv:4: "));
    assert_string_equal(rules_place(towns, TEXT("LAKESIDE"), NULL)->segment, "lakeside");
    assert_string_equal(rules_place(towns, TEXT("Seeseite"), NULL)->segment, "lakeside");
    conf_problems_free(&problems);
    rules_free(towns);
}

/* An agency's own town is looked up by its name, and a name has one owner. */
static void agencies_are_checked(void **state)
{
    (void)state;
    struct conf_problems problems = {0};
    struct rules *r = rules_new();
    assert_true(rules_add(r, "towns.tsv", TEXT("Lakeside\tam\t12\n"), &problems));
    assert_false(
        rules_add(r, "own.rules",
                  TEXT("[agency A]\nalias = Alpha\nword = A\ntown = Lakeside\n[agency B]\nalias = ALPHA\n"
                       "town = Nowhere\n[agency Alpha]\nnamesake = B\n[zones]\nxst = 25\nyst = +04:00\n"
                       "[fillers]\nwords = at\n[lines]\nlast = END\n[labels]\ntitel = X\n"),
                  &problems));
    const char *const told[] = {"own.rules:6: 'ALPHA' is already a name of [agency A]",
                                "own.rules:7: no town 'Nowhere'",
                                "own.rules:8: 'Alpha' is already a name of [agency A]",
                                "own.rules:11: '25' is neither an offset",
                                "own.rules:14: unknown key 'words' in [fillers]: word, updated",
                                "own.rules:16: unknown key 'last' in [lines]",
                                "own.rules:18: unknown key 'titel' in [labels]"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (strstr(problems.text, told[i]) == NULL)
            fail_msg("'%s' is not told in\n%s", told[i], problems.text);
    assert_int_equal(problems.count, sizeof told / sizeof *told);
    conf_problems_free(&problems);
    rules_free(r);
}

static void spellings_have_their_use(void **state)
{
    (void)state;
    assert_true(rules_agency_common(shipped, TEXT("REPORT")));
    assert_false(rules_agency_common(shipped, TEXT("Report.az")));
    assert_string_equal(rules_agency_near(shipped, TEXT("APA"), NULL)->name, "APA");
    assert_string_equal(rules_agency_near(shipped, TEXT("APA"), "az")->name, "APA (Azerbaijan)");
    assert_int_equal(rules_month_near(shipped, TEXT("NVEMBER")), 11);
    assert_int_equal(rules_month_near(shipped, TEXT("Novmeber")), 11);
    assert_int_equal(rules_month_near(shipped, TEXT("ноябра")), 11);
    assert_int_equal(rules_month_near(shipped, TEXT("juny")), 0);
    assert_int_equal(rules_month_near(shipped, TEXT("nowhere")), 0);
    assert_int_equal(rules_word(shipped, TEXT("Ferries")), 0);
    assert_true(rules_word(shipped, TEXT("NOYAN")) & WORD_AGENCY);
}

/* Agencies are read before the towns, so this is where theirs are looked after. */
static void towns_of_the_shipped_agencies_are_known(void **state)
{
    (void)state;
    FILE *f = fopen("daemon/rules/agencies.rules", "r");
    char line[256];
    size_t agencies = 0;
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        agencies += strncmp(line, "[agency ", 8) == 0;
        if (strncmp(line, "town = ", 7) == 0 && rules_place(shipped, TEXT(line + 7), NULL) == NULL)
            fail_msg("no town '%s' in places.tsv", line + 7);
    }
    fclose(f);
    assert_true(agencies >= 250);
}

static void digest_follows_the_text(void **state)
{
    (void)state;
    struct conf_problems problems = {0};
    struct rules *a = over("[watch x]\nwords = y\n", &problems),
                 *b = over("[watch x]\nwords = y\n", &problems);
    struct rules *c = over("[watch x]\nwords = z\n", &problems);
    assert_memory_equal(rules_digest(a), rules_digest(b), 16);
    assert_memory_not_equal(rules_digest(a), rules_digest(c), 16);
    rules_free(a);
    rules_free(b);
    rules_free(c);
}

/* The fast path of fold.c must say what text_fold() says. */
static void heads_fold_as_texts_do(void **state)
{
    (void)state;
    const char *const texts[] = {"Plain ASCII, with `marks`",
                                 "  a \t b\xc2\xa0\xc2\xa0 c  ",
                                 "“Curly” ‘quotes’ – and — dashes",
                                 "Élysée Straße İstanbul",
                                 "ЕРЕВАН, 8 НОЯБРЯ",
                                 "ԵՐԵՎԱՆ",
                                 "\xef\xbb\xbfmark",
                                 "e\xcc\x81tat"};
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fold_head head;
        size_t n;
        char *folded = text_fold(arena, texts[i], strlen(texts[i]), &n);
        assert_true(fold_head(texts[i], strlen(texts[i]), &head));
        assert_true(head.whole);
        assert_string_equal(head.text, folded);
        assert_int_equal(head.n, n);
    }
    for (uint32_t c = 0x80; c < 0x1100; c += c == 0x17f ? 0x400 - 0x17f : c == 0x5ff ? 0x10d0 - 0x5ff : 1) {
        struct fold_head head;
        size_t n;
        char text[8] = "a";
        text[1 + utf8_put(text + 1, c)] = '\0';
        char *folded = text_fold(arena, text, strlen(text), &n);
        assert_true(fold_head(text, strlen(text), &head));
        if (strcmp(head.text, folded) != 0)
            fail_msg("U+%04X is folded '%s', not '%s'", c, head.text, folded);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_rules_know_the_world),
        cmocka_unit_test(agencies_are_found_in_text),
        cmocka_unit_test(credits_and_furniture),
        cmocka_unit_test(sections_replace_and_lists_add),
        cmocka_unit_test(problems_name_file_and_line),
        cmocka_unit_test(digest_follows_the_text),
        cmocka_unit_test(heads_fold_as_texts_do),
        cmocka_unit_test(agencies_are_checked),
        cmocka_unit_test(spellings_have_their_use),
        cmocka_unit_test(towns_of_the_shipped_agencies_are_known),
    };
    return cmocka_run_group_tests_name("rules", tests, shipped_begin, shipped_end);
}
