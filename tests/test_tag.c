// SPDX-License-Identifier: MIT
/* test_tag: what gives a topic and what does not. The rules are real, the room `rules` is one of our own
 * making here: what is tested is the tagger. */
#include "tests/unit.h"

#include "daemon/pure/tag.h"
#include "proto/topic.h"

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
    if (!rules_add(rules, "t.rules", text, strlen(text), &problems))
        fail_msg("%s", problems.text);
    assert_true(rules_seal(rules, &e));
    return rules;
}

static const char *const none[] = {NULL};

/* Topics with their reasons, a line each. */
static const char *tag(const char *text, const struct newswire_dispatch *d, const struct conf_feed *feed)
{
    struct rules *rules = rules_of(text);
    struct err e = {""};
    struct tagger *tagger = tagger_new(rules, &e);
    assert_string_equal(e.text, "");
    assert_non_null(tagger);
    const struct reader_topic *topics = NULL;
    size_t n = 0;
    assert_int_equal(tag_dispatch(arena, tagger, d, feed, &topics, &n, &e), FATE_DONE);
    const char *out = "";
    for (size_t i = 0; i < n; i++)
        out = arena_printf(arena, "%s%s: %s\n", out, topics[i].topic, topics[i].reason);
    tagger_free(tagger);
    rules_free(rules);
    return out;
}

static const struct conf_feed plain = {.name = "f"};
#define FEED "feed/f/: dropped into feed f\n"

static const char *tag_text(const char *rules, const char *headline, const char *body)
{
    struct newswire_dispatch d = {.headline = headline, .body = body, .warnings = none};
    const char *out = tag(rules, &d, &plain);
    assert_memory_equal(out, FEED, strlen(FEED));
    return out + strlen(FEED);
}

static void fields_give_topics(void **state)
{
    (void)state;
    struct newswire_dispatch d = {
        .agency = "Some Agency", .located = "Sana'a", .country = "ye", .language = "pt-BR", .warnings = none};
    struct conf_feed feed = {
        .name = "f", .language = "pt-BR", .topics = {"watch/x/", "agency/some-agency/"}, .ntopics = 2};
    assert_string_equal(tag("", &d, &feed), "agency/some-agency/: agency Some Agency\n" FEED
                                            "language/pt-br/: [feed f] language\n"
                                            "place/ye/sana-a/: dateline Sana'a\n"
                                            "watch/x/: [feed f] topics\n");
    d.country = NULL;
    d.located = "Ереван";
    d.agency = "— —";
    assert_string_equal(tag("", &d, &plain), FEED "language/pt-br/: the words of the text\n"
                                                  "place/zz/erevan/: dateline Ереван\n");
    struct newswire_dispatch bare = {.warnings = none};
    assert_string_equal(tag("", &bare, &plain), FEED);
}

static void known_agencies_have_their_segment(void **state)
{
    (void)state;
    struct newswire_dispatch d = {.agency = "Agence France-Presse", .warnings = none};
    assert_string_equal(tag("[agency AFP]\nalias = Agence France-Presse\n", &d, &plain),
                        "agency/afp/: agency Agence France-Presse\n" FEED);
}

static const char rules_text[] = "[topic subject/sport]\nwords = war\nwords = football club\n"
                                 "[topic subject/conflict]\nwords = war\nwords = cease-fire\n"
                                 "[watch hy]\nwords = Երևան\nwords = Élysée\nwords = C++\n";

static void whole_words_only(void **state)
{
    (void)state;
    static const char head[] = "subject/conflict/: t.rules:5 'war' in headline\n"
                               "subject/sport/: t.rules:2 'war' in headline\n";
    static const char both[] = "subject/conflict/: t.rules:5 'war' in body\n"
                               "subject/sport/: t.rules:2 'war' in body\n";
    assert_string_equal(tag_text(rules_text, "War", NULL), head);
    assert_string_equal(tag_text(rules_text, NULL, "A WAR."), both);
    assert_string_equal(tag_text(rules_text, "the (war)", ""), head);
    assert_string_equal(tag_text(rules_text, "post-war", ""), head);
    // The first place where it stands is inside a word, the second is not.
    assert_string_equal(tag_text(rules_text, "forward, award, warm: war", ""), head);
    assert_string_equal(tag_text(rules_text, "award", "warm Warsaw war2 2war warä ä war\u0561"), "");
    assert_string_equal(tag_text(rules_text, "", ""), "");
    assert_string_equal(tag_text(rules_text, NULL, NULL), "");
}

static void case_accents_and_breaks_do_not_matter(void **state)
{
    (void)state;
    static const char sport[] = "subject/sport/: t.rules:3 'football club' in ";
    assert_string_equal(tag_text(rules_text, NULL, "a FOOTBALL\n  Club"), arena_printf(arena, "%sbody\n", sport));
    assert_string_equal(tag_text(rules_text, "a football\u00a0club", NULL),
                        arena_printf(arena, "%sheadline\n", sport));
    assert_string_equal(tag_text(rules_text, "a football", "club"), "");
    assert_string_equal(tag_text(rules_text, "a footballclub", "footballs club"), "");
    assert_string_equal(tag_text(rules_text, "cease\u2011fire", NULL),
                        "subject/conflict/: t.rules:6 'cease-fire' in headline\n");
    assert_string_equal(tag_text(rules_text, "ԵՐԵՎԱՆ, նոյեմբերի 8", NULL),
                        "watch/hy/: t.rules:8 'Երևան' in headline\n");
    assert_string_equal(tag_text(rules_text, "ԵՐԵՎԱՆԻ", NULL), "");
    assert_string_equal(tag_text(rules_text, NULL, "l’Elysee"), "watch/hy/: t.rules:9 'Élysée' in body\n");
    assert_string_equal(tag_text(rules_text, NULL, "C++11"), "watch/hy/: t.rules:10 'C++' in body\n");
    assert_string_equal(tag_text(rules_text, NULL, "OC++"), "");
}

static void queries_are_asked(void **state)
{
    (void)state;
    static const char rules[] = "[watch miners]\nquery = strik* (miner* OR \"coal field\") NOT headline:football\n"
                                "[watch house]\nquery = agency:tass /budget (deficit|gap)/\n"
                                "[watch short]\nwords = gaz*\nquery = by:Smith\n";
    assert_string_equal(tag_text(rules, "Strikers of the coal-face", "Miners strike in the coal field"),
                        "watch/miners/: t.rules:2 'strik' in headline, 'miner' 'coal field' in body\n");
    assert_string_equal(tag_text(rules, "Football strike", "of miners"), "");
    assert_string_equal(tag_text(rules, "Football", "strike"), "");
    struct newswire_dispatch d = {
        .agency = "TASS", .headline = "A Budget  GAP", .body = "Gazprom, gas", .by = "Ann Smith", .warnings = none};
    assert_string_equal(tag(rules, &d, &plain),
                        "agency/tass/: agency TASS\n" FEED
                        "watch/house/: t.rules:4 'budget (deficit|gap)' in headline, 'tass' in agency\n"
                        "watch/short/: t.rules:6 'gaz' in body, 'Smith' in by\n");
    d.agency = "Itar-Tassov";
    assert_null(strstr(tag(rules, &d, &plain), "watch/house"));
}

static void expressions_that_cannot_be_are_told(void **state)
{
    (void)state;
    struct err e = {""};
    struct rules *rules = rules_of("[watch a]\nwords = fine\n[watch b]\nwords = fine\nquery = /(ab/\n");
    assert_null(tagger_new(rules, &e));
    assert_memory_equal(e.text, "t.rules:5: '(ab': ", strlen("t.rules:5: '(ab': "));
    rules_free(rules);
}

static const char subjects[] = "[subject ball]\ntopic = subject/sport\nleast = 60\n[subject other]\n"
                               "[weights]\nball = ball 400\nclub = ball 300\nlens = other 300\n"
                               "[topic subject/sport/soccer]\nwithin = ball\nwords = goal\n";

static void subjects_are_given_with_their_words(void **state)
{
    (void)state;
    struct newswire_dispatch d = {.headline = "The Club", .body = "A ball and a goal", .warnings = none};
    assert_string_equal(tag(subjects, &d, &plain), FEED "subject/sport/: weights of 'club' in headline, 'ball' in body\n"
                                                        "subject/sport/soccer/: t.rules:11 'goal' in body\n");
    d.headline = "The lens";
    assert_string_equal(tag(subjects, &d, &plain), FEED); // the goal is not of a game
}

static void countries_of_the_headline_are_mentioned(void **state)
{
    (void)state;
    static const char rules[] = "[mentions]\nsouth korea = kr\nkorea = kp\nармени* = am\nparis = fr\nu.s = us\n";
    assert_string_equal(tag_text(rules, "U.S. and South Korea", "Paris"),
                        "mention/kr/: named in the headline\nmention/us/: named in the headline\n");
    assert_string_equal(tag_text(rules, "Korea: в Армении и Париже, Paris-based", NULL),
                        "mention/am/: named in the headline\nmention/fr/: named in the headline\n"
                        "mention/kp/: named in the headline\n");
    assert_string_equal(tag_text(rules, "Parisian", "Korea"), "");
}

static void no_rules_are_fine(void **state)
{
    (void)state;
    assert_string_equal(tag_text("", "war", "war"), "");
    tagger_free(NULL);
}

static void nothing_to_look_for_is_told(void **state)
{
    (void)state;
    struct conf_problems problems = {0};
    struct err e = {""};
    struct rules *rules = rules_new();
    static const char text[] = "[watch x]\nwords = \u200b\n";
    // The room `rules` may refuse it by itself; if it does not, the tagger must.
    if (rules_add(rules, "t.rules", text, strlen(text), &problems) && rules_seal(rules, &e)) {
        assert_null(tagger_new(rules, &e));
        assert_non_null(strstr(e.text, "t.rules:2: "));
    }
    conf_problems_free(&problems);
    rules_free(rules);
}

static void too_many_are_cut(void **state)
{
    (void)state;
    enum { N = 300 };
    char *text = calloc(1, N * 40);
    assert_non_null(text);
    for (int i = 0; i < N; i++)
        sprintf(text + strlen(text), "[watch w%03d]\nwords = war\n", i);
    struct newswire_dispatch d = {.headline = "war", .agency = "Zzz", .warnings = none};
    const char *out = tag(text, &d, &plain);
    size_t lines = 0;
    for (const char *p = out; (p = strchr(p, '\n')) != NULL; p++)
        lines++;
    assert_int_equal(lines, TOPICS_PER_RECORD);
    assert_non_null(strstr(out, "agency/zzz/"));
    assert_non_null(strstr(out, "watch/w253/"));
    assert_null(strstr(out, "watch/w254/"));
    free(text);
}

static void memory_running_out_is_told(void **state)
{
    (void)state;
    struct rules *rules = rules_of(rules_text);
    struct err e = {""};
    struct tagger *tagger = tagger_new(rules, &e);
    char body[4000];
    memset(body, 'x', sizeof body - 1);
    body[sizeof body - 1] = '\0';
    struct newswire_dispatch d = {.body = body, .warnings = none};
    struct arena *tiny = arena_new(2048);
    const struct reader_topic *topics;
    size_t n;
    assert_int_equal(tag_dispatch(tiny, tagger, &d, &plain, &topics, &n, &e), FATE_RETRY);
    assert_string_equal(e.text, "no memory to tag the text");
    // And the tagger is as good as before.
    assert_int_equal(tag_dispatch(arena, tagger, &d, &plain, &topics, &n, &e), FATE_DONE);
    arena_free(tiny);
    tagger_free(tagger);
    rules_free(rules);
}

static void shipped_rules_compile_and_find(void **state)
{
    (void)state;
    struct conf_problems problems = {0};
    struct err e = {""};
    struct rules *rules = rules_new();
    if (!rules_shipped(rules, &problems) || !rules_seal(rules, &e))
        fail_msg("%s%s", problems.text != NULL ? problems.text : "", e.text);
    struct tagger *tagger = tagger_new(rules, &e);
    if (tagger == NULL)
        fail_msg("%s", e.text);
    struct newswire_dispatch d = {.headline = "Parliament ratifies the peace treaty",
                                  .located = "Yerevan",
                                  .country = "am",
                                  .body = "The vote of the deputies came after a debate on the state budget.",
                                  .warnings = none};
    const struct reader_topic *topics;
    size_t n, found = 0;
    assert_int_equal(tag_dispatch(arena, tagger, &d, &plain, &topics, &n, &e), FATE_DONE);
    static const char *const want[] = {
        "subject/politics-and-government/government/parliament/",
        "subject/conflict-war-and-peace/peace-process/", "subject/politics-and-government/"};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < sizeof want / sizeof *want; j++)
            found += strcmp(topics[i].topic, want[j]) == 0 && topics[i].relevance > 0;
    assert_int_equal(found, 3);
    for (size_t i = 0; i < n; i++)
        assert_true(topic_valid(topics[i].topic) &&
                    (i == 0 || strcmp(topics[i - 1].topic, topics[i].topic) < 0));
    tagger_free(tagger);
    rules_free(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_give_topics), cmocka_unit_test(known_agencies_have_their_segment),
        cmocka_unit_test(whole_words_only), cmocka_unit_test(case_accents_and_breaks_do_not_matter),
        cmocka_unit_test(no_rules_are_fine), cmocka_unit_test(nothing_to_look_for_is_told),
        cmocka_unit_test(too_many_are_cut), cmocka_unit_test(memory_running_out_is_told),
        cmocka_unit_test(queries_are_asked), cmocka_unit_test(expressions_that_cannot_be_are_told),
        cmocka_unit_test(subjects_are_given_with_their_words),
        cmocka_unit_test(countries_of_the_headline_are_mentioned),
        cmocka_unit_test(shipped_rules_compile_and_find)};
    return cmocka_run_group_tests_name("tag", tests, up, down);
}
