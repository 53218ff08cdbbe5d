// SPDX-License-Identifier: MIT
/* when: see when.h. Every reader returns the bytes it took, 0 for none, and looks at a few dozen at most. */
#include "daemon/pure/when.h"

#include "daemon/pure/text.h"

#include <stdlib.h>
#include <string.h>

#define YEAR_MIN 1800
#define YEAR_MAX 2199
#define CENTURY 70     /* "70" is 1970, "69" is 2069 */
#define SHORT_MONTH 10 /* bytes: five letters beyond ASCII */
#define MISPRINT_MIN 4 /* letters */
#define UNIT_MAX 8     /* bytes of "года" */

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
    bool time = used + 1 < n && p[used] == ':' && p[used + 1] >= '0' && p[used + 1] <= '9'; // "2009:04"
    return used == 4 && *year >= YEAR_MIN && *year <= YEAR_MAX && !time ? used : 0;
}

/* Two digits that are a year because nothing follows that could be counted: "1 Nov 04", "Nov 1, '04". */
static size_t read_short_year(const char *p, size_t n, int *year)
{
    size_t mark = n > 0 && *p == '\'' ? 1 : n > 3 && memcmp(p, "\xe2\x80\x99", 3) == 0 ? 3 : 0;
    size_t digits = scan_number(p + mark, n - mark, 2, year), at = mark + digits;
    size_t next = at + scan_blanks(p + at, n - at);
    bool clock = at < n && strchr(":.h", p[at]) != NULL && at + 1 < n && p[at + 1] >= '0' && p[at + 1] <= '9';
    if (digits != 2 || clock || (next < n && scan_letter(p + next, n - next) > 0))
        return 0;
    *year += *year < CENTURY ? 2000 : 1900;
    return at;
}

/* "st", "er", "-го" behind a number that is counted. */
static size_t ordinal(const char *p, size_t n)
{
    static const char *const endings[] = {"st", "nd", "rd",  "th",  "er", "ST",  "ND", "RD",
                                          "TH", "ER", "-го", "-ГО", "-е", "-ին", "-ի"};
    for (size_t i = 0; n > 0 && i < sizeof endings / sizeof *endings; i++) {
        size_t length = *p == endings[i][0] ? strlen(endings[i]) : SIZE_MAX;
        if (n >= length && memcmp(p, endings[i], length) == 0 && scan_letter(p + length, n - length) == 0)
            return length;
    }
    return 0;
}

/* One or two digits, what counts them behind; not a clock ("14:58"), not a price. */
static size_t read_day(const char *p, size_t n, int *day)
{
    size_t used = scan_number(p, n, 2, day);
    if (used == 0 || (used < n && p[used] == ':'))
        return 0;
    size_t ending = ordinal(p + used, n - used);
    if (ending > 0)
        return used + ending;
    return scan_letter(p + used, n - used) > 0 ? 0 : used;
}

/* A word that could be a month's name: letters only, two or more. *month is 0 when the rules do not know
 * it. */
static size_t read_month(const struct rules *rules, const char *p, size_t n, int *month)
{
    size_t used = scan_word(p, n);
    *month = 0;
    for (size_t i = 0; i < used; i++)
        if (p[i] >= '0' && p[i] <= '9')
            return 0;
    if (used < 2)
        return 0;
    *month = rules_month(rules, p, used);
    return *month != 0 && used < n && p[used] == '.' && used < SHORT_MONTH ? used + 1 : used; /* "Nov." */
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

/* A month that the rules do not know is the one it is nearest to, or 0. */
static int mend_month(const struct rules *rules, const char *p, size_t n, struct when *w)
{
    int month = rules_month_near(rules, p, n);
    w->repaired = month != 0;
    return month;
}

/* --- dates ---------------------------------------------------------------------------------------------- */

/* A sign between figures; a blank may follow it ("8. 11. 2023", "8/ 11/ 2023"), and stand around a slash. */
static size_t figures_sign(const char *p, size_t n, char *sign)
{
    size_t before = n > 2 && *p == ' ' && p[1] == '/' && p[2] == ' ' ? 1 : 0;
    p += before;
    n -= before;
    if (n < 2 || *p == '\0' || strchr(".-/", *p) == NULL || (*sign != 0 && *p != *sign))
        return 0;
    *sign = *p;
    return before + (*p != '-' && p[1] == ' ' ? 2 : 1);
}

/* Whether what stands behind figures is no part of them: no letter but a unit ("2023г."), or the T of
 * ISO 8601. */
static bool figures_end(const struct rules *rules, const char *p, size_t n)
{
    size_t word = scan_word(p, n);
    return word == 0 || *p == 'T' || (*p & 0x80 && rules_filler(rules, p, word) != FILLER_NONE);
}

/* "2023-11-08", "08.11.2023", "8/11/23": three numbers with the same sign between. */
static size_t date_figures(const struct rules *rules, const char *p, size_t n, struct when *w)
{
    int a, b, c;
    char sign = 0;
    size_t na = scan_number(p, n, 4, &a), at = na;
    size_t used = na == 0 || na == 3 ? 0 : figures_sign(p + at, n - at, &sign);
    at += used;
    size_t nb = used == 0 ? 0 : scan_number(p + at, n - at, 2, &b);
    at += nb;
    used = nb == 0 ? 0 : figures_sign(p + at, n - at, &sign);
    at += used;
    size_t nc = used == 0 ? 0 : scan_number(p + at, n - at, na == 4 ? 2 : 4, &c);
    if (nc == 0 || nc == 3 || (nc == 1 && na != 4))
        return 0;
    at += nc;
    if (!figures_end(rules, p + at, n - at))
        return 0;
    if (na == 4) {
        put_date(w, a, b, c);
        return at < n && p[at] == 'T' ? at + 1 : at;
    }
    int year = nc == 2 ? (c < CENTURY ? 2000 + c : 1900 + c) : c;
    bool american = sign != '.' && b > 12 && a <= 12;
    put_date(w, year, american ? a : b, american ? b : a);
    w->swappable = sign != '.' && a <= 12 && b <= 12 && a != b && !w->odd;
    return at;
}

/* The year behind day and month, with what may stand between; 0 = none. `whole`: in four figures. Behind the
 * full stop of a month nothing need stand between: "6.Jul.2010", "6 Jul.'10". */
static size_t date_year(const char *p, size_t n, bool whole, int *year)
{
    size_t at = n > 1 && (*p == '-' || *p == '/') ? 1 : gap(p, n, ",");
    bool apart = at > 0 || p[-1] == '.';
    at += read_of(p + at, n - at);
    size_t used = apart ? read_year(p + at, n - at, year) : 0;
    if (used == 0 && !whole && (apart || (n > 0 && *p == '\'')))
        used = read_short_year(p + at, n - at, year);
    *year = used > 0 ? *year : 0; // "Feb 14, 3:15 pm" says none
    return used > 0 ? at + used : 0;
}

/* "8 November 2023", "8th of November", "8-Nov-2004", "8 de noviembre de 2023", "8, November 2023": behind a
 * comma a year must follow, or the figure counts something else. */
static size_t date_day_first(const struct rules *rules, const char *p, size_t n, struct when *w)
{
    int day, month = 0, year = 0;
    size_t at = read_day(p, n, &day);
    size_t between = at == 0 ? 0 : gap(p + at, n - at, ".-/,");
    if (between == 0)
        return 0;
    bool comma = p[at] == ',';
    at += between;
    at += read_of(p + at, n - at);
    size_t named = read_month(rules, p + at, n - at, &month), word = at;
    if (named == 0 || (comma && month == 0))
        return 0;
    at += named;
    size_t more = date_year(p + at, n - at, month == 0 || comma, &year);
    if ((month == 0 || comma) && more == 0)
        return 0;
    if (month == 0)
        month = mend_month(rules, p + word, named, w);
    put_date(w, year, month, day);
    return at + more;
}

/* "November 8, 2023", "Nov. 8", "Nov-8-2004", "November, 8." */
static size_t date_month_first(const struct rules *rules, const char *p, size_t n, bool misprints,
                               struct when *w)
{
    int day, month = 0, year = 0;
    size_t named = read_month(rules, p, n, &month), at = named;
    if (named == 0 || (month == 0 && named < MISPRINT_MIN))
        return 0;
    size_t between = gap(p + at, n - at, month == 0 ? "" : ",-/");
    if (between == 0 && p[at - 1] != '.')
        return 0;
    at += between;
    size_t digits = read_day(p + at, n - at, &day);
    if (digits == 0)
        return 0;
    at += digits;
    size_t more = date_year(p + at, n - at, month == 0, &year);
    if (month == 0 && !misprints && more == 0)
        return 0;
    if (month == 0)
        month = mend_month(rules, p, named, w);
    if (month == 0 && !misprints)
        return 0;
    put_date(w, year, month, day);
    return at + more;
}

/* "2008 Nov 8", "2004, November 1"; Armenian: a unit behind the year. */
static size_t date_year_first(const struct rules *rules, const char *p, size_t n, struct when *w)
{
    int day, month = 0, year = 0;
    size_t at = read_year(p, n, &year);
    if (at == 0)
        return 0;
    size_t unit = at + scan_blanks(p + at, n - at), word = scan_word(p + unit, n - unit);
    if (word > 0 && word <= UNIT_MAX && rules_filler(rules, p + unit, word) != FILLER_NONE)
        at = unit + word;
    at += gap(p + at, n - at, ".,-");
    size_t named = read_month(rules, p + at, n - at, &month);
    if (named == 0 || month == 0)
        return 0;
    at += named;
    at += gap(p + at, n - at, "-");
    size_t digits = read_day(p + at, n - at, &day);
    if (digits == 0)
        return 0;
    put_date(w, year, month, day);
    return at + digits;
}

size_t when_date(const struct rules *rules, const char *p, size_t n, bool misprints, struct when *w)
{
    struct when found = *w;
    size_t used;
    if (n == 0)
        return 0;
    if (*p >= '0' && *p <= '9') {
        used = date_figures(rules, p, n, &found);
        if (used == 0)
            used = date_day_first(rules, p, n, &found);
        if (used == 0)
            used = date_year_first(rules, p, n, &found);
    } else {
        used = date_month_first(rules, p, n, misprints, &found);
    }
    if (used > 0)
        *w = found;
    return used;
}

/* --- times ---------------------------------------------------------------------------------------------- */

/* "am", "p.m.", "p. m." behind an hour of twelve. */
static size_t time_half(const char *p, size_t n, struct when *w)
{
    size_t i = scan_blanks(p, n);
    if (i + 2 > n)
        return 0;
    char half = (char)(p[i] | 0x20);
    bool dots = p[i + 1] == '.';
    size_t m = i + 1 + dots;
    m += dots && m < n && p[m] == ' ';
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

/* A sign with hours and perhaps minutes: "+04:00", "-0500"; behind a name ("GMT+4") one digit is enough. */
static size_t offset_figures(const char *p, size_t n, bool named, int *offset)
{
    int hours = 0, minutes = 0;
    if (n < 2 || (*p != '+' && *p != '-'))
        return 0;
    size_t digits = scan_number(p + 1, n - 1, 4, &hours), end = 1 + digits, more = 0;
    if (digits == 3 || digits == 4) {
        minutes = hours % 100;
        hours /= 100;
    } else if (digits > 0 && end < n && p[end] == ':') {
        more = scan_number(p + end + 1, n - end - 1, 2, &minutes);
    }
    // "10:25 - 5 March" is no offset.
    if (digits == 0 || hours > 14 || minutes > 59 || !(named || digits == 4 || more == 2))
        return 0;
    *offset = (*p == '-' ? -1 : 1) * (hours * 60 + minutes);
    return end + (more > 0 ? more + 1 : 0);
}

/* Short names are words of some language ("est", "et"): they are zones in capitals only. */
static bool zone_written(const char *p, size_t n)
{
    return n > 4 || (unsigned char)*p >= 0x80 || text_is_upper(p, n) || memcmp(p, "gmt", 3) == 0 ||
           memcmp(p, "utc", 3) == 0;
}

/* "Z", "GMT", "(EST)", "Moscow time", "+04:00", "GMT+4", "UTC +04:00" */
static size_t time_offset(const struct rules *rules, const char *p, size_t n, struct when *w)
{
    size_t at = scan_blanks(p, n), used = 0;
    bool bracket = at < n && p[at] == '(';
    at += bracket;
    int offset = 0;
    const struct rules_zone *zone = rules_zone_at(rules, p + at, n - at, &used);
    bool named = zone != NULL && used > 1 && zone_written(p + at, used);
    bool zulu = !named && at < n && p[at] == 'Z' && scan_letter(p + at + 1, n - at - 1) == 0;
    at += named ? used : zulu;
    bool greenwich = zulu || (named && zone->zone == NULL && zone->offset == 0);
    size_t blanks = greenwich ? scan_blanks(p + at, n - at) : 0;
    size_t figures = offset_figures(p + at + blanks, n - at - blanks, greenwich, &offset);
    if (!named && !zulu && figures == 0)
        return 0;
    at += figures > 0 ? blanks + figures : 0;
    if (bracket && (at >= n || p[at] != ')'))
        return 0;
    w->zone = named && figures == 0 ? zone->zone : NULL;
    w->has_offset = w->zone == NULL;
    w->offset = figures > 0 || !named ? offset : zone->offset;
    return at + bracket;
}

/* Hour and minute: "14:58", "14h58", "14.58"; "0845" and "2" need a word behind (*bare). */
static size_t time_figures(const char *p, size_t n, struct when *w, bool *bare)
{
    size_t four = scan_number(p, n, 4, &w->minute), at = scan_number(p, n, 2, &w->hour);
    *bare = true;
    w->second = 0;
    if (four == 4) {
        w->hour = w->minute / 100;
        w->minute %= 100;
        return 4;
    }
    w->minute = 0;
    if (at == 0 || four > 2)
        return 0;
    bool hours = at < n && (p[at] | 0x20) == 'h';
    if (at + 1 >= n || !(p[at] == ':' || p[at] == '.' || hours))
        return at;
    size_t blank = hours ? scan_blanks(p + at + 1, n - at - 1) : 0;
    size_t digits = scan_number(p + at + 1 + blank, n - at - 1 - blank, 2, &w->minute);
    if (digits != 2) {
        w->minute = 0;
        return p[at] == '.' ? at : 0;
    }
    *bare = p[at] == '.';
    return at + 1 + blank + digits;
}

static size_t time_seconds(const char *p, size_t n, struct when *w)
{
    int fraction;
    size_t more = n > 1 && *p == ':' ? scan_number(p + 1, n - 1, 2, &w->second) : 0;
    if (more != 2)
        return 0;
    size_t digits = n > 4 && p[3] == '.' ? scan_number(p + 4, n - 4, 9, &fraction) : 0;
    return digits > 0 ? 4 + digits : 3;
}

size_t when_time(const struct rules *rules, const char *p, size_t n, struct when *w)
{
    struct when found = *w;
    bool bare;
    if (n == 0 || *p < '0' || *p > '9')
        return 0;
    size_t at = time_figures(p, n, &found, &bare);
    if (at == 0)
        return 0;
    if (!bare && at < n && p[at] == ':') {
        size_t more = time_seconds(p + at, n - at, &found);
        if (more == 0)
            return 0;
        at += more;
    }
    size_t half = time_half(p + at, n - at, &found);
    at += half;
    size_t zone = time_offset(rules, p + at, n - at, &found);
    at += zone;
    size_t blanks = scan_blanks(p + at, n - at), word = scan_word(p + at + blanks, n - at - blanks);
    bool unit = bare && blanks < 2 && word > 0 && rules_filler(rules, p + at + blanks, word) == FILLER_CLOCK;
    if ((bare && half == 0 && zone == 0 && !unit) || (!unit && blanks == 0 && word > 0))
        return 0;
    found.has_time = true;
    found.odd = found.odd || found.hour > 23 || found.minute > 59 || found.second > 60;
    *w = found;
    return unit ? at + blanks + word : at;
}

size_t when_dotted(const char *p, size_t n, struct when *w)
{
    int hour, minute;
    size_t digits = scan_number(p, n, 2, &hour);
    bool dot = digits == 2 && n >= 5 && p[2] == '.' && scan_number(p + 3, n - 3, 2, &minute) == 2;
    bool more = dot && n > 5 && (scan_letter(p + 5, n - 5) > 0 || strchr(".-/:%", p[5]) != NULL);
    if (!dot || more || hour > 23 || minute > 59)
        return 0;
    w->has_time = true;
    w->hour = hour;
    w->minute = minute;
    w->second = 0;
    return 5;
}

size_t when_group(const struct rules *rules, const char *p, size_t n, struct when *w)
{
    struct when found = *w;
    int group, year = 0, month;
    size_t at = scan_number(p, n, 6, &group);
    if (at != 6)
        return 0;
    at += time_offset(rules, p + at, n - at, &found);
    at += scan_blanks(p + at, n - at);
    size_t named = read_month(rules, p + at, n - at, &month);
    at += named;
    size_t more = named == 0 || month == 0 ? 0 : date_year(p + at, n - at, false, &year);
    found.has_time = true;
    found.hour = group / 100 % 100;
    found.minute = group % 100;
    put_date(&found, year, month, group / 10000);
    if (more == 0 || found.odd || found.hour > 23 || found.minute > 59)
        return 0;
    *w = found;
    return at + more;
}

void when_settle(struct when *w)
{
    if (w->zone == NULL || w->year == 0 || w->day == 0 || w->odd || !w->has_time)
        return;
    w->has_offset = text_zone_offset(w->zone, w->year, w->month, w->day, w->hour, w->minute, &w->offset);
}
