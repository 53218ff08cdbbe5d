// SPDX-License-Identifier: MIT
/* test_when: printed dates and times, and what is not one. */
#include "tests/unit.h"

#include "daemon/pure/dateline.h"
#include "tests/shipped.h"

#include <stdio.h>

/* "2004-11-08 14:58 +240", with the marks of struct when behind; "-" = it is no line of date and time. */
static void show(const struct when *w, char out[80])
{
    int n = snprintf(out, 80, "%04d-%02d-%02d", w->year, w->month, w->day);
    if (w->has_time)
        n += snprintf(out + n, (size_t)(80 - n), " %02d:%02d:%02d", w->hour, w->minute, w->second);
    if (w->has_offset)
        n += snprintf(out + n, (size_t)(80 - n), " %+d", w->offset);
    else if (w->zone != NULL)
        n += snprintf(out + n, (size_t)(80 - n), " %s", w->zone);
    snprintf(out + n, (size_t)(80 - n), "%s%s%s", w->odd ? " odd" : "", w->swappable ? " swappable" : "",
             w->repaired ? " repaired" : "");
}

static const struct {
    const char *line, *want;
} lines[] = {
    {"8 November 2023", "2023-11-08"},
    {"8 November, 2023", "2023-11-08"},
    {"Nov 8 2023", "2023-11-08"},
    {"Nov. 8", "0000-11-08"},
    {"Monday, November 8, 2004", "2004-11-08"},
    {"Monday 8 November", "0000-11-08"},
    {"November 1, 2004 Monday 10:34 AM GMT", "2004-11-01 10:34:00 +0"},
    {"1 Nov 04", "2004-11-01"},
    {"Nov 1, 04", "2004-11-01"},
    {"Nov 1, '97", "1997-11-01"},
    {"0845 GMT 1 Nov 04", "2004-11-01 08:45:00 +0"},
    {"0845 gmt 1 Nov 04", "2004-11-01 08:45:00 +0"},
    {"8-Nov-2004", "2004-11-08"},
    {"Nov/8/2004", "2004-11-08"},
    {"2004 Nov 8", "2004-11-08"},
    {"November, 8", "0000-11-08"},
    {"the 8th of November, 2004", "2004-11-08"},
    {"2004-11-08T14:58:01Z", "2004-11-08 14:58:01 +0"},
    {"2004/11/08 14:58", "2004-11-08 14:58:00"},
    {"08.11.2023, 14:58 Uhr", "2023-11-08 14:58:00"},
    {"8. 11. 2008, 14.58 Uhr", "2008-11-08 14:58:00"},
    {"08.11.04", "2004-11-08"},
    {"11.08.2023", "2023-08-11"},
    {"11/08/2023", "2023-08-11 swappable"},
    {"11/13/2023", "2023-11-13"},
    {"13-11-2023", "2023-11-13"},
    {"1-11-2004", "2004-11-01 swappable"},
    {"8/8/2023", "2023-08-08"},
    {"Publié le 08/11/2008 à 14h58", "2008-11-08 14:58:00 swappable"},
    {"1er novembre 2008", "2008-11-01"},
    {"Posted on 8 Nov 2023 at 2:58 p.m.", "2023-11-08 14:58:00"},
    {"November 8, 2004 11:05PM ET", "2004-11-08 23:05:00 -300"},
    {"July 8, 2004 11:05PM ET", "2004-07-08 23:05:00 -240"},
    {"12:30 am EST, Nov 8 2004", "2004-11-08 00:30:00 -300"},
    {"Nov 8 2004 2 p.m.", "2004-11-08 14:00:00"},
    {"8 November 2023 15:07 (UTC +04:00)", "2023-11-08 15:07:00 +240"},
    {"November 1, 2004, Monday 18:02:00 Central European Time", "2004-11-01 18:02:00 +60"},
    {"8 November 2023 15:07 GMT+4", "2023-11-08 15:07:00 +240"},
    {"8 ноября 2012 г., 14:58 мск", "2012-11-08 14:58:00 +240"},
    {"8 ноября 2021, 14:58 по московскому времени", "2021-11-08 14:58:00 +180"},
    {"2008թ. նոյեմբերի 8, 14:58", "2008-11-08 14:58:00"},
    {"8 Նոյեմբեր, 2017", "2017-11-08"},
    {"8 de noviembre de 2023", "2023-11-08"},
    {"8. November 2008", "2008-11-08"},
    {"8 Kasım 2023", "2023-11-08"},
    {"8 noyabr 2023", "2023-11-08"},
    {"8 ნოემბერი 2023", "2023-11-08"},
    {"8 листопада 2023", "2023-11-08"},
    {"Published: 14:58 8 November 2023 | Updated: 15:30 9 November 2023", "2023-11-08 14:58:00"},
    {"08.11.2023 - Update : 09.11.2023", "2023-11-08"},
    {"November 8, 2004, Monday FINAL EDITION", "2004-11-08"},
    {"AP-NY-11-08-04 0612EST", "2004-08-11 06:12:00 -300 swappable"},
    {"[06:21 pm] 22 March, 2007", "2007-03-22 18:21:00"},
    {"8 NVEMBER 2023", "2023-11-08 repaired"},
    {"Novmeber 8, 2023", "2023-11-08 repaired"},
    {"8 NOWAYNEAR 2023", "2023-00-08 odd"},
    {"8 Juny 2023", "2023-00-08 odd"}, // June or July
    {"31 November 2023", "2023-11-31 odd"},
    {"25:61, 8 November 2023", "2023-11-08 25:61:00 odd"},
    {"8 people 14", "-"},
    {"8, November", "-"},
    {"Wednesday 8, November 2023", "2023-11-08"},
    {"AFP 081432 GMT NOV 06", "2006-11-08 14:32:00 +0"},
    {"AFP 082532 GMT NOV 06", "-"},
    {"081432 NOV 2006", "2006-11-08 14:32:00"},
    {"AP-NY-11-08-04 0612EST", "2004-08-11 06:12:00 -300 swappable"},
    {"14:58 est le but", "-"},
    {"1984", "-"},
    {"2 of 8 November ferries", "-"},
    {"3.5 2.1", "-"},
    {"14.58", "-"},
    {"8 November 14 people died", "-"},
};

static void lines_of_date_and_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char got[80] = "-";
        struct stamp s;
        struct view line = {lines[i].line, strlen(lines[i].line)};
        if (stamp_read(shipped, line, &s) && (s.when.day != 0 || s.when.has_time))
            show(&s.when, got);
        if (strcmp(got, lines[i].want) != 0)
            fail_msg("'%s' is read as %s, not %s", lines[i].line, got, lines[i].want);
    }
}

static void a_change_is_told_from_a_beginning(void **state)
{
    (void)state;
    struct stamp s;
    struct view updated = {"Last updated: 8 November 2023", 29},
                both = {"8 May 2023 (updated 9 May 2023)", 31};
    assert_true(stamp_read(shipped, updated, &s));
    assert_true(s.updated);
    assert_true(stamp_read(shipped, both, &s));
    assert_false(s.updated);
    assert_int_equal(s.when.day, 8);
}

static void pieces_beside_the_date(void **state)
{
    (void)state;
    static const struct {
        const char *line, *agency, *country, *town;
    } cases[] = {
        {"Panorama.am – 04/03/2009", "Panorama.am", NULL, ""},
        {"ITAR-TASS News Agency, Russia", "TASS", "ru", ""},
        {"AZG Armenian Daily #213, 11/24/2004", "AZG Armenian Daily", NULL, ""},
        {"A1+ | 14:58:01 | 08-11-2004 | Politics |", "A1+", NULL, ""},
        {"Agenda.ge, 8 Nov 2023 - 18:26, Tbilisi,Georgia", "Agenda.ge", "ge", "Tbilisi"},
        {"Yerevan, 8 November 2023", NULL, NULL, "Yerevan"},
        {"TBILISI, Georgia", NULL, "ge", "TBILISI"},
        {"Associated Press Writer", "AP", NULL, ""},
        {"Trend, 8 November 2023", "Trend", NULL, ""},
        {"APA, Azerbaijan", "APA (Azerbaijan)", "az", ""},
        {"APA, Austria", "APA", "at", ""},
        {"Armenia", NULL, "am", ""}, // a town in Colombia too
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stamp s;
        if (!stamp_read(shipped, (struct view){cases[i].line, strlen(cases[i].line)}, &s))
            fail_msg("'%s' is not read", cases[i].line);
        same_text(cases[i].line, s.agency == NULL ? NULL : s.agency->name, cases[i].agency);
        same_text(cases[i].line, s.country, cases[i].country);
        same_view(cases[i].line, s.town, cases[i].town);
    }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_date_and_time),
        cmocka_unit_test(a_change_is_told_from_a_beginning),
        cmocka_unit_test(pieces_beside_the_date),
        cmocka_unit_test(dates_are_reckoned),
    };
    return cmocka_run_group_tests_name("when", tests, shipped_begin, shipped_end);
}
