// SPDX-License-Identifier: MIT
/* test_lines: what a line looks like by itself, and among its neighbours. */
#include "tests/unit.h"

#include "daemon/pure/lines.h"
#include "tests/shipped.h"

static void lines_are_told_by_their_form(void **state)
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
        lines_classify(shipped, &line, 1);
        if (line.class != cases[i].class)
            fail_msg("'%s' is taken for %s", cases[i].text, line_word(line.class));
    }
}

static void lines_look_like_what_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum line_class class;
    } cases[] = {
        {"Modern Diplomacy", LINE_AGENCY},
        {"Agence France Presse -- English", LINE_AGENCY},
        {"ArmInfo. 2006-06-20 17:42:00", LINE_AGENCY},
        {"Arminfo.", LINE_BODY}, // the last word of a wrapped paragraph
        {"Report", LINE_BODY},
        {"Report, 8 November 2023", LINE_AGENCY},
        {"ISTANBUL", LINE_PLACE},
        {"Poti.", LINE_BODY},
        {"By: Anna Example, AFP", LINE_BYLINE},
        {"Anna Example, RFE/RL", LINE_BYLINE},
        {"-0-", LINE_END},
        {"L.D. –0–", LINE_END},
        {"ENDS", LINE_END},
        {"###", LINE_END},
        {"-30-", LINE_END},
        {"enditem", LINE_END},
        {"(end)", LINE_END},
        {"/end/", LINE_END},
        {"From: Emil Example | Lake NewsPress", LINE_MAIL},
        {"To unsubscribe, write to the list", LINE_MAIL},
        {"Message-ID: <1@lake.example>", LINE_MAIL},
        {"--", LINE_SEPARATOR},
        {"3 of 50 DOCUMENTS", LINE_SEPARATOR},
        {"Document 3 of 50", LINE_SEPARATOR},
        {"3 of 50 ferries", LINE_BODY},
        {"HEADLINE: Ferry sails", LINE_TITLE},
        {"BYLINE: ANNA EXAMPLE", LINE_BYLINE},
        {"DATELINE: TBILISI, Georgia", LINE_PLACE},
        {"DATELINE: YEREVAN Nov 1", LINE_TIME},
        {"BODY:", LINE_LABEL},
        {"SECTION: International", LINE_LABEL},
        {"LENGTH: 320 words", LINE_LABEL},
        {"LOAD-DATE: November 2, 2004", LINE_LABEL},
        {"SOURCE: Turan news agency, Baku", LINE_SOURCE},
        {"[Excerpt]", LINE_NOTE},
        {"Text of report by Armenian news agency Mediamax", LINE_NOTE},
        {"(c) 2009 ARMENPRESS", LINE_COPYRIGHT},
        {"Copyright 2004 Agence France Presse", LINE_COPYRIGHT},
        {"POLITICS", LINE_KICKER},
        {"Общество", LINE_KICKER},
        {"IN THIS ISSUE", LINE_FURNITURE},
        {"Top stories:", LINE_FURNITURE},
        {"BC-Korea-Ferry,0150", LINE_SLUG},
        {"u i BC-Korea-Ferry,2nd Ld-Writethru,0312", LINE_SLUG},
        {"URGENT", LINE_SLUG},
        {"(UPDATE 2)", LINE_SLUG},
        {"1 COURTS Swan", LINE_SLUG},
        {"Rostov-on-Don, 2300 people", LINE_BODY},
        {"http://www.lake.example/1.html", LINE_FURNITURE},
        {"> 14:58, 8 November 2023", LINE_TIME},
        {">> > Save", LINE_FURNITURE},
        {"WASHINGTON: A FILM ABOUT A TOWN", LINE_BODY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct line line = {.text = {cases[i].text, strlen(cases[i].text)}, .class = LINE_BODY};
        lines_classify(shipped, &line, 1);
        if (line.class != cases[i].class)
            fail_msg("'%s' is taken for %s", cases[i].text, line_word(line.class));
        assert_true(line.score >= 1 && line.score <= 100);
    }
}

static void classes_are(const char *const texts[], const enum line_class want[], size_t n)
{
    struct line lines[8] = {{0}};
    assert_true(n <= 8);
    for (size_t i = 0; i < n; i++) {
        lines[i].text = (struct view){texts[i], strlen(texts[i])};
        lines[i].class = texts[i][0] == '\0' ? LINE_BLANK : LINE_BODY;
    }
    lines_classify(shipped, lines, n);
    for (size_t i = 0; i < n; i++)
        if (lines[i].class != want[i])
            fail_msg("'%s' is taken for %s", texts[i], line_word(lines[i].class));
}

static void neighbours_decide(void **state)
{
    (void)state;
    static const char *const mail[] = {"From: Anna Example", "Date: Mon, 8 Nov 2004 10:34:56 +0400",
                                       "Subject: news", "", "Date: 8 November 2004"};
    static const enum line_class of_mail[] = {LINE_MAIL, LINE_MAIL, LINE_MAIL, LINE_BLANK, LINE_TIME};
    static const char *const common[] = {"Trend", "Nov 8 2004", "", "Trend", "", "Text."};
    static const enum line_class of_common[] = {LINE_AGENCY, LINE_TIME,  LINE_BLANK,
                                                LINE_BODY,   LINE_BLANK, LINE_BODY};
    static const char *const wrapped[] = {"WASHINGTON - The lake has been", "filled again.", "",
                                          "WASHINGTON - The lake is full", ""};
    static const enum line_class of_wrapped[] = {LINE_DATELINE, LINE_BODY, LINE_BLANK, LINE_BODY, LINE_BLANK};
    static const char *const quoted[] = {"> text", ">", "> > more of it"};
    static const enum line_class of_quoted[] = {LINE_BODY, LINE_BLANK, LINE_BODY};
    classes_are(mail, of_mail, 5);
    classes_are(common, of_common, 6);
    classes_are(wrapped, of_wrapped, 5);
    classes_are(quoted, of_quoted, 3);
}

static void labels_and_quotes_are_cut_off(void **state)
{
    (void)state;
    static const char *const texts[] = {"HEADLINE: Ferry sails", "> Ferry sails", "BODY: Ferry sails"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct line line = {.text = {texts[i], strlen(texts[i])}, .class = LINE_BODY};
        lines_classify(shipped, &line, 1);
        same_view(texts[i], line.text, "Ferry sails");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_told_by_their_form),
        cmocka_unit_test(lines_look_like_what_they_are),
        cmocka_unit_test(neighbours_decide),
        cmocka_unit_test(labels_and_quotes_are_cut_off),
    };
    return cmocka_run_group_tests_name("lines", tests, shipped_begin, shipped_end);
}
