// SPDX-License-Identifier: MIT
/* test_fields: which source of a field is believed, what is told when two differ, and that a field's span is
 * the words that gave it. */
#include "tests/unit.h"

#include "tests/reading.h"

#include "daemon/pure/confidence.h"

static struct reading reading;
static struct reader_result result;

static int open_reading(void **state)
{
    (void)state;
    return reading_open(&reading) ? 0 : -1;
}

static int close_reading(void **state)
{
    (void)state;
    reading_close(&reading);
    return 0;
}

#define TEXT "The ferry sails again from Monday on, the captain of the harbour said after the storm.\n"

static const struct reader_slice *read_text(const char *text)
{
    if (reading_read(&reading, text, strlen(text), &result) != FATE_DONE)
        fail_msg("%s: %s", text, reading.e.text);
    return &result.slices[0];
}

/* The words in the file that gave the field, and by which rule; "" = it has no source. */
static void expect_source(const char *text, const char *field, const char *words, const char *rule)
{
    for (size_t i = 0; i < result.slices[0].nsources; i++) {
        const struct reader_source *s = &result.slices[0].sources[i];
        if (strcmp(s->field, field) != 0)
            continue;
        if (s->length != strlen(words) || memcmp(text + s->offset, words, s->length) != 0)
            fail_msg("%s: %s is from '%.*s', not from '%s'", text, field, (int)s->length, text + s->offset,
                     words);
        if (strcmp(s->rule, rule) != 0)
            fail_msg("%s: %s is by '%s', not by '%s'", text, field, s->rule, rule);
        return;
    }
    if (words[0] != '\0')
        fail_msg("%s: %s has no source", text, field);
}

static bool warned(const struct reader_slice *slice, const char *words)
{
    for (const char *const *w = slice->dispatch.warnings; *w != NULL; w++)
        if (strstr(*w, words) != NULL)
            return true;
    return false;
}

/* Each case has two sources: the first of the ranking wins. */
static void better_source_of_the_agency_wins(void **state)
{
    (void)state;
    static const struct {
        const char *text, *agency, *words, *rule;
    } cases[] = {
        {"Ferry sails again\n\nText of report by Armenian news agency Mediamax\n\nYerevan, 8 November: " TEXT
         "\nSource: Arminfo, Yerevan, in Russian 0845 GMT 8 Nov 23\n",
         "Mediamax", "Mediamax", "editor's note"},
        {"Ferry sails again\n\nARKA\nNov 8 2023\n\nYEREVAN, NOVEMBER 8, ARMENPRESS. " TEXT, "Arka", "ARKA",
         "agency line"},
        {"Ferry sails again\n\n10:00, 8 November 2023\n\nYEREVAN, NOVEMBER 8, ARMENPRESS. " TEXT
         "\n(c) 2023 ARKA\n",
         "ARMENPRESS", "ARMENPRESS", "dateline"},
        {"Armenpress: Ferry sails again\n\n10:00, 8 November 2023\n\n" TEXT "\nSource: ARKA\n", "ARMENPRESS",
         "Armenpress", "headline"},
        {"Ferry sails again\n\n8 November 2023\n\nBy Anna Example, Reuters\n\n" TEXT "\nSource: ARKA\n",
         "Reuters", "Reuters", "byline"},
        {"Ferry sails again\n\n10:00, 8 November 2023\n\n" TEXT "\nSource: ARKA\n\n(c) 2023 ARMENPRESS\n",
         "Arka", "ARKA", "source line"},
        {"Ferry sails again\n\n10:00, 8 November 2023\n\n" TEXT "\n(c) 2023 ARMENPRESS\n", "ARMENPRESS",
         "ARMENPRESS", "copyright line"},
        {"Ferry sails again\n\n10:00, 8 November 2023\n\nThe ferry sails again from Monday on after the "
         "storm, ARKA "
         "reports.\n",
         "Arka", "ARKA", "said in the first paragraph"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct newswire_dispatch *d = &read_text(cases[i].text)->dispatch;
        if (d->agency == NULL || strcmp(d->agency, cases[i].agency) != 0)
            fail_msg("%s: agency %s, not %s", cases[i].text, d->agency, cases[i].agency);
        expect_source(cases[i].text, "agency", cases[i].words, cases[i].rule);
    }
}

static void feed_is_behind_what_is_printed(void **state)
{
    (void)state;
    struct conf_feed kept = reading.feed;
    snprintf(reading.feed.agency, sizeof reading.feed.agency, "tass");
    static const char printed[] =
        "Ferry sails again\n\n10:00, 8 November 2023\n\n" TEXT "\n(c) 2023 ARMENPRESS\n";
    static const char said[] = "Ferry sails again\n\n10:00, 8 November 2023\n\nThe ferry sails again on "
                               "Monday after the storm, ARKA reports.\n";
    assert_string_equal(read_text(printed)->dispatch.agency, "ARMENPRESS");
    assert_string_equal(read_text(said)->dispatch.agency, "TASS");
    reading.feed = kept;
}

static void names_and_places_are_taken_apart(void **state)
{
    (void)state;
    static const char town[] = "Ferry sails again\n\nBy Anna Example in Gyumri\n\nARKA\nNov 8 2023\n\n" TEXT;
    const struct newswire_dispatch *d = &read_text(town)->dispatch;
    assert_string_equal(d->by, "Anna Example");
    assert_string_equal(d->located, "Gyumri");
    assert_string_equal(d->country, "am");
    expect_source(town, "by", "Anna Example", "byline at the headline");
    expect_source(town, "located", "Gyumri", "byline");
    static const char end[] =
        "Ferry sails again\n\n10:00, 8 November 2023\n\nGYUMRI, NOVEMBER 8, ARMENPRESS. " TEXT
        "\nAnna Example\n";
    d = &read_text(end)->dispatch;
    assert_string_equal(d->by, "Anna Example");
    expect_source(end, "by", "Anna Example", "name alone at the end");
    expect_source(end, "located", "GYUMRI", "dateline");
    static const char two[] =
        "Ferry sails again\n\nARKA\nNov 8 2023\n\nBy Anna Example\n\n" TEXT "\nPeter Muster\n";
    assert_string_equal(read_text(two)->dispatch.by, "Anna Example");
    assert_true(warned(&result.slices[0], "'Peter Muster'"));
    static const char initials[] =
        "Ferry sails again\n\n10:00, 8 November 2023\n\nYEREVAN, NOVEMBER 8. /ARKA/. The "
        "ferry sails again. L.D. -0-\n";
    d = &read_text(initials)->dispatch;
    assert_null(d->by);
    assert_string_equal(d->body, "YEREVAN, NOVEMBER 8. /ARKA/. The ferry sails again.");
}

static void country_is_that_of_the_meant_town(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"TBILISI, Georgia (AP) - " TEXT, "ge"},
        {"ATLANTA, Georgia (AP) - " TEXT, "us"}, /* is in the state, not in the country */
        {"PARIS, Nov 8 (Reuters) - " TEXT, "fr"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        snprintf(text, sizeof text, "Ferry sails again\n\n10:00, 8 November 2023\n\n%s", cases[i][0]);
        assert_string_equal(read_text(text)->dispatch.country, cases[i][1]);
    }
}

static void differing_dates_are_told(void **state)
{
    (void)state;
    const struct reader_slice *slice =
        read_text("Ferry sails again\n\n10:00, 9 November 2023\n\nYEREVAN, NOVEMBER 8, ARMENPRESS. " TEXT);
    assert_string_equal(slice->dispatch.content_created, "2023-11-09T10:00:00+04:00");
    assert_true(warned(slice, "the dateline says 'YEREVAN, NOVEMBER 8, ARMENPRESS.', another day"));
}

static void file_settles_day_and_month(void **state)
{
    (void)state;
#define ITEM(title, line) title "\n" line "\n\n" TEXT "\n"
    read_text(ITEM("Ferry sails again", "Panorama.am - 04/03/2009")
                  ITEM("Ferry stands", "Panorama.am - 13/03/2009"));
    assert_string_equal(result.slices[0].dispatch.content_created, "2009-03-04T00:00:00+04:00");
    assert_false(warned(&result.slices[0], "other way round"));
    read_text(ITEM("Ferry sails again", "Panorama.am - 03/04/2009")
                  ITEM("Ferry stands", "Panorama.am - 03/13/2009"));
    assert_string_equal(result.slices[0].dispatch.content_created, "2009-03-04T00:00:00+04:00");
    // Three days in a row in one order, the same day of three months in the other.
    read_text(ITEM("Ferry sails again", "Panorama.am - 08/11/2009") ITEM(
        "Ferry stands", "Panorama.am - 09/11/2009") ITEM("Ferry sinks", "Panorama.am - 10/11/2009"));
    assert_string_equal(result.slices[1].dispatch.content_created, "2009-11-09T00:00:00+04:00");
    read_text(ITEM("Ferry sails again", "Panorama.am - 04/03/2009"));
    assert_string_equal(result.slices[0].dispatch.content_created, "2009-03-04T00:00:00+04:00");
    assert_true(
        warned(&result.slices[0], "day and month may stand the other way round: 'Panorama.am - 04/03/2009'"));
#undef ITEM
}

static void unsure_dispatches_are_flagged_and_kept(void **state)
{
    (void)state;
    struct conf_feed kept = reading.feed;
    reading.feed.min_confidence = 0.99;
    const struct reader_slice *slice =
        read_text("Ferry sails again\n\nand that is all that anybody knows of it\n");
    assert_null(slice->why);
    assert_true(warned(slice, "of min_confidence"));
    reading.feed = kept;
    assert_false(
        warned(read_text("Ferry sails again\n\nand that is all that anybody knows of it\n"), "min_conf"));
}

static void confidence_falls_with_every_clue_against(void **state)
{
    (void)state;
    double clues[CLUES] = {[CLUE_ANY] = 1};
    double best = confidence_of(clues);
    assert_true(best >= 0.9 && best <= 0.99);
    for (size_t i = 1; i < CLUES; i++) {
        clues[i] = 1;
        if (confidence_of(clues) > best)
            fail_msg("'%s' speaks for it", confidence_word((enum confidence_clue)i));
        clues[i] = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(better_source_of_the_agency_wins),
        cmocka_unit_test(feed_is_behind_what_is_printed),
        cmocka_unit_test(names_and_places_are_taken_apart),
        cmocka_unit_test(country_is_that_of_the_meant_town),
        cmocka_unit_test(differing_dates_are_told),
        cmocka_unit_test(file_settles_day_and_month),
        cmocka_unit_test(unsure_dispatches_are_flagged_and_kept),
        cmocka_unit_test(confidence_falls_with_every_clue_against),
    };
    return cmocka_run_group_tests_name("fields", tests, open_reading, close_reading);
}
