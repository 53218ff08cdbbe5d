// SPDX-License-Identifier: MIT
/* rfc3339: see rfc3339.h. The calendar is libc's (timegm, mktime); only the spelling is ours. */
#include "proto/rfc3339.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* "Z", "+04:00", "-00:00" or nothing (local time). */
static bool read_zone(const char *p, bool *local, int *minutes)
{
    int hours = 0, rest = 0, used = 0;
    *local = *p == '\0';
    *minutes = 0;
    if (*p == '\0' || ((*p == 'Z' || *p == 'z') && p[1] == '\0'))
        return true;
    if ((*p != '+' && *p != '-') || !isdigit((unsigned char)p[1]) ||
        sscanf(p + 1, "%2d:%2d%n", &hours, &rest, &used) != 2 || used != 5 || p[6] != '\0' || hours > 23 ||
        rest > 59)
        return false;
    *minutes = (*p == '-' ? -1 : 1) * (hours * 60 + rest);
    return true;
}

static bool read_clock(const char *p, struct tm *tm, int *ms, const char **rest)
{
    int used = 0;
    *ms = 0;
    if (sscanf(p, "%2d:%2d%n", &tm->tm_hour, &tm->tm_min, &used) != 2 || used != 5)
        return false;
    p += used;
    if (*p == ':') {
        if (sscanf(p, ":%2d%n", &tm->tm_sec, &used) != 1 || used != 3)
            return false;
        p += used;
        if (*p == '.') {
            int scale = 100;
            for (p++; isdigit((unsigned char)*p); p++, scale /= 10)
                *ms += (*p - '0') * scale;
        }
    }
    *rest = p;
    return tm->tm_hour <= 23 && tm->tm_min <= 59 && tm->tm_sec <= 60;
}

bool rfc3339_read(const char *text, int64_t *out)
{
    struct tm tm = {.tm_isdst = -1};
    int used = 0, minutes = 0, ms = 0;
    bool local = true;
    if (strspn(text, "0123456789") != 4 ||
        sscanf(text, "%4d-%2d-%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &used) != 3 || used != 10)
        return false;
    const char *rest = text + used;
    if (*rest != '\0' && ((*rest != 'T' && *rest != 't' && *rest != ' ') ||
                          !read_clock(rest + 1, &tm, &ms, &rest) || !read_zone(rest, &local, &minutes)))
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    int day = tm.tm_mday, month = tm.tm_mon;
    struct tm asked = tm;
    time_t t = timegm(&asked); // normalises: a date that does not exist becomes another one
    if (asked.tm_mday != day + (tm.tm_sec == 60 && asked.tm_mday != day) || asked.tm_mon != month)
        return false;
    if (local)
        t = mktime(&tm);
    *out = ((int64_t)t - minutes * 60) * 1000 + ms;
    return true;
}

char *rfc3339_write(char out[RFC3339_MAX], int64_t ms)
{
    time_t t = (time_t)(ms / 1000 - (ms % 1000 < 0));
    struct tm tm;
    if (gmtime_r(&t, &tm) == NULL || strftime(out, RFC3339_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        snprintf(out, RFC3339_MAX, "1970-01-01T00:00:00Z");
    return out;
}
