// SPDX-License-Identifier: MIT
/* when: printed dates and times, in words and figures. What cannot be (31 November, 25:10) or is misprinted
 * beyond repair is recognised as a date and marked odd, so that nobody guesses a time from it. Names of
 * months and clocks come from the rules. */
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
    bool has_offset;  /* "GMT", "EST", "Z" or "+04:00" stood behind the time */
    int offset;       /* minutes east of Greenwich */
    const char *zone; /* "ET", "Moscow time": tz database; NULL = none was named, or its offset is fixed */
    bool odd;         /* not a date or a time that can be */
    bool swappable;   /* "11/08/2023", read as 11 August: month and day may stand the other way round */
    bool repaired;    /* the month was misprinted ("NVEMBER"), and only one can be meant */
};

/* Reads a date, or a time of day, at p into *w. Returns its bytes; 0 = none stands there and *w is as it was.
 * Dates: "8 November 2023", "November 8, 2023", "Nov. 8", "1 Nov 04", "8-Nov-2004", "November, 8", "8 de
 * noviembre de 2023", "2008 Nov 8", "08.11.2023", "8/11/23", "2023-11-08". With dots the day is first, with a
 * slash or a hyphen it is unless only the other order can be. A word for a month that is none is taken for a
 * misprint only with a year behind it ("8 NVEMBER 2023"), or with `misprints` in front of a day ("NVEMBER
 * 8"). Times: "14:58", "14h58", "2:58 p.m.", "11PM ET", "14:58:01 +0400", "0845 GMT", "14.58 Uhr". */
size_t when_date(const struct rules *, const char *p, size_t n, bool misprints, struct when *w);
size_t when_time(const struct rules *, const char *p, size_t n, struct when *w);

/* "15.18", which is a time of day only where a date stands beside it. */
size_t when_dotted(const char *p, size_t n, struct when *w);

/* Day, hour and minute in one figure, as wires have it: "081432 GMT NOV 06". Bytes as above. */
size_t when_group(const struct rules *, const char *p, size_t n, struct when *w);

/* The zone by name made an offset, once the date is known; nothing is done without a year. */
void when_settle(struct when *);

int when_month_days(int year, int month);        /* year 0: February has 29 */
int64_t when_days(int year, int month, int day); /* since 1970-01-01, Gregorian */

/* The year in which month and day lie nearest to the date `near` (days since 1970). */
int when_near(int month, int day, int64_t near);

#endif
