// SPDX-License-Identifier: MIT
/* test_dateline: the datelines of the world's agencies, and what only begins like one. */
#include "tests/unit.h"

#include "daemon/pure/dateline.h"
#include "tests/shipped.h"

#include <stdio.h>

static const struct {
    const char *text, *words, *town, *agency; /* agency: of the rules, or as printed */
    int month, day;
} datelines[] = {
    {"YEREVAN, NOVEMBER 8, ARMENPRESS. Text", "YEREVAN, NOVEMBER 8, ARMENPRESS.", "YEREVAN", "ARMENPRESS", 11,
     8},
    {"YEREVAN, NOVEMBER 1, NOYAN TAPAN - ARMENIANS TODAY. Text",
     "YEREVAN, NOVEMBER 1, NOYAN TAPAN - ARMENIANS TODAY.", "YEREVAN", "Noyan Tapan", 11, 1},
    {"Yerevan, November, 8. /ARKA/. Text", "Yerevan, November, 8. /ARKA/.", "Yerevan", "Arka", 11, 8},
    {"YEREVAN, November 1. /NEWSLINE/. Text", "YEREVAN, November 1. /NEWSLINE/.", "YEREVAN", "NEWSLINE", 11,
     1},
    {"8 November, Minsk /Corr. BelTA/. Text", "8 November, Minsk /Corr. BelTA/.", "Minsk", "BelTA", 11, 8},
    {"LIEGE 07/11 (BELGA) = Text", "LIEGE 07/11 (BELGA)", "LIEGE", "Belga", 11, 7},
    {"BERN, 08.11. (ats) - Text", "BERN, 08.11. (ats)", "BERN", "Keystone-SDA", 11, 8},
    {"ArmInfo. YEREVAN, May 31, 2022. Text", "ArmInfo. YEREVAN, May 31, 2022.", "YEREVAN", "Arminfo", 5, 31},
    {"Baku. Anna Example-APA. Text", "Baku. Anna Example-APA.", "Baku", "APA (Azerbaijan)", 0, 0},
    {"Baku/Wien (APA) - Text", "Baku/Wien (APA)", "Baku", "APA", 0, 0},
    {"MOSCOW, Nov 8 - RIA Novosti, Anna Example. Text", "MOSCOW, Nov 8 - RIA Novosti, Anna Example.",
     "MOSCOW", "RIA Novosti", 11, 8},
    {"Yerevan/Mediamax/. Text", "Yerevan/Mediamax/.", "Yerevan", "Mediamax", 0, 0},
    {"/PanARMENIAN.Net/ - Text", "/PanARMENIAN.Net/", "", "PanARMENIAN.Net", 0, 0},
    {"/PanARMENIAN.Net/ The text", "/PanARMENIAN.Net/", "", "PanARMENIAN.Net", 0, 0},
    {"YEREVAN (ArmRadio) – Text", "YEREVAN (ArmRadio)", "YEREVAN", "Public Radio of Armenia", 0, 0},
    {"YEREVAN (Combined Sources)--Text", "YEREVAN (Combined Sources)", "YEREVAN", "Combined Sources", 0, 0},
    {"МОСКВА, 8 ноября. /ТАСС/. Текст", "МОСКВА, 8 ноября. /ТАСС/.", "МОСКВА", "TASS", 11, 8},
    {"МОСКВА, 8 ноя - РИА Новости. Текст", "МОСКВА, 8 ноя - РИА Новости.", "МОСКВА", "RIA Novosti", 11, 8},
    {"Москва. 8 ноября. INTERFAX.RU - Текст", "Москва. 8 ноября. INTERFAX.RU", "Москва", "Interfax", 11, 8},
    {"БАКУ /Trend/ - Текст", "БАКУ /Trend/", "БАКУ", "Trend", 0, 0},
    {"Астана. 8 ноября. КазТАГ - Текст", "Астана. 8 ноября. КазТАГ", "Астана", "KazTAG", 11, 8},
    {"ԵՐԵՎԱՆ, 8 ՆՈՅԵՄԲԵՐԻ, ԱՐՄԵՆՊՐԵՍ: Տեքստ", "ԵՐԵՎԱՆ, 8 ՆՈՅԵՄԲԵՐԻ, ԱՐՄԵՆՊՐԵՍ:", "ԵՐԵՎԱՆ", "ARMENPRESS", 11,
     8},
    {"Madrid, 8 nov (EFE).- Texto", "Madrid, 8 nov (EFE).", "Madrid", "EFE", 11, 8},
    {"Berlin (dpa) - Text", "Berlin (dpa)", "Berlin", "DPA", 0, 0},
    {"Berlin, 8. November (dpa) Der Text", "Berlin, 8. November (dpa)", "Berlin", "DPA", 11, 8},
    {"PARIS, 8 nov 2008 (AFP) - Texte", "PARIS, 8 nov 2008 (AFP)", "PARIS", "AFP", 11, 8},
    {"WASHINGTON (AP) — Text", "WASHINGTON (AP)", "WASHINGTON", "AP", 0, 0},
    {"TBILISI, Georgia (AP) _ Text", "TBILISI, Georgia (AP)", "TBILISI", "AP", 0, 0},
    {"BEIJING, Nov. 8 (Xinhua) -- Text", "BEIJING, Nov. 8 (Xinhua)", "BEIJING", "Xinhua", 11, 8},
    {"Baku, November 8, AZERTAC", "Baku, November 8, AZERTAC", "Baku", "AZERTAC", 11, 8},
    {"ANKARA - Anatolia News Agency", "ANKARA - Anatolia News Agency", "ANKARA", "Anadolu Agency", 0, 0},
    {"Nicosia, Nov 8 (CNA) The text", "Nicosia, Nov 8 (CNA)", "Nicosia", "CNA", 11, 8},
    {"TAIPEI, Nov 8 (CNA) The text", "TAIPEI, Nov 8 (CNA)", "TAIPEI", "CNA (Taiwan)", 11, 8},
    {"Tehran, Nov 8, IRNA -- Text", "Tehran, Nov 8, IRNA", "Tehran", "IRNA", 11, 8},
    {"GENEVA/YEREVAN (Reuters) - Text", "GENEVA/YEREVAN (Reuters)", "GENEVA", "Reuters", 0, 0},
    {"Baku. Elchin Musazade – APA. Text", "Baku. Elchin Musazade – APA.", "Baku", "APA (Azerbaijan)", 0, 0},
    {"AZERBAIJAN, BAKU, 8 November / Corr. Trend E. Musazade / Text",
     "AZERBAIJAN, BAKU, 8 November / Corr. Trend E. Musazade /", "BAKU", "Trend", 11, 8},
    {"(ANSA) - ROME, NOV 8 - Text", "(ANSA) - ROME, NOV 8", "ROME", "ANSA", 11, 8},
    {"TBILISI, OCTOBER 17, LAKE PRESS. The text", "TBILISI, OCTOBER 17, LAKE PRESS.", "TBILISI", "LAKE PRESS",
     10, 17},
    {"Yerevan, 1 November: The text", "Yerevan, 1 November:", "Yerevan", "", 11, 1},
    {"LONDON, November 8 — Text", "LONDON, November 8", "LONDON", "", 11, 8},
    {"YEREVAN, Armenia, July 10, 2012 /Lake Newswire/ -- Text",
     "YEREVAN, Armenia, July 10, 2012 /Lake Newswire/", "YEREVAN", "Lake Newswire", 7, 10},
    {"YEREVAN, NVEMBER 1, ARMENPRESS. Text", "YEREVAN, NVEMBER 1, ARMENPRESS.", "YEREVAN", "ARMENPRESS", 11,
     1},
    {"Istanbul, Turkey | AFP | Monday 8 November 2010 - 14:58 GMT | Text",
     "Istanbul, Turkey | AFP | Monday 8 November 2010 - 14:58 GMT", "Istanbul", "AFP", 11, 8},
};

static void each_part_of_a_dateline_is_read(void **state)
{
    (void)state;
    struct dateline d;
    struct view text = {"ST. PETERSBURG, Russia, Nov. 8, 2023 (Reuters) - Text", 0};
    text.n = strlen(text.p);
    assert_true(dateline_read(shipped, text, &d));
    assert_memory_equal(d.town.p, "ST. PETERSBURG", d.town.n);
    assert_memory_equal(d.region.p, "Russia", d.region.n);
    assert_string_equal(d.agency->name, "Reuters");
    assert_int_equal(d.when.year, 2023);
    assert_int_equal(d.when.month, 11);
    assert_int_equal(d.when.day, 8);
    assert_int_equal(d.words.n, strlen("ST. PETERSBURG, Russia, Nov. 8, 2023 (Reuters)"));
}

static void datelines_are_taken_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof datelines / sizeof *datelines; i++) {
        struct dateline d;
        const char *text = datelines[i].text;
        if (!dateline_read(shipped, (struct view){text, strlen(text)}, &d))
            fail_msg("'%s' is not read", text);
        same_view(text, d.words, datelines[i].words);
        same_view(text, d.town, datelines[i].town);
        if (d.agency != NULL)
            same_text(text, d.agency->name, datelines[i].agency);
        else
            same_view(text, d.agency_words, datelines[i].agency);
        assert_int_equal(d.when.month, datelines[i].month);
        assert_int_equal(d.when.day, datelines[i].day);
        assert_true(d.sure);
    }
}

static void a_town_and_a_dash_are_not_sure(void **state)
{
    (void)state;
    static const char *const texts[] = {"WASHINGTON, DC—The text", "YEREVAN. – The text",
                                        "ISLAMABAD: The text", "ArmInfo. The text"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct dateline d;
        if (!dateline_read(shipped, (struct view){texts[i], strlen(texts[i])}, &d))
            fail_msg("'%s' is not read", texts[i]);
        assert_false(d.sure);
    }
}

static void what_only_begins_like_one_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Yerevan, November 8, Armenpress reports",
        "On Thursday, November 9, Armenpress reported",
        "The Palestinian Authority (PA) said on Monday",
        "Reuters reports that all is well.",
        "“MOSCOW, November 8. /TASS/. Text”",
        "The bank (London) - a house of three floors",
        "Report. The council met",
        "YEREVAN - capital of the country",
        "Yerevan (population 1.1 million) is a town",
        "Minister - Text",
        "PARIS IS BURNING: THE FILM",
        "ARMENIA: THE VILLAGE THAT MOVED ITS SCHOOL",
        "PARISHES OF NEW ENGLAND TO PLANT 90 APRICOT TREES",
        "COUNCIL OF BAKERS, MARCH WITH 40 LOAVES",
        "He said (Reuters) - no",
        "8 November (AFP) said",
        "(see page 8) - text",
        "/etc/passwd/ is a file",
        "Baku. The sea is near.",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct dateline d;
        if (dateline_read(shipped, (struct view){texts[i], strlen(texts[i])}, &d))
            fail_msg("'%s' is read as '%.*s'", texts[i], (int)d.words.n, d.words.p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_of_a_dateline_is_read),
        cmocka_unit_test(datelines_are_taken_apart),
        cmocka_unit_test(a_town_and_a_dash_are_not_sure),
        cmocka_unit_test(what_only_begins_like_one_is_refused),
    };
    return cmocka_run_group_tests_name("dateline", tests, shipped_begin, shipped_end);
}
