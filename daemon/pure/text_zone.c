// SPDX-License-Identifier: MIT
/* text_zone: time zones of text.h. ICU's calendars, because the C library's zone is one for the whole
 * process. ucal_open takes an unknown zone for GMT without a word: every name is looked up first. */
#include "daemon/pure/text.h"

#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#define ZONE_MAX 64 /* the longest name of the tz database has 32 letters */

static bool zone_name(const char *zone, UChar out[ZONE_MAX])
{
    if (zone == NULL || zone[0] == '\0' || strlen(zone) >= ZONE_MAX)
        return false;
    for (const char *p = zone; *p != '\0'; p++)
        if ((unsigned char)*p >= 0x80)
            return false;
    u_uastrcpy(out, zone);
    UErrorCode code = U_ZERO_ERROR;
    UChar canonical[ZONE_MAX * 2];
    UBool of_tz = false; /* "GMT+5" is a zone to ICU, but not one of the tz database */
    ucal_getCanonicalTimeZoneID(out, -1, canonical, ZONE_MAX * 2, &of_tz, &code);
    return U_SUCCESS(code) && of_tz;
}

bool text_zone_known(const char *zone)
{
    UChar name[ZONE_MAX];
    return zone_name(zone, name);
}

static UCalendar *calendar(const char *zone)
{
    UChar name[ZONE_MAX];
    UErrorCode code = U_ZERO_ERROR;
    if (!zone_name(zone, name))
        return NULL;
    UCalendar *civil = ucal_open(name, -1, "en_US", UCAL_GREGORIAN, &code);
    if (U_SUCCESS(code))
        return civil;
    ucal_close(civil);
    return NULL;
}

static bool civil_offset(UCalendar *civil, int year, int month, int day, int hour, int minute, int *minutes)
{
    UErrorCode code = U_ZERO_ERROR;
    ucal_setDateTime(civil, year, month - 1, day, hour, minute, 0, &code);
    int32_t ms = ucal_get(civil, UCAL_ZONE_OFFSET, &code) + ucal_get(civil, UCAL_DST_OFFSET, &code);
    *minutes = ms / (60 * 1000);
    return U_SUCCESS(code);
}

/* A day on which the clocks were not changed, so that one offset is good for all of it. */
struct quiet_day {
    char zone[ZONE_MAX];
    int year, month, day, minutes;
};

/* The dispatches of a file are of few zones and days, and a calendar costs as much as parsing a dispatch. Each
 * thread remembers the last day of each of some zones; what is remembered is what would be reckoned. */
#define QUIET_DAYS 16
static _Thread_local struct quiet_day quiet[QUIET_DAYS];

static struct quiet_day *quiet_at(const char *zone)
{
    size_t sum = 0;
    for (const char *p = zone; *p != '\0'; p++)
        sum = sum * 31 + (unsigned char)*p;
    return &quiet[sum % QUIET_DAYS];
}

static bool quiet_is(const struct quiet_day *q, const char *zone, int year, int month, int day)
{
    return q->day == day && q->month == month && q->year == year && strcmp(q->zone, zone) == 0;
}

static void quiet_keep(struct quiet_day *q, UCalendar *civil, const char *zone, int year, int month, int day)
{
    int begins = 0, ends = 0;
    bool is_quiet = civil_offset(civil, year, month, day, 0, 0, &begins) &&
                    civil_offset(civil, year, month, day, 23, 59, &ends) && begins == ends;
    *q = (struct quiet_day){.year = year, .month = month, .day = is_quiet ? day : 0, .minutes = ends};
    memcpy(q->zone, zone, strlen(zone) + 1); // calendar() has seen that it fits
}

bool text_zone_offset(const char *zone, int year, int month, int day, int hour, int minute,
                      int *offset_minutes)
{
    struct quiet_day *q = zone != NULL ? quiet_at(zone) : NULL;
    bool within = day > 0 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
    if (q != NULL && within && quiet_is(q, zone, year, month, day)) {
        *offset_minutes = q->minutes;
        return true;
    }
    UCalendar *civil = calendar(zone);
    if (civil == NULL)
        return false;
    bool found = civil_offset(civil, year, month, day, hour, minute, offset_minutes);
    if (found && within)
        quiet_keep(q, civil, zone, year, month, day);
    ucal_close(civil);
    return found;
}

#define DAY_MS (24LL * 60 * 60 * 1000)

/* Days since 1970 -> civil date (Gregorian), reckoned from March on so that the leap day comes last. */
static void civil_date(int64_t days, int *year, int *month, int *day)
{
    days += 719468; /* from 0000-03-01 */
    int64_t era = (days >= 0 ? days : days - 146096) / 146097; /* 400 years */
    int64_t in_era = days - era * 146097;
    int64_t of_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * of_era + of_era / 4 - of_era / 100);
    int64_t shifted = (5 * in_year + 2) / 153; /* 0 = March */
    *day = (int)(in_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = (int)(of_era + era * 400 + (*month <= 2));
}

void text_date(const char *zone, int64_t ms, int *year, int *month, int *day)
{
    UCalendar *civil = calendar(zone);
    if (civil != NULL) {
        UErrorCode code = U_ZERO_ERROR;
        ucal_setMillis(civil, (UDate)ms, &code);
        int64_t offset = ucal_get(civil, UCAL_ZONE_OFFSET, &code) + ucal_get(civil, UCAL_DST_OFFSET, &code);
        ucal_close(civil);
        ms += U_SUCCESS(code) ? offset : 0;
    }
    civil_date(ms >= 0 ? ms / DAY_MS : -((-ms + DAY_MS - 1) / DAY_MS), year, month, day);
}
