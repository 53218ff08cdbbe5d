// SPDX-License-Identifier: MIT
/* rfc3339: see rfc3339.h. The calendar is libc's (timegm, mktime); only the spelling is ours. */
#include "proto/rfc3339.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A digit where the pattern has 0, else its very characters: sscanf alone takes blanks and signs for digits. */
static bool begins_as(const char *p, const char *pattern)
{
    for (; *pattern != '\0'; p++, pattern++)
        if (*pattern == '0' ? !isdigit((unsigned char)*p) : *p != *pattern)
            return false;
    return true;
}

/* "Z", "+04:00", "-00:00" or nothing (local time). */
static bool read_zone(const char *p, bool *local, int *minutes)
{
    int hours = 0, rest = 0;
    *local = *p == '\0';
    *minutes = 0;
    if (*p == '\0' || ((*p == 'Z' || *p == 'z') && p[1] == '\0'))
        return true;
    if ((*p != '+' && *p != '-') || !begins_as(p + 1, "00:00") || p[6] != '\0' ||
        sscanf(p + 1, "%2d:%2d", &hours, &rest) != 2 || hours > 23 || rest > 59)
        return false;
    *minutes = (*p == '-' ? -1 : 1) * (hours * 60 + rest);
    return true;
}

static bool read_clock(const char *p, struct tm *tm, int *ms, const char **rest)
{
    *ms = 0;
    if (!begins_as(p, "00:00") || sscanf(p, "%2d:%2d", &tm->tm_hour, &tm->tm_min) != 2)
        return false;
    p += strlen("00:00");
    if (*p == ':') {
        if (!begins_as(p, ":00") || sscanf(p, ":%2d", &tm->tm_sec) != 1)
            return false;
        p += strlen(":00");
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
    int minutes = 0, ms = 0;
    bool local = true;
    if (!begins_as(text, "0000-00-00") ||
        sscanf(text, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) != 3)
        return false;
    const char *rest = text + strlen("0000-00-00");
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
