// SPDX-License-Identifier: MIT
/* when: printed dates and times, in words and figures. What cannot be (31 November, 25:10) or is misprinted
 * (NVEMBER) is recognised as a date and marked odd, so that nobody guesses a time from it. Month names come
 * from the rules. */
#ifndef DAEMON_PURE_WHEN_H
#define DAEMON_PURE_WHEN_H

#include "daemon/pure/rules.h"
#include "daemon/pure/scan.h"

struct when {
    int year;         /* 0 = not printed */
    int month, day;   /* day 0 = no date printed; month 0 = misprinted */
    int hour, minute; /* has_time */
    int second;       /* 0 when not printed */
    bool has_time;
    bool has_offset; /* "GMT", "Z" or "+04:00" stood behind the time */
    int offset;      /* minutes east of Greenwich */
    bool odd;        /* not a date or a time that can be */
};

/* Reads a date, or a time of day, at p into *w. Returns its bytes; 0 = none stands there and *w is as it was.
 * Dates: "8 November 2023", "November 8, 2023", "Nov. 8", "8 de noviembre de 2023", "08.11.2023", "8/11/23",
 * "2023-11-08"; a word for a month that is none is taken for a misprint only with a year behind it ("8
 * NVEMBER 2023"), or with `misprints` in front of a day ("NVEMBER 8"). Times: "14:58", "14h58", "2:58 pm",
 * "14:58:01 +0400". */
size_t when_date(const struct rules *, const char *p, size_t n, bool misprints, struct when *w);
size_t when_time(const char *p, size_t n, struct when *w);

int when_month_days(int year, int month);        /* year 0: February has 29 */
int64_t when_days(int year, int month, int day); /* since 1970-01-01, Gregorian */

/* The year in which month and day lie nearest to the date `near` (days since 1970). */
int when_near(int month, int day, int64_t near);

#endif
