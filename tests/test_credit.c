// SPDX-License-Identifier: MIT
/* test_credit: bylines and houses. */
#include "tests/unit.h"

#include "daemon/pure/credit.h"
#include "tests/shipped.h"

static void bylines_are_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *line, *names, *town, *agency, *role;
    } cases[] = {
        {"By Anna Example", "Anna Example", "", "", ""},
        {"By: Dr. Anna Example, Lake Review", "Dr. Anna Example", "", "Lake Review", ""},
        {"BY ANNA EXAMPLE", "ANNA EXAMPLE", "", "", ""},
        {"By: Anna Example, AFP", "Anna Example", "", "AFP", ""},
        {"Anna Example, RFE/RL", "Anna Example", "", "RFE/RL", ""},
        {"Anna Example in Vanadzor", "Anna Example", "Vanadzor", "", ""},
        {"Anna Example in Tbilisi for LR", "Anna Example", "Tbilisi", "", ""},
        {"By Anna Example and Peter Muster in Prague", "Anna Example and Peter Muster", "Prague", "", ""},
        {"By Anna Example, Peter Muster and Ani Nairi", "Anna Example, Peter Muster and Ani Nairi", "", "",
         ""},
        {"By ANNA EXAMPLE, Associated Press Writer", "ANNA EXAMPLE", "", "Associated Press", ""},
        {"BYLINE: By Peter Muster, Lantern Correspondent", "Peter Muster", "", "", "Lantern Correspondent"},
        {"Peter Muster, Staff Writer", "Peter Muster", "", "", "Staff Writer"},
        {"Par Hélène Arsac", "Hélène Arsac", "", "", ""},
        {"Автор: Динара Ескельды", "Динара Ескельды", "", "", ""},
        {"Von Anna Example", "Anna Example", "", "", ""},
        {"Por Ana Ejemplo", "Ana Ejemplo", "", "", ""},
        {"By Anna Example | November 8, 2023", "Anna Example", "", "", ""},
        {"samedi 8 novembre 2008, par Jean Arsac / AFP", "Jean Arsac", "", "AFP", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct byline b;
        if (!byline_read(shipped, (struct view){cases[i].line, strlen(cases[i].line)}, &b))
            fail_msg("'%s' is no byline", cases[i].line);
        same_view(cases[i].line, b.names, cases[i].names);
        same_view(cases[i].line, b.town, cases[i].town);
        same_view(cases[i].line, b.agency_words, cases[i].agency);
        same_view(cases[i].line, b.role, cases[i].role);
    }
}

static void what_is_no_byline(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "By noon the square was full",
        "By Monday, the storm had gone",
        "Anna Example",
        "BAKERS TO COMPETE IN LYON",
        "The Daily Ferryman (Belfast)",
        "Anna Example, who came late",
        "From Yerevan with love",
        "By the sea, AFP",
        "Von der Leyen in Paris erwartet",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct byline b;
        if (byline_read(shipped, (struct view){lines[i], strlen(lines[i])}, &b))
            fail_msg("'%s' is a byline of '%.*s'", lines[i], (int)b.names.n, b.names.p);
    }
}

static void a_place_makes_an_author(void **state)
{
    (void)state;
    static const struct {
        const char *line, *names, *town;
    } cases[] = {
        {"Anna Example", "Anna Example", ""},
        {"(Anna Example)", "Anna Example", ""},
        {"ANNA EXAMPLE, ISTANBUL", "ANNA EXAMPLE", "ISTANBUL"},
        {"Anna Example in Vanadzor", "Anna Example", "Vanadzor"},
        {"May 29, 2013 - 11:27am, by Anna Example", "Anna Example", ""},
        {"Jean / AFP", "Jean", ""},
        {"ECONOMY", NULL, NULL},
        {"SPORT AND CULTURE", NULL, NULL},
        {"Anna Example, who came late", NULL, NULL},
        {"Two Die in Mudslide near Town", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct byline b;
        bool read = author_read(shipped, (struct view){cases[i].line, strlen(cases[i].line)}, &b);
        if (read != (cases[i].names != NULL))
            fail_msg("'%s': %s", cases[i].line, read ? "is read" : "is not read");
        if (!read)
            continue;
        same_view(cases[i].line, b.names, cases[i].names);
        same_view(cases[i].line, b.town, cases[i].town);
    }
}

static void houses_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *line, *words, *agency;
    } cases[] = {
        {"(c) 2009 News.am", "News.am", "News.am"},
        {"Copyright 2004 Agence France Presse", "Agence France Presse", "AFP"},
        {"© 2009 The Associated Press. All rights reserved.", "The Associated Press", "AP"},
        {"Copyright (c) 2012 Lake Media Ltd. All Rights Reserved", "Lake Media Ltd", NULL},
        {"Source: Turan news agency, Baku, in Russian 0845 GMT 1 Nov 04", "Turan news agency", "Turan"},
        {"Source: http://www.armenpress.am/eng/1.html", "armenpress.am", "ARMENPRESS"},
        {"Աղբյուր՝ Hetq.am", "Hetq.am", "Hetq"},
        {"Text of report by Armenian news agency Mediamax", "Mediamax", "Mediamax"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct house h;
        if (!house_read(shipped, (struct view){cases[i].line, strlen(cases[i].line)}, &h))
            fail_msg("'%s' names no house", cases[i].line);
        same_view(cases[i].line, h.words, cases[i].words);
        same_text(cases[i].line, h.agency == NULL ? NULL : h.agency->name, cases[i].agency);
    }
    struct house h;
    assert_false(house_read(shipped, (struct view){"All rights reserved", 19}, &h));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bylines_are_taken_apart),   cmocka_unit_test(what_is_no_byline),
        cmocka_unit_test(a_place_makes_an_author),   cmocka_unit_test(houses_are_read),
    };
    return cmocka_run_group_tests_name("credit", tests, shipped_begin, shipped_end);
}
