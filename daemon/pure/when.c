// SPDX-License-Identifier: MIT
/* when: see when.h. Day stands before month in figures ("08.11.2023"), as in most of the world, unless only
 * the other order can be. */
#include "daemon/pure/when.h"

#include <stdlib.h>
#include <string.h>

#define YEAR_MIN 1800
#define YEAR_MAX 2199

/* --- calendar ------------------------------------------------------------------------------------------- */

int when_month_days(int year, int month)
{
    static const int days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (month < 1 || month > 12)
        return 0;
    return days[month] + (month == 2 && leap);
}

int64_t when_days(int year, int month, int day)
{
    // Years from March on, so that the leap day comes last.
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + in_year -
           719468; /* days from 0000-03-01 to 1970 */
}

int when_near(int month, int day, int64_t near)
{
    int guess = (int)(1970 + near / 365), best = guess;
    int64_t least = INT64_MAX;
    for (int year = guess - 2; year <= guess + 2; year++) {
        int64_t far = llabs(when_days(year, month, day) - near);
        if (far < least && day <= when_month_days(year, month)) {
            least = far;
            best = year;
        }
    }
    return best;
}

/* --- small readers -------------------------------------------------------------------------------------- */

/* Blanks and at most one of the given signs among them. */
static size_t gap(const char *p, size_t n, const char *signs)
{
    size_t i = scan_blanks(p, n);
    if (i < n && p[i] != '\0' && strchr(signs, p[i]) != NULL)
        i++;
    return i + scan_blanks(p + i, n - i);
}

static size_t read_year(const char *p, size_t n, int *year)
{
    size_t used = scan_number(p, n, 4, year);
    bool time = used < n && p[used] == ':';
    return used == 4 && *year >= YEAR_MIN && *year <= YEAR_MAX && !time ? used : 0;
}

/* One or two digits, "st", "nd", "rd", "th" or a full stop behind them allowed; not a clock ("14:58"), not a
 * price.
 */
static size_t read_day(const char *p, size_t n, int *day)
{
    size_t used = scan_number(p, n, 2, day);
    if (used == 0 || (used < n && p[used] == ':'))
        return 0;
    if (used + 2 <= n) {
        static const char suffixes[][3] = {"st", "nd", "rd", "th", "er"};
        for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
            bool same = (p[used] | 0x20) == suffixes[i][0] && (p[used + 1] | 0x20) == suffixes[i][1];
            if (same && scan_letter(p + used + 2, n - used - 2) == 0)
                return used + 2;
        }
    }
    return scan_letter(p + used, n - used) > 0 ? 0 : used;
}

/* A word that could be a month's name: letters only, three or more. *month is 0 when the rules do not know
 * it. */
static size_t read_month(const struct rules *rules, const char *p, size_t n, int *month)
{
    size_t used = scan_word(p, n);
    for (size_t i = 0; i < used; i++)
        if (p[i] >= '0' && p[i] <= '9')
            return 0;
    if (used < 2)
        return 0;
    *month = rules_month(rules, p, used);
    if (*month != 0 && used < n && p[used] == '.' && used < 5 * 2)
        return used + 1; /* "Nov." */
    return used;
}

/* "de", "of" between the parts of a date. */
static size_t read_of(const char *p, size_t n)
{
    if (n > 3 && (p[0] | 0x20) == 'd' && (p[1] | 0x20) == 'e' && p[2] == ' ')
        return 3;
    if (n > 3 && (p[0] | 0x20) == 'o' && (p[1] | 0x20) == 'f' && p[2] == ' ')
        return 3;
    return 0;
}

static void put_date(struct when *w, int year, int month, int day)
{
    w->year = year;
    w->month = month;
    w->day = day;
    if (month < 1 || month > 12 || day < 1 || day > when_month_days(year, month))
        w->odd = true;
}

/* --- dates ---------------------------------------------------------------------------------------------- */

/* "2023-11-08", "08.11.2023", "8/11/23": three numbers with the same sign between. */
static size_t date_figures(const char *p, size_t n, struct when *w)
{
    int a, b, c;
    size_t na = scan_number(p, n, 4, &a);
    if (na == 0 || na == 3 || na + 1 >= n || strchr(".-/", p[na]) == NULL)
        return 0;
    char sign = p[na];
    size_t at = na + 1, nb = scan_number(p + at, n - at, 2, &b);
    at += nb;
    if (nb == 0 || at + 1 >= n || p[at] != sign)
        return 0;
    at++;
    size_t nc = scan_number(p + at, n - at, na == 4 ? 2 : 4, &c);
    if (nc == 0 || nc == 3 || nc == 1)
        return 0;
    at += nc;
    bool iso_time = at < n && p[at] == 'T';
    if (at < n && scan_letter(p + at, n - at) > 0 && !iso_time)
        return 0;
    if (na == 4) {
        put_date(w, a, b, c);
        return iso_time ? at + 1 : at;
    }
    int year = nc == 2 ? (c < 70 ? 2000 + c : 1900 + c) : c;
    bool american = b > 12 && a <= 12;
    put_date(w, year, american ? a : b, american ? b : a);
    return at;
}

/* The year behind day and month, with what may stand between; 0 = none. */
static size_t date_year(const char *p, size_t n, int *year)
{
    size_t at = gap(p, n, ",");
    at += read_of(p + at, n - at);
    size_t used = at > 0 ? read_year(p + at, n - at, year) : 0;
    return used > 0 ? at + used : 0;
}

/* "8 November 2023", "8th of November", "8 de noviembre de 2023" */
static size_t date_day_first(const struct rules *rules, const char *p, size_t n, struct when *w)
{
    int day, month = 0, year = 0;
    size_t at = read_day(p, n, &day);
    if (at == 0)
        return 0;
    size_t between = gap(p + at, n - at, ".-");
    if (between == 0)
        return 0;
    at += between;
    at += read_of(p + at, n - at);
    size_t named = read_month(rules, p + at, n - at, &month);
    if (named == 0)
        return 0;
    at += named;
    size_t more = date_year(p + at, n - at, &year);
    if (month == 0 && more == 0)
        return 0;
    put_date(w, year, month, day);
    return at + more;
}

/* "November 8, 2023", "Nov. 8" */
static size_t date_month_first(const struct rules *rules, const char *p, size_t n, bool misprints,
                               struct when *w)
{
    int day, month = 0, year = 0;
    size_t at = read_month(rules, p, n, &month);
    if (at == 0 || (month == 0 && (!misprints || at < 4)))
        return 0;
    size_t between = gap(p + at, n - at, "");
    if (between == 0 && p[at - 1] != '.')
        return 0;
    at += between;
    size_t digits = read_day(p + at, n - at, &day);
    if (digits == 0)
        return 0;
    at += digits;
    size_t more = date_year(p + at, n - at, &year);
    put_date(w, year, month, day);
    return at + more;
}

size_t when_date(const struct rules *rules, const char *p, size_t n, bool misprints, struct when *w)
{
    struct when found = *w;
    size_t used = date_figures(p, n, &found);
    if (used == 0)
        used = date_day_first(rules, p, n, &found);
    if (used == 0)
        used = date_month_first(rules, p, n, misprints, &found);
    if (used > 0)
        *w = found;
    return used;
}

/* --- times ---------------------------------------------------------------------------------------------- */

/* "am", "p.m." behind an hour of twelve. */
static size_t time_half(const char *p, size_t n, struct when *w)
{
    size_t i = scan_blanks(p, n);
    if (i + 2 > n)
        return 0;
    char half = (char)(p[i] | 0x20);
    bool dots = p[i + 1] == '.';
    size_t m = i + 1 + dots;
    if ((half != 'a' && half != 'p') || m >= n || (p[m] | 0x20) != 'm' || w->hour > 12)
        return 0;
    size_t end = m + 1;
    if (dots && end < n && p[end] == '.')
        end++;
    if (scan_letter(p + end, n - end) > 0)
        return 0;
    w->hour = w->hour % 12 + (half == 'p' ? 12 : 0);
    return end;
}

/* "Z", "GMT", "UTC", "+04:00", "GMT+4" */
static size_t time_offset(const char *p, size_t n, struct when *w)
{
    size_t i = scan_blanks(p, n), at = i;
    if (n - i >= 3 && (strncmp(p + i, "GMT", 3) == 0 || strncmp(p + i, "UTC", 3) == 0))
        at = i + 3;
    else if (i < n && p[i] == 'Z')
        at = i + 1;
    bool named = at > i;
    if (named && scan_letter(p + at, n - at) > 0)
        return 0;
    int hours = 0, minutes = 0;
    bool sign = at < n && (p[at] == '+' || p[at] == '-');
    size_t digits = sign ? scan_number(p + at + 1, n - at - 1, 4, &hours) : 0;
    if (digits == 3 || digits == 4) {
        minutes = hours % 100;
        hours /= 100;
    }
    size_t end = at + 1 + digits, more = 0;
    if ((digits == 1 || digits == 2) && end < n && p[end] == ':')
        more = scan_number(p + end + 1, n - end - 1, 2, &minutes);
    // "10:25 - 5 March" is no offset: without a name it has two digits at least and no blank.
    bool offset = digits > 0 && hours <= 14 && minutes < 60 && (named || digits == 4 || more == 2);
    if (!offset && !named)
        return 0;
    w->has_offset = true;
    w->offset = offset ? (p[at] == '-' ? -1 : 1) * (hours * 60 + minutes) : 0;
    return offset ? end + (more > 0 ? more + 1 : 0) : at;
}

size_t when_time(const char *p, size_t n, struct when *w)
{
    struct when found = *w;
    found.second = 0;
    size_t at = scan_number(p, n, 2, &found.hour);
    if (at == 0 || at >= n || (p[at] != ':' && p[at] != 'h')) // "14h58" is French
        return 0;
    size_t digits = scan_number(p + at + 1, n - at - 1, 2, &found.minute);
    if (digits != 2)
        return 0;
    at += 1 + digits;
    if (at < n && p[at] == ':') {
        size_t more = scan_number(p + at + 1, n - at - 1, 2, &found.second);
        if (more != 2)
            return 0;
        at += 1 + more;
        int fraction;
        if (at < n && p[at] == '.' && (more = scan_number(p + at + 1, n - at - 1, 9, &fraction)) > 0)
            at += 1 + more;
    }
    at += time_half(p + at, n - at, &found);
    at += time_offset(p + at, n - at, &found);
    if (scan_letter(p + at, n - at) > 0)
        return 0;
    found.has_time = true;
    found.odd = found.odd || found.hour > 23 || found.minute > 59 || found.second > 60;
    *w = found;
    return at;
}
